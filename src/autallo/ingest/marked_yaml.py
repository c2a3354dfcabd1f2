"""YAML 1.2 text to plain values, with the line and the column of every key and value.

Anchors, aliases, tags, directives and deep nesting are refused before anything is built, so
a study file can only ever be text, numbers, dates, lists and mappings.
"""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from autallo.errors import Finding
from autallo.ingest.codes import Place

__all__ = ["MarkedTree", "Path", "read_yaml"]

Path = tuple[Any, ...]
Mark = tuple[int, int]
DEEPEST = 20
MOST_TOLD = 20
LONGEST_NUMBER = 80
LARGEST_NUMBER = 10**18 - 1
TAG = "tag:yaml.org,2002:"
OPENING = (MappingStartEvent, SequenceStartEvent)
CLOSING = (MappingEndEvent, SequenceEndEvent)
TAB = "tab"
START = "Make a new study with `autallo init`."
REFUSED = {
    "yaml-documents": (
        "The study file must be one document without directives.",
        "Remove the line that begins with --- or %.",
    ),
    "yaml-anchor": (
        "Anchors (&) and aliases (*) can't be used in the study file.",
        "Write the value out, or quote the text.",
    ),
    "yaml-tag": ("Tags (!) can't be used in the study file.", "Remove the tag, or quote the text."),
    "yaml-depth": (f"The study file must not be nested more than {DEEPEST} deep.", None),
}
CLOSE_IT = ("yaml-syntax", "A quote or bracket that is opened must be closed.", "Close it.")
#: A part of what the parser says, to what is told; the last entry takes all the rest.
SYNTAX = {
    TAB: (
        "yaml-tab",
        "Lines must be indented with spaces, not with tabs.",
        "Replace the tab by spaces.",
    ),
    "mapping values are not allowed": (
        "yaml-syntax",
        "A key with its value can't stand here.",
        "Align the key with its neighbours, put a space after the colon, quote texts with colons.",
    ),
    "cannot start any token": (
        "yaml-syntax",
        "A text can't begin with this character.",
        "Put the text in quotes.",
    ),
    "end of stream": CLOSE_IT,
    "stream end": CLOSE_IT,
    "escape": (
        "yaml-syntax",
        "A backslash in double quotes can't stand alone.",
        "Use single quotes.",
    ),
    "": (
        "yaml-syntax",
        "The study file can't be read as YAML here.",
        "Check the indentation, brackets, commas and quotes of this and the line before.",
    ),
}
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class MarkedTree:
    """Plain values of a YAML text and where they stand.

    Attributes
    ----------
    value : dict, list as tuple, or scalar
        The whole text as plain Python values.
    keys, values : mapping of path to (line, column)
        Where the key, and the value, of each path stands; counted from 1.
    raw : mapping of path to str
        Scalars as they are written.
    """

    value: Any
    keys: Mapping[Path, Mark]
    values: Mapping[Path, Mark]
    raw: Mapping[Path, str]


def read_yaml(text: str, place: Place) -> tuple[MarkedTree | None, list[Finding]]:
    """Return the values with their marks, or None and what stands in the way."""
    broken = _control_character(text, place)
    if broken:
        return None, broken
    try:
        refused = list(_refused_features(text, place))
        if refused:
            return None, refused
        node = YAML(typ="rt", pure=True).compose(text)
    except MarkedYAMLError as error:
        return None, [_syntax(error, text, place)]
    except YAMLError:
        return None, [place.finding("yaml-syntax", "The study file can't be read as YAML.")]
    if node is None:
        return None, [place.finding("study-empty", "The study file must not be empty.", fix=START)]
    builder = _Builder(place)
    value = builder.build(node, ())
    tree = MarkedTree(value, builder.keys, builder.values, builder.raw)
    return tree, builder.findings


def _control_character(text: str, place: Place) -> list[Finding]:
    match = CONTROL.search(text)
    if match is None:
        return []
    line = text.count("\n", 0, match.start()) + 1
    position = match.start() - text.rfind("\n", 0, match.start())
    sentence = "The study file must be plain text without control characters."
    found = f"character U+{ord(match.group()):04X}"
    return [
        place.finding(
            "yaml-syntax", sentence, mark=(line, position), found=found, fix="Delete the character."
        )
    ]


def _refused_features(text: str, place: Place) -> Iterator[Finding]:
    """Walk the events, which need no recursion, and name what a study file must not use."""
    depth = documents = told = 0
    for event in YAML(typ="rt", pure=True).parse(text):
        mark = (event.start_mark.line + 1, event.start_mark.column + 1)
        depth += isinstance(event, OPENING) - isinstance(event, CLOSING)
        documents += isinstance(event, DocumentStartEvent)
        for code, refused in (
            ("yaml-documents", documents > 1 or _is_directive(event)),
            ("yaml-anchor", _is_anchor(event)),
            ("yaml-tag", bool(isinstance(event, (*OPENING, ScalarEvent)) and event.ctag)),
            ("yaml-depth", depth > DEEPEST),
        ):
            if refused:
                told += 1
                sentence, fix = REFUSED[code]
                yield place.finding(code, sentence, mark=mark, fix=fix)
        if documents > 1 or depth > DEEPEST or told > MOST_TOLD:
            return


