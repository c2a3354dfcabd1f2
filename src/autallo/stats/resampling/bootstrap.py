"""Limits of any statistic by drawing the patients again, with replacement."""

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_groups, as_level
from autallo.stats.resampling.statistic import as_statistic, tie_slack

__all__ = ["BootstrapInterval", "bootstrap"]

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

#: Decimal places of a quantile's number that are not rounding.
PLACES = 9

#: A statistic of the patients in these rows, or None where it cannot be given.
Statistic = Callable[[Rows], float | None]


@dataclass(frozen=True, slots=True)
class BootstrapInterval:
    """Statistic of all patients, with percentile and BCa limits from drawing patients again.

    Attributes
    ----------
    estimate : float
        The statistic of all patients.
    low, high : float or None
        BCa limits. None if there is no acceleration, if the estimate lies outside all draws, or
        if the limit would.
    percentile_low, percentile_high : float
        Percentile limits.
    level : float
        Confidence level of both.
    std_error : float
        Standard deviation of the draws.
    bias : float
        Mean of the draws less the estimate.
    median_bias : float or None
        Normal quantile of the share of draws below the estimate, ties counting one half; None if it
        is 0 or 1.
    acceleration : float or None
        From the statistic without each patient in turn; None if it cannot be given without one of
        them, 0 if it never changes.
    draws, failures : int
        Draws asked for, and those for which the statistic could not be given.
    """

    estimate: float
    low: float | None
    high: float | None
    percentile_low: float
    percentile_high: float
    level: float
    std_error: float
    bias: float
    median_bias: float | None
    acceleration: float | None
    draws: int
    failures: int


def bootstrap(
    statistic: Statistic,
    n_patients: int,
    *,
    rng: np.random.Generator,
    stratum: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 1999,
    most_failures: float = 0.05,
    workers: int = 1,
) -> BootstrapInterval:
    r"""Estimate limits of any statistic by drawing patients with replacement.

    Parameters
    ----------
    statistic : callable
        Function of an array of row numbers, some of them repeated, shape (n,): the statistic of
        those patients, or None where it cannot be given. A refusal (`ArgumentError`) counts as
        None. It must not change anything, nor draw random numbers of its own.
    n_patients : int
        Number of patients n, at least 2.
    rng : numpy.random.Generator
        Source of the draws.
    stratum : array_like of int, shape (n,), or None
        Stratum (group) of each patient, 0 upwards, none empty: patients are drawn within it, so
        that its size stays, and each row number is replaced by one of the same stratum.
    level : float
        Confidence level of the limits, between 0 and 1.
    draws : int
        Data sets drawn: at least 2 / (1 - level) - 1, better fifty times as many.
    most_failures : float
        Largest share of draws for which the statistic may be None, at least 0 and below 1; they are
        left out.
    workers : int
        Threads that compute the statistic; results do not depend on it.

    Returns
    -------
    BootstrapInterval

    Raises
    ------
    ArgumentError
        If a number is out of range, a stratum is empty or `stratum` has another length, the
        statistic of all patients is None, the statistic returns anything but a finite number or
        None, or too many draws fail.

    Notes
    -----
    Percentile limits: the :math:`\alpha` quantile of B draws is the order statistic number
    :math:`(B + 1) \alpha`, between two neighbours in proportion. BCa limits: the same at
    :math:`\Phi(z_0 + (z_0 + z_\alpha) / (1 - a (z_0 + z_\alpha)))`, where :math:`z_0` is
    `median_bias` and the acceleration is :math:`a = \sum l^3 / (6 (\sum l^2)^{3/2})`; l is, for
    each patient, the mean over the stratum of the statistics without one patient, less that
    without this one, times (m - 1) / m in a stratum of m. The only patient of a stratum is always
    drawn and has no influence. Where a BCa limit would lie beyond the smallest or largest draw it
    is None; more draws may help.

    Each draw has a random stream of its own, numbered by the draw: neither the number of workers
    nor what other draws do changes it.

    Limits of 11 patients are too narrow whatever the number of draws: the draws know no patients
    but these. BCa limits are exact to second order only as n grows.
    Source: [efron1987], [efron1993], [davison1997]. Checked against R (`tests/reference`), by hand
    (`tests/byhand`), against a plain twin (`tests/twins`), by laws (`tests/laws`) and on a printed
    example (`tests/published`, each test_bootstrap.py).

    Examples
    --------
    >>> days = np.array([3, 5, 8, 9, 14, 20, 31])
    >>> rng = np.random.Generator(np.random.PCG64(1))
    >>> limits = bootstrap(lambda rows: float(days[rows].mean()), 7, rng=rng)
    >>> round(limits.estimate, 2), round(limits.acceleration, 4)
    (12.86, 0.0565)
    """
    level = as_level(level)
    if n_patients < 2 or workers < 1 or not 0 <= most_failures < 1:
        raise ArgumentError(
            "`n_patients` must be at least 2, `workers` at least 1, `most_failures` from 0 to 1."
        )
    fewest = math.ceil(2 / (1 - level) - 1 - 1e-9)
    if draws < fewest:
        raise ArgumentError(f"`draws` must be at least {fewest} for limits at level {level:g}.")
    members = _members(n_patients, stratum)
    estimate = _value(statistic, np.arange(n_patients))
    if estimate is None:
        raise ArgumentError("`statistic` must be a number for all patients; it is None.")
    found = _drawn(statistic, members, n_patients, draws=draws, workers=workers, rng=rng)
    failures = draws - found.size
    if failures > most_failures * draws or found.size < fewest:
        raise ArgumentError(
            f"`statistic` could not be given in {failures} of {draws} draws: too many for limits."
        )
    return _as_interval(
        estimate,
        np.sort(found),
        acceleration=_acceleration(statistic, members, n_patients),
        level=level,
        draws=draws,
    )


