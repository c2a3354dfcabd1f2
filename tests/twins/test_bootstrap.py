"""Twin of the bootstrap: every step again in plain Python from the rows that were drawn."""

import math
import random
from statistics import NormalDist, fmean, median, stdev

import numpy as np
import pytest

from autallo.stats.resampling.bootstrap import bootstrap

NORMAL = NormalDist()


def quantile(ordered, share):
    place = (len(ordered) + 1) * share
    whole = math.floor(place)
    return ordered[whole - 1] + (place - whole) * (ordered[whole] - ordered[whole - 1])


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("groups", [1, 2])
def test_limits_from_the_rows_that_were_drawn(seed, groups):
    draw = random.Random(seed)
    values = [round(draw.expovariate(0.1), 1) for _ in range(19)]
    group = [draw.randrange(groups) for _ in values[:-groups]] + list(range(groups))
    seen = []

    def difference(rows):
        chosen = rows.tolist()
        seen.append(chosen)
        last = [values[row] for row in chosen if group[row] == groups - 1]
        first = [values[row] for row in chosen if group[row] == 0]
        return fmean(last) - (median(first) if groups == 2 else 0.0)

    limits = bootstrap(difference, 19, stratum=group, draws=499, rng=np.random.default_rng(seed))
    rows_seen = list(seen)
    here = difference(np.arange(19))
    draws = sorted(difference(np.array(rows)) for rows in rows_seen[1:500])
    without = {
        next(iter(set(range(19)) - set(rows))): difference(np.array(rows))
        for rows in rows_seen[500:]
    }
    influence = []
    for own in range(groups):
        part = [without[row] for row in range(19) if group[row] == own and row in without]
        middle = fmean(part)
        influence += [(middle - value) * (len(part) - 1) / len(part) for value in part]
    a = sum(i**3 for i in influence) / (6 * sum(i * i for i in influence) ** 1.5)
    below = sum(value < here - 1e-9 for value in draws)
    equal = sum(abs(value - here) <= 1e-9 for value in draws)
    z0 = NORMAL.inv_cdf((below + equal / 2) / 499)
    assert limits.estimate == here
    assert limits.acceleration == pytest.approx(a, rel=1e-9)
    assert limits.median_bias == pytest.approx(z0, rel=1e-9, abs=1e-12)
    assert limits.std_error == pytest.approx(stdev(draws), rel=1e-10)
    assert limits.bias == pytest.approx(fmean(draws) - here, rel=1e-8, abs=1e-10)
    for limit, end, tail in (
        (limits.low, limits.percentile_low, 0.025),
        (limits.high, limits.percentile_high, 0.975),
    ):
        z = z0 + NORMAL.inv_cdf(tail)
        assert limit == pytest.approx(quantile(draws, NORMAL.cdf(z0 + z / (1 - a * z))), rel=1e-7)
        assert end == pytest.approx(quantile(draws, tail), rel=1e-10)


def test_percentiles_of_all_data_sets_that_can_be_drawn():
    """Four patients have 256 equally likely draws; many draws come near their quantiles."""
    values = np.array([1.0, 2, 4, 8])
    sums = sorted(
        values[[a, b, c, d]].sum()
        for a in range(4)
        for b in range(4)
        for c in range(4)
        for d in range(4)
    )
    limits = bootstrap(
        lambda rows: float(values[rows].sum()),
        4,
        level=0.8,
        draws=4999,
        rng=np.random.default_rng(3),
    )
    # the share of sums at or below the limits, within five Monte Carlo standard errors
    slack = 5 * math.sqrt(0.1 * 0.9 / 4999)
    for end, tail in ((limits.percentile_low, 0.1), (limits.percentile_high, 0.9)):
        assert sum(s < end for s in sums) / 256 <= tail + slack
        assert sum(s <= end for s in sums) / 256 >= tail - slack
