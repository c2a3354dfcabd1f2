"""The only place that turns array_likes into arrays, or refuses them with a sentence."""

from collections.abc import Iterable
from math import inf, sqrt
from numbers import Integral, Real
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError

__all__ = [
    "TIE_TOLERANCE",
    "as_causes",
    "as_counts",
    "as_draws",
    "as_events",
    "as_groups",
    "as_level",
    "as_number",
    "as_study_events",
    "as_study_times",
    "as_times",
    "as_values",
    "as_weights",
    "drawn_p",
    "merge_times",
    "same_length",
]

#: Times nearer to each other than this, or than this share of their mean, are one time (R
#: ``timefix``).
TIE_TOLERANCE = 1.4901161193847656e-08

#: Bytes of the widest numbers taken.
WIDEST_NUMBER = 8

#: Counts up to here are whole numbers in floating point too.
LARGEST_COUNT = 2**53


def as_values(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return one-dimensional finite numbers, at least one, or refuse.

    The array may be the caller's own: it must not be written into, nor kept in a result.
    """
    array = _one_dimension(name, values)
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"`{name}` must be numbers.")
    if array.dtype.itemsize > WIDEST_NUMBER:
        raise ArgumentError(f"`{name}` must be numbers of at most 64 bits.")
    numbers = array.astype(np.float64, copy=False)
    # NaN is the smallest and the largest of its array, and fails both comparisons.
    if not (numbers.min() > -inf and numbers.max() < inf):
        raise ArgumentError(f"`{name}` must be finite; leave missing values out before.")
    return numbers


def as_times(name: str, times: ArrayLike) -> NDArray[np.float64]:
    """Return finite times of at least 0, or refuse (`as_values`)."""
    numbers = as_values(name, times)
    if numbers.min() < 0:
        raise ArgumentError(f"`{name}` must be at least 0.")
    return numbers


def as_weights(name: str, weights: ArrayLike) -> NDArray[np.float64]:
    """Return finite weights of at least 0, one of them above 0, or refuse (`as_values`)."""
    numbers = as_values(name, weights)
    if numbers.min() < 0:
        raise ArgumentError(f"`{name}` must be at least 0.")
    if numbers.max() == 0:
        raise ArgumentError(f"`{name}` must be above 0 for at least one patient.")
    return numbers


def merge_times(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times with those that differ by rounding only made equal."""
    distinct, slot = np.unique(times, return_inverse=True)
    if distinct.size < 2:
        return times
    new = np.diff(distinct) > TIE_TOLERANCE * max(1.0, float(distinct.mean()))
    if new.all():
        return times
    first = distinct[np.concatenate([[True], new])]
    place = np.concatenate([[0], np.cumsum(new)])
    return np.asarray(first[place][slot], dtype=np.float64)


def as_events(name: str, events: ArrayLike) -> NDArray[np.bool_]:
    """Return booleans; the numbers 0 and 1 are accepted, any other code is refused."""
    array = _one_dimension(name, events)
    if array.dtype.kind == "b":
        return array.astype(np.bool_, copy=False)
    if array.dtype.kind not in "iuf" or not ((array == 0) | (array == 1)).all():
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
    if codes.max() >= codes.size or not np.bincount(codes).all():
        raise ArgumentError(f"`{name}` must use every code from 0 to the highest one.")
    return codes


def as_counts(name: str, counts: ArrayLike, *, dimensions: int = 1) -> NDArray[np.int64]:
    """Return whole numbers of at least 0 in an array of so many dimensions, or refuse."""
    array = _array(name, counts)
    if array.ndim != dimensions or array.size == 0:
        raise ArgumentError(f"`{name}` must have {dimensions} dimension(s) and not be empty.")
    if array.dtype.kind not in "iuf" or not np.isfinite(array).all():
        raise ArgumentError(f"`{name}` must be whole numbers.")
    if (array < 0).any() or (array != np.floor(array)).any():
        raise ArgumentError(f"`{name}` must be whole numbers of at least 0.")
    if array.max() > LARGEST_COUNT:
        raise ArgumentError(f"`{name}` must be at most {LARGEST_COUNT}.")
    return array.astype(np.int64)


def as_study_times(name: str, times: ArrayLike) -> NDArray[np.float64]:
    """Return finite times of at least 0, one study to a row, or refuse (`as_times`)."""
    array = _array(name, times)
    if array.ndim != 2 or array.size == 0:
        raise ArgumentError(f"`{name}` must be a table of times, one study to a row.")
    return as_times(name, array.ravel()).reshape(array.shape)


def as_study_events(name: str, events: ArrayLike) -> NDArray[np.bool_]:
    """Return booleans, one study to a row, or refuse (`as_events`)."""
    array = _array(name, events)
    if array.ndim != 2 or array.size == 0:
        raise ArgumentError(f"`{name}` must be a table of true and false, one study to a row.")
    return as_events(name, array.ravel()).reshape(array.shape)


def as_level(level: float) -> float:
    """Return a confidence level strictly between 0 and 1, or refuse."""
    known = isinstance(level, Real)
    if not known or not 0 < level < 1:
        hint = f" Did you mean {level / 100:g}?" if known and 1 < level < 100 else ""
        raise ArgumentError(f"`level` must be between 0 and 1.{hint}")
    return float(level)


def as_number(name: str, value: Any) -> float:
    """Return one number, infinite ones too, or refuse what is none (NaN included)."""
    if isinstance(value, Real) and value == value:
        return float(value)
    raise ArgumentError(f"`{name}` must be a number.")


def as_draws(draws: Any, rng: Any, *, needed: str | None = None) -> int:
    """Return how many random arrangements are wanted, or refuse; `rng` too if it is no generator.

    `needed` is the sentence to refuse with where draws cannot be done without and `rng` is None.
    """
    if not isinstance(draws, Integral) or isinstance(draws, bool) or draws < 1:
        raise ArgumentError("`draws` must be a whole number of at least 1.")
    if rng is not None and not isinstance(rng, np.random.Generator):
        raise ArgumentError("`rng` must be a numpy.random.Generator.")
    if rng is None and needed is not None:
        raise ArgumentError(needed)
    return int(draws)


def drawn_p(as_extreme: int, draws: int) -> tuple[float, float]:
    """Return the p-value of draws of which so many are as extreme, and its standard error.

    The observed arrangement counts as one more draw, so p is never 0 and valid for any number.
    """
    p_value = (as_extreme + 1) / (draws + 1)
    return p_value, sqrt(p_value * (1 - p_value) / draws)


def same_length(**arrays: NDArray[np.generic]) -> None:
    """Refuse arrays of different lengths, naming them."""
    if len({array.size for array in arrays.values()}) > 1:
        raise ArgumentError(f"{_listed(arrays)} must have the same length.")


def _array(name: str, values: ArrayLike) -> NDArray[Any]:
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ArgumentError(f"`{name}` must not have masked values; leave them out before.")
    try:
        return np.asarray(values)
    except ValueError:  # rows of different lengths
        raise ArgumentError(f"`{name}` must have rows of the same length.") from None


def _one_dimension(name: str, values: ArrayLike) -> NDArray[np.generic]:
    array = _array(name, values)
    if array.ndim != 1 or array.size == 0:
        raise ArgumentError(f"`{name}` must be one list of values, at least one.")
    return array


def _codes(name: str, codes: ArrayLike, *, highest: int | None) -> NDArray[np.int64]:
    array = _one_dimension(name, codes)
    whole = array.dtype.kind in "biu" or (
        array.dtype.kind == "f" and np.isfinite(array).all() and (array == np.floor(array)).all()
    )
    top = LARGEST_COUNT if highest is None else highest
    if not whole or array.min() < 0 or array.max() > top:
        upper = "" if highest is None else f" to {highest}"
        raise ArgumentError(f"`{name}` must be whole numbers from 0{upper}.")
    return array.astype(np.int64, copy=False)


def _listed(names: Iterable[str]) -> str:
    quoted = [f"`{name}`" for name in names]
    return ", ".join(quoted[:-1]) + " and " + quoted[-1]
