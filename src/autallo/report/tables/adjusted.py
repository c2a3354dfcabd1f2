"""Adjusted comparisons: first how alike the weights make the groups, then the weighted effects."""

from collections.abc import Iterator, Sequence

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Results
from autallo.report.numbers import (
    NOTHING,
    format_estimate,
    format_fixed,
    format_number,
    format_percent,
    format_points,
    format_time,
)
from autallo.report.phrases import EFFECTS
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Note, Row, Spanner, Table
from autallo.report.tables.rows import Layout

__all__ = ["table_adjusted", "table_balance"]

BALANCED = 0.1
BLANK = Cell()


def table_balance(results: Results, name: str) -> Table | None:
    """Return the standardised differences before and after weighting, outcomes alike together."""
    scope = Scope.of_study(results)
    rows = tuple(
        row
        for pair in scope.pairs
        for outcomes, found in _alike(results, name, pair)
        for row in _balance_rows(scope, pair, outcomes, found)
    )
    if not rows:
        return None
    return Table(
        name=f"balance-{name.replace('_', '-')}",
        title=f"Balance of the groups: {scope.label(name)}",
        columns=(Column("", words=True), *_columns(scope), *_columns(scope)),
        spanners=(Spanner("As they are", 1, 3), Spanner("Weighted", 4, 6)),
        rows=rows,
        notes=(
            Note(
                "Means; of a level the share with it. A standardised difference is in standard "
                f"deviations; beyond {BALANCED} either way is by custom called out of balance. "
                "What was not recorded may be out of balance whatever the weights."
            ),
        ),
        notice=results.card.notice,
    )


def _columns(scope: Scope) -> tuple[Column, ...]:
    names = ("First group", "Second group")
    if len(scope.pairs) == 1:
        first, second = scope.pairs[0]
        names = (scope.name(first), scope.name(second))
    return (*(Column(name) for name in names), Column("Standardised difference"))


def _alike(
    results: Results, name: str, pair: tuple[str, str]
) -> Iterator[tuple[list[str], Sequence[Estimate]]]:
    """Yield the balance of a pair once for all outcomes in which it is the same."""
    groups: dict[object, tuple[list[str], Sequence[Estimate]]] = {}
    everything = results.find(analysis="balance", subgroup=name)
    found = [e for e in everything if {e.group, e.versus} == set(pair)]
    for outcome in dict.fromkeys(e.outcome for e in found):
        mine = [e for e in found if e.outcome == outcome]
        same = tuple((e.category, e.method, e.value, e.n, e.details) for e in mine)
        groups.setdefault(same, ([], mine))[0].append(outcome)
    yield from groups.values()


def _balance_rows(
    scope: Scope, pair: tuple[str, str], outcomes: Sequence[str], found: Sequence[Estimate]
) -> Iterator[Row]:
    told = ", ".join(scope.label(outcome) for outcome in outcomes)
    heading = Cell(f"{scope.pair_name(pair)} ({told})")
    yield Row((heading, *(BLANK,) * 6), heading=True)
    differences = [e for e in found if e.measure == "standardised_difference"]
    for category in dict.fromkeys(e.category for e in differences):
        before, *after = [e for e in differences if e.category == category]
        name, _, level = (category or "").partition("=")
        label = f"{scope.label(name)}: {scope.name(level)}" if level else scope.label(name)
        yield Row(
            (
                Cell(label), *_means(before, level), _difference(before),
                *(_means(after[0], level) if after else (BLANK, BLANK)),
                _difference(after[0]) if after else Cell(NOTHING),
            ),
            indent=1,
        )  # fmt: skip
    sizes = {e.group: e for e in found if e.measure == "effective_sample_size"}
    if sizes:
        first, second = (sizes[group] for group in pair)
        yield Row(
            (
                Cell("Patients, effective after weighting"),
                Cell(str(first.n), first.n), Cell(str(second.n), second.n), BLANK,
                *(Cell(format_fixed(e.value or 0.0, 1), e.value) for e in (first, second)), BLANK,
            ),
            indent=1,
        )  # fmt: skip


def _means(estimate: Estimate, level: str) -> tuple[Cell, Cell]:
    first, second = estimate.detail("mean_first"), estimate.detail("mean_second")
    return _mean(first, level), _mean(second, level)


