"""Beta product limits from their definition, and the module, written without knowledge of it."""

import random
from fractions import Fraction
from math import comb

import pytest

from autallo.stats.survival.bpcp import beta_product_interval
from twins.independent.slow_bpcp import (
    below,
    beta_product_limits,
    moments_quantile,
    numbers_at_risk,
)


def kaplan_meier(time, event, t):
    survival = Fraction(1)
    for y in numbers_at_risk(time, event, t)[0]:
        survival *= Fraction(y - 1, y)
    return survival


def random_patients(draw, n):
    latest = draw.choice([4, 12, 60])
    chance = draw.choice([0.2, 0.5, 0.9])
    return [draw.randint(1, latest) for _ in range(n)], [draw.random() < chance for _ in range(n)]


def at_least(x, n, p):
    """Give P(x or more of n) for the binomial distribution, exactly."""
    p = Fraction(p)
    return sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(x, n + 1))


@pytest.mark.parametrize("quantile", [None, moments_quantile])
@pytest.mark.parametrize("n", [1, 2, 5, 11, 17])
def test_without_censoring_the_limits_are_those_of_clopper_and_pearson(n, quantile):
    chosen = {"quantile": quantile} if quantile else {}
    for failed in range(n + 1):
        x = n - failed  # alive at t
        limits = beta_product_limits(list(range(1, n + 1)), [1] * n, failed, **chosen)
        # Limits of a binomial proportion by their definition: a tail of 2.5 % at each.
        if x == 0:
            assert limits.low == 0
        else:
            assert float(at_least(x, n, limits.low)) == pytest.approx(0.025, rel=1e-10)
        if x == n:
            assert limits.high == 1
        else:
            assert float(1 - at_least(x + 1, n, limits.high)) == pytest.approx(0.025, rel=1e-10)


def test_printed_example():
    # Fay and Brittain, vignette discreteBPCP of R bpcp: failures at 3, 7, 8, 14. Printed for
    # version 1.2.6, whose limits at a failure time itself (not between) follow another rule.
    between = {
        0: (0.397635364, 1.0),
        5: (0.194120450, 0.9936905),
        7.5: (0.067585986, 0.9324140),
        10: (0.006309463, 0.8058796),
        20: (0.0, 0.6023646),
    }
    for t, (low, high) in between.items():
        limits = beta_product_limits([3, 7, 8, 14], [1, 1, 1, 1], t)
        assert limits.low == pytest.approx(low, abs=5e-10)
        assert limits.high == pytest.approx(high, abs=5e-8)


def test_one_patient():
    # A uniform number: 0.025 and 0.975, once the failure was seen.
    assert beta_product_limits([5], [1], 0) == pytest.approx((0.025, 1.0), rel=1e-14)
    assert beta_product_limits([5], [1], 5) == pytest.approx((0.0, 0.975), rel=1e-14)
    assert beta_product_limits([5], [0], 4) == pytest.approx((0.025, 1.0), rel=1e-14)
    assert beta_product_limits([5], [0], 5) == (0.0, 1.0)


def test_two_factors_by_hand():
    # Three patients: failure at 1, censored at 2, followed to 3. After 2 the product is
    # W = Beta(3, 1) Beta(1, 1), and P(W <= w) = 3/2 w - 1/2 w^3.
    rates, after = numbers_at_risk([1, 2, 3], [1, 0, 0], 2)
    assert (rates, after) == ([3], 1)
    w = Fraction(1, 7)
    assert below([3, 1], w) == Fraction(3, 2) * w - Fraction(1, 2) * w**3
    limits = beta_product_limits([1, 2, 3], [1, 0, 0], 2)
    assert 1.5 * limits.low - 0.5 * limits.low**3 == pytest.approx(0.025, rel=1e-12)
    assert limits.high**3 == pytest.approx(0.975, rel=1e-12)


def test_ties_are_taken_one_by_one_before_censorings():
    rates, after = numbers_at_risk([2, 2, 2, 4], [1, 1, 0, 1], 2)
    assert (rates, after) == ([4, 3], 1)
    together = beta_product_limits([2, 2, 2, 4], [1, 1, 0, 1], 2)
    apart = beta_product_limits([1, 2, 3, 4], [1, 1, 0, 1], 3)
    assert together == apart


