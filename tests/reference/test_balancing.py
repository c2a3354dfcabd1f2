"""Weights, entropy balancing and what is left of imbalance, against R (balancing.json)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.balance import covariate_balance
from autallo.stats.confounding.entropy_balancing import entropy_balance
from autallo.stats.confounding.overlap import assess_overlap
from autallo.stats.confounding.propensity import propensity_score
from autallo.stats.confounding.standardised import standardised_difference
from autallo.stats.confounding.weights import balancing_weights, effective_sample_size

HERE = Path(__file__).parent
CASES = json.loads((HERE / "balancing.json").read_text(encoding="utf-8"))["cases"]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])

OPTIONS = {
    "everybody": {"estimand": "everybody"},
    "stabilised": {"estimand": "everybody", "stabilised": True},
    "treated": {"estimand": "treated"},
    "untreated": {"estimand": "untreated"},
    "overlap": {"estimand": "overlap"},
    "everybody_cut": {"estimand": "everybody", "truncated": 0.05},
    "treated_cut": {"estimand": "treated", "truncated": 0.05},
    "untreated_cut": {"estimand": "untreated", "truncated": 0.1},
}
each_weight = pytest.mark.parametrize("kind", [*OPTIONS, "entropy_treated", "entropy_untreated"])


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def given(case):
    """Return who is treated, the covariates, and their names."""
    if "input" in case:
        return np.array(case["input"]["treated"]), case["input"]["covariates"], ["age", "mark"]
    args = case["args"]
    names = [args["treated"], *args["covariates"]]
    needed = [*names, *args["complete_case_on"]]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in needed)]
    numbers = np.array([[float(row[name]) for name in names] for row in rows])
    return numbers[:, 0], numbers[:, 1:], names[1:]


def weights_of(case, kind):
    treated, covariates, names = given(case)
    if kind in OPTIONS:
        score = propensity_score(treated, covariates, names=names).score
        return balancing_weights(treated, score, **OPTIONS[kind])
    return entropy_balance(treated, covariates, estimand=kind.removeprefix("entropy_"), names=names)


def unused_or_refused(case, kind):
    try:
        return weights_of(case, kind).unused
    except ArgumentError as refused:
        return str(refused)


@each_case
@each_weight
def test_weights_of_r(case, kind):
    answer, rtol = case["expected"]["weights"].get(kind), case["rtol"]
    if answer is None:  # R finds no minimum: out of reach, or on the edge
        assert unused_or_refused(case, kind) != 0
        return
    treated, covariates, names = given(case)
    mine = weights_of(case, kind)
    np.testing.assert_allclose(mine.weight[:12], answer["head"], rtol=rtol)
    np.testing.assert_allclose(mine.weight[-12:], answer["last"], rtol=rtol)
    np.testing.assert_allclose(mine.total, answer["sum"], rtol=rtol)
    np.testing.assert_allclose(mine.effective_sample_size, answer["ess"], rtol=rtol)
    np.testing.assert_allclose(mine.largest_share, answer["largest_share"], rtol=rtol)
    balance = covariate_balance(treated, covariates, weight=mine.weight, names=names)
    # Exact balance is a matter of rounding; elsewhere the differences are above 1e-6.
    np.testing.assert_allclose([b.after for b in balance], answer["after"], rtol=rtol, atol=1e-11)
    np.testing.assert_allclose(
        [b.weighted_variance_ratio for b in balance], answer["variance_ratio"], rtol=rtol
    )
    overlap = assess_overlap(treated, np.full(len(treated), 0.5), weight=mine.weight)
    np.testing.assert_allclose(overlap.effective_sample_size, answer["ess"], rtol=rtol)
    np.testing.assert_allclose(overlap.largest_share, answer["largest_share"], rtol=rtol)


@each_case
def test_effective_sizes_of_r(case):
    treated = given(case)[0]
    for kind in ("everybody", "overlap"):
        weight = weights_of(case, kind).weight
        mine = [effective_sample_size(weight[treated == arm]) for arm in (0, 1)]
        np.testing.assert_allclose(mine, case["expected"]["weights"][kind]["ess"], rtol=1e-8)


@each_case
def test_differences_before_weighting_of_r(case):
    treated, covariates, names = given(case)
    for place, found in enumerate(covariate_balance(treated, covariates, names=names)):
        answer = case["expected"]["before"][found.name]
        plain, corrected = found.before, found.before_corrected
        mine = [plain.estimate, plain.low, plain.high, corrected.estimate, corrected.low]
        mine += [corrected.high, found.variance_ratio]
        np.testing.assert_allclose(mine, list(answer.values()), rtol=1e-10)
        column = np.array(covariates)[:, place]
        groups = column[treated == 1], column[treated == 0]
        assert standardised_difference(*groups, corrected=True) == corrected
        assert standardised_difference(*groups) == plain
        assert (found.after, found.weighted_mean_treated) == (None, None)
