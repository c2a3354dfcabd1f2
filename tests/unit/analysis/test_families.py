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


def comparison(p):
    return Estimate(
        analysis="comparison", outcome="cr", measure="p_value", method="fisher_exact", value=p,
        group="a", versus="b", n=9, role=Role.PRIMARY,
    )  # fmt: skip


@pytest.mark.parametrize(
    "beside",
    [p_value("luck", 0.01), p_value("hla", 0.01), p_value("age", 0.01, outcome="late")],
    ids=["an unplanned factor", "a declared family", "an unplanned outcome"],
)
def test_what_is_in_another_family_changes_nothing(beside):
    found = adjusted([p_value("sex", 0.03), beside])
    assert found["sex", "cr"][0] == 0.03
    assert found[beside.subgroup, beside.outcome][0] == 0.01


def test_comparisons_of_the_groups_are_in_no_family():
    assert adjusted([comparison(0.01)]) == {}


def test_comparisons_of_the_groups_do_not_count_in_a_family():
    found = adjusted([comparison(0.01), p_value("sex", 0.03)])
    assert found == {("sex", "cr"): (0.03, "holm", {"family_size": 1.0, "untestable": 0.0})}


@pytest.mark.parametrize("role", [Role.CONVENTIONAL, Role.SENSITIVITY])
def test_a_test_that_stands_beside_has_no_adjusted_p(role):
    assert adjusted([p_value("age", 0.02, role=role)]) == {}


def test_a_family_in_which_hardly_anything_could_be_tested_says_so():
    found = adjusted([p_value("age", None), p_value("sex", 0.02), p_value("age", None, "late")])
    # The late outcome was not planned: its family has nothing that could be tested.
    assert found == {("sex", "cr"): (0.02, "holm", {"family_size": 1.0, "untestable": 1.0})}
