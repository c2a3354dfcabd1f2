"""Who is who: codes of patients that are missing, stand twice, or belong to nobody."""

import re
from collections.abc import Iterator

import polars as pl

from autallo.errors import Finding
from autallo.ingest.record_view import ID, Records
from autallo.model.tables import REQUIRED, ROW

__all__ = [
    "check_filled",
    "check_id_twice",
    "check_id_unknown",
    "check_id_variants",
    "check_ids_missing",
    "check_rows_repeated",
    "check_trial_entries",
    "check_without_infusion",
]

TRIAL = re.compile(r"(test|xxx|example|dummy|muster|demo)[ _-]*\d*", re.IGNORECASE)


def check_ids_missing(records: Records) -> Iterator[Finding]:
    """Check that every row has a patient code."""
    for name in records.tables.tables:
        frame = records.frame(name)
        if frame is not None:
            yield from records.told(
                "id-missing",
                "Each row must have a patient code.",
                table=name,
                columns=(ID,),
                rows=frame.filter(pl.col(ID).is_null()),
                fix="Fill in the code.",
            )


def check_id_twice(records: Records) -> Iterator[Finding]:
    """Check that a patient has one row in the table of patients."""
    frame = records.frame("patients")
    if frame is None:
        return
    known = frame.filter(pl.col(ID).is_not_null())
    twice = known.filter(pl.col(ID).is_duplicated())
    columns = [name for name in frame.columns if name not in (ID, ROW)]
    same = twice.filter(pl.struct([ID, *columns]).is_duplicated())
    differing = twice.filter(~pl.col(ID).is_in(_all_same(twice, columns)))
    yield from records.told(
        "id-repeated",
        "A patient must stand once in the table of patients; these rows are equal.",
        table="patients",
        columns=(ID,),
        rows=same.filter(~pl.col(ID).is_in(differing[ID].unique().to_list())),
        fix="Delete the second row.",
    )
    unequal = tuple(name for name in columns if _differs(differing, name))
    yield from records.told(
        "id-conflict",
        "A patient must stand once in the table of patients; these rows differ.",
        table="patients",
        columns=(ID, *unequal),
        rows=differing,
        fix="Keep one row per patient; further transplants and infusions have their own tables.",
    )


def _all_same(twice: pl.DataFrame, columns: list[str]) -> list[str]:
    kinds = twice.group_by(ID).agg(pl.struct([ID, *columns]).n_unique().alias("kinds"))
    return kinds.filter(pl.col("kinds") == 1)[ID].to_list()


def _differs(twice: pl.DataFrame, name: str) -> bool:
    kinds = twice.group_by(ID).agg(pl.col(name).n_unique().alias("kinds"))
    return bool((kinds["kinds"] > 1).any())


def _key() -> pl.Expr:
    """Return a code without capitals, spaces, hyphens and leading zeros."""
    plain = pl.col(ID).str.to_lowercase().str.replace_all(r"[\s_\-./]", "")
    return plain.str.replace_all(r"(^|[^0-9])0+([0-9])", "$1$2").alias("key")


def check_id_variants(records: Records) -> Iterator[Finding]:
    """Check that patients differ in more than capitals, spaces or leading zeros."""
    frame = records.frame("patients")
    if frame is None:
        return
    keys = frame.filter(pl.col(ID).is_not_null()).with_columns(_key())
    many = keys.group_by("key").agg(pl.col(ID).n_unique().alias("n")).filter(pl.col("n") > 1)
    yield from records.told(
        "id-variants",
        "Patient codes must differ in more than capitals, spaces or leading zeros.",
        table="patients",
        columns=(ID,),
        rows=keys.join(many, on="key", how="semi"),
        fix="Write each code in one way, as text.",
    )


def check_id_unknown(records: Records) -> Iterator[Finding]:
    """Check that every record belongs to a patient of the table of patients."""
    patients = records.frame("patients")
    if patients is None:
        return
    keys = patients.drop_nulls(ID).with_columns(_key())["key"].unique()
    for name in records.tables.tables:
        frame = records.frame(name)
        if name == "patients" or frame is None:
            continue
        strange = frame.drop_nulls(ID).join(patients, on=ID, how="anti").with_columns(_key())
        near = strange.filter(pl.col("key").is_in(keys.to_list()))
        fix = "Add the patients, or delete the records."
        if near.height:
            fix = f"Write codes alike: {near.height} rows differ only in capitals, spaces or zeros."
        yield from records.told(
            "id-unknown",
            "Each record must belong to somebody in the table of patients.",
            table=name,
            columns=(ID,),
            rows=strange,
            fix=fix,
        )


def check_trial_entries(records: Records) -> Iterator[Finding]:
    """Find codes such as TEST, which are no patients."""
    frame = records.frame("patients")
    if frame is None:
        return
    trials = [code for code in frame[ID].drop_nulls().unique() if TRIAL.fullmatch(code)]
    yield from records.told(
        "id-test",
        "A trial entry should not be among the patients.",
        table="patients",
        columns=(ID,),
        rows=frame.filter(pl.col(ID).is_in(trials)),
        fix="Delete the row?",
    )


def check_rows_repeated(records: Records) -> Iterator[Finding]:
    """Check that a record stands once."""
    for name in records.tables.tables:
        frame = records.frame(name)
        if name == "patients" or frame is None:
            continue
        columns = [column for column in frame.columns if column != ROW]
        yield from records.told(
            "row-repeated",
            "A record should stand once; these rows are equal.",
            table=name,
            rows=frame.filter(pl.struct(columns).is_duplicated()),
            fix="Delete the second one?",
        )


def check_filled(records: Records) -> Iterator[Finding]:
    """Check that what every record needs is filled in."""
    for name in records.tables.tables:
        for column in REQUIRED[name]:
            frame = records.frame(name, column)
            if frame is not None and column != ID:
                yield from records.told(
                    "cell-required",
                    "This must be filled in on every row.",
                    table=name,
                    columns=(column,),
                    rows=frame.filter(pl.col(column).is_null()),
                    fix="Fill it in, or delete the row.",
                )


def check_without_infusion(records: Records) -> Iterator[Finding]:
    """Tell which patients have no infusion."""
    patients, infusions = records.frame("patients"), records.frame("infusions")
    if patients is not None and infusions is not None:
        yield from records.told(
            "infusion-none",
            "These patients have no infusion and no day 0.",
            table="patients",
            columns=(ID,),
            rows=patients.drop_nulls(ID).join(infusions, on=ID, how="anti"),
        )
