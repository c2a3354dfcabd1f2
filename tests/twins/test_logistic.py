"""Twin of logistic regression: plain Python, patient by patient, and directions in fractions."""

import math
import random
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.regression.logistic import fit_logistic
from twins.independent.slow_directions import (
    HALF,
    agrees_with_the_profile,
    directions,
    golden_section,
)


def ways(event, x):
    """Return, for each coefficient, whether it may rise and whether it may fall for ever."""
    rows = [
        tuple(Fraction(z if y else -z) for z in (1, *row, 0))
        for y, row in zip(event, x, strict=True)
    ]
    return directions(rows)


def log_likelihood(event, x, beta):
    total = 0.0
    for y, row in zip(event, x, strict=True):
        eta = beta[0] + sum(b * z for b, z in zip(beta[1:], row, strict=True))
        total -= math.log1p(math.exp(-eta if y else eta))
    return total


def some_data(seed, covariates):
    draw = random.Random(seed)
    n = draw.randint(5, 9)
    x = [[draw.randint(0, 3) for _ in range(covariates)] for _ in range(n)]
    weights = [draw.choice([-1, 0, 1, 2]) for _ in range(covariates)]
    tilt = draw.choice([0, 1, 3])
    event = [
        tilt * sum(w * z for w, z in zip(weights, row, strict=True)) + draw.gauss(0, 1) > tilt
        for row in x
    ]
    return event, x


@pytest.mark.parametrize("seed", range(60))
def test_pf164_separation_is_found_exactly_where_a_direction_exists(seed):
    event, x = some_data(seed, 1 + seed % 3)
    try:
        fit = fit_logistic(event, x)
    except ArgumentError:
        event, x = [True, False, True, False, False], [[0], [1], [2], [2], [3]]
        fit = fit_logistic(event, x)
    expected = ways(event, x)
    assert fit.direction == expected
    assert (fit.separation is None) == (not any(expected))
    for place, way in enumerate(expected):
        assert math.isinf(fit.low[place]) == (way in (-1, 2))
        assert math.isinf(fit.high[place]) == (way in (1, 2))


@pytest.mark.parametrize("seed", range(8))
def test_profile_by_golden_section(seed):
    draw = random.Random(100 + seed)
    n = 12
    x = [[draw.randint(-3, 3)] for _ in range(n)]
    event = [draw.random() < 0.3 + 0.1 * row[0] or draw.random() < 0.2 for row in x]
    event[0], event[1], x[0], x[1] = True, False, [1], [1]
    event[2], event[3], x[2], x[3] = True, False, [-2], [-2]
    fit = fit_logistic(event, x)

    def profile(slope):
        return golden_section(lambda a: log_likelihood(event, x, (a, slope)), -30, 30)

    agrees_with_the_profile(fit, profile)


@pytest.mark.parametrize("seed", range(4))
def test_finite_limit_of_an_infinite_coefficient_by_golden_section(seed):
    draw = random.Random(200 + seed)
    x = [[z] for z in sorted(draw.sample(range(20), 7))]
    event = [False] * 3 + [True] * 4
    fit = fit_logistic(event, x)
    assert fit.direction == (-1, 1)
    fall = -golden_section(lambda a: log_likelihood(event, x, (a, float(fit.low[1]))), -200, 50)
    assert fall == pytest.approx(HALF, rel=1e-8)
