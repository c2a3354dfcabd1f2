"""What an outcome is derived from: the finished frame, the courses, and what the columns are."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from autallo.clinical.endpoints import PatientCourse
from autallo.model.cohort import GROUP
from autallo.model.outcome import Outcome
from autallo.model.tables import ReadColumn

__all__ = ["MISSING", "Evidence", "derive_left_out"]

MISSING = "value missing"
#: Columns of the cohort that tell who somebody is or when he was treated.
PERSONAL = ("patient_id", "day0")
OTHER_GROUP = "not in groups of this outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Everything that an outcome may use.

    Attributes
    ----------
    frame : polars.DataFrame
        One row per patient.
    courses : list of PatientCourse or None
        Row-aligned with `frame`; None without day 0 or dated records.
    has_events, has_response : bool
        Whether relapse and death, and whether response, are recorded.
    columns : mapping of name to ReadColumn
        The given columns.
    reasons : mapping of column to reasons
        Why a derived value is missing.
    """

    frame: pl.DataFrame
    courses: list[PatientCourse] | None
    has_events: bool
    has_response: bool
    columns: Mapping[str, ReadColumn]
    reasons: Mapping[str, Sequence[str | None]]

    @property
    def names(self) -> list[str]:
        """Columns that the study file may name."""
        return [name for name in self.frame.columns if not name.startswith("_")]

    def is_personal(self, name: str) -> bool:
        """Say whether a column identifies persons, or holds free text that may."""
        read = self.columns.get(name)
        told = read is not None and (read.identifying or read.type == "text")
        return told or name in PERSONAL

    def shown(self, name: str, values: Iterable[str]) -> str | None:
        """Return values of a column for a message, unless the column identifies persons."""
        if self.is_personal(name):
            return None
        listed = sorted(set(values))
        return ", ".join(f"`{value}`" for value in listed[:5]) + (", ..." if listed[5:] else "")


def derive_left_out(
    evidence: Evidence, outcome: Outcome, reasons: Sequence[str | None]
) -> tuple[str | None, ...]:
    """Return why each patient is left out: first by group, then by the reason of the outcome."""
    if outcome.groups is None:
        return tuple(reasons)
    groups = evidence.frame.get_column(GROUP).to_list()
    return tuple(
        reason if group in outcome.groups else OTHER_GROUP
        for group, reason in zip(groups, reasons, strict=True)
    )
