"""Intervals of a proportion against their definitions, in fractions and by integration."""

from fractions import Fraction
from math import asin, comb, cos, sin, sqrt
from statistics import NormalDist

import pytest

from autallo.stats.proportions.binomial import binomial_interval

#: As near to a limit as its own rounding allows, times a hundred.
NEAR = Fraction(1, 10**12)
COUNTS = [(events, n) for n in (1, 2, 5, 8, 13) for events in range(1, n + 1)]
LEVELS = (Fraction(4, 5), Fraction(19, 20), Fraction(99, 100))


def chances(n, share):
    return [comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(n + 1)]


def acceptability(events, n, share):
    """Return the probability of a count whose smaller tail is not larger, as Blaker defines it."""
    chance = chances(n, share)
    smaller = [min(sum(chance[: k + 1]), sum(chance[k:])) for k in range(n + 1)]
    return sum(chance[k] for k in range(n + 1) if smaller[k] <= smaller[events])


@pytest.mark.parametrize(("events", "n"), COUNTS)
@pytest.mark.parametrize("level", LEVELS)
def test_blaker_begins_where_proportions_begin_to_be_accepted(events, n, level):
    low = Fraction(binomial_interval(events, n, level=float(level), method="blaker").low)
    assert acceptability(events, n, low * (1 + NEAR)) > 1 - level
    assert acceptability(events, n, low * (1 - NEAR)) <= 1 - level
    for part in range(1, 20):
        assert acceptability(events, n, low * Fraction(part, 20)) <= 1 - level


@pytest.mark.parametrize(("events", "n"), COUNTS)
@pytest.mark.parametrize("level", LEVELS)
def test_clopper_pearson_and_mid_p_leave_half_of_the_error(events, n, level):
    for method, own_part in (("clopper-pearson", 1), ("mid-p", Fraction(1, 2))):
        low = Fraction(binomial_interval(events, n, level=float(level), method=method).low)
        chance = chances(n, low)
        tail = own_part * chance[events] + sum(chance[events + 1 :])
        assert float(tail) == pytest.approx(float((1 - level) / 2), rel=1e-10)


@pytest.mark.parametrize(("events", "n"), COUNTS)
def test_wilson_solves_its_equation(events, n):
    """(x/n - p)**2 = z**2 p (1 - p) / n at both limits, on either side of x/n."""
    square = NormalDist().inv_cdf(0.975) ** 2
    interval = binomial_interval(events, n, method="wilson")
    for limit in {interval.low, interval.high} - {1.0}:
        apart = (events / n - limit) ** 2
        assert apart == pytest.approx(square * limit * (1 - limit) / n, rel=1e-10)
    assert interval.low < events / n <= interval.high


@pytest.mark.parametrize(("events", "n"), COUNTS)
def test_jeffreys_leaves_half_of_the_error_below(events, n):
    """The density in p = sin(a)**2 is sin(a)**2x cos(a)**2(n - x); Simpson's rule in a."""
    low = binomial_interval(events, n, method="jeffreys").low
    below = integral(events, n, asin(sqrt(low)))
    assert below / integral(events, n, asin(1)) == pytest.approx(0.025, rel=1e-9)


def integral(events, n, end, parts=4000):
    """Return the integral from 0; 1e-9 and not 1e-10 above: Simpson's rule has its own error."""
    values = [
        sin(end * i / parts) ** (2 * events) * cos(end * i / parts) ** (2 * (n - events))
        for i in range(parts + 1)
    ]
    return (
        end / parts / 3 * (values[0] + values[-1] + 4 * sum(values[1::2]) + 2 * sum(values[2:-1:2]))
    )
