"""Smallest difference of two risks that an exact test detects with a given power."""

from dataclasses import dataclass
from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError
from autallo.stats.design.group_sizes import too_small
from autallo.stats.design.rejected_tables import (
    RISK_TESTS,
    RiskTest,
    power_by_events,
    refuse_sizes,
    rejected_tables,
)
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_power,
    as_risk,
    as_size,
    refuse_unknown,
)
from autallo.stats.proportions.unconditional import Alternative

__all__ = ["DetectableRisk", "detectable_risk"]

Floats = NDArray[np.float64]
Direction = Literal["higher", "lower"]

#: A risk is found to within this.
CLOSE = 2.0**-44


@dataclass(frozen=True, slots=True)
class DetectableRisk:
    """Risk of the first group that a test tells from that of the second.

    Attributes
    ----------
    risk_x : float or None
        Risk of the first group, nearest to `risk_y`, from which on every risk further from it is
        detected with the power wanted; None if not even a risk of 1 (or 0) is.
    difference : float or None
        ``risk_x - risk_y``; None with `risk_x`.
    odds_ratio : float or None
        Odds of `risk_x` over odds of `risk_y`, 0 to infinity; None with `risk_x`.
    reason : str or None
        Why there is no such risk; None if there is.
    furthest_power : float
        Power if the risk of the first group is 1 (or 0).
    size : float
        Largest probability of significance over all common risks.
    n_x, n_y : int
        Patients of the first and of the second group.
    risk_y : float
        Risk of the second group [0 to 1].
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    direction : {"higher", "lower"}
        Whether the risk of the first group is the higher or the lower one.
    test : {"fisher", "boschloo", "barnard", "chi-squared"}
        Which test.
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    risk_x: float | None
    difference: float | None
    odds_ratio: float | None
    reason: str | None
    furthest_power: float
    size: float
    n_x: int
    n_y: int
    risk_y: float
    power: float
    alpha: float
    direction: Direction
    test: RiskTest
    alternative: Alternative


def detectable_risk(
    n_x: int,
    n_y: int,
    risk_y: float,
    *,
    direction: Direction = "higher",
    power: float = 0.8,
    alpha: float = 0.05,
    test: RiskTest = "fisher",
    alternative: Alternative = "two-sided",
) -> DetectableRisk:
    """Find the smallest difference of two risks that a test of given groups detects.

    Parameters
    ----------
    n_x, n_y : int
        Patients of the first and of the second group, as in `proportions_power`.
    risk_y : float
        Risk of the second group [0 to 1].
    direction : {"higher", "lower"}
        Whether the risk of the first group is to be the higher or the lower one.
    power : float
        Power wanted, above `alpha` and below 1.
    alpha : float
        Level of the test [0 to 1]: p of at most `alpha` is significant.
    test : {"fisher", "boschloo", "barnard", "chi-squared"}
        As in `proportions_power`.
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher risk in the first group; a test of
        one side goes with the direction "lower" or "higher" only.

    Returns
    -------
    DetectableRisk

    Raises
    ------
    ArgumentError
        If a number is out of its range, a word is unknown, or `direction` is not the one tested.

    Notes
    -----
    Given the second risk, the power is a polynomial of the first one. Stretches on which its
    Bernstein coefficients all reach the power hold no smaller value; the others are halved, from
    1 (or 0) towards `risk_y`, until the last place below the power is found to 6e-14. So the
    answer is right for every larger difference, whether or not the power rises all the way.

    Boundaries: from a `risk_y` of 1 no higher risk, and of 0 no lower one, can be detected.
    Source: [suissa1985] for the exact power. Checked against R
    (`tests/reference/design.json`), by hand (`tests/byhand/test_design_proportions.py`), in
    fractions (`tests/twins/test_design_proportions.py`) and by its laws
    (`tests/laws/test_design_proportions.py`).

    Examples
    --------
    17 against 11 patients, of whom 10 % have the event in the smaller group.

    >>> design = detectable_risk(17, 11, 0.1)
    >>> round(design.risk_x, 3), round(design.odds_ratio, 1)
    (0.629, 15.2)
    >>> detectable_risk(17, 11, 0.1, direction="lower").reason
    'Not even a risk of 0 in the first group is detected with a power of 0.8: it is 0.0185.'
    """
    first, second, y = as_size("n_x", n_x), as_size("n_y", n_y), as_risk("risk_y", risk_y)
    level, side = as_alpha(alpha), as_alternative(alternative)
    wanted = as_power(power, alpha=level)
    refuse_unknown("test", test, RISK_TESTS)
    refuse_unknown("direction", direction, ("higher", "lower"))
    refuse_sizes(first, second, test)
    if side == ("less" if direction == "higher" else "greater"):
        raise ArgumentError("`direction` must be the one that `alternative` tests.")
    tables = rejected_tables(first, second, alpha=level, test=test, alternative=side)
    by_events = power_by_events(tables.inside, y)
    upwards = direction == "higher"
    last = _last_below(by_events if upwards else by_events[::-1], y if upwards else 1 - y, wanted)
    found = None if last is None else last if upwards else 1 - last
    furthest = min(float(by_events[-1 if upwards else 0]), 1.0)
    reason = too_small(first, second, alpha=level, smallest_p=tables.smallest_p)
    if found is None and reason is None:
        reason = (
            f"Not even a risk of {1 if upwards else 0} in the first group is detected with a "
            f"power of {wanted:g}: it is {furthest:.3g}."
        )
    return DetectableRisk(
        risk_x=found,
        difference=None if found is None else found - y,
        odds_ratio=None if found is None else _odds_ratio(found, y),
        reason=reason,
        furthest_power=furthest,
        size=tables.size,
        n_x=first,
        n_y=second,
        risk_y=y,
        power=wanted,
        alpha=level,
        direction=direction,
        test=test,
        alternative=side,
    )


def _odds_ratio(risk_x: float, risk_y: float) -> float:
    above, below = risk_x * (1 - risk_y), risk_y * (1 - risk_x)
    return above / below if below else inf


def _last_below(coefficients: Floats, start: float, wanted: float) -> float | None:
    """Return the end of the last stretch, from `start` to 1, on which a polynomial is too low.

    The polynomial is given by its Bernstein coefficients on 0 to 1, between the least and the
    largest of which it lies; `start` if it is nowhere too low, None if it is at 1.
    """
    if coefficients[-1] < wanted or start >= 1:
        return None
    waiting = [(start, 1.0, _halves(coefficients, start)[1])]
    while waiting:
        low, high, own = waiting.pop()
        if own.min() >= wanted:
            continue
        if own[-1] < wanted or high - low <= CLOSE:
            return high
        left, right = _halves(own, 0.5)
        middle = (low + high) / 2
        waiting += [(low, middle, left), (middle, high, right)]
    return start


def _halves(coefficients: Floats, share: float) -> tuple[Floats, Floats]:
    """Return the Bernstein coefficients on either side of a point (de Casteljau)."""
    left, right, own = np.empty_like(coefficients), np.empty_like(coefficients), coefficients
    for place in range(coefficients.size):
        left[place], right[-1 - place] = own[0], own[-1]
        own = (1 - share) * own[:-1] + share * own[1:]
    return left, right
