"""The cells of one column as clean text: trimmed, missing codes taken out, changes counted."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from autallo.errors import Finding
from autallo.ingest.columns import ColumnPlan
from autallo.ingest.grid import Grid, read_shapes

__all__ = ["CellText", "TypedCells", "read_cell_text", "read_lookup", "read_scalar"]

Scalar = str | bool | int | float
UGLY = r"[^\x21-\x7e]"
INVISIBLE = "[\u00ad\u200b\u200c\u200d\u2060\ufeff]"
ERRORS = re.compile(r"#(N/A|DIV/0!|REF!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA)")
GARBLED = "\ufffd|\u00c3[\u0080-\u00bf]|\u00c2[\u00a0-\u00bf]|\u00e2\u20ac"
#: Words that people write where a value is missing; never patient data.
MISSING_WORDS = frozenset(
    {
        "na",
        "n/a",
        "n.a.",
        "nan",
        "null",
        "none",
        "nil",
        "unk",
        "unknown",
        "missing",
        "nd",
        "n.d.",
        "not done",
        "not known",
        "not available",
        "?",
        "??",
        "-",
        "--",
        ".",
        "..",
        "/",
        "*",
    }
)
DISTINCT_LOOKED_AT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedCells:
    """The typed columns made of one column of text, and what was changed by which rule."""

    series: tuple[pl.Series, ...]
    findings: tuple[Finding, ...] = ()
    cleaned: tuple[tuple[str, tuple[int, ...]], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CellText:
    """The cells of one column as clean text.

    Attributes
    ----------
    plan : ColumnPlan
        How they are to be read.
    text : polars.Series of text
        Trimmed; null where missing.
    rows : polars.Series of int
        Row of the file of each cell.
    dates, numbers : polars.Series of bool or None
        Cells that the workbook stores as dates or numbers.
    """

    plan: ColumnPlan
    text: pl.Series
    rows: pl.Series
    dates: pl.Series | None = None
    numbers: pl.Series | None = None

    def rows_where(self, mask: pl.Series) -> tuple[int, ...]:
        """Return the rows of the file where a mask holds."""
        return tuple(self.rows.filter(mask.fill_null(value=False)).to_list())

    def with_text(self, text: pl.Series) -> "CellText":
        """Return the same cells with other text."""
        return CellText(
            plan=self.plan, text=text, rows=self.rows, dates=self.dates, numbers=self.numbers
        )

    def refused(self, values: Iterable[str], code: str, sentence: str, fix: str) -> Finding:
        """Return one finding for all cells that hold one of these values, by their shapes."""
        values = sorted(values)
        rows = self.rows_where(self.text.is_in(values))
        found = f"{len(rows)} of {self.text.len()} cells: {read_shapes(values)}"
        return self.plan.place.finding(code, sentence, rows=rows, found=found, fix=fix)

    def sorted_out(
        self, bad: pl.Series, classify: Callable[[str], str], words: Mapping[str, tuple[str, str]]
    ) -> list[Finding]:
        """Return one finding per kind of unreadable cell, in the order of `words`."""
        kinds: dict[str, list[str]] = {}
        for value in self.text.filter(bad.fill_null(value=False)).drop_nulls().unique().sort():
            kinds.setdefault(
                "missing-word" if is_missing_word(value) else classify(value), []
            ).append(value)
        findings = []
        if "missing-word" in kinds:
            findings.append(self.missing_words(kinds.pop("missing-word")))
        findings += [
            self.refused(kinds[code], code, *words[code]) for code in words if code in kinds
        ]
        return findings

    def missing_words(self, values: list[str]) -> Finding:
        """Ask for words for missing to be declared; these words are no patient values."""
        rows = self.rows_where(self.text.is_in(values))
        listed = ", ".join(f'"{value}"' for value in values[:5])
        return self.plan.place.finding(
            "missing-word",
            "A word for missing must be declared.",
            rows=rows,
            found=f"{len(rows)} of {self.text.len()} cells hold {listed}",
            fix=f"Add to the column in the study file: missing: [{listed}]",
        )


def is_missing_word(value: str) -> bool:
    """Say whether a text is a common word for missing."""
    return value.casefold() in MISSING_WORDS


def read_cell_text(grid: Grid, plan: ColumnPlan) -> tuple[CellText, TypedCells]:
    """Trim the cells and take out missing codes and errors; the second part tells what happened."""
    raw = grid.columns[plan.index]
    clean = _trimmed(raw)
    cells = CellText(
        plan=plan,
        text=clean,
        rows=grid.rows,
        dates=grid.dates.get(plan.index),
        numbers=grid.numbers.get(plan.index),
    )
    missing = _is_missing(clean, plan.missing)
    cleaned = [
        (
            "spaces and invisible characters removed",
            cells.rows_where((raw != clean) & (clean != "")),
        ),
        ("missing code read as empty", cells.rows_where(missing & (clean != ""))),
    ]
    cells = cells.with_text(_set_null(clean, missing))
    errors = cells.text.filter(cells.text.str.starts_with("#")).unique().sort().to_list()
    errors = [value for value in errors if ERRORS.fullmatch(value)]
    findings = []
    if errors:
        findings.append(_errors(cells, errors))
        cells = cells.with_text(_set_null(cells.text, cells.text.is_in(errors)))
    garbled = cells.text.str.contains(GARBLED)
    if garbled.any():
        findings.append(
            plan.place.finding(
                "text-garbled",
                "Letters were garbled by an earlier export.",
                rows=cells.rows_where(garbled),
                fix="Export the file again as UTF-8.",
            )
        )
    told = tuple((rule, rows) for rule, rows in cleaned if rows)
    return cells, TypedCells(series=(), findings=tuple(findings), cleaned=told)


def _trimmed(raw: pl.Series) -> pl.Series:
    if not raw.str.contains(UGLY).any():
        return raw
    clean = raw.str.replace_all(INVISIBLE, "").str.normalize("NFC")
    return clean.str.replace_all(r"\s+", " ").str.strip_chars()


def _is_missing(text: pl.Series, codes: tuple[Scalar, ...]) -> pl.Series:
    words = ["", *(read_scalar(code) for code in codes)]
    missing = text.is_in(words)
    numbers = [float(code) for code in codes if _is_number(code)]
    if numbers:
        missing |= text.cast(pl.Float64, strict=False).is_in(numbers).fill_null(value=False)
    if any(isinstance(code, bool) for code in codes):
        missing |= text.str.to_lowercase().is_in([read_scalar(code) for code in codes])
    return missing


def _is_number(code: Scalar) -> bool:
    return isinstance(code, int | float) and not isinstance(code, bool)


def _set_null(text: pl.Series, mask: pl.Series) -> pl.Series:
    return text.set(mask.fill_null(value=False), None) if mask.any() else text


def _errors(cells: CellText, errors: list[str]) -> Finding:
    rows = cells.rows_where(cells.text.is_in(errors))
    return cells.plan.place.finding(
        "cell-error",
        "A cell must not hold an error of the spreadsheet program.",
        rows=rows,
        found=f"{len(rows)} of {cells.text.len()} cells hold {', '.join(errors)}",
        fix=f'Correct the cells, or declare them: missing: ["{errors[0]}"]',
    )


def read_scalar(value: Scalar) -> str:
    """Return the text of a code in the study file, as it would stand in a cell."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def read_lookup(values: Mapping[Scalar, Scalar], texts: Iterable[str]) -> dict[str, Scalar]:
    """Return for each of the texts that is a code what it is mapped to."""
    words = {read_scalar(key): target for key, target in values.items()}
    truths = {read_scalar(key): target for key, target in values.items() if isinstance(key, bool)}
    numbers = {float(key): target for key, target in values.items() if _is_number(key)}
    found: dict[str, Scalar] = {}
    for text in texts:
        if text in words:
            found[text] = words[text]
        elif text.lower() in truths:
            found[text] = truths[text.lower()]
        elif numbers and _as_float(text) in numbers:
            found[text] = numbers[_as_float(text)]
    return found


def _as_float(text: str) -> float:
    plain = re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text)
    return float(text) if plain else float("nan")
