"""Table 1 and follow-up: who the patients of each group are, and how long they were watched."""

from collections.abc import Callable, Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Results
from autallo.report.numbers import (
    NOTHING,
    format_days_as_months,
    format_estimate,
    format_fixed,
    format_interval,
    format_level,
    format_p,
    format_percent,
    format_unit,
    format_value,
)
from autallo.report.phrases import phrase_end_of_follow_up
from autallo.report.scope import EVERYBODY, Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Spanner, Table

__all__ = ["table_1", "table_follow_up"]

MISSING = "missing"
#: Flags that the words of a cell already say.
SAID = (Flag.NOT_REACHED, Flag.BOUND_NOT_REACHED)
EVERYBODY_HAD_IT = "Could not be estimated: everybody had the event."
DIFFERENCES = (
    "Standardised differences are of the first group against the second; with two categories they "
    "are those of the category listed first, with more they have no sign."
)


def table_1(results: Results) -> Table | None:
    """Return the baseline table; a missing value is a row of its own, never a tested category."""
    scope = Scope.of_study(results, analyses=("baseline",))
    notes = Footnotes()
    groups = _groups(scope)
    rows = [row for column in results.card.table1 for row in _column(scope, column, groups, notes)]
    if not rows:
        return None
    return Table(
        name="table-1",
        title="Patients before treatment",
        columns=(
            Column("", words=True),
            *_headings(scope, groups),
            *(Column(label) for _ in scope.pairs for label in ("Standardised difference", "p")),
        ),
        spanners=tuple(
            Spanner(scope.pair_name(pair), 1 + len(groups) + 2 * i, 2 + len(groups) + 2 * i)
            for i, pair in enumerate(scope.pairs)
        ),
        rows=tuple(rows),
        notes=(
            Note(
                "Numbers are median (quartiles) with the range below, or count (per cent of the "
                "patients with a known value). Missing values are counted and never tested as a "
                "category. p describes imbalance only; it does not test whether the groups were "
                "comparable."
            ),
            *[Note(DIFFERENCES)] * bool(scope.pairs),
            *notes.notes,
        ),
        notice=results.card.notice,
    )


def table_follow_up(results: Results) -> Table | None:
    """Return how long the patients were followed: by reverse Kaplan-Meier, and as observed."""
    scope = Scope.of_study(results, analyses=("follow_up",))
    if not scope.estimates:
        return None
    notes = Footnotes()
    groups = _groups(scope)
    level = format_level(results.card.level)
    shown = {
        f"Median, months ({level} interval)": ("median_days", _median_months),
        "Observed without event, median months (range)": ("observed_median_days", _observed),
    }
    rows = []
    for label, (measure, show) in shown.items():
        cells = [Cell(label)]
        for group in groups:
            estimate = scope.first("follow_up", group=group, measure=measure)
            cells.append(_or_nothing(estimate, show, notes))
        rows.append(Row(tuple(cells)))
    return Table(
        name="follow-up",
        title="Follow-up",
        columns=(Column("", words=True), *_headings(scope, groups)),
        rows=tuple(rows),
        notes=(
            Note(_follow_up_note(scope)),
            *notes.notes,
        ),
        notice=results.card.notice,
    )


def _follow_up_note(scope: Scope) -> str:
    """Return whose reverse Kaplan-Meier estimate the median is."""
    found = scope.first("follow_up", measure="median_days")
    of = "" if found is None else f"The median is from the {phrase_end_of_follow_up(scope, found)}."
    return f"{of} A month has 30.4375 days.".strip()


def _groups(scope: Scope) -> tuple[str, ...]:
    """Return the arms, and everybody where there is more than one arm."""
    everybody = any(e.group == EVERYBODY for found in scope.estimates.values() for e in found)
    return (*scope.groups, *[EVERYBODY] * everybody)


def _headings(scope: Scope, groups: tuple[str, ...]) -> Iterator[Column]:
    for group in groups:
        size = scope.size(group)
        yield Column(scope.name(group) if size is None else f"{scope.name(group)}\n(n = {size})")


