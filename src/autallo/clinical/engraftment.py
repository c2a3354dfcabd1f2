"""When a graft took: neutrophils, platelets, and failure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from autallo.errors import ArgumentError

__all__ = [
    "Engraftment",
    "GraftFailure",
    "classify_graft_failure",
    "classify_neutrophil_engraftment",
    "classify_platelet_engraftment",
]

UNVERIFIED = "unverified_criterion"
#: Neutrophils from which on a graft has taken [10⁹/L], and for how many days running.
NEUTROPHILS = 0.5
NEUTROPHIL_DAYS = 3
#: Platelets from which on a graft has taken [10⁹/L], and days without transfusion before.
PLATELETS = 20.0
TRANSFUSION_DAYS = 7
#: Day by which neutrophils must have come, marrow or blood, and cord blood [days].
FAILURE_DAY, FAILURE_DAY_CORD = 28, 42
#: Donor share below which a graft is lost [%].
LOST_PCT = 5.0


@dataclass(frozen=True, slots=True)
class Engraftment:
    """When counts recovered.

    Attributes
    ----------
    day : int or None
        First day [days from the graft]; None if the counts show no recovery.
    flags : tuple of str
        ``NADIR_NOT_RECORDED`` if no count below the limit is recorded before,
        ``DAYS_WITHOUT_COUNT`` if recovery may have been earlier, on days without a count,
        ``TRANSFUSIONS_UNKNOWN`` if transfusions are not recorded.
    """

    day: int | None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GraftFailure:
    """Whether a graft failed.

    Attributes
    ----------
    value : {"primary", "secondary", "none"} or None
        None if it cannot be told.
    reason : str or None
        Why it cannot.
    flags : tuple of str
        ``unverified_criterion``: the rule could not be checked in its source.
    """

    value: Literal["primary", "secondary", "none"] | None
    reason: str | None = None
    flags: tuple[str, ...] = (UNVERIFIED,)


def _lowest_by_day(counts: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Return the lowest count of each day from day 0 on, in order of days."""
    lowest: dict[int, float] = {}
    for day, count in counts:
        if not count >= 0:
            raise ArgumentError("A count must be at least 0.")
        if day >= 0:
            lowest[day] = min(count, lowest.get(day, count))
    return dict(sorted(lowest.items()))


def _fall_day(lowest: dict[int, float], limit: float) -> int | None:
    """Return the first day below the limit: what was counted before it is not recovery."""
    return next((day for day, count in lowest.items() if count < limit), None)


def _not_recorded(fall: int | None, found: int | None) -> tuple[str, ...]:
    return ("NADIR_NOT_RECORDED",) if fall is None and found is not None else ()


def classify_neutrophil_engraftment(counts: Iterable[tuple[int, float]]) -> Engraftment:
    """Decide the day of neutrophil engraftment.

    Rule
    ----
    =====================================  ================================================
    question                               answer
    =====================================  ================================================
    which day                              first of 3 days running with 0.5 or more
    several counts on one day              the lowest
    counts before they fell below 0.5      not used
    a day without a count                  interrupts the 3 days; flagged if it may matter
    =====================================  ================================================

    Parameters
    ----------
    counts : iterable of (int, float)
        Day from the graft [days] and neutrophils [10⁹/L], in any order.

    Returns
    -------
    Engraftment

    Raises
    ------
    ArgumentError
        If a count is negative.

    Notes
    -----
    Source: [cibmtr4100], question 15; what is not used before the fall, and what a day without a
    count does, are conventions of this package. Checked against
    `tests/spec/test_transplant_arm.py`.

    Examples
    --------
    >>> classify_neutrophil_engraftment([(12, 0.4), (13, 0.5), (14, 0.6), (15, 0.7)]).day
    13
    """
    lowest = _lowest_by_day(counts)
    fall = _fall_day(lowest, NEUTROPHILS)
    first = min(lowest, default=0) if fall is None else fall + 1
    enough = {day for day, count in lowest.items() if count >= NEUTROPHILS and day >= first}
    found = min((day for day in enough if {day + 1, day + 2} <= enough), default=None)
    flags = _not_recorded(fall, found)
    end = max(lowest, default=0) - NEUTROPHIL_DAYS + 2 if found is None else found
    if any(_may_run(day, lowest) for day in range(first, end)):
        flags += ("DAYS_WITHOUT_COUNT",)
    return Engraftment(found, flags)


def _may_run(day: int, lowest: dict[int, float]) -> bool:
    """Tell whether three days from this one may all reach the limit, were every day counted."""
    days = range(day, day + NEUTROPHIL_DAYS)
    return all(lowest.get(one, NEUTROPHILS) >= NEUTROPHILS for one in days)


