"""Stratified tables against R mantelhaen.test and solutions in R (stratified_tables.json)."""

import pytest

from autallo.stats.contingency.stratified import breslow_day_test, mantel_haenszel_test
from autallo.stats.contingency.stratified_exact import stratified_exact_test
from reference.golden import cases_of, each

CASES = cases_of("stratified_tables")


def cases(function):
    chosen = [case for case in CASES if case["function"] == function]
    return each(chosen)


def close(mine, theirs, rtol):
    """Equal to this share; nothing, which R prints as not a number, is None here."""
    return mine is None if theirs is None else mine == pytest.approx(float(theirs), rel=rtol, abs=0)


@cases("mantel_haenszel")
def test_common_odds_ratio_and_chi_squared(case):
    expected, rtol = case["expected"], case["rtol"]
    plain = mantel_haenszel_test(case["tables"], continuity=False)
    corrected = mantel_haenszel_test(case["tables"])
    assert close(plain.statistic, expected["statistic"], rtol)
    assert close(plain.p_value, expected["p_value"], rtol)
    assert close(corrected.statistic, expected["statistic_corrected"], rtol)
    assert close(corrected.p_value, expected["p_corrected"], rtol)
    assert close(plain.odds_ratio, expected["odds_ratio"], rtol)
    assert close(plain.low, expected["interval"][0], rtol)
    assert close(plain.high, expected["interval"][1], rtol)


@cases("breslow_day")
def test_heterogeneity(case):
    expected, rtol = case["expected"], case["rtol"]
    plain = breslow_day_test(case["tables"], tarone=False)
    tarone = breslow_day_test(case["tables"])
    assert close(plain.statistic, expected["statistic"], rtol)
    assert close(plain.p_value, expected["p_value"], rtol)
    assert close(tarone.statistic, expected["tarone"], rtol)
    assert close(tarone.p_value, expected["p_tarone"], rtol)
    assert (plain.df, plain.strata) == (expected["df"], expected["strata"])


@cases("mantel_haenszel_exact")
def test_exact_p_values(case):
    test = stratified_exact_test(case["tables"])
    for field, theirs in case["expected"].items():
        assert close(getattr(test, field), theirs, case["rtol"]), field


@cases("mantel_haenszel_exact_own")
def test_conditional_odds_ratio_and_limits(case):
    expected, rtol = case["expected"], case["rtol"]
    exact = stratified_exact_test(case["tables"], level=case["level"])
    mid_p = stratified_exact_test(case["tables"], level=case["level"], interval="mid-p")
    assert close(exact.odds_ratio, expected["odds_ratio"], rtol)
    assert close(exact.mid_p, expected["mid_p"], rtol)
    for test, limits in ((exact, "interval"), (mid_p, "interval_mid_p")):
        assert close(test.low, expected[limits][0], rtol)
        assert close(test.high, expected[limits][1], rtol)
