"""How long infused cells stay: persistence at a month, return after contraction, confirmed loss.

Samples of one patient in, a frozen record of numbers out.
"""

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_number, as_values, same_length
from autallo.stats.kinetics.series import KineticSeries, as_series

__all__ = [
    "ConfirmedLoss",
    "Persistence",
    "Reexpansion",
    "cell_loss",
    "confirmed_loss",
    "persistence",
    "reexpansion",
]

DAYS_PER_MONTH = 30.4375
#: Days on either side of a month in which a sample counts for that month.
WINDOWS = {1.0: 7.0, 3.0: 21.0, 6.0: 30.0, 12.0: 30.0}
#: Contracted: below this share of the peak. Returned: at least so many times the lowest level
#: since, and so many times the limit.
CONTRACTED, TIMES_NADIR, TIMES_LIMIT = 0.10, 5.0, 2.0


@dataclass(frozen=True, slots=True)
class Persistence:
    """Whether infused cells were found about one month.

    Attributes
    ----------
    persisting : bool or None
        True if any sample of the window is quantifiable, false if there are samples and none is,
        None if there is no sample.
    samples : int
        Samples in the window.
    low_day, high_day : float
        First and last day of the window.
    """

    persisting: bool | None
    samples: int
    low_day: float
    high_day: float


@dataclass(frozen=True, slots=True)
class Reexpansion:
    """Return of infused cells after their contraction.

    Attributes
    ----------
    day : float or None
        Day of the first sample of the return; None if there was none.
    value : float or None
        Level of that sample.
    nadir : float or None
        Lowest level between the peak and that sample; 0: below the limit.
    reason : str or None
        Why not: "no_sample" or "no_expansion" up to the end of the expansion, "not_contracted",
        "not_risen", "unconfirmed" (no sample after the first high one), "no_limit" (the
        level would have returned, but the lowest one is below a limit that was not given); None
        if there was a return.
    """

    day: float | None
    value: float | None
    nadir: float | None
    reason: (
        Literal[
            "no_sample", "no_expansion", "not_contracted", "not_risen", "unconfirmed", "no_limit"
        ]
        | None
    )


@dataclass(frozen=True, slots=True)
class ConfirmedLoss:
    """A loss that a later sample confirmed.

    Attributes
    ----------
    day : float or None
        Day of the first of the samples that show the loss; None if no loss was confirmed.
    last_without : float or None
        Day of the last sample without the loss before `day`, or of all; None if there is none.
    midpoint : float or None
        Middle of `last_without` and `day`, between which the loss happened; None if either is.
    unconfirmed : bool
        Whether the last samples show a loss that nothing confirms: without a confirmed one the
        patient is censored at `last_without`.
    """

    day: float | None
    last_without: float | None
    midpoint: float | None
    unconfirmed: bool


def persistence(
    series: KineticSeries,
    *,
    months: float,
    window: float | None = None,
) -> Persistence:
    """Find out whether infused cells were still quantifiable about one month after the infusion.

    Parameters
    ----------
    series : KineticSeries
        The samples, from `kinetic_series`.
    months : float
        Months of 30.4375 days after the infusion, above 0.
    window : float or None
        Days on either side; None: 7 at 1 month, 21 at 3, 30 at 6 and 12.

    Returns
    -------
    Persistence

    Raises
    ------
    ArgumentError
        If `months` is not above 0, or `window` is missing for other months
        or below 0.

    Notes
    -----
    The window is closed: a sample on its first or last day counts. A patient without a sample in
    the window is neither persisting nor lost. Samples before the infusion never count.
    Source: [house] rule. Checked by hand (`tests/byhand/test_kinetics.py`), by another program
    (`tests/twins/test_kinetics.py`) and by laws (`tests/laws/test_kinetics.py`).

    Examples
    --------
    >>> from autallo.stats.kinetics.series import kinetic_series
    >>> persistence(kinetic_series([28, 90, 185], [900, 60, 0]), months=6).persisting
    False
    """
    as_series(series)
    if not 0 < as_number("months", months) < inf:
        raise ArgumentError("`months` must be above 0.")
    if window is None and months not in WINDOWS:
        raise ArgumentError("`window` must be given in days for months other than 1, 3, 6 and 12.")
    reach = WINDOWS[months] if window is None else as_number("window", window)
    if not 0 <= reach < inf:
        raise ArgumentError("`window` must be days, at least 0.")
    low, high = months * DAYS_PER_MONTH - reach, months * DAYS_PER_MONTH + reach
    inside = [i for i, one in enumerate(series.day) if one > 0 and low <= one <= high]
    found = any(not series.below[i] for i in inside)
    return Persistence(found if inside else None, len(inside), low, high)


def reexpansion(
    series: KineticSeries,
    *,
    until: float = 28.0,
) -> Reexpansion:
    """Find the first confirmed return of infused cells after their contraction.

    Parameters
    ----------
    series : KineticSeries
        The samples, from `kinetic_series`.
    until : float
        Last day of the expansion, in which the peak lies; above 0.

    Returns
    -------
    Reexpansion

    Raises
    ------
    ArgumentError
        If `until` is not above 0.

    Notes
    -----
    After the peak a sample must fall below 10 % of it. A later sample, and the next one after
    it, must be at least 5 times the lowest level since the peak and at least twice the limit. A
    level below the limit counts as 0, so after it twice the limit decides. The peak of the
    expansion stays what it was.
    Source: [house] rule. Checked by hand (`tests/byhand/test_kinetics.py`), by another program
    (`tests/twins/test_kinetics.py`) and by laws (`tests/laws/test_kinetics.py`).

    Examples
    --------
    >>> from autallo.stats.kinetics.series import kinetic_series
    >>> series = kinetic_series([7, 14, 28, 60, 90], [9000, 2000, 100, 600, 800], limit=50)
    >>> returned = reexpansion(series)
    >>> returned.day, returned.nadir
    (60.0, 100.0)
    """
    as_series(series)
    if not 0 < as_number("until", until) < inf:
        raise ArgumentError("`until` must be a day after 0.")
    early = [i for i, one in enumerate(series.day) if 0 < one <= until]
    peak = max(early, key=lambda i: series.value[i], default=None)
    if peak is None or series.below[peak]:
        reason: Literal["no_sample", "no_expansion"] = "no_expansion" if early else "no_sample"
        return Reexpansion(None, None, None, reason)
    return _search(series, peak)


