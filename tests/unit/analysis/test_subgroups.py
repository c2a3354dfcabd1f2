"""The arms compared within the levels of a factor, and the test of interaction."""

import csv
from importlib.resources import files

import numpy as np
import pytest

from autallo.analysis.analyse import analyse
from autallo.model.results import Flag, Role
from unit.analysis.cohorts import cohort, follow_up, measured, protocol, streams


def subgroups(groups, outcome, observed, levels, **factor):
    plan = protocol(
        {"it": outcome}, factors={"sex": {"outcomes": ("it",), "subgroups": True, **factor}}
    )
    whole = analyse(cohort(groups, {"it": observed}, sex=levels), plan, streams=streams)
    return [e for e in whole.estimates if e.analysis == "subgroup"]


def interaction(found):
    (test,) = [e for e in found if e.measure == "interaction_p_value"]
    assert (test.group, test.versus, test.subgroup, test.within) == ("a", "b", "sex", None)
    assert test.role is Role.PRIMARY
    return test


BINARY = {"kind": "binary", "from": "x"}


def test_opposite_effects_by_zelen():
    # Women 3/3 v 0/3, men 0/3 v 3/3: 2 of 164 ways (worked in tests/byhand/test_homogeneity.py).
    groups, sex = ["a"] * 3 + ["b"] * 3 + ["a"] * 3 + ["b"] * 3, ["f"] * 6 + ["m"] * 6
    observed = measured([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1], ("no", "yes"))
    found = subgroups(groups, BINARY, observed, sex)
    test = interaction(found)
    assert (test.method, test.n) == ("zelen", 12)
    assert test.value == pytest.approx(2 / 164, rel=1e-12)
    within = {e.within: e.value for e in found if e.measure == "p_value"}
    assert within == {"m": pytest.approx(0.1), "f": pytest.approx(0.1)}


def test_levels_without_both_arms_tell_nothing():
    groups, sex = ["a"] * 3 + ["b"] * 3 + ["a"] * 3, ["f"] * 6 + ["m"] * 3
    observed = measured([1, 1, 0, 0, 0, 1, 0, 1, 0], ("no", "yes"))
    test = interaction(subgroups(groups, BINARY, observed, sex))
    assert (test.value, test.flags) == (None, (Flag.TOO_FEW_EVALUABLE,))
    assert test.why == "Only one level has evaluable patients of both groups."


def test_too_few_events_for_a_test_of_interaction():
    days = np.arange(1.0, 17.0)
    event = np.array([1, 0] * 7 + [0, 0])  # 7 events, 3 coefficients
    groups, sex = ["a", "b"] * 8, ["f", "f", "m", "m"] * 4
    outcome = {"kind": "time_to_event", "time": "t", "event": "e"}
    test = interaction(subgroups(groups, outcome, follow_up(days, event), sex))
    assert test.flags == (Flag.TOO_FEW_EVENTS,)
    assert test.why == (
        "No test of interaction: 7 events for 3 coefficients, and five are needed for each."
    )


def test_a_measurement_whose_difference_is_the_same_in_both_levels():
    # The first arm lies 1 higher among women and among men: the coefficient of the product is 0.
    base = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])
    values = np.concatenate([base + 1, base, base + 11, base + 10])
    groups, sex = (["a"] * 6 + ["b"] * 6) * 2, ["f"] * 12 + ["m"] * 12
    outcome = {"kind": "continuous", "from": "x"}
    found = subgroups(groups, outcome, measured(values, kind=float), sex)
    test = interaction(found)
    assert (test.method, test.value) == ("interaction_linear", pytest.approx(1.0, abs=1e-7))
    assert test.flags == (Flag.FEW_EVENTS,)  # 24 patients, 3 coefficients
    values[:6] += 30
    assert interaction(subgroups(groups, outcome, measured(values, kind=float), sex)).value < 1e-6


def test_grades_have_comparisons_but_no_test_of_interaction():
    groups, sex = ["a", "b"] * 6, ["f", "f", "m", "m"] * 3
    outcome = {"kind": "ordinal", "from": "x"}
    grades = measured([0, 1, 2, 0, 1, 2, 3, 1, 0, 2, 1, 1], ("0", "1", "2", "3"))
    found = subgroups(groups, outcome, grades, sex)
    assert interaction(found).why == "For grades and categories no test of interaction is given."
    assert {e.within for e in found if e.measure == "p_value"} == {"f", "m"}


def test_unplanned_is_flagged_and_no_factor_asks_for_nothing():
    groups, sex = ["a"] * 3 + ["b"] * 3 + ["a"] * 3 + ["b"] * 3, ["f"] * 6 + ["m"] * 6
    observed = measured([1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1], ("no", "yes"))
    found = subgroups(groups, BINARY, observed, sex, planned=False)
    assert all(Flag.UNPLANNED in e.flags for e in found)
    assert not subgroups(groups, BINARY, observed, sex, subgroups=False)


def test_indefinite_variance_of_gray_is_permuted():
    # Few patients with many tied times: R gives a negative chi-squared for these women of okiss.
    text = (files("autallo.studies") / "okiss" / "okiss.csv").read_text(encoding="utf-8")
    rows = [row for row in csv.DictReader(text.splitlines()) if row["sex"] == "f"]
    causes = {"1": 2, "2": 1, "7": 3, "11": 0}
    observed = follow_up(
        [float(row["time"]) for row in rows], [causes[row["status"]] for row in rows],
        ("recovery", "infection", "death"),
    )  # fmt: skip
    plan = protocol(
        {"it": {"kind": "competing_risks", "time": "t", "cause": "c", "is": "recovery",
                "competing": ("infection", "death")}}
    )  # fmt: skip
    groups = ["a" if row["allo"] == "1" else "b" for row in rows]
    whole = analyse(cohort(groups, {"it": observed}), plan, streams=streams)
    (p,) = [e for e in whole.estimates if e.measure == "p_value"]
    assert (p.method, p.role) == ("gray_permutation", Role.PRIMARY)
    assert p.value < 0.001
    assert "the variance of the asymptotic Gray test negative" in p.why
