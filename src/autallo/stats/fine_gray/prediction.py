"""Incidence that a Fine-Gray model predicts for patients with given covariates."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_times
from autallo.stats.fine_gray.model import FineGrayFit
from autallo.stats.regression.covariates import as_covariates
from autallo.stats.risk_sets import time_slack

__all__ = ["PredictedIncidence", "predict_incidence"]

Floats = NDArray[np.float64]

#: Cumulative hazards above the power of e with this exponent are an incidence of 1.
HIGHEST = 10.0


@dataclass(frozen=True, slots=True)
class PredictedIncidence:
    """Incidence predicted for some profiles of covariates at some times.

    Attributes
    ----------
    at : ndarray of float, shape (a,)
        The times [unit of the fit].
    incidence : ndarray of float, shape (m, a)
        Probability of an event of interest up to and including each time, for each profile
        [0 to 1].
    beyond : ndarray of bool, shape (a,)
        True where follow-up ends before this time: the value is the last one reached.
    """

    at: Floats
    incidence: Floats
    beyond: NDArray[np.bool_]


def predict_incidence(
    fit: FineGrayFit, x: ArrayLike, *, at: ArrayLike | None = None
) -> PredictedIncidence:
    r"""Estimate the incidence of the cause of interest in patients with given covariates.

    Parameters
    ----------
    fit : FineGrayFit
        The model.
    x : array_like of float, shape (m, p), or (m,) for one covariate
        Profiles: one row each, with the columns of the fit.
    at : array_like of float, shape (a,), or None
        Times, at least 0 [unit of the fit]; None for the times at which the curves rise.

    Returns
    -------
    PredictedIncidence

    Raises
    ------
    ArgumentError
        If `x` has other columns than the fit, or a value or a time is missing or negative.

    Notes
    -----
    :math:`1 - \exp\{-\hat\Lambda_0(t) \exp(x \hat\beta)\}`, where the cumulative baseline hazard
    rises at each time of an event of interest by the number of events over the weighted sum of
    risks of the risk set. The curve is right-continuous: an event at exactly this time counts.
    Before the first event it is 0; beyond the end of follow-up it stays as it is, and `beyond`
    says so. It need not agree with the Aalen-Johansen curve of the patients with this profile.

    Where a coefficient is infinite, the prediction is that of the finite coefficients `reached`: a
    group without events of the cause has an incidence of 0 but for rounding. If several are
    infinite, the data may leave open which limit a profile has.

    No limits are given: they would need the spread of the baseline hazard too, for which Fine and
    Gray draw at random; R cmprsk gives none either.
    Source: [fine1999]. Checked against R cmprsk 2.2-11, `predict.crr`
    (`tests/reference/fine_gray.json`), by hand (`tests/byhand/test_fine_gray.py`), by a twin
    (`tests/twins/test_fine_gray.py`) and by laws (`tests/laws/test_fine_gray.py`).

    Examples
    --------
    >>> from autallo.stats.fine_gray.model import fit_fine_gray
    >>> fit = fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], [0, 1, 1, 0], n_causes=2)
    >>> predict_incidence(fit, [0, 1], at=[2.5, 9]).incidence.round(3)
    array([[0.302, 0.806],
           [0.131, 0.473]])
    """
    profiles = as_covariates(x).values
    if profiles.shape[1] != fit.centre.size:
        raise ArgumentError(
            f"`x` must have the columns of the fit: {', '.join(fit.names)}; "
            f"it has {profiles.shape[1]} column(s)."
        )
    asked = fit.time.copy() if at is None else as_times("at", at).copy()
    slack = time_slack(fit.time)
    risen = np.concatenate([[-np.inf], np.logaddexp.accumulate(fit.log_hazard)])
    reached = risen[np.searchsorted(fit.time, asked + slack, side="right")]
    exponent = reached + ((profiles - fit.centre) @ fit.reached)[:, None]
    return PredictedIncidence(
        at=asked,
        incidence=-np.expm1(-np.exp(np.minimum(exponent, HIGHEST))),
        beyond=asked > fit.follow_up + slack,
    )
