"""Twin of Poisson regression: plain Python, patient by patient, and directions in fractions."""

import math
import random
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.regression.poisson import fit_poisson
from twins.independent.slow_directions import agrees_with_the_profile, directions, golden_section


def ways(count, x):
    """Return which coefficients may rise, or fall, for ever: predictors of zeros may only fall."""
    rows = []
    for y, row in zip(count, x, strict=True):
        below = tuple(Fraction(-z) for z in (1, *row, 0))
        rows.append(below)
        if y:
            rows.append(tuple(-z for z in below))
    return directions(rows)


def log_likelihood(count, x, time, beta):
    total = 0.0
    for y, row, t in zip(count, x, time, strict=True):
        eta = math.log(t) + beta[0] + sum(b * z for b, z in zip(beta[1:], row, strict=True))
        total += y * eta - math.exp(eta) - math.lgamma(y + 1)
    return total


@pytest.mark.parametrize("seed", range(60))
def test_pf164_infinite_exactly_where_a_direction_exists(seed):
    draw = random.Random(seed)
    covariates = 1 + seed % 3
    x = [[draw.randint(0, 2) for _ in range(covariates)] for _ in range(draw.randint(6, 9))]
    count = [draw.choice([0, 0, 1, 3]) if row[0] < 2 else 0 for row in x]
    try:
        fit = fit_poisson(count, x)
    except ArgumentError:
        count, x = [1, 0, 2, 0, 0], [[0], [1], [2], [2], [3]]
        fit = fit_poisson(count, x)
    expected = ways(count, x)
    assert fit.direction == expected
    for place, way in enumerate(expected):
        assert math.isinf(fit.low[place]) == (way in (-1, 2))
        assert math.isinf(fit.high[place]) == (way in (1, 2))


@pytest.mark.parametrize("seed", range(8))
def test_profile_by_golden_section(seed):
    draw = random.Random(100 + seed)
    x = [[draw.randint(-3, 3)] for _ in range(10)] + [[0], [3]]
    count = [draw.choice([0, 1, 2, 5]) for _ in range(10)] + [2, 1]
    time = [draw.choice([0.5, 1, 4]) for _ in x]
    fit = fit_poisson(count, x, exposure=time)

    def profile(slope):
        return golden_section(lambda a: log_likelihood(count, x, time, (a, slope)), -15, 8)

    agrees_with_the_profile(fit, profile)
