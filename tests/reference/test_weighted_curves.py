"""Curves and Cox models of patients with weights against R survival (weighted_curves.json)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.confounding.weighted_survival import weighted_kaplan_meier
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.rows import Rows
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.difference import incidence_difference
from autallo.stats.regression.logistic import fit_logistic
from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import survival_at

HERE = Path(__file__).parent
CASES = json.loads((HERE / "weighted_curves.json").read_text(encoding="utf-8"))["cases"]
SCALES = ("plain", "log", "log-log", "arcsine", "logit")


def cases(function):
    chosen = [case for case in CASES if case["function"] == function]
    assert chosen
    return pytest.mark.parametrize("case", chosen, ids=[case["id"] for case in chosen])


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


@cache
def scored(dataset, treatment, covariates, time, event):
    """Return times, events, treatment and fitted scores of the complete rows."""
    needed = [time, event, treatment, *covariates]
    rows = [row for row in table(dataset) if all(row[name] for name in needed)]
    days, events, treated = (
        np.array([float(row[name]) for row in rows]) for name in (time, event, treatment)
    )
    x = np.array([[float(row[name]) for name in covariates] for row in rows])
    return days, events, treated, fit_logistic(treated, x).risk


def weighted_patients(case):
    given = case["args"]
    time, event, treated, score = scored(
        case["dataset"], given["treatment"], tuple(given["covariates"]), given["time"],
        given["event"],
    )  # fmt: skip
    ate = np.where(treated == 1, 1 / score, 1 / (1 - score))
    weight = {
        "ate": ate,
        "att": ate * score,
        "stabilized": ate * np.where(treated == 1, treated.mean(), 1 - treated.mean()),
        "overlap": ate * score * (1 - score),
        "matching": ate * np.minimum(score, 1 - score),
    }[given["weights"]]
    return time, event, treated, weight


def groups_of(case, function, *names, **options):
    given = case["args"]
    group = np.array(given["group"])
    for code in (0, 1):
        own = {name: np.array(given[name])[group == code] for name in (*names, "entry")
               if name in given}  # fmt: skip
        yield function(**own, **options)


@cases("iptw_cox")
def test_cox_model_of_weighted_patients(case):
    """Each patient a cluster: so the variance is robust, whole weights or not."""
    time, event, treated, weight = weighted_patients(case)
    rows = Rows(weight=weight, cluster=np.arange(time.size))
    fit = fit_cox(time, event, treated, rows=rows, ties=case["args"]["ties"])
    answer, rtol = case["expected"], case["rtol"]
    # a coefficient near 0 is compared by the size of its error
    near = rtol * answer["robust_se"]
    assert fit.coefficient[0] == pytest.approx(answer["coef"], rel=rtol, abs=near)
    assert fit.std_error[0] == pytest.approx(answer["robust_se"], rel=rtol)
    assert fit.model_covariance[0, 0] ** 0.5 == pytest.approx(answer["naive_se"], rel=rtol)
    found = [fit.log_likelihood_null, fit.log_likelihood]
    assert found == pytest.approx(answer["loglik"], rel=rtol)
    assert fit.variance == "robust"


@cases("iptw_km")
def test_survival_of_weighted_patients(case):
    time, event, treated, weight = weighted_patients(case)
    at, answer, rtol = case["args"]["times"], case["expected"], case["rtol"]
    survival, errors = [], []
    for group in (0, 1):
        own = treated == group
        read = survival_at(weighted_kaplan_meier(time[own], event[own], weight[own]), at)
        survival += read.survival.tolist()
        errors += read.std_error.tolist()
    assert survival == pytest.approx(answer["surv"], rel=rtol)
    assert errors == pytest.approx(answer["robust_se"], rel=rtol)


@cases("weighted_km")
def test_a_weighted_curve_with_and_without_entries(case):
    curve, answer, rtol = weighted_kaplan_meier(**case["args"]), case["expected"], case["rtol"]
    assert curve.time.tolist() == answer["time"]
    np.testing.assert_allclose(curve.at_risk, answer["n_risk"], rtol=rtol)
    np.testing.assert_allclose(curve.survival, answer["surv"], rtol=rtol, atol=1e-15)
    np.testing.assert_allclose(curve.std_error, answer["robust_se"], rtol=rtol, atol=1e-15)


@cases("weighted_cif")
def test_weighted_incidence_of_competing_causes(case):
    curve, answer, rtol = cumulative_incidence(**case["args"]), case["expected"], case["rtol"]
    assert curve.time.tolist() == answer["time"]
    np.testing.assert_allclose(curve.incidence, answer["pstate"], rtol=rtol, atol=1e-15)
    np.testing.assert_allclose(curve.std_error, answer["robust_se"], rtol=rtol, atol=1e-15)


def agree(found, answer, scale, rtol):
    assert [found.first, found.second] == pytest.approx(answer["value"], rel=rtol)
    assert found.std_error == pytest.approx(answer["std_error"], rel=rtol)
    assert found.statistic == pytest.approx(answer[scale]["z"], rel=rtol)
    assert found.p_value == pytest.approx(answer[scale]["p"], rel=rtol)
    assert found.low == pytest.approx(answer[scale]["lower"], rel=rtol)
    assert found.high == pytest.approx(answer[scale]["upper"], rel=rtol)


@cases("weighted_survival_difference")
@pytest.mark.parametrize("scale", SCALES)
def test_difference_of_weighted_survival(case, scale):
    first, second = groups_of(case, weighted_kaplan_meier, "time", "event", "weight")
    found = survival_difference(first, second, at=case["args"]["at"], method=scale)
    agree(found, case["expected"], scale, case["rtol"])


@cases("weighted_incidence_difference")
@pytest.mark.parametrize("scale", SCALES)
def test_difference_of_weighted_incidence(case, scale):
    given = case["args"]
    first, second = groups_of(
        case, cumulative_incidence, "time", "cause", "weight", n_causes=given["n_causes"]
    )
    found = incidence_difference(
        first, second, at=given["at"], cause_of_interest=given["cause_of_interest"], method=scale
    )
    agree(found, case["expected"], scale, case["rtol"])
