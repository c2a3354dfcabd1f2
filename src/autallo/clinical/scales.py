"""How a scale grades: rows that hold, the worst of them, and the bounds where findings are open.

A finding is read as a span: its least and its most severe reading, equal where it is known. A
scale is a table of rows with the condition of each; the grade is that of the worst row that holds.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, TypeVar

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Status, grade_between

__all__ = ["Reading", "Scale", "Span", "grade_by_rows", "grade_on_scale", "grade_refused"]

Value = TypeVar("Value")
Findings = TypeVar("Findings")

UNVERIFIED = "unverified_criterion"


@dataclass(frozen=True, slots=True)
class Span(Generic[Value]):
    """A finding between its least and its most severe reading.

    Attributes
    ----------
    least, most : Value
        The two readings; equal if the finding is known.
    missing : tuple of str
        The recorded fields that are unknown and leave it open.
    """

    least: Value
    most: Value
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """Whether a finding is present, and by which rows it was read.

    Attributes
    ----------
    present : bool
        Whether it is present.
    because : tuple of str
        Rows of the table of readings that were used.
    flags : tuple of str
        What a reader must know of it.
    """

    present: bool
    because: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale(Generic[Findings]):
    """A table of rows, and when each holds.

    Attributes
    ----------
    key : str
        Key of the scale.
    criteria : tuple of Criterion
        The rows.
    holds : mapping
        For each key of a row with a grade, its condition on the findings.
    rests_on : mapping
        For each key of a row, the findings whose own reading is named with it.
    evidence : mapping
        Evidence tag of each row and of each reading.
    grades : mapping
        Grade of each row.
    """

    key: str
    criteria: tuple[Criterion, ...]
    holds: Mapping[str, Callable[[Findings], bool]]
    rests_on: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    readings: tuple[Criterion, ...] = ()
    evidence: Mapping[str, str] = field(init=False)
    grades: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        rows = (*self.criteria, *self.readings)
        graded = {row.key: row.grade for row in self.criteria if row.grade is not None}
        object.__setattr__(self, "evidence", {row.key: row.evidence for row in rows})
        object.__setattr__(self, "grades", graded)


def grade_by_rows(
    scale: Scale[Findings], findings: Findings, *, omit: Collection[str] = ()
) -> Decided:
    """Return the grade of the worst row that holds where every finding is known.

    Rule
    ----
    ===================  ==============================================
    rows that hold       grade
    ===================  ==============================================
    none                 0
    some                 the worst of them
    ===================  ==============================================

    Parameters
    ----------
    scale : Scale
        Rows and their conditions.
    findings : Findings
        What the conditions read.
    omit : collection of str
        Keys of rows that an option leaves out.

    Returns
    -------
    Decided
        The grade, every row that gives it, then the readings on which these rest.

    Notes
    -----
    A row, or a reading it rests on, that was not yet checked in a source is flagged
    ``unverified_criterion``. Source: [house].

    Examples
    --------
    >>> row = Criterion(scale="s", key="warm", grade=1, words="", source="house", evidence="D")
    >>> grade_by_rows(Scale(key="s", criteria=(row,), holds={"warm": lambda t: t >= 38}), 39).grade
    1
    """
    held = [key for key, holds in scale.holds.items() if key not in omit and holds(findings)]
    if not held:
        return Decided(0)
    grade = max(scale.grades[key] for key in held)
    because = [key for key in held if scale.grades[key] == grade]
    flags: list[str] = []
    for key in tuple(because):
        for name in scale.rests_on.get(key, ()):
            reading = getattr(findings, name)
            because += reading.because
            flags += reading.flags
    if any(scale.evidence[key] == "M" for key in because):
        flags.append(UNVERIFIED)
    return Decided(grade, _once(because), _once(flags))


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


def grade_on_scale(
    scale: Scale[Findings],
    spans: Mapping[str, Span[Any]],
    findings: Callable[..., Findings],
    *,
    omit: Collection[str] = (),
    flags: tuple[str, ...] = (),
) -> Grade:
    """Return the grade between the least and the most severe reading of the findings.

    Rule
    ----
    =============================================  ======================================
    least and most severe reading                  status
    =============================================  ======================================
    give one grade                                 OK: what is unknown does not matter
    give two grades                                INDETERMINATE, with both as bounds
    =============================================  ======================================

    Parameters
    ----------
    scale : Scale
        Rows and their conditions.
    spans : mapping of str to Span
        Every finding by name.
    findings : callable
        Makes the findings from one reading of each, by name.
    omit : collection of str
        Keys of rows that an option leaves out.
    flags : tuple of str
        What a reader must know of the record whatever its grade.

    Returns
    -------
    Grade
        `missing` names the unknown fields that could change a bound, and no others.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> row = Criterion(scale="s", key="warm", grade=1, words="", source="house", evidence="D")
    >>> scale = Scale(key="s", criteria=(row,), holds={"warm": lambda found: found["t"] >= 38})
    >>> grade_on_scale(scale, {"t": Span(36, 40, ("temperature",))}, dict).missing
    ('temperature',)
    """
    unknown = [name for name, span in spans.items() if span.least != span.most]

    def rule(worst: Collection[str]) -> Decided:
        read = {name: span.most if name in worst else span.least for name, span in spans.items()}
        return grade_by_rows(scale, findings(**read), omit=omit)

    grade = grade_between(scale.key, lambda worst: rule(unknown if worst else ()), unknown=unknown)
    if grade.status is Status.INDETERMINATE:
        matter = [
            name
            for name in unknown
            if rule((name,)).grade != grade.low
            or rule([other for other in unknown if other != name]).grade != grade.high
        ]
        fields = _once(f for name in matter or unknown for f in spans[name].missing)
        return replace(grade, missing=fields, flags=_once((*flags, *grade.flags)))
    return replace(grade, flags=_once((*flags, *grade.flags)))


def grade_refused(scale: str, *, impossible: tuple[str, ...] = ()) -> Grade:
    """Return that there is no grade: a finding is impossible, or nothing was recorded.

    Rule
    ----
    ==========================  ==================================================
    record                      status
    ==========================  ==================================================
    an impossible finding       INVALID, flagged with the field
    nothing recorded            NOT_EVALUABLE
    ==========================  ==================================================

    Parameters
    ----------
    scale : str
        Key of the scale.
    impossible : tuple of str
        Fields with an impossible value; empty if nothing was recorded.

    Returns
    -------
    Grade
        Without value and without bounds.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> grade_refused("crs_astct", impossible=("fio2",)).flags
    ('impossible:fio2',)
    """
    status = Status.INVALID if impossible else Status.NOT_EVALUABLE
    return Grade(
        scale=scale, status=status, flags=tuple(f"impossible:{name}" for name in impossible)
    )
