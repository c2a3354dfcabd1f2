"""Two shares at one time and how far apart they are: squares of distances to their limits."""

import math
from dataclasses import dataclass
from typing import Any

from scipy.special import ndtr

from autallo.stats.survival.limits import Interval


@dataclass(frozen=True, slots=True)
class ShareAtTime:
    """A curve at the time: its distances to its limits, and its place on the scale of the test.

    Attributes
    ----------
    value, std_error : float
        The share, and its standard error.
    below, above : float
        Distances to its lower and upper limit, at least 0.
    position : float or None
        Its place on the scale; None at 0 and 1, and without a standard error.
    spread : float
        Standard error on the scale.
    beyond : bool
        Whether follow-up ends before the time.
    """

    value: float
    std_error: float
    below: float
    above: float
    position: float | None
    spread: float
    beyond: bool


def shares_apart(one: ShareAtTime, two: ShareAtTime) -> dict[str, Any]:
    """Return what the differences of two independent curves have in common, by field."""
    estimate = one.value - two.value
    statistic = None
    if one.position is not None and two.position is not None:
        statistic = (one.position - two.position) / math.hypot(one.spread, two.spread)
    return {
        "estimate": estimate,
        "std_error": math.hypot(one.std_error, two.std_error),
        "low": max(estimate - math.hypot(one.below, two.above), -1.0),
        "high": min(estimate + math.hypot(one.above, two.below), 1.0),
        "statistic": statistic,
        "p_value": None if statistic is None else 2 * float(ndtr(-abs(statistic))),
        "first": one.value,
        "second": two.value,
        "beyond": one.beyond or two.beyond,
    }


def on_scale(share: float, method: Interval) -> tuple[float, float]:
    """Return the place of a share on a scale that rises with it, and the slope there."""
    if method == "plain":
        return share, 1.0
    if method == "log":
        return math.log(share), 1 / share
    if method == "log-log":
        log = -math.log(share)
        return -math.log(log), 1 / (share * log)
    spread = share * (1 - share)
    if method == "arcsine":
        return math.asin(math.sqrt(share)), 1 / (2 * math.sqrt(spread))
    return math.log(share / (1 - share)), 1 / spread
