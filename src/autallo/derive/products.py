"""The class of every infused product, by the clinical rule."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from autallo.clinical.product import (
    CELL_SOURCES,
    AllogeneicTransplant,
    ChimerismSample,
    ProductClass,
    ProductRecord,
    classify_product,
)
from autallo.derive.problems import Problems
from autallo.errors import Severity
from autallo.model.tables import Table, Tables

__all__ = ["PRODUCT_COLUMNS", "derive_product_source"]

PRODUCT_COLUMNS = ("product_source", "product_flags")
#: Flag of a product from "another donor" whose code is that of a transplant donor.
CONTRADICTION = "DONOR_IS_HCT_DONOR"
#: Columns of the frame that the rule looks at; one that the study does not give is not known.
USED = (
    "cell_source",
    "product_name",
    "collection_date",
    "prior_allo_hct",
    "prior_auto_hct",
    "product_donor_id",
    "donor_is_identical_twin",
)


def derive_product_source(frame: pl.DataFrame, tables: Tables, problems: Problems) -> pl.DataFrame:
    """Add the product class of each row and its flags; `frame` has one row per infusion."""
    _check_cell_source(frame, tables, problems)
    transplants = _transplants(tables.get("transplants"))
    samples = _samples(tables.get("chimerism"))
    given = frame.select("patient_id", "day0", *(name for name in USED if name in frame.columns))
    classes = [
        classify_product(_record(row, transplants, samples)) for row in given.iter_rows(named=True)
    ]
    _check_classes(classes, tables, problems)
    return frame.with_columns(
        pl.Series("product_source", [found.value for found in classes], dtype=pl.String),
        pl.Series("product_flags", ["; ".join(found.flags) for found in classes], dtype=pl.String),
    )


def _check_classes(classes: Sequence[ProductClass], tables: Tables, problems: Problems) -> None:
    """Tell products without a class: what is not known apart from what contradicts itself."""
    unclear = [found for found in classes if found.value == "UNCLASSIFIED"]
    opposed = sum(CONTRADICTION in found.flags for found in unclear)
    cases = (
        (len(unclear) - opposed, "", "Complete `cell_source` and `prior_allo_hct`."),
        (
            opposed,
            ": another donor by `cell_source`, a transplant donor by `product_donor_id`",
            "Correct `cell_source` to hct_donor, or the code of the donor in one of the tables.",
        ),
    )
    for count, why, fix in cases:
        if count:
            problems.in_records(
                "product-unclassified",
                "The source of each product must follow from the records.",
                table=tables.get("infusions") or tables.get("patients"),
                column="cell_source",
                found=f"{count} of {len(classes)} products UNCLASSIFIED{why}",
                fix=fix,
                severity=Severity.WARN,
            )


def _check_cell_source(frame: pl.DataFrame, tables: Tables, problems: Problems) -> None:
    if "cell_source" not in frame.columns:
        return
    undeclared = frame.filter(~pl.col("cell_source").is_in(CELL_SOURCES))
    if undeclared.height:
        problems.in_records(
            "unknown-value",
            f"`cell_source` must be one of {', '.join(CELL_SOURCES)}.",
            table=tables.get("infusions") or tables.get("patients"),
            column="cell_source",
            found=f"{undeclared.height} of {frame.height} infusions with another value",
            fix="Map the codes with `values` in the study file.",
        )


def _record(
    row: Mapping[str, Any],
    transplants: Mapping[str, tuple[AllogeneicTransplant, ...]],
    samples: Mapping[str, tuple[ChimerismSample, ...]],
) -> ProductRecord:
    source = row.get("cell_source")
    return ProductRecord(
        infusion_date=row["day0"],
        cell_source=source if source in CELL_SOURCES else "unknown",
        product_name=row.get("product_name"),
        collection_date=row.get("collection_date"),
        prior_allo_hct=row.get("prior_allo_hct"),
        prior_auto_hct=row.get("prior_auto_hct"),
        allo_hct=transplants.get(row["patient_id"], ()),
        product_donor_id=row.get("product_donor_id"),
        donor_is_identical_twin=row.get("donor_is_identical_twin"),
        chimerism=samples.get(row["patient_id"], ()),
    )


def _transplants(table: Table | None) -> dict[str, tuple[AllogeneicTransplant, ...]]:
    found: defaultdict[str, list[AllogeneicTransplant]] = defaultdict(list)
    if table is not None and "transplant_type" in table.frame.columns:
        for row in table.frame.iter_rows(named=True):
            if row["transplant_type"] == "allogeneic":
                day: date | None = row["transplant_date"]
                found[row["patient_id"]].append(
                    AllogeneicTransplant(day=day, donor_id=row.get("donor_id"))
                )
    return {patient: tuple(listed) for patient, listed in found.items()}


def _samples(table: Table | None) -> dict[str, tuple[ChimerismSample, ...]]:
    found: defaultdict[str, list[ChimerismSample]] = defaultdict(list)
    if table is not None:
        complete = table.frame.drop_nulls(["sample_date", "cell_fraction", "donor_pct"])
        for row in complete.iter_rows(named=True):
            found[row["patient_id"]].append(
                ChimerismSample(
                    day=row["sample_date"],
                    cell_fraction=row["cell_fraction"],
                    donor_pct=row["donor_pct"],
                )
            )
    return {patient: tuple(listed) for patient, listed in found.items()}
