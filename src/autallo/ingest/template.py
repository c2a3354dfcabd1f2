"""What a new study starts from: a study file that explains itself, and a workbook to fill in."""

import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import xlsxwriter

from autallo.errors import SystemFaultError, UserError
from autallo.model.tables import DICTIONARY, KNOWN_TABLES, ColumnMeaning

__all__ = ["write_template"]

BOOK = "records.xlsx"
STUDY = "study.yaml"
ROWS_TO_FILL = 2000
#: Strings stay strings: nothing that is written becomes a formula, a link or a number.
SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
    "in_memory": True,
}
ABOUT: dict[str, str] = {
    "patients": "one row per patient",
    "transplants": "one row per transplant",
    "infusions": "one row per product infused",
    "chimerism": "one row per sample and cell fraction",
    "responses": "one row per assessment",
    "kinetics": "one row per blood sample",
    "events": "one row per event; last_contact closes the follow-up",
}
HEAD = """\
# A study of Autallo. Everything that is decided before looking at the outcomes stands here.
# Check it with `autallo check study.yaml`, run it with `autallo run study.yaml`.

study:
  id: my_study
  title: Autologous and allogeneic CAR T cells
  seed: 20190217                    # for whatever is drawn at random
  # data_cutoff: 2024-12-31         # records after this day are ignored

sources:                            # one table per kind of record; delete those you do not have
"""
TAIL = """
groups:
  by: product_source                # derived by the clinical rule, or any column of `patients`
  levels: [autoCAR, RD-alloCAR]
  compare: [[RD-alloCAR, autoCAR]]  # first against second, the reference

# population:
#   include: age_years >= 18        # comparisons joined by and, or, not

outcomes:
  overall_survival:
    {kind: time_to_event, endpoint: OS, at_months: [6, 12], label: Overall survival}
  relapse: {kind: competing_risks, endpoint: RI, at_months: [6, 12], label: Relapse}
  complete_remission:
    kind: binary
    from: best_response
    is: [CR, CRi]
    by_day: 30
    label: Complete remission by day 30
  severe_crs:
    kind: binary
    from: crs_max_grade
    at_least: 3
    label: Severe cytokine release syndrome (grade 3 or higher)
  crs_grade: {kind: ordinal, from: crs_max_grade, label: Grade of cytokine release syndrome}

# factors:                          # the univariate analysis within groups
#   cgvhd_at_collection: {within: [RD-alloCAR], outcomes: [overall_survival, crs_grade]}

# models:                           # several covariates at once; `group` is the arm
#   full: {outcomes: [overall_survival], covariates: [group, age_years]}

# adjusted:                         # the arms weighted until their covariates are alike
#   by_overlap: {outcomes: [overall_survival], covariates: [age_years], weights: overlap}

# sensitivity:                      # the comparisons again among some of the patients
#   refractory: {include: disease_status == 'refractory'}

table1: [age_years, sex, disease_status, blasts_pct, prior_lines]

labels:                             # how the columns are printed
  age_years: Age
  sex: Sex
  disease_status: Disease status
  blasts_pct: Marrow blasts
  prior_lines: Lines of prior therapy
"""


def write_template(folder: Path) -> tuple[Path, ...]:
    """Write a study file and a workbook into a new or empty folder.

    Raises
    ------
    UserError
        If the folder holds anything, or is no folder; nothing is ever overwritten.
    SystemFaultError
        If the system refuses to write; what was written is taken away again.
    """
    try:
        _refuse_filled(folder)
        return _written(folder, {STUDY: "\n".join(_study_lines()).encode(), BOOK: _book()})
    except OSError as error:
        raise SystemFaultError.one(
            "cannot-write",
            f"Can't write the new study: {(error.strerror or 'the system refused').lower()}.",
            file=folder.name,
            fix="Choose another folder, or make room.",
        ) from None


def _refuse_filled(folder: Path) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError.one(
            "folder-not-empty",
            "A new study must have a folder of its own.",
            file=folder.name,
            found="the folder holds files" if folder.is_dir() else "a file of this name",
            fix="Choose another name, or empty the folder.",
        )


