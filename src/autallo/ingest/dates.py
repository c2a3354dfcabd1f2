"""Text to dates: ISO, a declared format, or day and month told apart by the whole column."""

import re
from collections.abc import Callable
from datetime import date

import polars as pl

from autallo.errors import Finding, Severity
from autallo.ingest.cell_text import CellText, TypedCells

__all__ = ["read_dates"]

ISO = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
COMPACT = r"^(?:19|20)[0-9]{6}$"
MIDNIGHT = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?$"
NUMERIC = r"^([0-9]{1,2})[/.\-]([0-9]{1,2})[/.\-]([0-9]{4})$"
EARLIEST, LATEST = date(1900, 3, 1), date(2100, 12, 31)
SENTINELS = (date(9999, 12, 31), date(1900, 1, 1), date(1899, 12, 30), date(1899, 12, 31))
ZONE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ].*(?:Z|[+-][0-9]{2}:?[0-9]{2})")
PARTIAL = re.compile(
    r"(?:19|20)[0-9]{2}|[0-9]{1,2}[/.\-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-[0-9]{2}"
    r"|(?:UNK?|XX|\?\?)[\-/. ].*|[^\W0-9_]{3,9}[ \-/.](?:19|20)[0-9]{2}",
    re.IGNORECASE,
)
SHORT_YEAR = re.compile(r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2}")
SERIAL = re.compile(r"[0-9]{5}(?:\.[0-9]+)?")
DATE_LIKE = re.compile(f"{ISO[1:-1]}|{COMPACT[1:-1]}|{NUMERIC[1:-1]}")
SEPARATOR = r"^[0-9]+([/.\-])[0-9]+([/.\-])[0-9]+$"
WORDS = {
    "date-impossible": ("There must be such a day in the calendar.", "Correct the cells."),
    "date-partial": (
        "A date must have day, month and year.",
        "Complete the dates, or leave the cells empty.",
    ),
    "date-serial": (
        "A date must be written as a date; a number may be the day count of a spreadsheet program.",
        "Format the cells as dates: 2021-04-03?",
    ),
    "date-zone": ("A date must have no time zone.", "Write the day alone: 2021-04-03"),
}


def read_dates(cells: CellText) -> TypedCells:
    """Read a column of dates; what can be read two ways is asked for."""
    text = cells.text
    value, cleaned = _iso(cells)
    findings: list[Finding] = []
    if cells.plan.spec.format is not None:
        declared = _declared(text, cells.plan.spec.format)
        stored = cells.dates if cells.dates is not None else _none(text)
        value = value.zip_with(stored, declared)
        unread = value.is_null()
        findings += _mixed(cells, ~stored & value.is_not_null(), Severity.WARN)
    else:
        numeric = text.str.contains(NUMERIC).fill_null(value=False) & value.is_null()
        ordered, told, rule = _told_apart(cells, numeric)
        findings += told
        cleaned += rule
        value = value.zip_with(~numeric, ordered)
        unread = value.is_null() & ~(numeric if told else _none(text))
        if not told:
            findings += _mixed(cells, numeric & value.is_not_null(), Severity.STOP)
    findings += cells.sorted_out(
        unread & text.is_not_null(), _kind_by(cells.plan.spec.format), _words(cells)
    )
    value, told = _bounded(cells, value)
    return TypedCells(
        series=(value.alias(cells.plan.name),),
        findings=(*findings, *told),
        cleaned=tuple((rule, rows) for rule, rows in cleaned if rows),
    )


def _words(cells: CellText) -> dict[str, tuple[str, str]]:
    """Return what is said of each kind of unreadable cell of this column."""
    plan, written = cells.plan, cells.plan.spec.format
    mark = _separator(cells.text.filter(cells.text.str.contains(SHORT_YEAR.pattern))) or "/"
    short = plan.declared(format=mark.join(("%d", "%m", "%y")))
    form = f"Write 2021-04-03, or declare how it is written: {plan.declared(format='%d %b %Y')}"
    if written is not None:
        form = f'Write all dates as declared, format: "{written}", or declare another.'
    return {
        **WORDS,
        "date-short-year": (
            "A year must have four digits.",
            f"Write four digits, or declare: {short}",
        ),
        "date-form": ("A date must be written as year-month-day, or as declared.", form),
    }


def _separator(text: pl.Series) -> str | None:
    """Return what stands between day, month and year, if it is the same everywhere."""
    found = {*text.str.extract(SEPARATOR, 1), *text.str.extract(SEPARATOR, 2)} - {None}
    return found.pop() if len(found) == 1 else None


def _none(text: pl.Series) -> pl.Series:
    return pl.repeat(value=False, n=text.len(), dtype=pl.Boolean, eager=True)


def _pattern(written: str) -> str:
    """Return the regular expression of a declared format."""
    parts = {"d": "[0-9]{1,2}", "m": "[0-9]{1,2}", "Y": "[0-9]{4}", "y": "[0-9]{2}"}
    marks = iter(written)
    found = [
        parts.get(next(marks, ""), "[A-Za-z]+") if mark == "%" else re.escape(mark)
        for mark in marks
    ]
    return "^" + "".join(found) + "$"


def _declared(text: pl.Series, written: str) -> pl.Series:
    """Read dates as they are declared to be written, and nothing else."""
    fitting = text.str.contains(_pattern(written)).fill_null(value=False)
    return text.set(~fitting, None).str.to_date(written, strict=False)


