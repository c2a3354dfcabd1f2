"""Location and spread of values that are compared as ratios, such as peaks of expansion.

Values in, a frozen record of numbers out.
"""

from dataclasses import dataclass
from math import exp, expm1, fsum, inf, sqrt

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_values

__all__ = ["GeometricMean", "geometric_mean"]

#: Antilogarithms from here on are infinite.
OVERFLOW = 700.0


@dataclass(frozen=True, slots=True)
class GeometricMean:
    """Geometric mean with its confidence interval and the geometric coefficient of variation.

    Attributes
    ----------
    estimate : float
        Geometric mean, in the unit of the values.
    low, high : float or None
        Confidence limits of the geometric mean; None for one value and for equal ones.
    level : float
        Confidence level [0 to 1].
    coefficient_of_variation : float or None
        Geometric coefficient of variation, as a share (0.5 is 50 %); None for one value.
        It and `high` are infinite where no number could hold them.
    n : int
        Number of values.
    """

    estimate: float
    low: float | None
    high: float | None
    level: float
    coefficient_of_variation: float | None
    n: int


def geometric_mean(x: ArrayLike, *, level: float = 0.95) -> GeometricMean:
    r"""Estimate the geometric mean of one group, with its spread.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Values in any one unit, each above 0. A value below the limit of an assay is replaced
        before, for example by half the limit.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    GeometricMean

    Raises
    ------
    ArgumentError
        If there is no value, a value is missing or not above 0, or `level` is not between 0 and 1.

    Notes
    -----
    With m and s the mean and standard deviation (divisor n - 1) of the natural logarithms the
    estimate is :math:`e^m`, its limits :math:`e^{m \pm t s / \sqrt n}` with Student's t on n - 1
    degrees of freedom, and the coefficient of variation :math:`\sqrt{e^{s^2} - 1}`. One value has
    no limits; equal values have a variation of 0 and no limits, for limits of width 0 would be no
    certainty.
    Source: [kirkwood1979]. Checked by hand (`tests/byhand/test_kinetics.py`), against R 4.2.2
    t.test of the logarithms (`tests/reference/kinetics.json`) and by laws
    (`tests/laws/test_kinetics.py`).

    Examples
    --------
    >>> peaks = geometric_mean([10000, 20000, 40000])
    >>> round(peaks.estimate, 6), round(peaks.coefficient_of_variation, 4)
    (20000.0, 0.7854)
    """
    values = as_values("x", x)
    confidence = as_level(level)
    if values.min() <= 0:
        raise ArgumentError("`x` must be above 0.")
    n = values.size
    logs = np.log(values).tolist()
    mean = fsum(logs) / n
    lowest, highest = float(values.min()), float(values.max())
    estimate = min(max(exp(mean), lowest), highest)
    if n < 2:
        return GeometricMean(estimate, None, None, confidence, None, n)
    if lowest == highest:
        return GeometricMean(estimate, None, None, confidence, 0.0, n)
    variance = fsum((one - mean) ** 2 for one in logs) / (n - 1)
    reach = float(stdtrit(n - 1, (1 + confidence) / 2)) * sqrt(variance / n)
    return GeometricMean(
        estimate=estimate,
        low=estimate * exp(-reach),
        high=estimate * exp(reach) if reach < OVERFLOW else inf,
        level=confidence,
        coefficient_of_variation=sqrt(expm1(variance)) if variance < OVERFLOW else inf,
        n=n,
    )
