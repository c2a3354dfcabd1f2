"""Difference and ratio of two risks, with their confidence intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import hypot, inf, sqrt
from typing import Literal, get_args

from numpy.typing import ArrayLike
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level
from autallo.stats.contingency.counts import as_two_by_two
from autallo.stats.proportions.binomial import binomial_interval
from autallo.stats.proportions.difference_score import lowest_difference, sizes_of
from autallo.stats.proportions.exact_difference import lowest_difference_exact
from autallo.stats.proportions.ratio_score import katz_limits, lowest_ratio
from autallo.stats.proportions.unconditional import Counts

__all__ = [
    "DifferenceMethod",
    "RatioMethod",
    "RiskDifference",
    "RiskRatio",
    "risk_difference",
    "risk_ratio",
]

DifferenceMethod = Literal["miettinen-nurminen", "mee", "newcombe", "chan-zhang", "agresti-min"]
RatioMethod = Literal["miettinen-nurminen", "koopman", "katz"]


@dataclass(frozen=True, slots=True)
class RiskDifference:
    """Difference of two risks, first group less second.

    Attributes
    ----------
    estimate : float
        Risk of the first group less risk of the second [-1 to 1].
    low, high : float
        Limits of the two-sided interval [-1 to 1].
    level : float
        Confidence level [0 to 1].
    method : {"miettinen-nurminen", "mee", "newcombe", "chan-zhang", "agresti-min"}
        How the limits were found.
    """

    estimate: float
    low: float
    high: float
    level: float
    method: DifferenceMethod


@dataclass(frozen=True, slots=True)
class RiskRatio:
    """Ratio of two risks, first group by second.

    Attributes
    ----------
    estimate : float or None
        Risk of the first group by risk of the second, 0 to infinity; None if nobody in either
        group had the event.
    low, high : float
        Limits of the two-sided interval; 0 and infinity where there is no limit.
    level : float
        Confidence level [0 to 1].
    method : {"miettinen-nurminen", "koopman", "katz"}
        How the limits were found.
    """

    estimate: float | None
    low: float
    high: float
    level: float
    method: RatioMethod


def risk_difference(
    table: ArrayLike, *, level: float = 0.95, method: DifferenceMethod = "miettinen-nurminen"
) -> RiskDifference:
    r"""Estimate the difference of two risks with its interval, by default of Miettinen-Nurminen.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the event.
    level : float
        Confidence level, between 0 and 1.
    method : {"miettinen-nurminen", "mee", "newcombe", "chan-zhang", "agresti-min"}
        How the limits are found; see Notes.

    Returns
    -------
    RiskDifference

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers from 0 to 1e9, a group has no patients,
        `level` is not between 0 and 1, `method` is unknown, or an exact interval is asked for
        of more than 500 patients, or of groups the product of whose sizes exceeds 20 000.

    Notes
    -----
    The score of a difference :math:`\delta` is :math:`(\hat p_1 - \hat p_2 - \delta) /
    \sqrt{v}` with :math:`v = \tilde p_1 (1 - \tilde p_1) / n_1 + \tilde p_2 (1 - \tilde p_2)
    / n_2`, where :math:`\tilde p_1, \tilde p_2` are the most likely risks that differ by
    :math:`\delta`.

    * ``miettinen-nurminen``: differences whose score, with v times N / (N - 1), is no further
      from 0 than the normal quantile. ``mee``: the same without N / (N - 1).
    * ``newcombe``: the Wilson limits of both risks combined, without continuity correction.
    * ``chan-zhang``: exact. Each limit is that of a one-sided test with an error of
      ``(1 - level) / 2``: the probability, given :math:`\delta`, of a score at least as high,
      largest over all second risks.
    * ``agresti-min``: exact. The differences not rejected by one two-sided test with an error of
      ``1 - level``: the probability of a score at least as far from 0. Mostly shorter.

    The first three are approximate: they cover about `level` on the average of all risks, and at
    worst 0.83 instead of 0.95 at 10 against 10 patients. The exact ones
    cover at least `level` at every pair of risks, at the price of width. Each limit is the end of
    the differences that are rejected, from the far end on, without a gap: whole steps are
    rejected at once, by a bound on the probability over all differences in the step and all
    second risks, until no step of 1e-10 can be. A step shorter than 1/16384 ends where the
    score of another table comes to equal the observed one, which is taken to happen to a table
    once at most in so short a step. So a limit is at most 1e-10 too wide (more only if 1000
    steps were not enough, which has not been seen: it is then left further out).

    Boundaries: 0 of n against 0 of m has the estimate 0 and limits on both sides of it; 0 of n
    against m of m has the estimate -1, the lower limit -1 and an upper limit above -1. At
    levels in use no interval has a width of 0. Exchanging the groups changes the signs.
    Source: [miettinen1985], [mee1984], [newcombe1998], [chan1999], [agresti2001]. Checked
    against formulas in R (`tests/reference/risks.json`), by hand
    (`tests/byhand/test_risks.py`), against printed intervals (`tests/published/test_risks.py`),
    by a search in a grid of all risks (`tests/twins/test_risks.py`) and by coverage
    (`tests/laws/test_risks.py`).

    Examples
    --------
    Severe cytokine release in 8 of 17 against 1 of 11 patients.

    >>> difference = risk_difference([[8, 9], [1, 10]])
    >>> round(difference.estimate, 3), round(difference.low, 3), round(difference.high, 3)
    (0.38, 0.021, 0.635)
    """
    counts = _checked(table)
    confidence = as_level(level)
    if not isinstance(method, str) or method not in get_args(DifferenceMethod):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(DifferenceMethod))}.")
    events, size, other_events, other_size = sizes_of(counts)
    if method == "newcombe":
        low, high = _newcombe(counts, confidence)
    else:
        error = (1 - confidence) / 2 if method == "chan-zhang" else 1 - confidence
        limit = partial(_LOWER[method], error=error)
        low, high = limit(counts), -limit((*counts[2:], *counts[:2]))
    return RiskDifference(
        estimate=events / size - other_events / other_size,
        low=low,
        high=high,
        level=confidence,
        method=method,
    )


def risk_ratio(
    table: ArrayLike, *, level: float = 0.95, method: RatioMethod = "miettinen-nurminen"
) -> RiskRatio:
    r"""Estimate the ratio of two risks with its interval, by default of Miettinen-Nurminen.

    Parameters
    ----------
    table : array_like of int, shape (2, 2)
        Patients; rows are the groups, columns are with and without the event.
    level : float
        Confidence level, between 0 and 1.
    method : {"miettinen-nurminen", "koopman", "katz"}
        How the limits are found; see Notes.

    Returns
    -------
    RiskRatio

    Raises
    ------
    ArgumentError
        If the table is not two by two whole numbers from 0 to 1e9, a group has no patients,
        `level` is not between 0 and 1, `method` is unknown, or the Katz interval is asked for
        where it does not exist.

    Notes
    -----
    The score of a ratio :math:`\theta` is :math:`(\hat p_1 - \theta \hat p_2) / \sqrt{v}` with
    :math:`v = \tilde p_1 (1 - \tilde p_1) / n_1 + \theta^2 \tilde p_2 (1 - \tilde p_2) / n_2`,
    where :math:`\tilde p_1, \tilde p_2` are the most likely risks of that ratio.

    * ``miettinen-nurminen``: ratios whose score, with v times N / (N - 1), is no further from
      0 than the normal quantile. ``koopman``: the same without N / (N - 1).
    * ``katz``: the logarithm of the ratio with its standard error by the delta method. Refused
      if a group has no event, or if all patients of both groups had one.

    All three are approximate. Exchanging the groups gives the inverse of estimate and limits.
    Boundaries of the scores: no event in the first group only, estimate and lower limit 0; in
    the second group only, estimate and upper limit infinite; in neither, estimate None and
    limits 0 and infinity; everybody in both, estimate 1 and limits on both sides of it.
    Source: [miettinen1985], [koopman1984], [katz1978]. Checked against formulas in R
    (`tests/reference/risks.json`), by hand (`tests/byhand/test_risks.py`) and by a search in a
    grid of all risks (`tests/twins/test_risks.py`).

    Examples
    --------
    Severe cytokine release in 8 of 17 against 1 of 11 patients.

    >>> ratio = risk_ratio([[8, 9], [1, 10]])
    >>> round(ratio.estimate, 2), round(ratio.low, 2), round(ratio.high, 1)
    (5.18, 1.06, 31.1)
    """
    counts = _checked(table)
    confidence = as_level(level)
    if not isinstance(method, str) or method not in get_args(RatioMethod):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(RatioMethod))}.")
    events, size, other_events, other_size = sizes_of(counts)
    estimate = None if events == 0 else inf
    if other_events:
        estimate = events * other_size / (size * other_events)
    if method == "katz":
        low, high = katz_limits(counts, confidence)
    else:
        bound = _bound(counts, error=1 - confidence, corrected=method == "miettinen-nurminen")
        low = lowest_ratio(counts, bound)
        swapped = lowest_ratio((*counts[2:], *counts[:2]), bound)
        high = 1 / swapped if swapped else inf
    return RiskRatio(estimate=estimate, low=low, high=high, level=confidence, method=method)


def _checked(table: ArrayLike) -> Counts:
    counts = as_two_by_two(table)
    if counts[:2] == (0, 0) or counts[2:] == (0, 0):
        raise ArgumentError("`table` must have at least one patient in each row.")
    return counts


def _bound(counts: Counts, *, error: float, corrected: bool) -> float:
    """Return how far a score may be from 0: the normal quantile, with or without N / (N - 1)."""
    patients = sum(counts)
    return -float(ndtri(error / 2)) * (sqrt(patients / (patients - 1)) if corrected else 1.0)


def _by_score(counts: Counts, *, error: float, corrected: bool) -> float:
    return lowest_difference(counts, _bound(counts, error=error, corrected=corrected))


def _newcombe(counts: Counts, level: float) -> tuple[float, float]:
    events, size, other_events, other_size = sizes_of(counts)
    one = binomial_interval(events, size, level=level, method="wilson")
    other = binomial_interval(other_events, other_size, level=level, method="wilson")
    estimate = one.estimate - other.estimate
    return (
        estimate - hypot(one.estimate - one.low, other.high - other.estimate),
        estimate + hypot(one.high - one.estimate, other.estimate - other.low),
    )


_LOWER: dict[DifferenceMethod, Callable[..., float]] = {
    "miettinen-nurminen": partial(_by_score, corrected=True),
    "mee": partial(_by_score, corrected=False),
    "chan-zhang": partial(lowest_difference_exact, two_sided=False),
    "agresti-min": partial(lowest_difference_exact, two_sided=True),
}
