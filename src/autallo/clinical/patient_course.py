"""What happened to one patient, in days from day 0, and what of it was known at the cutoff."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from autallo.errors import ArgumentError

__all__ = [
    "ChronicGvhd",
    "FurtherCourse",
    "GvhdCourse",
    "LaterTherapy",
    "Maintained",
    "PatientCourse",
    "Recovery",
    "convert_to_cutoff",
]

TransplantReason = Literal["consolidation", "mrd", "b_cell_recovery", "relapse"]
TRANSPLANT_REASONS = ("consolidation", "mrd", "b_cell_recovery", "relapse")
Severity = Literal["none", "mild", "moderate", "severe"]
Graded = tuple[tuple[int, int | None], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterTherapy:
    """Treatment after day 0; a day of None is "not given".

    Attributes
    ----------
    transplant_day : int or None
        First allogeneic transplant [days], at least 1.
    transplant_reason : {"consolidation", "mrd", "b_cell_recovery", "relapse"} or None
        Why it was done; None if not known.
    cell_therapy_day : int or None
        First further CAR T or other cell therapy [days], at least 1.
    lymphocytes_day : int or None
        First infusion of donor lymphocytes [days], at least 1.
    other_day : int or None
        First other new therapy against the leukaemia [days], at least 1.
    """

    transplant_day: int | None = None
    transplant_reason: TransplantReason | None = None
    cell_therapy_day: int | None = None
    lymphocytes_day: int | None = None
    other_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChronicGvhd:
    """One assessment of chronic GVHD; None is "not known".

    Attributes
    ----------
    day : int
        Day of the assessment, or of the start of the therapy [days].
    severity : {"none", "mild", "moderate", "severe"} or None
        Global severity.
    extensive : bool or None
        Extensive rather than limited, where only that was recorded.
    systemic_therapy : bool or None
        Whether systemic therapy was needed.
    """

    day: int
    severity: Severity | None = None
    extensive: bool | None = None
    systemic_therapy: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GvhdCourse:
    """Graft-versus-host disease after day 0; empty is "watched for and not seen".

    Attributes
    ----------
    acute : tuple of (int, int or None)
        Day [days] and overall grade, 0 to 4; None for GVHD whose grade is not known.
    chronic : tuple of ChronicGvhd
        Assessments of chronic GVHD.
    """

    acute: Graded = ()
    chronic: tuple[ChronicGvhd, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintained:
    """Something that the product keeps up: B-cell aplasia, or its own cells in the blood.

    Attributes
    ----------
    present : bool or None
        Whether it was ever there; None if not known.
    lost_day : int or None
        Day of its confirmed loss [days]; None if not lost.
    last_day : int or None
        Last sample that showed it still there [days].
    """

    present: bool | None = None
    lost_day: int | None = None
    last_day: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """Recovery of a blood count.

    Attributes
    ----------
    day : int or None
        Day of the recovery [days]; None if it was not seen.
    never_low : bool
        Whether the count never fell below the limit.
    """

    day: int | None = None
    never_low: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherCourse:
    """What only some endpoints need; None is "not recorded".

    Attributes
    ----------
    later : LaterTherapy or None
        Transplants, cells and drugs after day 0.
    gvhd : GvhdCourse or None
        Graft-versus-host disease.
    b_cell_aplasia, car_t : Maintained or None
        B-cell aplasia, and the cells of the product.
    crs, icans : tuple of (int, int or None) or None
        Day [days] and grade of cytokine release syndrome and of neurotoxicity; the grade is None
        where it is not known.
    neutrophils, platelets : Recovery or None
        Recovery of the counts.
    """

    later: LaterTherapy | None = None
    gvhd: GvhdCourse | None = None
    b_cell_aplasia: Maintained | None = None
    car_t: Maintained | None = None
    crs: Graded | None = None
    icans: Graded | None = None
    neutrophils: Recovery | None = None
    platelets: Recovery | None = None


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
    unsure : tuple of (int, str, str)
        Assessments whose category is open: day [days], best and worst category.
    possible_relapse_day : int or None
        First day on which a relapse cannot be excluded [days]; None if nothing is open.
    mrd_relapse_day : int or None
        First relapse of residual disease only [days]; None without.
    last_assessment_day : int or None
        Last assessment of the disease [days], where it is not the last of `responses`.
    leukaemia_death : bool or None
        Whether the leukaemia was the cause of death; None if not known.
    further : FurtherCourse or None
        What only some endpoints need.
    """

    responses: tuple[tuple[int, str], ...] = ()
    best_response: str | None = None
    relapse_day: int | None = None
    death_day: int | None = None
    last_contact_day: int | None = None
    cutoff_day: int | None = None
    unsure: tuple[tuple[int, str, str], ...] = ()
    possible_relapse_day: int | None = None
    mrd_relapse_day: int | None = None
    last_assessment_day: int | None = None
    leukaemia_death: bool | None = None
    further: FurtherCourse | None = None


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
        If the day of the relapse or the death is negative, or a later therapy is dated before
        day 1.

    Notes
    -----
    Done twice it changes nothing. A loss that was confirmed after the closing day counts if its
    own day is not after it. Source: [house] convention. Checked by hand
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
    if course.further is not None or course.unsure or _has_rarer_days(course):
        latest = max(latest, *_rarer_days(course))
    followed = latest if last is None else min(latest, last)
    if course.last_contact_day == followed == latest:
        return course
    return _closed(course, last, followed)


