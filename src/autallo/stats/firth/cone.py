"""Directions along which no row falls: a linear program in whole numbers, so without rounding."""

from collections.abc import Iterable, Sequence
from math import gcd

import numpy as np

from autallo.stats.firth.penalty import Floats

Row = tuple[int, ...]

#: Of more rows than this the best is looked for in floating point first.
MANY_ROWS = 100

#: After so many steps the rule that cannot go round in circles is followed.
PATIENCE = 100


def whole_numbers(x: Floats) -> list[Row]:
    """Return the rows of x, each column times a power of two which makes it whole."""
    columns = []
    for column in np.asarray(x).T.tolist():
        ratios = [value.as_integer_ratio() for value in column]
        factor = max(below for _, below in ratios)
        columns.append([above * (factor // below) for above, below in ratios])
    return list(zip(*columns, strict=True))


def distinct(rows: Iterable[Sequence[int]]) -> list[Row]:
    """Return the rows that are not 0, in lowest terms, each once."""
    found: dict[Row, None] = {}
    for row in rows:
        divisor = gcd(*row)
        if divisor:
            found[tuple(value // divisor for value in row)] = None
    return list(found)


def rank(rows: list[Row]) -> int:
    """Return the number of independent rows."""
    reduced: list[tuple[int, Row]] = []
    for start in rows:
        row = start
        for place, known in reduced:
            if row[place]:
                mine, theirs = row[place], known[place]
                row = tuple(theirs * a - mine * b for a, b in zip(row, known, strict=True))
        pivot = next((place for place, value in enumerate(row) if value), None)
        if pivot is not None:
            divisor = gcd(*row)
            reduced.append((pivot, tuple(value // divisor for value in row)))
            if len(reduced) == len(row):
                break
    return len(reduced)


def signs(rows: list[Row], size: int) -> tuple[int | None, ...]:
    """Return for each coordinate the sign it has in the directions along which no row falls.

    0 if it is 0 in all of them, None if it is positive in some and negative in others.
    """
    rough = _rough(rows)
    total = [-sum(column) for column in zip(*rows, strict=True)]
    if _generated(rows, total, rough):
        return (0,) * size
    found: list[int | None] = []
    for place in range(size):
        unit = [int(k == place) for k in range(size)]
        rises = not _generated(rows, [-value for value in unit], rough)
        falls = not _generated(rows, unit, rough)
        found.append(None if rises and falls else int(rises) - int(falls))
    return tuple(found)


def all_rise(rows: list[Row], size: int) -> bool:
    """Whether along some direction every row rises."""
    raised = [(*row, 1) for row in rows]
    return not _generated(raised, [0] * size + [1], _rough(raised))


def _rough(rows: list[Row]) -> Floats | None:
    """Return the rows as floating-point numbers of at most 1, if they are many."""
    if len(rows) <= MANY_ROWS:
        return None
    return np.array([_at_most_one(row) for row in rows])


def _at_most_one(row: Sequence[int]) -> list[float]:
    largest = max(map(abs, row)) or 1
    return [value / largest for value in row]


def _generated(rows: list[Row], target: list[int], rough: Floats | None) -> bool:
    """Whether the target is a sum of rows times numbers of at least 0.

    If not, there is a direction along which no row falls and the target does (Farkas). The first
    phase of the simplex method; `inverse` over `divisor` is the inverse of the basis, its last
    column what the basis has of the target.
    """
    size = len(target)
    inverse = [
        [(1 if value >= 0 else -1) * int(k == place) for k in range(size)] + [abs(value)]
        for place, value in enumerate(target)
    ]
    basis, divisor, steps = [len(rows) + place for place in range(size)], 1, 0
    while True:
        lacking = [line for line, own in zip(inverse, basis, strict=True) if own >= len(rows)]
        if not any(line[-1] for line in lacking):
            return True
        price = [sum(column) for column in zip(*lacking, strict=True)][:-1]
        entering = _entering(
            rows, price, None if steps > PATIENCE else rough, first=steps > PATIENCE
        )
        if entering is None:
            return False
        row = rows[entering]
        change = [_product(line, row) for line in inverse]
        leaving = _leaving(inverse, change, basis)
        divisor = _exchange(inverse, change, leaving, divisor)
        basis[leaving], steps = entering, steps + 1


def _product(first: Sequence[int], second: Sequence[int]) -> int:
    return sum(a * b for a, b in zip(first, second, strict=False))


def _entering(
    rows: list[Row], price: list[int], rough: Floats | None, *, first: bool
) -> int | None:
    """Return a row that gains much, or the first that gains anything; None if no row gains."""
    if rough is not None:
        likely = int(np.argmax(rough @ np.array(_at_most_one(price))))
        if _product(price, rows[likely]) > 0:
            return likely
    best, largest = None, 0
    for place, row in enumerate(rows):
        gain = _product(price, row)
        if gain > largest:
            if first:
                return place
            best, largest = place, gain
    return best


def _leaving(inverse: list[list[int]], change: list[int], basis: list[int]) -> int:
    """Return the place that reaches 0 first; of several, the one that came first."""
    best = -1
    for place, own in enumerate(change):
        if own <= 0:
            continue
        if best >= 0:
            mine, other = inverse[place][-1] * change[best], inverse[best][-1] * own
            if mine > other or (mine == other and basis[place] > basis[best]):
                continue
        best = place
    return best


def _exchange(inverse: list[list[int]], change: list[int], leaving: int, divisor: int) -> int:
    """Exchange one row of the basis, in whole numbers; return the new divisor."""
    pivot, line = change[leaving], inverse[leaving]
    for place, own in enumerate(change):
        if place != leaving:
            inverse[place] = [
                (pivot * a - own * b) // divisor for a, b in zip(inverse[place], line, strict=True)
            ]
    return pivot
