"""HLH-2004 and HScore, as specified (9.5)."""

import pytest

from autallo.clinical.haemophagocytic import (
    HlhFindings,
    classify_hlh_2004,
    score_hlh_2004,
    score_hscore,
)
from autallo.clinical.units import convert_value

WELL = {
    "temperature_c": 37.0, "splenomegaly": False, "hepatomegaly": False, "haemoglobin_g_dl": 13,
    "platelets_1e9_l": 250, "anc_1e9_l": 4, "wbc_1e9_l": 8, "triglycerides_mmol_l": 1.0,
    "fibrinogen_mg_dl": 300, "ferritin_ng_ml": 100, "soluble_cd25_u_ml": 500, "ast_u_l": 20,
    "haemophagocytosis": False, "low_nk_activity": False, "immunosuppression": False,
}  # fmt: skip


def test_vector_of_the_hscore():
    found = score_hscore(
        HlhFindings(**(WELL | {
            "temperature_c": 40, "hepatomegaly": True, "splenomegaly": True,
            "haemoglobin_g_dl": 8, "wbc_1e9_l": 2, "platelets_1e9_l": 30,
            "ferritin_ng_ml": 8000, "triglycerides_mmol_l": 2,
            "fibrinogen_mg_dl": convert_value(1.2, quantity="fibrinogen", unit="g/L"),
            "ast_u_l": 100,
        }))
    )  # fmt: skip
    assert found.value == 49 + 38 + 34 + 50 + 44 + 30 + 19 == 264


@pytest.mark.parametrize(
    ("change", "points"),
    [
        ({}, 0),
        ({"immunosuppression": True}, 18),
        ({"temperature_c": 38.3}, 0),
        ({"temperature_c": 38.4}, 33),
        ({"temperature_c": 39.4}, 33),
        ({"temperature_c": 39.5}, 49),
        ({"hepatomegaly": True}, 23),
        ({"hepatomegaly": True, "splenomegaly": True}, 38),
        ({"haemoglobin_g_dl": 9.2}, 0),
        ({"haemoglobin_g_dl": 9.2, "wbc_1e9_l": 5}, 24),
        ({"haemoglobin_g_dl": 9.2, "wbc_1e9_l": 5.1, "platelets_1e9_l": 110}, 24),
        ({"haemoglobin_g_dl": 9.2, "wbc_1e9_l": 5, "platelets_1e9_l": 110}, 34),
        ({"ferritin_ng_ml": 1999}, 0),
        ({"ferritin_ng_ml": 2000}, 35),
        ({"ferritin_ng_ml": 6000}, 35),
        ({"ferritin_ng_ml": 6001}, 50),
        ({"triglycerides_mmol_l": 1.49}, 0),
        ({"triglycerides_mmol_l": 1.5}, 44),
        ({"triglycerides_mmol_l": 4.0}, 44),
        ({"triglycerides_mmol_l": 4.01}, 64),
        ({"fibrinogen_mg_dl": 250}, 30),
        ({"fibrinogen_mg_dl": 251}, 0),
        ({"ast_u_l": 29}, 0),
        ({"ast_u_l": 30}, 19),
        ({"haemophagocytosis": True}, 35),
    ],
)
def test_points_of_the_hscore(change, points):
    assert score_hscore(HlhFindings(**(WELL | change))).value == points


def test_the_hscore_ends_at_337():
    worst = {
        "temperature_c": 41, "hepatomegaly": True, "splenomegaly": True, "haemoglobin_g_dl": 5,
        "platelets_1e9_l": 5, "wbc_1e9_l": 0.1, "triglycerides_mmol_l": 9, "fibrinogen_mg_dl": 50,
        "ferritin_ng_ml": 90_000, "ast_u_l": 900, "haemophagocytosis": True,
        "immunosuppression": True,
    }  # fmt: skip
    assert score_hscore(HlhFindings(**worst)).value == 337


@pytest.mark.parametrize(
    ("change", "count"),
    [
        ({}, 0),
        ({"temperature_c": 38.5}, 1),
        ({"temperature_c": 38.4}, 0),
        ({"splenomegaly": True}, 1),
        ({"hepatomegaly": True}, 0),
        ({"haemoglobin_g_dl": 8.9}, 0),
        ({"haemoglobin_g_dl": 8.9, "platelets_1e9_l": 99}, 1),
        ({"haemoglobin_g_dl": 9, "platelets_1e9_l": 99}, 0),
        ({"anc_1e9_l": 0.9, "platelets_1e9_l": 99}, 1),
        ({"anc_1e9_l": 1.0, "platelets_1e9_l": 99}, 0),
        ({"triglycerides_mmol_l": 2.992}, 1),  # 265.0 mg/dL
        ({"triglycerides_mmol_l": 2.98}, 0),
        ({"fibrinogen_mg_dl": 150}, 1),
        ({"fibrinogen_mg_dl": 151}, 0),
        ({"haemophagocytosis": True}, 1),
        ({"low_nk_activity": True}, 1),
        ({"ferritin_ng_ml": 500}, 1),
        ({"ferritin_ng_ml": 499}, 0),
        ({"soluble_cd25_u_ml": 2400}, 1),
        ({"soluble_cd25_u_ml": 2399}, 0),
    ],
)
def test_criteria_of_hlh_2004(change, count):
    assert score_hlh_2004(HlhFindings(**(WELL | change))).value == count


def test_hlh_2004_is_met_from_five():
    four = {"temperature_c": 39, "splenomegaly": True, "ferritin_ng_ml": 900,
            "haemophagocytosis": True}  # fmt: skip
    assert classify_hlh_2004(score_hlh_2004(HlhFindings(**(WELL | four)))) == "not_met"
    five = four | {"fibrinogen_mg_dl": 90}
    assert classify_hlh_2004(score_hlh_2004(HlhFindings(**(WELL | five)))) == "met"
    untested = WELL | four | {"low_nk_activity": None}
    assert classify_hlh_2004(score_hlh_2004(HlhFindings(**untested))) is None
