"""What a description obeys for any values; the twin is the standard library."""

import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autallo.stats.summary import summarise

numbers = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 3))
values = st.lists(numbers, min_size=1, max_size=40)
above_zero = st.lists(st.floats(1e-3, 1e6), min_size=1, max_size=40)


@given(st.lists(numbers, min_size=2, max_size=40))
def test_same_as_the_standard_library(x):
    summary = summarise(x)
    q1, median, q3 = statistics.quantiles(x, n=4, method="inclusive")
    # Absolute: values of up to 1e6 cancel in a mean or in an interpolation near 0.
    assert [summary.q1, summary.median, summary.q3] == pytest.approx([q1, median, q3], abs=1e-8)
    assert summary.mean == pytest.approx(statistics.fmean(x), abs=1e-8)
    assert summary.sd == pytest.approx(statistics.stdev(x), rel=1e-9, abs=1e-8)


@given(values)
def test_numbers_stand_in_order(x):
    summary = summarise(x)
    assert summary.low <= summary.q1 <= summary.median <= summary.q3 <= summary.high
    assert summary.low <= summary.mean <= summary.high


@given(values, st.randoms(use_true_random=False))
def test_order_of_patients_does_not_matter(x, random):
    shuffled = random.sample(x, len(x))
    here, there = summarise(x), summarise(shuffled)
    assert (here.median, here.q1, here.q3) == (there.median, there.q1, there.q3)
    assert here.mean == pytest.approx(there.mean, abs=1e-8)


@given(st.lists(numbers, min_size=2, max_size=40))
def test_turning_the_sign_mirrors_everything(x):
    here, mirrored = summarise(x), summarise([-value for value in x])
    assert (mirrored.low, mirrored.high) == (-here.high, -here.low)
    assert mirrored.q1 == pytest.approx(-here.q3, abs=1e-8)
    assert mirrored.mean == pytest.approx(-here.mean, abs=1e-8)
    assert mirrored.sd == pytest.approx(here.sd, rel=1e-9, abs=1e-8)


@given(above_zero)
def test_geometric_mean_is_at_most_the_mean(x):
    summary = summarise(x)
    assert summary.geometric_mean == pytest.approx(statistics.geometric_mean(x), rel=1e-10)
    assert summary.low <= summary.geometric_mean <= summary.mean * (1 + 1e-12)
