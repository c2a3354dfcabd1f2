"""Daily records in columns: graded by the same rules as one day, each different day once.

The columns are coded to the few levels that matter to a rule, days with the same codes are read
once by the reading of one day, and each different set of readings is graded once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from autallo.clinical.fields import Choice, Field, Flag, Number
from autallo.clinical.scales import Scale, Span, grade_by_rows
from autallo.errors import ArgumentError

__all__ = [
    "Asked",
    "Codes",
    "GradeBounds",
    "Group",
    "classify_columns",
    "convert_row",
    "grade_columns",
]

Columns = Mapping[str, NDArray[Any]]
#: Codes are packed into one whole number below this, and looked up directly below the second.
MOST_PACKED = 2**62
MOST_DIRECT = 2**22


class GradeBounds(NamedTuple):
    """The least and the most severe grade of every day.

    Attributes
    ----------
    low, high : array (n,) of int8
        Bounds, equal where the grade is known; -1 where nothing was recorded, a finding is
        impossible, or the scale does not apply.
    """

    low: NDArray[np.int8]
    high: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Codes:
    """A column coded to a few levels.

    Attributes
    ----------
    level : array (n,) of uint8
        Code of each day, from 0.
    count : int
        Number of codes there can be.
    """

    level: NDArray[Any]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A scale and what it asks.

    Attributes
    ----------
    scale : Scale
        The scale.
    names : frozenset of str
        The findings that its rows read; the others cannot change a grade.
    omit : frozenset of str
        Keys of rows that an option leaves out.
    """

    scale: Scale[Any]
    names: frozenset[str]
    omit: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Findings that are read from the same columns.

    Attributes
    ----------
    names : tuple of str
        The findings.
    codes : tuple of Codes
        The columns they are read from; days with the same codes have the same readings.
    read : callable
        Makes the spans of the findings from the number of a row; None if it is impossible.
    """

    names: tuple[str, ...]
    codes: tuple[Codes, ...]
    read: Callable[[int], tuple[Span[Any], ...] | None]


def classify_columns(columns: Columns, fields: Mapping[str, Field]) -> dict[str, Codes]:
    """Return every column coded to the levels that a rule can tell apart.

    Rule
    ----
    =============  =======================================  ===========================
    field          unknown                                  levels
    =============  =======================================  ===========================
    flag           -1, or NaN                               no 0, yes 1
    choice         -1                                       place of the word
    number         NaN, or -1 in whole numbers              between its limits and cuts
    =============  =======================================  ===========================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Columns by name; a column that is not there is unknown on every day.
    fields : mapping of str to Field
        What each column may hold.

    Returns
    -------
    dict of str to Codes
        For every field, in their order.

    Raises
    ------
    ArgumentError
        If a column has no field, columns differ in length, a flag is not -1, 0 or 1, or a choice
        has no such place.

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> column = np.array([np.nan, 37.9, 38.0, 375.0])
    >>> found = classify_columns({"t": column}, {"t": Number(30, 44, (38.0,))})
    >>> found["t"].level.tolist()
    [0, 2, 3, 4]
    """
    length = _length(columns, fields)
    return {
        name: _codes(name, np.asarray(columns[name]), field)
        if name in columns
        else Codes(np.zeros(length, np.uint8), 1)
        for name, field in fields.items()
    }


def _length(columns: Columns, fields: Mapping[str, Field]) -> int:
    unknown = sorted(set(columns) - set(fields))
    if unknown:
        raise ArgumentError(f"`columns` must not hold {unknown[0]}: no rule reads it.")
    shapes = {np.shape(column) for column in columns.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 1:
        raise ArgumentError("`columns` must be arrays of one dimension and of the same length.")
    return int(next(iter(shapes))[0])


def _codes(name: str, column: NDArray[Any], field: Field) -> Codes:
    if column.dtype.kind not in "biuf":
        raise ArgumentError(f"`{name}` must hold numbers: -1 or NaN is unknown.")
    if isinstance(field, Number):
        return _number_codes(_with_nan(column), field)
    count = 2 if isinstance(field, Flag) else len(field.words)
    values = np.where(np.isnan(column), -1, column) if column.dtype.kind == "f" else column
    wrong = values.astype(np.int64) != values
    if values.size and (values.min() < -1 or values.max() >= count or wrong.any()):
        raise ArgumentError(f"`{name}` must be -1 (unknown) or a whole number below {count}.")
    return Codes((values.astype(np.int64) + 1).astype(np.uint8), count + 1)


def _with_nan(column: NDArray[Any]) -> NDArray[np.float64]:
    values = column.astype(np.float64)
    if column.dtype.kind != "f":
        values[column == -1] = np.nan
    return values


def _number_codes(values: NDArray[np.float64], field: Number) -> Codes:
    edges = np.unique([field.low, *field.cuts, np.nextafter(field.high, np.inf)])
    level = np.searchsorted(edges, values, side="right").astype(np.uint8) + np.uint8(1)
    unknown = np.isnan(values)
    level[unknown] = 0
    count = len(edges) + 2
    if field.whole:
        level[(values != np.floor(values)) & ~unknown] = count
        count += 1
    return Codes(level, count)


def convert_row(
    columns: Columns, fields: Mapping[str, Field], names: Sequence[str], row: int
) -> dict[str, Any]:
    """Convert one row of columns to the values of a record.

    Rule
    ----
    ==============  ==========================
    column          record
    ==============  ==========================
    unknown         None
    flag            False, True
    choice          the word
    number          the number
    ==============  ==========================

    Parameters
    ----------
    columns : mapping of str to array (n,)
        Columns by name.
    fields : mapping of str to Field
        What each column may hold.
    names : sequence of str
        Which are wanted.
    row : int
        Number of the row, from 0.

    Returns
    -------
    dict of str to value

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> columns = {"o2": np.array([1]), "hypotension": np.array([-1])}
    >>> fields = {"o2": Choice(("none", "mask")), "hypotension": Flag()}
    >>> convert_row(columns, fields, ["o2", "hypotension"], 0)
    {'o2': 'mask', 'hypotension': None}
    """
    return {
        name: _value(columns[name][row], fields[name], columns[name].dtype.kind)
        if name in columns
        else None
        for name in names
    }


def _value(value: Any, field: Field, kind: str) -> Any:
    if value != value or (value == -1 and (kind != "f" or not isinstance(field, Number))):
        return None
    if isinstance(field, Flag):
        return bool(value)
    if isinstance(field, Choice):
        return field.words[int(value)]
    return float(value)


def _fold(codes: Sequence[Codes], length: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the first row of each different set of codes, and the set of every row."""
    packed, size = np.zeros(length, np.int64), 1
    for code in codes:
        if size * code.count >= MOST_PACKED:
            first, packed = _distinct(packed, size)
            size = len(first)
        if code.count > 1:
            packed = packed * code.count + code.level
        size *= code.count
    return _distinct(packed, size)


