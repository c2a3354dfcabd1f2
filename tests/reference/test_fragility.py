"""Fragility and the smallest p of a design against R (golden numbers in fragility.json)."""

import pytest

from autallo.stats.contingency.fragility import fragility_index, smallest_attainable_p
from reference.golden import cases_of, each


def cases(*functions):
    return each(cases_of("fragility", *functions))


@cases("fragility_index")
def test_fragility_by_fisher_test(case):
    given, expected = case["args"], case["expected"]
    index = fragility_index(given["table"], alpha=given["alpha"])
    assert index.changes == expected["changes"]
    assert index.p_value == pytest.approx(expected["p"], rel=case["rtol"])
    if index.changes is None:
        assert index.p_value_after is index.table_after is expected["table_after"] is None
    else:
        assert index.p_value_after == pytest.approx(expected["p_after"], rel=case["rtol"])
        assert index.table_after.tolist() == expected["table_after"]


@cases("smallest_attainable_p")
def test_smallest_p_of_all_tables_and_arrangements(case):
    given = case["args"]
    smallest = smallest_attainable_p(
        given["n_x"], given["n_y"], events=given["events"], method=given["method"]
    )
    assert smallest.p_value == pytest.approx(case["expected"]["p"], rel=case["rtol"], abs=0)
