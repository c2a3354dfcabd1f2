"""The source of a CAR T product, as specified: fourteen cases."""

from datetime import date

import pytest

from autallo.clinical.product import (
    AllogeneicTransplant,
    ChimerismSample,
    ProductRecord,
    classify_product,
)

TITLE = "Source of a CAR T product"
RULE = (
    ("collected from the patient, no allogeneic transplant before", "autoCAR"),
    ("collected from the patient after an allogeneic transplant", "RD-alloCAR"),
    ("collected from the patient after a transplant, donor T cells below 5 %", "AUTO_GRAFT_LOSS"),
    ("collected from the patient before the first transplant, infused after it", "AUTO_PRE_ALLO"),
    ("collected from the donor of the patient's transplant", "DD-alloCAR"),
    ("collected from a donor, no allogeneic transplant before", "DD_NO_HCT"),
    ("collected from a donor who is none of the transplant donors", "THIRD_PARTY"),
    ("the donor is the patient's identical twin", "SYNGENEIC"),
    ("gene-edited product off the shelf", "UNIVERSAL"),
    ("what decides is not known", "UNCLASSIFIED"),
)
COLUMNS = (
    "case",
    "collected from",
    "allogeneic transplant before",
    "collection against transplant",
    "CD3 donor %",
    "further",
    "class",
    "flags",
)
CASES = (
    (1, "recipient", False, "-", None, {}, "autoCAR", ()),
    (2, "recipient", False, "-", None, {"prior_auto_hct": True}, "autoCAR", ("PRIOR_AUTO_HCT",)),
    (3, "recipient", True, "after", 99.5, {}, "RD-alloCAR", ()),
    (4, "recipient", True, "after", 62.0, {}, "RD-alloCAR", ("MIXED_CHIMERISM",)),
    (5, "recipient", True, "after", 1.0, {}, "AUTO_GRAFT_LOSS", ()),
    (6, "recipient", True, "after", None, {}, "RD-alloCAR", ("CHIMERISM_UNKNOWN",)),
    (7, "recipient", True, "before", None, {}, "AUTO_PRE_ALLO", ()),
    (8, "hct_donor", True, "-", None, {"product_donor_id": "D1", "allo_hct": ("D1", "D2")},
     "DD-alloCAR", ("NOT_LATEST_DONOR",)),
    (9, "hct_donor", False, "-", None, {}, "DD_NO_HCT", ()),
    (10, "other_donor", True, "-", None, {"product_donor_id": "D9", "allo_hct": ("D1", "D2")},
     "THIRD_PARTY", ()),
    (11, "recipient", None, "-", None, {}, "UNCLASSIFIED", ()),
    (12, "unknown", True, "after", 98.0, {"product_name": "tisagenlecleucel"},
     "RD-alloCAR", ("SOURCE_INFERRED",)),
    (13, "universal", True, "-", None, {}, "UNIVERSAL", ()),
    (14, "recipient", True, "after", 95.0, {}, "RD-alloCAR", ()),
)  # fmt: skip

TRANSPLANTS = (date(2018, 1, 15), date(2019, 2, 20))
COLLECTED = {"-": date(2020, 4, 1), "after": date(2020, 4, 1), "before": date(2017, 12, 1)}


def record_of(source, prior_allo, when, cd3, further):
    """The record of one case; the donor is recorded as nobody's twin."""
    donors = further.get("allo_hct", ("D1",)) if prior_allo else ()
    sample = ChimerismSample(day=COLLECTED[when], cell_fraction="CD3", donor_pct=cd3 or 0.0)
    return ProductRecord(
        infusion_date=date(2020, 6, 1),
        cell_source=source,
        collection_date=COLLECTED[when],
        prior_allo_hct=prior_allo,
        allo_hct=tuple(
            AllogeneicTransplant(day=at, donor_id=donor)
            for at, donor in zip(TRANSPLANTS, donors, strict=False)
        ),
        donor_is_identical_twin=False,
        chimerism=() if cd3 is None else (sample,),
        **{name: value for name, value in further.items() if name != "allo_hct"},
    )


@pytest.mark.parametrize("case", CASES, ids=[str(case[0]) for case in CASES])
def test_the_class_and_its_flags(case):
    *_, wanted, flags = case
    found = classify_product(record_of(*case[1:6]))
    assert (found.value, found.flags) == (wanted, flags)


def test_an_unknown_history_leaves_two_candidates():
    found = classify_product(record_of("recipient", None, "-", None, {}))
    assert found.candidates == ("autoCAR", "RD-alloCAR")
