"""Barnard and Boschloo against a count of all tables in R (unconditional.json)."""

import pytest

from autallo.stats.proportions.unconditional import barnard_test, boschloo_test
from reference.golden import cases_of, each

CASES = cases_of("unconditional")
SIDES = (("two-sided", "two_sided"), ("less", "less"), ("greater", "greater"))


@each(CASES)
@pytest.mark.parametrize(("alternative", "side"), SIDES)
def test_barnard(case, alternative, side):
    test = barnard_test(case["args"]["table"], alternative=alternative)
    expected = case["expected"]
    assert test.p_value == pytest.approx(expected[f"barnard_{side}"], rel=case["rtol"], abs=0)
    assert test.statistic == pytest.approx(expected["z_pooled"], rel=1e-10)


@each(CASES)
@pytest.mark.parametrize(("alternative", "side"), SIDES)
def test_boschloo(case, alternative, side):
    test = boschloo_test(case["args"]["table"], alternative=alternative)
    expected = case["expected"][f"boschloo_{side}"]
    assert test.p_value == pytest.approx(expected, rel=case["rtol"], abs=0)
