"""Scores on both sides of each threshold, and the rows they name."""

from math import nextafter

import pytest

from autallo.clinical import (
    comorbidity,
    disease_risk,
    haemophagocytic,
    hematotox,
    hyperinflammation,
    icaht,
)
from autallo.clinical.aplasia import BCellSample, classify_aplasia_course
from autallo.clinical.comorbidity import Comorbidity, score_hct_ci
from autallo.clinical.disease_risk import (
    BurdenFindings,
    MarrowSample,
    best_marrow,
    grade_disease_burden,
)
from autallo.clinical.easix import EasixFindings, score_easix
from autallo.clinical.haemophagocytic import HlhFindings, classify_hlh_2004, score_hlh_2004
from autallo.clinical.hematotox import HematotoxFindings, score_hematotox
from autallo.clinical.hyperinflammation import CarHlhFindings, classify_car_hlh
from autallo.clinical.icaht import grade_early_icaht
from autallo.clinical.units import convert_value


def just(value, towards):
    return nextafter(value, towards)


@pytest.mark.parametrize(
    ("field", "threshold", "below", "at", "above"),
    [
        ("platelets_1e9_l", 75, 2, 1, 1),
        ("platelets_1e9_l", 175, 1, 1, 0),
        ("anc_1e9_l", 1.2, 1, 1, 0),
        ("haemoglobin_g_dl", 9.0, 1, 1, 0),
        ("crp_mg_dl", 3.0, 0, 1, 1),
        ("ferritin_ng_ml", 650, 0, 1, 1),
        ("ferritin_ng_ml", 2000, 1, 1, 2),
    ],
)
def test_hematotox(field, threshold, below, at, above):
    values = (just(threshold, 0), threshold, just(threshold, 1e9))
    found = [score_hematotox(HematotoxFindings(**{field: value})).low for value in values]
    assert found == [below, at, above]


@pytest.mark.parametrize(
    ("field", "threshold", "below", "at", "above"),
    [
        ("dlco_pct", 65, 3, 3, 2),
        ("fev1_pct", 65, 3, 3, 2),
        ("dlco_pct", 80, 2, 2, 0),
        ("fev1_pct", 80, 2, 2, 0),
        ("ejection_fraction_pct", 50, 1, 1, 0),
        ("creatinine_mg_dl", 2, 0, 0, 2),
        ("bilirubin_times_uln", 1, 0, 0, 1),
        ("bilirubin_times_uln", 1.5, 1, 1, 3),
        ("transaminase_times_uln", 2.5, 1, 1, 3),
        ("bmi", 35, 0, 0, 1),
        ("bmi_centile", 95, 0, 1, 1),
    ],
)
def test_comorbidity(field, threshold, below, at, above):
    values = (just(threshold, 0), threshold, just(threshold, 1e9))
    found = [score_hct_ci(Comorbidity(**{field: value})).low for value in values]
    assert found == [below, at, above]


@pytest.mark.parametrize(
    ("blasts", "grade", "bulky"),
    [(just(5, 0), 2, False), (5, 3, False), (just(50, 0), 3, False), (50, 3, True)],
)
def test_burden(blasts, grade, bulky):
    findings = BurdenFindings(blasts_pct=blasts, cns3=False, extramedullary=False)
    found = grade_disease_burden(findings)
    assert (found.value, "BULKY" in found.flags) == (grade, bulky)


@pytest.mark.parametrize(("day", "counts"), [(-31, 0), (-30, 1), (-1, 1), (0, 0)])
def test_days_of_a_marrow(day, counts):
    assert (best_marrow([MarrowSample(day=day, mrd_pct=1)]) is not None) == counts


