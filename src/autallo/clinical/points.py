"""A score as the sum of points of items that hold, with bounds where some are unknown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from autallo.clinical.grading import Decided, Grade, grade_between
from autallo.clinical.unknowns import held, missing_of


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a score: its key, points, whether it holds, and the findings it rests on."""

    key: str
    points: int
    holds: bool | None
    fields: tuple[str, ...]


def total_of(
    scale: str,
    findings: Any,
    groups: Sequence[Sequence[Item]],
    *,
    flags: tuple[str, ...] = (),
) -> Grade:
    """Return the sum over groups of the first item of each that holds, most points first."""

    def rule(worst: bool) -> Decided:  # noqa: FBT001
        counted = [
            next((item for item in group if held(item.holds, worst)), None) for group in groups
        ]
        chosen = [item for item in counted if item is not None and item.points]
        keys = tuple(item.key for item in chosen)
        return Decided(sum(item.points for item in chosen), keys, flags)

    names = [
        name
        for group in groups
        for item in group
        if item.holds is None
        for name in missing_of(findings, item.fields)
    ]
    return grade_between(scale, rule, unknown=tuple(dict.fromkeys(names)))
