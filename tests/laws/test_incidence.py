"""Laws of the cumulative incidence: what must hold for any patients."""

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at

patients = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), min_size=2, max_size=40)
late = st.lists(
    st.tuples(st.integers(1, 12), st.integers(0, 3), st.integers(0, 11)).map(
        lambda row: (row[0], row[1], min(row[2], row[0] - 1))
    ),
    min_size=2,
    max_size=40,
)
laws = settings(max_examples=100, deadline=None)
SCALES = ["log-log", "log", "logit", "arcsine", "plain"]


def fitted(rows, *, n_causes=3, **options):
    time, cause = zip(*rows, strict=True)
    return cumulative_incidence(time, cause, n_causes=n_causes, **options)


def assert_identical(one, other, but=()):
    for field in fields(one):
        if field.name not in but:
            np.testing.assert_array_equal(
                getattr(one, field.name), getattr(other, field.name), err_msg=field.name
            )


@laws
@given(rows=patients)
def test_the_curves_and_the_event_free_share_sum_to_1(rows):
    """MR-22; MR-34 for numbers that are not there."""
    fit = fitted(rows)
    np.testing.assert_allclose(fit.incidence.sum(axis=1) + fit.event_free, 1, rtol=1e-12)
    assert (np.diff(fit.incidence, axis=0) >= 0).all()
    assert (fit.incidence >= 0).all()
    assert (fit.incidence <= 1).all()


@laws
@given(rows=patients)
def test_at_risk_and_events_are_direct_counts(rows):
    """MR-18."""
    fit = fitted(rows)
    assert fit.time.tolist() == sorted({t for t, _ in rows})
    assert fit.at_risk.tolist() == [sum(t >= at for t, _ in rows) for at in fit.time]
    assert fit.events.tolist() == [
        [sum(row == (at, k) for row in rows) for k in (1, 2, 3)] for at in fit.time
    ]


@laws
@given(
    rows=patients,
    at=st.lists(st.integers(0, 60).map(lambda q: q / 4), min_size=1, max_size=6),
)
def test_reading_off_counts_directly(rows, at):
    point = incidence_at(fitted(rows), at)
    assert point.at_risk.tolist() == [sum(t >= day for t, _ in rows) for day in at]
    assert point.events.tolist() == [
        [sum(t <= day and c == k for t, c in rows) for k in (1, 2, 3)] for day in at
    ]
    assert point.beyond.tolist() == [max(t for t, _ in rows) < day for day in at]


@laws
@given(rows=patients, variance=st.sampled_from(["delta", "cmprsk"]))
def test_reading_off_the_rows_gives_the_rows(rows, variance):
    """MR-27: a finer reporting grid leaves the values at old points alone."""
    curve = fitted(rows, variance=variance)
    point = incidence_at(curve, np.sort(np.concatenate([curve.time, curve.time + 0.5])))
    for name in ("incidence", "std_error", "low", "high", "at_risk"):
        np.testing.assert_array_equal(getattr(point, name)[::2], getattr(curve, name))


@laws
@given(rows=patients, unit=st.sampled_from([30.4375, 365.25, 7.0, 1e-3]))
def test_the_unit_of_time_is_irrelevant(rows, unit):
    """MR-1."""
    other = fitted([(t / unit, c) for t, c in rows])
    assert_identical(fitted(rows), other, but=("time",))


@laws
@given(rows=patients)
def test_only_the_order_of_times_matters(rows):
    """MR-3."""
    other = fitted([(np.expm1(t / 2), c) for t, c in rows])
    assert_identical(fitted(rows), other, but=("time",))


@laws
@given(rows=patients, seed=st.integers(0, 2**32 - 1))
def test_the_order_of_patients_is_irrelevant_to_the_last_bit(rows, seed):
    """MR-6."""
    order = np.random.default_rng(seed).permutation(len(rows))
    assert_identical(fitted(rows), fitted([rows[i] for i in order]))


@laws
@given(rows=patients)
def test_lists_and_arrays_give_the_same_bits(rows):
    """MR-24: nothing is random, and the container does not matter."""
    time, cause = zip(*rows, strict=True)
    arrays = cumulative_incidence(np.array(time, float), np.array(cause, np.int8), n_causes=3)
    assert_identical(fitted(rows), arrays)


@laws
@given(rows=patients)
def test_swapping_two_causes_swaps_their_curves(rows):
    """MR-4, for causes."""
    fit, other = fitted(rows), fitted([(t, {1: 2, 2: 1}.get(c, c)) for t, c in rows])
    for name in ("incidence", "std_error", "low", "high"):
        np.testing.assert_array_equal(
            getattr(fit, name)[:, [1, 0, 2]], getattr(other, name), err_msg=name
        )


