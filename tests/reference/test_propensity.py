"""Propensity score against R glm, and Firth's penalised likelihood where separated."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.confounding.overlap import assess_overlap
from autallo.stats.confounding.propensity import propensity_score

HERE = Path(__file__).parent
CASES = json.loads((HERE / "propensity.json").read_text(encoding="utf-8"))["cases"]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def given(case):
    """Return who is treated, the covariates, and their names."""
    if "input" in case:
        return case["input"]["treated"], case["input"]["covariates"], ["age", "mark"]
    args = case["args"]
    names = [args["treated"], *args["covariates"]]
    needed = [*names, *args["complete_case_on"]]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in needed)]
    numbers = np.array([[float(row[name]) for name in names] for row in rows])
    return numbers[:, 0], numbers[:, 1:], names[1:]


@each_case
def test_scores_of_r(case):
    treated, covariates, names = given(case)
    mine, answer = propensity_score(treated, covariates, names=names), case["expected"]
    arms = np.array(treated) == 1
    assert mine.score.size == answer["n"]
    assert mine.converged
    assert mine.penalised == (case["kind"] == "separated")
    assert (mine.reason is None) == (case["kind"] == "plain")
    np.testing.assert_allclose(mine.coefficient, answer["coefficient"], rtol=case["rtol"])
    np.testing.assert_allclose(mine.score[:12], answer["head"], rtol=case["rtol"])
    means = [mine.score[~arms].mean(), mine.score[arms].mean()]
    np.testing.assert_allclose(means, answer["mean"], rtol=case["rtol"])
    assert mine.concordance == pytest.approx(answer["concordance"], rel=1e-12)


@each_case
def test_the_separating_covariate_is_named(case):
    treated, covariates, names = given(case)
    mine = propensity_score(treated, covariates, names=names)
    expected = {"plain": set(), "separated": {"age", "mark"}}[case["kind"]]
    assert set(mine.separating) <= expected
    assert bool(mine.separating) == bool(expected)


@each_case
def test_the_range_in_common_is_that_of_the_scores_of_r(case):
    """Among the first twelve patients of each data set; the others are not recorded."""
    treated = np.array(given(case)[0])[:12]
    score = np.array(case["expected"]["head"])
    if treated.min() == treated.max():
        treated = 1 - (np.arange(12) % 3 > 0)
    low, high = (
        pick(end(score[treated == 0]), end(score[treated == 1]))
        for pick, end in ((max, min), (min, max))
    )
    mine = assess_overlap(treated, score)
    assert (mine.low is None) == (low > high)
    if mine.low is not None:
        assert (mine.low, mine.high) == (low, high)
        assert mine.outside.sum() == sum(value < low or value > high for value in score)
