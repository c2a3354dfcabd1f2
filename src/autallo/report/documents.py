"""The files of a report, written into one empty folder: documents, figures, numbers, problems."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from autallo.errors import Finding
from autallo.model.results import Results
from autallo.report.docx import write_docx
from autallo.report.html import write_html
from autallo.report.numbers import format_text
from autallo.report.outline import write_outline
from autallo.report.picture import Picture

__all__ = ["PROBLEM_COLUMNS", "write_problems", "write_report"]

PROBLEM_COLUMNS = (
    "code", "severity", "file", "sheet", "row", "column", "found", "sentence", "fix",
)  # fmt: skip
#: A cell that starts with one of these is run as a formula by spreadsheet programs.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_report(results: Results, folder: Path, *, figures: bool = True) -> tuple[str, ...]:
    """Write the whole report into an empty folder and return the names written, in order.

    The caller gives a fresh folder and moves it into place when all is written.

    Raises
    ------
    ValueError
        If the folder does not exist or holds anything.
    OSError
        If the machine refuses to write.
    """
    if not folder.is_dir() or any(folder.iterdir()):
        raise ValueError("`folder` must be an existing empty folder.")
    pictures = _pictures(results) if figures else ()
    outline = write_outline(results, pictures)
    parts: dict[str, bytes] = {
        "report.html": write_html(outline).encode("utf-8"),
        "report.docx": write_docx(outline),
        # Half a surrogate pair cannot be UTF-8; as an escape it is valid JSON and reads back.
        "results.json": results.to_json().encode("utf-8", errors="backslashreplace"),
        "problems.csv": write_problems(results.findings).encode("utf-8"),
    }
    for picture in outline.pictures:
        parts[f"figures/{picture.name}.svg"] = picture.svg.encode("utf-8")
        parts[f"figures/{picture.name}.png"] = picture.png
    if outline.pictures:
        (folder / "figures").mkdir()
    for name, data in parts.items():
        with (folder / name).open("xb") as file:
            file.write(data)
    return tuple(parts)


def write_problems(findings: tuple[Finding, ...]) -> str:
    """Return every finding as CSV, one line for each row of the records that it names.

    No cell is a formula: a text that would start one gets an apostrophe in front, a number not.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(PROBLEM_COLUMNS)
    for finding in findings:
        for row in _rows(finding):
            writer.writerow([_harmless(cell) for cell in row])
    return "\ufeff" + text.getvalue()


def _pictures(results: Results) -> tuple[Picture, ...]:
    from autallo.report.figures import figure_all

    return tuple(figure_all(results))


def _rows(finding: Finding) -> Iterator[tuple[str, ...]]:
    """Yield the finding once for each row; a place in the study file counts as a row."""
    places = finding.rows or ((finding.line,) if finding.line is not None else (None,))
    for place in places:
        yield (
            finding.code,
            finding.severity.value,
            finding.file or "",
            finding.sheet or "",
            "" if place is None else str(place),
            finding.column or "",
            finding.found or "",
            finding.sentence,
            finding.fix or "",
        )


def _harmless(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, but leave numbers as they are."""
    plain = format_text(cell)
    if not cell.startswith(FORMULA_STARTS) and not plain.lstrip().startswith(FORMULA_STARTS):
        return plain
    try:
        float(plain)
    except ValueError:
        return f"'{plain}"
    return plain
