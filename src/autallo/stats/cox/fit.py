"""Cox proportional-hazards model, with limits from the profile likelihood."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_level
from autallo.stats.cox.climb import ROUNDING, maximise
from autallo.stats.cox.exact_ties import evaluate_exact, exact_ties
from autallo.stats.cox.monotone import Endless, find_endless
from autallo.stats.cox.partial_likelihood import evaluate
from autallo.stats.cox.point import Likelihood, Point
from autallo.stats.cox.profile import profile_limits
from autallo.stats.cox.robust import robust_covariance
from autallo.stats.cox.rows import Checked, Rows, checked_rows
from autallo.stats.cox.slots import Ordered, Ties, in_order
from autallo.stats.regression.covariates import LEFT_OVER, Covariates, listed

__all__ = ["CoxFit", "Ties", "fit_cox"]

Floats = NDArray[np.float64]
Interval = Literal["profile likelihood", "Wald"]

#: A robust correlation matrix with a root below this share of the largest has no inverse.
SINGULAR = 1e-10


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Cox model: log hazard ratios per unit of each covariate, with profile and Wald limits.

    Attributes
    ----------
    coefficient : ndarray of float, shape (p,)
        Log hazard ratios; infinite where `monotone`.
    std_error : ndarray of float, shape (p,)
        Standard errors, by the formula named in `variance`; infinite where `monotone`.
    low, high : ndarray of float, shape (p,)
        Limits, made as `interval` says; where `monotone`, one of them (at times both) is infinite.
    wald_low, wald_high : ndarray of float, shape (p,)
        Coefficient plus or minus normal quantile times standard error.
    level : float
        Confidence level of both kinds of limits.
    interval : {"profile likelihood", "Wald"}
        How `low` and `high` were made; always "Wald" with a robust variance.
    covariance : ndarray of float, shape (p, p)
        Covariance of the coefficients; where `monotone`, infinite variance and covariance 0.
    log_likelihood, log_likelihood_null : float
        Log partial likelihood at the coefficients (its upper bound where `monotone`) and at 0.
    likelihood_ratio, likelihood_ratio_p : float
        Likelihood-ratio test that all coefficients are 0, and its p-value; like the score test,
        it takes rows as independent and weights as numbers of copies.
    score_statistic, score_p : float
        Score test of the same, and its p-value.
    wald, wald_p : float or None
        Wald test of the same, with `covariance`, and its p-value; None if any coefficient is
        infinite, or if there are fewer clusters than coefficients.
    df : int
        Degrees of freedom of the three tests, p.
    iterations : int
        Newton steps taken.
    converged : bool
        Whether a last step promised nothing more; true for a likelihood that only rises.
    monotone : tuple of bool, length p
        Covariates whose coefficient the likelihood drives to infinity.
    names : tuple of str, length p
        What the covariates are called.
    ties : {"efron", "breslow", "exact"}
        How events at one time were treated.
    variance : {"information", "robust"}
        Formula of `covariance`.
    model_covariance : ndarray of float, shape (p, p)
        Covariance from the information, whatever `variance` says.
    rows, events : int
        Number of rows of weight above 0, and of events among them.
    """

    coefficient: Floats
    std_error: Floats
    low: Floats
    high: Floats
    wald_low: Floats
    wald_high: Floats
    level: float
    interval: Interval
    covariance: Floats
    log_likelihood: float
    log_likelihood_null: float
    likelihood_ratio: float
    likelihood_ratio_p: float
    score_statistic: float
    score_p: float
    wald: float | None
    wald_p: float | None
    df: int
    iterations: int
    converged: bool
    monotone: tuple[bool, ...]
    names: tuple[str, ...]
    ties: Ties
    variance: Literal["information", "robust"]
    model_covariance: Floats
    rows: int
    events: int