def _members(n: int, stratum: ArrayLike | None) -> list[Rows]:
    if stratum is None:
        return [np.arange(n)]
    strata = as_groups("stratum", stratum)
    if strata.size != n:
        raise ArgumentError("`stratum` must have one code for each of `n_patients`.")
    return [np.flatnonzero(strata == code) for code in range(int(strata.max()) + 1)]


def _value(statistic: Statistic, rows: Rows) -> float | None:
    try:
        value = statistic(rows)
    except ArgumentError:
        return None
    number = as_statistic(value)
    return None if number is None else float(number)


def _drawn(
    statistic: Statistic,
    members: list[Rows],
    n: int,
    *,
    draws: int,
    workers: int,
    rng: np.random.Generator,
) -> Floats:
    """Return the statistics of the draws, in their order, without those that failed."""
    key = rng.integers(0, 2**64, size=2, dtype=np.uint64)

    def of_draw(number: int) -> float | None:
        stream = np.random.Philox(key=key, counter=[0, 0, number, 0])
        share = (stream.random_raw(n) >> np.uint64(11)) * 2.0**-53
        rows = np.empty(n, dtype=np.intp)
        for own in members:
            rows[own] = own[(share[own] * own.size).astype(np.intp)]
        return _value(statistic, rows)

    if workers == 1:
        values = [of_draw(number) for number in range(draws)]
    else:
        with ThreadPoolExecutor(workers) as pool:
            values = list(pool.map(of_draw, range(draws)))
    return np.array([value for value in values if value is not None], dtype=np.float64)


def _acceleration(statistic: Statistic, members: list[Rows], n: int) -> float | None:
    """Return the skewness of the patients' influence over 6, from leaving out each in turn."""
    influence = np.zeros(n)
    everybody = np.arange(n)
    for own in members:
        if own.size == 1:
            continue
        without = [_value(statistic, np.delete(everybody, row)) for row in own.tolist()]
        if None in without:
            return None
        values = np.array(without, dtype=np.float64)
        influence[own] = (values.mean() - values) * (own.size - 1) / own.size
    largest = float(np.abs(influence).max())
    if largest == 0:
        return 0.0
    shares = influence / largest
    return float((shares**3).sum() / (6 * (shares**2).sum() ** 1.5))


def _as_interval(
    estimate: float,
    ordered: Floats,
    *,
    acceleration: float | None,
    level: float,
    draws: int,
) -> BootstrapInterval:
    tail = (1 - level) / 2
    slack = tie_slack((float(ordered[0]), float(ordered[-1]), estimate))
    below = int(np.searchsorted(ordered, estimate - slack, side="left"))
    up_to = int(np.searchsorted(ordered, estimate + slack, side="right"))
    share = (below + up_to) / 2 / ordered.size
    median_bias = float(ndtri(share)) if 0 < share < 1 else None
    low = high = None
    if median_bias is not None and acceleration is not None:
        low = _quantile(ordered, _moved(tail, median_bias, acceleration))
        high = _quantile(ordered, _moved(1 - tail, median_bias, acceleration))
    return BootstrapInterval(
        estimate=estimate,
        low=low,
        high=high,
        percentile_low=_order_statistic(ordered, tail),
        percentile_high=_order_statistic(ordered, 1 - tail),
        level=level,
        std_error=float(ordered.std(ddof=1)),
        bias=float(ordered.mean()) - estimate,
        median_bias=median_bias,
        acceleration=acceleration,
        draws=draws,
        failures=draws - ordered.size,
    )


def _moved(share: float, median_bias: float, acceleration: float) -> float | None:
    """Return the share of draws below the BCa limit; None if the correction breaks down."""
    moved = median_bias + float(ndtri(share))
    spread = 1 - acceleration * moved
    return float(ndtr(median_bias + moved / spread)) if spread > 0 else None


def _quantile(ordered: Floats, share: float | None) -> float | None:
    """Return the quantile, or None if it lies beyond the draws."""
    if share is None or not 1 <= _place(ordered, share) <= ordered.size:
        return None
    return _order_statistic(ordered, share)


def _order_statistic(ordered: Floats, share: float) -> float:
    """Return the order statistic number (B + 1) share, between two in proportion."""
    place = min(max(_place(ordered, share), 1.0), float(ordered.size))
    below = min(math.floor(place), ordered.size - 1)
    low, high = float(ordered[below - 1]), float(ordered[below])
    return low + (place - below) * (high - low)


def _place(ordered: Floats, share: float) -> float:
    return round((ordered.size + 1) * share, PLACES)
