"""Regression of one outcome on the terms of a model: coefficients, limits and tests of each term.

Maximum likelihood where it exists; Firth's penalised likelihood where the likelihood has no
maximum, or where events are few for the number of coefficients.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, fdtrc, ndtr

from autallo.stats.cox.fit import CoxFit, fit_cox
from autallo.stats.cox.nested import nested_models_test
from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.firth.cox import FirthCoxFit, fit_firth_cox
from autallo.stats.firth.logistic import FirthLogisticFit, fit_firth_logistic
from autallo.stats.regression.linear import LinearVariance, fit_linear
from autallo.stats.regression.logistic import LogisticFit, fit_logistic

__all__ = [
    "Regression",
    "regress_causes",
    "regress_hazard",
    "regress_incidence",
    "regress_risk",
    "regress_values",
]

Floats = NDArray[np.float64]
SEPARATED = "The likelihood has no maximum: a combination of the covariates tells who has the event"
SCARCE = "Fewer than ten events for each coefficient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A fitted model as numbers: one entry for each term.

    Attributes
    ----------
    measure, method : str
        What is estimated, and how (key of `model.methods`).
    coefficient, low, high, std_error : ndarray of float, shape (p,)
        On the scale of the model; infinite where there is no limit.
    p_value : tuple of float or None, length p
        Test that a term has no effect, all others in the model.
    covariance : ndarray of float, shape (p, p)
        Of the coefficients.
    ratio : bool
        Whether the exponential of a coefficient is what is printed.
    why : str or None
        Why the model is penalised.
    changing : tuple of float, length p, or empty
        p of the test that the hazard ratio of a term is constant over time.
    joint : callable or None
        Gives p of the test of several terms together by likelihood ratio; None for Wald's.
    df : int or None
        Degrees of freedom of the spread, for Wald's test of several terms of a linear model.
    """

    measure: str
    method: str
    coefficient: Floats
    low: Floats
    high: Floats
    std_error: Floats
    p_value: tuple[float | None, ...]
    covariance: Floats
    ratio: bool = True
    why: str | None = None
    changing: tuple[float, ...] = ()
    joint: Callable[[Sequence[int]], float] | None = field(default=None, compare=False)
    df: int | None = None

    def p_of(self, places: Sequence[int]) -> float | None:
        """Return p of the test that several terms together have no effect."""
        if self.joint is not None:
            return self.joint(places)
        block = np.ix_(places, places)
        if not np.isfinite(self.covariance[block]).all():
            return None
        chosen = self.coefficient[list(places)]
        wald = float(chosen @ np.linalg.solve(self.covariance[block], chosen))
        if self.df is None:
            return float(chdtrc(len(places), wald))
        return float(fdtrc(len(places), self.df, wald / len(places)))


def regress_risk(
    event: NDArray[np.bool_],
    x: Floats,
    *,
    names: Sequence[str],
    level: float,
    scarce: bool,
    plain: bool = False,
) -> Regression:
    """Return the logistic model, penalised where events are scarce or the covariates separate.

    `plain`: maximum likelihood whatever there is, with Wald's limits and tests.
    """
    if plain:
        return _wald_logistic(fit_logistic(event, x, names=names, level=level))
    fit = None if scarce else fit_logistic(event, x, names=names, level=level)
    if fit is None or any(fit.direction[1:]):
        penalised = fit_firth_logistic(event, x, names=names, level=level)
        return _penalised(
            penalised, "odds_ratio", "multivariable_firth_logistic", scarce=scarce, first=1
        )
    top = fit.log_likelihood

    def joint(places: Sequence[int]) -> float:
        rest = np.delete(x, list(places), axis=1)
        left = fit_logistic(event, rest).log_likelihood if rest.size else fit.log_likelihood_null
        return float(chdtrc(len(places), max(2 * (top - left), 0.0)))

    return Regression(
        measure="odds_ratio",
        method="multivariable_logistic",
        coefficient=fit.coefficient[1:],
        low=fit.low[1:],
        high=fit.high[1:],
        std_error=fit.std_error[1:],
        p_value=tuple(fit.p_value[1:].tolist()),
        covariance=fit.covariance[1:, 1:],
        joint=joint,
    )


def regress_values(
    values: Floats, x: Floats, *, names: Sequence[str], level: float, log: bool, plain: bool = False
) -> Regression:
    """Return the linear model, of the logarithms for values on a logarithmic axis.

    The variance is robust, or `plain`: that of equal spread.
    """
    observed = np.log(values) if log else values
    variance: LinearVariance = "model" if plain else "HC3"
    fit = fit_linear(observed, x, names=names, level=level, variance=variance)
    return Regression(
        measure="mean_ratio" if log else "mean_difference",
        method="multivariable_linear_plain" if plain else "multivariable_linear",
        coefficient=fit.coefficient[1:],
        low=fit.low[1:],
        high=fit.high[1:],
        std_error=fit.std_error[1:],
        p_value=tuple(fit.p_value[1:].tolist()),
        covariance=fit.covariance[1:, 1:],
        ratio=log,
        df=fit.df,
    )


