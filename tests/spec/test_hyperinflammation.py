"""IEC-HS and carHLH, as specified (9.5)."""

import pytest

from autallo.clinical.grading import Status
from autallo.clinical.hyperinflammation import (
    CarHlhFindings,
    IecHsFindings,
    classify_car_hlh,
    grade_iec_hs,
    score_iec_hs_features,
)


@pytest.mark.parametrize(
    ("ferritin", "present"),
    [pytest.param(12_000, 1, id="9.5-1"), pytest.param(9_000, 0, id="9.5-2"), (10_000, 0),
     (10_001, 1)],
)  # fmt: skip
def test_vectors_of_car_hlh(ferritin, present):
    found = classify_car_hlh(
        CarHlhFindings(ferritin_ng_ml=ferritin, transaminase_grade=3, creatinine_grade=3)
    )
    assert found.value == present
    assert found.flags == ("unverified_criterion",)


def test_car_hlh_needs_two_organs_of_which_liver_is_one():
    one = CarHlhFindings(
        ferritin_ng_ml=20_000, transaminase_grade=4, bilirubin_grade=4, creatinine_grade=2,
        pulmonary_oedema_grade=0, oliguria=False, haemophagocytosis=False,
    )  # fmt: skip
    assert classify_car_hlh(one).value == 0
    open_one = CarHlhFindings(ferritin_ng_ml=20_000, transaminase_grade=4)
    assert (classify_car_hlh(open_one).low, classify_car_hlh(open_one).high) == (0, 1)


PRESENT = {"ferritin_ng_ml": 700, "ferritin_limit_ng_ml": 300, "iec_hs_attributed": True}
MILD = dict.fromkeys(
    ("intervention", "potentially_life_threatening", "life_threatening", "death_due_to_iec_hs"),
    False,
)


@pytest.mark.parametrize(
    ("changes", "grade"),
    [
        ({}, 1),
        ({"ferritin_ng_ml": 601}, 1),
        ({"ferritin_ng_ml": 600, "ferritin_baseline_ng_ml": 500, "ferritin_rising_rapidly": False},
         0),
        ({"ferritin_ng_ml": 600, "ferritin_baseline_ng_ml": 299}, 1),
        ({"ferritin_ng_ml": 100, "ferritin_rising_rapidly": True}, 1),
        ({"iec_hs_attributed": False}, 0),
        ({"intervention": True}, 2),
        ({"intervention": True, "potentially_life_threatening": True}, 3),
        ({"life_threatening": True}, 4),
        ({"death_due_to_iec_hs": True}, 5),
    ],
)  # fmt: skip
def test_iec_hs_is_ferritin_and_judgement_and_its_grade_what_was_needed(changes, grade):
    found = grade_iec_hs(IecHsFindings(**(PRESENT | MILD | changes)))
    assert found.value == grade
    assert "unverified_criterion" in found.flags


def test_iec_hs_without_a_judgement_is_open():
    found = grade_iec_hs(IecHsFindings(**(PRESENT | MILD | {"iec_hs_attributed": None})))
    assert (found.status, found.low, found.high) == (Status.INDETERMINATE, 0, 1)
    assert "iec_hs_attributed" in found.missing


@pytest.mark.parametrize(
    ("finding", "count"),
    [
        ({"transaminase_times_limit": 5.0}, 0),
        ({"transaminase_times_limit": 5.01}, 1),
        ({"fibrinogen_mg_dl": 150}, 0),
        ({"fibrinogen_mg_dl": 149}, 1),
        ({"fibrinogen_mg_dl": 180, "fibrinogen_limit_mg_dl": 200}, 1),
        ({"haemophagocytosis": True}, 1),
        ({"new_grade_4_cytopenia": True}, 1),
    ],
)
def test_features(finding, count):
    absent = {
        "transaminase_times_limit": 1.0, "fibrinogen_mg_dl": 300, "fibrinogen_limit_mg_dl": 100,
        "haemophagocytosis": False, "new_grade_4_cytopenia": False,
    }  # fmt: skip
    assert score_iec_hs_features(IecHsFindings(**(absent | finding))).value == count


def test_impossible_and_empty():
    assert classify_car_hlh(CarHlhFindings()).status is Status.NOT_EVALUABLE
    assert classify_car_hlh(CarHlhFindings(creatinine_grade=6)).flags == (
        "impossible:creatinine_grade",)  # fmt: skip
    assert grade_iec_hs(IecHsFindings(ferritin_ng_ml=3e6)).status is Status.INVALID
