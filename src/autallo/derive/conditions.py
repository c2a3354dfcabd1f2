"""The conditions of the study file on the records, in three values: yes, no, cannot tell."""

from datetime import date
from functools import reduce
from operator import and_, or_

import polars as pl

from autallo.derive.problems import Problems
from autallo.model.expression import (
    And,
    Comparison,
    Expression,
    IsMissing,
    Literal,
    Membership,
    Not,
    Or,
    names_in,
)

__all__ = ["derive_condition"]

PLACE = "population.include"


def derive_condition(
    condition: Expression, frame: pl.DataFrame, problems: Problems, *, place: str = PLACE
) -> pl.Expr:
    """Return a condition as a column of true, false, or null where a missing value decides.

    A name or a type that does not fit is noted in `problems`; the column is then true for all.
    """
    unknown = [name for name in names_in(condition) if name not in frame.columns]
    known = [name for name in frame.columns if not name.startswith("_")]
    for name in unknown:
        problems.unknown_column(name, known, place=place)
    if unknown or not _fits(condition, frame, problems, place):
        return pl.lit(value=True)
    return _column(condition)


def _column(condition: Expression) -> pl.Expr:
    match condition:
        case Comparison(name=name, operator=operator, literal=literal):
            return _compared(pl.col(name), operator, pl.lit(literal))
        case Membership(name=name, literals=literals):
            return reduce(or_, [pl.col(name) == pl.lit(literal) for literal in literals])
        case IsMissing(name=name):
            return pl.col(name).is_null()
        case Not(part=part):
            return ~_column(part)
        case And(parts=parts):
            return reduce(and_, map(_column, parts))
        case Or(parts=parts):
            return reduce(or_, map(_column, parts))


def _compared(left: pl.Expr, operator: str, right: pl.Expr) -> pl.Expr:
    match operator:
        case "==":
            return left == right
        case "!=":
            return left != right
        case "<":
            return left < right
        case "<=":
            return left <= right
        case ">":
            return left > right
        case _:
            return left >= right


def _fits(condition: Expression, frame: pl.DataFrame, problems: Problems, place: str) -> bool:
    """Check every literal against the type of its column; note each that does not fit."""
    match condition:
        case Comparison(name=name, operator=operator, literal=literal):
            ordered = operator not in ("==", "!=")
            dtype = frame.schema[name]
            return _literal_fits(name, dtype, (literal,), problems, ordered=ordered, place=place)
        case Membership(name=name, literals=literals):
            dtype = frame.schema[name]
            return _literal_fits(name, dtype, literals, problems, ordered=False, place=place)
        case IsMissing():
            return True
        case Not(part=part):
            return _fits(part, frame, problems, place)
        case And(parts=parts) | Or(parts=parts):
            verdicts = [_fits(part, frame, problems, place) for part in parts]
            return all(verdicts)


def _literal_fits(
    name: str,
    dtype: pl.DataType,
    literals: tuple[Literal, ...],
    problems: Problems,
    *,
    ordered: bool,
    place: str,
) -> bool:
    kind = _kind_of_column(dtype)
    kinds = {_kind_of_literal(literal) for literal in literals}
    orderable = kind in ("number", "date") or not ordered
    if kinds == {kind} and orderable:
        return True
    wanted = f"a {kind}" if orderable else "tested with == or !="
    problems.in_study_file(
        "condition-type",
        f"`{name}` in the condition must be compared with {wanted}."
        if orderable
        else f"`{name}` in the condition must be {wanted}.",
        place=place,
        found=f"column of type {kind}, compared with {' and '.join(sorted(kinds))}",
    )
    return False


def _kind_of_column(dtype: pl.DataType) -> str:
    if dtype == pl.Boolean:
        return "true or false"
    if dtype.is_numeric():
        return "number"
    return "date" if dtype == pl.Date else "text"


def _kind_of_literal(literal: Literal) -> str:
    if isinstance(literal, bool):
        return "true or false"
    if isinstance(literal, int | float):
        return "number"
    return "date" if isinstance(literal, date) else "text"
