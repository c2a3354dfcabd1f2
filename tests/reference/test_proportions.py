"""Exact interval of a proportion against R binom.test (golden numbers in proportions.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.proportions import binomial_interval

CASES = json.loads(Path(__file__).with_name("proportions.json").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_interval_of_binom_test(case):
    interval = binomial_interval(case["events"], case["n"], level=case["level"])
    assert interval.estimate == pytest.approx(case["expected"]["estimate"], rel=case["rtol"])
    limits = [interval.low, interval.high]
    assert limits == pytest.approx(case["expected"]["interval"], rel=case["rtol"], abs=0)
