"""A sheet of an .xlsx workbook to a grid, with the true address of every cell.

calamine reads the values; what it would lose (errors, formulas without value, merged and hidden
cells) was noted by the walk before.
"""

import difflib
import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

from autallo.errors import Finding
from autallo.ingest.codes import Place
from autallo.ingest.grid import Grid, check_headers, read_header_key
from autallo.ingest.workbook_safety import BookFacts, SheetFacts, check_workbook
from autallo.model.protocol import Source

__all__ = ["Book", "read_book", "read_sheet"]

ID = "patient_id"


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook that may be read, with what was noted about its sheets."""

    reader: CalamineWorkbook
    facts: BookFacts


def read_book(data: bytes, place: Place) -> tuple[Book | None, list[Finding]]:
    """Return a workbook that is safe to read, or None and what stands in the way."""
    facts, stops = check_workbook(data, place)
    if facts is None:
        return None, stops
    reader = _guarded(lambda: CalamineWorkbook.from_filelike(io.BytesIO(data)))
    if reader is None:
        return None, [_unreadable(place)]
    return Book(reader, facts), list(facts.findings)


def read_sheet(
    book: Book, source: Source, place: Place
) -> tuple[Grid | None, str | None, list[Finding]]:
    """Return the cells of a sheet and its name, or None and what stands in the way."""
    sheet, stops = _chosen(book.facts.sheets, source.sheet, place)
    if sheet is None:
        return None, None, stops
    here = Place(file=place.file, sheet=sheet.name)
    values = _guarded(
        lambda: book.reader.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
    )
    if values is None:
        return None, sheet.name, [_unreadable(here)]
    grid, findings = _grid(values, sheet, source, here)
    return grid, sheet.name, findings


def _guarded(read: Callable[[], Any]) -> Any:
    """Return what the reader gives, or None if it gives up, even by a crash of its own."""
    try:
        return read()
    except (KeyboardInterrupt, SystemExit, MemoryError):
        raise
    except BaseException:  # a panic of the reader is no Exception
        return None


def _unreadable(place: Place) -> Finding:
    return place.finding(
        "book-damaged",
        "The workbook must be whole; it can't be read.",
        fix="Open it and save it as a new .xlsx file.",
    )


def _chosen(
    sheets: tuple[SheetFacts, ...], wanted: str | None, place: Place
) -> tuple[SheetFacts | None, list[Finding]]:
    usable = [sheet for sheet in sheets if sheet.kind == "worksheet"]
    if wanted is None:
        filled = [sheet for sheet in usable if sheet.filled_rows]
        if len(filled) <= 1 and usable:
            return (filled or usable)[0], []
        listed = ", ".join(f'"{sheet.name}" ({sheet.filled_rows} rows)' for sheet in filled)
        ask = place.finding(
            "sheet-unnamed",
            "The study file must name one of the sheets.",
            found=listed or "no sheet with records",
            fix="Add to the source in the study file: sheet: ...",
        )
        return None, [ask]
    for sheet in usable:
        if sheet.name == wanted:
            return sheet, []
    names = [sheet.name for sheet in usable]
    near = difflib.get_close_matches(wanted, names, n=1, cutoff=0.5)
    stop = place.finding(
        "sheet-unknown",
        f'There is no sheet "{wanted}" with records.',
        fix=f'Did you mean "{near[0]}"?' if near else f"Sheets: {', '.join(names)}.",
    )
    return None, [stop]


def _grid(
    values: list[list[Any]], sheet: SheetFacts, source: Source, place: Place
) -> tuple[Grid | None, list[Finding]]:
    header_row = source.header_row
    header = [_text(cell) for cell in values[header_row - 1]] if len(values) >= header_row else []
    stops = check_headers(header, header_row, place)
    if stops:
        return None, stops
    body = [[_text(cell) for cell in row] for row in values[header_row:]]
    for (row, column), error in sheet.errors.items():
        if header_row < row <= len(values) and column <= len(header):
            body[row - header_row - 1][column - 1] = error
    kept = [index for index, row in enumerate(body) if any(cell.strip() for cell in row)]
    rows = [header_row + 1 + index for index in kept]
    records = [body[index] for index in kept]
    columns = zip(*records, strict=True) if records else [()] * len(header)
    grid = Grid(
        headers=tuple(header),
        columns=tuple(pl.Series(cells, dtype=pl.String) for cells in columns),
        rows=pl.Series(rows, dtype=pl.Int64),
        blank_rows=len(body) - len(kept),
        dates=_kinds(values, rows, len(header), (date, datetime)),
        numbers=_kinds(values, rows, len(header), (int, float)),
    )
    return grid, [*_hidden(sheet, header_row, place), *_lost(sheet, header, source, place)]


def _kinds(
    values: list[list[Any]], rows: list[int], width: int, kinds: tuple[type, ...]
) -> dict[int, pl.Series]:
    """Return by column which cells the workbook stores as one of these kinds."""
    masks = {
        column: [
            isinstance(values[row - 1][column], kinds)
            and not isinstance(values[row - 1][column], bool)
            for row in rows
        ]
        for column in range(width)
    }
    return {
        column: pl.Series(mask, dtype=pl.Boolean) for column, mask in masks.items() if any(mask)
    }


def _text(cell: Any) -> str:
    """Write a cell as the text that means the same: ISO dates, whole numbers without point."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e300 else repr(cell)
        case datetime():
            return (
                cell.isoformat(sep=" ")
                if cell.time().isoformat() != "00:00:00"
                else (cell.date().isoformat())
            )
        case date():
            return cell.isoformat()
    return str(cell)


def _hidden(sheet: SheetFacts, header_row: int, place: Place) -> list[Finding]:
    hidden = tuple(row for row in sheet.hidden_rows if row > header_row)
    if not hidden and not sheet.hidden:
        return []
    return [
        place.finding(
            "sheet-hidden",
            "Hidden sheets and rows are read like all others.",
            rows=hidden,
            found="the sheet is hidden" if sheet.hidden else f"hidden rows: {len(hidden)}",
            fix="Delete them if they do not belong to the study.",
        )
    ]


def _lost(sheet: SheetFacts, header: list[str], source: Source, place: Place) -> list[Finding]:
    """Tell what the values alone do not show: merged cells, and formulas without value."""
    findings = []
    merged = sorted({row for row, last in sheet.merged if last > source.header_row})
    if merged:
        findings.append(
            place.finding(
                "cell-merged",
                "Each cell must stand alone; merged cells can't be read.",
                rows=tuple(merged),
                fix="Unmerge the cells and fill in every row.",
            )
        )
    named = {read_header_key(column.column) for column in source.columns.values()}
    named.add(read_header_key(source.id or ID))
    for column, title in enumerate(header, start=1):
        rows = sorted(row for row, at in sheet.uncalculated if at == column)
        if rows and read_header_key(title) in named:
            findings.append(
                Place(file=place.file, sheet=place.sheet, column=title).finding(
                    "cell-formula",
                    "A formula must have been calculated; this one has no value.",
                    rows=tuple(rows),
                    fix="Open the workbook, let it calculate, and save it.",
                )
            )
    return findings
