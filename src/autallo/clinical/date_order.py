"""Which date may not come before which: rules as data, and the rules that the dates break."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations, pairwise
from typing import Literal

from autallo.clinical.dates import days_between
from autallo.errors import ArgumentError

__all__ = [
    "DATES",
    "DATE_RULES",
    "REQUIRED_DATES",
    "BrokenRule",
    "DateRule",
    "RequiredDate",
    "classify_dates",
]

Severity = Literal["error", "warn", "flag"]

#: The course of every patient in its order: each date at or after those before it.
CHAIN = (
    "birth",
    "diagnosis",
    "collection",
    "lymphodepletion_start",
    "lymphodepletion_end",
    "infusion",
    "last_follow_up",
    "data_cutoff",
    "today",
)
#: What happens after the infusion, apart from death and last follow-up.
EVENTS = (
    "crs_onset",
    "crs_worst",
    "crs_resolved",
    "crs_grade_5",
    "icans_onset",
    "icans_resolved",
    "acute_gvhd_onset",
    "acute_gvhd_resolved",
    "chronic_gvhd_onset",
    "marrow",
    "response",
    "complete_remission",
    "relapse",
    "next_infusion",
    "next_transplant",
)
DATES = (
    *CHAIN,
    *EVENTS,
    "prior_allo_hct",
    "relapse_after_hct",
    "death",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateRule:
    """How many days one date lies after another at least and at most.

    Attributes
    ----------
    key : str
        Name of the rule.
    first, second : str
        The two dates, of `DATES`.
    severity : {"error", "warn"}
        Whether it cannot be, or is unusual.
    fewest, most : int or None
        Days from `first` to `second`, limits included; None: no limit.
    words : str
        What must be, as it is printed.
    """

    key: str
    first: str
    second: str
    severity: Severity
    fewest: int | None = 0
    most: int | None = None
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequiredDate:
    """A date that must be there where another is.

    Attributes
    ----------
    key : str
        Name of the rule.
    given, needed : str
        Where `given` is known, `needed` must be.
    severity : {"error", "warn", "flag"}
        How much its absence weighs.
    words : str
        What must be, as it is printed.
    """

    key: str
    given: str
    needed: str
    severity: Severity
    words: str


@dataclass(frozen=True, slots=True)
class BrokenRule:
    """One rule that the dates of a patient break.

    Attributes
    ----------
    key : str
        Name of the rule.
    severity : {"error", "warn", "flag"}
        Whether it cannot be, is unusual, or should only be known.
    first, second : str
        The dates concerned.
    days : int or None
        Days from the first to the second; None where one is missing.
    words : str
        What must be.
    """

    key: str
    severity: Severity
    first: str
    second: str
    days: int | None
    words: str


def _words(name: str) -> str:
    named = {"death": "death", "today": "today", "birth": "birth", "diagnosis": "diagnosis"}
    return named.get(name, f"the {name.replace('_', ' ')}")


def _not_before(first: str, second: str, severity: Severity = "error") -> DateRule:
    words = f"{_words(second)} must not come before {_words(first)}."
    return DateRule(
        key=f"{second}_before_{first}",
        first=first,
        second=second,
        severity=severity,
        words=words[0].upper() + words[1:],
    )


def _after(first: str, second: str) -> DateRule:
    words = f"{_words(second)} must come after the day of {_words(first)}."
    return DateRule(
        key=f"{second}_not_after_{first}",
        first=first,
        second=second,
        severity="error",
        fewest=1,
        words=words[0].upper() + words[1:],
    )


def _usual(first: str, second: str, days: tuple[int | None, int | None], words: str) -> DateRule:
    return DateRule(
        key=f"{first}_to_{second}_unusual",
        first=first,
        second=second,
        severity="warn",
        fewest=days[0],
        most=days[1],
        words=words,
    )


_CHAIN_RULES: Mapping[tuple[str, str], DateRule] = {
    pair: _not_before(*pair) for pair in combinations(CHAIN, 2)
}
#: What of the course comes before death.
_BEFORE_DEATH = CHAIN[: CHAIN.index("last_follow_up")]
_OTHER_RULES: tuple[DateRule, ...] = (
    _usual(
        "infusion",
        "lymphodepletion_start",
        (-14, -2),
        "Lymphodepletion usually starts 14 to 2 days before the infusion.",
    ),
    _usual(
        "collection",
        "infusion",
        (7, 730),
        "Cells are usually infused 7 to 730 days after their collection.",
    ),
    _not_before("prior_allo_hct", "infusion"),
    _usual(
        "prior_allo_hct",
        "infusion",
        (30, None),
        "A transplant before usually lies at least 30 days before the infusion.",
    ),
    _not_before("relapse_after_hct", "infusion", "warn"),
    _usual(
        "infusion",
        "crs_onset",
        (0, 30),
        "The cytokine release syndrome usually begins on day 0 to 30.",
    ),
    _usual("infusion", "icans_onset", (0, 60), "Neurotoxicity usually begins on day 0 to 60."),
    _usual(
        "infusion",
        "acute_gvhd_onset",
        (0, None),
        "Acute GVHD after the infusion begins on day 0 or later.",
    ),
    _not_before("crs_onset", "crs_resolved"),
    _not_before("crs_onset", "crs_worst"),
    _not_before("icans_onset", "icans_resolved"),
    _not_before("acute_gvhd_onset", "acute_gvhd_resolved"),
    _after("infusion", "response"),
    _after("infusion", "complete_remission"),
    _after("response", "relapse"),
    _after("complete_remission", "relapse"),
    _after("infusion", "next_infusion"),
    _after("infusion", "next_transplant"),
    *(_not_before(event, "death") for event in (*_BEFORE_DEATH, *EVENTS)),
    DateRule(
        key="death_after_crs_grade_5",
        first="crs_grade_5",
        second="death",
        severity="error",
        fewest=None,
        most=0,
        words="Grade 5 of the cytokine release syndrome is dated on the day of death.",
    ),
    *(_not_before(event, "last_follow_up") for event in EVENTS),
    DateRule(
        key="last_follow_up_after_death",
        first="last_follow_up",
        second="death",
        severity="error",
        words="The last follow up must not come after death.",
    ),
    DateRule(
        key="last_follow_up_not_on_death",
        first="last_follow_up",
        second="death",
        severity="error",
        fewest=None,
        most=0,
        words="The last follow up of who died is the day of death.",
    ),
)
_ORDERED = {
    (rule.first, rule.second)
    for rule in (*_CHAIN_RULES.values(), *_OTHER_RULES)
    if rule.severity == "error" and rule.fewest == 0
}
DATE_RULES: tuple[DateRule, ...] = (*_CHAIN_RULES.values(), *_OTHER_RULES)

REQUIRED_DATES: tuple[RequiredDate, ...] = (
    RequiredDate(
        key="complete_remission_without_marrow",
        given="complete_remission",
        needed="marrow",
        severity="error",
        words="A complete remission needs the date of a marrow.",
    ),
    RequiredDate(
        key="crs_grade_5_without_death",
        given="crs_grade_5",
        needed="death",
        severity="error",
        words="Grade 5 of the cytokine release syndrome needs the date of death.",
    ),
    RequiredDate(
        key="crs_without_onset",
        given="crs_worst",
        needed="crs_onset",
        severity="error",
        words="A cytokine release syndrome needs the date of its onset.",
    ),
    RequiredDate(
        key="lymphodepletion_start_missing",
        given="infusion",
        needed="lymphodepletion_start",
        severity="flag",
        words="The start of the lymphodepletion is not known.",
    ),
    RequiredDate(
        key="lymphodepletion_end_missing",
        given="infusion",
        needed="lymphodepletion_end",
        severity="flag",
        words="The end of the lymphodepletion is not known.",
    ),
)


def classify_dates(dates: Mapping[str, date | None]) -> tuple[BrokenRule, ...]:
    """Find the rules of order that the dates of one patient break.

    Rule
    ----
    ==========================================================================  ========
    must be                                                                     else
    ==========================================================================  ========
    birth, diagnosis, collection, lymphodepletion start and end, infusion,      error
    last follow-up, data cutoff, today: none before one that precedes it here
    lymphodepletion starts 14 to 2 days before the infusion                     warn
    collection to infusion 7 to 730 days                                        warn
    prior allogeneic transplant not after the infusion                          error
    and at least 30 days before it                                              warn
    relapse after that transplant not after the infusion                        warn
    CRS begins on day 0 to 30, ICANS on day 0 to 60, acute GVHD from day 0      warn
    a toxicity ends, or is worst, not before its onset                          error
    response after the day of the infusion, relapse after that of the           error
    response
    next infusion and next transplant after the day of the infusion             error
    death not before anything else; CRS grade 5 on the day of death             error
    no event after the last follow-up, which for the dead is the day of death   error
    complete remission: a marrow is dated; CRS grade 5: death is dated;         error
    worst CRS: its onset is dated
    lymphodepletion dated                                                       flag
    ==========================================================================  ========

    Parameters
    ----------
    dates : mapping of str to date or None
        Any of `DATES`; None or absent: not known.

    Returns
    -------
    tuple of BrokenRule
        In the order of the rules; empty if none is broken.

    Raises
    ------
    ArgumentError
        If a name is not one of `DATES`, or a date not a calendar date.

    Notes
    -----
    A missing date breaks no rule of order. Of the course from birth to today only neighbours
    among the known dates are compared, so one wrong date is told once and not against all others;
    an order that is wrong is not called unusual as well. ``today`` is a date that is given;
    nothing here asks a clock. Which of collection and transplant came first is no error but
    decides the class of the product: see `classify_product`.
    Source: [house] rules. Checked against the vectors of `tests/spec/test_date_order.py`.

    Examples
    --------
    >>> broken = classify_dates({"collection": date(2020, 5, 10),
    ...                          "lymphodepletion_start": date(2020, 5, 8)})
    >>> [(rule.key, rule.days) for rule in broken]
    [('lymphodepletion_start_before_collection', -2)]
    """
    for name, day in dates.items():
        if name not in DATES:
            raise ArgumentError(f"`dates` must name dates of {', '.join(DATES)}.")
        if day is not None and type(day) is not date:
            raise ArgumentError(f"`dates`: {name} must be a calendar date without a time of day.")
    known = {name: day for name, day in dates.items() if day is not None}
    course = [_CHAIN_RULES[pair] for pair in pairwise(name for name in CHAIN if name in known)]
    broken = [_broken(rule, known) for rule in (*course, *_OTHER_RULES)]
    absent = [
        BrokenRule(rule.key, rule.severity, rule.given, rule.needed, None, rule.words)
        for rule in REQUIRED_DATES
        if rule.given in known and rule.needed not in known
    ]
    return (*(rule for rule in broken if rule is not None), *absent)


def _broken(rule: DateRule, known: Mapping[str, date]) -> BrokenRule | None:
    if rule.first not in known or rule.second not in known:
        return None
    days = days_between(known[rule.first], known[rule.second])
    if rule.severity == "warn" and _is_error(rule, days):
        return None
    early = rule.fewest is not None and days < rule.fewest
    late = rule.most is not None and days > rule.most
    if not (early or late):
        return None
    return BrokenRule(rule.key, rule.severity, rule.first, rule.second, days, rule.words)


def _is_error(rule: DateRule, days: int) -> bool:
    """Whether the order itself is wrong already: then it need not be called unusual as well."""
    return (days < 0 and (rule.first, rule.second) in _ORDERED) or (
        days > 0 and (rule.second, rule.first) in _ORDERED
    )
