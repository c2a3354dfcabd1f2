"""Logistic regression, with limits from the profile likelihood, also where groups are separated."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events
from autallo.stats.regression.canonical import maximum_likelihood, predictors_at
from autallo.stats.regression.design import (
    Design,
    Variance,
    as_design,
    as_options,
    counted_only,
    refuse_more_than_events,
)
from autallo.stats.regression.inference import LikelihoodFit, Separated, inferred, separated
from autallo.stats.regression.likelihood import Model, logistic

__all__ = ["LogisticFit", "fit_logistic"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LogisticFit(LikelihoodFit):
    """Logistic regression: log odds ratios, with the attributes of `LikelihoodFit` and these.

    Attributes
    ----------
    separation : {"complete", "quasi-complete"} or None
        Whether covariates tell those with the event from those without, everybody or some, so that
        coefficients are infinite; None if not.
    risk : ndarray of float, shape (m,)
        Fitted risk of each patient whose weight is above 0, in their order; 0 or 1 for those told
        apart.
    deviance, deviance_null : float
        Minus twice the log-likelihood, at the estimates and with the constant alone.
    """

    separation: Separated | None
    risk: Floats
    deviance: float
    deviance_null: float


def fit_logistic(
    event: ArrayLike,
    x: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    variance: Variance | None = None,
    level: float = 0.95,
) -> LogisticFit:
    r"""Estimate log odds ratios by logistic regression.

    Parameters
    ----------
    event : array_like of bool, shape (n,)
        True (1) if the event happened, false (0) if not.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each, without a constant; a coefficient is per unit of its column.
    names : sequence of str or None
        What results and messages call the columns; None for their places.
    weight : array_like of float, shape (n,), or None
        How many patients each one stands for, at least 0. For weights that are no numbers of
        patients (inverse probabilities) choose a robust `variance`.
    cluster : array_like of int, shape (n,), or None
        Cluster of each patient (centre, pair), 0 upwards, none empty: patients of one need not be
        independent.
    variance : {"model", "HC0", "HC1"} or None
        From the information, or the sandwich of the patients' (or clusters') scores; HC1 times
        n / (n - p - 1), for m clusters times m / (m - 1) times (n - 1) / (n - p - 1). None is
        "model", and "HC1" with clusters.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    LogisticFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, an event is anything but true or false, nobody or everybody
        had the event, a covariate is constant or a combination of those before it, there are more
        covariates than patients with, or without, the event, or no more patients than coefficients,
        clusters are too few, or `variance` or `level` is unknown.

    Notes
    -----
    :math:`\log\{\pi / (1 - \pi)\} = b_0 + b'x`, by Newton's method on covariates centred and scaled
    by their standard deviation. Limits: :math:`\{b : 2 (\ell_{max} - \ell_{profile}(b)) \le
    \chi^2_{1, level}\}`; they agree with `p_value`, suit small groups better than Wald limits, and
    those of the odds ratio are their exponentials.

    Separation: if some sum of the covariates is at least as large in all with the event as in all
    without it (a group in which nobody, or everybody, had the event is the common case), the
    likelihood rises for ever. Whether there is such a sum is decided by geometry, not by the size
    of an estimate: either positive weights are found that balance the patients, or the sum itself.
    A gap, or an overlap, below 1e-9 of the spread counts as none. Infinite coefficients have a
    finite limit on the other side; the others are those of the patients who overlap.
    Source: [albert1984], [venzon1988], [white1982], [liang1986], [mccullagh1989]. Checked against R
    `glm` and profile limits solved in R (`tests/reference/logistic.json`), by hand
    (`tests/byhand/test_logistic.py`), by brute force (`tests/twins/test_logistic.py`) and on
    printed estimates (`tests/published/test_logistic.py`).

    Examples
    --------
    Three of four against one of four: the odds ratio is 9.

    >>> fit = fit_logistic([1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])
    >>> round(float(np.exp(fit.coefficient[1])), 6), fit.separation
    (9.0, None)
    """
    events = as_events("event", event)
    options = as_options(level, variance, cluster, get_args(Variance))
    design = as_design(x, names, weight=weight, cluster=cluster, patients=events.size)
    sign = counted_only(design, np.where(events, 1.0, -1.0))
    odds = _odds_of_all(sign, design)
    model = Model(design.x, sign, design.weight, None, None, logistic)
    start = np.zeros(len(design.names))
    start[0] = np.log(odds)
    found = maximum_likelihood(model, start)
    fields = inferred(found, design, options)
    return LogisticFit(
        **fields,
        separation=separated(found),
        risk=expit(predictors_at(found)),
        deviance=abs(2 * found.top.value),
        deviance_null=-2 * fields["log_likelihood_null"],
    )


def _odds_of_all(sign: Floats, design: Design) -> float:
    """Return the odds of the event, or refuse if nobody, everybody, or too few had it."""
    had = sign > 0
    with_event = int(np.count_nonzero(had))
    if with_event == 0:
        raise ArgumentError("The model cannot be fitted: nobody had the event.")
    if with_event == sign.size:
        raise ArgumentError("The model cannot be fitted: everybody had the event.")
    refuse_more_than_events(design, with_event, "patients with the event")
    refuse_more_than_events(design, sign.size - with_event, "patients without the event")
    if design.weight is None:
        return with_event / (sign.size - with_event)
    return float(design.weight[had].sum() / design.weight[~had].sum())
