"""The numbers in full: days instead of months, four decimals, and what stands behind each test."""

from collections.abc import Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Results
from autallo.report.numbers import (
    NOTHING,
    format_day,
    format_fixed,
    format_interval,
    format_time,
    format_value,
)
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Table

__all__ = ["table_details"]

MEASURES = {
    "p_value": "p",
    "odds_ratio": "odds ratio",
    "ratio": "ratio",
    "shift": "shift",
    "superiority": "probability of superiority",
    "hazard_ratio": "hazard ratio",
    "cause_specific_hazard_ratio": "cause-specific hazard ratio",
    "subdistribution_hazard_ratio": "subdistribution hazard ratio",
    "interaction_p_value": "p of interaction",
    "mean_difference": "difference of means",
    "mean_ratio": "ratio of geometric means",
    "risk_difference": "risk difference",
    "fragility_index": "fragility index, patients",
    "survival_difference": "difference of survival",
    "incidence_difference": "difference of incidence",
    "restricted_mean_difference": "difference of restricted means, days",
    "median_days": "median, days",
    "survival": "survival",
    "incidence": "incidence",
}
SMALLEST_FIXED = 0.001
#: Analyses that look at the outcomes again, and how the heading joins them to an outcome.
AGAIN = {"subgroup": "by", "model": "in the model", "adjusted": "adjusted by"}


def table_details(results: Results) -> Table | None:
    """Return every comparison and every point of a curve with its statistic, unrounded."""
    notes = Footnotes()
    scopes = (Scope.of_study(results, further=True), *Scope.of_factors(results, further=True))
    again = (row for name in AGAIN for row in _again(scopes[0], name, notes))
    rows = (*(row for scope in scopes for row in _rows(scope, notes)), *again)
    if not rows:
        return None
    return Table(
        name="details",
        title="Numbers in full",
        columns=(
            Column("", words=True),
            Column("Number", words=True),
            Column("Value"),
            Column("Interval"),
            Column("n"),
            Column("Method, and what stands behind the number", words=True),
        ),
        rows=rows,
        notes=(
            Note("Four decimals, or four significant digits below 0.001; times in days."),
            *notes.notes,
        ),
        notice=results.card.notice,
    )


def _rows(scope: Scope, notes: Footnotes) -> Iterator[Row]:
    for outcome, _ in scope.outcomes:
        found = [e for e in scope.find(outcome) if e.measure in MEASURES]
        if found:
            label = scope.label(outcome)
            if scope.subgroup is not None:
                label = f"{label} by {scope.label(scope.subgroup)}"
            yield Row((Cell(label), *(Cell() for _ in range(5))), heading=True)
        for estimate in found:
            yield _row(scope, estimate, notes)


def _again(scope: Scope, analysis: str, notes: Footnotes) -> Iterator[Row]:
    """Yield the numbers of the subgroups, or of the models."""
    found = [e for e in scope.results.find(analysis=analysis) if e.measure in MEASURES]
    for outcome, name in dict.fromkeys((e.outcome, e.subgroup) for e in found):
        heading = f"{scope.label(outcome)} {AGAIN[analysis]} {scope.label(name or '')}"
        yield Row((Cell(heading), *(Cell() for _ in range(5))), heading=True)
        for estimate in found:
            if (estimate.outcome, estimate.subgroup) == (outcome, name):
                yield _row(scope, estimate, notes)


def _row(scope: Scope, estimate: Estimate, notes: Footnotes) -> Row:
    group = scope.name(estimate.group)
    if estimate.versus is not None:
        group = scope.pair_name((estimate.group, estimate.versus))
    if estimate.analysis == "model" and estimate.category is not None:
        group = f"{scope.label(estimate.category)}: {group}"
    if estimate.within is not None:
        group = f"{scope.card.labels.get(estimate.within, estimate.within)}: {group}"
    show = format_day if estimate.measure == "median_days" else _full
    interval = format_interval(estimate.low, estimate.high, flags=estimate.flags, show=show)
    marks = notes.mark(flag.value for flag in estimate.flags)
    return Row(
        (
            Cell(group),
            Cell(_measure(estimate)),
            Cell(format_value(estimate, show=show), estimate.value, marks),
            Cell(interval or NOTHING),
            Cell(str(estimate.n), estimate.n),
            Cell(_behind(estimate)),
        ),
        indent=1,
    )


def _measure(estimate: Estimate) -> str:
    words = MEASURES[estimate.measure]
    if estimate.category is not None and estimate.versus is None:
        words = f"{words} of {estimate.category}"
    if estimate.at_days is None:
        return words
    when, day = format_time(estimate.at_days), f"day {format_day(estimate.at_days)}"
    return f"{words} at {when}" if when == day else f"{words} at {when} ({day})"


def _behind(estimate: Estimate) -> str:
    """Return the method and the further numbers: "log-rank test; chi square 2.6073, df 1"."""
    told = ", ".join(
        f"{name.replace('_', ' ')} {_detail(value)}" for name, value in estimate.details
    )
    parts = [
        METHODS[estimate.method].name,
        told,
        estimate.role.value * (estimate.versus is not None),
    ]
    return "; ".join(part for part in parts if part)


def _detail(value: float) -> str:
    return f"{value:.0f}" if value == int(value) and abs(value) < 1e6 else _full(value)


def _full(value: float) -> str:
    """Return four decimals, or four significant digits of a smaller number."""
    if value != 0 and abs(value) < SMALLEST_FIXED:
        return f"{value:.3e}"
    return format_fixed(value, 4)
