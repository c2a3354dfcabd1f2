"""The key results: one line per outcome, with the number that a reader looks for first."""

from collections.abc import Callable

from autallo.model.results import Estimate, Flag, Results, Role
from autallo.report.numbers import (
    NOTHING,
    format_days_as_months,
    format_p,
    format_percent,
    format_proportion,
    format_unit,
    format_value,
)
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Spanner, Table

__all__ = ["table_key_results"]

Headline = tuple[str, Callable[[str], Cell]]


def table_key_results(results: Results) -> Table | None:
    """Return one line per outcome: the first number of each group, and p of each pair."""
    scope = Scope.of_study(results)
    notes = Footnotes()
    rows = tuple(_row(scope, outcome, kind, notes) for outcome, kind in scope.outcomes)
    if not rows:
        return None
    first = 1 + len(scope.groups)
    return Table(
        name="key-results",
        title="Key results",
        columns=(
            Column("", words=True),
            *(Column(_named(scope, group)) for group in scope.groups),
            *(Column("p") for _ in scope.pairs),
        ),
        spanners=tuple(
            Spanner(scope.pair_name(pair), first + i, first + i)
            for i, pair in enumerate(scope.pairs)
        ),
        rows=rows,
        notes=(
            Note("Intervals, sizes of the differences and methods stand in the tables below."),
            *notes.notes,
        ),
        notice=results.card.notice,
    )


def _row(scope: Scope, outcome: str, kind: str, notes: Footnotes) -> Row:
    words, show = _HEADLINES[kind.partition(":")[0]](scope, outcome, notes)
    label = scope.label(outcome)
    marks = notes.mark([Flag.UNPLANNED.value] * scope.unplanned(outcome))
    cells = [Cell(f"{label}, {words}" if words else label, marks=marks)]
    cells += [show(group) for group in scope.groups]
    cells += [_p_value(scope.compared(outcome, pair, Role.PRIMARY), notes) for pair in scope.pairs]
    return Row(tuple(cells))


def _p_value(estimate: Estimate | None, notes: Footnotes) -> Cell:
    if estimate is None:
        return Cell(NOTHING)
    grave = (Flag.CURVES_CROSS, Flag.CANNOT_REACH_ALPHA, Flag.SMALL_GROUP)
    marks = notes.mark(flag.value for flag in estimate.flags if flag in grave)
    return Cell(format_p(estimate.value), estimate.value, marks)


def _share(scope: Scope, outcome: str, notes: Footnotes) -> Headline:
    def show(estimate: Estimate) -> str:
        return format_proportion(estimate.events or 0, estimate.n)

    return "n/N (%)", _cell(scope, outcome, show, notes, measure="proportion")


def _counts(scope: Scope, outcome: str, _notes: Footnotes) -> Headline:
    categories = scope.categories(outcome)
    names = [scope.card.labels.get(category, category) for category in categories]

    def show(group: str) -> Cell:
        found = [
            scope.first(outcome, group=group, versus=None, category=category)
            for category in categories
        ]
        if not any(found):
            return Cell(NOTHING)
        return Cell(", ".join(str(e.events or 0) if e else "0" for e in found))

    return f"patients at {', '.join(names)}", show


def _median(scope: Scope, outcome: str, notes: Footnotes) -> Headline:
    unit = next(
        (format_unit(e.unit) for e in scope.find(outcome, measure="median") if e.unit), None
    )
    words = f"median, {unit}" if unit else "median"
    return words, _cell(scope, outcome, format_value, notes, measure="median")


def _survival(scope: Scope, outcome: str, notes: Footnotes) -> Headline:
    return _read_off(scope, outcome, "at", notes, measure="survival")


def _incidence(scope: Scope, outcome: str, notes: Footnotes) -> Headline:
    cause = next(iter(scope.categories(outcome)), None)
    return _read_off(scope, outcome, "by", notes, measure="incidence", category=cause)


def _read_off(
    scope: Scope, outcome: str, word: str, notes: Footnotes, **wanted: object
) -> Headline:
    """Return the curve at the last day asked for, or the events where no day was."""
    days = scope.days(outcome)
    if not days:
        return "events", _cell(scope, outcome, _events, notes, **{**wanted, "measure": "events"})
    months = format_days_as_months(days[-1]).removesuffix(".0")

    def show(estimate: Estimate) -> str:
        return format_value(estimate, show=format_percent)

    words = f"% {word} {months} months"
    return words, _cell(scope, outcome, show, notes, at_days=days[-1], **wanted)


def _events(estimate: Estimate) -> str:
    return f"{estimate.events or 0}/{estimate.n}"


def _cell(
    scope: Scope,
    outcome: str,
    show: Callable[[Estimate], str],
    notes: Footnotes,
    **wanted: object,
) -> Callable[[str], Cell]:
    def cell(group: str) -> Cell:
        estimate = scope.first(outcome, group=group, versus=None, **wanted)
        if estimate is None:
            return Cell(NOTHING)
        beyond = [Flag.BEYOND_FOLLOW_UP.value] * (Flag.BEYOND_FOLLOW_UP in estimate.flags)
        return Cell(show(estimate), estimate.value, notes.mark(beyond))

    return cell


def _named(scope: Scope, group: str) -> str:
    size = scope.size(group)
    return scope.name(group) if size is None else f"{scope.name(group)}\n(n = {size})"


_HEADLINES: dict[str, Callable[[Scope, str, Footnotes], Headline]] = {
    "binary": _share,
    "ordinal": _counts,
    "categorical": _counts,
    "continuous": _median,
    "time_to_event": _survival,
    "competing_risks": _incidence,
}
