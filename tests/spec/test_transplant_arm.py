"""The arms of a comparison of autologous with allogeneic transplantation, as specified."""

import pytest

from autallo.clinical.conditioning import Conditioning, classify_conditioning
from autallo.clinical.engraftment import classify_neutrophil_engraftment
from autallo.clinical.transplant_arm import Transplant, classify_transplant_arm

TITLE = "Arms of a comparison of transplants"
RULE = (
    ("graft from the patient", "autoHCT"),
    ("graft from the identical twin", "SYNGENEIC, in neither arm"),
    ("graft from anyone else", "alloHCT"),
    ("sibling, all alleles match", "MSD"),
    ("relative, two or more mismatches of one haplotype", "HAPLO"),
    ("unrelated, 8 of 8", "MUD"),
    ("unrelated, 7 of 8 or fewer", "MMUD"),
)
COLUMNS = ("case", "graft", "arm", "donor")
CASES = (
    ("1.6-1 patient", {"donor": "patient"}, "autoHCT", None),
    ("1.6-2 sister, identical", {"donor": "sibling", "hla_matched": 8, "hla_loci": 8,
     "identical_twin": False}, "alloHCT", "MSD"),
    ("1.6-3 twin", {"donor": "sibling", "identical_twin": True}, "SYNGENEIC", None),
    ("1.6-4 father 5/10", {"donor": "relative", "hla_matched": 5, "hla_loci": 10},
     "alloHCT", "HAPLO"),
    ("1.6-5 unrelated 7/8", {"donor": "unrelated", "hla_matched": 7, "hla_loci": 8},
     "alloHCT", "MMUD"),
)  # fmt: skip
NOTHING = {"tbi_cgy": 0, "busulfan_mg_kg": 0, "melphalan_mg_m2": 0, "thiotepa_mg_kg": 0}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_arm_and_the_donor(case):
    _, known, arm, donor = case
    found = classify_transplant_arm(Transplant(graft="BM", **known))
    assert found.value == arm
    assert (found.donor.value if found.donor else None) == donor
    assert found.flags == ()


def test_case_1_6_6_irradiation_of_1200_in_fractions_is_myeloablative():
    given = Conditioning(**NOTHING | {"tbi_cgy": 1200, "tbi_fractionated": True})
    assert classify_conditioning(given).value == "MAC"


def test_case_1_6_7_fludarabine_and_melphalan_100_is_reduced():
    given = Conditioning(**NOTHING | {"melphalan_mg_m2": 100})
    assert classify_conditioning(given).value == "RIC/NMA"


def test_case_1_6_8_neutrophils_engraft_on_the_first_of_three_days():
    counts = [(12, 0.4), (13, 0.5), (14, 0.6), (15, 0.7)]
    found = classify_neutrophil_engraftment(counts)
    assert (found.day, found.flags) == (13, ())
