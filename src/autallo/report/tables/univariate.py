"""The univariate analysis on one page: each factor against each outcome."""

from collections.abc import Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Results, Role
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Note, Row, Table
from autallo.report.tables.rows import Layout

__all__ = ["table_univariate"]


def table_univariate(results: Results) -> Table | None:
    """Return every comparison of every factor with its p, as it is and adjusted."""
    scopes = tuple(Scope.of_factors(results))
    if not scopes:
        return None
    layout = Layout(scopes[0], conventional=False)
    adjusted = [
        e for s in scopes for o, _ in s.outcomes for e in s.find(o, measure="adjusted_p_value")
    ]
    columns = ("Planned", "n", "Size of the difference", "p", *["Adjusted p"] * bool(adjusted))
    rows = tuple(row for scope in scopes for row in _rows(layout, scope, width=len(columns)))
    name = METHODS[adjusted[0].method].name if adjusted else ""
    families = "; ".join(
        sorted({f"{e.detail('family_size'):.0f} comparisons" for e in adjusted}, key=len)
    )
    general = [f"Adjusted p: {name}, families of {families}."] * bool(adjusted)
    return Table(
        name="univariate",
        title="Univariate analysis: every factor against every outcome",
        columns=(Column("", words=True), *(Column(label) for label in columns)),
        rows=rows,
        notes=(*(Note(text) for text in general), *layout.notes.notes),
        notice=results.card.notice,
    )


def _rows(layout: Layout, scope: Scope, *, width: int) -> Iterator[Row]:
    assert scope.subgroup is not None
    blank = tuple(Cell() for _ in range(width))
    for pair in scope.pairs:
        heading = f"{scope.label(scope.subgroup)}: {scope.pair_name(pair)}"
        yield Row((Cell(heading), *blank), heading=True)
        for outcome, _ in scope.outcomes:
            yield _row(layout, scope, outcome, pair, adjusted=width > 4)


def _row(
    layout: Layout, scope: Scope, outcome: str, pair: tuple[str, str], *, adjusted: bool
) -> Row:
    test = scope.compared(outcome, pair, Role.PRIMARY)
    effect = scope.effect(outcome, pair)
    used = test or effect
    cells = [
        Cell(scope.label(outcome)),
        Cell("no" if scope.unplanned(outcome) else "yes"),
        Cell(str(used.n), float(used.n)) if used else Cell(),
        layout.effect_cell(effect),
        layout.p_cell(test),
    ]
    if adjusted:
        cells.append(layout.p_cell(scope.adjusted(outcome, pair), named=False))
    return Row(tuple(cells), indent=1)
