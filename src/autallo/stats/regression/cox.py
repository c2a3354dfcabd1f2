"""Cox proportional-hazards model, with limits from the profile likelihood."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import (
    as_events,
    as_level,
    as_times,
    merge_times,
    same_length,
)
from autallo.stats.regression.covariates import (
    LEFT_OVER,
    Covariates,
    as_covariates,
    listed,
    standardise,
)

__all__ = ["CoxFit", "Ties", "fit_cox"]

Ties = Literal["efron", "breslow"]

Floats = NDArray[np.float64]

#: Iteration ends when a step promises less than this gain of log-likelihood.
SMALLEST_GAIN = 1e-16
MOST_ITERATIONS = 100
MOST_HALVINGS = 60

#: Changes of the log-likelihood, and of information, below this share of their size are rounding.
ROUNDING = 1e-13

#: A climb that ends because the log-likelihood no longer changes has settled below this promise.
SETTLED_GAIN = 1e-9

#: Information below this share of the number of events is looked at as possibly vanishing.
FLAT = 1e-5

#: An event may fall short of the highest risk of its risk set by this share and still be on top.
ON_TOP = 1e-7

#: Profile limits further out than this, in standard deviations of the covariate, are infinite.
FARTHEST = 1e4

#: Profile limits are sought to this precision, in the same units.
CLOSE = 1e-10


@dataclass(frozen=True, slots=True)
class CoxFit:
    """Cox model: log hazard ratios per unit of each covariate, with profile and Wald limits.

    Attributes
    ----------
    coefficient : ndarray of float, shape (p,)
        Log hazard ratios; infinite where `monotone`.
    std_error : ndarray of float, shape (p,)
        Standard errors from the information; infinite where `monotone`.
    low, high : ndarray of float, shape (p,)
        Profile-likelihood limits; where `monotone`, one of them (at times both) is infinite.
    wald_low, wald_high : ndarray of float, shape (p,)
        Coefficient plus or minus normal quantile times standard error.
    level : float
        Confidence level of both kinds of limits.
    interval : {"profile likelihood"}
        How `low` and `high` were made.
    covariance : ndarray of float, shape (p, p)
        Covariance of the coefficients; where `monotone`, infinite variance and covariance 0.
    log_likelihood, log_likelihood_null : float
        Log partial likelihood at the coefficients (its upper bound where `monotone`) and at 0.
    likelihood_ratio, likelihood_ratio_p : float
        Likelihood-ratio test that all coefficients are 0, and its p-value.
    score_statistic, score_p : float
        Score test of the same, and its p-value.
    wald, wald_p : float or None
        Wald test of the same, and its p-value; None if any coefficient is infinite.
    df : int
        Degrees of freedom of the three tests, p.
    iterations : int
        Newton steps taken.
    converged : bool
        Whether a last step promised nothing more; true for a likelihood that only rises.
    monotone : tuple of bool, length p
        Covariates whose coefficient the likelihood drives to infinity.
    """

    coefficient: Floats
    std_error: Floats
    low: Floats
    high: Floats
    wald_low: Floats
    wald_high: Floats
    level: float
    interval: Literal["profile likelihood"]
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


def fit_cox(
    time: ArrayLike,
    event: ArrayLike,
    x: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ties: Ties = "efron",
    level: float = 0.95,
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
    names : sequence of str or None
        What messages call the columns; None for their places.
    ties : {"efron", "breslow"}
        How events at one time are treated; without ties the two agree.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    CoxFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an event is anything but
        true or false, nobody had the event, a covariate is constant or a combination of those
        before it, in all patients or among those at risk at every event, or `ties` or `level`
        is unknown.

    Notes
    -----
    Newton's method from 0 with halving of steps that go down, on covariates centred and scaled
    by their standard deviation, in logarithms of sums throughout. At a tied time, events
    precede censoring. Limits: :math:`\{b : 2 (\ell_{max} - \ell_{profile}(b)) \le
    \chi^2_{1, level}\}`. They suit small groups better than the Wald limits, and agree with the
    likelihood-ratio test.

    Monotone likelihood: if along some direction every patient with an event has the highest
    risk of all at risk at that time (a group without events is the common case), the likelihood
    rises for ever. Those coefficients are infinite, and the limit on the other side is finite.
    The direction is taken from the vanishing information and then proved on the data.
    Source: [cox1972], [efron1977] eq. 3.1, [breslow1974], [bryson1981], [venzon1988].
    Checked against R survival 3.5-3, `coxph` (`tests/reference/cox.json`), and by hand
    (`tests/byhand/test_cox.py`).

    Examples
    --------
    >>> fit = fit_cox([1, 2, 3, 4], [1, 1, 1, 1], [0, 1, 0, 1])
    >>> round(float(fit.coefficient[0]), 4), fit.monotone
    (-0.9406, (False,))
    """
    times, events = merge_times(as_times("time", time)), as_events("event", event)
    covariates = as_covariates(x, names)
    same_length(time=times, event=events, x=covariates.values[:, 0])
    level = as_level(level)
    if ties not in get_args(Ties):
        raise ArgumentError('`ties` must be "efron" or "breslow".')
    if not events.any():
        raise ArgumentError("The model cannot be fitted: no events.")
    standard = standardise(covariates)
    scale = standard.scale
    data = _in_order(times, events, standard.values, ties=ties)
    start = _evaluate(data, np.zeros(scale.size))
    _refuse_uninformative(start, covariates)
    top = _maximise(data, start, np.arange(scale.size))
    direction, covariance = _split(data, top)
    limits = [
        _profile_limits(
            data,
            top,
            place,
            start=start,
            spread=math.sqrt(covariance[place, place]),
            endless=float(direction[place]),
            level=level,
        )
        for place in range(scale.size)
    ]
    return _as_fit(
        start,
        top,
        direction=direction,
        covariance=covariance,
        limits=np.array(limits),
        scale=scale,
        level=level,
    )


