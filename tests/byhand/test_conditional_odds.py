"""Conditional odds ratio and its limits in closed form."""

from math import inf, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional_odds import conditional_odds_ratio


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_one_of_two_equal_counts(level):
    """Ways 1 and 1, the larger observed: v / (1 + v) = t at the lower limit."""
    t = (1 - level) / 2
    odds = conditional_odds_ratio([], [1.0], level=level)
    assert (odds.estimate, odds.high) == (inf, inf)
    assert odds.low == pytest.approx(t / (1 - t), rel=1e-12)


def test_the_same_by_mid_p():
    """Half of v / (1 + v) is t: v = 2 t / (1 - 2 t) = 0.05 / 0.95."""
    odds = conditional_odds_ratio([], [1.0], interval="mid-p")
    assert odds.low == pytest.approx(0.05 / 0.95, rel=1e-12)


def test_the_middle_of_three():
    """Ways 1, 4, 9, the middle observed: 9 v**2 = 1 makes it the expected one.

    Lower limit: (4 v + 9 v**2) / (1 + 4 v + 9 v**2) = t; upper: (1 + 4 v) / (same) = t.
    """
    t = 0.025
    odds = conditional_odds_ratio([9 / 4], [1 / 4])
    low = (sqrt(16 * (1 - t) ** 2 + 36 * t * (1 - t)) - 4 * (1 - t)) / (18 * (1 - t))
    high = (4 * (1 - t) + sqrt(16 * (1 - t) ** 2 + 36 * t * (1 - t))) / (18 * t)
    assert odds.estimate == pytest.approx(1 / 3, rel=1e-12)
    assert (odds.low, odds.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))


def test_no_choice_has_no_odds_ratio():
    odds = conditional_odds_ratio([], [])
    assert (odds.estimate, odds.low, odds.high) == (None, 0.0, inf)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [({"level": 1.0}, "`level` must be between"), ({"interval": []}, "`interval` must be")],
)
def test_other_arguments_are_refused(given, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        conditional_odds_ratio([1.0], [1.0], **given)
