"""Partial likelihood with exact ties: the chance that, of all sets as large, these had the event.

The sums over all sets of one size are made by recursion over the rows at risk. Rows get the odds
of a draw that expects about the right size, so that nothing overflows, whatever the sizes.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from autallo.errors import ArgumentError
from autallo.stats.cox.partial_likelihood import evaluate
from autallo.stats.cox.point import Point
from autallo.stats.cox.rows import Checked
from autallo.stats.cox.slots import Ordered, in_order

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Truths = NDArray[np.bool_]

#: Most numbers that one evaluation may go through: about two seconds.
MOST_NUMBERS = 300_000_000

#: A draw expects the right size to this many rows, at most.
NEAR = 0.5
MOST_STEPS = 100

#: Rows that are prepared at a time.
AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Draws:
    """Slots with several events, each a draw of so many rows from those at risk.

    Attributes
    ----------
    slot : ndarray of int, shape (t,)
        The slots; their draws are of about the same size.
    row : ndarray of int, shape (m,)
        Rows that are at risk in any of them.
    at_risk : ndarray of bool, shape (m, t)
        Whether each is at risk in each of them.
    size : ndarray of int, shape (t,)
        Rows drawn: those with the event or, if these are fewer, those who survive.
    sign : ndarray of float, shape (t,)
        1 if rows with the event are drawn, -1 if survivors are: then risks count inversely.
    """

    slot: Integers
    row: Integers
    at_risk: Truths
    size: Integers
    sign: Floats


@dataclass(frozen=True, slots=True)
class ExactTies:
    """Rows with exact ties.

    Attributes
    ----------
    data : Ordered
        All rows.
    single : Ordered or None
        The same with only those events that have a slot of their own; None if there are none.
    draws : tuple of Draws
        The other slots, by the size of their draws.
    """

    data: Ordered
    single: Ordered | None
    draws: tuple[Draws, ...]


def exact_ties(checked: Checked, data: Ordered) -> ExactTies:
    """Prepare the draws; refuse what would take too long."""
    if checked.weight is not None:
        raise ArgumentError('`weight` must be None with `ties` "exact".')
    own_slot = np.zeros(checked.event.size, dtype=np.bool_)
    own_slot[data.row[: data.n_with_event]] = data.tied[data.event_slot] == 1
    alone = replace(checked, event=own_slot)
    slot = np.flatnonzero(data.tied > 1)
    number = _number_at_risk(data)[slot]
    size = np.minimum(data.tied[slot], number - data.tied[slot])
    # Where all at risk have the event, that was certain.
    slot, number, size = slot[size > 0], number[size > 0], size[size > 0]
    binary_digits = np.frexp(size.astype(np.float64))[1]
    groups = [np.flatnonzero(binary_digits == digits) for digits in np.unique(binary_digits)]
    p = len(data.x)
    sums = 1 + p + p * (p + 1) // 2
    numbers = sum(
        int(number[own].max()) * own.size * (int(size[own].max()) + 1) * sums for own in groups
    )
    if numbers > MOST_NUMBERS:
        raise ArgumentError(
            '`ties` must be "efron" or "breslow" where ties are so many: "exact" would go through '
            f"{numbers} numbers in every step, and may go through {MOST_NUMBERS}."
        )
    return ExactTies(
        data=data,
        single=in_order(alone, "breslow") if own_slot.any() else None,
        draws=tuple(_draws(data, slot[own], size[own]) for own in groups),
    )


def _number_at_risk(data: Ordered) -> Integers:
    """Return the number of rows at risk in each slot."""
    first = np.bincount(data.first, minlength=data.n_slots)
    last = np.bincount(data.last, minlength=data.n_slots)
    return np.asarray(first.cumsum() - last.cumsum() + last)


def _draws(data: Ordered, slot: Integers, size: Integers) -> Draws:
    at_risk = (data.first[:, None] <= slot) & (slot <= data.last[:, None])
    row = np.flatnonzero(at_risk.any(axis=1))
    sign = np.where(size < data.tied[slot], -1.0, 1.0)
    return Draws(slot=slot, row=row, at_risk=at_risk[row], size=size, sign=sign)


def evaluate_exact(given: ExactTies, beta: Floats) -> Point:
    """Return log partial likelihood, gradient and information with exact ties."""
    p = beta.size
    value, gradient, second = 0.0, np.zeros(p), np.zeros((p, p))
    if given.single is not None:
        alone = evaluate(given.single, beta)
        value, gradient, second = alone.value, alone.gradient, alone.information
    for draws in given.draws:
        own = given.data.event_x[:, draws.slot]
        x = given.data.x[:, draws.row]
        log_sum, mean, spread = _over_sets(draws, x, beta @ x)
        value += float((beta @ own - log_sum).sum())
        gradient = gradient + own.sum(axis=1) - mean
        second = second + spread
    return Point(beta=beta, value=value, gradient=gradient, information=second)


def _over_sets(draws: Draws, x: Floats, eta: Floats) -> tuple[Floats, Floats, Floats]:
    """Return log sums of the sets' risks; expected covariates of the set, their covariance.

    The last two are summed over the slots.
    """
    p = len(x)
    signed = np.where(draws.at_risk, eta[:, None] * draws.sign, -np.inf)
    level = _level(signed, draws.size)
    logit = signed + level
    sums = _recursion(expit(logit), x.T, int(draws.size.max()))
    of_size = sums[:, np.arange(draws.size.size), draws.size]
    ways = of_size[0]
    mean = of_size[1 : 1 + p] / ways
    upper = np.triu_indices(p)
    second = np.zeros((p, p))
    second[upper] = (of_size[1 + p :] / ways).sum(axis=1)
    second.T[upper] = second[upper]
    spread = second - mean @ mean.T
    log_sum = np.log(ways) + np.logaddexp(0.0, logit).sum(axis=0) - draws.size * level
    turned = draws.sign < 0
    all_rows = draws.at_risk[:, turned]
    log_sum[turned] += eta @ all_rows
    mean[:, turned] = x @ all_rows - mean[:, turned]
    return log_sum, mean.sum(axis=1), spread


def _level(signed: Floats, size: Integers) -> Floats:
    """Return what to add to each slot's log odds for an expected size near the right one."""
    inside = signed > -np.inf
    margin = np.log(np.count_nonzero(inside, axis=0)) + 1
    low = -signed.max(axis=0) - margin
    high = -signed.min(axis=0, where=inside, initial=np.inf) + margin
    level = (low + high) / 2
    for _ in range(MOST_STEPS):
        chance = expit(signed + level)
        excess = chance.sum(axis=0) - size
        far = np.abs(excess) > NEAR
        if not far.any():
            break
        low, high = np.where(excess < 0, level, low), np.where(excess > 0, level, high)
        slope = (chance * (1 - chance)).sum(axis=0)
        step = level - excess / np.maximum(slope, np.finfo(np.float64).tiny)
        step = np.where((low < step) & (step < high), step, (low + high) / 2)
        level = np.where(far, step, level)
    return np.asarray(level, dtype=np.float64)


