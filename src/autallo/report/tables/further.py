"""What stands beside the chosen numbers: other measures of a difference, other tests and limits."""

from collections.abc import Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Results, Role
from autallo.report.numbers import (
    NOTHING,
    format_days_as_months,
    format_estimate,
    format_p,
    format_percent,
    format_points,
    format_time,
    format_value,
)
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Table

__all__ = ["table_further"]

ALPHA = 0.05
TESTS = ("p_value", "proportional_hazards")
MEASURES = {
    "risk_difference": "Risk difference, percentage points",
    "fragility_index": "Fragility index, patients",
    "restricted_mean_difference": "Difference of mean event-free time, months",
}


def table_further(results: Results) -> Table | None:
    """Return every number that stands beside the chosen ones, by outcome."""
    notes = Footnotes()
    scopes = (
        Scope.of_study(results, further=True),
        *Scope.of_factors(results, further=True),
    )
    rows = tuple(row for scope in scopes for row in _rows(scope, notes))
    if not rows:
        return None
    return Table(
        name="further",
        title="Other measures of the same comparisons",
        columns=(
            Column("", words=True),
            Column("Number", words=True),
            Column("Value (interval)"),
            Column("p"),
        ),
        rows=rows,
        notes=(
            Note("These numbers stand beside those of the tables above and replace none of them."),
            *notes.notes,
        ),
        notice=results.card.notice,
    )


def _rows(scope: Scope, notes: Footnotes) -> Iterator[Row]:
    for outcome, _ in scope.outcomes:
        found = list(scope.find(outcome, role=Role.SENSITIVITY))
        if found:
            label = scope.label(outcome)
            if scope.subgroup is not None:
                label = f"{label} by {scope.label(scope.subgroup)}"
            yield Row((Cell(label), Cell(), Cell(), Cell()), heading=True)
        for estimate in found:
            yield _row(scope, estimate, notes)


def _row(scope: Scope, estimate: Estimate, notes: Footnotes) -> Row:
    who = scope.name(estimate.group)
    if estimate.versus is not None:
        who = scope.pair_name((estimate.group, estimate.versus))
    marks = notes.mark(flag.value for flag in estimate.flags)
    is_test = estimate.measure in TESTS
    value = Cell(NOTHING) if is_test else Cell(_value(estimate), estimate.value, marks)
    p = Cell(format_p(estimate.value), estimate.value, marks) if is_test else Cell()
    return Row((Cell(who), Cell(_name(estimate)), value, p), indent=1)


def _name(estimate: Estimate) -> str:
    method = METHODS[estimate.method].name
    if estimate.measure in TESTS:
        return method[:1].upper() + method[1:]
    if estimate.measure == "survival" and estimate.at_days is not None:
        return f"Survival at {format_time(estimate.at_days)}, % ({method})"
    if estimate.measure == "restricted_mean_difference":
        until = estimate.detail("until_days")
        return MEASURES[estimate.measure] + (f", to {format_time(until)}" if until else "")
    if estimate.measure == "fragility_index":
        before = estimate.detail("p_before")
        if before is not None and before >= ALPHA:
            return "Reverse fragility index, patients"
    return MEASURES[estimate.measure]


def _value(estimate: Estimate) -> str:
    if estimate.measure == "risk_difference":
        return format_estimate(estimate, show=format_points)
    if estimate.measure == "survival":
        return format_estimate(estimate, show=format_percent)
    if estimate.measure == "restricted_mean_difference":
        return format_estimate(estimate, show=format_days_as_months)
    return format_value(estimate)
