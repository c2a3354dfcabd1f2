"""Time-to-event endpoints of one patient: days from day 0, and what happened."""

from dataclasses import replace

from autallo.clinical.endpoint_facts import FACTS, LATER_FACTS, days_failed, days_responded
from autallo.clinical.endpoint_rules import (
    DEFAULT_OPTIONS,
    ENDPOINT_RULES,
    ENDPOINTS,
    SAME_ENDPOINT,
    Endpoint,
    EndpointOptions,
    EndpointRule,
)
from autallo.clinical.endpoint_status import (
    EndpointBounds,
    EndpointIntervals,
    EndpointStatus,
    StateInterval,
)
from autallo.clinical.grading import Status
from autallo.clinical.patient_course import (
    FurtherCourse,
    Maintained,
    PatientCourse,
    convert_to_cutoff,
)
from autallo.clinical.response import (
    FIRST_RESPONSE_DAY,
    RESPONSE_DAY,
    RESPONSE_TOLERANCE_DAYS,
    classify_best_response,
    classify_responder,
)
from autallo.errors import ArgumentError

__all__ = [
    "ENDPOINTS",
    "Endpoint",
    "EndpointOptions",
    "PatientCourse",
    "classify_endpoint",
    "classify_endpoint_bounds",
    "classify_intervals",
    "convert_to_cutoff",
]

LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS
#: What a time of 0 is set to: the first half of day 0 [days].
ZERO_TIME = 0.5
NOT_ASSESSED = (
    f"not evaluable: no response assessment from day {FIRST_RESPONSE_DAY}"
    f" to day {LAST_RESPONSE_DAY}"
)
#: A field of `FurtherCourse` in words, and what it means that there never was any.
FIELDS = {
    "later": ("later therapy", ""),
    "gvhd": ("GVHD", ""),
    "b_cell_aplasia": ("B-cell aplasia", "never had B-cell aplasia"),
    "car_t": ("infused cells in blood", "infused cells never found in blood"),
    "crs": ("cytokine release syndrome", ""),
    "icans": ("neurotoxicity", ""),
    "neutrophils": ("recovery of neutrophils", "neutrophils never below the limit"),
    "platelets": ("recovery of platelets", "platelets never below the limit"),
}
_NOTHING = FurtherCourse()


def classify_endpoint(
    course: PatientCourse, endpoint: Endpoint, *, options: EndpointOptions = DEFAULT_OPTIONS
) -> EndpointStatus:
    """Decide the time and the status of one patient for one endpoint.

    Rule
    ----
    ============  ===========  ==============================================  ===============
    name          patients     event (1)                                       competing (2)
    ============  ===========  ==============================================  ===============
    OS            all infused  death from any cause                            none
    EFS           all infused  the first of death, relapse, and failure: no    none
                               CR, CRh or CRi by day 35
    EFS_STRICT    all infused  as EFS, or new therapy against the leukaemia    none
    LFS = RFS     responders   relapse or death                                none
    DOR           responders   relapse, timed from the response                death
    RI            responders   relapse                                         death
    NRM = TRM     responders   death without relapse                           relapse
    AGVHD_2_4,    all infused  acute GVHD of that grade by day 100             death, relapse,
    AGVHD_3_4                                                                  new cells
    CGVHD,        all infused  chronic GVHD, any or moderate and severe        relapse, death
    CGVHD_MODERATE
    GRFS          all infused  acute GVHD III-IV, chronic GVHD with systemic   none
                               therapy, relapse, failure, or death
    GRFS_REFINED  all infused  the same with severe or extensive chronic GVHD  none
    CRFS          all infused  moderate to extensive chronic GVHD, relapse,    none
                               failure, or death
    BCA           responders   loss of B-cell aplasia, in those who had it     relapse, death,
                                                                               transplant
    CAR_T         all infused  loss of the infused cells, once detected        the same
    CRS, ICANS    all infused  onset of the grade by day 28                    death
    NEUTROPHILS,  all infused  recovery of the count                           death
    PLATELETS
    ============  ===========  ==============================================  ===============

    Parameters
    ----------
    course : PatientCourse
        What happened, in days from day 0 [days].
    endpoint : str
        Which endpoint.
    options : EndpointOptions
        What the endpoint leaves open.

    Returns
    -------
    EndpointStatus

    Raises
    ------
    ArgumentError
        If the endpoint is not known, or a day lies before day 0.

    Notes
    -----
    Time runs from the infusion; for endpoints after a transplant its day is day 0 of the course.
    Follow-up without event ends at the last contact or on the day the data were closed, whichever
    comes first; what is dated later than that closing is not used, the closing day itself counts.
    A time of 0 is set to half a day. Relapse and death on the same day: the relapse is the event
    of RI; a transplant on the day of an event is after it. Responders have CR, CRh or CRi between
    day 7 and day 35.

    Failure (EFS, and relapse of those who never responded) is dated on the last assessment of that
    window, all of which show no remission. In a patient without any assessment in the window
    failure cannot be seen and is never guessed: he stays in the population, with death and relapse
    on their days, else followed to the end. Whether he counts must not depend on what happened to
    him later.

    The last contact stands for the last disease assessment as well, a common simplification that
    can only lengthen the time at risk of relapse; `options.follow_up` undoes it. A later
    transplant ends nothing unless `options.transplant` says so. An open assessment (`unsure`) is
    read as none; a patient whose GVHD, toxicity, later therapy or cause of death matters and is not
    known is outside with the reason. `classify_endpoint_bounds` says what is possible.

    Source: [kim2013] for the endpoints with competing events, [holtan2015] and [ruggeri2016] for
    GRFS, [cibmtr4100] for the counts. Checked against the eight patients of
    `tests/spec/test_endpoints.py` and `tests/spec/test_all_endpoints.py`.

    Examples
    --------
    >>> course = PatientCourse(responses=((28, "CR"),), relapse_day=192, death_day=297)
    >>> found = classify_endpoint(course, "OS")
    >>> found.days, found.status, classify_endpoint(course, "RI").days
    (297.0, 1, 192.0)
    """
    rule = _rule(endpoint)
    if course.cutoff_day is not None and course.cutoff_day < 0:
        return _outside("day 0 is after the data cutoff")
    seen = convert_to_cutoff(course)
    found = _classify(seen, endpoint, rule, options, worst=False)
    if not rule.may_be_open or not found.in_population:
        return found
    other = _classify(seen, endpoint, rule, options, worst=True)
    if (other.days, other.status) == (found.days, found.status):
        return found
    return _outside("not evaluable: what ends the time is not fully recorded")


