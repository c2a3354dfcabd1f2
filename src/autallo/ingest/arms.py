"""Groups, times and codes: what would make a comparison meaningless."""

import difflib
from collections.abc import Iterator

import polars as pl

from autallo.errors import Finding, Severity
from autallo.ingest.cell_text import read_scalar
from autallo.ingest.codes import Place
from autallo.ingest.grid import read_shapes
from autallo.ingest.record_view import Records
from autallo.model.expression import names_in, parse_expression
from autallo.model.outcome import CompetingRisks, TimeToEvent
from autallo.model.tables import ROW, ReadColumn

__all__ = [
    "check_cause_codes",
    "check_event_codes",
    "check_levels",
    "check_outliers",
    "check_percentages",
    "check_times",
]

CODES_FOR_MISSING = (-9.0, -99.0, -999.0, -9999.0, 99.0, 999.0, 9999.0, 99999.0)
FAR = 3
SEVERAL = 5
#: The one word in a cause column that means "followed without event".
CENSORED = "censored"


def check_levels(records: Records) -> Iterator[Finding]:
    """Check that every declared group has patients, and every patient a declared group."""
    groups = records.protocol.groups
    frame = records.frame("patients", groups.by)
    if frame is None:
        return
    arms = frame.with_columns(_labels(frame[groups.by]).alias("arm"))
    yield from _empty(records, arms["arm"])
    strange = arms.filter(pl.col("arm").is_not_null() & ~pl.col("arm").is_in(groups.levels))
    decided = _decided(records, groups.by)
    if decided is not Severity.NOTE:
        yield from _nearly_spelt(records, strange)
        strange = strange.filter(~pl.col("arm").is_in(list(_near(strange, groups.levels))))
    shapes = read_shapes(strange["arm"].unique().sort().to_list())
    yield from records.told(
        "level-undeclared",
        f"Each patient must be in one of `groups.levels`, else is left out; here are {shapes}.",
        table="patients",
        columns=(groups.by,),
        rows=strange,
        severity=decided,
        fix="Map the values, add the level, or leave the patients out under `population`.",
    )
    yield from records.told(
        "level-missing",
        "Each patient must have a group, else is left out.",
        table="patients",
        columns=(groups.by,),
        rows=arms.filter(pl.col("arm").is_null()),
        severity=decided,
        fix=f"Fill it in, or leave them out: include: {groups.by} is not missing",
    )


def _nearly_spelt(records: Records, strange: pl.DataFrame) -> Iterator[Finding]:
    """Tell groups that are a declared level but for a slip of spelling; those are not guessed."""
    groups = records.protocol.groups
    near = _near(strange, groups.levels)
    for level in dict.fromkeys(near.values()):
        slips = [value for value, meant in near.items() if meant == level]
        yield from records.told(
            "level-misspelt",
            f"A group spelt nearly like `{level}` must be spelt like it, or be mapped to it.",
            table="patients",
            columns=(groups.by,),
            rows=strange.filter(pl.col("arm").is_in(slips)),
            severity=Severity.STOP,
            fix=f"Write `{level}`, or map the value under `values`?",
        )


def _near(strange: pl.DataFrame, levels: tuple[str, ...]) -> dict[str, str]:
    """Return each undeclared value that is nearly a level: same first letter, one or two off."""
    near = {}
    for value in strange["arm"].unique().sort().to_list():
        alike = [level for level in levels if level[:1].casefold() == value[:1].casefold()]
        folded = {level.casefold().strip(): level for level in alike}
        found = difflib.get_close_matches(value.casefold().strip(), folded, n=1, cutoff=0.85)
        if found:
            near[value] = folded[found[0]]
    return near


def _empty(records: Records, arm: pl.Series) -> Iterator[Finding]:
    """Tell declared groups without patients."""
    groups, table = records.protocol.groups, records.table("patients")
    place = Place(file=table.file, sheet=table.sheet, column=table.header_of(groups.by))
    for level in groups.levels:
        if not (arm == level).any():
            yield place.finding(
                "level-empty",
                f"The group `{level}` must have patients.",
                found="none",
                fix="Correct `groups.levels`, or the column.",
            )


def _decided(records: Records, column: str) -> Severity | None:
    """Return NOTE if the study file itself decides, by this column, who is in."""
    include = records.protocol.population.include
    named = include is not None and column in names_in(parse_expression(include))
    return Severity.NOTE if named else None


def _timed(records: Records) -> Iterator[tuple[str, str]]:
    """Yield each pair of time and event column that the study gives, once."""
    pairs: dict[tuple[str, str], None] = {}
    for outcome in records.protocol.outcomes.values():
        if isinstance(outcome, TimeToEvent) and outcome.time and outcome.event:
            pairs[outcome.time, outcome.event] = None
        if isinstance(outcome, CompetingRisks) and outcome.time and outcome.cause:
            pairs[outcome.time, outcome.cause] = None
    yield from pairs


