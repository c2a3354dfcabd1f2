"""Coverage of the size of a difference in time: hazard ratios and restricted means."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log

import numpy as np
from coverage_grid import Case
from numpy.typing import NDArray
from tally import Coverage, Floats, Interval, tally
from true_studies import restricted_mean_of, simulate_times

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.firth.cox import fit_firth_cox
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.restricted_mean import restricted_mean_difference

Pair = tuple[float, float]
NONE: Pair = (np.nan, np.nan)
#: Firth's limits take longest: beyond so many patients only where the likelihood has no maximum.
MOST_FIRTH = 100
#: p below which the times of censoring are taken to differ, as in `analysis.compare_times`.
UNEQUAL_P = 0.05


@dataclass(frozen=True, slots=True)
class Ratios:
    """Limits of the logarithm of one hazard ratio; NaN where there are none.

    Attributes
    ----------
    printed : pair of float
        As the report gives them: the profile, Firth's where the likelihood has no maximum.
    profile, wald, firth : pair of float
        By each method alone.
    """

    printed: Pair
    profile: Pair
    wald: Pair
    firth: Pair


def coverage_of_hazards(case: Case, studies: int, rng: np.random.Generator) -> Iterator[Coverage]:
    """Yield the hazard ratio by several methods, and the difference of the restricted means."""
    times = simulate_times(case, studies, rng)
    rows = list(zip(times.time, times.cause == 1, strict=True))
    ratios = [ratios_of(time, event, times.group) for time, event in rows]
    for method, name in (
        ("printed", "cox_efron"), ("profile", "profile_only"), ("wald", "wald"),
        ("firth", "firth_cox"),
    ):  # fmt: skip
        if method == "firth" and times.group.size > MOST_FIRTH:
            continue
        limits = np.array([getattr(found, method) for found in ratios]).T
        yield from _if_any(Interval("hazard_ratio", name), limits, log(case.effect))
    limits = np.full((2, studies), np.nan)
    truth = np.full(studies, np.nan)
    for place, (time, event) in enumerate(rows):
        first, second = (kaplan_meier(time[times.group == g], event[times.group == g])
                         for g in (1, 0))  # fmt: skip
        until = float(min(first.time[-1], second.time[-1]))
        if until > 0:
            found = restricted_mean_difference(first, second, until=until)
            limits[:, place], truth[place] = (found.low, found.high), until
    given = ~np.isnan(truth)
    means = [restricted_mean_of(case, effect, truth[given]) for effect in (case.effect, 1.0)]
    truth[given] = means[0] - means[1]
    yield from _if_any(Interval("restricted_mean_difference", "restricted_mean"), limits, truth)


def coverage_of_causes(case: Case, studies: int, rng: np.random.Generator) -> Iterator[Coverage]:
    """Yield the ratio of the subdistribution hazards."""
    times = simulate_times(case, studies, rng)
    found = [
        subdistribution_limits(time, cause, times.group)
        for time, cause in zip(times.time, times.cause, strict=True)
    ]
    of = Interval("subdistribution_hazard_ratio", "fine_gray")
    yield from _if_any(of, np.array(found).T, log(case.effect))


def ratios_of(time: Floats, event: NDArray[np.bool_], group: NDArray[np.int64]) -> Ratios:
    """Return the limits of one study."""
    if logrank_test(time, event, group).p_value is None:
        return Ratios(NONE, NONE, NONE, NONE)
    fit = fit_cox(time, event, group)
    firth = NONE
    if fit.monotone[0] or time.size <= MOST_FIRTH:
        penalised = fit_firth_cox(time, event, group)
        firth = (float(penalised.low[0]), float(penalised.high[0]))
    profile = (float(fit.low[0]), float(fit.high[0]))
    if fit.monotone[0]:
        return Ratios(firth, profile, NONE, firth)
    return Ratios(profile, profile, (float(fit.wald_low[0]), float(fit.wald_high[0])), firth)


def subdistribution_limits(
    time: Floats, cause: NDArray[np.int64], group: NDArray[np.int64]
) -> Pair:
    """Return the limits of one study as the report gives them.

    Where the times of censoring differ between the groups, censoring is estimated in each.
    """
    together = _fine_gray(time, cause, group, apart=None)
    p_value = logrank_test(time, cause == 0, group).p_value
    if p_value is None or p_value >= UNEQUAL_P:
        return together
    apart = _fine_gray(time, cause, group, apart=group)
    return together if np.isnan(apart[0]) else apart


def _fine_gray(
    time: Floats,
    cause: NDArray[np.int64],
    group: NDArray[np.int64],
    *,
    apart: NDArray[np.int64] | None,
) -> Pair:
    try:
        fit = fit_fine_gray(time, cause, group, n_causes=2, censoring_group=apart)
    except ArgumentError:  # nobody with the event, or nobody to compare at any event
        return NONE
    return NONE if fit.monotone[0] else (float(fit.low[0]), float(fit.high[0]))


def _if_any(of: Interval, limits: Floats, truth: Floats | float) -> Iterator[Coverage]:
    found = tally(of, limits[0], limits[1], truth)
    if found is not None:
        yield found
