"""The files of a study to typed tables, with every problem of every file."""

import difflib
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath

from autallo.errors import Finding, Severity
from autallo.ingest.cells import read_cells
from autallo.ingest.codes import Place
from autallo.ingest.columns import read_plans
from autallo.ingest.delimited import read_delimited
from autallo.ingest.grid import Grid, check_footer
from autallo.ingest.study_file import StudyFile
from autallo.ingest.workbooks import Book, read_book, read_sheet
from autallo.model.protocol import Source
from autallo.model.tables import KNOWN_TABLES, CleanedCells, ReadColumn, Table, Tables

__all__ = ["Reading", "read_tables"]

TEXT_ENDINGS = (".csv", ".tsv", ".txt")
BOOK_ENDINGS = (".xlsx", ".xlsm")
LARGEST_TEXT = 2**30
LARGEST_BOOK = 200_000_000
MOST_FINDINGS = 10_000
SPREADSHEET_LIMITS = (65_536, 1_048_576)
ZIP, OLE2 = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
HTML = re.compile(rb"\s*(?:\xef\xbb\xbf)?\s*<(?:!doctype|html|table|\?xml)", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read: the tables that could be, and every problem found on the way."""

    tables: Tables
    findings: tuple[Finding, ...]


class _Shelf:
    """Collects what the sources of one study give."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables: dict[str, Table] = {}
        self.sha256: dict[str, str] = {}
        self.cleaned: list[CleanedCells] = []
        self.findings: list[Finding] = []
        self.opened: dict[str, bytes | Book | None] = {}


def read_tables(study_file: StudyFile) -> Reading:
    """Read every source of a study; bad data never raise, all of it is told."""
    shelf = _Shelf(study_file.folder)
    sources = study_file.protocol.sources
    if "patients" not in sources:
        shelf.findings.append(
            Place(file=study_file.path.name).finding(
                "table-patients",
                "There must be a source `patients`, one row per patient.",
                fix="Add it under `sources` in the study file.",
            )
        )
    for name, source in sources.items():
        if name in KNOWN_TABLES:
            _read_source(name, source, shelf)
        else:
            shelf.findings.append(_unknown_table(name, study_file.path.name))
    shelf.findings += _same_files(sources, shelf.sha256)
    tables = Tables(tables=shelf.tables, sha256=shelf.sha256, cleaned=tuple(shelf.cleaned))
    return Reading(tables=tables, findings=_capped(shelf.findings))


def _unknown_table(name: str, file: str) -> Finding:
    near = difflib.get_close_matches(name, KNOWN_TABLES, n=1)
    return Place(file=file).finding(
        "table-unknown",
        f"`{name}` under `sources` is not a known kind of table.",
        fix=f"Did you mean `{near[0]}`?" if near else f"Known: {', '.join(KNOWN_TABLES)}.",
    )


def _read_source(name: str, source: Source, shelf: _Shelf) -> None:
    place = Place(file=source.file)
    if source.file not in shelf.opened:
        shelf.opened[source.file] = _opened(source.file, shelf, place)
    content = shelf.opened[source.file]
    if content is None:
        return
    grid, sheet, findings = _grid(content, source, place)
    shelf.findings += findings
    if isinstance(content, bytes) and source.sheet is not None:
        shelf.findings.append(_sheet_misplaced(source.sheet, place))
    if grid is None:
        return
    here = Place(file=source.file, sheet=sheet)
    plans, findings = read_plans(grid, source, name, here)
    frame, told, cleaned = read_cells(grid, plans, source.file)
    shelf.findings += [*_whole_rows(grid, here), *findings, *told]
    shelf.cleaned += cleaned
    used = {plan.index for plan in plans}
    shelf.tables[name] = Table(
        name=name,
        file=source.file,
        sheet=sheet,
        frame=frame,
        columns=tuple(
            ReadColumn(
                name=plan.name,
                header=plan.header,
                type=plan.type,
                unit=plan.unit,
                identifying=plan.identifying,
            )
            for plan in plans
        ),
        unused=tuple(h for i, h in enumerate(grid.headers) if i not in used and h.strip()),
        rows_read=grid.rows.len(),
        blank_rows=grid.blank_rows,
    )


def _sheet_misplaced(sheet: str, place: Place) -> Finding:
    return place.finding(
        "sheet-misplaced",
        "Only a workbook has sheets; this file is plain text.",
        found=f'sheet: "{sheet}"',
        fix="Leave `sheet` out, or name the workbook.",
    )


def _bytes(folder: Path, name: str, place: Place) -> tuple[bytes | None, list[Finding]]:
    """Return the content of a file inside the study's folder."""
    if _leads_outside(folder, name):
        return None, [
            place.finding(
                "file-path",
                "A file must be named by its place in the study's folder.",
                fix="Copy the file beside the study file and write its name alone.",
            )
        ]
    path = folder / name
    try:
        if not path.exists():
            return None, [_not_there(path, place)]
        if not path.is_file():
            return None, [
                place.finding(
                    "file-unreadable",
                    "A source must be a file, not a folder or device.",
                    fix="Name the file.",
                )
            ]
        size = path.stat().st_size
        most = LARGEST_BOOK if path.suffix.lower() in BOOK_ENDINGS else LARGEST_TEXT
        if size > most:
            return None, [
                place.finding(
                    "file-size",
                    f"A file must not be larger than {most:,} bytes.",
                    found=f"{size:,} bytes",
                    fix="Split the file by kind of record.",
                )
            ]
        return path.read_bytes(), []
    except (OSError, ValueError):
        return None, [
            place.finding(
                "file-unreadable",
                "The file can't be opened.",
                fix="Check the name and the permissions of the file.",
            )
        ]


def _leads_outside(folder: Path, name: str) -> bool:
    foreign = PureWindowsPath(name)
    if "://" in name or foreign.is_absolute() or foreign.drive or foreign.root:
        return True
    if ".." in foreign.parts or re.search(r"[\x00-\x1f]", name):
        return True
    try:
        return not (folder / name).resolve().is_relative_to(folder.resolve())
    except (OSError, RuntimeError):
        return True


def _not_there(path: Path, place: Place) -> Finding:
    names = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1)
    return place.finding(
        "file-missing",
        "There is no file of this name beside the study file.",
        fix=f'Did you mean "{near[0]}"?' if near else "Check the name.",
    )


