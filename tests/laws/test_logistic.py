"""Laws of logistic regression."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.regression.logistic import fit_logistic

FEW = settings(max_examples=25, deadline=None)
record = st.tuples(st.booleans(), st.integers(0, 1), st.integers(-3, 3))
some_records = st.lists(record, min_size=6, max_size=25)
some_levels = st.sampled_from([0.8, 0.95, 0.99])
CLOSE = {"rtol": 1e-6, "atol": 1e-7}


def columns(records):
    return [row[0] for row in records], np.array([row[1:] for row in records], dtype=float)


def fit_or_skip(event, x, **options):
    try:
        return fit_logistic(event, x, **options)
    except ArgumentError:
        assume(False)


def same(one, other):
    assert one.direction == other.direction
    for name in ("coefficient", "low", "high", "p_value", "std_error"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), **CLOSE, err_msg=name)


@FEW
@given(some_records)
def test_the_fitted_risks_add_up_to_the_events(records):
    """The score equations, with and without separation."""
    event, x = columns(records)
    fit = fit_or_skip(event, x)
    rest = np.array(event) - fit.risk
    assert rest.sum() == pytest.approx(0, abs=1e-8)
    np.testing.assert_allclose(rest @ x, 0, atol=1e-7)
    assert ((fit.risk >= 0) & (fit.risk <= 1)).all()


@FEW
@given(some_records)
def test_mr5_mr54_other_reference_and_other_outcome_turn_the_sign(records):
    event, x = columns(records)
    fit = fit_or_skip(event, x)
    swapped = fit_logistic(event, x * [-1, 1] + [1, 0])
    turned = fit_logistic([not e for e in event], x)
    for other, place in ((swapped, 1), (turned, 1), (turned, 2)):
        assert other.direction[place] == {1: -1, -1: 1}.get(
            fit.direction[place], fit.direction[place]
        )
        if fit.direction[place] != 2:
            np.testing.assert_allclose(other.coefficient[place], -fit.coefficient[place], **CLOSE)
        np.testing.assert_allclose(other.low[place], -fit.high[place], **CLOSE)
        np.testing.assert_allclose(other.high[place], -fit.low[place], **CLOSE)
        np.testing.assert_allclose(other.p_value[place], fit.p_value[place], **CLOSE)


@FEW
@given(some_records, st.randoms(use_true_random=False))
def test_mr6_mr7_order_of_patients_and_columns(records, random):
    event, x = columns(records)
    fit = fit_or_skip(event, x)
    random.shuffle(records)
    same(fit_logistic(*columns(records)), fit)
    other = fit_logistic(event, x[:, ::-1])
    np.testing.assert_allclose(other.low[[0, 2, 1]], fit.low, **CLOSE)
    assert other.likelihood_ratio == pytest.approx(fit.likelihood_ratio, rel=1e-8, abs=1e-9)


@FEW
@given(some_records, st.integers(2, 3))
def test_mr12_mr14_mr15_every_patient_several_times_is_a_weight(records, times):
    event, x = columns(records)
    fit = fit_or_skip(event, x)
    often = fit_logistic(event * times, np.tile(x, (times, 1)))
    same(fit_logistic(event, x, weight=[times] * len(event)), often)
    same(fit_logistic(event, x, weight=[1] * len(event)), fit)
    finite = np.isfinite(fit.coefficient)
    np.testing.assert_allclose(often.coefficient[finite], fit.coefficient[finite], **CLOSE)
    np.testing.assert_allclose(often.std_error * math.sqrt(times), fit.std_error, **CLOSE)


@FEW
@given(some_records, st.lists(record, min_size=1, max_size=4))
def test_mr13_weight_0_is_nobody(records, more):
    event, x = columns(records)
    fit = fit_or_skip(event, x)
    weights = [1] * len(records) + [0] * len(more)
    other = fit_logistic(*columns(records + more), weight=weights)
    same(other, fit)
    assert other.risk.size == len(records)


@FEW
@given(some_records)
def test_mr31_mr32_mr34_limits_hold_the_estimate_and_widen_with_the_level(records):
    event, x = columns(records)
    fit = fit_or_skip(event, x, level=0.8)
    wide = fit_logistic(event, x, level=0.99)
    slack = 1e-9 * np.where(np.isfinite(fit.std_error), fit.std_error, 1.0)
    assert (wide.low <= fit.low + slack).all()
    assert (fit.low <= fit.coefficient).all()
    assert (fit.coefficient <= fit.high).all()
    assert (fit.high <= wide.high + slack).all()
    assert ((fit.p_value >= 0) & (fit.p_value <= 1)).all()
    for p_value in (fit.likelihood_ratio_p, fit.score_p, fit.wald_p):
        assert p_value is None or 0 <= p_value <= 1
    for name in ("coefficient", "std_error", "low", "high", "wald_low", "wald_high"):
        assert not np.isnan(getattr(fit, name)).any()


@FEW
@given(some_records, some_levels)
def test_mr49_limits_exclude_0_exactly_if_p_is_below_the_level(records, level):
    event, x = columns(records)
    fit = fit_or_skip(event, x, level=level)
    for low, high, p in zip(fit.low, fit.high, fit.p_value, strict=True):
        assume(abs(p - (1 - level)) > 1e-7)
        assert (low > 0 or high < 0) == (p < 1 - level)


@FEW
@given(some_records, some_levels, st.sampled_from(["HC0", "HC1"]))
def test_mr49_robust_limits_and_p_agree_too(records, level, variance):
    event, x = columns(records)
    fit = fit_or_skip(event, x, level=level, variance=variance)
    for low, high, p in zip(fit.low, fit.high, fit.p_value, strict=True):
        assume(abs(p - (1 - level)) > 1e-9)
        assert (low > 0 or high < 0) == (p < 1 - level)


@FEW
@given(some_records)
def test_mr50_shift_and_scale_of_covariates(records):
    """W-style trap: age in days, years, or as a calendar year must tell the same."""
    event, x = columns(records)
    fit = fit_or_skip(event, x)
    moved = fit_logistic(event, x * [1, 365.25] + [0, 2019.0])
    assert moved.direction[1:] == fit.direction[1:]
    for name in ("coefficient", "low", "high", "std_error"):
        np.testing.assert_allclose(
            getattr(moved, name)[1:] * [1, 365.25], getattr(fit, name)[1:], **CLOSE
        )
    np.testing.assert_allclose(moved.p_value[1:], fit.p_value[1:], **CLOSE)
    assert moved.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-9, abs=1e-9)


@FEW
@given(some_records, st.sampled_from([1, -2, 1000]))
def test_mr51_a_constant_or_repeated_column_is_refused(records, times):
    event, x = columns(records)
    fit_or_skip(event, x)
    repeated = np.column_stack([x, times * x[:, 0] + 3])
    with pytest.raises(ArgumentError, match=r"follows from those before|leave out"):
        fit_logistic(event, repeated)
    with pytest.raises(ArgumentError, match="is constant"):
        fit_logistic(event, np.column_stack([x[:, 0], np.full(len(event), times)]))


@FEW
@given(some_records)
def test_a_covariate_separates_if_its_values_do_not_cross(records):
    event, x = columns(records)
    fit = fit_or_skip(event, x[:, 1])
    had = np.array(event)
    with_event, without = x[had, 1], x[~had, 1]
    rises = with_event.min() >= without.max()
    falls = with_event.max() <= without.min()
    assert fit.direction[1] == int(rises) - int(falls)
    ends_touch = {with_event.min(), with_event.max()} & {without.min(), without.max()}
    if rises or falls:
        assert fit.separation == ("quasi-complete" if ends_touch else "complete")


@FEW
@given(some_records)
def test_a_group_without_events_leaves_the_other_covariate_to_the_other_group(records):
    records = [(e and g == 0, g, z) for e, g, z in records]
    inside = [(e, z) for e, g, z in records if g == 0]
    assume(len(inside) > 2)
    alone = fit_or_skip([e for e, _ in inside], [z for _, z in inside])
    assume(alone.separation is None)
    fit = fit_or_skip(*columns(records))
    assert fit.direction == (0, -1, 0)
    np.testing.assert_allclose(fit.coefficient[[0, 2]], alone.coefficient, **CLOSE)
    np.testing.assert_allclose(fit.std_error[[0, 2]], alone.std_error, **CLOSE)
    np.testing.assert_allclose(fit.low[[0, 2]], alone.low, **CLOSE)
    np.testing.assert_allclose(fit.p_value[[0, 2]], alone.p_value, **CLOSE)
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-8)


@FEW
@given(some_records)
def test_two_groups_are_the_fourfold_table(records):
    event, x = columns(records)
    table = [[sum(e == y and g == z for e, g, _ in records) for y in (1, 0)] for z in (0, 1)]
    assume(min(min(row) for row in table) > 0)
    (a, b), (c, d) = table
    fit = fit_logistic(event, x[:, 0])
    assert fit.coefficient[1] == pytest.approx(math.log(c * b / (a * d)), rel=1e-9, abs=1e-10)
    assert fit.std_error[1] == pytest.approx(math.sqrt(1 / a + 1 / b + 1 / c + 1 / d), rel=1e-9)
    n, margins = a + b + c + d, (a + b) * (c + d) * (a + c) * (b + d)
    assert fit.score_statistic == pytest.approx(
        n * (a * d - b * c) ** 2 / margins, rel=1e-9, abs=1e-12
    )


@FEW
@given(some_records)
def test_every_patient_a_cluster_is_no_cluster(records):
    event, x = columns(records)
    plain = fit_or_skip(event, x, variance="HC0")
    alone = fit_logistic(event, x, cluster=np.arange(len(event)), variance="HC0")
    np.testing.assert_allclose(alone.std_error, plain.std_error, rtol=1e-9)


def test_w12_nearly_separated_stays_finite():
    """Ages 5 and 5.000001 are the wrong way round: large, but neither infinite nor lost."""
    event = [0, 0, 0, 1, 0, 1, 1, 1]
    for gap in (1e-3, 1e-6):
        fit = fit_logistic(event, [1, 2, 3, 5, 5 + gap, 7, 8, 9])
        assert fit.separation is None
        assert fit.converged
        assert np.isfinite(fit.coefficient).all()
        assert 1 < fit.coefficient[1] < 100
        assert 0 < fit.low[1] < fit.coefficient[1] < fit.high[1] < math.inf
        separated = fit_logistic(event, [1, 2, 3, 5 + gap, 5, 7, 8, 9])
        assert separated.separation == "complete"


def test_covariates_of_enormous_spread_do_not_overflow():
    x = np.array([1e9, 0, 3, 1, -1e9, 2, 5, 4, 1e8, -1e7])
    fit = fit_logistic([1, 0, 1, 0, 1, 0, 1, 0, 0, 1], x)
    assert np.isfinite([fit.coefficient, fit.std_error, fit.low, fit.high]).all()
    tiny = fit_logistic([1, 0, 1, 0, 1, 0, 1, 0, 0, 1], x * 1e-100)
    np.testing.assert_allclose(tiny.coefficient[1] * 1e-100, fit.coefficient[1], rtol=1e-9)


def test_large_groups_have_limits_near_those_of_wald():
    rng = np.random.default_rng(4)
    n = 30_000
    x = np.column_stack([rng.integers(0, 2, n), rng.normal(60, 10, n)])
    event = rng.random(n) < 1 / (1 + np.exp(-(-4 + 0.5 * x[:, 0] + 0.05 * x[:, 1])))
    fit = fit_logistic(event, x)
    assert (np.abs(fit.low - fit.wald_low) < 0.02 * fit.std_error).all()
    assert (np.abs(fit.high - fit.wald_high) < 0.02 * fit.std_error).all()
    robust = fit_logistic(event, x, variance="HC0")
    np.testing.assert_allclose(robust.std_error, fit.std_error, rtol=0.03)


def test_a_covariate_that_nearly_repeats_a_separating_group_can_take_its_place():
    """Without the group its near copy fits as well: the group has p = 1 and a far, finite limit."""
    rng = np.random.default_rng(38)
    group = np.repeat([0, 1], [16, 12])
    copy = group + np.where(group, rng.normal(0, 5e-4, 28), 0)
    event = (group == 1) & (copy + rng.normal(0, 5e-4, 28) > 1)
    fit = fit_logistic(event, np.column_stack([group, copy]))
    assert fit.direction == (-1, 1, 0)
    assert fit.coefficient[2] > 100
    assert fit.p_value[1] > 0.999
    assert -math.inf < fit.low[1] < 0
    assert fit.high[1] == math.inf
