"""Logistic regression against R glm, and profile limits solved in R (logistic.json)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.regression.logistic import fit_logistic

HERE = Path(__file__).parent
CASES = json.loads((HERE / "logistic.json").read_text(encoding="utf-8"))["cases"]
FINITE = [case for case in CASES if not case["expected"]["endless"]]
ENDLESS = [case for case in CASES if case["expected"]["endless"]]

each_finite = pytest.mark.parametrize("case", FINITE, ids=[case["id"] for case in FINITE])


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def given(case):
    """Return events, covariates and options of one case."""
    if "input" in case:
        columns = dict(case["input"])
        return columns.pop("event"), columns.pop("x"), columns
    outcome, covariates = case["args"]["outcome"], case["args"]["covariates"]
    needed = [outcome, *covariates]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in needed)]
    numbers = np.array([[float(row[name]) for name in needed] for row in rows])
    return numbers[:, 0], numbers[:, 1:], {"names": covariates}


def model_of(case):
    """Return the options without clusters: the likelihood takes no notice of them."""
    events, x, options = given(case)
    return events, x, {name: value for name, value in options.items() if name != "cluster"}


@each_finite
def test_estimates_and_tests_of_glm(case):
    events, x, options = model_of(case)
    mine, answer = fit_logistic(events, x, **options), case["expected"]
    error, rtol = np.array(answer["se"]), case["rtol"]
    assert mine.converged
    assert mine.separation is None
    assert (np.abs(mine.coefficient - answer["coef"]) <= rtol * error).all()
    np.testing.assert_allclose(mine.std_error, error, rtol=rtol)
    np.testing.assert_allclose(
        mine.covariance, answer["var"], atol=rtol * np.abs(answer["var"]).max()
    )
    np.testing.assert_allclose(mine.risk[:5], answer["fitted"], rtol=1e-6)
    assert mine.deviance == pytest.approx(answer["deviance"], rel=1e-10)
    assert mine.deviance_null == pytest.approx(answer["deviance_null"], rel=1e-10)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-10)
    assert mine.log_likelihood_null == pytest.approx(answer["loglik_null"], rel=1e-10)
    for name, statistic, p_value in (
        ("lr", mine.likelihood_ratio, mine.likelihood_ratio_p),
        ("score", mine.score_statistic, mine.score_p),
        ("wald", mine.wald, mine.wald_p),
    ):
        assert statistic == pytest.approx(answer[name]["stat"], rel=1e-7, abs=1e-10)
        assert p_value == pytest.approx(answer[name]["p"], rel=1e-7)
    assert mine.df == answer["lr"]["df"]


@each_finite
def test_profile_limits_solved_in_r(case):
    events, x, options = model_of(case)
    mine, answer = fit_logistic(events, x, **options), case["expected"]
    error = np.array(answer["se"])
    assert (np.abs(mine.low - answer["lower"]) <= case["rtol"] * error).all()
    assert (np.abs(mine.high - answer["upper"]) <= case["rtol"] * error).all()
    np.testing.assert_allclose(mine.p_value, answer["lr_p"], rtol=1e-6)


@pytest.mark.parametrize("variance", ["HC0", "HC1"])
@each_finite
def test_sandwich_written_out_in_r(case, variance):
    events, x, options = given(case)
    mine = fit_logistic(events, x, variance=variance, **options)
    np.testing.assert_allclose(mine.std_error, case["expected"]["robust"][variance], rtol=1e-7)
    assert (mine.interval, mine.variance) == ("wald", variance)
    assert (mine.low == mine.wald_low).all()


@pytest.mark.parametrize("case", ENDLESS, ids=[case["id"] for case in ENDLESS])
def test_where_glm_goes_to_the_edge_the_coefficient_is_infinite(case):
    """R ends with a warning and a coefficient of its own choosing, such as 30."""
    events, x, options = given(case)
    mine, answer = fit_logistic(events, x, **options), case["expected"]
    assert mine.separation == (
        "complete" if case["kind"] == "complete separation" else "quasi-complete"
    )
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-9, abs=1e-9)
    assert mine.likelihood_ratio == pytest.approx(answer["lr"]["stat"], rel=1e-9)
    assert mine.likelihood_ratio_p == pytest.approx(answer["lr"]["p"], rel=1e-9)
    assert mine.score_statistic == pytest.approx(answer["score"]["stat"], rel=1e-9)
    assert (mine.wald, mine.wald_p) == (None, None)
    assert any(limit is not None for limit in answer["limit"])
    for place, limit in enumerate(answer["limit"]):
        if limit is not None:
            rises = mine.direction[place] == 1
            assert mine.coefficient[place] == (np.inf if rises else -np.inf)
            finite = mine.low[place] if rises else mine.high[place]
            assert finite == pytest.approx(limit, rel=case["rtol"])
