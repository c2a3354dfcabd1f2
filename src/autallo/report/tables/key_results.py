"""The key results: one line per outcome, with the number that a reader looks for first."""

from collections.abc import Callable

from autallo.model.results import Estimate, Flag, Results, Role
from autallo.report.numbers import (
    NOTHING,
    format_p,
    format_percent,
    format_proportion,
    format_time,
    format_unit,
    format_value,
)
from autallo.report.phrases import phrase_borderline_note, phrase_count, phrase_no_p
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Spanner, Table

__all__ = ["table_key_results"]

#: Flags that change how p, or the number of a group, is read.
GRAVE = (
    Flag.CURVES_CROSS,
    Flag.CANNOT_REACH_ALPHA,
    Flag.SMALL_GROUP,
    Flag.UNEQUAL_FOLLOW_UP,
)
DOUBTFUL = (Flag.BEYOND_FOLLOW_UP, Flag.LIMIT_VALUES)
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
    cells += [_p_value(scope, outcome, pair, notes) for pair in scope.pairs]
    return Row(tuple(cells))


def _p_value(scope: Scope, outcome: str, pair: tuple[str, str], notes: Footnotes) -> Cell:
    """Return p with the footnotes that change how it is read, or why there is none."""
    estimate = scope.compared(outcome, pair, Role.PRIMARY)
    if estimate is None:
        return Cell(NOTHING)
    if estimate.value is None:
        return Cell(NOTHING, None, notes.mark(filter(None, [phrase_no_p(estimate)])))
    said = [flag.value for flag in estimate.flags if flag in GRAVE]
    said += phrase_borderline_note(estimate, scope.effect(outcome, pair))
    return Cell(format_p(estimate.value), estimate.value, notes.mark(said))


def _marks(scope: Scope, estimate: Estimate, notes: Footnotes) -> tuple[str, ...]:
    """Return the footnotes of one group's number: its flags, and how many were evaluable."""
    said = [flag.value for flag in estimate.flags if flag in DOUBTFUL]
    size = scope.size(estimate.group)
    if size is not None and estimate.n < size:
        said.append(f"{estimate.n} of {phrase_count(size, 'patient')} evaluable.")
    return notes.mark(said)


def _share(scope: Scope, outcome: str, notes: Footnotes) -> Headline:
    def show(estimate: Estimate) -> str:
        return format_proportion(estimate.events or 0, estimate.n)

    return "n/N (%)", _cell(scope, outcome, show, notes, measure="proportion")


def _counts(scope: Scope, outcome: str, notes: Footnotes) -> Headline:
    categories = scope.categories(outcome)
    names = [scope.card.labels.get(category, category) for category in categories]

    def show(group: str) -> Cell:
        found = [
            scope.first(outcome, group=group, versus=None, category=category)
            for category in categories
        ]
        known = next((e for e in found if e is not None), None)
        if known is None:
            return Cell(NOTHING)
        text = ", ".join(str(e.events or 0) if e else "0" for e in found)
        return Cell(text, None, _marks(scope, known, notes))

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

    def show(estimate: Estimate) -> str:
        return format_value(estimate, show=format_percent)

    words = f"% {word} {format_time(days[-1])}"
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
        return Cell(show(estimate), estimate.value, _marks(scope, estimate, notes))

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
