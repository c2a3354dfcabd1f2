"""Numbers that describe one continuous variable in one group.

One function. Values in, a frozen record of numbers out.
"""

from dataclasses import dataclass
from math import frexp, ldexp

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.stats.arguments import as_values

__all__ = ["Summary", "summarise"]


@dataclass(frozen=True, slots=True)
class Summary:
    """Location and spread of the values; all but `n` in the unit of the values.

    Attributes
    ----------
    n : int
        Number of values.
    mean : float
        Arithmetic mean.
    sd : float or None
        Standard deviation with divisor ``n - 1``; None for one value, or if it exceeds the
        largest floating-point number, 1.8e308.
    median, q1, q3 : float
        Median and quartiles, by interpolation (type 7).
    low, high : float
        Smallest and largest value.
    geometric_mean : float or None
        Antilogarithm of the mean logarithm; None unless every value is above 0.
    """

    n: int
    mean: float
    sd: float | None
    median: float
    q1: float
    q3: float
    low: float
    high: float
    geometric_mean: float | None


def summarise(x: ArrayLike) -> Summary:
    """Describe the location and the spread of the values of one group.

    Parameters
    ----------
    x : array_like of float, shape (n,)
        Values in any one unit, at least one; missing values are left out before.

    Returns
    -------
    Summary

    Raises
    ------
    ArgumentError
        If there is no value, or a value is missing or not a number.

    Notes
    -----
    Quantiles interpolate between order statistics at position ``1 + (n - 1) p``: type 7, the
    default of R, of NumPy and of Excel's QUARTILE.INC. SAS and SPSS use other types, which
    differ in small groups. Equal values have a standard deviation of exactly 0. Values are first
    divided by a power of two, so that no sum or square is too large or too small to be held.
    Source: [hyndman1996], definition 7. Checked against R 4.2.2 mean, sd and quantile
    (`tests/reference/summary.json`), by hand (`tests/byhand/test_summary.py`) and by laws
    (`tests/laws/test_summary.py`).

    Examples
    --------
    >>> ages = summarise([21, 25, 34, 40])
    >>> ages.median, ages.q1, ages.q3, ages.low, ages.high
    (29.5, 24.0, 35.5, 21.0, 40.0)
    """
    values = as_values("x", x)
    low, high = float(values.min()), float(values.max())
    exponent = frexp(max(-low, high))[1]
    scaled = np.ldexp(values, -exponent)
    q1, median, q3 = np.ldexp(
        np.quantile(scaled, [0.25, 0.5, 0.75], method="linear"), exponent
    ).tolist()
    return Summary(
        n=values.size,
        mean=min(max(ldexp(float(scaled.mean()), exponent), low), high),
        sd=_standard_deviation(scaled, exponent),
        median=median,
        q1=q1,
        q3=q3,
        low=low,
        high=high,
        geometric_mean=_geometric_mean(values),
    )


def _standard_deviation(scaled: NDArray[np.float64], exponent: int) -> float | None:
    """Return the deviation of values that were divided by two to this power."""
    if scaled.size < 2:
        return None
    furthest = float(np.ptp(scaled))
    if furthest == 0:
        return 0.0
    reach = frexp(furthest)[1]
    centred = np.ldexp(scaled - scaled.mean(), -reach)
    try:
        return ldexp(float(centred.std(ddof=1)), reach + exponent)
    except OverflowError:
        return None


def _geometric_mean(values: NDArray[np.float64]) -> float | None:
    if values.min() <= 0:
        return None
    mean = float(np.exp(np.log(values).mean()))
    return min(max(mean, float(values.min())), float(values.max()))
