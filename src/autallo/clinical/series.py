"""A toxicity over time: onset, worst grade, resolution and duration from its daily grades.

One series holds one scale. A day that is not recorded is never a day without toxicity.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from autallo.clinical.grading import Grade, Status
from autallo.errors import ArgumentError

__all__ = ["GradeSeries", "grade_series", "grade_worst"]

#: From this grade on a toxicity is severe.
SEVERE = 3
#: Days that must follow a day without toxicity before it counts as resolved.
NO_RETURN_DAYS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeSeries:
    """A toxicity over time on one scale.

    Attributes
    ----------
    scale : str
        Key of the scale.
    worst : Grade
        The worst grade, or its bounds if days are open.
    onset_day : int or None
        First day of grade 1 or more; None if there is none, or it cannot be told.
    max_day : int or None
        First day of the worst grade, if that is 1 or more.
    resolve_day : int or None
        First day of grade 0 after which no toxicity returns within 48 hours.
    duration_days : int or None
        From `onset_day` to `resolve_day` [days].
    severe : bool or None
        Whether the worst grade is 3 or more; None if it cannot be told.
    days_graded : int
        Days whose grade is known.
    days_open : int
        Days with bounds only.
    days_not_recorded : int
        Days between the first and the last day of the series without any grade.
    flags : tuple of str
        ``ONSET_OPEN``, ``MAX_DAY_OPEN``, ``RESOLUTION_OPEN``: open days leave it undecided;
        ``DAYS_NOT_RECORDED``; ``NOT_RESOLVED``; ``RESOLUTION_UNCONFIRMED``: the 48 hours after it
        are not fully recorded; ``LATE_ONSET``; and the flags of `worst`.
    """

    scale: str
    worst: Grade
    onset_day: int | None = None
    max_day: int | None = None
    resolve_day: int | None = None
    duration_days: int | None = None
    severe: bool | None = None
    days_graded: int = 0
    days_open: int = 0
    days_not_recorded: int = 0
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Course:
    """Onset and resolution of one completion of a series."""

    onset: int | None
    resolved: int | None


def grade_worst(grades: Iterable[Grade]) -> Grade:
    """Return the worst of several grades on one scale: of one day, or of many.

    Rule
    ----
    =====================================  ==========================================
    grades                                 worst
    =====================================  ==========================================
    all known                              the highest
    some open                              between the highest least and the highest
                                           most
    none given, or none evaluable          NOT_EVALUABLE, or the status they share
    =====================================  ==========================================

    Parameters
    ----------
    grades : iterable of Grade
        Grades on one scale; those without bounds (impossible, not evaluable) are left out.

    Returns
    -------
    Grade
        With the rows and flags of the grades that decided.

    Raises
    ------
    ArgumentError
        If there is no grade, or they are of different scales.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> known = Grade(scale="s", status=Status.OK, value=2, low=2, high=2)
    >>> grade_worst([known, Grade(scale="s", status=Status.INDETERMINATE, low=0, high=2)]).value
    2
    """
    given = list(grades)
    scale = _one_scale(given)
    bounded = [grade for grade in given if grade.low is not None and grade.high is not None]
    if not bounded:
        statuses = {grade.status for grade in given}
        status = statuses.pop() if len(statuses) == 1 else Status.NOT_EVALUABLE
        flags = tuple(dict.fromkeys(flag for grade in given for flag in grade.flags))
        return Grade(scale=scale, status=status, flags=flags)
    low = max(grade.low or 0 for grade in bounded)
    high = max(grade.high or 0 for grade in bounded)
    deciding = [grade for grade in bounded if grade.low == low]
    opening = [grade for grade in bounded if (grade.high or 0) > low]
    known = low == high
    return Grade(
        scale=scale,
        status=Status.OK if known else Status.INDETERMINATE,
        value=low if known else None,
        low=low,
        high=high,
        missing=tuple(dict.fromkeys(name for grade in opening for name in grade.missing)),
        because=tuple(dict.fromkeys(key for grade in deciding for key in grade.because)),
        flags=tuple(dict.fromkeys(flag for grade in deciding for flag in grade.flags)),
    )


def _one_scale(grades: list[Grade]) -> str:
    scales = {grade.scale for grade in grades}
    if not scales:
        raise ArgumentError("`grades` must hold at least one grade.")
    if len(scales) > 1:
        raise ArgumentError("`grades` must be of one scale: grades of two are never mixed.")
    return scales.pop()


def grade_series(days: Mapping[int, Grade], *, late_after: int | None = None) -> GradeSeries:
    """Summarise the daily grades of a toxicity: onset, worst, resolution, duration.

    Rule
    ----
    ============  ======================================================================
    summary       rule
    ============  ======================================================================
    worst         highest grade of any day
    onset         first day of grade 1 or more
    worst day     first day of the worst grade
    resolution    first day of grade 0 after the onset that no grade of 1 or more follows
                  on the next two days
    duration      resolution less onset
    severe        worst grade 3 or more
    ============  ======================================================================

    Parameters
    ----------
    days : mapping of int to Grade
        Grade of each day counted from the infusion (day 0), in any order; all of one scale.
    late_after : int or None
        Flag ``LATE_ONSET`` if the onset is after this day; 30 for cytokine release.

    Returns
    -------
    GradeSeries
        A day is given only if every completion of the open days agrees on it.

    Raises
    ------
    ArgumentError
        If there is no day, or the grades are of different scales.

    Notes
    -----
    A day that is not recorded, not evaluable or impossible takes no part: it cannot be the day of
    resolution, and is counted and flagged. Where the series ends before 48 hours have passed the
    day of resolution is given and flagged. A later return opens a new episode; the series tells
    of the first one only, and its worst grade is that of the whole series. Source: [house].
    Checked against `tests/spec/test_series.py`.

    Examples
    --------
    >>> grades = [0, 1, 3, 1, 0, 0, 0]
    >>> days = {
    ...     day: Grade(scale="s", status=Status.OK, value=g, low=g, high=g)
    ...     for day, g in enumerate(grades)
    ... }
    >>> found = grade_series(days)
    >>> found.onset_day, found.max_day, found.resolve_day, found.duration_days
    (1, 2, 4, 3)
    """
    worst = grade_worst(days[day] for day in sorted(days))
    lows = {day: grade.low for day, grade in sorted(days.items()) if grade.low is not None}
    highs = {day: grade.high for day, grade in sorted(days.items()) if grade.high is not None}
    least, most = _course(lows), _course(highs)
    onset = least.onset if least.onset == most.onset else None
    agreed = least == most
    resolved = least.resolved if agreed else None
    worst_day = _worst_day(lows, highs)
    confirmed = resolved is None or None not in _after(highs, resolved)
    late = late_after is not None and onset is not None and onset > late_after
    gaps = max(days) - min(days) + 1 - len(lows)
    flags = [
        *(["ONSET_OPEN"] if least.onset != most.onset else []),
        *(["MAX_DAY_OPEN"] if worst_day is None and most.onset is not None else []),
        *(["RESOLUTION_OPEN"] if not agreed else []),
        *(["DAYS_NOT_RECORDED"] if gaps else []),
        *(["NOT_RESOLVED"] if agreed and onset is not None and resolved is None else []),
        *(["RESOLUTION_UNCONFIRMED"] if resolved is not None and not confirmed else []),
        *(["LATE_ONSET"] if late else []),
    ]
    return GradeSeries(
        scale=worst.scale,
        worst=worst,
        onset_day=onset,
        max_day=worst_day,
        resolve_day=resolved,
        duration_days=None if onset is None or resolved is None else resolved - onset,
        severe=_severe(worst),
        days_graded=sum(grade.status is Status.OK for grade in days.values()),
        days_open=sum(grade.status is Status.INDETERMINATE for grade in days.values()),
        days_not_recorded=gaps,
        flags=tuple(dict.fromkeys((*flags, *worst.flags))),
    )


def _severe(worst: Grade) -> bool | None:
    if worst.low is None or worst.high is None:
        return None
    at_least, at_most = worst.low >= SEVERE, worst.high >= SEVERE
    return at_least if at_least == at_most else None


def _course(grades: Mapping[int, int]) -> _Course:
    """Read onset and resolution from the grades of the days recorded, in order."""
    onset = next((day for day, grade in grades.items() if grade >= 1), None)
    if onset is None:
        return _Course(None, None)
    for day, grade in grades.items():
        if day > onset and grade == 0 and not any(_after(grades, day)):
            return _Course(onset, day)
    return _Course(onset, None)


def _after(grades: Mapping[int, int], day: int) -> list[int | None]:
    """Return the grades of the days in which a toxicity must not return."""
    return [grades.get(day + after) for after in range(1, NO_RETURN_DAYS + 1)]


def _worst_day(lows: Mapping[int, int], highs: Mapping[int, int]) -> int | None:
    """Return the day that is the first of the worst grade in every completion."""
    for day, low in lows.items():
        if low >= 1 and all(
            low > high if other < day else low >= high
            for other, high in highs.items()
            if other != day
        ):
            return day
    return None
