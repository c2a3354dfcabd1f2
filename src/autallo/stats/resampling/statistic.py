"""What a statistic given as a function may return."""

import math
from collections.abc import Iterable
from numbers import Rational, Real

from autallo.errors import ArgumentError

#: Statistics nearer to each other than this share of the largest are tied.
TIED = 1e-12


def as_statistic(value: object) -> float | None:
    """Return a finite number as it is, or None; refuse all else."""
    if value is None or isinstance(value, Rational):
        return value  # type: ignore[return-value]  # fractions and whole numbers stay exact
    if not isinstance(value, Real) or not math.isfinite(value):
        raise ArgumentError("`statistic` must return a finite number, or None.")
    return float(value)


def tie_slack(values: Iterable[float]) -> float:
    """Return up to which gap statistics are tied: 0 if all are whole numbers or fractions."""
    held = list(values)
    if all(isinstance(value, Rational) for value in held):
        return 0
    return TIED * max(abs(value) for value in held)
