"""A grid: the cells of one sheet or text file as text, with the true row of each record."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from autallo.errors import Finding
from autallo.ingest.codes import Place

__all__ = ["Grid", "check_footer", "check_headers", "read_header_key", "read_shapes"]

SHAPES_SHOWN = 5
FOOTER = re.compile(
    r"(grand )?(total|sum|mean|median|average)s?:?|n ?[=:] ?[0-9]+"
    r"|(source|note|notes|legend|footnote|abbreviations) ?:.*",
    re.IGNORECASE,
)
INVISIBLE = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """One sheet or text file, every cell as text.

    Attributes
    ----------
    headers : tuple of str
        As written, left to right.
    columns : tuple of polars.Series of text
        One per header; an empty cell is "".
    rows : polars.Series of int
        The row that the user's own program shows for each record.
    blank_rows : int
        Rows skipped because every cell was empty.
    dates, numbers : mapping of column index to polars.Series of bool
        Cells that the workbook stores as dates or as numbers; absent for text files.
    """

    headers: tuple[str, ...]
    columns: tuple[pl.Series, ...]
    rows: pl.Series
    blank_rows: int
    dates: Mapping[int, pl.Series] = field(default_factory=dict)
    numbers: Mapping[int, pl.Series] = field(default_factory=dict)


def read_header_key(header: str) -> str:
    """Return a header without capitals, double spaces and invisible characters, to compare."""
    text = unicodedata.normalize("NFKC", INVISIBLE.sub("", header))
    return " ".join(text.casefold().split())


def read_shapes(values: Sequence[str]) -> str:
    """Describe values by their shapes (digit 9, letter a), at most five; never the values."""
    shapes = dict.fromkeys(_shape(value) for value in values)
    shown = [f'"{shape}"' for shape in list(shapes)[:SHAPES_SHOWN]]
    more = " and others" if len(shapes) > SHAPES_SHOWN else ""
    return f"values shaped {', '.join(shown)}{more}"


def _shape(value: str) -> str:
    letters = [
        "9" if mark.isdecimal() else "a" if mark.isalnum() else mark if mark.isprintable() else "?"
        for mark in value[:30]
    ]
    return "".join(letters) + ("..." if len(value) > 30 else "")


def check_headers(headers: Sequence[str], rows_line: int, place: Place) -> list[Finding]:
    """Refuse headers that are equal, but for capitals, spaces and forms of Unicode."""
    if not any(header.strip() for header in headers):
        return [
            place.finding(
                "header-missing",
                f"Row {rows_line} must hold the headers.",
                rows=(rows_line,),
                fix="Give the row of the headers in the study file: header_row: ...",
            )
        ]
    seen: dict[str, list[int]] = {}
    for position, header in enumerate(headers, start=1):
        if header.strip():
            seen.setdefault(read_header_key(header), []).append(position)
    findings = []
    for positions in seen.values():
        if len(positions) > 1:
            listed = ", ".join(str(position) for position in positions)
            findings.append(
                Place(file=place.file, sheet=place.sheet, column=headers[positions[0] - 1]).finding(
                    "header-duplicate",
                    "Each column must have a header of its own.",
                    rows=(rows_line,),
                    found=f"the same header, but for capitals and spaces, in columns {listed}",
                    fix="Rename one of them in the file.",
                )
            )
    return findings


def check_footer(grid: Grid, place: Place) -> list[Finding]:
    """Refuse totals and notes that stand below the records."""
    bad: list[int] = []
    for index in range(grid.rows.len() - 1, max(-1, grid.rows.len() - 6), -1):
        cells = [column[index].strip() for column in grid.columns]
        filled = [cell for cell in cells if cell]
        if filled and FOOTER.fullmatch(filled[0]):
            bad.append(int(grid.rows[index]))
    if not bad:
        return []
    return [
        place.finding(
            "row-footer",
            "Each row below the header must be a record, not a total or a note.",
            rows=tuple(sorted(bad)),
            fix="Delete the row from the file.",
        )
    ]