@laws
@given(rows=patients)
def test_merged_causes_have_the_sum_of_the_incidences(rows):
    """MR-25."""
    fit, merged = fitted(rows), fitted([(t, min(c, 2)) for t, c in rows], n_causes=2)
    np.testing.assert_allclose(
        merged.incidence[:, 1], fit.incidence[:, 1:].sum(axis=1), rtol=1e-12, atol=1e-15
    )


@laws
@given(rows=patients)
def test_one_cause_alone_is_one_minus_kaplan_meier_with_greenwood_variance(rows):
    """MR-23."""
    fit = fitted([(t, min(c, 1)) for t, c in rows], n_causes=1)
    survival, greenwood = 1.0, 0.0
    for row, at in enumerate(fit.time):
        at_risk = sum(t >= at for t, _ in rows)
        died = sum(t == at and c > 0 for t, c in rows)
        survival *= 1 - died / at_risk
        assert fit.incidence[row, 0] == pytest.approx(1 - survival, rel=1e-12, abs=1e-14)
        if survival > 0:
            greenwood += died / (at_risk * (at_risk - died))
            variance = survival**2 * greenwood
            assert fit.std_error[row, 0] ** 2 == pytest.approx(variance, rel=1e-10, abs=1e-16)


@laws
@given(rows=patients)
def test_censoring_the_competing_events_can_only_raise_the_curve(rows):
    """MR-26."""
    fit, alone = fitted(rows), fitted([(t, int(c == 1)) for t, c in rows], n_causes=1)
    assert (fit.incidence[:, 0] <= alone.incidence[:, 0] + 1e-12).all()


@laws
@given(rows=patients, tau=st.integers(0, 12))
def test_what_happens_later_does_not_change_what_was_seen(rows, tau):
    """MR-20."""
    later_censored = [(min(t, tau + 0.5), c if t <= tau else 0) for t, c in rows]
    grid = [t for t in range(tau + 1) if t <= max(t for t, _ in rows)]
    whole, cut = incidence_at(fitted(rows), grid), incidence_at(fitted(later_censored), grid)
    for name in ("incidence", "std_error", "low", "high", "at_risk", "events"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(cut, name), err_msg=name)


@laws
@given(rows=patients)
def test_a_patient_lost_before_the_first_event_changes_no_estimate(rows):
    """MR-21."""
    later = [(t + 1, c) for t, c in rows]
    fit, more = fitted(later), fitted([(0.5, 0), *later])
    np.testing.assert_array_equal(more.incidence[1:], fit.incidence)
    assert more.at_risk[0] == fit.at_risk[0] + 1


