"""Firth's penalty in logistic regression worked by hand: tables of two by two."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.firth.logistic import fit_firth_logistic

POINT = 3.841458820694124
HALF = Fraction(1, 2)


def patients(a, n0, b, n1):
    """Return a events among n0 patients of x = 0, and b among n1 of x = 1."""
    event = [1] * a + [0] * (n0 - a) + [1] * b + [0] * (n1 - b)
    return event, [0] * n0 + [1] * n1


def log(fraction):
    return math.log(fraction.numerator) - math.log(fraction.denominator)


@pytest.mark.parametrize("table", [(0, 6, 3, 5), (2, 5, 3, 4), (0, 4, 5, 5), (1, 17, 4, 11)])
def test_a_table_of_two_by_two_has_one_half_added_to_each_cell(table):
    # The information is n0 w0 n1 w1: in each group the penalty is 1/2 log(p (1 - p)).
    a, n0, b, n1 = table
    fit = fit_firth_logistic(*patients(*table), names=["arm"])
    odds0 = (a + HALF) / (n0 - a + HALF)
    odds1 = (b + HALF) / (n1 - b + HALF)
    assert fit.coefficient == pytest.approx([log(odds0), log(odds1 / odds0)], rel=1e-11)
    # variances 1 / (n p (1 - p)) of each group at the penalised estimate
    p0, p1 = (a + HALF) / (n0 + 1), (b + HALF) / (n1 + 1)
    v0, v1 = 1 / (n0 * p0 * (1 - p0)), 1 / (n1 * p1 * (1 - p1))
    assert fit.covariance == pytest.approx(
        np.array([[v0, -v0], [-v0, v0 + v1]], dtype=float), rel=1e-10
    )
    assert fit.std_error == pytest.approx([math.sqrt(v0), math.sqrt(v0 + v1)], rel=1e-10)

    def top(y, n, p):  # log-likelihood of a group and its half of the penalty
        return (y + 0.5) * log(p) + (n - y + 0.5) * log(1 - p) + math.log(n) / 2

    assert fit.penalised_log_likelihood == pytest.approx(top(a, n0, p0) + top(b, n1, p1), rel=1e-11)
    # without the slope the penalty is log(p (1 - p)): one event and one patient without added
    p = Fraction(a + b + 1, n0 + n1 + 2)
    null = top(a, n0, p) + top(b, n1, p)
    assert fit.penalised_log_likelihood_null == pytest.approx(null, rel=1e-11)
    ratio = 2 * (top(a, n0, p0) + top(b, n1, p1) - null)
    assert (fit.statistic[1], fit.likelihood_ratio) == pytest.approx((ratio, ratio), rel=1e-8)
    assert fit.p_value[1] == pytest.approx(math.erfc(math.sqrt(ratio / 2)), rel=1e-8)
    # the test of the intercept: the first group at one half, the second free
    ratio0 = 2 * (top(a, n0, p0) - top(a, n0, HALF))
    assert fit.statistic[0] == pytest.approx(ratio0, rel=1e-8, abs=1e-12)
    assert fit.names == ("intercept", "arm")
    assert fit.df == 1
    assert fit.converged


def test_limits_of_the_intercept_solve_the_equation_of_the_first_group():
    # nobody of 6 with the event: 1/2 log p + 13/2 log(1 - p) falls by 1.92 from p = 1/14
    fit = fit_firth_logistic(*patients(0, 6, 3, 5))
    for limit in (fit.low[0], fit.high[0]):
        p = 1 / (1 + math.exp(-limit))
        fall = math.log(p) / 2 + 6.5 * math.log(1 - p)
        best = math.log(1 / 14) / 2 + 6.5 * math.log(13 / 14)
        assert 2 * (best - fall) == pytest.approx(POINT, rel=1e-9)
    assert fit.low[0] < fit.coefficient[0] < fit.high[0]


def test_corrected_intercept_gives_back_the_number_of_events():
    # 2 of 8: with odds ratio r kept, 4 u / (1 + u) + 4 r u / (1 + r u) = 2, so
    # r u^2 (8 - 2) + u (1 + r) (4 - 2) - 2 = 0
    fit = fit_firth_logistic(*patients(0, 4, 2, 4))
    r = float((Fraction(5, 2) / Fraction(5, 2)) / (HALF / Fraction(9, 2)))  # 9
    a, b, c = 6 * r, 2 * (1 + r), -2
    u = (-b + math.sqrt(b * b - 4 * a * c)) / (2 * a)
    assert fit.corrected_intercept == pytest.approx(math.log(u), rel=1e-10)


def test_wald_numbers_stand_beside():
    fit = fit_firth_logistic(*patients(1, 5, 4, 6))
    z = fit.coefficient / fit.std_error
    assert fit.z == pytest.approx(z, rel=1e-12)
    assert fit.z_p == pytest.approx([math.erfc(abs(own) / math.sqrt(2)) for own in z], rel=1e-10)
    assert fit.wald == pytest.approx(z[1] ** 2, rel=1e-10)
    assert fit.wald_p == pytest.approx(fit.z_p[1], rel=1e-10)
    reach = 1.959963984540054 * fit.std_error
    assert fit.wald_low == pytest.approx(fit.coefficient - reach, rel=1e-12)
    assert fit.wald_high == pytest.approx(fit.coefficient + reach, rel=1e-12)


@pytest.mark.parametrize(
    ("event", "x", "options", "sentence"),
    [
        ([0, 0, 0], [1, 0, 1], {}, "nobody has the event, which says nothing"),
        ([1, 1, 1], [1, 0, 1], {}, "everybody has the event"),
        ([1, 0, 2], [1, 0, 1], {}, "`event` must be true or false"),
        ([1, 0, 1], [2, 2, 2], {"names": ["dose"]}, "dose is constant"),
        ([1, 0, 1, 0], [[1, 2], [2, 4], [3, 6], [0, 0]], {"names": ["a", "b"]}, "b follows from"),
        ([1, 0, 1], np.eye(3), {}, "fewer covariates than there are patients: 3 covariates"),
        ([1, 0, 1], [1, 2, 3], {"names": ["intercept"]}, 'must not call a column "intercept"'),
        ([1, 0, 1], [1, 2, 3], {"level": 0}, "`level` must be"),
        ([1, 0], [1, 2, 3], {}, "same length"),
    ],
)
def test_law_51_what_cannot_be_fitted_is_refused_by_name(event, x, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_firth_logistic(event, x, **options)
