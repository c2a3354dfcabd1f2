"""Days between dates, months in days, and age at a date.

Time inside the package is whole days when it comes from dates. Months and years exist only where
a person writes or reads them.
"""

import re
from dataclasses import dataclass
from datetime import date
from math import isfinite

from autallo.errors import ArgumentError

__all__ = [
    "DAYS_PER_MONTH",
    "DAYS_PER_YEAR",
    "ImputedDate",
    "convert_birth_to_age",
    "convert_birth_to_whole_age",
    "convert_partial_date",
    "days_between",
    "days_from_months",
]

#: One twelfth of a mean year of the Julian calendar.
DAYS_PER_MONTH = 30.4375
DAYS_PER_YEAR = 365.25


#: A day, a month or a year as written.
WRITTEN = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class ImputedDate:
    """A calendar date, and what of it was not written.

    Attributes
    ----------
    day : date
        The date.
    flags : tuple of str
        ``DAY_IMPUTED`` or ``MONTH_IMPUTED``, and ``DATE_CLIPPED`` where an order of dates moved it.
    """

    day: date
    flags: tuple[str, ...] = ()


def days_between(start: date, end: date) -> int:
    """Count the days from one date to another; the day before `start` is -1, `start` itself 0.

    Rule
    ----
    =====================  ====
    `end`                  days
    =====================  ====
    the day before         -1
    the same day           0
    the day after          1
    =====================  ====

    Parameters
    ----------
    start : date
        Day 0: for a CAR T product the day of the (first) infusion.
    end : date
        Day to be counted.

    Returns
    -------
    int
        Whole days [days], negative before `start`.

    Raises
    ------
    ArgumentError
        If either is not a calendar date; a time of day or a time zone has no place here.

    Notes
    -----
    Calendar dates only, so that no clock change and no time zone can move a day. No day is
    skipped: -1 is followed by 0. Source: [cibmtr4006], day 0 of split doses is the first
    fraction. Checked by hand (`tests/unit/clinical/test_dates.py`).

    Examples
    --------
    >>> days_between(date(2020, 1, 10), date(2020, 7, 20))
    192
    """
    if type(start) is not date or type(end) is not date:
        raise ArgumentError("`start` and `end` must be calendar dates without a time of day.")
    return (end - start).days


def days_from_months(months: float) -> float:
    """Convert months to days, 30.4375 days to the month.

    Rule
    ----
    ======  =========
    months  days
    ======  =========
    1       30.4375
    6       182.625
    12      365.25
    ======  =========

    Parameters
    ----------
    months : float
        Months, finite [months].

    Returns
    -------
    float
        Days, on a grid of 1e-6 day so that equal times stay equal in every unit [days].

    Raises
    ------
    ArgumentError
        If `months` is not finite.

    Notes
    -----
    A rule "within six months" in whole days is `day < 183`, the first whole day not before
    182.625. Source: [house] convention; 365.25 / 12. Checked by hand
    (`tests/unit/clinical/test_dates.py`).

    Examples
    --------
    >>> days_from_months(6)
    182.625
    """
    if not isfinite(months):
        raise ArgumentError("`months` must be finite.")
    return round(months * DAYS_PER_MONTH, 6)


def convert_birth_to_age(birth: date, at: date) -> float:
    """Convert a date of birth to the age at a date in decimal years, 365.25 days to the year.

    Rule
    ----
    ==================================  ==================
    between birth and the date          age
    ==================================  ==================
    `d` days                            `d / 365.25`
    ==================================  ==================

    Parameters
    ----------
    birth : date
        Date of birth.
    at : date
        Day at which the age is wanted, not before `birth`.

    Returns
    -------
    float
        Age [years]; on a birthday it may differ from a whole number by up to 0.003 years.

    Raises
    ------
    ArgumentError
        If `at` lies before `birth`, or either is not a calendar date.

    Notes
    -----
    Decimal years are for description and comparison; a limit such as "18 or older" is decided on
    completed years (`convert_birth_to_whole_age`). Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_dates.py`).

    Examples
    --------
    >>> round(convert_birth_to_age(date(1980, 3, 1), date(2020, 9, 1)), 3)
    40.504
    """
    days = days_between(birth, at)
    if days < 0:
        raise ArgumentError("`at` must not lie before `birth`.")
    return days / DAYS_PER_YEAR


def convert_birth_to_whole_age(birth: date, at: date) -> int:
    """Convert a date of birth to the age at a date in completed years.

    Rule
    ----
    ==========================================  ==================================
    birthday                                    completed in a year
    ==========================================  ==================================
    any day but 29 February                     on that day of the month
    29 February, in a year without that day     on 1 March
    ==========================================  ==================================

    Parameters
    ----------
    birth : date
        Date of birth.
    at : date
        Day at which the age is wanted, not before `birth`.

    Returns
    -------
    int
        Completed years [years].

    Raises
    ------
    ArgumentError
        If `at` lies before `birth`, or either is not a calendar date.

    Notes
    -----
    The year is completed on the birthday itself. Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_dates.py`).

    Examples
    --------
    >>> convert_birth_to_whole_age(date(2004, 2, 29), date(2022, 2, 28))
    17
    """
    if days_between(birth, at) < 0:
        raise ArgumentError("`at` must not lie before `birth`.")
    return at.year - birth.year - ((at.month, at.day) < (birth.month, birth.day))


def convert_partial_date(
    written: str, *, earliest: date | None = None, latest: date | None = None
) -> ImputedDate:
    """Convert a day, a month or a year as written to a date in its middle.

    Rule
    ----
    =============  ==========================================
    written        date
    =============  ==========================================
    YYYY-MM-DD     that day
    YYYY-MM        the 15th of the month
    YYYY           1 July of the year
    =============  ==========================================

    Parameters
    ----------
    written : str
        The date as written.
    earliest, latest : date or None
        What must come before, and after; an imputed date is moved to keep the order.

    Returns
    -------
    ImputedDate

    Raises
    ------
    ArgumentError
        If it is no such date, `earliest` lies after `latest`, or no day of the month or year as
        written lies between them.

    Notes
    -----
    A date written in full is never moved. Dates of death and of infusion are never imputed: whoever
    calls must not ask for them. Source: [house] convention. Checked by hand
    (`tests/unit/clinical/test_partial_dates.py`).

    Examples
    --------
    >>> convert_partial_date("2020-03")
    ImputedDate(day=datetime.date(2020, 3, 15), flags=('DAY_IMPUTED',))
    >>> convert_partial_date("2020", earliest=date(2020, 9, 1)).day
    datetime.date(2020, 9, 1)
    """
    if earliest is not None and latest is not None and earliest > latest:
        raise ArgumentError("`earliest` must not lie after `latest`.")
    found = WRITTEN.fullmatch(written)
    year, month, day = (None, None, None) if found is None else found.groups()
    try:
        middle = date(int(year or 0), int(month or 7), int(day or (15 if month else 1)))
    except ValueError:
        raise ArgumentError("`written` must be a date as YYYY-MM-DD, YYYY-MM or YYYY.") from None
    if day is not None:
        return ImputedDate(middle)
    moved = max(middle, earliest or middle)
    moved = min(moved, latest or moved)
    if moved.year != middle.year or (month is not None and moved.month != middle.month):
        raise ArgumentError("`written` must leave a day between `earliest` and `latest`.")
    flags = ("DAY_IMPUTED",) if month is not None else ("MONTH_IMPUTED",)
    return ImputedDate(moved, flags if moved == middle else (*flags, "DATE_CLIPPED"))
