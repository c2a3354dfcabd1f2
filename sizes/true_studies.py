"""Simulated studies of which the true difference is known."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from math import exp, log

import numpy as np
from coverage_grid import GRADES, SPREADS, STEPPED, Case
from grid import CENSORING
from numpy.typing import NDArray
from scipy.special import ndtr

Floats = NDArray[np.float64]
#: Share of the first cause among the events of a group with a ratio of 1.
FIRST_CAUSE = 0.5
#: Points at which shares of events are summed, and halvings until the censoring is found.
POINTS, HALVINGS = 2000, 100


@dataclass(frozen=True, slots=True)
class TrueTimes:
    """Studies of one cell, one to a row; the first group stands first.

    `cause` is 0 where follow-up ended, 1 the event of interest, 2 a competing one; `group` is 1 in
    the first group, 0 in the second.
    """

    time: Floats
    cause: NDArray[np.int64]
    group: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TrueValues:
    """Values of both groups, one study to a row; the first group tends to the larger ones.

    `superiority` is the true probability of superiority, `shift` how far the first group is moved
    and `standardised` that in standard deviations, None where the distributions have no shift.
    """

    first: Floats
    second: Floats
    superiority: float
    shift: float | None
    standardised: float | None


def simulate_times(case: Case, studies: int, rng: np.random.Generator) -> TrueTimes:
    """Return studies in which hazards, or the hazards of one cause's incidence, are proportional.

    In the second group events come at hazard 1. In cells of causes, and of curves, half of them
    are of the first cause there.
    """
    group = np.repeat([1, 0], [case.first, case.second])
    shape = (studies, group.size)
    effect = np.where(group == 1, case.effect, 1.0)
    cause = np.ones(shape, dtype=np.int64)
    if case.kind != "hazards":
        cause += rng.random(shape) >= _share_of_cause(effect)
    event = _event_times(case, cause, rng.random(shape), effect)
    censored = _censored(case, rng, shape)
    time = np.minimum(event, censored)
    month = month_of(case)
    if month:
        time = np.floor(time / month) * month
    return TrueTimes(time, np.where(event <= censored, cause, 0), group)


def month_of(case: Case) -> float:
    """Return how long a month is, in units of the mean survival; 0 if times are continuous."""
    months = STEPPED[case.ties]
    return log(2) / months if months else 0.0


def time_at(case: Case, survival: float) -> float:
    """Return the time by which a group of hazard 1 has come down to about this survival."""
    month = month_of(case)
    # What happens within a month is recorded at its beginning, and counts there.
    return (round(-log(survival) / month) - 1) * month if month else -log(survival)


def survival_by(case: Case, time: float) -> float:
    """Return the true survival, what is recorded at the time included, of a group of hazard 1."""
    return exp(-time - month_of(case))


def expected_at_risk(case: Case, survival: float) -> float:
    """Return how many patients of one group are at risk when it has come down to this survival."""
    end, time = end_of_follow_up(case)[0], -log(survival)
    kept = 1.0
    if case.share < 1:
        kept = max(0.0, 1 - time / end) if case.censoring == "accrual" else exp(-end * time)
    return case.first * survival * kept


def restricted_mean_of(case: Case, effect: float, until: Floats) -> Floats:
    """Return the mean of the lesser of the time to the event and `until`."""
    month = month_of(case)
    if not month:
        return -np.expm1(-effect * until) / effect
    # The curve falls at the beginning of each month: a geometric sum of the months until then.
    months = np.rint(until / month)
    kept = exp(-effect * month)
    return month * kept * (1 - kept**months) / (1 - kept)


def median_follow_up(case: Case) -> float:
    """Return the median of the times at which follow-up ends, of one group."""
    end = end_of_follow_up(case)[0]
    return log(2) / end if case.censoring == "dropout" else end / 2


@cache
def end_of_follow_up(case: Case) -> tuple[float, float]:
    """Return the hazard of censoring of each group, or the longest follow-up.

    It is so that the share of events among all patients is the one of the cell.
    """
    if case.share == 1:
        return (np.inf, np.inf) if case.censoring == "accrual" else (0.0, 0.0)
    accrual = case.censoring == "accrual"
    times = CENSORING.get(case.censoring, 1.0)

    def share(end: float) -> float:
        events = case.first * _share_of_events(case, end, case.effect)
        events += case.second * _share_of_events(case, end * times, 1.0)
        return float(events / (case.first + case.second))

    low, high = 1e-9, 1e6
    for _ in range(HALVINGS):
        middle = float(np.sqrt(low * high))
        more = (share(middle) > case.share) != accrual
        low, high = (middle, high) if more else (low, middle)
    return low, low * times


def _share_of_events(case: Case, end: float, effect: float) -> float:
    """Return the share of a group whose event comes before its censoring."""
    uniform = (np.arange(POINTS) + 0.5) / POINTS
    kept: Callable[[Floats], Floats] = (
        (lambda time: np.maximum(0, 1 - time / end))
        if case.censoring == "accrual"
        else (lambda time: np.exp(-end * time))
    )
    first = np.ones(POINTS, dtype=np.int64)
    effects = np.full(POINTS, effect)
    means = [float(kept(_event_times(case, first + k, uniform, effects)).mean()) for k in range(2)]
    weight = 1.0 if case.kind == "hazards" else float(_share_of_cause(np.array(effect)))
    return weight * means[0] + (1 - weight) * means[1]


def _share_of_cause(effect: Floats) -> Floats:
    """Return the share of the first cause, so that its incidence has proportional hazards."""
    return 1 - (1 - FIRST_CAUSE) ** effect


def _event_times(case: Case, cause: NDArray[np.int64], uniform: Floats, effect: Floats) -> Floats:
    """Return the time of an event of a given cause by inversion.

    The incidence of the first cause is ``1 - (1 - p F(t)) ** effect`` with F of hazard 1.
    """
    if case.kind == "hazards":
        return -np.log1p(-uniform) / effect
    reached = 1 - uniform * _share_of_cause(effect)
    inner = (1 - reached ** (1 / effect)) / FIRST_CAUSE
    return np.where(cause == 1, -np.log1p(-np.minimum(inner, 1 - 1e-16)), -np.log1p(-uniform))


def _censored(case: Case, rng: np.random.Generator, shape: tuple[int, int]) -> Floats:
    first, second = end_of_follow_up(case)
    ends = np.repeat([first, second], [case.first, case.second])
    drawn = rng.random(shape)
    if case.share == 1:
        return np.full(shape, np.inf)
    return drawn * ends if case.censoring == "accrual" else -np.log1p(-drawn) / ends


def simulate_values(case: Case, studies: int, rng: np.random.Generator) -> TrueValues:
    """Return studies of grades or measurements."""
    sizes = (studies, case.first), (studies, case.second)
    if case.ties in SPREADS:
        spread, other = SPREADS[case.ties]
        moved = case.effect
        return TrueValues(
            rng.normal(moved, spread, sizes[0]),
            rng.normal(0, other, sizes[1]),
            superiority=float(ndtr(moved / np.hypot(spread, other))),
            shift=moved,
            standardised=moved / float(np.sqrt((spread**2 + other**2) / 2)),
        )
    shares = np.array(GRADES[case.ties])
    more = moved_grades(shares, case.effect)
    first = rng.choice(shares.size, size=sizes[0], p=more).astype(np.float64)
    second = rng.choice(shares.size, size=sizes[1], p=shares).astype(np.float64)
    below = np.cumsum(shares) - shares / 2
    return TrueValues(first, second, float(more @ below), None if case.effect else 0.0, None)


def moved_grades(shares: Floats, log_odds: float) -> Floats:
    """Return the shares of the levels when the odds of being above each are multiplied."""
    above = 1 - np.cumsum(shares)[:-1]
    odds = above / (1 - above) * np.exp(log_odds)
    return -np.diff(np.concatenate(([1.0], odds / (1 + odds), [0.0])))
