"""Survival of a small group at chosen times, with the beta product interval."""

from dataclasses import dataclass
from decimal import Decimal, localcontext
from math import prod
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betaincinv

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_level, as_number, as_times, same_length
from autallo.stats.risk_sets import risk_sets, time_slack

__all__ = ["BetaProductInterval", "beta_product_interval"]

#: The largest number of events for which the products have their exact quantiles.
MOST_EXACT = 200
#: Decimal places left after the cancellation between the terms of an exact distribution.
PLACES = 25
#: A quantile has settled when a step moves it by less than this.
SETTLED = 1e-17
MOST_STEPS = 200
#: Between these the search for a quantile begins.
SMALLEST, LARGEST = 1e-300, 1 - 2.0**-53

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class BetaProductInterval:
    """Kaplan-Meier survival at chosen times with beta product limits.

    Attributes
    ----------
    at : ndarray of float, shape (m,)
        The times asked for, in the order given [unit of the input].
    estimate : ndarray of float, shape (m,)
        Kaplan-Meier survival; an event at exactly that time counts.
    low, high : ndarray of float, shape (m,)
        Limits [0 to 1]; `low` is 0 where nobody is followed longer than the time, `high` is 1
        before the first event.
    at_risk_after : ndarray of int, shape (m,)
        Patients followed longer than each time.
    level : float
        Confidence level [0 to 1].
    method : {"exact", "moments"}
        Exact quantiles of the products, or those of beta distributions of the same moments.
    """

    at: Floats
    estimate: Floats
    low: Floats
    high: Floats
    at_risk_after: NDArray[np.int64]
    level: float
    method: Literal["exact", "moments"]


def beta_product_interval(
    time: ArrayLike,
    event: ArrayLike,
    *,
    at: ArrayLike,
    level: float = 0.95,
    exact_up_to: int = 100,
) -> BetaProductInterval:
    r"""Estimate survival at chosen times with limits that hold in small, censored groups.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    at : array_like of float, shape (m,)
        Times asked for [same unit], at least 0, in any order.
    level : float
        Confidence level, between 0 and 1.
    exact_up_to : int
        Largest number of events for exact quantiles, at most 200; above, by moments.

    Returns
    -------
    BetaProductInterval

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, `level` is not between 0 and 1, or `exact_up_to` is above 200.

    Notes
    -----
    With :math:`d_j` events among :math:`n_j` at risk at each event time :math:`t_j \le t`, and
    :math:`n(t+)` patients followed longer than t, the upper limit is the :math:`1 - \alpha / 2`
    quantile of :math:`\prod \mathrm{Beta}(n_j - d_j + 1, d_j)` and the lower limit the
    :math:`\alpha / 2` quantile of the same product times
    :math:`\mathrm{Beta}(n(t+), 1)`, which stands for an event that may come next. Without
    censoring the products are beta distributions and the limits those of Clopper and Pearson.

    Taken one by one, the events have different numbers at risk, and a product of
    :math:`\mathrm{Beta}(y_i, 1)` lies below w with probability
    :math:`\sum_i w^{y_i} \prod_{j \ne i} y_j / (y_j - y_i)`: that is solved to the last digit. With
    more than `exact_up_to` events each product is replaced by the beta distribution of the same
    mean and variance, the default of R bpcp; late in a small group of 17 that moves a limit by up
    to 0.035.

    Boundaries: before the first event the limits are :math:`(\alpha/2)^{1/n(t+)}` and 1; where
    nobody is followed longer the lower limit is 0; later than the last time the upper limit stays.
    The lower limit falls at a censoring too, since fewer patients vouch for what follows. Limits
    by Greenwood's variance are too narrow where few events have happened or few are left: at 10
    patients and a survival of 0.9 the log-log interval covers in 58 % (degenerate curves counted
    as misses). Source: [fay2013]. Checked by hand (`tests/byhand/test_bpcp.py`), by
    twins in fractions (`tests/twins/test_bpcp.py`) and by laws, the coverage among them
    (`tests/laws/test_bpcp.py`).

    Examples
    --------
    Of 10 patients without censoring 9 live: the limits of Clopper and Pearson.

    >>> alive = beta_product_interval([3, *[12] * 9], [1, *[0] * 9], at=[6])
    >>> alive.estimate.tolist(), alive.low.round(4).tolist(), alive.high.round(4).tolist()
    ([0.9], [0.555], [0.9975])
    """
    times, events = as_times("time", time), as_events("event", event)
    same_length(time=times, event=events)
    asked, confidence = as_times("at", at).copy(), as_level(level)
    if as_number("exact_up_to", exact_up_to) > MOST_EXACT:
        raise ArgumentError(f"`exact_up_to` must be at most {MOST_EXACT}.")
    table = risk_sets(times, events)
    died, at_risk = table.leaving[0, 1], table.at_risk[0]
    row = np.searchsorted(table.time, asked + time_slack(table.time), side="right")
    after = np.append(at_risk, 0)[row].astype(np.int64)
    survival = np.concatenate(([1.0], np.cumprod((at_risk - died) / at_risk)))[row]
    exact = int(died.sum()) <= exact_up_to
    limits = (_exact_limits if exact else _moment_limits)(died, at_risk, row, after, confidence)
    return BetaProductInterval(
        asked, survival, *limits, after, confidence, "exact" if exact else "moments"
    )


