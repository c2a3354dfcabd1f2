"""The time by which a share of the patients has had the event, read from a Kaplan-Meier curve."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import TIE_TOLERANCE, as_number
from autallo.stats.survival.kaplan_meier import KaplanMeier

__all__ = ["SurvivalQuantile", "survival_quantile"]


@dataclass(frozen=True, slots=True)
class SurvivalQuantile:
    """Time by which a given share of the patients has had the event.

    Attributes
    ----------
    estimate : float
        The time [unit of the curve]; ``math.inf`` if the curve does not fall so far.
    low, high : float
        Confidence limits; ``math.inf`` if the limit is not reached.
    quantile : float
        The share: 0.5 is the median.
    level : float
        Confidence level, that of the curve.
    """

    estimate: float
    low: float
    high: float
    quantile: float
    level: float


def survival_quantile(curve: KaplanMeier, quantile: float = 0.5) -> SurvivalQuantile:
    """Estimate the time by which a share of the patients has had the event.

    Parameters
    ----------
    curve : KaplanMeier
        The curve.
    quantile : float
        The share, between 0 and 1; 0.5 gives the median.

    Returns
    -------
    SurvivalQuantile

    Raises
    ------
    ArgumentError
        If `quantile` is not between 0 and 1.

    Notes
    -----
    The first time at which one minus survival reaches the share. If the curve stands at exactly
    that height for a while, the middle of the flat stretch (its end is the last observed time
    if no event follows); "exactly" is within 1.5e-8. The limits are the times at which the
    pointwise limits of the curve reach the share, by the same rule. The exact limits that the
    curve has where survival is 1 or 0 do not move them, but for the lower one at 0: a curve
    that has ended has passed every share. A limit that is never reached is infinite. Late in a
    curve, with few left, a pointwise limit may turn back; then the time counts at which it is
    nearest beyond the share, as in R, and not the first time it got there, unless that is later
    than the estimate: then the first time counts, so that no interval leaves out its estimate.
    Source: [brookmeyer1982]. Checked against R survival 3.5-3, `quantile.survfit`
    (`tests/reference/survival.json`), and by hand (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> from autallo.stats.survival.kaplan_meier import kaplan_meier
    >>> survival_quantile(kaplan_meier([1, 2, 3, 4], [1, 1, 1, 1])).estimate
    2.5
    >>> survival_quantile(kaplan_meier([1, 2, 3], [1, 0, 0])).estimate
    inf
    """
    share = as_number("quantile", quantile)
    if not 0 < share < 1:
        raise ArgumentError("`quantile` must be between 0 and 1.")
    inside = (curve.survival > 0) & (curve.survival < 1)
    fallen = curve.survival < 1
    end = curve.time[-1] if inside[-1] else math.inf
    estimate = _time_reached(curve.time, 1 - curve.survival, share, end=curve.time[-1])
    low = _time_reached(curve.time[fallen], 1 - curve.low[fallen], share, end=end)
    if low > estimate:
        passed = np.maximum.accumulate(1 - curve.low[fallen])
        low = min(_time_reached(curve.time[fallen], passed, share, end=end), estimate)
    return SurvivalQuantile(
        estimate=estimate,
        low=low,
        high=_time_reached(curve.time[inside], 1 - curve.high[inside], share, end=end),
        quantile=share,
        level=curve.level,
    )


def _time_reached(
    time: NDArray[np.float64], fallen: NDArray[np.float64], share: float, *, end: float
) -> float:
    enter = _time_of_nearest(time, fallen, share - TIE_TOLERANCE, otherwise=math.inf)
    leave = _time_of_nearest(time, fallen, share + TIE_TOLERANCE, otherwise=end)
    return float((enter + leave) / 2)


def _time_of_nearest(
    time: NDArray[np.float64], fallen: NDArray[np.float64], share: float, *, otherwise: float
) -> float:
    """Time of the smallest value not below the share, the first one if it is held."""
    reached = np.flatnonzero(fallen >= share)
    if not reached.size:
        return otherwise
    return float(time[reached[np.argmin(fallen[reached])]])
