"""The curve through the samples of one series, and the area under it.

Between samples the level rises along a straight line and falls along an exponential one. Samples
in, a frozen record of numbers out.
"""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise
from math import exp, expm1, fsum, log, log1p
from typing import Literal

from autallo.errors import ArgumentError
from autallo.stats.kinetics.series import KineticSeries, as_series

__all__ = [
    "DEFAULT_RULES",
    "AreaUnderCurve",
    "BelowLimitRules",
    "area_under_curve",
]

Trapezoid = Literal["linear_up_log_down", "linear"]
TRAPEZOIDS = ("linear_up_log_down", "linear")
#: A curve that falls at its last sample is drawn on for so many days, never further.
EXTENSION = 2.0


@dataclass(frozen=True, slots=True)
class BelowLimitRules:
    """What a sample below the limit counts as, by its position in the series.

    Attributes
    ----------
    leading : {"zero", "drop"}
        Before the first quantifiable sample.
    middle : {"drop", "half_limit", "zero"}
        Between quantifiable samples.
    trailing : {"zero", "ignore", "half_limit"}
        After the last quantifiable sample: the first one is 0 or half the limit and the later
        ones are not used, or the curve stops at the last quantifiable sample.
    """

    leading: Literal["zero", "drop"] = "zero"
    middle: Literal["drop", "half_limit", "zero"] = "drop"
    trailing: Literal["zero", "ignore", "half_limit"] = "zero"


DEFAULT_RULES = BelowLimitRules()
ALLOWED = {
    "leading": ("zero", "drop"),
    "middle": ("drop", "half_limit", "zero"),
    "trailing": ("zero", "ignore", "half_limit"),
}


@dataclass(frozen=True, slots=True)
class AreaUnderCurve:
    """Area under the level of one series, in the unit of the level times days.

    Attributes
    ----------
    estimate : float or None
        The area; None if it cannot be given.
    reason : str or None
        Why not: "no_sample" after the infusion, "no_expansion" (no quantifiable sample),
        "too_few_samples", "no_late_sample" (nothing tells the level at the end), "ends_too_early"
        (the last sample is more than two days before the end, or the curve ends above 0 before
        the start), "not_declining" (the last level was still rising); None if the area is given.
    start, end : float or None
        Days between which the area lies; `end` is None if there is no last quantifiable sample.
    extrapolated : bool
        Whether the curve was drawn on, for at most two days beyond the last sample.
    """

    estimate: float | None
    reason: (
        Literal[
            "no_sample",
            "no_expansion",
            "too_few_samples",
            "no_late_sample",
            "ends_too_early",
            "not_declining",
        ]
        | None
    )
    start: float
    end: float | None
    extrapolated: bool


@dataclass(frozen=True, slots=True)
class KineticCurve:
    """The corners of the curve through one series from day 0.

    Attributes
    ----------
    day, level : tuple of float
        Corners, from day 0.
    closed : bool
        Whether a sample below the limit follows the last quantifiable one: nothing is counted
        beyond the last corner.
    baseline : {"measured", "below", "assumed"}
        Level on day 0: quantifiable, below the limit, or not sampled and taken as 0.
    trapezoid : {"linear_up_log_down", "linear"}
        Shape between corners.
    """

    day: tuple[float, ...]
    level: tuple[float, ...]
    closed: bool
    baseline: Literal["measured", "below", "assumed"]
    trapezoid: Trapezoid


def area_under_curve(
    series: KineticSeries,
    *,
    window: tuple[float, float] = (0.0, 28.0),
    rules: BelowLimitRules = DEFAULT_RULES,
    method: Trapezoid = "linear_up_log_down",
) -> AreaUnderCurve:
    r"""Estimate the area under the level of one series between two days.

    Parameters
    ----------
    series : KineticSeries
        The samples, from `kinetic_series`.
    window : (float, float)
        First and last day of the area, at least 0.
    rules : BelowLimitRules
        What samples below the limit count as.
    method : {"linear_up_log_down", "linear"}
        Trapezoids between samples.

    Returns
    -------
    AreaUnderCurve

    Raises
    ------
    ArgumentError
        If `window` is not two days in order from 0, or half the limit is
        wanted and there is no limit.

    Notes
    -----
    From day 1 to day 2 with levels a and b the area is :math:`(a + b) / 2 \cdot d` if the level
    does not fall or b is 0, else :math:`(a - b) / \ln(a / b) \cdot d`. A window that ends between
    samples is cut there along the same line, so areas of adjoining windows add up. The last
    sample at or before day 0 stands for day 0; without one the level is 0 there.

    Beyond the last sample: nothing is added if a sample below the limit came after the last
    quantifiable one; a window that lies wholly beyond it has the area 0 only if the curve came
    down to 0. Otherwise a curve that falls, or stays level, between its last two samples
    goes on at that rate for at most two days, and a window that ends later has no area. No number
    of samples is asked for: `cellular_kinetics` does. Nobody expanded: no area.
    Source: [purves1992]; rules by position [denney2015], [beal2001]. Checked by hand
    (`tests/byhand/test_kinetics.py`), against R 4.2.2 code of our own
    (`tests/reference/kinetics.json`) and printed areas (`tests/published/test_kinetics.py`).

    Examples
    --------
    >>> from autallo.stats.kinetics.series import kinetic_series
    >>> series = kinetic_series([0, 7, 14, 28], [0, 8, 16, 4])
    >>> area = area_under_curve(series, window=(0, 14))
    >>> area.estimate
    112.0
    """
    start, last = _as_window(window)
    curve = curve_through(as_series(series), rules=rules, trapezoid=method)
    if curve is None:
        empty = not any(one > 0 for one in series.day)
        return AreaUnderCurve(
            None, "no_sample" if empty else "no_expansion", start, last, extrapolated=False
        )
    return area_within(curve, start, last)


