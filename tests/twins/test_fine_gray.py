"""Twin of the Fine-Gray model: double loops over patients and times, after Fine and Gray (1999).

Written from the paper, section 4 and the appendix, with the conventions of cmprsk where the paper
leaves them open: G at t- and, at time 0, after the censorings there; events of the patient's own
group in the part of the censoring curve.
"""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.fine_gray import pseudo_likelihood
from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.fine_gray.prediction import predict_incidence

row = st.tuples(
    st.integers(0, 9), st.integers(0, 2), st.integers(0, 1), st.integers(-4, 4), st.integers(0, 1)
)
some_rows = st.lists(row, min_size=5, max_size=18)
FEW = settings(max_examples=40, deadline=None)


def columns(rows):
    time, cause, arm, score, group = zip(*rows, strict=True)
    return list(time), list(cause), np.column_stack([arm, score]).astype(float), list(group)


def fit_or_skip(rows, *, by_group=False, covariates=2):
    time, cause, x, group = columns(rows)
    assume(not by_group or set(group) == {0, 1})
    try:
        return fit_fine_gray(
            time,
            cause,
            x[:, :covariates],
            n_causes=2,
            censoring_group=group if by_group else None,
        )
    except ArgumentError:
        assume(False)


class Loops:
    """The paper's sums for one data set, patient by patient and time by time."""

    def __init__(self, time, cause, x, group):
        self.time, self.cause, self.x, self.group = time, cause, x, group
        self.everyone = range(len(time))
        self.days = sorted({t for t, c in zip(time, cause, strict=True) if c == 1})

    def members(self, g):
        return [i for i in self.everyone if self.group[i] == g]

    def not_censored(self, g, t):
        """G of a group just before t."""
        mine = self.members(g)
        if t > max(self.time[i] for i in mine):
            return 0.0
        chance = 1.0
        for u in {self.time[i] for i in mine if self.cause[i] == 0}:
            if u < t or u == t == 0:
                at_risk = sum(self.time[i] >= u for i in mine)
                gone = sum(self.time[i] == u and self.cause[i] == 0 for i in mine)
                chance *= 1 - gone / at_risk
        return chance

    def weight(self, i, t):
        if self.time[i] >= t:
            return 1.0
        if self.cause[i] != 2:
            return 0.0
        g = self.group[i]
        return self.not_censored(g, t) / self.not_censored(g, self.time[i])

    def at(self, beta):
        """Weighted risks, their sums, means of the covariates, and events, of each event day."""
        risk = [math.exp(float(own @ beta)) for own in self.x]
        weighted = {(i, t): self.weight(i, t) * risk[i] for i in self.everyone for t in self.days}
        total = {t: sum(weighted[i, t] for i in self.everyone) for t in self.days}
        mean = {
            t: sum(weighted[i, t] * self.x[i] for i in self.everyone) / total[t] for t in self.days
        }
        return weighted, total, mean

    def value(self, beta):
        _, total, _ = self.at(beta)
        mine = [i for i in self.everyone if self.cause[i] == 1]
        return sum(float(self.x[i] @ beta) - math.log(total[self.time[i]]) for i in mine)

    def events(self, t, members):
        return sum(self.time[i] == t and self.cause[i] == 1 for i in members)

    def gradient_and_information(self, beta):
        weighted, total, mean = self.at(beta)
        gradient, information = 0.0, 0.0
        for t in self.days:
            d = self.events(t, self.everyone)
            tied = [i for i in self.everyone if self.time[i] == t and self.cause[i] == 1]
            gradient = gradient + sum(self.x[i] - mean[t] for i in tied)
            square = sum(weighted[i, t] * np.outer(self.x[i], self.x[i]) for i in self.everyone)
            information = information + d * (square / total[t] - np.outer(mean[t], mean[t]))
        return gradient, information

    def influence(self, beta):
        weighted, total, mean = self.at(beta)

        def residual(i, t, events):
            return (self.x[i] - mean[t]) * weighted[i, t] * events / total[t]

        found = []
        for i in self.everyone:
            own = -sum(residual(i, t, self.events(t, self.everyone)) for t in self.days)
            if self.cause[i] == 1:
                own = own + self.x[i] - mean[self.time[i]]
            mine = self.members(self.group[i])
            for u in {self.time[k] for k in mine if self.cause[k] == 0}:
                at_risk = [k for k in mine if self.time[k] >= u]
                gone = [k for k in at_risk if self.time[k] == u and self.cause[k] == 0]
                lean = sum(
                    (
                        residual(k, t, self.events(t, mine))
                        for k in mine
                        if self.cause[k] == 2 and self.time[k] < u
                        for t in self.days
                        if t >= u
                    ),
                    start=np.zeros(len(beta)),
                )
                surplus = (i in gone) - (i in at_risk) * len(gone) / len(at_risk)
                own = own + lean / len(at_risk) * surplus
            found.append(own)
        return np.array(found)

    def covariance(self, beta):
        inverse = np.linalg.inv(self.gradient_and_information(beta)[1])
        influence = self.influence(beta)
        return inverse @ influence.T @ influence @ inverse


