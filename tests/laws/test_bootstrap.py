"""Laws of the bootstrap."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.resampling.bootstrap import bootstrap

FEW = settings(max_examples=25, deadline=None)
values = st.lists(st.integers(0, 50), min_size=4, max_size=15)
seeds = st.integers(0, 2**32)


def limits(of, n, seed, **options):
    options = {"draws": 199, **options}
    return bootstrap(of, n, rng=np.random.default_rng(seed), **options)


def mean(array):
    return lambda rows: float(array[rows].mean())


@FEW
@given(values, seeds, st.sampled_from([2, 4]))
def test_mr61_any_number_of_workers_gives_the_same_numbers(given_values, seed, workers):
    array = np.array(given_values, dtype=float)
    one = limits(mean(array), array.size, seed)
    assert limits(mean(array), array.size, seed, workers=workers) == one
    assert limits(mean(array), array.size, seed) == one


@FEW
@given(values, seeds)
def test_a_draw_does_not_depend_on_how_many_follow(given_values, seed):
    seen = []

    def statistic(rows):
        if rows.size == n:
            seen.append(rows.tolist())
        return 0.0

    n = len(given_values)
    limits(statistic, n, seed, draws=60)
    limits(statistic, n, seed, draws=90)
    assert seen[:61] == seen[61:122]
    assert all(0 <= row < n for rows in seen for row in rows)


@FEW
@given(values, seeds, st.sampled_from([(2.0, 3.0), (0.001, -5.0), (-1.0, 0.0)]))
def test_shift_and_scale(given_values, seed, line):
    slope, shift = line
    array = np.array(given_values, dtype=float)
    one = limits(mean(array), array.size, seed)
    other = limits(mean(shift + slope * array), array.size, seed)
    pairs = [(one.percentile_low, one.percentile_high, other.percentile_low, other.percentile_high)]
    if one.low is not None and one.high is not None and other.low is not None:
        pairs.append((one.low, one.high, other.low, other.high))
    for low, high, new_low, new_high in pairs:
        ends = sorted([shift + slope * low, shift + slope * high])
        np.testing.assert_allclose([new_low, new_high], ends, rtol=1e-9, atol=1e-9)
    assert other.std_error == pytest.approx(abs(slope) * one.std_error, rel=1e-9, abs=1e-12)
    turn = math.copysign(1, slope)
    assert other.acceleration == pytest.approx(turn * one.acceleration, rel=1e-7, abs=1e-9)


@FEW
@given(values, seeds)
def test_percentile_limits_follow_any_rising_scale(given_values, seed):
    """199 draws at level 0.9: the limits are draws number 10 and 190 themselves."""
    array = np.array(given_values, dtype=float)
    one = limits(mean(array), array.size, seed, level=0.9)
    other = limits(lambda rows: math.exp(array[rows].mean() / 9), array.size, seed, level=0.9)
    assert other.percentile_low == pytest.approx(math.exp(one.percentile_low / 9), rel=1e-9)
    assert other.percentile_high == pytest.approx(math.exp(one.percentile_high / 9), rel=1e-9)
    if one.median_bias is not None:
        assert other.median_bias == pytest.approx(one.median_bias, rel=1e-9, abs=1e-12)


@FEW
@given(values, seeds)
def test_mr32_limits_widen_with_the_level(given_values, seed):
    array = np.array(given_values, dtype=float)
    one = limits(mean(array), array.size, seed, level=0.8)
    wide = limits(mean(array), array.size, seed, level=0.98)
    assert wide.percentile_low <= one.percentile_low <= one.percentile_high <= wide.percentile_high
    if None not in (one.low, one.high, wide.low, wide.high):
        assert wide.low <= one.low <= one.high <= wide.high
    assert 0 <= one.failures <= one.draws


@FEW
@given(values, seeds)
def test_one_stratum_is_no_stratum(given_values, seed):
    array = np.array(given_values, dtype=float)
    assert limits(mean(array), array.size, seed, stratum=[0] * array.size) == limits(
        mean(array), array.size, seed
    )


def test_the_draws_have_the_mean_and_spread_that_theory_gives():
    array = np.random.default_rng(1).exponential(size=40)
    found = limits(mean(array), 40, 3, draws=4999)
    error = array.std() / math.sqrt(40)
    assert abs(found.bias) < 5 * error / math.sqrt(4999)
    assert found.std_error == pytest.approx(error, rel=0.05)  # Monte Carlo, 1 % one error
    skewness = ((array - array.mean()) ** 3).mean() / array.std() ** 3
    assert found.acceleration == pytest.approx(skewness / (6 * math.sqrt(40)), rel=1e-9)


def test_every_patient_is_drawn_equally_often():
    counts = np.zeros(7)

    def statistic(rows):
        np.add.at(counts, rows, 1)
        return 0.0

    limits(statistic, 7, 11, draws=9999)
    # all patients once, and 6 of 7 in each of 7; chi-squared on 6 degrees of freedom
    drawn = counts - 1 - 6
    expected = 9999.0
    assert drawn.sum() == 7 * 9999
    assert ((drawn - expected) ** 2 / expected).sum() < 40
