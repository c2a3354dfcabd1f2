"""Log-rank trend test worked by hand, in fractions."""

import math
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.trend import logrank_trend_test

THREE = ([1, 2, 2], [1, 0, 0], [0, 1, 2])


def test_three_patients_and_one_event():
    # scores 0, 1, 2 at risk: mean 1, variance 2/3; the event had score 0: (0 - 1)^2 / (2/3)
    test = logrank_trend_test(*THREE)
    assert test.statistic == pytest.approx(1.5, rel=1e-14)
    assert test.z == pytest.approx(-math.sqrt(1.5), rel=1e-14)
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(0.75)), rel=1e-12)


@pytest.mark.parametrize(
    ("scores", "z"),
    [
        ([0, 0, 1], -math.sqrt(1 / 2)),  # mean 1/3, variance 2/9
        ([5, 5, -70], math.sqrt(1 / 2)),
        ([2, 0, 1], math.sqrt(3 / 2)),
        ([1, 2, 4], -math.sqrt(8 / 7)),  # mean 7/3, variance 14/9: (4/3)^2 / (14/9)
        ([-1.7e308, 0, 1.7e308], -math.sqrt(3 / 2)),
    ],
)
def test_scores(scores, z):
    assert logrank_trend_test(*THREE, scores=scores).z == pytest.approx(z, rel=1e-14)


def test_two_events_at_once():
    # scores 0, 0, 1, 2: mean 3/4, variance 11/16. Two of four: expected 3/2, observed 1 + 2,
    # variance 2 x (2/3) x 11/16 = 11/12: (9/4) / (11/12)
    test = logrank_trend_test([1, 1, 2, 2], [1, 1, 0, 0], [1, 2, 0, 0])
    assert test.statistic == pytest.approx(float(Fraction(27, 11)), rel=1e-14)
    assert test.z > 0


def test_strata_are_added():
    # the two examples above: (-1 + 3/2)^2 / (2/3 + 11/12) = (1/4) / (19/12)
    test = logrank_trend_test(
        [1, 2, 2, 1, 1, 2, 2],
        [1, 0, 0, 1, 1, 0, 0],
        [0, 1, 2, 1, 2, 0, 0],
        stratum=[0, 0, 0, 1, 1, 1, 1],
    )
    assert test.statistic == pytest.approx(float(Fraction(3, 19)), rel=1e-14)


def test_late_entry_and_weights():
    # day 2: the third has not entered: mean 1/2, variance 1/4.  Only one is at risk later.
    late = logrank_trend_test([2, 3, 4], [1, 1, 1], [0, 1, 2], entry=[0, 0, 3])
    assert late.z == pytest.approx(-1, rel=1e-14)
    data = ([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1])
    for weights in ("gehan", (0, 1)):
        plain = logrank_test(*data, weights=weights)
        assert logrank_trend_test(*data, weights=weights).z == pytest.approx(plain.z, rel=1e-14)


@pytest.mark.parametrize(
    ("data", "scores"),
    [
        (([3, 5, 8], [0, 0, 0], [0, 1, 2]), None),  # nobody had the event
        (([4, 4, 4], [1, 1, 1], [0, 1, 2]), None),  # all at once
        (([1, 2, 0, 0], [1, 1, 0, 0], [0, 1, 2, 2]), [1, 1, 2]),  # group 2 has left before
    ],
)
def test_nothing_to_compare(data, scores):
    test = logrank_trend_test(*data, scores=scores)
    assert (test.statistic, test.p_value, test.z) == (None, None, None)


def test_wrong_scores_and_data_are_refused():
    with pytest.raises(ArgumentError, match="`scores` must hold one score for each group"):
        logrank_trend_test(*THREE, scores=[1, 2])
    with pytest.raises(ArgumentError, match="`scores` must not all be equal"):
        logrank_trend_test(*THREE, scores=[2, 2, 2])
    with pytest.raises(ArgumentError, match="`scores` must be finite"):
        logrank_trend_test(*THREE, scores=[0, 1, math.nan])
    with pytest.raises(ArgumentError, match="`event` must be true or false"):
        logrank_trend_test([5, 8, 9], [5, 8, 9], [0, 1, 2])
