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
TWO_READINGS = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")
UPPER = re.compile(r"[>\u2265]=?")
LOWER = re.compile(r"[<\u2264]=?")


def read_numbers(cells: CellText) -> TypedCells:
    """Read a number or whole-number column; a companion column tells values beyond a limit."""
    cells, cleaned = _minus(_mapped(cells))
    text, limit = _beyond(cells)
    commas = _with_comma(text, cells)
    text = _decimal(text, cells)
    good = text.str.contains(NUMBER)
    value = _finite(text.set((~good).fill_null(value=False), None).cast(pl.Float64))
    bad = (cells.text.is_not_null() & value.is_null()).fill_null(value=False)
    cleaned += _counted(cells, commas & value.is_not_null())
    findings = cells.sorted_out(bad, _kind, _words(cells, bad))
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


def _with_comma(text: pl.Series, cells: CellText) -> pl.Series:
    """Say which cells hold a comma that is declared to be the decimal mark."""
    comma = text.str.contains(",", literal=True).fill_null(value=False)
    return comma & (cells.plan.spec.decimal == ",")


def _counted(cells: CellText, converted: pl.Series) -> tuple[tuple[str, tuple[int, ...]], ...]:
    return (("decimal comma", cells.rows_where(converted)),) if converted.any() else ()


def _words(cells: CellText, bad: pl.Series) -> dict[str, tuple[str, str]]:
    """Return what is said of each kind of unreadable cell of this column."""
    values = cells.text.filter(bad).unique().sort().to_list()
    return {
        "number-comma": (
            "A number must be written so that the comma has one meaning.",
            _comma_fix(cells, [value for value in values if _kind(value) == "number-comma"]),
        ),
        "number-limit": (
            "A value beyond the measuring range must be declared.",
            _limit_fix(cells, [value for value in values if _kind(value) == "number-limit"]),
        ),
        "number-unit": (
            "A cell must hold a number alone, without unit or remark.",
            "Write the unit in the study file, as unit: ..., and only numbers in the cells.",
        ),
        "number-form": (
            "A cell must be a number.",
            "Correct the cells, or map them: "
            + cells.plan.declared(values={"text in the cell": 0})
            + ", or missing: [...]",
        ),
    }


def _comma_fix(cells: CellText, values: list[str]) -> str:
    """Offer the decimal comma alone only where no cell can be read in two ways."""
    if cells.plan.spec.decimal == "," or not any(map(COMMA.fullmatch, values)):
        return "Write each number without a mark between the thousands: 1234.5"
    line = cells.plan.declared(decimal=",")
    if any(map(TWO_READINGS.fullmatch, values)):
        return f"If 1,500 is 1500, write 1500; only if it is 1.5, declare: {line}"
    return f"If it is the decimal mark, declare: {line}"


def _limit_fix(cells: CellText, values: list[str]) -> str:
    """Offer the marks that occur, and each side only where it does."""
    if cells.plan.type == "integer":
        return "Write a whole number alone; this column can't hold a limit."
    sides = {"above": UPPER, "below": LOWER}
    marks = {
        side: sorted({found.group() for value in values if (found := form.match(value))})
        for side, form in sides.items()
    }
    declared = {"above": cells.plan.spec.above, "below": cells.plan.spec.below}
    given = {side: declared[side] or min(held, default=None) for side, held in marks.items()}
    line = cells.plan.declared(**{side: mark for side, mark in given.items() if mark})
    several = any(set(held) - {given[side]} for side, held in marks.items())
    return f"Write in the study file: {line}" + (
        ", and the same marks in all cells" if several else ""
    )


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