@laws
@given(rows=patients, times=st.integers(2, 4))
def test_everybody_twice_leaves_the_curve_and_shrinks_the_error(rows, times):
    fit, more = fitted(rows), fitted(rows * times)
    np.testing.assert_allclose(more.incidence, fit.incidence, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(more.std_error**2 * times, fit.std_error**2, rtol=1e-9, atol=1e-16)


@laws
@given(
    rows=patients,
    variance=st.sampled_from(["delta", "cmprsk"]),
    interval=st.sampled_from(SCALES),
)
def test_limits_hold_the_estimate_and_are_never_a_point(rows, variance, interval):
    """MR-31, W26."""
    fit = fitted(rows, variance=variance, interval=interval)
    assert (fit.low >= 0).all()
    assert (fit.high <= 1).all()
    assert (fit.low <= fit.incidence).all()
    assert (fit.incidence <= fit.high).all()
    assert (fit.low < fit.high).all()
    none_yet = fit.incidence == 0
    assert (fit.low[none_yet] == 0).all()
    assert (fit.high[none_yet] > 0).all()


@laws
@given(rows=patients, interval=st.sampled_from(SCALES))
def test_a_higher_level_gives_a_wider_interval(rows, interval):
    """MR-32."""
    narrow, wide = (fitted(rows, level=level, interval=interval) for level in (0.8, 0.99))
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()


@laws
@given(rows=patients, more=patients)
def test_another_group_changes_nothing(rows, more):
    """MR-11: each group is estimated from its own patients."""
    alone = fitted(rows)
    fitted(more)
    assert_identical(alone, fitted(rows))


@laws
@given(rows=patients)
def test_equal_weights_are_no_weights(rows):
    """MR-14, MR-15: the jackknife of equal weights is the delta variance."""
    fit = fitted(rows)
    for weight in (1.0, 2.5):
        weighted = fitted(rows, weight=[weight] * len(rows))
        np.testing.assert_allclose(weighted.incidence, fit.incidence, rtol=1e-12, atol=1e-15)
        np.testing.assert_allclose(weighted.std_error**2, fit.std_error**2, rtol=1e-9, atol=1e-15)
        np.testing.assert_allclose(weighted.at_risk, weight * fit.at_risk, rtol=1e-12)
        np.testing.assert_allclose(weighted.followed, fit.followed, rtol=1e-12)


@laws
@given(rows=patients, data=st.data())
def test_a_whole_weight_counts_as_so_many_patients_in_the_curve(rows, data):
    """MR-12, MR-13: weight 0 is nobody, weight 2 is two in the curve."""
    weight = data.draw(st.lists(st.integers(0, 3), min_size=len(rows), max_size=len(rows)))
    if not any(weight):
        weight[0] = 1
    copies = [row for row, copy in zip(rows, weight, strict=True) for _ in range(copy)]
    weighted, fit = fitted(rows, weight=weight), fitted(copies)
    np.testing.assert_array_equal(weighted.time, fit.time)
    np.testing.assert_allclose(weighted.incidence, fit.incidence, rtol=1e-12, atol=1e-15)
    assert (weighted.low <= weighted.incidence).all()
    assert (weighted.incidence <= weighted.high).all()
    assert (weighted.low < weighted.high).all()


def fitted_late(rows, **options):
    time, cause, entry = zip(*rows, strict=True)
    return cumulative_incidence(time, cause, entry=entry, n_causes=3, **options)


@laws
@given(rows=patients)
def test_entry_before_everything_is_no_delayed_entry(rows):
    later = [(t + 1, c) for t, c in rows]
    at_0 = fitted_late([(t, c, 0) for t, c in later])
    assert_identical(fitted(later), at_0, but=("entry",))


@laws
@given(rows=late)
def test_with_delayed_entry_the_curves_still_sum_to_1_and_counts_are_direct(rows):
    """MR-18, MR-22."""
    fit = fitted_late(rows)
    np.testing.assert_allclose(fit.incidence.sum(axis=1) + fit.event_free, 1, rtol=1e-12)
    assert fit.at_risk.tolist() == [sum(e < at <= t for t, _, e in rows) for at in fit.time]
    days = [q / 4 for q in range(60)]
    point = incidence_at(fit, days)
    assert point.at_risk.tolist() == [sum(e < at <= t for t, _, e in rows) for at in days]
    assert (np.diff(fit.followed) <= 0).all()


@laws
@given(rows=late, variance=st.sampled_from(["delta", "cmprsk"]), interval=st.sampled_from(SCALES))
def test_with_delayed_entry_limits_hold_the_estimate_and_are_never_a_point(
    rows, variance, interval
):
    """MR-31."""
    fit = fitted_late(rows, variance=variance, interval=interval)
    assert (fit.low >= 0).all()
    assert (fit.high <= 1).all()
    assert (fit.low <= fit.incidence).all()
    assert (fit.incidence <= fit.high).all()
    assert (fit.low < fit.high).all()


@laws
@given(rows=late)
def test_a_patient_in_two_parts_counts_as_one(rows):
    """MR-16: (0, t] and (0, a], (a, t] give the same curves."""
    whole = [(t, c, 0) for t, c, _ in rows]
    parts = [part for t, c, a in rows for part in ([(a, 0, 0)] if a else []) + [(t, c, a)]]
    fit, split = fitted_late(whole), fitted_late(parts)
    row = np.searchsorted(split.time, fit.time)
    assert split.at_risk[row].tolist() == fit.at_risk.tolist()
    for name in ("incidence", "std_error", "event_free"):
        np.testing.assert_allclose(
            getattr(split, name)[row], getattr(fit, name), rtol=1e-12, atol=1e-15
        )


def test_the_delta_variance_is_that_of_many_samples():
    """Standard deviation of 2000 estimates on day 3 against the mean of their standard errors."""
    rng = np.random.default_rng(31)
    estimates, variances = [], []
    for _ in range(2000):
        time = np.ceil(rng.exponential(4, size=40))
        censored = np.ceil(rng.exponential(8, size=40))
        cause = np.where(time <= censored, rng.integers(1, 3, size=40), 0)
        point = incidence_at(
            cumulative_incidence(np.minimum(time, censored), cause, n_causes=2), [3]
        )
        estimates.append(point.incidence[0, 0])
        variances.append(point.std_error[0, 0] ** 2)
    assert np.mean(variances) / np.var(estimates) == pytest.approx(1, abs=0.13)
