"""How often limits hold the truth, on which side they miss it, and how wide they are."""

from dataclasses import dataclass
from math import nan, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """What an interval is of, how it was made, and where on a curve.

    Attributes
    ----------
    measure, method : str
        As the results of a study call them.
    at : str
        Survival at the time at which a curve is read, or which of several true values.
    followed : str
        Which studies count at a time: "" those followed so long, or until the curve came to 0,
        "beyond" those whose follow-up ended before.
    """

    measure: str
    method: str
    at: str = ""
    followed: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """One interval in the studies of one cell.

    Attributes
    ----------
    of : Interval
        Which.
    truth : str
        True value, or values.
    studies : int
        Studies simulated; 0 if all that can happen was enumerated.
    without : float
        Share of these that have no limits.
    coverage, too_low, too_high : float
        Shares of those with limits: the truth inside, above the upper, below the lower limit.
    unbounded : float
        Share of those with limits in which one of the two is infinite.
    width : float
        Mean of upper less lower limit where both are finite, of ratios in logarithms; NaN if
        nowhere.
    """

    of: Interval
    truth: str
    studies: int
    without: float
    coverage: float
    too_low: float
    too_high: float
    unbounded: float
    width: float

    @property
    def error(self) -> float:
        """Monte Carlo error of the coverage."""
        limits = self.studies * (1 - self.without)
        return sqrt(self.coverage * (1 - self.coverage) / limits) if limits else 0.0


def tally(of: Interval, low: Floats, high: Floats, truth: Floats | float) -> Coverage | None:
    """Count one interval of each study; NaN where a study has none. None if none has."""
    given = ~(np.isnan(low) | np.isnan(high))
    if not given.any():
        return None
    lower, upper = low[given], high[given]
    true = np.broadcast_to(np.asarray(truth, dtype=np.float64), low.shape)[given]
    finite = np.isfinite(lower) & np.isfinite(upper)
    above, below = float((lower > true).mean()), float((upper < true).mean())
    constant = bool((true == true[0]).all())
    return Coverage(
        of=of,
        truth=f"{true[0]:.6g}" if constant else "",
        studies=low.size,
        without=float(1 - given.mean()),
        coverage=float(((lower <= true) & (true <= upper)).mean()),
        too_low=below,
        too_high=above,
        unbounded=float(1 - finite.mean()),
        width=float((upper - lower)[finite].mean()) if finite.any() else nan,
    )
