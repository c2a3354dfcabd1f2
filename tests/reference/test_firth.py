"""Firth's penalty against the penalised likelihood maximised in R (golden numbers beside)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.firth.cox import fit_firth_cox
from autallo.stats.firth.logistic import fit_firth_logistic

HERE = Path(__file__).parent
SHARED = json.loads((HERE / "firth.json").read_text(encoding="utf-8"))["cases"]
SMALL = json.loads((HERE / "firth_small.json").read_text(encoding="utf-8"))["cases"]


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def numbers(case, names):
    if "data" in case["args"]:
        return np.column_stack([case["args"]["data"][name] for name in names])
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in names)]
    return np.array([[float(row[name]) for name in names] for row in rows])


def agree(mine, answer, rtol):
    """In units of the standard error where a coefficient or limit is near 0."""
    error = np.array(answer["se"])
    for own, key in ((mine.coefficient, "coef"), (mine.low, "low"), (mine.high, "high")):
        if key in answer:
            assert (np.abs(own - answer[key]) <= rtol * error).all(), key
    np.testing.assert_allclose(mine.std_error, error, rtol=rtol)
    np.testing.assert_allclose(
        mine.covariance, answer["var"], atol=rtol * np.abs(answer["var"]).max()
    )
    np.testing.assert_allclose(mine.z_p, answer["z_p"], rtol=1e-6)  # some are 1e-58
    assert mine.penalised_log_likelihood == pytest.approx(answer["penalised"], rel=1e-10)
    assert mine.penalised_log_likelihood_null == pytest.approx(answer["penalised_null"], rel=1e-10)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=rtol)
    assert mine.likelihood_ratio == pytest.approx(answer["ratio"], rel=rtol, abs=1e-11)
    assert mine.likelihood_ratio_p == pytest.approx(answer["ratio_p"], rel=rtol)
    assert mine.wald == pytest.approx(answer["wald"], rel=rtol)
    assert mine.wald_p == pytest.approx(answer["wald_p"], rel=1e-6)
    if "statistic" in answer:
        np.testing.assert_allclose(mine.statistic, answer["statistic"], rtol=rtol, atol=1e-11)
        np.testing.assert_allclose(mine.p_value, answer["p_value"], rtol=rtol)
    assert list(mine.names) == answer["names"]
    assert mine.converged


@pytest.mark.parametrize("case", SHARED, ids=[case["id"] for case in SHARED])
def test_shared_data_sets(case):
    given, answer = case["args"], case["expected"]
    names = given["covariates"]
    if case["function"] == "firth_cox":
        rows = numbers(case, [given["time"], given["event"], *names])
        mine = fit_firth_cox(rows[:, 0], rows[:, 1], rows[:, 2:], names=names, ties=given["ties"])
    else:
        rows = numbers(case, [given["outcome"], *names])
        mine = fit_firth_logistic(rows[:, 0], rows[:, 1:], names=names)
    assert len(rows) == answer["n"]
    agree(mine, answer, case["rtol"])


@pytest.mark.parametrize("case", SMALL, ids=[case["id"] for case in SMALL])
def test_small_tied_sets(case):
    given, names = case["input"], case["covariates"]
    x = np.column_stack([given[name] for name in names])
    if case["model"] == "cox":
        mine = fit_firth_cox(
            given["time"],
            given["event"],
            x,
            names=names,
            entry=given.get("entry"),
            ties=case["ties"],
            level=case["level"],
        )
    else:
        mine = fit_firth_logistic(given["event"], x, names=names)
    agree(mine, case["expected"], case["rtol"])
