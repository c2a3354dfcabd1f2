"""Twin of Firth's logistic regression: the penalised likelihood searched by brute force."""

import math

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.firth.logistic import fit_firth_logistic

POINT = 3.841458820694124
record = st.tuples(st.booleans(), st.integers(-3, 3))


def slow_penalised(event, x, intercept, slope):
    total = a = b = c = 0.0
    for happened, own in zip(event, x, strict=True):
        eta = intercept + slope * own
        p, q = 1 / (1 + math.exp(-eta)), 1 / (1 + math.exp(eta))
        total += math.log(p if happened else q)
        a, b, c = a + p * q, b + p * q * own, c + p * q * own * own
    return total + math.log(a * c - b * b) / 2 if a * c > b * b else -math.inf


def finest(function, low, high, points=9, rounds=13):
    best = low
    for _ in range(rounds):
        step = (high - low) / (points - 1)
        best = max((low + step * k for k in range(points)), key=function)
        low, high = best - step, best + step
    return best


@settings(max_examples=6, deadline=None)
@given(st.lists(record, min_size=4, max_size=9))
def test_profiles_by_grids(records):
    event, x = zip(*records, strict=True)
    try:
        fit = fit_firth_logistic(event, x)
    except ArgumentError:
        assume(False)

    def inner(held, place):
        def at(other):
            return slow_penalised(event, x, *((held, other) if place == 0 else (other, held)))

        return at(finest(at, -30, 30, rounds=16))

    top = fit.penalised_log_likelihood
    assert slow_penalised(event, x, *fit.coefficient) == pytest.approx(top, rel=1e-10)
    best = finest(lambda slope: inner(slope, 1), -15, 15)
    assert inner(best, 1) == pytest.approx(top, rel=1e-7)
    assert fit.coefficient[1] == pytest.approx(best, abs=1e-3)
    for place in (0, 1):
        null = inner(0.0, place)
        assert fit.statistic[place] == pytest.approx(2 * (top - null), rel=1e-6, abs=1e-6)
        for limit in (fit.low[place], fit.high[place]):
            fall = 2 * (top - inner(float(limit), place))
            assert fall == pytest.approx(POINT, rel=1e-5)  # inner grid