def _is_directive(event: object) -> bool:
    return isinstance(event, DocumentStartEvent) and bool(event.version or event.tags)


def _is_anchor(event: object) -> bool:
    return isinstance(event, AliasEvent) or (
        isinstance(event, (*OPENING, ScalarEvent)) and event.anchor is not None
    )


def _syntax(error: MarkedYAMLError, text: str, place: Place) -> Finding:
    """Say a syntax error in the words of somebody who does not know YAML."""
    mark = error.problem_mark or error.context_mark
    problem = str(error.problem or "")
    lines = text.splitlines()
    line = lines[mark.line] if mark and mark.line < len(lines) else ""
    if mark and "\t" in line[: mark.column + 1]:
        problem = TAB
    sign = next(sign for sign in SYNTAX if sign in problem)
    code, sentence, fix = SYNTAX[sign]
    if "end" in sign:  # where it was opened says more than the end of the file
        mark = _last_opened(text) or error.context_mark or mark
    where = (mark.line + 1, mark.column + 1) if mark else None
    return place.finding(code, sentence, mark=where, fix=fix)


def _last_opened(text: str) -> Any:
    """Return the mark of the innermost bracket that is never closed."""
    open_marks: list[Any] = []
    try:
        for event in YAML(typ="rt", pure=True).parse(text):
            if isinstance(event, OPENING):
                open_marks.append(event.start_mark if event.flow_style else None)
            elif isinstance(event, CLOSING):
                open_marks.pop()
    except MarkedYAMLError as error:
        if "quoted" in str(error.context):
            return None
    return open_marks[-1] if open_marks else None


class _Builder:
    """Turns nodes into plain values and remembers where each stands."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}
        self.raw: dict[Path, str] = {}
        self.findings: list[Finding] = []

    def build(self, node: Any, path: Path) -> Any:
        self.values[path] = _mark(node)
        if node.id == "mapping":
            return self._mapping(node, path)
        if node.id == "sequence":
            return tuple(self.build(item, (*path, i)) for i, item in enumerate(node.value))
        self.raw[path] = node.value
        return self._scalar(node)

    def _mapping(self, node: Any, path: Path) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            mark = _mark(key_node)
            key = self._scalar(key_node) if key_node.id == "scalar" else None
            if key is None or isinstance(key, date):
                self._complain(
                    "yaml-key",
                    "A key must be a text or a number.",
                    mark,
                    fix="Put the key in quotes.",
                )
            elif key in built:
                first = self.keys[(*path, key)]
                self._complain(
                    "yaml-duplicate-key",
                    f"The key `{key_node.value}` must stand only once here.",
                    mark,
                    found=f"it stands on line {first[0]} too",
                    fix="Remove one of the two.",
                )
            else:
                self.keys[(*path, key)] = mark
                built[key] = self.build(value_node, (*path, key))
        return built

    def _complain(
        self,
        code: str,
        sentence: str,
        mark: Mark,
        *,
        found: str | None = None,
        fix: str | None = None,
    ) -> None:
        finding = self.place.finding(code, sentence, mark=mark, found=found, fix=fix)
        self.findings.append(finding)

    def _scalar(self, node: Any) -> Any:
        text = str(node.value)
        match str(node.tag).removeprefix(TAG):
            case "null":
                return None
            case "bool":
                return text.lower() == "true"
            case "int":
                return self._whole(text, node)
            case "float":
                return self._number(text, node)
            case "timestamp":
                return self._date(text, node)
        return text

    def _whole(self, text: str, node: Any) -> int | str:
        try:
            number = _whole_number(text) if len(text) <= LONGEST_NUMBER else LARGEST_NUMBER + 1
        except ValueError:  # a sign or a base without a digit is a text
            return text
        if abs(number) <= LARGEST_NUMBER:
            return number
        self._complain(
            "value-range",
            "A whole number must have at most 18 digits.",
            _mark(node),
            fix="Write a shorter number, or put a code in quotes.",
        )
        return 0

    def _number(self, text: str, node: Any) -> float | None:
        try:
            number = float(text.replace("_", ""))
        except ValueError:  # .inf and .nan
            number = math.nan
        if math.isfinite(number):
            return number
        self._complain("value-range", "A number must be finite.", _mark(node))
        return 0.0

    def _date(self, text: str, node: Any) -> date | str:
        try:
            moment = datetime.fromisoformat(text)
            return moment.date() if len(text) <= len("2018-06-30") else text
        except ValueError:
            self._complain(
                "value-type",
                "There is no such date.",
                _mark(node),
                fix="Write the date as year-month-day: 2018-06-30.",
            )
            return date(2000, 1, 1)


def _whole_number(text: str) -> int:
    plain = text.replace("_", "")
    if re.fullmatch(r"[+-]?[0-9]+", plain):
        return int(plain)
    return int(plain, 0)


def _mark(node: Any) -> Mark:
    return node.start_mark.line + 1, node.start_mark.column + 1
