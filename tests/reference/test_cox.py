"""Cox model against R survival 3.5-3, coxph (golden numbers in cox.json)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.regression.cox import fit_cox

HERE = Path(__file__).parent
CASES = json.loads((HERE / "cox.json").read_text(encoding="utf-8"))["cases"]
FINITE = [case for case in CASES if "r_warnings" not in case]
ENDLESS = [case for case in CASES if "r_warnings" in case]


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def fit(case):
    given = case["args"]
    names = [given["time"], given["event"], *given["covariates"]]
    needed = [*names, *given.get("complete_case_on", [])]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in needed)]
    assert len(rows) == case["expected"]["n"]
    numbers = np.array([[float(row[name]) for name in names] for row in rows])
    return fit_cox(numbers[:, 0], numbers[:, 1], numbers[:, 2:], ties=given["ties"])


@pytest.mark.parametrize("case", FINITE, ids=[case["id"] for case in FINITE])
def test_estimates_and_tests_of_coxph(case):
    mine, answer = fit(case), case["expected"]
    error = np.array(answer["se"])
    assert mine.converged
    assert not any(mine.monotone)
    assert (np.abs(mine.coefficient - answer["coef"]) <= case["rtol"] * error).all()
    np.testing.assert_allclose(mine.std_error, error, rtol=case["rtol"])
    np.testing.assert_allclose(
        mine.covariance, answer["var"], atol=case["rtol"] * np.abs(answer["var"]).max()
    )
    np.testing.assert_allclose(np.exp(mine.wald_low), answer["lower"], rtol=1e-6)
    np.testing.assert_allclose(np.exp(mine.wald_high), answer["upper"], rtol=1e-6)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-10)
    assert mine.log_likelihood_null == pytest.approx(answer["loglik_null"], rel=1e-10)
    for name, statistic, p_value in (
        ("lr", mine.likelihood_ratio, mine.likelihood_ratio_p),
        ("score", mine.score_statistic, mine.score_p),
        ("wald", mine.wald, mine.wald_p),
    ):
        assert statistic == pytest.approx(answer[name]["stat"], rel=1e-6, abs=1e-10)
        assert p_value == pytest.approx(answer[name]["p"], rel=1e-6)
    assert mine.df == answer["lr"]["df"]


@pytest.mark.parametrize("case", ENDLESS, ids=[case["id"] for case in ENDLESS])
def test_where_coxph_warns_of_an_infinite_coefficient_it_is_infinite(case):
    mine, answer = fit(case), case["expected"]
    assert mine.monotone == (True,)
    assert mine.coefficient.tolist() == [-np.inf]
    assert mine.std_error.tolist() == [np.inf]
    assert mine.low.tolist() == [-np.inf]
    assert np.isfinite(mine.high).all()
    assert mine.log_likelihood == pytest.approx(answer["loglik"], abs=1e-10)
    assert mine.likelihood_ratio_p == pytest.approx(answer["lr"]["p"], rel=1e-9)
    assert mine.score_statistic == pytest.approx(answer["score"]["stat"], rel=1e-9)
    assert mine.wald is None
    assert mine.wald_p is None
