"""Log hazard of patients with given covariates relative to another one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_values
from autallo.stats.cox.fit import CoxFit
from autallo.stats.cox.fitted import refuse_infinite
from autallo.stats.regression.covariates import as_covariates

__all__ = ["LinearPredictor", "linear_predictor"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LinearPredictor:
    """Log hazard ratios of patients to a reference.

    Attributes
    ----------
    estimate : ndarray of float, shape (k,)
        Log hazard of each patient less that of the reference in the same stratum.
    std_error : ndarray of float, shape (k,)
        Its standard error; 0 for the reference itself.
    low, high : ndarray of float, shape (k,)
        Wald limits.
    level : float
        Confidence level of `low` and `high`.
    """

    estimate: Floats
    std_error: Floats
    low: Floats
    high: Floats
    level: float


def linear_predictor(
    fit: CoxFit, x: ArrayLike, *, reference: ArrayLike | None = None, level: float = 0.95
) -> LinearPredictor:
    r"""Estimate the log hazard of patients with given covariates relative to another one.

    Parameters
    ----------
    fit : CoxFit
        Fit with finite coefficients.
    x : array_like of float, shape (k, p)
        Covariates, one patient in each row; with one covariate also shape (k,).
    reference : array_like of float, shape (p,), or None
        Covariates of the patient to compare with; None for all 0.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    LinearPredictor

    Raises
    ------
    ArgumentError
        If the number of covariates is another, a coefficient is infinite, or `level` is no
        probability.

    Notes
    -----
    :math:`(x - x_0) \hat\beta`, with variance :math:`(x - x_0) V (x - x_0)'`: any contrast of
    coefficients is such a difference.
    Source: [cox1972]. Checked against R survival 3.5-3, `predict`
    (`tests/reference/cox_prediction.json`), by hand (`tests/byhand/test_cox_prediction.py`) and
    by laws (`tests/laws/test_cox_prediction.py`).

    Examples
    --------
    >>> from autallo.stats.cox.fit import fit_cox
    >>> fit = fit_cox([1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1])
    >>> linear_predictor(fit, [0, 2]).estimate.round(3).tolist()
    [0.0, -1.881]
    """
    level = as_level(level)
    refuse_infinite(fit)
    values = as_covariates(x).values
    zero = np.zeros(fit.coefficient.size)
    origin = zero if reference is None else as_values("reference", reference)
    if values.shape[1] != zero.size or origin.size != zero.size:
        raise ArgumentError("`x` and `reference` must have as many covariates as the fit.")
    offset = values - origin
    estimate = offset @ fit.coefficient
    std_error = np.sqrt(np.einsum("ki,ij,kj->k", offset, fit.covariance, offset))
    reach = float(ndtri((1 + level) / 2)) * std_error
    return LinearPredictor(
        estimate=estimate,
        std_error=std_error,
        low=estimate - reach,
        high=estimate + reach,
        level=level,
    )
