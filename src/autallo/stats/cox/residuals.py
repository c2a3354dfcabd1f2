"""Residuals of a Cox model: of each row, and of each event."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import CoxFit
from autallo.stats.cox.fitted import fitted_rows
from autallo.stats.cox.rows import Rows
from autallo.stats.cox.score_terms import expected_events, mean_covariates, score_terms

__all__ = ["CoxResiduals", "SchoenfeldResiduals", "cox_residuals", "schoenfeld_residuals"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CoxResiduals:
    """Residuals of the rows of a Cox model, in the order given.

    Attributes
    ----------
    expected : ndarray of float, shape (n,)
        Events expected of each row while it was at risk.
    martingale : ndarray of float, shape (n,)
        Events observed less expected.
    deviance : ndarray of float, shape (n,)
        The same made about symmetric: root of what the row adds to the deviance, with its sign.
    score : ndarray of float, shape (n, p)
        What each row adds to the slope of the log-likelihood, without its weight.
    dfbeta : ndarray of float, shape (n, p)
        Change of each coefficient made by the row with its weight, to first order.
    """

    expected: Floats
    martingale: Floats
    deviance: Floats
    score: Floats
    dfbeta: Floats


@dataclass(frozen=True, slots=True)
class SchoenfeldResiduals:
    """Residuals of the events of a Cox model, by stratum and time.

    Attributes
    ----------
    time : ndarray of float, shape (d,)
        Time of each event [unit of the input].
    row : ndarray of int, shape (d,)
        Its place among the rows given.
    residual : ndarray of float, shape (d, p)
        Covariates less their mean in the risk set.
    scaled : ndarray of float, shape (d, p)
        The same times covariance and number of events, plus the coefficient: the log hazard
        ratio about that time, on average the coefficient.
    """

    time: Floats
    row: NDArray[np.int64]
    residual: Floats
    scaled: Floats


def cox_residuals(
    fit: CoxFit, time: ArrayLike, event: ArrayLike, x: ArrayLike, *, rows: Rows | None = None
) -> CoxResiduals:
    r"""Estimate how far each row of a Cox model is from what was expected of it.

    Parameters
    ----------
    fit : CoxFit
        Fit with Efron's or Breslow's ties and finite coefficients.
    time, event, x : array_like
        What it was fitted to (`fit_cox`).
    rows : Rows or None
        The same as in the fit.

    Returns
    -------
    CoxResiduals

    Raises
    ------
    ArgumentError
        If these are not the rows of the fit, a coefficient is infinite, or ties were exact.

    Notes
    -----
    With relative risk r, and :math:`d\hat H` the steps of the baseline hazard of the stratum:
    martingale :math:`e - r \hat H`, over the time at risk; score
    :math:`\int (x - \bar x) \, dM`, dfbeta the score times weight and model covariance. With
    Efron's ties, a row with one of d tied events counts (d - j + 1) / d in the j-th factor. Summed
    with their weights, martingale and score residuals give 0. Several rows of a patient are added
    up by whoever wants one number for him.

    Boundaries: a row that is never at risk at an event, or has weight 0, has residuals of 0.
    Source: [therneau1990], [therneau2000] chapters 4 and 7. Checked against R survival 3.5-3
    (`tests/reference/cox_residuals.json`), by hand (`tests/byhand/test_cox_residuals.py`) and by
    twins that leave patients out (`tests/twins/test_cox_residuals.py`).

    Examples
    --------
    >>> from autallo.stats.cox.fit import fit_cox
    >>> time, event, x = [1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1]
    >>> residuals = cox_residuals(fit_cox(time, event, x), time, event, x)
    >>> residuals.martingale.round(3).tolist()
    [0.64, 0.64, -0.64, -0.64]
    """
    if fit.ties == "exact":
        raise ArgumentError('`fit` must be with `ties` "efron" or "breslow".')
    found = fitted_rows(fit, time, event, x, rows)
    data, scale = found.data, found.checked.scale
    terms = score_terms(data, found.hazards).T * scale
    weight = 1.0 if data.weight is None else data.weight[:, None] * found.checked.weight_unit
    n = found.checked.event.size
    expected = _in_given_order(expected_events(data, found.hazards), data.row, n)
    events = found.checked.event.astype(np.float64)
    martingale = events - expected
    squared = -2 * (martingale + xlogy(events, expected))
    return CoxResiduals(
        expected=expected,
        martingale=martingale,
        deviance=np.sign(martingale) * np.sqrt(np.maximum(squared, 0.0)),
        score=_in_given_order(terms, data.row, n),
        dfbeta=_in_given_order(weight * terms @ fit.model_covariance, data.row, n),
    )


def schoenfeld_residuals(
    fit: CoxFit, time: ArrayLike, event: ArrayLike, x: ArrayLike, *, rows: Rows | None = None
) -> SchoenfeldResiduals:
    r"""Estimate how far the covariates of each event are from those of its risk set.

    Parameters
    ----------
    fit : CoxFit
        Fit with Efron's or Breslow's ties and finite coefficients.
    time, event, x : array_like
        What it was fitted to (`fit_cox`).
    rows : Rows or None
        The same as in the fit.

    Returns
    -------
    SchoenfeldResiduals

    Raises
    ------
    ArgumentError
        If these are not the rows of the fit, a coefficient is infinite, or ties were exact.

    Notes
    -----
    :math:`x - \bar x`, with the mean weighted by risk; with Efron's ties it is the average over
    the tied factors. Scaled: :math:`\hat\beta + d V (x - \bar x)`, with d events (the sum of
    their weights) and the model covariance V. A trend of these against time is a hazard ratio
    that changes.

    Boundaries: an event alone in its risk set has a residual of 0. Weighted, the residuals sum to
    0.
    Source: [schoenfeld1982], [grambsch1994]. Checked against R survival 3.5-3
    (`tests/reference/cox_residuals.json`), by hand (`tests/byhand/test_cox_residuals.py`) and by
    twins that go from event to event (`tests/twins/test_cox_residuals.py`).

    Examples
    --------
    >>> from autallo.stats.cox.fit import fit_cox
    >>> time, event, x = [1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1]
    >>> schoenfeld_residuals(fit_cox(time, event, x), time, event, x).residual[-1].tolist()
    [0.0]
    """
    if fit.ties == "exact":
        raise ArgumentError('`fit` must be with `ties` "efron" or "breslow".')
    found = fitted_rows(fit, time, event, x, rows)
    data, checked = found.data, found.checked
    n, slot = data.n_with_event, data.event_slot
    mean = mean_covariates(data, found.hazards)
    residual = (data.x[:, :n] - mean[:, slot]).T * checked.scale
    events = data.event_weight * checked.weight_unit
    return SchoenfeldResiduals(
        time=checked.moment[data.slot_code[slot]],
        row=data.row[:n].copy(),
        residual=residual,
        scaled=events * residual @ fit.model_covariance + fit.coefficient,
    )


def _in_given_order(values: Floats, row: NDArray[np.int64], n: int) -> Floats:
    """Return the values at the places of their rows, 0 elsewhere."""
    given = np.zeros((n, *values.shape[1:]))
    given[row] = values
    return given
