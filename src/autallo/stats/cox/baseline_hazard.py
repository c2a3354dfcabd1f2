"""Cumulative hazard of a patient with given covariates, by the Cox model."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_values
from autallo.stats.cox.fit import CoxFit
from autallo.stats.cox.fitted import Fitted, fitted_rows
from autallo.stats.cox.rows import Rows
from autallo.stats.cox.running_sums import (
    shifted_ahead,
    sums_by_place,
    sums_from_start,
    sums_to_end,
)
from autallo.stats.cox.score_terms import mean_steps

__all__ = ["BaselineHazard", "baseline_hazard"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class BaselineHazard:
    """Cumulative hazards of all strata, one after the other, for a patient with given covariates.

    Attributes
    ----------
    time : ndarray of float, shape (t,)
        Distinct times at which rows of a stratum end, ascending in it [unit of the input].
    stratum : ndarray of int, shape (t,)
        Stratum of each of these times.
    hazard : ndarray of float, shape (t,)
        Step of the cumulative hazard at each time.
    cumulative : ndarray of float, shape (t,)
        Cumulative hazard up to and including each time.
    std_error : ndarray of float, shape (t,)
        Standard error of `cumulative`; 0 before the first event.
    at_risk : ndarray of float, shape (t,)
        Risk of all rows at risk just before each time, as a number of patients like the given one.
    given : ndarray of float, shape (p,)
        Covariates of the patient.
    slope : ndarray of float, shape (t, p)
        Derivative of `cumulative` with respect to the coefficients.
    event_variance : ndarray of float, shape (t,)
        The part of the variance of `cumulative` that stays if the coefficients are known.
    coefficient, covariance : ndarray of float, shapes (p,) and (p, p)
        From the fit.
    """

    time: Floats
    stratum: Integers
    hazard: Floats
    cumulative: Floats
    std_error: Floats
    at_risk: Floats
    given: Floats
    slope: Floats
    event_variance: Floats
    coefficient: Floats
    covariance: Floats


def baseline_hazard(
    fit: CoxFit,
    time: ArrayLike,
    event: ArrayLike,
    x: ArrayLike,
    *,
    rows: Rows | None = None,
    given: ArrayLike | None = None,
) -> BaselineHazard:
    r"""Estimate the cumulative hazard of a patient with given covariates.

    Parameters
    ----------
    fit : CoxFit
        Fit with finite coefficients.
    time, event, x : array_like
        What it was fitted to (`fit_cox`).
    rows : Rows or None
        The same as in the fit.
    given : array_like of float, shape (p,), or None
        Covariates of the patient; None for all 0.

    Returns
    -------
    BaselineHazard

    Raises
    ------
    ArgumentError
        If these are not the rows of the fit, a coefficient is infinite, `given` does not give
        each covariate one number, or it lies so far out that the hazard is no number.

    Notes
    -----
    With risk :math:`r_i = \exp((x_i - x) \hat\beta)` relative to the patient's, the step at a
    time with d events is :math:`d / \sum r_i` over those at risk (Breslow). After a fit with
    Efron's ties it is the sum of the inverses of the d factors' risks, each with one d-th of the
    tied events' risk less. After exact ties it is Breslow's. Variance: the sum of the squares of
    these inverses, plus the quadratic form of `slope` in the covariance of the fit (Tsiatis).
    With weights, steps are sums of weights, and squares count by the mean weight.

    Boundaries: 0 until the first event of the stratum, throughout in a stratum without events.
    Source: [breslow1974], [tsiatis1981], [therneau2000] chapter 10. Checked against R survival
    3.5-3, `basehaz` (`tests/reference/cox_prediction.json`), by hand
    (`tests/byhand/test_cox_prediction.py`) and by laws (`tests/laws/test_cox_prediction.py`).

    Examples
    --------
    >>> from autallo.stats.cox.fit import fit_cox
    >>> time, event, x = [1, 2, 3, 4], [1, 1, 0, 1], [0, 1, 0, 1]
    >>> hazard = baseline_hazard(fit_cox(time, event, x), time, event, x)
    >>> hazard.time.tolist(), hazard.cumulative.round(3).tolist()
    ([1.0, 2.0, 3.0, 4.0], [0.293, 0.707, 0.707, 2.121])
    """
    found = fitted_rows(fit, time, event, x, rows)
    profile = np.zeros(fit.coefficient.size) if given is None else as_values("given", given).copy()
    if profile.size != fit.coefficient.size:
        raise ArgumentError("`given` must have one number for each covariate.")
    eta = float(((profile - found.checked.centre) / found.checked.scale) @ found.beta)
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        hazard = _of_patient(fit, found, profile, eta)
    numbers = (hazard.cumulative, hazard.std_error, hazard.at_risk)
    if not all(np.isfinite(values).all() for values in numbers):
        raise ArgumentError("`given` must lie nearer to the covariates that were fitted.")
    return hazard


def _of_patient(fit: CoxFit, found: Fitted, given: Floats, eta: float) -> BaselineHazard:
    checked, data, steps = found.checked, found.data, found.hazards.steps
    n_codes, leaving = checked.moment.size, checked.cell(checked.time)
    cell = np.unique(leaving if checked.weight is None else leaving[checked.weight > 0])
    stratum = cell // n_codes
    start = np.flatnonzero(np.concatenate(([True], stratum[1:] != stratum[:-1])))
    place = np.searchsorted(cell, data.slot_stratum * n_codes + data.slot_code)
    factor = np.exp(eta - found.hazards.sums.shift)
    offset = (given - checked.centre) / checked.scale
    slope = offset[:, None] * steps.whole - mean_steps(found.hazards)[0]
    added = np.zeros((3 + given.size, cell.size))
    added[0, place] = steps.whole * factor
    added[1, place] = steps.square * factor**2 / checked.weight_unit
    added[3:, place] = slope * factor * checked.scale[:, None]
    total = sums_from_start(added, start)
    from_beta = np.einsum("it,ij,jt->t", total[3:], fit.covariance, total[3:])
    return BaselineHazard(
        time=checked.moment[cell % n_codes],
        stratum=stratum,
        hazard=added[0],
        cumulative=total[0],
        std_error=np.sqrt(total[1] + from_beta),
        at_risk=_at_risk(found, cell, start, eta),
        given=given,
        slope=total[3:].T,
        event_variance=total[1],
        coefficient=fit.coefficient,
        covariance=fit.covariance,
    )


def _at_risk(found: Fitted, cell: Integers, start: Integers, eta: float) -> Floats:
    """Return the risk of all at risk just before each time, over the patient's."""
    checked = found.checked
    risk = np.exp(checked.linear_predictor(found.beta) - eta)
    if checked.weight is not None:
        risk *= checked.weight * checked.weight_unit
    last = np.searchsorted(cell, checked.cell(checked.time), side="right") - 1
    total = sums_to_end(sums_by_place(last, risk, cell.size), start)
    if checked.entry is not None:
        first = np.searchsorted(cell, checked.cell(checked.entry), side="right")
        entering = sums_by_place(np.minimum(first, cell.size - 1), risk, cell.size)
        total -= shifted_ahead(sums_to_end(entering, start), start)
        np.maximum(total, 0.0, out=total)
    return total
