"""How far one outcome separates the groups, as a number that orders the arrangements exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isqrt, lcm, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: Statistics nearer than this share of the largest score are equal (scores that are not whole).
TOLERANCE = 1e-9
#: Whole numbers are held without rounding below this.
WHOLE = 2.0**52


@dataclass(frozen=True, slots=True)
class Outcome:
    """One testable column: centred scores, and whether they are compared without rounding.

    The level, not yet standardised, orders arrangements of the same outcome; with the spread, the
    sum of squares of the scores, it can be compared with that of another.
    """

    column: int
    scores: Floats
    exact: bool
    spread: float
    level: float
    statistic: float
    sign: int


def testable_outcomes(matrix: Floats, groups: NDArray[np.int64], sizes: list[int]) -> list[Outcome]:
    """Return the testable columns, the largest observed statistic first."""
    members = np.stack([groups == g for g in range(1, len(sizes))]).astype(np.float64)
    found = []
    for column in range(matrix.shape[1]):
        scores, whole = _centred(matrix[:, column])
        if not scores.any():
            continue
        level = float(level_of(list(members @ scores), sizes))
        spread = sum(int(s) ** 2 for s in scores.tolist()) if whole else float(scores @ scores)
        found.append(
            Outcome(
                column=column,
                scores=scores,
                exact=whole and _held_exactly(scores, sizes),
                spread=spread,
                level=level,
                statistic=_statistic(level, spread, sizes),
                sign=-1 if len(sizes) == 2 and float(members[0] @ scores) < 0 else 1,
            )
        )
    return sorted(found, key=lambda outcome: -outcome.statistic)


def _centred(values: Floats) -> tuple[Floats, bool]:
    """Return scores that sum to 0, as whole numbers if the values are whole or halves."""
    n, largest = values.size, float(np.abs(values).max())
    if largest < WHOLE / 2:
        doubled = 2 * values
        low, high = float(doubled.min()), float(doubled.max())
        if (doubled == np.floor(doubled)).all() and (high - low) * n * n < WHOLE:
            whole = doubled - low
            return n * whole - whole.sum(), True
    shares = values / largest
    centred = shares - shares.mean()
    furthest = float(np.abs(centred).max())
    return (centred / furthest if furthest > TOLERANCE else np.zeros(n)), False


def level_of(sums: Sequence[Floats], sizes: list[int]) -> Floats:
    """Return what orders the arrangements of one outcome, from its sums in the groups but one."""
    if len(sizes) == 2:
        return np.abs(sums[0])
    weights = _weights(sizes)
    rest = -sum(sums)
    parts = zip((rest, *sums), weights, strict=True)
    return np.asarray(sum(part * part * weight for part, weight in parts), dtype=np.float64)


def _weights(sizes: list[int]) -> list[float]:
    common = lcm(*sizes)
    return [float(common // size) for size in sizes]


def _held_exactly(scores: Floats, sizes: list[int]) -> bool:
    """Whether no level of whole scores can be so large that it is rounded."""
    furthest = float(np.abs(scores).sum()) / 2
    return furthest < WHOLE and (
        len(sizes) == 2 or furthest * furthest * sum(_weights(sizes)) < WHOLE
    )


def _statistic(level: float, spread: float, sizes: list[int]) -> float:
    n = sum(sizes)
    if len(sizes) == 2:
        return level * sqrt(n * (n - 1) / (sizes[0] * sizes[1] * spread))
    return level / lcm(*sizes) * (n - 1) / spread


def bounds_of(outcomes: list[Outcome], sizes: list[int]) -> list[list[float]]:
    """Return, row by row, the level of each outcome that reaches the observed one of the row."""
    return [[_bound(one, other, sizes) for other in outcomes] for one in outcomes]


def _bound(one: Outcome, other: Outcome, sizes: list[int]) -> float:
    two_groups = len(sizes) == 2
    if one.exact and other.exact:
        level, spread, other_spread = int(one.level), int(one.spread), int(other.spread)
        if not two_groups:
            return float(_ceiling(level * other_spread, spread))
        square = _ceiling(level * level * other_spread, spread)
        return float(isqrt(square - 1) + 1) if square else 0.0
    ratio, furthest = other.spread / one.spread, float(np.abs(other.scores).max())
    if two_groups:
        return one.level * sqrt(ratio) - TOLERANCE * furthest
    wanted = one.level * ratio
    return wanted - TOLERANCE * (wanted + furthest * furthest * max(_weights(sizes)))


def _ceiling(number: int, by: int) -> int:
    return -(-number // by)
