"""Which arm a transplant belongs to, what kind of donor gave it, and which transplant counts.

The arm follows from who gave the graft. Graft-versus-host disease, and endpoints made with it,
exist in the allogeneic arm only and are never compared between the arms.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from autallo.errors import ArgumentError

__all__ = [
    "ALLO_ONLY_ENDPOINTS",
    "DONOR_CLASSES",
    "TRANSPLANT_ARMS",
    "DonorClass",
    "IndexTransplant",
    "Transplant",
    "TransplantArm",
    "classify_donor",
    "classify_index_transplant",
    "classify_t_cell_depletion",
    "classify_transplant_arm",
]

Donor = Literal["patient", "sibling", "relative", "unrelated", "unknown"]
Graft = Literal["BM", "PB", "CB", "unknown"]
Manipulation = Literal["none", "CD34_selected", "alpha_beta_depleted", "unknown"]
DONORS = ("patient", "sibling", "relative", "unrelated", "unknown")
GRAFTS = ("BM", "PB", "CB", "unknown")
MANIPULATIONS = ("none", "CD34_selected", "alpha_beta_depleted", "unknown")
#: Loci of HLA that may be counted: A, B, C, DRB1, and DQB1 with 10.
HLA_LOCI = (8, 10)
#: Mismatches of a relative from which the donor shares one haplotype only.
HAPLO_MISMATCHES = 2

TRANSPLANT_ARMS = ("autoHCT", "alloHCT", "SYNGENEIC", "UNCLASSIFIED")
DONOR_CLASSES = ("MSD", "HAPLO", "MUD", "MMUD", "CORD", "OTHER_REL", "UNCLASSIFIED")
#: Outcomes that only an allogeneic transplant can have.
ALLO_ONLY_ENDPOINTS = ("aGVHD", "cGVHD", "GRFS", "CRFS")
UNVERIFIED = "unverified_criterion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Transplant:
    """What is known about one transplant; None and "unknown" are never "no".

    Attributes
    ----------
    day : date or None
        Day the graft was given, day 0 of all endpoints; None if not known.
    donor : {"patient", "sibling", "relative", "unrelated", "unknown"}
        Who gave the graft; "relative" is any but a sibling.
    graft : {"BM", "PB", "CB", "unknown"}
        Marrow, blood or cord blood.
    identical_twin : bool or None
        Whether the donor is the patient's identical twin.
    hla_matched, hla_loci : int or None
        How many of 8 (A, B, C, DRB1) or 10 (with DQB1) alleles match.
    manipulation : {"none", "CD34_selected", "alpha_beta_depleted", "unknown"}
        What was done to the graft.
    atg, alemtuzumab : bool or None
        Antibodies against T cells given to the patient.
    planned_tandem : bool or None
        Whether it is the planned second part of the transplant before it.
    """

    day: date | None = None
    donor: Donor = "unknown"
    graft: Graft = "unknown"
    identical_twin: bool | None = None
    hla_matched: int | None = None
    hla_loci: int | None = None
    manipulation: Manipulation = "unknown"
    atg: bool | None = None
    alemtuzumab: bool | None = None
    planned_tandem: bool | None = None


@dataclass(frozen=True, slots=True)
class DonorClass:
    """The class of a donor.

    Attributes
    ----------
    value : str
        One of `DONOR_CLASSES`.
    flags : tuple of str
        What a reader must know; ``unverified_criterion``: the classes could not be checked.
    candidates : tuple of str
        The classes that remain possible where `value` is UNCLASSIFIED.
    """

    value: str
    flags: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TransplantArm:
    """The arm of a transplant.

    Attributes
    ----------
    value : str
        One of `TRANSPLANT_ARMS`; SYNGENEIC belongs to neither arm.
    donor : DonorClass or None
        Class of the donor, of an allogeneic transplant.
    flags : tuple of str
        ``TWIN_UNKNOWN`` where a sibling may be an identical twin.
    """

    value: str
    donor: DonorClass | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class IndexTransplant:
    """The transplant that is analysed.

    Attributes
    ----------
    transplant : Transplant or None
        Whose day is day 0; None if the patient has none of this arm.
    number : int or None
        Which of the patient's transplants it is, from 1.
    flags : tuple of str
        ``TANDEM`` where two planned parts count as one treatment, ``TANDEM_UNKNOWN`` where the
        next one may be a planned second part.
    """

    transplant: Transplant | None
    number: int | None = None
    flags: tuple[str, ...] = ()


def _check(transplant: Transplant) -> None:
    words = (
        ("donor", transplant.donor, DONORS),
        ("graft", transplant.graft, GRAFTS),
        ("manipulation", transplant.manipulation, MANIPULATIONS),
    )
    for name, word, allowed in words:
        if word not in allowed:
            raise ArgumentError(f"`{name}` must be one of {', '.join(allowed)}.")
    matched, loci = transplant.hla_matched, transplant.hla_loci
    if (loci is not None and loci not in HLA_LOCI) or (matched is not None and loci is None):
        raise ArgumentError("`hla_loci` must be 8 or 10 where `hla_matched` is given.")
    if matched is not None and loci is not None and not 0 <= matched <= loci:
        raise ArgumentError("`hla_matched` must be between 0 and `hla_loci`.")


def classify_transplant_arm(transplant: Transplant) -> TransplantArm:
    """Decide the arm of a transplant from who gave the graft.

    Rule
    ----
    ============  ==========================================
    arm           graft from
    ============  ==========================================
    autoHCT       the patient
    SYNGENEIC     the patient's identical twin: neither arm
    alloHCT       anyone else
    UNCLASSIFIED  not known
    ============  ==========================================

    Parameters
    ----------
    transplant : Transplant
        What is known of it.

    Returns
    -------
    TransplantArm

    Raises
    ------
    ArgumentError
        If a word is not one of those allowed, or the HLA count is impossible.

    Notes
    -----
    Source: [house] convention. Checked against `tests/spec/test_transplant_arm.py`.

    Examples
    --------
    >>> classify_transplant_arm(Transplant(donor="patient")).value
    'autoHCT'
    """
    _check(transplant)
    if transplant.donor == "patient":
        return TransplantArm("autoHCT")
    if transplant.identical_twin:
        return TransplantArm("SYNGENEIC")
    if transplant.donor == "unknown":
        return TransplantArm("UNCLASSIFIED")
    may_be_twin = transplant.donor == "sibling" and transplant.identical_twin is None
    flags = ("TWIN_UNKNOWN",) if may_be_twin else ()
    return TransplantArm("alloHCT", classify_donor(transplant), flags)


def classify_donor(transplant: Transplant) -> DonorClass:
    """Decide the class of the donor of an allogeneic transplant.

    Rule
    ----
    ==========  =============================================================
    class       donor
    ==========  =============================================================
    CORD        cord blood of anyone
    MSD         sibling, all alleles match
    HAPLO       relative, 2 or more mismatches, at least half of all match
    OTHER_REL   any other relative
    MUD         unrelated, 8 of 8 (A, B, C, DRB1)
    MMUD        unrelated, 7 of 8 or fewer
    ==========  =============================================================

    Parameters
    ----------
    transplant : Transplant
        What is known of it.

    Returns
    -------
    DonorClass

    Raises
    ------
    ArgumentError
        If a word is not one of those allowed, the HLA count is impossible, or the patient gave
        the graft.

    Notes
    -----
    Of 10 alleles, 8 or 9 that match leave open whether A, B, C and DRB1 all do. The classes could
    not be checked in a source and are flagged ``unverified_criterion``. Source: [house]
    convention. Checked against `tests/spec/test_transplant_arm.py`.

    Examples
    --------
    >>> classify_donor(Transplant(donor="unrelated", hla_matched=7, hla_loci=8)).value
    'MMUD'
    """
    _check(transplant)
    if transplant.donor == "patient":
        raise ArgumentError("`donor` must be another person than the patient.")
    flags: tuple[str, ...] = (UNVERIFIED,)
    if transplant.graft == "CB":
        return DonorClass("CORD", flags)
    found = _unrelated(transplant) if transplant.donor == "unrelated" else _related(transplant)
    if transplant.graft == "unknown":
        flags += ("GRAFT_UNKNOWN",)
    if len(found) == 1:
        return DonorClass(found[0], flags)
    return DonorClass("UNCLASSIFIED", flags, found)


def _related(transplant: Transplant) -> tuple[str, ...]:
    if transplant.donor == "unknown":
        return ()
    matched, loci = transplant.hla_matched, transplant.hla_loci
    full = "MSD" if transplant.donor == "sibling" else "OTHER_REL"
    if matched is None or loci is None:
        return tuple(dict.fromkeys((full, "HAPLO", "OTHER_REL")))
    if matched == loci:
        return (full,)
    haplo = loci - matched >= HAPLO_MISMATCHES and 2 * matched >= loci
    return ("HAPLO",) if haplo else ("OTHER_REL",)


def _unrelated(transplant: Transplant) -> tuple[str, ...]:
    matched, loci = transplant.hla_matched, transplant.hla_loci
    if matched is None or loci is None:
        return ("MUD", "MMUD")
    if matched == loci:
        return ("MUD",)
    return ("MMUD",) if loci == 8 or matched < 8 else ("MUD", "MMUD")


def classify_t_cell_depletion(transplant: Transplant) -> bool | None:
    """Decide whether T cells were depleted, in the graft or in the patient.

    Rule
    ----
    ==============================================================  =========
    transplant                                                      depleted
    ==============================================================  =========
    graft CD34-selected or depleted of alpha-beta T cells           yes
    ATG or alemtuzumab given                                        yes
    none of these                                                   no
    otherwise                                                       not known
    ==============================================================  =========

    Parameters
    ----------
    transplant : Transplant
        What is known of it.

    Returns
    -------
    bool or None

    Raises
    ------
    ArgumentError
        If a word is not one of those allowed, or the HLA count is impossible.

    Notes
    -----
    Source: [house] convention. Checked by hand (`tests/unit/clinical/test_transplant_arm.py`).

    Examples
    --------
    >>> classify_t_cell_depletion(Transplant(atg=True))
    True
    """
    _check(transplant)
    known = {"none": False, "unknown": None}
    signs = (known.get(transplant.manipulation, True), transplant.atg, transplant.alemtuzumab)
    if any(signs):
        return True
    return None if None in signs else False


def classify_index_transplant(
    transplants: Iterable[Transplant],
    arm: Literal["autoHCT", "alloHCT"],
    *,
    tandem_start: Literal["first", "second"] = "second",
) -> IndexTransplant:
    """Decide which transplant of a patient is analysed.

    Rule
    ----
    =====================================================  =================================
    transplants                                            analysed
    =====================================================  =================================
    several of the arm                                     the first of them
    the next is its planned second part, of the same arm   one treatment; day 0 is that of
                                                           the second (or, by choice, first)
    none of the arm                                        none
    =====================================================  =================================

    Parameters
    ----------
    transplants : iterable of Transplant
        All transplants of the patient, each with its day, in any order.
    arm : {"autoHCT", "alloHCT"}
        The arm of the study.
    tandem_start : {"first", "second"}
        Which part of a planned tandem is day 0.

    Returns
    -------
    IndexTransplant

    Raises
    ------
    ArgumentError
        If a transplant has no day, two have the same day, or a word is not one of those allowed.

    Notes
    -----
    A planned second part of another arm (autologous, then allogeneic) starts a treatment of its
    own. Source: [house] convention. Checked by hand (`tests/unit/clinical/test_transplant_arm.py`).

    Examples
    --------
    >>> first = Transplant(day=date(2010, 1, 1), donor="patient")
    >>> second = Transplant(day=date(2010, 4, 1), donor="patient", planned_tandem=True)
    >>> classify_index_transplant([second, first], "autoHCT").number
    2
    """
    if arm not in ("autoHCT", "alloHCT") or tandem_start not in ("first", "second"):
        raise ArgumentError("`arm` and `tandem_start` must be one of their words.")
    listed = tuple(transplants)
    dated = {one.day: one for one in listed if one.day is not None}
    if len(dated) != len(listed):
        raise ArgumentError("Every transplant must have a day of its own.")
    ordered = [dated[day] for day in sorted(dated)]
    arms = [classify_transplant_arm(one).value for one in ordered]
    if arm not in arms:
        return IndexTransplant(None)
    place = arms.index(arm)
    following = ordered[place + 1] if arms[place + 1 : place + 2] == [arm] else None
    if following is None or following.planned_tandem is False:
        return IndexTransplant(ordered[place], place + 1)
    if following.planned_tandem is None:
        return IndexTransplant(ordered[place], place + 1, ("TANDEM_UNKNOWN",))
    place += tandem_start == "second"
    return IndexTransplant(ordered[place], place + 1, ("TANDEM",))
