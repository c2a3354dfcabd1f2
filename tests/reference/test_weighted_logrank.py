"""Log-rank family against R survival 3.5-3 and survMisc 0.5.6 (weighted_logrank.json)."""

import numpy as np
import pytest

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.event_tables import event_tables
from autallo.stats.logrank.pairwise import pairwise_logrank_test
from autallo.stats.logrank.trend import logrank_trend_test
from autallo.stats.logrank.weights import as_logrank_weights, logrank_weights
from reference.golden import cases_of, each, table

CASES = cases_of("weighted_logrank")
COLUMNS = ("time", "start", "stop", "event", "code", "group", "strata")
WEIGHTS = {
    "1": "logrank", "n": "gehan", "sqrtN": "tarone-ware", "S1": "peto-peto",
    "S2": "modified-peto-peto", "FH_p=0_q=1": (0, 1), "FH_p=1_q=1": (1, 1), "FH_p=1_q=0": (1, 0),
    "FH_p=0.5_q=0.5": (0.5, 0.5),
}  # fmt: skip


def cases(*functions):
    chosen = [case for case in CASES if case["function"] in functions]
    assert {case["function"] for case in chosen} == set(functions)
    return each(chosen)


def columns_of(case):
    """Return the columns that the case names, of its complete rows; groups and strata as codes."""
    given = case["args"]
    names = {column: given[column] for column in COLUMNS if column in given}
    rows = [[row[name] for name in names.values()] for row in table(case["dataset"])]
    kept = [row for row in rows if all(row)]
    columns = dict(zip(names, zip(*kept, strict=True), strict=True))
    levels = [str(level) for level in case["expected"]["levels"]]
    found = {"group": [levels.index(value) for value in columns.pop("group")]}
    if "strata" in columns:
        known = sorted(set(columns["strata"]))
        found["strata"] = [known.index(value) for value in columns.pop("strata")]
    return found | {name: np.array(values, dtype=float) for name, values in columns.items()}


def assert_agrees(test, case):
    answer, close = case["expected"], {"rtol": case["rtol"], "atol": 1e-12}
    np.testing.assert_allclose(test.observed, answer["observed"], **close)
    np.testing.assert_allclose(test.expected, answer["expected"], **close)
    if "var" in answer:
        assert test.at_risk.tolist() == answer["n"]
        np.testing.assert_allclose(test.covariance, answer["var"], **close)
    if sum(answer["observed"]) == 0:
        assert (test.statistic, test.p_value, test.df) == (None, None, 0)
    else:
        assert test.df == answer["df"]
        assert test.statistic == pytest.approx(answer["chisq"], rel=case["rtol"])
        # R's p and its logarithm: the p of very large statistics is 0 in print only
        assert test.p_value == pytest.approx(answer["p"], rel=case["rtol"])
        if "log_p" in answer:
            assert np.log(test.p_value) == pytest.approx(answer["log_p"], rel=case["rtol"])


@cases("fh_rho")
def test_rho_of_survdiff(case):
    data, rho = columns_of(case), case["args"]["rho"]
    assert_agrees(logrank_test(data["time"], data["event"], data["group"], weights=(rho, 0)), case)


@cases("logrank_stratified")
def test_strata_of_survdiff(case):
    data, rho = columns_of(case), case["args"]["rho"]
    test = logrank_test(
        data["time"], data["event"], data["group"], stratum=data["strata"], weights=(rho, 0)
    )
    assert_agrees(test, case)


@cases("logrank_landmark", "logrank_truncated", "logrank_cause_specific")
def test_prepared_times(case):
    data, given = columns_of(case), case["args"]
    time, group = data["time"], np.array(data["group"])
    event = data["code"] == given["cause"] if "cause" in given else data["event"] == 1
    if "landmark" in given:
        kept = time > given["landmark"]
        time, event, group = time[kept] - given["landmark"], event[kept], group[kept]
        assert time.size == case["expected"]["n_landmark"]
    if "tau" in given:
        time, event = np.minimum(time, given["tau"]), event & (time <= given["tau"])
    assert_agrees(logrank_test(time, event, group), case)


@cases("logrank_left_trunc")
def test_late_entry(case):
    data, answer = columns_of(case), case["expected"]
    stop = data["stop"] + case["args"]["apart"] * np.arange(1, data["stop"].size + 1)
    test = logrank_test(stop, data["event"], data["group"], entry=data["start"])
    assert test.observed[1] == answer["observed"]
    assert test.expected[1] == pytest.approx(answer["expected"], rel=case["rtol"])
    assert test.covariance[1, 1] == pytest.approx(answer["var"], rel=case["rtol"])
    assert test.statistic == pytest.approx(answer["chisq"], rel=case["rtol"])


@cases("weighted_logrank_survMisc")
def test_weights_of_survmisc(case):
    data = columns_of(case)
    for answer in case["expected"]["tests"]:
        weights = WEIGHTS[answer["weight"]]
        test = logrank_test(data["time"], data["event"], data["group"], weights=weights)
        if "Q" in answer:
            excess = test.observed[1] - test.expected[1]
            assert excess == pytest.approx(answer["Q"], rel=case["rtol"])
            assert test.covariance[1, 1] == pytest.approx(answer["Var"], rel=case["rtol"])
            z = answer["Q"] / answer["Var"] ** 0.5
            assert test.z == pytest.approx(z, rel=case["rtol"])
        else:
            assert test.statistic == pytest.approx(answer["chiSq"], rel=case["rtol"])


@cases("weighted_logrank_survMisc")
def test_tables_and_weights_give_the_sums_of_survmisc(case):
    data = columns_of(case)
    (table,) = event_tables(
        data["time"], data["event"] == 1, np.array(data["group"]), n_groups=max(data["group"]) + 1
    )
    deaths, everyone = table.died.sum(axis=0), table.at_risk.sum(axis=0)
    for answer in case["expected"]["tests"]:
        if "Q" in answer:
            chosen = as_logrank_weights(WEIGHTS[answer["weight"]])
            weight = logrank_weights(deaths, everyone, chosen)
            excess = weight @ (table.died[1] - deaths * table.at_risk[1] / everyone)
            assert excess == pytest.approx(answer["Q"], rel=case["rtol"])


@cases("logrank_trend")
def test_trend_is_the_score_test_of_coxph(case):
    data, answer = columns_of(case), case["expected"]
    test = logrank_trend_test(
        data["time"], data["event"], data["group"], scores=case["args"]["scores"]
    )
    assert test.z == pytest.approx(answer["z"], rel=case["rtol"])
    assert test.statistic == pytest.approx(answer["chisq"], rel=case["rtol"])
    assert test.p_value == pytest.approx(answer["p"], rel=case["rtol"])


@cases("logrank_pairwise")
def test_every_pair_of_groups(case):
    data, answer = columns_of(case), case["expected"]
    tests = pairwise_logrank_test(data["time"], data["event"], data["group"]).pairs
    assert [[pair.first + 1, pair.second + 1] for pair in tests] == answer["pairs"]
    found = [pair.test for pair in tests]
    close = {"rtol": case["rtol"]}
    np.testing.assert_allclose([test.statistic for test in found], answer["chisq"], **close)
    np.testing.assert_allclose([test.p_value for test in found], answer["p"], **close)