def classify_endpoint_bounds(
    course: PatientCourse, endpoint: Endpoint, *, options: EndpointOptions = DEFAULT_OPTIONS
) -> EndpointBounds:
    """Decide between which times an endpoint lies if something of the course is unknown.

    Rule
    ----
    ========================================  ============================================
    unknown                                   possible
    ========================================  ============================================
    category of an assessment (`unsure`)      its best and its worst one
    relapse (`possible_relapse_day`)          on that day, or as recorded
    grade, severity, reason, cause of death   the least and the most severe
    ========================================  ============================================

    Parameters
    ----------
    course : PatientCourse
        What happened, in days from day 0 [days].
    endpoint : str
        Which endpoint.
    options : EndpointOptions
        What the endpoint leaves open.

    Returns
    -------
    EndpointBounds

    Raises
    ------
    ArgumentError
        If the endpoint is not known, or a day lies before day 0.

    Notes
    -----
    Tried are all combinations of the three rows; of several open assessments every day on which
    the first remission may have been. Source: [house] convention.

    Examples
    --------
    >>> course = PatientCourse(unsure=((28, "CR", "NR"),), last_contact_day=400)
    >>> found = classify_endpoint_bounds(course, "EFS")
    >>> found.worst.days, found.best.days, found.value
    (28.0, 400.0, None)
    """
    rule = _rule(endpoint)
    if course.cutoff_day is not None and course.cutoff_day < 0:
        outside = _outside("day 0 is after the data cutoff")
        return _bounds([outside])
    seen = convert_to_cutoff(course)
    return _bounds(
        [
            _classify(completed, endpoint, rule, options, worst=worst)
            for completed in _completions(seen)
            for worst in ((False, True) if rule.may_be_open else (False,))
        ]
    )


