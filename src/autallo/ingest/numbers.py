"""Text to numbers, whole or not: only forms that can be read in one way are read.

A comma is a decimal mark only where the study file says so; ``>2000`` is a value beyond the
limit only where `above` is declared. Everything else is refused by kind.
"""

import re

import numpy as np
import polars as pl

from autallo.errors import Finding
from autallo.ingest.cell_text import CellText, TypedCells, read_lookup, read_scalar
from autallo.model.tables import LIMIT_SUFFIX

__all__ = ["read_numbers"]

NUMBER = r"^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?$"
THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:[., '\u2019][0-9]{3})+(?:[.,][0-9]+)?")
COMMA = re.compile(r"[+-]?[0-9]*,[0-9]+")
LIMIT = re.compile(r"[<>\u2264\u2265]=?\s*[0-9].*")
WITH_UNIT = re.compile(
    r"[+-]?[0-9]+(?:[.,][0-9]+)?(?![eE][+-]?[0-9]|[xX][0-9])\s*[^\W0-9_].*|[+-]?[0-9]+(?:[.,][0-9]+)?\s*%"
)
MINUS = "\u2212"
TIME_GRID = 1e6
WHOLE_WITHIN = 1e-9
LARGEST_WHOLE = 2.0**53
WORDS = {
    "number-comma": (
        "A number must be written so that the comma has one meaning.",
        'If it is the decimal mark, add to the column: decimal: ","',
    ),
    "number-limit": (
        "A value beyond the measuring range must be declared.",
        'Add to the column: above: ">", or below: "<"',
    ),
    "number-unit": (
        "A cell must hold a number alone, without unit or remark.",
        "Write the unit in the study file, as unit: ..., and only numbers in the cells.",
    ),
    "number-form": (
        "A cell must be a number.",
        "Correct the cells, or map them: values: {...}, or missing: [...]",
    ),
}


def read_numbers(cells: CellText) -> TypedCells:
    """Read a number or whole-number column; a companion column tells values beyond a limit."""
    cells, cleaned = _minus(_mapped(cells))
    text, limit = _beyond(cells)
    text = _decimal(text, cells)
    good = text.str.contains(NUMBER)
    value = _finite(text.set((~good).fill_null(value=False), None).cast(pl.Float64))
    bad = (cells.text.is_not_null() & value.is_null()).fill_null(value=False)
    findings = cells.sorted_out(bad, _kind, WORDS)
    value = value * cells.plan.factor
    if cells.plan.is_time:
        value = _on_grid(value)
    findings += _out_of_range(cells, value)
    name = cells.plan.name
    if cells.plan.type == "integer":
        whole, told = _whole(cells, value)
        return TypedCells(series=(whole.alias(name),), findings=(*findings, *told), cleaned=cleaned)
    series = [value.alias(name)]
    if limit is not None:
        series.append(limit.alias(name + LIMIT_SUFFIX))
    return TypedCells(series=tuple(series), findings=tuple(findings), cleaned=cleaned)


def _mapped(cells: CellText) -> CellText:
    """Replace the codes that the study file maps to numbers."""
    if not cells.plan.spec.values:
        return cells
    found = read_lookup(cells.plan.spec.values, cells.text.drop_nulls().unique().to_list())
    targets = [
        read_scalar(target).replace(".", cells.plan.spec.decimal) for target in found.values()
    ]
    return cells.with_text(cells.text.replace(list(found), targets))


def _minus(cells: CellText) -> tuple[CellText, tuple[tuple[str, tuple[int, ...]], ...]]:
    typeset = cells.text.str.starts_with(MINUS).fill_null(value=False)
    if not typeset.any():
        return cells, ()
    told = (("typeset minus sign read as minus", cells.rows_where(typeset)),)
    return cells.with_text(cells.text.str.replace(f"^{MINUS}", "-")), told


def _beyond(cells: CellText) -> tuple[pl.Series, pl.Series | None]:
    """Take the declared marks of the measuring range away; tell where they stood."""
    spec, text = cells.plan.spec, cells.text
    if spec.above is None and spec.below is None:
        return text, None
    limit = pl.repeat(0, text.len(), dtype=pl.Int8, eager=True)
    for mark, sign in ((spec.above, 1), (spec.below, -1)):
        if mark is not None:
            marked = text.str.starts_with(mark).fill_null(value=False)
            limit = limit.set(marked, sign)
            stripped = text.str.slice(len(mark)).str.strip_chars()
            text = stripped.zip_with(marked, text)
    return text, limit.set(text.is_null(), None)


def _decimal(text: pl.Series, cells: CellText) -> pl.Series:
    if cells.plan.spec.decimal == ".":
        return text
    typed = text.str.replace_all(".", "_", literal=True).str.replace(",", ".", literal=True)
    return typed if cells.numbers is None else text.zip_with(cells.numbers, typed)


def _finite(value: pl.Series) -> pl.Series:
    return value.set((~value.is_finite()).fill_null(value=False), None)


def _kind(value: str) -> str:
    """Say why a text is no number."""
    if LIMIT.fullmatch(value):
        return "number-limit"
    if COMMA.fullmatch(value) or THOUSANDS.fullmatch(value):
        return "number-comma"
    return "number-unit" if WITH_UNIT.fullmatch(value) else "number-form"


def _on_grid(value: pl.Series) -> pl.Series:
    """Put times on the grid of a millionth of a day, so that equal times are equal.

    NumPy divides exactly; polars multiplies by the reciprocal, which is off by one last digit.
    """
    days = np.round(value.to_numpy() * TIME_GRID) / TIME_GRID
    return pl.Series(value.name, days, nan_to_null=True)


def _out_of_range(cells: CellText, value: pl.Series) -> list[Finding]:
    meaning = cells.plan.meaning
    if meaning is None or meaning.low is None or meaning.high is None:
        return []
    outside = ((value < meaning.low) | (value > meaning.high)).fill_null(value=False)
    if not outside.any():
        return []
    rows = cells.rows_where(outside)
    unit = f" {meaning.unit}" if meaning.unit else ""
    return [
        cells.plan.place.finding(
            "number-range",
            f"A value must lie between {meaning.low:g} and {meaning.high:g}{unit}.",
            rows=rows,
            found=f"{len(rows)} of {value.len()} cells",
            fix="Correct the cells, or give the unit in which they stand.",
        )
    ]


def _whole(cells: CellText, value: pl.Series) -> tuple[pl.Series, list[Finding]]:
    nearest = value.round()
    broken = (((value - nearest).abs() > WHOLE_WITHIN) | (value.abs() > LARGEST_WHOLE)).fill_null(
        value=False
    )
    findings = []
    if broken.any():
        rows = cells.rows_where(broken)
        findings.append(
            cells.plan.place.finding(
                "integer-form",
                "A value must be a whole number.",
                rows=rows,
                found=f"{len(rows)} of {value.len()} cells",
                fix="Correct the cells.",
            )
        )
    return nearest.set(broken, None).cast(pl.Int64), findings
