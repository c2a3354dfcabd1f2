"""Kaplan-Meier survival of patients who carry weights, with a variance that knows it."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.stats.arguments import as_events, as_level, as_times, as_weights
from autallo.stats.risk_sets import time_slack
from autallo.stats.survival.kaplan_meier import KaplanMeier, followed_at_rows, kaplan_meier
from autallo.stats.survival.life_table import LifeTable, life_table
from autallo.stats.survival.limits import Interval, survival_limits

__all__ = ["weighted_kaplan_meier"]

Floats = NDArray[np.float64]


def weighted_kaplan_meier(
    time: ArrayLike,
    event: ArrayLike,
    weight: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    level: float = 0.95,
    interval: Interval = "log-log",
) -> KaplanMeier:
    r"""Adjust a survival curve by weights of the patients, with robust limits.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    weight : array_like of float, shape (n,)
        Weight of each patient, at least 0, as from a propensity score; a factor common to all
        changes nothing.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    level : float
        Confidence level of the pointwise limits, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric.

    Returns
    -------
    KaplanMeier
        Of one group, with `variance` "robust". Read it by `survival_at` and `survival_quantile`;
        compare two by `survival_difference`.

    Raises
    ------
    ArgumentError
        As `kaplan_meier`.

    Notes
    -----
    The curve is that of `kaplan_meier`, with sums of weights as numbers of patients. Greenwood's
    variance takes such sums for patients, and is too small, or too large, as the weights are; here
    the variance is the sum of the squared influences of the patients,
    :math:`S(t)^2 \sum_i w_i^2 u_i(t)^2` with
    :math:`u_i(t) = A(t \wedge T_i) - A(E_i) - 1(\text{event}, T_i \le t) / (n - d)(T_i)`, where A
    sums d / (n (n - d)), E is the entry and T the time (infinitesimal jackknife). Weights are
    taken as known. With inverse probability weights from a score that was fitted to the same
    patients it is as a rule too large; `bootstrap` with the score fitted anew in each draw tells by
    how much (its `stratum` keeps the sizes of the groups).

    Weights that are all equal give the curve without weights, and where all enter at 0 its
    Greenwood variance. A patient of weight 0 is as if left out. Limits at 1 and 0 are binomial
    for the effective number of patients, :math:`(\sum w)^2 / \sum w^2` over :math:`\sum w` times
    the weight followed so far. Other boundaries as in `kaplan_meier`.
    Source: [cole2004], [xie2005]; robust variance [reid1981], fitted scores [lunceford2004],
    effective number [kish1965]. Checked against R survival 3.5-3, `survfit` with weights
    and clusters (`tests/reference/weighted_curves.json`), by hand
    (`tests/byhand/test_weighted_survival.py`), against the derivative of the curve by each weight
    (`tests/twins/test_weighted_survival.py`) and by laws (`tests/laws/test_weighted_survival.py`).

    Examples
    --------
    >>> curve = weighted_kaplan_meier([1, 2, 3], [1, 0, 1], [2, 1, 1])
    >>> curve.survival.tolist()
    [0.5, 0.5, 0.0]
    >>> round(float(curve.std_error[0]) ** 2, 6) == 6 / 64
    True
    """
    if entry is None:
        return kaplan_meier(
            time, event, weight=weight, level=level, interval=interval, variance="robust"
        )
    level, weights = as_level(level), as_weights("weight", weight)
    table = life_table(time, event, entry=entry, weight=weights)
    survival = np.multiply.accumulate((table.at_risk - table.events) / table.at_risk)
    some = weights > 0
    relative_error = _relative_error(
        table,
        survival,
        as_times("time", time)[some],
        as_events("event", event)[some],
        entry=as_times("entry", entry)[some],
        squared=weights[some] ** 2,
    )
    per_weight = float(weights.sum() / (weights**2).sum())
    followed = followed_at_rows(table, survival) * per_weight
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
        variance="robust",
        patients_per_weight=per_weight,
    )


def _relative_error(
    table: LifeTable,
    survival: Floats,
    times: Floats,
    events: NDArray[np.bool_],
    *,
    entry: Floats,
    squared: Floats,
) -> Floats:
    """Return the root of the sum of the squared influences, over the curve."""
    rows, slack = table.time.size, time_slack(table.time)
    # A time is the first of those that are one time; who enters is at risk at the first later one.
    last = np.searchsorted(table.time, times, side="right") - 1
    first = np.searchsorted(table.time, entry + slack, side="right")
    left = table.at_risk - table.events
    terms, over_left = np.zeros(rows), np.zeros(rows)
    some = survival > 0
    np.divide(table.events, table.at_risk * left, out=terms, where=some)
    np.divide(1.0, left, out=over_left, where=some)
    growth = np.cumsum(terms)
    before = np.append(0.0, growth)[first]
    spent = growth[last] - before - events * over_left[last]
    gone = np.cumsum(np.bincount(last, squared * spent**2, rows))
    present = [
        np.cumsum(np.bincount(first, sums, rows) - np.bincount(last, sums, rows))
        for sums in (squared, squared * before, squared * before**2)
    ]
    under_way = growth**2 * present[0] - 2 * growth * present[1] + present[2]
    return np.sqrt(np.maximum(gone + np.maximum(under_way, 0.0), 0.0))
