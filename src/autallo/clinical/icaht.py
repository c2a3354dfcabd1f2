"""Cytopenia after immune effector cells (ICAHT): how deep, and for how many days."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Decided, Grade, Status, grade_between
from autallo.clinical.ranges import classify_value
from autallo.clinical.unknowns import UNVERIFIED
from autallo.errors import ArgumentError

__all__ = [
    "CRITERIA",
    "grade_early_icaht",
    "grade_early_platelet_icaht",
    "grade_late_icaht",
    "grade_late_platelet_icaht",
]

Counting = Literal["longest", "cumulative"]
EARLY, LATE = "icaht_early", "icaht_late"
PLATELETS_EARLY, PLATELETS_LATE = "t_icaht_early", "t_icaht_late"
#: Days of the early and of the late form, both included.
EARLY_DAYS, LATE_DAYS = (0, 30), (31, 100)
#: So few days above the threshold between two runs below it join them.
LONGEST_GAP = 2
WEEK, TWO_WEEKS = 7, 14
#: Late neutrophils: at or below so many 10^9/L, twice in a row.
LATE_STEPS = ((4, 0.1), (3, 0.5), (2, 1.0), (1, 1.5))


def _rows(scale: str, evidence: str, *rows: tuple[str, int, str]) -> list[Criterion]:
    source = "rejeski2023" if evidence == "M" else "house"
    return [
        Criterion(scale=scale, key=key, grade=grade, words=words, source=source, evidence=evidence)
        for key, grade, words in rows
    ]


CRITERIA = (
    *_rows(EARLY, "M",
           ("to_500", 1, "neutrophils to 0.5 x 10^9/L for 1 to 6 days"),
           ("to_500_for_7", 2, "neutrophils to 0.5 x 10^9/L for 7 to 13 days"),
           ("to_500_for_14", 3, "neutrophils to 0.5 x 10^9/L for 14 days or more"),
           ("to_100_for_7", 3, "neutrophils to 0.1 x 10^9/L for 7 to 13 days"),
           ("to_100_for_14", 4, "neutrophils to 0.1 x 10^9/L for 14 days or more"),
           ("never_recovered", 4, ("neutrophils to 0.5 x 10^9/L for 14 days or more, and still on"
            " day 30"))),
    *_rows(LATE, "M",
           ("to_1500", 1, "neutrophils to 1.5 x 10^9/L, twice in a row after day 30"),
           ("to_1000", 2, "neutrophils to 1.0 x 10^9/L, twice in a row after day 30"),
           ("to_500", 3, "neutrophils to 0.5 x 10^9/L, twice in a row after day 30"),
           ("to_100", 4, "neutrophils to 0.1 x 10^9/L, twice in a row after day 30")),
    *_rows(PLATELETS_EARLY, "V",
           ("below_50", 1, "platelets below 50 x 10^9/L for 1 to 6 days"),
           ("below_50_for_7", 2, "platelets below 50 x 10^9/L for 7 days or more"),
           ("below_20", 3, "platelets below 20 x 10^9/L for 1 to 13 days"),
           ("below_20_for_14", 4, "platelets below 20 x 10^9/L for 14 days or more")),
    *_rows(PLATELETS_LATE, "V",
           ("below_100", 1, "platelets below 100 x 10^9/L"),
           ("below_50", 2, "platelets below 50 x 10^9/L"),
           ("below_20", 3, "platelets below 20 x 10^9/L for 1 to 13 days"),
           ("below_20_for_14", 4, "platelets below 20 x 10^9/L for 14 days or more")),
)  # fmt: skip


def grade_early_icaht(
    neutrophils: Mapping[int, float | None],
    *,
    last_day: int | None = None,
    fill_days: int = 0,
    counting: Counting = "longest",
) -> Grade:
    """Grade early neutropenia, day 0 to 30 after the infusion.

    Rule
    ----
    ==============================================  =====
    neutrophils (10^9/L)                            grade
    ==============================================  =====
    never at or below 0.5                           0
    to 0.5 for 1 to 6 days                          1
    to 0.5 for 7 to 13 days                         2
    to 0.5 for 14 days or more                      3
    to 0.1 for 7 to 13 days                         3
    to 0.1 for 14 days or more                      4
    to 0.5 for 14 days or more, still on day 30     4
    ==============================================  =====

    Parameters
    ----------
    neutrophils : mapping of int to float
        Day from the infusion to the lowest count of that day [10^9/L]; a day that is absent or
        None was not measured.
    last_day : int or None
        Last day that counts: of progression, next therapy or death; None: none of them.
    fill_days : int
        Up to so many days in a row that were not measured take the higher of the two counts
        beside them; 0: none.
    counting : {"longest", "cumulative"}
        Days in the longest run, or all days.

    Returns
    -------
    Grade
        With bounds where days were not measured. Flags: ``unverified_criterion`` always,
        ``not_recovered_by_day_30`` (at or below 0.5 on the last of these days), and
        ``followed_to_day_N`` where `last_day` cuts the window.

    Raises
    ------
    ArgumentError
        If a day is no whole number, `fill_days` below 0, or `counting` another word.

    Notes
    -----
    Runs that one or two days above the threshold part are one run, these days included. Not yet
    recovered on day 30 is grade 4 only from 14 days on: neutropenia that began on day 28 is not,
    a choice of this package. The least grade takes days without a count as above, the most
    severe as below every threshold.
    Source: [rejeski2023]. Checked against the vectors of `tests/spec/test_icaht.py`.

    Examples
    --------
    >>> counts = {day: 0.3 if 3 <= day <= 12 else 2.0 for day in range(31)}
    >>> grade_early_icaht(counts).value
    2
    """
    levels = _levels(neutrophils, EARLY_DAYS, last_day=last_day, fill_days=fill_days)
    _known(counting)

    def rule(filled: list[float]) -> Decided:
        low = [count <= 0.5 for count in filled]
        lowest = [count <= 0.1 for count in filled]
        days, lowest_days = _days(low, counting), _days(lowest, counting)
        open_end = low[-1] and len(low) == EARLY_DAYS[1] + 1
        flags = (UNVERIFIED, *(["not_recovered_by_day_30"] if open_end else []))
        steps = (
            (open_end and _last_run(low) >= TWO_WEEKS, 4, "never_recovered"),
            (lowest_days >= TWO_WEEKS, 4, "to_100_for_14"),
            (days >= TWO_WEEKS, 3, "to_500_for_14"),
            (lowest_days >= WEEK, 3, "to_100_for_7"),
            (days >= WEEK, 2, "to_500_for_7"),
            (days >= 1, 1, "to_500"),
        )
        return _first(steps, flags)

    return _graded(EARLY, rule, levels, "anc_1e9_l")


def grade_early_platelet_icaht(
    platelets: Mapping[int, float | None],
    *,
    last_day: int | None = None,
    fill_days: int = 0,
    counting: Counting = "cumulative",
) -> Grade:
    """Grade early thrombocytopenia, day 0 to 30 after the infusion.

    Rule
    ----
    ==================================  =====
    platelets (10^9/L)                  grade
    ==================================  =====
    never below 50                      0
    below 50 for 1 to 6 days            1
    below 50 for 7 days or more         2
    below 20 for 1 to 13 days           3
    below 20 for 14 days or more        4
    ==================================  =====

    Parameters
    ----------
    platelets : mapping of int to float
        Day from the infusion to the lowest count of that day [10^9/L].
    last_day, fill_days, counting
        As in `grade_early_icaht`; the published version counts all days.

    Returns
    -------
    Grade
        With bounds where days were not measured.

    Raises
    ------
    ArgumentError
        As `grade_early_icaht`.

    Notes
    -----
    Transfusions are not taken into account.
    Source: [house] transcription of a published table, whose paper is still to be named. Checked
    against `tests/spec/test_icaht.py`.

    Examples
    --------
    >>> grade_early_platelet_icaht({day: 30 if day < 8 else 90 for day in range(31)}).value
    2
    """
    levels = _levels(platelets, EARLY_DAYS, last_day=last_day, fill_days=fill_days)
    _known(counting)

    def rule(filled: list[float]) -> Decided:
        low = _days([count < 50 for count in filled], counting)
        return _first(
            (*_below_20(filled, counting), (low >= WEEK, 2, "below_50_for_7"),
             (low >= 1, 1, "below_50"))
        )  # fmt: skip

    return _graded(PLATELETS_EARLY, rule, levels, "platelets_1e9_l")


def grade_late_platelet_icaht(
    platelets: Mapping[int, float | None],
    *,
    last_day: int | None = None,
    fill_days: int = 0,
    counting: Counting = "cumulative",
) -> Grade:
    """Grade late thrombocytopenia, day 31 to 100 after the infusion.

    Rule
    ----
    ==================================  =====
    platelets (10^9/L)                  grade
    ==================================  =====
    never below 100                     0
    below 100                           1
    below 50                            2
    below 20 for 1 to 13 days           3
    below 20 for 14 days or more        4
    ==================================  =====

    Parameters
    ----------
    platelets : mapping of int to float
        Day from the infusion to the lowest count of that day [10^9/L].
    last_day, fill_days, counting
        As in `grade_early_platelet_icaht`.

    Returns
    -------
    Grade
        With bounds where days were not measured: without `fill_days` hardly ever known exactly.

    Raises
    ------
    ArgumentError
        As `grade_early_icaht`.

    Notes
    -----
    Source: [house] transcription of a published table, whose paper is still to be named. Checked
    against `tests/spec/test_icaht.py`.

    Examples
    --------
    >>> grade_late_platelet_icaht({40: 15, 47: 60}).low
    3
    """
    levels = _levels(platelets, LATE_DAYS, last_day=last_day, fill_days=fill_days)
    _known(counting)

    def rule(filled: list[float]) -> Decided:
        return _first(
            (
                *_below_20(filled, counting),
                (any(count < 50 for count in filled), 2, "below_50"),
                (any(count < 100 for count in filled), 1, "below_100"),
            )
        )

    return _graded(PLATELETS_LATE, rule, levels, "platelets_1e9_l")


def grade_late_icaht(
    neutrophils: Mapping[int, float | None], *, last_day: int | None = None
) -> Grade:
    """Grade late neutropenia, after day 30.

    Rule
    ----
    ==================================================  =====
    two counts in a row after day 30 (10^9/L)           grade
    ==================================================  =====
    not both at or below 1.5                            0
    both at or below 1.5                                1
    both at or below 1.0                                2
    both at or below 0.5                                3
    both at or below 0.1                                4
    ==================================================  =====

    Parameters
    ----------
    neutrophils : mapping of int to float
        Day from the infusion to the lowest count of that day [10^9/L].
    last_day : int or None
        Last day that counts.

    Returns
    -------
    Grade
        Open where the last count is low and nothing followed it. Every grade carries
        ``unverified_criterion``.

    Raises
    ------
    ArgumentError
        If a day is no whole number.

    Notes
    -----
    Two counts in a row, so that one that recovers at once is transient.
    Source: [rejeski2023]. Checked against `tests/spec/test_icaht.py`.

    Examples
    --------
    >>> grade_late_icaht({35: 0.8, 42: 0.9, 60: 2.0}).value
    2
    """
    _whole_days(neutrophils)
    counts = [
        count
        for day, count in sorted(neutrophils.items())
        if day > EARLY_DAYS[1] and count is not None and (last_day is None or day <= last_day)
    ]
    wrong = _impossible(LATE, "anc_1e9_l", counts)
    if wrong is not None or not counts:
        return wrong or Grade(scale=LATE, status=Status.NOT_EVALUABLE, missing=("anc_1e9_l",))

    def rule(worst: bool) -> Decided:  # noqa: FBT001
        pairs = list(pairwise([*counts, counts[-1]] if worst else counts))
        for grade, limit in LATE_STEPS:
            if any(max(pair) <= limit for pair in pairs):
                return Decided(grade, (f"to_{limit * 1000:.0f}",), (UNVERIFIED,))
        return Decided(0, (), (UNVERIFIED,))

    return grade_between(LATE, rule, unknown=("next_count",))


Step = tuple[bool, int, str]


def _below_20(filled: list[float], counting: Counting) -> tuple[Step, ...]:
    days = _days([count < 20 for count in filled], counting)
    return (days >= TWO_WEEKS, 4, "below_20_for_14"), (days >= 1, 3, "below_20")


def _first(steps: tuple[Step, ...], flags: tuple[str, ...] = ()) -> Decided:
    """Return the grade of the first step that holds, 0 if none does."""
    found = next(((grade, key) for holds, grade, key in steps if holds), None)
    return Decided(0, (), flags) if found is None else Decided(found[0], (found[1],), flags)


def _whole_days(counts: Mapping[int, float | None]) -> None:
    if not all(type(day) is int for day in counts):
        raise ArgumentError("Days of counts must be whole numbers.")


def _known(counting: str) -> None:
    if counting not in ("longest", "cumulative"):
        raise ArgumentError("`counting` must be longest or cumulative.")


def _levels(
    counts: Mapping[int, float | None],
    days: tuple[int, int],
    *,
    last_day: int | None,
    fill_days: int,
) -> list[float | None]:
    """Return the count of each day of a window; None where it was not measured or filled."""
    _whole_days(counts)
    if fill_days < 0:
        raise ArgumentError("`fill_days` must be at least 0.")
    first, last = days
    last = last if last_day is None else min(last, last_day)
    levels = [counts.get(day) for day in range(first, last + 1)]
    measured = [place for place, count in enumerate(levels) if count is not None]
    for before, after in pairwise(measured):
        if 1 < after - before <= fill_days + 1:
            beside = [count for count in (levels[before], levels[after]) if count is not None]
            levels[before + 1 : after] = [max(beside)] * (after - before - 1)
    return levels


def _graded(
    scale: str, rule: Callable[[list[float]], Decided], levels: list[float | None], name: str
) -> Grade:
    measured = [count for count in levels if count is not None]
    wrong = _impossible(scale, name, measured)
    if wrong is not None or not measured:
        return wrong or Grade(scale=scale, status=Status.NOT_EVALUABLE, missing=(name,))
    first, last = EARLY_DAYS if scale in (EARLY, PLATELETS_EARLY) else LATE_DAYS
    ended = first + len(levels) - 1
    flags = () if ended == last else (f"followed_to_day_{ended}",)

    def completed(worst: bool) -> Decided:  # noqa: FBT001
        unmeasured = 0.0 if worst else float("inf")
        found = rule([unmeasured if count is None else count for count in levels])
        return Decided(found.grade, found.because, (*found.flags, *flags))

    days = [f"day_{first + place}" for place, count in enumerate(levels) if count is None]
    return grade_between(scale, completed, unknown=tuple(days))


def _impossible(scale: str, name: str, counts: list[float]) -> Grade | None:
    if all(classify_value(name, count) != "impossible" for count in counts):
        return None
    return Grade(scale=scale, status=Status.INVALID, flags=(f"impossible:{name}",))


def _days(low: list[bool], counting: Counting) -> int:
    """Return the days of the longest run, or all days, below a threshold."""
    if counting == "cumulative":
        return sum(low)
    return max((last - first + 1 for first, last in _runs(low)), default=0)


def _last_run(low: list[bool]) -> int:
    first, last = _runs(low)[-1]
    return last - first + 1


def _runs(low: list[bool]) -> list[tuple[int, int]]:
    """Return first and last day of each run; runs parted by a short gap are one."""
    runs: list[tuple[int, int]] = []
    for place, below in enumerate(low):
        if below and runs and place - runs[-1][1] <= LONGEST_GAP + 1:
            runs[-1] = runs[-1][0], place
        elif below:
            runs.append((place, place))
    return runs