@pytest.mark.parametrize(
    ("organs", "present"),
    [
        ({"creatinine_grade": 3}, 0),
        ({"oliguria": True}, 0),
        ({"creatinine_grade": 3, "oliguria": True}, 0),
        ({"oliguria": True, "pulmonary_oedema_grade": 3}, 1),
        ({"bilirubin_grade": 3, "haemophagocytosis": True}, 1),
        ({"bilirubin_grade": 2, "haemophagocytosis": True}, 0),
    ],
)
def test_organs_of_car_hlh(organs, present):
    well = {"ferritin_ng_ml": 20_000, "bilirubin_grade": 0, "transaminase_grade": 0,
            "creatinine_grade": 0, "pulmonary_oedema_grade": 0, "oliguria": False,
            "haemophagocytosis": False}  # fmt: skip
    assert classify_car_hlh(CarHlhFindings(**(well | organs))).value == present


@pytest.mark.parametrize(("known", "answer"), [(3, None), (4, None), (5, "met")])
def test_hlh_2004_where_three_criteria_were_not_looked_for(known, answer):
    met = {"temperature_c": 39, "splenomegaly": True, "ferritin_ng_ml": 900,
           "haemophagocytosis": True, "fibrinogen_mg_dl": 90}  # fmt: skip
    findings = HlhFindings(**dict(list(met.items())[:known]))
    assert score_hlh_2004(findings).low == known
    assert classify_hlh_2004(score_hlh_2004(findings)) == answer


def test_hlh_2004_is_not_met_by_four_of_eight():
    four = HlhFindings(
        temperature_c=39, splenomegaly=True, ferritin_ng_ml=900, haemophagocytosis=True,
        fibrinogen_mg_dl=300, triglycerides_mmol_l=1, low_nk_activity=False,
        soluble_cd25_u_ml=100, haemoglobin_g_dl=12, platelets_1e9_l=200,
    )  # fmt: skip
    assert classify_hlh_2004(score_hlh_2004(four)) == "not_met"


@pytest.mark.parametrize(("limit", "index"), [(0.5, 2.0), (1.0, 4.0)])
def test_crp_below_its_limit_counts_half(limit, index):
    day = EasixFindings(ldh_u_l=400, crp_mg_dl=limit, crp_below_limit=True, platelets_1e9_l=50)
    assert score_easix(day, "m_easix").value == index


def test_creatinine_by_its_molar_mass():
    # 113.12 g/mol: 1 mg/dL is 10 000 / 113.12 = 88.40 micromol per litre, 88.42 as commonly used
    converted = convert_value(1000, quantity="creatinine", unit="umol/L")
    assert converted == pytest.approx(113.12 / 10, rel=3e-4)


def test_a_loss_of_aplasia_that_is_seen_twice_within_a_week_is_not_confirmed():
    shares = {30: 0.1, 60: 2.0, 63: 2.0, 66: 2.0}
    listed = [BCellSample(day=day, cd19_pct=share) for day, share in shares.items()]
    assert classify_aplasia_course(listed).flags == ("count_unknown", "UNCONFIRMED")
    listed.append(BCellSample(day=67, cd19_pct=2.0))
    assert classify_aplasia_course(listed).day == 60


FOUND = (
    (comorbidity, score_hct_ci(Comorbidity(dlco_pct=60, cirrhosis=True, bmi=40), with_age=True)),
    (hematotox, score_hematotox(HematotoxFindings(platelets_1e9_l=20, ferritin_ng_ml=9000))),
    (disease_risk, grade_disease_burden(BurdenFindings(blasts_pct=9, cns3=True))),
    (hyperinflammation, classify_car_hlh(CarHlhFindings(
        ferritin_ng_ml=2e4, haemophagocytosis=True, oliguria=True))),
    (haemophagocytic, score_hlh_2004(HlhFindings(temperature_c=39, ferritin_ng_ml=900))),
    (icaht, grade_early_icaht(dict.fromkeys(range(31), 0.05))),
)  # fmt: skip


@pytest.mark.parametrize(("module", "grade"), FOUND, ids=lambda one: getattr(one, "__name__", ""))
def test_what_decided_is_a_row_of_the_table(module, grade):
    assert grade.because
    assert set(grade.because) <= {row.key for row in module.CRITERIA}
