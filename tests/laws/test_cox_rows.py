"""Laws of the Cox model with entry, strata, weights and clusters."""

import math

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.cox import partial_likelihood, running_sums, slots
from autallo.stats.cox import rows as checking
from autallo.stats.cox.baseline_hazard import baseline_hazard
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.residuals import cox_residuals
from autallo.stats.cox.rows import Rows
from autallo.stats.logrank.asymptotic import logrank_test

FEW = settings(max_examples=25, deadline=None)
row = st.tuples(
    st.integers(1, 12),
    st.booleans(),
    st.integers(0, 1),
    st.integers(-3, 3),
    st.integers(0, 1),
)
some_records = st.lists(row, min_size=6, max_size=25)
all_ties = st.sampled_from(["efron", "breslow", "exact"])
both_ties = st.sampled_from(["efron", "breslow"])

CLOSE = {"rtol": 1e-9, "atol": 1e-10}


def columns(records):
    time, event, group, number, stratum = zip(*records, strict=True)
    return np.array(time), np.array(event), np.column_stack([group, number]), list(stratum)


def finite_fit(*data, **options):
    """Fit, or skip what has no finite answer that rounding leaves alone."""
    try:
        fit = fit_cox(*data, interval="Wald", **options)
    except ArgumentError:
        assume(False)
    assume(not any(fit.monotone))
    assume(np.diag(fit.model_covariance).max() < 1e3)
    return fit


def same(fit, other):
    np.testing.assert_allclose(other.coefficient, fit.coefficient, **CLOSE)
    np.testing.assert_allclose(other.covariance, fit.covariance, **CLOSE)


@FEW
@given(some_records, all_ties, st.sampled_from([7, 30.4375, 365.25]))
def test_w12_pf12_law_1_days_and_years_give_the_same_coefficients(records, ties, unit):
    """Two rivals gave other coefficients in years than in days."""
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    rows = Rows(entry=np.zeros(time.size))
    for other in (
        fit_cox(time / unit, event, x, ties=ties),
        fit_cox(time * 86_400.0, event, x, ties=ties),
        fit_cox(time / unit, event, x, ties=ties, rows=rows),
    ):
        np.testing.assert_allclose(other.coefficient, fit.coefficient, rtol=1e-10, atol=1e-12)
        np.testing.assert_allclose(other.std_error, fit.std_error, rtol=1e-10)


@FEW
@given(some_records, all_ties, st.permutations(range(25)), st.sampled_from([0.01, 1000.0]))
def test_law_6_50_order_of_rows_and_units_of_covariates(records, ties, order, factor):
    time, event, x, stratum = columns(records)
    order = [place for place in order if place < time.size]
    stratum = np.unique(stratum, return_inverse=True)[1]
    fit = finite_fit(time, event, x, ties=ties, rows=Rows(stratum=stratum))
    other = fit_cox(
        time[order],
        event[order],
        x[order] * [1, factor] + [3, -7],
        ties=ties,
        rows=Rows(stratum=stratum[order]),
    )
    np.testing.assert_allclose(other.coefficient * [1, factor], fit.coefficient, **CLOSE)
    np.testing.assert_allclose(other.std_error * [1, factor], fit.std_error, **CLOSE)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-10, abs=1e-12)


@FEW
@given(some_records, all_ties, st.integers(1, 11))
def test_law_16_cutting_a_row_in_two_changes_nothing(records, ties, cut):
    time, event, x, _ = columns(records)
    n = time.size
    fit = finite_fit(time, event, x, ties=ties)
    longer = np.flatnonzero(time > cut)
    entry = np.concatenate([np.zeros(n), np.full(longer.size, cut)])
    ends = np.concatenate([np.minimum(time, cut), time[longer]])
    happens = np.concatenate([event & (time <= cut), event[longer]])
    patient = np.concatenate([np.arange(n), longer])
    rows = Rows(entry=entry, patient=patient)
    twice = np.vstack([x, x[longer]])
    other = fit_cox(ends, happens, twice, ties=ties, rows=rows)
    same(fit, other)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-10, abs=1e-12)
    if ties == "exact":
        return
    whole = cox_residuals(fit, time, event, x)
    pieces = cox_residuals(other, ends, happens, twice, rows=rows)
    np.testing.assert_allclose(np.bincount(patient, pieces.martingale), whole.martingale, **CLOSE)
    for mine, theirs in zip(pieces.dfbeta.T, whole.dfbeta.T, strict=True):
        np.testing.assert_allclose(np.bincount(patient, mine), theirs, rtol=1e-8, atol=1e-8)
    curve = baseline_hazard(fit, time, event, x)
    cut_curve = baseline_hazard(other, ends, happens, twice, rows=rows)
    at = np.searchsorted(cut_curve.time, curve.time)
    np.testing.assert_allclose(cut_curve.cumulative[at], curve.cumulative, **CLOSE)
    np.testing.assert_allclose(cut_curve.std_error[at], curve.std_error, **CLOSE)


