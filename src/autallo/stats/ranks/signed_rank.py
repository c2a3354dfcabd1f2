"""Whether paired measurements differ, and by how much, from the signed ranks of the differences."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor, inf, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, same_length
from autallo.stats.ranks.pair_sums import (
    Levels,
    first_true,
    levels_of,
    limits_between,
    limits_from_either_end,
    smallest_sums,
    walsh_sums,
)
from autallo.stats.ranks.rank_sums import as_exact_up_to, as_moderate

__all__ = ["PseudoMedian", "SignedRankTest", "pseudo_median", "signed_rank_test"]

#: So many differences take a second or less for the test, and seconds for the limits.
MOST_EXACT, MOST_EXACT_LIMITS = 500, 250
#: Sums of two differences of values beyond this size no longer fit a floating-point number.
LARGEST_DIFFERENCE = 8e307
#: Differences nearer than this share of the largest value differ by rounding only.
ROUNDING = 2.0**-50

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Method = Literal["exact", "asymptotic"]


@dataclass(frozen=True, slots=True)
class SignedRankTest:
    """Wilcoxon signed-rank test, given ties and zeros.

    Attributes
    ----------
    statistic : float
        V: sum of the ranks of the positive differences.
    p_value : float
        Two-sided: probability of a V at least as far from its mean.
    p_less, p_greater : float
        Probability of a V at most, or at least, as large: evidence that the differences tend to
        be negative, or positive.
    smallest_p : float
        Smallest `p_value` that any signs of these differences could have.
    n : int
        Differences that are not 0.
    zeros : int
        Differences that are 0.
    ties : bool
        Whether any two differences that are not 0 are of equal size.
    method : {"exact", "asymptotic"}
        Distribution over all signs, or its normal approximation.
    """

    statistic: float
    p_value: float
    p_less: float
    p_greater: float
    smallest_p: float
    n: int
    zeros: int
    ties: bool
    method: Method


@dataclass(frozen=True, slots=True)
class PseudoMedian:
    """Pseudo-median of differences with its interval; in the unit of the values.

    Attributes
    ----------
    estimate : float
        Median of the means of all pairs of differences, each with itself too.
    low, high : float or None
        Limits of the interval; infinite where there are too few differences to give one, None
        where `reason` says why.
    reason : {"ties"} or None
        Why there are no limits: so many differences are tied that both would be the same number,
        which is no certainty; None if there are.
    level : float
        Confidence level [0 to 1].
    method : {"exact", "asymptotic"}
        Distribution of the tests that were inverted.
    """

    estimate: float
    low: float | None
    high: float | None
    reason: Literal["ties"] | None
    level: float
    method: Method


@dataclass(frozen=True, slots=True)
class _Signs:
    """Number of choices of signs with each sum of the positive ranks.

    The ways to the sums 0, `unit`, ``2 unit``, ... stand in one whole number, `bits` for each.
    """

    packed: int
    bits: int
    unit: int
    largest: int
    every: int


def signed_rank_test(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    zeros: Literal["wilcoxon", "pratt"] = "wilcoxon",
    exact_up_to: int = 200,
) -> SignedRankTest:
    """Test whether paired values differ, by the exact Wilcoxon signed-rank test.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        First value of each patient, in any one unit; or the differences, if `y` is None.
    y : array_like of float, shape (n,) or None
        Second value of the same patients, in the same unit; the difference is `x` less `y`.
    zeros : {"wilcoxon", "pratt"}
        Leave differences of 0 out before ranking, or rank them and then leave them out.
    exact_up_to : int
        Largest number of differences that are not 0 for the exact distribution, at most 500;
        above, the normal one.

    Returns
    -------
    SignedRankTest

    Raises
    ------
    ArgumentError
        If there are no values, a value is missing or not a number or beyond 8e307 (4e307 with
        `y`), `x` and `y` differ in length, `zeros` is another word, or `exact_up_to` is not a
        whole number from 0 to 500.

    Notes
    -----
    Sizes of differences are ranked, equal ones sharing the mean of their ranks; the
    distribution of V runs over all ``2**n`` ways to give these ranks signs, each equally
    probable. It is symmetric, so the two-sided p is twice the smaller one-sided p, at most 1. All
    numbers are whole up to the last division. Asymptotic: normal with the variance given
    the ties, no continuity correction.
    Differences of `x` and `y` that differ by rounding only (4 units in the last place of the
    largest value) are equal: 0.3 - 0.1 is 0.2. If differences are given, only equal numbers tie.
    All differences 0: p is 1. One difference: p is 1.
    Source: [wilcoxon1945], [pratt1959], [streitberg1986]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`), by listing all signs (`tests/twins`) and on
    published data (`tests/published`, each test_signed_rank.py).

    Examples
    --------
    Ranks 1, 2, 3 and 4, of which only the first is negative: V is 9, reached or passed by 2 of
    the 16 choices of signs.

    >>> test = signed_rank_test([5, 8, 9, 12], [6, 6, 6, 8])
    >>> test.statistic, test.p_greater, test.p_value
    (9.0, 0.125, 0.25)
    """
    differences = _differences(x, y)
    if zeros not in ("wilcoxon", "pratt"):
        raise ArgumentError('`zeros` must be "wilcoxon" or "pratt".')
    most = as_exact_up_to(exact_up_to, most=MOST_EXACT)
    ranked = differences[differences != 0]
    none = differences.size - ranked.size
    _, level, sizes = np.unique(np.abs(ranked), return_inverse=True, return_counts=True)
    below = none if zeros == "pratt" else 0
    scores = (2 * (sizes.cumsum() + below) - sizes + 1)[level]
    own = int(scores[ranked > 0].sum())
    exact = ranked.size <= most
    less, greater, smallest = (_exact_tails if exact else _normal_tails)(scores, own)
    return SignedRankTest(
        statistic=own / 2,
        p_value=min(2 * min(less, greater), 1.0),
        p_less=less,
        p_greater=greater,
        smallest_p=min(2 * smallest, 1.0),
        n=ranked.size,
        zeros=none,
        ties=sizes.size < ranked.size,
        method="exact" if exact else "asymptotic",
    )


def pseudo_median(
    x: ArrayLike,
    y: ArrayLike | None = None,
    *,
    level: float = 0.95,
    exact_up_to: int = 100,
) -> PseudoMedian:
    """Estimate the typical difference of paired values, by the median of the Walsh averages.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        First value of each patient, in any one unit; or the differences, if `y` is None.
    y : array_like of float, shape (n,) or None
        Second value of the same patients, in the same unit; the difference is `x` less `y`.
    level : float
        Confidence level, between 0 and 1.
    exact_up_to : int
        Largest number of differences for the exact distribution, at most 250 (4 seconds if
        they are tied); above, the normal one.

    Returns
    -------
    PseudoMedian

    Raises
    ------
    ArgumentError
        If there are no values, a value is missing or not a number or beyond 8e307 (4e307 with
        `y`), `x` and `y` differ in length, `level` is not between 0 and 1, or `exact_up_to` is
        not a whole number from 0 to 250.

    Notes
    -----
    The interval holds the shifts that neither one-sided signed-rank test rejects at
    ``(1 - level) / 2``; its limits are Walsh averages, the means of two differences, and belong
    to it. Shifts that make a difference or a sum of two 0 are not tried: there are finitely
    many. Equal differences stay ties under every shift, and each test is conditional on them, so
    the interval covers at least `level` if the differences are distributed symmetrically.
    Differences of 0 count as any other: they are evidence about the shift. R wilcox.test leaves
    them out before; else, without ties, it gives the same limits, except for too few differences
    to reject anything (5 at 0.95), where ours are infinite and R gives the range. With ties
    exactRankTests 0.8-35 inverts other steps.
    With ties the test and the interval can disagree: a shift of 0 leaves differences of 0, which
    no other shift does. So many ties that both limits are the same number, in the extreme all
    differences equal: no limits, and `reason` is "ties". Above `exact_up_to`: the tests are
    normal approximations without continuity correction.
    Source: [hodges1963]; interval [bauer1972]. Checked against R (`tests/reference`), by hand
    (`tests/byhand`) and by testing every shift (`tests/twins`, each test_signed_rank.py).

    Examples
    --------
    Walsh averages 1, 2, 3, 3.5, 4.5 and 6; three patients can't bound a shift.

    >>> found = pseudo_median([6, 3, 1])
    >>> found.estimate, found.low, found.high
    (3.25, -inf, inf)
    """
    differences = _differences(x, y)
    confidence = as_level(level)
    tail = (1 - Fraction(str(confidence))) / 2
    exact = differences.size <= as_exact_up_to(exact_up_to, most=MOST_EXACT_LIMITS)
    low, high = (_exact_limits if exact else _normal_limits)(differences, tail)
    sums = walsh_sums(differences)
    lower, upper = smallest_sums(sums, [(sums.count - 1) // 2, sums.count // 2])
    return PseudoMedian(
        estimate=(lower / 2 + upper / 2) / 2,
        low=low / 2 if low < high else None,
        high=high / 2 if low < high else None,
        reason=None if low < high else "ties",
        level=confidence,
        method="exact" if exact else "asymptotic",
    )


def _differences(x: ArrayLike, y: ArrayLike | None) -> Floats:
    """Return the differences, those that differ by rounding only made equal in size."""
    if y is None:
        return as_moderate("x", x, LARGEST_DIFFERENCE)
    first = as_moderate("x", x, LARGEST_DIFFERENCE / 2)
    second = as_moderate("y", y, LARGEST_DIFFERENCE / 2)
    same_length(x=first, y=second)
    largest = max(float(np.abs(first).max()), float(np.abs(second).max()))
    differences = first - second
    sizes, level = np.unique(np.append(np.abs(differences), 0.0), return_inverse=True)
    new = np.diff(sizes, prepend=-inf) > ROUNDING * largest
    merged = sizes[new][new.cumsum() - 1][level[:-1]]
    return np.asarray(np.copysign(merged, differences), dtype=np.float64)


def _signs(scores: Integers) -> _Signs:
    """Count the choices of signs by the sum of the positive scores, one score after the other."""
    unit = int(np.gcd.reduce(scores)) or 1 if scores.size else 1
    # So many bits hold the number of all choices and one more.
    bits = scores.size + 2
    packed = 1
    for score in (scores // unit).tolist():
        packed += packed << bits * score
    return _Signs(packed, bits, unit, int(scores.sum()) // unit, 1 << scores.size)


def _at_most(signs: _Signs, total: int) -> int:
    """Count the choices of signs with at most this sum of the positive scores.

    The remainder on division by ``2**bits - 1`` is the sum of the counts, as that on division
    by 9 is the sum of the digits.
    """
    place = min(total // signs.unit, signs.largest)
    if place < 0:
        return 0
    kept = signs.packed & ((1 << signs.bits * (place + 1)) - 1)
    return kept % ((1 << signs.bits) - 1)


def _exact_tails(scores: Integers, own: int) -> tuple[float, float, float]:
    """Return lower and upper tail of the sum, and the smallest tail there is."""
    signs = _signs(scores)
    at_least = _at_most(signs, signs.largest * signs.unit - own)
    return _at_most(signs, own) / signs.every, at_least / signs.every, 1 / signs.every


def _normal_tails(scores: Integers, own: int) -> tuple[float, float, float]:
    ranks = scores.astype(np.float64)
    deviation = sqrt(float(ranks @ ranks)) / 2
    if deviation == 0:
        return 1.0, 1.0, 1.0
    mean = float(ranks.sum()) / 2
    score = (own - mean) / deviation
    return float(ndtr(score)), float(ndtr(-score)), float(ndtr(-mean / deviation))


def _exact_limits(differences: Floats, tail: Fraction) -> tuple[float, float]:
    """Return the limits of the sum of two differences that leave at most `tail` beyond."""
    levels = levels_of(differences)
    if levels.values.size < differences.size:
        return _limits_with_ties(levels, tail)
    signs = _signs(np.arange(1, differences.size + 1))
    most = tail.numerator * signs.every // tail.denominator
    beyond = first_true(lambda total: _at_most(signs, total) > most, signs.largest + 1)
    return limits_from_either_end(walsh_sums(differences), beyond)


def _normal_limits(differences: Floats, tail: Fraction) -> tuple[float, float]:
    """Return the same by the normal approximation."""
    n = differences.size
    sizes = levels_of(differences).sizes.astype(np.float64)
    tied = float((sizes**3 - sizes).sum())
    deviation = sqrt((n * (n + 1) * (2 * n + 1) - tied / 2) / 24)
    beyond = floor(n * (n + 1) / 4 + float(ndtri(float(tail))) * deviation) + 1
    return limits_from_either_end(walsh_sums(differences), beyond)


def _limits_with_ties(levels: Levels, tail: Fraction) -> tuple[float, float]:
    """Return the exact limits of the sum of two differences."""

    def rejects(above: NDArray[np.bool_], *, too_large: bool) -> bool:
        """Whether such a shift is too small, or too large, for the differences."""
        scores, own = _moved(levels.sizes, above)
        signs = _signs(scores)
        reach = own if too_large else signs.largest * signs.unit - own
        return _at_most(signs, reach) * tail.denominator <= tail.numerator * signs.every

    return limits_between(
        np.add.outer(levels.values, levels.values),
        not_too_small=lambda above: not rejects(above, too_large=False),
        too_large=lambda above: rejects(above, too_large=True),
    )


def _moved(sizes: Integers, above: NDArray[np.bool_]) -> tuple[Integers, int]:
    """Return the doubled ranks of moved differences and the sum of the positive ones.

    `above` tells which sums of two levels are above twice the shift; none are equal to it. A
    positive and a negative difference are in the order that their sum tells.
    """
    positive = above.diagonal()
    up, down = np.where(positive, sizes, 0), np.where(positive, 0, sizes)
    smaller_up = up.cumsum() - up + above @ down
    smaller_down = down[::-1].cumsum()[::-1] - down + ~above @ up
    ranks = 2 * np.where(positive, smaller_up, smaller_down) + sizes + 1
    return np.repeat(ranks, sizes), int(ranks @ up)