def regress_hazard(
    days: Floats,
    event: NDArray[np.bool_],
    x: Floats,
    *,
    names: Sequence[str],
    level: float,
    scarce: bool,
    plain: bool = False,
    measure: str = "hazard_ratio",
) -> Regression:
    """Return the Cox model, penalised where events are scarce or the likelihood is monotone.

    `plain`: maximum likelihood whatever there is, with Breslow's ties, Wald's limits and tests.
    """
    if plain:
        breslow = fit_cox(
            days, event, x, names=names, level=level, ties="breslow", interval="Wald"
        )  # fmt: skip
        return _wald_cox(breslow, measure)
    fit = None if scarce else fit_cox(days, event, x, names=names, level=level)
    if fit is None or any(fit.monotone):
        penalised = fit_firth_cox(days, event, x, names=names, level=level)
        return _penalised(penalised, measure, "multivariable_firth_cox", scarce=scarce, first=0)
    larger = fit

    def joint(places: Sequence[int]) -> float:
        return _without(larger, days, event, x, places=places)

    trend = proportional_hazards_test(fit, days, event, x)
    return Regression(
        measure=measure,
        method="multivariable_cox",
        coefficient=fit.coefficient,
        low=fit.low,
        high=fit.high,
        std_error=fit.std_error,
        p_value=tuple(joint([k]) for k in range(x.shape[1])),
        covariance=fit.covariance,
        changing=tuple(trend.p_value.tolist()),
        joint=joint,
    )


def regress_causes(
    days: Floats,
    cause: NDArray[np.int64],
    x: Floats,
    *,
    names: Sequence[str],
    level: float,
    scarce: bool,
    plain: bool = False,
) -> Regression:
    """Return the cause-specific Cox model of the first cause."""
    return regress_hazard(
        days, cause == 1, x, names=names, level=level, scarce=scarce, plain=plain,
        measure="cause_specific_hazard_ratio",
    )  # fmt: skip


def regress_incidence(
    days: Floats, cause: NDArray[np.int64], x: Floats, *, names: Sequence[str], level: float
) -> Regression:
    """Return the Fine-Gray model of the incidence of the first cause."""
    both = (cause > 0).astype(np.int64) + (cause > 1)
    fit = fit_fine_gray(days, both, x, n_causes=2, names=names, level=level)
    return Regression(
        measure="subdistribution_hazard_ratio",
        method="multivariable_fine_gray",
        coefficient=fit.coefficient,
        low=fit.low,
        high=fit.high,
        std_error=fit.std_error,
        p_value=fit.p_value,
        covariance=np.where(np.isfinite(fit.covariance), fit.covariance, math.inf),
    )


def _wald_logistic(fit: LogisticFit) -> Regression:
    coefficient, std_error = fit.coefficient[1:], fit.std_error[1:]
    return Regression(
        measure="odds_ratio",
        method="multivariable_logistic_wald",
        coefficient=coefficient,
        low=fit.wald_low[1:],
        high=fit.wald_high[1:],
        std_error=std_error,
        p_value=_wald_p(coefficient, std_error),
        covariance=fit.covariance[1:, 1:],
    )


def _wald_cox(fit: CoxFit, measure: str) -> Regression:
    return Regression(
        measure=measure,
        method="multivariable_cox_breslow",
        coefficient=fit.coefficient,
        low=fit.low,
        high=fit.high,
        std_error=fit.std_error,
        p_value=_wald_p(fit.coefficient, fit.std_error),
        covariance=fit.covariance,
    )


def _wald_p(coefficient: Floats, std_error: Floats) -> tuple[float | None, ...]:
    """Return the two-sided p of each coefficient over its standard error; None if infinite."""
    return tuple(
        float(2 * ndtr(-abs(one / spread)))
        if math.isfinite(one) and math.isfinite(spread)
        else None
        for one, spread in zip(coefficient.tolist(), std_error.tolist(), strict=True)
    )


def _penalised(
    fit: FirthCoxFit | FirthLogisticFit, measure: str, method: str, *, scarce: bool, first: int
) -> Regression:
    reason = SCARCE if scarce else SEPARATED
    return Regression(
        measure=measure,
        method=method,
        coefficient=fit.coefficient[first:],
        low=fit.low[first:],
        high=fit.high[first:],
        std_error=fit.std_error[first:],
        p_value=tuple(fit.p_value[first:].tolist()),
        covariance=fit.covariance[first:, first:],
        why=f"{reason}, so the model is penalised.",
    )


def _without(
    fit: CoxFit, days: Floats, event: NDArray[np.bool_], x: Floats, *, places: Sequence[int]
) -> float:
    """Return p of the likelihood-ratio test of some terms."""
    kept = [k for k in range(x.shape[1]) if k not in places]
    if not kept:
        return fit.likelihood_ratio_p
    smaller = fit_cox(days, event, x[:, kept], names=[fit.names[k] for k in kept], interval="Wald")
    return nested_models_test(fit, smaller).p_value
