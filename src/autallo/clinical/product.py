"""Where the T cells of a CAR T product came from, and whose cells they are.

The class of a product follows from who was collected, from the transplants before, and from
their dates; never from a registry's "autologous" alone, which includes cells collected from the
recipient of an allogeneic transplant.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from autallo.clinical.dates import days_between
from autallo.errors import ArgumentError

__all__ = [
    "PRODUCT_CLASSES",
    "AllogeneicTransplant",
    "Chimerism",
    "ChimerismSample",
    "ProductClass",
    "ProductRecord",
    "classify_chimerism",
    "classify_product",
]

CellSource = Literal["recipient", "hct_donor", "other_donor", "universal", "unknown"]
CELL_SOURCES = ("recipient", "hct_donor", "other_donor", "universal", "unknown")
PRODUCT_CLASSES = (
    "autoCAR",
    "RD-alloCAR",
    "DD-alloCAR",
    "DD_NO_HCT",
    "THIRD_PARTY",
    "UNIVERSAL",
    "SYNGENEIC",
    "AUTO_GRAFT_LOSS",
    "AUTO_PRE_ALLO",
    "UNCLASSIFIED",
)

#: Chimerism counts from so many days before the collection to so many after it.
DAYS_BEFORE_COLLECTION = 30
DAYS_AFTER_COLLECTION = 7
#: Donor share of T cells from which chimerism is full, and from which it is mixed [%].
FULL_PCT = 95.0
MIXED_PCT = 5.0

#: Commercial products that exist only as cells of the patient: generic, short and trade name.
AUTOLOGOUS_PRODUCTS = frozenset(
    {
        *("tisagenlecleucel", "tisacel", "kymriah"),
        *("axicabtageneciloleucel", "axicel", "yescarta"),
        *("brexucabtageneautoleucel", "brexucel", "tecartus"),
        *("lisocabtagenemaraleucel", "lisocel", "breyanzi"),
        *("obecabtageneautoleucel", "obecel", "aucatzyl"),
        *("idecabtagenevicleucel", "idecel", "abecma"),
        *("ciltacabtageneautoleucel", "ciltacel", "carvykti"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AllogeneicTransplant:
    """One allogeneic transplant of the patient.

    Attributes
    ----------
    day : date or None
        Day the graft was given; None if not known.
    donor_id : str or None
        Code of the donor; None if not known.
    """

    day: date | None = None
    donor_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChimerismSample:
    """One measurement of the donor share.

    Attributes
    ----------
    day : date
        Day of the sample.
    cell_fraction : str
        Cells tested: CD3, whole_blood, CD33 or marrow.
    donor_pct : float
        Donor share, of all donors together, 0 to 100 [%].
    """

    day: date
    cell_fraction: str
    donor_pct: float


@dataclass(frozen=True, slots=True)
class Chimerism:
    """T-cell chimerism when the cells were collected.

    Attributes
    ----------
    category : {"full", "mixed", "lost"} or None
        None if there is no sample in the window.
    donor_pct : float or None
        Donor share of the sample chosen [%].
    flags : tuple of str
        ``CHIMERISM_WHOLE_BLOOD`` where no T-cell sample was in the window.
    """

    category: Literal["full", "mixed", "lost"] | None
    donor_pct: float | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductRecord:
    """What is known about one infused product; None is "not known", never "no".

    Attributes
    ----------
    infusion_date : date
        Day 0.
    cell_source : {"recipient", "hct_donor", "other_donor", "universal", "unknown"}
        Who was collected.
    product_name : str or None
        Used only where `cell_source` is unknown.
    collection_date : date or None
        Day of the collection.
    prior_allo_hct, prior_auto_hct : bool or None
        Allogeneic and autologous transplant before the infusion.
    allo_hct : tuple of AllogeneicTransplant
        Every allogeneic transplant; those after the infusion are not used.
    product_donor_id : str or None
        Code of the donor of the cells.
    donor_is_identical_twin : bool or None
        Whether the donor is the patient's identical twin.
    chimerism : tuple of ChimerismSample
        Every measurement, in any order.
    """

    infusion_date: date
    cell_source: CellSource = "unknown"
    product_name: str | None = None
    collection_date: date | None = None
    prior_allo_hct: bool | None = None
    prior_auto_hct: bool | None = None
    allo_hct: tuple[AllogeneicTransplant, ...] = ()
    product_donor_id: str | None = None
    donor_is_identical_twin: bool | None = None
    chimerism: tuple[ChimerismSample, ...] = ()


@dataclass(frozen=True, slots=True)
class ProductClass:
    """The class of one product, and what a reader must know about how it was found.

    Attributes
    ----------
    value : str
        One of `PRODUCT_CLASSES`.
    flags : tuple of str
        What was inferred, assumed or not known, in the order of the rule.
    candidates : tuple of str
        The classes that remain possible where `value` is UNCLASSIFIED; empty if nothing about
        the source is known.
    """

    value: str
    flags: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


def classify_chimerism(
    samples: Iterable[ChimerismSample], collection_date: date | None
) -> Chimerism:
    """Decide which chimerism sample stands for the day of collection, and its category.

    Rule
    ----
    =====================================================  =================================
    question                                               answer
    =====================================================  =================================
    which days count                                       30 before to 7 after collection
    which cells                                            CD3; else whole blood, flagged
    which of several samples                               the nearest day; if two are as
                                                           near, the earlier
    donor share 95 % or more                               full
    donor share from 5 % to below 95 %                     mixed
    donor share below 5 %                                  lost
    no CD3 and no whole blood in these days                not known
    =====================================================  =================================

    Parameters
    ----------
    samples : iterable of ChimerismSample
        In any order; donor share 0 to 100 [%].
    collection_date : date or None
        Day of the collection; without it no sample can be chosen.

    Returns
    -------
    Chimerism

    Raises
    ------
    ArgumentError
        If a donor share is not between 0 and 100.

    Notes
    -----
    Of two samples of one day the lower share is taken, so that the order of the records cannot
    matter. The limit of 95 % is that of the CIBMTR for complete donor chimerism; some papers ask
    for more than 99 %. The window and the limit of 5 % are conventions of this package.
    Source: [cibmtr_all]. Checked against the vectors of `tests/spec/test_chimerism.py`.

    Examples
    --------
    >>> sample = ChimerismSample(day=date(2020, 5, 1), cell_fraction="CD3", donor_pct=62.0)
    >>> classify_chimerism([sample], date(2020, 5, 10)).category
    'mixed'
    """
    listed = tuple(samples)
    if not all(0 <= sample.donor_pct <= 100 for sample in listed):
        raise ArgumentError("`donor_pct` must be between 0 and 100.")
    if collection_date is None:
        return Chimerism(None)
    for fraction, flags in (("CD3", ()), ("whole_blood", ("CHIMERISM_WHOLE_BLOOD",))):
        near = [
            (abs(gap), gap, sample.donor_pct)
            for sample in listed
            if sample.cell_fraction == fraction
            and -DAYS_BEFORE_COLLECTION
            <= (gap := days_between(collection_date, sample.day))
            <= DAYS_AFTER_COLLECTION
        ]
        if near:
            share = min(near)[2]
            return Chimerism(_category(share), share, flags)
    return Chimerism(None)


def _category(donor_pct: float) -> Literal["full", "mixed", "lost"]:
    if donor_pct >= FULL_PCT:
        return "full"
    return "mixed" if donor_pct >= MIXED_PCT else "lost"


def classify_product(record: ProductRecord) -> ProductClass:
    """Decide the class of a CAR T product from who was collected and the transplants before.

    Rule
    ----
    ================  ======================================================================
    class             cells and history
    ================  ======================================================================
    autoCAR           collected from the patient, who had no allogeneic transplant before
    RD-alloCAR        collected from the patient after an allogeneic transplant: the cells
                      are the donor's by origin
    DD-alloCAR        collected from the donor of the patient's own transplant
    DD_NO_HCT         collected from a donor, the patient had no allogeneic transplant
    THIRD_PARTY       collected from a donor who is none of the patient's transplant donors
    UNIVERSAL         gene-edited product off the shelf
    SYNGENEIC         the donor is the patient's identical twin
    AUTO_GRAFT_LOSS   collected from the patient after an allogeneic transplant, with less
                      than 5 % donor T cells: the graft was lost
    AUTO_PRE_ALLO     collected from the patient before the first allogeneic transplant,
                      infused after it
    UNCLASSIFIED      what decides is not known
    ================  ======================================================================

    Parameters
    ----------
    record : ProductRecord
        What is known about the product and the patient.

    Returns
    -------
    ProductClass

    Raises
    ------
    ArgumentError
        If `cell_source` is not one of the five words, or a donor share is not a percentage.

    Notes
    -----
    An autologous transplant before does not change the class. A transplant after the infusion is
    an outcome and not used. "Not known" is never read as "no": an unknown history of allogeneic
    transplant leaves the product unclassified; an unknown twin, collection date, transplant date
    or donor code keeps the class and is flagged. A donor who is not among the recorded transplant
    donors is a third party only if the donor of every transplant before is recorded.
    Source: [hu2019] for autoCAR, RD-alloCAR and DD-alloCAR; the other classes are conventions of
    this package. Checked against the vectors of `tests/spec/test_product_source.py`.

    Examples
    --------
    >>> classify_product(ProductRecord(infusion_date=date(2020, 6, 1), cell_source="recipient",
    ...                                prior_allo_hct=False)).value
    'autoCAR'
    """
    if record.cell_source not in CELL_SOURCES:
        raise ArgumentError(f"`cell_source` must be one of {', '.join(CELL_SOURCES)}.")
    source: str = record.cell_source
    inferred: tuple[str, ...] = ()
    if source == "unknown" and _is_autologous_product(record.product_name):
        source, inferred = "recipient", ("SOURCE_INFERRED",)
    match source:
        case "universal":
            found = ProductClass("UNIVERSAL")
        case "other_donor":
            found = _from_other_donor(record)
        case "hct_donor":
            found = _from_transplant_donor(record)
        case "recipient":
            found = _from_recipient(record)
        case _:
            found = ProductClass("UNCLASSIFIED")
    return ProductClass(found.value, inferred + found.flags, found.candidates)


def _is_autologous_product(name: str | None) -> bool:
    letters = "".join(letter for letter in (name or "").casefold() if "a" <= letter <= "z")
    return letters in AUTOLOGOUS_PRODUCTS


def _transplants_before(record: ProductRecord) -> list[AllogeneicTransplant]:
    """Return the transplants up to the infusion by date, those without a date first."""
    before = [hct for hct in record.allo_hct if hct.day is None or hct.day <= record.infusion_date]
    return sorted(before, key=lambda hct: (hct.day or date.min, hct.donor_id or ""))


def _twin_flag(record: ProductRecord) -> tuple[str, ...]:
    return ("TWIN_UNKNOWN",) if record.donor_is_identical_twin is None else ()


def _from_other_donor(record: ProductRecord) -> ProductClass:
    if record.donor_is_identical_twin:
        return ProductClass("SYNGENEIC")
    if record.prior_allo_hct is None:
        return ProductClass("UNCLASSIFIED", (), ("THIRD_PARTY", "DD_NO_HCT"))
    flags = _twin_flag(record)
    if not record.prior_allo_hct:
        return ProductClass("DD_NO_HCT", flags)
    donors = {hct.donor_id for hct in _transplants_before(record)} - {None}
    if record.product_donor_id in donors:
        flags = ("DONOR_IS_HCT_DONOR", *flags)
        return ProductClass("UNCLASSIFIED", flags, ("DD-alloCAR", "THIRD_PARTY"))
    return ProductClass("THIRD_PARTY", flags)


def _from_transplant_donor(record: ProductRecord) -> ProductClass:
    if record.donor_is_identical_twin:
        return ProductClass("SYNGENEIC")
    if record.prior_allo_hct is None:
        return ProductClass("UNCLASSIFIED", (), ("DD-alloCAR", "DD_NO_HCT"))
    twin = _twin_flag(record)
    if not record.prior_allo_hct:
        return ProductClass("DD_NO_HCT", twin)
    donors = [hct.donor_id for hct in _transplants_before(record)]
    donor = record.product_donor_id
    if donor is None or not donors or (donor not in donors and None in donors):
        return ProductClass("DD-alloCAR", ("DONOR_NOT_CHECKED", *twin))
    if donor not in donors:
        return ProductClass("THIRD_PARTY", twin)
    latest = () if donor == donors[-1] else ("NOT_LATEST_DONOR",)
    return ProductClass("DD-alloCAR", (*latest, *twin))


def _from_recipient(record: ProductRecord) -> ProductClass:
    if record.prior_allo_hct is None:
        return ProductClass("UNCLASSIFIED", (), ("autoCAR", "RD-alloCAR"))
    if not record.prior_allo_hct:
        return ProductClass("autoCAR", ("PRIOR_AUTO_HCT",) if record.prior_auto_hct else ())
    dates = [hct.day for hct in _transplants_before(record) if hct.day is not None]
    flags: tuple[str, ...] = () if dates else ("ALLO_DATE_MISSING",)
    if dates and record.collection_date is not None and record.collection_date < min(dates):
        return ProductClass("AUTO_PRE_ALLO", flags)
    if record.donor_is_identical_twin:
        return ProductClass("SYNGENEIC", flags)
    chimerism = classify_chimerism(record.chimerism, record.collection_date)
    flags += chimerism.flags
    if chimerism.category == "mixed":
        flags += ("MIXED_CHIMERISM",)
    if chimerism.category is None:
        flags += ("CHIMERISM_UNKNOWN",)
    if record.collection_date is None:
        flags += ("COLLECTION_DATE_MISSING",)
    flags += _twin_flag(record)
    lost = chimerism.category == "lost"
    return ProductClass("AUTO_GRAFT_LOSS" if lost else "RD-alloCAR", flags)
