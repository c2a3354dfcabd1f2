"""Time-to-event endpoints of one patient: days from day 0, and what happened."""

from dataclasses import dataclass
from typing import Literal

from autallo.clinical.response import (
    FIRST_RESPONSE_DAY,
    RESPONDING,
    RESPONSE_DAY,
    RESPONSE_TOLERANCE_DAYS,
    classify_best_response,
    classify_responder,
)
from autallo.errors import ArgumentError

__all__ = ["ENDPOINTS", "EndpointStatus", "PatientCourse", "classify_endpoint", "convert_to_cutoff"]

Endpoint = Literal["OS", "EFS", "LFS", "RI", "NRM"]
ENDPOINTS = ("OS", "EFS", "LFS", "RI", "NRM")
LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS
#: What a time of 0 is set to: the first half of day 0 [days].
ZERO_TIME = 0.5
NOT_ASSESSED = (
    f"not evaluable: no response assessment from day {FIRST_RESPONSE_DAY}"
    f" to day {LAST_RESPONSE_DAY}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientCourse:
    """What happened to one patient, in days from day 0.

    Attributes
    ----------
    responses : tuple of (int, str)
        Assessments: day [days] and category, in any order.
    best_response : str or None
        Best response as recorded, used instead of `responses` where it is given.
    relapse_day : int or None
        First morphological or extramedullary relapse or progression [days]; None without.
    death_day : int or None
        Death from any cause [days]; None if not known to be dead.
    last_contact_day : int or None
        Last day on which the patient was known to be alive [days]; None if not recorded.
    cutoff_day : int or None
        Day on which the data were closed [days]; None if they never were.
    """

    responses: tuple[tuple[int, str], ...] = ()
    best_response: str | None = None
    relapse_day: int | None = None
    death_day: int | None = None
    last_contact_day: int | None = None
    cutoff_day: int | None = None


@dataclass(frozen=True, slots=True)
class EndpointStatus:
    """One endpoint of one patient.

    Attributes
    ----------
    days : float or None
        Time from day 0 to the event or the end of follow-up, above 0 [days]; None outside the
        population.
    status : {0, 1, 2}
        0 followed without event, 1 the event of interest, 2 the competing event.
    in_population : bool
        Whether the endpoint applies to the patient and can be told.
    reason : str or None
        Why the patient is outside the population.
    """

    days: float | None
    status: int
    in_population: bool = True
    reason: str | None = None


def convert_to_cutoff(course: PatientCourse) -> PatientCourse:
    """Convert a course to what was known on the day the data were closed.

    Rule
    ----
    ==========================================  ==========================================
    record                                      what becomes of it
    ==========================================  ==========================================
    dated on or before the closing day          kept
    dated after it                              not used, but the patient was alive on the
                                                closing day
    last contact                                the latest dated record, at most the
                                                closing day
    no closing day                              everything kept
    ==========================================  ==========================================

    Parameters
    ----------
    course : PatientCourse
        What happened, in days from day 0 [days].

    Returns
    -------
    PatientCourse
        With `last_contact_day` the end of follow-up [days], None if never seen from day 0 on.

    Raises
    ------
    ArgumentError
        If the day of the relapse or the death is negative.

    Notes
    -----
    Done twice it changes nothing. Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_endpoints.py`).

    Examples
    --------
    >>> convert_to_cutoff(PatientCourse(death_day=400, cutoff_day=365)).last_contact_day
    365
    """
    relapse, death, last = course.relapse_day, course.death_day, course.cutoff_day
    if (relapse is not None and relapse < 0) or (death is not None and death < 0):
        raise ArgumentError("Relapse and death must come on or after day 0.")
    latest = max((day for day, _ in course.responses), default=-1)
    for day in (relapse, death, course.last_contact_day):
        if day is not None and day > latest:
            latest = day
    followed = latest if last is None else min(latest, last)
    if course.last_contact_day == followed == latest:
        return course
    return PatientCourse(
        responses=tuple(pair for pair in course.responses if last is None or pair[0] <= last),
        best_response=course.best_response,
        relapse_day=_until(relapse, last),
        death_day=_until(death, last),
        last_contact_day=followed if followed >= 0 else None,
        cutoff_day=last,
    )


def _until(day: int | None, last: int | None) -> int | None:
    return None if day is not None and last is not None and day > last else day


def classify_endpoint(course: PatientCourse, endpoint: Endpoint) -> EndpointStatus:
    """Decide the time and the status of one patient for one endpoint.

    Rule
    ----
    ====  ===========  ==========================================  ==================  ========
    name  patients     event (1)                                   competing (2)       from
    ====  ===========  ==========================================  ==================  ========
    OS    all infused  death from any cause                        none                infusion
    EFS   all infused  the first of death, relapse, and failure:   none                infusion
                       no CR, CRh or CRi by day 35
    LFS   responders   relapse or death                            none                infusion
    RI    responders   relapse                                     death without        infusion
                                                                   relapse
    NRM   responders   death without relapse                       relapse             infusion
    ====  ===========  ==========================================  ==================  ========

    Parameters
    ----------
    course : PatientCourse
        What happened, in days from day 0.
    endpoint : {"OS", "EFS", "LFS", "RI", "NRM"}
        Which endpoint.

    Returns
    -------
    EndpointStatus

    Raises
    ------
    ArgumentError
        If the endpoint is not known, or the day of a relapse or death is negative.

    Notes
    -----
    Follow-up without event ends at the last contact or on the day the data were closed, whichever
    comes first; what is dated later than that closing is not used, the closing day itself counts.
    A time of 0 is set to half a day. Relapse and death on the same day: the relapse is the event
    of RI. Responders have CR, CRh or CRi between day 7 and day 35.

    Failure (EFS) is dated on the last assessment of that window, all of which show no remission.
    In a patient without any assessment in the window failure cannot be seen and is never guessed:
    he stays in the population, with death and relapse on their days, else followed to the end.
    Whether he counts must not depend on what happened to him later.

    The last contact stands for the last disease assessment as well, a common simplification that
    can only lengthen the time at risk of relapse. A later transplant or therapy ends nothing.
    Source: [kim2013] for the endpoints with competing events. Checked against the eight patients
    of `tests/spec/test_endpoints.py`.

    Examples
    --------
    >>> course = PatientCourse(responses=((28, "CR"),), relapse_day=192, death_day=297)
    >>> classify_endpoint(course, "OS"), classify_endpoint(course, "RI").days
    (EndpointStatus(days=297.0, status=1, in_population=True, reason=None), 192.0)
    """
    if endpoint not in ENDPOINTS:
        raise ArgumentError(f"`endpoint` must be one of {', '.join(ENDPOINTS)}.")
    if course.cutoff_day is not None and course.cutoff_day < 0:
        return _outside("day 0 is after the data cutoff")
    seen = convert_to_cutoff(course)
    if seen.last_contact_day is None:
        return _outside("no follow-up after day 0")
    if endpoint == "OS":
        return _first(seen, (seen.death_day, 1))
    best = seen.best_response or classify_best_response(seen.responses).category
    if endpoint == "EFS":
        return _event_free(seen, best)
    responder = classify_responder(best, death_day=seen.death_day)
    if responder is None:
        return _outside(NOT_ASSESSED)
    if not responder:
        return _outside("not a responder")
    of_relapse, of_death = {"LFS": (1, 1), "RI": (1, 2), "NRM": (2, 1)}[endpoint]
    return _first(seen, (seen.relapse_day, of_relapse), (seen.death_day, of_death))


def _event_free(seen: PatientCourse, best: str) -> EndpointStatus:
    events = ((seen.relapse_day, 1), (seen.death_day, 1))
    if best in RESPONDING:
        return _first(seen, *events)
    failed = [
        day
        for day, category in seen.responses
        if FIRST_RESPONSE_DAY <= day <= LAST_RESPONSE_DAY and category not in ("NE", *RESPONDING)
    ]
    if failed:
        return _first(seen, (max(failed), 1), *events)
    if best != "NE":
        return _outside("not evaluable: day of the response assessment missing")
    return _first(seen, *events)


def _first(seen: PatientCourse, *events: tuple[int | None, int]) -> EndpointStatus:
    """Return the earliest event, the one named first on the same day, else the end of follow-up."""
    dated = [(day, place) for place, (day, _) in enumerate(events) if day is not None]
    if not dated:
        return EndpointStatus(float(seen.last_contact_day or 0) or ZERO_TIME, 0)
    day, place = min(dated)
    return EndpointStatus(float(day) or ZERO_TIME, events[place][1])


def _outside(reason: str) -> EndpointStatus:
    return EndpointStatus(None, 0, in_population=False, reason=reason)
