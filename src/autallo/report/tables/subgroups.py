"""The arms compared within each level of a factor, with the test of interaction."""

from collections.abc import Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Results, Role
from autallo.report.scope import BESIDE, P_VALUES, Scope
from autallo.report.tables.parts import Cell, Column, Note, Row, Table
from autallo.report.tables.rows import Layout

__all__ = ["table_subgroups"]


def table_subgroups(results: Results) -> Table | None:
    """Return each comparison within each level of each factor that asks for it."""
    if not results.card.subgroups:
        return None
    whole = Scope.of_study(results)
    layout = Layout(whole, conventional=False)
    rows = tuple(
        row
        for name in results.card.subgroups
        for outcome, _ in whole.outcomes
        for pair in whole.pairs
        for row in _rows(layout, name, outcome, pair)
    )
    return Table(
        name="subgroups",
        title="The same comparisons within the levels of factors",
        columns=(
            Column("", words=True),
            Column("n"),
            Column("Size of the difference"),
            Column("p"),
            Column("p of interaction"),
        ),
        rows=rows,
        notes=(
            Note(
                "A difference in one level and none in another is no difference between the "
                "levels: that is what p of interaction tests."
            ),
            *layout.notes.notes,
        ),
        notice=results.card.notice,
    )


def _rows(layout: Layout, name: str, outcome: str, pair: tuple[str, str]) -> Iterator[Row]:
    scope = layout.scope
    first, second = pair
    found = scope.results.find(
        analysis="subgroup", subgroup=name, outcome=outcome, group=first, versus=second
    )
    if not found:
        return
    interaction = next(e for e in found if e.measure == "interaction_p_value")
    heading = f"{scope.label(outcome)}: {scope.pair_name(pair)} by {scope.label(name)}"
    marks = layout.notes.mark([Flag.UNPLANNED.value] * (Flag.UNPLANNED in interaction.flags))
    blank = (Cell(),) * 3
    yield Row((Cell(heading, None, marks), *blank, _tested(layout, interaction)), heading=True)
    for level in dict.fromkeys(e.within for e in found if e.within is not None):
        inside = [e for e in found if e.within == level]
        test = next((e for e in inside if e.measure == "p_value" and e.role is Role.PRIMARY), None)
        effect = next((e for e in inside if e.measure not in P_VALUES), None)
        second_measure = BESIDE.get(effect.measure) if effect else None
        beside = next((e for e in inside if e.measure == second_measure), None)
        used = test or effect
        n = Cell(str(used.n), float(used.n)) if used else Cell()
        cells = (
            Cell(scope.card.labels.get(level, level)), n, layout.effect_cell(effect, beside),
            layout.p_cell(test), Cell(),
        )  # fmt: skip
        yield Row(cells, indent=1)


def _tested(layout: Layout, interaction: Estimate) -> Cell:
    cell = layout.p_cell(interaction, named=False)
    if interaction.value is None:
        return cell
    name = METHODS[interaction.method].name
    more = layout.notes.mark([name[:1].upper() + name[1:] + "."])
    marks = tuple(sorted({*cell.marks, *more}, key=lambda mark: (len(mark), mark)))
    return Cell(cell.text, cell.value, marks)
