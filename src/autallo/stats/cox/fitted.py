"""The rows of a fitted model once more, to look at them in the light of the fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import CoxFit
from autallo.stats.cox.partial_likelihood import log_likelihood
from autallo.stats.cox.rows import Checked, Rows, checked_rows
from autallo.stats.cox.score_terms import Hazards, hazards
from autallo.stats.cox.slots import Ordered, in_order

Floats = NDArray[np.float64]

#: The log-likelihood of the rows may differ by this share of itself from that of the fit.
SAME = 1e-7


@dataclass(frozen=True, slots=True)
class Fitted:
    """Rows of a fit, with the sums over the risk sets at its coefficients.

    Attributes
    ----------
    checked : Checked
        The rows as given.
    data : Ordered
        The rows in the order in which they leave the risk sets.
    beta : ndarray of float, shape (p,)
        Coefficients of the centred and scaled covariates.
    hazards : Hazards
        Risk and hazard; Breslow's after a fit with exact ties.
    """

    checked: Checked
    data: Ordered
    beta: Floats
    hazards: Hazards


def fitted_rows(
    fit: CoxFit, time: ArrayLike, event: ArrayLike, x: ArrayLike, rows: Rows | None
) -> Fitted:
    """Check that these are the rows of the fit, and return them."""
    refuse_infinite(fit)
    checked = checked_rows(time, event, x, rows=rows, names=None)
    data = in_order(checked, "breslow" if fit.ties == "exact" else fit.ties)
    same = (
        checked.scale.size == fit.coefficient.size
        and checked.n_counted == fit.rows
        and data.n_with_event == fit.events
    )
    if not same:
        raise ArgumentError("`fit` must be the fit of these rows: their numbers differ.")
    beta = fit.coefficient * checked.scale
    found = hazards(data, beta)
    if fit.ties != "exact":
        value = checked.in_units_of_weights(
            log_likelihood(data, beta, found.sums, found.steps), data.event_weight
        )
        if abs(value - fit.log_likelihood) > SAME * max(1.0, abs(value)):
            raise ArgumentError("`fit` must be the fit of these rows: their likelihood differs.")
    return Fitted(checked, data, beta, found)


def refuse_infinite(fit: CoxFit) -> None:
    """Refuse a fit with infinite coefficients, by name."""
    infinite = [name for name, endless in zip(fit.names, fit.monotone, strict=True) if endless]
    if infinite:
        raise ArgumentError(
            f"`fit` must have finite coefficients: that of {', '.join(infinite)} is infinite."
        )
