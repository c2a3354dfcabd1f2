"""CAR-HEMATOTOX, as specified (9.3), and the trap of other cut-points (14-7)."""

import pytest

from autallo.clinical.grading import Status
from autallo.clinical.hematotox import HematotoxFindings, classify_hematotox, score_hematotox

FIELDS = ("platelets_1e9_l", "anc_1e9_l", "haemoglobin_g_dl", "crp_mg_dl", "ferritin_ng_ml")


def score(platelets, anc_per_ul, haemoglobin, crp, ferritin):
    values = (platelets, anc_per_ul / 1000, haemoglobin, crp, ferritin)
    return score_hematotox(HematotoxFindings(**dict(zip(FIELDS, values, strict=True))))


@pytest.mark.parametrize(
    ("values", "points", "risk"),
    [
        pytest.param((200, 2000, 11, 1.0, 300), 0, "low", id="9.3-1"),
        pytest.param((100, 1500, 10, 5, 700), 3, "high", id="9.3-2"),
        pytest.param((60, 800, 8.0, 10, 5000), 7, "high", id="9.3-3"),
        pytest.param((175, 1200, 9.0, 3.0, 650), 5, "high", id="9.3-4"),
    ],
)
def test_vectors(values, points, risk):
    found = score(*values)
    assert (found.value, classify_hematotox(found)) == (points, risk)
    assert "unverified_criterion" in found.flags


def test_vector_5_ferritin_missing():
    found = score(200, 2000, 11, 1.0, None)
    assert (found.status, found.low, found.high) == (Status.INDETERMINATE, 0, 2)
    assert found.missing == ("ferritin_ng_ml",)
    assert classify_hematotox(found) is None


def test_trap_7_the_published_cut_points():
    # another table in public code: neutrophils 500, platelets 50 and 100, CRP in mg/L, 0 to 10
    assert score(120, 600, 11, 1.0, 300).value == 2
    assert score(60, 2000, 11, 1.0, 300).value == 2
