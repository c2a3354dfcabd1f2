"""The tables of outcomes: by group, by grade, over time, with competing events, by factor."""

from autallo.model.results import Results
from autallo.report.phrases import phrase_join
from autallo.report.scope import Scope
from autallo.report.tables.parts import Table
from autallo.report.tables.rows import Layout, table_rows

__all__ = [
    "table_factors",
    "table_incidence",
    "table_outcomes",
    "table_survival",
    "table_toxicity",
]

SIZE = "A size of the difference is that of the first group against the second, the reference."


def table_outcomes(results: Results) -> Table | None:
    """Return the outcomes that are yes or no, a category, or a measurement."""
    kinds = ("binary", "categorical", "continuous")
    return _study_table(results, "outcomes", "Outcomes by group", kinds=kinds, note=SIZE)


def table_toxicity(results: Results) -> Table | None:
    """Return the graded outcomes: how many patients had each grade as their highest."""
    note = (
        "The probability of superiority is the chance that a patient of the first group has the "
        "higher grade, ties counted half: 0.5 is no tendency either way."
    )
    return _study_table(
        results, "toxicity", "Patients at each grade", kinds=("ordinal",), note=note
    )


def table_survival(results: Results) -> Table | None:
    """Return events, median, survival at fixed times, and the comparison of the curves."""
    note = f"{SIZE} p is the test chosen for groups of this size; the conventional p is asymptotic."
    return _study_table(results, "survival", "Time to event", kinds=("time_to_event",), note=note)


def table_incidence(results: Results) -> Table | None:
    """Return events and cumulative incidence of each cause, and the comparison of the first."""
    title = "Cumulative incidence with competing events"
    note = (
        f"{SIZE} p compares the cumulative incidence of the first event; the conventional p is "
        "asymptotic."
    )
    return _study_table(results, "incidence", title, kinds=("competing_risks",), note=note)


def table_factors(results: Results) -> tuple[Table, ...]:
    """Return one table for each factor of the univariate analysis."""
    within = {name: groups for name, _, groups, _ in results.card.factors}
    return tuple(_factor_table(scope, within) for scope in Scope.of_factors(results))


def _study_table(
    results: Results, name: str, title: str, *, kinds: tuple[str, ...], note: str
) -> Table | None:
    scope = Scope.of_study(results)
    chosen = [(o, kind) for o, kind in scope.outcomes if kind.partition(":")[0] in kinds]
    if not chosen:
        return None
    layout = Layout.for_outcomes(scope, tuple(outcome for outcome, _ in chosen))
    rows = [row for item in chosen for row in table_rows(layout, *item)]
    general = [note] if scope.pairs else []
    if "time_to_event" in kinds or "competing_risks" in kinds:
        general.append("A month has 30.4375 days.")
    return layout.table(name, title, rows, *general)


def _factor_table(scope: Scope, within: dict[str, tuple[str, ...]]) -> Table:
    assert scope.subgroup is not None
    layout = Layout.for_outcomes(scope, tuple(outcome for outcome, _ in scope.outcomes))
    rows = [row for item in scope.outcomes for row in table_rows(layout, *item)]
    label = scope.label(scope.subgroup)
    names = [scope.name(group) for group in within[scope.subgroup]]
    where = f", within {phrase_join(names)}" if names else ""
    unadjusted = f"Univariate: nothing but {label} is accounted for."
    return layout.table(f"factor-{scope.subgroup}", f"{label}{where}", rows, SIZE, unadjusted)
