"""Multivariable models: each term with its effect, interval and p."""

from collections.abc import Iterator, Sequence

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Results
from autallo.report.numbers import NOTHING, format_estimate, format_number, format_p
from autallo.report.phrases import EFFECTS, phrase_no_p
from autallo.report.scope import EVERYBODY, Scope
from autallo.report.tables.parts import Cell, Column, Footnotes, Note, Row, Table
from autallo.report.tables.rows import RATIOS

__all__ = ["table_models"]

COLUMNS = ("Effect", "p")


def table_models(results: Results) -> tuple[Table, ...]:
    """Return one table for each model, its outcomes one below the other."""
    scope = Scope.of_study(results)
    return tuple(
        _table(scope, name, outcomes, results)
        for name, _covariates, outcomes in results.card.models
    )


def _table(scope: Scope, name: str, outcomes: Sequence[str], results: Results) -> Table:
    notes = Footnotes()
    rows: list[Row] = []
    for outcome in outcomes:
        found = results.find(analysis="model", subgroup=name, outcome=outcome)
        rows += _rows(scope, outcome, found, notes)
    label = scope.label(name)
    return Table(
        name=f"model-{name.replace('_', '-')}",
        title=f"Multivariable model: {label}",
        columns=(Column("", words=True), *(Column(text) for text in COLUMNS)),
        rows=tuple(rows),
        notes=(
            Note("Each effect is that of its term with all others of the model held the same."),
            *notes.notes,
        ),
        notice=results.card.notice,
    )


def _rows(scope: Scope, outcome: str, found: Sequence[Estimate], notes: Footnotes) -> Iterator[Row]:
    measures = dict.fromkeys(e.measure for e in found if e.measure != "p_value")
    for measure in measures:
        effects = [e for e in found if e.measure == measure]
        first = effects[0]
        yield _heading(scope, outcome, first, several=len(measures) > 1, notes=notes)
        if first.category is None:
            yield Row((Cell(first.why or first.flags[0].value), Cell(NOTHING), Cell()), indent=1)
            continue
        tests = [e for e in found if e.measure == "p_value" and e.method == first.method]
        for covariate in dict.fromkeys(e.category for e in effects):
            yield from _covariate(
                scope,
                [e for e in effects if e.category == covariate],
                [e for e in tests if e.category == covariate],
                notes,
            )


def _heading(
    scope: Scope, outcome: str, first: Estimate, *, several: bool, notes: Footnotes
) -> Row:
    """Return the name of the outcome with the patients and events used, and the method."""
    effect = EFFECTS.get(first.measure, first.measure.replace("_", " "))
    name = f"{scope.label(outcome)}, {effect}" if several else scope.label(outcome)
    size = f"n = {first.n}" + (f", {first.events} events" if first.events is not None else "")
    said = [_capital(METHODS[first.method].name) + "."]
    per = first.detail("events_per_coefficient")
    if per is not None and first.events is not None:
        said.append(f"{format_number(per)} events for each coefficient.")
    unplanned = [Flag.UNPLANNED.value] * (Flag.UNPLANNED in first.flags)
    few = [Flag.FEW_EVENTS.value] * (Flag.FEW_EVENTS in first.flags)
    said += [*unplanned, *few, *([first.why] if first.why and first.category else [])]
    marks = {*notes.mark(said), *notes.of(first, silent=tuple(Flag))}
    in_order = tuple(sorted(marks, key=lambda mark: (len(mark), mark)))
    return Row((Cell(f"{name} ({size})", None, in_order), Cell(), Cell()), heading=True)


def _covariate(
    scope: Scope, effects: Sequence[Estimate], tests: Sequence[Estimate], notes: Footnotes
) -> Iterator[Row]:
    """Yield one row for a number or a category of two levels, else one for each level."""
    first = effects[0]
    assert first.category is not None
    label = scope.label(first.category) if first.category != "group" else "Group"
    if len(effects) == 1:
        yield _row(f"{label}: {_step(scope, first)}", first, tests, notes, indent=1)
        return
    joint = next((e for e in tests if e.group == EVERYBODY and e.versus is None), None)
    yield Row((Cell(label), Cell(), _p(joint, notes)), indent=1)
    for effect in effects:
        yield _row(_step(scope, effect), effect, tests, notes, indent=2)


def _row(
    label: str, effect: Estimate, tests: Sequence[Estimate], notes: Footnotes, *, indent: int
) -> Row:
    test = next((e for e in tests if (e.group, e.versus) == (effect.group, effect.versus)), None)
    name = EFFECTS.get(effect.measure, effect.measure.replace("_", " "))
    silent = (
        Flag.UNPLANNED, Flag.FEW_EVENTS, Flag.UNBOUNDED_ABOVE, Flag.UNBOUNDED_BELOW,
    )  # fmt: skip
    marks = notes.of(effect, silent=silent, exclusions=False)
    text = format_estimate(effect, zero_below=effect.measure in RATIOS)
    return Row(
        (Cell(label), Cell(f"{name}\n{text}", effect.value, marks), _p(test, notes)),
        indent=indent,
    )


def _p(test: Estimate | None, notes: Footnotes) -> Cell:
    if test is None:
        return Cell()
    if test.value is None:
        return Cell(format_p(None), None, notes.mark(filter(None, [phrase_no_p(test)])))
    return Cell(format_p(test.value), test.value)


def _step(scope: Scope, effect: Estimate) -> str:
    if effect.versus is None:
        return effect.group
    return f"{scope.name(effect.group)} v {scope.name(effect.versus)}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
