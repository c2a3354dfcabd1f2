"""Chronic graft-versus-host disease over time: when cells were collected, and after an infusion."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from autallo.clinical.acute_gvhd_stool import ADULT_YEARS
from autallo.clinical.dates import days_between
from autallo.errors import ArgumentError

__all__ = [
    "ActivityAtCollection",
    "ChronicHistory",
    "classify_cgvhd_at_collection",
    "classify_cgvhd_event",
    "classify_cgvhd_systemic_therapy",
    "classify_overlap",
]

#: An assessment stands for the day of collection up to so many days before and after it [days].
NEAR_DAYS = 30
#: Prednisone above which steroids are systemic therapy, adult [mg a day].
ADULT_MG = 10.0
#: Prednisone from which on they are, child [mg/kg a day].
CHILD_MG_KG = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicHistory:
    """What is known of the disease up to the collection; None is "not known", never "no".

    Attributes
    ----------
    ever_diagnosed : bool or None
        Whether it was ever diagnosed.
    diagnosis_date, resolved_date : date or None
        Day of the first diagnosis, and on which it was gone; None if not known, or not gone.
    assessments : tuple of (date, int)
        Day and highest organ score or global severity, in any order; 0 is no organ involved.
    systemic_therapy : bool or None
        Systemic immunosuppression for it on the day of collection
        (`classify_cgvhd_systemic_therapy`).
    """

    ever_diagnosed: bool | None = None
    diagnosis_date: date | None = None
    resolved_date: date | None = None
    assessments: tuple[tuple[date, int], ...] = ()
    systemic_therapy: bool | None = None


@dataclass(frozen=True, slots=True)
class ActivityAtCollection:
    """Whether the disease was active when the cells were collected.

    Attributes
    ----------
    value : bool or None
        None if it cannot be told.
    flags : tuple of str
        ``DIAGNOSED_LATER`` if it was diagnosed after the collection, ``NO_NEAR_ASSESSMENT`` if no
        assessment lies within 30 days.
    """

    value: bool | None
    flags: tuple[str, ...] = ()


def classify_cgvhd_at_collection(
    history: ChronicHistory, collection_date: date | None
) -> ActivityAtCollection:
    """Decide whether chronic disease was active on the day the cells were collected.

    Rule
    ----
    ==============================================================  =========
    history                                                         active
    ==============================================================  =========
    diagnosed by that day, not gone before it, and an organ         yes
    involved at the nearest assessment within 30 days, or systemic
    therapy for it on that day
    never diagnosed                                                 no
    gone more than 30 days before, and no systemic therapy          no
    diagnosed more than 30 days after                               no
    anything else                                                   not known
    ==============================================================  =========

    Parameters
    ----------
    history : ChronicHistory
        What is known of the disease.
    collection_date : date or None
        Day of the collection.

    Returns
    -------
    ActivityAtCollection

    Raises
    ------
    ArgumentError
        If the disease is said never to have been diagnosed and has a day of diagnosis, or was gone
        before it was diagnosed.

    Notes
    -----
    Of two assessments as near the earlier counts, of two on one day the higher. Source: [hu2019]
    for the factor; the rule is a convention of this package. Checked against
    `tests/spec/test_chronic_gvhd.py`.

    Examples
    --------
    >>> history = ChronicHistory(diagnosis_date=date(2019, 1, 1), systemic_therapy=True)
    >>> classify_cgvhd_at_collection(history, date(2020, 3, 1)).value
    True
    """
    diagnosed, gone = history.diagnosis_date, history.resolved_date
    if history.ever_diagnosed is False and diagnosed is not None:
        raise ArgumentError("A disease that was never diagnosed must have no day of diagnosis.")
    if diagnosed and gone and gone < diagnosed:
        raise ArgumentError("`resolved_date` must not lie before `diagnosis_date`.")
    if history.ever_diagnosed is False:
        return ActivityAtCollection(False)
    if collection_date is None:
        return ActivityAtCollection(None)
    if diagnosed is not None and diagnosed > collection_date:
        later = days_between(collection_date, diagnosed) > NEAR_DAYS
        return ActivityAtCollection(False if later else None, ("DIAGNOSED_LATER",))
    if gone is not None and gone < collection_date:
        long_gone = days_between(gone, collection_date) > NEAR_DAYS
        off = history.systemic_therapy is False
        return ActivityAtCollection(False if long_gone and off else None)
    involved = _organ_involved(history, collection_date)
    flags = ("NO_NEAR_ASSESSMENT",) if involved is None else ()
    signs = diagnosed is not None and (involved or history.systemic_therapy)
    return ActivityAtCollection(True if signs else None, flags)


def _organ_involved(history: ChronicHistory, collection_date: date) -> bool | None:
    near = [
        (abs(gap), gap, -score)
        for day, score in history.assessments
        if abs(gap := days_between(collection_date, day)) <= NEAR_DAYS
    ]
    return -min(near)[2] >= 1 if near else None


def classify_cgvhd_systemic_therapy(
    *,
    prednisone_mg_day: float | None = None,
    other_immunosuppressant: bool | None = None,
    age_y: float | None = None,
    weight_kg: float | None = None,
) -> bool | None:
    """Decide whether a patient is on systemic therapy for chronic disease.

    Rule
    ----
    ======================================================  =========
    treatment for the disease on that day                   systemic
    ======================================================  =========
    any systemic immunosuppressant other than a steroid     yes
    adult, prednisone above 10 mg a day                     yes
    child, prednisone 0.1 mg/kg a day or more               yes
    less prednisone, and no other                           no
    otherwise                                               not known
    ======================================================  =========

    Parameters
    ----------
    prednisone_mg_day : float or None
        Steroid as prednisone, 0 for none [mg a day].
    other_immunosuppressant : bool or None
        Any other systemic immunosuppressant for the disease.
    age_y, weight_kg : float or None
        Age [years] and weight [kg]; a child is younger than 18.

    Returns
    -------
    bool or None

    Raises
    ------
    ArgumentError
        If a dose is negative or a weight is not above 0.

    Notes
    -----
    Source: [cibmtr4100], question 74. Checked by hand
    (`tests/unit/clinical/test_chronic_gvhd_course.py`).

    Examples
    --------
    >>> classify_cgvhd_systemic_therapy(prednisone_mg_day=20, age_y=40)
    True
    """
    dose = prednisone_mg_day
    if (dose is not None and dose < 0) or (weight_kg is not None and weight_kg <= 0):
        raise ArgumentError("A dose must be at least 0 and a weight above 0.")
    if other_immunosuppressant:
        return True
    steroid: bool | None = None
    if dose is not None:
        by_weight = None if weight_kg is None else round(dose / weight_kg, 9) >= CHILD_MG_KG
        as_adult, as_child = dose > ADULT_MG, False if dose == 0 else by_weight
        if age_y is None:
            steroid = as_adult if as_adult == as_child else None
        else:
            steroid = as_adult if age_y >= ADULT_YEARS else as_child
    if steroid or other_immunosuppressant is None:
        return steroid or None
    return steroid


def classify_overlap(*, acute_features: bool | None, chronic: bool | None) -> bool | None:
    """Decide whether acute features are present together with chronic disease.

    Rule
    ----
    ======================  ============
    acute and chronic       overlap
    ======================  ============
    both present            yes
    one of them absent      no
    otherwise               not known
    ======================  ============

    Parameters
    ----------
    acute_features : bool or None
        Features of acute disease at the assessment.
    chronic : bool or None
        Chronic disease at the assessment.

    Returns
    -------
    bool or None

    Notes
    -----
    Source: [jagasia2015]. Checked by hand (`tests/unit/clinical/test_chronic_gvhd_course.py`).

    Examples
    --------
    >>> classify_overlap(acute_features=True, chronic=True)
    True
    """
    if acute_features is False or chronic is False:
        return False
    return True if acute_features and chronic else None


def classify_cgvhd_event(
    *, before: int | None, after: int | None
) -> Literal["new", "worsened", "none"] | None:
    """Decide whether an infusion was followed by chronic disease that is new or worse.

    Rule
    ----
    ==================================  ==========
    global severity                     event
    ==================================  ==========
    none before, mild or more after     new
    higher after than before            worsened
    not higher after                    none
    either not known                    not known
    ==================================  ==========

    Parameters
    ----------
    before, after : int or None
        Global severity before the infusion, and the highest after it, 0 to 3.

    Returns
    -------
    {"new", "worsened", "none"} or None

    Notes
    -----
    None before and none after is no event; severe disease before can only be "none".
    Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_chronic_gvhd_course.py`).

    Examples
    --------
    >>> classify_cgvhd_event(before=1, after=2)
    'worsened'
    """
    if after == 0 or (before is not None and before == 3):
        return "none"
    if before is None or after is None:
        return None
    if after <= before:
        return "none"
    return "worsened" if before else "new"