def _iso(cells: CellText) -> tuple[pl.Series, list[tuple[str, tuple[int, ...]]]]:
    """Read year-month-day, with or without hyphens; a time of day is left out."""
    text = cells.text
    timed = text.str.contains(MIDNIGHT).fill_null(value=False)
    compact = text.str.contains(COMPACT).fill_null(value=False)
    plain = text
    if timed.any():
        plain = text.str.slice(0, 10).zip_with(timed, plain)
    if compact.any():
        hyphened = text.str.slice(0, 4) + "-" + text.str.slice(4, 2) + "-" + text.str.slice(6, 2)
        plain = hyphened.zip_with(compact, plain)
    plain = plain.set((~plain.str.contains(ISO)).fill_null(value=False), None)
    cleaned = [("time of day left out", cells.rows_where(timed))]
    return plain.str.to_date("%Y-%m-%d", strict=False), cleaned


def _told_apart(
    cells: CellText, numeric: pl.Series
) -> tuple[pl.Series, list[Finding], list[tuple[str, tuple[int, ...]]]]:
    """Tell day from month by the whole column: one date that can be read in one way decides."""
    text = cells.text
    if not numeric.any():
        return pl.repeat(None, text.len(), dtype=pl.Date, eager=True), [], []
    first, second, year = (text.str.extract(NUMERIC, part) for part in (1, 2, 3))
    day_first = numeric & (first.cast(pl.Int64) > 12).fill_null(value=False)
    month_first = numeric & (second.cast(pl.Int64) > 12).fill_null(value=False)
    nothing = pl.repeat(None, text.len(), dtype=pl.Date, eager=True)
    if day_first.any() and month_first.any():
        return nothing, [_contradiction(cells, day_first, month_first)], []
    if not day_first.any() and not month_first.any():
        same = first.cast(pl.Int64) == second.cast(pl.Int64)
        if not (numeric & ~same).fill_null(value=False).any():
            month_first = numeric
        else:
            return nothing, [_ambiguous(cells, numeric)], []
    day, month = (first, second) if day_first.any() else (second, first)
    joined = year + "-" + month.str.zfill(2) + "-" + day.str.zfill(2)
    order = "day/month/year" if day_first.any() else "month/day/year"
    rule = [(f"read as {order}", cells.rows_where(numeric))]
    return joined.set(~numeric, None).str.to_date("%Y-%m-%d", strict=False), [], rule


def _ambiguous(cells: CellText, numeric: pl.Series) -> Finding:
    rows = cells.rows_where(numeric)
    fix = "Write the dates as year-month-day."
    mark = _separator(cells.text.filter(numeric))
    if mark is not None:
        day, month = mark.join(("%d", "%m", "%Y")), mark.join(("%m", "%d", "%Y"))
        fix = f'Write in the study file: {cells.plan.declared(format=day)}, or with "{month}"'
    return cells.plan.place.finding(
        "date-ambiguous",
        "It must be clear which is the day and which the month.",
        rows=rows,
        found=f"{len(rows)} dates can be read both ways and none decides",
        fix=fix,
    )


def _contradiction(cells: CellText, day_first: pl.Series, month_first: pl.Series) -> Finding:
    days, months = cells.rows_where(day_first), cells.rows_where(month_first)
    return cells.plan.place.finding(
        "date-contradiction",
        "A column must keep to one order of day and month.",
        rows=(*days[:1], *months[:1], *sorted(days[1:] + months[1:])),
        found=f"the day is first in {len(days)} (row {days[0]}), the month in {len(months)} "
        f"(row {months[0]})",
        fix="Write the dates as year-month-day.",
    )


def _mixed(cells: CellText, typed: pl.Series, severity: Severity) -> list[Finding]:
    """Tell where a workbook holds real dates beside dates typed in another order."""
    stored = cells.dates
    if stored is None or not stored.any() or not typed.any():
        return []
    return [
        cells.plan.place.finding(
            "date-mixed",
            "A column must hold real dates or typed ones, not both: the program may "
            "have swapped day and month in some.",
            rows=cells.rows_where(typed),
            found=f"{stored.sum()} real dates, {typed.sum()} typed",
            severity=severity,
            fix="Enter all of them as real dates and compare with the source.",
        )
    ]


def _kind_by(written: str | None) -> Callable[[str], str]:
    """Return what says why a text is no date, given the declared format."""
    if written is None:
        return _kind
    fits = re.compile(_pattern(written))
    return lambda value: "date-impossible" if fits.search(value) else "date-form"


def _kind(value: str) -> str:
    """Say why a text is no date."""
    if DATE_LIKE.fullmatch(value):
        return "date-impossible"
    if PARTIAL.fullmatch(value):
        return "date-partial"
    if SHORT_YEAR.fullmatch(value):
        return "date-short-year"
    if SERIAL.fullmatch(value):
        return "date-serial"
    return "date-zone" if ZONE.fullmatch(value) else "date-form"


def _bounded(cells: CellText, value: pl.Series) -> tuple[pl.Series, list[Finding]]:
    """Refuse days that stand for missing, and days that no patient of such a study has."""
    outside = ((value < EARLIEST) | (value > LATEST)).fill_null(value=False)
    if not outside.any():
        return value, []
    sentinel = outside & value.is_in(SENTINELS).fill_null(value=False)
    findings = []
    if sentinel.any():
        days = ", ".join(f'"{day}"' for day in value.filter(sentinel).unique().sort())
        findings.append(
            cells.plan.place.finding(
                "date-sentinel",
                "A day that stands for missing must be declared.",
                rows=cells.rows_where(sentinel),
                fix=f"Add to the column: missing: [{days}]?",
            )
        )
    rest = outside & ~sentinel
    if rest.any():
        findings.append(
            cells.plan.place.finding(
                "date-bounds",
                "A date must lie between March 1900 and the year 2100.",
                rows=cells.rows_where(rest),
                fix="Correct the year; is it of another calendar?",
            )
        )
    return value.set(outside, None), findings
