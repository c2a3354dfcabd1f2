"""Likelihood-ratio test of two Cox models, one of which has only some of the other's covariates."""

from dataclasses import dataclass

from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.cox.climb import ROUNDING
from autallo.stats.cox.fit import CoxFit

__all__ = ["NestedModelsTest", "nested_models_test"]


@dataclass(frozen=True, slots=True)
class NestedModelsTest:
    """Test that the covariates left out have no effect beside the others.

    Attributes
    ----------
    statistic : float
        Twice the difference of the log-likelihoods.
    df : int
        Number of covariates left out.
    p_value : float
        From chi-squared with `df` degrees of freedom.
    left_out : tuple of str
        What they are called.
    """

    statistic: float
    df: int
    p_value: float
    left_out: tuple[str, ...]


def nested_models_test(larger: CoxFit, smaller: CoxFit) -> NestedModelsTest:
    r"""Test whether the covariates that a smaller model leaves out have an effect.

    Parameters
    ----------
    larger : CoxFit
        Model with all covariates; infinite coefficients do no harm.
    smaller : CoxFit
        Model of the same rows with some of them, under the same names.

    Returns
    -------
    NestedModelsTest

    Raises
    ------
    ArgumentError
        If the smaller model has a name that the larger has not, or all of them, if rows, events
        or ties differ, if a variance is robust, or if the smaller model fits better: then the
        rows are others.

    Notes
    -----
    :math:`2 (\ell_{larger} - \ell_{smaller})`. The best test at small numbers: unlike the Wald
    test it stands even if a coefficient is infinite.
    Source: [cox1972], [therneau2000] section 3.4. Checked against R survival 3.5-3, `anova`
    (`tests/reference/cox_prediction.json`), by hand (`tests/byhand/test_cox_prediction.py`) and
    by laws (`tests/laws/test_cox_prediction.py`).

    Examples
    --------
    >>> from autallo.stats.cox.fit import fit_cox
    >>> time, event, x = [1, 2, 3, 4], [1, 1, 1, 1], [[0, 3], [1, 1], [0, 2], [1, 2]]
    >>> larger = fit_cox(time, event, x, names=["group", "age"])
    >>> smaller = fit_cox(time, event, [0, 1, 0, 1], names=["group"])
    >>> nested_models_test(larger, smaller).left_out
    ('age',)
    """
    left_out = tuple(name for name in larger.names if name not in smaller.names)
    if set(smaller.names) - set(larger.names) or not left_out:
        raise ArgumentError("`smaller` must have some of the covariates of `larger`, by name.")
    if (larger.rows, larger.events, larger.ties) != (smaller.rows, smaller.events, smaller.ties):
        raise ArgumentError("`smaller` must be of the same rows and ties as `larger`.")
    if "robust" in (larger.variance, smaller.variance):
        raise ArgumentError("`larger` and `smaller` must not need a robust variance.")
    statistic = 2 * (larger.log_likelihood - smaller.log_likelihood)
    if statistic < -ROUNDING * max(1.0, abs(larger.log_likelihood)) * 10:
        raise ArgumentError("`smaller` must be of the same rows as `larger`: it fits better.")
    statistic = max(statistic, 0.0)
    df = len(left_out)
    return NestedModelsTest(statistic, df, float(chdtrc(df, statistic)), left_out)
