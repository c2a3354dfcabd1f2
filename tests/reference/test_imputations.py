"""Rubin's rules against the formulas written out in R (imputations.json)."""

import pytest

from autallo.stats.resampling.imputations import pool_imputations, pooled_test
from reference.golden import cases_of, each


def of(*functions):
    return each(cases_of("imputations", *functions))


@of("pool_imputations")
def test_one_number(case):
    mine, answer = pool_imputations(**case["input"]), case["expected"]
    for name, number in (
        ("estimate", mine.estimate),
        ("se", mine.std_error),
        ("df", mine.df),
        ("t", mine.statistic),
        ("p_value", mine.p_value),
        ("lower", mine.low),
        ("upper", mine.high),
        ("within", mine.within),
        ("between", mine.between),
        ("total", mine.total),
        ("increase", mine.variance_increase),
        ("missing", mine.missing_information),
        ("efficiency", mine.relative_efficiency),
    ):
        assert number == pytest.approx(answer[name], rel=case["rtol"]), name


@of("pooled_test")
def test_several_numbers_at_once(case):
    mine, answer = pooled_test(**case["input"]), case["expected"]
    assert mine.df == answer["df"]
    assert mine.statistic == pytest.approx(answer["stat"], rel=case["rtol"])
    assert mine.df_error == pytest.approx(answer["df_error"], rel=case["rtol"])
    assert mine.variance_increase == pytest.approx(answer["increase"], rel=case["rtol"])
    assert mine.p_value == pytest.approx(answer["p_value"], rel=case["rtol"])
