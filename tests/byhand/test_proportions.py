"""Exact interval of a proportion, in closed form."""

from math import sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.proportions import binomial_interval


@pytest.mark.parametrize("n", [1, 2, 11, 17, 28, 500])
def test_nobody_and_everybody_have_two_sided_limits(n):
    """With 0 of n the upper limit p has (1 - p)**n = 0.025; n of n is its mirror image.

    W19: a Wald interval is [0, 0] and [1, 1] here.
    """
    upper = 1 - 0.025 ** (1 / n)
    nobody, everybody = binomial_interval(0, n), binomial_interval(n, n)
    assert (nobody.estimate, nobody.low) == (0.0, 0.0)
    assert (everybody.estimate, everybody.high) == (1.0, 1.0)
    assert nobody.high == pytest.approx(upper, rel=1e-12)
    assert everybody.low == pytest.approx(1 - upper, rel=1e-12)


def test_one_of_two():
    """P(at least 1 of 2) = 1 - (1 - p)**2 = t gives the lower limit, p**2 = 1 - t the upper."""
    interval = binomial_interval(1, 2, level=0.9)
    assert interval.estimate == 0.5
    assert interval.low == pytest.approx(1 - sqrt(0.95), rel=1e-12)
    assert interval.high == pytest.approx(sqrt(0.95), rel=1e-12)
    assert (interval.level, interval.events, interval.n) == (0.9, 1, 2)


def test_remission_of_hu_2019_as_published():
    """Complete remission 15/17, 88.2 % (63.6 to 98.5), and 11/11, 100 % (71.5 to 100)."""
    autologous, allogeneic = binomial_interval(15, 17), binomial_interval(11, 11)
    in_percent = [
        round(100 * number, 1)
        for interval in (autologous, allogeneic)
        for number in (interval.estimate, interval.low, interval.high)
    ]
    assert in_percent == [88.2, 63.6, 98.5, 100.0, 71.5, 100.0]


def test_w19_nobody_of_17_and_everybody_of_17():
    """A rival's default gave [0, 0] and [1, 1]; 1 - 0.025**(1/17) = 0.1951."""
    nobody, everybody = binomial_interval(0, 17), binomial_interval(17, 17)
    assert (round(nobody.low, 4), round(nobody.high, 4)) == (0.0, 0.1951)
    assert (round(everybody.low, 4), round(everybody.high, 4)) == (0.8049, 1.0)


@pytest.mark.parametrize(
    ("events", "n", "level", "sentence"),
    [
        (0, 0, 0.95, "`n` must be at least 1."),
        (4, 3, 0.95, "`events` must be at most `n`."),
        (-1, 3, 0.95, "`events` must be whole numbers of at least 0."),
        (1.5, 3, 0.95, "`events` must be whole numbers of at least 0."),
        (1, 3, 95, "Did you mean 0.95?"),
    ],
)
def test_impossible_counts_are_refused(events, n, level, sentence):
    with pytest.raises(ArgumentError, match=sentence.replace("?", r"\?")):
        binomial_interval(events, n, level=level)
