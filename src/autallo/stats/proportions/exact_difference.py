"""Exact limits of a difference of two risks: the differences rejected whatever the second risk."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf, log

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from autallo.errors import ArgumentError
from autallo.stats.proportions.binomial import root_between
from autallo.stats.proportions.difference_score import TINY, difference_score, sizes_of
from autallo.stats.proportions.unconditional import Counts, Shares, largest_probability

#: An exact interval is refused of more patients, or if the product of the group sizes is larger:
#: it takes seconds.
LARGEST_TOTAL, LARGEST_PRODUCT = 500, 20_000
#: Differences are first rejected in steps of this size from -1 on.
FIRST_STEP = 1 / 16
#: In a step no longer than this the score of a table passes the observed one at most once.
SHORT_STEP = 1 / 16_384
#: An exact limit is found when not even so short a step can be rejected.
RESOLUTION = 1e-10
#: Steps tried for one limit, 60 to 100 as a rule; a limit not found by then is left too wide.
MOST_TRIES = 1000
#: A score that is no further below the observed one, or no larger share of it, has just joined it.
JUST_JOINED = 1e-12

Floats = NDArray[np.float64]
#: For each number of events of the first group, the fewest of the second that are beyond it.
Stair = list[int]


@dataclass(frozen=True, slots=True)
class _Groups:
    """What the group sizes fix.

    `ways` (n + 1, n + 1) are the logarithms of the ways to choose so many (columns) of so many
    (rows), `log_factorial` (m + 1,) those of the factorials; `weight` is the chance of so many
    marks in either group, given their `total`, all pairs in a row.
    """

    size: int
    other_size: int
    ways: Floats
    log_factorial: Floats
    weight: Floats
    total: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Search:
    """The observed counts, the probability of error, and whether both ends count as extreme."""

    observed: Counts
    groups: _Groups
    error: float
    two_sided: bool


def lowest_difference_exact(counts: Counts, *, error: float, two_sided: bool) -> float:
    """Return the difference up to which, from -1 on, all are rejected.

    The group with fewer patients is the first: if it is not, groups and outcomes change places
    together, which leaves the difference and its score as they are.
    """
    _, size, _, other_size = sizes_of(counts)
    if size + other_size > LARGEST_TOTAL or size * other_size > LARGEST_PRODUCT:
        raise ArgumentError(
            f"`table` must hold at most {LARGEST_TOTAL} patients, in groups whose sizes have a"
            f" product of at most {LARGEST_PRODUCT}, for an exact interval; use miettinen-nurminen."
        )
    if size > other_size:
        counts, size, other_size = (*counts[:1:-1], *counts[1::-1]), other_size, size
    search = _Search(_one_of_two(counts), _groups(size, other_size), error, two_sided)
    estimate = counts[0] / size - counts[2] / other_size
    rejected, step, again = -1.0, FIRST_STEP, False
    for _ in range(MOST_TRIES):
        if 2 * step <= RESOLUTION or rejected >= estimate:
            break
        end = min(rejected + step, estimate)
        reached = _rejected_up_to(search, rejected, end)
        if reached > rejected:
            rejected, step, again = reached, 2 * step if again else step, reached == end
        else:
            step, again = step / 2, False
    return rejected


def _rejected_up_to(search: _Search, low: float, high: float) -> float:
    """Return up to where every difference from `low` on is rejected: `high`, or less, or `low`.

    Scores fall with the difference, so a table that is extreme at any of these differences has
    a score at `low` that reaches the observed one at `high` (or, on the other side, a score at
    `high` that reaches its mirror image). Such tables are most probable at `high` (at `low`).
    In a short step the tables that are extreme at `low` are taken, and those that become so
    end it: a table whose score falls almost as the observed one does would allow no step else.
    """
    bar = difference_score(search.observed, high)
    if search.two_sided and bar <= 0:
        return low
    above = _stair(search, low, lambda score: score >= bar)
    kept = _stair(search, high, lambda score: score > -bar) if search.two_sided else None
    if _chance(search, (above, high), (kept, low)) <= search.error:
        return high
    if high - low > SHORT_STEP or low <= -1:
        return low
    seen = difference_score(search.observed, low)
    joined = seen - JUST_JOINED * max(1.0, abs(seen))
    above_now = _stair(search, low, lambda score: score >= joined)
    kept_now = _stair(search, low, lambda score: score > -joined) if kept else None
    end = high
    for joining in _between(above_now, above):
        end = _where_it_joins(search, joining, low, end, sign=1)
    for joining in _between(kept, kept_now):
        end = _where_it_joins(search, joining, low, end, sign=-1)
    reached = _chance(search, (above_now, end), (kept_now, low)) <= search.error
    return end if reached else low


def _score(search: _Search, events: int, other: int, difference: float) -> float:
    size, other_size = search.groups.size, search.groups.other_size
    counts = (events, size - events, other, other_size - other)
    return difference_score(_one_of_two(counts), difference)


def _one_of_two(counts: Counts) -> Counts:
    """Return the same table for both of a pair whose scores are equal at every difference.

    In groups of equal size these are a table and the one where groups and outcomes have changed
    places: so their scores are equal in the last digit too.
    """
    return min(counts, counts[::-1]) if sum(counts[:2]) == sum(counts[2:]) else counts


def _stair(search: _Search, difference: float, holds: Callable[[float], bool]) -> Stair:
    """Return the fewest events of the second group with which a condition does not hold.

    With more events in the first group it holds further: each is sought from the one before, in
    steps that double, then halve.
    """
    steps, stair = 0, []
    for events in range(search.groups.size + 1):
        beyond, stride = search.groups.other_size + 1, 1
        while steps < beyond:
            tried = min(steps + stride, beyond) - 1
            if holds(_score(search, events, tried, difference)):
                steps, stride = tried + 1, 2 * stride
            else:
                beyond, stride = tried, max((tried - steps + 1) // 2, 1)
        stair.append(steps)
    return stair


def _between(inner: Stair | None, outer: Stair | None) -> Iterator[tuple[int, int]]:
    """Yield the tables that the outer stair holds and the inner one does not."""
    if inner is not None and outer is not None:
        for events, (first, beyond) in enumerate(zip(inner, outer, strict=True)):
            for other in range(first, beyond):
                yield events, other


def _where_it_joins(
    search: _Search, table: tuple[int, int], low: float, high: float, *, sign: int
) -> float:
    """Return the difference from which on a table is extreme, or `high` if there is none before."""

    def excess(difference: float) -> float:
        seen = difference_score(search.observed, difference)
        return sign * _score(search, *table, difference) - seen

    return root_between(excess, low, high) if excess(high) >= 0 else high


def _chance(search: _Search, above: tuple[Stair, float], kept: tuple[Stair | None, float]) -> float:
    """Return the largest chance of the tables within the first stair and beyond the second.

    Each stair comes with the difference at which its tables are taken to be most probable.
    """
    shares = _shares(search.groups, *above)
    if kept[0] is not None:
        shares = shares + 1.0 - _shares(search.groups, kept[0], kept[1])
    return largest_probability(shares, floor=search.error)


def _shares(groups: _Groups, stair: Stair, difference: float) -> Shares:
    """Return the shares of the tables of a stair as if both groups had one common risk.

    Let every patient have a mark with one probability s. In the group of higher risk the marked
    have the event and the others have it with probability d, in the group of lower risk the
    others do not and the marked have it with probability 1 - d: the risks are then s + (1 - s) d
    and s (1 - d), d apart. What is returned is the chance of such a table for each total
    number of marks, so its largest mean over s is that over all pairs of risks d apart. For any s
    the one risk grows and the other falls with d.
    """
    kept = 1 - abs(difference)
    log_kept, log_lost = log(max(kept, TINY)), log(max(1 - kept, TINY))
    number = np.arange(groups.size + 1.0)
    lost = np.maximum(number[:, None] - number, 0.0)
    first = np.exp(groups.ways + number * log_kept + lost * log_lost)
    most = np.array(stair) - 1
    if difference < 0:
        at_most = _at_most(groups, groups.other_size - 1 - most, log_kept, log_lost)
        given = 1 - at_most[:, ::-1]
    else:
        first, given = first[::-1, ::-1], _at_most(groups, most, log_kept, log_lost)
    # Not `@`, whose threads wait for one another where many programs run.
    chance = np.einsum("ix,xj->ij", first, given)
    by_total = np.bincount(groups.total, weights=groups.weight * chance.ravel())
    return np.asarray(by_total, dtype=np.float64)


def _at_most(groups: _Groups, most: NDArray[np.int64], log_kept: float, log_lost: float) -> Floats:
    """Return the chance that of j patients (columns) at most so many (rows) are kept.

    With one patient more it falls by the chance that there were exactly so many, and that this
    one is kept too.
    """
    log_factorial, of = groups.log_factorial, np.arange(groups.other_size)
    wanted = np.maximum(most, 0)[:, None]
    lost = of - wanted
    ways = log_factorial[of] - log_factorial[wanted] - log_factorial[np.maximum(lost, 0)]
    exactly = np.exp(ways + (wanted + 1) * log_kept + np.maximum(lost, 0) * log_lost)
    chance = np.ones((most.size, groups.other_size + 1))
    chance[:, 1:] -= np.cumsum(np.where(lost >= 0, exactly, 0.0), axis=1)
    chance[most < 0] = 0.0
    return np.maximum(chance, 0.0)


def _groups(size: int, other_size: int) -> _Groups:
    log_factorial = np.asarray(gammaln(np.arange(size + other_size + 1) + 1.0))
    of, other_of = np.arange(size + 1), np.arange(other_size + 1)
    chosen = of[:, None] - of
    ways = log_factorial[of][:, None] - log_factorial[of] - log_factorial[np.maximum(chosen, 0)]
    total = of[:, None] + other_of
    weight = (
        _log_ways(log_factorial, size)[:, None]
        + _log_ways(log_factorial, other_size)
        - _log_ways(log_factorial, size + other_size)[total]
    )
    return _Groups(
        size=size,
        other_size=other_size,
        ways=np.where(chosen >= 0, ways, -inf),
        log_factorial=log_factorial,
        weight=np.exp(weight).ravel(),
        total=total.ravel(),
    )


def _log_ways(log_factorial: Floats, of: int) -> Floats:
    """Return the logarithm of the ways to choose 0, 1, ... of so many."""
    ways = log_factorial[of] - log_factorial[: of + 1] - log_factorial[of::-1]
    return np.asarray(ways, dtype=np.float64)
