"""Rows of the tables: a grade names only rows that stand there, with a source that is known."""

import importlib

import pytest

from autallo.model.references import REFERENCES

TABLES = (
    "aplasia", "comorbidity", "disease_risk", "easix", "expansion", "haemophagocytic",
    "hematotox", "hyperinflammation", "icaht",
)  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
def test_rows_are_named_once_with_source_and_evidence(name):
    rows = importlib.import_module(f"autallo.clinical.{name}").CRITERIA
    named = [(row.scale, row.key) for row in rows]
    assert len(named) == len(set(named))
    for row in rows:
        assert row.source in {*REFERENCES, "house"}
        assert row.evidence in {"V", "V2", "M", "D"}
        assert row.words