@FEW
@given(some_records)
def test_law_12_copies_of_half_weight_change_nothing(records):
    """With Breslow's ties: copies are tied events, which Efron's treat otherwise."""
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties="breslow")
    n = time.size
    rows = Rows(weight=np.full(2 * n, 0.5), cluster=np.tile(np.arange(n), 2))
    twice = np.tile(time, 2), np.tile(event, 2), np.tile(x, (2, 1))
    other = fit_cox(*twice, ties="breslow", rows=rows)
    np.testing.assert_allclose(other.coefficient, fit.coefficient, **CLOSE)
    np.testing.assert_allclose(other.model_covariance, fit.covariance, **CLOSE)
    robust = fit_cox(time, event, x, ties="breslow", rows=Rows(cluster=np.arange(n)))
    np.testing.assert_allclose(other.covariance, robust.covariance, rtol=1e-8, atol=1e-9)


@FEW
@given(some_records, both_ties, st.sampled_from([1e-3, 3.0, 1e6]))
def test_law_13_14_15_weights_of_0_of_1_and_all_times_a_factor(records, ties, factor):
    time, event, x, _ = columns(records)
    weight = np.array([[0.0, 1.0, 1.5][own[3] % 3] for own in records])
    assume(weight.max() > 0)
    some = weight > 0
    fit = finite_fit(time, event, x, ties=ties, rows=Rows(weight=weight, cluster=range(time.size)))
    there = np.flatnonzero(some)
    rows = Rows(weight=weight[some], cluster=np.arange(there.size))
    same(fit, fit_cox(time[some], event[some], x[some], ties=ties, rows=rows))
    rows = Rows(weight=weight * factor, cluster=range(time.size))
    other = fit_cox(time, event, x, ties=ties, rows=rows)
    same(fit, other)
    assert other.wald == pytest.approx(fit.wald, rel=1e-7, abs=1e-9) or fit.wald is None
    np.testing.assert_allclose(other.model_covariance * factor, fit.model_covariance, **CLOSE)
    for name in ("likelihood_ratio", "score_statistic"):
        times = pytest.approx(getattr(fit, name) * factor, rel=1e-8, abs=1e-9 * factor)
        assert getattr(other, name) == times
    plain = finite_fit(time, event, x, ties=ties)
    same(plain, fit_cox(time, event, x, ties=ties, rows=Rows(weight=np.ones(time.size))))


@FEW
@given(some_records, all_ties)
def test_law_44_one_stratum_is_none_and_a_stratum_of_one_group_adds_nothing(records, ties):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    n = time.size
    same(fit, fit_cox(time, event, x, ties=ties, rows=Rows(stratum=np.zeros(n, dtype=int))))
    alike = np.vstack([x, np.tile([1, 2], (4, 1))])
    rows = Rows(stratum=[0] * n + [1] * 4)
    more = [np.append(time, [1, 2, 2, 5]), np.append(event, [True, True, True, False])]
    other = fit_cox(*more, alike, ties=ties, rows=rows)
    np.testing.assert_allclose(other.coefficient, fit.coefficient, rtol=1e-8, atol=1e-9)
    np.testing.assert_allclose(other.covariance, fit.covariance, rtol=1e-8, atol=1e-9)


