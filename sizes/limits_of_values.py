"""Coverage of the limits of grades and measurements of two groups."""

from collections.abc import Callable, Iterator

import numpy as np
from coverage_grid import Case
from tally import Coverage, Floats, Interval, tally
from true_studies import TrueValues, simulate_values

from autallo.stats.confounding.standardised import standardised_difference
from autallo.stats.ranks.mann_whitney import hodges_lehmann
from autallo.stats.ranks.superiority import probability_of_superiority

Pair = tuple[float, float]
NONE: Pair = (np.nan, np.nan)
#: Limits of the probability of superiority: the method, and its name here.
SUPERIORITY = {
    "adjusted": "probability_of_superiority", "logit": "logit", "pseudo_score": "pseudo_score",
}  # fmt: skip


def coverage_of_values(case: Case, studies: int, rng: np.random.Generator) -> Iterator[Coverage]:
    """Yield superiority, the shift where there is one, and the standardised difference."""
    values = simulate_values(case, studies, rng)
    for method, name in SUPERIORITY.items():
        of = Interval("superiority", name)
        yield from _counted(of, values, _superiority(method), values.superiority)
    if values.shift is not None:
        of = Interval("shift", "hodges_lehmann")
        yield from _counted(of, values, _shift, values.shift)
    if values.standardised is not None:
        of = Interval("standardised_difference", "standardised_difference")
        yield from _counted(of, values, _standardised, values.standardised)


def _counted(
    of: Interval, values: TrueValues, limits_of: Callable[[Floats, Floats], Pair], truth: float
) -> Iterator[Coverage]:
    """Count one interval; studies in which everybody has the same value are not compared."""
    limits = np.array([
        NONE if x.min() == x.max() == y.min() == y.max() else limits_of(x, y)
        for x, y in zip(values.first, values.second, strict=True)
    ])  # fmt: skip
    found = tally(of, limits[:, 0], limits[:, 1], truth)
    if found is not None:
        yield found


def _superiority(method: str) -> Callable[[Floats, Floats], Pair]:
    def limits(x: Floats, y: Floats) -> Pair:
        found = probability_of_superiority(x, y, method=method)
        return found.low, found.high

    return limits


def _shift(x: Floats, y: Floats) -> Pair:
    found = hodges_lehmann(x, y)
    return NONE if found.low is None or found.high is None else (found.low, found.high)


def _standardised(x: Floats, y: Floats) -> Pair:
    found = standardised_difference(x, y)
    return NONE if found.low is None or found.high is None else (found.low, found.high)
