"""What a fit by maximum likelihood tells: estimates, limits and tests of a canonical model."""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, erfc, ndtri

from autallo.stats.regression.canonical import (
    Contrasts,
    Maximum,
    contrasts_at,
    covariance_of,
    profiles_of,
    robust_covariance_of,
    score_statistic,
)
from autallo.stats.regression.design import (
    Design,
    Options,
    refuse_no_spread,
    small_sample_factor,
    wald_statistic,
)

Floats = NDArray[np.float64]

Separated = Literal["complete", "quasi-complete"]
Interval = Literal["profile likelihood", "wald"]


@dataclass(frozen=True, slots=True)
class LikelihoodFit:
    """Fit by maximum likelihood: what logistic and Poisson regression have in common.

    The coefficients stand in the order of `names`: the constant, then the covariates.

    Attributes
    ----------
    names : tuple of str, length p + 1
        "intercept", then the covariates.
    coefficient : ndarray of float, shape (p + 1,)
        Estimates per unit of each covariate. Infinite where the likelihood rises for ever
        (`direction`); if it would do so with either sign, positive, and both limits are infinite:
        the data tell nothing about that coefficient.
    std_error : ndarray of float, shape (p + 1,)
        Standard errors, infinite where the coefficient is.
    low, high : ndarray of float, shape (p + 1,)
        Limits of the kind `interval`. Of an infinite coefficient the profile limit on the other
        side is finite; there are no robust limits of it, and both are infinite.
    wald_low, wald_high : ndarray of float, shape (p + 1,)
        Coefficient plus or minus normal quantile times standard error.
    level : float
        Confidence level of both kinds of limits.
    interval : {"profile likelihood", "wald"}
        How `low` and `high` were made: Wald if `variance` is robust.
    p_value : ndarray of float, shape (p + 1,)
        Test that the coefficient is 0, in agreement with `low` and `high`: by the likelihood
        ratio, or Wald's if `variance` is robust (then 1 for an infinite coefficient).
    covariance : ndarray of float, shape (p + 1, p + 1)
        Covariance of the coefficients; infinite variance and covariance 0 where infinite.
    variance : {"model", "HC0", "HC1"}
        How the covariance was estimated.
    direction : tuple of int, length p + 1
        1 or -1 where the coefficient goes to plus or minus infinity, 2 if either would do, 0 where
        it is finite.
    log_likelihood, log_likelihood_null : float
        At the estimates (the upper bound if the likelihood rises for ever), and with the constant
        alone.
    likelihood_ratio, likelihood_ratio_p : float or None
        Likelihood-ratio test that no covariate matters; None if `variance` is robust.
    score_statistic, score_p : float or None
        Score test of the same; None if `variance` is robust.
    wald, wald_p : float or None
        Wald test of the same with `covariance`; None if the coefficient of a covariate is infinite.
    df : int
        Degrees of freedom of the three tests, p.
    iterations : int
        Newton steps taken.
    converged : bool
        Whether a last step promised nothing more.
    """

    names: tuple[str, ...]
    coefficient: Floats
    std_error: Floats
    low: Floats
    high: Floats
    wald_low: Floats
    wald_high: Floats
    level: float
    interval: Interval
    p_value: Floats
    covariance: Floats
    variance: str
    direction: tuple[int, ...]
    log_likelihood: float
    log_likelihood_null: float
    likelihood_ratio: float | None
    likelihood_ratio_p: float | None
    score_statistic: float | None
    score_p: float | None
    wald: float | None
    wald_p: float | None
    df: int
    iterations: int
    converged: bool


def separated(found: Maximum) -> Separated | None:
    """Return whether everybody is told apart, some are, or nobody is."""
    if not found.separated:
        return None
    return "quasi-complete" if found.overlapping.any() else "complete"


def inferred(
    found: Maximum, design: Design, options: Options, *, saturated: float = 0.0
) -> dict[str, Any]:
    """Return the fields of `LikelihoodFit`; `saturated` is the log-likelihood of a perfect fit."""
    at = contrasts_at(found, design.original)
    covariance = _covariance(found, design, at, options.variance)
    both = at.rises & at.falls
    return {
        "names": design.names,
        "coefficient": at.estimate,
        "covariance": covariance,
        "variance": options.variance,
        "direction": tuple((at.rises.astype(int) - at.falls + 2 * both).tolist()),
        "log_likelihood": found.top.value + saturated,
        "log_likelihood_null": float(found.null.value[0]) + saturated,
        "iterations": found.top.iterations,
        "converged": found.top.settled,
        **_limits(found, design, at, covariance, options),
        **_tests(found, at, covariance, likely=options.variance == "model"),
    }


def _limits(
    found: Maximum, design: Design, at: Contrasts, covariance: Floats, options: Options
) -> dict[str, Any]:
    width = -float(ndtri((1 - options.level) / 2))
    likely, std_error = options.variance == "model", np.sqrt(np.diag(covariance))
    middle = np.where(at.rises | at.falls, 0.0, at.estimate)
    wald_low, wald_high = middle - width * std_error, middle + width * std_error
    low, high, p_value = wald_low, wald_high, erfc(np.abs(middle) / std_error / np.sqrt(2.0))
    if likely:
        profiles = profiles_of(found, design.original, at, width=width)
        low, high, p_value = profiles.low, profiles.high, profiles.p_value
    return {
        "std_error": std_error,
        "low": low,
        "high": high,
        "wald_low": wald_low,
        "wald_high": wald_high,
        "level": options.level,
        "interval": "profile likelihood" if likely else "wald",
        "p_value": p_value,
    }


def _tests(found: Maximum, at: Contrasts, covariance: Floats, *, likely: bool) -> dict[str, Any]:
    p = at.estimate.size - 1
    rise = found.top.value - float(found.null.value[0])
    ratio = max(2 * rise, 0.0) if likely else None
    score = score_statistic(found) if likely else None
    endless = (at.rises | at.falls)[1:].any()
    wald = None if endless else wald_statistic(at.estimate[1:], covariance[1:, 1:])
    return {
        "likelihood_ratio": ratio,
        "likelihood_ratio_p": _chi_squared_p(ratio, p),
        "score_statistic": score,
        "score_p": _chi_squared_p(score, p),
        "wald": wald,
        "wald_p": _chi_squared_p(wald, p),
        "df": p,
    }


def _covariance(found: Maximum, design: Design, at: Contrasts, variance: str) -> Floats:
    of_model = covariance_of(found, at)
    if variance == "model":
        return of_model
    covariance = robust_covariance_of(found, at, design.cluster)
    refuse_no_spread(design, covariance, of_model)
    return covariance * small_sample_factor(design, variance)


def _chi_squared_p(statistic: float | None, df: int) -> float | None:
    return None if statistic is None else float(chdtrc(df, statistic))
