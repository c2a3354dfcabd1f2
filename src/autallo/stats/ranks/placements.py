"""Where each value of one group lies among the values of the other, and how these places vary.

Behind the probability of superiority and the test of Brunner and Munzel. The placement of a
value is the share of the other group that is smaller, ties counting one half.
"""

from dataclasses import dataclass

from autallo.stats.ranks.rank_sums import Pool

__all__ = ["Placements"]


@dataclass(frozen=True, slots=True)
class Placements:
    """Mean of the placements and its variance.

    Attributes
    ----------
    estimate : float
        Mean placement of the first group: its probability of superiority [0 to 1].
    variance_x, variance_y : float or None
        What each group adds to the variance of `estimate`; None for a group of one patient.
    n, m : int
        Patients in the first and in the second group.
    """

    estimate: float
    variance_x: float | None
    variance_y: float | None
    n: int
    m: int

    @property
    def variance(self) -> float | None:
        """Variance of the estimate; None if a group has one patient."""
        if self.variance_x is None or self.variance_y is None:
            return None
        return self.variance_x + self.variance_y


def placements(pooled: Pool) -> Placements:
    """Return mean and variance of the placements of two groups."""
    x, y = pooled.own, pooled.sizes - pooled.own
    n, m = int(x.sum()), int(y.sum())
    # Doubled counts of smaller patients: whole numbers, so that equal placements are equal.
    above_y, above_x = 2 * y.cumsum() - y, 2 * x.cumsum() - x
    wins = int(x @ above_y)
    spread_x = float(x @ (above_y - wins / n) ** 2)
    spread_y = float(y @ (above_x - (2 * n * m - wins) / m) ** 2)
    scale = 4.0 * n * m * n * m
    return Placements(
        estimate=wins / (2 * n * m),
        variance_x=spread_x * n / (scale * (n - 1)) if n > 1 else None,
        variance_y=spread_y * m / (scale * (m - 1)) if m > 1 else None,
        n=n,
        m=m,
    )


def degrees_of_freedom(placed: Placements) -> float:
    """Return the degrees of freedom of the variance, which must be above 0."""
    x, y = placed.variance_x or 0.0, placed.variance_y or 0.0
    share = x / (x + y)
    return float(1 / (share**2 / (placed.n - 1) + (1 - share) ** 2 / (placed.m - 1)))
