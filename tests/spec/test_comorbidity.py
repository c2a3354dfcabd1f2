"""HCT-CI, as specified (9.6)."""

from dataclasses import fields

import pytest

from autallo.clinical.comorbidity import CRITERIA, Comorbidity, classify_hct_ci, score_hct_ci
from autallo.clinical.grading import Status

NUMBERS = {
    "age_years": 30, "ejection_fraction_pct": 60, "bilirubin_times_uln": 1.0,
    "transaminase_times_uln": 1.0, "bmi": 22, "bmi_centile": 50, "creatinine_mg_dl": 0.8,
    "dlco_pct": 95, "fev1_pct": 95, "dyspnoea": "none",
}  # fmt: skip
WELL = {field.name: NUMBERS.get(field.name, False) for field in fields(Comorbidity)}


def points(**changes):
    return score_hct_ci(Comorbidity(**(WELL | changes))).value


def test_vectors():
    assert points(diabetes_on_drug=True, bmi=36) == 2
    assert points(fev1_pct=60, transaminase_times_uln=3) == 6
    assert points(dlco_pct=80) == 2
    assert points(dlco_pct=81) == 0
    assert points() == 0


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"arrhythmia": True}, 1),
        ({"cardiac": True}, 1),
        ({"ejection_fraction_pct": 50}, 1),
        ({"ejection_fraction_pct": 51}, 0),
        ({"cardiac": True, "ejection_fraction_pct": 30}, 1),
        ({"inflammatory_bowel": True}, 1),
        ({"cerebrovascular": True}, 1),
        ({"psychiatric": True}, 1),
        ({"chronic_hepatitis": True}, 1),
        ({"bilirubin_times_uln": 1.01}, 1),
        ({"bilirubin_times_uln": 1.5}, 1),
        ({"bilirubin_times_uln": 1.51}, 3),
        ({"transaminase_times_uln": 2.5}, 1),
        ({"transaminase_times_uln": 2.51}, 3),
        ({"cirrhosis": True, "chronic_hepatitis": True}, 3),
        ({"bmi": 35}, 0),
        ({"bmi": 35.1}, 1),
        ({"age_years": 12, "bmi": 40, "bmi_centile": 94}, 0),
        ({"age_years": 12, "bmi_centile": 95}, 1),
        ({"age_years": 18, "bmi_centile": 99}, 0),
        ({"infection_across_day0": True}, 1),
        ({"rheumatologic": True}, 2),
        ({"peptic_ulcer": True}, 2),
        ({"creatinine_mg_dl": 2.0}, 0),
        ({"creatinine_mg_dl": 2.01}, 2),
        ({"dialysis": True, "kidney_transplant": True}, 2),
        ({"fev1_pct": 65}, 3),
        ({"fev1_pct": 65.5}, 2),
        ({"dlco_pct": 65, "fev1_pct": 60}, 3),
        ({"dyspnoea": "slight_activity"}, 2),
        ({"dyspnoea": "rest"}, 3),
        ({"oxygen": True}, 3),
        ({"prior_malignancy": True}, 3),
        ({"valve_disease": True}, 3),
    ],
)
def test_points_of_each_item(change, wanted):
    assert points(**change) == wanted


def test_age_counts_only_where_it_is_asked_for():
    for age, wanted in ((39.9, 0), (40, 1)):
        findings = Comorbidity(**(WELL | {"age_years": age}))
        found = score_hct_ci(findings, with_age=True)
        assert (found.value, found.flags) == (wanted, ("unverified_criterion",))
        assert score_hct_ci(findings).value == 0


@pytest.mark.parametrize(
    ("changes", "group"),
    [
        ({}, "0"),
        ({"arrhythmia": True}, "1-2"),
        ({"rheumatologic": True}, "1-2"),
        ({"valve_disease": True}, "3+"),
        ({"arrhythmia": None}, None),
        ({"rheumatologic": True, "psychiatric": True, "valve_disease": None}, "3+"),
    ],
)
def test_groups(changes, group):
    assert classify_hct_ci(score_hct_ci(Comorbidity(**(WELL | changes)))) == group


def test_what_is_unknown_is_not_absent():
    found = score_hct_ci(Comorbidity(**(WELL | {"oxygen": None, "fev1_pct": 70})))
    assert (found.status, found.low, found.high) == (Status.INDETERMINATE, 2, 3)
    assert found.missing == ("oxygen",)
    assert score_hct_ci(Comorbidity()).status is Status.NOT_EVALUABLE


def test_every_item_is_a_row_and_the_other_way_round():
    worst = {name: True for name, value in WELL.items() if value is False}
    worst |= {"dyspnoea": "rest", "age_years": 50, "bmi": 40, "creatinine_mg_dl": 4}
    found = score_hct_ci(Comorbidity(**(WELL | worst)), with_age=True)
    rows = {row.key: row.grade for row in CRITERIA}
    mild = {"mild_hepatic", "moderate_pulmonary"}
    assert set(found.because) == set(rows) - mild
    assert found.value == sum(rows[key] for key in found.because)
