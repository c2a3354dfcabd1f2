"""What a workbook holds, looked at before any reader opens it.

The zip and its XML are walked here with fixed bounds: sizes, ratios, names, document types,
the span of each sheet. The same walk notes what the reader would lose: cells with an error,
formulas without a value, merged cells, hidden rows.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from xml.parsers import expat

from autallo.errors import Finding
from autallo.ingest.codes import Place

__all__ = ["BookFacts", "SheetFacts", "check_workbook"]

LARGEST_BYTES = 200_000_000
LARGEST_RATIO = 200
RATIO_COUNTS_FROM = 10_000_000
MOST_ENTRIES = 1000
LARGEST_GRID = 20_000_000
MOST_COLUMNS = 16_384
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ADDRESS = re.compile(r"([A-Z]{1,3})([0-9]{1,7})\Z")
WORKBOOK = "xl/workbook.xml"
WORKSHEET = "worksheet"


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetFacts:
    """What one sheet holds beside plain values.

    Attributes
    ----------
    name, kind : str
        Name of the sheet; "worksheet" or another kind that holds no records.
    hidden : bool
        The sheet itself is hidden.
    part : str
        Where it lies in the zip.
    errors : mapping of (row, column) to str
        Cells with an error such as ``#N/A``, counted from 1.
    uncalculated : tuple of (row, column)
        Formulas without a value.
    merged : tuple of (first row, last row)
        Rows of each range of merged cells.
    hidden_rows : tuple of int
        Rows that the user does not see.
    filled_rows : int
        Rows with at least one value.
    """

    name: str
    kind: str = WORKSHEET
    hidden: bool = False
    part: str = ""
    errors: Mapping[tuple[int, int], str] = field(default_factory=dict)
    uncalculated: tuple[tuple[int, int], ...] = ()
    merged: tuple[tuple[int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    filled_rows: int = 0


@dataclass(frozen=True, slots=True)
class BookFacts:
    """The sheets of a workbook in their order, and the notes about it."""

    sheets: tuple[SheetFacts, ...]
    findings: tuple[Finding, ...]


class _RefusedError(Exception):
    """Carries the one finding that ends the walk."""

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        super().__init__(finding.code)


def check_workbook(data: bytes, place: Place) -> tuple[BookFacts | None, list[Finding]]:
    """Return what a workbook holds, or None and why no reader may open it."""
    try:
        return _walked(data, place), []
    except _RefusedError as refusal:
        return None, [refusal.finding]
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        expat.ExpatError,
        ValueError,
        KeyError,
        NotImplementedError,
        OSError,
        RuntimeError,
    ):
        return None, [_damaged(place)]


def _damaged(place: Place) -> Finding:
    return place.finding(
        "book-damaged",
        "The workbook must be whole; it is cut off or damaged.",
        fix="Copy the file again, or open it and save it as a new .xlsx file.",
    )


def _walked(data: bytes, place: Place) -> BookFacts:
    if data.startswith(OLE2):
        raise _RefusedError(
            place.finding(
                "book-password",
                "The workbook must be an .xlsx file without password; "
                "this is a protected workbook or an old .xls file.",
                fix="Remove the password, or save it as .xlsx.",
            )
        )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        _check_entries(archive.infolist(), len(data), place)
        parts = {info.filename: _content(archive, info) for info in archive.infolist()}
    findings = _active(parts, place)
    sheets = _sheets(parts, place)
    walked_later = {sheet.part for sheet in sheets if sheet.kind == WORKSHEET}
    for name, content in parts.items():
        if name.endswith((".xml", ".rels")) and name not in walked_later:
            _Walk(place).feed(content)
    return BookFacts(tuple(_walked_sheet(sheet, parts, place) for sheet in sheets), tuple(findings))


def _walked_sheet(sheet: SheetFacts, parts: Mapping[str, bytes], place: Place) -> SheetFacts:
    if sheet.kind != WORKSHEET:
        return sheet
    walk = _SheetWalk(Place(file=place.file, sheet=sheet.name))
    walk.feed(parts[sheet.part])
    return replace(
        sheet,
        errors=walk.errors,
        uncalculated=tuple(walk.uncalculated),
        merged=tuple(walk.merged),
        hidden_rows=tuple(walk.hidden_rows),
        filled_rows=walk.filled_rows,
    )


def _check_entries(entries: list[zipfile.ZipInfo], packed: int, place: Place) -> None:
    total = sum(info.file_size for info in entries)
    if total > LARGEST_BYTES or (
        total > RATIO_COUNTS_FROM and total > LARGEST_RATIO * max(packed, 1)
    ):
        raise _RefusedError(
            place.finding(
                "book-size",
                "The workbook must not unpack to more than 200 MB, nor to 200 times its size.",
                found=f"{total:,} bytes from {packed:,}",
                fix="Save only the sheet with the records, as CSV.",
            )
        )
    names = [info.filename for info in entries]
    if (
        len(names) > MOST_ENTRIES
        or len({name.lower() for name in names}) < len(names)
        or any(_unsafe(name) for name in names)
    ):
        raise _RefusedError(_unneeded("names of parts", place))
    if any(info.flag_bits & 1 for info in entries):
        raise _RefusedError(
            place.finding(
                "book-password",
                "The workbook must not be protected by a password.",
                fix="Remove the password.",
            )
        )


def _unsafe(name: str) -> bool:
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or bool(re.search(r"[\\\x00-\x1f:]", name))


def _unneeded(what: str, place: Place) -> Finding:
    return place.finding(
        "book-unsafe",
        "The workbook must hold nothing that no workbook needs.",
        found=what,
        fix="Open it and save it as a new .xlsx file.",
    )


def _content(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    content = archive.read(info)
    if len(content) != info.file_size:
        raise zipfile.BadZipFile
    return content


def _active(parts: Mapping[str, bytes], place: Place) -> list[Finding]:
    kinds = {
        "vbaProject": "macros",
        "externalLinks/": "links to other files",
        "embeddings/": "embedded objects",
        "activeX/": "controls",
    }
    found = [word for mark, word in kinds.items() if any(mark in name for name in parts)]
    if not found:
        return []
    return [
        place.finding(
            "book-active",
            "Macros, links and objects of the workbook are ignored; only its values are read.",
            found=" and ".join(found),
        )
    ]


def _sheets(parts: Mapping[str, bytes], place: Place) -> list[SheetFacts]:
    if WORKBOOK not in parts:
        raise _RefusedError(_damaged(place))
    relations = _Relations(place)
    relations.feed(parts["xl/_rels/workbook.xml.rels"])
    book = _Book(place)
    book.feed(parts[WORKBOOK])
    sheets = []
    for name, relation, state in book.sheets:
        target, kind = relations.targets[relation]
        part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        sheets.append(
            SheetFacts(name=name, kind=kind, hidden=state in {"hidden", "veryHidden"}, part=part)
        )
    return sheets


class _Walk:
    """Walks one XML part; by itself it only refuses document types and false counts."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.size = 0

    def feed(self, content: bytes) -> None:
        self.size = len(content)
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self.doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.text
        parser.Parse(content, True)

    def doctype(self, *_: object) -> None:
        raise _RefusedError(_unneeded("a document type (DTD)", self.place))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.start(name.rsplit(" ", 1)[-1], attributes)

    def _end(self, name: str) -> None:
        self.end(name.rsplit(" ", 1)[-1])

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sst" and int(attributes.get("uniqueCount", 0)) > self.size:
            raise _RefusedError(_damaged(self.place))

    def end(self, name: str) -> None:
        """Nothing to do at the end of an element."""

    def text(self, text: str) -> None:
        """Nothing to do with text."""


