"""Linear regression by least squares, with limits from the t distribution."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, fdtrc, stdtrit

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.regression.design import (
    Design,
    as_design,
    as_options,
    counted_only,
    refuse_no_spread,
    small_sample_factor,
    wald_statistic,
)

__all__ = ["LinearFit", "LinearVariance", "fit_linear"]

LinearVariance = Literal["model", "HC0", "HC1", "HC2", "HC3"]

Floats = NDArray[np.float64]

#: What is left of the values, as a share of their spread, below which the fit is perfect.
NOTHING_LEFT = 1e-12

#: A patient whose leverage is nearer to 1 than this has the fit to itself.
ALONE = 1e-10


@dataclass(frozen=True, slots=True)
class LinearFit:
    """Linear regression: change of the mean per unit of each covariate.

    The coefficients stand in the order of `names`: the constant, then the covariates.

    Attributes
    ----------
    names : tuple of str, length p + 1
        "intercept", then the covariates.
    coefficient : ndarray of float, shape (p + 1,)
        Estimates, in units of the values per unit of each covariate.
    std_error : ndarray of float, shape (p + 1,)
        Standard errors.
    low, high : ndarray of float, shape (p + 1,)
        Coefficient plus or minus t quantile times standard error.
    level : float
        Confidence level of the limits.
    statistic, p_value : ndarray of float, shape (p + 1,)
        Coefficient over standard error, and two-sided p-value of the t distribution.
    covariance : ndarray of float, shape (p + 1, p + 1)
        Covariance of the coefficients.
    variance : {"model", "HC0", "HC1", "HC2", "HC3"}
        How the covariance was estimated.
    df : int
        Degrees of freedom of t: n - p - 1, with clusters their number less 1.
    std_deviation : float
        Residual standard deviation: root of the (weighted) sum of squares over n - p - 1.
    r_squared, adjusted_r_squared : float
        Share of the sum of squares about the mean that the covariates take up [0 to 1], and less
        what as many chance covariates would.
    f_statistic, f_p : float
        Wald test, over p, that no covariate matters, and its p-value on p and `df` degrees of
        freedom; with the variance of the model the analysis-of-variance F.
    fitted : ndarray of float, shape (m,)
        Fitted value of each patient whose weight is above 0, in their order.
    """

    names: tuple[str, ...]
    coefficient: Floats
    std_error: Floats
    low: Floats
    high: Floats
    level: float
    statistic: Floats
    p_value: Floats
    covariance: Floats
    variance: str
    df: int
    std_deviation: float
    r_squared: float
    adjusted_r_squared: float
    f_statistic: float
    f_p: float
    fitted: Floats


def fit_linear(
    values: ArrayLike,
    x: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    variance: LinearVariance | None = None,
    level: float = 0.95,
) -> LinearFit:
    r"""Estimate how the mean changes with covariates, by least squares.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Value of each patient, in any one unit.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each, without a constant; a coefficient is per unit of its column.
    names : sequence of str or None
        What results and messages call the columns; None for their places.
    weight : array_like of float, shape (n,), or None
        Weights of the squares, at least 0; a weight of 0 leaves the patient out.
    cluster : array_like of int, shape (n,), or None
        Cluster of each patient (centre, pair), 0 upwards, none empty: patients of one need not be
        independent.
    variance : {"model", "HC0", "HC1", "HC2", "HC3"} or None
        Equal variances, or the sandwich of the squared residuals: as they are (HC0), times
        n / (n - p - 1) (HC1), over 1 - h (HC2) or its square (HC3), with the leverage h. With
        clusters HC0 or HC1, which is then times m / (m - 1) times (n - 1) / (n - p - 1) for m of
        them. None is "model", and "HC1" with clusters.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    LinearFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing or not a number, all values are equal or
        follow exactly from the covariates, a covariate is constant or a combination of those before
        it, there are no more patients than coefficients, HC2 or HC3 meets a patient whom no other
        helps to fit, clusters are too few, or `variance` or `level` is unknown.

    Notes
    -----
    QR decomposition of covariates centred and scaled by their standard deviation, with a second
    round on the residuals. HC3 holds its level best in small groups of unequal variance; all
    robust ones need some patients for each coefficient.
    Source: [searle1971], [white1980], [mackinnon1985], [long2000], [liang1986]. Checked against R
    `lm` and the sandwich written out in R (`tests/reference/linear.json`), by hand
    (`tests/byhand/test_linear.py`), in fractions (`tests/twins/test_linear.py`) and on certified
    values (`tests/published/test_linear.py`).

    Examples
    --------
    >>> fit = fit_linear([1, 3, 2, 5], [0, 1, 2, 3])
    >>> [round(float(b), 6) for b in fit.coefficient], round(fit.r_squared, 4)
    ([1.1, 1.1], 0.6914)
    """
    numbers = as_values("values", values)
    options = as_options(level, variance, cluster, get_args(LinearVariance))
    design = as_design(x, names, weight=weight, cluster=cluster, patients=numbers.size)
    numbers = counted_only(design, numbers)
    root = np.ones(numbers.size) if design.weight is None else np.sqrt(design.weight)
    return _as_fit(numbers, root, design, level=options.level, variance=options.variance)


def _as_fit(
    numbers: Floats, root: Floats, design: Design, *, level: float, variance: str
) -> LinearFit:
    weight = root**2
    middle = float(weight @ numbers / weight.sum())
    centred = numbers - middle
    total = float(weight @ centred**2)
    beta, rest, orthonormal, inverse = _least_squares(centred, root, design)
    left, (q, n) = float(rest @ rest), design.x.shape
    if left <= NOTHING_LEFT**2 * total:
        raise ArgumentError(
            f"`values` must vary beyond what follows exactly from {', '.join(design.names[1:])}."
        )
    half = design.original @ inverse
    felt = half @ _scores(orthonormal, rest, design, variance)
    covariance = felt @ felt.T
    refuse_no_spread(design, covariance, half @ half.T * left)
    coefficient, std_error = design.original @ beta, np.sqrt(np.diag(covariance))
    coefficient[0] += middle
    df = n - q if design.cluster is None else int(design.cluster.max())
    reach, statistic = float(stdtrit(df, (1 + level) / 2)) * std_error, coefficient / std_error
    f_statistic = wald_statistic(coefficient[1:], covariance[1:, 1:]) / (q - 1)
    return LinearFit(
        names=design.names,
        coefficient=coefficient,
        std_error=std_error,
        low=coefficient - reach,
        high=coefficient + reach,
        level=level,
        statistic=statistic,
        p_value=betainc(df / 2, 0.5, df / (df + statistic**2)),
        covariance=covariance,
        variance=variance,
        df=df,
        std_deviation=float(np.sqrt(left / (n - q))),
        r_squared=max(1 - left / total, 0.0),
        adjusted_r_squared=1 - left / (n - q) * (n - 1) / total,
        f_statistic=f_statistic,
        f_p=float(fdtrc(q - 1, df, f_statistic)),
        fitted=numbers - rest / root,
    )


def _least_squares(
    values: Floats, root: Floats, design: Design
) -> tuple[Floats, Floats, Floats, Floats]:
    """Return coefficients, weighted residuals, orthonormal rows and what makes them."""
    x = design.x * root
    triangle = np.linalg.qr(x.T, mode="r")
    inverse = np.linalg.solve(triangle, np.eye(len(x)))
    orthonormal, weighted = inverse.T @ x, values * root
    along = orthonormal @ weighted
    rest = weighted - along @ orthonormal
    again = orthonormal @ rest
    return inverse @ (along + again), rest - again @ orthonormal, orthonormal, inverse


def _scores(orthonormal: Floats, rest: Floats, design: Design, variance: str) -> Floats:
    """Return columns whose outer products add up to the covariance in the orthonormal rows."""
    q, n = orthonormal.shape
    if variance == "model":
        return np.diag(np.full(q, np.sqrt(float(rest @ rest) / (n - q))))
    scores = orthonormal * rest
    if design.cluster is not None:
        scores = np.stack([np.bincount(design.cluster, weights=row) for row in scores])
    if variance in ("HC2", "HC3"):
        freedom = _freedom(orthonormal, variance)
        scores = scores / (np.sqrt(freedom) if variance == "HC2" else freedom)
    return np.asarray(scores * np.sqrt(small_sample_factor(design, variance)), dtype=np.float64)


def _freedom(orthonormal: Floats, variance: str) -> Floats:
    """Return 1 less the leverage of each patient, or refuse if it is 0."""
    freedom: Floats = 1 - (orthonormal**2).sum(axis=0)
    if freedom.min() < ALONE:
        raise ArgumentError(
            f'`variance` must not be "{variance}": row {int(freedom.argmin())} is the only one of '
            'its kind in `x` and fits perfectly; "HC1" can be had.'
        )
    return freedom
