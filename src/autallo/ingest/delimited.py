"""CSV text to a grid: strict about quotes and lengths of rows, never guessing.

The `csv` module splits the cells; everything that it would let pass in silence is refused here
with the row that the user sees.
"""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import TYPE_CHECKING

import polars as pl

from autallo.errors import Finding
from autallo.ingest.codes import Place
from autallo.ingest.grid import Grid, check_headers
from autallo.model.protocol import Source

if TYPE_CHECKING:
    from _csv import Reader

__all__ = ["read_delimited"]

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
CHUNK = 50_000
SNIFFED = 200
CODECS = {
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "windows-1252": "cp1252",
    "latin-1": "latin-1",
}


def read_delimited(data: bytes, source: Source, place: Place) -> tuple[Grid | None, list[Finding]]:
    """Return the cells of a CSV text, or None and what stands in the way."""
    text, findings = _decoded(data, source, place)
    if text is None:
        return None, findings
    delimiter = source.delimiter or _delimiter(text, source.header_row)
    if delimiter is None:
        ask = place.finding(
            "csv-delimiter",
            "It must be clear which character separates the cells.",
            found="more than one of comma, semicolon, tab and bar splits the header",
            fix='Add to the source in the study file: delimiter: ";"',
        )
        return None, [*findings, ask]
    lines = _lines_from(text, source.header_row)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows = _Rows(place, source.header_row)
    try:
        header = next(reader, [])
        stops = check_headers(header, source.header_row, place)
        if not stops:
            rows.take(reader, header)
    except csv.Error as error:
        stops = [_broken(error, source.header_row + rows.last_line, place)]
    grid, problems = rows.finished()
    findings += [*stops, *problems]
    return (None if stops else grid), findings


def _decoded(data: bytes, source: Source, place: Place) -> tuple[str | None, list[Finding]]:
    notes: list[Finding] = []
    codec = CODECS[source.encoding]
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codec = "utf-16"
        if source.encoding != "utf-16":
            notes = [
                place.finding("csv-utf16", "The text was read as UTF-16, as its first bytes say.")
            ]
    data = data.removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode(codec)
    except UnicodeDecodeError as error:
        return None, [_undecodable(data, error, source.encoding, place)]
    if text.startswith("\ufeff"):
        stop = place.finding(
            "csv-byte-order",
            "A text must begin with one byte order mark at most.",
            fix="Save the file again as CSV UTF-8.",
        )
        return None, [stop]
    if "\0" in text:
        row = _row_of(text, text.index("\0"))
        stop = place.finding(
            "csv-nul",
            "The text must not hold NUL characters.",
            rows=(row,),
            found=f"{text.count(chr(0))} in all",
            fix="Export the file again, or declare its encoding: utf-16?",
        )
        return None, [stop]
    return text, notes


def _undecodable(data: bytes, error: UnicodeDecodeError, encoding: str, place: Place) -> Finding:
    row = data.count(b"\n", 0, error.start) + 1
    byte = data[error.start : error.start + 1]
    reads = [
        f'"{byte.decode(codec, errors="replace")}" in {name}'
        for name, codec in CODECS.items()
        if name in {"windows-1252", "latin-1"} and name != encoding
    ]
    return place.finding(
        "csv-encoding",
        f"The text must be in the encoding {encoding}.",
        rows=(row,),
        found=f"byte {byte.hex().upper()}, which would be {' and '.join(reads)}",
        fix="Save the file as CSV UTF-8, or add to the source: encoding: windows-1252",
    )


def _row_of(text: str, position: int) -> int:
    return text.count("\n", 0, position) + 1


def _lines_from(text: str, header_row: int) -> Iterator[str]:
    lines = iter(io.StringIO(text, newline=""))
    for _ in range(header_row - 1):
        next(lines, "")
    return lines


def _delimiter(text: str, header_row: int) -> str | None:
    """Return the only character that splits the header, or the only one that fits every row."""
    widths = {mark: _widths(text, header_row, mark) for mark in DELIMITERS}
    splitting = [mark for mark, width in widths.items() if width and width[0] > 1]
    if len(splitting) > 1:
        splitting = [mark for mark in splitting if len(set(widths[mark])) == 1]
        return splitting[0] if len(splitting) == 1 else None
    return splitting[0] if splitting else ","


