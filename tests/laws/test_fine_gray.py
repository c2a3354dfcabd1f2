"""Laws of the Fine-Gray model and of what it predicts."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.fine_gray.prediction import predict_incidence

FEW = settings(max_examples=40, deadline=None)
record = st.tuples(st.integers(0, 9), st.integers(0, 3), st.integers(0, 1), st.integers(-3, 3))
some_records = st.lists(record, min_size=4, max_size=25)


def columns(records):
    time, cause, arm, score = zip(*records, strict=True)
    return np.array(time), np.array(cause), np.column_stack([arm, score])


def fit_or_skip(time, cause, x, **options):
    try:
        return fit_fine_gray(time, cause, x, n_causes=3, **options)
    except ArgumentError:
        assume(False)


def same_fit(mine, other, *, scale=1.0, rtol=1e-7):
    assert mine.monotone == other.monotone
    finite = ~np.array(mine.monotone)
    close = {"rtol": rtol, "atol": 1e-8}
    np.testing.assert_allclose(
        (mine.coefficient * scale)[finite], other.coefficient[finite], **close
    )
    np.testing.assert_allclose((mine.std_error * scale)[finite], other.std_error[finite], **close)
    assert mine.log_likelihood == pytest.approx(other.log_likelihood, rel=1e-9, abs=1e-9)


@FEW
@given(some_records, st.sampled_from([1 / 7, 1 / 30.4375, 1 / 365.25, 1e4]))
def test_mr_1_w12_days_and_years_give_the_same_coefficients(records, unit):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    years = fit_fine_gray(time * unit, cause, x, n_causes=3)
    same_fit(years, fit)
    np.testing.assert_allclose(years.time, fit.time * unit, rtol=1e-12)
    assume(not any(fit.monotone))
    early, late = fit.time[:1], fit.time[-1:]
    for at in (early, late):
        days = predict_incidence(fit, x, at=at).incidence
        np.testing.assert_allclose(
            predict_incidence(years, x, at=at * unit).incidence, days, rtol=1e-7, atol=1e-9
        )


@FEW
@given(some_records)
def test_mr_3_only_the_order_of_times_counts(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    same_fit(fit_fine_gray(time**2, cause, x, n_causes=3), fit)


@FEW
@given(some_records, st.randoms(use_true_random=False))
def test_mr_6_the_order_of_rows_does_not_count(records, random):
    fit = fit_or_skip(*columns(records))
    random.shuffle(records)
    same_fit(fit_fine_gray(*columns(records), n_causes=3), fit)


@FEW
@given(some_records)
def test_mr_7_the_order_of_covariates_does_not_count(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    turned = fit_fine_gray(time, cause, x[:, ::-1], n_causes=3)
    assert turned.monotone == fit.monotone[::-1]
    assume(not any(fit.monotone))
    np.testing.assert_allclose(turned.coefficient[::-1], fit.coefficient, rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(turned.covariance[::-1, ::-1], fit.covariance, rtol=1e-6, atol=1e-8)


@FEW
@given(some_records)
def test_mr_5_swapping_the_arms_turns_the_sign(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    swapped = fit_fine_gray(time, cause, [1, 0] + x * [-1, 1], n_causes=3)
    close = {"rtol": 1e-7, "atol": 1e-8}
    np.testing.assert_allclose(swapped.coefficient[0], -fit.coefficient[0], **close)
    np.testing.assert_allclose(swapped.std_error, fit.std_error, **close)
    np.testing.assert_allclose(swapped.low[0], -fit.high[0], **close)
    np.testing.assert_allclose(swapped.high[0], -fit.low[0], **close)
    assert swapped.monotone == fit.monotone


@FEW
@given(some_records)
def test_mr_50_shift_and_scale_of_covariates(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    moved = fit_fine_gray(time, cause, x * [1, 1000.0] + [5, -7e4], n_causes=3)
    assert moved.monotone == fit.monotone
    assume(not any(fit.monotone))
    close = {"rtol": 1e-5, "atol": 1e-7}
    np.testing.assert_allclose(moved.coefficient * [1, 1000], fit.coefficient, **close)
    np.testing.assert_allclose(moved.std_error * [1, 1000], fit.std_error, **close)
    np.testing.assert_allclose(
        predict_incidence(moved, x * [1, 1000.0] + [5, -7e4]).incidence,
        predict_incidence(fit, x).incidence,
        rtol=1e-6,
        atol=1e-8,
    )


@FEW
@given(some_records)
def test_mr_51_a_covariate_given_twice_is_refused(records):
    time, cause, x = columns(records)
    assume((cause == 1).sum() >= 3)
    assume(np.ptp(x, axis=0).all())
    with pytest.raises(ArgumentError, match="`x` must not repeat itself"):
        fit_fine_gray(time, cause, np.column_stack([x, x[:, 1]]), n_causes=3)


@FEW
@given(some_records)
def test_mr_23_without_competing_events_it_is_the_cox_model_with_breslow_ties(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause == 1, x)
    cox = fit_cox(time, cause == 1, x, ties="breslow")
    assert fit.monotone == cox.monotone
    assert fit.log_likelihood == pytest.approx(cox.log_likelihood, rel=1e-9, abs=1e-9)
    assert fit.log_likelihood_null == pytest.approx(cox.log_likelihood_null, rel=1e-11, abs=1e-11)
    finite = ~np.array(cox.monotone)
    close = {"rtol": 1e-6, "atol": 1e-7}
    np.testing.assert_allclose(fit.coefficient[finite], cox.coefficient[finite], **close)
    assume(finite.all())
    np.testing.assert_allclose(np.linalg.inv(fit.information), cox.covariance, **close)


@FEW
@given(some_records)
def test_without_censoring_a_competing_event_is_a_time_after_all_others(records):
    time, cause, x = columns([(t, max(c, 1), arm, score) for t, c, arm, score in records])
    fit = fit_or_skip(time, cause, x)
    cox = fit_cox(np.where(cause == 1, time, 99), cause == 1, x, ties="breslow")
    assert fit.monotone == cox.monotone
    assume(not any(fit.monotone))
    np.testing.assert_allclose(fit.coefficient, cox.coefficient, rtol=1e-6, atol=1e-7)


@FEW
@given(some_records)
def test_mr_4_names_of_the_other_causes_do_not_count(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    other = np.array([0, 3, 1, 2])[cause]
    same_fit(fit_fine_gray(time, other, x, n_causes=3, cause_of_interest=3), fit)
    together = np.array([0, 1, 2, 2])[cause]
    same_fit(fit_fine_gray(time, together, x, n_causes=2), fit)


@FEW
@given(some_records, st.integers(2, 3))
def test_mr_12_every_patient_several_times(records, times):
    fit = fit_or_skip(*columns(records))
    often = fit_fine_gray(*columns(records * times), n_causes=3)
    assert often.monotone == fit.monotone
    finite = np.isfinite(fit.std_error)
    close = {"rtol": 1e-6, "atol": 1e-8}
    np.testing.assert_allclose(often.coefficient[finite], fit.coefficient[finite], **close)
    np.testing.assert_allclose(
        often.covariance[finite][:, finite] * times, fit.covariance[finite][:, finite], **close
    )


@FEW
@given(some_records)
def test_one_group_of_censoring_is_none(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    same_fit(fit_or_skip(time, cause, x, censoring_group=np.zeros(time.size, dtype=int)), fit)


@FEW
@given(st.lists(record, min_size=15, max_size=25))
def test_w12_an_arm_without_the_event_leaves_the_other_covariate_to_the_other_arm(records):
    records = [(t, 2 if c == 1 and arm else c, arm, score) for t, c, arm, score in records]
    rest = [row for row in records if row[2] == 0]
    assume(0 < len(rest) < len(records))
    time, cause, x = columns(rest)
    alone = fit_or_skip(time, cause, x[:, 1])
    assume(not any(alone.monotone))
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x, censoring_group=x[:, 0])
    assert fit.monotone == (True, False)
    assert fit.coefficient[0] == -math.inf
    assert fit.coefficient[1] == pytest.approx(alone.coefficient[0], rel=1e-5, abs=1e-6)
    assert fit.std_error[1] == pytest.approx(alone.std_error[0], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-8)
    assert predict_incidence(fit, [[1, 0]]).incidence.max() < 1e-8


@FEW
@given(some_records)
def test_mr_31_32_34_limits_hold_the_estimate_and_nothing_is_not_a_number(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x, level=0.8)
    wide = fit_fine_gray(time, cause, x, n_causes=3, level=0.99)
    assert (wide.low <= fit.low).all()
    assert (fit.low <= fit.coefficient).all()
    assert (fit.coefficient <= fit.high).all()
    assert (fit.high <= wide.high).all()
    for p_value in (fit.likelihood_ratio_p, fit.wald_p, *fit.p_value):
        assert p_value is None or 0 <= p_value <= 1
    for field in ("coefficient", "covariance", "information", "residual", "log_hazard", "reached"):
        assert not np.isnan(getattr(fit, field)).any()
    assert np.isfinite(fit.reached).all()


@FEW
@given(some_records)
def test_w10_mr_17_predicted_incidence_is_a_probability_that_rises(records):
    """A rival predicted incidences above 1."""
    time, cause, x = columns(records)
    curve = predict_incidence(fit_or_skip(time, cause, x), x, at=range(12)).incidence
    assert (curve >= 0).all()
    assert (curve <= 1).all()
    assert (np.diff(curve, axis=1) >= 0).all()


@FEW
@given(some_records)
def test_mr_27_a_finer_grid_reads_the_same_curve(records):
    time, cause, x = columns(records)
    fit = fit_or_skip(time, cause, x)
    fine = predict_incidence(fit, x, at=np.arange(0, 12, 0.25)).incidence
    np.testing.assert_array_equal(fine[:, ::4], predict_incidence(fit, x, at=range(12)).incidence)


def test_mr_36_identical_arms_have_a_hazard_ratio_of_1():
    time, cause = [1, 2, 2, 3, 5, 6] * 2, [1, 2, 0, 1, 1, 0] * 2
    fit = fit_fine_gray(time, cause, [0] * 6 + [1] * 6, n_causes=2)
    assert fit.coefficient[0] == pytest.approx(0, abs=1e-12)
    assert fit.p_value[0] == pytest.approx(1, abs=1e-10)


def test_times_that_differ_by_rounding_are_one_time():
    time, cause, arm = [0.3, 0.6, 0.3, 0.9, 1.2, 1.5], [1, 2, 0, 1, 1, 0], [1, 1, 0, 0, 1, 0]
    fit = fit_fine_gray(time, cause, arm, n_causes=2)
    rounded = [0.1 + 0.2, 0.1 * 6, 0.3, 0.3 * 3, 1.2, 1.5]
    same_fit(fit_fine_gray(rounded, cause, arm, n_causes=2), fit)


def test_covariates_of_enormous_spread_do_not_overflow():
    time, cause = [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 1, 1, 0, 1, 1, 1]
    x = [1e9, 5, 4, 3.999999, 3.5, 2, 1, -1e9]
    fit = fit_fine_gray(time, cause, x, n_causes=2)
    assert fit.converged
    assert np.isfinite(fit.coefficient).all()
    assert np.isfinite(fit.std_error).all()
    assert np.isfinite(predict_incidence(fit, x).incidence).all()


def test_information_lost_in_rounding_is_told():
    # Beside the two far ends, which come and go in order, the other values are alike.
    time, cause = [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 1, 1, 0, 1, 1, 1]
    fit = fit_fine_gray(time, cause, [1e9, 0, 3, 1, -1e9, 2, 5, 4], n_causes=2)
    assert not fit.converged
    assert fit.monotone == (False,)
    assert fit.std_error.tolist() == [math.inf]
    assert (fit.low[0], fit.high[0], fit.z) == (-math.inf, math.inf, (None,))


def test_a_nearly_separated_covariate_keeps_its_large_but_finite_coefficient():
    time, cause = [1, 2, 3, 4, 5, 6, 7], [1, 1, 1, 1, 2, 1, 1]
    near = fit_fine_gray(time, cause, [9.0, 7.0, 5.0, 5.000001, 1.0, 3.0, 1.0], n_causes=2)
    assert near.monotone == (False,)
    assert 1 < near.coefficient[0] < 100
    assert np.isfinite(near.std_error).all()
    apart = fit_fine_gray(time, cause, [9.0, 7.0, 5.000001, 5.0, 1.0, 3.0, 1.0], n_causes=2)
    assert apart.monotone == (True,)
    assert apart.coefficient.tolist() == [math.inf]


def test_a_competing_event_that_waits_keeps_a_coefficient_finite():
    # In order of x but for the patient with the competing event, by a hair.
    time, cause = [1, 2, 3, 4, 5, 6], [1, 1, 2, 1, 0, 0]
    near = fit_fine_gray(time, cause, [9.0, 7.0, 5.000001, 5.0, 3.0, 1.0], n_causes=2)
    assert near.monotone == (False,)
    assert 1 < near.coefficient[0] < 100
    below = fit_fine_gray(time, cause, [9.0, 7.0, 0.0, 5.0, 3.0, 1.0], n_causes=2)
    assert below.monotone == (True,)
    # Of a group that is gone, the patient does not wait.
    gone = fit_fine_gray(
        time,
        cause,
        [9.0, 7.0, 5.000001, 5.0, 3.0, 1.0],
        n_causes=2,
        censoring_group=[1, 1, 0, 1, 1, 1],
    )
    assert gone.monotone == (True,)


def test_a_hundred_thousand_patients_in_days_and_in_fractions_of_days():
    rng = np.random.default_rng(8)
    n = 100_000
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(50, 10, n)])
    first, other = rng.exponential(400 - 200 * x[:, 0]), rng.exponential(600, n)
    end = rng.uniform(0, 900, n)
    time = np.ceil(np.minimum(np.minimum(first, other), end))
    cause = np.where(end <= np.minimum(first, other), 0, np.where(first < other, 1, 2))
    days = fit_fine_gray(time, cause, x, n_causes=2)
    assert days.converged
    # Whole days are looked up, fractions are sorted: the answer is one.
    same_fit(fit_fine_gray(time / 7, cause, x, n_causes=2), days, rtol=1e-9)
