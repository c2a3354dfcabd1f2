"""What happened to every patient of the cohort, in days from day 0."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import polars as pl

from autallo.clinical.endpoints import PatientCourse, convert_to_cutoff
from autallo.clinical.response import RESPONSES
from autallo.derive.problems import Problems
from autallo.derive.records import DAY0
from autallo.errors import Severity
from autallo.model.tables import ROW, Table, Tables

__all__ = ["derive_courses", "derive_dated", "derive_recorded_response"]

INDEX = "_index"
DAY = "_day"
#: Events that end something; without a date they cannot be used and cannot be left out either.
DATED_EVENTS = ("relapse", "death")
EVENTS = (*DATED_EVENTS, "new_therapy", "transplant", "infusion", "last_contact")


def derive_dated(frame: pl.DataFrame, table: Table, column: str) -> pl.DataFrame:
    """Return the dated rows of a table for the patients of `frame`, with the day from day 0."""
    patients = frame.with_row_index(INDEX).select(INDEX, "patient_id", DAY0)
    return (
        table.frame.join(patients, on="patient_id", how="inner")
        .with_columns((pl.col(column) - pl.col(DAY0)).dt.total_days().alias(DAY))
        .filter(pl.col(DAY).is_not_null())
        .drop(DAY0)
    )


def derive_recorded_response(
    frame: pl.DataFrame, patients: Table, problems: Problems
) -> pl.DataFrame:
    """Check the best response where it is given and not derived; refuse other words."""
    if "best_response" not in frame.columns:
        return frame
    wrong = frame.filter(~pl.col("best_response").cast(pl.String).is_in(RESPONSES))
    if wrong.height:
        problems.in_records(
            "unknown-value",
            f"`best_response` must be one of {', '.join(RESPONSES)}.",
            table=patients,
            column="best_response",
            rows=wrong.get_column(ROW).to_list(),
            found=f"{wrong.height} of {frame.height} patients with another value",
            fix="Map the codes with `values` in the study file.",
        )
    known = pl.col("best_response").cast(pl.String)
    return frame.with_columns(pl.when(known.is_in(RESPONSES)).then(known).alias("best_response"))


def derive_courses(
    frame: pl.DataFrame, tables: Tables, data_cutoff: date | None, problems: Problems
) -> list[PatientCourse] | None:
    """Return the course of each row up to the cutoff, or None if the study has no dated records."""
    responses, events = tables.get("responses"), tables.get("events")
    if DAY0 not in frame.columns or (responses is None and events is None):
        return None
    assessed = _assessments(frame, responses, problems) if responses else {}
    happened = _events(frame, events, problems) if events else {}
    given = (
        frame.get_column("best_response").to_list()
        if "best_response" in frame.columns
        else [None] * frame.height
    )
    starts: list[date] = frame.get_column(DAY0).to_list()
    courses = []
    for index, start in enumerate(starts):
        event = happened.get(index, {})
        listed = assessed.get(index, ())
        course = PatientCourse(
            responses=listed,
            best_response=given[index],
            relapse_day=event.get("relapse"),
            death_day=event.get("death"),
            last_contact_day=event.get("last"),
            cutoff_day=None if data_cutoff is None else (data_cutoff - start).days,
        )
        courses.append(convert_to_cutoff(course))
    _check_follow_up(frame, happened, problems, events=events)
    return courses


def _assessments(
    frame: pl.DataFrame, table: Table, problems: Problems
) -> dict[int, tuple[tuple[int, str], ...]]:
    _check_values(table, "response", RESPONSES, problems)
    rows = derive_dated(frame, table, "assessment_date").filter(pl.col("response").is_in(RESPONSES))
    grouped = rows.sort(DAY, "response").group_by(INDEX).agg(DAY, "response")
    return {
        index: tuple(zip(days, categories, strict=True))
        for index, days, categories in grouped.select(INDEX, DAY, "response").iter_rows()
    }


def _events(frame: pl.DataFrame, table: Table, problems: Problems) -> dict[int, dict[str, Any]]:
    _check_values(table, "event", EVENTS, problems)
    _check_dates(table, problems)
    rows = derive_dated(frame, table, "event_date")
    death = pl.col("event") == "death"
    relapse = (pl.col("event") == "relapse") & (pl.col(DAY) >= 0)
    found = rows.group_by(INDEX).agg(
        relapse=pl.col(DAY).filter(relapse).min(),
        death=pl.col(DAY).filter(death).min(),
        deaths=pl.col(DAY).filter(death).n_unique(),
        last=pl.col(DAY).filter(~death).max(),
        closed=(pl.col("event").is_in(["death", "last_contact"])).any(),
        rows=pl.col(ROW).filter(death),
    )
    listed: dict[int, dict[str, Any]] = {row[INDEX]: row for row in found.iter_rows(named=True)}
    early = [row for row in listed.values() if row["death"] is not None and row["death"] < 0]
    several = [row for row in listed.values() if row["deaths"] > 1]
    sentences = (
        ("death-before-day-0", "Each death must come on or after day 0.", early),
        ("two-deaths", "A patient must have one date of death.", several),
    )
    for code, sentence, wrong in sentences:
        if wrong:
            problems.in_records(
                code,
                sentence,
                table=table,
                column="event_date",
                rows=[number for row in wrong for number in row["rows"]],
                found=f"{len(wrong)} of {frame.height} patients",
                fix="Correct the dates at the source.",
            )
    for row in early:
        row["death"] = None
    return listed


def _check_values(table: Table, column: str, allowed: tuple[str, ...], problems: Problems) -> None:
    wrong = table.frame.filter(~pl.col(column).is_in(allowed))
    if wrong.height:
        problems.in_records(
            "unknown-value",
            f"`{column}` must be one of {', '.join(allowed)}.",
            table=table,
            column=column,
            rows=wrong.get_column(ROW).to_list(),
            found=f"{wrong.height} of {table.frame.height} rows with another value",
            fix="Map the codes with `values` in the study file.",
        )


def _check_dates(table: Table, problems: Problems) -> None:
    undated = table.frame.filter(
        pl.col("event_date").is_null() & pl.col("event").is_in(DATED_EVENTS)
    )
    if undated.height:
        problems.in_records(
            "event-without-date",
            "Each relapse and each death must have a date.",
            table=table,
            column="event_date",
            rows=undated.get_column(ROW).to_list(),
            found=f"{undated.height} without a date",
            fix="Enter the date; a day that is not known cannot be guessed here.",
        )


def _check_follow_up(
    frame: pl.DataFrame,
    happened: Mapping[int, Mapping[str, Any]],
    problems: Problems,
    *,
    events: Table | None,
) -> None:
    """Warn where follow-up is closed by neither death nor last contact."""
    open_ended = sum(not happened.get(index, {}).get("closed") for index in range(frame.height))
    if open_ended:
        problems.in_records(
            "no-last-contact",
            "Each patient who is alive must have a last contact.",
            table=events,
            column="event",
            found=f"{open_ended} of {frame.height} patients with neither death nor last contact;"
            " their follow-up ends at their last record",
            fix="Add the last contact as an event.",
            severity=Severity.WARN,
        )
