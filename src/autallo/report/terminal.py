"""The results in short lines, for the terminal that ran the study."""

from collections.abc import Callable, Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Results, Role
from autallo.report.numbers import (
    format_estimate,
    format_interval,
    format_months,
    format_p,
    format_percent,
    format_proportion,
    format_text,
    format_time,
    format_unit,
    format_value,
)
from autallo.report.phrases import phrase_no_p
from autallo.report.prose import sentence_follow_up, sentence_summary
from autallo.report.scope import Scope

__all__ = ["sentence_overview"]

Short = Callable[[Scope, str, str], str]


def sentence_overview(results: Results) -> tuple[str, ...]:
    """Return the study in lines: patients, where they went, follow-up, outcomes, factors."""
    return tuple(_plain(line) for line in _lines(results))


def _lines(results: Results) -> Iterator[str]:
    yield results.card.title
    if results.card.notice:
        yield results.card.notice
    yield ""
    yield _flow(results)
    yield sentence_summary(results)
    yield sentence_follow_up(results)
    yield from _outcomes(Scope.of_study(results))
    for scope in Scope.of_factors(results):
        yield f"\n{scope.label(scope.subgroup or '')}"
        yield from _outcomes(scope)


def _flow(results: Results) -> str:
    """Return where the patients went: read = analysed + excluded, by reason."""
    if not results.flow:
        return ""
    read, analysed = results.flow[0].remaining, results.flow[-1].remaining
    lost = [(reason, count) for step in results.flow for reason, count in step.excluded]
    reasons = "; ".join(f"{reason}: {count}" for reason, count in lost)
    told = f" ({reasons})" if reasons else ""
    return f"Patients read {read} = analysed {analysed} + excluded {read - analysed}{told}."


def _outcomes(scope: Scope) -> Iterator[str]:
    """Yield for each outcome its name, one line a group, and one line a comparison."""
    width = max((len(scope.name(group)) for group in scope.groups), default=0)
    for outcome, kind in scope.outcomes:
        short = _SHORT[kind.partition(":")[0]]
        yield f"\n{scope.label(outcome)}"
        for group in scope.groups:
            told = short(scope, outcome, group)
            if told:
                yield f"  {scope.name(group):<{width}}  {told}"
        for pair in scope.pairs:
            told = _tests(scope, outcome, pair)
            if told:
                yield f"  {scope.pair_name(pair)}: {told}"


def _tests(scope: Scope, outcome: str, pair: tuple[str, str]) -> str:
    """Return the chosen p with its method, and the conventional one behind it."""
    chosen = scope.compared(outcome, pair, Role.PRIMARY)
    if chosen is None:
        return ""
    if chosen.value is None:
        return phrase_no_p(chosen) or "no test"
    parts = [f"{format_p(chosen.value, equation=True)} ({METHODS[chosen.method].name})"]
    usual = scope.compared(outcome, pair, Role.CONVENTIONAL)
    if usual is not None and usual.value is not None:
        p = format_p(usual.value, equation=True)
        parts.append(f"conventional {METHODS[usual.method].name} {p}")
    cross = "; the curves cross, see the report" * (Flag.CURVES_CROSS in chosen.flags)
    return ", ".join(parts) + cross


def _share(scope: Scope, outcome: str, group: str) -> str:
    found = scope.first(outcome, group=group, versus=None, measure="proportion")
    if found is None:
        return ""
    limits = format_interval(found.low, found.high, flags=found.flags, show=format_percent)
    return f"{format_proportion(found.events or 0, found.n)}, {limits}"


def _counts(scope: Scope, outcome: str, group: str) -> str:
    found = scope.find(outcome, group=group, versus=None, measure="proportion")
    return ", ".join(
        f"{scope.category_name(outcome, e.category or '')}: {e.events or 0}" for e in found
    )


def _median(scope: Scope, outcome: str, group: str) -> str:
    found = scope.first(outcome, group=group, versus=None, measure="median")
    if found is None:
        return ""
    quartiles = format_interval(found.detail("q1"), found.detail("q3"))
    unit = f" {format_unit(found.unit)}" if found.unit else ""
    return f"median {format_value(found)} ({quartiles}){unit}"


def _survival(scope: Scope, outcome: str, group: str) -> str:
    median = scope.first(outcome, group=group, versus=None, measure="median_days")
    if median is None:
        return ""
    parts = [f"{median.events or 0}/{median.n} events, median {format_months(median)}"]
    return ", ".join(parts + _read_off(scope, outcome, group, "survival"))


def _incidence(scope: Scope, outcome: str, group: str) -> str:
    cause = next(iter(scope.categories(outcome)), None)
    events = scope.first(outcome, group=group, versus=None, measure="events", category=cause)
    if events is None:
        return ""
    read = _read_off(scope, outcome, group, "incidence", category=cause)
    return ", ".join([f"{events.events or 0}/{events.n} events", *read])


def _read_off(scope: Scope, outcome: str, group: str, measure: str, **wanted: object) -> list[str]:
    """Return the curve at each day asked for."""
    found = scope.find(outcome, group=group, versus=None, measure=measure, **wanted)
    return [_at(estimate) for estimate in found if estimate.at_days is not None]


def _at(estimate: Estimate) -> str:
    when = format_time(estimate.at_days or 0.0)
    beyond = ", beyond follow-up" * (Flag.BEYOND_FOLLOW_UP in estimate.flags)
    return f"{format_estimate(estimate, show=format_percent)}% at {when}{beyond}"


def _plain(line: str) -> str:
    """Return a line without control characters; a leading blank line stays."""
    indent = line[: len(line) - len(line.lstrip())]
    return indent + format_text(line.lstrip())


_SHORT: dict[str, Short] = {
    "binary": _share,
    "ordinal": _counts,
    "categorical": _counts,
    "continuous": _median,
    "time_to_event": _survival,
    "competing_risks": _incidence,
}