def _distinct(packed: NDArray[np.int64], size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    if size > MOST_DIRECT:
        _, first, place = np.unique(packed, return_index=True, return_inverse=True)
        return first.astype(np.int64), place.astype(np.int64)
    seen = np.full(size, -1, np.int64)
    seen[packed[::-1]] = np.arange(len(packed) - 1, -1, -1)
    present = np.flatnonzero(seen >= 0)
    places = np.empty(size, np.int64)
    places[present] = np.arange(len(present))
    return seen[present], places[packed]


@dataclass(frozen=True, slots=True)
class _Readings:
    """The different readings of a finding, and which of them is the least and the most of a day."""

    ends: tuple[Codes, Codes]
    values: tuple[Any, ...]


def _bare(reading: Any) -> Any:
    """Leave out what a reading says of itself: no grade depends on it."""
    return replace(reading, because=(), flags=()) if hasattr(reading, "because") else reading


def _read(group: Group, length: int) -> tuple[dict[str, _Readings], NDArray[np.bool_]]:
    """Return the least and the most of each finding as codes of its readings, and what is wrong."""
    first, place = _fold(group.codes, length)
    spans = [group.read(int(row)) for row in first]
    impossible = np.array([span is None for span in spans], np.bool_)
    found = {}
    for position, name in enumerate(group.names):
        known: dict[Any, int] = {}
        ends = np.zeros((2, len(spans)), np.int64)
        for number, span in enumerate(spans):
            if span is not None:
                least, most = _bare(span[position].least), _bare(span[position].most)
                ends[0, number] = known.setdefault(least, len(known))
                ends[1, number] = known.setdefault(most, len(known))
        readings = list(known) or [None]
        count = len(readings)
        ends_of_days = (Codes(ends[0][place], count), Codes(ends[1][place], count))
        found[name] = _Readings(ends_of_days, tuple(readings))
    return found, impossible[place]


def grade_columns(
    scales: Sequence[Asked],
    groups: Sequence[Group],
    findings: Callable[..., Any],
    *,
    recorded: NDArray[np.bool_],
) -> dict[str, GradeBounds]:
    """Return the bounds of every day on several scales from findings in groups of columns.

    Rule
    ----
    =======================  =============================================
    day                      bounds
    =======================  =============================================
    nothing recorded         -1
    an impossible finding    -1
    else                     those of the rule of one day
    =======================  =============================================

    Parameters
    ----------
    scales : sequence of Asked
        Scales with the findings that each asks.
    groups : sequence of Group
        Findings with their columns.
    findings : callable
        Makes the findings from one reading of each, by name.
    recorded : array (n,) of bool
        Whether anything was recorded.

    Returns
    -------
    dict of str to GradeBounds

    Notes
    -----
    Source: [house].

    Examples
    --------
    >>> from autallo.clinical.criteria import Criterion
    >>> row = Criterion(scale="s", key="warm", grade=1, words="", source="house", evidence="D")
    >>> scale = Scale(key="s", criteria=(row,), holds={"warm": lambda found: found["warm"]})
    >>> codes = Codes(np.array([0, 1, 2]), 3)
    >>> spans = (Span(False, True), Span(False, False), Span(True, True))
    >>> group = Group(names=("warm",), codes=(codes,), read=lambda row: (spans[row],))
    >>> recorded = np.array([True, True, True])
    >>> asked = Asked(scale=scale, names=frozenset({"warm"}))
    >>> grade_columns([asked], [group], dict, recorded=recorded)["s"].low.tolist()
    [0, 0, 1]
    """
    read: dict[str, _Readings] = {}
    graded = recorded.copy()
    for group in groups:
        found, impossible = _read(group, len(recorded))
        read |= found
        graded &= ~impossible
    bounds = {}
    for asked in scales:
        low, high = (_bounds(read, end, asked, findings, graded=graded) for end in (0, 1))
        bounds[asked.scale.key] = GradeBounds(low, high)
    return bounds


def _bounds(
    read: Mapping[str, _Readings],
    end: int,
    asked: Asked,
    findings: Callable[..., Any],
    *,
    graded: NDArray[np.bool_],
) -> NDArray[np.int8]:
    """Return the grade of every day with each finding at its least (0) or its most (1)."""
    codes = [found.ends[end] for name, found in read.items() if name in asked.names]
    first, place = _fold([Codes(graded, 2), *codes], len(graded))
    grades = np.full(len(first), -1, np.int8)
    for number, row in enumerate(first):
        if graded[row]:
            chosen = {
                name: found.values[found.ends[end].level[row]] for name, found in read.items()
            }
            grades[number] = grade_by_rows(asked.scale, findings(**chosen), omit=asked.omit).grade
    return grades[place]
