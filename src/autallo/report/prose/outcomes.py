"""The results in sentences: what each group shows, and what a comparison cannot exclude.

No sentence says that groups do not differ: with few patients the data can seldom show that.
"""

import math
from collections.abc import Callable, Iterator

from autallo.model.methods import METHODS
from autallo.model.results import Estimate, Flag, Role
from autallo.report.numbers import (
    format_days_as_months,
    format_interval,
    format_level,
    format_months,
    format_number,
    format_p,
    format_percent,
    format_time,
    format_unit,
    format_value,
)
from autallo.report.phrases import (
    EFFECTS,
    NEUTRAL,
    phrase_borderline,
    phrase_count,
    phrase_inside,
    phrase_join,
    phrase_no_p,
)
from autallo.report.scope import Scope
from autallo.report.tables.rows import RATIOS

__all__ = ["sentence_comparison", "sentence_crossing", "sentence_outcome"]

#: Two ratios that are less than this factor apart are alike.
ALIKE = 1.1
#: What an effect above and below its neutral value means for the first group of a pair.
_DIRECTIONS = {
    "odds_ratio": ("lower odds", "higher odds"),
    "ratio": ("lower values", "higher values"),
    "shift": ("lower values", "higher values"),
    "superiority": ("lower grades", "higher grades"),
    "hazard_ratio": ("a lower hazard", "a higher hazard"),
    "restricted_mean_difference": ("a shorter mean time", "a longer mean time"),
    "cause_specific_hazard_ratio": ("a lower hazard", "a higher hazard"),
}


def sentence_outcome(scope: Scope, outcome: str, kind: str) -> str:
    """Return what each group shows for an outcome; "" where nobody was evaluable."""
    return _DESCRIBE[kind.partition(":")[0]](scope, outcome)


def sentence_comparison(scope: Scope, outcome: str, pair: tuple[str, str]) -> str:
    """Return p, the size of the difference, and what the data cannot exclude; or ""."""
    p_value = scope.compared(outcome, pair, Role.PRIMARY)
    if p_value is None:
        return ""
    effect = scope.effect(outcome, pair)
    sentences = [_test(scope, outcome, pair, p_value)]
    if effect is not None:
        sentences.append(_size(effect))
        sentences += [_open(scope, pair, effect), phrase_borderline(p_value, effect)]
        sentences.append(_beside(scope, outcome, pair, effect))
    said = (Flag.CANNOT_REACH_ALPHA, Flag.SMALL_GROUP, Flag.UNEQUAL_FOLLOW_UP, Flag.UNPLANNED)
    flags = [*p_value.flags, *[Flag.UNPLANNED] * scope.unplanned(outcome)]
    sentences += [flag.value for flag in dict.fromkeys(flags) if flag in said]
    return " ".join(sentence for sentence in sentences if sentence)


def sentence_crossing(scope: Scope, outcome: str, pair: tuple[str, str]) -> str:
    """Return when the curves of a pair cross and what the log-rank test cannot see; or ""."""
    p_value = scope.compared(outcome, pair, Role.PRIMARY)
    if p_value is None or Flag.CURVES_CROSS not in p_value.flags:
        return ""
    days = [value for name, value in p_value.details if name.startswith("crossing_days")]
    when = f" at {phrase_join([*map(format_days_as_months, days)])} months"
    first, second = (scope.quoted(group) for group in pair)
    return (
        f"The curves of {first} and {second} for {phrase_inside(scope.label(outcome))} cross"
        f"{when if days else ''}. A log-rank test gives every time the same weight: a "
        "disadvantage before a crossing and an advantage after it cancel, and a hazard ratio "
        "averages over both. Neither its p nor the hazard ratio can say that the groups do "
        "alike; read the survival at fixed times with its intervals instead."
    )


def _binary(scope: Scope, outcome: str) -> str:
    told = _told(scope, outcome, _share, measure="proportion")
    return f"{scope.label(outcome)} was recorded in {told}." if told else ""


def _grades(scope: Scope, outcome: str) -> str:
    groups = []
    for group in scope.groups:
        found = list(scope.find(outcome, group=group, versus=None, measure="proportion"))
        found = [estimate for estimate in found if estimate.n]
        if found:
            counts = [
                f"{scope.category_name(outcome, str(e.category))} in {e.events}"
                for e in found
                if e.events
            ]
            patients = phrase_count(found[0].n, "patient")
            groups.append(f"{phrase_join(counts)} of {patients} {scope.among(group)}")
    return f"{scope.label(outcome)}: {'; '.join(groups)}." if groups else ""