class _Relations(_Walk):
    """Reads which part of the zip each sheet is."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship":
            kind = attributes["Type"].rsplit("/", 1)[-1]
            self.targets[attributes["Id"]] = (attributes["Target"], kind)


class _Book(_Walk):
    """Reads the names of the sheets."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.sheets: list[tuple[str, str, str]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheet":
            relation = next(value for key, value in attributes.items() if key.endswith(" id"))
            self.sheets.append((attributes["name"], relation, attributes.get("state", "visible")))


class _SheetWalk(_Walk):
    """Notes what a sheet holds beside plain values."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.errors: dict[tuple[int, int], str] = {}
        self.uncalculated: list[tuple[int, int]] = []
        self.merged: list[tuple[int, int]] = []
        self.hidden_rows: list[int] = []
        self.filled_rows = self.last_row = self.last_column = 0
        self.row = self.column = 0
        self.kind = ""
        self.formula = self.filled = self.in_value = False
        self.value: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match name:
            case "c":
                self._cell(attributes)
            case "row":
                self._row(attributes)
            case "f":
                self.formula = True
            case "v" | "t":
                self.in_value = True
            case "mergeCell":
                first, _, last = attributes["ref"].partition(":")
                self.merged.append((_address(first)[0], _address(last or first)[0]))

    def _row(self, attributes: dict[str, str]) -> None:
        self.row = int(attributes.get("r", self.row + 1))
        self.column = 0
        self.filled = False
        if attributes.get("hidden") in {"1", "true"}:
            self.hidden_rows.append(self.row)

    def _cell(self, attributes: dict[str, str]) -> None:
        if "r" in attributes:
            self.row, self.column = _address(attributes["r"])
        else:
            self.column += 1
        self.kind = attributes.get("t", "n")
        self.formula = False
        self.value = []
        self.last_row = max(self.last_row, self.row)
        self.last_column = max(self.last_column, self.column)
        if self.last_row * self.last_column > LARGEST_GRID or self.column > MOST_COLUMNS:
            raise _RefusedError(
                self.place.finding(
                    "book-grid",
                    "A sheet must not span more than 20 million cells.",
                    found=f"it reaches row {self.last_row:,}, column {self.last_column:,}",
                    fix="Delete what stands far right of or below the records.",
                )
            )

    def text(self, text: str) -> None:
        if self.in_value:
            self.value.append(text)

    def end(self, name: str) -> None:
        if name in {"v", "t"}:
            self.in_value = False
        elif name == "c":
            self._end_cell("".join(self.value))
        elif name == "row":
            self.filled_rows += self.filled

    def _end_cell(self, value: str) -> None:
        self.filled = self.filled or bool(value)
        if self.kind == "e" and value:
            self.errors[self.row, self.column] = value
        elif self.formula and not value and self.kind != "str":
            self.uncalculated.append((self.row, self.column))


def _address(text: str) -> tuple[int, int]:
    """Return row and column of an address such as E7, counted from 1."""
    match = ADDRESS.match(text)
    if match is None:
        raise ValueError
    column = 0
    for letter in match.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match.group(2)), column
