"""Laws of the restricted mean time lost: what must hold for any patients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from autallo.stats.incidence.restricted_loss import (
    restricted_time_lost,
    restricted_time_lost_difference,
)

patients = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=1, max_size=30)
ends = st.integers(1, 60).map(lambda quarters: quarters / 4)
laws = settings(max_examples=100, deadline=None)


def curve_of(rows, *, n_causes=3):
    time, cause = zip(*rows, strict=True)
    return cumulative_incidence(time, cause, n_causes=n_causes)


def lost(rows, until, *, n_causes=3, level=0.95):
    return restricted_time_lost(curve_of(rows, n_causes=n_causes), until=until, level=level)


@laws
@given(rows=patients, until=ends)
def test_the_parts_sum_to_the_end(rows, until):
    """MR-22, MR-29."""
    mine = lost(rows, until)
    assert mine.estimate.sum() + mine.event_free == pytest.approx(until, rel=1e-12)
    assert (mine.estimate >= 0).all()
    assert (mine.estimate <= until - min(*(t for t, _ in rows), until) + 1e-12).all()
    assert mine.beyond == (until > max(t for t, _ in rows) and curve_of(rows).event_free[-1] > 0)


@laws
@given(rows=patients, quarters=st.integers(1, 60))
def test_it_is_the_area_of_the_curve(rows, quarters):
    """MR-28: the sum of the curve read off at every quarter, as steps lie on whole days."""
    heights = incidence_at(curve_of(rows), np.arange(quarters) / 4).incidence
    mine = lost(rows, quarters / 4)
    np.testing.assert_allclose(mine.estimate, heights.sum(axis=0) / 4, rtol=1e-12, atol=1e-14)


@laws
@given(rows=patients, until=ends, level=st.sampled_from([0.8, 0.95, 0.999]))
def test_limits_hold_the_estimate_lie_in_range_and_are_never_a_point(rows, until, level):
    """MR-31."""
    mine = lost(rows, until, level=level)
    assert (mine.low >= 0).all()
    assert (mine.high <= until).all()
    assert (mine.low <= mine.estimate).all()
    assert (mine.estimate <= mine.high).all()
    assert (mine.low < mine.high).all()


@laws
@given(rows=patients, until=ends)
def test_a_higher_level_gives_a_wider_interval(rows, until):
    """MR-32."""
    narrow, wide = (lost(rows, until, level=level) for level in (0.8, 0.99))
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()


@laws
@given(rows=patients, until=ends, unit=st.sampled_from([30.4375, 365.25, 7.0]))
def test_the_unit_of_time_scales_all(rows, until, unit):
    """MR-1."""
    mine, other = lost(rows, until), lost([(t / unit, c) for t, c in rows], until / unit)
    for name in ("estimate", "low", "high"):
        np.testing.assert_allclose(
            getattr(other, name) * unit, getattr(mine, name), rtol=1e-9, atol=1e-9
        )
    np.testing.assert_allclose(
        (other.std_error * unit) ** 2, mine.std_error**2, rtol=1e-9, atol=1e-12
    )


@laws
@given(rows=patients, until=ends, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_patients_is_irrelevant_to_the_last_bit(rows, until, seed):
    """MR-6."""
    order = np.random.default_rng(seed).permutation(len(rows))
    mine, other = lost(rows, until), lost([rows[i] for i in order], until)
    for name in ("estimate", "std_error", "low", "high", "event_free"):
        np.testing.assert_array_equal(getattr(mine, name), getattr(other, name))


@laws
@given(rows=patients, until=ends)
def test_what_happens_later_does_not_matter(rows, until):
    """MR-20: with everybody censored just after the end, the same."""
    cut = [(min(t, until + 0.5), c if t <= until else 0) for t, c in rows]
    mine, other = lost(rows, until), lost(cut, until)
    for name in ("estimate", "std_error", "low", "high"):
        np.testing.assert_allclose(
            getattr(mine, name), getattr(other, name), rtol=1e-12, atol=1e-14
        )


@laws
@given(rows=patients, until=ends)
def test_merged_causes_lose_the_sum(rows, until):
    """MR-25."""
    mine, merged = lost(rows, until), lost([(t, min(c, 2)) for t, c in rows], until, n_causes=2)
    assert merged.estimate[1] == pytest.approx(mine.estimate[1:].sum(), rel=1e-12, abs=1e-14)


@laws
@given(rows=patients, until=ends, times=st.integers(2, 4))
def test_everybody_twice_leaves_the_loss_and_shrinks_the_error(rows, until, times):
    mine, more = lost(rows, until), lost(rows * times, until)
    np.testing.assert_allclose(more.estimate, mine.estimate, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(more.std_error**2 * times, mine.std_error**2, rtol=1e-9, atol=1e-13)


@laws
@given(first=patients, second=patients, until=ends)
def test_exchanged_groups_turn_the_sign_of_the_difference(first, second, until):
    """MR-5, MR-31."""
    one, other = lost(first, until), lost(second, until)
    mine = restricted_time_lost_difference(one, other)
    turned = restricted_time_lost_difference(other, one)
    np.testing.assert_allclose(turned.estimate, -mine.estimate)
    np.testing.assert_allclose(turned.low, -mine.high)
    np.testing.assert_allclose(turned.std_error, mine.std_error)
    assert (mine.low <= mine.estimate).all()
    assert (mine.estimate <= mine.high).all()
    assert (mine.low < mine.high).all()
    assert (mine.low >= -until).all()
    assert (mine.high <= until).all()


@laws
@given(rows=patients, until=ends)
def test_groups_alike_do_not_differ(rows, until):
    """MR-36."""
    mine = restricted_time_lost_difference(lost(rows, until), lost(rows, until))
    assert mine.estimate.tolist() == [0, 0, 0]
    np.testing.assert_allclose(mine.low, -mine.high)


def test_the_variance_is_that_of_many_samples():
    """Standard deviation of 2000 estimates to 6 against the mean of their standard errors."""
    rng = np.random.default_rng(41)
    estimates, variances = [], []
    for _ in range(2000):
        time = np.ceil(rng.exponential(4, size=40))
        censored = np.ceil(rng.exponential(12, size=40)) + 3
        cause = np.where(time <= censored, rng.integers(1, 3, size=40), 0)
        curve = cumulative_incidence(np.minimum(time, censored), cause, n_causes=2)
        own = restricted_time_lost(curve, until=6)
        estimates.append(own.estimate[0])
        variances.append(own.std_error[0] ** 2)
    assert np.mean(variances) / np.var(estimates) == pytest.approx(1, abs=0.13)