def classify_intervals(
    course: PatientCourse, endpoint: Endpoint, *, options: EndpointOptions = DEFAULT_OPTIONS
) -> EndpointIntervals:
    """Decide the intervals before and after a later transplant, for a time-dependent state.

    Rule
    ----
    ==============================  =====================================================
    later transplant                rows
    ==============================  =====================================================
    none, or not before the end     one, state 0
    before the end                  state 0 to its day without event, then state 1
    not after the start             one, state 1
    ==============================  =====================================================

    Parameters
    ----------
    course : PatientCourse
        What happened, in days from day 0 [days].
    endpoint : str
        Which endpoint.
    options : EndpointOptions
        What the endpoint leaves open; `transplant` must be "ignore".

    Returns
    -------
    EndpointIntervals

    Raises
    ------
    ArgumentError
        If the endpoint is not known, a day lies before day 0, or transplants are to be censored or
        to compete at the same time.

    Notes
    -----
    A patient contributes to the state he is in, so that the time he had to live to be transplanted
    is not credited to the transplant. Source: [mantel1974].

    Examples
    --------
    >>> from autallo.clinical.patient_course import FurtherCourse, LaterTherapy
    >>> course = PatientCourse(responses=((28, "CR"),), death_day=300, further=FurtherCourse(
    ...     later=LaterTherapy(transplant_day=92)))
    >>> [(row.start, row.stop, row.state, row.status)
    ...  for row in classify_intervals(course, "OS").rows]
    [(0.0, 92.0, 0, 0), (92.0, 300.0, 1, 1)]
    """
    if options.transplant != "ignore":
        raise ArgumentError("`options.transplant` must be ignore where it is a state in time.")
    found = classify_endpoint(course, endpoint, options=options)
    if found.days is None:
        return EndpointIntervals(rows=(), in_population=False, reason=found.reason)
    seen = convert_to_cutoff(course)
    if (seen.further or _NOTHING).later is None:
        return EndpointIntervals(rows=(), in_population=False, reason=_not_recorded("later"))
    change = FACTS["any_transplant"](seen, options, False)
    start = _start(seen, _rule(endpoint), endpoint, options) or 0
    after = None if change is None else float(change - start)
    if after is None or after >= found.days:
        rows = (StateInterval(start=0.0, stop=found.days, state=0, status=found.status),)
    elif after <= 0:
        rows = (StateInterval(start=0.0, stop=found.days, state=1, status=found.status),)
    else:
        before = StateInterval(start=0.0, stop=after, state=0, status=0)
        rest = StateInterval(start=after, stop=found.days, state=1, status=found.status)
        return EndpointIntervals(rows=(before, rest))
    return EndpointIntervals(rows=rows)


def _rule(endpoint: str) -> EndpointRule:
    rule = ENDPOINT_RULES.get(SAME_ENDPOINT.get(endpoint, endpoint))
    if rule is None:
        raise ArgumentError(f"`endpoint` must be one of {', '.join(ENDPOINTS)}.")
    return rule


def _classify(
    seen: PatientCourse,
    endpoint: str,
    rule: EndpointRule,
    options: EndpointOptions,
    *,
    worst: bool,
) -> EndpointStatus:
    """Return the endpoint of a course at the cutoff, unknown facts at their least or worst."""
    if seen.last_contact_day is None:
        return _outside("no follow-up after day 0")
    events = _events(endpoint, rule, options)
    patients = rule.patients
    if options.patients is not None and endpoint in ("RI", "NRM", "TRM"):
        patients = options.patients
    reason = _why_outside(seen, rule, events, patients)
    if reason is not None:
        return _outside(reason)
    start = _start(seen, rule, endpoint, options)
    if start is None:
        return _outside("not evaluable: day of the response missing")
    last: int | None = None if rule.until is None else getattr(options, rule.until)
    found = None
    for place, (fact, _) in enumerate(events):
        day = FACTS[fact](seen, options, worst)
        if day is None or (last is not None and day > last):
            continue
        if found is None or day < found[0]:
            found = (day, place)
    closing = _closing(seen, rule, options)
    if last is not None and closing > last:
        closing = last
    return _timed(found, events, start=start, closing=closing)


def _timed(
    found: tuple[int, int] | None,
    events: tuple[tuple[str, int], ...],
    *,
    start: int,
    closing: int,
) -> EndpointStatus:
    if found is None:
        return EndpointStatus(float(max(closing - start, 0)) or ZERO_TIME, 0)
    day, place = found
    fact, status = events[place]
    if day < start:
        return _outside(f"not evaluable: {fact.replace('_', ' ')} before the response")
    if status == 0 and closing < day:
        day = max(closing, start)
    return EndpointStatus(float(day - start) or ZERO_TIME, status, cause=fact)


def _events(
    endpoint: str, rule: EndpointRule, options: EndpointOptions
) -> tuple[tuple[str, int], ...]:
    """Return the facts that end the time under the options, with their status."""
    events = rule.events
    if options is DEFAULT_OPTIONS:
        return events
    if endpoint in ("RI", "NRM", "TRM") and options.patients == "infused":
        events = (events[0], ("failure", events[0][1]), *events[1:])
    elif endpoint == "DOR" and options.death_in_remission == "censor":
        events = tuple((fact, 0 if fact == "death" else status) for fact, status in events)
    elif endpoint.startswith("AGVHD"):
        events = (events[0], *(one for one in events[1:] if one[0] in options.gvhd_competing))
    elif endpoint in ("BCA", "CAR_T"):
        lost, *others = events
        events = (lost, *((fact, 2 if fact in options.loss_competing else 0) for fact, _ in others))
    if options.transplant == "ignore":
        return events
    return (*events, ("any_transplant", 2 if options.transplant == "compete" else 0))