def _closed(course: PatientCourse, last: int | None, followed: int) -> PatientCourse:
    further = course.further
    return PatientCourse(
        responses=tuple(pair for pair in course.responses if last is None or pair[0] <= last),
        best_response=course.best_response,
        relapse_day=_until(course.relapse_day, last),
        death_day=_until(course.death_day, last),
        last_contact_day=followed if followed >= 0 else None,
        cutoff_day=last,
        unsure=tuple(one for one in course.unsure if last is None or one[0] <= last),
        possible_relapse_day=_until(course.possible_relapse_day, last),
        mrd_relapse_day=_until(course.mrd_relapse_day, last),
        last_assessment_day=_at_most(course.last_assessment_day, last),
        leukaemia_death=course.leukaemia_death,
        further=further if further is None or last is None else _further_until(further, last),
    )


def _until(day: int | None, last: int | None) -> int | None:
    return None if day is not None and last is not None and day > last else day


def _at_most(day: int | None, last: int | None) -> int | None:
    return day if day is None or last is None else min(day, last)


def _has_rarer_days(course: PatientCourse) -> bool:
    return not (
        course.possible_relapse_day is None
        and course.mrd_relapse_day is None
        and course.last_assessment_day is None
    )


def _rarer_days(course: PatientCourse) -> list[int]:
    """Return the days of the records that few courses have, and -1."""
    named = (course.possible_relapse_day, course.mrd_relapse_day, course.last_assessment_day)
    days = [-1, *(day for day in named if day is not None)]
    if any(day < 0 for day in days[1:]):
        raise ArgumentError("Relapse and assessment must come on or after day 0.")
    days += [day for day, _, _ in course.unsure]
    if course.further is not None:
        days += _further_days(course.further)
    return days


def _further_days(further: FurtherCourse) -> list[int]:
    therapy = [day for day in _therapy_days(further.later) if day is not None]
    if any(day < 1 for day in therapy):
        raise ArgumentError("Later therapy must come after day 0.")
    graded = [*(further.crs or ()), *(further.icans or ())]
    chronic: tuple[ChronicGvhd, ...] = ()
    if further.gvhd is not None:
        graded += further.gvhd.acute
        chronic = further.gvhd.chronic
    kept = [one for one in (further.b_cell_aplasia, further.car_t) if one is not None]
    counts = [one.day for one in (further.neutrophils, further.platelets) if one is not None]
    seen = [day for one in kept for day in (one.lost_day, one.last_day)] + counts
    days = [day for day, _ in graded] + [one.day for one in chronic]
    days += [day for day in seen if day is not None]
    return therapy + days


def _therapy_days(later: LaterTherapy | None) -> tuple[int | None, ...]:
    if later is None:
        return ()
    if later.transplant_reason not in (None, *TRANSPLANT_REASONS):
        raise ArgumentError(f"`transplant_reason` must be one of {', '.join(TRANSPLANT_REASONS)}.")
    return (later.transplant_day, later.cell_therapy_day, later.lymphocytes_day, later.other_day)


def _further_until(further: FurtherCourse, last: int) -> FurtherCourse:
    closed: dict[str, Any] = {
        field.name: _part_until(getattr(further, field.name), last) for field in fields(further)
    }
    return FurtherCourse(**closed)


def _part_until(part: Any, last: int) -> Any:
    match part:
        case None:
            return None
        case LaterTherapy():
            return replace(
                part,
                transplant_day=_until(part.transplant_day, last),
                cell_therapy_day=_until(part.cell_therapy_day, last),
                lymphocytes_day=_until(part.lymphocytes_day, last),
                other_day=_until(part.other_day, last),
            )
        case GvhdCourse():
            chronic = tuple(one for one in part.chronic if one.day <= last)
            return GvhdCourse(acute=_part_until(part.acute, last), chronic=chronic)
        case Maintained():
            lost, kept = _until(part.lost_day, last), _at_most(part.last_day, last)
            return replace(part, lost_day=lost, last_day=kept)
        case Recovery():
            return replace(part, day=_until(part.day, last))
        case _:
            return tuple(pair for pair in part if pair[0] <= last)
