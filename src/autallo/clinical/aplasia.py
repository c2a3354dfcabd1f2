"""B-cell aplasia as a sign of working CAR T cells, and the day on which it was lost."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Policy, Status, grade_between, grade_by_policy
from autallo.clinical.unknowns import UNVERIFIED, at_least, either, held, impossible_of, over
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "AplasiaCourse",
    "BCellSample",
    "classify_aplasia",
    "classify_aplasia_course",
]

Rule = Literal["pct1_abs100", "eliana_pct3", "abs10", "abs50"]
RULES: tuple[Rule, ...] = ("pct1_abs100", "eliana_pct3", "abs10", "abs50")
#: Days from the first sample with B cells to the one that confirms it, at least.
CONFIRMED_AFTER = 7.0
#: Six months in whole days; loss before is early.
EARLY_BEFORE = 183.0

CRITERIA = tuple(
    Criterion(scale="b_cell_aplasia", key=key, grade=1, words=words, source=source,
              evidence=evidence)
    for key, words, source, evidence in (
        ("pct1_abs100", "lost: B cells above 1 % of lymphocytes, or 100 per µL or more",
         "house", "V"),
        ("eliana_pct3", "lost: B cells 3 % of lymphocytes or more", "house", "M"),
        ("abs10", "lost: B cells 10 per µL or more", "house", "D"),
        ("abs50", "lost: B cells 50 per µL or more", "house", "D"),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class BCellSample:
    """B cells in one sample of blood; None is unknown.

    Attributes
    ----------
    day : float
        Day from the infusion.
    cd19_pct : float or None
        B cells among lymphocytes [%], without leukaemic cells.
    cd19_per_ul : float or None
        B cells [per µL], without leukaemic cells.
    alc_1e9_l : float or None
        Lymphocytes [10^9/L]; with `cd19_pct` they give the B cells where these were not counted.
    leukaemic_cells_counted : bool or None
        Whether leukaemic cells are in the number: then it says nothing of B cells. None is no.
    """

    day: float
    cd19_pct: float | None = None
    cd19_per_ul: float | None = None
    alc_1e9_l: float | None = None
    leukaemic_cells_counted: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AplasiaCourse:
    """How long B-cell aplasia lasted.

    Attributes
    ----------
    status : {0, 1, 2} or None
        0 aplastic when last seen, 1 aplasia lost, 2 ended by relapse, death or another therapy;
        None: there was no aplasia, or no sample that tells.
    day : float or None
        Day of the loss, of the competing event, or of the last aplastic sample.
    last_aplastic_day, midpoint : float or None
        Last aplastic sample before `day`, and for a loss the middle between the two.
    early_loss : bool or None
        Lost within six months (before day 183); None: not followed so long without loss.
    flags : tuple of str
        ``UNCONFIRMED`` (the last samples show B cells, nothing confirms it), ``never_aplastic``,
        ``samples_left_out``, ``count_unknown`` (a sample was decided by the policy),
        ``unverified_criterion``.
    """

    status: Literal[0, 1, 2] | None
    day: float | None = None
    last_aplastic_day: float | None = None
    midpoint: float | None = None
    early_loss: bool | None = None
    flags: tuple[str, ...] = ()


def classify_aplasia(sample: BCellSample, rule: Rule = "pct1_abs100") -> Grade:
    """Decide whether one sample shows B-cell aplasia (0) or B cells (1).

    Rule
    ----
    ==============  ==========================================  ==========================
    rule            0: aplasia                                  1: aplasia lost
    ==============  ==========================================  ==========================
    pct1_abs100     up to 1 % of lymphocytes and below 100/µL   above 1 %, or from 100/µL
    eliana_pct3     below 3 % of lymphocytes                    3 % or more
    abs10, abs50    below 10, 50 per µL                         10, 50 or more
    ==============  ==========================================  ==========================

    Parameters
    ----------
    sample : BCellSample
        B cells in blood.
    rule : {"pct1_abs100", "eliana_pct3", "abs10", "abs50"}
        Which rule.

    Returns
    -------
    Grade
        With bounds where a number it rests on is unknown; NOT_EVALUABLE without any, or if
        leukaemic cells were counted; ``unverified_criterion`` for `eliana_pct3`.

    Raises
    ------
    ArgumentError
        If the rule is not known.

    Notes
    -----
    Immunoglobulins given are no evidence of aplasia and not asked for.
    Source: [house] transcription of the methods of a study of tisagenlecleucel in children for
    the default, [house] for the others. Checked against `tests/spec/test_aplasia.py`.

    Examples
    --------
    >>> classify_aplasia(BCellSample(day=30, cd19_pct=0.2, alc_1e9_l=1.5)).value
    0
    >>> classify_aplasia(BCellSample(day=30, cd19_pct=0.2)).high
    1
    """
    if rule not in RULES:
        raise ArgumentError(f"`rule` must be one of {', '.join(RULES)}.")
    scale = f"b_cell_aplasia_{rule}"
    wrong = impossible_of(sample, {name: name for name in ("cd19_pct", "cd19_per_ul", "alc_1e9_l")})
    if wrong:
        return Grade(scale=scale, status=Status.INVALID, flags=wrong)
    share, count = sample.cd19_pct, _count(sample)
    findings: dict[Rule, tuple[bool | None, tuple[str, ...]]] = {
        "pct1_abs100": (either(over(share, 1), at_least(count, 100)), ("cd19_pct", "cd19_per_ul")),
        "eliana_pct3": (at_least(share, 3), ("cd19_pct",)),
        "abs10": (at_least(count, 10), ("cd19_per_ul",)),
        "abs50": (at_least(count, 50), ("cd19_per_ul",)),
    }
    lost, names = findings[rule]
    known = {"cd19_pct": share, "cd19_per_ul": count}
    missing = tuple(name for name in names if known[name] is None)
    if sample.leukaemic_cells_counted:
        told = ("leukaemic_cells_counted",)
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, flags=told)
    if len(missing) == len(names):
        return Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=missing)
    flags = (UNVERIFIED,) if rule == "eliana_pct3" else ()
    return grade_between(scale, _decide(lost, rule, flags), unknown=missing)


def _decide(
    lost: bool | None,  # noqa: FBT001
    rule: Rule,
    flags: tuple[str, ...],
) -> Callable[[bool], Decided]:
    def decided(worst: bool) -> Decided:  # noqa: FBT001
        found = held(lost, worst)
        return Decided(int(found), (rule,) if found else (), flags)

    return decided


def _count(sample: BCellSample) -> float | None:
    """Return B cells per µL, as counted or from their share of the lymphocytes."""
    if sample.cd19_per_ul is not None:
        return sample.cd19_per_ul
    if sample.cd19_pct == 0:
        return 0.0
    if sample.cd19_pct is None or sample.alc_1e9_l is None:
        return None
    return sample.cd19_pct * sample.alc_1e9_l * 1000 / 100


def classify_aplasia_course(
    samples: Sequence[BCellSample],
    *,
    rule: Rule = "pct1_abs100",
    competing_day: float | None = None,
    apart: float = CONFIRMED_AFTER,
    policy: Policy = "lower_bound",
) -> AplasiaCourse:
    """Decide how long B-cell aplasia lasted and what ended it.

    Rule
    ----
    ==================================================================  ======  ==================
    samples after day 0, from the first aplastic one on                 status  day
    ==================================================================  ======  ==================
    B cells in consecutive samples, the last at least 7 days after      1       of the first of
    the first                                                                   these
    no such loss, then relapse, death or another therapy                2       of that
    no such loss                                                        0       of the last
                                                                                aplastic sample
    no aplastic sample                                                  none
    ==================================================================  ======  ==================

    Parameters
    ----------
    samples : sequence of BCellSample
        In any order.
    rule : {"pct1_abs100", "eliana_pct3", "abs10", "abs50"}
        Which rule decides a sample.
    competing_day : float or None
        First day of relapse, death or another therapy; later samples are not used. None: none of
        them, or it shall not count as an event (then leave later samples out).
    apart : float
        Days from the first sample with B cells to the confirming one, at least.
    policy : {"strict", "lower_bound", "upper_bound"}
        What a sample counts as that is not decided, as where only the share is known: not used,
        aplasia, or B cells.

    Returns
    -------
    AplasiaCourse

    Raises
    ------
    ArgumentError
        If a day is not finite, `apart` below 0, or a word unknown.

    Notes
    -----
    A single sample with B cells between aplastic ones is no loss. B cells before the first
    aplastic sample are none either. Of several samples of one day the one with B cells counts.
    Source: [house] rule. Checked against the vectors of `tests/spec/test_aplasia.py` and, by laws,
    against `stats.kinetics.persistence.confirmed_loss`.

    Examples
    --------
    >>> shares = {30: 0.2, 90: 0.5, 150: 1.4, 180: 2.0}
    >>> listed = [BCellSample(day=day, cd19_pct=share) for day, share in shares.items()]
    >>> course = classify_aplasia_course(listed)
    >>> course.status, course.day, course.early_loss
    (1, 150.0, True)
    """
    _check(samples, competing_day, apart, policy)
    used = [
        one
        for one in samples
        if one.day > 0 and (competing_day is None or one.day <= competing_day)
    ]
    graded = [(float(one.day), classify_aplasia(one, rule)) for one in used]
    marks = _marks(graded, policy)
    flags = {
        "count_unknown": any(grade.status is Status.INDETERMINATE for _, grade in graded),
        "samples_left_out": any(grade_by_policy(grade, policy) is None for _, grade in graded),
        UNVERIFIED: rule == "eliana_pct3",
    }
    aplastic = [day for day, lost in marks.items() if not lost]
    if not aplastic:
        flags["never_aplastic"] = bool(marks)
        return AplasiaCourse(status=None, flags=_named(flags))
    followed = [(day, lost) for day, lost in marks.items() if day >= aplastic[0]]
    loss, open_end = _first_confirmed(followed, apart)
    flags["UNCONFIRMED"] = loss is None and open_end
    if loss is not None:
        last = max(day for day in aplastic if day < loss)
        early, middle = loss < EARLY_BEFORE, (last + loss) / 2
        return AplasiaCourse(status=1, day=loss, last_aplastic_day=last, midpoint=middle,
                             early_loss=early, flags=_named(flags))  # fmt: skip
    last = aplastic[-1]
    return AplasiaCourse(
        status=0 if competing_day is None else 2,
        day=last if competing_day is None else float(competing_day),
        last_aplastic_day=last,
        early_loss=False if last >= EARLY_BEFORE else None,
        flags=_named(flags),
    )


def _check(
    samples: Sequence[BCellSample], competing_day: float | None, apart: float, policy: str
) -> None:
    if not all(isfinite(one.day) for one in samples):
        raise ArgumentError("`day` must be finite.")
    if competing_day is not None and not (isfinite(competing_day) and competing_day >= 0):
        raise ArgumentError("`competing_day` must be at least 0.")
    if not (isfinite(apart) and apart >= 0):
        raise ArgumentError("`apart` must be days, at least 0.")
    if policy not in ("strict", "lower_bound", "upper_bound"):
        raise ArgumentError("`policy` must be strict, lower_bound or upper_bound.")


def _named(flags: dict[str, bool]) -> tuple[str, ...]:
    return tuple(flag for flag, holds in flags.items() if holds)


def _marks(graded: Sequence[tuple[float, Grade]], policy: Policy) -> dict[float, bool]:
    """Return by day whether B cells were there; what is not decided is left out."""
    marks: dict[float, bool] = {}
    for day, grade in sorted(graded, key=lambda one: one[0]):
        found = grade_by_policy(grade, policy)
        if found is not None:
            marks[day] = marks.get(day, False) or found == 1
    return marks


def _first_confirmed(
    marks: Sequence[tuple[float, bool]], apart: float
) -> tuple[float | None, bool]:
    """Return the first day of a confirmed loss, and whether the last samples show one."""
    first: float | None = None
    for day, lost in marks:
        if not lost:
            first = None
        elif first is None:
            first = day
        elif day - first >= apart:
            return first, False
    return None, first is not None
