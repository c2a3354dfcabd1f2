"""What the specified cases of the arms leave open; above all, that unknown is never no."""

from datetime import date
from itertools import permutations

import pytest

from autallo.clinical.transplant_arm import (
    ALLO_ONLY_ENDPOINTS,
    DONOR_CLASSES,
    TRANSPLANT_ARMS,
    Transplant,
    classify_donor,
    classify_index_transplant,
    classify_t_cell_depletion,
    classify_transplant_arm,
)
from autallo.errors import ArgumentError


def donor(kind, matched=None, loci=None, graft="PB"):
    known = Transplant(donor=kind, hla_matched=matched, hla_loci=loci, graft=graft)
    found = classify_donor(known)
    assert found.value in DONOR_CLASSES
    assert "unverified_criterion" in found.flags
    return found.value, found.candidates


@pytest.mark.parametrize(
    ("case", "wanted"),
    [
        (("sibling", 8, 8), "MSD"),
        (("sibling", 10, 10), "MSD"),
        (("sibling", 7, 8), "OTHER_REL"),
        (("sibling", 6, 8), "HAPLO"),
        (("sibling", 4, 8), "HAPLO"),
        (("sibling", 3, 8), "OTHER_REL"),
        (("relative", 10, 10), "OTHER_REL"),
        (("relative", 9, 10), "OTHER_REL"),
        (("relative", 8, 10), "HAPLO"),
        (("relative", 5, 10), "HAPLO"),
        (("relative", 4, 10), "OTHER_REL"),
        (("unrelated", 8, 8), "MUD"),
        (("unrelated", 10, 10), "MUD"),
        (("unrelated", 7, 8), "MMUD"),
        (("unrelated", 7, 10), "MMUD"),
    ],
)
def test_the_class_of_a_donor(case, wanted):
    assert donor(*case) == (wanted, ())


@pytest.mark.parametrize(
    ("case", "candidates"),
    [
        (("sibling",), ("MSD", "HAPLO", "OTHER_REL")),
        (("relative",), ("OTHER_REL", "HAPLO")),
        (("unrelated",), ("MUD", "MMUD")),
        (("unrelated", 9, 10), ("MUD", "MMUD")),
        (("unrelated", 8, 10), ("MUD", "MMUD")),
        (("unknown",), ()),
    ],
)
def test_what_is_not_known_leaves_candidates(case, candidates):
    assert donor(*case) == ("UNCLASSIFIED", candidates)


@pytest.mark.parametrize("kind", ["sibling", "relative", "unrelated", "unknown"])
def test_cord_blood_is_a_class_of_its_own(kind):
    assert donor(kind, 4, 8, graft="CB") == ("CORD", ())


def test_an_unknown_graft_is_flagged():
    found = classify_donor(Transplant(donor="unrelated", hla_matched=8, hla_loci=8))
    assert found.flags == ("unverified_criterion", "GRAFT_UNKNOWN")


def test_the_patient_is_no_donor():
    with pytest.raises(ArgumentError, match="another person"):
        classify_donor(Transplant(donor="patient"))


def test_cord_blood_of_the_patient_is_autologous():
    assert classify_transplant_arm(Transplant(donor="patient", graft="CB")).value == "autoHCT"


def test_an_unknown_donor_has_no_arm_and_a_sibling_may_be_a_twin():
    assert classify_transplant_arm(Transplant()).value == "UNCLASSIFIED"
    assert classify_transplant_arm(Transplant(donor="sibling")).flags == ("TWIN_UNKNOWN",)
    assert classify_transplant_arm(Transplant(donor="unrelated")).flags == ()
    assert {"autoHCT", "alloHCT", "SYNGENEIC", "UNCLASSIFIED"} == set(TRANSPLANT_ARMS)
    assert set(ALLO_ONLY_ENDPOINTS) == {"aGVHD", "cGVHD", "GRFS", "CRFS"}


@pytest.mark.parametrize(
    "wrong",
    [{"donor": "father"}, {"graft": "stem cells"}, {"manipulation": "washed"},
     {"hla_matched": 6, "hla_loci": 6}, {"hla_matched": 8}, {"hla_matched": 9, "hla_loci": 8},
     {"hla_matched": -1, "hla_loci": 8}],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ArgumentError):
        classify_transplant_arm(Transplant(**wrong))


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"manipulation": "CD34_selected"}, True),
        ({"manipulation": "alpha_beta_depleted"}, True),
        ({"alemtuzumab": True}, True),
        ({"manipulation": "none", "atg": False, "alemtuzumab": False}, False),
        ({"manipulation": "none", "atg": False}, None),
        ({"atg": False, "alemtuzumab": False}, None),
        ({}, None),
    ],
)
def test_t_cell_depletion(known, wanted):
    assert classify_t_cell_depletion(Transplant(**known)) is wanted


AUTO = Transplant(day=date(2010, 1, 1), donor="patient")
LATER = Transplant(day=date(2010, 4, 1), donor="patient", planned_tandem=True)
ALLO = Transplant(day=date(2010, 6, 1), donor="unrelated", planned_tandem=True)


def test_the_first_of_the_arm_is_analysed_whatever_the_order():
    for order in permutations([AUTO, LATER, ALLO]):
        found = classify_index_transplant(order, "autoHCT")
        assert (found.transplant, found.number, found.flags) == (LATER, 2, ("TANDEM",))
        first = classify_index_transplant(order, "autoHCT", tandem_start="first")
        assert (first.transplant, first.number) == (AUTO, 1)
        allo = classify_index_transplant(order, "alloHCT")
        assert (allo.transplant, allo.number, allo.flags) == (ALLO, 3, ())


def test_a_tandem_of_two_arms_is_two_treatments():
    found = classify_index_transplant([AUTO, ALLO], "autoHCT")
    assert (found.transplant, found.flags) == (AUTO, ())


@pytest.mark.parametrize(("planned", "flags"), [(False, ()), (None, ("TANDEM_UNKNOWN",))])
def test_an_unplanned_second_is_no_tandem(planned, flags):
    second = Transplant(day=date(2012, 1, 1), donor="patient", planned_tandem=planned)
    found = classify_index_transplant([AUTO, second], "autoHCT")
    assert (found.transplant, found.number, found.flags) == (AUTO, 1, flags)


def test_none_of_the_arm():
    assert classify_index_transplant([AUTO], "alloHCT").transplant is None
    assert classify_index_transplant([], "autoHCT").number is None


@pytest.mark.parametrize(
    "call",
    [lambda: classify_index_transplant([Transplant(donor="patient")], "autoHCT"),
     lambda: classify_index_transplant([AUTO, AUTO], "autoHCT"),
     lambda: classify_index_transplant([AUTO], "SYNGENEIC"),
     lambda: classify_index_transplant([AUTO], "autoHCT", tandem_start="last")],
)  # fmt: skip
def test_what_cannot_be_ordered_is_refused(call):
    with pytest.raises(ArgumentError):
        call()
