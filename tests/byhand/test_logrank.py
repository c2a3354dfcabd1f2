"""Log-rank test worked by hand, in fractions."""

import math

import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank import logrank_test


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
