"""Laws of linear regression."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.regression.linear import fit_linear

FEW = settings(max_examples=30, deadline=None)
record = st.tuples(st.integers(-9, 30), st.integers(0, 1), st.integers(-4, 8))
some_records = st.lists(record, min_size=6, max_size=30)
variances = st.sampled_from(["model", "HC0", "HC1", "HC2", "HC3"])
CLOSE = {"rtol": 1e-8, "atol": 1e-9}


def columns(records):
    table = np.array(records, dtype=float)
    return table[:, 0], table[:, 1:]


def fit_or_skip(values, x, **options):
    try:
        return fit_linear(values, x, **options)
    except ArgumentError:
        assume(False)


@FEW
@given(some_records)
def test_residuals_are_at_right_angles_to_everything_fitted(records):
    values, x = columns(records)
    fit = fit_or_skip(values, x)
    rest = values - fit.fitted
    assert rest.sum() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(rest @ x, 0, atol=1e-8)
    assert 0 <= fit.r_squared <= 1
    assert fit.adjusted_r_squared <= fit.r_squared
    about = values - values.mean()
    assert fit.r_squared == pytest.approx(1 - rest @ rest / (about @ about), abs=1e-12)


@FEW
@given(some_records, variances)
def test_mr50_shift_and_scale_of_covariates_and_values(records, variance):
    values, x = columns(records)
    fit = fit_or_skip(values, x, variance=variance)
    moved = fit_linear(3 + 0.001 * values, x * [1, 365.25] + [0, 2019.0], variance=variance)
    scale = np.array([1000, 365250.0])
    np.testing.assert_allclose(
        moved.coefficient[1:] * scale, fit.coefficient[1:], rtol=1e-7, atol=1e-8
    )
    np.testing.assert_allclose(moved.std_error[1:] * scale, fit.std_error[1:], rtol=1e-7)
    np.testing.assert_allclose(moved.p_value[1:], fit.p_value[1:], rtol=1e-6)
    assert moved.f_p == pytest.approx(fit.f_p, rel=1e-6)


@FEW
@given(some_records, variances, st.floats(-5, 5), st.floats(-5, 5))
def test_what_is_added_to_the_values_is_added_to_the_coefficients(records, variance, a, b):
    values, x = columns(records)
    fit = fit_or_skip(values, x, variance=variance)
    other = fit_linear(values + 7 + x @ [a, b], x, variance=variance)
    np.testing.assert_allclose(other.coefficient, fit.coefficient + np.array([7, a, b]), **CLOSE)
    np.testing.assert_allclose(other.std_error, fit.std_error, rtol=1e-7)


@FEW
@given(some_records)
def test_two_groups_are_the_t_test_and_welch_with_hc2(records):
    values, x = columns(records)
    group = x[:, 0] == 1
    assume(min(group.sum(), (~group).sum()) > 1)
    fit = fit_or_skip(values, x[:, 0])
    parts = values[~group], values[group]
    assume(min(np.ptp(part) for part in parts) > 0)
    assert fit.coefficient[1] == pytest.approx(
        parts[1].mean() - parts[0].mean(), rel=1e-9, abs=1e-10
    )
    squares = sum(((part - part.mean()) ** 2).sum() for part in parts)
    pooled = squares / (values.size - 2) * sum(1 / part.size for part in parts)
    assert fit.std_error[1] == pytest.approx(math.sqrt(pooled), rel=1e-9)
    welch = math.sqrt(sum(part.var(ddof=1) / part.size for part in parts))
    robust = fit_linear(values, x[:, 0], variance="HC2")
    assert robust.std_error[1] == pytest.approx(welch, rel=1e-9)


@FEW
@given(some_records)
def test_a_coefficient_is_that_of_what_the_others_leave_over(records):
    values, x = columns(records)
    fit = fit_or_skip(values, x)
    inside = fit_or_skip(x[:, 1], x[:, 0])
    rest = x[:, 1] - inside.fitted
    assert fit.coefficient[2] == pytest.approx(rest @ values / (rest @ rest), rel=1e-8, abs=1e-9)


@FEW
@given(some_records)
def test_robust_variances_in_their_order(records):
    values, x = columns(records)
    error = {
        variance: fit_or_skip(values, x, variance=variance).std_error
        for variance in ("HC0", "HC1", "HC2", "HC3")
    }
    n, q = len(records), 3
    np.testing.assert_allclose(error["HC1"], error["HC0"] * math.sqrt(n / (n - q)), rtol=1e-10)
    assert (error["HC0"] <= error["HC2"] * (1 + 1e-12)).all()
    assert (error["HC2"] <= error["HC3"] * (1 + 1e-12)).all()
    alone = fit_linear(values, x, cluster=np.arange(n), variance="HC0")
    np.testing.assert_allclose(alone.std_error, error["HC0"], rtol=1e-10)


@FEW
@given(some_records, st.randoms(use_true_random=False), variances)
def test_mr6_mr7_order_of_patients_and_columns(records, random, variance):
    values, x = columns(records)
    fit = fit_or_skip(values, x, variance=variance)
    random.shuffle(records)
    other = fit_linear(*columns(records), variance=variance)
    np.testing.assert_allclose(other.low, fit.low, rtol=1e-7, atol=1e-8)
    turned = fit_linear(values, x[:, ::-1], variance=variance)
    np.testing.assert_allclose(turned.high[[0, 2, 1]], fit.high, rtol=1e-7, atol=1e-8)


@FEW
@given(some_records, variances)
def test_mr31_mr32_mr34_mr49_limits_estimate_and_p_agree(records, variance):
    values, x = columns(records)
    fit = fit_or_skip(values, x, variance=variance)
    wide = fit_linear(values, x, variance=variance, level=0.99)
    assert (wide.low < fit.low).all()
    assert (fit.low < fit.coefficient).all()
    assert (fit.high < wide.high).all()
    for low, high, p in zip(fit.low, fit.high, fit.p_value, strict=True):
        assert 0 <= p <= 1
        assume(abs(p - 0.05) > 1e-9)
        assert (low > 0 or high < 0) == (p < 0.05)


@FEW
@given(some_records)
def test_mr51_the_outcome_among_the_covariates_is_refused(records):
    values, x = columns(records)
    fit_or_skip(values, x)
    leaking = np.column_stack([x[:, 0], 2 * values + 1])
    with pytest.raises(ArgumentError, match=r"follows exactly from|must not repeat|must vary"):
        fit_linear(values, leaking)


@pytest.mark.parametrize("noise", [1.0, 1e-3, 1e-6, 1e-10])
def test_small_p_values_keep_their_relative_accuracy(noise):
    """On two degrees of freedom p is 1 - t / sqrt(2 + t^2), written without a difference."""
    fit = fit_linear([0.0, 1 + noise, 2 - noise, 3], [0, 1, 2, 3])
    t = float(fit.statistic[1])
    root = math.sqrt(2 + t * t)
    assert fit.p_value[1] == pytest.approx(2 / (root * (root + t)), rel=1e-10)
    assert fit.f_p == pytest.approx(fit.p_value[1], rel=1e-10)
    assert (fit.p_value[1] < 1e-18) == (noise == 1e-10)
