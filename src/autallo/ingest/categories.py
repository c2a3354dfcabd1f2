"""Text to text, categories and booleans: every value is known, mapped or refused."""

import difflib
import unicodedata
from collections.abc import Iterable

import polars as pl

from autallo.errors import Finding
from autallo.ingest.cell_text import (
    CellText,
    TypedCells,
    is_missing_word,
    read_lookup,
    read_scalar,
)
from autallo.ingest.grid import read_shapes

__all__ = ["read_booleans", "read_categories", "read_plain_text"]

FAMILIES = ({"true": True, "false": False}, {"yes": True, "no": False}, {"1": True, "0": False})
USUAL = frozenset(word for family in FAMILIES for word in family)
MARKS = frozenset({"-", "--", ".", "?", "??", "n/a", "n.a.", "#n/a", "unk"})
MANY = 100
#: Cyrillic and Greek letters that look like Latin ones.
LOOK_ALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0391\u0392\u0395\u0397\u0399\u039a\u039c"
    "\u039d\u039f\u03a1\u03a4\u03a7\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422"
    "\u0425",
    "aeopcyxiABEHIKMNOPTXABEKMHOPCTX",
)


def read_plain_text(cells: CellText) -> TypedCells:
    """Keep text as it is; in the patient code, numbers that lost digits are refused."""
    findings = []
    text = cells.text
    if cells.plan.spec.values:
        found = read_lookup(cells.plan.spec.values, _distinct(text))
        text = text.replace(list(found), [read_scalar(target) for target in found.values()])
    if cells.numbers is not None:
        long = cells.numbers & (text.str.len_chars() > 15).fill_null(value=False)
        if long.any() and cells.plan.identifying:
            findings.append(
                cells.plan.place.finding(
                    "id-digits",
                    "A code of more than 15 digits must be stored as text; as a "
                    "number it has lost its last digits.",
                    rows=cells.rows_where(long),
                    fix="Format the column as text and enter the codes again.",
                )
            )
    findings += _converted(cells)
    return TypedCells(series=(text.alias(cells.plan.name),), findings=tuple(findings))


def read_categories(cells: CellText) -> TypedCells:
    """Read categories: mapped codes, permitted values, or any if nothing is prescribed."""
    plan, distinct = cells.plan, _distinct(cells.text)
    values = plan.spec.values or {}
    found = read_lookup(values, distinct)
    targets = {read_scalar(target) for target in values.values()}
    allowed = set(plan.meaning.allowed if plan.meaning else ()) or targets
    findings = _converted(cells)
    if allowed:
        unknown = [value for value in distinct if value not in found and value not in allowed]
        findings += _unknown(cells, unknown, sorted(allowed | {read_scalar(key) for key in values}))
        refused = cells.text.is_in(unknown)
    else:
        findings += _open(cells, distinct)
        refused = pl.repeat(value=False, n=cells.text.len(), dtype=pl.Boolean, eager=True)
    text = cells.text.set(refused.fill_null(value=False), None)
    text = text.replace(list(found), [read_scalar(target) for target in found.values()])
    return TypedCells(series=(text.alias(plan.name),), findings=tuple(findings))


def read_booleans(cells: CellText) -> TypedCells:
    """Read yes and no by the codes of the study file, or by one of the usual pairs."""
    distinct = _distinct(cells.text)
    values = cells.plan.spec.values or {}
    spelt = {read_scalar(key).lower(): bool(target) for key, target in values.items()}
    spelt = {word: truth for word, truth in spelt.items() if word in USUAL}
    found = {text: spelt[text.lower()] for text in distinct if text.lower() in spelt}
    found |= {text: bool(target) for text, target in read_lookup(values, distinct).items()}
    usual, findings = _family(cells, [value for value in distinct if value not in found])
    found |= usual
    unknown = [value for value in distinct if value not in found]
    if unknown and not findings:
        findings = _no_boolean(cells, unknown)
    known = {value: truth for value, truth in found.items() if value not in unknown}
    series = cells.text.replace_strict(
        list(known), list(known.values()), default=None, return_dtype=pl.Boolean
    )
    return TypedCells(series=(series.alias(cells.plan.name),), findings=tuple(findings))


def _distinct(text: pl.Series) -> list[str]:
    return text.drop_nulls().unique().sort().to_list()


def _family(cells: CellText, distinct: list[str]) -> tuple[dict[str, bool], list[Finding]]:
    """Return the meaning of each text if the column keeps to one pair of words."""
    used = [family for family in FAMILIES if any(value.lower() in family for value in distinct)]
    if len(used) > 1:
        stop = cells.plan.place.finding(
            "boolean-mixed",
            "A column must keep to one pair: yes and no, true and false, or 1 and 0.",
            found=", ".join(_counts(cells.text, family) for family in used),
            fix="Correct the cells, or say what each means: "
            + cells.plan.declared(
                values={w: held for family in used for w, held in family.items()}
            ),
        )
        return {}, [stop]
    if {"1", "2"} & set(distinct) and set(distinct) <= {"1", "2"} and "2" in distinct:
        stop = cells.plan.place.finding(
            "boolean-codes",
            "The codes 1 and 2 must be declared.",
            rows=cells.rows_where(cells.text == "2"),
            fix=f"Write in the study file: {cells.plan.declared(values={1: False, 2: True})}?",
        )
        return {}, [stop]
    family = used[0] if used and not _recoded(cells, used[0]) else {}
    return {value: family[value.lower()] for value in distinct if value.lower() in family}, []


