"""Findings that are true, false or unknown: combined without reading unknown as absent."""

from collections.abc import Iterable, Mapping
from dataclasses import fields
from math import isfinite
from numbers import Real
from typing import Any

from autallo.clinical.grading import Grade, Status
from autallo.clinical.ranges import RANGES, classify_value

#: What a reader must know of a criterion that was written from memory.
UNVERIFIED = "unverified_criterion"


def held(finding: bool | None, worst: bool) -> bool:  # noqa: FBT001
    """Return the finding; if unknown, whether its worst value is asked for."""
    return worst if finding is None else finding


def either(*findings: bool | None) -> bool | None:
    """Return whether any holds; unknown if none is known to and one is unknown."""
    if any(findings):
        return True
    return None if None in findings else False


def both(*findings: bool | None) -> bool | None:
    """Return whether all hold; unknown if none is known not to and one is unknown."""
    if any(finding is False for finding in findings):
        return False
    return None if None in findings else True


def over(value: float | None, limit: float) -> bool | None:
    """Return whether a value is above a limit."""
    return None if value is None else value > limit


def at_least(value: float | None, limit: float) -> bool | None:
    """Return whether a value is at or above a limit."""
    return None if value is None else value >= limit


def under(value: float | None, limit: float) -> bool | None:
    """Return whether a value is below a limit."""
    return None if value is None else value < limit


def at_most(value: float | None, limit: float) -> bool | None:
    """Return whether a value is at or below a limit."""
    return None if value is None else value <= limit


def missing_of(findings: Any, names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the fields that are unknown."""
    return tuple(name for name in names if getattr(findings, name) is None)


def refused(scale: str, findings: Any, ranges: Mapping[str, str]) -> Grade | None:
    """Return the grade of findings that are impossible or all unknown, else None.

    `ranges` gives for a field the name of its range where that is another than the field's own.
    """
    names = [field.name for field in fields(findings)]
    wrong = impossible_of(findings, {name: ranges.get(name, name) for name in names})
    if wrong:
        return Grade(scale=scale, status=Status.INVALID, flags=wrong)
    if len(missing_of(findings, names)) == len(names):
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=tuple(names))
    return None


def impossible_of(findings: Any, ranges: Mapping[str, str]) -> tuple[str, ...]:
    """Return a flag for each number that cannot be: negative, or outside its range."""
    flags = []
    for field, name in ranges.items():
        value = getattr(findings, field)
        if isinstance(value, bool) or not isinstance(value, Real):
            continue
        number = float(value)
        if not isfinite(number) or number < 0 or _impossible(name, number):
            flags.append(f"impossible:{field}")
    return tuple(flags)


def _impossible(name: str, number: float) -> bool:
    return name in RANGES and classify_value(name, number) == "impossible"