def _mean(mean: float | None, level: str) -> Cell:
    if mean is None:
        return Cell(NOTHING)
    return Cell(f"{format_percent(mean)}%" if level else format_number(mean), mean)


def _difference(estimate: Estimate) -> Cell:
    if estimate.value is None:
        return Cell("not estimable")
    value = 0.0 if abs(estimate.value) < 5e-4 else estimate.value
    text = format_fixed(value, 2)
    if estimate.low is not None and estimate.high is not None:
        text += f"\n({format_fixed(estimate.low, 2)} to {format_fixed(estimate.high, 2)})"
    return Cell(text, estimate.value)


def table_adjusted(results: Results, name: str) -> Table:
    """Return the weighted comparisons beside the plain ones."""
    scope = Scope.of_study(results)
    layout = Layout(scope, conventional=False)
    outcomes = next(found for key, _, found in results.card.adjusted if key == name)
    rows = tuple(
        row
        for outcome in outcomes
        for pair in scope.pairs
        for row in _rows(layout, name, outcome, pair)
    )
    return Table(
        name=f"adjusted-{name.replace('_', '-')}",
        title=f"Adjusted comparisons: {scope.label(name)}",
        columns=(
            Column("", words=True),
            Column("n"),
            Column("Size of the difference"),
            Column("p"),
        ),
        rows=rows,
        notes=layout.notes.notes,
        notice=results.card.notice,
    )


def _rows(layout: Layout, name: str, outcome: str, pair: tuple[str, str]) -> Iterator[Row]:
    scope = layout.scope
    found = scope.results.find(
        analysis="adjusted", subgroup=name, outcome=outcome, group=pair[0], versus=pair[1]
    )
    if not found:
        return
    first = found[0]
    marks = layout.notes.mark([Flag.UNPLANNED.value] * (Flag.UNPLANNED in first.flags))
    heading = f"{scope.label(outcome)}: {scope.pair_name(pair)}"
    yield Row((Cell(heading, None, marks), *(BLANK,) * 3), heading=True)
    plain = scope.effect(outcome, pair)
    if plain is not None:
        yield Row((Cell("As they are"), _n(plain), layout.effect_cell(plain), BLANK), indent=1)
    if first.value is None and first.why:
        yield Row((Cell(first.why), _n(first), Cell("not compared"), Cell(NOTHING)), indent=1)
        return
    test = next((e for e in found if e.measure == "p_value"), None)
    yield Row(
        (_called(layout, first), _n(first), _effect(layout, first), _p(layout, test)), indent=1
    )
    for estimate in found:
        if estimate.at_days is not None:
            words = f"Weighted, at {format_time(estimate.at_days)}"
            cells = (Cell(words), _n(estimate), _points(layout, estimate), BLANK)
            yield Row(cells, indent=1)


def _called(layout: Layout, estimate: Estimate) -> Cell:
    said = METHODS[estimate.method].name
    marks = list(layout.notes.mark([f"{said[:1].upper()}{said[1:]}."]))
    beyond, limit = estimate.detail("e_value"), estimate.detail("e_value_limit")
    if beyond is not None and limit is not None:
        told = (
            f"E-value {format_number(beyond)} ({format_number(limit)} for the limit nearer to 1): "
            "to explain the ratio away, something not recorded would have to be so many times as "
            "frequent in one group as in the other, and to make the event so many times as likely."
        )
        marks += layout.notes.mark([told])
    return Cell("Weighted", None, tuple(sorted(marks, key=lambda mark: (len(mark), mark))))


def _n(estimate: Estimate) -> Cell:
    return Cell(str(estimate.n), float(estimate.n))


def _p(layout: Layout, test: Estimate | None) -> Cell:
    return layout.p_cell(test, named=False)


def _effect(layout: Layout, estimate: Estimate) -> Cell:
    if estimate.measure == "risk_difference":
        return _points(layout, estimate)
    return layout.effect_cell(estimate)


def _points(layout: Layout, estimate: Estimate) -> Cell:
    """Return a difference of shares in percentage points."""
    name = EFFECTS[estimate.measure]
    text = format_estimate(estimate, show=format_points)
    marks = layout.notes.of(estimate, silent=(Flag.UNPLANNED,), exclusions=False)
    return Cell(f"{name}, points\n{text}", estimate.value, marks)