def _column(scope: Scope, column: str, groups: tuple[str, ...], notes: Footnotes) -> Iterator[Row]:
    described = {group: tuple(scope.find(column, group=group, versus=None)) for group in groups}
    numeric = any(e.measure == "median" for found in described.values() for e in found)
    compared = tuple(_compared(scope, column, notes))
    blank = (Cell(),) * len(compared)
    if numeric:
        cells = [_number(described[group], notes) for group in groups]
        yield Row((Cell(_named(scope, column, described)), *cells, *compared))
    else:
        empty = (Cell(),) * len(groups)
        yield Row((Cell(scope.label(column)), *empty, *compared), heading=True)
        for category in scope.categories(column):
            counts = [_count(described[group], category) for group in groups]
            label = scope.card.labels.get(category, category)
            yield Row((Cell(label), *counts, *blank), indent=1)
    missing = {group: _missing(described[group]) for group in groups}
    if any(missing.values()):
        gone = [Cell(str(missing[group]), float(missing[group])) for group in groups]
        yield Row((Cell("Missing"), *gone, *blank), indent=1)


def _named(scope: Scope, column: str, described: dict[str, tuple[Estimate, ...]]) -> str:
    """Return the label of a number with its unit, unless the label already says it."""
    label = scope.label(column)
    units = [format_unit(e.unit) for found in described.values() for e in found if e.unit]
    return label if not units or units[0] in label else f"{label}, {units[0]}"


def _number(found: tuple[Estimate, ...], notes: Footnotes) -> Cell:
    if not found:
        return Cell(NOTHING)
    median = found[0]
    spread = [
        format_interval(median.detail(low), median.detail(high))
        for low, high in (("q1", "q3"), ("minimum", "maximum"))
    ]
    text = format_value(median)
    marks = notes.mark(flag.value for flag in median.flags)
    quartiles = f"{text} ({spread[0]})" if spread[0] else text
    return Cell("\n".join(part for part in (quartiles, spread[1]) if part), median.value, marks)


def _count(found: tuple[Estimate, ...], category: str) -> Cell:
    share = next((estimate for estimate in found if estimate.category == category), None)
    if share is None or share.value is None:
        return Cell(NOTHING)
    return Cell(f"{share.events} ({format_percent(share.value)}%)", share.value)


def _missing(found: tuple[Estimate, ...]) -> int:
    return max((dict(estimate.excluded).get(MISSING, 0) for estimate in found), default=0)


def _compared(scope: Scope, column: str, notes: Footnotes) -> Iterator[Cell]:
    for group, versus in scope.pairs:
        about = {"group": group, "versus": versus}
        difference = scope.first(column, measure="standardised_difference", **about)
        yield _or_nothing(difference, _two_decimals, notes)
        p_value = scope.first(column, measure="p_value", **about)
        if p_value is None:
            yield Cell(NOTHING)
            continue
        method = METHODS[p_value.method].name
        said = [f"{method[:1].upper()}{method[1:]}.", *(flag.value for flag in p_value.flags)]
        yield Cell(format_p(p_value.value), p_value.value, notes.mark(said))


def _or_nothing(
    estimate: Estimate | None, show: Callable[[Estimate], str], notes: Footnotes
) -> Cell:
    if estimate is None:
        return Cell(NOTHING)
    marks = notes.mark(_footnote(estimate, flag) for flag in estimate.flags if flag not in SAID)
    return Cell.stacked(show(estimate), estimate.value, marks)


def _footnote(estimate: Estimate, flag: Flag) -> str:
    """Return the sentence of a flag; a follow-up that nobody outlived says so."""
    if flag is Flag.NOT_ESTIMABLE and estimate.method == "reverse_kaplan_meier" and estimate.n:
        return EVERYBODY_HAD_IT
    return flag.value


def _two_decimals(estimate: Estimate) -> str:
    return format_estimate(estimate, show=lambda value: format_fixed(value, 2))


def _median_months(estimate: Estimate) -> str:
    return format_estimate(estimate, show=format_days_as_months)


def _observed(estimate: Estimate) -> str:
    limits = format_interval(
        estimate.detail("minimum"), estimate.detail("maximum"), show=format_days_as_months
    )
    value = format_value(estimate, show=format_days_as_months)
    return f"{value} ({limits})" if limits else value