def _as_window(window: tuple[float, float]) -> tuple[float, float]:
    try:
        start, last = (float(one) for one in window)
    except (TypeError, ValueError):
        raise ArgumentError("`window` must be two days.") from None
    if not 0 <= start < last < float("inf"):
        raise ArgumentError("`window` must be two days in order, from 0.")
    return start, last


def curve_through(
    series: KineticSeries, *, rules: BelowLimitRules, trapezoid: Trapezoid
) -> KineticCurve | None:
    """Draw the curve through one series; None without a quantifiable sample after day 0."""
    _check(rules, trapezoid, has_limit=series.limit is not None)
    after = bisect_right(series.day, 0.0)
    seen = [i for i, below in enumerate(series.below) if not below and i >= after]
    if not seen:
        return None
    measured = after > 0 and not series.below[after - 1]
    corners = [(0.0, series.value[after - 1] if measured else 0.0)]
    first = after if measured else seen[0]
    for i in range(after, len(series.day)):
        level = _corner(series, i, rules=rules, first=first, last=seen[-1])
        if level is not None:
            corners.append((series.day[i], level))
    return KineticCurve(
        day=tuple(corner[0] for corner in corners),
        level=tuple(corner[1] for corner in corners),
        closed=seen[-1] + 1 < len(series.day),
        baseline="measured" if measured else "below" if after else "assumed",
        trapezoid=trapezoid,
    )


def _check(rules: BelowLimitRules, trapezoid: str, *, has_limit: bool) -> None:
    if not isinstance(rules, BelowLimitRules):
        raise ArgumentError("`rules` must be a BelowLimitRules.")
    for position, allowed in ALLOWED.items():
        if getattr(rules, position) not in allowed:
            raise ArgumentError(f"`rules.{position}` must be one of {', '.join(allowed)}.")
    if trapezoid not in TRAPEZOIDS:
        raise ArgumentError(f"`method` must be one of {', '.join(TRAPEZOIDS)}.")
    if not has_limit and "half_limit" in (rules.middle, rules.trailing):
        raise ArgumentError("`limit` must be given for half of it to be used.")


def _corner(
    series: KineticSeries, i: int, *, rules: BelowLimitRules, first: int, last: int
) -> float | None:
    """Return the level that sample i counts as, or None if it is not used."""
    if not series.below[i]:
        return series.value[i]
    if i < first:
        rule: str = rules.leading
    elif i < last:
        rule = rules.middle
    else:
        rule = rules.trailing if i == last + 1 else "ignore"
    if rule == "half_limit" and series.limit is not None:
        return series.limit[i] / 2
    return 0.0 if rule == "zero" else None


def area_within(curve: KineticCurve, start: float, end: float) -> AreaUnderCurve:
    """Estimate the area under a curve that is drawn already, 0 <= start < end."""
    corners = list(zip(curve.day, curve.level, strict=True))
    extension = 0.0
    beyond = end > corners[-1][0] and not curve.closed
    if curve.closed and corners[-1][1] > 0 and start >= corners[-1][0]:
        return AreaUnderCurve(None, "ends_too_early", start, end, extrapolated=False)
    if beyond:
        if end > corners[-1][0] + EXTENSION:
            return AreaUnderCurve(None, "ends_too_early", start, end, extrapolated=False)
        if not corners[-1][1] <= corners[-2][1]:
            return AreaUnderCurve(None, "not_declining", start, end, extrapolated=False)
        extension = _extension(corners, start, end, curve.trapezoid)
    pieces = (_piece(one, two, start, end, curve.trapezoid) for one, two in pairwise(corners))
    return AreaUnderCurve(fsum([*pieces, extension]), None, start, end, extrapolated=beyond)


def _extension(
    corners: list[tuple[float, float]], start: float, end: float, trapezoid: Trapezoid
) -> float:
    """Return the area beyond the last sample of a curve that goes on falling at its last rate.

    Its own integral, for a level that falls to nothing within minutes has no corner to draw to.
    """
    before, last = corners[-2:]
    rate = log_ratio(before[1], last[1]) / (last[0] - before[0])
    if trapezoid == "linear":
        corner = (last[0] + EXTENSION, last[1] * exp(-rate * EXTENSION))
        return _piece(last, corner, start, end, trapezoid)
    first = max(start - last[0], 0.0)
    days = end - last[0] - first
    level = last[1] * exp(-rate * first)
    return -level * expm1(-rate * days) / rate if rate > 0 else level * days


def _piece(
    one: tuple[float, float],
    two: tuple[float, float],
    start: float,
    end: float,
    trapezoid: Trapezoid,
) -> float:
    """Return the area between two corners, as far as it lies between two days."""
    if two[0] <= start or one[0] >= end:
        return 0.0
    falls = trapezoid != "linear" and 0 < two[1] < one[1]
    left = _between(one, two, start, falls=falls) if one[0] < start else one
    right = _between(one, two, end, falls=falls) if two[0] > end else two
    days, (a, b) = right[0] - left[0], (left[1], right[1])
    if not (falls and 0 < b < a):
        return (a + b) / 2 * days
    return (a - b) / log_ratio(a, b) * days


def _between(
    one: tuple[float, float], two: tuple[float, float], day: float, *, falls: bool
) -> tuple[float, float]:
    share = (day - one[0]) / (two[0] - one[0])
    if falls:
        return day, one[1] * exp(share * log_ratio(two[1], one[1]))
    return day, one[1] + share * (two[1] - one[1])


def log_ratio(a: float, b: float) -> float:
    """Return ln(a / b), exact also where a and b are nearly equal."""
    return log1p((a - b) / b) if abs(a - b) < b / 2 else log(a) - log(b)