def check_times(records: Records) -> Iterator[Finding]:
    """Check that no time is negative, and that each comes with its event."""
    told: set[str] = set()
    for time, event in _timed(records):
        frame = records.frame("patients", time, event)
        if frame is None:
            continue
        if time not in told and frame[time].dtype.is_numeric():
            told.add(time)
            yield from records.told(
                "time-negative",
                "A time must be at least 0.",
                table="patients",
                columns=(time,),
                rows=frame.filter(pl.col(time) < 0),
                fix="Correct the times.",
            )
        no_time, no_event = pl.col(time).is_null(), _unknown(frame[event])
        for code, sentence, rows in (
            ("time-missing", "A time must be given where the event is known.", no_time & ~no_event),
            (
                "event-missing",
                "It must be known whether the event happened by this time.",
                ~no_time & no_event,
            ),
            (
                "follow-up-missing",
                "These patients are not evaluable: neither time nor event is known.",
                no_time & no_event,
            ),
        ):
            yield from records.told(
                code,
                sentence,
                table="patients",
                columns=(time, event),
                rows=frame.filter(rows),
                fix="Fill in what is missing.",
            )


def _unknown(event: pl.Series) -> pl.Series:
    """Return where it is not known what happened; no cause at all may mean no event."""
    if event.dtype == pl.String and not (event == CENSORED).any():
        return pl.repeat(value=False, n=event.len(), dtype=pl.Boolean, eager=True)
    return event.is_null()


def check_event_codes(records: Records) -> Iterator[Finding]:
    """Check that an event column says yes or no."""
    named = {
        outcome.event: None
        for outcome in records.protocol.outcomes.values()
        if isinstance(outcome, TimeToEvent) and outcome.event
    }
    for event in named:
        frame = records.frame("patients", event)
        if frame is None or frame[event].dtype == pl.Boolean:
            continue
        yield from records.told(
            "event-codes",
            "An event column must say yes or no.",
            table="patients",
            columns=(event,),
            rows=frame.filter(pl.col(event).is_not_null()),
            fix=f"Declare it: {event}: {{column: ..., type: boolean, values: {{1: false, 2: true}}"
            "}?",
        )


def check_cause_codes(records: Records) -> Iterator[Finding]:
    """Check that a cause column holds declared causes, `censored`, or nothing."""
    for outcome in records.protocol.outcomes.values():
        if not isinstance(outcome, CompetingRisks) or not outcome.cause:
            continue
        frame = records.frame("patients", outcome.cause)
        if frame is None:
            continue
        declared = [read_scalar(value) for value in (outcome.is_ or "", *outcome.competing)]
        codes = frame.with_columns(_labels(frame[outcome.cause]).alias("code")).drop_nulls("code")
        yield from records.told(
            "cause-codes",
            "A cause must be declared; `censored` alone means no event.",
            table="patients",
            columns=(outcome.cause,),
            rows=codes.filter(~pl.col("code").is_in([*declared, CENSORED])),
            fix="Name the cause under `competing`, or map it: values: {0: censored}?",
        )


def _labels(column: pl.Series) -> pl.Series:
    """Return values as the study file would write them: 1.0 is 1."""
    if not column.dtype.is_float():
        return column.cast(pl.String)
    whole = (column == column.round()).fill_null(value=False)
    return (
        column.cast(pl.Int64, strict=False).cast(pl.String).zip_with(whole, column.cast(pl.String))
    )


def _number_columns(records: Records) -> Iterator[tuple[str, ReadColumn, pl.DataFrame]]:
    for name, table in records.tables.tables.items():
        for column in table.columns:
            if column.type in {"integer", "number"}:
                frame = records.frame(name, column.name)
                if frame is not None:
                    yield name, column, frame


def check_outliers(records: Records) -> Iterator[Finding]:
    """Find values such as 999 or -99, far from all others, that may stand for missing."""
    for name, column, frame in _number_columns(records):
        value = pl.col(column.name).cast(pl.Float64)
        code = value.is_in(CODES_FOR_MISSING)
        rest = frame.filter(~code)[column.name].drop_nulls()
        if rest.is_empty():
            continue
        low, high = float(rest.min()), float(rest.max())  # type: ignore[arg-type]
        far = ((value < 0) & (low >= 0)) | (value > FAR * max(abs(low), abs(high)))
        yield from records.told(
            "code-outlier",
            "A value such as 999 or -99 may stand for missing.",
            table=name,
            columns=(column.name,),
            rows=frame.filter(code & far),
            fix="If so, declare it: missing: [...]",
        )


def check_percentages(records: Records) -> Iterator[Finding]:
    """Find percentages that never exceed 1 and may be fractions."""
    for name, column, frame in _number_columns(records):
        values = frame[column.name].drop_nulls()
        if column.unit == "%" and values.len() >= SEVERAL and 0 < float(values.max()) <= 1:  # type: ignore[arg-type]
            source = records.table(name)
            yield Place(
                file=source.file, sheet=source.sheet, column=source.header_of(column.name)
            ).finding(
                "percent-scale",
                "Percentages should not all lie between 0 and 1.",
                rows=tuple(frame.drop_nulls(column.name)[ROW].to_list()),
                fix="If they are fractions, add to the column: unit: fraction",
            )
