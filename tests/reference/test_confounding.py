"""Standardised difference against R arithmetic (golden numbers in confounding.json)."""

import json
from math import sqrt
from pathlib import Path

import pytest

from autallo.stats.confounding.standardised import (
    standardised_difference,
    standardised_difference_categories,
)

TEXT = Path(__file__).with_name("confounding.json").read_text(encoding="utf-8")
CASES = json.loads(TEXT)["cases"]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])


@each_case
def test_standardised_difference_of_r(case):
    difference = standardised_difference(case["x"], case["y"])
    assert difference.estimate == pytest.approx(case["expected"]["estimate"], rel=case["rtol"])


@each_case
def test_a_yes_or_no_variable_as_categories_and_as_numbers(case):
    """Above the overall median or not. The number 0 or 1 has variance p q n / (n - 1); the

    categories p q. Putting back that factor must give the same difference.
    """
    pooled = sorted(case["x"] + case["y"])
    middle = pooled[len(pooled) // 2]
    x, y = ([value >= middle for value in case[name]] for name in ("x", "y"))
    shares = [sum(group) / len(group) for group in (x, y)]
    spread = sum(p * (1 - p) for p in shares)
    sample_spread = sum(
        p * (1 - p) * len(g) / (len(g) - 1) for p, g in zip(shares, (x, y), strict=True)
    )
    numbers = standardised_difference([int(v) for v in x], [int(v) for v in y]).estimate
    counts = [[sum(group), len(group) - sum(group)] for group in (x, y)]
    categories = standardised_difference_categories(*counts).estimate
    assert categories == pytest.approx(numbers * sqrt(sample_spread / spread), rel=1e-10)
