"""Acute graft-versus-host disease as specified: grades on three scales, and raw findings."""

import pytest

from autallo.clinical.acute_gvhd import grade_ibmtr, grade_keystone, grade_magic
from autallo.clinical.acute_gvhd_findings import AcuteFindings, RecordedStages
from autallo.clinical.acute_gvhd_organs import (
    grade_acute_liver,
    grade_acute_lower_gut,
    grade_acute_organs,
    grade_acute_skin,
)
from autallo.clinical.acute_gvhd_tables import IBMTR_LABELS, ROMAN_LABELS
from autallo.clinical.grading import Status

TITLE = "Acute graft-versus-host disease"
RULE = (
    ("skin", "rash below 25 %, 25 to 50 %, above 50 %, with blisters and peeling"),
    (
        "liver",
        "bilirubin from 2, above 3, above 6, above 15 mg/dL; from 34, 51, 103, above 255 µmol/L",
    ),
    (
        "lower gut, MAGIC",
        "from 500, from 1000, above 1500 mL; child from 10, from 20, above 30 mL/kg",
    ),
    ("lower gut, Keystone", "above 500, above 1000, above 1500 mL"),
    ("lower gut, stage 4", "severe pain; MAGIC: or grossly bloody stool"),
    ("upper gut", "persistent nausea, vomiting or anorexia; Keystone: with a biopsy that shows it"),
)
COLUMNS = ("case", "skin, liver, upper gut, lower gut", "Keystone", "MAGIC", "IBMTR")
CASES = (
    ("4.5-1", (0, 0, 0, 0), "0", "0", "0"),
    ("4.5-2", (1, 0, 0, 0), "I", "I", "A"),
    ("4.5-3", (2, 0, 0, 0), "I", "I", "B"),
    ("4.5-4", (3, 0, 0, 0), "II", "II", "C"),
    ("4.5-5", (0, 1, 0, 0), "II", "II", "B"),
    ("4.5-6", (0, 0, 1, 0), "II", "II", "B"),
    ("4.5-7", (0, 0, 0, 1), "II", "II", "B"),
    ("4.5-8", (2, 2, 0, 0), "III", "III", "B"),
    ("4.5-9", (1, 0, 0, 2), "III", "III", "B"),
    ("4.5-10", (3, 3, 1, 1), "III", "III", "C"),
    ("4.5-11", (0, 0, 0, 4), "III", "IV", "D"),
    ("4.5-12", (4, 0, 0, 0), "IV", "IV", "D"),
    ("4.5-13", (0, 4, 0, 0), "IV", "IV", "D"),
    ("4.5-14", (2, 0, 0, 3), "III", "III", "C"),
)
WELL = {"severe_abdominal_pain": False, "grossly_bloody_stool": False}


def organs_of(stages, system):
    skin, liver, upper, lower = stages
    return grade_acute_organs(
        AcuteFindings(upper_gi_biopsy_pos=True),
        system=system,
        recorded=RecordedStages(skin=skin, liver=liver, upper_gut=upper, lower_gut=lower),
    )


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_three_grades(case):
    _, stages, keystone, magic, ibmtr = case
    legacy = organs_of(stages, "keystone")
    assert ROMAN_LABELS[grade_keystone(legacy).value] == keystone
    assert ROMAN_LABELS[grade_magic(organs_of(stages, "magic")).value] == magic
    assert IBMTR_LABELS[grade_ibmtr(legacy).value] == ibmtr


def test_case_4_5_11_with_the_option_of_some_textbooks():
    grade = grade_keystone(organs_of((0, 0, 0, 4), "keystone"), gut4="IV")
    assert (grade.value, grade.because) == (4, ("lower_gut_4_as_iv",))


def test_an_unknown_liver_leaves_keystone_between_i_and_iv():
    grade = grade_keystone(organs_of((2, None, 0, 0), "keystone"))
    assert (grade.status, grade.low, grade.high) == (Status.INDETERMINATE, 1, 4)
    assert grade.missing == ("bilirubin",)


@pytest.mark.parametrize(
    ("bilirubin", "unit", "stage"),
    [(3.0, "mg/dL", 1), (3.05, "mg/dL", 2), (51, "umol/L", 2), (50, "umol/L", 1),
     (255, "umol/L", 3), (256, "umol/L", 4)],
)  # fmt: skip
@pytest.mark.parametrize("system", ["magic", "keystone"])
def test_bilirubin_in_its_own_unit(bilirubin, unit, stage, system):
    findings = AcuteFindings(bilirubin=bilirubin, bilirubin_unit=unit)
    assert grade_acute_liver(findings, system=system).value == stage


def test_where_units_are_mixed_51_umol_l_is_stage_1():
    findings = AcuteFindings(bilirubin=51, bilirubin_unit="umol/L")
    assert grade_acute_liver(findings, bilirubin_as="mg/dL").value == 1


@pytest.mark.parametrize(("rash", "stage"), [(25.0, 2), (50.0, 2), (50.1, 3)])
@pytest.mark.parametrize("system", ["magic", "keystone"])
def test_rash(rash, stage, system):
    findings = AcuteFindings(rash_bsa_pct=rash, bullae_and_desquamation=False)
    assert grade_acute_skin(findings, system=system).value == stage


@pytest.mark.parametrize(
    ("stool", "magic", "keystone"),
    [
        ({"age_y": 40, "weight_kg": 70, "stool_ml_day": 500}, 1, 0),
        ({"age_y": 40, "weight_kg": 70, "stool_ml_day": 1000}, 2, 1),
        ({"age_y": 6, "weight_kg": 20, "stool_ml_day": 400}, 2, None),
        ({"age_y": 14, "weight_kg": 55, "stool_ml_day": 900}, 1, 1),
        ({"age_y": 40, "stool_ml_day": 2000, "stool_mixed_with_urine": True}, 2, 1),
        ({"age_y": 40, "stool_episodes_day": 5}, 2, 1),
    ],
    ids=["500 mL", "1000 mL", "child 20 mL/kg", "child of 55 kg", "with urine", "5 episodes"],
)
def test_stool(stool, magic, keystone):
    findings = AcuteFindings(**stool, **WELL)
    assert grade_acute_lower_gut(findings).value == magic
    assert grade_acute_lower_gut(findings, system="keystone").value == keystone


def test_the_grade_is_not_the_highest_stage():
    assert grade_magic(organs_of((3, 0, 0, 0), "magic")).value == 2
    assert grade_magic(organs_of((0, 0, 0, 2), "magic")).value == 3


def test_the_paediatric_limits_are_10_20_30_not_30_60_90():
    child = {"age_y": 6, "weight_kg": 10, **WELL}
    stages = [
        grade_acute_lower_gut(AcuteFindings(stool_ml_day=volume, **child)).value
        for volume in (99, 100, 199, 200, 300, 301)
    ]
    assert stages == [0, 1, 1, 2, 2, 3]
