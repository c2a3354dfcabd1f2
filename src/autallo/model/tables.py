"""The data dictionary, and the tables as they were read.

A table is a frame with our column names, typed, plus ``_row``: the row number that the user's
own program shows. The dictionary says for each known column what it means, its type, unit,
permitted values, plausible range, and whether it identifies a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

__all__ = [
    "DICTIONARY",
    "KNOWN_TABLES",
    "LIMIT_SUFFIX",
    "ROW",
    "CleanedCells",
    "ColumnMeaning",
    "ReadColumn",
    "Table",
    "Tables",
    "meaning_of",
]

#: The column with the true row number of the file.
ROW = "_row"
#: A number column read with `above` or `below` marks has a companion with this ending:
#: -1 the value lies below the printed limit, 0 measured, 1 above it.
LIMIT_SUFFIX = "__limit"

ColumnType = Literal["text", "category", "boolean", "integer", "number", "date"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnMeaning:
    """One known column: what it means and what it may hold.

    Attributes
    ----------
    table, name : str
        Kind of table and our name of the column.
    meaning : str
        One line for the person who fills it in.
    type : str
        text, category, boolean, integer, number or date.
    unit : str or None
        Unit of a number.
    allowed : tuple of str
        Permitted values of a category; empty if open.
    low, high : float or None
        Values outside are refused (hard range).
    identifying : bool
        Values never leave the machine in a message, a log or a figure.
    required : bool
        Must be there when the table is.
    """

    table: str
    name: str
    meaning: str
    type: ColumnType
    unit: str | None = None
    allowed: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    identifying: bool = False
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadColumn:
    """One column as it was read: our name, the user's header, its type and unit."""

    name: str
    header: str
    type: ColumnType
    unit: str | None = None
    identifying: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedCells:
    """How many cells of a column were changed by a stated rule (trimmed, decimal comma)."""

    file: str
    column: str
    rule: str
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of records, typed.

    Attributes
    ----------
    name : str
        Kind of table (`patients`, `infusions`, ...), the key in the study file.
    file, sheet : str, str or None
        Where it was read from, as the study file names it.
    frame : polars.DataFrame
        Our columns, typed; ``patient_id`` is text; ``_row`` the row of the file; a missing
        value is null.
    columns : tuple of ReadColumn
        The columns of `frame` without ``_row``, with the user's headers.
    unused : tuple of str
        Headers of the file that the study file does not name; never analysed.
    rows_read : int
        Rows of data in the file, blank rows not counted.
    blank_rows : int
        Rows skipped because every cell was empty.
    """

    name: str
    file: str
    sheet: str | None
    frame: pl.DataFrame
    columns: tuple[ReadColumn, ...]
    unused: tuple[str, ...]
    rows_read: int
    blank_rows: int

    def header_of(self, name: str) -> str:
        """Return the user's header of one of our columns, with ours in brackets if it differs."""
        for column in self.columns:
            if column.name == name:
                return name if column.header == name else f"{column.header} ({name})"
        return name


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """All tables of a study, the hashes of their files, and what was cleaned on the way."""

    tables: Mapping[str, Table]
    sha256: Mapping[str, str]
    cleaned: tuple[CleanedCells, ...] = ()

    def get(self, name: str) -> Table | None:
        """Return the table of that kind, or None if the study has none."""
        return self.tables.get(name)


def _column(
    table: str,
    name: str,
    type: ColumnType,  # noqa: A002
    meaning: str,
    *,
    unit: str | None = None,
    allowed: tuple[str, ...] = (),
    between: tuple[float, float] | None = None,
    identifying: bool = False,
) -> ColumnMeaning:
    return ColumnMeaning(
        table=table,
        name=name,
        type=type,
        meaning=meaning,
        unit=unit,
        allowed=allowed,
        low=between[0] if between else None,
        high=between[1] if between else None,
        identifying=identifying,
        required=name in REQUIRED[table],
    )


REQUIRED: Mapping[str, tuple[str, ...]] = {
    "patients": ("patient_id",),
    "transplants": ("patient_id", "transplant_date"),
    "infusions": ("patient_id", "infusion_date"),
    "chimerism": ("patient_id", "sample_date", "cell_fraction", "donor_pct"),
    "responses": ("patient_id", "assessment_date", "response"),
    "kinetics": ("patient_id", "sample_date", "copies"),
    "events": ("patient_id", "event_date", "event"),
}
KNOWN_TABLES = tuple(REQUIRED)
RESPONSES = ("CR", "CRh", "CRi", "MLFS", "PR", "NR", "NE")
EVENTS = ("relapse", "death", "new_therapy", "transplant", "infusion", "last_contact")
ID = "Code of the patient, the same in every table; not a name."

