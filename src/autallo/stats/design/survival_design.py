"""Two groups that are recruited over time and followed to one date, and their expected events."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, expm1, inf

import numpy as np
from numpy.typing import NDArray
from scipy.special import exprel

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_times
from autallo.stats.design.targets import as_size

__all__ = ["ExpectedEvents", "SurvivalDesign", "expected_events"]

#: Most patients in a group.
MOST_PATIENTS = 1_000_000
#: Hazard ratios of two pieces of time that differ by less than this share are one.
ROUNDING = 1e-12

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SurvivalDesign:
    """Two groups with a true hazard each, and how long they are followed.

    Times and hazards belong to one unit of time: months and events in a month, for instance.

    Attributes
    ----------
    n_x, n_y : int
        Patients of the first and of the second group, at least 1.
    hazard_x, hazard_y : float or sequence of float
        Hazard of each group [events in a unit of time], at least 0: one number, or one for each
        piece of time.
    until : sequence of float
        Ends of all pieces but the last, ascending, above 0; empty for a constant hazard.
    follow_up : float
        Time from the last recruitment to the end of the study, at least 0.
    accrual : float
        Time over which patients are recruited at an even rate, at least 0; 0 if all are followed
        for `follow_up`.
    dropout : float
        Hazard of leaving follow-up early in both groups, at least 0.
    """

    n_x: int
    n_y: int
    hazard_x: float | Sequence[float]
    hazard_y: float | Sequence[float]
    follow_up: float
    accrual: float = 0.0
    dropout: float = 0.0
    until: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class ExpectedEvents:
    """Events that are expected in two groups.

    Attributes
    ----------
    events : float
        Events of both groups together.
    events_x, events_y : float
        Events of the first and of the second group.
    chance_x, chance_y : float
        Probability that the event of one patient is seen [0 to 1].
    hazard_ratio : float or None
        Hazard of the first group over that of the second; None if it is not the same all the
        time, or not above 0.
    """

    events: float
    events_x: float
    events_y: float
    chance_x: float
    chance_y: float
    hazard_ratio: float | None


@dataclass(frozen=True, slots=True)
class CheckedDesign:
    """A design whose numbers are in range; hazards for each of k pieces of time, `until` k - 1."""

    n_x: int
    n_y: int
    hazard_x: Floats
    hazard_y: Floats
    until: Floats
    follow_up: float
    accrual: float
    dropout: float


def expected_events(design: SurvivalDesign) -> ExpectedEvents:
    r"""Calculate how many events two groups are expected to have.

    Parameters
    ----------
    design : SurvivalDesign
        Sizes, hazards and follow-up.

    Returns
    -------
    ExpectedEvents

    Raises
    ------
    ArgumentError
        If a number of the design is out of its range, or there is not one hazard for each piece
        of time.

    Notes
    -----
    A patient is followed for `follow_up` and an evenly distributed part of `accrual`, and may
    drop out before. With hazard h and dropout :math:`\eta` in a piece of time of length L that
    a share Q reaches, :math:`Q \frac{h}{h + \eta}(1 - e^{-(h + \eta) L})` have their event in it;
    the mean of this over the end of follow-up has a closed form too. Nothing is simulated.
    Source: [schoenfeld1981] for its use. Checked against numerical integration in R
    (`tests/reference/design.json`), by hand (`tests/byhand/test_design_logrank.py`) and by a sum
    over small steps (`tests/twins/test_design_logrank.py`).

    Examples
    --------
    A median of 6 and of 12 months, recruited over 24 months and followed for 12 more.

    >>> hazard = np.log(2) / np.array([6, 12])
    >>> events = expected_events(SurvivalDesign(17, 11, *hazard, follow_up=12, accrual=24))
    >>> round(events.events_x, 1), round(events.events_y, 1), round(events.hazard_ratio, 6)
    (15.6, 8.0, 2.0)
    """
    checked = as_design(design)
    chance_x, chance_y = (
        chance_seen(hazard, checked) for hazard in (checked.hazard_x, checked.hazard_y)
    )
    events_x, events_y = checked.n_x * chance_x, checked.n_y * chance_y
    return ExpectedEvents(
        events=events_x + events_y,
        events_x=events_x,
        events_y=events_y,
        chance_x=chance_x,
        chance_y=chance_y,
        hazard_ratio=_hazard_ratio(checked),
    )


def as_design(design: SurvivalDesign) -> CheckedDesign:
    """Return a design whose numbers are in range, or refuse."""
    if not isinstance(design, SurvivalDesign):
        raise ArgumentError("`design` must be a SurvivalDesign.")
    until = np.atleast_1d(np.asarray(design.until, dtype=object))
    until = as_times("until", until.tolist()) if until.size else np.empty(0)
    if (np.diff(until, prepend=0.0) <= 0).any():
        raise ArgumentError("`until` must be ascending, and above 0.")
    hazard_x, hazard_y = (
        as_times(name, np.atleast_1d(np.asarray(hazard)))
        for name, hazard in (("hazard_x", design.hazard_x), ("hazard_y", design.hazard_y))
    )
    if not hazard_x.size == hazard_y.size == until.size + 1:
        raise ArgumentError("`hazard_x` and `hazard_y` must hold one more number than `until`.")
    follow_up, accrual, dropout = (
        float(as_times(name, [value])[0])
        for name, value in (
            ("follow_up", design.follow_up),
            ("accrual", design.accrual),
            ("dropout", design.dropout),
        )
    )
    if follow_up + accrual == 0:
        raise ArgumentError("`follow_up` or `accrual` must be above 0.")
    return CheckedDesign(
        n_x=as_size("n_x", design.n_x, most=MOST_PATIENTS),
        n_y=as_size("n_y", design.n_y, most=MOST_PATIENTS),
        hazard_x=hazard_x,
        hazard_y=hazard_y,
        until=until,
        follow_up=follow_up,
        accrual=accrual,
        dropout=dropout,
    )


def chance_seen(hazard: Floats, design: CheckedDesign) -> float:
    """Return the probability that the event of a patient is seen."""
    shortest, longest = design.follow_up, design.follow_up + design.accrual
    ends = {end for end in design.until.tolist() if end < longest} | {shortest, longest}
    piece = np.searchsorted(design.until, sorted(ends), side="left")
    start, seen, left, area = 0.0, 0.0, 1.0, 0.0
    for end, rate in zip(sorted(ends), hazard[piece].tolist(), strict=True):
        both, length = rate + design.dropout, end - start
        share = rate / both if both else 0.0
        if start >= shortest:
            area += length * (seen + share * left * (1 - float(exprel(-both * length))))
        seen -= share * left * expm1(-both * length)
        left *= exp(-both * length)
        start = end
    return area / design.accrual if design.accrual else seen


def _hazard_ratio(design: CheckedDesign) -> float | None:
    """Return the hazard ratio if it is one number above 0."""
    if design.hazard_x.min() <= 0 or design.hazard_y.min() <= 0:
        return None
    with np.errstate(over="ignore", under="ignore"):
        ratios = design.hazard_x / design.hazard_y
    least, most = float(ratios.min()), float(ratios.max())
    return most if least > 0 and most < inf and most - least <= ROUNDING * most else None