def fit_cox(
    time: ArrayLike,
    event: ArrayLike,
    x: ArrayLike,
    *,
    rows: Rows | None = None,
    names: Sequence[str] | None = None,
    level: float = 0.95,
    interval: Interval = "profile likelihood",
    ties: Ties = "efron",
) -> CoxFit:
    r"""Estimate log hazard ratios by the Cox model.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the event or to the end of follow-up, in any one unit; at least 0.
    event : array_like of bool, shape (n,)
        True (1) if the event happened at `time`, false (0) if follow-up ended without it.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each; a coefficient is per unit of its column.
    rows : Rows or None
        Entry, weight, stratum, patient and cluster of each row; None if each row is a patient
        followed from the beginning, who counts once, in one stratum.
    names : sequence of str or None
        What messages call the columns; None for their places.
    level : float
        Confidence level of the limits, between 0 and 1.
    interval : {"profile likelihood", "Wald"}
        How the limits are made.
    ties : {"efron", "breslow", "exact"}
        How events at one time are treated; without ties all agree.

    Returns
    -------
    CoxFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, an entry is not before the time, rows of a patient overlap, nobody had the
        event, there are more covariates than events, a covariate is constant or a combination of
        those before it, in all rows or among those at risk at every event, an option is unknown,
        or `ties` "exact" comes with weights, clusters or too many ties.

    Notes
    -----
    Newton's method from 0 with halving of steps that go down, on covariates centred and scaled
    by their standard deviation. Sums of risks are scaled by the largest, and kept as logarithms
    where risks lie too far apart for that. At a tied time, events precede censoring. Limits:
    :math:`\{b : 2 (\ell_{max} - \ell_{profile}(b)) \le \chi^2_{1, level}\}`. They suit small
    groups better than the Wald limits, and agree with the likelihood-ratio test.

    Ties: with d tied events, Efron's j-th factor counts the share (d - j + 1) / d of each of them
    as still at risk, Breslow's all; the exact one is the chance that of all sets of d patients at
    risk it was theirs, by recursion, for times that are truly discrete. It goes through rows x
    tied times x largest tie x (1 + p + p (p + 1) / 2) numbers, 3e8 at most. With weights, each
    factor has the mean weight of the tied events.

    Robust variance: the sum over clusters of the outer products of the changes of the coefficients
    if a cluster were left out, to first order (Lin and Wei), without a factor for few clusters.
    It is taken with clusters, with several events of one patient, and with weights that are not
    all whole; the limits are then Wald's. A factor common to all weights changes no coefficient.

    Monotone likelihood: if along some direction every patient with an event has the highest
    risk of all at risk at that time (a group without events is the common case), the likelihood
    rises for ever. Those coefficients are infinite, and the limit on the other side is finite.
    The direction is taken from the vanishing information and then proved on the data.
    Source: [cox1972], [efron1977] eq. 3.1, [breslow1974], [gail1981], [lin1989], [bryson1981],
    [venzon1988].
    Checked against R survival 3.5-3, `coxph` (`tests/reference/cox.json`), by hand
    (`tests/byhand/test_cox.py`), and by twins that add up patient by patient
    (`tests/twins/test_cox.py`).

    Examples
    --------
    >>> fit = fit_cox([1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1])
    >>> round(float(fit.coefficient[0]), 4), fit.monotone
    (-0.9406, (False,))
    """
    level = as_level(level)
    _refuse_options(ties, interval)
    checked = checked_rows(time, event, x, rows=rows, names=names)
    data = in_order(checked, ties)
    likelihood = _likelihood(checked, data, ties)
    start = likelihood(np.zeros(len(data.x)))
    _refuse_uninformative(start, data.event_weight, checked.covariates)
    top = maximise(likelihood, start, np.arange(start.beta.size))
    endless = find_endless(data, top, exact=ties == "exact")
    covariance = endless.covariance
    cluster = checked.clusters_of_variance()
    if cluster is not None:
        covariance = robust_covariance(data, top.beta, endless, cluster)
    limits = None
    if interval == "profile likelihood" and cluster is None:
        fall = float(ndtri((1 + level) / 2)) ** 2 / (2 * checked.weight_unit)
        limits = profile_limits(likelihood, start, top, endless, fall=fall)
    return _as_fit(
        _Found(checked, data, start, top, endless, covariance, limits, cluster is not None),
        level=level,
        ties=ties,
    )


def _refuse_options(ties: str, interval: str) -> None:
    if ties not in get_args(Ties):
        raise ArgumentError('`ties` must be "efron", "breslow" or "exact".')
    if interval not in get_args(Interval):
        raise ArgumentError('`interval` must be "profile likelihood" or "Wald".')


