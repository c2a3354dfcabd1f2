"""The comparisons as planned, and again in other populations, side by side."""

from collections.abc import Iterator

from autallo.model.results import Results, Role
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Note, Row, Table
from autallo.report.tables.rows import Layout

__all__ = ["table_sensitivity"]

WHOLE = "Whole population"


def table_sensitivity(results: Results) -> Table | None:
    """Return each comparison in the whole population and in every other that was declared."""
    again = tuple(Scope.of_sensitivity(results))
    if not again:
        return None
    whole = Scope.of_study(results)
    layout = Layout(whole, conventional=False)
    return Table(
        name="sensitivity",
        title="The same comparisons in other populations",
        columns=(
            Column("", words=True),
            Column("n"),
            Column("Size of the difference"),
            Column("p"),
        ),
        rows=tuple(_rows(layout, whole, again)),
        notes=(
            *(
                Note(f"{whole.label(name)}: patients of whom it holds that {condition}.")
                for name, condition, _ in results.card.sensitivity
            ),
            *layout.notes.notes,
        ),
        notice=results.card.notice,
    )


def _rows(layout: Layout, whole: Scope, again: tuple[Scope, ...]) -> Iterator[Row]:
    for outcome, _ in whole.outcomes:
        scopes = [scope for scope in again if outcome in dict(scope.outcomes)]
        for pair in whole.pairs:
            shown = [scope for scope in (whole, *scopes) if any(_pair(scope, outcome, pair))]
            if len(shown) < 2:
                continue
            heading = f"{whole.label(outcome)}: {whole.pair_name(pair)}"
            yield Row((Cell(heading), Cell(), Cell(), Cell()), heading=True)
            for scope in shown:
                yield _row(layout, scope, outcome, pair)


def _pair(scope: Scope, outcome: str, pair: tuple[str, str]) -> tuple[bool, bool]:
    test = scope.compared(outcome, pair, Role.PRIMARY)
    return test is not None, scope.effect(outcome, pair) is not None


def _row(layout: Layout, scope: Scope, outcome: str, pair: tuple[str, str]) -> Row:
    test, effect = scope.compared(outcome, pair, Role.PRIMARY), scope.effect(outcome, pair)
    used = test or effect
    name = WHOLE if scope.subgroup is None else scope.label(scope.subgroup)
    n = Cell(str(used.n), float(used.n)) if used else Cell()
    cells = (Cell(name), n, layout.effect_cell(effect), layout.p_cell(test))
    return Row(cells, indent=1)