def _opened(name: str, shelf: _Shelf, place: Place) -> bytes | Book | None:
    """Return a text or a workbook, after the content was found to fit the name."""
    data, stops = _bytes(shelf.folder, name, place)
    shelf.findings += stops
    if data is None:
        return None
    shelf.sha256[name] = hashlib.sha256(data).hexdigest()
    ending = Path(name).suffix.lower()
    stop = _misfit(data, ending, place)
    if stop is not None:
        shelf.findings.append(stop)
        return None
    if ending in TEXT_ENDINGS:
        return data
    book, findings = read_book(data, place)
    shelf.findings += findings
    return book


def _misfit(data: bytes, ending: str, place: Place) -> Finding | None:
    if not data.strip():
        return place.finding("file-empty", "The file must not be empty.", fix="Export it again.")
    if ending not in TEXT_ENDINGS + BOOK_ENDINGS:
        return place.finding(
            "file-kind",
            "A file must be .csv, .tsv, .txt or .xlsx.",
            found=f'the ending "{ending}"',
            fix="Save it as CSV or as .xlsx.",
        )
    disguise = _disguise(data, ending)
    if disguise:
        return place.finding(
            "file-disguised",
            f"The content of a {ending} file must be what its name says.",
            found=disguise,
            fix="Open it in a spreadsheet program and save it as .xlsx.",
        )
    return None


def _grid(
    content: bytes | Book, source: Source, place: Place
) -> tuple[Grid | None, str | None, list[Finding]]:
    if isinstance(content, Book):
        return read_sheet(content, source, place)
    grid, findings = read_delimited(content, source, place)
    return grid, None, findings


def _disguise(data: bytes, ending: str) -> str | None:
    """Say what a file really is, if not what its name says."""
    if HTML.match(data):
        return "a web page or XML"
    if ending in TEXT_ENDINGS:
        if data.startswith(ZIP):
            return "a workbook (.xlsx) or another zip"
        return "an old workbook (.xls)" if data.startswith(OLE2) else None
    return None if data.startswith((ZIP, OLE2)) else "text, perhaps CSV"


def _whole_rows(grid: Grid, place: Place) -> list[Finding]:
    findings = check_footer(grid, place)
    if grid.rows.len() and int(grid.rows[-1]) in SPREADSHEET_LIMITS:
        findings.append(
            place.finding(
                "rows-truncated",
                "The file ends at the last row that a spreadsheet "
                "program can hold; records may have been cut off.",
                found=f"{int(grid.rows[-1]):,} rows",
                fix="Compare with the source.",
            )
        )
    return findings


def _same_files(sources: dict[str, Source], sha256: dict[str, str]) -> list[Finding]:
    first: dict[str, str] = {}
    findings = []
    for source in sources.values():
        content = sha256.get(source.file)
        if content is not None and first.setdefault(content, source.file) != source.file:
            findings.append(
                Place(file=source.file).finding(
                    "file-same",
                    "Two files must not have the same content.",
                    found=f'the same as "{first[content]}"',
                    fix="Name the right file.",
                )
            )
    return findings


def _capped(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    told = sorted(findings, key=lambda finding: (finding.file or "", finding.rows[:1]))
    if len(told) <= MOST_FINDINGS:
        return tuple(told)
    more = Finding(
        code="too-many",
        severity=Severity.STOP,
        sentence="There are more problems than are listed.",
        found=f"{len(told) - MOST_FINDINGS:,} more",
    )
    return (*told[:MOST_FINDINGS], more)