def _search(series: KineticSeries, peak: int) -> Reexpansion:
    values, last = series.value, len(series.value) - 1
    nadir, contracted, unconfirmed = inf, False, False
    for i in range(peak + 1, last + 1):
        if contracted and _returned(series, i, nadir):
            lasts = i == last or _returned(series, i + 1, nadir)
            if lasts and nadir == 0 and series.limit is None:
                return Reexpansion(None, None, None, "no_limit")
            if lasts and i < last:
                return Reexpansion(series.day[i], values[i], nadir, None)
            unconfirmed = i == last
        nadir = min(nadir, values[i])
        contracted = nadir < CONTRACTED * values[peak]
    if unconfirmed:
        return Reexpansion(None, None, None, "unconfirmed")
    return Reexpansion(None, None, None, "not_risen" if contracted else "not_contracted")


def _returned(series: KineticSeries, i: int, nadir: float) -> bool:
    enough = series.limit is None or series.value[i] >= TIMES_LIMIT * series.limit[i]
    return enough and not series.below[i] and series.value[i] >= TIMES_NADIR * nadir


def confirmed_loss(day: ArrayLike, lost: ArrayLike, *, apart: float) -> ConfirmedLoss:
    """Find the day of the first loss that the next samples confirm.

    Parameters
    ----------
    day : array_like of float, shape (n,)
        Days of the samples, in any order, each once.
    lost : array_like of bool, shape (n,)
        Whether the sample shows the loss, for example of B-cell aplasia.
    apart : float
        Days between the first and the confirming sample at least, from 0: 7 for B-cell aplasia.

    Returns
    -------
    ConfirmedLoss

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a day is missing or occurs twice, `lost` is anything but
        true or false, or `apart` is below 0.

    Notes
    -----
    The loss is confirmed if consecutive samples show it, at least two and the last of them at
    least `apart` days after the first; its day is that of the first. A single sample with the loss
    between samples without it is no loss. Lost from the first sample on: `midpoint` is None, as
    nothing tells when. Death and relapse are for the caller to count.
    Source: [house] rule. Checked by hand (`tests/byhand/test_kinetics.py`), by another program
    (`tests/twins/test_kinetics.py`) and by laws (`tests/laws/test_kinetics.py`).

    Examples
    --------
    >>> loss = confirmed_loss([30, 90, 150, 180], [0, 0, 1, 1], apart=7)
    >>> loss.day, loss.last_without, loss.midpoint
    (150.0, 90.0, 120.0)
    """
    days, marks = as_values("day", day), as_events("lost", lost)
    same_length(day=days, lost=marks)
    if np.unique(days).size < days.size:
        raise ArgumentError("`day` must name every day once.")
    if not 0 <= as_number("apart", apart) < inf:
        raise ArgumentError("`apart` must be days, at least 0.")
    order = np.argsort(days)
    return _first_confirmed(days[order].tolist(), marks[order].tolist(), apart)


def cell_loss(
    series: KineticSeries,
    *,
    apart: float = 14.0,
) -> ConfirmedLoss:
    """Find the day from which infused cells were confirmed to be below the limit.

    Parameters
    ----------
    series : KineticSeries
        The samples, from `kinetic_series`.
    apart : float
        Days between the first sample below the limit and the confirming one at least, from 0.

    Returns
    -------
    ConfirmedLoss

    Raises
    ------
    ArgumentError
        If `apart` is below 0.

    Notes
    -----
    Samples up to the first quantifiable one after the infusion are not looked at: what was not
    there yet is not lost. Never quantifiable: no loss, and `last_without` is None. The rule of
    confirmation is that of `confirmed_loss`.
    Source: [house] rule. Checked by hand (`tests/byhand/test_kinetics.py`), by another program
    (`tests/twins/test_kinetics.py`) and by laws (`tests/laws/test_kinetics.py`).

    Examples
    --------
    >>> from autallo.stats.kinetics.series import kinetic_series
    >>> cell_loss(kinetic_series([7, 28, 60, 90], [5000, 80, 0, 0])).day
    60.0
    """
    as_series(series)
    if not 0 <= as_number("apart", apart) < inf:
        raise ArgumentError("`apart` must be days, at least 0.")
    seen = [i for i, lost in enumerate(series.below) if not lost and series.day[i] > 0]
    if not seen:
        return ConfirmedLoss(None, None, None, unconfirmed=False)
    return _first_confirmed(list(series.day[seen[0] :]), list(series.below[seen[0] :]), apart)


def _first_confirmed(days: list[float], marks: list[bool], apart: float) -> ConfirmedLoss:
    first = last_without = None
    for i, (day, lost) in enumerate(zip(days, marks, strict=True)):
        if not lost:
            first, last_without = None, day
        elif first is None:
            first = i
        elif day - days[first] >= apart:
            midpoint = None if last_without is None else (last_without + days[first]) / 2
            return ConfirmedLoss(days[first], last_without, midpoint, unconfirmed=False)
    return ConfirmedLoss(None, last_without, None, unconfirmed=first is not None)
