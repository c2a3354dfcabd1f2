"""Permutation log-rank test worked by hand, in fractions."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.permutation import logrank_permutation_test

# Four patients, an event on each of days 1 to 4. Cumulative hazard 1/4, 7/12, 13/12, 25/12;
# scores (event less hazard) 9/12, 5/12, -1/12, -13/12. The six pairs:
#   {1,2} 14/12   {1,3} 8/12   {1,4} -4/12   {2,3} 4/12   {2,4} -8/12   {3,4} -14/12


@pytest.mark.parametrize(
    ("group", "statistic", "p_value"),
    [
        ([0, 0, 1, 1], -14 / 12, 2 / 6),
        ([1, 0, 1, 0], 8 / 12, 4 / 6),
        ([1, 0, 0, 1], -4 / 12, 6 / 6),  # sums that are equal only but for rounding
    ],
)
def test_two_against_two(group, statistic, p_value):
    test = logrank_permutation_test([1, 2, 3, 4], [1, 1, 1, 1], group)
    assert test.statistic == pytest.approx(statistic, rel=1e-12)
    assert test.p_value == pytest.approx(p_value, rel=1e-12)
    assert test.smallest_p == pytest.approx(2 / 6, rel=1e-12)
    assert (test.method, test.draws, test.standard_error) == ("exact", 0, 0)


def test_one_against_three():
    # sums are the scores: 9/12, 5/12, -1/12, -13/12; |9/12| or more: 2 of 4
    test = logrank_permutation_test([1, 2, 3, 4], [1, 1, 1, 1], [1, 0, 0, 0])
    assert test.p_value == pytest.approx(1 / 2, rel=1e-12)
    assert test.smallest_p == pytest.approx(1 / 4, rel=1e-12)


def test_one_event_in_five_patients_cannot_be_significant():
    # case 145. Event first: scores 4/5 and four times -1/5. Group of 2 with the event: 3/5,
    # 4 of 10 pairs; without: -2/5, 6 of 10.
    test = logrank_permutation_test([1, 2, 2, 2, 2], [1, 0, 0, 0, 0], [1, 1, 0, 0, 0])
    assert test.statistic == pytest.approx(3 / 5, rel=1e-12)
    assert test.p_value == pytest.approx(4 / 10, rel=1e-12)
    assert test.smallest_p == pytest.approx(4 / 10, rel=1e-12)


def test_seventeen_against_eleven_with_the_earliest_events_in_one_group():
    # no other choice of 11 has so large a sum, and none so small: one of C(28, 11)
    group = [1] * 11 + [0] * 17
    test = logrank_permutation_test(range(1, 29), [1] * 11 + [0] * 17, group)
    assert test.p_value * math.comb(28, 11) == pytest.approx(1, rel=1e-9)
    assert test.smallest_p == test.p_value


def test_drawn_arrangements_come_close_to_the_count():
    rng = np.random.default_rng(5)
    test = logrank_permutation_test(
        [1, 2, 3, 4], [1, 1, 1, 1], [1, 0, 1, 0], exact_up_to=0, draws=20_000, rng=rng
    )
    assert test.method == "monte_carlo"
    assert test.standard_error == pytest.approx(math.sqrt(2 / 9 / 20_000), rel=0.05)
    assert abs(test.p_value - 4 / 6) < 4 * test.standard_error
    assert test.statistic == pytest.approx(8 / 12, rel=1e-12)
    assert test.smallest_p == 1 / 20_001
    assert test.p_value * 20_001 == pytest.approx(round(test.p_value * 20_001), abs=1e-6)


def test_three_groups_of_one():
    # events on days 1, 2, 3: scores 2/3, 1/6, -5/6; every arrangement gives the same Q:
    # (n - 1) / sum of squares x sum of squares = 2, so p = 1
    rng = np.random.default_rng(6)
    test = logrank_permutation_test([1, 2, 3], [1, 1, 1], [0, 1, 2], draws=50, rng=rng)
    assert test.statistic == pytest.approx(2, rel=1e-12)
    assert test.p_value == 1


@pytest.mark.parametrize(
    ("time", "event"), [([3, 5, 5, 8], [0, 0, 0, 0]), ([4, 4, 4, 4], [1, 1, 1, 1])]
)
@pytest.mark.parametrize("exact_up_to", [0, 40])
def test_nothing_to_compare_gives_no_p_value(time, event, exact_up_to):
    test = logrank_permutation_test(
        time, event, [0, 0, 1, 1], exact_up_to=exact_up_to, rng=np.random.default_rng(7)
    )
    assert (test.statistic, test.p_value, test.smallest_p) == (0, None, None)


def test_nothing_to_compare_in_three_groups():
    rng = np.random.default_rng(8)
    test = logrank_permutation_test([1, 2, 3], [0, 0, 0], [0, 1, 2], rng=rng)
    assert (test.statistic, test.p_value, test.draws) == (0, None, 0)


def test_draws_need_a_source_of_chance():
    with pytest.raises(ArgumentError, match="`rng` must be given for more than 3 patients"):
        logrank_permutation_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], exact_up_to=3)
    with pytest.raises(ArgumentError, match="or more than two groups"):
        logrank_permutation_test([1, 2, 3], [1, 1, 1], [0, 1, 2])


@pytest.mark.parametrize(
    ("time", "event", "group", "sentence"),
    [
        ([1, -2], [1, 0], [0, 1], "`time` must be at least 0."),  # W4
        ([1, 2], [1, 2], [0, 1], "`event` must be true or false"),  # codes 1 and 2
        ([5, 8], [5, 8], [0, 1], "`event` must be true or false"),  # the times once more
        ([1, 2], [1, 1], [0, 0], "`group` must hold at least two groups."),
    ],
)
def test_w4_and_finding_1_what_cannot_be_compared_is_refused(time, event, group, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        logrank_permutation_test(time, event, group)


def test_numbers_out_of_range_are_refused():
    with pytest.raises(ArgumentError, match="`exact_up_to` must be from 0 to 42"):
        logrank_permutation_test([1, 2], [1, 1], [0, 1], exact_up_to=60)
    for draws in (0, 2.5, 10.0, True, "9"):
        with pytest.raises(ArgumentError, match="`draws` must be a whole number of at least 1"):
            logrank_permutation_test([1, 2], [1, 1], [0, 1], draws=draws)
    for wrong in ("40", None, [40]):
        with pytest.raises(ArgumentError, match="`exact_up_to` must be a number"):
            logrank_permutation_test([1, 2], [1, 1], [0, 1], exact_up_to=wrong)
    with pytest.raises(ArgumentError, match=r"`rng` must be a numpy\.random\.Generator"):
        logrank_permutation_test([1, 2], [1, 1], [0, 1], rng=1)


def test_twenty_one_matched_pairs_are_counted_pair_by_pair():
    # Of each pair with an event the score is +-1/2: an event alone at risk with its twin.
    # The patient of group 1 goes first in all 21 pairs: T = 21/2, one of 2^21 arrangements;
    # with its mirror image 2 / 2^21.
    time, group = [1, 2] * 21, [1, 0] * 21
    stratum = [pair for pair in range(21) for _ in range(2)]
    test = logrank_permutation_test(
        time, [1] * 42, group, stratum=stratum, weights="tarone-ware", exact_up_to=42
    )
    assert test.p_value == test.smallest_p == 2 / 2**21
    # a third of the pairs turned round: |heads - tails| of 21 coins is at least 7
    turned = [1, 0] * 14 + [0, 1] * 7
    often = sum(math.comb(21, heads) for heads in range(22) if abs(2 * heads - 21) >= 7)
    mixed = logrank_permutation_test(time, [1] * 42, turned, stratum=stratum, exact_up_to=42)
    assert mixed.p_value == often / 2**21


def test_patients_are_relabelled_within_their_stratum():
    # two patients in each stratum, scores 1/2 and -1/2; sums 1, 0, 0, -1
    time, event, stratum = [1, 2, 1, 2], [1, 1, 1, 1], [0, 0, 1, 1]
    test = logrank_permutation_test(time, event, [1, 0, 1, 0], stratum=stratum)
    assert test.statistic == 1
    assert (test.p_value, test.smallest_p) == (2 / 4, 2 / 4)
    crossed = logrank_permutation_test(time, event, [1, 0, 0, 1], stratum=stratum)
    assert (crossed.statistic, crossed.p_value) == (0, 1)


def test_strata_of_unequal_size():
    # stratum 0: events on days 1, 2, 3, scores 2/3, 1/6, -5/6, one of them in group 1; stratum 1:
    # 1/2 and -1/2. Sums of group 1: 7/6, 4/6, -2/6 and 1/6, -2/6, -8/6
    time, event, stratum = [1, 2, 3, 1, 2], [1] * 5, [0, 0, 0, 1, 1]
    for group, sixths, reaching in (
        ([1, 0, 0, 1, 0], 7, 2),
        ([0, 1, 0, 1, 0], 4, 3),
        ([0, 0, 1, 1, 0], -2, 5),
        ([1, 0, 0, 0, 1], 1, 6),
        ([0, 0, 1, 0, 1], -8, 1),
    ):
        test = logrank_permutation_test(time, event, group, stratum=stratum)
        assert test.statistic == pytest.approx(sixths / 6, rel=1e-14)
        assert test.p_value == reaching / 6
        assert test.smallest_p == 1 / 6


@pytest.mark.parametrize(
    ("weights", "group", "statistic", "p_value"),
    [
        # scores 3, 1, -1, -3: sums 4, 2, 0, 0, -2, -4
        ("gehan", [1, 1, 0, 0], 4, 2 / 6),
        ("gehan", [1, 0, 1, 0], 2, 4 / 6),
        ("gehan", [1, 0, 0, 1], 0, 1),
        # scores 0, 1/6, 1/6, -1/3: sums 1/6, 1/6, -1/3, 1/3, -1/6, -1/6
        ((0, 1), [1, 1, 0, 0], 1 / 6, 1),
        ((0, 1), [1, 0, 0, 1], -1 / 3, 2 / 6),
        ((0, 0), [0, 0, 1, 1], -14 / 12, 2 / 6),
    ],
)
def test_weights(weights, group, statistic, p_value):
    test = logrank_permutation_test([1, 2, 3, 4], [1, 1, 1, 1], group, weights=weights)
    assert test.statistic == pytest.approx(statistic, rel=1e-14)
    assert test.p_value == pytest.approx(p_value, rel=1e-14)


def test_as_many_patients_as_are_counted():
    # 42 events on 42 days, the scores whole multiples of 1 / 219060189739591200
    group = [1, 0] * 21
    test = logrank_permutation_test(range(42), [1] * 42, group, exact_up_to=42)
    count = test.p_value * math.comb(42, 21)
    assert count == pytest.approx(round(count), abs=1e-3)
    assert round(count) % 2 == 0  # in groups of equal size every arrangement has its mirror


@pytest.mark.parametrize("exact_up_to", [0, 40])
def test_strata_of_one_group_each_hold_nothing_to_compare(exact_up_to):
    test = logrank_permutation_test(
        [1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], stratum=[0, 0, 1, 1], exact_up_to=exact_up_to,
        draws=10, rng=np.random.default_rng(1),
    )  # fmt: skip
    assert (test.p_value, test.smallest_p) == (None, None)
    assert test.statistic == pytest.approx(0, abs=1e-15)


def test_drawn_arrangements_of_two_strata_come_close_to_the_count():
    test = logrank_permutation_test(
        [1, 2, 3, 1, 2], [1] * 5, [0, 1, 0, 1, 0], stratum=[0, 0, 0, 1, 1], exact_up_to=0,
        draws=20_000, rng=np.random.default_rng(3),
    )  # fmt: skip
    assert abs(test.p_value - 3 / 6) < 4 * math.sqrt(0.25 / 20_000)


def test_wrong_strata_and_weights_are_refused():
    with pytest.raises(ArgumentError, match="`stratum` must use every code"):
        logrank_permutation_test([1, 2], [1, 1], [0, 1], stratum=[1, 1])
    with pytest.raises(ArgumentError, match="same length"):
        logrank_permutation_test([1, 2], [1, 1], [0, 1], stratum=[0])
    with pytest.raises(ArgumentError, match="`weights` must be one of"):
        logrank_permutation_test([1, 2], [1, 1], [0, 1], weights="late")


def test_drawn_arrangements_stay_within_the_strata():
    # In a stratum of two with events on two days the scores are 1/2 and -1/2. Of the four ways
    # two are as far out as -1; dealt across the strata it would be 2 of C(4, 2) = 6.
    test = logrank_permutation_test(
        [1, 2, 3, 4],
        [1, 1, 1, 1],
        [0, 1, 0, 1],
        stratum=[0, 0, 1, 1],
        exact_up_to=0,
        draws=4000,
        rng=np.random.default_rng(7),
    )
    assert test.statistic == pytest.approx(-1)
    assert test.p_value == pytest.approx(1 / 2, abs=0.04)
