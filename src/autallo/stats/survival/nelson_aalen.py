"""Cumulative hazard of one sample by the estimator of Nelson and Aalen."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level
from autallo.stats.survival.kaplan_meier import followed_at_rows
from autallo.stats.survival.life_table import LifeTable, Numbers, life_table

__all__ = [
    "HazardInterval",
    "HazardTies",
    "HazardVariance",
    "NelsonAalen",
    "nelson_aalen",
]

#: Larger exponents are cut off here, before the limit is no longer a number.
LARGEST_EXPONENT = 650.0

HazardInterval = Literal["log", "plain"]
HazardTies = Literal["aalen", "fleming-harrington"]
HazardVariance = Literal["poisson", "greenwood"]

Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NelsonAalen:
    """Nelson-Aalen estimate at each distinct time of an event or a censoring.

    Attributes
    ----------
    time : ndarray of float, shape (t,)
        Distinct times, ascending [unit of the input].
    at_risk : ndarray of int, shape (t,)
        Patients under observation just before each time; sums of weights (float) if weighted.
    events : ndarray of int, shape (t,)
        Patients with the event at each time; sums of weights if weighted.
    censored : ndarray of int, shape (t,)
        Patients whose follow-up ended at each time without the event; likewise.
    hazard : ndarray of float, shape (t,)
        Cumulative hazard by each time, the time included [events per patient, at least 0].
    std_error : ndarray of float, shape (t,)
        Standard error of `hazard`, by `variance`; 0 before the first event, where only the
        interval says how little is known.
    low, high : ndarray of float, shape (t,)
        Pointwise confidence limits of `hazard`.
    level : float
        Confidence level of `low` and `high`.
    interval : {"log", "plain"}
        Scale on which the limits were made.
    ties : {"aalen", "fleming-harrington"}
        How events at one time were counted.
    variance : {"poisson", "greenwood"}
        Estimate of the variance of `hazard`.
    """

    time: Values
    at_risk: Numbers
    events: Numbers
    censored: Numbers
    hazard: Values
    std_error: Values
    low: Values
    high: Values
    level: float
    interval: HazardInterval
    ties: HazardTies
    variance: HazardVariance


def nelson_aalen(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    level: float = 0.95,
    interval: HazardInterval = "log",
    ties: HazardTies = "aalen",
    variance: HazardVariance = "poisson",
) -> NelsonAalen:
    r"""Estimate the cumulative hazard of an event over time.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    weight : array_like of float, shape (n,), or None
        Weight of each patient, at least 0: how many such patients there are. None for 1.
    level : float
        Confidence level of the pointwise limits, between 0 and 1.
    interval : {"log", "plain"}
        Scale on which the limits are symmetric: ``log H`` or ``H``.
    ties : {"aalen", "fleming-harrington"}
        Whether events at one time happened at once, or one after the other.
    variance : {"poisson", "greenwood"}
        Whether the events at a time vary as counts of a Poisson law or of a binomial one.

    Returns
    -------
    NelsonAalen

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, an entry is not before its time, a weight is negative or none is above 0,
        `level` is outside 0 to 1, or an option is unknown.

    Notes
    -----
    :math:`H(t) = \sum_{t_j \le t} d_j / n_j`, with the variance :math:`\sum d_j / n_j^2`
    ("poisson") or :math:`\sum d_j (n_j - d_j) / n_j^3` ("greenwood", never the larger one).
    With the ties of Fleming and Harrington the d events at a time are taken one after the
    other, each with one patient fewer at risk: :math:`\sum_{i < d} 1 / (n - i)`, and the
    variances likewise; with weights each of them has the mean weight of the d. At a tied time,
    events precede censoring. A patient of weight 0 is as if left out; entry as in
    `kaplan_meier`. Unlike a Kaplan-Meier curve at 0, H grows on when patients enter after all
    at risk have had the event.

    On the log scale the limits are :math:`H \exp(\pm z\,\mathrm{se} / H)`; plain limits stay at
    0 or above. Before the first event H is 0, the lower limit 0 and the upper limit
    :math:`-\log(\alpha / 2) / n` with n at risk and :math:`\alpha = 1 - level`: that of a Poisson
    count of 0 among n patients, and that of `kaplan_meier` where the curve is 1. With `entry` n is
    the smallest number at risk yet, from time 0 on, and the limit infinite if that is 0. If all at
    risk had the event at once the greenwood variance adds 0; as long as it is 0 altogether, the
    limits are made with the poisson one.

    Source: [nelson1972], [aalen_hazard1978], [fleming1984], [andersen1993]. Checked against R
    survival 3.5-3, `survfit` with ``ctype`` 1 and 2 (`tests/reference/nelson_aalen.json`), and by
    hand (`tests/byhand/test_nelson_aalen.py`).

    Examples
    --------
    >>> curve = nelson_aalen([1, 2, 2, 3], [True, True, False, True])
    >>> curve.hazard.round(4).tolist()
    [0.25, 0.5833, 1.5833]
    """
    level = as_level(level)
    _check("interval", interval, get_args(HazardInterval))
    _check("ties", ties, get_args(HazardTies))
    _check("variance", variance, get_args(HazardVariance))
    table = life_table(time, event, entry=entry, weight=weight)
    hazard, poisson, greenwood = _sums(table, ties)
    chosen = poisson if variance == "poisson" else greenwood
    spread = float(ndtri((1 + level) / 2)) * np.sqrt(np.where(chosen > 0, chosen, poisson))
    low, high = _limits(hazard, spread, interval)
    none_yet = hazard == 0
    high[none_yet] = _bound_without_events(table, level)[none_yet]
    return NelsonAalen(
        time=table.time,
        at_risk=table.at_risk,
        events=table.events,
        censored=table.censored,
        hazard=hazard,
        std_error=np.sqrt(chosen),
        low=low,
        high=high,
        level=level,
        interval=interval,
        ties=ties,
        variance=variance,
    )


def _check(name: str, given: str, known: tuple[str, ...]) -> None:
    if given not in known:
        raise ArgumentError(f'`{name}` must be "{known[0]}" or "{known[1]}".')


def _sums(table: LifeTable, ties: HazardTies) -> tuple[Values, Values, Values]:
    """Return the hazard and its two variances, cumulated over the times."""
    died, at_risk = table.events.astype(np.float64), table.at_risk.astype(np.float64)
    ends = None
    if ties == "fleming-harrington" and table.tied.max() > 1:
        # One row for each event; rows of one time follow each other.
        ends = table.tied.cumsum()
        row = np.repeat(np.arange(table.tied.size), table.tied)
        earlier = np.arange(row.size) - (ends - table.tied)[row]
        died = (died / np.maximum(table.tied, 1))[row]
        at_risk = at_risk[row] - earlier * died
    share = died / at_risk
    poisson = share / at_risk
    greenwood = poisson * (1 - share)
    sums = (np.cumsum(terms) for terms in (share, poisson, greenwood))
    if ends is not None:
        sums = (np.append(0.0, total)[ends] for total in sums)
    hazard, by_poisson, by_greenwood = sums
    return hazard, by_poisson, by_greenwood


def _bound_without_events(table: LifeTable, level: float) -> Values:
    """Return the upper limit of a hazard of 0 at each time; infinite if nobody is known."""
    followed = followed_at_rows(table, np.ones(table.time.size))
    infinite = np.full(table.time.size, np.inf)
    np.divide(-math.log((1 - level) / 2), followed, out=infinite, where=followed > 0)
    return infinite


def _limits(hazard: Values, spread: Values, interval: HazardInterval) -> tuple[Values, Values]:
    if interval == "plain":
        return np.maximum(hazard - spread, 0.0), hazard + spread
    power = np.divide(spread, hazard, out=np.zeros(hazard.size), where=hazard > 0)
    factor = np.exp(np.minimum(power, LARGEST_EXPONENT))
    return hazard / factor, hazard * factor
