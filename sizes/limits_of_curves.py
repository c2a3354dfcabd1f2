"""Coverage of what is read off the curves of one group: survival, incidence, medians."""

from collections.abc import Iterator
from math import log

import numpy as np
from coverage_grid import Case
from numpy.typing import NDArray
from tally import Coverage, Floats, Interval, tally
from true_studies import (
    FIRST_CAUSE,
    TrueTimes,
    median_follow_up,
    simulate_times,
    survival_by,
    time_at,
)

from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from autallo.stats.survival.bpcp import beta_product_interval
from autallo.stats.survival.kaplan_meier import kaplan_meier, reverse_kaplan_meier
from autallo.stats.survival.kaplan_meier_batch import kaplan_meier_batch
from autallo.stats.survival.quantile import survival_quantile

#: True survival, or nearly, at the times at which curves are read.
SURVIVALS = (0.9, 0.75, 0.5, 0.25)
#: Limits of survival: the scale, and its name here.
SCALES = {
    "log-log": "kaplan_meier", "log": "log", "plain": "plain", "arcsine": "arcsine",
    "logit": "logit",
}  # fmt: skip
NAMES_AT = tuple(f"{survival:g}" for survival in SURVIVALS)
Flags = NDArray[np.bool_]


def coverage_of_curves(case: Case, studies: int, rng: np.random.Generator) -> Iterator[Coverage]:
    """Yield all limits of the curves of one group."""
    times = simulate_times(case, studies, rng)
    at = np.array([time_at(case, survival) for survival in SURVIVALS])
    truth = np.array([survival_by(case, time) for time in at.tolist()])
    event = times.cause > 0
    # A curve that has come to 0 is known to its end, and not beyond it.
    beyond = kaplan_meier_batch(times.time, event, at=at).beyond
    for scale, method in SCALES.items():
        curves = kaplan_meier_batch(times.time, event, at=at, interval=scale)
        limits = np.stack([curves.low, curves.high])
        yield from _read(("survival", method), limits, truth, beyond)
    yield from _read(("survival", "beta_product"), _beta_product(times, at), truth, beyond)
    limits = _incidence(times, at)
    yield from _read(("incidence", "aalen_johansen"), limits, FIRST_CAUSE * (1 - truth), beyond)
    if case.ties == "continuous":
        yield from _medians(case, times)


def _read(
    name: tuple[str, str], limits: Floats, truth: Floats, beyond: Flags
) -> Iterator[Coverage]:
    """Yield the coverage at each time, apart for studies that ended before."""
    for place, at in enumerate(NAMES_AT):
        for followed in ("", "beyond"):
            mine = beyond[:, place] == bool(followed)
            low, high = np.where(mine, limits[:, :, place], np.nan)
            found = tally(Interval(*name, at, followed), low, high, float(truth[place]))
            if found is not None:
                yield found


def _beta_product(times: TrueTimes, at: Floats) -> Floats:
    found = [
        beta_product_interval(time, cause > 0, at=at)
        for time, cause in zip(times.time, times.cause, strict=True)
    ]
    return np.array([[one.low for one in found], [one.high for one in found]])


def _incidence(times: TrueTimes, at: Floats) -> Floats:
    found = [
        incidence_at(cumulative_incidence(time, cause, n_causes=2), at)
        for time, cause in zip(times.time, times.cause, strict=True)
    ]
    return np.array([[one.low[:, 0] for one in found], [one.high[:, 0] for one in found]])


def _medians(case: Case, times: TrueTimes) -> Iterator[Coverage]:
    """Yield the median, and that of follow-up; neither limit reached is no interval."""
    pairs = list(zip(times.time, times.cause > 0, strict=True))
    found = [survival_quantile(kaplan_meier(time, event)) for time, event in pairs]
    medians = np.array([(one.low, one.high) for one in found]).T
    yield from _if_any(Interval("median_days", "kaplan_meier"), medians, log(2))
    if case.share < 1:
        limits = np.full((2, len(pairs)), np.nan)
        for place, (time, event) in enumerate(pairs):
            if not event.all():
                median = survival_quantile(reverse_kaplan_meier(time, event))
                limits[:, place] = median.low, median.high
        truth = median_follow_up(case)
        yield from _if_any(Interval("median_days", "reverse_kaplan_meier"), limits, truth)


def _if_any(of: Interval, limits: Floats, truth: float) -> Iterator[Coverage]:
    low, high = limits
    low = np.where(np.isinf(low), np.nan, low)
    found = tally(of, low, high, truth)
    if found is not None:
        yield found
