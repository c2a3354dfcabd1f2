"""Write the pages of docs/reference that are made from the code. `make docs` runs it.

With `--check` nothing is written; the exit code says whether the pages are as the code is.
"""

import inspect
import json
import re
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

from autallo.model.methods import METHODS
from autallo.model.protocol import Protocol
from autallo.model.references import REFERENCES
from autallo.model.results import Estimate, Flag
from autallo.model.tables import DICTIONARY, KNOWN_TABLES

REFERENCE = Path(__file__).parent / "reference"
MADE = "Made from the code by `make docs`; edit the code, not this page."


def table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def dictionary_page() -> str:
    """Return the data dictionary, one table per kind of record."""
    parts = ["# Data dictionary", MADE, "Columns that a study adds of its own need a `type`."]
    for kind in KNOWN_TABLES:
        rows = [
            (
                f"`{column.name}`" + (" (required)" if column.required else ""),
                column.meaning,
                column.type,
                column.unit or "",
                ", ".join(column.allowed)
                or ("" if column.low is None else f"{column.low:g} to {column.high:g}"),
                "yes" if column.identifying else "",
            )
            for column in DICTIONARY
            if column.table == kind
        ]
        heads = ("column", "meaning", "type", "unit", "permitted", "identifying")
        parts += [f"## {kind}", table(heads, rows)]
    return "\n\n".join(parts) + "\n"


def methods_page() -> str:
    """Return every method with its sentence and sources."""
    parts = ["# Methods", MADE]
    for method in METHODS.values():
        sources = " ".join(REFERENCES[key] for key in method.references)
        parts.append(
            f"## {method.name}\n\n{method.sentence}\n\n"
            f"In `results.json`: `{method.key}`. Computed by `{method.validated_by}`."
            + (f" Two-sided p: {method.tails}. Ties: {method.ties}." if method.tails else "")
            + (f"\n\nSource: {sources}" if sources else "")
        )
    return "\n\n".join(parts) + "\n"


def results_page() -> str:
    """Return the fields of an estimate, and every flag with its sentence."""
    text = inspect.getdoc(Estimate) or ""
    meanings = dict(re.findall(r"^(\w[\w, ]*) : .*\n((?:    .*\n?)+)", text, flags=re.MULTILINE))
    told = {
        name.strip(): " ".join(meaning.split())
        for names, meaning in meanings.items()
        for name in names.split(",")
    }
    types = inspect.get_annotations(Estimate)
    rows = [(f"`{f.name}`", type_name(types[f.name]), told[f.name]) for f in fields(Estimate)]
    flags = [(f"`{flag.name}`", flag.value) for flag in Flag]
    parts = [
        "# results.json",
        MADE,
        "One record per number. A number that cannot be given is null, with a flag that says why.",
        table(("field", "type", "meaning"), rows),
        "## Flags",
        table(("flag", "sentence"), flags),
    ]
    return "\n\n".join(parts) + "\n"


def type_name(annotation: Any) -> str:
    """Return the type of a field as JSON knows it."""
    plain = getattr(annotation, "__name__", str(annotation))
    text = str(annotation) if "|" in str(annotation) or "[" in str(annotation) else plain
    return text.replace("autallo.model.results.", "").replace("None", "null")


def study_file_page() -> str:
    """Return every part of the study file with its settings."""
    schema = Protocol.model_json_schema(by_alias=True)
    models: dict[str, Any] = {"The whole file": schema, **schema["$defs"]}
    parts = ["# The study file", MADE, "`autallo schema` prints its JSON Schema for editors."]
    for name, model in models.items():
        required = model.get("required", [])
        rows = [
            (
                f"`{key}`" + (" (required)" if key in required else ""),
                value.get("description", ""),
                kind_of(value),
                default_of(value.get("default")),
            )
            for key, value in model["properties"].items()
        ]
        about = " ".join(model.get("description", "").split())
        parts += [f"## {name}", about, table(("setting", "meaning", "type", "default"), rows)]
    return "\n\n".join(parts) + "\n"