def _recoded(cells: CellText, family: dict[str, bool]) -> bool:
    """Say whether the study file gives codes of this kind another meaning than the usual."""
    values = {
        read_scalar(key).lower(): held for key, held in (cells.plan.spec.values or {}).items()
    }
    numeric = "1" in family
    return any(
        family[code] != held if code in family else numeric and code.lstrip("+-").isdigit()
        for code, held in values.items()
    )


def _counts(text: pl.Series, family: dict[str, bool]) -> str:
    held = int(text.str.to_lowercase().is_in(list(family)).sum())
    return f"{' or '.join(family)} in {held} cells"


def _no_boolean(cells: CellText, unknown: list[str]) -> list[Finding]:
    words = {
        "boolean-form": (
            "A cell must be yes or no.",
            "Correct the cells, or say what each means: "
            + cells.plan.declared(values={"code for yes": True, "code for no": False}),
        ),
    }
    return cells.sorted_out(cells.text.is_in(unknown), lambda _: "boolean-form", words)


def _unknown(cells: CellText, unknown: list[str], known: list[str]) -> list[Finding]:
    """Tell categories that are neither permitted nor mapped; only near misses are shown."""
    findings = []
    words = [value for value in unknown if is_missing_word(value)]
    if words:
        findings.append(cells.missing_words(words))
    rest = [value for value in unknown if not is_missing_word(value)]
    if rest:
        values = cells.plan.spec.values or {}
        ours = {read_scalar(key): read_scalar(target) for key, target in values.items()}
        pairs = [
            (value, ours.get(near, near)) for value in rest if (near := _nearest(value, known))
        ]
        line = cells.plan.declared(values=dict(pairs[:5]) or {"text in the cell": known[0]})
        fix = f"Permitted: {', '.join(known)}. Map the others: {line}"
        if pairs:
            fix = f"Write in the study file: {line}?"
        findings.append(
            cells.refused(rest, "category-unknown", "A category must be permitted or mapped.", fix)
        )
    return findings


def _nearest(value: str, known: Iterable[str]) -> str | None:
    """Return the category that a value is a slip or an abbreviation of, if it surely is."""
    folded = {name.casefold(): name for name in known}
    text = value.casefold()
    starts = [name for name in folded if len(text) <= 3 and name.startswith(text)]
    near = difflib.get_close_matches(text, folded, n=1, cutoff=0.75) or (
        starts if len(starts) == 1 else []
    )
    return folded[near[0]] if near else None


def _open(cells: CellText, distinct: list[str]) -> list[Finding]:
    """Look at free categories: variants of one word, marks for missing, too many."""
    findings = []
    place = cells.plan.place
    groups: dict[str, list[str]] = {}
    for value in distinct:
        groups.setdefault(_skeleton(value), []).append(value)
    several = [group for group in groups.values() if len(group) > 1]
    variants = [value for group in several for value in group]
    if variants:
        findings.append(
            place.finding(
                "category-variants",
                "Categories must differ in more than capitals, spaces or look-alike letters.",
                rows=cells.rows_where(cells.text.is_in(_rarer(cells.text, several))),
                found=f"{len(variants)} spellings: {read_shapes(variants)}",
                fix="Write these as in the other rows, or map every category: "
                + cells.plan.declared(values={"text in the cell": "category"}),
            )
        )
    marks = [value for value in distinct if value.casefold() in MARKS]
    if marks:
        listed = ", ".join(f'"{mark}"' for mark in marks)
        findings.append(
            place.finding(
                "missing-mark",
                "A mark for missing should be declared; it now counts as a category.",
                rows=cells.rows_where(cells.text.is_in(marks)),
                fix=f"Add to the column: missing: [{listed}]?",
            )
        )
    if len(distinct) > MANY:
        findings.append(
            place.finding(
                "category-many",
                "A category should have few values; this one looks like an identifier.",
                found=f"{len(distinct)} different values",
                fix="Make the column a text: type: text?",
            )
        )
    return findings


def _rarer(text: pl.Series, groups: list[list[str]]) -> list[str]:
    """Return all spellings of each group but the most frequent, the first of equals."""
    rarer: list[str] = []
    for group in groups:
        usual = max(group, key=lambda value: int((text == value).sum()))
        rarer += [value for value in group if value != usual]
    return rarer


def _skeleton(value: str) -> str:
    text = unicodedata.normalize("NFKC", value).translate(LOOK_ALIKES).casefold()
    return "".join(mark for mark in text if mark.isalnum() or mark in "+<>=%")


def _converted(cells: CellText) -> list[Finding]:
    """Warn where a spreadsheet program has turned codes into dates."""
    if cells.dates is None or not cells.dates.any():
        return []
    return [
        cells.plan.place.finding(
            "cell-converted",
            "The spreadsheet program stores these cells as dates; were they codes?",
            rows=cells.rows_where(cells.dates),
            fix="Format the column as text and enter the codes again.",
        )
    ]
