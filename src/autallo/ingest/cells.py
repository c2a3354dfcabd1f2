"""The cells of a table: text to typed columns, by the plan of each column."""

from collections.abc import Callable, Mapping

import polars as pl

from autallo.errors import Finding
from autallo.ingest.categories import read_booleans, read_categories, read_plain_text
from autallo.ingest.cell_text import CellText, TypedCells, read_cell_text
from autallo.ingest.columns import ColumnPlan
from autallo.ingest.dates import read_dates
from autallo.ingest.grid import Grid
from autallo.ingest.numbers import read_numbers
from autallo.model.tables import ROW, CleanedCells

__all__ = ["read_cells"]

READERS: Mapping[str, Callable[[CellText], TypedCells]] = {
    "text": read_plain_text,
    "category": read_categories,
    "boolean": read_booleans,
    "integer": read_numbers,
    "number": read_numbers,
    "date": read_dates,
}


def read_cells(
    grid: Grid, plans: tuple[ColumnPlan, ...], file: str
) -> tuple[pl.DataFrame, list[Finding], list[CleanedCells]]:
    """Return the typed frame of a table, what can't be read, and what was changed by a rule."""
    series: list[pl.Series] = []
    findings: list[Finding] = []
    cleaned: list[CleanedCells] = []
    for plan in plans:
        cells, first = read_cell_text(grid, plan)
        typed = READERS[plan.type](cells)
        series += typed.series
        findings += [*first.findings, *typed.findings]
        cleaned += [
            CleanedCells(file=file, column=plan.header, rule=rule, rows=rows)
            for rule, rows in (*first.cleaned, *typed.cleaned)
        ]
    return pl.DataFrame([*series, grid.rows.alias(ROW)]), findings, cleaned