@FEW
@given(some_records, all_ties, st.lists(st.integers(-3, 3), min_size=1, max_size=4))
def test_law_21_who_leaves_before_the_first_event_changes_nothing(records, ties, extra):
    time, event, x, _ = columns(records)
    fit = finite_fit(time, event, x, ties=ties)
    more = np.column_stack([[1] * len(extra), extra])
    early = np.full(len(extra), 0.5)
    data = (np.append(early, time), np.append([False] * len(extra), event), np.vstack([more, x]))
    other = fit_cox(*data, ties=ties)
    same(fit, other)
    # nor who enters after the last event
    late = np.append(np.full(len(extra), 50), np.zeros(time.size))
    data = (np.append(early + 60, time), *data[1:])
    same(fit, fit_cox(*data, ties=ties, rows=Rows(entry=late)))


@FEW
@given(some_records)
def test_without_ties_all_treatments_of_ties_agree(records):
    _, event, x, _ = columns(records)
    time = np.arange(1, len(records) + 1)
    fit = finite_fit(time, event, x, ties="efron")
    for ties in ("breslow", "exact"):
        same(fit, fit_cox(time, event, x, ties=ties))


@FEW
@given(some_records)
def test_law_44_score_test_of_two_groups_with_exact_ties_is_the_log_rank_test(records):
    """Both draw the events of a day from those at risk without putting back."""
    time, event, x, _ = columns(records)
    group = x[:, 0]
    assume(0 < group.sum() < group.size)
    test = logrank_test(time, event, group)
    assume(test.statistic is not None)
    try:
        fit = fit_cox(time, event, group, ties="exact")
    except ArgumentError:
        assume(False)
    assert fit.score_statistic == pytest.approx(test.statistic, rel=1e-9, abs=1e-12)


PATHS = {
    "blocks of four rows": ((checking, "BLOCK", 4), (slots, "BLOCK", 4)),
    "logarithms": ((partial_likelihood, "WIDEST", -1.0),),
    "sums without subtraction": ((partial_likelihood, "MOST_SUBTRACTED", 0.0),),
    "many strata": ((running_sums, "FEW_STRATA", 0),),
    "large tables": ((slots, "SMALL_TABLE", 0), (slots, "TABLE_PER_ROW", 0)),
    "long codes": ((slots, "COUNTED", 0), (checking, "DAYS_PER_ROW", 0)),
    "plain scaling": ((checking, "CLEARLY_DIFFERENT", 2.0),),
}


@pytest.mark.parametrize("path", PATHS)
@settings(max_examples=15, deadline=None)
@given(some_records, both_ties, st.booleans(), st.booleans(), st.booleans())
def test_every_way_to_add_up_gives_the_same(path, records, ties, entry, strata, weights):
    """The ways for few rows, for many, and for risks far apart."""
    time, event, x, stratum = columns(records)
    rows = Rows(
        entry=np.maximum(time - 1 - np.arange(time.size) % 5, 0) if entry else None,
        stratum=np.unique(stratum, return_inverse=True)[1] if strata else None,
        weight=1.0 + np.arange(time.size) % 3 if weights else None,
    )
    fit = finite_fit(time, event, x, ties=ties, rows=rows)
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in PATHS[path]:
            patch.setattr(module, name, value)
        other = fit_cox(time, event, x, ties=ties, rows=rows, interval="Wald")
    np.testing.assert_allclose(other.coefficient, fit.coefficient, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(other.std_error, fit.std_error, rtol=1e-9)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-11, abs=1e-11)
    assert other.score_statistic == pytest.approx(fit.score_statistic, rel=1e-9, abs=1e-11)


def test_many_rows_agree_with_logarithms_all_the_way():
    """Three blocks of rows; risks from e^-9 to e^9."""
    rng = np.random.default_rng(7)
    n = 20_000
    x = rng.normal(size=(n, 2)) * [2, 1]
    time = np.ceil(rng.exponential(300, n) * np.exp(-x @ [0.8, -0.5]))
    event = rng.random(n) < 0.6
    entry = np.floor(rng.random(n) * np.minimum(time, 200))
    rows = Rows(entry=entry, stratum=np.arange(n) % 3)
    fit = fit_cox(time, event, x, rows=rows, interval="Wald")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partial_likelihood, "WIDEST", -1.0)
        other = fit_cox(time, event, x, rows=rows, interval="Wald")
    np.testing.assert_allclose(other.coefficient, fit.coefficient, rtol=1e-10)
    np.testing.assert_allclose(other.std_error, fit.std_error, rtol=1e-10)
    assert other.log_likelihood == pytest.approx(fit.log_likelihood, rel=1e-12)
    assert fit.converged


