"""Chronic graft-versus-host disease as specified: fourteen cases."""

from datetime import date

import pytest

from autallo.clinical.chronic_gvhd import SeattleFindings, grade_nih_severity, grade_seattle
from autallo.clinical.chronic_gvhd_course import (
    ChronicHistory,
    classify_cgvhd_at_collection,
    classify_cgvhd_systemic_therapy,
)
from autallo.clinical.chronic_gvhd_findings import ChronicFindings, RecordedScores
from autallo.clinical.chronic_gvhd_organs import grade_chronic_organs
from autallo.clinical.chronic_gvhd_tables import CHRONIC_ORGANS, NIH_LABELS, SEATTLE_LABELS
from autallo.clinical.grading import Status

TITLE = "Chronic graft-versus-host disease: severity by the NIH consensus of 2014"
RULE = (
    ("mild", "one or two organs other than the lung, score 1"),
    ("moderate", "three organs or more, an organ with score 2, or lung with score 1"),
    ("severe", "an organ with score 3, or lung with score 2 or 3"),
)
COLUMNS = ("case", "scores that are not 0", "findings", "severity")
CASES = (
    ("5.5-1", {"mouth": 1}, {}, "mild"),
    ("5.5-2", {"mouth": 1, "eyes": 1}, {}, "mild"),
    ("5.5-3", {"skin": 1, "mouth": 1, "eyes": 1}, {}, "moderate"),
    ("5.5-4", {"eyes": 2}, {}, "moderate"),
    ("5.5-5", {}, {"fev1_pct": 72}, "moderate"),
    ("5.5-6", {}, {"fev1_pct": 55}, "severe"),
    ("5.5-7", {"skin": None}, {"skin_sclerosis": "deep"}, "severe"),
    ("5.5-8", {}, {}, "none"),
    ("5.5-9", {"mouth": 1, "eyes": 2}, {"lung_symptoms": 1, "fev1_pct": 85}, "moderate"),
    ("5.5-10", {"liver": None}, {"bilirubin": 2.5, "bilirubin_uln": 1.2, "bilirubin_unit": "mg/dL",
     "explained_otherwise": ("liver",)}, "none"),
    ("5.5-11", {}, {"fev1_pct": 79.6}, "moderate"),
)  # fmt: skip
DRY = {"liver": False, "liver_histology": False, "mouth": False, "other_organ": False}


def organs_of(scores, findings):
    """Every organ without disease but those of the case; lung by FEV1 where it is given."""
    healthy = dict.fromkeys(CHRONIC_ORGANS, 0) | scores
    if "fev1_pct" in findings:
        healthy["lung"] = None
    return grade_chronic_organs(ChronicFindings(**findings), recorded=RecordedScores(**healthy))


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_severity(case):
    _, scores, findings, wanted = case
    grade = grade_nih_severity(organs_of(scores, findings))
    assert grade.status is Status.OK
    assert NIH_LABELS[grade.value] == wanted


def test_case_5_5_9_scores_the_lung_by_its_volume():
    assert organs_of({}, {"lung_symptoms": 1, "fev1_pct": 85}).lung.value == 0


def test_case_5_5_10_leaves_the_liver_out():
    organs = organs_of(*CASES[9][1:3])
    assert organs.liver.status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("schirmer", "wanted"), [(12, "limited"), (3, "extensive")], ids=["5.5-12", "5.5-13"]
)
def test_the_older_extent(schirmer, wanted):
    grade = grade_seattle(SeattleFindings(skin_bsa_pct=30, schirmer_mm=schirmer, **DRY))
    assert SEATTLE_LABELS[grade.value] == wanted


def test_case_5_5_14_steroids_on_the_day_of_collection_are_activity():
    therapy = classify_cgvhd_systemic_therapy(prednisone_mg_day=20, age_y=40)
    history = ChronicHistory(diagnosis_date=date(2019, 1, 1), systemic_therapy=therapy)
    assert classify_cgvhd_at_collection(history, date(2020, 3, 1)).value is True


def test_lung_score_2_is_severe_not_moderate():
    assert grade_nih_severity(organs_of({"lung": 2}, {})).value == 3
