"""Write the workbooks of this folder again, byte for byte: ``python make_workbooks.py``."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import xlsxwriter

HERE = Path(__file__).parent
HEAD = ["PID", "Arm", "FU", "Died"]
ROWS = [
    ["P01", "auto", 100, True], ["P02", "auto", 200, False], ["P03", "auto", 300, False],
    ["P04", "allo", 150, True], ["P05", "allo", 250, False], ["P06", "allo", 350, True],
]  # fmt: skip


def book(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    """Return the bytes of a workbook that a function fills."""
    memory = io.BytesIO()
    with xlsxwriter.Workbook(memory, {"in_memory": True}) as made:
        made.set_properties({"created": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)})
        fill(made)
    return memory.getvalue()


def table(made: xlsxwriter.Workbook, name: str, head: list, rows: list[list]):
    """Write one sheet and return it."""
    sheet = made.add_worksheet(name)
    day = made.add_format({"num_format": "yyyy-mm-dd"})
    for at, cells in enumerate([head, *rows]):
        for column, cell in enumerate(cells):
            if isinstance(cell, dt.date):
                sheet.write_datetime(at, column, cell, day)
            elif isinstance(cell, str) and cell.startswith("="):
                sheet.write_formula(at, column, *cell.split("|"))
            elif cell is not None:
                sheet.write(at, column, cell)
    return sheet


def rewritten(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    """Return the same zip with changed parts."""
    memory = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(memory, "w") as new:
        for info in old.infolist():
            new.writestr(info, change(info.filename, old.read(info)), zipfile.ZIP_DEFLATED)
    return memory.getvalue()


def clean(made: xlsxwriter.Workbook) -> None:
    """Real dates, numbers, yes and no, blank rows, two sheets, a formula with its value."""
    table(made, "notes", ["remark"], [["nothing to read"]])
    born = [dt.date(1980 + year, 2, 3) for year in range(6)]
    rows = [[*row, day, "=1+1||2"] for row, day in zip(ROWS, born, strict=True)]
    table(made, "patients", [*HEAD, "Born", "Lines"], [*rows[:3], [], *rows[3:]])


def several_sheets(made: xlsxwriter.Workbook) -> None:
    """Two sheets with records."""
    table(made, "2019", HEAD, ROWS[:3])
    table(made, "2020", HEAD, ROWS[3:])


def cells(made: xlsxwriter.Workbook) -> None:
    """Errors, formulas without value, merged and hidden cells, swapped dates, long codes."""
    day = dt.date(2020, 3, 4)
    head = [*HEAD, "Born", "Lines", "Site", "Code", "Unused"]
    extra = [
        [day, "=1/0||#DIV/0!", "A1", 12345678901234567, "=2+2||"],
        ["13/04/1980", "=1+1||", day, 12345678901234568, None],
        [day, 2, "A2", 3, None], [day, 2, "A2", 4, None],
        [day, 2, "A2", 5, None], [day, 2, "A2", 6, None],
    ]  # fmt: skip
    rows = [[*row, *more] for row, more in zip(ROWS, extra, strict=True)]
    sheet = table(made, "patients", head, rows)
    sheet.merge_range(3, 6, 4, 6, "A2")
    sheet.set_row(5, None, None, {"hidden": True})
    made.add_worksheet("empty")


def main() -> None:
    """Write all workbooks."""
    broken = book(several_sheets)
    made = {
        "book-clean": book(clean),
        "book-several-sheets": broken,
        "book-sheet-misspelt": book(clean),
        "book-cells": book(cells),
        "book-cut-off": broken[:-1000],
        "book-document-type": rewritten(
            book(clean),
            lambda name, part: (
                part.replace(b"<workbook ", b'<!DOCTYPE x [<!ENTITY a "b">]>\n<workbook ', 1)
                if name == "xl/workbook.xml"
                else part
            ),
        ),
        "book-far-cell": rewritten(
            book(clean),
            lambda name, part: (
                part.replace(
                    b"</sheetData>",
                    b"<row r='1048576'><c r='XFD1048576'><v>1</v></c></row></sheetData>",
                )
                if name == "xl/worksheets/sheet2.xml"
                else part
            ),
        ),
        "book-bomb": rewritten(
            book(clean),
            lambda name, part: (
                part.replace(b"nothing to read", b"x" * 12_000_000)
                if name == "xl/sharedStrings.xml"
                else part
            ),
        ),
    }
    memory = io.BytesIO(book(clean))
    with zipfile.ZipFile(memory, "a") as archive:
        archive.writestr(zipfile.ZipInfo("xl/vbaProject.bin"), b"macro")
        archive.writestr(zipfile.ZipInfo("xl/externalLinks/link.bin"), b"link")
    made["book-with-macros"] = memory.getvalue()
    for name, data in made.items():
        (HERE / name).mkdir(exist_ok=True)
        (HERE / name / "records.xlsx").write_bytes(data)


if __name__ == "__main__":
    main()
