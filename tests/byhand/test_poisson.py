"""Poisson regression worked by hand: two rates, two risks."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.regression.poisson import fit_poisson

# half of the 95 % point of chi-squared with one degree of freedom
HALF = 3.841458820694124 / 2

COUNT, TIME, GROUP = [4, 2, 1, 2], [10, 20, 4, 1], [0, 0, 1, 1]


def test_two_rates():
    # 6 events in 30 years, 3 in 5: rates 1/5 and 3/5. Variances of log rates 1/6 and 1/3.
    fit = fit_poisson(COUNT, GROUP, exposure=TIME, names=["auto"])
    np.testing.assert_allclose(fit.coefficient, [math.log(1 / 5), math.log(3)], rtol=1e-12)
    np.testing.assert_allclose(fit.covariance, [[1 / 6, -1 / 6], [-1 / 6, 1 / 2]], rtol=1e-10)
    expected = [2, 4, Fraction(12, 5), Fraction(3, 5)]
    np.testing.assert_allclose(fit.expected, np.array(expected, dtype=float), rtol=1e-12)
    # l = sum of y log m - m - log y!
    logs = [y * math.log(m) - m for y, m in zip(COUNT, expected, strict=True)]
    factorials = math.log(24) + math.log(2) + math.log(2)
    assert fit.log_likelihood == pytest.approx(sum(logs) - factorials, rel=1e-12)
    deviance = 2 * sum(y * math.log(y / m) for y, m in zip(COUNT, expected, strict=True))
    assert fit.deviance == pytest.approx(deviance, rel=1e-12)
    # Pearson: 4/2 + 4/4 + (7/5)^2/(12/5) + (7/5)^2/(3/5), on 4 - 2 degrees of freedom
    pearson = 3 + Fraction(49, 25) * (Fraction(5, 12) + Fraction(5, 3))
    assert fit.dispersion == pytest.approx(float(pearson / 2), rel=1e-12)
    # together 9 events in 35 years: expected 54/7 and 9/7
    ratio = 2 * (6 * math.log(6 * 7 / 54) + 3 * math.log(3 * 7 / 9))
    assert fit.likelihood_ratio == pytest.approx(ratio, rel=1e-12)
    assert fit.deviance_null - fit.deviance == pytest.approx(ratio, rel=1e-10)
    # score: (3 - 9/7)^2 / (9 x 30/35 x 5/35)
    score = Fraction(12, 7) ** 2 / (9 * Fraction(30 * 5, 35 * 35))
    assert fit.score_statistic == pytest.approx(float(score), rel=1e-12)
    assert fit.wald == pytest.approx(2 * math.log(3) ** 2, rel=1e-10)
    assert fit.p_value[1] == pytest.approx(fit.likelihood_ratio_p, rel=1e-9)


def test_profile_limits_solve_the_equation_of_the_likelihood():
    # Given 9 events, those of the second group are binomial with 5 w / (30 + 5 w).
    fit = fit_poisson(COUNT, GROUP, exposure=TIME)

    def profile(w):
        share = 5 * w / (30 + 5 * w)
        return 3 * math.log(share) + 6 * math.log(1 - share)

    for limit in (fit.low[1], fit.high[1]):
        assert profile(3) - profile(math.exp(limit)) == pytest.approx(HALF, rel=1e-9)


def test_w12_a_group_without_events_has_one_finite_limit():
    # 6 events in 30 years, none in 5: L(w) / L(0) = (30 / (30 + 5 w))^6 = exp(-1.92)
    fit = fit_poisson([4, 2, 0, 0], GROUP, exposure=TIME)
    assert fit.direction == (0, -1)
    assert fit.coefficient[1] == -math.inf
    assert fit.low[1] == -math.inf
    assert fit.high[1] == pytest.approx(math.log(6 * (math.exp(HALF / 6) - 1)), rel=1e-9)
    assert fit.expected.tolist()[2:] == [0, 0]
    assert fit.coefficient[0] == pytest.approx(math.log(1 / 5), rel=1e-12)
    assert fit.wald is None
    # together 6 events in 35 years
    assert fit.likelihood_ratio == pytest.approx(12 * math.log(35 / 30), rel=1e-12)


def test_risk_ratio_with_the_sandwich_is_the_usual_one():
    # 3 of 4 against 1 of 4: variance of the log risk ratio (1 - 3/4) / 3 + (1 - 1/4) / 1 = 5/6;
    # that of the Poisson model 1/3 + 1/1 is too large.
    event, group = [1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]
    fit = fit_poisson(event, group, variance="HC0")
    assert fit.coefficient[1] == pytest.approx(math.log(3), rel=1e-12)
    assert fit.std_error[1] ** 2 == pytest.approx(float(Fraction(5, 6)), rel=1e-10)
    reach = 1.959963984540054 * math.sqrt(5 / 6)
    assert (fit.low[1], fit.high[1]) == pytest.approx(
        (math.log(3) - reach, math.log(3) + reach), rel=1e-10
    )
    assert (fit.interval, fit.likelihood_ratio, fit.score_p) == ("wald", None, None)
    assert fit_poisson(event, group).std_error[1] ** 2 == pytest.approx(4 / 3, rel=1e-10)
    assert fit_poisson(event, group, variance="HC1").std_error[1] ** 2 == pytest.approx(
        float(Fraction(5, 6) * Fraction(8, 6)), rel=1e-10
    )
    assert fit_poisson(np.array(event) == 1, group).expected.tolist() == pytest.approx(
        [3 / 4] * 4 + [1 / 4] * 4
    )


def test_clusters_add_their_residuals_before_squaring():
    # Residuals of x = 1: 1/4, 1/4, 1/4, -3/4, of the others 3/4, -1/4, -1/4, -1/4; clusters of two
    # have 1/2, -1/2 twice. Variances of the log risks: (1/2) / 3^2 and (1/2) / 1^2.
    event, group = [1, 1, 1, 0, 1, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0]
    fit = fit_poisson(event, group, cluster=[0, 0, 1, 1, 2, 2, 3, 3], variance="HC0")
    assert fit.std_error[1] ** 2 == pytest.approx(
        float(Fraction(1, 18) + Fraction(1, 2)), rel=1e-10
    )


def test_weights_are_numbers_of_patients():
    fit = fit_poisson([3, 1, 0], [0, 1, 1], weight=[2, 3, 1])
    often = fit_poisson([3, 3, 1, 1, 1, 0], [0, 0, 1, 1, 1, 1])
    np.testing.assert_allclose(fit.coefficient, often.coefficient, rtol=1e-12)
    np.testing.assert_allclose(fit.high, often.high, rtol=1e-9)
    assert fit.log_likelihood == pytest.approx(often.log_likelihood, rel=1e-12)


@pytest.mark.parametrize(
    ("count", "options", "sentence"),
    [
        ([0, 0, 0, 0], {}, "nobody had an event"),
        ([1.5, 2, 0, 1], {}, "`count` must be whole numbers"),
        ([-1, 2, 0, 1], {}, "`count` must be whole numbers of at least 0"),
        (COUNT, {"exposure": [1, 0, 1, 1]}, "`exposure` must be above 0"),
        (COUNT, {"exposure": [1, 1, 1]}, "same length"),
        (COUNT, {"variance": "HC3"}, '`variance` must be one of "model", "HC0", "HC1"'),
        ([1, 1, 2, 2], {"variance": "HC0"}, "patients who tell of intercept, column 0 fit perf"),
        ([1, 0, 0], {}, "`x` must have one row for each patient"),
    ],
)
def test_wrong_input_is_refused(count, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_poisson(count, GROUP, **options)


def test_pf166_more_covariates_than_events_are_named():
    with pytest.raises(ArgumentError, match=r"than there are events \(1\): leave out 1 of a, b"):
        fit_poisson([1, 0, 0, 0], [[0, 1], [1, 2], [0, 0], [1, 5]], names=["a", "b"])
