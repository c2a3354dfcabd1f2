"""The rows of one outcome: what each group shows, and how far each pair differs.

The same rows stand in the tables of the arms and in those of the factors, so an outcome reads
the same wherever it occurs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Role
from autallo.report.numbers import (
    NOTHING,
    format_days_as_months,
    format_estimate,
    format_interval,
    format_level,
    format_p,
    format_percent,
    format_proportion,
    format_time,
    format_unit,
    format_value,
)
from autallo.report.phrases import (
    EFFECTS,
    phrase_borderline_note,
    phrase_inside,
    phrase_no_p,
)
from autallo.report.scope import Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Spanner, Table

__all__ = ["RATIOS", "Layout", "table_rows"]

#: Measures that cannot be below zero, for which no effect is one.
RATIOS = (
    "odds_ratio", "ratio", "hazard_ratio", "cause_specific_hazard_ratio",
    "subdistribution_hazard_ratio", "mean_ratio",
)  # fmt: skip
#: Flags that the words of the cell already say.
_SAID_IN_WORDS = (
    Flag.NOT_REACHED,
    Flag.BOUND_NOT_REACHED,
    Flag.UNBOUNDED_ABOVE,
    Flag.UNBOUNDED_BELOW,
)
_BOUNDS = (Flag.NO_EVENTS, Flag.ALL_EVENTS)
ABSENT = "not applicable"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a table of outcomes, and the footnotes gathered while it is filled."""

    scope: Scope
    conventional: bool
    notes: Footnotes = field(default_factory=Footnotes)

    @classmethod
    def for_outcomes(cls, scope: Scope, outcomes: tuple[str, ...]) -> "Layout":
        """Return the layout; conventional p values get a column only where there are any."""
        conventional = any(
            scope.compared(outcome, pair, Role.CONVENTIONAL)
            for outcome in outcomes
            for pair in scope.pairs
        )
        return cls(scope, conventional)

    @property
    def columns(self) -> tuple[Column, ...]:
        """A column of labels, one for each group, two or three for each pair."""
        groups = [Column(_with_size(self.scope, group)) for group in self.scope.groups]
        pair = ["Size of the difference", "p", *["Conventional p"] * self.conventional]
        return (
            Column("", words=True),
            *groups,
            *(Column(label) for _ in self.scope.pairs for label in pair),
        )

    @property
    def spanners(self) -> tuple[Spanner, ...]:
        """The name of each pair over its columns."""
        width = 2 + self.conventional
        start = 1 + len(self.scope.groups)
        factor = self.scope.subgroup
        levels = () if factor is None else (Spanner(self.scope.label(factor), 1, start - 1),)
        return levels + tuple(
            Spanner(
                self.scope.pair_name(pair), start + width * index, start + width * (index + 1) - 1
            )
            for index, pair in enumerate(self.scope.pairs)
        )

    def row(
        self,
        label: str,
        show: Callable[[str], Cell],
        *,
        outcome: str | None = None,
        indent: int = 0,
        heading: bool = False,
    ) -> Row:
        """Return a row with one cell per group, and with the comparisons if it has an outcome."""
        marks: tuple[str, ...] = ()
        if outcome is not None and self.scope.unplanned(outcome):
            marks = self.notes.mark([Flag.UNPLANNED.value])
        cells = [Cell(label, marks=marks), *(show(group) for group in self.scope.groups)]
        for pair in self.scope.pairs:
            cells += self._pair(outcome, pair)
        return Row(tuple(cells), indent=indent, heading=heading)

    def _pair(self, outcome: str | None, pair: tuple[str, str]) -> list[Cell]:
        if outcome is None:
            return [Cell()] * (2 + self.conventional)
        effect = self.scope.effect(outcome, pair)
        chosen = self.scope.compared(outcome, pair, Role.PRIMARY)
        borderline = phrase_borderline_note(chosen, effect)
        beside = self.scope.beside(outcome, pair)
        cells = [self.effect_cell(effect, beside), self.p_cell(chosen, *borderline)]
        if self.conventional:
            cells.append(self.p_cell(self.scope.compared(outcome, pair, Role.CONVENTIONAL)))
        return cells

    def effect_cell(self, estimate: Estimate | None, beside: Estimate | None = None) -> Cell:
        """Return the size of a difference with its name and footnotes, and another below it."""
        if estimate is None:
            return Cell(NOTHING)
        if beside is not None:
            first, second = self.effect_cell(estimate), self.effect_cell(beside)
            both = {*first.marks, *second.marks}
            in_order = tuple(sorted(both, key=lambda mark: (len(mark), mark)))
            return Cell(f"{first.text}\n{second.text}", first.value, in_order)
        name = EFFECTS.get(estimate.measure, estimate.measure.replace("_", " "))
        text = format_estimate(estimate, zero_below=estimate.measure in RATIOS)
        unit = (
            f" {format_unit(estimate.unit)}" if estimate.unit and estimate.value is not None else ""
        )
        silent = (*_SAID_IN_WORDS, Flag.UNPLANNED, Flag.CANNOT_REACH_ALPHA)
        colon = ":" if estimate.value is None else ""
        marks = self.notes.of(estimate, silent=silent, exclusions=False)
        return Cell(f"{name}{colon}\n{text}{unit}", estimate.value, marks)

    def p_cell(self, estimate: Estimate | None, *more: str, named: bool = True) -> Cell:
        """Return a p with its footnotes; `named`: its method is one of them."""
        if estimate is None:
            return Cell(NOTHING)
        if estimate.value is None:
            return Cell(
                format_p(None), None, self.notes.mark(filter(None, [phrase_no_p(estimate)]))
            )
        method = METHODS.get(estimate.method) if named else None
        called = self.notes.mark([f"{_capital(method.name)}."]) if method else ()
        flagged = self.notes.of(estimate, silent=(Flag.UNPLANNED,), exclusions=False)
        further = self.notes.mark(more)
        marks = tuple(sorted({*called, *flagged, *further}, key=lambda mark: (len(mark), mark)))
        return Cell(format_p(estimate.value), estimate.value, marks)

    def table(self, name: str, title: str, rows: list[Row], *general: str) -> Table:
        """Return the finished table."""
        return Table(
            name=name,
            title=title,
            columns=self.columns,
            spanners=self.spanners,
            rows=tuple(rows),
            notes=(*(Note(text) for text in general), *self.notes.notes),
            notice=self.scope.card.notice,
        )


