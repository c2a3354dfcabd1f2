"""Log-rank test for a trend over ordered groups."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.weights import LogrankWeights

__all__ = ["LogrankTrendTest", "logrank_trend_test"]


@dataclass(frozen=True, slots=True)
class LogrankTrendTest:
    """Log-rank test of a hazard that rises, or falls, with the score of the group.

    Attributes
    ----------
    statistic : float or None
        Chi-squared statistic, 1 degree of freedom; None if the data hold nothing to compare.
    p_value : float or None
        Two-sided p-value from the chi-squared distribution; None with `statistic`.
    z : float or None
        Root of `statistic`, above 0 if the hazard rises with the score; None with `statistic`.
    """

    statistic: float | None
    p_value: float | None
    z: float | None


def logrank_trend_test(
    time: ArrayLike,
    event: ArrayLike,
    group: ArrayLike,
    *,
    entry: ArrayLike | None = None,
    stratum: ArrayLike | None = None,
    weights: LogrankWeights = "logrank",
    scores: ArrayLike | None = None,
) -> LogrankTrendTest:
    r"""Test whether the hazard is the same in all groups, against a trend over ordered groups.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1, in their order; at least two groups, none empty.
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty; None for one stratum.
    weights : str or pair
        Weights of the event times, as in `logrank_test`.
    scores : array_like of float, shape (k,), or None
        Score of each group, not all equal; None for 0, 1, ..., k - 1.

    Returns
    -------
    LogrankTrendTest

    Raises
    ------
    ArgumentError
        As `logrank_test`; or if there are not as many scores as groups, or all are equal.

    Notes
    -----
    With O - E and V the excess and the covariance of `logrank_test` and s the scores,
    :math:`z = \sum_g s_g (O_g - E_g) / \sqrt{s' V s}`. Only the ratios of the differences of the
    scores matter. With two groups it is `logrank_test`. Nothing to compare, and so no statistic
    and no p-value: as in `logrank_test`, or if no groups of different score were ever at risk
    together.
    Source: [tarone1975]. Checked against the score test of R survival 3.5-3, ``coxph`` with
    ``ties = "exact"`` (`tests/reference/weighted_logrank.json`), by hand
    (`tests/byhand/test_logrank_trend.py`) and by a loop in fractions
    (`tests/twins/test_logrank.py`).

    Examples
    --------
    >>> test = logrank_trend_test([1, 2, 3, 4, 5, 6], [1] * 6, [2, 2, 1, 1, 0, 0])
    >>> round(test.z, 4), round(test.p_value, 4)
    (2.583, 0.0098)
    """
    test = logrank_test(time, event, group, entry=entry, stratum=stratum, weights=weights)
    spaced = _spaced(scores, test.at_risk.size)
    excess = float(spaced @ (test.observed - test.expected))
    # s'Vs as a sum over pairs of groups, which rounding cannot take below 0.
    variance = float(-(test.covariance * np.subtract.outer(spaced, spaced) ** 2).sum() / 2)
    if not variance > 0:
        return LogrankTrendTest(None, None, None)
    z = excess / math.sqrt(variance)
    return LogrankTrendTest(statistic=z * z, p_value=float(chdtrc(1, z * z)), z=z)


def _spaced(scores: ArrayLike | None, n_groups: int) -> NDArray[np.float64]:
    """Return the scores brought to the range from 0 to 1, in the same order and proportion."""
    if scores is None:
        return np.arange(n_groups) / (n_groups - 1)
    values = as_values("scores", scores)
    if values.size != n_groups:
        raise ArgumentError("`scores` must hold one score for each group.")
    low, high = float(values.min()), float(values.max())
    if low == high:
        raise ArgumentError("`scores` must not all be equal.")
    # Half of each, so that the largest numbers there are do not overflow.
    return (values / 2 - low / 2) / (high / 2 - low / 2)
