"""Permutation log-rank against R coin 1.4-2 and a full count (numbers in permutation.json)."""

import numpy as np
import pytest

from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.logrank.scores import logrank_scores
from autallo.stats.logrank.weights import as_logrank_weights
from reference.golden import cases_of, each, table

WEIGHTS = {
    "logrank": "logrank", "Gehan-Breslow": "gehan", "Tarone-Ware": "tarone-ware",
    "Peto-Peto": (1, 0), "Prentice-Marek": "peto-peto",
}  # fmt: skip


def cases(*functions):
    return each(cases_of("permutation", *functions))


def columns_of(case):
    """Return times, events and group codes of the complete cases, levels in sorted order."""
    given = case["args"]
    names = [given[name] for name in ("time", "event", "group", "strata") if name in given]
    rows = [[row[name] for name in names] for row in table(case["dataset"])]
    kept = [row for row in rows if all(row)]
    levels = sorted({row[2] for row in kept})
    return (
        [float(row[0]) for row in kept],
        [int(row[1]) for row in kept],
        [levels.index(row[2]) for row in kept],
        *([sorted({row[3] for row in kept}).index(row[3]) for row in kept] for _ in names[3:]),
    )


@cases("logrank_exact_perm")
def test_exact_p_value_of_coin(case):
    weights = WEIGHTS[case["args"]["type"]]
    test = logrank_permutation_test(*columns_of(case), weights=weights)
    assert test.method == "exact"
    assert test.p_value == pytest.approx(case["expected"]["p"], rel=case["rtol"])
    # coin scores are the other way round (hazard less event) and belong to the first level
    assert test.statistic == pytest.approx(case["expected"]["linear"][0], rel=1e-10)


@cases("logrank_exact_perm_OE")
def test_every_arrangement_counted_by_another_program(case):
    answer = case["expected"]
    test = logrank_permutation_test(*columns_of(case))
    assert test.p_value == pytest.approx(answer["p_two_sided"], rel=case["rtol"])
    assert test.p_value * answer["permutations"] == pytest.approx(
        round(test.p_value * answer["permutations"]), abs=1e-6
    )
    assert -test.statistic == pytest.approx(answer["statistic"], rel=1e-10)


@cases("logrank_mc_perm")
def test_drawn_p_value_within_the_limits_of_coin(case):
    rng = np.random.default_rng(20261122)
    test = logrank_permutation_test(*columns_of(case), exact_up_to=0, draws=20_000, rng=rng)
    low, high = case["expected"]["conf_int99"]
    assert test.method == "monte_carlo"
    assert low - 3 * test.standard_error < test.p_value < high + 3 * test.standard_error


@cases("logrank_exact_perm_bruteforce")
def test_every_arrangement_of_the_scores_of_coin(case):
    answer, weights = case["expected"], WEIGHTS[case["args"]["type"]]
    test = logrank_permutation_test(*columns_of(case), weights=weights)
    assert test.p_value == pytest.approx(answer["p_two_sided"], rel=case["rtol"])
    assert test.statistic == pytest.approx(answer["statistic"], rel=1e-10)


@cases("logrank_exact_perm_strata")
def test_every_arrangement_within_the_strata(case):
    answer, (*data, stratum) = case["expected"], columns_of(case)
    test = logrank_permutation_test(*data, stratum=stratum)
    assert test.statistic == pytest.approx(answer["statistic"], rel=1e-10)
    assert test.p_value == pytest.approx(answer["p_two_sided"], rel=case["rtol"])
    assert test.smallest_p == pytest.approx(answer["smallest_p"], rel=case["rtol"])


@cases("logrank_coin_asymptotic")
def test_sums_and_covariance_of_the_scores_of_coin(case):
    answer, (time, event, group) = case["expected"], columns_of(case)
    weights, close = WEIGHTS[case["args"]["type"]], {"rtol": case["rtol"], "atol": 1e-12}
    if "chisq" in answer:
        rng = np.random.default_rng(1)
        test = logrank_permutation_test(time, event, group, weights=weights, draws=1, rng=rng)
        assert test.statistic == pytest.approx(answer["chisq"], rel=case["rtol"])
        return
    times, events = np.array(time), np.array(event) == 1
    # the sum of coin's scores, of the other sign, over the first level, is ours over the second
    scores = logrank_scores(times, events, weights=as_logrank_weights(weights)).value
    np.testing.assert_allclose(scores[np.array(group) == 1].sum(), answer["linear"][0], **close)
    share = group.count(0) * group.count(1) / (len(group) * (len(group) - 1))
    np.testing.assert_allclose(share * scores @ scores, answer["variance"], **close)
