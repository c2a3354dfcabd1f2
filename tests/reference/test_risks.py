"""Difference and ratio of two risks against formulas in R (golden numbers in risks.json)."""

import pytest

from autallo.stats.proportions.risks import risk_difference, risk_ratio
from reference.golden import cases_of, each


def cases(*functions):
    return each(cases_of("risks", *functions))


@cases("risk_difference")
def test_difference_of_r(case):
    """`atol` beside `rtol`: a difference or a limit may be near 0."""
    given, expected = case["args"], case["expected"]
    found = risk_difference(given["table"], level=given["level"], method=given["method"])
    tolerance = {"rel": case["rtol"], "abs": case["atol"]}
    assert found.estimate == pytest.approx(expected["estimate"], **tolerance)
    assert [found.low, found.high] == pytest.approx(expected["interval"], **tolerance)


@cases("risk_ratio")
def test_ratio_of_r(case):
    given, expected = case["args"], case["expected"]
    found = risk_ratio(given["table"], level=given["level"], method=given["method"])
    numbers = [float(number) for number in (expected["estimate"], *expected["interval"])]
    assert [found.estimate, found.low, found.high] == pytest.approx(
        numbers, rel=case["rtol"], abs=0
    )
