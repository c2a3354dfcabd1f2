"""Which of all two-by-two tables with given group sizes a test of two risks rejects."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import comb, sqrt
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, ndtr

from autallo.errors import ArgumentError
from autallo.stats.design.group_sizes import ROUNDING
from autallo.stats.design.targets import decimal, normal_quantile
from autallo.stats.proportions.unconditional import (
    LARGEST_TOTAL,
    Alternative,
    binomial_chances,
    largest_probability,
)

RiskTest = Literal["fisher", "boschloo", "barnard", "chi-squared"]

RISK_TESTS: tuple[RiskTest, ...] = ("fisher", "boschloo", "barnard", "chi-squared")
#: Most patients of both groups; tests that search the common risk take fewer.
MOST_PATIENTS = 1000
#: Common risks at which a set of tables is tried before it is examined at all of them.
RISKS_TRIED = 64
#: Sets of rejected tables kept for the next risks of the same design.
KEPT = 64

Floats = NDArray[np.float64]
Tables = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class RejectedTables:
    """The tables that a test rejects, over all tables of two groups.

    Attributes
    ----------
    inside : ndarray of bool, shape (n_x + 1, n_y + 1)
        Whether a table with so many events in the first and in the second group is rejected.
    size : float
        Largest probability of a rejected table over all risks common to both groups.
    smallest_p : float
        Smallest p-value that any table could have.
    """

    inside: Tables
    size: float
    smallest_p: float


@lru_cache(maxsize=KEPT)
def rejected_tables(
    n_x: int, n_y: int, *, alpha: float, test: RiskTest, alternative: Alternative
) -> RejectedTables:
    """Return the rejected tables with the attained size and the smallest p-value."""
    inside = rejected(n_x, n_y, alpha=alpha, test=test, alternative=alternative)
    inside.setflags(write=False)
    return RejectedTables(
        inside=inside,
        size=largest_probability(_shares(inside)) if inside.any() else 0.0,
        smallest_p=_smallest_p(n_x, n_y, test, alternative),
    )


def rejected(
    n_x: int, n_y: int, *, alpha: float, test: RiskTest, alternative: Alternative
) -> Tables:
    """Return whether each table is rejected, events of the first group by rows."""
    if alternative == "less":
        flipped = rejected(n_y, n_x, alpha=alpha, test=test, alternative="greater")
        return np.ascontiguousarray(flipped.T)
    two_sided = alternative == "two-sided"
    if test == "fisher":
        return _by_fisher(n_x, n_y, alpha, two_sided=two_sided)
    if test == "chi-squared":
        return _by_chi_squared(n_x, n_y, alpha, two_sided=two_sided)
    order = _fisher_order if test == "boschloo" else _pooled_order
    return _as_many_as_the_level_allows(order(n_x, n_y, two_sided=two_sided), alpha)


def power_of(inside: Tables, risk_x: float, risk_y: float) -> float:
    """Return the probability of a rejected table at two risks."""
    chance_x = _chances(inside.shape[0] - 1, risk_x)
    return min(float((chance_x * power_by_events(inside, risk_y)).sum()), 1.0)


def power_by_events(inside: Tables, risk_y: float) -> Floats:
    """Return the probability of a rejected table for each number of events in the first group."""
    chance = _chances(inside.shape[1] - 1, risk_y)
    return np.asarray(np.where(inside, chance, 0.0).sum(axis=1))


def refuse_sizes(n_x: int, n_y: int, test: RiskTest) -> None:
    """Refuse more patients than a test takes."""
    most = LARGEST_TOTAL if test in ("boschloo", "barnard") else MOST_PATIENTS
    if n_x + n_y > most:
        raise ArgumentError(f"`n_x` and `n_y` must be at most {most} together for this test.")


def _chances(patients: int, risk: float) -> Floats:
    return binomial_chances(patients, np.asarray(risk), np.asarray(1 - risk))


def _by_fisher(n: int, m: int, alpha: float, *, two_sided: bool) -> Tables:
    """Return the tables whose Fisher p is at most the level, compared in whole numbers."""
    level, both = decimal(alpha), n + m
    least, most = np.zeros(both + 1, dtype=np.int64), np.full(both + 1, n)
    ways_of = _ways_of(n), _ways_of(m)
    for total in range(both // 2 + 1 if two_sided else both + 1):
        bound, taken = comb(both, total) * level.numerator // level.denominator, 0
        for ways, low, high in _outside_in(*ways_of, total, two_sided=two_sided):
            taken += ways
            if taken > bound:
                break
            least[total], most[total] = low, high
    if two_sided:  # the tables of the patients without the event have the same p
        least[both // 2 + 1 :] = n - most[: (both + 1) // 2][::-1]
        most[both // 2 + 1 :] = n - least[: (both + 1) // 2][::-1]
    events, total_of = _events_and_totals(n, m)
    return np.asarray((events < least[total_of]) | (events > most[total_of]))


def _fisher_order(n: int, m: int, *, two_sided: bool) -> Floats:
    """Return the Fisher p of each table: small for those that speak most against equal risks."""
    p_value = np.ones((n + 1, m + 1))
    ways_of = _ways_of(n), _ways_of(m)
    both = n + m
    for total in range(both // 2 + 1 if two_sided else both + 1):
        every, taken, left, right = comb(both, total), 0, max(0, total - m), min(n, total)
        for ways, low, high in _outside_in(*ways_of, total, two_sided=two_sided):
            taken += ways
            for events in (*range(left, low), *range(high + 1, right + 1)):
                p_value[events, total - events] = taken / every
            left, right = low, high
    if two_sided:  # as above
        events, total_of = _events_and_totals(n, m)
        p_value = np.where(2 * total_of > both, p_value[::-1, ::-1], p_value)
    return p_value


def _outside_in(
    first: list[int], second: list[int], total: int, *, two_sided: bool
) -> Iterator[tuple[int, int, int]]:
    """Yield the tables with so many events, the most extreme first, equally probable ones at once.

    Each time: their ways, and the fewest and most events of the first group among those left.
    """
    low, high = max(0, total - len(second) + 1), min(len(first) - 1, total)
    while low <= high:
        below, above = first[low] * second[total - low], first[high] * second[total - high]
        if not two_sided or above < below or low == high:
            taken, high = above, high - 1
        elif below < above:
            taken, low = below, low + 1
        else:
            taken, low, high = below + above, low + 1, high - 1
        yield taken, low, high


def _pooled_order(n: int, m: int, *, two_sided: bool) -> Floats:
    """Return minus the squared z of each table, or minus z times its size, but for a factor.

    Quotients of whole numbers below ``2**53``: equal ones are equal floating-point numbers, and
    up to `LARGEST_TOTAL` patients unequal ones are not.
    """
    events, total = _events_and_totals(n, m)
    apart = (events * m - (total - events) * n).astype(np.float64)
    spread = total * (n + m - total)
    square = -apart * (apart if two_sided else np.abs(apart))
    return np.asarray(np.divide(square, spread, out=np.zeros(square.shape), where=spread > 0))


def _by_chi_squared(n: int, m: int, alpha: float, *, two_sided: bool) -> Tables:
    """Return the tables with a pooled z at least as large as the normal quantile."""
    bound = normal_quantile(alpha, "two-sided" if two_sided else "greater")
    _, total = _events_and_totals(n, m)
    far = -_pooled_order(n, m, two_sided=two_sided) * (n + m) / (n * m) >= bound * abs(bound)
    return np.asarray(far & (total > 0) & (total < n + m))


def _as_many_as_the_level_allows(order: Floats, alpha: float) -> Tables:
    """Return the first tables of this order, as many as no common risk makes too probable."""
    n, m = order.shape[0] - 1, order.shape[1] - 1
    sequence = order.ravel().argsort()
    _, ends = np.unique(order.ravel()[sequence], return_index=True)
    share, total = _share_of_each(n, m).ravel()[sequence], _events_and_totals(n, m)[1].ravel()
    total = total[sequence]

    def shares(classes: int) -> Floats:
        some = slice(int(ends[classes]))
        return np.bincount(total[some], share[some], n + m + 1).astype(np.float64, copy=False)

    bound = alpha * (1 + ROUNDING)
    risk = np.sin(np.pi / 2 * (np.arange(RISKS_TRIED) + 0.5) / RISKS_TRIED) ** 2
    chance = binomial_chances(n + m, risk, 1 - risk)
    fewest, too_many = 0, ends.size
    while too_many - fewest > 1:
        tried = (fewest + too_many) // 2
        if np.einsum("rt,t->r", chance, shares(tried)).max() <= bound:
            fewest = tried
        else:
            too_many = tried
    while fewest and largest_probability(shares(fewest), floor=bound) > bound:
        fewest -= 1
    inside = np.zeros(order.size, dtype=np.bool_)
    inside[sequence[: ends[fewest]]] = True
    return inside.reshape(order.shape)


def _shares(inside: Tables) -> Floats:
    """Return the share of these tables among all tables with the same number of events."""
    n, m = inside.shape[0] - 1, inside.shape[1] - 1
    total, share = _events_and_totals(n, m)[1], np.where(inside, _share_of_each(n, m), 0.0)
    return np.asarray(np.bincount(total.ravel(), share.ravel(), n + m + 1))


def _share_of_each(n: int, m: int) -> Floats:
    """Return the share of each table among the arrangements of as many events."""
    first, second, every = (np.array(_ways_of(k), dtype=np.float64) for k in (n, m, n + m))
    return np.asarray(first[:, None] * second / every[_events_and_totals(n, m)[1]])


def _smallest_p(n: int, m: int, test: RiskTest, alternative: Alternative) -> float:
    """Return the p-value if all patients of one group had the event and none of the other."""
    both, two_sided = n + m, alternative == "two-sided"
    if test == "chi-squared":
        return float(chdtrc(1, both) if two_sided else ndtr(-sqrt(both)))
    shares = np.zeros(both + 1)
    shares[n if alternative != "less" else m] += 1 / comb(both, n)
    if two_sided:
        shares[m] += 1 / comb(both, n)
    return float(shares.max()) if test == "fisher" else largest_probability(shares)


def _ways_of(patients: int) -> list[int]:
    return [comb(patients, events) for events in range(patients + 1)]


def _events_and_totals(n: int, m: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the events of the first group, as a column, and of both, for each table."""
    events = np.arange(n + 1)[:, None]
    return events, events + np.arange(m + 1)
