"""Fisher's exact test of very many tables at once, as simulated studies need it."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.stats.contingency.counts import as_two_by_twos
from autallo.stats.contingency.fisher import table_p_values

__all__ = ["FisherBatchTest", "fisher_batch_test"]

#: Whole numbers up to here fit in 64 bits.
LARGEST_CODE = 2**62


@dataclass(frozen=True, slots=True)
class FisherBatchTest:
    """P-values of Fisher's exact test, one for each study.

    Attributes
    ----------
    p_value : ndarray of float, shape (n,)
        Two-sided p of each table.
    mid_p : ndarray of float, shape (n,)
        Two-sided mid-P of each table.
    smallest_p : ndarray of float, shape (n,)
        Smallest `p_value` that any table with the same margins could have.
    """

    p_value: NDArray[np.float64]
    mid_p: NDArray[np.float64]
    smallest_p: NDArray[np.float64]


def fisher_batch_test(tables: ArrayLike) -> FisherBatchTest:
    """Test many two-by-two tables by Fisher's exact test, each on its own.

    Parameters
    ----------
    tables : array_like of int, shape (n, 2, 2)
        Patients; each table as in `fisher_test`: rows are the groups, columns are with and
        without the outcome.

    Returns
    -------
    FisherBatchTest

    Raises
    ------
    ArgumentError
        If the tables are not an array of n times two by two whole numbers from 0 to 1e9.

    Notes
    -----
    Bit for bit the numbers that `fisher_test` gives for each table. Equal tables are tested
    once, and the ways to all tables with the same margins are counted once: a thousand
    simulated studies of 17 against 11 patients hold some 100 different tables.
    Source: [fisher1935]. Checked against `fisher_test` (`tests/laws/test_fisher_batch.py`), by
    hand (`tests/byhand/test_fisher_batch.py`) and R 4.2.2 fisher.test
    (`tests/reference/test_fisher_batch.py`).

    Examples
    --------
    >>> test = fisher_batch_test([[[8, 9], [1, 10]], [[3, 0], [0, 3]]])
    >>> test.p_value.round(4).tolist(), test.smallest_p.round(6).tolist()
    ([0.0491, 0.1], [8e-06, 0.1])
    """
    cells = as_two_by_twos(tables).reshape(-1, 4)
    first, second, third, _ = cells.T
    margins = np.stack([first + second, first + third, cells.sum(axis=1)])
    _, chosen, place = np.unique(_codes([*margins, first]), return_index=True, return_inverse=True)
    found = np.empty((chosen.size, 3))
    for same in _runs(margins[:, chosen]):
        found[same] = [
            (test.p_value, test.mid_p, test.smallest_p)
            for test in table_p_values(
                [(a, b, c, d) for a, b, c, d in cells[chosen[same]].tolist()]
            )
        ]
    p_value, mid_p, smallest_p = found[place].T
    return FisherBatchTest(p_value, mid_p, smallest_p)


def _codes(columns: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return one number for each row of these columns, in the order of the rows."""
    codes = np.zeros_like(columns[0])
    for values in columns:
        if (int(codes.max()) + 1) * (int(values.max()) + 1) > LARGEST_CODE:
            codes = np.unique(codes, return_inverse=True)[1]
            values = np.unique(values, return_inverse=True)[1]
        codes = codes * (values.max() + 1) + values
    return codes


def _runs(columns: NDArray[np.int64]) -> list[slice]:
    """Return the stretches over which all columns stay the same."""
    changes = (np.diff(columns) != 0).any(axis=0)
    edges = [0, *(np.flatnonzero(changes) + 1).tolist(), columns.shape[1]]
    return [slice(start, end) for start, end in pairwise(edges)]