def _median(scope: Scope, outcome: str) -> str:
    units = [format_unit(e.unit) for e in scope.find(outcome, measure="median") if e.unit]
    unit = f" ({units[0]})" if units else ""
    told = _told(scope, outcome, _quartiles, measure="median")
    if not told:
        return ""
    found = scope.find(outcome, measure="median", versus=None)
    limited = any(Flag.LIMIT_VALUES in estimate.flags for estimate in found)
    text = f"The median of {phrase_inside(scope.label(outcome))}{unit} was {told}."
    return f"{text} {Flag.LIMIT_VALUES.value}" if limited else text


def _survival(scope: Scope, outcome: str) -> str:
    sentences = []
    label = scope.label(outcome)
    events = _told(scope, outcome, _of, measure="events")
    if events:
        sentences.append(f"{label}: the event was seen in {events}.")
    median = _told(scope, outcome, _months, measure="median_days")
    if median:
        sentences.append(f"The median was {median}.")
    sentences += _read_off(scope, outcome, f"{label} at", measure="survival")
    return " ".join(sentences)


def _incidence(scope: Scope, outcome: str) -> str:
    sentences = []
    for index, cause in enumerate(scope.categories(outcome)):
        label = scope.label(cause)
        events = _told(scope, outcome, _of, measure="events", category=cause)
        if events:
            sentences.append(f"{label} was seen in {events}.")
        words = f"The cumulative incidence of {phrase_inside(label)} by"
        read = list(_read_off(scope, outcome, words, measure="incidence", category=cause))
        sentences += read if index == 0 else read[-1:]
    text = " ".join(sentences)
    if text and len(scope.with_competing_events) > 1:
        return f"{scope.label(outcome)}: {phrase_inside(text)}"
    return text


def _read_off(scope: Scope, outcome: str, words: str, **wanted: object) -> Iterator[str]:
    for day in scope.days(outcome):
        told = _told(scope, outcome, _per_cent, at_days=day, **wanted)
        if told:
            yield f"{words} {format_time(day)} was {told}."


_DESCRIBE: dict[str, Callable[[Scope, str], str]] = {
    "binary": _binary,
    "ordinal": _grades,
    "categorical": _grades,
    "continuous": _median,
    "time_to_event": _survival,
    "competing_risks": _incidence,
}


def _told(
    scope: Scope, outcome: str, show: Callable[[Estimate, bool], str], **wanted: object
) -> str:
    """Return "... with autoCAR, ... with RD-alloCAR"; the first names the interval."""
    parts: list[str] = []
    for group in scope.groups:
        estimate = scope.first(outcome, group=group, versus=None, **wanted)
        if estimate is not None and estimate.n:
            parts.append(f"{show(estimate, not parts)} {scope.among(group)}")
    return phrase_join(parts)


def _share(estimate: Estimate, first: bool) -> str:  # noqa: FBT001
    share = "no value" if estimate.value is None else f"{format_percent(estimate.value)}%"
    return f"{estimate.events} of {estimate.n} ({share}{_within(estimate, format_percent, first)})"


def _quartiles(estimate: Estimate, first: bool) -> str:  # noqa: FBT001
    limits = format_interval(estimate.detail("q1"), estimate.detail("q3"))
    name = "quartiles " if first else ""
    value = format_value(estimate)
    return f"{value} ({name}{limits})" if limits else value


def _months(estimate: Estimate, first: bool) -> str:  # noqa: FBT001
    return format_months(estimate, before=f"{_ci(estimate)} " if first else "")


def _per_cent(estimate: Estimate, first: bool) -> str:  # noqa: FBT001
    value = format_value(estimate, show=format_percent)
    sign = "%" if estimate.value is not None else ""
    within = _within(estimate, format_percent, first).removeprefix(", ")
    beyond = ", beyond follow-up" if Flag.BEYOND_FOLLOW_UP in estimate.flags else ""
    return f"{value}{sign} ({within}{beyond})" if within else f"{value}{sign}{beyond}"


