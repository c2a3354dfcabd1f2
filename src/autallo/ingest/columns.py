"""Which column of the file is which of ours, and how its cells must be read.

The study file names the columns; the data dictionary gives type, unit and permitted values of
the known ones. Nothing is taken from a column that the study file does not name.
"""

import difflib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

from autallo.errors import Finding
from autallo.ingest.codes import Place
from autallo.ingest.grid import Grid, read_header_key
from autallo.ingest.units import DAYS, read_factor, read_time_unit
from autallo.model.protocol import Column, Source
from autallo.model.tables import DICTIONARY, REQUIRED, ColumnMeaning, ColumnType, meaning_of

__all__ = ["ID", "ColumnPlan", "read_plans"]

ID = "patient_id"
ASK_ALL = "Is the delimiter, encoding or header_row right?"
PLAIN = re.compile("[A-Za-z][A-Za-z0-9_]*( [A-Za-z0-9_]+)*")
NOT_TEXT = frozenset({"true", "false", "null"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnPlan:
    """How one column is read.

    Attributes
    ----------
    name, header, index : str, str, int
        Our name, the user's header, and the position in the grid.
    spec : Column
        What the study file says of it.
    meaning : ColumnMeaning or None
        What the data dictionary says; None for the study's own columns.
    type : str
        text, category, boolean, integer, number or date.
    unit : str or None
        Unit after conversion.
    factor : float
        What a number is multiplied by.
    missing : tuple
        Codes for missing, of the source and of the column.
    place : Place
        Where its problems are.
    """

    name: str
    header: str
    index: int
    spec: Column
    meaning: ColumnMeaning | None
    type: ColumnType
    unit: str | None
    factor: float
    missing: tuple[str | bool | int | float, ...]
    place: Place

    @property
    def identifying(self) -> bool:
        """Whether its values must never leave the machine."""
        return self.meaning is not None and self.meaning.identifying

    def declared(self, **settings: Any) -> str:
        """Return the column's whole line of the study file, with further settings."""
        spec = self.spec.model_dump(exclude_defaults=True)
        if "values" in settings:
            settings["values"] = {**(self.spec.values or {}), **settings["values"]}
        return f"{self.name}: {_flow(spec | settings)}"

    @property
    def is_time(self) -> bool:
        """Whether it holds days, so that numbers are put on the grid of days."""
        return self.unit == DAYS


def _flow(value: object) -> str:
    """Return a value as it is written on one line of the study file."""
    if isinstance(value, dict):
        pairs = (f"{_flow(key)}: {_flow(held)}" for key, held in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(held) for held in value) + "]"
    plain = isinstance(value, str) and PLAIN.fullmatch(value) and value.lower() not in NOT_TEXT
    return str(value) if plain else json.dumps(value, ensure_ascii=False)


def read_plans(
    grid: Grid, source: Source, table: str, place: Place
) -> tuple[tuple[ColumnPlan, ...], list[Finding]]:
    """Find every named column and decide how it is read; tell what can't be found."""
    named = _named(source)
    plans: list[ColumnPlan] = []
    findings: list[Finding] = []
    places = {name: _position(name, spec, grid, place) for name, spec in named.items()}
    lost = place.sheet is None and all(index is None for index, _ in places.values())
    for name, spec in named.items():
        index, told = places[name]
        findings += [replace(stop, fix=f"{stop.fix} {ASK_ALL}") for stop in told] if lost else told
        if index is None:
            continue
        here = _place(name, grid.headers[index], place)
        plan, told = _plan(name, spec, table, here)
        findings += told
        if plan is not None:
            plans.append(
                replace(
                    plan,
                    index=index,
                    header=grid.headers[index],
                    missing=source.missing + spec.missing,
                )
            )
    findings += _unnamed(named, table, grid, place)
    findings += _nameless(grid, place)
    return tuple(plans), findings


def _named(source: Source) -> dict[str, Column]:
    """Return our names with their columns, the patient code first."""
    columns = dict(source.columns)
    given = columns.pop(ID, None)
    code = given or Column(column=source.id or ID)
    return {ID: code, **columns}


def _place(name: str, header: str, place: Place) -> Place:
    column = name if header == name else f"{header} ({name})"
    return Place(file=place.file, sheet=place.sheet, column=column)


def _position(
    name: str, spec: Column, grid: Grid, place: Place
) -> tuple[int | None, list[Finding]]:
    if spec.column in grid.headers:
        return grid.headers.index(spec.column), []
    keys = [read_header_key(header) for header in grid.headers]
    wanted = read_header_key(spec.column)
    here = _place(name, spec.column, place)
    if wanted in keys:
        note = here.finding("header-near", "The header was found with other capitals or spaces.")
        return keys.index(wanted), [note]
    near = difflib.get_close_matches(wanted, keys, n=1, cutoff=0.6)
    fix = (
        f'Did you mean "{grid.headers[keys.index(near[0])]}"?'
        if near
        else "Write in the study file which column it is, or add the column to the file."
    )
    return None, [
        here.finding(
            "column-missing",
            "A column that is named in the study file must be in the file.",
            fix=fix,
        )
    ]


def _meaning(table: str, name: str) -> ColumnMeaning | None:
    """Return the dictionary's entry; one wide sheet of patients may hold any known column."""
    meaning = meaning_of(table, name)
    if meaning is None and table == "patients":
        return next((entry for entry in DICTIONARY if entry.name == name), None)
    return meaning


def _plan(
    name: str, spec: Column, table: str, place: Place
) -> tuple[ColumnPlan | None, list[Finding]]:
    meaning = _meaning(table, name)
    kind = meaning.type if meaning else spec.type or _own_type(spec)
    if kind is None:
        ask = place.finding(
            "type-needed",
            "A column of the study's own must have a type.",
            fix=f"Add to the column in the study file: {name}: {{column: "
            "..., type: category}, or text, boolean, integer, number, date.",
        )
        return None, [ask]
    findings = [*_conflicts(spec, meaning, kind, place), *_targets(spec, meaning, kind, place)]
    unit, factor, told = _unit(spec, meaning, kind, place)
    findings += told
    plan = ColumnPlan(
        name=name,
        header="",
        index=0,
        spec=spec,
        meaning=meaning,
        type=kind,
        unit=unit,
        factor=factor,
        missing=(),
        place=place,
    )
    return (None if findings else plan), findings


def _own_type(spec: Column) -> ColumnType | None:
    """Return the type that `values` or `unit` implies, if any."""
    if spec.values:
        kinds = {type(target) for target in spec.values.values()}
        for members, kind in (({bool}, "boolean"), ({int}, "integer"), ({int, float}, "number")):
            if kinds <= members:
                return cast("ColumnType", kind)
        return "category"
    return "number" if spec.unit else None


def _conflicts(
    spec: Column, meaning: ColumnMeaning | None, kind: ColumnType, place: Place
) -> Iterator[Finding]:
    """Refuse settings that do not go with the type of the column."""
    if meaning and spec.type and spec.type != meaning.type:
        yield place.finding(
            "type-conflict",
            f"This column must be of type {meaning.type}, as the data dictionary says.",
            found=f"type: {spec.type}",
            fix="Leave `type` out, or choose another name.",
        )
    numeric = kind in {"integer", "number"}
    settings = {
        "format": (spec.format is not None, kind == "date", "date"),
        "unit": (spec.unit is not None, numeric, "number"),
        "above": (spec.above is not None, kind == "number", "number"),
        "below": (spec.below is not None, kind == "number", "number"),
        "decimal": (spec.decimal != ".", numeric, "number"),
        "values": (spec.values is not None, kind != "date", "category"),
    }
    for setting, (given, fits, wanted) in settings.items():
        if given and not fits:
            yield place.finding(
                "option-misplaced",
                f"`{setting}` can't go with the type {kind}.",
                fix=f"Leave `{setting}` out, or make the column a {wanted}.",
            )
    if spec.format is not None and kind == "date" and not _whole_format(spec.format):
        yield place.finding(
            "format-unknown",
            "A date format must name day, month and year.",
            found=f'format: "{spec.format}"',
            fix='Write for example: format: "%d/%m/%Y"',
        )


def _whole_format(text: str) -> bool:
    marks = {text[at + 1 : at + 2] for at, mark in enumerate(text) if mark == "%"}
    return (
        "d" in marks
        and bool(marks & {"m", "b", "B"})
        and bool(marks & {"Y", "y"})
        and marks <= set("dmbBYy")
    )


def _targets(
    spec: Column, meaning: ColumnMeaning | None, kind: ColumnType, place: Place
) -> Iterator[Finding]:
    """Refuse codes that are mapped to something the column can't hold."""
    allowed = meaning.allowed if meaning else ()
    for target in (spec.values or {}).values():
        if not _fits(target, kind) or (allowed and target not in allowed):
            near = difflib.get_close_matches(str(target), allowed, n=1)
            wanted = (
                ", ".join(allowed) if allowed else {"boolean": "true or false"}.get(kind, "numbers")
            )
            yield place.finding(
                "values-target",
                f"`values` must lead to what the column can hold: {wanted}.",
                found=f"{target}",
                fix=f"Did you mean `{near[0]}`?"
                if near
                else "Write true or false without quotes."
                if kind == "boolean"
                else None,
            )


def _fits(target: object, kind: ColumnType) -> bool:
    if kind == "boolean":
        return isinstance(target, bool)
    if kind == "integer":
        return isinstance(target, int) and not isinstance(target, bool)
    return kind != "number" or (isinstance(target, int | float) and not isinstance(target, bool))


def _unit(
    spec: Column, meaning: ColumnMeaning | None, kind: ColumnType, place: Place
) -> tuple[str | None, float, list[Finding]]:
    kept = meaning.unit if meaning else None
    if spec.unit is None or kind not in {"integer", "number"}:
        return kept, 1.0, []
    if meaning is None:
        if read_time_unit(spec.unit) is None or kind == "integer":
            return spec.unit, 1.0, []
        return DAYS, read_factor(spec.unit, DAYS) or 1.0, []
    factor = read_factor(spec.unit, kept) if kept else None
    if factor is None:
        stop = place.finding(
            "unit-unknown",
            "The unit must be one that can be converted"
            + (f" into {kept}." if kept else "; this column has none."),
            found=f"unit: {spec.unit}",
            fix=f"Give the values in {kept}." if kept else "Leave `unit` out.",
        )
        return kept, 1.0, [stop]
    return kept, factor, []


def _unnamed(named: dict[str, Column], table: str, grid: Grid, place: Place) -> Iterator[Finding]:
    """Ask for the required columns that the study file does not name."""
    keys = {read_header_key(header): header for header in grid.headers if header.strip()}
    for name in REQUIRED[table]:
        if name not in named:
            near = difflib.get_close_matches(name, keys, n=1, cutoff=0.6)
            example = keys[near[0]] if near else "header in the file"
            yield Place(file=place.file, sheet=place.sheet, column=name).finding(
                "column-missing",
                f"The table `{table}` must have the column `{name}`.",
                fix=f"Add under `sources.{table}.columns`: {name}: {example}"
                + ("?" if near else ""),
            )


def _nameless(grid: Grid, place: Place) -> Iterator[Finding]:
    """Refuse data below an empty header."""
    for index, header in enumerate(grid.headers):
        if not header.strip():
            filled = grid.columns[index].str.strip_chars() != ""
            if filled.any():
                yield place.finding(
                    "header-empty",
                    "A column with data must have a header.",
                    rows=tuple(grid.rows.filter(filled).to_list()),
                    found=f"column number {index + 1} has none",
                    fix="Write a header, or delete the column.",
                )
