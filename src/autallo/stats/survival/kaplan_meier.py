"""Kaplan-Meier survival, read at a day, and reversed."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_level, as_times
from autallo.stats.risk_sets import time_slack
from autallo.stats.survival.life_table import LifeTable, Numbers, life_table
from autallo.stats.survival.limits import Interval, binomial_low, survival_limits
from autallo.stats.survival.steps import Followed, followed_so_far, read_followed

__all__ = [
    "Interval",
    "KaplanMeier",
    "SurvivalAt",
    "Variance",
    "kaplan_meier",
    "numbers_at_risk",
    "reverse_kaplan_meier",
    "survival_at",
]

#: Estimates of the variance of a Kaplan-Meier curve.
Variance = Literal["greenwood", "robust"]


@dataclass(frozen=True, slots=True)
class KaplanMeier:
    """Kaplan-Meier estimate at each distinct time of an event or a censoring.

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
    survival : ndarray of float, shape (t,)
        Probability of no event by each time, the time included [0 to 1].
    std_error : ndarray of float, shape (t,)
        Standard error of `survival`, by `variance`; 0 where `survival` is 1 or 0, where only the
        interval says how little is known.
    low, high : ndarray of float, shape (t,)
        Pointwise confidence limits of `survival`.
    level : float
        Confidence level of `low` and `high`.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits were made.
    entry_time : ndarray of float, shape (e,), or None
        Distinct times at which observation begins, ascending; None if it begins at 0 for all.
    entered : ndarray of int, shape (e,), or None
        Patients whose observation begins at each of these; sums of weights if weighted.
    variance : {"greenwood", "robust"}
        Estimate of the variance of `survival`.
    patients_per_weight : float
        Effective number of patients for each unit of weight: 1 but for the robust variance.
    """

    time: NDArray[np.float64]
    at_risk: Numbers
    events: Numbers
    censored: Numbers
    survival: NDArray[np.float64]
    std_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    level: float
    interval: Interval
    entry_time: NDArray[np.float64] | None = None
    entered: Numbers | None = None
    variance: Variance = "greenwood"
    patients_per_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SurvivalAt:
    """Survival read from a Kaplan-Meier curve at chosen times.

    Attributes
    ----------
    at : ndarray of float, shape (m,)
        The times asked for, in the order given.
    survival, std_error, low, high : ndarray of float, shape (m,)
        The curve at each time; an event at exactly that time counts.
    at_risk : ndarray of int, shape (m,)
        Patients under observation just before each time; sums of weights (float) if weighted.
    events : ndarray of int, shape (m,)
        Patients with the event by each time, the time included; sums of weights if weighted.
    beyond : ndarray of bool, shape (m,)
        True where the time is later than the last observed one: the last value is carried on.
    """

    at: NDArray[np.float64]
    survival: NDArray[np.float64]
    std_error: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    at_risk: Numbers
    events: Numbers
    beyond: NDArray[np.bool_]


def kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    weight: ArrayLike | None = None,
    level: float = 0.95,
    interval: Interval = "log-log",
    variance: Variance = "greenwood",
) -> KaplanMeier:
    r"""Estimate the probability of being free of an event over time.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    weight : array_like of float, shape (n,), or None
        Weight of each patient, at least 0: how many such patients there are (or, with the
        robust variance, any weight). None for 1.
    level : float
        Confidence level of the pointwise limits, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric: ``log(-log S)``, ``log S``, ``S``,
        ``arcsin(sqrt S)`` or ``log(S / (1 - S))``.
    variance : {"greenwood", "robust"}
        Greenwood's, with sums of weights as numbers of patients, or the infinitesimal jackknife,
        for weights that are not numbers of patients; the latter not with `entry`.

    Returns
    -------
    KaplanMeier

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, an entry is not before its time, a weight is negative or none is above 0,
        `level` is outside 0 to 1, `interval` or `variance` is unknown, or the robust variance is
        asked for with `entry`.

    Notes
    -----
    :math:`S(t) = \prod_{t_j \le t} (1 - d_j / n_j)`, with Greenwood's variance
    :math:`S^2 \sum d_j / (n_j (n_j - d_j))`. At a tied time, events precede censoring. A patient
    of weight 0 is as if left out.

    Greenwood's variance is 0 while the curve stands at 1 and not defined where it reaches 0;
    R then prints no limit, or [1, 1]. Here the limits are binomial ones for the effective number
    of patients followed so far, :math:`n' = n(t) / S(t-)` with n at risk just before the time
    (Peto): at 1 from :math:`(\alpha/2)^{1/n'}` to 1, at 0 from 0 to :math:`1 - (\alpha/2)^{1/n'}`,
    but never above the limit before, with :math:`\alpha = 1 - level`. Without censoring both are
    exactly the limits of Clopper and Pearson; while the curve stands at 1, :math:`n'` is the number
    at risk, and who was censored counts for nothing.

    With `entry` a patient is at risk after the entry, up to and including the time; the curve is
    that of patients alive at the first entry. Who enters later says nothing about the time before:
    :math:`n'` is the smallest one yet over the whole time line from 0, just before each entry and
    each exit, and 0, with limits from 0 to 1, if nobody was at risk for a while (if nobody enters
    at 0, count time from the first entry). A patient may be given as several rows
    (0, a], (a, b]; the end of a row that goes on is then counted in `censored`. If all at risk
    have the event early, when few have entered, the curve is 0 from then on, whoever enters later,
    as in R; if nobody is at risk for a while, it carries its value over the gap. Once the curve
    lies between 1 and 0, no interval shows either: Greenwood's variance does not know how few were
    there while nobody had the event (with 2 patients from 0 and 20 from 9.9, at hazard 0.05, the
    interval holds S(11.9) in 68 % of samples). Look at `at_risk` just after the first entries and,
    if it is small, start later by leaving out the rows that end before.

    The robust variance sums the squared influences of the patients, as R does for weights that
    are not whole. Its limits at 1 and 0 take the number at risk times the effective number of
    patients :math:`(\sum w)^2 / \sum w^2` over :math:`\sum w`.

    Source: [kaplan1958], [greenwood1926] p. 1, [kalbfleisch1980] p. 15, [borgan1990],
    [clopper1934], [peto1977]; entry [tsai1987]; robust variance [reid1981], effective number
    [kish1965]. Checked against R survival 3.5-3 (`tests/reference/survival.json`) and by hand
    (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> curve = kaplan_meier([1, 2, 2, 3], [True, True, False, True])
    >>> curve.survival.tolist()
    [0.75, 0.5, 0.0]
    >>> curve.at_risk.tolist()
    [4, 3, 1]
    """
    level = as_level(level)
    if variance not in get_args(Variance):
        raise ArgumentError('`variance` must be "greenwood" or "robust".')
    if variance == "robust" and entry is not None:
        raise ArgumentError('`variance` must be "greenwood" with `entry`.')
    table = life_table(time, event, entry=entry, weight=weight, squares=variance == "robust")
    left = table.at_risk - table.events
    survival = np.asarray(np.multiply.accumulate(left / table.at_risk), dtype=np.float64)
    followed, per_weight = followed_at_rows(table, survival), 1.0
    if table.squares is not None:
        relative_error = _robust_error(table, left)
        per_weight = float((table.events + table.censored).sum() / table.squares.sum())
        followed = followed * per_weight
    else:
        relative_error = np.sqrt(np.cumsum(_hazard_over_left(table, left)))
    limits = survival_limits(survival, relative_error, followed, level=level, interval=interval)
    return KaplanMeier(
        time=table.time,
        at_risk=table.at_risk,
        events=table.events,
        censored=table.censored,
        survival=survival,
        std_error=survival * relative_error,
        low=limits.low,
        high=limits.high,
        level=level,
        interval=interval,
        entry_time=table.entry_time,
        entered=table.entered,
        variance=variance,
        patients_per_weight=per_weight,
    )


def survival_at(curve: KaplanMeier, at: ArrayLike) -> SurvivalAt:
    """Estimate survival at chosen times by reading a Kaplan-Meier curve.

    Parameters
    ----------
    curve : KaplanMeier
        The curve.
    at : array_like of float, shape (m,)
        Times [unit of the curve], at least 0, in any order.

    Returns
    -------
    SurvivalAt

    Raises
    ------
    ArgumentError
        If a time is negative or missing.

    Notes
    -----
    The curve is right-continuous: an event on the day itself counts. The number at risk is the
    number under observation just before the day, as in a table under a figure. While survival
    is 1 the lower limit is the binomial one of `kaplan_meier` with the patients followed until
    then, between two rows too. Later than the last observed time the last value and its limits
    stand and `beyond` is true, unless the curve has reached 0, where it stays. Source:
    [kaplan1958]. Checked against R survival 3.5-3 (`tests/reference/survival.json`) and by hand
    (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> read = survival_at(kaplan_meier([2, 4, 5], [1, 1, 0]), [1, 4, 6])
    >>> read.survival.round(4).tolist()
    [1.0, 0.3333, 0.3333]
    >>> read.at_risk.tolist(), read.beyond.tolist()
    ([3, 2, 0], [False, False, True])
    """
    days = as_times("at", at)
    slack = time_slack(curve.time)
    row = np.searchsorted(curve.time, days + slack, side="right")
    at_risk = _at_risk_before(curve, days - slack)
    survival = np.append(1.0, curve.survival)[row]
    beyond = (days > curve.time[-1] + slack) & (survival > 0)
    low = np.append(0.0, curve.low)[row]
    untouched = survival == 1
    if untouched.any():
        low[untouched] = binomial_low(followed_until(curve, days[untouched]), curve.level)
    return SurvivalAt(
        at=days.copy(),
        survival=survival,
        std_error=np.append(0.0, curve.std_error)[row],
        low=low,
        high=np.append(1.0, curve.high)[row],
        at_risk=at_risk,
        events=np.append(0, curve.events.cumsum())[row],
        beyond=beyond,
    )


def reverse_kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    *,
    level: float = 0.95,
    interval: Interval = "log-log",
) -> KaplanMeier:
    """Estimate the distribution of follow-up, with the end of follow-up as the event.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it:
        coded as for `kaplan_meier`, the reversal is made here.
    level : float
        Confidence level of the pointwise limits, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric.

    Returns
    -------
    KaplanMeier
        `survival` is the probability of longer follow-up; `events` counts ends of follow-up and
        `censored` counts patients who left by the event.

    Raises
    ------
    ArgumentError
        As `kaplan_meier`.

    Notes
    -----
    The median follow-up is the `survival_quantile` of this curve. Convention: at a tied time
    the ends of follow-up are counted first, with the patients who die that day still at risk,
    as R does for ``survfit(Surv(time, 1 - event))``. Strictly a death precedes the end of
    follow-up on the same day; the two conventions differ only at such ties.
    Source: [schemper1996]. Checked against R survival 3.5-3 (`tests/reference/survival.json`)
    and by hand (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> from autallo.stats.survival.quantile import survival_quantile
    >>> survival_quantile(reverse_kaplan_meier([1, 4, 6, 8], [1, 0, 0, 0])).estimate
    6.0
    """
    events = as_events("event", event)
    return kaplan_meier(time, ~events, level=level, interval=interval)


def numbers_at_risk(
    time: ArrayLike, at: ArrayLike, *, entry: ArrayLike | None = None
) -> NDArray[np.int64]:
    """Count the patients under observation just before each time.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up; at least 0.
    at : array_like of float, shape (m,)
        Times asked for [same unit], at least 0, in any order.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.

    Returns
    -------
    ndarray of int, shape (m,)

    Raises
    ------
    ArgumentError
        If a time is negative or missing, or an entry is not before its time.

    Notes
    -----
    A patient who leaves at a time, by the event or not, is still counted at that time; one who
    enters at a time is not yet counted.
    Source: [kaplan1958]. Checked against R survival 3.5-3 (`tests/reference/survival.json`) and
    by hand (`tests/byhand/test_survival.py`).

    Examples
    --------
    >>> numbers_at_risk([3, 12, 12, 20], [0, 12, 13]).tolist()
    [4, 3, 1]
    """
    times, days = as_times("time", time), as_times("at", at)
    table = life_table(times, np.zeros(times.size, dtype=np.bool_), entry=entry)
    return np.asarray(_at_risk_before(table, days - time_slack(table.time)), dtype=np.int64)


def _hazard_over_left(table: LifeTable, left: Numbers) -> NDArray[np.float64]:
    """Return the terms of Greenwood's sum; 0 where nobody is left."""
    terms, some = np.zeros(left.size), left > 0
    np.divide(table.events, table.at_risk * left, out=terms, where=some)
    return terms


def _robust_error(table: LifeTable, left: Numbers) -> NDArray[np.float64]:
    """Return the error of the infinitesimal jackknife over the curve."""
    assert table.squares is not None
    growth = np.cumsum(_hazard_over_left(table, left))
    ended, died = table.squares.T
    over_left = np.divide(1.0, left, out=np.zeros(left.size), where=left > 0)
    spent = np.cumsum(ended * growth**2 + died * (growth - over_left) ** 2)
    later = np.append((ended + died)[:0:-1].cumsum()[::-1], 0.0)
    return np.asarray(np.sqrt(growth**2 * later + spent), dtype=np.float64)


def _followed(table: LifeTable | KaplanMeier, survival: NDArray[np.float64]) -> Followed:
    return followed_so_far(
        table.time, table.at_risk, survival, entry_time=table.entry_time, entered=table.entered
    )


def followed_at_rows(
    table: LifeTable | KaplanMeier, survival: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the effective number of patients followed up to each time, in units of weight."""
    followed = _followed(table, survival)
    return followed.number if table.entry_time is None else read_followed(followed, table.time, 0.0)


def followed_until(curve: KaplanMeier, days: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the effective number of patients that a curve has followed up to each day."""
    followed = _followed(curve, curve.survival)
    return read_followed(followed, days, time_slack(curve.time)) * curve.patients_per_weight


def _at_risk_before(table: LifeTable | KaplanMeier, days: NDArray[np.float64]) -> Numbers:
    """Count who is at risk just before each day; days are given less the slack of the times."""
    gone_by = np.searchsorted(table.time, days, side="left")
    if table.entry_time is None or table.entered is None:
        return np.append(table.at_risk, 0)[gone_by]
    left = np.append(0, (table.events + table.censored).cumsum())[gone_by]
    here_by = np.searchsorted(table.entry_time, days, side="left")
    return np.asarray(np.maximum(np.append(0, table.entered.cumsum())[here_by] - left, 0))
