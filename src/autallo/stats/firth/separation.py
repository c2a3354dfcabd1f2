"""Data in which a coefficient is infinite: separation, and monotone likelihood of a Cox model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_times, merge_times, same_length
from autallo.stats.firth.cone import Row, all_rise, distinct, rank, signs, whole_numbers
from autallo.stats.firth.cox import refuse_many_covariates
from autallo.stats.firth.logistic import INTERCEPT, refuse_covariates, refuse_one_outcome
from autallo.stats.regression.covariates import as_covariates, listed, standardise

__all__ = ["MonotoneLikelihood", "Separation", "monotone_likelihood", "separation"]


@dataclass(frozen=True, slots=True)
class MonotoneLikelihood:
    """Which coefficients of a Cox model the partial likelihood drives to infinity.

    Attributes
    ----------
    monotone : bool
        Whether there is any.
    covariates : tuple of str
        Names of the covariates concerned.
    direction : tuple of int or None, length p
        1 for a coefficient driven to plus infinity, -1 to minus infinity, 0 for a finite one;
        None if the likelihood can be driven to its bound with this coefficient on either side.
    names : tuple of str, length p
        What all the covariates are called.
    """

    monotone: bool
    covariates: tuple[str, ...]
    direction: tuple[int | None, ...]
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Separation:
    """Whether covariates part the patients with the event from those without.

    Attributes
    ----------
    kind : {"none", "quasi-complete", "complete"}
        Complete if some combination of the covariates is above a threshold for all patients with
        the event and below it for all without; quasi-complete if some patients lie on the
        threshold, but not all of them.
    covariates : tuple of str
        Names of the covariates concerned, the intercept left out.
    direction : tuple of int or None, length 1 + p
        1 for a coefficient driven to plus infinity, -1 to minus infinity, 0 for a finite one;
        None if the data can be separated with this coefficient on either side. The intercept
        comes first.
    names : tuple of str, length 1 + p
        "intercept", and what the covariates are called.
    """

    kind: Literal["none", "quasi-complete", "complete"]
    covariates: tuple[str, ...]
    direction: tuple[int | None, ...]
    names: tuple[str, ...]


def monotone_likelihood(
    time: ArrayLike, event: ArrayLike, x: ArrayLike, *, names: Sequence[str] | None = None
) -> MonotoneLikelihood:
    """Test whether the partial likelihood of a Cox model rises for ever, and name the covariates.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each.
    names : sequence of str or None
        What the columns are called; None for their places.

    Returns
    -------
    MonotoneLikelihood

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, nobody had the event, there are more covariates than patients, or a
        covariate is constant or a combination of those before it, in all patients or among those
        at risk at every event.

    Notes
    -----
    The likelihood is monotone if along some direction every patient with an event has the
    highest risk, alone or with others, of all at risk at that time, and not all at risk have the
    same at every event. A group without events is the common case. Both rules for tied events
    have the same answer.

    Every event is compared with the patients who leave before the next one, and with the next
    one itself: the rest follows. The directions are sought by a linear program in whole numbers,
    so the answer has no tolerance: numbers that differ by rounding differ.
    Source: [bryson1981], [heinze2001]. Checked by hand, by brute force and by laws
    (`tests/byhand/test_separation.py` and its namesakes).

    Examples
    --------
    >>> found = monotone_likelihood([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 1], names=["arm"])
    >>> found.monotone, found.covariates, found.direction
    (True, ('arm',), (1,))
    """
    times, events = merge_times(as_times("time", time)), as_events("event", event)
    covariates = as_covariates(x, names)
    same_length(time=times, event=events, x=covariates.values[:, 0])
    if not events.any():
        raise ArgumentError("The model cannot be fitted: no events.")
    refuse_many_covariates(covariates, 0)
    standardise(covariates)
    size = len(covariates.names)
    rows = distinct(_comparisons(times.tolist(), events.tolist(), whole_numbers(covariates.values)))
    if rank(rows) < size:
        silent = [k for k in range(size) if not any(row[k] for row in rows)] or range(size)
        raise ArgumentError(
            f"`x` must vary among those at risk at an event: {listed(covariates, silent)} does not."
        )
    direction = signs(rows, size)
    concerned = _concerned(direction, covariates.names)
    return MonotoneLikelihood(bool(concerned), concerned, direction, covariates.names)


def separation(event: ArrayLike, x: ArrayLike, *, names: Sequence[str] | None = None) -> Separation:
    """Test whether covariates separate the patients with the event, and name them.

    Parameters
    ----------
    event : array_like of bool, shape (n,)
        True (1) for patients with the event, false (0) for those without.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each, without the intercept.
    names : sequence of str or None
        What the columns are called; None for their places.

    Returns
    -------
    Separation

    Raises
    ------
    ArgumentError
        If the arrays differ in length, an event is anything but true or false, nobody or
        everybody has the event, a covariate is constant, a combination of those before it, or
        called "intercept", or there are not more patients than covariates.

    Notes
    -----
    The maximum-likelihood estimates of a logistic regression are finite if, and only if, there
    is no separation. The directions are sought by a linear program in whole numbers, so the
    answer has no tolerance: numbers that differ by rounding differ.
    Source: [albert1984], [heinze2002]. Checked by hand, by brute force and by laws
    (`tests/byhand/test_separation.py` and its namesakes).

    Examples
    --------
    >>> found = separation([0, 0, 1, 1], [1, 2, 2, 3], names=["dose"])
    >>> found.kind, found.covariates, found.direction
    ('quasi-complete', ('dose',), (-1, 1))
    """
    events, covariates = as_events("event", event), as_covariates(x, names)
    same_length(event=events, x=covariates.values[:, 0])
    refuse_one_outcome(int(events.sum()), events.size)
    refuse_covariates(covariates)
    standardise(covariates)
    rows = distinct(
        (1, *row) if happened else (-1, *(-value for value in row))
        for happened, row in zip(events.tolist(), whole_numbers(covariates.values), strict=True)
    )
    direction = signs(rows, 1 + len(covariates.names))
    concerned = _concerned(direction[1:], covariates.names)
    kind: Literal["none", "quasi-complete", "complete"] = "none"
    if any(sign != 0 for sign in direction):
        kind = "complete" if all_rise(rows, len(direction)) else "quasi-complete"
    return Separation(kind, concerned, direction, (INTERCEPT, *covariates.names))


def _comparisons(times: list[float], events: list[bool], x: list[Row]) -> Iterator[Row]:
    """Yield the covariates of an event less those of somebody at risk, as far as is needed."""
    order = sorted(range(len(times)), key=lambda place: (times[place], not events[place]))
    first, before = -1, -1
    for place in order:
        if events[place] and (first < 0 or times[place] > times[first]):
            before, first = first, place
            if before >= 0:
                yield _less(x[before], x[first])
        elif first >= 0:
            yield _less(x[first], x[place])
            if events[place]:
                yield _less(x[place], x[first])


def _less(own: Row, other: Row) -> Row:
    return tuple(a - b for a, b in zip(own, other, strict=True))


def _concerned(direction: Sequence[int | None], names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name, sign in zip(names, direction, strict=True) if sign != 0)
