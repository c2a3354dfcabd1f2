"""Cox model worked by hand: likelihoods of three patients with a closed form."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox

# half of the 95 % point of chi-squared with one degree of freedom
HALF = 3.841458820694124 / 2


def test_three_patients_without_ties():
    # Events on day 1 (x = 1) and day 2 (x = 0), one patient left (x = 1). With h = exp(b):
    # L = h / (2h + 1) x 1 / (1 + h);  1/h = 2/(2h + 1) + 1/(1 + h)  <=>  2 h^2 = 1.
    fit = fit_cox([1, 2, 3], [1, 1, 0], [1, 0, 1])
    h = 1 / math.sqrt(2)
    assert fit.coefficient[0] == pytest.approx(math.log(h), rel=1e-10)  # iterated
    assert fit.log_likelihood == pytest.approx(math.log(h / (2 * h + 1) / (1 + h)), rel=1e-12)
    assert fit.log_likelihood_null == pytest.approx(math.log(1 / 6), rel=1e-12)
    # the share of x = 1 is 2h/(2h + 1), then h/(1 + h); its variance is the information
    information = 2 * h / (2 * h + 1) ** 2 + h / (1 + h) ** 2
    assert fit.std_error[0] == pytest.approx(information**-0.5, rel=1e-9)
    # at b = 0: score 1 - 2/3 + 0 - 1/2 = -1/6, information 2/9 + 1/4 = 17/36: 1/17
    assert fit.score_statistic == pytest.approx(1 / 17, rel=1e-12)
    assert fit.likelihood_ratio == pytest.approx(
        2 * (fit.log_likelihood - fit.log_likelihood_null), rel=1e-12
    )
    assert fit.wald == pytest.approx(math.log(h) ** 2 * information, rel=1e-9)
    assert fit.converged
    assert fit.df == 1


@pytest.mark.parametrize(
    ("ties", "hazard_ratio"),
    [
        # L = h / ((2h + 1) (2h + 1 - (h + 1)/2));  6 h^2 = 1
        ("efron", 1 / math.sqrt(6)),
        # L = h / (2h + 1)^2;  2h = 1
        ("breslow", 1 / 2),
    ],
)
def test_three_patients_with_two_events_on_one_day(ties, hazard_ratio):
    fit = fit_cox([1, 1, 2], [1, 1, 0], [1, 0, 1], ties=ties)
    assert fit.coefficient[0] == pytest.approx(math.log(hazard_ratio), rel=1e-10)  # iterated


def test_profile_limits_solve_the_equation_of_the_likelihood():
    # L(h) = h / ((2h + 1) (1 + h)) as above; the limits have L = L_max exp(-1.92):
    # with m = L_max exp(-1.92):  2m h^2 + (3m - 1) h + m = 0
    fit = fit_cox([1, 2, 3], [1, 1, 0], [1, 0, 1])
    m = math.exp(fit.log_likelihood - HALF)
    root = math.sqrt((3 * m - 1) ** 2 - 8 * m**2)
    assert fit.low[0] == pytest.approx(math.log((1 - 3 * m - root) / (4 * m)), rel=1e-9)
    assert fit.high[0] == pytest.approx(math.log((1 - 3 * m + root) / (4 * m)), rel=1e-9)
    assert fit.interval == "profile likelihood"


def test_w12_a_group_without_events_has_one_finite_limit():
    """A rival gave -21 with standard error 12,908; R warns and gives -29."""
    # Event (x = 0), then one patient with x = 1: L = 1 / (1 + h), which rises to 1 as h falls.
    # Limit: 1 / (1 + h) = exp(-1.92).
    fit = fit_cox([1, 2], [1, 0], [0, 1])
    assert fit.monotone == (True,)
    assert fit.coefficient.tolist() == [-math.inf]
    assert fit.std_error.tolist() == [math.inf]
    assert fit.covariance.tolist() == [[math.inf]]
    assert fit.low.tolist() == [-math.inf]
    assert fit.high[0] == pytest.approx(math.log(math.exp(HALF) - 1), rel=1e-9)
    assert (fit.wald_low[0], fit.wald_high[0]) == (-math.inf, math.inf)
    assert (fit.wald, fit.wald_p) == (None, None)
    assert fit.log_likelihood == pytest.approx(0, abs=1e-12)
    assert fit.likelihood_ratio == pytest.approx(2 * math.log(2), rel=1e-10)
    assert fit.converged


def test_the_other_way_round_the_lower_limit_is_finite():
    fit = fit_cox([1, 2], [1, 0], [1, 0])
    assert fit.coefficient.tolist() == [math.inf]
    assert fit.low[0] == pytest.approx(-math.log(math.exp(HALF) - 1), rel=1e-9)
    assert fit.high.tolist() == [math.inf]


def test_events_in_the_order_of_a_covariate_are_endless_too():
    fit = fit_cox([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [9.5, 7, 6.9, 2, -4])
    assert fit.monotone == (True,)
    assert fit.coefficient.tolist() == [math.inf]
    assert math.isfinite(fit.low[0])


def test_a_separating_sum_of_two_covariates_makes_both_infinite():
    # the events come in the order of x1 + x2; neither alone gives the order
    x = np.array([[1, 5], [4, 1], [1, 3], [3, 0], [0, 2], [1, 0]])
    fit = fit_cox(range(6), [1] * 6, x)
    assert fit.monotone == (True, True)
    assert fit.coefficient.tolist() == [math.inf, math.inf]
    assert fit.log_likelihood == pytest.approx(0, abs=1e-9)


def test_two_infinite_coefficients_and_the_finite_limit_of_one():
    # One event, x = (0, 1), at risk with (0, 0) and (1, 3). With u = exp(b2):
    # 1 / L = 1 + 1/u + exp(b1) u^2, smallest at u = (2 exp(b1))^(-1/3), where it is
    # 1 + 3/2 2^(1/3) exp(b1/3). It rises for ever as b1 falls; L = exp(-1.92) gives the limit.
    # A second event, of the patient who is left alone, adds a factor of 1.
    fit = fit_cox([1, 1, 2], [1, 0, 1], [[0, 1], [1, 3], [0, 0]])
    assert fit.coefficient.tolist() == [-math.inf, math.inf]
    limit = 3 * math.log((math.exp(HALF) - 1) / (1.5 * 2 ** (1 / 3)))
    assert fit.low[0] == -math.inf
    assert fit.high[0] == pytest.approx(limit, rel=1e-8)
    # for b2, b1 may fall as far as it likes: L = 1 / (1 + 1/u)
    assert fit.low[1] == pytest.approx(-math.log(math.exp(HALF) - 1), rel=1e-8)
    assert fit.high[1] == math.inf


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        ([1, 1, 1, 1], "column 0 is constant"),
        ([[1, 3], [0, 3], [1, 3], [0, 3]], "column 1 is constant"),
        ([[1, 2], [0, 0], [1, 2], [0, 0]], "column 1 follows from those before"),
        ([[1, 2, 3], [0, 1, 1], [1, 3, 4], [0, 5, 5]], "column 2 follows from those before"),
        ([[[1]]], "`x` must be one column"),
        ([1, 0, math.nan, 1], "`x` must be finite"),
        ([1, 0, 1], "same length"),
    ],
)
def test_covariates_that_say_nothing_are_refused(x, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_cox([1, 2, 3, 4], [1, 0, 1, 1], x)


def test_a_covariate_that_varies_only_before_the_first_event_is_refused():
    with pytest.raises(ArgumentError, match="column 0 does not"):
        fit_cox([1, 2, 3, 4], [0, 1, 1, 0], [1, 0, 0, 0])


@pytest.mark.parametrize(
    ("time", "event", "sentence"),
    [
        ([1, -2, 3], [1, 0, 1], "`time` must be at least 0."),  # W4
        ([1, 2, 3], [1, 2, 1], "`event` must be true or false"),  # codes 1 and 2
        ([5, 8, 9], [5, 8, 9], "`event` must be true or false"),  # the times once more
        ([1, 2, 3], [0, 0, 0], "no events"),
    ],
)
def test_w4_and_finding_1_what_cannot_be_fitted_is_refused(time, event, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_cox(time, event, [1, 0, 1])


def test_options_out_of_range_are_refused():
    with pytest.raises(ArgumentError, match="`ties` must be"):
        fit_cox([1, 2], [1, 1], [0, 1], ties="discrete")
    with pytest.raises(ArgumentError, match="`level` must be"):
        fit_cox([1, 2], [1, 1], [0, 1], level=95)
