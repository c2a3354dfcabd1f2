"""Outcomes with one value per patient: yes or no, grades, categories, measurements."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from autallo.clinical.response import FIRST_RESPONSE_DAY, RESPONSE_DAY, RESPONSES
from autallo.derive.evidence import MISSING, Evidence, derive_left_out
from autallo.derive.labels import derive_label, derive_labels
from autallo.derive.problems import Problems
from autallo.derive.summaries import derive_best_response
from autallo.errors import Severity
from autallo.model.cohort import Measured
from autallo.model.outcome import Binary, Categorical, Continuous, Ordinal
from autallo.model.tables import LIMIT_SUFFIX, meaning_of

__all__ = ["derive_binary", "derive_categorical", "derive_continuous", "derive_ordinal"]

#: More different values than this are no grades and no categories.
MOST_CATEGORIES = 50
NO_YES = ("no", "yes")


def derive_binary(
    evidence: Evidence, name: str, outcome: Binary, problems: Problems
) -> Measured | None:
    """Derive yes or no: one of some values, at least some grade, or a true-or-false column."""
    column = _response_by_day(evidence, name, outcome, problems)
    if column is None:
        return None
    if outcome.is_ is not None:
        wanted = [derive_label(value) for value in outcome.is_]
        labels = derive_labels(column)
        _check_wanted(evidence, name, labels, problems, wanted=wanted)
        yes = labels.is_in(wanted)
    elif outcome.at_least is not None:
        if not column.dtype.is_numeric():
            _wrong_type(name, column, "numbers", problems, because="`at_least`")
            return None
        yes = column >= outcome.at_least
    elif column.dtype == pl.Boolean:
        yes = column
    else:
        _wrong_type(name, column, "true or false", problems, because="neither `is` nor `at_least`")
        return None
    codes = [int(bool(value)) for value in yes]
    return Measured(
        values=np.array(codes, dtype=np.int64),
        categories=NO_YES,
        left_out=derive_left_out(evidence, outcome, _reasons(evidence, column)),
    )


def derive_ordinal(
    evidence: Evidence, name: str, outcome: Ordinal, problems: Problems
) -> Measured | None:
    """Derive grades in order: whole numbers from 0 to the highest, or words in a given order."""
    column = _column(evidence, name, outcome.from_, problems)
    if column is None:
        return None
    left_out = derive_left_out(evidence, outcome, _reasons(evidence, column))
    if outcome.order is not None:
        order = tuple(derive_label(value) for value in outcome.order)
        return _coded(evidence, name, column, problems, order=order, left_out=left_out)
    if not column.dtype.is_numeric() or not _whole(column):
        _wrong_type(name, column, "whole numbers", problems, because="no `order`")
        return None
    grades = [
        None if reason else int(value)
        for value, reason in zip(column.to_list(), left_out, strict=True)
    ]
    seen = [grade for grade in grades if grade is not None] or [0]
    lowest = min(0, *seen)
    if max(seen) - lowest >= MOST_CATEGORIES:
        _too_many(name, outcome.from_, problems)
        return None
    return Measured(
        values=np.array([(grade or 0) - lowest for grade in grades], dtype=np.int64),
        categories=tuple(str(grade) for grade in range(lowest, max(seen) + 1)),
        left_out=left_out,
    )


def derive_categorical(
    evidence: Evidence, name: str, outcome: Categorical, problems: Problems
) -> Measured | None:
    """Derive categories: in the order of the dictionary where it has one, else sorted."""
    column = _column(evidence, name, outcome.from_, problems)
    if column is None:
        return None
    left_out = derive_left_out(evidence, outcome, _reasons(evidence, column))
    if column.dtype == pl.Boolean:
        column = column.replace_strict({False: "no", True: "yes"}, return_dtype=pl.String)
        return _coded(evidence, name, column, problems, order=NO_YES, left_out=left_out)
    distinct = column.drop_nulls().unique().sort()
    if distinct.len() > MOST_CATEGORIES:
        _too_many(name, outcome.from_, problems)
        return None
    seen = derive_labels(distinct).to_list()
    known = _allowed(outcome.from_)
    order = tuple(value for value in known if value in seen)
    order += tuple(value for value in seen if value not in known)
    return _coded(evidence, name, column, problems, order=order, left_out=left_out)


def derive_continuous(
    evidence: Evidence, name: str, outcome: Continuous, problems: Problems
) -> Measured | None:
    """Derive a measurement, with the marks of values outside the measuring range."""
    column = _column(evidence, name, outcome.from_, problems)
    if column is None:
        return None
    if not column.dtype.is_numeric():
        _wrong_type(name, column, "numbers", problems, because="kind `continuous`")
        return None
    companion = f"{outcome.from_}{LIMIT_SUFFIX}"
    limited = None
    if companion in evidence.frame.columns:
        marks = evidence.frame.get_column(companion).fill_null(0)
        limited = marks.cast(pl.Int8).to_numpy()
    return Measured(
        values=column.cast(pl.Float64).fill_null(0.0).to_numpy(),
        categories=(),
        left_out=derive_left_out(evidence, outcome, _reasons(evidence, column)),
        limited=limited,
    )


def _column(evidence: Evidence, name: str, source: str, problems: Problems) -> pl.Series | None:
    if source in evidence.names and not evidence.is_personal(source):
        return evidence.frame.get_column(source)
    if source in evidence.names:
        problems.personal(source, place=f"outcomes.{name}.from")
    else:
        problems.unknown_column(source, evidence.names, place=f"outcomes.{name}.from")
    return None


def _response_by_day(
    evidence: Evidence, name: str, outcome: Binary, problems: Problems
) -> pl.Series | None:
    """Return the column; the best response again where the outcome sets its own window."""
    column = _column(evidence, name, outcome.from_, problems)
    if column is None or outcome.by_day is None:
        return column
    derived = outcome.from_ == "best_response" and "best_response" not in evidence.columns
    if not derived or evidence.courses is None or outcome.by_day < FIRST_RESPONSE_DAY:
        problems.in_study_file(
            "by-day",
            "`by_day` must go with a best response that is derived from assessments.",
            place=f"outcomes.{name}.by_day",
            found=f"from `{outcome.from_}`, by day {outcome.by_day}",
            fix=f"Take `by_day` out, or give a table of responses and a day of at least"
            f" {FIRST_RESPONSE_DAY} (usual: {RESPONSE_DAY}).",
        )
        return None
    best = derive_best_response(
        evidence.courses, by_day=outcome.by_day, tolerance_days=outcome.tolerance_days
    )
    return pl.Series("best_response", best, dtype=pl.String)


def _check_wanted(
    evidence: Evidence,
    name: str,
    labels: pl.Series,
    problems: Problems,
    *,
    wanted: list[str],
) -> None:
    """Refuse a value that the column cannot have; warn of one that nobody has."""
    source = labels.name
    seen = set(labels.drop_nulls().to_list())
    of_booleans = evidence.frame.schema[source] == pl.Boolean
    allowed = ("true", "false") if of_booleans else _allowed(source)
    for value in wanted:
        if value in seen or value in allowed:
            continue
        listed = ", ".join(f"`{one}`" for one in allowed) or evidence.shown(source, seen)
        problems.in_study_file(
            "value-not-found",
            f"`{source}` must be able to have the value `{value}`.",
            place=f"outcomes.{name}.is",
            found=f"values: {listed}" if listed else "nobody has it",
            fix="Write the value as the records have it after mapping.",
            severity=Severity.STOP if allowed else Severity.WARN,
        )


def _allowed(source: str) -> tuple[str, ...]:
    if source == "best_response":
        return RESPONSES
    for table in ("patients", "infusions"):
        meaning = meaning_of(table, source)
        if meaning is not None and meaning.allowed:
            return meaning.allowed
    return ()


def _reasons(evidence: Evidence, column: pl.Series) -> list[str | None]:
    missing = column.is_null().to_list()
    known: Sequence[str | None] = evidence.reasons.get(column.name, [None] * len(missing))
    return [
        (why or MISSING) if absent else None for absent, why in zip(missing, known, strict=True)
    ]


def _coded(
    evidence: Evidence,
    name: str,
    column: pl.Series,
    problems: Problems,
    *,
    order: tuple[str, ...],
    left_out: tuple[str | None, ...],
) -> Measured | None:
    codes = {value: code for code, value in enumerate(order)}
    labels = [
        None if reason else label
        for label, reason in zip(derive_labels(column).to_list(), left_out, strict=True)
    ]
    undeclared = [label for label in labels if label is not None and label not in codes]
    if undeclared:
        shown = evidence.shown(column.name, undeclared)
        problems.in_study_file(
            "undeclared-value",
            f"Each value of `{column.name}` must be in the declared order.",
            place=f"outcomes.{name}.order",
            found=f"{len(undeclared)} patients with another value"
            + (f": {shown}" if shown else ""),
        )
        return None
    return Measured(
        values=np.array([codes.get(label or "", 0) for label in labels], dtype=np.int64),
        categories=order,
        left_out=left_out,
    )


def _whole(column: pl.Series) -> bool:
    return column.dtype.is_integer() or bool((column.drop_nulls() % 1 == 0).all())


def _wrong_type(
    name: str, column: pl.Series, wanted: str, problems: Problems, *, because: str
) -> None:
    problems.in_study_file(
        "wrong-type",
        f"`{column.name}` must hold {wanted}.",
        place=f"outcomes.{name}.from",
        found=f"another type, with {because}",
        fix="Set `type` or `values` of the column, or change the outcome.",
    )


def _too_many(name: str, source: str, problems: Problems) -> None:
    problems.in_study_file(
        "too-many-categories",
        f"`{source}` must have at most {MOST_CATEGORIES} different values.",
        place=f"outcomes.{name}.from",
        found="more: a measurement or an identifier?",
    )
