"""The first day of each fact that can end the time of an endpoint."""

from collections.abc import Callable, Iterable, Mapping

from autallo.clinical.endpoint_rules import EndpointOptions
from autallo.clinical.patient_course import (
    ChronicGvhd,
    FurtherCourse,
    LaterTherapy,
    PatientCourse,
)
from autallo.clinical.response import (
    FIRST_RESPONSE_DAY,
    RESPONDING,
    RESPONSE_DAY,
    RESPONSE_TOLERANCE_DAYS,
)

__all__ = ["FACTS", "LATER_FACTS", "days_failed", "days_responded"]

LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS
#: Facts that come from therapy after day 0, which must then be recorded.
LATER_FACTS = frozenset({"transplant", "new_cell_therapy", "new_therapy", "any_transplant"})
#: Reasons for which a transplant is a new therapy against the leukaemia.
THERAPEUTIC = frozenset({"mrd", "b_cell_recovery", "relapse"})
NOTHING = FurtherCourse()
Fact = Callable[[PatientCourse, EndpointOptions, bool], int | None]


def days_failed(course: PatientCourse) -> list[int]:
    """List the days of the assessments in the window that show no remission.

    Rule
    ----
    =====================================  ==========
    assessment of day 7 to day 35          listed
    =====================================  ==========
    MLFS, PR, NR                           yes
    CR, CRh, CRi, NE                       no
    =====================================  ==========

    Parameters
    ----------
    course : PatientCourse
        What happened [days].

    Returns
    -------
    list of int
        Days [days], in the order of the assessments.

    Notes
    -----
    Source: [house] convention.

    Examples
    --------
    >>> days_failed(PatientCourse(responses=((14, "NR"), (28, "CR"), (40, "NR"))))
    [14]
    """
    return [
        day
        for day, category in course.responses
        if FIRST_RESPONSE_DAY <= day <= LAST_RESPONSE_DAY and category not in ("NE", *RESPONDING)
    ]


def days_responded(course: PatientCourse) -> list[int]:
    """List the days of the assessments in the window that show a remission.

    Rule
    ----
    =====================================  ==========
    assessment of day 7 to day 35          listed
    =====================================  ==========
    CR, CRh, CRi                           yes
    MLFS, PR, NR, NE                       no
    =====================================  ==========

    Parameters
    ----------
    course : PatientCourse
        What happened [days].

    Returns
    -------
    list of int
        Days [days], in the order of the assessments.

    Notes
    -----
    Source: [house] convention.

    Examples
    --------
    >>> days_responded(PatientCourse(responses=((14, "NR"), (28, "CR"))))
    [28]
    """
    return [
        day
        for day, category in course.responses
        if FIRST_RESPONSE_DAY <= day <= LAST_RESPONSE_DAY and category in RESPONDING
    ]


def _first(*days: int | None) -> int | None:
    return min((day for day in days if day is not None), default=None)


def _death(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    return course.death_day


def _relapse(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    if options.mrd_relapse:
        return _first(course.relapse_day, course.mrd_relapse_day)
    return course.relapse_day


def _failure(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    if (course.best_response or "NE") in RESPONDING:
        return None
    if course.best_response is None and days_responded(course):
        return None
    return max(days_failed(course), default=None)


def _leukaemia_death(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: FBT001
    cause = worst if course.leukaemia_death is None else course.leukaemia_death
    return course.death_day if options.leukaemia_death and cause else None


def _later(course: PatientCourse) -> LaterTherapy:
    return (course.further or NOTHING).later or LaterTherapy()


def _transplant(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    return _later(course).transplant_day


def _any_transplant(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    """Return the day from which the policy on transplants holds."""
    later = _later(course)
    if not options.with_cell_therapy:
        return later.transplant_day
    return _first(later.transplant_day, later.cell_therapy_day, later.lymphocytes_day)


def _new_cell_therapy(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    later = _later(course)
    return _first(later.transplant_day, later.cell_therapy_day, later.lymphocytes_day)


def _new_therapy(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
    later = _later(course)
    reason = later.transplant_reason
    counts = worst if reason is None else reason in THERAPEUTIC
    transplant = later.transplant_day if counts else None
    return _first(transplant, later.cell_therapy_day, later.other_day)


def _from_grade(
    graded: Iterable[tuple[int, int | None]], least: int, *, unknown: int
) -> int | None:
    """Return the first day of a grade; `unknown` is what a grade that is not known stands for."""
    return min(
        (day for day, grade in graded if (unknown if grade is None else grade) >= least),
        default=None,
    )


def _acute(least: int) -> Fact:
    def fact(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
        gvhd = (course.further or NOTHING).gvhd
        return None if gvhd is None else _from_grade(gvhd.acute, least, unknown=4 if worst else 1)

    return fact


def _chronic(holds: Callable[[ChronicGvhd], bool | None]) -> Fact:
    def fact(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
        gvhd = (course.further or NOTHING).gvhd
        days = []
        for one in () if gvhd is None else gvhd.chronic:
            held = holds(one)
            if one.severity != "none" and (worst if held is None else held):
                days.append(one.day)
        return min(days, default=None)

    return fact


def _at_least(*severities: str) -> Callable[[ChronicGvhd], bool | None]:
    """Return a rule: one of the severities, or extensive; unknown without either."""

    def holds(one: ChronicGvhd) -> bool | None:
        if one.severity is None:
            return one.extensive
        return one.severity in severities or bool(one.extensive)

    return holds


def _onset(field: str) -> Fact:
    def fact(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: FBT001
        graded = getattr(course.further or NOTHING, field) or ()
        return _from_grade(graded, options.least_grade, unknown=5 if worst else 1)

    return fact


def _kept(field: str) -> Fact:
    def fact(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
        kept = getattr(course.further or NOTHING, field)
        return None if kept is None else kept.lost_day

    return fact


def _recovered(field: str) -> Fact:
    def fact(course: PatientCourse, options: EndpointOptions, worst: bool) -> int | None:  # noqa: ARG001, FBT001
        recovery = getattr(course.further or NOTHING, field)
        return None if recovery is None else recovery.day

    return fact


#: The first day of a fact; the last argument asks for what is unknown at its worst.
FACTS: Mapping[str, Fact] = {
    "death": _death,
    "relapse": _relapse,
    "failure": _failure,
    "leukaemia_death": _leukaemia_death,
    "transplant": _transplant,
    "any_transplant": _any_transplant,
    "new_cell_therapy": _new_cell_therapy,
    "new_therapy": _new_therapy,
    "agvhd_2": _acute(2),
    "agvhd_3": _acute(3),
    "cgvhd": _chronic(lambda _: True),
    "cgvhd_moderate": _chronic(_at_least("moderate", "severe")),
    "cgvhd_severe": _chronic(_at_least("severe")),
    "cgvhd_systemic": _chronic(lambda one: one.systemic_therapy),
    "b_cell_aplasia_lost": _kept("b_cell_aplasia"),
    "car_t_lost": _kept("car_t"),
    "crs": _onset("crs"),
    "icans": _onset("icans"),
    "neutrophils": _recovered("neutrophils"),
    "platelets": _recovered("platelets"),
}
