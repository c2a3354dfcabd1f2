"""E-values against their formulas in R (golden numbers in e_value.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.confounding.e_value import e_value

HERE = Path(__file__).parent
CASES = json.loads((HERE / "e_value.json").read_text(encoding="utf-8"))["cases"]


def cases(function):
    chosen = [case for case in CASES if case["function"] == function]
    assert chosen
    return pytest.mark.parametrize("case", chosen, ids=[case["id"] for case in chosen])


@cases("e_value")
def test_e_value_of_an_estimate(case):
    ratio, answer = case["args"]["estimate"], case["expected"]
    risk = e_value(ratio, ratio, ratio, measure="risk_ratio")
    rare = e_value(ratio, ratio, ratio, measure="hazard_ratio", rare=True)
    common = e_value(ratio, ratio, ratio, measure="hazard_ratio", rare=False)
    assert risk.estimate == pytest.approx(answer["rr_or_rare_hr"], rel=case["rtol"])
    assert rare.estimate == pytest.approx(answer["rr_or_rare_hr"], rel=case["rtol"])
    assert common.estimate == pytest.approx(answer["hr_common_outcome"], rel=case["rtol"])
    assert common.limit == common.estimate


@cases("e_value_interval")
def test_e_value_of_an_estimate_and_its_limit(case):
    answer = case["expected"]
    found = e_value(**case["args"])
    ratios = [found.risk_ratio, found.risk_ratio_low, found.risk_ratio_high]
    assert ratios == pytest.approx(answer["risk_ratio"], rel=case["rtol"])
    assert found.estimate == pytest.approx(answer["estimate"], rel=case["rtol"])
    assert found.limit == pytest.approx(answer["limit"], rel=case["rtol"])
