"""What the fourteen specified cases leave open; above all, that unknown is never no."""

from dataclasses import replace
from datetime import date

import pytest

from autallo.clinical.product import (
    PRODUCT_CLASSES,
    AllogeneicTransplant,
    ChimerismSample,
    ProductRecord,
    classify_chimerism,
    classify_product,
)
from autallo.errors import ArgumentError

HCT = AllogeneicTransplant(day=date(2019, 1, 1), donor_id="D1")
SECOND = AllogeneicTransplant(day=date(2019, 6, 1), donor_id="D2")
KNOWN = ProductRecord(
    infusion_date=date(2020, 6, 1),
    cell_source="recipient",
    collection_date=date(2020, 4, 1),
    prior_allo_hct=True,
    allo_hct=(HCT,),
    donor_is_identical_twin=False,
    chimerism=(ChimerismSample(day=date(2020, 4, 1), cell_fraction="CD3", donor_pct=99.0),),
)


def classified(**changes):
    found = classify_product(replace(KNOWN, **changes))
    assert found.value in PRODUCT_CLASSES
    return found.value, found.flags


@pytest.mark.parametrize(
    "name",
    ["Kymriah", "tisa-cel", "TISAGENLECLEUCEL", "Yescarta®", "axicabtagene ciloleucel", "Tecartus",
     "brexucabtagene autoleucel", "lisocabtagene maraleucel", "Breyanzi", "Abecma ",
     "obecabtagene autoleucel", "Aucatzyl", "idecabtagene vicleucel", "Carvykti",
     "ciltacabtagene autoleucel"],
)  # fmt: skip
def test_a_commercial_autologous_product_tells_its_source(name):
    assert classified(cell_source="unknown", product_name=name) == (
        "RD-alloCAR",
        ("SOURCE_INFERRED",),
    )


@pytest.mark.parametrize("name", [None, "", "CAR19 of our own", "not tisa-cel"])
def test_any_other_name_tells_nothing(name):
    assert classified(cell_source="unknown", product_name=name) == ("UNCLASSIFIED", ())


def test_a_name_never_overrides_a_known_source():
    assert classified(cell_source="universal", product_name="Kymriah") == ("UNIVERSAL", ())


@pytest.mark.parametrize("source", ["recipient", "hct_donor", "other_donor"])
def test_an_unknown_history_is_never_no(source):
    found = classify_product(replace(KNOWN, cell_source=source, prior_allo_hct=None))
    assert found.value == "UNCLASSIFIED"
    assert len(found.candidates) == 2


def test_an_unknown_twin_is_flagged():
    assert classified(donor_is_identical_twin=None) == ("RD-alloCAR", ("TWIN_UNKNOWN",))


@pytest.mark.parametrize("source", ["recipient", "hct_donor", "other_donor"])
def test_a_twin_is_syngeneic(source):
    assert classified(cell_source=source, donor_is_identical_twin=True) == ("SYNGENEIC", ())


def test_without_a_transplant_the_twin_of_the_patient_does_not_matter():
    assert classified(prior_allo_hct=False, donor_is_identical_twin=True) == ("autoCAR", ())


def test_a_missing_collection_date_is_flagged():
    assert classified(collection_date=None) == (
        "RD-alloCAR",
        ("CHIMERISM_UNKNOWN", "COLLECTION_DATE_MISSING"),
    )


def test_a_transplant_without_a_date_is_flagged():
    undated = AllogeneicTransplant(day=None, donor_id="D1")
    assert classified(allo_hct=(undated,)) == ("RD-alloCAR", ("ALLO_DATE_MISSING",))


def test_a_transplant_after_the_infusion_is_no_classifier():
    later = AllogeneicTransplant(day=date(2021, 1, 1), donor_id="D7")
    assert classified(allo_hct=(HCT, later)) == ("RD-alloCAR", ())
    assert classified(cell_source="hct_donor", product_donor_id="D7", allo_hct=(HCT, later)) == (
        "THIRD_PARTY",
        (),
    )


@pytest.mark.parametrize(
    ("collected", "wanted"),
    [(date(2018, 12, 31), "AUTO_PRE_ALLO"), (date(2019, 1, 1), "RD-alloCAR"),
     (date(2019, 3, 1), "RD-alloCAR")],
)  # fmt: skip
def test_before_the_first_transplant_is_what_counts(collected, wanted):
    assert classified(collection_date=collected, allo_hct=(SECOND, HCT))[0] == wanted


def test_the_latest_donor_needs_no_flag():
    assert classified(cell_source="hct_donor", product_donor_id="D2", allo_hct=(SECOND, HCT)) == (
        "DD-alloCAR",
        (),
    )


@pytest.mark.parametrize(
    ("donor", "transplants"),
    [(None, (HCT,)), ("D1", ()), ("D1", (AllogeneicTransplant(day=date(2019, 1, 1)),))],
)
def test_a_donor_who_cannot_be_checked_is_no_third_party(donor, transplants):
    assert classified(cell_source="hct_donor", product_donor_id=donor, allo_hct=transplants) == (
        "DD-alloCAR",
        ("DONOR_NOT_CHECKED",),
    )


def test_another_donor_who_is_a_transplant_donor_is_a_contradiction():
    assert classified(cell_source="other_donor", product_donor_id="D1") == (
        "UNCLASSIFIED",
        ("DONOR_IS_HCT_DONOR",),
    )


def test_a_word_that_is_no_source_is_refused():
    with pytest.raises(ArgumentError, match="cell_source"):
        classify_product(replace(KNOWN, cell_source="autologous"))


def test_a_share_above_100_is_refused():
    sample = ChimerismSample(day=date(2020, 4, 1), cell_fraction="CD3", donor_pct=101.0)
    with pytest.raises(ArgumentError, match="0 and 100"):
        classify_chimerism([sample], date(2020, 4, 1))


def test_a_transplant_on_the_day_of_infusion_is_before_it():
    same_day = AllogeneicTransplant(day=KNOWN.infusion_date, donor_id="D3")
    assert classified(cell_source="hct_donor", product_donor_id="D1", allo_hct=(HCT, same_day)) == (
        "DD-alloCAR",
        ("NOT_LATEST_DONOR",),
    )