def _recursion(chance: Floats, x: Floats, largest: int) -> Floats:
    """Return, for each slot and size, the chance of a draw of this size, and its moments.

    Moments are the sums over the sets of chance times covariates, then times their products;
    shape (1 + p + p (p + 1) / 2, t, largest + 1).
    """
    p = x.shape[1]
    n_sums = 1 + p + p * (p + 1) // 2
    sums = np.zeros((n_sums, chance.shape[1], largest + 1))
    sums[0, :, 0] = 1.0
    for start in range(0, len(x), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        staying = 1 - chance[rows, :, None]
        for joining, odds, rest in zip(_joining(x[rows]), chance[rows], staying, strict=True):
            joined = joining @ sums[..., :-1].reshape(n_sums, -1)
            sums *= rest
            sums[..., 1:] += joined.reshape(n_sums, -1, largest) * odds[:, None]
    return sums


def _joining(x: Floats) -> Floats:
    """Return the changes of the moments of a set when each of the rows joins it."""
    n, p = x.shape
    first, second = np.triu_indices(p)
    matrix = np.zeros((n, 1 + p + first.size, 1 + p + first.size))
    matrix[:] = np.eye(1 + p + first.size)
    matrix[:, 1 : 1 + p, 0] = x
    matrix[:, 1 + p :, 0] = x[:, first] * x[:, second]
    pair = 1 + p + np.arange(first.size)
    matrix[:, pair, 1 + first] = x[:, second]
    matrix[:, pair, 1 + second] += x[:, first]
    return matrix