def test_late_entries_of_high_risk_are_never_subtracted_from_low_ones(monkeypatch):
    """Ten patients of risk 1 early on, a thousand of risk e^25 who enter later."""
    calls = []
    original = partial_likelihood.over_rows
    monkeypatch.setattr(
        partial_likelihood, "over_rows", lambda *given: calls.append(1) or original(*given)
    )
    few, many = 10, 300
    time = np.append(np.arange(1, few + 1), 100 + np.arange(many))
    entry = np.append(np.zeros(few), np.full(many, 50))
    high = np.append(np.zeros(few), np.full(many, 25.0))
    own = np.arange(few + many) % 2
    data = slots.in_order(
        checking.checked_rows(
            time,
            np.ones(time.size),
            np.column_stack([high, own]),
            rows=Rows(entry=entry),
            names=None,
        ),
        "efron",
    )
    point = partial_likelihood.evaluate(data, np.array([12.0, 0.3]))
    assert calls  # the way without subtraction was taken
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(partial_likelihood, "WIDEST", -1.0)
        slow = partial_likelihood.evaluate(data, np.array([12.0, 0.3]))
    assert point.value == pytest.approx(slow.value, rel=1e-12)
    np.testing.assert_allclose(point.gradient, slow.gradient, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(point.information, slow.information, rtol=1e-9, atol=1e-9)


@FEW
@given(some_records, st.booleans(), st.booleans(), all_ties)
@example([(1, True, 0, 2, 0), (1, True, 0, 1, 0), (2, False, 0, 0, 0)], False, False, "exact")
@example([(2, True, 0, -2, 0), (2, True, 0, 0, 0), (2, False, 0, 1, 0)], True, False, "exact")
def test_w12_monotone_means_that_events_have_the_highest_values_at_risk(
    records, entry, strata, ties
):
    """With exact ties, the highest of those who survive; in every stratum, after every entry."""
    time, event, x, stratum = columns(records)
    x = x[:, 1]
    codes = np.unique(stratum, return_inverse=True)[1] if strata else np.zeros(time.size, int)
    start = np.maximum(time - 1 - np.arange(time.size) % 4, 0) if entry else np.full(time.size, -1)
    rows = Rows(stratum=codes, entry=start if entry else None)
    try:
        fit = fit_cox(time, event, x, rows=rows, ties=ties)
    except ArgumentError:
        assume(False)
    ahead = [
        x[i] - x[j]
        for i in np.flatnonzero(event)
        for j in range(time.size)
        if codes[i] == codes[j]
        and start[j] < time[i] <= time[j]
        and not (ties == "exact" and event[j] and time[j] == time[i])
    ]
    assert fit.monotone == (min(ahead) >= 0 or max(ahead) <= 0,)
    if fit.monotone[0]:
        assert fit.coefficient[0] == (math.inf if min(ahead) >= 0 else -math.inf)
        assert np.count_nonzero(np.isfinite([fit.low[0], fit.high[0]])) == 1


@pytest.mark.parametrize("copies", [1, 400])
def test_law_51_a_covariate_that_is_another_one_within_strata_is_refused_by_name(copies):
    time, event = [1, 2, 3, 4, 5] * 2 * copies, [1, 1, 0, 1, 0] * 2 * copies
    age = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.5] * copies
    rows = Rows(stratum=([0] * 5 + [1] * 5) * copies)
    again = [own + (7 if place % 10 < 5 else 1) for place, own in enumerate(age)]
    centre = [float(place % 10 < 5) for place in range(10 * copies)]
    names = ["age", "age again", "centre"]
    x = np.column_stack([age, again, centre])
    with pytest.raises(ArgumentError, match="event: age again does not"):
        fit_cox(time, event, x[:, :2], rows=rows, names=names[:2])
    with pytest.raises(ArgumentError, match="event: centre does not"):
        fit_cox(time, event, x[:, [0, 2]], rows=rows, names=["age", "centre"])


def test_one_value_of_enormous_size_does_no_harm():
    time = [1, 2, 3, 4, 5, 6, 7, 8]
    fit = fit_cox(time, [1] * 8, [1e9, 0, 3, 1, -1e9, 2, 5, 4], names=["ferritin"])
    assert math.isfinite(fit.coefficient[0])
    assert fit.converged
