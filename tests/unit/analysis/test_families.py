"""Which comparisons are adjusted together."""

import pytest

from autallo.analysis.families import adjust_families
from autallo.model.protocol import Protocol
from autallo.model.results import Estimate, Role
from unit.analysis.cohorts import STUDY, protocol

OUTCOMES = {
    "cr": {"kind": "binary", "from": "cr"},
    "late": {"kind": "binary", "from": "late", "planned": False},
}
FACTORS = {
    "age": {"outcomes": ("cr", "late")},
    "sex": {"outcomes": ("cr",)},
    "hla": {"outcomes": ("cr",), "family": "donor"},
    "luck": {"outcomes": ("cr",), "planned": False},
}


def p_value(factor, p, outcome="cr", **more):
    shared = {"group": "yes", "versus": "no", "n": 9, "role": Role.PRIMARY, **more}
    return Estimate(
        analysis="factor", outcome=outcome, subgroup=factor, measure="p_value",
        method="fisher_exact", value=p, **shared,
    )  # fmt: skip


def adjusted(estimates, **study):
    tree = protocol(OUTCOMES, factors=FACTORS).model_dump(by_alias=True, exclude_unset=True)
    plan = Protocol.model_validate({**tree, "study": {**STUDY, **study}})
    return {
        (e.subgroup, e.outcome): (e.value, e.method, dict(e.details))
        for e in adjust_families(estimates, plan)
    }


def test_all_planned_factors_are_one_family_unless_declared_and_unplanned_ones_another():
    found = adjusted(
        [
            p_value("age", 0.01),
            p_value("sex", 0.04),
            p_value("hla", 0.04),
            p_value("age", 0.02, outcome="late"),
            p_value("luck", 0.04),
        ]
    )
    of_two = {"family_size": 2.0, "untestable": 0.0}
    assert found["age", "cr"] == (pytest.approx(0.02), "holm", of_two)
    assert found["sex", "cr"] == (pytest.approx(0.04), "holm", of_two)
    assert found["hla", "cr"] == (0.04, "holm", {"family_size": 1.0, "untestable": 0.0})
    assert found["age", "late"] == (pytest.approx(0.04), "holm", of_two)
    assert found["luck", "cr"] == (pytest.approx(0.04), "holm", of_two)


def test_what_could_not_be_tested_leaves_the_family_and_is_counted():
    found = adjusted([p_value("age", 0.03), p_value("sex", None)])
    assert found == {("age", "cr"): (0.03, "holm", {"family_size": 1.0, "untestable": 1.0})}


def test_only_the_chosen_test_is_adjusted():
    beside = [
        p_value("age", 0.01),
        p_value("age", 0.02, role=Role.CONVENTIONAL),
        p_value("age", 0.02, role=Role.SENSITIVITY),
    ]
    assert adjusted(beside)["age", "cr"][0] == 0.01


def test_another_adjustment_or_none_can_be_declared():
    two = [p_value("age", 0.01), p_value("sex", 0.02)]
    found = adjusted(two, adjustment="benjamini_hochberg")
    assert [value for value, _, _ in found.values()] == [0.02, 0.02]
    assert adjusted(two, adjustment="none") == {}
