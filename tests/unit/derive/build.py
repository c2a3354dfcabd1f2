"""Small studies by hand: records as rows of words, typed as the data dictionary says."""

from datetime import date

import polars as pl

from autallo.model.protocol import Protocol
from autallo.model.tables import ReadColumn, Table, Tables, meaning_of

TYPES = {
    "text": pl.String,
    "category": pl.String,
    "boolean": pl.Boolean,
    "integer": pl.Int64,
    "number": pl.Float64,
    "date": pl.Date,
}


def make_table(name, rows, *, types=None, units=None, headers=None):
    """A table from dicts; unknown columns take the type in `types`, or text."""
    names = list(dict.fromkeys(key for row in rows for key in row)) or ["patient_id"]
    kinds = {
        column: (types or {}).get(column)
        or (meaning.type if (meaning := meaning_of(name, column)) else "category")
        for column in names
    }
    data = {
        column: pl.Series(column, [row.get(column) for row in rows], dtype=TYPES[kinds[column]])
        for column in names
    }
    frame = pl.DataFrame({"_row": pl.Series(range(2, len(rows) + 2), dtype=pl.Int64), **data})
    columns = tuple(
        ReadColumn(
            name=column,
            header=(headers or {}).get(column, column),
            type=kinds[column],
            unit=(units or {}).get(column),
            identifying=bool((meaning := meaning_of(name, column)) and meaning.identifying),
        )
        for column in names
        if not column.endswith("__limit")
    )
    return Table(
        name=name,
        file=f"{name}.csv",
        sheet=None,
        frame=frame,
        columns=columns,
        unused=(),
        rows_read=len(rows),
        blank_rows=0,
    )


def make_tables(**tables):
    made = {
        name: given if isinstance(given, Table) else make_table(name, given)
        for name, given in tables.items()
    }
    return Tables(tables=made, sha256=dict.fromkeys(made, "0" * 64))


def make_protocol(*, by="arm", levels=("A",), include=None, cutoff=None, outcomes=None, **more):
    study = {"id": "small", "title": "A small study"}
    if cutoff:
        study["data_cutoff"] = cutoff
    return Protocol.model_validate(
        {
            "study": study,
            "sources": {"patients": {"file": "patients.csv"}},
            "groups": {"by": by, "levels": tuple(levels)},
            "population": {"include": include} if include else {},
            "outcomes": outcomes or {"sex": {"kind": "categorical", "from": "arm"}},
            **more,
        }
    )


def day(text):
    return date.fromisoformat(text)
