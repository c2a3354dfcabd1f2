"""Zelen's exact test against the sum over all sets of tables in R (homogeneity.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.contingency.homogeneity import homogeneity_test

CASES = json.loads(Path(__file__).with_name("homogeneity.json").read_text(encoding="utf-8"))[
    "cases"
]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_p_values_and_number_of_sets(case):
    test, expected = homogeneity_test(case["tables"]), case["expected"]
    one_set = test.sets == 1
    assert test.sets == expected["sets"]
    for field in ("p_value", "smallest_p"):
        mine = 1.0 if one_set else getattr(test, field)
        assert mine == pytest.approx(expected[field], rel=1e-10, abs=0), field
