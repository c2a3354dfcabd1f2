"""Who is in and in which arm; every patient who is not is counted with the reason."""

from collections import Counter
from datetime import date

import polars as pl

from autallo.derive.conditions import derive_condition
from autallo.derive.labels import derive_labels
from autallo.derive.problems import Problems
from autallo.derive.records import DAY0, INFUSION_ROW, Records
from autallo.errors import Severity
from autallo.model.cohort import GROUP
from autallo.model.expression import (
    And,
    Expression,
    expression_text,
    names_in,
    parse_expression,
)
from autallo.model.flow import FlowStep
from autallo.model.protocol import Protocol

__all__ = ["derive_population"]

#: An arm of so few patients or fewer is announced.
TINY = 2
#: More different numbers than this are a measurement, not codes of groups.
MOST_GROUPS = 10
KEPT = "_kept"
REASON = "_reason"


def derive_population(
    frame: pl.DataFrame, records: Records, protocol: Protocol, problems: Problems
) -> tuple[pl.DataFrame, tuple[FlowStep, ...]]:
    """Return one row per patient of the declared arms, sorted by patient, and the flow there."""
    steps = _first_steps(records)
    frame, closed = _by_cutoff(frame, records, protocol.study.data_cutoff, problems)
    steps += closed
    if protocol.population.include is not None:
        frame, step = _in_population(frame, protocol.population.include, problems)
        steps.append(step)
    frame = _one_row_each(frame, records, problems)
    frame, step = _in_groups(frame, records, protocol, problems)
    steps.append(step)
    return frame.sort("patient_id"), tuple(steps)


def _first_steps(records: Records) -> list[FlowStep]:
    read = records.patients.rows_read
    steps = [FlowStep(label="Records read", remaining=read)]
    if records.has_day0:
        losses = (
            ("no infusion recorded", records.without_infusion),
            ("no date of infusion", records.without_date),
        )
        excluded = tuple((reason, count) for reason, count in losses if count)
        remaining = records.frame.get_column("patient_id").n_unique()
        steps.append(FlowStep(label="With an infusion", remaining=remaining, excluded=excluded))
    return steps


def _by_cutoff(
    frame: pl.DataFrame, records: Records, cutoff: date | None, problems: Problems
) -> tuple[pl.DataFrame, list[FlowStep]]:
    """Keep the infusions up to the cutoff; a patient is lost when all of his came later."""
    if cutoff is None or not records.has_day0:
        return frame, []
    kept = frame.filter(pl.col(DAY0) <= cutoff)
    remaining = kept.get_column("patient_id").n_unique()
    before = frame.get_column("patient_id").n_unique()
    if remaining == before:
        return kept, []
    problems.in_records(
        "after-cutoff",
        f"Patients infused after the data cutoff, {cutoff}, are left out.",
        table=records.infusions or records.patients,
        column="infusion_date",
        found=f"{before - remaining} of {before} patients",
        severity=Severity.WARN,
    )
    lost = (("infused after the data cutoff", before - remaining),)
    label = f"Infused by the data cutoff ({cutoff})"
    return kept, [FlowStep(label=label, remaining=remaining, excluded=lost)]


def _in_population(
    frame: pl.DataFrame, include: str, problems: Problems
) -> tuple[pl.DataFrame, FlowStep]:
    """Keep the rows that meet the condition; a patient is lost when none of his rows does."""
    condition = parse_expression(include)
    names = [name for name in names_in(condition) if name in frame.columns]
    missing = pl.concat_str(
        [pl.when(pl.col(name).is_null()).then(pl.lit(name)) for name in names] or [pl.lit("")],
        separator=", ",
        ignore_nulls=True,
    )
    frame = frame.with_columns(
        derive_condition(condition, frame, problems).alias(KEPT),
    )
    frame = frame.with_columns(
        pl.when(pl.col(KEPT).is_null())
        .then(pl.format("cannot tell: {} missing", missing))
        .otherwise(_first_not_met(condition, frame))
        .alias(REASON)
    )
    kept = frame.filter(pl.col(KEPT))
    lost = (
        frame.join(kept.select("patient_id").unique(), on="patient_id", how="anti")
        .sort(pl.col(KEPT).is_not_null(), REASON)
        .unique("patient_id", keep="first", maintain_order=True)
    )
    step = FlowStep(
        label=f"In the population ({include})",
        remaining=kept.get_column("patient_id").n_unique(),
        excluded=_counted(lost.get_column(REASON).to_list()),
    )
    return kept.drop(KEPT, REASON), step


def _first_not_met(condition: Expression, frame: pl.DataFrame) -> pl.Expr:
    """Return the first part of a condition joined by `and` that does not hold, in words."""
    parts = condition.parts if isinstance(condition, And) else (condition,)
    told_already = Problems()
    told = [
        pl.when(~derive_condition(part, frame, told_already)).then(
            pl.lit(f"not met: {expression_text(part)}")
        )
        for part in parts
    ]
    return pl.coalesce(*told, pl.lit("condition not met"))


