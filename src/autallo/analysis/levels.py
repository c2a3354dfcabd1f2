"""The levels of a column as text, and their order."""

import math
from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray

__all__ = ["order_levels", "observe_levels"]


def observe_levels(series: pl.Series) -> NDArray[np.object_]:
    """Return the level of every patient as text ("yes", "no"), None where it is missing."""
    if series.dtype == pl.Boolean:
        series = series.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    return np.array(series.cast(pl.String).to_list(), dtype=object)


def order_levels(series: pl.Series, seen: Iterable[str]) -> tuple[str, ...]:
    """Return levels in order, the last is the reference ("yes", "no").

    Numbers in descending order, so that the smallest is the reference, and words in the reverse
    of their alphabet.
    """
    if series.dtype == pl.Boolean:
        return tuple(level for level in ("yes", "no") if level in set(seen))
    return tuple(sorted(seen, key=_natural, reverse=True))


def _natural(text: str) -> tuple[bool, float, str]:
    """Sort numbers by size, before words by alphabet; "nan" and "inf" are words."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    finite = math.isfinite(number)
    return (not finite, number if finite else 0.0, text)
