"""Probability of each patient to be treated, given what was known before."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import expit

from autallo.errors import ArgumentError
from autallo.stats.confounding.patients import (
    GROUPS,
    Flags,
    Floats,
    Patients,
    as_patients,
    group_sizes,
    naming_covariates,
)
from autallo.stats.firth.ascent import climb, evaluate
from autallo.stats.firth.logistic import corrected_intercept, penalised_logistic
from autallo.stats.regression.canonical import Maximum, maximum_likelihood
from autallo.stats.regression.covariates import Covariates, listed, standardise
from autallo.stats.regression.design import CONSTANT, Design, as_design
from autallo.stats.regression.likelihood import Model, logistic
from autallo.stats.regression.separation import allowed, separation

__all__ = ["FEWEST_PER_COVARIATE", "PropensityScore", "propensity_score"]

#: Patients of the smaller group needed for each covariate of the score. With five to nine,
#: logistic regression seldom goes wrong; with fewer it often does [vittinghoff2007].
FEWEST_PER_COVARIATE = 5

#: Log odds nearer than this share of the largest are equal but for rounding.
EQUAL = 1e-10


@dataclass(frozen=True, slots=True)
class PropensityScore:
    """Probability of each patient to be treated, from a logistic regression on the covariates.

    Attributes
    ----------
    score : ndarray of float, shape (n,)
        Estimated probability to be treated, in the order of the patients [0 to 1].
    log_odds : ndarray of float, shape (n,)
        Its log odds, which keep very small and very large scores apart.
    coefficient : ndarray of float, shape (p + 1,)
        Intercept, then log odds ratios per unit of each covariate; always finite.
    names : tuple of str, length p + 1
        "intercept", then the covariates.
    concordance : float
        Share of all pairs of a treated and an untreated patient in which the treated one has the
        higher score, equal scores counted half [0 to 1]; 0.5 tells nothing, 1 all.
    penalised : bool
        Whether Firth's penalty was needed, because covariates tell patients of the two groups
        apart.
    separating : tuple of str
        The covariates that do so, no more of them than it takes; empty if `penalised` is false.
    reason : str or None
        Why the penalty was needed, in one sentence; None if `penalised` is false.
    converged : bool
        Whether the estimates were found to full precision.
    """

    score: Floats
    log_odds: Floats
    coefficient: Floats
    names: tuple[str, ...]
    concordance: float
    penalised: bool
    separating: tuple[str, ...]
    reason: str | None
    converged: bool


def propensity_score(
    treated: ArrayLike, covariates: ArrayLike, *, names: Sequence[str] | None = None
) -> PropensityScore:
    r"""Estimate the probability to be treated from covariates known before treatment.

    Parameters
    ----------
    treated : array_like of bool, shape (n,)
        True (1) for patients of the treated group, false (0) for those of the other.
    covariates : array_like of float, shape (n,) or (n, p)
        What was known before treatment, one column each, without a constant.
    names : sequence of str or None
        What results and messages call the columns; None for their places.

    Returns
    -------
    PropensityScore

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing, nobody or everybody is treated, a
        covariate is constant or a combination of those before it, or there is more than one
        covariate for every five patients of the smaller group (`FEWEST_PER_COVARIATE`).

    Notes
    -----
    :math:`\log\{e / (1 - e)\} = b_0 + b'x` by maximum likelihood: the scores add up to the number
    of the treated. Where some sum of the covariates parts patients of the two groups the
    likelihood has no maximum; then the coefficients are those of Firth's penalised likelihood,
    with the intercept moved until the scores again add up to the number of the treated. Such a
    score is a warning, not a cure: patients that are told apart have nobody to be compared with.

    The rule of five patients of the smaller group for each covariate: simulations found logistic
    regression with five to nine as good as with ten or more in most settings, and poor below.
    Whether the score may be used at all is asked by `assess_overlap`, and whether it balances the
    covariates by `covariate_balance`; a high concordance is no merit.
    Source: [rosenbaum1983], [vittinghoff2007]; penalty [firth1993], [heinze2002], [puhr2017].
    Checked against R `glm` (`tests/reference/propensity.json`), by hand
    (`tests/byhand/test_propensity.py`), by plain ascent (`tests/twins/test_propensity.py`) and by
    laws (`tests/laws/test_propensity.py`).

    Examples
    --------
    Of those with the mark 4 in 5 were treated, of those without it 1 in 5.

    >>> marked = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]
    >>> found = propensity_score([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], marked, names=["marked"])
    >>> found.score.round(6).tolist()
    [0.8, 0.8, 0.8, 0.8, 0.8, 0.2, 0.2, 0.2, 0.2, 0.2]
    >>> round(found.concordance, 6), found.penalised
    (0.8, False)
    """
    patients = as_patients(treated, covariates, names)
    _refuse_many_covariates(patients)
    known, arms = patients.covariates, patients.treated
    with naming_covariates():
        design = as_design(known.values, known.names, weight=None, cluster=None, patients=arms.size)
    found = _most_likely(arms, design)
    # The last step, too small to raise the likelihood, still brings the means nearer to balance.
    beta, converged = found.top.beta + found.top.step, found.top.settled
    separating: tuple[str, ...] = ()
    if found.separated:
        beta, converged = _most_likely_with_penalty(arms, design)
        separating = _separating(patients, found.overlapping)
    log_odds = beta @ design.x
    return PropensityScore(
        score=expit(log_odds),
        log_odds=log_odds,
        coefficient=design.original @ beta,
        names=design.names,
        concordance=_concordance(log_odds, arms),
        penalised=found.separated,
        separating=separating,
        reason=_reason(found, separating) if found.separated else None,
        converged=converged,
    )


def _refuse_many_covariates(patients: Patients) -> None:
    """Refuse more covariates than the smaller group carries, or one called like the constant."""
    covariates, sizes = patients.covariates, group_sizes(patients.treated)
    p, smaller = len(covariates.names), min(sizes)
    carried = smaller // FEWEST_PER_COVARIATE
    if CONSTANT in covariates.names:
        raise ArgumentError(f'`names` must not call a column "{CONSTANT}".')
    if p > carried:
        remedy = f"leave out {p - carried} of them" if carried else "no score can be estimated"
        raise ArgumentError(
            f"Too many covariates, {p} ({listed(covariates, range(p))}): the "
            f"{GROUPS[sizes.index(smaller)]} group of size {smaller} carries at most {carried}, "
            f"one for every {FEWEST_PER_COVARIATE} patients; {remedy}."
        )


def _most_likely(treated: Flags, design: Design) -> Maximum:
    untreated_size, treated_size = group_sizes(treated)
    start = np.zeros(len(design.names))
    start[0] = np.log(treated_size / untreated_size)
    side = np.where(treated, 1.0, -1.0)
    return maximum_likelihood(Model(design.x, side, None, None, None, logistic), start)


def _most_likely_with_penalty(treated: Flags, design: Design) -> tuple[Floats, bool]:
    """Return the penalised coefficients of the design's rows, and whether they were found."""
    y = treated.astype(np.float64)
    model = penalised_logistic(y, np.ascontiguousarray(design.x.T))
    start = evaluate(model, np.zeros(len(design.names)))
    top = climb(model, start, list(range(start.beta.size)))
    beta = top.point.beta.copy()
    beta[0] = corrected_intercept(y, Covariates(design.x[1:].T, design.names[1:]), beta)
    return beta, top.settled


