"""Odds ratio of a count given its margins: conditional estimate, exact and mid-P limits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level

__all__ = ["ConditionalOddsRatio", "Interval", "conditional_odds_ratio"]

Interval = Literal["exact", "mid-p"]
#: On each side of the observed count up to so many places are summed one by one.
FEW = 64
#: Counts with less than this share of the weight of the observed one, at equal odds, are left out.
NEGLIGIBLE = 1e-300
#: A root search ends with the Newton step from a value that is as near as this to its target.
NEAR = 1e-8
#: Newton converges in four to six steps; halving a bracket in a hundred.
MOST_STEPS = 200

#: Logarithm of a sum of weights at a log odds ratio, and their mean distance from the observed.
Side = Callable[[float], "_Sum"]


@dataclass(frozen=True, slots=True)
class ConditionalOddsRatio:
    """Conditional maximum likelihood estimate of an odds ratio with its limits.

    Attributes
    ----------
    estimate : float or None
        0 to infinity; None if only one count is possible.
    low, high : float
        Limits; 0 and infinity where there is no limit.
    level : float
        Confidence level [0 to 1].
    interval : {"exact", "mid-p"}
        Which tails the limits were found from.
    """

    estimate: float | None
    low: float
    high: float
    level: float
    interval: Interval


@dataclass(frozen=True, slots=True)
class _Sum:
    log: float
    mean: float


def conditional_odds_ratio(
    above: Sequence[float] | NDArray[np.float64],
    below: Sequence[float] | NDArray[np.float64],
    *,
    level: float = 0.95,
    interval: Interval = "exact",
) -> ConditionalOddsRatio:
    r"""Estimate the odds ratio behind a count, given how the ways change from count to count.

    Parameters
    ----------
    above : sequence of float
        Ways to the next larger count over ways to the observed one, and so on up to the largest
        count; empty if the observed count is the largest.
    below : sequence of float
        The same downwards: ways to the next smaller count over ways to the observed one, ...
    level : float
        Confidence level, between 0 and 1.
    interval : {"exact", "mid-p"}
        Whether the observed count belongs to each tail in full or by half.

    Returns
    -------
    ConditionalOddsRatio

    Raises
    ------
    ArgumentError
        If `level` is not between 0 and 1, or `interval` is neither of the two.

    Notes
    -----
    At odds ratio :math:`\psi` a count k has probability in proportion to
    :math:`w_k \psi^k`, w its ways. The estimate makes the observed count the expected one; it is
    0 at the smallest possible count and infinite at the largest. The lower limit leaves
    ``(1 - level) / 2`` to the observed count and all larger ones, the upper limit as much to
    the observed and all smaller ones; "mid-p" counts half of the observed one in either tail.
    Exact intervals cover at least at their level; mid-P intervals are shorter, and cover more
    or less at their level. A mid-P interval of a low level may leave the estimate out.
    The ways must be log-concave (each ratio no larger than the one before), as those of one
    table, of several tables together, and of pairs are. Found by Newton's method on the log
    odds of the tails, kept within a bracket. Places with less than 1e-300 of the weight of the
    observed one, at the odds ratio that centres it, are left out.
    Source: [cornfield1956], [gart1970], mid-P [lancaster1961]. Checked in closed form
    (`tests/byhand/test_conditional_odds.py`), by bisection to 40 digits
    (`tests/twins/test_conditional_odds.py`) and through the tests that use it.

    Examples
    --------
    Two of 3 against none of 2 patients: no larger count, 6 / 3 and 1 / 6 downwards.

    >>> odds = conditional_odds_ratio([], [6 / 3, 1 / 6])
    >>> odds.estimate, round(odds.low, 4), odds.high
    (inf, 0.1216, inf)
    """
    confidence = as_level(level)
    if not isinstance(interval, str) or interval not in get_args(Interval):
        raise ArgumentError('`interval` must be "exact" or "mid-p".')
    centre = _centre(above, below)
    upper = _weights(above, exp(centre))
    lower = _weights(below, exp(-centre))
    share = 0.5 if interval == "mid-p" else 1.0
    rest = 1.0 - share
    odds = log((1.0 + confidence) / (1.0 - confidence))
    estimate: float | None = None
    low, high = 0.0, inf
    if len(upper) and len(lower):
        estimate = exp(centre + _root(_by_distance(upper), _by_distance(lower), 0.0))
    elif len(upper) or len(lower):
        estimate = 0.0 if len(upper) else inf
    if len(lower):
        low = exp(centre + _root(_side(share, upper), _side(rest, lower), -odds))
    if len(upper):
        high = exp(centre + _root(_side(rest, upper), _side(share, lower), odds))
    return ConditionalOddsRatio(estimate, low, high, confidence, interval)


def _centre(
    above: Sequence[float] | NDArray[np.float64], below: Sequence[float] | NDArray[np.float64]
) -> float:
    """Return the log odds ratio at which both neighbours of the observed count weigh the same."""
    if len(above) and len(below):
        return log(sqrt(below[0]) / sqrt(above[0]))
    if len(above):
        return -log(above[0])
    return log(below[0]) if len(below) else 0.0


def _weights(
    steps: Sequence[float] | NDArray[np.float64], odds_ratio: float
) -> list[float] | NDArray[np.float64]:
    """Return the weight of each count outwards, that of the observed one being 1."""
    if len(steps) > FEW:
        weights = np.cumprod(np.asarray(steps) * odds_ratio)
        return np.asarray(weights[weights > NEGLIGIBLE], dtype=np.float64)
    weight, weights_ = 1.0, []
    for step in steps:
        weight *= step * odds_ratio
        if weight <= NEGLIGIBLE:
            break
        weights_.append(weight)
    return weights_


def _by_distance(weights: list[float] | NDArray[np.float64]) -> Side:
    """Return the side in which each count weighs by its distance from the observed one."""
    if isinstance(weights, list):
        return _side(0.0, [place * weight for place, weight in enumerate(weights, start=1)])
    return _side(0.0, weights * np.arange(1, weights.size + 1))


def _side(first: float, weights: list[float] | NDArray[np.float64]) -> Side:
    """Return the sum over the observed count, weighing `first`, and all counts on one side."""
    if isinstance(weights, list):
        terms = [first, *weights]
        return lambda log_odds: _polynomial(terms, log_odds)
    distance = np.arange(0 if first else 1, weights.size + 1, dtype=np.float64)
    logs = np.log(np.concatenate([[first], weights]) if first else weights)
    return lambda log_odds: _series(logs, distance, log_odds)


def _polynomial(terms: list[float], log_odds: float) -> _Sum:
    """Return the sum of terms times powers of the odds, by Horner, at odds of at most 1."""
    forwards = log_odds <= 0
    odds = exp(log_odds if forwards else -log_odds)
    total = change = 0.0
    for term in reversed(terms) if forwards else terms:
        change = change * odds + total
        total = total * odds + term
    mean = odds * change / total
    if forwards:
        return _Sum(log(total), mean)
    last = len(terms) - 1
    return _Sum(last * log_odds + log(total), last - mean)


def _series(logs: NDArray[np.float64], distance: NDArray[np.float64], log_odds: float) -> _Sum:
    exponent = logs + log_odds * distance
    top = float(exponent.max())
    shares = np.exp(exponent - top)
    total = float(shares.sum())
    return _Sum(top + log(total), float(shares @ distance) / total)


def _root(upper: Side, lower: Side, target: float) -> float:
    """Return the log odds ratio at which the log of upper over lower sum is `target`."""
    low, high, at = -inf, inf, 0.0
    for _ in range(MOST_STEPS):
        over, under = upper(at), lower(-at)
        gap = target - (over.log - under.log)
        step = gap / (over.mean + under.mean)
        if abs(gap) < NEAR or at + step == at:
            return at + step
        low, high = (at, high) if gap > 0 else (low, at)
        at += step
        if not low < at < high:
            at = (low + high) / 2
    return at
