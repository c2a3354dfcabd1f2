"""What was known on day 0: age, transplants before, and the source of the product."""

import polars as pl

from autallo.clinical.dates import DAYS_PER_YEAR
from autallo.derive.problems import Problems
from autallo.derive.products import derive_product_source
from autallo.derive.records import DAY0, Records
from autallo.model.cohort import Origin
from autallo.model.tables import ROW, Table, Tables

__all__ = ["derive_baseline"]

HISTORY = (("prior_allo_hct", "allogeneic"), ("prior_auto_hct", "autologous"))


def derive_baseline(
    records: Records, tables: Tables, problems: Problems
) -> tuple[pl.DataFrame, tuple[Origin, ...]]:
    """Add the columns of day 0 that are not given, and say where every column comes from."""
    frame = records.frame
    origins = list(records.origins)
    if not records.has_day0:
        return frame, tuple(origins)
    origins.append(Origin(column=DAY0, derived=True, how="Derived: date of the infusion"))
    given_age = "age_years" in frame.columns and not frame["age_years"].is_null().all()
    if not given_age and "birth_date" in frame.columns:
        frame = _with_age(frame, records.patients, problems)
        origins = [origin for origin in origins if origin.column != "age_years"]
        how = "Derived: days from birth to day 0, divided by 365.25"
        origins.append(Origin(column="age_years", derived=True, how=how, unit="years"))
    transplants = tables.get("transplants")
    if transplants is not None:
        for name, kind in HISTORY:
            given = name in frame.columns
            frame = _with_history(frame, transplants, problems, name=name, kind=kind)
            origins = [origin for origin in origins if origin.column != name]
            how = (
                f"As given in the column {records.columns[name].header}, completed from"
                f" {transplants.file}: {kind} transplant on or before day 0"
                if given and name in records.columns
                else f"Derived: {kind} transplant on or before day 0 in {transplants.file};"
                " no such row means none"
            )
            origins.append(Origin(column=name, derived=not given, how=how))
    if "product_source" not in frame.columns and {"cell_source", "product_name"} & set(
        frame.columns
    ):
        frame = derive_product_source(frame, tables, problems)
        how = "Derived: source of the cells, transplants before, and chimerism at collection"
        origins.append(Origin(column="product_source", derived=True, how=how))
        how = "Derived: what was inferred or not known when the product was classified"
        origins.append(Origin(column="product_flags", derived=True, how=how))
    return frame, tuple(origins)


def _with_age(frame: pl.DataFrame, patients: Table, problems: Problems) -> pl.DataFrame:
    unborn = frame.filter(pl.col("birth_date") > pl.col(DAY0))
    if unborn.height:
        problems.in_records(
            "date-order",
            "Each date of birth must lie before day 0.",
            table=patients,
            column="birth_date",
            rows=unborn.get_column(ROW).unique().to_list(),
            found=f"{unborn.get_column('patient_id').n_unique()} patients",
            fix="Correct the dates at the source.",
        )
    days = (pl.col(DAY0) - pl.col("birth_date")).dt.total_days()
    return frame.with_columns((days / DAYS_PER_YEAR).alias("age_years"))


def _with_history(
    frame: pl.DataFrame, transplants: Table, problems: Problems, *, name: str, kind: str
) -> pl.DataFrame:
    """Add or complete one column of history; an undated or untyped transplant leaves it open."""
    before, perhaps = _before_day0(frame, transplants, kind)
    index = pl.col("_index")
    frame = frame.with_row_index("_index")
    if name in frame.columns:
        denied = frame.filter(index.is_in(before) & ~pl.col(name))
        if denied.height:
            problems.in_records(
                "transplant-contradiction",
                f"`{name}` must be true where {transplants.file} has a transplant before day 0.",
                table=transplants,
                found=f"{denied.get_column('patient_id').n_unique()} patients with a transplant"
                " in one table and none in the other",
                fix="Correct one of the two at the source.",
            )
        otherwise = pl.col(name)
    else:
        otherwise = pl.when(index.is_in(perhaps)).then(None).otherwise(pl.lit(value=False))
    known = pl.when(index.is_in(before)).then(pl.lit(value=True)).otherwise(otherwise)
    return frame.with_columns(known.alias(name)).drop("_index")


def _before_day0(frame: pl.DataFrame, transplants: Table, kind: str) -> tuple[list[int], list[int]]:
    """Return the rows with such a transplant by day 0, and those where there may be one."""
    given = transplants.frame
    if "transplant_type" not in given.columns:
        given = given.with_columns(pl.lit(None, dtype=pl.String).alias("transplant_type"))
    rows = (
        frame.with_row_index("_index")
        .select("_index", "patient_id", DAY0)
        .join(given.select("patient_id", "transplant_type", "transplant_date"), on="patient_id")
        .with_columns(
            kind=pl.col("transplant_type") == kind,
            early=pl.col("transplant_date") <= pl.col(DAY0),
        )
        .with_columns(both=pl.col("kind") & pl.col("early"))
    )
    before = rows.filter(pl.col("both")).get_column("_index").unique().to_list()
    perhaps = rows.filter(pl.col("both").is_null()).get_column("_index").unique().to_list()
    return before, perhaps
