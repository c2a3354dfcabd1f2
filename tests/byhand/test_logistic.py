"""Logistic regression worked by hand: fourfold tables, and likelihoods with a closed form."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.regression.logistic import fit_logistic

# half of the 95 % point of chi-squared with one degree of freedom
HALF = 3.841458820694124 / 2

EVENT = [1, 1, 1, 0, 1, 0, 0, 0]
GROUP = [1, 1, 1, 1, 0, 0, 0, 0]


def test_fourfold_table():
    # 3 of 4 against 1 of 4: odds ratio (3/1) / (1/3) = 9, odds of the others 1/3.
    # Variances of log odds: 1/3 + 1/1 in each group.
    fit = fit_logistic(EVENT, GROUP, names=["cell product"])
    variance = Fraction(1, 3) + 1
    assert fit.names == ("intercept", "cell product")
    np.testing.assert_allclose(fit.coefficient, [-math.log(3), math.log(9)], rtol=1e-12)
    np.testing.assert_allclose(
        fit.covariance,
        float(variance) * np.array([[1, -1], [-1, 2]]),
        rtol=1e-10,
    )
    np.testing.assert_allclose(fit.risk, [0.75] * 4 + [0.25] * 4, rtol=1e-12)
    # l = 6 log(3/4) + 2 log(1/4); with the constant alone 8 log(1/2)
    top, null = 6 * math.log(3 / 4) + 2 * math.log(1 / 4), 8 * math.log(1 / 2)
    assert fit.log_likelihood == pytest.approx(top, rel=1e-12)
    assert fit.log_likelihood_null == pytest.approx(null, rel=1e-12)
    assert fit.deviance == pytest.approx(-2 * top, rel=1e-12)
    assert fit.deviance_null == pytest.approx(-2 * null, rel=1e-12)
    assert fit.likelihood_ratio == pytest.approx(2 * (top - null), rel=1e-12)
    # score test: Pearson's chi-squared, 8 (3 x 3 - 1 x 1)^2 / 4^4 = 2
    assert fit.score_statistic == pytest.approx(2, rel=1e-12)
    # Wald: log(9)^2 over its variance 8/3
    assert fit.wald == pytest.approx(math.log(9) ** 2 * 3 / 8, rel=1e-10)
    assert (fit.df, fit.separation, fit.direction, fit.converged) == (1, None, (0, 0), True)
    # one degree of freedom: the p-value of the covariate is that of the whole
    assert fit.p_value[1] == pytest.approx(fit.likelihood_ratio_p, rel=1e-9)


def test_profile_limits_solve_the_equation_of_the_likelihood():
    # With the odds ratio e^v held, 4 p1 + 4 p0 = 4 events: p1 = 1 / (1 + e^(-v/2)) = 1 - p0, and
    # l(v) = 6 log p1 + 2 log(1 - p1).
    fit = fit_logistic(EVENT, GROUP)

    def profile(v):
        p = 1 / (1 + math.exp(-v / 2))
        return 6 * math.log(p) + 2 * math.log(1 - p)

    for limit in (fit.low[1], fit.high[1]):
        assert fit.log_likelihood - profile(limit) == pytest.approx(HALF, rel=1e-9)
    assert fit.low[1] < fit.coefficient[1] < fit.high[1]
    assert fit.interval == "profile likelihood"


def test_p_value_of_the_constant():
    # With the constant 0, p0 = 1/2 and the group of four has its own 3/4 still.
    fit = fit_logistic(EVENT, GROUP)
    fall = math.log(1 / 4) + 3 * math.log(3 / 4) - 4 * math.log(1 / 2)
    assert fit.p_value[0] == pytest.approx(math.erfc(math.sqrt(fall)), rel=1e-9)


def test_w12_a_group_without_events_has_one_finite_limit():
    """A rival gave a coefficient of -21 with a standard error of 12,908, and no word of it."""
    # One with and one without the event (x = 0), one without it (x = 1). With p the risk at x = 0
    # and the odds ratio w held, the score equation 2 p + p1 = 1 gives L = p (1 - p) (1 - p1) =
    # 2 p^2 (1 - p), at p = 1/2 (w = 0) its supremum 1/4, and w = (1 - 2p) (1 - p) / (2 p^2).
    fit = fit_logistic([1, 0, 0], [0, 0, 1], names=["auto"])
    target = math.exp(-HALF) / 4
    roots = np.roots([-2, 2, 0, -target])
    (p,) = [root.real for root in roots if 0 < root.real < 0.5]
    assert (fit.separation, fit.direction) == ("quasi-complete", (0, -1))
    assert fit.coefficient.tolist() == [pytest.approx(0, abs=1e-12), -math.inf]
    assert fit.std_error[1] == math.inf
    assert fit.low[1] == -math.inf
    assert fit.high[1] == pytest.approx(math.log((1 - 2 * p) * (1 - p) / (2 * p * p)), rel=1e-9)
    assert (fit.wald, fit.wald_p, fit.wald_low[1], fit.wald_high[1]) == (
        None,
        None,
        -math.inf,
        math.inf,
    )
    assert fit.risk.tolist() == pytest.approx([0.5, 0.5, 0])
    assert fit.log_likelihood == pytest.approx(math.log(1 / 4), rel=1e-12)
    # the constant is that of two patients, one with the event: variance 1/1 + 1/1
    assert fit.std_error[0] == pytest.approx(math.sqrt(2), rel=1e-10)
    # p-value of the group: three patients, one event, at 1/3 each
    null = math.log(1 / 3) + 2 * math.log(2 / 3)
    fall = math.log(1 / 4) - null
    assert fit.p_value[1] == pytest.approx(math.erfc(math.sqrt(fall)), rel=1e-9)


def test_pf25_complete_separation_is_named_with_its_finite_limit():
    """A rival ended with a huge coefficient and said nothing."""
    # x = 1, 2, 3, 4; events from 3 on. By symmetry the constant is -2.5 v for a slope of v, and
    # L = 1 / (1 + e^(-v/2))^2 / (1 + e^(-3v/2))^2, which rises to 1.
    fit = fit_logistic([0, 0, 1, 1], [1, 2, 3, 4])
    assert (fit.separation, fit.direction) == ("complete", (-1, 1))
    assert fit.coefficient.tolist() == [-math.inf, math.inf]
    v = float(fit.low[1])
    fall = 2 * math.log1p(math.exp(-v / 2)) + 2 * math.log1p(math.exp(-3 * v / 2))
    assert fall == pytest.approx(HALF, rel=1e-9)
    assert fit.high.tolist()[1] == math.inf
    assert fit.log_likelihood == 0
    assert fit.likelihood_ratio == pytest.approx(8 * math.log(2), rel=1e-12)
    assert fit.risk.tolist() == [0, 0, 1, 1]
    # slope 0: the constant alone
    assert fit.p_value[1] == pytest.approx(math.erfc(math.sqrt(4 * math.log(2))), rel=1e-9)


def test_a_coefficient_that_could_be_anything_is_told_as_such():
    # x tells all apart; whatever g's coefficient, a larger one of x makes up for it.
    x = [[1, 0], [2, 1], [3, 0], [5, 1], [6, 0], [7, 0]]
    fit = fit_logistic([0, 0, 0, 1, 1, 1], x, names=["x", "g"])
    assert fit.direction == (-1, 1, 2)
    assert (fit.low[2], fit.high[2]) == (-math.inf, math.inf)
    assert fit.p_value[2] == 1


def test_weights_are_numbers_of_patients():
    fit = fit_logistic([1, 0, 1, 0], [1, 1, 0, 0], weight=[3, 1, 1, 3])
    whole = fit_logistic(EVENT, GROUP)
    np.testing.assert_allclose(fit.coefficient, whole.coefficient, rtol=1e-12)
    np.testing.assert_allclose(fit.low, whole.low, rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(whole.log_likelihood, rel=1e-12)


def test_sandwich_of_a_fourfold_table():
    # In each group the squared residuals add up to n p (1 - p): HC0 is the variance of the model;
    # HC1 is 8/6 of it.
    plain = fit_logistic(EVENT, GROUP)
    for variance, factor in (("HC0", 1.0), ("HC1", Fraction(8, 6))):
        fit = fit_logistic(EVENT, GROUP, variance=variance)
        np.testing.assert_allclose(fit.covariance, plain.covariance * float(factor), rtol=1e-10)
        assert (fit.likelihood_ratio, fit.score_statistic) == (None, None)
        assert fit.interval == "wald"
        z = fit.coefficient[1] / fit.std_error[1]
        assert fit.p_value[1] == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), rel=1e-12)


def test_clusters_add_their_residuals_before_squaring():
    # Residuals of the four with x = 1: 1/4, 1/4, 1/4, -3/4; of the others 3/4, -1/4, -1/4, -1/4.
    # Clusters of two: 1/2 and -1/2 in both groups. Variance of each log odds:
    # (1/4 + 1/4) / (4 x 3/16)^2 = 8/9, of the odds ratio 16/9.
    # HC1: times 4/3 clusters times 7/6 patients.
    cluster = [0, 0, 1, 1, 2, 2, 3, 3]
    for variance, factor in (("HC0", Fraction(1)), ("HC1", Fraction(4, 3) * Fraction(7, 6))):
        fit = fit_logistic(EVENT, GROUP, cluster=cluster, variance=variance)
        assert fit.std_error[1] ** 2 == pytest.approx(float(Fraction(16, 9) * factor), rel=1e-10)
    assert fit_logistic(EVENT, GROUP, cluster=cluster).std_error[1] == fit.std_error[1]
    assert fit_logistic(EVENT, GROUP, cluster=cluster).variance == "HC1"


def test_a_robust_variance_has_no_limits_of_an_infinite_coefficient():
    fit = fit_logistic([1, 0, 1, 0, 0, 0], [0, 0, 0, 1, 1, 1], variance="HC0")
    assert fit.coefficient[1] == -math.inf
    assert (fit.low[1], fit.high[1], fit.p_value[1]) == (-math.inf, math.inf, 1)
    # the constant is that of three patients, two with the event: 1/2 + 1/1
    assert fit.std_error[0] == pytest.approx(math.sqrt(3 / 2), rel=1e-10)


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        ([1] * 8, "column 0 is constant"),
        (np.column_stack([GROUP, GROUP]), "column 1 follows from those before"),
        (np.column_stack([GROUP, 1 - np.array(GROUP)]), "column 1 follows from those before"),
        (np.arange(40).reshape(8, 5) ** 2 % 7, "more covariates than there are patients with"),
        (np.arange(56).reshape(8, 7) ** 3 % 11, r"more patients \(8\) than coefficients \(8"),
        ([*GROUP[:7], math.nan], "`x` must be finite"),
        (GROUP[:7], "`x` must have one row for each patient"),
    ],
)
def test_mr51_and_pf166_covariates_that_cannot_be_fitted_are_named(x, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_logistic(EVENT, x)


def test_too_many_covariates_are_named():
    x = np.array([[0, 1, 5], [1, 0, 2], [0, 0, 3], [1, 1, 4], [1, 0, 9], [0, 1, 1]])
    with pytest.raises(
        ArgumentError, match=r"patients with the event \(2\): leave out 1 of a, b, c"
    ):
        fit_logistic([1, 1, 0, 0, 0, 0], x, names=["a", "b", "c"])
    with pytest.raises(ArgumentError, match=r"without the event \(2\)"):
        fit_logistic([0, 0, 1, 1, 1, 1], x, names=["a", "b", "c"])


@pytest.mark.parametrize(
    ("event", "options", "sentence"),
    [
        ([0] * 8, {}, "nobody had the event"),
        ([1] * 8, {}, "everybody had the event"),
        ([2, 1] * 4, {}, "`event` must be true or false"),
        (EVENT, {"level": 95}, "`level` must be between 0 and 1"),
        (EVENT, {"variance": "robust"}, '`variance` must be one of "model", "HC0", "HC1"'),
        (EVENT, {"cluster": [0, 1] * 4, "variance": "model"}, "`variance` must be .* with `clust"),
        (EVENT, {"cluster": [0, 1] * 4}, "more than 2 clusters"),
        (EVENT, {"cluster": [0, 1, 2]}, "`cluster` must have one row"),
        (EVENT, {"weight": [-1] * 8}, "`weight` must be at least 0"),
        (EVENT, {"weight": [1] * 7}, "`weight` must have one row"),
        (EVENT, {"names": ["a", "b"]}, "`names` must give each column"),
    ],
)
def test_wrong_input_is_refused(event, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_logistic(event, GROUP, **options)