def _written(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write files that are not there yet: all of them, or nothing at all."""
    absent = [place for place in (folder, *folder.parents) if not place.exists()]
    made: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            with (folder / name).open("xb") as stream:
                made.append(folder / name)
                stream.write(content)
    except BaseException:
        for path in made:
            path.unlink(missing_ok=True)
        for place in absent:
            if place.is_dir():
                place.rmdir()
        raise
    return tuple(made)


def _study_lines() -> Iterator[str]:
    yield HEAD.rstrip("\n")
    for table in KNOWN_TABLES:
        yield f"  {table}:".ljust(36) + f"# {ABOUT[table]}"
        yield f"    file: {BOOK}"
        yield f"    sheet: {table}"
        yield "    id: patient_id"
        yield "    columns:                        # our name: the header in the file"
        for column in _columns(table):
            if column.name == "age_years":
                yield (
                    "      # age_years: age_years".ljust(58) + "# derived; only without birth_date"
                )
            elif column.name != "patient_id":
                yield f"      {column.name}: {column.name}".ljust(58) + f"# {column.meaning}"
    yield TAIL


def _columns(table: str) -> Iterator[ColumnMeaning]:
    return (column for column in DICTIONARY if column.table == table)


def _book() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, SAFE) as book:
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        formats = {
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "text": book.add_format({"num_format": "@"}),
        }
        for table in KNOWN_TABLES:
            sheet = book.add_worksheet(table)
            sheet.freeze_panes(1, 1)
            for position, column in enumerate(_columns(table)):
                sheet.write_string(0, position, column.name, head)
                sheet.set_column(position, position, 18, formats.get(column.type))
                sheet.write_comment(0, position, _described(column))
                rule = _rule(column)
                if rule:
                    sheet.data_validation(1, position, ROWS_TO_FILL, position, rule)
        _write_dictionary(book, head)
    return stream.getvalue()


def _described(column: ColumnMeaning) -> str:
    parts = [column.meaning, f"Unit: {column.unit}." if column.unit else "", _allowed(column)]
    return " ".join(part for part in parts if part)


def _allowed(column: ColumnMeaning) -> str:
    if column.allowed:
        return "One of: " + ", ".join(column.allowed) + "."
    if column.low is not None and column.high is not None:
        return f"{column.low:g} to {column.high:g}."
    return {"boolean": "yes or no.", "date": "A date: 2021-04-03."}.get(column.type, "")


def _rule(column: ColumnMeaning) -> dict[str, Any] | None:
    """Return what the spreadsheet program accepts in the cells of a column."""
    options = list(column.allowed) or (["yes", "no"] if column.type == "boolean" else [])
    told = {
        "error_type": "warning",  # `>2000` and `ND` may stand: the study file declares them
        "error_title": "Autallo",
        "error_message": _described(column)[:255],
    }
    if options:
        return {"validate": "list", "source": options, **told}
    if column.low is not None and column.high is not None:
        kind = "integer" if column.type == "integer" else "decimal"
        limits = {"minimum": column.low, "maximum": column.high}
        return {"validate": kind, "criteria": "between", **limits, **told}
    return None


def _write_dictionary(book: Any, head: Any) -> None:
    sheet = book.add_worksheet("dictionary")
    sheet.freeze_panes(1, 0)
    titles = ("table", "column", "meaning", "type", "unit", "allowed", "needed", "identifies")
    for position, title in enumerate(titles):
        sheet.write_string(0, position, title, head)
    sheet.set_column(0, 1, 20)
    sheet.set_column(2, 2, 50)
    sheet.set_column(5, 5, 50)
    for row, column in enumerate(DICTIONARY, start=1):
        cells = (
            column.table,
            column.name,
            column.meaning,
            column.type,
            column.unit or "",
            _allowed(column),
            "yes" if column.required else "",
            "yes" if column.identifying else "",
        )
        for position, text in enumerate(cells):
            sheet.write_string(row, position, text)
