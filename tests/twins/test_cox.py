"""Slow twins of the Cox likelihoods: every factor written out, with all it could have been.

A factor is one event, or with exact ties all events of a day: what happened, against everything
that could have happened instead, each alternative with its covariates and how often it counts.
"""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.rows import Rows

FEW = settings(max_examples=30, deadline=None)
row = st.tuples(
    st.integers(1, 6),  # time
    st.integers(1, 6),  # how long under observation before it
    st.booleans(),
    st.integers(0, 1),  # a group
    st.integers(-3, 3),  # a number
    st.sampled_from([0.5, 1.0, 2.5]),
    st.integers(0, 1),  # a stratum
)
some_rows = st.lists(row, min_size=5, max_size=10)
some_ties = st.sampled_from(["efron", "breslow", "exact"])


class Set:
    """Rows as plain lists."""

    def __init__(self, records, *, entry, strata, weights):
        self.time = [own[0] for own in records]
        self.entry = [own[0] - own[1] if entry else -1 for own in records]
        self.event = [own[2] for own in records]
        self.x = [np.array(own[3:5], dtype=float) for own in records]
        self.weighted = weights
        self.weight = [own[5] if weights else 1.0 for own in records]
        self.stratum = [own[6] if strata else 0 for own in records]

    def rows(self, **more):
        lowest = min(*self.entry, 0)
        strata = sorted(set(self.stratum))
        return Rows(
            entry=None if max(self.entry) == -1 else [start - lowest for start in self.entry],
            weight=self.weight if self.weighted else None,
            stratum=[strata.index(own) for own in self.stratum],
            **more,
        )

    def fit(self, *, ties, rows=None, **options):
        lowest = 0 if max(self.entry) == -1 else min(*self.entry, 0)
        try:
            return fit_cox(
                [t - lowest for t in self.time],
                self.event,
                self.x,
                rows=self.rows() if rows is None else rows,
                ties=ties,
                **options,
            )
        except ArgumentError:
            assume(False)


def factors(data, ties):
    """Yield weight, covariates of what happened, and the alternatives (covariates, rows, count)."""
    n = range(len(data.time))
    days = {(data.stratum[i], data.time[i]) for i in n if data.event[i]}
    for stratum, day in sorted(days):
        at_risk = [
            i for i in n if data.stratum[i] == stratum and data.entry[i] < day <= data.time[i]
        ]
        died = [i for i in at_risk if data.event[i] and data.time[i] == day]
        if ties == "exact":
            sets = [list(chosen) for chosen in combinations(at_risk, len(died))]
            yield 1.0, [(1.0, died)], [(1.0, chosen) for chosen in sets]
            continue
        mean_weight = sum(data.weight[i] for i in died) / len(died)
        for place in range(len(died)):
            happened = [(data.weight[i], [i]) for i in died] if place == 0 else []
            share = 1 - place / len(died) if ties == "efron" else 1.0
            instead = [(data.weight[i] * (share if i in died else 1.0), [i]) for i in at_risk]
            yield mean_weight, happened, instead


def log_likelihood(data, beta, ties, offset=None):
    eta = [float(x @ beta) for x in data.x]
    if offset is not None:
        eta = [own + more for own, more in zip(eta, offset, strict=True)]
    total = 0.0
    for weight, happened, instead in factors(data, ties):
        for count, rows in happened:
            total += count * sum(eta[i] for i in rows)
        total -= weight * math.log(
            sum(count * math.exp(sum(eta[i] for i in rows)) for count, rows in instead)
        )
    return total


def slope_and_information(data, beta, ties):
    slope, information = np.zeros(beta.size), np.zeros((beta.size, beta.size))
    for weight, happened, instead in factors(data, ties):
        for count, rows in happened:
            slope += count * sum(data.x[i] for i in rows)
        x = np.array([sum(data.x[i] for i in rows) for _, rows in instead])
        risk = np.array([count for count, _ in instead]) * np.exp(x @ beta)
        share = risk / risk.sum()
        mean = share @ x
        slope -= weight * mean
        information += weight * ((x - mean).T * share) @ (x - mean)
    return slope, information


