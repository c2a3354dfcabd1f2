"""The intensity of conditioning at every limit, and with what is not known."""

import pytest

from autallo.clinical.conditioning import CRITERIA, Conditioning, classify_conditioning
from autallo.errors import ArgumentError

NOTHING = {"tbi_cgy": 0, "busulfan_mg_kg": 0, "melphalan_mg_m2": 0, "thiotepa_mg_kg": 0}


@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({"tbi_cgy": 500, "tbi_fractionated": False}, ()),
        ({"tbi_cgy": 501, "tbi_fractionated": False}, ("tbi_single",)),
        ({"tbi_cgy": 800, "tbi_fractionated": True}, ()),
        ({"tbi_cgy": 801, "tbi_fractionated": True}, ("tbi_fractionated",)),
        ({"busulfan_mg_kg": 7.2, "busulfan_oral": False}, ()),
        ({"busulfan_mg_kg": 7.3, "busulfan_oral": False}, ("busulfan_iv",)),
        ({"busulfan_mg_kg": 9, "busulfan_oral": True}, ()),
        ({"busulfan_mg_kg": 9.1, "busulfan_oral": True}, ("busulfan_oral",)),
        ({"melphalan_mg_m2": 140}, ()),
        ({"melphalan_mg_m2": 141}, ("melphalan",)),
        ({"thiotepa_mg_kg": 9.9}, ()),
        ({"thiotepa_mg_kg": 10}, ("thiotepa",)),
        ({}, ()),
    ],
)
def test_each_limit(given, because):
    found = classify_conditioning(Conditioning(**NOTHING | given))
    assert found.value == ("MAC" if because else "RIC/NMA")
    assert found.because == because
    assert found.flags == ("unverified_criterion",)
    assert set(because) <= {row.key for row in CRITERIA}


@pytest.mark.parametrize(
    ("given", "value", "missing"),
    [
        ({"tbi_cgy": 600}, None, ("tbi_fractionated",)),
        ({"tbi_cgy": 900}, "MAC", ()),
        ({"tbi_cgy": 200}, "RIC/NMA", ()),
        ({"tbi_cgy": None}, None, ("tbi_cgy",)),
        ({"busulfan_mg_kg": 8}, None, ("busulfan_oral",)),
        ({"busulfan_mg_kg": None, "tbi_cgy": 600, "tbi_fractionated": True}, None,
         ("busulfan_mg_kg",)),
        ({"melphalan_mg_m2": None, "thiotepa_mg_kg": 10}, "MAC", ()),
    ],
)  # fmt: skip
def test_what_is_not_known(given, value, missing):
    found = classify_conditioning(Conditioning(**NOTHING | given))
    assert (found.value, found.missing) == (value, missing)


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_a_negative_dose_is_refused(name):
    with pytest.raises(ArgumentError, match="dose"):
        classify_conditioning(Conditioning(**{name: -1}))
