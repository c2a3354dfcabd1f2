"""Small tied sets, 17 v 11, with entry, strata, weights and clusters, against R survival 3.5-3.

The sets are drawn by cox_small.R; the golden numbers are in cox_small.json.
"""

import numpy as np
import pytest

from autallo.stats.cox.baseline_hazard import baseline_hazard
from autallo.stats.cox.concordance import concordance
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.linear_predictor import linear_predictor
from autallo.stats.cox.predicted_survival import predicted_survival
from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from autallo.stats.cox.residuals import cox_residuals, schoenfeld_residuals
from autallo.stats.cox.rows import Rows
from reference.golden import cases_of, each

CASES = cases_of("cox_small")
APPROXIMATE = [case for case in CASES if case["args"]["ties"] != "exact"]

every = each(CASES)
each = each(APPROXIMATE)


def data(case):
    given = {name: np.array(values) for name, values in case["input"].items()}
    rows = Rows(**{name: given.get(name) for name in ("entry", "weight", "stratum", "cluster")})
    return given["time"], given["event"], np.column_stack([given["group"], given["age"]]), rows


def fit(case):
    time, event, x, rows = data(case)
    return fit_cox(time, event, x, rows=rows, ties=case["args"]["ties"])


def close(mine, theirs):
    theirs = np.array(theirs, dtype=np.float64)
    # R iterates to 1e-13 of the log-likelihood, so to about 1e-10 of a coefficient
    np.testing.assert_allclose(mine, theirs, rtol=1e-8, atol=1e-9 * np.abs(theirs).max())


def test_the_sets_are_as_mixed_as_they_should_be():
    kinds = {case["kind"] for case in CASES}
    assert len(kinds) == 8
    for case in CASES:
        assert sorted(case["input"]["group"]) == [0] * 17 + [1] * 11
        assert len(set(case["input"]["time"])) <= 12


@every
def test_estimates_variances_and_tests(case):
    mine, answer = fit(case), case["expected"]
    close(mine.coefficient, answer["coef"])
    close(mine.covariance, answer["var"])
    close(mine.model_covariance, answer["naive"])
    close([mine.log_likelihood_null, mine.log_likelihood], answer["loglik"])
    assert mine.score_statistic == pytest.approx(answer["score"], rel=1e-9)
    assert mine.wald == pytest.approx(answer["wald"], rel=1e-8)


@each
def test_residuals(case):
    time, event, x, rows = data(case)
    fitted, answer = fit(case), case["expected"]
    mine = cox_residuals(fitted, time, event, x, rows=rows)
    close(mine.martingale, answer["martingale"])
    close(mine.deviance, answer["deviance"])
    close(mine.score, answer["score_residual"])
    close(mine.dfbeta, answer["dfbeta"])
    of_events = schoenfeld_residuals(fitted, time, event, x, rows=rows)
    close(of_events.residual, answer["schoenfeld"])
    # ours counts events by their weight, as the covariance does; R's, by heads
    share = 1.0 if rows.weight is None else (rows.weight * event).sum() / event.sum()
    coefficient = np.array(answer["coef"])
    close(of_events.scaled, coefficient + share * (np.array(answer["scaled"]) - coefficient))


@each
def test_proportional_hazards(case):
    time, event, x, rows = data(case)
    for transform, answer in case["expected"]["zph"].items():
        mine = proportional_hazards_test(fit(case), time, event, x, rows=rows, transform=transform)
        close([*mine.statistic, mine.global_statistic], answer)


@each
def test_curves(case):
    time, event, x, rows = data(case)
    answer = case["expected"]
    hazard = baseline_hazard(fit(case), time, event, x, rows=rows)
    close(hazard.time, answer["hazard_time"])
    close(hazard.cumulative, answer["hazard"])
    mine = predicted_survival(hazard, [[0, 40], [1, 55]])
    assert mine.time.tolist() == answer["time"]
    own = baseline_hazard(fit(case), time, event, x, rows=rows, given=[0, 40])
    first = own.stratum == 0
    close(own.std_error[first], np.divide(answer["std_error"][0], answer["survival"][0]))
    # before the first event R gives the limits 1 and 1; ours are binomial
    later = mine.survival[0] < 1
    close(mine.survival, answer["survival"])
    close(mine.std_error, answer["std_error"])
    for limits, theirs in ((mine.low, answer["low"]), (mine.high, answer["high"])):
        close(limits[:, later], np.array(theirs, dtype=np.float64)[:, later])
    assert (mine.low[:, ~later] < 1).all()


@each
def test_concordance(case):
    time, event, x, rows = data(case)
    score = linear_predictor(fit(case), x).estimate
    for weight, answer in case["expected"]["concordance"].items():
        mine = concordance(time, event, score, rows=rows, pair_weight=weight)
        assert mine.estimate == pytest.approx(answer["concordance"], rel=1e-10)
        assert mine.std_error**2 == pytest.approx(answer["var"], rel=1e-9)
        counts = [mine.concordant, mine.discordant, mine.tied_score, mine.tied_time]
        close([*counts, mine.tied_both], answer["counts"])
