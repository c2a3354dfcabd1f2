"""Results to tables: one builder per table of the report; each returns neutral, frozen parts."""

from autallo.report.tables.adjusted import table_adjusted, table_balance
from autallo.report.tables.baseline import table_1, table_follow_up
from autallo.report.tables.details import table_details
from autallo.report.tables.further import table_further
from autallo.report.tables.key_results import table_key_results
from autallo.report.tables.models import table_models
from autallo.report.tables.outcomes import (
    table_factors,
    table_incidence,
    table_outcomes,
    table_survival,
    table_toxicity,
)
from autallo.report.tables.parts import Cell, Column, Note, Row, Spanner, Table
from autallo.report.tables.record import (
    table_cleaned,
    table_definitions,
    table_origins,
    table_problems,
    table_provenance,
)
from autallo.report.tables.sensitivity import table_sensitivity
from autallo.report.tables.subgroups import table_subgroups
from autallo.report.tables.tests import table_tests
from autallo.report.tables.univariate import table_univariate

__all__ = [
    "table_adjusted",
    "table_balance",
    "Cell",
    "Column",
    "Note",
    "Row",
    "Spanner",
    "Table",
    "table_1",
    "table_cleaned",
    "table_definitions",
    "table_details",
    "table_factors",
    "table_follow_up",
    "table_further",
    "table_incidence",
    "table_key_results",
    "table_origins",
    "table_outcomes",
    "table_problems",
    "table_provenance",
    "table_models",
    "table_sensitivity",
    "table_subgroups",
    "table_tests",
    "table_survival",
    "table_toxicity",
    "table_univariate",
]
