"""Values as text, so that a code in the study file meets the same code in the records."""

import polars as pl

from autallo.model.strict import Scalar

__all__ = ["derive_label", "derive_labels"]


def derive_label(value: Scalar) -> str:
    """Return a value of the study file as text: true and false in words, 1.0 as 1."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def derive_labels(column: pl.Series) -> pl.Series:
    """Return a column as text by the same rule; a missing value stays missing."""
    if not column.dtype.is_float():
        return column.cast(pl.String)
    return pl.Series(
        column.name,
        [None if value is None else derive_label(value) for value in column.to_list()],
        dtype=pl.String,
    )