def _widths(text: str, header_row: int, mark: str) -> list[int]:
    reader = csv.reader(_lines_from(text, header_row), delimiter=mark)
    widths: list[int] = []
    try:
        for record in reader:
            widths += [len(record)] if record else []
            if len(widths) >= SNIFFED:
                break
    except csv.Error:
        return widths
    return widths


def _broken(error: csv.Error, row: int, place: Place) -> Finding:
    """Say what the csv module could not split, at the row where the record begins."""
    if "field larger" in str(error):
        return place.finding(
            "csv-cell-long",
            "A cell must not hold more than 131,072 characters.",
            rows=(row,),
            fix="Look for a quote that is not closed.",
        )
    if "NUL" in str(error):
        return place.finding("csv-nul", "The text must not hold NUL characters.", rows=(row,))
    return place.finding(
        "csv-quote",
        "A quote that is opened must be closed, and nothing may "
        "stand between it and the next cell.",
        rows=(row,),
        fix='Close the quote; write a quote inside a text twice: ""',
    )


class _Rows:
    """Collects records chunk by chunk, as columns."""

    def __init__(self, place: Place, header_row: int) -> None:
        self.place = place
        self.header_row = header_row
        self.header: list[str] = []
        self.chunks: list[list[pl.Series]] = []
        self.starts: list[int] = []
        self.blank = self.last_line = 0
        self.trailing: list[int] = []
        self.wrong: dict[int, int] = {}

    def take(self, reader: "Reader", header: list[str]) -> None:
        self.header = header
        width, offset = len(header), self.header_row
        self.last_line = last = reader.line_num
        chunk: list[list[str]] = []
        for record in reader:
            start, last = last + offset, reader.line_num
            self.last_line = last
            if not any(map(str.strip, record)):
                self.blank += 1
                continue
            if len(record) != width and not self._one_empty_more(record, width, start):
                self.wrong[start] = len(record)
                continue
            self.starts.append(start)
            chunk.append(record)
            if len(chunk) == CHUNK:
                self._store(chunk)
                chunk = []
        self._store(chunk)

    def _one_empty_more(self, record: list[str], width: int, start: int) -> bool:
        if len(record) != width + 1 or record[-1].strip():
            return False
        record.pop()
        self.trailing.append(start)
        return True

    def _store(self, chunk: list[list[str]]) -> None:
        columns = zip(*chunk, strict=True) if chunk else [()] * len(self.header)
        self.chunks.append([pl.Series(values, dtype=pl.String) for values in columns])

    def finished(self) -> tuple[Grid | None, list[Finding]]:
        """Return the grid, and what is wrong with the lengths of the rows."""
        if not self.chunks:
            return None, []
        findings = self._lengths()
        columns = tuple(pl.concat(parts) for parts in zip(*self.chunks, strict=True))
        grid = Grid(
            headers=tuple(self.header),
            columns=columns,
            rows=pl.Series(self.starts, dtype=pl.Int64),
            blank_rows=self.blank,
        )
        stopped = any(finding.code == "csv-row-length" for finding in findings)
        return (None if stopped else grid), findings

    def _lengths(self) -> list[Finding]:
        findings = []
        wrong = dict(self.wrong)
        if self.trailing and len(self.trailing) == len(self.starts) and not wrong:
            findings.append(
                self.place.finding(
                    "csv-trailing",
                    "Every row ends with an empty extra cell; it was left out.",
                    found=f"{len(self.trailing)} rows",
                )
            )
        else:
            wrong |= dict.fromkeys(self.trailing, len(self.header) + 1)
        if wrong:
            counts = sorted(set(wrong.values()))
            listed = ", ".join(
                f"{count} cells in {sum(found == count for found in wrong.values())} row(s)"
                for count in counts[:5]
            )
            findings.append(
                self.place.finding(
                    "csv-row-length",
                    f"Each row must have {len(self.header)} cells, as many as the header.",
                    rows=tuple(sorted(wrong)),
                    found=listed,
                    fix="Add or remove cells, or put a text that holds the separator in quotes.",
                )
            )
        return findings
