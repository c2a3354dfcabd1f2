"""Cox model with Firth's penalty: finite estimates where the likelihood is monotone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc, ndtri

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_level, as_times, merge_times, same_length
from autallo.stats.firth.ascent import Model, evaluate
from autallo.stats.firth.partial_likelihood import Ties, partial_likelihood
from autallo.stats.firth.penalty import Floats, Point
from autallo.stats.firth.profile import Profile, profile, refuse_unsettled, standard_errors
from autallo.stats.regression.covariates import (
    LEFT_OVER,
    Covariates,
    as_covariates,
    listed,
    standardise,
)
from autallo.stats.risk_sets import time_slack

__all__ = ["FirthCoxFit", "fit_firth_cox"]


@dataclass(frozen=True, slots=True)
class FirthCoxFit:
    """Cox model with Firth's penalty: log hazard ratios per unit of each covariate.

    Attributes
    ----------
    coefficient : ndarray of float, shape (p,)
        Penalised log hazard ratios; always finite.
    std_error : ndarray of float, shape (p,)
        Roots of the diagonal of `covariance`.
    low, high : ndarray of float, shape (p,)
        Limits from the profile of the penalised likelihood.
    statistic, p_value : ndarray of float, shape (p,)
        Penalised likelihood-ratio test that the coefficient is 0, with one degree of freedom.
    wald_low, wald_high : ndarray of float, shape (p,)
        Coefficient plus or minus normal quantile times standard error.
    z, z_p : ndarray of float, shape (p,)
        Coefficient over its standard error, and the two-sided p-value.
    level : float
        Confidence level of both kinds of limits.
    interval : {"profile penalised likelihood"}
        How `low` and `high` were made.
    covariance : ndarray of float, shape (p, p)
        Inverse of the information without the penalty, at the penalised estimate.
    penalised_log_likelihood, penalised_log_likelihood_null : float
        Log partial likelihood plus half the logarithm of the determinant of the information, at
        the coefficients and at 0. The unit of a covariate shifts both alike.
    log_likelihood : float
        Log partial likelihood without the penalty at the coefficients.
    likelihood_ratio, likelihood_ratio_p : float
        Penalised likelihood-ratio test that all coefficients are 0, and its p-value.
    wald, wald_p : float
        Wald test of the same, and its p-value.
    df : int
        Degrees of freedom of these two tests, p.
    iterations : int
        Newton steps taken to the estimate.
    converged : bool
        Whether the estimate, the limits and the tests were all found to full precision; a fit of
        which they were not is refused, so always true.
    names : tuple of str, length p
        What the covariates are called.
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
    iterations: int
    converged: bool
    names: tuple[str, ...]


