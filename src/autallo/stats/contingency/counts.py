"""Counts of patients in tables: taken up to one limit everywhere, or refused with a sentence."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts

#: Most patients, or pairs, in a cell.
LARGEST_COUNT = 1_000_000_000


def as_limited_counts(
    name: str, counts: ArrayLike, *, dimensions: int = 1, of: str = "patients"
) -> NDArray[np.int64]:
    """Return whole numbers from 0 to 1e9 in an array of so many dimensions, or refuse."""
    array = as_counts(name, counts, dimensions=dimensions)
    if array.max() > LARGEST_COUNT:
        raise ArgumentError(f"`{name}` must hold at most {LARGEST_COUNT} {of} in a cell.")
    return array


def as_two_by_two(table: ArrayLike) -> tuple[int, int, int, int]:
    """Return the cells of a table of two rows and two columns, row by row, or refuse."""
    counts = as_limited_counts("table", table, dimensions=2)
    if counts.shape != (2, 2):
        raise ArgumentError("`table` must have two rows and two columns.")
    (first, second), (third, fourth) = counts.tolist()
    return first, second, third, fourth


def as_two_by_twos(tables: ArrayLike) -> NDArray[np.int64]:
    """Return tables of two rows and two columns as an array of shape (n, 2, 2), or refuse."""
    counts = as_limited_counts("tables", tables, dimensions=3)
    if counts.shape[1:] != (2, 2):
        raise ArgumentError("`tables` must be tables of two rows and two columns.")
    return counts


def as_patients(name: str, count: int) -> int:
    """Return one whole number from 0 to 1e9, or refuse."""
    patients = as_one(name, count)
    if patients > LARGEST_COUNT:
        raise ArgumentError(f"`{name}` must be at most {LARGEST_COUNT}.")
    return patients


def as_one(name: str, count: int) -> int:
    """Return one whole number of at least 0, or refuse."""
    return int(as_counts(name, [count])[0])