def table_rows(layout: Layout, outcome: str, kind: str) -> Iterator[Row]:
    """Yield the rows of an outcome of that kind."""
    builder = _BUILDERS[kind.partition(":")[0]]
    yield from builder(layout, outcome)


def _binary(layout: Layout, outcome: str) -> Iterator[Row]:
    find = _finder(layout, outcome, measure="proportion")
    label = layout.scope.label(outcome)
    yield layout.row(label, _shown(layout, find, _counts, silent=_BOUNDS), outcome=outcome)
    show = _shown(layout, find, _per_cent_interval, exclusions=False)
    yield layout.row(f"{_percent(layout)} interval, %", show, indent=1)


def _categories(layout: Layout, outcome: str) -> Iterator[Row]:
    yield layout.row(layout.scope.label(outcome), lambda _: Cell(), outcome=outcome, heading=True)
    for category in layout.scope.categories(outcome):
        find = _finder(layout, outcome, measure="proportion", category=category)
        label = _capital(layout.scope.category_name(outcome, category))
        yield layout.row(label, _shown(layout, find, _counts, silent=_BOUNDS), indent=1)


def _continuous(layout: Layout, outcome: str) -> Iterator[Row]:
    find = _finder(layout, outcome, measure="median")
    units = [format_unit(e.unit) for e in layout.scope.find(outcome, measure="median") if e.unit]
    name = ", ".join(dict.fromkeys([layout.scope.label(outcome), *units[:1]]))
    yield layout.row(name, lambda _: Cell(), outcome=outcome, heading=True)
    yield layout.row("Median (quartiles)", _shown(layout, find, _quartiles), indent=1)
    yield layout.row("Range", _limited(layout, find, _range), indent=1)
    if any(layout.scope.find(outcome, measure="geometric_mean")):
        mean = _finder(layout, outcome, measure="geometric_mean")
        yield layout.row("Geometric mean", _limited(layout, mean, format_value), indent=1)


def _survival(layout: Layout, outcome: str) -> Iterator[Row]:
    events = _finder(layout, outcome, measure="events")
    label = f"{layout.scope.label(outcome)}, events"
    yield layout.row(label, _shown(layout, events, _events), outcome=outcome)
    if any(layout.scope.find(outcome, measure="median_days")):
        median = _finder(layout, outcome, measure="median_days")
        words = f"Median, months ({_percent(layout)} interval)"
        yield layout.row(words, _shown(layout, median, _months, exclusions=False), indent=1)
    for day in layout.scope.days(outcome):
        find = _finder(layout, outcome, measure="survival", at_days=day)
        words = f"At {format_time(day)}, % ({_percent(layout)} interval)"
        yield layout.row(words, _shown(layout, find, _per_cent, exclusions=False), indent=1)