def fit_firth_cox(
    time: ArrayLike,
    event: ArrayLike,
    x: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    entry: ArrayLike | None = None,
    ties: Ties = "efron",
    level: float = 0.95,
) -> FirthCoxFit:
    r"""Estimate log hazard ratios by the Cox model with Firth's penalty.

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
    entry : array_like of float, shape (n,), or None
        Time at which observation begins, at least 0 and before `time`; None for the start.
    ties : {"efron", "breslow"}
        How events at one time are treated; without ties the two agree.
    level : float
        Confidence level of the limits, between 0 and 1.

    Returns
    -------
    FirthCoxFit

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a time is negative or missing, an entry is not before its
        time, an event is anything but true or false, nobody had the event (the partial
        likelihood is then empty and says nothing, with the penalty or without), there are more
        covariates than patients, a covariate is constant or a combination of those before it, in
        all patients or among those at risk at every event, or `ties` or `level` is unknown.
        Also if the search for the estimate, a limit or a test does not end.

    Notes
    -----
    Maximises :math:`\ell(b) + \frac12 \log |I(b)|`, where :math:`\ell` is the log partial
    likelihood and :math:`I` its information, both by the same rule for ties. The penalty takes
    away most of the bias of small samples, and keeps every coefficient finite where the
    likelihood is monotone (`monotone_likelihood`), such as a group without events. One event is
    enough, but the limits are then wide.

    Newton's method from 0 with halving of steps that go down; covariates are centred and scaled.
    The penalised likelihood may have more than one maximum in odd data with extreme values: the
    one found from 0 counts, unless the way to a limit or a test meets a higher one. Limits:
    :math:`\{b : 2 (\ell^*_{max} - \ell^*_{profile}(b)) \le \chi^2_{1, level}\}`, the other
    coefficients maximised; the tests hold a coefficient at 0 and keep the whole penalty.
    All are sought at once by Newton's method for the limits and the other coefficients together,
    and one by one along the profile where that does not go straight.
    In small groups the other coefficients may have several maxima while one is held. At every
    limit and test they are therefore looked for again from many starts around, 2, 4 and 8
    standard errors away along each main axis; where a higher one is met, the way goes on outwards
    from there. A limit is thus the end of the stretch around the estimate in which the highest
    profile that was met stays within reach; what lies beyond a gap does not count. There is no
    proof that no higher maximum was missed, and beyond 2,000 patients they are
    not looked for.
    Standard errors come from the inverse of :math:`I` at the estimate, without the penalty; they
    and the Wald limits are given beside, and suit small groups less well. Up to 5,000 pairs of
    an event and a patient, central moments are taken risk set by risk set; beyond, from sums,
    unless these lose their accuracy, as where a covariate orders the events perfectly.
    Source: [firth1993], [heinze2001], [venzon1988]; ties [efron1977], [breslow1974].
    Checked against the penalised likelihood maximised in R 4.2.2
    (`tests/reference/firth.json`), by hand (`tests/byhand/test_firth_cox.py`) and by brute
    force (`tests/twins/test_firth_cox.py`).

    Examples
    --------
    >>> fit = fit_firth_cox([1, 2], [1, 0], [0, 1])
    >>> round(float(fit.coefficient[0]), 4)  # the logarithm of 1/3
    -1.0986
    """
    times, events = merge_times(as_times("time", time)), as_events("event", event)
    covariates = as_covariates(x, names)
    same_length(time=times, event=events, x=covariates.values[:, 0])
    entries = None if entry is None else _entries(entry, times)
    level = as_level(level)
    if ties not in get_args(Ties):
        raise ArgumentError('`ties` must be "efron" or "breslow".')
    if not events.any():
        raise ArgumentError("The model cannot be fitted: no events.")
    refuse_many_covariates(covariates, 0)
    standard = standardise(covariates)
    data = times, events, standard.values
    model = partial_likelihood(*data, entry=entries, ties=ties)
    start, found = _search(model, covariates, level)
    if not (found.settled or model.exact):
        model = partial_likelihood(*data, entry=entries, ties=ties, sums=False)
        start, found = _search(model, covariates, level)
    refuse_unsettled(found)
    return _as_fit(start, found, scale=standard.scale, level=level, names=covariates.names)


def _search(model: Model, covariates: Covariates, level: float) -> tuple[Point, Profile]:
    start = evaluate(model, np.zeros(len(covariates.names)))
    refuse_uninformative(start, covariates)
    return start, profile(model, start, list(range(start.beta.size)), level=level)


def refuse_many_covariates(covariates: Covariates, more: int) -> None:
    """Refuse more coefficients (`more` beside the covariates) than patients."""
    n, p = covariates.values.shape
    if p + more > n:
        raise ArgumentError(
            f"`x` must not have more covariates than there are patients: {p} covariates "
            f"({listed(covariates, range(p))}), {n} patient(s)."
        )


def refuse_uninformative(start: Point, covariates: Covariates) -> None:
    """Refuse covariates that do not vary in any risk set."""
    size = start.information.diagonal()
    silent = np.flatnonzero(size <= LEFT_OVER**2).tolist()
    if not silent and size.size > 1:
        smallest = np.linalg.eigvalsh(start.information)[0]
        silent = list(range(size.size)) if smallest <= LEFT_OVER**2 * size.max() else []
    if silent:
        raise ArgumentError(
            f"`x` must vary among those at risk at an event: {listed(covariates, silent)} does not."
        )


def _entries(entry: ArrayLike, times: NDArray[np.float64]) -> Floats:
    entries = as_times("entry", entry)
    same_length(time=times, entry=entries)
    if (entries + time_slack(times) >= times).any():
        raise ArgumentError("`entry` must be earlier than `time` for every patient.")
    return entries


def _as_fit(
    start: Point, found: Profile, *, scale: Floats, level: float, names: tuple[str, ...]
) -> FirthCoxFit:
    top, df = found.top.point, scale.size
    covariance, spread = standard_errors(top)
    coefficient, error = top.beta / scale, spread / scale
    reach, z = float(ndtri((1 + level) / 2)) * error, top.beta / spread
    unit = float(np.log(scale).sum())
    ratio = max(2 * (top.value - start.value), 0.0)
    wald = float(top.beta @ top.information @ top.beta)
    return FirthCoxFit(
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
        covariance=covariance / (scale[:, None] * scale),
        penalised_log_likelihood=top.value + unit,
        penalised_log_likelihood_null=start.value + unit,
        log_likelihood=top.log_likelihood,
        likelihood_ratio=ratio,
        likelihood_ratio_p=float(chdtrc(df, ratio)),
        wald=wald,
        wald_p=float(chdtrc(df, wald)),
        df=df,
        iterations=found.top.steps,
        converged=found.settled,
        names=names,
    )