def kind_of(value: dict[str, Any]) -> str:
    """Return the type of a setting in words."""
    if "$ref" in value:
        return value["$ref"].rsplit("/", 1)[-1]
    for choice in ("anyOf", "oneOf"):
        if choice in value:
            kinds = [kind_of(part) for part in value[choice] if part.get("type") != "null"]
            return " or ".join(dict.fromkeys(kinds))
    if "enum" in value:
        return ", ".join(map(str, value["enum"]))
    if "const" in value:
        return str(value["const"])
    if value.get("type") == "array":
        return "list of " + kind_of(value["items"]) if "items" in value else "list"
    if value.get("type") == "object":
        inner = [*value.get("patternProperties", {}).values(), value.get("additionalProperties")]
        known = next((part for part in inner if isinstance(part, dict)), {"type": "value"})
        return "map of names to " + kind_of(known)
    return str(value.get("format", value.get("type", "")))


def default_of(value: Any) -> str:
    """Return a default as it would be written, or nothing where there is none."""
    return "" if value in (None, [], {}, "") or isinstance(value, dict) else f"`{value}`"


KINDS = ("byhand", "reference", "twins", "laws", "published")


def validation_page() -> str:
    """Return, for each public function of `stats`, its witnesses and the largest deviation."""
    recorded = json.loads((REFERENCE / "validation.json").read_text(encoding="utf-8"))
    functions = sorted({row["function"] for row in recorded})
    rows = []
    for function in functions:
        mine = {row["kind"]: row for row in recorded if row["function"] == function}
        counts = [str(mine[kind]["tests"]) if kind in mine else "" for kind in KINDS]
        compared = sum(row["comparisons"] for row in mine.values())
        loose = sum(row["loose"] for row in mine.values())
        rows.append(
            (f"`{function}`", *counts, f"{compared:,}", *largest_of(mine), loose_text(loose))
        )
    heads = (
        "function", "by hand", "R", "twin", "laws", "published", "numbers compared",
        "largest deviation from R", "from any other", "looser",
    )  # fmt: skip
    parts = [
        "# Validation",
        MADE + " The tests were run; this is what they called and what they compared.",
        VALIDATION_TEXT,
        table(heads, rows),
    ]
    return "\n\n".join(parts) + "\n"


VALIDATION_TEXT = """\
One row per public function of `autallo.stats`. The five columns of witnesses count the tests that
call the function: worked **by hand** in fractions; golden numbers of **R**; a **twin**, which is a
slow and plainly different implementation; **laws** that hold for every data set (each test runs on
many); numbers that were **published**. An expected number is never taken from the code under test,
and a test demands three kinds of witness for every function.

A deviation is the difference over the expected number, or over 1e-6 if that is larger. Comparisons
whose own tolerance is looser than 1e-6, because the other side was computed no better (a root
finder of R with its default tolerance, a simulation), are counted in the last column and left out
of the deviations; the reason stands beside each test, and in
[differences from R](differences-from-r.md). A test can call several functions; its comparisons are
counted for each."""


def largest_of(mine: dict[str, Any]) -> tuple[str, str]:
    """Return the largest deviation from R, and from the other witnesses."""
    r = [row["largest"] for kind, row in mine.items() if kind == "reference"]
    others = [row["largest"] for kind, row in mine.items() if kind != "reference"]
    return tuple(f"{max(found):.0e}" if found else "" for found in (r, others))  # type: ignore[return-value]


def loose_text(loose: int) -> str:
    """Return how many comparisons are looser, or nothing."""
    return f"{loose:,}" if loose else ""


PAGES = {
    "dictionary.md": dictionary_page,
    "methods.md": methods_page,
    "results.md": results_page,
    "study-file.md": study_file_page,
    "validation.md": validation_page,
}


def main() -> int:
    """Write the pages, or with --check compare them."""
    stale = []
    for name, page in PAGES.items():
        path = REFERENCE / name
        if "--check" in sys.argv:
            if not path.exists() or path.read_text(encoding="utf-8") != page():
                stale.append(name)
        else:
            REFERENCE.mkdir(exist_ok=True)
            path.write_text(page(), encoding="utf-8")
    if stale:
        print("not as the code is, run `make docs`:", ", ".join(stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
