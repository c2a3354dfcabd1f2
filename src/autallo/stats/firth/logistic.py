"""Logistic regression with Firth's penalty: finite estimates where the data are separated."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, expit, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_level, same_length
from autallo.stats.firth.ascent import MANY_PATIENTS, Model, Top, climb, evaluate
from autallo.stats.firth.penalty import Derivatives, Floats, Points, penalised, penalised_height
from autallo.stats.firth.profile import Profile, profile, refuse_unsettled, standard_errors
from autallo.stats.regression.covariates import (
    Covariates,
    Standardised,
    as_covariates,
    standardise,
)

__all__ = ["INTERCEPT", "FirthLogisticFit", "fit_firth_logistic"]

#: What the intercept is called.
INTERCEPT = "intercept"

MOST_ITERATIONS = 100

#: Rows of coefficients are evaluated at once as long as their tables hold no more numbers.
MOST_NUMBERS = 200_000

CLOSE = 1e-14

#: Two ascents have found the same maximum if their heights differ by less.
CLOSE_HEIGHT = 1e-7


@dataclass(frozen=True, slots=True)
class FirthLogisticFit:
    """Logistic regression with Firth's penalty: log odds ratios per unit of each covariate.

    Attributes
    ----------
    coefficient : ndarray of float, shape (1 + p,)
        Penalised intercept and log odds ratios; always finite.
    std_error : ndarray of float, shape (1 + p,)
        Roots of the diagonal of `covariance`.
    low, high : ndarray of float, shape (1 + p,)
        Limits from the profile of the penalised likelihood.
    statistic, p_value : ndarray of float, shape (1 + p,)
        Penalised likelihood-ratio test that the coefficient is 0, with one degree of freedom.
    wald_low, wald_high : ndarray of float, shape (1 + p,)
        Coefficient plus or minus normal quantile times standard error.
    z, z_p : ndarray of float, shape (1 + p,)
        Coefficient over its standard error, and the two-sided p-value.
    level : float
        Confidence level of both kinds of limits.
    interval : {"profile penalised likelihood"}
        How `low` and `high` were made.
    covariance : ndarray of float, shape (1 + p, 1 + p)
        Inverse of the information without the penalty, at the penalised estimate.
    penalised_log_likelihood, penalised_log_likelihood_null : float
        Log-likelihood plus half the logarithm of the determinant of the information, at the
        coefficients, and at the best intercept with all log odds ratios 0. The unit of a
        covariate shifts both alike.
    log_likelihood : float
        Log-likelihood without the penalty at the coefficients.
    likelihood_ratio, likelihood_ratio_p : float
        Penalised likelihood-ratio test that all log odds ratios are 0, and its p-value.
    wald, wald_p : float
        Wald test of the same, and its p-value.
    df : int
        Degrees of freedom of these two tests, p.
    corrected_intercept : float
        Intercept with which, the log odds ratios kept, the probabilities add up to the number of
        patients with the event: for predictions, since the penalty draws them towards 1/2.
    iterations : int
        Newton steps taken to the estimate.
    converged : bool
        Whether the estimate, the limits and the tests were all found to full precision; a fit of
        which they were not is refused, so always true.
    names : tuple of str, length 1 + p
        "intercept", and what the covariates are called.
    """

    coefficient: Floats
    std_error: Floats
    low: Floats
    high: Floats
    statistic: Floats
    p_value: Floats
    wald_low: Floats
    wald_high: Floats
    z: Floats
    z_p: Floats
    level: float
    interval: Literal["profile penalised likelihood"]
    covariance: Floats
    penalised_log_likelihood: float
    penalised_log_likelihood_null: float
    log_likelihood: float
    likelihood_ratio: float
    likelihood_ratio_p: float
    wald: float
    wald_p: float
    df: int
    corrected_intercept: float
    iterations: int
    converged: bool
    names: tuple[str, ...]


def fit_firth_logistic(
    event: ArrayLike, x: ArrayLike, *, names: Sequence[str] | None = None, level: float = 0.95
) -> FirthLogisticFit:
    r"""Estimate log odds ratios by logistic regression with Firth's penalty.

    Parameters
    ----------
    event : array_like of bool, shape (n,)
        True (1) for patients with the event, false (0) for those without.
    x : array_like of float, shape (n,) or (n, p)
        Covariates, one column each, without the intercept; a coefficient is per unit of its
        column.
    names : sequence of str or None
        What messages and the result call the columns; None for their places.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    FirthLogisticFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, an event is anything but true or false, a covariate is
        constant, a combination of those before it, or called "intercept", there are not more
        patients than covariates, or `level` is not between 0 and 1. Also if nobody or everybody
        has the event: a penalised estimate exists, but it tells the sizes of the groups and
        nothing of the covariates. Also if the search for the estimate, a limit or a test does
        not end.

    Notes
    -----
    Maximises :math:`\ell(b) + \frac12 \log |X'WX|` with :math:`W` the variances of the outcomes,
    the intercept included. For a table of two by two this is one half added to every cell. Every
    coefficient is finite where the data are separated (`separation`).

    Newton's method from 0 with halving of steps that go down. Limits:
    :math:`\{b : 2 (\ell^*_{max} - \ell^*_{profile}(b)) \le \chi^2_{1, level}\}`, the other
    coefficients maximised; the tests hold coefficients at 0 and keep the whole penalty.
    All are sought at once by Newton's method for the limits and the other coefficients together,
    and one by one along the profile where that does not go straight.
    In small groups the other coefficients may have several maxima while one is held. At every
    limit and test they are therefore looked for again from many starts around, 2, 4 and 8
    standard errors away along each main axis; where a higher one is met, the way goes on outwards
    from there. A limit is thus the end of the stretch around the estimate in which the highest
    profile that was met stays within reach; what lies beyond a gap does not count. There is no
    proof that no higher maximum was missed, and beyond 2,000 patients they are
    not looked for.
    Standard errors come from the inverse of :math:`X'WX` at the estimate, without the penalty;
    they and the Wald limits are given beside, and suit small groups less well.
    Source: [firth1993], [heinze2002]; limits [venzon1988]; `corrected_intercept` [puhr2017].
    Checked against the penalised likelihood maximised in R 4.2.2
    (`tests/reference/firth.json`), by hand (`tests/byhand/test_firth_logistic.py`) and
    by brute force (`tests/twins/test_firth_logistic.py`).

    Examples
    --------
    >>> fit = fit_firth_logistic([0, 0, 0, 1, 1], [0, 0, 0, 1, 1])
    >>> [round(float(b), 4) for b in fit.coefficient]  # log of 1/7, log of 5 times 7
    [-1.9459, 3.5553]
    """
    events, covariates = as_events("event", event), as_covariates(x, names)
    same_length(event=events, x=covariates.values[:, 0])
    level = as_level(level)
    refuse_one_outcome(int(events.sum()), events.size)
    refuse_covariates(covariates)
    standard = standardise(covariates)
    y, shift = events.astype(np.float64), standard.centre / standard.scale
    design = np.column_stack([np.ones(y.size), standard.values])
    model = penalised_logistic(y, design)
    start = evaluate(model, np.zeros(design.shape[1]))
    slopes = profile(model, start, list(range(1, start.beta.size)), level=level)
    # The intercept, where all covariates are 0, is the first coordinate of a turned design.
    turn, length = _turned(np.append(1.0, -shift))
    turned = penalised_logistic(y, design @ turn)
    first = evaluate(turned, turn.T @ slopes.top.point.beta)
    intercept = profile(turned, first, [0], level=level)
    found = _together(intercept, slopes, length)
    refuse_unsettled(found)
    return _as_fit(found, climb(model, start, [0]), covariates, standard, y=y, level=level)


def _turned(first: Floats) -> tuple[Floats, float]:
    """Return an orthogonal matrix of which the first column has this direction, and its length."""
    turn, triangle = np.linalg.qr(np.column_stack([first, np.eye(first.size)]))
    length = float(triangle[0, 0])
    turn[:, 0] *= np.sign(length)
    return np.asarray(turn, dtype=np.float64), abs(length)


def refuse_one_outcome(events: int, patients: int) -> None:
    """Refuse a model of an outcome that nobody or everybody has."""
    if events in (0, patients):
        who = "nobody" if events == 0 else "everybody"
        raise ArgumentError(
            f"`event` must differ between patients: {who} has the event, which says nothing of "
            "the covariates."
        )


def refuse_covariates(covariates: Covariates) -> None:
    """Refuse a column called like the intercept, and as many covariates as patients."""
    if INTERCEPT in covariates.names:
        raise ArgumentError(f'`names` must not call a column "{INTERCEPT}".')
    n, p = covariates.values.shape
    if p + 1 > n:
        raise ArgumentError(
            f"`x` must have fewer covariates than there are patients: {p} covariates "
            f"({', '.join(covariates.names)}), {n} patient(s)."
        )


def penalised_logistic(y: Floats, design: Floats) -> Model:
    """Return the penalised likelihood of outcomes 1 and 0, given a design with its constant."""
    products = (design[:, :, None] * design[:, None, :]).reshape(len(y), -1)
    at_once = max(1, MOST_NUMBERS // products.size)
    return Model(
        partial(_evaluate, design, products, y > 0),
        exact=True,
        at_once=at_once,
        heights=partial(_heights, design, products, y > 0) if len(y) <= MANY_PATIENTS else None,
    )


def _heights(design: Floats, products: Floats, event: NDArray[np.bool_], beta: Floats) -> Floats:
    step = max(1, MOST_NUMBERS // len(design))
    if len(beta) > step:
        parts = [beta[first : first + step] for first in range(0, len(beta), step)]
        return np.concatenate([_heights(design, products, event, part) for part in parts])
    eta = beta @ design.T
    size = np.abs(eta)
    small = np.exp(-size)
    value = np.minimum(np.where(event, eta, -eta), 0.0).sum(axis=1) - np.log1p(small).sum(axis=1)
    information = (small / (1 + small) ** 2) @ products
    return penalised_height(value, information.reshape(len(beta), *(beta.shape[1],) * 2))


def _evaluate(design: Floats, products: Floats, event: NDArray[np.bool_], beta: Floats) -> Points:
    eta = beta @ design.T
    happens, stays = expit(eta), expit(-eta)
    weight = happens * stays
    second = weight * (1 - 6 * weight)
    rows, size = beta.shape

    def fourth(matrix: Floats) -> Floats:
        length = matrix.reshape(rows, -1) @ products.T
        return np.asarray(((second * length) @ products).reshape(rows, size, size))

    value = -np.logaddexp(0.0, np.where(event, -eta, eta)).sum(axis=1)
    score = np.where(event, stays, -happens) @ design
    bend = weight * (stays - happens)
    third = (bend[:, None, :] * design.T) @ products
    information = (weight @ products).reshape(rows, size, size)
    cube = third.reshape(rows, size, size, size)
    return penalised(beta, Derivatives(value, score, information, cube, fourth))


def _together(intercept: Profile, slopes: Profile, length: float) -> Profile:
    """Join the profile of the intercept and that of the other coefficients."""
    alone = np.arange(slopes.low.size) == 0
    same = abs(intercept.top.point.value - slopes.top.point.value) < CLOSE_HEIGHT
    return Profile(
        top=slopes.top,
        low=np.where(alone, intercept.low * length, slopes.low),
        high=np.where(alone, intercept.high * length, slopes.high),
        statistic=np.where(alone, intercept.statistic, slopes.statistic),
        settled=intercept.settled and slopes.settled and same,
    )


def corrected_intercept(y: Floats, covariates: Covariates, coefficient: Floats) -> float:
    """Solve for the intercept at which the probabilities add up to the events."""
    known, wanted = covariates.values @ coefficient[1:], float(y.sum())
    odds = float(np.log(wanted / (y.size - wanted)))
    low, high = odds - float(known.max()), odds - float(known.min())
    at = min(max(float(coefficient[0]), low), high)
    for _ in range(MOST_ITERATIONS):
        happens = expit(at + known)
        excess = float(happens.sum()) - wanted
        low, high = (low, at) if excess > 0 else (at, high)
        slope = float((happens * expit(-at - known)).sum())
        following = at - excess / slope if slope > 0 else low - 1
        if not low <= following <= high:
            following = (low + high) / 2
        if abs(following - at) <= CLOSE * max(1.0, abs(at)):
            return following
        at = following
    return at


def _as_fit(
    found: Profile,
    null: Top,
    covariates: Covariates,
    standard: Standardised,
    *,
    y: Floats,
    level: float,
) -> FirthLogisticFit:
    top, df = found.top.point, standard.scale.size
    scale = np.append(1.0, standard.scale)
    back = np.eye(scale.size)
    back[0, 1:] = -standard.centre / standard.scale
    covariance = back @ standard_errors(top)[0] @ back.T / np.outer(scale, scale)
    coefficient, error = (back @ top.beta) / scale, np.sqrt(np.diag(covariance))
    reach, z = float(ndtri((1 + level) / 2)) * error, coefficient / error
    unit = float(np.log(scale).sum())
    ratio = max(2 * (top.value - null.point.value), 0.0)
    wald = float(coefficient[1:] @ np.linalg.solve(covariance[1:, 1:], coefficient[1:]))
    return FirthLogisticFit(
        coefficient=coefficient,
        std_error=error,
        low=found.low / scale,
        high=found.high / scale,
        statistic=found.statistic,
        p_value=chdtrc(1, found.statistic),
        wald_low=coefficient - reach,
        wald_high=coefficient + reach,
        z=z,
        z_p=chdtrc(1, z * z),
        level=level,
        interval="profile penalised likelihood",
        covariance=covariance,
        penalised_log_likelihood=top.value + unit,
        penalised_log_likelihood_null=null.point.value + unit,
        log_likelihood=top.log_likelihood,
        likelihood_ratio=ratio,
        likelihood_ratio_p=float(chdtrc(df, ratio)),
        wald=wald,
        wald_p=float(chdtrc(df, wald)),
        df=df,
        corrected_intercept=corrected_intercept(y, covariates, coefficient),
        iterations=found.top.steps,
        converged=found.settled and null.settled,
        names=(INTERCEPT, *covariates.names),
    )