def classify_platelet_engraftment(
    counts: Iterable[tuple[int, float]],
    *,
    transfusion_days: Iterable[int] | None,
    limit: float = PLATELETS,
) -> Engraftment:
    """Decide the day of platelet engraftment.

    Rule
    ----
    =====================================  ================================================
    question                               answer
    =====================================  ================================================
    which day                              first with 20 (or 50) or more and no transfusion
                                           on it and on the 6 days before
    several counts on one day              the lowest
    counts before they fell below          not used
    transfusions not recorded              not told, flagged
    =====================================  ================================================

    Parameters
    ----------
    counts : iterable of (int, float)
        Day from the graft [days] and platelets [10⁹/L], in any order.
    transfusion_days : iterable of int or None
        Days with a transfusion of platelets; empty if there was none, None if not known.
    limit : float
        20, or 50 for the stricter endpoint [10⁹/L].

    Returns
    -------
    Engraftment

    Raises
    ------
    ArgumentError
        If a count is negative or the limit is not above 0.

    Notes
    -----
    A transfusion on day 10 allows engraftment from day 17 on: seven days, 11 to 17, without one.
    Source: [cibmtr4100], questions 16, 17 and 32; how the seven days are counted is a convention
    of this package. Checked by hand (`tests/unit/clinical/test_engraftment.py`).

    Examples
    --------
    >>> counts = [(10, 12), (16, 25), (17, 30)]
    >>> classify_platelet_engraftment(counts, transfusion_days=[10]).day
    17
    """
    if not limit > 0:
        raise ArgumentError("`limit` must be above 0.")
    lowest = _lowest_by_day(counts)
    if transfusion_days is None:
        return Engraftment(None, ("TRANSFUSIONS_UNKNOWN",))
    fall, given = _fall_day(lowest, limit), frozenset(transfusion_days)
    free = (
        day
        for day, count in lowest.items()
        if count >= limit
        and (fall is None or day > fall)
        and given.isdisjoint(range(day - TRANSFUSION_DAYS + 1, day + 1))
    )
    found = min(free, default=None)
    return Engraftment(found, _not_recorded(fall, found))


def classify_graft_failure(
    *,
    engraftment_day: int | None,
    last_day: int | None,
    cord: bool | None,
    lost_after_engraftment: bool | None = None,
    cd3_donor_pct: float | None = None,
    whole_blood_donor_pct: float | None = None,
) -> GraftFailure:
    """Decide whether a graft failed.

    Rule
    ----
    ==============================================================  ===============
    course                                                          failure
    ==============================================================  ===============
    alive on day 28 (cord 42), neutrophils not engrafted by then    primary
    counts lost after engraftment                                   secondary
    T cells and whole blood both below 5 % donor                    secondary
    engrafted, neither of these                                     none
    died, or was followed, for less without engraftment             not told
    ==============================================================  ===============

    Parameters
    ----------
    engraftment_day : int or None
        Day of neutrophil engraftment [days]; None if none by the last day.
    last_day : int or None
        Last day known alive [days].
    cord : bool or None
        Whether the graft was cord blood.
    lost_after_engraftment : bool or None
        Whether neutrophils were lost for good after engraftment.
    cd3_donor_pct, whole_blood_donor_pct : float or None
        Donor share after engraftment [%]; of an autologous graft None.

    Returns
    -------
    GraftFailure

    Raises
    ------
    ArgumentError
        If a day is negative or a share is not between 0 and 100.

    Notes
    -----
    Engraftment after the day is primary failure too, flag ``LATE_ENGRAFTMENT``. The rule is
    remembered and could not be checked in a source. Source: [house] convention until then.
    Checked by hand (`tests/unit/clinical/test_engraftment.py`).

    Examples
    --------
    >>> classify_graft_failure(engraftment_day=None, last_day=60, cord=False).value
    'primary'
    """
    shares = (cd3_donor_pct, whole_blood_donor_pct)
    if not all(share is None or 0 <= share <= 100 for share in shares):
        raise ArgumentError("A donor share must be between 0 and 100.")
    if any(day is not None and day < 0 for day in (engraftment_day, last_day)):
        raise ArgumentError("Days must be at least 0.")
    limits = {None: (FAILURE_DAY, FAILURE_DAY_CORD), True: (FAILURE_DAY_CORD,) * 2}.get(
        cord, (FAILURE_DAY,) * 2
    )
    if engraftment_day is not None and engraftment_day <= limits[0]:
        return _later_loss(lost_after_engraftment, shares)
    alive = last_day if engraftment_day is None else max(last_day or 0, engraftment_day)
    if alive is None or alive < limits[0]:
        return GraftFailure(None, "died, or was followed, for less without engraftment")
    open_day = engraftment_day is not None and engraftment_day <= limits[1]
    if open_day or alive < limits[1]:
        return GraftFailure(None, "cord blood or not is not known")
    late = ("LATE_ENGRAFTMENT",) if engraftment_day is not None else ()
    return GraftFailure("primary", flags=(UNVERIFIED, *late))


def _later_loss(
    lost: bool | None,  # noqa: FBT001
    shares: tuple[float | None, float | None],
) -> GraftFailure:
    below = [None if share is None else share < LOST_PCT for share in shares]
    if lost or all(below):
        return GraftFailure("secondary")
    if lost is None:
        return GraftFailure(None, "loss after engraftment is not known")
    return GraftFailure("none")
