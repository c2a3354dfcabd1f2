"""Laws of what a Cox model predicts, of its residuals and of its tests."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autallo.stats.cox.baseline_hazard import baseline_hazard
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.linear_predictor import linear_predictor
from autallo.stats.cox.nested import nested_models_test
from autallo.stats.cox.predicted_survival import predicted_survival
from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from autallo.stats.cox.residuals import cox_residuals, schoenfeld_residuals
from autallo.stats.cox.rows import Rows
from laws.test_cox_rows import CLOSE, FEW, both_ties, columns, finite_fit, some_records

scales = st.sampled_from(["log-log", "log", "plain", "arcsine", "logit"])


@FEW
@given(some_records, both_ties, scales)
def test_law_17_31_32_curves_fall_from_1_within_their_limits(records, ties, interval):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    curve = baseline_hazard(fit, time, event, x, given=[0.5, 1])
    narrow = predicted_survival(curve, x[:3], level=0.8, interval=interval)
    wide = predicted_survival(curve, x[:3], level=0.99, interval=interval)
    assert (np.diff(narrow.survival, axis=1) <= 0).all()
    assert (narrow.survival <= 1).all()
    tiny = 1e-12
    assert (wide.low >= 0).all()
    assert (wide.low <= narrow.low + tiny).all()
    assert (narrow.low <= narrow.survival + tiny).all()
    assert (narrow.survival <= narrow.high + tiny).all()
    assert (narrow.high <= wide.high + tiny).all()
    assert (wide.high <= 1).all()


@FEW
@given(some_records, both_ties, st.integers(-2, 2))
def test_law_54_the_baseline_taken_does_not_matter(records, ties, moved):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    first = predicted_survival(baseline_hazard(fit, time, event, x), x)
    other = baseline_hazard(fit, time, event, x, given=[moved, 1 - moved])
    second = predicted_survival(other, x)
    np.testing.assert_allclose(second.survival, first.survival, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(second.std_error, first.std_error, rtol=1e-7, atol=1e-12)
    np.testing.assert_allclose(second.low, first.low, rtol=1e-7, atol=1e-10)
    own = baseline_hazard(fit, time, event, x, given=x[0])
    np.testing.assert_allclose(first.cumulative_hazard[0], own.cumulative, **CLOSE)


@FEW
@given(some_records, st.booleans())
def test_expected_events_are_the_hazard_of_each_row_at_its_own_time(records, strata):
    time, event, x, stratum = columns(records)
    codes = np.unique(stratum, return_inverse=True)[1] if strata else np.zeros(time.size, int)
    rows = Rows(stratum=codes)
    fit = finite_fit(time, event, x, ties="breslow", rows=rows)
    curve = baseline_hazard(fit, time, event, x, rows=rows)
    expected = cox_residuals(fit, time, event, x, rows=rows).expected
    for place in range(time.size):
        own = predicted_survival(curve, x[[place]], stratum=codes[place], at=[time[place]])
        assert own.cumulative_hazard[0, 0] == pytest.approx(expected[place], rel=1e-8, abs=1e-12)


@FEW
@given(some_records, st.booleans(), st.booleans())
def test_law_18_at_risk_is_a_direct_count_of_risks(records, strata, weights):
    time, event, x, stratum = columns(records)
    codes = np.unique(stratum, return_inverse=True)[1] if strata else np.zeros(time.size, int)
    entry = np.maximum(time - 1 - np.arange(time.size) % 6, 0)
    weight = 1.0 + np.arange(time.size) % 2 if weights else np.ones(time.size)
    rows = Rows(stratum=codes, entry=entry, weight=weight)
    fit = finite_fit(time, event, x, rows=rows)
    curve = baseline_hazard(fit, time, event, x, rows=rows, given=[1, 1])
    risk = weight * np.exp((x - [1, 1]) @ fit.coefficient)
    for own, moment, at_risk in zip(curve.stratum, curve.time, curve.at_risk, strict=True):
        there = (codes == own) & (entry < moment) & (moment <= time)
        assert at_risk == pytest.approx(risk[there].sum(), rel=1e-8)


@FEW
@given(some_records, both_ties, st.booleans())
def test_residuals_add_up_to_nothing(records, ties, weights):
    time, event, x, _ = columns(records)
    weight = 1.0 + np.arange(time.size) % 2 if weights else np.ones(time.size)
    rows = Rows(weight=weight)
    fit = finite_fit(time, event, x, ties=ties, rows=rows)
    mine = cox_residuals(fit, time, event, x, rows=rows)
    assert weight @ mine.martingale == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(weight @ mine.score, 0, atol=1e-7)
    np.testing.assert_allclose(mine.dfbeta.sum(axis=0), 0, atol=1e-6)
    of_events = schoenfeld_residuals(fit, time, event, x, rows=rows)
    np.testing.assert_allclose(weight[of_events.row] @ of_events.residual, 0, atol=1e-7)
    count = weight[of_events.row]
    average = count @ of_events.scaled / count.sum()
    np.testing.assert_allclose(average, fit.coefficient, rtol=1e-6, atol=1e-6)


@FEW
@given(some_records, both_ties)
def test_contrasts_of_linear_predictors(records, ties):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    mine = linear_predictor(fit, [[1, 0], [0, 1], [2, -1]])
    np.testing.assert_allclose(mine.estimate[:2], fit.coefficient, rtol=1e-12)
    np.testing.assert_allclose(mine.std_error[:2], fit.std_error, rtol=1e-12)
    np.testing.assert_allclose(mine.low[:2], fit.wald_low, **CLOSE)
    turned = linear_predictor(fit, [[0, 0]], reference=[2, -1])
    assert turned.estimate[0] == pytest.approx(-mine.estimate[2], rel=1e-12, abs=1e-15)
    assert turned.std_error[0] == pytest.approx(mine.std_error[2], rel=1e-12)


@FEW
@given(some_records, st.sampled_from(["efron", "breslow", "exact"]))
def test_nested_models_differ_by_their_likelihood_ratios(records, ties):
    time, event, x, _ = columns(records)
    larger = finite_fit(time, event, x, ties=ties, names=["group", "number"])
    smaller = finite_fit(time, event, x[:, 0], ties=ties, names=["group"])
    mine = nested_models_test(larger, smaller)
    difference = larger.likelihood_ratio - smaller.likelihood_ratio
    assert mine.statistic == pytest.approx(difference, rel=1e-8, abs=1e-9)
    assert 0 <= mine.p_value <= 1
    assert mine.df == 1


@FEW
@given(some_records, both_ties, st.sampled_from([1 / 7, 365.25]))
def test_law_1_34_trends_of_hazard_ratios_have_no_unit_and_no_sign(records, ties, unit):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    for transform in ("km", "rank", "identity"):
        mine = proportional_hazards_test(fit, time, event, x, transform=transform)
        assert all(0 <= own <= 1 for own in [*mine.p_value, mine.global_p])
        assert mine.global_statistic >= mine.statistic.max() * (1 - 1e-6) - 1e-9
        moved = x * [-1, 10] + [1, 3]
        again = fit_cox(time * unit, event, moved, ties=ties)
        other = proportional_hazards_test(again, time * unit, event, moved, transform=transform)
        np.testing.assert_allclose(other.statistic, mine.statistic, rtol=1e-5, atol=1e-7)


def test_a_hazard_ratio_that_turns_round_is_seen():
    time = np.arange(1, 41)
    x = np.where(time <= 20, time % 4 > 0, time % 4 == 0).astype(float)
    event = np.ones(40)
    mine = proportional_hazards_test(fit_cox(time, event, x), time, event, x, transform="identity")
    assert mine.p_value[0] < 0.05
    scaled = schoenfeld_residuals(fit_cox(time, event, x), time, event, x).scaled[:, 0]
    assert scaled[:20].mean() > 0 > scaled[20:].mean()


@FEW
@given(some_records, st.lists(st.floats(0, 15), min_size=1, max_size=5))
def test_law_27_30_reading_a_curve_at_other_times_changes_nothing(records, at):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x)
    curve = baseline_hazard(fit, time, event, x)
    whole = predicted_survival(curve, x[:1])
    some = predicted_survival(curve, x[:1], at=at)
    for place, moment in enumerate(at):
        before = np.flatnonzero(whole.time <= moment + 1e-7)
        expected = whole.survival[0, before[-1]] if before.size else 1.0
        assert some.survival[0, place] == expected
        assert some.beyond[place] == (moment > time.max() + 1e-7)
