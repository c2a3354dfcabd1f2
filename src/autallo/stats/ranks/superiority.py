"""How probable it is that a patient of one group has a larger value than one of the other."""

from dataclasses import dataclass
from math import log, sqrt
from typing import Literal

from numpy.typing import ArrayLike
from scipy.special import expit, ndtri, stdtrit

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_values
from autallo.stats.ranks.placements import Placements, degrees_of_freedom, placements
from autallo.stats.ranks.rank_sums import pool

__all__ = ["Superiority", "probability_of_superiority"]

#: Halvings until a limit is as narrow as floating point allows.
HALVINGS = 60

Method = Literal["logit", "pseudo_score"]
Limits = Literal["logit", "pseudo_score", "separation", "largest_variance"]


@dataclass(frozen=True, slots=True)
class Superiority:
    """Probability of superiority with its interval.

    Attributes
    ----------
    estimate : float
        Share of pairs in which the first group has the larger value, ties counting one half
        [0 to 1]; 0.5 is no difference.
    low, high : float
        Limits of the interval [0 to 1].
    level : float
        Confidence level [0 to 1].
    method : {"logit", "pseudo_score", "separation", "largest_variance"}
        How the limits were made; the last two where the data give no variance.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: Limits


def probability_of_superiority(
    x: ArrayLike, y: ArrayLike, *, level: float = 0.95, method: Method = "logit"
) -> Superiority:
    r"""Estimate the probability that a value of one group is larger than one of the other.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Values of the first group, in any one unit; grades as numbers.
    y : array_like of float, shape (m,)
        Values of the second group, in the same unit.
    level : float
        Confidence level, between 0 and 1.
    method : {"logit", "pseudo_score"}
        How the interval is made.

    Returns
    -------
    Superiority

    Raises
    ------
    ArgumentError
        If a group is empty, a value is missing or not a number, `level` is not between 0 and 1,
        or `method` is another word.

    Notes
    -----
    The estimate of :math:`\theta = P(X > Y) + P(X = Y) / 2` is ``U / (n m)``.

    * ``"logit"``: :math:`\operatorname{logit} \hat\theta \pm t\, s / (\hat\theta(1 -
      \hat\theta))` with the variance s squared and the degrees of freedom of Brunner and
      Munzel. It holds if one group is spread more widely than the other. Measured at 17 against
      11 and level 0.95 in 59 settings (normal values with standard deviations from 1:10 to
      10:1, grades of 2 to 5 levels; 20 000 studies each): coverage 0.948 to 0.991. At 5 against
      5 it is 0.98 to 1.
    * ``"pseudo_score"``: the values that a score-type test does not reject, with the variance of
      two exponential distributions (method 5 of Newcombe). Narrower, and 0.953 to 0.975 if both
      groups are spread alike, but down to 0.83 if they are not.

    Neither interval is the inversion of the Mann-Whitney test: at times one says 0.5 and the
    other does not.

    Where ``"logit"`` has no variance: if every value of one group is larger than every one of
    the other (``"separation"``), min(n, m) pairs without a common patient all point one way,
    which has probability at most :math:`\theta^{\min(n, m)}`; the limit is the
    :math:`\theta` at which this is ``(1 - level) / 2``, so it is exact in the sense of never
    covering too seldom. If all values are equal, or a group has one patient
    (``"largest_variance"``), the interval is the score interval with the largest variance that
    any two distributions can have, :math:`\theta(1 - \theta) / \min(n, m)`. No interval is
    ever of width 0.
    Source: [brunner2000], [newcombe2006], largest variance [birnbaum1957]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`) and pair by pair (`tests/twins`, each
    test_superiority.py); coverage by simulation (`tests/laws/test_superiority.py`).

    Examples
    --------
    The first group is higher in 9 of the 12 pairs.

    >>> found = probability_of_superiority([3, 5, 8, 9], [2, 4, 6])
    >>> round(found.estimate, 4), round(found.low, 2), round(found.high, 2)
    (0.75, 0.13, 0.98)
    """
    first, second = as_values("x", x), as_values("y", y)
    confidence = as_level(level)
    if method not in ("logit", "pseudo_score"):
        raise ArgumentError('`method` must be "logit" or "pseudo_score".')
    placed = placements(pool(first, second))
    tail = (1 - confidence) / 2
    if method == "pseudo_score":
        return _pseudo_score(placed, confidence, tail)
    if placed.estimate in (0.0, 1.0):
        return _separation(placed, confidence, tail)
    if placed.variance:
        return _logit(placed, confidence, tail)
    return _largest_variance(placed, confidence, tail)


def _logit(placed: Placements, level: float, tail: float) -> Superiority:
    estimate = placed.estimate
    middle = log(estimate / (1 - estimate))
    quantile = float(stdtrit(degrees_of_freedom(placed), 1 - tail))
    reach = quantile * sqrt(placed.variance or 0.0) / (estimate * (1 - estimate))
    low, high = float(expit(middle - reach)), float(expit(middle + reach))
    return Superiority(estimate, low, high, level, "logit")


def _separation(placed: Placements, level: float, tail: float) -> Superiority:
    limit = tail ** (1 / min(placed.n, placed.m))
    low, high = (limit, 1.0) if placed.estimate == 1 else (0.0, 1 - limit)
    return Superiority(placed.estimate, low, high, level, "separation")


def _largest_variance(placed: Placements, level: float, tail: float) -> Superiority:
    pairs = min(placed.n, placed.m)
    weight = float(ndtri(tail)) ** 2 / pairs
    middle = (placed.estimate + weight / 2) / (1 + weight)
    inside = weight * (placed.estimate * (1 - placed.estimate) + weight / 4)
    reach = sqrt(inside) / (1 + weight)
    low, high = middle - reach, middle + reach
    return Superiority(placed.estimate, low, high, level, "largest_variance")


def _pseudo_score(placed: Placements, level: float, tail: float) -> Superiority:
    estimate, quantile = placed.estimate, -float(ndtri(tail))
    high = _upper_limit(estimate, quantile, placed)
    low = 1 - _upper_limit(1 - estimate, quantile, placed)
    return Superiority(estimate, low, high, level, "pseudo_score")


def _upper_limit(estimate: float, quantile: float, placed: Placements) -> float:
    """Return the largest probability of which the estimate is not too far below."""
    inside, outside = estimate, 1.0
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        if middle - estimate <= quantile * sqrt(_exponential_variance(middle, placed)):
            inside = middle
        else:
            outside = middle
    return (inside + outside) / 2


def _exponential_variance(theta: float, placed: Placements) -> float:
    others = (placed.n + placed.m) / 2 - 1
    more = others * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    return theta * (1 - theta) * (1 + more) / (placed.n * placed.m)
