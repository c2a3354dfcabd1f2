"""Beta product limits against a twin in fractions, written from the paper."""

import random

import pytest

from autallo.stats.survival.bpcp import beta_product_interval
from twins.independent.slow_bpcp import beta_product_limits, moments_quantile


@pytest.mark.parametrize("seed", range(12))
def test_both_forms_are_those_of_the_twin(seed):
    draw = random.Random(seed)
    n = draw.choice([4, 8, 11, 17])
    days = [draw.randint(1, 20) for _ in range(n)]
    dead = [draw.random() < 0.5 for _ in range(n)]
    at = [0, *draw.sample(range(1, 21), 4)]
    exact = beta_product_interval(days, dead, at=at)
    moments = beta_product_interval(days, dead, at=at, exact_up_to=0)
    for place, day in enumerate(at):
        low, high = beta_product_limits(days, dead, day)
        assert exact.low[place] == pytest.approx(low, rel=1e-12, abs=1e-15)
        assert exact.high[place] == pytest.approx(high, rel=1e-12)
        low, high = beta_product_limits(days, dead, day, quantile=moments_quantile)
        assert moments.low[place] == pytest.approx(low, rel=1e-10, abs=1e-15)
        assert moments.high[place] == pytest.approx(high, rel=1e-10)
