"""What the study file must say, in plain words: every complaint gets a line and a remedy.

pydantic finds what is wrong; its locations are turned into lines and columns and its messages
into sentences. Group levels and outcome ids are checked here, where each stands.
"""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from autallo.errors import Finding
from autallo.ingest.codes import Place
from autallo.ingest.marked_yaml import MarkedTree, Path
from autallo.model.protocol import Protocol

__all__ = ["read_complaints", "read_suggestion"]

KINDS = ("binary", "ordinal", "categorical", "continuous", "time_to_event", "competing_risks")
MEMBERS = {"str", "bool", "int", "float"}
TYPES: Mapping[str, str] = {
    "string_type": "text",
    "bool_type": "true or false",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "dict_type": "keys with their values",
    "model_type": "keys with their values",
    "model_attributes_type": "keys with their values",
    "tuple_type": "a list in square brackets",
}
LIMITS: Mapping[str, tuple[str, str]] = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


@dataclass(frozen=True, slots=True)
class _Complaint:
    """One complaint of pydantic with the place in the tree that it is about."""

    path: Path
    type: str
    context: Mapping[str, Any]
    leaf: Any


def read_complaints(
    error: ValidationError | None, tree: MarkedTree, place: Place
) -> Iterator[Finding]:
    """Yield a finding for every complaint, and for every name that refers to nothing."""
    references = list(_references(tree, place))
    yield from references
    told: set[tuple[Path, str]] = set()
    for complaint in _complaints(error, tree):
        about_references = complaint.type == "value_error" and complaint.path in ((), ("groups",))
        if not (about_references and references):
            finding = _sentence(complaint, tree, place)
            if (complaint.path, finding.sentence) not in told:
                told.add((complaint.path, finding.sentence))
                yield finding


def read_suggestion(wrong: object, known: Iterable[object]) -> str:
    """Return a guess that ends in a question mark, or the whole list if nothing is near."""
    names = [str(name) for name in known]
    near = difflib.get_close_matches(str(wrong), names, n=1, cutoff=0.6)
    if not near:
        lower = {name.lower(): name for name in names}
        near = [lower[str(wrong).lower()]] if str(wrong).lower() in lower else []
    return f"Did you mean `{near[0]}`?" if near else f"Permitted: {', '.join(names)}."


def _complaints(error: ValidationError | None, tree: MarkedTree) -> list[_Complaint]:
    """Locate each complaint in the tree; members of one union become one complaint."""
    if error is None:
        return []
    found: dict[tuple[Path, str], _Complaint] = {}
    unions: dict[Path, set[str]] = {}
    for item in error.errors(include_url=False, include_input=False):
        location = item["loc"]
        if location[:1] == ("outcomes",) and len(location) > 2 and location[2] in KINDS:
            location = location[:2] + location[3:]
        path = _existing(location, tree.value)
        if item["type"] in TYPES and location[-1:] and location[-1] in MEMBERS:
            unions.setdefault(path, set()).add(str(location[-1]))
            continue
        leaf = location[-1] if location else None
        key = (path, item["type"] + (str(leaf) if item["type"] == "missing" else ""))
        found[key] = _Complaint(path, item["type"], item.get("ctx") or {}, leaf)
    members = [_Complaint(path, "union", {"of": of}, None) for path, of in unions.items()]
    return [*found.values(), *members]


def _existing(location: tuple[Any, ...], value: Any) -> Path:
    path: list[Any] = []
    for part in location:
        indexed = isinstance(value, tuple) and isinstance(part, int) and part < len(value)
        if not indexed and not (isinstance(value, dict) and part in value):
            break
        value = value[part]
        path.append(part)
    return tuple(path)


def _sentence(complaint: _Complaint, tree: MarkedTree, place: Place) -> Finding:
    at_key = tree.keys.get(complaint.path) or tree.values.get(complaint.path)
    at_value = tree.values.get(complaint.path)
    name = _dotted(complaint.path, tree.value)
    match complaint.type:
        case "extra_forbidden":
            known = _keys_at(complaint.path[:-1], tree.value)
            return place.finding(
                "key-unknown",
                f"Unknown key `{name}`.",
                mark=at_key,
                fix=read_suggestion(complaint.path[-1], known),
            )
        case "missing" | "union_tag_not_found":
            return _missing(complaint, tree, place)
        case "literal_error" | "union_tag_invalid":
            return _choice(complaint, tree, place)
        case "string_pattern_mismatch":
            sentence = "A name must begin with a letter and hold only letters, digits and _."
            mark = at_key if complaint.leaf == "[key]" else at_value
            if complaint.path[-1:] == ("covariates",):
                short = "Give the column a short name under `sources`, and write that."
                return place.finding("name-form", sentence, mark=at_value, fix=short)
            return place.finding(
                "name-form", sentence, mark=mark, found=f"`{name}`", fix="Choose another name."
            )
        case "string_too_short" | "string_too_long" | "too_short" | "too_long":
            return place.finding("value-length", _length(complaint, name), mark=at_value)
        case "value_error":
            return _stated(complaint, tree, place)
    if complaint.type in LIMITS:
        return _limit(complaint, tree, place)
    return _type(complaint, tree, place)