@dataclass(frozen=True, slots=True)
class _Ordered:
    """The patients by time, and each event as one row with its share of the tie taken off."""

    x: Floats
    log_positive: Floats
    lowest: Floats
    event_place: NDArray[np.intp]
    tie_start: NDArray[np.intp]
    tie_of_row: NDArray[np.intp]
    risk_start: NDArray[np.intp]
    share: Floats
    last_tie: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class _Point:
    """Log partial likelihood, gradient and information at these coefficients."""

    beta: Floats
    value: float
    gradient: Floats
    information: Floats
    iterations: int = 0
    settled: bool = False


def _refuse_uninformative(start: _Point, covariates: Covariates) -> None:
    size = np.diag(start.information)
    silent = np.flatnonzero(size <= LEFT_OVER**2).tolist()
    if not silent and np.linalg.eigvalsh(start.information)[0] <= LEFT_OVER**2 * size.max():
        silent = list(range(size.size))
    if silent:
        raise ArgumentError(
            f"`x` must vary among those at risk at an event: {listed(covariates, silent)} does not."
        )


def _in_order(times: Floats, events: NDArray[np.bool_], x: Floats, *, ties: Ties) -> _Ordered:
    order = np.lexsort((~events, times))
    times, events, x = times[order], events[order], x[order]
    event_place = np.flatnonzero(events)
    at, tie_start, tie_of_row, deaths = np.unique(
        times[event_place], return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.arange(event_place.size) - tie_start[tie_of_row]
    lowest = x.min(axis=0) - 1
    return _Ordered(
        x=x,
        log_positive=np.log(x - lowest),
        lowest=lowest,
        event_place=event_place,
        tie_start=tie_start,
        tie_of_row=tie_of_row,
        risk_start=np.searchsorted(times, at),
        share=rank / deaths[tie_of_row] if ties == "efron" else np.zeros(rank.size),
        last_tie=np.searchsorted(at, times, side="right") - 1,
    )


def _evaluate(data: _Ordered, beta: Floats) -> _Point:
    """Sum over the events; all sums of risks are kept as logarithms, so that none overflows."""
    eta = data.x @ beta
    row, share = data.tie_of_row, data.share
    terms = np.column_stack([eta, eta[:, None] + data.log_positive])
    at_risk = np.logaddexp.accumulate(terms[::-1], axis=0)[::-1][data.risk_start]
    tied = np.logaddexp.reduceat(terms[data.event_place], data.tie_start, axis=0)
    rest = at_risk[row] + np.log1p(-share[:, None] * np.exp(tied - at_risk)[row])
    mean = np.exp(rest[:, 1:] - rest[:, :1]) + data.lowest
    rows = np.exp(at_risk[row, 0] - rest[:, 0])
    hazard = np.log(np.add.reduceat(rows, data.tie_start)) - at_risk[:, 0]
    hazard = np.append(np.logaddexp.accumulate(hazard), -np.inf)
    weight = np.exp(eta + hazard[data.last_tie])
    taken_off = np.add.reduceat(rows * share, data.tie_start)[row]
    weight[data.event_place] -= taken_off * np.exp(eta[data.event_place] - at_risk[row, 0])
    return _Point(
        beta=beta,
        value=float(eta[data.event_place].sum() - rest[:, 0].sum()),
        gradient=(data.x[data.event_place] - mean).sum(axis=0),
        information=data.x.T @ (data.x * weight[:, None]) - mean.T @ mean,
    )


def _maximise(data: _Ordered, start: _Point, free: NDArray[np.intp]) -> _Point:
    """Climb by Newton steps in the free coefficients until a step gains nothing."""
    here, gain, taken = start, 0.0, 0
    while free.size and taken < MOST_ITERATIONS:
        step, gain = _newton_step(here, free)
        if gain < SMALLEST_GAIN:
            break
        before = here.value
        here = _climb(data, here, step)
        taken += 1
        if here.value - before <= _rounding(before):
            break
    settled = gain < SETTLED_GAIN
    return _Point(here.beta, here.value, here.gradient, here.information, taken, settled)


def _newton_step(here: _Point, free: NDArray[np.intp]) -> tuple[Floats, float]:
    roots, axes = np.linalg.eigh(here.information[np.ix_(free, free)])
    along = axes.T @ here.gradient[free]
    # Where the likelihood is straight, a step as long as its slope replaces Newton's.
    move = np.divide(along, roots, out=along.copy(), where=roots > ROUNDING * max(roots[-1], 0.0))
    step = np.zeros(here.beta.size)
    step[free] = axes @ move
    return step, float(along @ move)


def _climb(data: _Ordered, here: _Point, step: Floats) -> _Point:
    """Take the step, halved until it does not go down; stay if no part of it will do."""
    for _ in range(MOST_HALVINGS):
        ahead = _evaluate(data, here.beta + step)
        if ahead.value >= here.value - _rounding(here.value):
            return ahead
        step = step / 2
    return here


def _rounding(value: float) -> float:
    return ROUNDING * max(1.0, abs(value))


def _split(data: _Ordered, top: _Point) -> tuple[Floats, Floats]:
    """Return the direction of endless rise (0 where there is none) and the covariance."""
    roots, axes = np.linalg.eigh(top.information)
    flat = roots < FLAT * data.event_place.size
    if flat.any():
        null = axes[:, flat]
        direction = null @ (null.T @ top.beta)
        if _rises_for_ever(data, direction):
            endless = np.sqrt((null**2).sum(axis=1)) > math.sqrt(ON_TOP)
            kept = axes[:, ~flat]
            covariance = np.asarray((kept / roots[~flat]) @ kept.T, dtype=np.float64)
            covariance[endless, :] = covariance[:, endless] = 0.0
            covariance[endless, endless] = np.inf
            return np.where(endless, np.where(direction < 0, -1.0, 1.0), 0.0), covariance
    inverse = (axes / np.maximum(roots, ROUNDING * roots[-1])) @ axes.T
    return np.zeros(top.beta.size), np.asarray(inverse, dtype=np.float64)


def _rises_for_ever(data: _Ordered, direction: Floats) -> bool:
    """Whether along this direction each event has the highest risk of its risk set."""
    risk = data.x @ direction
    highest = np.maximum.accumulate(risk[::-1])[::-1][data.risk_start][data.tie_of_row]
    short = highest - risk[data.event_place]
    return bool(short.max() <= ON_TOP * np.ptp(risk))


def _profile_limits(
    data: _Ordered,
    top: _Point,
    place: int,
    *,
    start: _Point,
    spread: float,
    endless: float,
    level: float,
) -> tuple[float, float]:
    width = float(ndtri((1 + level) / 2))
    floor, middle = top.value - width**2 / 2, float(top.beta[place])
    limits = []
    for side in (-1.0, 1.0):
        if endless == side:
            limits.append(side * math.inf)
            continue
        near = start if endless else top
        first = _held(data, near, place, 0.0 if endless else middle + side * width * spread)
        limits.append(_profile_root(data, first, place, inside=middle, floor=floor, side=side))
    return limits[0], limits[1]


def _profile_root(
    data: _Ordered, first: _Point, place: int, *, inside: float, floor: float, side: float
) -> float:
    """Find where the profile falls to the floor: go out until below it, then close in."""
    below, reach = first, 1.0
    while below.value > floor:
        inside = float(below.beta[place])
        if abs(inside) > FARTHEST:
            return side * math.inf
        below, reach = _held(data, below, place, inside + side * reach), 2 * reach
    outside = float(below.beta[place])
    for _ in range(MOST_ITERATIONS):
        slope = float(below.gradient[place])
        nearer = outside + (floor - below.value) / slope if side * slope < 0 else math.nan
        if not min(inside, outside) < nearer < max(inside, outside):
            nearer = (inside + outside) / 2
        if abs(nearer - outside) <= CLOSE * max(1.0, abs(nearer)):
            return nearer
        now = _held(data, below, place, nearer)
        if now.value > floor:
            inside = nearer
        else:
            outside, below = nearer, now
    return outside


def _held(data: _Ordered, near: _Point, place: int, value: float) -> _Point:
    """Maximise with one coefficient held: the others from near by and, if stuck, in proportion."""
    others = np.delete(np.arange(near.beta.size), place)
    beta = near.beta.copy()
    beta[place] = value
    found = _maximise(data, _evaluate(data, beta), others)
    if found.settled:
        return found
    before = near.beta[place]
    beta[others] = near.beta[others] * (value / before) if before else 0.0
    again = _maximise(data, _evaluate(data, beta), others)
    return again if again.value > found.value else found


def _as_fit(
    start: _Point,
    top: _Point,
    *,
    direction: Floats,
    covariance: Floats,
    limits: Floats,
    scale: Floats,
    level: float,
) -> CoxFit:
    endless, df = direction != 0, scale.size
    coefficients = np.where(endless, np.copysign(np.inf, direction), top.beta / scale)
    std_error = np.sqrt(np.diag(covariance)) / scale
    reach = float(ndtri((1 + level) / 2)) * std_error
    ratio = max(2 * (top.value - start.value), 0.0)
    score = float(start.gradient @ np.linalg.solve(start.information, start.gradient))
    wald = None if endless.any() else float(top.beta @ top.information @ top.beta)
    return CoxFit(
        coefficient=coefficients,
        std_error=std_error,
        low=limits[:, 0] / scale,
        high=limits[:, 1] / scale,
        wald_low=np.where(endless, -np.inf, top.beta / scale - reach),
        wald_high=np.where(endless, np.inf, top.beta / scale + reach),
        level=level,
        interval="profile likelihood",
        covariance=covariance / np.outer(scale, scale),
        log_likelihood=top.value,
        log_likelihood_null=start.value,
        likelihood_ratio=ratio,
        likelihood_ratio_p=float(chdtrc(df, ratio)),
        score_statistic=score,
        score_p=float(chdtrc(df, score)),
        wald=wald,
        wald_p=None if wald is None else float(chdtrc(df, wald)),
        df=df,
        iterations=top.iterations,
        converged=top.settled or bool(endless.any()),
        monotone=tuple(endless.tolist()),
    )
