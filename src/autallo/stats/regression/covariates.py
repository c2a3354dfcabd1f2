"""Covariates of a model: checked, named, centred and scaled."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values

Floats = NDArray[np.float64]

#: A covariate is a combination of others if less than this share of it is left over.
LEFT_OVER = 1e-7


@dataclass(frozen=True, slots=True)
class Covariates:
    """Covariates of the patients, and what to call them in a message.

    Attributes
    ----------
    values : ndarray of float, shape (n, p)
        One column each; maybe the caller's own table, never to be written into.
    names : tuple of str, length p
        Names as given, or "column 0", "column 1", ...
    """

    values: Floats
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standardised:
    """Covariates less their mean, over their standard deviation.

    Attributes
    ----------
    values : ndarray of float, shape (n, p)
        Centred and scaled columns.
    centre, scale : ndarray of float, shape (p,)
        Mean and standard deviation (divisor n) of the columns given.
    """

    values: Floats
    centre: Floats
    scale: Floats


def as_covariates(x: ArrayLike, names: Sequence[str] | None = None) -> Covariates:
    """Return one column or a table of patients by covariates, with names, or refuse."""
    array = _table(x)
    called = tuple(f"column {k}" for k in range(array.shape[1])) if names is None else tuple(names)
    if len(called) != array.shape[1] or len(set(called)) != len(called):
        raise ArgumentError("`names` must give each column of `x` a name of its own.")
    if array.dtype == np.float64 and np.ndim(x) == 2 and _all_finite(array):
        return Covariates(np.asarray(array, dtype=np.float64), called)
    single = np.ndim(x) == 1
    columns = [
        as_values("x" if single else f"x[:, {k}]", column) for k, column in enumerate(array.T)
    ]
    return Covariates(np.column_stack(columns), called)


def standardise(covariates: Covariates, weight: Floats | None = None) -> Standardised:
    """Centre and scale the columns; refuse constant columns and combinations, by name.

    With weights, only patients of weight above 0 count for the refusals, all alike.
    """
    x = covariates.values if weight is None else covariates.values[weight > 0]
    constant = np.flatnonzero(np.ptp(x, axis=0) == 0)
    if constant.size:
        raise ArgumentError(f"`x` must vary: {listed(covariates, constant)} is constant.")
    centre = x.mean(axis=0)
    scale = np.sqrt(((x - centre) ** 2).mean(axis=0))
    standard = (x - centre) / scale
    triangle = np.linalg.qr(standard, mode="r")
    left = np.zeros(scale.size)
    left[: len(triangle)] = np.abs(np.diag(triangle)) / math.sqrt(len(x))
    combined = np.flatnonzero(left < LEFT_OVER)
    if combined.size:
        raise ArgumentError(
            f"`x` must not repeat itself: {listed(covariates, combined)} follows from those before."
        )
    return Standardised((covariates.values - centre) / scale, centre, scale)


def listed(covariates: Covariates, places: Iterable[int]) -> str:
    """Return the names of the columns at these places, for a message."""
    return ", ".join(covariates.names[place] for place in places)


def _all_finite(array: NDArray[np.generic]) -> bool:
    """Whether all are finite: then so is their sum, unless they are huge."""
    with np.errstate(over="ignore", invalid="ignore"):
        return bool(np.isfinite(array.sum()))


def _table(x: ArrayLike) -> NDArray[np.generic]:
    try:
        array = np.asarray(x)
    except ValueError:  # rows of different lengths
        raise ArgumentError("`x` must have rows of the same length.") from None
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.size == 0:
        raise ArgumentError("`x` must be one column, or a table of patients by covariates.")
    return array
