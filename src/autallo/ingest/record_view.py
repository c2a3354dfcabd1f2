"""The tables of a study as the checks look at them: by patient, with day 0, with their places."""

from dataclasses import dataclass

import polars as pl

from autallo.errors import Finding, Severity
from autallo.ingest.codes import Place
from autallo.model.protocol import Protocol
from autallo.model.tables import ROW, Table, Tables

__all__ = ["DATED", "DAY0", "ID", "Records", "read_records"]

ID = "patient_id"
DAY0 = "day0"
#: The column of each table that says when.
DATED = {
    "transplants": "transplant_date",
    "infusions": "infusion_date",
    "chimerism": "sample_date",
    "responses": "assessment_date",
    "kinetics": "sample_date",
    "events": "event_date",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """The tables and the study file that the checks are about.

    Attributes
    ----------
    tables : Tables
        As they were read.
    protocol : Protocol
        The study file.
    day0 : polars.DataFrame or None
        ``patient_id`` and ``day0`` of every patient with an infusion.
    """

    tables: Tables
    protocol: Protocol
    day0: pl.DataFrame | None

    def frame(self, name: str, *columns: str) -> pl.DataFrame | None:
        """Return a table if it is there with all of these columns."""
        table = self.tables.get(name)
        wanted = {ID, *columns}
        return table.frame if table is not None and wanted <= set(table.frame.columns) else None

    def table(self, name: str) -> Table:
        """Return a table that is known to be there."""
        return self.tables.tables[name]

    @property
    def patients(self) -> int:
        """Number of different patients."""
        frame = self.frame("patients")
        return 0 if frame is None else int(frame[ID].drop_nulls().n_unique())

    def with_day0(self, name: str, *columns: str) -> pl.DataFrame | None:
        """Return a table with the day 0 of each patient beside every row."""
        frame = self.frame(name, *columns)
        if frame is None or self.day0 is None:
            return None
        return frame.join(self.day0, on=ID, how="inner")

    def told(
        self,
        code: str,
        sentence: str,
        *,
        table: str,
        rows: pl.DataFrame,
        columns: tuple[str, ...] = (),
        fix: str | None = None,
        severity: Severity | None = None,
    ) -> list[Finding]:
        """Return a finding for the rows of a table, or nothing if there are none."""
        if rows.is_empty():
            return []
        source = self.table(table)
        place = Place(
            file=source.file,
            sheet=source.sheet,
            column=", ".join(source.header_of(name) for name in columns) or None,
        )
        found = f"{rows.height} row{'s' if rows.height > 1 else ''}"
        if rows[ID].null_count() == 0:
            found = f"{rows[ID].n_unique()} of {self.patients} patients"
        return [
            place.finding(
                code,
                sentence,
                rows=tuple(rows[ROW].unique().sort().to_list()),
                found=found,
                fix=fix,
                severity=severity,
            )
        ]


def read_records(tables: Tables, protocol: Protocol) -> Records:
    """Return the records with the day 0 of each patient: infusion number 1, else the earliest."""
    day0 = None
    infusions = tables.get("infusions")
    if infusions is not None and {ID, "infusion_date"} <= set(infusions.frame.columns):
        frame = infusions.frame.drop_nulls([ID, "infusion_date"])
        first = pl.col("infusion_date").min()
        if "infusion_number" in frame.columns:
            numbered = pl.col("infusion_date").filter(pl.col("infusion_number") == 1).min()
            first = pl.coalesce(numbered, first)
        day0 = frame.group_by(ID).agg(first.alias(DAY0))
    return Records(tables=tables, protocol=protocol, day0=day0)