def _separating(patients: Patients, overlapping: Flags) -> tuple[str, ...]:
    """Leave out every covariate without which the same patients are told apart."""
    side = np.where(patients.treated, 1.0, -1.0)
    with_constant = np.column_stack([np.ones(side.size), standardise(patients.covariates).values])
    rows = with_constant * side[:, None]
    needed = list(range(1, rows.shape[1]))
    for place in range(1, rows.shape[1]):
        rest = [other for other in needed if other != place]
        cone = allowed(rows[:, [0, *rest]], np.zeros((0, 1 + len(rest))))
        if np.array_equal(separation(cone).overlapping, overlapping):
            needed = rest
    return tuple(patients.covariates.names[place - 1] for place in needed)


def _reason(found: Maximum, separating: Sequence[str]) -> str:
    whom = "some patients of the two groups" if found.overlapping.any() else "the two groups"
    return (
        f"The likelihood has no maximum, since {', '.join(separating)} told {whom} apart; the "
        "score is that of Firth's penalised likelihood."
    )


def _concordance(log_odds: Floats, treated: Flags) -> float:
    """Return the share of pairs in which the treated patient is higher, ties counted half."""
    order = np.argsort(log_odds)
    ordered, arms = log_odds[order], treated[order]
    apart = np.diff(ordered) > EQUAL * (1 + float(np.abs(ordered).max()))
    slot = np.concatenate([[0], np.cumsum(apart)])
    high = np.bincount(slot, weights=arms)
    low = np.bincount(slot, weights=~arms)
    below = np.cumsum(low) - low / 2
    return float(high @ below) / float(high.sum() * low.sum())