def _missing(complaint: _Complaint, tree: MarkedTree, place: Place) -> Finding:
    key = "kind" if complaint.type == "union_tag_not_found" else str(complaint.leaf)
    name = _dotted((*complaint.path, key), tree.value)
    if isinstance(complaint.leaf, int):
        return place.finding(
            "value-length",
            f"`{_dotted(complaint.path, tree.value)}` must name two groups.",
            mark=tree.values.get(complaint.path),
            fix="Write [first, reference].",
        )
    mark = tree.keys.get(complaint.path) or (1, 1)
    choice = f" It is one of: {', '.join(KINDS)}." if key == "kind" else ""
    return place.finding(
        "key-missing", f"`{name}` must be given.", mark=mark, fix=f"Add `{key}:` here.{choice}"
    )


def _choice(complaint: _Complaint, tree: MarkedTree, place: Place) -> Finding:
    path = complaint.path
    if complaint.type == "union_tag_invalid":
        path = (*path, "kind")
    expected = str(complaint.context.get("expected_tags") or complaint.context.get("expected"))
    known = [item.replace("\\t", "\t") for item in re.findall(r"'([^']*)'", expected)]
    shown = ["tab" if item == "\t" else item for item in known]
    raw = tree.raw.get(path, "")
    return place.finding(
        "value-choice",
        f"`{_dotted(path, tree.value)}` must be {_or(shown)}.",
        mark=tree.values.get(path),
        found=_clipped(raw),
        fix=read_suggestion(raw, shown),
    )


def _type(complaint: _Complaint, tree: MarkedTree, place: Place) -> Finding:
    path, name = complaint.path, _dotted(complaint.path, tree.value)
    value, raw = _value_at(path, tree.value), tree.raw.get(path)
    mark = tree.values.get(path)
    wanted = TYPES.get(complaint.type, "a date such as 2018-06-30")
    if complaint.type == "union":
        wanted = (
            "text, a number or true or false" if "str" in complaint.context["of"] else ("a number")
        )
    if complaint.type == "model_type" and len(path) == 4 and path[2] == "columns":
        wanted = "the header of a column, or {column: header, ...}"
    fix = None
    if path[-2:-1] == ("covariates",) and value is None:
        fix = f"Write {path[-1]}: {{}}, or name the columns in a list."
    elif path[-1:] == ("covariates",):
        wanted = "a list of columns, or each with how it enters"
        fix = "Write [group, age_years], or {group: {}, age_years: {per: 10}}."
    elif wanted.startswith(("text", "the header")) and raw and value is not None:
        fix = f'Put it in quotes: {path[-1]}: "{_clipped(raw)}"'
    elif wanted == "true or false" and str(raw).lower() in {"yes", "no", "on", "off"}:
        fix = f"Did you mean `{'true' if str(raw).lower() in {'yes', 'on'} else 'false'}`?"
    elif wanted.startswith("a list") and raw:
        fix = f"Write [{_clipped(raw)}]."
    found = "nothing" if value is None else _clipped(raw) if raw else None
    return place.finding(
        "value-type", f"`{name}` must be {wanted}.", mark=mark, found=found, fix=fix
    )


def _limit(complaint: _Complaint, tree: MarkedTree, place: Place) -> Finding:
    words, key = LIMITS[complaint.type]
    raw = tree.raw.get(complaint.path, "")
    value = _value_at(complaint.path, tree.value)
    fix = None
    if complaint.path[-1:] == ("level",) and isinstance(value, int | float) and 1 < value < 100:
        fix = f"Did you mean {value / 100:g}?"
    return place.finding(
        "value-range",
        f"`{_dotted(complaint.path, tree.value)}` must be {words} {complaint.context[key]:g}.",
        mark=tree.values.get(complaint.path),
        found=_clipped(raw),
        fix=fix,
    )


def _length(complaint: _Complaint, name: str) -> str:
    if complaint.type == "too_long" and complaint.path[-1:] == ("covariates",):
        return f"`{name}` must have at most {complaint.context['max_length']} columns."
    if complaint.type == "too_long":
        return f"`{name}` must name {complaint.context['max_length']} groups."
    if complaint.type == "string_too_long":
        return f"`{name}` must have at most {complaint.context['max_length']} characters."
    return f"`{name}` must not be empty."


def _stated(complaint: _Complaint, tree: MarkedTree, place: Place) -> Finding:
    """Pass on a sentence that the model itself states."""
    said = str(complaint.context.get("error", ""))
    mark = tree.values.get(complaint.path)
    name = _dotted(complaint.path, tree.value)
    if complaint.path[:1] in {("population",), ("sensitivity",)} and name.endswith(".include"):
        return place.finding(
            "condition",
            f"The condition under `{name}` must follow the grammar.",
            mark=mark,
            found=said,
            fix="Write for example: disease == 'B-ALL' and age_years >= 18",
        )
    named = re.match(r"([\w.]+): ", said)
    inner = complaint.path + tuple(named[1].split(".")) if named else complaint.path
    key = tree.keys.get(_existing(inner, tree.value)) or tree.keys.get(complaint.path) or mark
    return place.finding("contradiction", f"`{name}`: {said}." if name else f"{said}.", mark=key)


