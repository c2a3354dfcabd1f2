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
    "as_array",
    "as_cause_of_interest",
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
    "slack_of_mean",
]

#: Times nearer to each other than this, or than this share of their mean, are one time (R
#: ``timefix``).
TIE_TOLERANCE = 1.4901161193847656e-08

#: Yet times further apart than this are never one time, however long others are: a sentinel like
#: 1e10 among the days does not merge them.
LARGEST_SLACK = 1e-3

#: Bytes of the widest numbers taken.
WIDEST_NUMBER = 8

#: Up to here times keep whole units apart, and their sums and squares stay numbers.
LARGEST_TIME = 1e15

#: Weights up to here, and as unequal as this, leave digits for the patients of small weight.
LARGEST_WEIGHT, SMALLEST_WEIGHT, MOST_UNEQUAL = 1e15, 1e-100, 1e12

#: Confidence levels nearer to 0 or to 1 than these give no limits that mean anything.
LOWEST_LEVEL, HIGHEST_LEVEL = 1e-6, 1 - 1e-12

#: Causes that compete, and groups that are compared with each other: far more than any study has.
MOST_CAUSES = MOST_GROUPS = 1000

#: Counts up to here are whole numbers in floating point too.
LARGEST_COUNT = 2**53


def as_values(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return one-dimensional finite numbers, at least one, or refuse.

    The array may be the caller's own: it must not be written into, nor kept in a result.
    """
    return _numbers(name, values)[0]


def as_times(name: str, times: ArrayLike) -> NDArray[np.float64]:
    """Return times from 0 to `LARGEST_TIME`, or refuse (`as_values`)."""
    numbers, smallest, largest = _numbers(name, times)
    if smallest < 0:
        raise ArgumentError(f"`{name}` must be at least 0.")
    if largest > LARGEST_TIME:
        raise ArgumentError(f"`{name}` must be at most {LARGEST_TIME:g}.")
    return numbers


def as_weights(name: str, weights: ArrayLike) -> NDArray[np.float64]:
    """Return weights of at least 0, one of them above 0, or refuse (`as_values`).

    Those above 0 lie between `SMALLEST_WEIGHT` and `LARGEST_WEIGHT`, and the largest is at most
    `MOST_UNEQUAL` times the smallest.
    """
    numbers, smallest, largest = _numbers(name, weights)
    if smallest < 0:
        raise ArgumentError(f"`{name}` must be at least 0.")
    if largest == 0:
        raise ArgumentError(f"`{name}` must be above 0 for at least one patient.")
    if smallest == 0:
        smallest = float(numbers[numbers > 0].min())
    if smallest < SMALLEST_WEIGHT or largest > LARGEST_WEIGHT:
        raise ArgumentError(
            f"`{name}` must be 0 or from {SMALLEST_WEIGHT:g} to {LARGEST_WEIGHT:g}."
        )
    if largest > MOST_UNEQUAL * smallest:
        raise ArgumentError(
            f"`{name}` must not differ by more than a factor of {MOST_UNEQUAL:g} among patients."
        )
    return numbers


def slack_of_mean(mean: float) -> float:
    """Return the gap up to which two times are one, from the mean of the distinct times."""
    return min(TIE_TOLERANCE * max(1.0, mean), LARGEST_SLACK)


def merge_times(times: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return times with those that differ by rounding only made equal."""
    distinct, slot = np.unique(times, return_inverse=True)
    if distinct.size < 2:
        return times
    new = np.diff(distinct) > slack_of_mean(float(distinct.mean()))
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
    if not _is_whole(n_causes) or not 1 <= n_causes <= MOST_CAUSES:
        raise ArgumentError(f"`n_causes` must be a whole number from 1 to {MOST_CAUSES}.")
    return _codes(name, causes, highest=int(n_causes))


def as_cause_of_interest(cause_of_interest: Any, *, n_causes: int) -> int:
    """Return the code of one of the causes that compete, or refuse."""
    if not _is_whole(cause_of_interest) or not 1 <= cause_of_interest <= n_causes:
        raise ArgumentError(f"`cause_of_interest` must be a whole number from 1 to {n_causes}.")
    return int(cause_of_interest)


def as_groups(name: str, groups: ArrayLike, *, most: int | None = None) -> NDArray[np.int64]:
    """Return group codes 0, 1, ..., k - 1, none of them empty, or refuse.

    `most` is the largest number of groups where each is compared with each.
    """
    codes = _codes(name, groups, highest=None)
    highest = int(codes.max())
    if highest >= codes.size or not np.bincount(codes).all():
        raise ArgumentError(f"`{name}` must use every code from 0 to the highest one.")
    if most is not None and highest >= most:
        raise ArgumentError(f"`{name}` must hold at most {most} groups.")
    return codes


def as_counts(name: str, counts: ArrayLike, *, dimensions: int = 1) -> NDArray[np.int64]:
    """Return whole numbers of at least 0 in an array of so many dimensions, or refuse."""
    array = as_array(name, counts)
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
    array = as_array(name, times)
    if array.ndim != 2 or array.size == 0:
        raise ArgumentError(f"`{name}` must be a table of times, one study to a row.")
    return as_times(name, array.ravel()).reshape(array.shape)


def as_study_events(name: str, events: ArrayLike) -> NDArray[np.bool_]:
    """Return booleans, one study to a row, or refuse (`as_events`)."""
    array = as_array(name, events)
    if array.ndim != 2 or array.size == 0:
        raise ArgumentError(f"`{name}` must be a table of true and false, one study to a row.")
    return as_events(name, array.ravel()).reshape(array.shape)


def as_level(level: float) -> float:
    """Return a confidence level between 0 and 1, and not nearly either of them, or refuse."""
    known = isinstance(level, Real)
    if not known or not 0 < level < 1:
        hint = f" Did you mean {level / 100:g}?" if known and 1 < level < 100 else ""
        raise ArgumentError(f"`level` must be between 0 and 1.{hint}")
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise ArgumentError("`level` must be from 0.000001 to 0.999999999999.")
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
    if not _is_whole(draws) or draws < 1:
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


def as_array(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return an array of any shape and kind, or refuse masked values and ragged rows."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.is_masked(values):
        raise ArgumentError(f"`{name}` must not have masked values; leave them out before.")
    try:
        return np.asarray(values)
    except ValueError:  # rows of different lengths
        raise ArgumentError(f"`{name}` must have rows of the same length.") from None


def _is_whole(value: Any) -> bool:
    """Whether a value is one whole number; true and false are none."""
    return type(value) is int or (isinstance(value, Integral) and not isinstance(value, bool))


def _numbers(name: str, values: ArrayLike) -> tuple[NDArray[np.float64], float, float]:
    """Return one-dimensional finite numbers, the smallest and the largest of them, or refuse."""
    array = _one_dimension(name, values)
    if array.dtype.kind not in "biuf":
        raise ArgumentError(f"`{name}` must be numbers.")
    if array.dtype.itemsize > WIDEST_NUMBER:
        raise ArgumentError(f"`{name}` must be numbers of at most 64 bits.")
    numbers = array.astype(np.float64, copy=False)
    # NaN is the smallest and the largest of its array, and fails both comparisons.
    smallest, largest = float(numbers.min()), float(numbers.max())
    if not (smallest > -inf and largest < inf):
        raise ArgumentError(f"`{name}` must be finite; leave missing values out before.")
    return numbers, smallest, largest


def _one_dimension(name: str, values: ArrayLike) -> NDArray[np.generic]:
    array = as_array(name, values)
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