def _why_outside(
    seen: PatientCourse,
    rule: EndpointRule,
    events: tuple[tuple[str, int], ...],
    patients: str,
) -> str | None:
    """Return why a patient is outside the population, or None."""
    if patients == "responders":
        best = seen.best_response or classify_best_response(seen.responses).category
        responder = classify_responder(best, death_day=seen.death_day)
        if responder is None:
            return NOT_ASSESSED
        if not responder:
            return "not a responder"
    elif _failure_undated(seen) and any(fact == "failure" for fact, _ in events):
        return "not evaluable: day of the response assessment missing"
    if events is rule.events and not rule.needs:
        return None
    further = seen.further or _NOTHING
    needs = rule.needs
    if not LATER_FACTS.isdisjoint(fact for fact, _ in events):
        needs = ("later", *needs)
    for field in needs:
        part = getattr(further, field)
        if part is None or (isinstance(part, Maintained) and part.present is None):
            return _not_recorded(field)
        if getattr(part, "present", None) is False or getattr(part, "never_low", False):
            return FIELDS[field][1]
    return None


def _failure_undated(seen: PatientCourse) -> bool:
    """Say whether failure is recorded as best response, but no assessment that shows it."""
    best = seen.best_response
    if best is None or best == "NE":
        return False
    return classify_responder(best) is False and not days_failed(seen)


def _not_recorded(field: str) -> str:
    return f"not evaluable: {FIELDS[field][0]} not recorded"


def _start(
    seen: PatientCourse, rule: EndpointRule, endpoint: str, options: EndpointOptions
) -> int | None:
    """Return the day from which time runs, or None if it is not known."""
    if endpoint != "DOR" and options.start == "infusion":
        return 0
    if rule.patients != "responders" or rule.follow_up != "disease":
        return 0
    return min(days_responded(seen), default=None)


def _closing(seen: PatientCourse, rule: EndpointRule, options: EndpointOptions) -> int:
    """Return the last day of follow-up without an event."""
    contact = seen.last_contact_day or 0
    if rule.follow_up == "life" or (
        rule.follow_up == "disease" and options.follow_up == "last_contact"
    ):
        return contact
    if rule.follow_up == "disease":
        days = [day for day, category in seen.responses if category != "NE" and day >= 0]
        return max([*days, seen.last_assessment_day or 0])
    kept = getattr(seen.further or _NOTHING, rule.follow_up)
    return min(contact, kept.last_day or 0)


def _completions(seen: PatientCourse) -> list[PatientCourse]:
    """Return the courses that the open assessments and an open relapse allow."""
    opened = sorted(seen.unsure)
    relapses = {seen.relapse_day}
    if seen.possible_relapse_day is not None:
        recorded = seen.possible_relapse_day if seen.relapse_day is None else seen.relapse_day
        relapses.add(min(seen.possible_relapse_day, recorded))
    courses = []
    for worst_until in range(len(opened) + 1):
        added = tuple(
            (day, worst if place < worst_until else best)
            for place, (day, best, worst) in enumerate(opened)
        )
        courses += [
            replace(seen, responses=(*seen.responses, *added), unsure=(), relapse_day=relapse)
            for relapse in relapses
        ]
    return courses


def _bounds(found: list[EndpointStatus]) -> EndpointBounds:
    inside = [one for one in found if one.in_population]
    if not inside:
        return EndpointBounds(
            status=Status.NOT_APPLICABLE, value=found[0], worst=None, best=None, in_population=False
        )
    inside.sort(key=lambda one: (one.days or 0.0, -one.status if one.status < 2 else -0.5))
    worst, best = inside[0], inside[-1]
    everywhere = len(inside) == len(found)
    known = everywhere and len({(one.days, one.status) for one in inside}) == 1
    return EndpointBounds(
        status=Status.OK if known else Status.INDETERMINATE,
        value=worst if known else None,
        worst=worst,
        best=best,
        in_population=True if everywhere else None,
    )


def _outside(reason: str) -> EndpointStatus:
    return EndpointStatus(None, 0, in_population=False, reason=reason)
