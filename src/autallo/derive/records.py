"""One row per patient and infusion, with day 0: the rows among which the population is sought."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from autallo.derive.problems import Problems
from autallo.errors import ProtocolError
from autallo.model.cohort import Origin
from autallo.model.tables import LIMIT_SUFFIX, ROW, ReadColumn, Table, Tables

__all__ = ["DAY0", "INFUSION_ROW", "Records", "derive_records"]

DAY0 = "day0"
#: Row number of the infusion in its own file.
INFUSION_ROW = "_row_of_infusion"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Patients joined with their infusions.

    Attributes
    ----------
    frame : polars.DataFrame
        One row per patient and dated infusion; ``day0`` where the study has infusions.
    patients : Table
        The table that the patients were counted in.
    infusions : Table or None
        The table of infusions, if the study has one.
    without_infusion, without_date : int
        Patients without any row, and with rows but no date, of an infusion.
    columns : mapping of name to ReadColumn
        Every given column of `frame`.
    origins : tuple of Origin
        Where each given column stands in the user's files.
    """

    frame: pl.DataFrame
    patients: Table
    infusions: Table | None
    without_infusion: int
    without_date: int
    columns: Mapping[str, ReadColumn]
    origins: tuple[Origin, ...]

    @property
    def has_day0(self) -> bool:
        """Whether the study gives dates of infusion."""
        return DAY0 in self.frame.columns


def derive_records(tables: Tables, problems: Problems) -> Records:
    """Join patients and infusions; the date of infusion is day 0.

    Raises
    ------
    ProtocolError
        If the study has no table of patients: nothing can be derived from the rest.
    """
    patients = tables.get("patients")
    if patients is None:
        raise ProtocolError.one(
            "no-patients",
            "A study must have a table of patients.",
            file="study file, sources",
            fix="Name the table with one row per patient `patients`.",
        )
    infusions = tables.get("infusions")
    _check_patients(patients, problems)
    joined = patients.frame.unique("patient_id", keep="first", maintain_order=True)
    n_patients = joined.height
    if infusions is not None:
        joined = _joined(joined, infusions, patients, problems)
    n_with_row = joined.get_column("patient_id").n_unique()
    if "infusion_date" in joined.columns:
        joined = joined.filter(pl.col("infusion_date").is_not_null())
        joined = joined.with_columns(pl.col("infusion_date").alias(DAY0))
    n_dated = joined.get_column("patient_id").n_unique()
    given = [(patients, patients.columns), (infusions, infusions.columns if infusions else ())]
    return Records(
        frame=joined,
        patients=patients,
        infusions=infusions,
        without_infusion=n_patients - n_with_row,
        without_date=n_with_row - n_dated,
        columns={column.name: column for _, columns in given for column in columns},
        origins=tuple(
            _origin(table, column)
            for table, columns in given
            if table is not None
            for column in columns
            if column.name in joined.columns
            and (column.name, table.name) != ("patient_id", "infusions")
        ),
    )


def _check_patients(patients: Table, problems: Problems) -> None:
    if patients.rows_read != patients.frame.height:
        raise RuntimeError("the table of patients must hold every row that was read")
    frame = patients.frame
    nobody = frame.filter(pl.col("patient_id").is_null())
    if nobody.height:
        problems.in_records(
            "missing-id",
            "Each row must have a patient code.",
            table=patients,
            column="patient_id",
            rows=nobody.get_column(ROW).to_list(),
            found=f"{nobody.height} of {frame.height} rows without one",
        )
    twice = frame.filter(pl.col("patient_id").is_not_null() & pl.col("patient_id").is_duplicated())
    if twice.height:
        problems.in_records(
            "duplicate-patient",
            "Each patient must have one row.",
            table=patients,
            column="patient_id",
            rows=twice.get_column(ROW).to_list(),
            found=f"{twice.get_column('patient_id').n_unique()} patients with more than one row",
            fix="Keep one row per patient; further infusions go into the table of infusions.",
        )
    if DAY0 in frame.columns:
        problems.in_study_file(
            "reserved-column",
            f"`{DAY0}` must not be the name of a given column.",
            place=f"sources.patients.columns.{DAY0}",
            fix="Call the date of infusion `infusion_date`.",
        )


def _joined(
    joined: pl.DataFrame, infusions: Table, patients: Table, problems: Problems
) -> pl.DataFrame:
    frame = infusions.frame.with_columns(pl.col(ROW).alias(INFUSION_ROW)).drop(ROW)
    both = (set(joined.columns) & set(frame.columns)) - {"patient_id"}
    for name in sorted(name for name in both if not name.endswith(LIMIT_SUFFIX)):
        problems.in_study_file(
            "column-twice",
            f"`{name}` must stand in one table only.",
            place=f"sources.infusions.columns.{name}",
            found=f"in {patients.file} and in {infusions.file}",
            fix="Give one of the two another name.",
        )
    return joined.join(frame.drop(both), on="patient_id", how="inner", maintain_order="left_right")


def _origin(table: Table, column: ReadColumn) -> Origin:
    how = f"As given in {table.file}, column {column.header}"
    return Origin(column=column.name, derived=False, how=how, unit=column.unit)
