"""Slow twins of the residuals: derivatives of a likelihood that is added up factor by factor."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from autallo.stats.cox.residuals import cox_residuals, schoenfeld_residuals
from twins.test_cox import FEW, Set, factors, log_likelihood, slope_by_weight, some_rows

some_ties = st.sampled_from(["efron", "breslow"])


def fitted(records, *, ties, entry, strata, weights):
    data = Set(records, entry=entry, strata=strata, weights=weights)
    rows = data.rows()
    fit = data.fit(ties=ties, rows=rows)
    assume(not any(fit.monotone))
    assume(np.diag(fit.model_covariance).max() < 1e4)
    lowest = 0 if max(data.entry) == -1 else min(*data.entry, 0)
    given_rows = ([t - lowest for t in data.time], data.event, data.x)
    return data, fit, given_rows, rows


@FEW
@given(some_rows, some_ties, st.booleans(), st.booleans(), st.booleans())
def test_martingale_and_score_residuals_are_derivatives(records, ties, entry, strata, weights):
    """Of the likelihood to a row's own log risk, and of its slope to the row's weight."""
    data, fit, given_rows, rows = fitted(
        records, ties=ties, entry=entry, strata=strata, weights=weights
    )
    mine = cox_residuals(fit, *given_rows, rows=rows)
    step, n = 1e-4, len(records)
    for place in range(n):
        values = []
        for move in (step, -step):
            offset = [move * (place == own) for own in range(n)]
            values.append(log_likelihood(data, fit.coefficient, ties, offset))
        slope = (values[0] - values[1]) / (2 * step)
        # difference quotients
        np.testing.assert_allclose(
            mine.martingale[place] * data.weight[place], slope, rtol=1e-6, atol=1e-6
        )
    by_weight = slope_by_weight(data, fit.coefficient, ties)
    np.testing.assert_allclose(mine.score, by_weight, rtol=1e-5, atol=1e-6)
    change = by_weight * np.array(data.weight)[:, None] @ fit.model_covariance
    np.testing.assert_allclose(mine.dfbeta, change, rtol=1e-5, atol=1e-5 * np.abs(change).max())


@FEW
@given(some_rows, some_ties, st.booleans())
def test_schoenfeld_residuals_event_by_event(records, ties, strata):
    data, fit, given_rows, rows = fitted(
        records, ties=ties, entry=False, strata=strata, weights=False
    )
    mine = schoenfeld_residuals(fit, *given_rows, rows=rows)
    means = {}
    for _, happened, instead in factors(data, ties):
        if happened:
            day = (data.stratum[happened[0][1][0]], data.time[happened[0][1][0]])
        x = np.array([data.x[own[0]] for _, own in instead])
        risk = np.array([count for count, _ in instead]) * np.exp(x @ fit.coefficient)
        means.setdefault(day, []).append(risk @ x / risk.sum())
    assert len(mine.row) == sum(data.event)
    for own, residual in zip(mine.row, mine.residual, strict=True):
        mean = np.mean(means[data.stratum[own], data.time[own]], axis=0)
        np.testing.assert_allclose(residual, data.x[own] - mean, rtol=1e-9, atol=1e-9)
    scaled = sum(data.event) * mine.residual @ fit.covariance + fit.coefficient
    np.testing.assert_allclose(mine.scaled, scaled, rtol=1e-9, atol=1e-9)
