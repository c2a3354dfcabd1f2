"""Laws of the Cox model, and a slow twin that adds up the likelihood patient by patient."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox

FEW = settings(max_examples=60, deadline=None)
CHI_SQUARED = {0.8: 1.642374415149818, 0.95: 3.841458820694124, 0.99: 6.634896601021214}
record = st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 1), st.integers(-3, 3))
some_records = st.lists(record, min_size=3, max_size=25)
both_ties = st.sampled_from(["efron", "breslow"])


def columns(records, *, covariates=1):
    time, event = [row[0] for row in records], [row[1] for row in records]
    x = [row[2] if covariates == 1 else row[2 : 2 + covariates] for row in records]
    return time, event, x


def fit_or_skip(time, event, x, **options):
    try:
        return fit_cox(time, event, x, **options)
    except ArgumentError:
        assume(False)


def slow_log_likelihood(time, event, x, b, ties):
    """Efron's or Breslow's log partial likelihood, one day and one tied event at a time."""
    total = 0.0
    risk = [math.exp(b * own) for own in x]
    for day in sorted({t for t, e in zip(time, event, strict=True) if e}):
        at_risk = sum(r for r, t in zip(risk, time, strict=True) if t >= day)
        dead = [i for i, t in enumerate(time) if t == day and event[i]]
        tied = sum(risk[i] for i in dead)
        for order, i in enumerate(dead):
            off = order / len(dead) * tied if ties == "efron" else 0.0
            total += b * x[i] - math.log(at_risk - off)
    return total


@FEW
@given(some_records, both_ties)
def test_twin_likelihood_added_up_patient_by_patient(records, ties):
    time, event, x = columns(records)
    fit = fit_or_skip(time, event, x, ties=ties)
    assert slow_log_likelihood(time, event, x, 0.0, ties) == pytest.approx(
        fit.log_likelihood_null, rel=1e-12, abs=1e-12
    )
    b = float(fit.coefficient[0])
    if not math.isfinite(b):
        b = math.copysign(40.0, b)
    top = slow_log_likelihood(time, event, x, b, ties)
    assert top == pytest.approx(fit.log_likelihood, rel=1e-10, abs=1e-10)
    for step in (-1e-3, 1e-3):
        if not any(fit.monotone):
            assert slow_log_likelihood(time, event, x, b + step, ties) < top


@FEW
@given(some_records, both_ties, st.sampled_from([0.8, 0.95, 0.99]))
def test_profile_limits_lie_where_the_likelihood_has_fallen_by_half_chi_squared(
    records, ties, level
):
    time, event, x = columns(records)
    fit = fit_or_skip(time, event, x, ties=ties, level=level)
    finite = [b for b in (fit.low[0], fit.high[0]) if math.isfinite(b)]
    assert len(finite) == 2 - any(fit.monotone)
    for limit in finite:
        fall = fit.log_likelihood - slow_log_likelihood(time, event, x, float(limit), ties)
        assert 2 * fall == pytest.approx(CHI_SQUARED[level], rel=1e-6)


@FEW
@given(some_records)
def test_monotone_means_that_every_event_has_the_highest_or_lowest_value_at_risk(records):
    time, event, x = columns([(t, e, z, g) for t, e, g, z in records])
    fit = fit_or_skip(time, event, x)
    pairs = [
        x[i] - x[j] for i in range(len(x)) for j in range(len(x)) if event[i] and time[j] >= time[i]
    ]
    assert fit.monotone == (min(pairs) >= 0 or max(pairs) <= 0,)
    if fit.monotone[0]:
        assert fit.coefficient[0] == (math.inf if min(pairs) >= 0 else -math.inf)


@FEW
@given(some_records, both_ties)
def test_law_5_swapping_the_groups_turns_the_sign(records, ties):
    time, event, x = columns(records)
    fit = fit_or_skip(time, event, x, ties=ties)
    turned = fit_cox(time, event, [1 - own for own in x], ties=ties)
    close = {"rtol": 1e-6, "atol": 1e-8}
    np.testing.assert_allclose(turned.coefficient, -fit.coefficient, **close)
    np.testing.assert_allclose(turned.low, -fit.high, **close)
    np.testing.assert_allclose(turned.high, -fit.low, **close)
    assert turned.likelihood_ratio_p == pytest.approx(fit.likelihood_ratio_p, rel=1e-6)


@FEW
@given(some_records, st.sampled_from([1 / 7, 1 / 30.4375, 1 / 365.25]))
def test_law_1_3_6_units_of_time_and_order_do_not_matter(records, unit):
    time, event, x = columns(records)
    fit = fit_or_skip(time, event, x)
    for other in (
        fit_cox([t * unit for t in time], event, x),
        fit_cox([t**2 for t in time], event, x),
        fit_cox(time[::-1], event[::-1], x[::-1]),
    ):
        np.testing.assert_allclose(other.coefficient, fit.coefficient, rtol=1e-7, atol=1e-8)
        assert other.likelihood_ratio == pytest.approx(fit.likelihood_ratio, rel=1e-7, abs=1e-9)


@FEW
@given(some_records, both_ties)
def test_law_50_shift_and_scale_of_covariates(records, ties):
    time, event, x = columns(records, covariates=2)
    fit = fit_or_skip(time, event, x, ties=ties)
    moved = fit_cox(time, event, np.array(x) * [1, 1000.0] + [5, -7e4], ties=ties)
    assert moved.monotone == fit.monotone
    assume(not any(fit.monotone))
    close = {"rtol": 1e-5, "atol": 1e-7}
    np.testing.assert_allclose(moved.coefficient * [1, 1000], fit.coefficient, **close)
    np.testing.assert_allclose(moved.std_error * [1, 1000], fit.std_error, **close)


@FEW
@given(some_records, st.integers(2, 3))
def test_law_12_every_patient_several_times_keeps_breslow_estimates(records, times):
    fit = fit_or_skip(*columns(records), ties="breslow")
    often = fit_cox(*columns(records * times), ties="breslow")
    np.testing.assert_allclose(often.coefficient, fit.coefficient, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(often.std_error * math.sqrt(times), fit.std_error, rtol=1e-6)


@FEW
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=12))
def test_law_36_identical_groups_have_hazard_ratio_1(rows):
    time = [row[0] for row in rows] * 2
    event = [row[1] for row in rows] * 2
    x = [0] * len(rows) + [1] * len(rows)
    fit = fit_or_skip(time, event, x)
    assert fit.coefficient[0] == pytest.approx(0, abs=1e-8)
    assert fit.low[0] == pytest.approx(-fit.high[0], rel=1e-6)


@FEW
@given(some_records, both_ties)
def test_law_31_32_34_limits_hold_the_estimate_and_widen_with_the_level(records, ties):
    time, event, x = columns(records, covariates=2)
    fit = fit_or_skip(time, event, x, ties=ties, level=0.8)
    wide = fit_cox(time, event, x, ties=ties, level=0.99)
    assert (wide.low <= fit.low).all()
    assert (fit.low <= fit.coefficient).all()
    assert (fit.coefficient <= fit.high).all()
    assert (fit.high <= wide.high).all()
    assert (wide.coefficient == fit.coefficient).all()
    for p_value in (fit.likelihood_ratio_p, fit.score_p, fit.wald_p):
        assert p_value is None or 0 <= p_value <= 1


@FEW
@given(some_records)
def test_a_group_without_events_leaves_the_other_covariate_to_the_other_group(records):
    records = [(t, e and g == 0, g, z) for t, e, g, z in records]
    alone = fit_or_skip(*columns([(t, e, z, g) for t, e, g, z in records if g == 0]))
    assume(not any(alone.monotone))
    assume(any(g == 1 and t >= min(r[0] for r in records if r[1]) for t, _, g, _ in records))
    fit = fit_or_skip(*columns(records, covariates=2))
    assert fit.monotone == (True, False)
    assert fit.coefficient[0] == -math.inf
    assert fit.coefficient[1] == pytest.approx(alone.coefficient[0], rel=1e-5, abs=1e-6)
    assert fit.std_error[1] == pytest.approx(alone.std_error[0], rel=1e-5)
    assert fit.log_likelihood == pytest.approx(alone.log_likelihood, abs=1e-8)


def test_profile_limits_of_two_covariates_by_a_grid():
    """The other coefficient is maximised by brute force on ever finer grids."""
    rng = np.random.default_rng(21)
    time, event = rng.integers(1, 20, 28).tolist(), (rng.random(28) < 0.7).tolist()
    x = np.column_stack([[0] * 17 + [1] * 11, rng.normal(50, 10, 28).round()])
    fit = fit_cox(time, event, x)

    def profile(b):
        centre, width = float(fit.coefficient[1]), 0.2
        for _ in range(12):
            grid = np.linspace(centre - width, centre + width, 21)
            values = [
                slow_log_likelihood(time, event, (b * x[:, 0] + c * x[:, 1]).tolist(), 1.0, "efron")
                for c in grid
            ]
            centre, width = float(grid[int(np.argmax(values))]), width / 5
        return max(values)

    for limit in (fit.low[0], fit.high[0]):
        fall = fit.log_likelihood - profile(float(limit))
        assert 2 * fall == pytest.approx(CHI_SQUARED[0.95], rel=1e-6)


def test_covariates_of_enormous_spread_do_not_overflow():
    time = [1, 2, 3, 4, 5, 6, 7, 8]
    fit = fit_cox(time, [1] * 8, [1e9, 0, 3, 1, -1e9, 2, 5, 4])
    assert np.isfinite(fit.coefficient).all()
    assert np.isfinite([fit.low, fit.high]).all()


def test_a_nearly_separated_covariate_keeps_its_large_but_finite_coefficient():
    """The information nearly vanishes, and only the proof on the data tells it from monotone."""
    time, event, x = [1, 2, 3, 4, 5, 6], [1] * 6, [9.0, 7.0, 5.0, 5.000001, 3.0, 1.0]
    fit = fit_cox(time, event, x)
    assert fit.monotone == (False,)
    b = float(fit.coefficient[0])
    assert 1 < b < 100
    top = slow_log_likelihood(time, event, x, b, "efron")
    for factor in (0.9, 1.1):
        assert slow_log_likelihood(time, event, x, factor * b, "efron") < top
    assert np.isfinite(fit.std_error).all()
    assert fit.low[0] < b
    assert fit_cox(time, event, [9.0, 7.0, 5.000001, 5.0, 3.0, 1.0]).monotone == (True,)
