"""The tables as they stood on the day the data were closed."""

from dataclasses import replace
from datetime import date

import polars as pl

from autallo.model.tables import Table, Tables

__all__ = ["derive_closed"]

#: The tables of samples. Assessments and events are closed patient by patient in
#: `clinical.endpoints`: one that came later is not used, but shows who was alive.
SAMPLED = ("chimerism", "kinetics")


def derive_closed(tables: Tables, data_cutoff: date | None) -> Tables:
    """Leave out the samples dated after the data cutoff."""
    if data_cutoff is None:
        return tables
    closed = {
        name: _until(table, data_cutoff) if name in SAMPLED else table
        for name, table in tables.tables.items()
    }
    return replace(tables, tables=closed)


def _until(table: Table, last: date) -> Table:
    late = (pl.col("sample_date") > last).fill_null(value=False)
    return replace(table, frame=table.frame.filter(~late))