def _of(estimate: Estimate, _first: bool) -> str:  # noqa: FBT001
    return f"{estimate.events} of {estimate.n}"


def _within(estimate: Estimate, show: Callable[[float], str], first: bool) -> str:  # noqa: FBT001
    limits = format_interval(estimate.low, estimate.high, flags=estimate.flags, show=show)
    if not limits:
        return ""
    return f", {_ci(estimate)} {limits}" if first else f", {limits}"


def _test(scope: Scope, outcome: str, pair: tuple[str, str], p_value: Estimate) -> str:
    first, second = (scope.quoted(group) for group in pair)
    if p_value.value is None:
        name = phrase_inside(scope.label(outcome))
        text = f"{first} against {second}: no p is given for {name}."
        return f"{text} {phrase_no_p(p_value)}".strip()
    name = METHODS[p_value.method].name
    start = first.capitalize() if first.islower() else first
    text = f"{start} against {second}: {format_p(p_value.value, equation=True)} ({name}"
    conventional = scope.compared(outcome, pair, Role.CONVENTIONAL)
    if conventional is not None:
        other = METHODS[conventional.method].name
        text += f"; conventional {other}, {format_p(conventional.value, equation=True)}"
    return f"{text})."


def _size(effect: Estimate) -> str:
    name = EFFECTS.get(effect.measure, effect.measure.replace("_", " "))
    value = format_value(effect)
    unit = f" {format_unit(effect.unit)}" if effect.unit and effect.value is not None else ""
    limits = format_interval(
        effect.low, effect.high, flags=effect.flags, zero_below=effect.measure in RATIOS
    )
    within = f" ({_ci(effect)} {limits})" if limits else ""
    if effect.measure == "superiority" and not limits:
        within = " (0.5 would be no tendency either way)"
    verb = "has" if Flag.MONOTONE in effect.flags else "is"
    return f"The {name} {verb} {value}{unit}{within}."


def _beside(scope: Scope, outcome: str, pair: tuple[str, str], effect: Estimate) -> str:
    """Return the second size of the difference and why it does not say the same; or ""."""
    beside = scope.beside(outcome, pair)
    if beside is None or beside.value is None or effect.value is None:
        return ""
    if beside.measure == "hazard_ratio":
        return f"{_size(beside)} {Flag.NOT_PROPORTIONAL.value}"
    return _two_ratios(scope, pair, effect, beside)


def _two_ratios(scope: Scope, pair: tuple[str, str], effect: Estimate, beside: Estimate) -> str:
    """Return the ratio of the incidence beside that of the cause, and why they differ."""
    assert beside.value is not None
    assert effect.value is not None
    first, second = (scope.quoted(group) for group in pair)
    text = (
        f"{_size(beside)} The cause-specific ratio compares rates among the patients still free of "
        "any event, the subdistribution ratio the cumulative incidence"
    )
    apart = math.log(beside.value / effect.value)
    any_event = beside.detail("any_event_hazard_ratio")
    if abs(apart) < math.log(ALIKE):
        return f"{text}; here they are alike."
    if any_event is None or apart * math.log(any_event) >= 0:
        return f"{text}."
    longer, more = ("longer", "more") if apart > 0 else ("for a shorter time", "fewer")
    return (
        f"{text}. They differ because patients with {first} stay free of any event {longer} than "
        f"those with {second} (hazard ratio of any event {format_number(any_event)}): at the same "
        f"rate {more} of them have this event in the end."
    )


def _open(scope: Scope, pair: tuple[str, str], effect: Estimate) -> str:
    """Return what the interval leaves open."""
    if (effect.low is None and effect.high is None) or effect.measure not in _DIRECTIONS:
        return ""
    neutral = NEUTRAL.get(effect.measure, 1.0)
    below, above = _DIRECTIONS[effect.measure]
    among = scope.among(pair[0])
    may_be_below = effect.low is None or effect.low < neutral
    may_be_above = effect.high is None or effect.high > neutral
    if may_be_below and may_be_above:
        return f"Neither {below} nor {above} {among} can be excluded."
    if effect.low == effect.high:
        return ""
    return f"The interval holds only {below if may_be_below else above} {among}."


def _ci(estimate: Estimate) -> str:
    return f"{format_level(estimate.level)} CI"
