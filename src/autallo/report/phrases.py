"""The phrases that prose, tables, terminal and figures share, so that all say the same."""

from autallo.model.results import Estimate, Flag
from autallo.report.numbers import format_level, format_number
from autallo.report.scope import Scope

__all__ = [
    "EFFECTS",
    "NEUTRAL",
    "phrase_borderline",
    "phrase_borderline_note",
    "phrase_count",
    "phrase_end_of_follow_up",
    "phrase_flags",
    "phrase_inside",
    "phrase_join",
    "phrase_no_p",
]

ALPHA = 0.05
#: How the size of a difference is called.
EFFECTS = {
    "odds_ratio": "odds ratio",
    "superiority": "probability of superiority",
    "shift": "difference",
    "ratio": "ratio",
    "hazard_ratio": "hazard ratio",
    "restricted_mean_difference": "difference of the mean event-free time",
    "cause_specific_hazard_ratio": "cause-specific hazard ratio",
    "subdistribution_hazard_ratio": "subdistribution hazard ratio",
    "mean_difference": "difference of means",
    "mean_ratio": "ratio of geometric means",
    "risk_difference": "risk difference",
    "survival_difference": "difference of survival",
    "incidence_difference": "difference of incidence",
}
#: The size of a difference that is no difference; where it is not one.
NEUTRAL = {
    "shift": 0.0,
    "mean_difference": 0.0,
    "risk_difference": 0.0,
    "survival_difference": 0.0,
    "incidence_difference": 0.0,
    "superiority": 0.5,
    "restricted_mean_difference": 0.0,
}
OVERALL_SURVIVAL = ("overall survival", "os")
_SHORT = (
    (Flag.CURVES_CROSS, "curves cross"),
    (Flag.SMALL_GROUP, "fewer than 5 in a group"),
    (Flag.UNPLANNED, "not planned"),
)


def phrase_join(parts: list[str]) -> str:
    """Return "a", "a and b", "a, b and c"."""
    return " and ".join(part for part in (", ".join(parts[:-1]), *parts[-1:]) if part)


def phrase_count(number: int, noun: str) -> str:
    """Return "1 patient", "2 patients"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def phrase_inside(label: str) -> str:
    """Return a label inside a sentence: lower case unless its first word is an abbreviation."""
    head = label.split(" ", 1)[0]
    return label[:1].lower() + label[1:] if head[1:].islower() else label


def phrase_no_p(p_value: Estimate) -> str:
    """Return why no p is given: the reason of the analysis, else the first flag; or ""."""
    return p_value.why or next((flag.value for flag in p_value.flags), "")


def phrase_end_of_follow_up(scope: Scope, estimate: Estimate) -> str:
    """Return whose reverse Kaplan-Meier estimate a follow-up is, and what ends it if not death."""
    if estimate.category is None:
        return "reverse Kaplan-Meier"
    name = phrase_inside(scope.label(estimate.category))
    ends = ", so follow-up ends with an event of it"
    words = estimate.category.replace("_", " ").casefold()
    until_death = words in OVERALL_SURVIVAL or name.startswith(OVERALL_SURVIVAL[0])
    return f"reverse Kaplan-Meier of {name}{'' if until_death else ends}"


def phrase_borderline(p_value: Estimate | None, effect: Estimate | None) -> str:
    """Return in a sentence that test and interval disagree, and why they can; or ""."""
    holds = _disagreeing(p_value, effect)
    if holds is None or p_value is None or effect is None:
        return ""
    below, held = ("below", "holds") if holds else ("not below", "does not hold")
    cause = "test and interval are made by different methods"
    if (p_value.method, effect.method) == ("fisher_exact", "conditional_odds_ratio"):
        cause = "test and interval order the possible results differently"
    return (
        f"p is {below} {ALPHA} although the interval {held} {_neutral(effect)}: {cause}, so this "
        "is a borderline finding."
    )


def phrase_borderline_note(p_value: Estimate | None, effect: Estimate | None) -> tuple[str, ...]:
    """Return the same as a footnote; none where test and interval agree."""
    holds = _disagreeing(p_value, effect)
    if holds is None or effect is None:
        return ()
    held = "holds" if holds else "does not hold"
    name = EFFECTS.get(effect.measure, effect.measure.replace("_", " "))
    level = format_level(effect.level)
    return (f"Borderline: the {level} interval of the {name} {held} {_neutral(effect)}.",)


def phrase_flags(scope: Scope, outcome: str, p_value: Estimate) -> tuple[str, ...]:
    """Return what must be known of a p in two or three words each, for a figure."""
    flags = {*p_value.flags, *[Flag.UNPLANNED] * scope.unplanned(outcome)}
    return tuple(words for flag, words in _SHORT if flag in flags)


def _disagreeing(p_value: Estimate | None, effect: Estimate | None) -> bool | None:
    """Return whether the interval holds no difference where p says otherwise; None if they agree.

    Only an interval whose level belongs to the 0.05 of the test can disagree with it.
    """
    if p_value is None or p_value.value is None or effect is None or effect.level is None:
        return None
    low, high = effect.low, effect.high
    if abs(1 - effect.level - ALPHA) > 1e-9 or low == high:
        return None
    neutral = NEUTRAL.get(effect.measure, 1.0)
    holds = (low is None or low <= neutral) and (high is None or high >= neutral)
    return holds if holds == (p_value.value < ALPHA) else None


def _neutral(effect: Estimate) -> str:
    return format_number(NEUTRAL.get(effect.measure, 1.0))
