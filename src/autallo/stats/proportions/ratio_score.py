"""Score of a ratio of two risks, the ratios that it does not reject, and the limits of Katz."""

from math import copysign, exp, inf, log, sqrt

from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.proportions.binomial import root_between
from autallo.stats.proportions.difference_score import ROUNDING, sizes_of
from autallo.stats.proportions.unconditional import Counts


def ratio_score(counts: Counts, ratio: float) -> float:
    """Return the score of a ratio, with the most likely second risk from its quadratic."""
    events, size, other_events, other_size = sizes_of(counts)
    one, two = ratio * (size + other_events), events + other_size
    root = sqrt((one - two) ** 2 + 4 * ratio * counts[1] * counts[3])
    other = 2 * (events + other_events) / (one + two + root)
    risk = min(ratio * other, 1.0)
    variance = risk * (1 - risk) / size + ratio**2 * other * (1 - other) / other_size
    apart = events / size - ratio * (other_events / other_size)
    if variance > 0:
        return apart / sqrt(variance)
    return copysign(inf, apart) if abs(apart) > ROUNDING else 0.0


def lowest_ratio(counts: Counts, bound: float) -> float:
    """Return the ratio below the estimate whose score is `bound`, searched by its logarithm."""
    events, size, other_events, other_size = sizes_of(counts)
    if not events:
        return 0.0

    def beyond(log_ratio: float) -> float:
        return bound - ratio_score(counts, exp(log_ratio))

    high = log(events * other_size / (size * other_events)) if other_events else 0.0
    while beyond(high) < 0:
        high += 1.0
    low = high - 1.0
    while beyond(low) >= 0:
        low -= 1.0
    return exp(root_between(beyond, low, high))


def katz_limits(counts: Counts, level: float) -> tuple[float, float]:
    """Return the limits by the delta method on the logarithm, or refuse where there are none."""
    events, size, other_events, other_size = sizes_of(counts)
    if not (events and other_events and counts[1] + counts[3]):
        raise ArgumentError(
            "`table` must have events in both groups, and not in all patients, for the Katz"
            " interval; miettinen-nurminen takes any table."
        )
    ratio = events * other_size / (size * other_events)
    error = sqrt(counts[1] / (events * size) + counts[3] / (other_events * other_size))
    factor = exp(-float(ndtri((1 - level) / 2)) * error)
    return ratio / factor, ratio * factor