def _counted(reasons: list[str]) -> tuple[tuple[str, int], ...]:
    """Return reasons with their counts, the most frequent first, then by alphabet."""
    return tuple(sorted(Counter(reasons).items(), key=lambda item: (-item[1], item[0])))


def _one_row_each(frame: pl.DataFrame, records: Records, problems: Problems) -> pl.DataFrame:
    twice = frame.filter(pl.col("patient_id").is_duplicated())
    if twice.height and INFUSION_ROW in frame.columns:
        n_twice = twice.get_column("patient_id").n_unique()
        problems.in_records(
            "two-day-0",
            "A patient must have one day 0.",
            table=records.infusions,
            rows=twice.get_column(INFUSION_ROW).to_list(),
            found=f"{n_twice} of {frame.get_column('patient_id').n_unique()} patients have more"
            " than one infusion in the population",
            fix="Add `infusion_number == 1` to population.include?",
        )
    return frame.unique("patient_id", keep="first", maintain_order=True)


def _in_groups(
    frame: pl.DataFrame, records: Records, protocol: Protocol, problems: Problems
) -> tuple[pl.DataFrame, FlowStep]:
    by, levels = protocol.groups.by, protocol.groups.levels
    if not _groups_can_be_told(frame, by, problems):
        return frame.clear().with_columns(pl.lit("").alias(GROUP)), FlowStep(label="", remaining=0)
    labelled = frame.with_columns(derive_labels(frame.get_column(by)).alias(GROUP))
    inside = labelled.filter(pl.col(GROUP).is_in(levels))
    outside = labelled.filter(~pl.col(GROUP).is_in(levels).fill_null(value=False))
    counts = Counter(inside.get_column(GROUP).to_list())
    categories = by == "product_source" or (
        by in records.columns and records.columns[by].type in ("category", "boolean")
    )
    values = [] if not categories else labelled.get_column(GROUP).drop_nulls().unique().to_list()
    _check_sizes(counts, levels, values, problems)
    step = FlowStep(
        label="In a declared group",
        remaining=inside.height,
        excluded=_counted([_why_outside(value, by) for value in outside.get_column(GROUP)]),
        by_group=tuple((level, counts[level]) for level in levels),
    )
    return inside, step


def _groups_can_be_told(frame: pl.DataFrame, by: str, problems: Problems) -> bool:
    known = [name for name in frame.columns if not name.startswith("_")]
    if GROUP in known and by != GROUP:
        problems.in_study_file(
            "reserved-column",
            f"`{GROUP}` must not be the name of a given column unless it is the arm.",
            place="groups.by",
            found=f"groups.by is `{by}`",
            fix=f"Call the column otherwise, or set groups.by to `{GROUP}`?",
        )
        return False
    if by in known and _is_measured(frame.get_column(by)):
        problems.in_study_file(
            "group-levels",
            "The groups must be categories.",
            place="groups.by",
            found=f"measurements or dates in `{by}`",
            fix="Name a column with categories, or make one of it.",
        )
        return False
    if by in known:
        return True
    if by == "product_source":
        problems.in_study_file(
            "unknown-column",
            "`groups.by: product_source` must have what it is derived from.",
            place="groups.by",
            fix="Give a table of infusions with `infusion_date` and `cell_source`.",
        )
    else:
        problems.unknown_column(by, known, place="groups.by")
    return False


def _is_measured(column: pl.Series) -> bool:
    """Say whether a column holds dates, or more different numbers than groups could have."""
    many = column.dtype.is_numeric() and column.drop_nulls().n_unique() > MOST_GROUPS
    return many or column.dtype == pl.Date


def _check_sizes(
    counts: Counter[str], levels: tuple[str, ...], values: list[str], problems: Problems
) -> None:
    for level in levels:
        if counts[level] == 0:
            others = ", ".join(sorted(set(values) - set(levels))[:5])
            problems.in_study_file(
                "empty-arm",
                f"The arm `{level}` must have patients.",
                place="groups.levels",
                found="0 patients" + (f"; values in no arm: {others}" if others else ""),
                fix="Correct the level, the population or the data cutoff, or take the arm out.",
            )
        elif counts[level] <= TINY:
            problems.in_study_file(
                "tiny-arm",
                f"The arm `{level}` is too small for most comparisons.",
                place="groups.levels",
                found=f"{counts[level]} patient{'s' if counts[level] > 1 else ''}",
                severity=Severity.WARN,
            )


def _why_outside(value: str | None, by: str) -> str:
    if value is None:
        return "group value missing"
    return f"product source {value}" if by == "product_source" else "group not among the levels"
