"""Poisson regression: rate ratios, and risk ratios of a yes or no with a robust variance."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_counts, as_events, as_values, same_length
from autallo.stats.regression.canonical import maximum_likelihood, predictors_at
from autallo.stats.regression.design import (
    Design,
    Variance,
    as_design,
    as_options,
    counted_only,
    refuse_more_than_events,
)
from autallo.stats.regression.inference import LikelihoodFit, inferred
from autallo.stats.regression.likelihood import Model, perfect_poisson, poisson

__all__ = ["PoissonFit", "fit_poisson"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PoissonFit(LikelihoodFit):
    """Poisson regression: log rate ratios, with the attributes of `LikelihoodFit` and these.

    Attributes
    ----------
    expected : ndarray of float, shape (m,)
        Fitted count of each patient whose weight is above 0, in their order; 0 for those whose
        rate goes to 0.
    deviance, deviance_null : float
        Twice the log-likelihood of a perfect fit less that at the estimates, and with the constant
        alone.
    dispersion : float
        Pearson's chi-squared over its degrees of freedom, n - p - 1: about 1 if counts are Poisson,
        less for a yes or no.
    """

    expected: Floats
    deviance: float
    deviance_null: float
    dispersion: float


def fit_poisson(
    count: ArrayLike,
    x: ArrayLike,
    *,
    exposure: ArrayLike | None = None,
    names: Sequence[str] | None = None,
    weight: ArrayLike | None = None,
    cluster: ArrayLike | None = None,
    variance: Variance | None = None,
    level: float = 0.95,
) -> PoissonFit:
    r"""Estimate log rate ratios, or log risk ratios, by Poisson regression.

    Parameters
    ----------
    count : array_like of int, shape (n,)
        Events of each patient, at least 0; 1 and 0 for a yes or no.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each, without a constant; a coefficient is per unit of its column.
    exposure : array_like of float, shape (n,), or None
        Time at risk of each patient, above 0, in any one unit; its logarithm is the offset. None
        for 1 each.
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
        "model", and "HC1" with clusters. For risk ratios of a yes or no choose a robust one.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    PoissonFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a count is no whole number of at least 0, an exposure is not
        above 0, nobody had an event, a covariate is constant or a combination of those before it,
        there are more covariates than events or no more patients than coefficients, clusters are
        too few, the fit is perfect and `variance` robust, or `variance` or `level` is unknown.

    Notes
    -----
    :math:`\log E(count) = b_0 + b'x + \log(exposure)`, by Newton's method on covariates centred and
    scaled by their standard deviation; limits and `p_value` as in `fit_logistic`.

    A yes or no: the exponentials of the coefficients are risk ratios, but the Poisson variance is
    too large; the sandwich is right ("modified Poisson" regression), with one row per patient.
    Fitted risks may exceed 1. For a handful of events the sandwich is too small.

    A group without events: its coefficient goes to minus infinity. In general, those coefficients
    are infinite for which a sum of covariates is 0 in all with an event and at most 0 in the
    others; this is decided as in `fit_logistic`.
    Source: [mccullagh1989], [haberman1974], [venzon1988], [white1982], [liang1986], [zou2004].
    Checked against R `glm` and profile limits solved in R (`tests/reference/poisson.json`), by hand
    (`tests/byhand/test_poisson.py`), by brute force (`tests/twins/test_poisson.py`) and on
    printed estimates (`tests/published/test_poisson.py`).

    Examples
    --------
    Risk ratio of three of four against one of four.

    >>> fit = fit_poisson([1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0], variance="HC0")
    >>> round(float(np.exp(fit.coefficient[1])), 6), round(float(fit.std_error[1]), 4)
    (3.0, 0.9129)
    """
    counts = _as_counts(count)
    times = None if exposure is None else as_values("exposure", exposure)
    if times is not None:
        same_length(count=counts, exposure=times)
        if times.min() <= 0:
            raise ArgumentError("`exposure` must be above 0.")
    options = as_options(level, variance, cluster, get_args(Variance))
    design = as_design(x, names, weight=weight, cluster=cluster, patients=counts.size)
    counts = counted_only(design, counts)
    times = None if times is None else counted_only(design, times)
    start = np.zeros(len(design.names))
    start[0] = _log_rate_of_all(counts, times, design)
    offset = None if times is None else np.log(times)
    fixed = perfect_poisson(counts)
    model = Model(design.x, counts, design.weight, offset, fixed, poisson)
    found = maximum_likelihood(model, start)
    expected = np.exp(predictors_at(found))
    return PoissonFit(
        **inferred(found, design, options, saturated=_saturated(counts, design.weight)),
        expected=expected,
        deviance=max(-2 * found.top.value, 0.0),
        deviance_null=max(-2 * float(found.null.value[0]), 0.0),
        dispersion=_dispersion(counts, expected, design),
    )


def _as_counts(count: ArrayLike) -> Floats:
    yes_or_no = isinstance(count, np.ndarray) and count.dtype.kind == "b"
    counts = as_events("count", count) if yes_or_no else as_counts("count", count)
    return counts.astype(np.float64)


def _log_rate_of_all(counts: Floats, times: Floats | None, design: Design) -> float:
    """Return the log rate of all together, or refuse if there are too few events."""
    events = float(counts.sum())
    if events == 0:
        raise ArgumentError("The model cannot be fitted: nobody had an event.")
    refuse_more_than_events(design, events, "events")
    weight = np.ones(counts.size) if design.weight is None else design.weight
    at_risk = float(weight.sum() if times is None else weight @ times)
    return float(np.log(weight @ counts) - np.log(at_risk))


def _saturated(counts: Floats, weight: Floats | None) -> float:
    """Return the log-likelihood if each patient's count were the expected one."""
    some = counts > 0
    positive = counts[some]
    own = positive * np.log(positive) - positive - gammaln(positive + 1)
    return float(own.sum() if weight is None else own @ weight[some])


def _dispersion(counts: Floats, expected: Floats, design: Design) -> float:
    rest = np.zeros(counts.size)
    np.divide((counts - expected) ** 2, expected, out=rest, where=expected > 0)
    total = rest.sum() if design.weight is None else rest @ design.weight
    return float(total / (counts.size - len(design.names)))
