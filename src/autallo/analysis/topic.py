"""What an estimate is about, and which patients it uses."""

import math
from collections import Counter
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from autallo.model.cohort import Observation
from autallo.model.results import Flag

__all__ = ["Arm", "Profile", "Topic", "bounded", "evaluable", "finite"]

Rows = NDArray[np.int64]
Profile = Literal["default", "ezr"]


@dataclass(frozen=True, slots=True)
class Arm:
    """A group of patients: its printed level and its rows in the cohort."""

    name: str
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What all estimates of one analysis share."""

    analysis: str
    outcome: str
    level: float
    subgroup: str | None = None
    within: str | None = None
    profile: Profile = "default"

    @property
    def key(self) -> dict[str, Any]:
        """The shared part of the key of an `Estimate`."""
        key = {"analysis": self.analysis, "outcome": self.outcome, "subgroup": self.subgroup}
        return key if self.within is None else {**key, "within": self.within}


def finite(number: float | None) -> float | None:
    """Return a plain float, or None where there is no finite number."""
    return None if number is None or not math.isfinite(number) else float(number)


def bounded(
    value: float | None,
    interval: tuple[float | None, float | None],
    level: float,
    *flags: Flag,
) -> dict[str, Any]:
    """Return the number fields of an `Estimate`; what is infinite becomes None with a flag."""
    low, high = interval
    found = list(flags)
    if value is not None and math.isinf(value) and not flags:
        found.append(Flag.INFINITE)
    if low is not None and math.isinf(low):
        found.append(Flag.UNBOUNDED_BELOW)
    if high is not None and math.isinf(high):
        found.append(Flag.UNBOUNDED_ABOVE)
    return {
        "value": finite(value),
        "low": finite(low),
        "high": finite(high),
        "level": level,
        "flags": tuple(found),
    }


def evaluable(observation: Observation, rows: Rows) -> tuple[Rows, tuple[tuple[str, int], ...]]:
    """Return the rows that can be used for an outcome, and why the others cannot."""
    reasons = [observation.left_out[row] for row in rows.tolist()]
    used = np.array([reason is None for reason in reasons], dtype=bool)
    left_out = Counter(reason for reason in reasons if reason is not None)
    return rows[used], tuple(sorted(left_out.items()))
