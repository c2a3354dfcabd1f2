"""Linear regression worked in fractions on four patients."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.regression.linear import fit_linear

VALUES, X = [1, 3, 2, 5], [0, 1, 2, 3]

# Means 11/4 and 3/2; sum of products 11/2, of squares of x 5: slope 11/10, constant 11/10.
SLOPE = CONSTANT = Fraction(11, 10)
REST = [Fraction(-1, 10), Fraction(8, 10), Fraction(-13, 10), Fraction(6, 10)]
FROM_MEAN = [Fraction(-3, 2), Fraction(-1, 2), Fraction(1, 2), Fraction(3, 2)]
LEVERAGE = [Fraction(7, 10), Fraction(3, 10), Fraction(3, 10), Fraction(7, 10)]
# residual sum of squares 27/10 on 2 degrees of freedom
VARIANCE = Fraction(27, 20)


def test_least_squares():
    fit = fit_linear(VALUES, X, names=["age"])
    assert fit.names == ("intercept", "age")
    np.testing.assert_allclose(fit.coefficient, [float(CONSTANT), float(SLOPE)], rtol=1e-12)
    # variance over the sum of squares 5; the constant: over 4, and the square of 3/2 over 5
    of_constant = VARIANCE * (Fraction(1, 4) + Fraction(9, 20))
    variances = [float(of_constant), float(VARIANCE / 5)]
    np.testing.assert_allclose(fit.std_error**2, variances, rtol=1e-12)
    assert fit.covariance[0, 1] == pytest.approx(float(-VARIANCE / 5 * Fraction(3, 2)), rel=1e-12)
    assert fit.std_deviation**2 == pytest.approx(float(VARIANCE), rel=1e-12)
    # about the mean: 35/4
    assert fit.r_squared == pytest.approx(float(1 - Fraction(27, 10) / Fraction(35, 4)), rel=1e-12)
    adjusted = 1 - VARIANCE / (Fraction(35, 4) / 3)
    assert fit.adjusted_r_squared == pytest.approx(float(adjusted), rel=1e-12)
    f = SLOPE**2 / (VARIANCE / 5)
    assert fit.f_statistic == pytest.approx(float(f), rel=1e-12)
    assert fit.statistic[1] ** 2 == pytest.approx(float(f), rel=1e-12)
    np.testing.assert_allclose(fit.fitted, [1.1, 2.2, 3.3, 4.4], rtol=1e-12)


def test_t_distribution_on_two_degrees_of_freedom():
    # its two-sided p is 1 - t / sqrt(2 + t^2); inverted at 0.95: t^2 = 2 x 0.95^2 / (1 - 0.95^2)
    fit = fit_linear(VALUES, X)
    assert fit.df == 2
    t = math.sqrt(SLOPE**2 / (VARIANCE / 5))
    assert fit.p_value[1] == pytest.approx(1 - t / math.sqrt(2 + t * t), rel=1e-10)
    assert fit.f_p == pytest.approx(fit.p_value[1], rel=1e-10)
    reach = math.sqrt(2 * 0.95**2 / (1 - 0.95**2)) * math.sqrt(VARIANCE / 5)
    assert (fit.low[1], fit.high[1]) == pytest.approx((1.1 - reach, 1.1 + reach), rel=1e-10)


@pytest.mark.parametrize(
    ("variance", "share"),
    [
        ("HC0", lambda h: Fraction(1)),
        ("HC1", lambda h: Fraction(4, 2)),
        ("HC2", lambda h: 1 / (1 - h)),
        ("HC3", lambda h: 1 / (1 - h) ** 2),
    ],
)
def test_sandwich(variance, share):
    fit = fit_linear(VALUES, X, variance=variance)
    squares = sum(
        d * d * e * e * share(h) for d, e, h in zip(FROM_MEAN, REST, LEVERAGE, strict=True)
    )
    assert fit.std_error[1] ** 2 == pytest.approx(float(squares / 25), rel=1e-12)
    assert (fit.variance, fit.df) == (variance, 2)


def test_clusters_add_their_scores_before_squaring():
    # Means 2 and 11/3; residuals -1, 0, 1, 4/3, -5/3, 1/3. The slope is the difference of means: a
    # residual counts -r/3 in the first group, r/3 in the second. Pairs: 1/3, -1/3 + 4/9, -4/9.
    values, x = [1, 2, 3, 5, 2, 4], [0, 0, 0, 1, 1, 1]
    fit = fit_linear(values, x, cluster=[0, 0, 1, 1, 2, 2], variance="HC0")
    assert fit.coefficient[1] == pytest.approx(5 / 3, rel=1e-12)
    assert fit.std_error[1] ** 2 == pytest.approx(26 / 81, rel=1e-12)
    assert fit.df == 2
    other = fit_linear(values, x, cluster=[0, 0, 1, 1, 2, 2])
    # 3/2 clusters, 5/4 patients
    assert other.std_error[1] ** 2 / fit.std_error[1] ** 2 == pytest.approx(15 / 8, rel=1e-12)


def test_weights():
    # weights 1, 2: as if the last two were there twice, but for the degrees of freedom
    fit = fit_linear(VALUES, X, weight=[1, 1, 2, 2])
    often = fit_linear([1, 3, 2, 2, 5, 5], [0, 1, 2, 2, 3, 3])
    np.testing.assert_allclose(fit.coefficient, often.coefficient, rtol=1e-12)
    np.testing.assert_allclose(fit.std_error**2 * 2, often.std_error**2 * 4, rtol=1e-12)
    assert fit.r_squared == pytest.approx(often.r_squared, rel=1e-12)
    without = fit_linear([*VALUES, 100], [*X, 7], weight=[1, 1, 1, 1, 0])
    np.testing.assert_allclose(without.std_error, fit_linear(VALUES, X).std_error, rtol=1e-12)
    assert (without.df, without.fitted.size) == (2, 4)


@pytest.mark.parametrize(
    ("values", "x", "options", "sentence"),
    [
        ([1, 2], [0, 1], {}, r"more patients \(2\) than coefficients \(2"),
        (VALUES, [[0, 1, 4], [1, 0, 2], [1, 1, 0], [2, 0, 7]], {}, "leave out 1 of"),
        ([2, 2, 2, 2], X, {}, "vary beyond what follows exactly from column 0"),
        ([1, 3, 5, 7], X, {"names": ["age"]}, "vary beyond what follows exactly from age"),
        (VALUES, [1, 1, 1, 1], {}, "column 0 is constant"),
        (VALUES, X[:3], {}, "`x` must have one row for each patient"),
        ([1, 3, 2, math.inf], X, {}, "`values` must be finite"),
        (VALUES, [0, 0, 0, 1], {"variance": "HC3"}, 'must not be "HC3": row 3 is the only one'),
        (VALUES, [1, 1, 1, 0], {"variance": "HC0"}, "patients who tell of intercept fit perfectly"),
        (VALUES, X, {"variance": "HC4"}, "`variance` must be one of"),
        (VALUES, X, {"cluster": [0, 1, 2, 2], "variance": "HC3"}, "with `cluster`"),
    ],
)
def test_pf166_what_cannot_be_fitted_is_refused(values, x, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_linear(values, x, **options)
