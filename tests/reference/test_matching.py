"""Matched pairs against the assignment algorithm in R (golden numbers in matching.json)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.confounding.matching import match_pairs
from autallo.stats.regression.logistic import fit_logistic

HERE = Path(__file__).parent
CASES = json.loads((HERE / "matching.json").read_text(encoding="utf-8"))["cases"]
GIVEN = [case for case in CASES if "dataset" not in case]
FITTED = [case for case in CASES if "dataset" in case]


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def agree(pairs, case):
    answer, rtol = case["expected"], case["rtol"]
    assert pairs.treated_index.size == answer["pairs"]
    assert pairs.distance.sum() == pytest.approx(answer["distance"], rel=rtol)
    if answer["caliper"] is None:
        assert pairs.caliper is None
    else:
        assert pairs.caliper == pytest.approx(answer["caliper"], rel=rtol)
        assert pairs.distance.max() <= pairs.caliper * (1 + 1e-9)


@pytest.mark.parametrize("case", GIVEN, ids=[case["id"] for case in GIVEN])
def test_scores_as_given(case):
    agree(match_pairs(**case["args"], scale="score"), case)


@pytest.mark.parametrize("case", FITTED, ids=[case["id"] for case in FITTED])
def test_propensity_scores_of_patients(case):
    given = case["args"]
    needed = [given["treatment"], *given["covariates"]]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in needed)]
    treated = np.array([int(row[given["treatment"]]) for row in rows])
    x = np.array([[float(row[name]) for name in given["covariates"]] for row in rows])
    stratum = None
    if "exact" in given:
        stratum = [int(row[given["exact"]]) for row in rows]
    score = fit_logistic(treated, x).risk
    agree(match_pairs(treated, score, stratum=stratum, caliper=given["caliper"]), case)