def slope_by_weight(data, beta, ties):
    """Return the derivative of the slope to the weight of each row, by differences."""
    step, changes = 1e-4, []
    for place, own in enumerate(data.weight):
        slopes = []
        for changed in (own + step, own - step):
            data.weight[place] = changed
            slopes.append(slope_and_information(data, beta, ties)[0])
        data.weight[place] = own
        changes.append((slopes[0] - slopes[1]) / (2 * step))
    return np.array(changes)


@FEW
@given(some_rows, some_ties, st.booleans(), st.booleans(), st.booleans())
def test_likelihood_slope_and_information(records, ties, entry, strata, weights):
    assume(ties != "exact" or not weights)
    data = Set(records, entry=entry, strata=strata, weights=weights)
    fit = data.fit(ties=ties)
    zero = np.zeros(2)
    slope, information = slope_and_information(data, zero, ties)
    assert fit.log_likelihood_null == pytest.approx(
        log_likelihood(data, zero, ties), rel=1e-12, abs=1e-12
    )
    score = float(slope @ np.linalg.solve(information, slope))
    assert fit.score_statistic == pytest.approx(score, rel=1e-9, abs=1e-12)
    assume(not any(fit.monotone))
    beta = fit.coefficient
    assert fit.log_likelihood == pytest.approx(
        log_likelihood(data, beta, ties), rel=1e-10, abs=1e-12
    )
    slope, information = slope_and_information(data, beta, ties)
    np.testing.assert_allclose(slope, 0, atol=1e-7 * max(1.0, np.abs(beta).max()))
    inverse = np.linalg.inv(information)
    np.testing.assert_allclose(
        fit.model_covariance, inverse, rtol=1e-6, atol=1e-8 * np.abs(inverse).max()
    )


@FEW
@given(some_rows, st.sampled_from(["efron", "breslow"]), st.booleans(), st.booleans())
def test_robust_variance_is_that_of_leaving_out_clusters(records, ties, entry, weights):
    """To first order: the slope's derivative to the weights of the cluster, times covariance."""
    data = Set(records, entry=entry, strata=False, weights=weights)
    n = len(records)
    cluster = [place % max(2, n // 2) for place in range(n)]
    fit = data.fit(ties=ties, rows=data.rows(cluster=cluster))
    assume(not any(fit.monotone))
    assume(np.diag(fit.model_covariance).max() < 1e4)
    assert (fit.variance, fit.interval) == ("robust", "Wald")
    change = slope_by_weight(data, fit.coefficient, ties) * np.array(data.weight)[:, None]
    of_cluster = np.array(
        [change[np.array(cluster) == own].sum(axis=0) for own in range(max(cluster) + 1)]
    )
    _, information = slope_and_information(data, fit.coefficient, ties)
    dfbeta = of_cluster @ np.linalg.inv(information)
    expected = dfbeta.T @ dfbeta
    # the derivative is a difference quotient
    np.testing.assert_allclose(
        fit.covariance, expected, rtol=1e-5, atol=1e-6 * np.abs(expected).max()
    )


@settings(max_examples=25, deadline=None)
@given(some_rows, some_ties, st.booleans(), st.booleans())
def test_profile_limits_with_entry_and_strata_by_brute_force(records, ties, entry, strata):
    """At a limit, with the other coefficient at its best, the likelihood has fallen enough."""
    data = Set(records, entry=entry, strata=strata, weights=False)
    fit = data.fit(ties=ties)
    assume(not any(fit.monotone))
    for place in (0, 1):
        for limit in (fit.low[place], fit.high[place]):
            if not math.isfinite(limit) or abs(limit) > 15:
                continue
            grid = [np.full(2, float(limit)) for _ in range(-30, 31)]
            for own, beta in enumerate(grid, start=-30):
                beta[1 - place] = own
            beta = max(grid, key=lambda own: log_likelihood(data, own, ties))
            for _ in range(20):
                slope, information = slope_and_information(data, beta, ties)
                change = slope[1 - place] / max(information[1 - place, 1 - place], 1e-12)
                beta[1 - place] += np.clip(change, -0.5, 0.5)
                if abs(change) < 1e-6:
                    break
            fall = 2 * (fit.log_likelihood - log_likelihood(data, beta, ties))
            assert fall == pytest.approx(3.841458820694124, rel=1e-5)