def _incidence(layout: Layout, outcome: str) -> Iterator[Row]:
    for index, cause in enumerate(layout.scope.categories(outcome)):
        events = _finder(layout, outcome, measure="events", category=cause)
        label = f"{_cause_name(layout.scope, outcome, cause)}, events"
        compared = outcome if index == 0 else None
        yield layout.row(label, _shown(layout, events, _events), outcome=compared)
        for day in layout.scope.days(outcome):
            find = _finder(layout, outcome, measure="incidence", at_days=day, category=cause)
            words = f"By {format_time(day)}, % ({_percent(layout)} interval)"
            yield layout.row(words, _shown(layout, find, _per_cent, exclusions=False), indent=1)


_BUILDERS: dict[str, Callable[[Layout, str], Iterator[Row]]] = {
    "binary": _binary,
    "ordinal": _categories,
    "categorical": _categories,
    "continuous": _continuous,
    "time_to_event": _survival,
    "competing_risks": _incidence,
}


def _cause_name(scope: Scope, outcome: str, cause: str) -> str:
    """Return the name of a cause, behind that of its outcome where several outcomes share it."""
    name = scope.label(cause)
    if len(scope.with_competing_events) < 2:
        return name
    return f"{scope.label(outcome)}: {phrase_inside(name)}"


def _finder(layout: Layout, outcome: str, **wanted: object) -> Callable[[str], Estimate | None]:
    return lambda group: layout.scope.first(outcome, group=group, versus=None, **wanted)


def _shown(
    layout: Layout,
    find: Callable[[str], Estimate | None],
    show: Callable[[Estimate], str],
    *,
    silent: tuple[Flag, ...] = (),
    exclusions: bool = True,
) -> Callable[[str], Cell]:
    """Return what turns a group into a cell with the footnotes of its estimate."""

    def cell(group: str) -> Cell:
        estimate = find(group)
        if estimate is None:
            return Cell(ABSENT)
        quiet = (*_SAID_IN_WORDS, *silent)
        marks = layout.notes.of(estimate, silent=quiet, exclusions=exclusions)
        if show is _counts:
            return Cell(show(estimate), estimate.value, marks)
        return Cell.stacked(show(estimate), estimate.value, marks)

    return cell


def _limited(
    layout: Layout, find: Callable[[str], Estimate | None], show: Callable[[Estimate], str]
) -> Callable[[str], Cell]:
    """Return the same with the footnote of the measuring limit; others stand in the row above."""

    def cell(group: str) -> Cell:
        estimate = find(group)
        if estimate is None:
            return Cell(ABSENT)
        said = [flag.value for flag in estimate.flags if flag is Flag.LIMIT_VALUES]
        return Cell(show(estimate), estimate.value, layout.notes.mark(said))

    return cell


def _counts(estimate: Estimate) -> str:
    return format_proportion(estimate.events or 0, estimate.n)


def _events(estimate: Estimate) -> str:
    return f"{estimate.events or 0}/{estimate.n}"


def _per_cent_interval(estimate: Estimate) -> str:
    interval = format_interval(
        estimate.low, estimate.high, flags=estimate.flags, show=format_percent
    )
    return interval or NOTHING


def _per_cent(estimate: Estimate) -> str:
    return format_estimate(estimate, show=format_percent)


def _months(estimate: Estimate) -> str:
    return format_estimate(estimate, show=format_days_as_months)


def _quartiles(estimate: Estimate) -> str:
    q1, q3 = estimate.detail("q1"), estimate.detail("q3")
    interval = format_interval(q1, q3)
    value = format_value(estimate)
    return f"{value} ({interval})" if interval else value


def _range(estimate: Estimate) -> str:
    return format_interval(estimate.detail("minimum"), estimate.detail("maximum")) or NOTHING


def _percent(layout: Layout) -> str:
    return format_level(layout.scope.card.level)


def _with_size(scope: Scope, group: str) -> str:
    size = scope.size(group)
    return scope.name(group) if size is None else f"{scope.name(group)}\n(n = {size})"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
