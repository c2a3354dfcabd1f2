"""Hard and soft ranges, as specified (11.1): every row at its limits."""

import pytest

from autallo.clinical.ranges import RANGES, classify_value

SPECIFIED = {
    "age_years": ((0, 110), (0, 85)),
    "weight_kg": ((2, 300), (3, 180)),
    "temperature_c": ((30, 44), (34, 42)),
    "sbp_mmhg": ((30, 300), (60, 220)),
    "spo2_pct": ((30, 100), (70, 100)),
    "fio2": ((0.21, 1.0), None),
    "norepinephrine_ug_min": ((0, 300), (0, 100)),
    "wbc_1e9_l": ((0, 1000), (0, 200)),
    "anc_1e9_l": ((0, 200), (0, 50)),
    "alc_1e9_l": ((0, 500), (0, 50)),
    "platelets_1e9_l": ((0, 3000), (0, 1000)),
    "haemoglobin_g_dl": ((1, 26), (3, 20)),
    "bilirubin_mg_dl": ((0, 80), (0, 40)),
    "alt_u_l": ((0, 30000), (0, 5000)),
    "ast_u_l": ((0, 30000), (0, 5000)),
    "creatinine_mg_dl": ((0.05, 40), (0.1, 15)),
    "ldh_u_l": ((10, 50000), (80, 10000)),
    "crp_mg_dl": ((0, 100), (0, 50)),
    "ferritin_ng_ml": ((0, 2_000_000), (1, 200_000)),
    "il6_pg_ml": ((0, 1_000_000), (0, 100_000)),
    "ifn_gamma_pg_ml": ((0, 1_000_000), (0, 50_000)),
    "fibrinogen_mg_dl": ((0, 2000), (50, 1000)),
    "blasts_pct": ((0, 100), None),
    "donor_pct": ((0, 100), None),
    "cd19_pct": ((0, 100), None),
    "dose_per_kg": ((1e3, 1e9), (1e5, 1e7)),
    "copies_per_ug": ((0, 1e7), (0, 5e5)),
    "stool_ml_day": ((0, 20000), (0, 6000)),
    "rash_bsa_pct": ((0, 100), None),
    "ice": ((0, 10), None),
    "cartox10": ((0, 10), None),
    "capd": ((0, 32), None),
}


@pytest.mark.parametrize("name", SPECIFIED)
def test_limits_belong_to_the_range_and_what_is_beyond_does_not(name):
    hard, soft = SPECIFIED[name]
    step = 1 if RANGES[name].whole else 1e-3
    inner = soft or hard
    assert [classify_value(name, value) for value in inner] == ["plausible"] * 2
    for limit, away in ((hard[0], -step), (hard[1], step)):
        assert classify_value(name, limit + away) == "impossible"
        assert classify_value(name, limit) != "impossible"
    for place, away in ((0, -step), (1, step)):
        if inner[place] != hard[place]:
            assert classify_value(name, inner[place] + away) == "implausible"
            assert classify_value(name, hard[place]) == "implausible"


@pytest.mark.parametrize(
    ("name", "value"),
    [("sbp_mmhg", 700), ("temperature_c", 375), ("fio2", 40), ("ice", 11), ("ice", 7.5),
     ("ice", -1), ("rash_bsa_pct", 101), ("donor_pct", -0.1), ("spo2_pct", 101),
     ("temperature_c", float("inf"))],
)  # fmt: skip
def test_slips_that_are_impossible(name, value):
    assert classify_value(name, value) == "impossible"


@pytest.mark.parametrize(
    ("value", "answer"),
    [(0, "plausible"), (4.99, "plausible"), (5, "implausible"), (100, "implausible"),
     (100.1, "impossible"), (-0.01, "impossible")],
)  # fmt: skip
def test_minimal_residual_disease_is_below_5_percent(value, answer):
    assert classify_value("mrd_pct", value) == answer
