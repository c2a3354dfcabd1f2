"""Barnard and Boschloo against a count of all tables in R (unconditional.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.proportions.unconditional import barnard_test, boschloo_test

CASES = json.loads(Path(__file__).with_name("unconditional.json").read_text(encoding="utf-8"))[
    "cases"
]
SIDES = (("two-sided", "two_sided"), ("less", "less"), ("greater", "greater"))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
@pytest.mark.parametrize(("alternative", "side"), SIDES)
def test_barnard(case, alternative, side):
    test = barnard_test(case["args"]["table"], alternative=alternative)
    expected = case["expected"]
    assert test.p_value == pytest.approx(expected[f"barnard_{side}"], rel=case["rtol"], abs=0)
    assert test.statistic == pytest.approx(expected["z_pooled"], rel=1e-10)


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
@pytest.mark.parametrize(("alternative", "side"), SIDES)
def test_boschloo(case, alternative, side):
    test = boschloo_test(case["args"]["table"], alternative=alternative)
    expected = case["expected"][f"boschloo_{side}"]
    assert test.p_value == pytest.approx(expected, rel=case["rtol"], abs=0)
