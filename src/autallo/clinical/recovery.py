"""Recovery of neutrophils and platelets after the infusion."""

from collections.abc import Iterable
from math import isnan

from autallo.clinical.patient_course import Recovery
from autallo.errors import ArgumentError

__all__ = ["classify_neutrophil_recovery", "classify_platelet_recovery"]

#: Limits of recovery, themselves recovered [10^9/L].
NEUTROPHILS_FROM, PLATELETS_FROM = 0.5, 20.0
IN_A_ROW = 3
#: Days before a platelet count that must be free of transfusion, both ends included [days].
FREE_DAYS = 7


def classify_neutrophil_recovery(
    counts: Iterable[tuple[int, float]], *, after_fall: bool = True
) -> Recovery:
    """Decide the day on which neutrophils recovered.

    Rule
    ----
    ==============================================  ======================================
    counts from day 0 on                            answer
    ==============================================  ======================================
    three in a row of 0.5 x 10^9/L or more,         the day of the first of the three
    each on its own day, after one below
    none below 0.5                                  never low
    otherwise                                       not recovered
    ==============================================  ======================================

    Parameters
    ----------
    counts : iterable of (int, float)
        Day [days] and neutrophils [10^9/L]; of several on a day the lowest counts.
    after_fall : bool
        Whether there must have been a count below the limit before.

    Returns
    -------
    Recovery

    Raises
    ------
    ArgumentError
        If a count is negative or not a number.

    Notes
    -----
    Counts of the first days, before the fall that lymphodepletion brings, are no recovery; without
    `after_fall` they are. Source: [cibmtr4100]; that there must be a fall is a convention of this
    package. Checked by hand (`tests/unit/clinical/test_recovery.py`).

    Examples
    --------
    >>> classify_neutrophil_recovery([(1, 2.0), (7, 0.1), (12, 0.5), (13, 0.8), (15, 1.1)]).day
    12
    """
    lowest = _lowest(counts)
    if after_fall and lowest and min(lowest.values()) >= NEUTROPHILS_FROM:
        return Recovery(never_low=True)
    fallen = not after_fall
    row: list[int] = []
    for day in sorted(lowest):
        if lowest[day] < NEUTROPHILS_FROM:
            fallen, row = True, []
        elif fallen:
            row.append(day)
        if len(row) == IN_A_ROW:
            return Recovery(day=row[0])
    return Recovery()


def classify_platelet_recovery(
    counts: Iterable[tuple[int, float]],
    transfusion_days: Iterable[int],
    *,
    after_fall: bool = True,
) -> Recovery:
    """Decide the day on which platelets recovered.

    Rule
    ----
    ==============================================  ======================================
    counts from day 0 on                            answer
    ==============================================  ======================================
    20 x 10^9/L or more without a transfusion on    the first such day
    the day or the 7 days before, after one below
    20 or a transfusion
    none below 20 and no transfusion                never low
    otherwise                                       not recovered
    ==============================================  ======================================

    Parameters
    ----------
    counts : iterable of (int, float)
        Day [days] and platelets [10^9/L]; of several on a day the lowest counts.
    transfusion_days : iterable of int
        Days of platelet transfusions [days].
    after_fall : bool
        Whether there must have been a count below the limit or a transfusion before.

    Returns
    -------
    Recovery

    Raises
    ------
    ArgumentError
        If a count is negative or not a number.

    Notes
    -----
    Where transfusions were not recorded there is no answer, and the recovery of the course is None.
    Source: [cibmtr4100]; that there must be a fall is a convention of this package. Checked by hand
    (`tests/unit/clinical/test_recovery.py`).

    Examples
    --------
    >>> classify_platelet_recovery([(5, 10), (14, 30), (20, 25)], [9]).day
    20
    """
    lowest = _lowest(counts)
    transfused = sorted(set(transfusion_days))
    low_days = [day for day, count in lowest.items() if count < PLATELETS_FROM]
    low_days += [day for day in transfused if day >= 0]
    if after_fall and lowest and not low_days:
        return Recovery(never_low=True)
    first = min(low_days, default=0) if after_fall else 0
    for day in sorted(lowest):
        free = not any(day - FREE_DAYS <= given <= day for given in transfused)
        if day >= first and free and lowest[day] >= PLATELETS_FROM:
            return Recovery(day=day)
    return Recovery()


def _lowest(counts: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Return the lowest count of each day from day 0 on."""
    lowest: dict[int, float] = {}
    for day, count in counts:
        if isnan(count) or count < 0:
            raise ArgumentError("Counts must be numbers of at least 0.")
        if day >= 0:
            lowest[day] = min(count, lowest.get(day, count))
    return lowest
