"""What this study is and what it cannot show: the summary and the paragraph of limits."""

from autallo.model.results import Estimate, Flag, Results, Role
from autallo.report.numbers import format_level, format_months, format_p
from autallo.report.phrases import phrase_count, phrase_end_of_follow_up, phrase_join
from autallo.report.scope import EVERYBODY, Scope

__all__ = ["sentence_follow_up", "sentence_limits", "sentence_summary"]

#: Where tests are made, and how they are called.
KINDS = {
    "comparison": "of the groups",
    "factor": "of factors",
    "subgroup": "in subgroups and of interaction",
    "model": "in models",
    "adjusted": "of weighted groups",
    "sensitivity": "again in other populations",
}
SMALL = 30
RETROSPECTIVE = (
    "This is a retrospective comparison of groups that were not formed by chance: they may differ "
    "in other respects than the group they are in, measured or not, and nothing here is adjusted "
    "for that unless it is said."
)


def sentence_summary(results: Results) -> str:
    """Return who was analysed: "31 patients were analysed: autoCAR (n = 17), ..."."""
    scope = Scope.of_study(results)
    sizes = [(scope.name(group), scope.size(group)) for group in scope.groups]
    groups = phrase_join([f"{name} (n = {size})" for name, size in sizes if size is not None])
    everybody = scope.size(EVERYBODY)
    who = "Analysed"
    if everybody is not None:
        verb = "was" if everybody == 1 else "were"
        who = f"{phrase_count(everybody, 'patient')} {verb} analysed"
    return f"{who}: {groups}." if groups else f"{who}."


def sentence_follow_up(results: Results) -> str:
    """Return the median follow-up of everybody, or of each arm; "" where there is none."""
    scope = Scope.of_study(results, analyses=("follow_up",))
    whole = scope.first("follow_up", group=EVERYBODY, measure="median_days")
    chosen = [(EVERYBODY, whole)] if whole else []
    if not chosen:
        found = [
            (g, scope.first("follow_up", group=g, measure="median_days")) for g in scope.groups
        ]
        chosen = [(group, estimate) for group, estimate in found if estimate]
    known = [(group, e) for group, e in chosen if Flag.NOT_ESTIMABLE not in e.flags]
    parts = [
        _median(scope, e, first=index == 0) + _who(scope, group)
        for index, (group, e) in enumerate(known)
    ]
    sentences = [f"Median follow-up was {phrase_join(parts)}."] if parts else []
    sentences += [_unknown(scope, group, e) for group, e in chosen if (group, e) not in known]
    return " ".join(sentences)


def sentence_limits(results: Results) -> tuple[str, ...]:
    """Return the limits of the study, one paragraph each."""
    scope = Scope.of_study(results)
    paragraphs = [
        RETROSPECTIVE,
        _sizes(scope),
        _smallest_p(scope),
        _number_of_tests(results),
        _unplanned(scope, results),
    ]
    return tuple(text for text in paragraphs if text)


def _sizes(scope: Scope) -> str:
    small = [(scope.name(g), scope.size(g)) for g in scope.groups]
    listed = [f"{size} in {name}" for name, size in small if size is not None and size < SMALL]
    if not listed:
        return ""
    return (
        f"Groups are small ({phrase_join(listed)}). Only large differences could have been "
        "seen. A p above 0.05 does not show that the groups do alike; the interval shows which "
        "differences remain possible."
    )


def _smallest_p(scope: Scope) -> str:
    sentences = []
    for outcome, _ in scope.outcomes:
        for pair in scope.pairs:
            p_value = scope.compared(outcome, pair, Role.PRIMARY)
            if p_value is not None and Flag.CANNOT_REACH_ALPHA in p_value.flags:
                smallest = p_value.detail("smallest_p")
                least = (
                    ""
                    if smallest is None
                    else f"; the smallest attainable p is {format_p(smallest)}"
                )
                sentences.append(f"{scope.label(outcome)} ({scope.pair_name(pair)}{least})")
    if not sentences:
        return ""
    return (
        "For these comparisons no result at all could have given p below 0.05, given the numbers "
        f"of patients and events (and ties): {'; '.join(sentences)}."
    )


def _number_of_tests(results: Results) -> str:
    tests = [e for e in results.estimates if _is_test(e)]
    if len(tests) < 2:
        return ""
    counts = {kind: sum(e.analysis == kind for e in tests) for kind in KINDS}
    told = [f"{count} {KINDS[kind]}" for kind, count in counts.items() if count]
    parts = f" ({phrase_join(told)})" if len(told) > 1 else ""
    made = f"{len(tests)} tests of outcomes were made{parts}, Table 1 not counted."
    chance = "are not adjusted for their number: some p below 0.05 may be due to chance alone."
    if not any(e.measure == "adjusted_p_value" for e in results.estimates):
        return f"{made} The p values {chance}"
    beside = "The p values of factors stand beside the same adjusted for their number."
    others = len(tests) > counts["factor"]
    only_groups = {kind for kind, count in counts.items() if count} == {"comparison", "factor"}
    rest = "Those of the groups" if only_groups else "All others"
    return f"{made} {beside} {rest} {chance}" if others else f"{made} {beside}"


def _is_test(estimate: Estimate) -> bool:
    return (
        estimate.analysis in KINDS
        and estimate.measure in ("p_value", "interaction_p_value")
        and estimate.role is Role.PRIMARY
        and estimate.value is not None
    )


def _unplanned(scope: Scope, results: Results) -> str:
    names = [scope.label(name) for name in results.card.unplanned]
    if not names:
        return "No comparison is marked as unplanned in the study file."
    return (
        f"Not planned before the data were seen: {phrase_join(names)}. These findings can only "
        "suggest questions."
    )


def _median(scope: Scope, estimate: Estimate, *, first: bool) -> str:
    if not first:
        return format_months(estimate)
    level = f"{format_level(estimate.level)} CI "
    return format_months(estimate, before=level, after=phrase_end_of_follow_up(scope, estimate))


def _unknown(scope: Scope, group: str, estimate: Estimate) -> str:
    why = "everybody had the event" if estimate.n else "nobody was evaluable"
    return f"Median follow-up{_who(scope, group)} could not be estimated: {why}."


def _who(scope: Scope, group: str) -> str:
    return "" if group == EVERYBODY else f" {scope.among(group)}"
