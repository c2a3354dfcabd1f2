"""Adjustment of the p-values of one family of comparisons.

p-values in, a frozen record of numbers out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError

__all__ = ["AdjustedPValues", "adjust_p_values"]

Method = Literal["holm", "hochberg", "benjamini_hochberg", "bonferroni"]


@dataclass(frozen=True, slots=True)
class AdjustedPValues:
    """The p-values of one family, adjusted for its size.

    Attributes
    ----------
    p_value : tuple of float or None
        Adjusted p-values in the order given; None where there was nothing to adjust.
    family : int
        Size of the family: the p-values that there are.
    untestable : int
        Comparisons without a p-value; they are not in the family.
    method : str
        The adjustment.
    """

    p_value: tuple[float | None, ...]
    family: int
    untestable: int
    method: Method


def adjust_p_values(
    p_values: Sequence[float | None] | NDArray[np.float64], *, method: Method = "holm"
) -> AdjustedPValues:
    r"""Adjust the p-values of one family of comparisons for how many they are.

    Parameters
    ----------
    p_values : sequence of float or None, length m
        p-values from 0 to 1; None for a comparison that could not be tested.
    method : {"holm", "hochberg", "benjamini_hochberg", "bonferroni"}
        The adjustment.

    Returns
    -------
    AdjustedPValues

    Raises
    ------
    ArgumentError
        If there is no entry, an entry is neither None nor a number from 0 to 1 (not a number is
        refused, not counted), or the method is unknown.

    Notes
    -----
    With the m p-values in ascending order: Holm takes the largest of :math:`(m - j + 1) p_j` up
    to each place, Hochberg the smallest of the same from each place on, Benjamini and Hochberg
    the smallest of :math:`m p_j / j` from each place on; Bonferroni is :math:`m p_j`; all at most
    1. Holm and Bonferroni bound the chance of any false finding whatever the dependence; Hochberg
    needs independent or positively dependent p-values; Benjamini and Hochberg bound the expected
    share of false findings, under the same condition. Equal p-values stay equal. A comparison
    without a p-value leaves the family, which grows smaller for the rest: it must be one that could
    not have given a p-value whatever the outcome, such as one without any event. All untestable:
    nothing is adjusted.
    Source: [holm1979], [hochberg1988], [benjamini1995]. Checked against R 4.2.2 p.adjust
    (`tests/reference/multiplicity.json`), by hand (`tests/byhand/test_multiplicity.py`) and by
    another program (`tests/twins/test_multiplicity.py`).

    Examples
    --------
    >>> adjusted = adjust_p_values([0.01, None, 0.04, 0.03])
    >>> adjusted.p_value, adjusted.family, adjusted.untestable
    ((0.03, None, 0.06, 0.06), 3, 1)
    """
    if not isinstance(method, str) or method not in STEPS:
        raise ArgumentError(f"`method` must be one of {', '.join(STEPS)}.")
    entries = _as_p_values(p_values)
    values = np.array([entry for entry in entries if entry is not None], dtype=np.float64)
    order = np.argsort(values, kind="stable")
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(STEPS[method](values[order]), 1.0)
    steps = iter(adjusted.tolist())
    return AdjustedPValues(
        p_value=tuple(None if entry is None else next(steps) for entry in entries),
        family=values.size,
        untestable=len(entries) - values.size,
        method=method,
    )


def _as_p_values(p_values: Sequence[float | None] | NDArray[np.float64]) -> list[float | None]:
    if isinstance(p_values, np.ma.MaskedArray) and np.ma.is_masked(p_values):
        raise ArgumentError("`p_values` must not have masked values; None for one that is missing.")
    array = np.array(p_values, dtype=object)
    if array.ndim != 1 or array.size == 0:
        raise ArgumentError("`p_values` must be one list of p-values, at least one.")
    entries = array.tolist()
    for entry in entries:
        if entry is not None and not _is_probability(entry):
            raise ArgumentError(
                "`p_values` must be from 0 to 1; None for a comparison that could not be tested."
            )
    return [None if entry is None else float(entry) for entry in entries]


def _is_probability(entry: object) -> bool:
    number = isinstance(entry, int | float | np.integer | np.floating) and not isinstance(
        entry, bool
    )
    return number and bool(0 <= entry <= 1)  # type: ignore[operator]


def _holm(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.maximum.accumulate(np.arange(ascending.size, 0, -1) * ascending)


def _hochberg(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = np.arange(ascending.size, 0, -1) * ascending
    return np.minimum.accumulate(steps[::-1])[::-1]


def _benjamini_hochberg(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    steps = ascending * (ascending.size / np.arange(1, ascending.size + 1))
    return np.minimum.accumulate(steps[::-1])[::-1]


def _bonferroni(ascending: NDArray[np.float64]) -> NDArray[np.float64]:
    return ascending * ascending.size


STEPS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "holm": _holm,
    "hochberg": _hochberg,
    "benjamini_hochberg": _benjamini_hochberg,
    "bonferroni": _bonferroni,
}