def test_limits_hold_the_estimate_and_fall_with_time():
    draw = random.Random(7)
    for _ in range(12):
        time, event = random_patients(draw, draw.choice([3, 7, 12]))
        last = (1.0, 1.0)
        for t in sorted({0, *time}):
            low, high = beta_product_limits(time, event, t)
            assert 0 <= low <= kaplan_meier(time, event, t) <= high <= 1
            assert low <= last[0]
            assert high <= last[1]
            last = (low, high)
        assert beta_product_limits(time, event, max(time)).low == 0


def test_higher_level_gives_wider_limits():
    draw = random.Random(8)
    for _ in range(6):
        time, event = random_patients(draw, 9)
        for t in (0, *time):
            narrow, usual, wide = (
                beta_product_limits(time, event, t, level) for level in (0.5, 0.95, 0.999)
            )
            assert wide.low <= usual.low <= narrow.low
            assert narrow.high <= usual.high <= wide.high


def test_limits_are_the_quantiles_of_drawn_products():
    draw = random.Random(9)
    time, event = [1, 2, 3, 4, 5, 6, 7, 8], [1, 0, 1, 0, 0, 1, 1, 0]
    rates, after = numbers_at_risk(time, event, 6)
    limits = beta_product_limits(time, event, 6)
    low = high = 0
    for _ in range(40_000):
        w = 1.0
        for y in rates:
            w *= draw.random() ** (1 / y)  # Beta(y, 1) is the y-th root of a uniform number
        high += w <= limits.high
        low += w * draw.random() ** (1 / after) <= limits.low
    # 0.025 and 0.975 with a standard error of 0.00078
    assert low / 40_000 == pytest.approx(0.025, abs=0.0032)
    assert high / 40_000 == pytest.approx(0.975, abs=0.0032)


def test_the_method_of_moments_is_near_but_not_equal():
    draw = random.Random(10)
    furthest = 0.0
    for _ in range(10):
        time, event = random_patients(draw, 17)
        for t in sorted({0, *time}):
            exact = beta_product_limits(time, event, t)
            moments = beta_product_limits(time, event, t, quantile=moments_quantile)
            furthest = max(furthest, *(abs(a - b) for a, b in zip(exact, moments, strict=True)))
    assert 0.001 < furthest < 0.05


def compare(time, event, at, level=0.95):
    """Compare the module with the exact product, and with the method of moments."""
    exact = beta_product_interval(time, event, at=at, level=level)
    moments = beta_product_interval(time, event, at=at, level=level, exact_up_to=0)
    for i, t in enumerate(at):
        estimate = float(kaplan_meier(time, event, t))
        assert exact.estimate[i] == pytest.approx(estimate, rel=1e-12, abs=1e-15)
        slow = beta_product_limits(time, event, t, level)
        assert exact.low[i] == pytest.approx(slow.low, rel=1e-10, abs=1e-15), (time, event, t)
        assert exact.high[i] == pytest.approx(slow.high, rel=1e-10, abs=1e-15), (time, event, t)
        slow = beta_product_limits(time, event, t, level, moments_quantile)
        assert moments.low[i] == pytest.approx(slow.low, rel=1e-10, abs=1e-15), (time, event, t)
        assert moments.high[i] == pytest.approx(slow.high, rel=1e-10, abs=1e-15), (time, event, t)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 11, 17, 28])
def test_the_module_in_small_groups(n):
    draw = random.Random(n)
    for level in (0.95, 0.95, 0.5, 0.999):
        time, event = random_patients(draw, n)
        # Before all, at a time of somebody, between two, at the last and after it.
        at = [0, draw.choice(time), min(time) + 0.5, max(time), max(time) + 1]
        compare(time, event, at, level)


@pytest.mark.parametrize("event", [[0] * 6, [1] * 6, [0, 0, 0, 0, 0, 1], [1, 0, 0, 0, 0, 0]])
@pytest.mark.parametrize("time", [[1, 2, 3, 4, 5, 6], [2, 2, 2, 2, 2, 2], [0, 0, 3, 3, 3, 9]])
def test_the_module_at_the_extremes(time, event):
    compare(time, event, [0, 1, 2, 3, 6, 9, 10])
