"""Whether a column can be a factor: a handful of levels, at least two, the declared ones there."""

from collections.abc import Sequence
from difflib import get_close_matches

import polars as pl

from autallo.derive.evidence import Evidence
from autallo.derive.labels import derive_labels
from autallo.derive.problems import Problems
from autallo.model.cohort import GROUP
from autallo.model.protocol import Factor

__all__ = ["check_factor"]

#: A whole-number column with more different values than this is a measurement.
MOST_LEVELS = 6
YES_NO = ("yes", "no")


def check_factor(
    evidence: Evidence, name: str, factor: Factor, problems: Problems, *, within: Sequence[str]
) -> None:
    """Note why a factor cannot be compared; `within` are the arms that it is studied in."""
    source = factor.column or name
    place = f"factors.{name}"
    if source not in evidence.names:
        where = f"{place}.column" if factor.column else place
        problems.unknown_column(source, evidence.names, place=where)
        return
    column = evidence.frame.get_column(source)
    if column.is_empty() or not _is_category(evidence, column, problems, place=place):
        return
    if _levels_known(evidence, column, factor, problems, place=place):
        inside = evidence.frame.get_column(GROUP).is_in(list(within))
        _check_two_levels(column.filter(inside), factor, problems, place=place)


def _is_category(evidence: Evidence, column: pl.Series, problems: Problems, *, place: str) -> bool:
    distinct = column.drop_nulls().n_unique()
    if evidence.is_personal(column.name):
        found = "a column that identifies persons, or free text"
    elif column.dtype.is_float() or column.dtype == pl.Date:
        found = f"{'dates' if column.dtype == pl.Date else 'a measurement'} in `{column.name}`"
    elif column.dtype.is_integer() and distinct > MOST_LEVELS:
        found = f"{distinct} different numbers in `{column.name}`"
    else:
        return True
    problems.in_study_file(
        "factor-levels",
        "A factor must have a handful of levels.",
        place=place,
        found=found,
        fix="Make a category of it: values map, or a column with classes.",
    )
    return False


def _levels_of(column: pl.Series) -> list[str]:
    """Return the levels that occur, as text: yes and no, categories, whole numbers."""
    if column.dtype == pl.Boolean:
        column = column.replace_strict({True: "yes", False: "no"}, return_dtype=pl.String)
    return derive_labels(column).drop_nulls().unique().sort().to_list()


def _levels_known(
    evidence: Evidence, column: pl.Series, factor: Factor, problems: Problems, *, place: str
) -> bool:
    """Note each declared level that nobody has; a level that is not declared is allowed."""
    seen = _levels_of(column)
    known = [*YES_NO] if column.dtype == pl.Boolean else seen
    unknown = [level for level in factor.levels or () if level not in known]
    for level in unknown:
        close = get_close_matches(level, known, n=1, cutoff=0.6)
        problems.in_study_file(
            "unknown-level",
            "Each declared level of a factor must be in the records.",
            place=f"{place}.levels",
            found=f"`{level}`; levels: {evidence.shown(column.name, known)}",
            fix=f"Did you mean `{close[0]}`?" if close else "Name one of these levels.",
        )
    return not unknown


def _check_two_levels(column: pl.Series, factor: Factor, problems: Problems, *, place: str) -> None:
    levels = [level for level in _levels_of(column) if level in (factor.levels or (level,))]
    if len(levels) < len(YES_NO):
        problems.in_study_file(
            "factor-one-level",
            "A factor must have at least two levels within its groups.",
            place=place,
            found=f"{len(levels)} in {column.len()} patients",
            fix="Widen `within`, choose another column, or take the factor out.",
        )
