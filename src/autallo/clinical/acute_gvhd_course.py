"""Acute graft-versus-host disease over time: worst grade, onset, and what an infusion brought."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from autallo.clinical.grading import Grade, Policy, Status, grade_by_policy
from autallo.errors import ArgumentError

__all__ = [
    "ACTIVITY_DAYS",
    "RASH_DAYS",
    "AcuteCourse",
    "AcuteEvent",
    "classify_acute_event",
    "classify_crs_rash",
    "grade_acute_course",
]

#: Acute disease so many days before the infusion is "already there" [days].
ACTIVITY_DAYS = 30
#: A rash up to this day may be that of the cytokine release [days].
RASH_DAYS = 7

EventKind = Literal["new", "flare", "new_or_flare", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcuteCourse:
    """The course of one patient.

    Attributes
    ----------
    low, high : int or None
        Bounds of the highest grade; equal if it is known, None without a grade in the window.
    max_grade : int or None
        Highest grade under the policy.
    max_day : int or None
        First day on which it was reached [days].
    first_day_1, first_day_2, first_day_3 : int or None
        First day of grade 1 (A, I), 2 (B, II), 3 (C, III) or higher [days].
    assessments : int
        Assessments of the window that have a grade or bounds.
    not_told : int
        Those of them whose grade is open; under the policy "strict" they do not count.
    """

    low: int | None
    high: int | None
    max_grade: int | None
    max_day: int | None
    first_day_1: int | None
    first_day_2: int | None
    first_day_3: int | None
    assessments: int
    not_told: int


@dataclass(frozen=True, slots=True)
class AcuteEvent:
    """What happened after an infusion to a patient who may have had the disease before.

    Attributes
    ----------
    kind : {"new", "flare", "new_or_flare", "none"} or None
        "new_or_flare" where nothing is known of the time before; None if nothing was assessed.
    day : int or None
        First day of it [days].
    flags : tuple of str
        ``BASELINE_UNKNOWN`` where nothing is known of the time before the infusion.
    """

    kind: EventKind | None
    day: int | None = None
    flags: tuple[str, ...] = ()


def grade_acute_course(
    assessments: Iterable[tuple[int, Grade]],
    *,
    policy: Policy = "strict",
    first_day: int = 0,
    last_day: int | None = 100,
) -> AcuteCourse:
    """Return the highest grade, and the first day of each.

    Rule
    ----
    ===================  ==============================================================
    question             answer
    ===================  ==============================================================
    which assessments    `first_day` to `last_day`, both included
    highest grade        over all of them; bounds where one is open
    onset                first day of grade II or higher, and of I and III
    an open grade        left out ("strict"), its lower or its upper bound
    ===================  ==============================================================

    Parameters
    ----------
    assessments : iterable of (int, Grade)
        Day from day 0 [days] and grade, all on one scale, in any order.
    policy : {"strict", "lower_bound", "upper_bound"}
        What stands for an open grade.
    first_day, last_day : int, int or None
        The window; None for no end, as the disease is acute by its picture and not by its day.

    Returns
    -------
    AcuteCourse

    Raises
    ------
    ArgumentError
        If the grades are of different scales.

    Notes
    -----
    Source: [cahn2005]: the highest grade carries the prognosis; the window is a convention of this
    package. Checked by hand (`tests/unit/clinical/test_acute_gvhd_course.py`).

    Examples
    --------
    >>> weekly = [(7, Grade(scale="agvhd_magic", status=Status.OK, value=g, low=g, high=g))
    ...           for g in (1, 3)]
    >>> grade_acute_course(weekly).max_grade
    3
    """
    listed = _told(assessments)
    window = [
        (day, grade)
        for day, grade in listed
        if first_day <= day and (last_day is None or day <= last_day)
    ]
    graded = [
        (day, value)
        for day, grade in window
        if (value := grade_by_policy(grade, policy)) is not None
    ]
    highest = max((value for _, value in graded), default=None)
    return AcuteCourse(
        low=max((grade.low or 0 for _, grade in window), default=None),
        high=max((grade.high or 0 for _, grade in window), default=None),
        max_grade=highest,
        max_day=None if highest is None else _first(graded, highest),
        first_day_1=_first(graded, 1),
        first_day_2=_first(graded, 2),
        first_day_3=_first(graded, 3),
        assessments=len(window),
        not_told=sum(grade.status is Status.INDETERMINATE for _, grade in window),
    )


def _told(assessments: Iterable[tuple[int, Grade]]) -> list[tuple[int, Grade]]:
    """Return the assessments that have a grade or bounds, all on one scale."""
    listed = list(assessments)
    if len({grade.scale for _, grade in listed}) > 1:
        raise ArgumentError("`assessments` must all be on one scale.")
    return [(day, grade) for day, grade in listed if grade.low is not None]


def _first(graded: list[tuple[int, int]], least: int) -> int | None:
    return min((day for day, value in graded if value >= least), default=None)


def classify_acute_event(
    assessments: Iterable[tuple[int, Grade]],
    *,
    policy: Policy = "strict",
    last_day: int | None = 100,
) -> AcuteEvent:
    """Decide whether acute disease after an infusion is new, or a flare of what was there.

    Rule
    ----
    ==================================================  ===================================
    day -30 to day 0                                    event after day 0
    ==================================================  ===================================
    assessed, never any disease                         new: first day of any grade
    disease at some assessment                          flare: first day at least one grade
                                                        above the last of these assessments
    not assessed                                        new_or_flare: first day of any grade
    ==================================================  ===================================

    Parameters
    ----------
    assessments : iterable of (int, Grade)
        Day from the infusion [days] and grade, all on one scale, in any order.
    policy : {"strict", "lower_bound", "upper_bound"}
        What stands for an open grade.
    last_day : int or None
        Last day of the window; None for no end.

    Returns
    -------
    AcuteEvent

    Raises
    ------
    ArgumentError
        If the grades are of different scales.

    Notes
    -----
    What is seen on day 0 was there before the cells could act. Of two assessments of one day the
    higher grade counts. Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_acute_gvhd_course.py`).

    Examples
    --------
    >>> def at(day, g):
    ...     return day, Grade(scale="agvhd_magic", status=Status.OK, value=g, low=g, high=g)
    >>> classify_acute_event([at(-10, 1), at(7, 1), at(14, 2)])
    AcuteEvent(kind='flare', day=14, flags=())
    """
    graded = sorted(
        (day, value)
        for day, grade in _told(assessments)
        if (value := grade_by_policy(grade, policy)) is not None
    )
    before = [value for day, value in graded if -ACTIVITY_DAYS <= day <= 0]
    after = [one for one in graded if one[0] > 0 and (last_day is None or one[0] <= last_day)]
    flags = () if before else ("BASELINE_UNKNOWN",)
    if not after:
        return AcuteEvent(None, None, flags)
    kind: EventKind = "flare" if any(before) else "new" if before else "new_or_flare"
    day = _first(after, before[-1] + 1 if before else 1)
    return AcuteEvent("none" if day is None else kind, day, flags)


def classify_crs_rash(
    day: int,
    *,
    crs: bool | None,
    biopsy_positive: bool | None = None,
    physician_diagnosis: bool | None = None,
) -> bool | None:
    """Decide whether a rash may be that of the cytokine release and needs the flag CRS_RASH.

    Rule
    ----
    =====================================================  =============
    rash                                                   flag
    =====================================================  =============
    before day 0 or after day 7                            no
    biopsy that shows it, or diagnosed by a physician      no
    no cytokine release on that day                        no
    cytokine release on that day                           yes
    cytokine release not known                             not known
    =====================================================  =============

    Parameters
    ----------
    day : int
        Day of the rash from the infusion [days].
    crs : bool or None
        Whether there was cytokine release syndrome that day.
    biopsy_positive, physician_diagnosis : bool or None
        What would make it graft-versus-host disease; unknown does not.

    Returns
    -------
    bool or None

    Notes
    -----
    Source: [house] convention. Checked by hand (`tests/unit/clinical/test_acute_gvhd_course.py`).

    Examples
    --------
    >>> classify_crs_rash(5, crs=True), classify_crs_rash(5, crs=True, biopsy_positive=True)
    (True, False)
    """
    if not 0 <= day <= RASH_DAYS or biopsy_positive or physician_diagnosis:
        return False
    return crs
