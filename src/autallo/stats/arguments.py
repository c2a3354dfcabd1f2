"""The only place that turns array_likes into arrays, or refuses them with a sentence."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError

__all__ = [
    "as_causes",
    "as_counts",
    "as_events",
    "as_groups",
    "as_level",
    "as_times",
    "as_values",
    "same_length",
]

#: Times nearer to each other than this share of their mean are one time (R ``timefix``).
TIE_TOLERANCE = 1.4901161193847656e-08


def as_values(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return one-dimensional finite numbers, at least one, or refuse."""
    array = _one_dimension(name, values)
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"`{name}` must be numbers.")
    numbers = array.astype(np.float64)
    if not np.isfinite(numbers).all():
        raise ArgumentError(f"`{name}` must be finite; leave missing values out before.")
    return numbers


def as_times(name: str, times: ArrayLike) -> NDArray[np.float64]:
    """Return times of at least 0, with times that differ by rounding only made equal."""
    numbers = as_values(name, times)
    if numbers.min() < 0:
        raise ArgumentError(f"`{name}` must be at least 0.")
    return _merge_rounding(numbers)


def as_events(name: str, events: ArrayLike) -> NDArray[np.bool_]:
    """Return booleans; the numbers 0 and 1 are accepted, any other code is refused."""
    array = _one_dimension(name, events)
    if array.dtype.kind == "b":
        return array.astype(np.bool_)
    if array.dtype.kind not in "iuf" or not np.isin(array, (0, 1)).all():
        raise ArgumentError(f"`{name}` must be true or false (1 or 0) for every patient.")
    return array.astype(np.bool_)


def as_causes(name: str, causes: ArrayLike, *, n_causes: int) -> NDArray[np.int64]:
    """Return whole numbers 0 (no event) to `n_causes`, or refuse."""
    if n_causes < 1:
        raise ArgumentError("`n_causes` must be at least 1.")
    return _codes(name, causes, highest=n_causes)


def as_groups(name: str, groups: ArrayLike) -> NDArray[np.int64]:
    """Return group codes 0, 1, ..., k - 1, none of them empty, or refuse."""
    codes = _codes(name, groups, highest=None)
    if np.unique(codes).size != codes.max() + 1:
        raise ArgumentError(f"`{name}` must use every code from 0 to the highest one.")
    return codes


def as_counts(name: str, counts: ArrayLike, *, dimensions: int = 1) -> NDArray[np.int64]:
    """Return whole numbers of at least 0 in an array of so many dimensions, or refuse."""
    array = np.asarray(counts)
    if array.ndim != dimensions or array.size == 0:
        raise ArgumentError(f"`{name}` must have {dimensions} dimension(s) and not be empty.")
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ArgumentError(f"`{name}` must be whole numbers.")
    if (array < 0).any() or (array != np.floor(array)).any():
        raise ArgumentError(f"`{name}` must be whole numbers of at least 0.")
    return array.astype(np.int64)


def as_level(level: float) -> float:
    """Return a confidence level strictly between 0 and 1, or refuse."""
    if not 0 < level < 1:
        hint = f" Did you mean {level / 100:g}?" if 1 < level < 100 else ""
        raise ArgumentError(f"`level` must be between 0 and 1.{hint}")
    return float(level)


def same_length(**arrays: NDArray[np.generic]) -> None:
    """Refuse arrays of different lengths, naming them."""
    if len({array.size for array in arrays.values()}) > 1:
        raise ArgumentError(f"{_listed(arrays)} must have the same length.")


def _one_dimension(name: str, values: ArrayLike) -> NDArray[np.generic]:
    array = np.asarray(values)
    if array.ndim != 1 or array.size == 0:
        raise ArgumentError(f"`{name}` must be one list of values, at least one.")
    return array


def _codes(name: str, codes: ArrayLike, *, highest: int | None) -> NDArray[np.int64]:
    array = _one_dimension(name, codes)
    whole = array.dtype.kind in "biu" or (
        array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.floor(array)).all()
    )
    if not whole or array.min() < 0 or (highest is not None and array.max() > highest):
        upper = "" if highest is None else f" to {highest}"
        raise ArgumentError(f"`{name}` must be whole numbers from 0{upper}.")
    return array.astype(np.int64)


def _merge_rounding(times: NDArray[np.float64]) -> NDArray[np.float64]:
    distinct, slot = np.unique(times, return_inverse=True)
    if distinct.size < 2:
        return times
    scale = np.abs(distinct).mean()
    gap = np.diff(distinct)
    new = np.concatenate([[True], (gap > TIE_TOLERANCE) & (gap > TIE_TOLERANCE * scale)])
    if new.all():
        return times
    first = distinct[new]
    return np.asarray(first[np.cumsum(new) - 1][slot], dtype=np.float64)


def _listed(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return ", ".join(quoted[:-1]) + " and " + quoted[-1]