def _likelihood(checked: Checked, data: Ordered, ties: Ties) -> Likelihood:
    if ties != "exact":
        return partial(evaluate, data)
    if checked.clusters_of_variance() is not None:
        raise ArgumentError('`ties` must be "efron" or "breslow" for a robust variance.')
    return partial(evaluate_exact, exact_ties(checked, data))


def _refuse_uninformative(start: Point, event_weight: float, covariates: Covariates) -> None:
    """Refuse covariates on which the events tell nothing beyond those before, by name."""
    information, own = start.information, np.diag(start.information)
    least = np.maximum(LEFT_OVER**2 * own, max(LEFT_OVER**2, ROUNDING * event_weight))
    told: list[int] = []
    for place in range(own.size):
        left = float(own[place])
        if told:
            across = information[told, place]
            left -= float(across @ np.linalg.solve(information[told][:, told], across))
        if left > least[place]:
            told.append(place)
    silent = [place for place in range(own.size) if place not in told]
    if silent:
        raise ArgumentError(
            f"`x` must vary among those at risk at an event: {listed(covariates, silent)} does not."
        )


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found, for centred and scaled covariates and weights of mean 1."""

    checked: Checked
    data: Ordered
    start: Point
    top: Point
    endless: Endless
    covariance: Floats
    limits: Floats | None
    robust: bool


def _tests(found: _Found) -> dict[str, Any]:
    """Return the statistics and p-values of the tests that all coefficients are 0."""
    unit, start, df = found.checked.weight_unit, found.start, found.start.beta.size
    ratio = max(2 * unit * (found.top.value - start.value), 0.0)
    score = unit * float(start.gradient @ np.linalg.solve(start.information, start.gradient))
    wald = _wald(found)
    return {
        "likelihood_ratio": ratio,
        "likelihood_ratio_p": float(chdtrc(df, ratio)),
        "score_statistic": score,
        "score_p": float(chdtrc(df, score)),
        "wald": wald,
        "wald_p": None if wald is None else float(chdtrc(df, wald)),
        "df": df,
    }


def _as_fit(found: _Found, *, level: float, ties: Ties) -> CoxFit:
    """Return to the units of the covariates and of the weights."""
    checked, top, scale = found.checked, found.top, found.checked.scale
    infinite = found.endless.sign != 0
    outer = np.outer(scale, scale)
    model = found.endless.covariance / (checked.weight_unit * outer)
    covariance = found.covariance / outer if found.robust else model
    coefficient = top.beta / scale
    std_error = np.sqrt(np.diag(covariance))
    reach = float(ndtri((1 + level) / 2)) * std_error
    wald_low = np.where(infinite, -np.inf, coefficient - reach)
    wald_high = np.where(infinite, np.inf, coefficient + reach)
    limits = found.limits
    log_likelihood, log_likelihood_null = (
        checked.in_units_of_weights(point.value, found.data.event_weight)
        for point in (top, found.start)
    )
    return CoxFit(
        coefficient=np.where(infinite, np.copysign(np.inf, found.endless.sign), coefficient),
        std_error=std_error,
        low=wald_low if limits is None else limits[:, 0] / scale,
        high=wald_high if limits is None else limits[:, 1] / scale,
        wald_low=wald_low,
        wald_high=wald_high,
        level=level,
        interval="Wald" if limits is None else "profile likelihood",
        covariance=covariance,
        log_likelihood=log_likelihood,
        log_likelihood_null=log_likelihood_null,
        **_tests(found),
        iterations=top.iterations,
        converged=top.settled or bool(infinite.any()),
        monotone=tuple(infinite.tolist()),
        names=checked.covariates.names,
        ties=ties,
        variance="robust" if found.robust else "information",
        model_covariance=model,
        rows=checked.n_counted,
        events=found.data.n_with_event,
    )


def _wald(found: _Found) -> float | None:
    """Return the Wald statistic of all coefficients, if they and it exist."""
    top, checked = found.top, found.checked
    if found.endless.sign.any():
        return None
    if not found.robust:
        return checked.weight_unit * float(top.beta @ top.information @ top.beta)
    spread = np.sqrt(np.diag(found.covariance))
    if spread.min() == 0:
        return None
    roots, axes = np.linalg.eigh(found.covariance / np.outer(spread, spread))
    if roots[0] <= SINGULAR * roots[-1]:
        return None
    return float((((top.beta / spread) @ axes) ** 2 / roots).sum())
