"""The tests that were used: what their p is, and what they do with ties."""

from autallo.model.methods import METHODS
from autallo.model.results import Results, Role
from autallo.report.numbers import format_p
from autallo.report.tables.parts import Cell, Column, Note, Row, Table

__all__ = ["table_tests"]

P_VALUES = ("p_value", "interaction_p_value", "proportional_hazards")


def table_tests(results: Results) -> Table | None:
    """Return one row for each test whose p is printed."""
    used = [e for e in results.estimates if e.measure in P_VALUES and e.value is not None]
    rows = []
    for key, method in METHODS.items():
        mine = [e for e in used if e.method == key]
        if not mine:
            continue
        smallest = [p for p in (e.detail("smallest_p") for e in mine) if p is not None]
        conventional = all(e.role is Role.CONVENTIONAL for e in mine)
        name = method.name[:1].upper() + method.name[1:]
        reached = format_p(max(smallest)) if smallest else ""
        cells = (
            Cell(f"{name} (conventional)" if conventional else name), Cell(str(len(mine))),
            Cell(method.tails), Cell(method.ties),
            Cell(reached, max(smallest) if smallest else None),
        )  # fmt: skip
        rows.append(Row(cells))
    if not rows:
        return None
    return Table(
        name="tests",
        title="The tests, and how they count",
        columns=(
            Column("", words=True),
            Column("Used"),
            Column("Two-sided p is", words=True),
            Column("Ties", words=True),
            Column("Smallest p\nattainable, at worst"),
        ),
        rows=tuple(rows),
        notes=(
            Note(
                "The smallest p that any result could have given, in the comparison where that is "
                "largest; of each comparison it stands in Numbers in full."
            ),
        ),
        notice=results.card.notice,
    )
