"""The samples of one patient's cells in one tissue by one assay, put in order for analysis.

Blood and marrow, and the assays of gene copies and of cells, are separate series. Samples in, one
frozen record out.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import exp, fsum, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_values, same_length

__all__ = ["HIGHEST", "LATEST_DAY", "KineticSeries", "kinetic_series"]

#: Samples nearer to each other than this many days (a tenth of a second) are replicates.
SAME_DAY = 1e-6
#: Bounds of what can be a day and a level: beyond, it is a slip of the unit or of the keyboard.
LATEST_DAY, HIGHEST = 1e5, 1e100


@dataclass(frozen=True, slots=True)
class KineticSeries:
    """One sample a time, in order of time.

    Attributes
    ----------
    day : tuple of float
        Days from the infusion; 0 and before: drawn before the infusion.
    value : tuple of float
        Level in the unit of the assay; 0 where `below`.
    below : tuple of bool
        True where the level was below the limit of quantification.
    limit : tuple of float, or None
        Limit of quantification of each sample; None if no limit was given. Of replicates the
        highest limit of those that are quantifiable, or of all if none is.
    merged : int
        Rows that were merged into another of the same time.
    left_out : int
        Rows left out because they came after the end of the series.
    """

    day: tuple[float, ...]
    value: tuple[float, ...]
    below: tuple[bool, ...]
    limit: tuple[float, ...] | None
    merged: int
    left_out: int


def kinetic_series(
    day: ArrayLike,
    value: ArrayLike,
    *,
    below: ArrayLike | None = None,
    limit: ArrayLike | None = None,
    end: float | None = None,
) -> KineticSeries:
    """Order the samples of one series, merge replicates and mark what is below the limit.

    Parameters
    ----------
    day : array_like of float, shape (n,)
        Days from the infusion, fractions allowed, negative before it; in any order.
    value : array_like of float, shape (n,)
        Level in the unit of the assay, at least 0. Where `below` it is not used and may be
        missing.
    below : array_like of bool, shape (n,), or None
        True where the laboratory reported "below the limit"; None: nowhere.
    limit : float, array_like of float of shape (n,), or None
        Lower limit of quantification, above 0, of the assay or of each sample.
    end : float or None
        Last day that belongs to this infusion: the day of the next infusion of such cells or of
        conditioning for a transplant. Later samples are left out.

    Returns
    -------
    KineticSeries

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a day is missing, a level is missing or negative where it
        is not below the limit, a sample is marked below the limit but its level is above it, or
        a limit is not above 0.

    Notes
    -----
    A sample is below the limit if it is marked so, if its level is 0, or if its level is under
    `limit`. A level equal to the limit is quantifiable. Rows of the same time are replicates: the
    geometric mean of those that are quantifiable; below the limit only if all are. Their limit is
    the highest of those whose mean it is, so that no level is under its own limit. If all samples
    come after `end`, the series is empty.
    Source: [denney2015] for the ordering of the rules; merging by [house] rule. Checked by hand
    (`tests/byhand/test_kinetics.py`), by another program (`tests/twins/test_kinetics.py`) and by
    laws (`tests/laws/test_kinetics.py`).

    Examples
    --------
    >>> series = kinetic_series([7, 0, 14, 14], [120, 0, 4000, 1000], limit=50)
    >>> series.day, series.below
    ((0.0, 7.0, 14.0), (True, False, False))
    >>> round(series.value[2], 6), series.merged
    (2000.0, 1)
    """
    days = as_values("day", day)
    if max(abs(float(days.min())), abs(float(days.max()))) > LATEST_DAY:
        raise ArgumentError(f"`day` must be within {LATEST_DAY:.0f} days of the infusion.")
    marks = np.zeros(days.size, dtype=np.bool_) if below is None else as_events("below", below)
    limits = _as_limits(limit, days.size)
    values = _as_levels(value, marks, limits)
    same_length(day=days, value=values, below=marks)
    is_below = marks | (values == 0)
    if limits is not None:
        same_length(day=days, limit=limits)
        is_below |= values < limits
    order = np.argsort(days, kind="stable").tolist()
    kept = order if end is None else [row for row in order if days[row] <= _as_end(end)]
    return _merge(
        days.tolist(),
        np.where(is_below, 0.0, values).tolist(),
        limits=None if limits is None else limits.tolist(),
        kept=kept,
        left_out=len(order) - len(kept),
    )


def _as_limits(limit: ArrayLike | None, rows: int) -> NDArray[np.float64] | None:
    if limit is None:
        return None
    try:
        given = np.asarray(limit)
    except ValueError:
        raise ArgumentError("`limit` must be one number, or one for each day.") from None
    limits = as_values("limit", np.full(rows, given) if given.ndim == 0 else given)
    if limits.min() <= 0 or limits.max() > HIGHEST:
        raise ArgumentError("`limit` must be above 0, in the unit of `value`.")
    return limits


def _as_levels(
    value: ArrayLike, marks: NDArray[np.bool_], limits: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Return the levels, 0 where marked below; refuse a level that contradicts its mark."""
    try:
        levels = np.array(value, dtype=np.float64)
    except (TypeError, ValueError):
        raise ArgumentError("`value` must be numbers.") from None
    if levels.shape != marks.shape:
        raise ArgumentError("`value` must be one level for each day and each mark in `below`.")
    if (
        limits is not None
        and limits.shape == levels.shape
        and (levels[marks] > limits[marks]).any()
    ):
        raise ArgumentError("`value` must not be above `limit` where `below` is true.")
    levels[marks] = 0.0
    levels = as_values("value", levels)
    if levels.min() < 0 or levels.max() > HIGHEST:
        raise ArgumentError(f"`value` must be from 0 to {HIGHEST:g}.")
    return levels


def _as_end(end: float) -> float:
    return float(as_values("end", [end])[0])


def _merge(
    days: list[float],
    values: list[float],
    *,
    limits: list[float] | None,
    kept: list[int],
    left_out: int,
) -> KineticSeries:
    apart = [
        i for i, (one, two) in enumerate(pairwise(kept), 1) if days[two] - days[one] > SAME_DAY
    ]
    starts = [0, *apart] if kept else []
    groups = [kept[i:j] for i, j in zip(starts, [*apart, len(kept)], strict=False)]
    levels = [_level([values[row] for row in rows if values[row] > 0]) for rows in groups]
    return KineticSeries(
        day=tuple(days[rows[0]] for rows in groups),
        value=tuple(levels),
        below=tuple(level == 0 for level in levels),
        limit=None if limits is None else tuple(_limit(values, limits, rows) for rows in groups),
        merged=len(kept) - len(groups),
        left_out=left_out,
    )


def _limit(values: list[float], limits: list[float], rows: list[int]) -> float:
    """Return the limit of replicates: of the quantifiable ones, or of all if none is."""
    return max([limits[row] for row in rows if values[row] > 0] or [limits[row] for row in rows])


def _level(quantifiable: list[float]) -> float:
    """Return the geometric mean; of one level, or of none, itself."""
    if len(quantifiable) < 2:
        return quantifiable[0] if quantifiable else 0.0
    if min(quantifiable) == max(quantifiable):
        return quantifiable[0]
    return exp(fsum(map(log, quantifiable)) / len(quantifiable))


def as_series(series: KineticSeries) -> KineticSeries:
    """Return the samples, or refuse what `kinetic_series` has not made."""
    if not isinstance(series, KineticSeries):
        raise ArgumentError("`series` must come from `kinetic_series`.")
    return series
