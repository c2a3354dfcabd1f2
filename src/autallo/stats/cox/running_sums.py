"""Sums along the slots of each stratum, and sums over stretches of slots without subtraction."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

#: So many strata are summed one by one; more of them by doubling, all at once.
FEW_STRATA = 50


def sums_from_start(values: Floats, start: Integers) -> Floats:
    """Return the sums up to and including each slot, from the start of its stratum."""
    if start.size == 1:
        return np.asarray(np.add.accumulate(values, axis=-1), dtype=np.float64)
    total = values.copy()
    if start.size <= FEW_STRATA:
        for part in np.split(total, start[1:], axis=-1):
            np.add.accumulate(part, axis=-1, out=part)
        return total
    place = _place_in_stratum(start, values.shape[-1])
    shift, longest = 1, int(place.max())
    while shift <= longest:
        later = np.flatnonzero(place >= shift)
        total[..., later] += total[..., later - shift]
        shift *= 2
    return total


def sums_to_end(values: Floats, start: Integers) -> Floats:
    """Return the sums from each slot to the end of its stratum, the slot included."""
    turned = values.shape[-1] - np.append(start[1:], values.shape[-1])[::-1]
    return sums_from_start(values[..., ::-1], turned)[..., ::-1]


def sums_by_place(place: Integers, values: Floats, size: int) -> Floats:
    """Return the sums of the values that fall on each of so many places."""
    return np.asarray(np.bincount(place, values, size), dtype=np.float64)


def shifted_back(values: Floats, start: Integers) -> Floats:
    """Return for each slot the value of the slot before in its stratum, 0 for the first."""
    before = np.empty_like(values)
    before[..., 1:] = values[..., :-1]
    before[..., start] = 0.0
    return before


def shifted_ahead(values: Floats, start: Integers) -> Floats:
    """Return for each slot the value of the next slot of its stratum, 0 for the last."""
    after = np.empty_like(values)
    after[..., :-1] = values[..., 1:]
    after[..., -1] = 0.0
    after[..., start[1:] - 1] = 0.0
    return after


def _place_in_stratum(start: Integers, size: int) -> Integers:
    length = np.diff(np.append(start, size))
    return np.arange(size) - np.repeat(start, length)


@dataclass(frozen=True, slots=True)
class Stretches:
    """Each row's stretch of slots, cut into stretches of 1, 2, 4, ... slots that start evenly.

    Attributes
    ----------
    level_start : tuple of int
        Where the pieces of 1, 2, 4, ... slots begin among all pieces.
    row, piece : ndarray of int, shape (k,)
        Rows and the pieces of their stretches, in order of rows.
    by_piece : ndarray of int, shape (k,)
        Order of these pairs by piece.
    n_rows, n_slots : int
        Numbers of rows and slots.
    """

    level_start: tuple[int, ...]
    row: Integers
    piece: Integers
    by_piece: Integers
    n_rows: int
    n_slots: int


def stretches(first: Integers, last: Integers, n_slots: int) -> Stretches:
    """Cut the stretches from `first` to `last`, both included; empty where last is before first."""
    rows, pieces, level_start = [], [], []
    low, high = first.copy(), last + 1
    begin, length = 0, n_slots
    while length:
        level_start.append(begin)
        open_rows = low < high
        for own, at in ((low % 2 == 1, low), (high % 2 == 1, high - 1)):
            some = np.flatnonzero(open_rows & own)
            rows.append(some)
            pieces.append(begin + at[some])
        low, high = (low + 1) // 2, high // 2
        begin, length = begin + length, length // 2
    row, piece = np.concatenate(rows), np.concatenate(pieces)
    order = np.argsort(row, kind="stable")
    row, piece = row[order], piece[order]
    return Stretches(
        level_start=(*level_start, begin),
        row=row,
        piece=piece,
        by_piece=np.argsort(piece, kind="stable"),
        n_rows=first.size,
        n_slots=n_slots,
    )


def over_rows(cut: Stretches, values: Floats, add: np.ufunc, nothing: float) -> Floats:
    """Add up, for each slot, the values of the rows whose stretch covers it."""
    total = np.full(cut.level_start[-1], nothing)
    pair = cut.by_piece
    _reduce_into(total, cut.piece[pair], values[cut.row[pair]], add)
    levels = list(pairwise(cut.level_start))
    for (low, middle), (_, high) in reversed(list(pairwise(levels))):
        above, below = total[middle:high], total[low:middle]
        covered = below[: 2 * above.size]
        add(covered, np.repeat(above, 2), out=covered)
    return total[: cut.n_slots]


def over_slots(cut: Stretches, values: Floats, add: np.ufunc, nothing: float) -> Floats:
    """Add up, for each row, the values of the slots of its stretch."""
    pieces = [values]
    for _ in cut.level_start[2:]:
        below = pieces[-1]
        pieces.append(add(below[:-1:2], below[1::2]))
    total = np.full(cut.n_rows, nothing)
    _reduce_into(total, cut.row, np.concatenate(pieces)[cut.piece], add)
    return total


def _reduce_into(total: Floats, place: Integers, values: Floats, add: np.ufunc) -> None:
    """Write the sums of the values of each place, in order of places."""
    if not place.size:
        return
    start = np.flatnonzero(np.concatenate(([True], place[1:] != place[:-1])))
    total[place[start]] = add.reduceat(values, start)