DICTIONARY: tuple[ColumnMeaning, ...] = (
    _column("patients", "patient_id", "text", ID, identifying=True),
    _column("patients", "sex", "category", "Sex.", allowed=("female", "male")),
    _column("patients", "birth_date", "date", "Date of birth.", identifying=True),
    _column("patients", "age_years", "number", "Age at day 0.", unit="years", between=(0, 110)),
    _column("patients", "weight_kg", "number", "Body weight.", unit="kg", between=(2, 300)),
    _column("patients", "disease", "category", "Disease treated."),
    _column("patients", "disease_status", "category", "Disease status before treatment."),
    _column("patients", "blasts_pct", "number", "Blasts in the marrow before lymphodepletion.",
            unit="%", between=(0, 100)),
    _column("patients", "prior_lines", "integer", "Lines of therapy before.", between=(0, 30)),
    _column("patients", "prior_auto_hct", "boolean", "Autologous transplant before."),
    _column("patients", "prior_allo_hct", "boolean", "Allogeneic transplant before."),
    _column("patients", "crs_max_grade", "integer", "Highest grade of cytokine release syndrome.",
            between=(0, 5)),
    _column("patients", "icans_max_grade", "integer", "Highest grade of neurotoxicity (ICANS).",
            between=(0, 5)),
    _column("patients", "agvhd_max_grade", "integer", "Highest grade of acute GVHD.",
            between=(0, 4)),
    _column("patients", "cgvhd_at_collection", "boolean",
            "Chronic GVHD when cells were collected."),
    _column("patients", "ferritin_peak", "number", "Highest ferritin to day 28.", unit="ng/mL",
            between=(0, 2_000_000)),
    _column("patients", "follow_up_days", "number", "Time from day 0 to the event or last contact.",
            unit="days", between=(0, 36_525)),
    _column("transplants", "patient_id", "text", ID, identifying=True),
    _column("transplants", "transplant_date", "date", "Day the graft was given."),
    _column("transplants", "transplant_type", "category", "Source of the graft.",
            allowed=("allogeneic", "autologous")),
    _column("transplants", "donor_id", "text", "Code of the donor.", identifying=True),
    _column("infusions", "patient_id", "text", ID, identifying=True),
    _column("infusions", "infusion_date", "date", "Day of the (first) infusion: day 0."),
    _column("infusions", "infusion_number", "integer", "1 for the first CAR T infusion.",
            between=(1, 20)),
    _column("infusions", "collection_date", "date", "Day the cells were collected."),
    _column("infusions", "cell_source", "category", "Who the cells were collected from.",
            allowed=("recipient", "hct_donor", "other_donor", "universal", "unknown")),
    _column("infusions", "product_name", "text", "Name of the product."),
    _column("infusions", "product_donor_id", "text", "Code of the donor of the cells.",
            identifying=True),
    _column("infusions", "donor_is_identical_twin", "boolean", "The donor is an identical twin."),
    _column("infusions", "dose_e6_per_kg", "number", "CAR T cells infused.", unit="10^6/kg",
            between=(0.001, 1000)),
    _column("infusions", "costimulation", "category", "Costimulatory domain of the construct."),
    _column("infusions", "lymphodepletion", "category", "Lymphodepleting regimen."),
    _column("chimerism", "patient_id", "text", ID, identifying=True),
    _column("chimerism", "sample_date", "date", "Day of the sample."),
    _column("chimerism", "cell_fraction", "category", "Cells tested.",
            allowed=("CD3", "whole_blood", "CD33", "marrow")),
    _column("chimerism", "donor_pct", "number", "Donor share.", unit="%", between=(0, 100)),
    _column("responses", "patient_id", "text", ID, identifying=True),
    _column("responses", "assessment_date", "date", "Day of the marrow or imaging."),
    _column("responses", "response", "category", "Response category.", allowed=RESPONSES),
    _column("responses", "mrd_negative", "boolean", "Measurable residual disease not found."),
    _column("kinetics", "patient_id", "text", ID, identifying=True),
    _column("kinetics", "sample_date", "date", "Day of the blood sample."),
    _column("kinetics", "copies", "number", "CAR transgene in blood.", unit="copies/ug DNA",
            between=(0, 1e7)),
    _column("events", "patient_id", "text", ID, identifying=True),
    _column("events", "event_date", "date", "Day of the event."),
    _column("events", "event", "category", "What happened; last_contact closes the follow-up.",
            allowed=EVENTS),
)  # fmt: skip

_BY_NAME = {(column.table, column.name): column for column in DICTIONARY}


def meaning_of(table: str, name: str) -> ColumnMeaning | None:
    """Return the dictionary's entry for a column, or None if it is the study's own."""
    return _BY_NAME.get((table, name))