@FEW
@given(some_rows, st.booleans())
def test_estimates_solve_the_equations_of_the_paper(rows, by_group):
    fit = fit_or_skip(rows, by_group=by_group)
    assume(not any(fit.monotone))
    time, cause, x, group = columns(rows)
    loops = Loops(time, cause, x, group if by_group else [0] * len(time))
    beta = fit.coefficient
    gradient, information = loops.gradient_and_information(beta)
    np.testing.assert_allclose(gradient, 0, atol=1e-8)
    largest = np.abs(information).max()
    np.testing.assert_allclose(fit.information, information, rtol=1e-8, atol=1e-10 * largest)
    assert fit.log_likelihood == pytest.approx(loops.value(beta), rel=1e-11, abs=1e-11)
    assert fit.log_likelihood_null == pytest.approx(loops.value(0 * beta), rel=1e-11, abs=1e-11)
    assume(np.isfinite(fit.std_error).all())
    covariance = loops.covariance(beta)
    largest = np.abs(covariance).max()
    np.testing.assert_allclose(fit.covariance, covariance, rtol=1e-6, atol=1e-9 * largest)


@FEW
@given(some_rows, st.booleans())
def test_prediction_and_residuals_added_up_time_by_time(rows, by_group):
    fit = fit_or_skip(rows, by_group=by_group)
    assume(not any(fit.monotone))
    time, cause, x, group = columns(rows)
    loops = Loops(time, cause, x, group if by_group else [0] * len(time))
    _, total, mean = loops.at(fit.coefficient)
    curve = predict_incidence(fit, x, at=range(11))
    for i, profile in enumerate(x):
        risk = math.exp(float(profile @ fit.coefficient))
        for t in range(11):
            hazard = sum(loops.events(s, loops.everyone) / total[s] for s in loops.days if s <= t)
            expected = 1 - math.exp(-hazard * risk)
            assert curve.incidence[i, t] == pytest.approx(expected, rel=1e-9, abs=1e-13)
    for t, residual in zip(fit.time, fit.residual, strict=True):
        tied = [i for i in loops.everyone if time[i] == t and cause[i] == 1]
        np.testing.assert_allclose(residual, sum(x[i] - mean[t] for i in tied), atol=1e-9)


@FEW
@given(some_rows, st.booleans())
def test_monotone_means_that_each_event_tops_its_risk_set(rows, by_group):
    fit = fit_or_skip(rows, by_group=by_group, covariates=1)
    time, cause, x, group = columns(rows)
    loops = Loops(time, cause, x, group if by_group else [0] * len(time))
    gaps = [
        x[i, 0] - x[j, 0]
        for i in loops.everyone
        for j in loops.everyone
        if cause[i] == 1 and loops.weight(j, time[i]) > 0
    ]
    assert fit.monotone == (min(gaps) >= 0 or max(gaps) <= 0,)
    if fit.monotone[0]:
        assert fit.coefficient[0] == (math.inf if min(gaps) >= 0 else -math.inf)


@FEW
@given(some_rows, st.booleans())
def test_sums_of_logarithms_give_the_same_fit(rows, by_group):
    plain = fit_or_skip(rows, by_group=by_group)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pseudo_likelihood, "WIDEST", -1.0)
        logarithms = fit_or_skip(rows, by_group=by_group)
    assert logarithms.monotone == plain.monotone
    assert logarithms.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-9)
    assume(not any(plain.monotone))
    for name in ("coefficient", "std_error", "log_hazard", "residual", "information"):
        mine, twin = getattr(logarithms, name), getattr(plain, name)
        np.testing.assert_allclose(mine, twin, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("above", [-1e-6, 1e-6])
@pytest.mark.parametrize("place", [1, 2, 3])
def test_a_patient_with_a_competing_event_counts_while_waiting(place, above):
    """Events in the order of x, the last patients censored, and one who waits, a hair off."""
    x = [9.0, 7.0, 5.0, 3.0, 1.0, 0.5]
    x.insert(place, x[place] + above)
    cause = [1] * place + [2] + [1] + [0] * (5 - place)
    time = list(range(1, 8))
    fit = fit_fine_gray(time, cause, x, n_causes=2)
    loops = Loops(time, cause, np.array(x)[:, None], [0] * 7)
    gaps = [
        x[i] - x[j]
        for i in loops.everyone
        for j in loops.everyone
        if cause[i] == 1 and loops.weight(j, time[i]) > 0
    ]
    assert fit.monotone == (min(gaps) >= 0,) == (above < 0,)
    assert np.isinf(fit.coefficient[0]) == (above < 0)


@pytest.mark.parametrize(
    ("x", "cause"),
    [
        (
            [93.1, 1.3, 9.3, 9.7, 0.2, 0.0, 1.1, 0.0, 0.4, 4.6, 0.0, 1.1, 22.2],
            [1, 1, 1, 2, 2, 1, 0, 1, 2, 2, 2, 2, 0],
        ),
        (
            [6.5, 2.6, 371.1, 0.0, 0.3, 0.3, 27.2, 0.1, 63.1, 54.3, 8.7, 3.0],
            [2, 0, 1, 1, 2, 0, 1, 1, 1, 0, 0, 1],
        ),
        ([0.1, 2.1, 18.0, 80.5, 0.2, 0.1, 1.1, 0.0, 0.3, 0.5], [0, 2, 2, 1, 0, 1, 0, 2, 0, 2]),
    ],
)
def test_skewed_covariates_of_which_a_whole_newton_step_goes_too_far(x, cause):
    time = list(range(1, len(x) + 1))
    fit = fit_fine_gray(time, cause, x, n_causes=2)
    assert fit.converged
    loops = Loops(time, cause, np.array(x)[:, None], [0] * len(x))
    gradient, information = loops.gradient_and_information(fit.coefficient)
    assert abs(gradient[0]) < 1e-9 * math.sqrt(information[0, 0])
    np.testing.assert_allclose(fit.covariance, loops.covariance(fit.coefficient), rtol=1e-8)
