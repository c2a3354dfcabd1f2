"""Put estimates from several filled-in data sets together, by Rubin's rules."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, chdtrc, erfc, fdtrc, ndtri, stdtrit

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_values, same_length

__all__ = ["PooledEstimate", "PooledTest", "pool_imputations", "pooled_test"]

Floats = NDArray[np.float64]

#: A smaller share of missing information is none: its degrees of freedom would overflow.
TINY = 1e-150

#: Correlations with an eigenvalue below this have an exact relation, but for rounding.
SINGULAR = 1e-12


@dataclass(frozen=True, slots=True)
class PooledEstimate:
    """Estimate from several filled-in data sets, with what the missing values cost.

    Attributes
    ----------
    estimate : float
        Mean of the estimates.
    std_error : float
        Root of `total`.
    low, high : float
        Estimate plus or minus t quantile times standard error.
    level : float
        Confidence level of the limits.
    df : float
        Degrees of freedom of t by Barnard and Rubin; infinite (normal) if the estimates do not
        differ and `complete_df` was not given.
    statistic, p_value : float
        Estimate over standard error, and its two-sided p-value.
    within, between, total : float
        Mean variance within the data sets, variance of the estimates between them, and
        within + (1 + 1/m) between.
    variance_increase : float
        Share by which missing values increase the variance: (1 + 1/m) between / within.
    missing_information : float
        Fraction of the information that is missing [0 to 1].
    relative_efficiency : float
        Variance with infinitely many data sets over that with m: 1 / (1 + missing_information / m).
    imputations : int
        Filled-in data sets, m.
    """

    estimate: float
    std_error: float
    low: float
    high: float
    level: float
    df: float
    statistic: float
    p_value: float
    within: float
    between: float
    total: float
    variance_increase: float
    missing_information: float
    relative_efficiency: float
    imputations: int


@dataclass(frozen=True, slots=True)
class PooledTest:
    """Wald test of several estimates at once from several filled-in data sets.

    Attributes
    ----------
    statistic : float
        D1 of Li, Raghunathan and Rubin.
    df, df_error : float
        Degrees of freedom of F, numerator and denominator; the second is infinite if the estimates
        do not differ between the data sets.
    p_value : float
        P-value on them.
    variance_increase : float
        Mean share by which missing values increase the variance.
    imputations : int
        Filled-in data sets.
    """

    statistic: float
    df: int
    df_error: float
    p_value: float
    variance_increase: float
    imputations: int


def pool_imputations(
    estimates: ArrayLike,
    variances: ArrayLike,
    *,
    complete_df: float | None = None,
    level: float = 0.95,
) -> PooledEstimate:
    r"""Estimate one number from several filled-in data sets.

    Parameters
    ----------
    estimates : array_like of float, shape (m,)
        Estimate from each data set, on a scale where it is about normal (a log hazard ratio, not
        the ratio); at least two.
    variances : array_like of float, shape (m,)
        Square of its standard error, above 0.
    complete_df : float or None
        Degrees of freedom that the complete data would have had (n - p - 1 in a linear model, above
        0); None for a normal estimate.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    PooledEstimate

    Raises
    ------
    ArgumentError
        If there are fewer than two data sets, the lengths differ, a variance is not above 0, or a
        number is out of range.

    Notes
    -----
    With the mean variance U and the variance B of the m estimates, :math:`T = U + (1 + 1/m) B`,
    :math:`r = (1 + 1/m) B / U` and :math:`\lambda = r / (1 + r)`. The degrees of freedom are
    :math:`(m - 1) / \lambda^2` for a normal estimate; otherwise their harmonic sum with
    :math:`(1 - \lambda) \nu (\nu + 1) / (\nu + 3)` for :math:`\nu` = `complete_df`, so that
    they never exceed it. Missing information: :math:`(r + 2 / (df + 3)) / (r + 1)`.
    All estimates equal: nothing was missing that matters; B and r are 0.
    Source: [rubin1987], [barnard1999]. Checked against the formulas in R
    (`tests/reference/imputations.json`), by hand (`tests/byhand/test_imputations.py`), and by laws
    (`tests/laws/test_imputations.py`).

    Examples
    --------
    >>> pooled = pool_imputations([1.0, 2.0, 3.0], [4.0, 4.0, 4.0])
    >>> pooled.estimate, round(pooled.total, 4), round(pooled.df, 4)
    (2.0, 5.3333, 32.0)
    """
    own, squares = as_values("estimates", estimates), as_values("variances", variances)
    same_length(estimates=own, variances=squares)
    level, m = as_level(level), own.size
    if m < 2:
        raise ArgumentError("`estimates` must hold at least two filled-in data sets.")
    if squares.min() <= 0:
        raise ArgumentError("`variances` must be above 0.")
    if complete_df is not None and not complete_df > 0:
        raise ArgumentError("`complete_df` must be above 0, or None.")
    estimate, within = float(own.mean()), float(squares.mean())
    between = float(own.var(ddof=1)) if np.ptp(own) > 0 else 0.0  # the mean may be rounded
    total = within + (1 + 1 / m) * between
    increase = (1 + 1 / m) * between / within
    df = _degrees_of_freedom(increase, m, complete_df)
    std_error = math.sqrt(total)
    reach = _t_quantile(df, level) * std_error
    missing = (increase + 2 / (df + 3)) / (increase + 1)
    return PooledEstimate(
        estimate=estimate,
        std_error=std_error,
        low=estimate - reach,
        high=estimate + reach,
        level=level,
        df=df,
        statistic=estimate / std_error,
        p_value=_t_two_sided(df, estimate / std_error),
        within=within,
        between=between,
        total=total,
        variance_increase=increase,
        missing_information=missing,
        relative_efficiency=1 / (1 + missing / m),
        imputations=m,
    )


def pooled_test(
    estimates: ArrayLike, covariances: ArrayLike, *, null: ArrayLike | None = None
) -> PooledTest:
    r"""Test several numbers at once from several filled-in data sets (D1).

    Parameters
    ----------
    estimates : array_like of float, shape (m, k)
        Estimates from each data set, a row each; at least two rows.
    covariances : array_like of float, shape (m, k, k)
        Their covariance in each data set.
    null : array_like of float, shape (k,), or None
        Values under the hypothesis; None for 0.

    Returns
    -------
    PooledTest

    Raises
    ------
    ArgumentError
        If the shapes do not fit, a number is missing, there are fewer than two data sets, or the
        mean covariance is not that of estimates without an exact relation.

    Notes
    -----
    With the mean covariance U and the covariance B of the estimates,
    :math:`r = (1 + 1/m)\,\mathrm{tr}(B U^{-1}) / k`, and
    :math:`D_1 = (\bar Q - Q_0)' U^{-1} (\bar Q - Q_0) / (k (1 + r))`, on k and, with
    :math:`t = k (m - 1)`, :math:`4 + (t - 4) (1 + (1 - 2/t) / r)^2` degrees of freedom, for t of at
    most 4 :math:`t (1 + 1/k) (1 + 1/r)^2 / 2`. It takes the share of missing information to be
    about the same for all. For one number D1 is the square of the statistic of
    `pool_imputations`.
    Source: [li1991], [rubin1987]. Checked against the formulas in R
    (`tests/reference/imputations.json`), by hand (`tests/byhand/test_imputations.py`), and by laws
    (`tests/laws/test_imputations.py`).

    Examples
    --------
    >>> test = pooled_test([[1.0], [2.0], [3.0]], [[[4.0]], [[4.0]], [[4.0]]])
    >>> test.df, round(test.statistic, 4), round(test.p_value, 4)
    (1, 0.75, 0.3929)
    """
    own, squares = _as_table(estimates), _as_covariances(covariances)
    m, k = own.shape
    if m < 2:
        raise ArgumentError("`estimates` must hold at least two filled-in data sets.")
    if squares.shape != (m, k, k):
        raise ArgumentError(f"`covariances` must have the shape ({m}, {k}, {k}).")
    middle = np.zeros(k) if null is None else as_values("null", null)
    if middle.size != k:
        raise ArgumentError(f"`null` must hold {k} value(s).")
    within, distance = squares.mean(axis=0), own.mean(axis=0) - middle
    scale = np.sqrt(np.diag(within)) if (np.diag(within) > 0).all() else np.zeros(k)
    if not scale.all() or np.linalg.eigvalsh(within / np.outer(scale, scale))[0] <= SINGULAR:
        raise ArgumentError("`covariances` must be those of estimates without an exact relation.")
    spread = np.where(np.ptp(own, axis=0) > 0, own - own.mean(axis=0), 0.0) / scale
    inverse = np.linalg.inv(within / np.outer(scale, scale))
    between = spread.T @ spread / (m - 1)
    increase = (1 + 1 / m) * float(np.trace(between @ inverse)) / k
    distance = distance / scale
    statistic = float(distance @ inverse @ distance) / (k * (1 + increase))
    df_error = _error_degrees_of_freedom(increase, m, k)
    return PooledTest(
        statistic=statistic,
        df=k,
        df_error=df_error,
        p_value=float(
            fdtrc(k, df_error, statistic) if math.isfinite(df_error) else chdtrc(k, k * statistic)
        ),
        variance_increase=increase,
        imputations=m,
    )


def _as_table(estimates: ArrayLike) -> Floats:
    table = _finite("estimates", estimates)
    if table.ndim != 2 or table.size == 0:
        raise ArgumentError("`estimates` must be a table, a row for each filled-in data set.")
    return table


def _as_covariances(covariances: ArrayLike) -> Floats:
    stack = _finite("covariances", covariances)
    if stack.ndim != 3 or not np.allclose(stack, np.swapaxes(stack, 1, 2), rtol=1e-9, atol=0):
        raise ArgumentError("`covariances` must be one symmetric matrix for each data set.")
    return stack


def _finite(name: str, numbers: ArrayLike) -> Floats:
    try:
        array = np.asarray(numbers)
    except ValueError:
        raise ArgumentError(f"`{name}` must have rows of the same length.") from None
    if array.dtype.kind not in "biuf" or not np.isfinite(array).all():
        raise ArgumentError(f"`{name}` must be finite numbers.")
    return array.astype(np.float64)


def _degrees_of_freedom(increase: float, m: int, complete: float | None) -> float:
    missing = increase / (1 + increase)
    of_draws = (m - 1) / missing**2 if missing > TINY else math.inf
    if complete is None or math.isinf(complete):
        return of_draws
    observed = (complete + 1) / (complete + 3) * complete * (1 - missing)
    return 1 / (1 / of_draws + 1 / observed)


def _error_degrees_of_freedom(increase: float, m: int, k: int) -> float:
    t = k * (m - 1)
    if increase <= TINY:
        return math.inf
    if t > 4:
        return 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2
    return t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2


def _t_quantile(df: float, level: float) -> float:
    share = (1 + level) / 2
    return float(ndtri(share) if math.isinf(df) else stdtrit(df, share))


def _t_two_sided(df: float, statistic: float) -> float:
    if math.isinf(df):
        return float(erfc(abs(statistic) / math.sqrt(2)))
    return float(betainc(df / 2, 0.5, df / (df + statistic**2)))
