"""Laws of Poisson regression."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.regression.poisson import fit_poisson

FEW = settings(max_examples=25, deadline=None)
record = st.tuples(
    st.integers(0, 4), st.integers(0, 1), st.integers(-3, 3), st.sampled_from([0.5, 1.0, 3.0])
)
some_records = st.lists(record, min_size=6, max_size=20)
CLOSE = {"rtol": 1e-6, "atol": 1e-7}
FIELDS = ("coefficient", "low", "high", "p_value", "std_error")


def columns(records):
    table = np.array(records, dtype=float)
    return table[:, 0], table[:, 1:3], table[:, 3]


def fit_or_skip(count, x, **options):
    try:
        return fit_poisson(count, x, **options)
    except ArgumentError:
        assume(False)


def same(one, other, places=slice(None)):
    assert one.direction[places] == other.direction[places]
    for name in FIELDS:
        mine, theirs = getattr(one, name)[places], getattr(other, name)[places]
        np.testing.assert_allclose(mine, theirs, **CLOSE, err_msg=name)


@FEW
@given(some_records)
def test_the_expected_counts_add_up_to_the_events(records):
    """The score equations, with and without infinite coefficients."""
    count, x, time = columns(records)
    fit = fit_or_skip(count, x, exposure=time)
    assert (count - fit.expected).sum() == pytest.approx(0, abs=1e-7)
    np.testing.assert_allclose((count - fit.expected) @ x, 0, atol=1e-6)


@FEW
@given(some_records, st.sampled_from([1 / 365.25, 7, 1000]))
def test_mr1_mr55_the_unit_of_exposure_moves_the_constant_only(records, unit):
    count, x, time = columns(records)
    fit = fit_or_skip(count, x, exposure=time)
    other = fit_poisson(count, x, exposure=time * unit)
    same(other, fit, slice(1, None))
    finite = np.isfinite(fit.coefficient[0])
    assert other.direction == fit.direction
    if finite:
        moved = other.coefficient[0] + math.log(unit)
        assert moved == pytest.approx(fit.coefficient[0], abs=1e-7, rel=1e-7)


@FEW
@given(some_records, st.integers(2, 3))
def test_mr12_mr13_every_patient_several_times_is_a_weight_and_0_is_nobody(records, times):
    count, x, time = columns(records)
    fit = fit_or_skip(count, x, exposure=time)
    often = fit_poisson(
        np.tile(count, times), np.tile(x, (times, 1)), exposure=np.tile(time, times)
    )
    same(fit_poisson(count, x, exposure=time, weight=[times] * count.size), often)
    np.testing.assert_allclose(often.std_error * math.sqrt(times), fit.std_error, **CLOSE)
    more = columns([*records, (4, 1, 3, 1.0)])
    same(fit_poisson(*more[:2], exposure=more[2], weight=[*[1] * count.size, 0]), fit)


@FEW
@given(some_records)
def test_mr50_shift_and_scale_of_covariates(records):
    count, x, time = columns(records)
    fit = fit_or_skip(count, x, exposure=time)
    moved = fit_poisson(count, x * [1, 365.25] + [0, 2019.0], exposure=time)
    assert moved.direction[1:] == fit.direction[1:]
    for name in ("coefficient", "low", "high", "std_error"):
        mine = getattr(moved, name)[1:] * [1, 365.25]
        np.testing.assert_allclose(mine, getattr(fit, name)[1:], **CLOSE)
    assert moved.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-9, abs=1e-9)


@FEW
@given(some_records, st.sampled_from([0.8, 0.95]))
def test_mr31_mr34_mr49_limits_estimate_and_p_agree(records, level):
    count, x, time = columns(records)
    fit = fit_or_skip(count, x, exposure=time, level=level)
    assert (fit.low <= fit.coefficient).all()
    assert (fit.coefficient <= fit.high).all()
    for low, high, p in zip(fit.low, fit.high, fit.p_value, strict=True):
        assert 0 <= p <= 1
        assume(abs(p - (1 - level)) > 1e-7)
        assert (low > 0 or high < 0) == (p < 1 - level)


@FEW
@given(some_records)
def test_two_groups_are_two_rates(records):
    count, x, time = columns(records)
    events = [float(count[x[:, 0] == g].sum()) for g in (0, 1)]
    at_risk = [float(time[x[:, 0] == g].sum()) for g in (0, 1)]
    assume(min(events) > 0)
    fit = fit_or_skip(count, x[:, 0], exposure=time)
    ratio = events[1] / at_risk[1] / (events[0] / at_risk[0])
    assert fit.coefficient[1] == pytest.approx(math.log(ratio), rel=1e-8, abs=1e-9)
    assert fit.std_error[1] == pytest.approx(math.sqrt(1 / events[0] + 1 / events[1]), rel=1e-8)


@FEW
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 1)), min_size=8, max_size=30))
def test_zou_risk_ratio_of_two_groups_has_the_usual_variance(records):
    size = [sum(g == own for _, own in records) for g in (0, 1)]
    events = [sum(e and g == own for e, own in records) for g in (0, 1)]
    assume(min(events) > 0 and events[0] < size[0])
    fit = fit_poisson([int(e) for e, _ in records], [g for _, g in records], variance="HC0")
    assert fit.coefficient[1] == pytest.approx(
        math.log(events[1] * size[0] / (events[0] * size[1])), rel=1e-8, abs=1e-9
    )
    variance = sum((1 - e / n) / e for e, n in zip(events, size, strict=True))
    assert fit.std_error[1] == pytest.approx(math.sqrt(variance), rel=1e-8)


@FEW
@given(some_records)
def test_a_group_without_events_leaves_the_rest_to_the_other_group(records):
    records = [(0 if g else c, g, z, t) for c, g, z, t in records]
    assume(any(g for _, g, _, _ in records))
    inside = [row for row in records if not row[1]]
    assume(len(inside) > 2)
    count, x, time = columns(inside)
    alone = fit_or_skip(count, x[:, 1], exposure=time)
    assume(not any(alone.direction))
    count, x, time = columns(records)
    fit = fit_or_skip(count, x, exposure=time)
    assert fit.direction == (0, -1, 0)
    for name in FIELDS:
        np.testing.assert_allclose(getattr(fit, name)[[0, 2]], getattr(alone, name), **CLOSE)


def test_rates_of_very_different_size_do_not_overflow():
    count = [10**9, 10**9 + 5, 1, 0, 2]
    fit = fit_poisson(count, [1, 1, 0, 0, 0], exposure=[1e-6, 1e-6, 1e6, 1e6, 1e6])
    assert fit.coefficient[1] == pytest.approx(math.log((2e9 + 5) / 2e-6 / (3 / 3e6)), rel=1e-9)
    assert np.isfinite([fit.low, fit.high]).all()
    assert fit.converged


def test_one_event_near_the_end_of_the_covariate_has_a_far_but_finite_limit():
    """Given one event, the likelihood is e^(b x) over the sum of all e^(b x)."""
    x = np.array([-0.1666, -0.1665, -0.15, -0.09, 0.0, 0.02, 0.08, 0.15, 0.25, -0.01])
    count = np.arange(x.size) == 1
    fit = fit_poisson(count, x)

    def log_share(b):
        return b * x[1] - np.logaddexp.reduce(b * x)

    assert fit.converged
    assert fit.direction == (0, 0)
    for limit in (fit.low[1], fit.high[1]):
        fall = log_share(fit.coefficient[1]) - log_share(limit)
        assert 2 * fall == pytest.approx(3.841458820694124, rel=1e-8)
    assert fit.low[1] < -10_000


def test_counts_from_none_to_millions_converge():
    x = np.linspace(-3, 3, 25)
    count = np.floor(np.exp(1 + 5 * x))
    fit = fit_poisson(count, np.column_stack([x, np.cos(9 * x)]))
    assert fit.converged
    assert fit.iterations < 30
    assert fit.coefficient[1] == pytest.approx(5, abs=0.01)
    assert ((count - fit.expected) @ x) == pytest.approx(0, abs=1e-6 * count.max())


def test_mr12_thousands_of_patients_are_the_few_with_large_weights():
    """Added up in blocks, or at once."""
    count = [3, 0, 1, 4, 2, 2, 0, 1]
    x = np.array([[0, 1], [1, 5], [1, 2], [0, 0], [0, 3], [1, 7], [0, 2], [1, 1]], dtype=float)
    few = fit_poisson(count, x, weight=[5003] * 8)
    many = fit_poisson(np.tile(count, 5003), np.tile(x, (5003, 1)))
    assert many.coefficient == pytest.approx(few.coefficient, rel=1e-9)
    assert many.std_error == pytest.approx(few.std_error, rel=1e-8)
    assert many.low == pytest.approx(few.low, rel=1e-8)
    assert many.high == pytest.approx(few.high, rel=1e-8)
