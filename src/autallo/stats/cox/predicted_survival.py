"""Survival predicted by a Cox model for patients with given covariates, with limits."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level, as_times
from autallo.stats.cox.baseline_hazard import BaselineHazard
from autallo.stats.regression.covariates import as_covariates
from autallo.stats.risk_sets import time_slack
from autallo.stats.survival.limits import Interval, binomial_low, survival_limits

__all__ = ["PredictedSurvival", "predicted_survival"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PredictedSurvival:
    """Survival of each patient at each time.

    Attributes
    ----------
    time : ndarray of float, shape (t,)
        The times [unit of the fit].
    survival : ndarray of float, shape (k, t)
        Probability that patient k has not had the event by then [0 to 1].
    std_error : ndarray of float, shape (k, t)
        Its standard error; 0 before the first event.
    low, high : ndarray of float, shape (k, t)
        Pointwise limits.
    cumulative_hazard : ndarray of float, shape (k, t)
        Minus the logarithm of `survival`.
    beyond : ndarray of bool, shape (t,)
        True where follow-up of the stratum ends before this time: values are the last ones.
    level : float
        Confidence level of `low` and `high`.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric.
    """

    time: Floats
    survival: Floats
    std_error: Floats
    low: Floats
    high: Floats
    cumulative_hazard: Floats
    beyond: NDArray[np.bool_]
    level: float
    interval: Interval


def predicted_survival(
    baseline: BaselineHazard,
    x: ArrayLike,
    *,
    stratum: int = 0,
    at: ArrayLike | None = None,
    level: float = 0.95,
    interval: Interval = "log-log",
) -> PredictedSurvival:
    r"""Estimate the survival of patients with given covariates from a Cox model.

    Parameters
    ----------
    baseline : BaselineHazard
        Hazard of the fit, for any covariates; nearest to those of `x` is best.
    x : array_like of float, shape (k, p)
        Covariates, one patient in each row; with one covariate also shape (k,).
    stratum : int
        Stratum of all these patients.
    at : array_like of float, shape (t,), or None
        Times, at least 0 [unit of the fit]; None for all times of the stratum.
    level : float
        Confidence level, between 0 and 1.
    interval : {"log-log", "log", "plain", "arcsine", "logit"}
        Scale on which the limits are symmetric (`survival_limits`).

    Returns
    -------
    PredictedSurvival

    Raises
    ------
    ArgumentError
        If the number of covariates is another, nobody was in the stratum, a time is negative, a
        risk lies too far from the baseline's, or `level` or `interval` is unknown.

    Notes
    -----
    :math:`\exp(-\hat H(t) e^{(x - x_0) \hat\beta})`, with the baseline hazard of covariates
    :math:`x_0`. The variance of the cumulative hazard has a part for the number of events and one
    for the coefficients, :math:`\hat g' V \hat g` with g its derivative. The curve is read from
    the right: an event at exactly a time counts.

    Before the first event the standard error is 0. There the limits are binomial for the patients
    at risk counted in patients like this one: :math:`(\alpha/2)^{1/n'}` with
    :math:`n' = \sum r_i / r`.
    Source: [tsiatis1981], [therneau2000] chapter 10. Checked against R survival 3.5-3,
    `survfit` of `coxph` (`tests/reference/cox_prediction.json`), by hand
    (`tests/byhand/test_cox_prediction.py`) and by laws (`tests/laws/test_cox_prediction.py`).

    Examples
    --------
    >>> from autallo.stats.cox.baseline_hazard import baseline_hazard
    >>> from autallo.stats.cox.fit import fit_cox
    >>> time, event, x = [1, 2, 3, 4], [1, 1, 0, 1], [0, 1, 0, 1]
    >>> hazard = baseline_hazard(fit_cox(time, event, x), time, event, x)
    >>> predicted_survival(hazard, [0, 1], at=[2]).survival.round(3).tolist()
    [[0.493], [0.607]]
    """
    level = as_level(level)
    profiles = as_covariates(x).values
    if profiles.shape[1] != baseline.coefficient.size:
        raise ArgumentError("`x` must have as many columns as the fit.")
    own = np.flatnonzero(baseline.stratum == stratum)
    if not own.size:
        raise ArgumentError("`stratum` must be one of the strata of the fit.")
    offset = profiles - baseline.given
    with np.errstate(over="ignore"):
        factor = np.exp(offset @ baseline.coefficient)
    if not (np.isfinite(factor).all() and factor.min() > 0):
        raise ArgumentError("`x` must lie nearer to the covariates of `baseline`.")
    time = baseline.time[own]
    asked = time.copy() if at is None else as_times("at", at).copy()
    row = np.searchsorted(time, asked + time_slack(time), side="right")
    ahead = np.searchsorted(time, asked - time_slack(time), side="left")
    hazard = baseline.cumulative[own] * factor[:, None]
    error = _std_error(baseline, own, offset, factor)
    at_risk = baseline.at_risk[own] / factor[:, None]
    low, high = np.ones_like(hazard), np.ones_like(hazard)
    for k, patient in enumerate(hazard):
        limits = survival_limits(
            np.exp(-patient), error[k], at_risk[k], level=level, interval=interval
        )
        low[k], high[k] = limits.low, limits.high
    hazard = _read(hazard, row, 0.0)
    survival = np.exp(-hazard)
    followed = at_risk[:, np.minimum(ahead, time.size - 1)]
    return PredictedSurvival(
        time=asked,
        survival=survival,
        std_error=survival * _read(error, row, 0.0),
        low=np.where(survival == 1, binomial_low(followed, level), _read(low, row, 1.0)),
        high=_read(high, row, 1.0),
        cumulative_hazard=hazard,
        beyond=ahead == time.size,
        level=level,
        interval=interval,
    )


def _std_error(
    baseline: BaselineHazard, own: NDArray[np.intp], offset: Floats, factor: Floats
) -> Floats:
    """Return the standard errors of the cumulative hazards of all patients."""
    shift = offset[:, None, :] * baseline.cumulative[own][:, None]
    slope = baseline.slope[own] + shift
    from_beta = np.einsum("kti,ij,ktj->kt", slope, baseline.covariance, slope)
    variance = (baseline.event_variance[own] + from_beta) * factor[:, None] ** 2
    return np.asarray(np.sqrt(variance), dtype=np.float64)


def _read(curves: Floats, row: NDArray[np.intp], before: float) -> Floats:
    """Return so many rows' last value of each curve, or that before the first."""
    return np.where(row == 0, before, curves[:, np.maximum(row - 1, 0)])
