"""Difference and ratio of two risks, with their confidence intervals."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from math import copysign, exp, hypot, inf, isinf, log, sqrt
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_level
from autallo.stats.proportions.binomial import binomial_interval, root_between
from autallo.stats.proportions.unconditional import Counts, Shares, largest_probability

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

#: An exact interval is refused if the product of the group sizes is larger: it takes seconds.
LARGEST_EXACT = 20_000
#: Differences are first rejected in steps of this size from -1 on.
FIRST_STEP = 1 / 16
#: An exact limit is found when not even so short a step can be rejected.
RESOLUTION = 1e-10
#: Steps tried for one exact limit, about 80 as a rule; a limit not found by then is left too wide.
MOST_TRIES = 3000
#: Two scores nearer than this share, or than this, are one score (exact intervals only).
TOLERANCE = 1e-9
#: Newton's steps allowed to the restricted risk, about ten are used; and the last one's size.
MOST_STEPS, STEP = 200, 1e-9
#: Two shares of patients that are no further apart are the same share.
ROUNDING = 1e-12
#: No distance between a risk and the end of its range is taken as less.
TINY = 1e-300


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
        If the table is not two by two whole numbers of at least 0, a group has no patients,
        `level` is not between 0 and 1, `method` is unknown, or an exact interval is asked for
        and the product of the group sizes exceeds 20 000.

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
    second risks, until no step of 1e-10 can be. So a limit is at most that much too wide (more
    only if 3000 steps were not enough, which has not been seen: it is then left further out).

    Boundaries: 0 of n against 0 of m has the estimate 0 and limits on both sides of it; 0 of n
    against m of m has the estimate -1, the lower limit -1 and an upper limit above -1. No
    interval has a width of 0. Exchanging the groups changes the signs.
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
    if method not in get_args(DifferenceMethod):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(DifferenceMethod))}.")
    events, size, other_events, other_size = _sizes(counts)
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
        If the table is not two by two whole numbers of at least 0, a group has no patients,
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
    if method not in get_args(RatioMethod):
        raise ArgumentError(f"`method` must be one of {', '.join(get_args(RatioMethod))}.")
    events, size, other_events, other_size = _sizes(counts)
    estimate = None if events == 0 else inf
    if other_events:
        estimate = events * other_size / (size * other_events)
    if method == "katz":
        low, high = _katz(counts, confidence)
    else:
        bound = _bound(counts, error=1 - confidence, corrected=method == "miettinen-nurminen")
        low = _lowest_ratio(counts, bound)
        swapped = _lowest_ratio((*counts[2:], *counts[:2]), bound)
        high = 1 / swapped if swapped else inf
    return RiskRatio(estimate=estimate, low=low, high=high, level=confidence, method=method)


def _checked(table: ArrayLike) -> Counts:
    counts = as_counts("table", table, dimensions=2)
    if counts.shape != (2, 2):
        raise ArgumentError("`table` must have two rows and two columns.")
    if not counts.sum(axis=1).all():
        raise ArgumentError("`table` must have at least one patient in each row.")
    (events, without), (other_events, other_without) = counts.tolist()
    return events, without, other_events, other_without


def _sizes(counts: Counts) -> tuple[int, int, int, int]:
    """Return events and size of the first group, events and size of the second."""
    return counts[0], counts[0] + counts[1], counts[2], counts[2] + counts[3]


def _bound(counts: Counts, *, error: float, corrected: bool) -> float:
    """Return how far a score may be from 0: the normal quantile, with or without N / (N - 1)."""
    patients = sum(counts)
    return -float(ndtri(error / 2)) * (sqrt(patients / (patients - 1)) if corrected else 1.0)


def _score(counts: Counts, difference: float) -> float:
    """Return the score of a difference; where v is 0 it is infinite, or 0 at the estimate."""
    events, size, other_events, other_size = _sizes(counts)
    other = _restricted_risk(counts, difference)
    risk = min(max(other + difference, 0.0), 1.0)
    apart = events / size - other_events / other_size - difference
    variance = risk * (1 - risk) / size + other * (1 - other) / other_size
    if variance > 0:
        return apart / sqrt(variance)
    return copysign(inf, apart) if abs(apart) > ROUNDING else 0.0


def _restricted_risk(counts: Counts, difference: float) -> float:
    """Return the most likely risk of the second group if the first is higher by `difference`.

    The slope of the log likelihood falls all the way: the risk is at an end of its range, or
    found by Newton's steps, kept in a bracket.
    """
    events, without, other_events, other_without = counts
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    if low >= high or _slope(counts, max(0.0, difference), low) <= 0:
        return low
    if _slope(counts, min(1.0, 1.0 + difference), high) >= 0:
        return high
    risk = (events + other_events - (events + without) * difference) / sum(counts)
    for _ in range(MOST_STEPS):
        if not low < risk < high:
            risk = low + (high - low) / 2
        if not low < risk < high:
            break
        first, first_rest, rest = risk + difference, max(1 - risk - difference, TINY), 1 - risk
        pulls = (events / first, other_events / risk, without / first_rest, other_without / rest)
        slope = pulls[0] + pulls[1] - pulls[2] - pulls[3]
        if slope > 0:
            low = risk
        else:
            high = risk
        bend = pulls[0] / first + pulls[1] / risk + pulls[2] / first_rest + pulls[3] / rest
        risk += slope / bend
        if abs(slope / bend) <= STEP * min(first, risk, first_rest, rest):
            break
    return risk


def _slope(counts: Counts, risk: float, other: float) -> float:
    """Return the slope of the log likelihood, infinite at a risk that the counts rule out."""
    return (
        _pull(counts[0], risk)
        + _pull(counts[2], other)
        - _pull(counts[1], 1 - risk)
        - _pull(counts[3], 1 - other)
    )


def _pull(count: int, distance: float) -> float:
    if not count:
        return 0.0
    return count / distance if distance > 0 else inf


def _lowest_by_score(counts: Counts, *, error: float, corrected: bool) -> float:
    """Return the difference below the estimate whose score is the normal quantile."""
    events, size, other_events, other_size = _sizes(counts)
    bound = _bound(counts, error=error, corrected=corrected)
    estimate = events / size - other_events / other_size
    return root_between(lambda difference: bound - _score(counts, difference), -1.0, estimate)


def _newcombe(counts: Counts, level: float) -> tuple[float, float]:
    events, size, other_events, other_size = _sizes(counts)
    one = binomial_interval(events, size, level=level, method="wilson")
    other = binomial_interval(other_events, other_size, level=level, method="wilson")
    estimate = one.estimate - other.estimate
    return (
        estimate - hypot(one.estimate - one.low, other.high - other.estimate),
        estimate + hypot(one.high - one.estimate, other.estimate - other.low),
    )


def _lowest_exact(counts: Counts, *, error: float, two_sided: bool) -> float:
    """Return the difference up to which, from -1 on, all are rejected."""
    events, size, other_events, other_size = _sizes(counts)
    if size * other_size > LARGEST_EXACT:
        raise ArgumentError(
            f"`table` must have group sizes whose product is at most {LARGEST_EXACT} for an exact"
            " interval; use miettinen-nurminen."
        )
    estimate = events / size - other_events / other_size
    rejected, step, again = -1.0, FIRST_STEP, False
    for _ in range(MOST_TRIES):
        if 2 * step <= RESOLUTION or rejected >= estimate:
            break
        end = min(rejected + step, estimate)
        if _rejects_all(counts, rejected, end, error=error, two_sided=two_sided):
            rejected, step, again = end, 2 * step if again else step, True
        else:
            step, again = step / 2, False
    return rejected


def _rejects_all(counts: Counts, low: float, high: float, *, error: float, two_sided: bool) -> bool:
    """Whether every difference from `low` to `high`, below the estimate, is rejected.

    Scores fall with the difference, so a table that is extreme at any of these differences has
    a score at `low` that reaches the observed one at `high` (or, on the other side, a score at
    `high` that reaches its mirror image). Such tables are most probable at `high` (at `low`).
    """
    _, size, _, other_size = _sizes(counts)
    seen = _score(counts, high)
    bar = seen if isinf(seen) else seen - TOLERANCE * max(1.0, abs(seen))
    if two_sided and bar <= 0:
        return False

    def score(events: int, other: int, difference: float) -> float:
        return _score((events, size - events, other, other_size - other), difference)

    above = _stairs(size, other_size, lambda events, other: score(events, other, low) >= bar)
    shares = _shares(above, high)
    if two_sided:
        kept = _stairs(size, other_size, lambda events, other: score(events, other, high) > -bar)
        shares += _shares(~kept, low)
    return largest_probability(shares, floor=error) <= error


def _stairs(size: int, other_size: int, holds: Callable[[int, int], bool]) -> NDArray[np.bool_]:
    """Return where a condition holds; with more events in the first group it holds further."""
    below, steps = np.zeros((size + 1, other_size + 1), dtype=np.bool_), 0
    for events in range(size + 1):
        while steps <= other_size and holds(events, steps):
            steps += 1
        below[events, :steps] = True
    return below


def _shares(extreme: NDArray[np.bool_], difference: float) -> Shares:
    """Return the shares of the extreme tables as if both groups had one common risk.

    Let every patient have a mark with one probability s. In the group of higher risk the marked
    have the event and the others have it with probability d, in the group of lower risk the
    others do not and the marked have it with probability 1 - d: the risks are then s + (1 - s) d
    and s (1 - d), d apart. What is returned is the chance of an extreme table for each total
    number of marks, so its largest mean over s is that over all pairs of risks d apart. For any s
    the one risk grows and the other falls with d.
    """
    if difference < 0:
        return _shares(extreme.T, -difference)
    size, other_size = extreme.shape[0] - 1, extreme.shape[1] - 1
    first = _thinned(size, 1 - difference)[::-1, ::-1]
    # Not `@`, whose threads wait for one another where many programs run.
    given = np.einsum("ix,xy->iy", first, extreme.astype(np.float64))
    given = np.einsum("iy,jy->ij", given, _thinned(other_size, 1 - difference))
    marks, other_marks = np.arange(size + 1.0)[:, None], np.arange(other_size + 1.0)
    total = marks + other_marks
    ways = _log_ways(size, marks) + _log_ways(other_size, other_marks)
    weight = np.exp(ways - _log_ways(size + other_size, total))
    by_total = np.bincount(total.astype(np.int64).ravel(), weights=(weight * given).ravel())
    return np.asarray(by_total, dtype=np.float64)


def _thinned(size: int, kept: float) -> NDArray[np.float64]:
    """Return the chance that so many of m are kept (columns), for m from 0 to `size` (rows)."""
    chance = np.zeros((size + 1, size + 1))
    chance[0, 0] = 1.0
    for row in range(1, size + 1):
        chance[row] = chance[row - 1] * (1 - kept)
        chance[row, 1:] += chance[row - 1, :-1] * kept
    return chance


def _log_ways(of: int, taken: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(gammaln(of + 1.0) - gammaln(taken + 1) - gammaln(of - taken + 1))


def _katz(counts: Counts, level: float) -> tuple[float, float]:
    events, size, other_events, other_size = _sizes(counts)
    if not (events and other_events and counts[1] + counts[3]):
        raise ArgumentError(
            "`table` must have events in both groups, and not in all patients, for the Katz"
            " interval; miettinen-nurminen takes any table."
        )
    ratio = events * other_size / (size * other_events)
    error = sqrt(counts[1] / (events * size) + counts[3] / (other_events * other_size))
    factor = exp(-float(ndtri((1 - level) / 2)) * error)
    return ratio / factor, ratio * factor


def _ratio_score(counts: Counts, ratio: float) -> float:
    """Return the score of a ratio, with the most likely second risk from its quadratic."""
    events, size, other_events, other_size = _sizes(counts)
    one, two = ratio * (size + other_events), events + other_size
    root = sqrt((one - two) ** 2 + 4 * ratio * counts[1] * counts[3])
    other = 2 * (events + other_events) / (one + two + root)
    risk = min(ratio * other, 1.0)
    variance = risk * (1 - risk) / size + ratio**2 * other * (1 - other) / other_size
    apart = events / size - ratio * (other_events / other_size)
    if variance > 0:
        return apart / sqrt(variance)
    return copysign(inf, apart) if abs(apart) > ROUNDING else 0.0


def _lowest_ratio(counts: Counts, bound: float) -> float:
    """Return the ratio below the estimate whose score is `bound`, searched by its logarithm."""
    events, size, other_events, other_size = _sizes(counts)
    if not events:
        return 0.0

    def beyond(log_ratio: float) -> float:
        return bound - _ratio_score(counts, exp(log_ratio))

    high = log(events * other_size / (size * other_events)) if other_events else 0.0
    while beyond(high) < 0:
        high += 1.0
    low = high - 1.0
    while beyond(low) >= 0:
        low -= 1.0
    return exp(root_between(beyond, low, high))


_LOWER: dict[DifferenceMethod, Callable[..., float]] = {
    "miettinen-nurminen": partial(_lowest_by_score, corrected=True),
    "mee": partial(_lowest_by_score, corrected=False),
    "chan-zhang": partial(_lowest_exact, two_sided=False),
    "agresti-min": partial(_lowest_exact, two_sided=True),
}