def _exact_limits(
    died: NDArray[np.int64],
    at_risk: NDArray[np.int64],
    row: NDArray[np.intp],
    after: NDArray[np.int64],
    level: float,
) -> tuple[Floats, Floats]:
    """Return both limits from the distribution of the product itself."""
    rates: list[int] = []
    events_by = [0]
    for dead, present in zip(died.tolist(), at_risk.tolist(), strict=True):
        rates += range(present, present - dead, -1)
        events_by.append(len(rates))
    tail = (1 - level) / 2
    known: dict[tuple[int, int], tuple[float, float]] = {}
    for place, left in zip(row.tolist(), after.tolist(), strict=True):
        mine = rates[: events_by[place]]
        if (place, left) not in known:
            known[place, left] = (
                _product_quantile([*mine, left], tail) if left else 0.0,
                _product_quantile(mine, 1 - tail),
            )
    pairs = [known[key] for key in zip(row.tolist(), after.tolist(), strict=True)]
    return np.array([low for low, _ in pairs]), np.array([high for _, high in pairs])


def _product_quantile(rates: list[int], share: float) -> float:
    """Return the quantile of a product of Beta(rate, 1), rates all different, above 0."""
    if not rates:
        return 1.0
    tops, bottoms = zip(*(_weight(rates, rate) for rate in rates), strict=True)
    largest = max(len(str(t)) - len(str(b)) for t, b in zip(tops, bottoms, strict=True))
    with localcontext() as context:
        context.prec = PLACES + max(largest, 0)
        weights = [Decimal(t) / Decimal(b) for t, b in zip(tops, bottoms, strict=True)]
        wanted, low, high = Decimal(share), Decimal(0), Decimal(1)
        here = Decimal(min(max(_start(rates, share), SMALLEST), LARGEST))
        for _ in range(MOST_STEPS):
            powers = [w * here**rate for w, rate in zip(weights, rates, strict=True)]
            gap = sum(powers) - wanted
            low, high = (here, high) if gap < 0 else (low, here)
            slope = sum(p * rate for p, rate in zip(powers, rates, strict=True)) / here
            step = here - gap / slope if slope > 0 else low
            before, here = here, step if low < step < high else (low + high) / 2
            if abs(here - before) <= Decimal(SETTLED):
                break
    return float(here)


def _weight(rates: list[int], own: int) -> tuple[int, int]:
    """Return numerator and denominator of the weight of one power in the distribution."""
    others = [rate for rate in rates if rate != own]
    return prod(others), prod(rate - own for rate in others)


def _start(rates: list[int], share: float) -> float:
    mean = prod(rate / (rate + 1) for rate in rates)
    square = prod(rate / (rate + 2) for rate in rates)
    return float(_quantile(np.array([mean]), np.array([square]), share)[0])


def _moment_limits(
    died: NDArray[np.int64],
    at_risk: NDArray[np.int64],
    row: NDArray[np.intp],
    after: NDArray[np.int64],
    level: float,
) -> tuple[Floats, Floats]:
    """Return both limits from beta distributions of the same mean and variance."""
    # Beta(n - d + 1, d) has mean a / c and mean square a (a + 1) / (c (c + 1)), c = n + 1.
    shape, whole = at_risk - died + 1.0, at_risk + 1.0
    mean = np.concatenate(([1.0], np.cumprod(shape / whole)))[row]
    squares = np.cumprod(shape * (shape + 1) / (whole * (whole + 1)))
    square = np.concatenate(([1.0], squares))[row]
    tail = (1 - level) / 2
    someone = np.maximum(after, 1)
    low = _quantile(mean * someone / (someone + 1), square * someone / (someone + 2), tail)
    low[after == 0] = 0.0
    return low, _quantile(mean, square, 1 - tail)


def _quantile(mean: Floats, square: Floats, share: float) -> Floats:
    """Return the quantile of the beta distribution with this mean and mean square."""
    variance = square - mean**2
    certain = variance <= 0
    spread = np.where(certain, 1.0, variance)
    size = np.where(certain, 1.0, (mean - square) / spread)
    value = betaincinv(mean * size, np.where(certain, 1.0, (1 - mean) * size), share)
    return np.where(certain, 1.0, value)
