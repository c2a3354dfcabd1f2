"""Log-rank test worked by hand, in fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.asymptotic import logrank_test


def test_four_patients_without_ties():
    # day 1: 2 of 4 in group 0: expected 1/2, variance 1/4.  day 2: 1 of 3: 1/3, 2/9.
    # days 3, 4: only group 1 is left.  O - E = 2 - 5/6 = 7/6, V = 17/36: 49/17.
    test = logrank_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    assert test.expected == pytest.approx([5 / 6, 19 / 6], rel=1e-14)
    assert test.covariance[0] == pytest.approx([17 / 36, -17 / 36], rel=1e-14)
    assert test.statistic == pytest.approx(49 / 17, rel=1e-14)
    assert test.df == 1
    # P(chi-squared with 1 df > x) = erfc(sqrt(x / 2))
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(49 / 34)), rel=1e-12)


def test_four_patients_with_tied_events():
    # day 1: 2 events among 2 + 2: expected 1, variance 2 x (2/3) x (1/4) = 1/3.
    # day 2: 1 event among 1 + 1: 1/2, 1/4.  O - E = 2 - 3/2, V = 7/12: (1/4) / (7/12) = 3/7.
    test = logrank_test([1, 2, 1, 3], [1, 1, 1, 0], [0, 0, 1, 1])
    assert test.observed.tolist() == [2, 1]
    assert test.expected == pytest.approx([1.5, 1.5], rel=1e-14)
    assert test.statistic == pytest.approx(3 / 7, rel=1e-14)


def test_three_groups_with_one_event():
    # expected 1/3 each; sum of (O - E)^2 / E = (4/9 + 1/9 + 1/9) x 3 = 2; two df: p = exp(-1)
    test = logrank_test([1, 2, 2], [1, 0, 0], [0, 1, 2])
    assert test.statistic == pytest.approx(2, rel=1e-14)
    assert test.df == 2
    assert test.p_value == pytest.approx(math.exp(-1), rel=1e-12)


def test_a_patient_censored_at_the_time_of_an_event_is_at_risk_for_it():
    # day 2: event in group 0, group 1 ends the same day: expected 1/2
    test = logrank_test([2, 2], [1, 0], [0, 1])
    assert test.expected.tolist() == [0.5, 0.5]
    assert test.statistic == pytest.approx(1, rel=1e-14)


def test_a_group_that_leaves_before_the_first_event_takes_no_part():
    three = logrank_test([1, 5, 6, 7, 8], [0, 1, 1, 1, 1], [2, 0, 1, 0, 1])
    two = logrank_test([5, 6, 7, 8], [1, 1, 1, 1], [0, 1, 0, 1])
    assert three.df == two.df == 1
    assert three.statistic == pytest.approx(two.statistic, rel=1e-14)
    assert three.at_risk.tolist() == [2, 2, 1]


@pytest.mark.parametrize(
    ("time", "event", "group"),
    [
        ([3, 5, 5, 8], [0, 0, 0, 0], [0, 0, 1, 1]),  # case 143: nobody had the event
        ([4, 4, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1]),  # all at once
        ([1, 1, 5, 6], [0, 0, 1, 1], [0, 0, 1, 1]),  # group 0 has left before
    ],
)
def test_nothing_to_compare_gives_no_p_value(time, event, group):
    test = logrank_test(time, event, group)
    assert (test.statistic, test.p_value, test.df) == (None, None, 0)


@pytest.mark.parametrize(
    ("time", "event", "group", "sentence"),
    [
        ([1, -2], [1, 0], [0, 1], "`time` must be at least 0."),  # W4
        ([1, 2], [1, 2], [0, 1], "`event` must be true or false"),  # codes 1 and 2
        ([5, 8], [5, 8], [0, 1], "`event` must be true or false"),  # the times once more
        ([1, 2], [1, 1], [1, 2], "`group` must use every code"),
        ([1, 2], [1, 1], [0, 0], "`group` must hold at least two groups."),
        ([1, 2, 3], [1, 1, 0], [0, 1], "same length"),
    ],
)
def test_w4_and_finding_1_what_cannot_be_compared_is_refused(time, event, group, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        logrank_test(time, event, group)


FOUR = ([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])


@pytest.mark.parametrize(
    ("weights", "statistic"),
    [
        # Day 1: 4 at risk, observed less expected in group 0 is 1/2, variance 1/4. Day 2: 3, 2/3,
        # 2/9. Weights of the two days, their sum squared, over the sum of their squares:
        ("gehan", Fraction(16, 6)),  # 4, 3: (2 + 2)^2 / (4 + 2)
        ("peto-peto", Fraction(16, 6)),  # 4/5, 3/5
        ("modified-peto-peto", Fraction(1922, 737)),  # 16/25, 9/20: (31/50)^2 / (737/5000)
        ((1, 0), Fraction(16, 6)),  # 1, 3/4: 1 / (1/4 + 1/8)
        ((0, 1), Fraction(2)),  # 0, 1/4
        ((2, 0), (Fraction(1, 2) + Fraction(3, 8)) ** 2 / (Fraction(1, 4) + Fraction(9, 128))),
        ((0, 0), Fraction(49, 17)),
    ],
)
def test_weights(weights, statistic):
    test = logrank_test(*FOUR, weights=weights)
    assert test.statistic == pytest.approx(float(statistic), rel=1e-14)
    # group 1 had fewer events than expected
    assert test.z == pytest.approx(-math.sqrt(statistic), rel=1e-14)


def test_tarone_ware_weights():
    # 2, root of 3: observed less expected 1 + 2 / root of 3, variance 1 + 2/3
    test = logrank_test(*FOUR, weights="tarone-ware")
    assert test.z == pytest.approx(-(1 + 2 / math.sqrt(3)) / math.sqrt(5 / 3), rel=1e-14)
    assert test.observed == pytest.approx([2 + math.sqrt(3), math.sqrt(2) + 1], rel=1e-14)


def test_two_strata_are_added():
    # the two examples with four patients above: 7/6 + 1/2 = 5/3, 17/36 + 7/12 = 19/18
    test = logrank_test(
        [1, 2, 3, 4, 1, 2, 1, 3],
        [1, 1, 1, 1, 1, 1, 1, 0],
        [0, 0, 1, 1, 0, 0, 1, 1],
        stratum=[1, 1, 1, 1, 0, 0, 0, 0],
    )
    assert test.observed.tolist() == [4, 3]
    assert test.expected == pytest.approx([7 / 3, 14 / 3], rel=1e-14)
    assert test.statistic == pytest.approx(50 / 19, rel=1e-14)
    assert test.z == pytest.approx(-math.sqrt(50 / 19), rel=1e-14)


def test_a_patient_who_enters_late_is_not_at_risk_before():
    time, event, group = [2, 4, 3], [1, 1, 1], [0, 1, 1]
    # day 2: 1 of 3 in group 0: (2/3)^2 / (2/9).  The third enters on day 2: 1 of 2: (1/2)^2 / (1/4)
    assert logrank_test(time, event, group).statistic == pytest.approx(2, rel=1e-14)
    late = logrank_test(time, event, group, entry=[0, 0, 2])
    assert late.statistic == pytest.approx(1, rel=1e-14)
    assert late.expected == pytest.approx([1 / 2, 5 / 2], rel=1e-14)


def test_groups_that_never_meet_are_compared_only_where_they_meet():
    # groups 0 and 1 in one stratum, 2 and 3 in the other: two tests of 49/17, two df
    test = logrank_test(
        [1, 2, 3, 4] * 2, [1] * 8, [0, 0, 1, 1, 2, 2, 3, 3], stratum=[0] * 4 + [1] * 4
    )
    assert test.df == 2
    assert test.statistic == pytest.approx(98 / 17, rel=1e-14)
    assert test.p_value == pytest.approx(math.exp(-49 / 17), rel=1e-12)
    assert test.z is None


def test_a_stratum_with_one_group_adds_nothing():
    alone = logrank_test(*FOUR)
    more = logrank_test([1, 2, 3, 4, 1, 2], [1] * 6, [0, 0, 1, 1, 1, 1], stratum=[0, 0, 0, 0, 1, 1])
    assert more.statistic == pytest.approx(alone.statistic, rel=1e-14)
    assert more.at_risk.tolist() == [2, 4]


@pytest.mark.parametrize(
    ("time", "event", "group", "given"),
    [
        ([1, 2, 3], [1, 0, 0], [0, 1, 1], {"weights": (0, 1)}),  # the only weight is 0
        ([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], {"stratum": [0, 0, 1, 1]}),
        ([1, 5], [1, 1], [0, 1], {"entry": [0, 2]}),  # never at risk together
        ([1, 5, 6], [1, 1, 1], [0, 1, 2], {"entry": [0, 2, 5]}),
    ],
)
def test_nothing_to_compare_with_weights_strata_or_entry(time, event, group, given):
    test = logrank_test(time, event, group, **given)
    assert (test.statistic, test.p_value, test.df, test.z) == (None, None, 0, None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"entry": [0, 2, 0, 0]}, "`entry` must be before `time` for every patient."),
        ({"entry": [0, -1, 0, 0]}, "`entry` must be at least 0."),
        ({"entry": [0, 0]}, "`time` and `entry` must have the same length."),
        ({"stratum": [0, 1]}, "`time` and `stratum` must have the same length."),
        ({"stratum": [0, 2, 0, 0]}, "`stratum` must use every code from 0 to the highest one."),
        ({"weights": "wilcoxon"}, "`weights` must be one of"),
        ({"weights": (0, -1)}, "`weights` must be a pair"),
    ],
)
def test_what_is_wrong_with_entry_strata_or_weights_is_refused(given, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        logrank_test(*FOUR, **given)


def test_patients_given_as_groups_are_refused_and_do_not_fill_the_memory():
    many = np.arange(20_000)
    with pytest.raises(ArgumentError, match="`group` must hold at most 1000 groups"):
        logrank_test(many, many >= 0, many)
