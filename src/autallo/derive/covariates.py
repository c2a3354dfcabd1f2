"""Whether a column can be a covariate of a model or of weights, and an outcome be modelled."""

from collections.abc import Mapping, Sequence

import polars as pl

from autallo.derive.evidence import Evidence
from autallo.derive.labels import derive_labels
from autallo.derive.problems import Problems
from autallo.model.adjusting import Adjusting, Covariate
from autallo.model.cohort import GROUP
from autallo.model.outcome import Categorical, Ordinal, Outcome

__all__ = ["check_covariates", "check_modelled"]

#: A category with more levels than this cannot be adjusted for.
MOST_LEVELS = 10


def check_modelled(
    adjusting: Adjusting, outcomes: dict[str, Outcome], problems: Problems, *, place: str
) -> None:
    """Note outcomes that no model is made for: grades and categories."""
    for name in adjusting.outcomes:
        outcome = outcomes[name]
        if isinstance(outcome, Ordinal | Categorical):
            problems.in_study_file(
                "model-outcome",
                "Grades and categories cannot be modelled or weighted.",
                place=f"{place}.outcomes",
                found=f"`{name}`, an outcome of kind {outcome.kind}",
                fix="Make a binary outcome of it: `kind: binary` with `at_least` or `is`.",
            )


def check_covariates(
    evidence: Evidence,
    adjusting: Adjusting,
    problems: Problems,
    *,
    place: str,
    arms: Sequence[str],
    own: Mapping[str, str],
) -> None:
    """Note why a column cannot be adjusted for; `arms` are those that are analysed.

    `own` says of columns that must not be covariates what they are already.
    """
    inside = evidence.frame.get_column(GROUP).is_in(list(arms))
    for name, covariate in adjusting.covariates.items():
        where = f"{place}.covariates.{name}"
        if name in own:
            problems.in_study_file(
                "covariate-own",
                "A covariate must not be what is compared, or what it is compared in.",
                place=where,
                found=f"`{name}`, which is {own[name]}",
                fix="Take it out of the covariates.",
            )
        elif name not in evidence.names:
            problems.unknown_column(name, evidence.names, place=f"{place}.covariates")
        elif name != GROUP and evidence.is_personal(name):
            problems.personal(name, place=where)
        else:
            column = evidence.frame.get_column(name).filter(inside)
            _check_column(column, covariate, problems, place=where)


def _check_column(
    column: pl.Series, covariate: Covariate, problems: Problems, *, place: str
) -> None:
    told = _wrong(column, covariate)
    if told is not None:
        found, fix = told
        problems.in_study_file(
            "covariate",
            "A covariate must be a number, or a category with a handful of levels.",
            place=place,
            found=found,
            fix=fix,
        )


def _wrong(column: pl.Series, covariate: Covariate) -> tuple[str, str] | None:
    """Return what is wrong with a column or its options, and how to mend it."""
    if column.dtype == pl.Date:
        return f"dates in `{column.name}`", "Name a column with a number or a category."
    if column.null_count() == column.len():
        return f"no value in `{column.name}` in these arms", "Fill it in, or take it out."
    return _number(column, covariate) if column.dtype.is_numeric() else _category(column, covariate)


def _number(column: pl.Series, covariate: Covariate) -> tuple[str, str] | None:
    """Return what is wrong with a number, and how to mend it."""
    if covariate.reference is not None:
        return (
            f"`reference` for the numbers in `{column.name}`",
            "Leave `reference` out, or read the column as `type: category`.",
        )
    least = column.drop_nulls().min()
    if covariate.scale == "log2" and isinstance(least, int | float) and least <= 0:
        return (
            f"a value of 0 or below in `{column.name}`, which has no logarithm",
            "Leave `scale` out.",
        )
    return None


def _category(column: pl.Series, covariate: Covariate) -> tuple[str, str] | None:
    """Return what is wrong with a category, and how to mend it."""
    if covariate.per is not None or covariate.scale == "log2":
        return f"`per` or `scale` for the category `{column.name}`", "Leave it out."
    yes_no = column.dtype == pl.Boolean
    levels = (
        ["no", "yes"] if yes_no else derive_labels(column).drop_nulls().unique().sort().to_list()
    )
    if len(levels) > MOST_LEVELS:
        return f"{len(levels)} levels in `{column.name}`", "Put levels together: `values`."
    if covariate.reference is not None and covariate.reference not in levels:
        listed = ", ".join(f"`{level}`" for level in levels)
        return f"`reference: {covariate.reference}`; levels: {listed}", "Name one of these levels."
    return None
