"""Outcomes with a time: derived endpoints, and times and events as given."""

import numpy as np
import polars as pl

from autallo.clinical.endpoints import classify_endpoint
from autallo.derive.evidence import MISSING, Evidence, derive_left_out
from autallo.derive.labels import derive_label, derive_labels
from autallo.derive.problems import Problems
from autallo.model.cohort import FollowUp
from autallo.model.outcome import CompetingRisks, TimeToEvent

__all__ = ["derive_follow_up"]

CAUSES = {
    "OS": ("death",),
    "EFS": ("death, relapse or no response",),
    "LFS": ("relapse or death",),
    "RI": ("relapse", "death without relapse"),
    "NRM": ("death without relapse", "relapse"),
}
#: The only word in a column of causes that means "followed without event".
CENSORED = "censored"
Timed = TimeToEvent | CompetingRisks


def derive_follow_up(
    evidence: Evidence, name: str, outcome: Timed, problems: Problems
) -> FollowUp | None:
    """Derive days and cause of each patient, from the course or from the given columns."""
    if outcome.endpoint is not None:
        return _endpoint(evidence, name, outcome, problems)
    days = _days(evidence, name, outcome, problems)
    if isinstance(outcome, TimeToEvent):
        cause = _event(evidence, name, outcome, problems)
        causes: tuple[str, ...] = (outcome.event or "",)
    else:
        cause = _cause(evidence, name, outcome, problems)
        causes = tuple(derive_label(value) for value in (outcome.is_ or "", *outcome.competing))
    if days is None or cause is None:
        return None
    known = days.is_not_null() & cause.is_not_null()
    reasons = [None if both else MISSING for both in known]
    return FollowUp(
        days=days.fill_null(0.0).to_numpy(),
        cause=cause.fill_null(0).to_numpy(),
        causes=causes,
        left_out=derive_left_out(evidence, outcome, reasons),
    )


def _endpoint(evidence: Evidence, name: str, outcome: Timed, problems: Problems) -> FollowUp | None:
    endpoint = outcome.endpoint
    place = f"outcomes.{name}.endpoint"
    if endpoint is None:
        return None
    needed = []
    if evidence.courses is None or not evidence.has_events:
        needed.append("a table of infusions with `infusion_date` and a table of events")
    if endpoint != "OS" and not evidence.has_response:
        needed.append("a table of responses")
    for what in needed:
        problems.in_study_file(
            "endpoint-without-records",
            f"The endpoint {endpoint} must have what it is derived from.",
            place=place,
            found=f"no {what.removeprefix('a ')}",
            fix=f"Give {what}, or `time` and `event` as columns.",
        )
    if needed or evidence.courses is None:
        return None
    found = [classify_endpoint(course, endpoint) for course in evidence.courses]
    return FollowUp(
        days=np.array([one.days or 0.0 for one in found], dtype=np.float64),
        cause=np.array([one.status for one in found], dtype=np.int64),
        causes=CAUSES[endpoint],
        left_out=derive_left_out(evidence, outcome, [one.reason for one in found]),
    )


def _days(evidence: Evidence, name: str, outcome: Timed, problems: Problems) -> pl.Series | None:
    source = outcome.time or ""
    place = f"outcomes.{name}.time"
    column = _given(evidence, source, place, problems)
    if column is None:
        return None
    if not column.dtype.is_numeric():
        _wrong_type(source, "numbers", place, problems)
        return None
    read = evidence.columns.get(source)
    if read is not None and read.unit not in (None, "days", "day", "d"):
        problems.in_study_file(
            "time-unit",
            f"`{source}` must be in days.",
            place=place,
            found=f"unit {read.unit}",
            fix="Declare the unit of the column (days, months or years) in its source.",
        )
        return None
    negative = int((column < 0).sum())
    if negative:
        problems.in_records(
            "negative-time",
            "Each time must be at least 0 days.",
            column=source,
            found=f"{negative} of {column.len()} patients",
            fix="Correct the times at the source.",
        )
        return None
    return column.cast(pl.Float64)


def _event(
    evidence: Evidence, name: str, outcome: TimeToEvent, problems: Problems
) -> pl.Series | None:
    source = outcome.event or ""
    place = f"outcomes.{name}.event"
    column = _given(evidence, source, place, problems)
    if column is None:
        return None
    if column.dtype != pl.Boolean:
        _wrong_type(source, "true or false", place, problems)
        return None
    return column.cast(pl.Int64)


def _cause(
    evidence: Evidence, name: str, outcome: CompetingRisks, problems: Problems
) -> pl.Series | None:
    """Return cause codes; an empty cell is "no event" unless the column has a word for that."""
    source = outcome.cause or ""
    column = _given(evidence, source, f"outcomes.{name}.cause", problems)
    if column is None:
        return None
    labels = derive_labels(column).to_list()
    declared = [derive_label(value) for value in (outcome.is_ or "", *outcome.competing)]
    codes = {value: code for code, value in enumerate(declared, start=1)}
    said = CENSORED in labels and CENSORED not in codes
    if said:
        codes[CENSORED] = 0
    undeclared = [label for label in labels if label is not None and label not in codes]
    if undeclared:
        shown = evidence.shown(source, undeclared)
        problems.in_study_file(
            "undeclared-cause",
            f"Each cause in `{source}` must be declared as `is` or `competing`.",
            place=f"outcomes.{name}.competing",
            found=f"{len(undeclared)} patients with another cause"
            + (f": {shown}" if shown else ""),
            fix="Add the cause to `competing`, or map it to `censored`.",
        )
        return None
    empty = None if said else 0
    values = [empty if label is None else codes[label] for label in labels]
    return pl.Series(source, values, dtype=pl.Int64)


def _given(evidence: Evidence, source: str, place: str, problems: Problems) -> pl.Series | None:
    if source in evidence.names:
        return evidence.frame.get_column(source)
    problems.unknown_column(source, evidence.names, place=place)
    return None


def _wrong_type(source: str, wanted: str, place: str, problems: Problems) -> None:
    problems.in_study_file(
        "wrong-type",
        f"`{source}` must hold {wanted}.",
        place=place,
        found="a column of another type",
        fix="Set `type` or `values` of the column in its source.",
    )
