"""One value per patient from what happened after day 0: response, expansion, early relapse."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from autallo.clinical.endpoints import PatientCourse
from autallo.clinical.response import (
    EARLY_RELAPSE_DAYS,
    FIRST_RESPONSE_DAY,
    RESPONSE_DAY,
    RESPONSE_TOLERANCE_DAYS,
    classify_best_response,
    classify_early_relapse,
    classify_responder,
)
from autallo.derive.courses import DAY, INDEX, derive_dated
from autallo.derive.records import DAY0
from autallo.model.cohort import Origin
from autallo.model.tables import LIMIT_SUFFIX, Table, Tables

__all__ = ["Summaries", "derive_best_response", "derive_summaries"]

#: Expansion is sought from the day after the infusion to this one [days].
LAST_EXPANSION_DAY = 28
CMAX = "car_t_cmax"
TMAX = "car_t_tmax_days"
LAST_RESPONSE_DAY = RESPONSE_DAY + RESPONSE_TOLERANCE_DAYS
BEST_RESPONSE = (
    f"best assessment from day {FIRST_RESPONSE_DAY} to day {LAST_RESPONSE_DAY}; NE without one"
)
RESPONDER = "best response CR, CRh or CRi; no if the patient died before an assessment"
EARLY_RELAPSE = (
    f"relapse before day {EARLY_RELAPSE_DAYS} after infusion; evaluable are responders with such a"
    f" relapse or followed without relapse to day {EARLY_RELAPSE_DAYS}; who died in remission"
    " before or was followed for less is not evaluable"
)
EXPANSION = f"highest number of transgene copies in samples of days 1 to {LAST_EXPANSION_DAY}"
EXPANSION_DAY = "first day of the highest sample"


@dataclass(frozen=True, slots=True, kw_only=True)
class Summaries:
    """The cohort with its summary columns.

    Attributes
    ----------
    frame : polars.DataFrame
        One row per patient.
    origins : tuple of Origin
        How each column was derived.
    reasons : mapping of column to reasons
        For a derived column, why the value of each row is missing; None where it is not.
    """

    frame: pl.DataFrame
    origins: tuple[Origin, ...] = ()
    reasons: Mapping[str, Sequence[str | None]] = field(default_factory=dict)


def derive_summaries(
    frame: pl.DataFrame,
    courses: list[PatientCourse] | None,
    tables: Tables,
) -> Summaries:
    """Add best response, responder, early relapse and expansion where they are not given."""
    origins: list[Origin] = []
    reasons: dict[str, Sequence[str | None]] = {}
    given = set(frame.columns)
    if courses is not None and tables.get("responses") and "best_response" not in given:
        best = pl.Series("best_response", derive_best_response(courses), dtype=pl.String)
        frame = frame.with_columns(best)
        origins.append(_derived("best_response", BEST_RESPONSE))
    if "best_response" in frame.columns and "responder" not in given:
        frame, reasons["responder"] = _with_responder(frame, courses)
        origins.append(_derived("responder", RESPONDER))
    relapses_known = tables.get("events") is not None and "responder" in frame.columns
    if courses is not None and relapses_known and "early_relapse" not in given:
        frame, reasons["early_relapse"] = _with_early_relapse(frame, courses)
        origins.append(_derived("early_relapse", EARLY_RELAPSE))
    kinetics = tables.get("kinetics")
    if kinetics is not None and DAY0 in given and not given & {CMAX, TMAX}:
        frame = _with_expansion(frame, kinetics)
        unit = next((column.unit for column in kinetics.columns if column.name == "copies"), None)
        origins += [_derived(CMAX, EXPANSION, unit), _derived(TMAX, EXPANSION_DAY, "days")]
    return Summaries(frame=frame, origins=tuple(origins), reasons=reasons)


def _derived(column: str, how: str, unit: str | None = None) -> Origin:
    return Origin(column=column, derived=True, how=f"Derived: {how}", unit=unit)


def derive_best_response(
    courses: list[PatientCourse],
    *,
    by_day: int = RESPONSE_DAY,
    tolerance_days: int = RESPONSE_TOLERANCE_DAYS,
) -> list[str]:
    """Return the best response of each course by a day."""
    return [
        classify_best_response(
            course.responses, by_day=by_day, tolerance_days=tolerance_days
        ).category
        for course in courses
    ]


def _with_responder(
    frame: pl.DataFrame, courses: list[PatientCourse] | None
) -> tuple[pl.DataFrame, list[str | None]]:
    deaths = [None] * frame.height if courses is None else [one.death_day for one in courses]
    best = frame.get_column("best_response").to_list()
    values = [
        classify_responder(category, death_day=death)
        for category, death in zip(best, deaths, strict=True)
    ]
    reasons = [
        "not evaluable: response not assessed" if value is None else None for value in values
    ]
    return frame.with_columns(pl.Series("responder", values, dtype=pl.Boolean)), reasons


def _with_early_relapse(
    frame: pl.DataFrame, courses: list[PatientCourse]
) -> tuple[pl.DataFrame, list[str | None]]:
    found = [
        classify_early_relapse(
            responder=responder,
            relapse_day=course.relapse_day,
            death_day=course.death_day,
            last_day=course.last_contact_day,
        )
        for responder, course in zip(frame.get_column("responder"), courses, strict=True)
    ]
    values = pl.Series("early_relapse", [one.value for one in found], dtype=pl.Boolean)
    return frame.with_columns(values), [one.reason for one in found]


def _with_expansion(frame: pl.DataFrame, kinetics: Table) -> pl.DataFrame:
    """Add the highest quantifiable sample; below the limit only where no sample was above it."""
    limit = f"copies{LIMIT_SUFFIX}"
    rows = derive_dated(frame, kinetics, "sample_date").filter(
        pl.col(DAY).is_between(1, LAST_EXPANSION_DAY) & pl.col("copies").is_not_null()
    )
    censored = limit in rows.columns
    if not censored:
        rows = rows.with_columns(pl.lit(0, dtype=pl.Int8).alias(limit))
    highest = (
        rows.sort(pl.col(limit) >= 0, "copies", DAY, descending=[True, True, False])
        .unique(INDEX, keep="first", maintain_order=True)
        .select(
            INDEX,
            pl.col("copies").cast(pl.Float64).alias(CMAX),
            pl.col(DAY).cast(pl.Float64).alias(TMAX),
            pl.col(limit).cast(pl.Int8).alias(f"{CMAX}{LIMIT_SUFFIX}"),
        )
    )
    joined = (
        frame.with_row_index(INDEX)
        .join(highest, on=INDEX, how="left", maintain_order="left")
        .drop(INDEX)
    )
    return joined if censored else joined.drop(f"{CMAX}{LIMIT_SUFFIX}")
