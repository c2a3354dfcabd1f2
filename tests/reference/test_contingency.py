"""Fisher's test against R fisher.test and a precise solution in R (contingency.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.contingency import fisher_test

CASES = json.loads(Path(__file__).with_name("contingency.json").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_p_value_odds_ratio_and_limits(case):
    """Tolerances are those of R's root search; see `why_rtol` of each case."""
    test = fisher_test(case["table"], level=case["level"])
    expected = case["expected"]
    numbers = [float(number) for number in (expected["odds_ratio"], *expected["interval"])]
    tolerance = {"rel": case["rtol"], "abs": case["atol"]}
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol_p"])
    assert [test.odds_ratio, test.low, test.high] == pytest.approx(numbers, **tolerance)
