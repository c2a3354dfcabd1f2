"""Score of a difference of two risks, and the differences that it does not reject."""

from math import copysign, inf, sqrt

from autallo.stats.proportions.binomial import root_between
from autallo.stats.proportions.unconditional import Counts

#: Newton's steps allowed to the restricted risk, about ten are used; and the last one's size.
MOST_STEPS, STEP = 200, 1e-9
#: Two shares of patients that are no further apart are the same share.
ROUNDING = 1e-12
#: No distance between a risk and the end of its range is taken as less.
TINY = 1e-300


def sizes_of(counts: Counts) -> tuple[int, int, int, int]:
    """Return events and size of the first group, events and size of the second."""
    return counts[0], counts[0] + counts[1], counts[2], counts[2] + counts[3]


def difference_score(counts: Counts, difference: float) -> float:
    """Return the score of a difference; where v is 0 it is infinite, or 0 at the estimate."""
    events, size, other_events, other_size = sizes_of(counts)
    other = _restricted_risk(counts, difference)
    risk = min(max(other + difference, 0.0), 1.0)
    apart = events / size - other_events / other_size - difference
    variance = risk * (1 - risk) / size + other * (1 - other) / other_size
    if variance > 0:
        return apart / sqrt(variance)
    return copysign(inf, apart) if abs(apart) > ROUNDING else 0.0


def _restricted_risk(counts: Counts, difference: float) -> float:
    """Return the most likely risk of the second group if the first is higher by `difference`.

    The slope of the log likelihood falls all the way: the risk is at an end of its range, or
    found by Newton's steps, kept in a bracket.
    """
    events, without, other_events, other_without = counts
    low, high = max(0.0, -difference), min(1.0, 1.0 - difference)
    if low >= high or _slope(counts, max(0.0, difference), low) <= 0:
        return low
    if _slope(counts, min(1.0, 1.0 + difference), high) >= 0:
        return high
    risk = (events + other_events - (events + without) * difference) / sum(counts)
    for _ in range(MOST_STEPS):
        if not low < risk < high:
            risk = low + (high - low) / 2
        if not low < risk < high:
            break
        first, first_rest, rest = risk + difference, max(1 - risk - difference, TINY), 1 - risk
        pulls = (events / first, other_events / risk, without / first_rest, other_without / rest)
        slope = pulls[0] + pulls[1] - pulls[2] - pulls[3]
        if slope > 0:
            low = risk
        else:
            high = risk
        bend = pulls[0] / first + pulls[1] / risk + pulls[2] / first_rest + pulls[3] / rest
        risk += slope / bend
        if abs(slope / bend) <= STEP * min(first, risk, first_rest, rest):
            break
    return risk


def _slope(counts: Counts, risk: float, other: float) -> float:
    """Return the slope of the log likelihood, infinite at a risk that the counts rule out."""
    return (
        _pull(counts[0], risk)
        + _pull(counts[2], other)
        - _pull(counts[1], 1 - risk)
        - _pull(counts[3], 1 - other)
    )


def _pull(count: int, distance: float) -> float:
    if not count:
        return 0.0
    return count / distance if distance > 0 else inf


def lowest_difference(counts: Counts, bound: float) -> float:
    """Return the difference below the estimate whose score is `bound`."""
    events, size, other_events, other_size = sizes_of(counts)
    estimate = events / size - other_events / other_size
    return root_between(
        lambda difference: bound - difference_score(counts, difference), -1.0, estimate
    )
