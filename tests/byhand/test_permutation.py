"""Permutation log-rank test worked by hand, in fractions."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.permutation import logrank_permutation_test

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
    assert (test.statistic, test.p_value) == (0, None)


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
    with pytest.raises(ArgumentError, match="`draws` must be at least 1"):
        logrank_permutation_test([1, 2], [1, 1], [0, 1], draws=0)