def _references(tree: MarkedTree, place: Place) -> Iterator[Finding]:
    """Find groups and outcomes that are named and do not exist, each where it stands."""
    levels = _value_at(("groups", "levels"), tree.value)
    if isinstance(levels, tuple) and levels and all(isinstance(item, str) for item in levels):
        yield from _levels(levels, tree, place)
    outcomes = _value_at(("outcomes",), tree.value)
    if not isinstance(outcomes, dict):
        return
    parts = ("factors", "models", "adjusted", "sensitivity")
    for path, name in (n for part in parts for n in _names(tree.value, part, "outcomes")):
        if name not in outcomes:
            yield place.finding(
                "outcome-unknown",
                f"There is no outcome `{name}`.",
                mark=tree.values.get(path),
                fix=read_suggestion(name, outcomes),
            )


def _levels(levels: tuple[str, ...], tree: MarkedTree, place: Place) -> Iterator[Finding]:
    for index, level in enumerate(levels):
        if level in levels[:index]:
            yield place.finding(
                "level-repeated",
                "Each group must be listed once.",
                mark=tree.values.get(("groups", "levels", index)),
            )
    pairs = _value_at(("groups", "compare"), tree.value)
    for index, pair in enumerate(pairs if isinstance(pairs, tuple) else ()):
        if isinstance(pair, tuple) and len(pair) == 2 and pair[0] == pair[1]:
            yield place.finding(
                "level-itself",
                "A group can't be compared with itself.",
                mark=tree.values.get(("groups", "compare", index)),
            )
    for path, name in _level_names(tree.value):
        if name not in levels:
            mark = tree.values.get(path)
            if path[:2] == ("groups", "labels"):
                mark = tree.keys.get(path)
            yield place.finding(
                "level-unknown",
                f"`{name}` is not among `groups.levels`.",
                mark=mark,
                fix=read_suggestion(name, levels),
            )


def _level_names(value: Any) -> Iterator[tuple[Path, str]]:
    pairs = _value_at(("groups", "compare"), value)
    for i, pair in enumerate(pairs if isinstance(pairs, tuple) else ()):
        for j, name in enumerate(pair if isinstance(pair, tuple) else ()):
            if isinstance(name, str):
                yield ("groups", "compare", i, j), name
    labels = _value_at(("groups", "labels"), value)
    for name in labels if isinstance(labels, dict) else ():
        if isinstance(name, str):
            yield ("groups", "labels", name), name
    yield from _names(value, "outcomes", "groups")
    yield from _names(value, "factors", "within")
    yield from _names(value, "models", "within")


def _names(value: Any, part: str, key: str) -> Iterator[tuple[Path, str]]:
    """Yield each text of the lists ``part.*.key`` with its path."""
    entries = _value_at((part,), value)
    for entry, body in entries.items() if isinstance(entries, dict) else ():
        listed = body.get(key) if isinstance(body, dict) else None
        for index, name in enumerate(listed if isinstance(listed, tuple) else ()):
            if isinstance(name, str):
                yield (part, entry, key, index), name


def _keys_at(path: Path, value: Any) -> tuple[str, ...]:
    """Return the keys that the model permits at a place of the tree."""
    wanted: Any = Protocol
    for part in path:
        wanted = _member(_plain(wanted, value), part)
        value = _value_at((part,), value)
    model = _plain(wanted, value)
    if not (isinstance(model, type) and issubclass(model, BaseModel)):
        return ()
    return tuple(field.alias or name for name, field in model.model_fields.items())


def _plain(annotation: Any, value: Any) -> Any:
    """Strip Annotated and optional; of the kinds of outcome take the one that is written."""
    while get_origin(annotation) is Annotated:
        annotation = get_args(annotation)[0]
    if get_origin(annotation) in (Union, UnionType):
        options = [item for item in get_args(annotation) if item is not type(None)]
        kind = value.get("kind") if isinstance(value, dict) else None
        named = [item for item in options if _kind_of(item) == kind and kind]
        return _plain((named or options)[0], value)
    return annotation


def _kind_of(model: Any) -> str | None:
    fields = getattr(model, "model_fields", {})
    return get_args(fields["kind"].annotation)[0] if "kind" in fields else None


def _member(annotation: Any, part: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part in (name, field.alias):
                return field.annotation
    arguments = get_args(annotation)
    return arguments[-1] if arguments else None


def _value_at(path: Path, value: Any) -> Any:
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, tuple) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def _dotted(path: Path, value: Any) -> str:
    """Write a path with dots; items of lists are counted from 1."""
    parts: list[str] = []
    for part in path:
        counted = isinstance(value, tuple) and isinstance(part, int)
        parts.append(str(part + 1) if counted else str(part))
        value = _value_at((part,), value)
    return ".".join(parts)


def _or(items: list[str]) -> str:
    quoted = [f"`{item}`" for item in items]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + " or " + quoted[-1]


def _clipped(text: str) -> str:
    return text if len(text) <= 60 else text[:57] + "..."
