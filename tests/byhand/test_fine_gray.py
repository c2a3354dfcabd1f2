"""Fine-Gray model worked by hand: pseudo-likelihoods of four or five patients in closed form."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.fine_gray.prediction import predict_incidence

# two-sided 95 % point of the normal distribution
QUANTILE = 1.959963984540054


def hazard_ratio(fit):
    return math.exp(fit.coefficient[0])


def test_four_patients_none_censored():
    # Events of interest at 1 (x = 0), 3 (x = 1), 4 (x = 0), competing at 2 (x = 1), who stays.
    # L = 1/(2 + 2h) x h/(1 + 2h) x 1/(1 + h);  4 h^2 + h - 1 = 0
    fit = fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], [0, 1, 1, 0], n_causes=2)
    h = (math.sqrt(17) - 1) / 8
    assert hazard_ratio(fit) == pytest.approx(h, rel=1e-12)
    value = math.log(h / (2 + 2 * h) / (1 + 2 * h) / (1 + h))
    assert fit.log_likelihood == pytest.approx(value, rel=1e-12)
    assert fit.log_likelihood_null == pytest.approx(math.log(1 / 24), rel=1e-12)
    # mean of x in the three risk sets, and 1 over their sums of risk
    p, q = h / (1 + h), 2 * h / (1 + 2 * h)
    a, b, c = 1 / (2 + 2 * h), 1 / (1 + 2 * h), 1 / (1 + h)
    information = 2 * p * (1 - p) + q * (1 - q)
    assert fit.information[0, 0] == pytest.approx(information, rel=1e-12)
    influence = [
        -p + p * a,
        -h * ((1 - p) * a + (1 - q) * b + (1 - p) * c),
        (1 - q) - h * ((1 - p) * a + (1 - q) * b),
        -p + p * a + q * b + p * c,
    ]
    variance = sum(own**2 for own in influence) / information**2
    assert fit.covariance[0, 0] == pytest.approx(variance, rel=1e-12)
    assert fit.std_error[0] == pytest.approx(math.sqrt(variance), rel=1e-12)
    np.testing.assert_allclose(fit.residual[:, 0], [-p, 1 - q, -p], rtol=1e-12)
    assert fit.time.tolist() == [1, 3, 4]
    # prediction: hazards a, b, c for x = 0, h times as much for x = 1
    rises = np.cumsum([a, b, c])
    curve = predict_incidence(fit, [0, 1])
    np.testing.assert_allclose(curve.incidence[0], 1 - np.exp(-rises), rtol=1e-12)
    np.testing.assert_allclose(curve.incidence[1], 1 - np.exp(-h * rises), rtol=1e-12)


def test_a_competing_event_is_weighted_by_the_chance_not_to_be_censored():
    # Competing at 1 (x = 1), censored at 2 (x = 0), events at 3 (x = 1) and 4 (x = 0).
    # G(3-) = G(4-) = 2/3.  L = h/(5h/3 + 1) x 1/(2h/3 + 1);  h^2 = 9/10
    fit = fit_fine_gray([1, 2, 3, 4], [2, 0, 1, 1], [1, 0, 1, 0], n_causes=2)
    h = math.sqrt(0.9)
    assert hazard_ratio(fit) == pytest.approx(h, rel=1e-12)
    s, t = 5 * h / 3 + 1, 2 * h / 3 + 1
    # residuals, and the part of the censoring curve: q of the competing patient, 3 at risk at 2
    q = 2 * h / 3 * (1 / s**2 + 1 / t**2)
    mean_s, mean_t = 1 - 1 / s, 1 - 1 / t
    influence = [
        -q,
        q / 3 * (1 - 1 / 3),
        1 / s - h / s**2 - q / 9,
        -mean_t + mean_s / s + mean_t / t - q / 9,
    ]
    information = mean_s * (1 - mean_s) + mean_t * (1 - mean_t)
    variance = sum(own**2 for own in influence) / information**2
    assert fit.covariance[0, 0] == pytest.approx(variance, rel=1e-12)
    z = math.log(h) / math.sqrt(variance)
    assert fit.z[0] == pytest.approx(z, rel=1e-10)
    assert fit.p_value[0] == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), rel=1e-10)
    assert fit.wald == pytest.approx(z**2, rel=1e-10)
    assert fit.wald_p == pytest.approx(fit.p_value[0], rel=1e-10)
    assert fit.high[0] == pytest.approx(math.log(h) + QUANTILE * math.sqrt(variance), rel=1e-10)
    assert fit.low[0] == pytest.approx(math.log(h) - QUANTILE * math.sqrt(variance), rel=1e-10)
    ratio = 2 * (math.log(h / s / t) - math.log(3 / 8 * 3 / 5))
    assert fit.likelihood_ratio == pytest.approx(ratio, rel=1e-9)
    assert fit.likelihood_ratio_p == pytest.approx(math.erfc(math.sqrt(ratio / 2)), rel=1e-9)


def test_a_censoring_at_the_time_of_an_event_comes_after_it():
    # Competing at 1 (x = 1); at 2 one censored (x = 0) and one event (x = 1); event at 3 (x = 0).
    # G(2-) = 1, G(3-) = 2/3.  L = h/(2h + 2) x 1/(2h/3 + 1);  h^2 = 3/2
    fit = fit_fine_gray([1, 2, 2, 3], [2, 0, 1, 1], [1, 0, 1, 0], n_causes=2)
    h = math.sqrt(1.5)
    assert hazard_ratio(fit) == pytest.approx(h, rel=1e-12)
    # The part of the censoring curve takes the events from the time itself on (t >= u).
    p, s, t = h / (1 + h), 2 + 2 * h, 1 + 2 * h / 3
    q = h * (1 - p) / s + 2 * h / 3 / t**2
    influence = [
        -q,
        p / s + q / 3 * (1 - 1 / 3),
        1 - p - h * (1 - p) / s - q / 9,
        -(1 - 1 / t) + p / s + (1 - 1 / t) / t - q / 9,
    ]
    information = p * (1 - p) + (1 - 1 / t) / t
    assert fit.covariance[0, 0] == pytest.approx(
        sum(own**2 for own in influence) / information**2, rel=1e-12
    )


def test_at_time_0_censorings_come_first():
    # Competing (x = 1) and censored (x = 0) at 0, events at 1 (x = 1) and 2 (x = 0).
    # The weight is G(t-) / G(0) = 1.  L = h/(2h + 1) x 1/(h + 1);  2 h^2 = 1
    fit = fit_fine_gray([0, 0, 1, 2], [2, 0, 1, 1], [1, 0, 1, 0], n_causes=2)
    assert hazard_ratio(fit) == pytest.approx(math.sqrt(0.5), rel=1e-12)


def test_a_group_of_censoring_leaves_with_its_longest_follow_up():
    # Group 0: competing at 1 (x = 1), censored at 2 (x = 0). Group 1: events at 3, 4, 5 with
    # x = 0, 1, 0. Nobody of group 0 counts after 2.  L = 1/(h + 2) x h/(h + 1);  h^2 = 2
    time, cause, x = [1, 2, 3, 4, 5], [2, 0, 1, 1, 1], [1, 0, 0, 1, 0]
    fit = fit_fine_gray(time, cause, x, n_causes=2, censoring_group=[0, 0, 1, 1, 1])
    assert hazard_ratio(fit) == pytest.approx(math.sqrt(2), rel=1e-12)
    # In one group, the weight is 3/4 from then on:
    # L = 1/(7h/4 + 2) x h/(7h/4 + 1) x 1/(3h/4 + 1)
    together = fit_fine_gray(time, cause, x, n_causes=2)
    h = hazard_ratio(together)
    slope = 1 - 7 * h / (7 * h + 8) - 7 * h / (7 * h + 4) - 3 * h / (3 * h + 4)
    assert slope == pytest.approx(0, abs=1e-12)


def test_tied_events_each_see_the_whole_risk_set():
    # At 1 two events (x = 1, 0), then one competing (x = 1) and one censored (x = 1) at 2.
    # L = h/(3h + 1)^2;  3h = 1
    fit = fit_fine_gray([1, 1, 2, 2], [1, 1, 2, 0], [1, 0, 1, 1], n_causes=2)
    assert hazard_ratio(fit) == pytest.approx(1 / 3, rel=1e-12)
    assert fit.residual.shape == (1, 1)
    assert fit.residual[0, 0] == pytest.approx(0, abs=1e-12)


def test_w12_a_group_without_the_event_of_interest_has_an_infinite_coefficient():
    """R cmprsk ends somewhere on the way down, with a standard error of about 0.5."""
    # Event at 1 (x = 0), competing at 1 (x = 1), censored at 2 (x = 0): L = 1/(2 + h) rises to 1/2.
    fit = fit_fine_gray([1, 1, 2], [1, 2, 0], [0, 1, 0], n_causes=2, names=["arm"])
    assert fit.coefficient.tolist() == [-math.inf]
    assert fit.std_error.tolist() == [math.inf]
    assert (fit.low[0], fit.high[0]) == (-math.inf, math.inf)
    assert fit.monotone == (True,)
    assert fit.names == ("arm",)
    assert (fit.z, fit.p_value, fit.wald, fit.wald_p) == ((None,), (None,), None, None)
    assert fit.covariance.tolist() == [[math.inf]]
    assert fit.information.tolist() == [[0]]
    assert fit.converged
    assert fit.log_likelihood == pytest.approx(math.log(1 / 2), rel=1e-11)
    assert fit.likelihood_ratio == pytest.approx(2 * math.log(3 / 2), rel=1e-10)
    curve = predict_incidence(fit, [0, 1], at=[1])
    np.testing.assert_allclose(curve.incidence[:, 0], [1 - math.exp(-1 / 2), 0], atol=1e-11)


def test_the_other_way_round_it_is_plus_infinity():
    fit = fit_fine_gray([1, 1, 2], [1, 2, 0], [1, 0, 1], n_causes=2)
    assert fit.coefficient.tolist() == [math.inf]
    assert (fit.low[0], fit.high[0]) == (-math.inf, math.inf)


def test_a_competing_event_before_keeps_a_covariate_from_separating():
    # Events in the order of x, but for the one with the highest x, who had a competing event.
    fit = fit_fine_gray([1, 2, 3, 4], [2, 1, 1, 1], [4, 3, 2, 1], n_causes=2)
    assert fit.monotone == (False,)
    assert math.isfinite(fit.coefficient[0])
    # With a group of censoring of its own, that patient leaves the risk sets at once.
    gone = fit_fine_gray(
        [1, 2, 3, 4], [2, 1, 1, 1], [4, 3, 2, 1], n_causes=2, censoring_group=[0, 1, 1, 1]
    )
    assert gone.monotone == (True,)
    assert gone.coefficient.tolist() == [math.inf]


def test_residuals_that_are_all_0_tell_nothing_of_the_spread():
    # Two events at once: each has its mean, whatever the others do.
    fit = fit_fine_gray([1, 1], [1, 1], [0, 1], n_causes=1)
    assert fit.coefficient[0] == pytest.approx(0, abs=1e-12)
    assert fit.std_error.tolist() == [math.inf]
    assert (fit.low[0], fit.high[0]) == (-math.inf, math.inf)
    assert fit.monotone == (False,)
    assert (fit.z, fit.p_value, fit.wald) == ((None,), (None,), None)


def test_causes_of_no_interest_are_one():
    first = fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], [0, 1, 1, 0], n_causes=2)
    other = fit_fine_gray([1, 2, 3, 4], [3, 1, 3, 3], [0, 1, 1, 0], n_causes=3, cause_of_interest=3)
    assert other.coefficient.tolist() == first.coefficient.tolist()


def test_prediction_is_right_continuous_and_says_where_it_ends():
    fit = fit_fine_gray([1, 2, 3, 4, 6], [1, 2, 1, 1, 0], [0, 1, 1, 0, 1], n_causes=2)
    steps = predict_incidence(fit, [[1]]).incidence[0]
    curve = predict_incidence(fit, [[1]], at=[0, 0.99, 1, 3.5, 6, 7])
    assert curve.incidence[0].tolist() == [0, 0, steps[0], steps[1], steps[2], steps[2]]
    assert curve.beyond.tolist() == [False, False, False, False, False, True]
    assert curve.at.tolist() == [0, 0.99, 1, 3.5, 6, 7]


def test_prediction_far_from_the_patients_stays_a_probability():
    fit = fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], [0, 1, 1, 0], n_causes=2)
    curve = predict_incidence(fit, [-1e6, 1e6])
    assert curve.incidence.tolist() == [[1, 1, 1], [0, 0, 0]]


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        ([1, 1, 1, 1], "arm is constant"),
        ([0, 1, math.nan, 0], "`x` must be finite"),
        ([0, 1, 1], "same length"),
        ([[0, 0], [1, 2], [1, 2], [0, 0]], "`names` must give each column"),
    ],
)
def test_covariates_that_say_nothing_are_refused(x, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], x, n_causes=2, names=["arm"])


def test_a_combination_of_covariates_is_refused_by_name():
    x = [[0, 1], [1, 3], [1, 3], [0, 1]]
    with pytest.raises(ArgumentError, match="age follows from those before"):
        fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], x, n_causes=2, names=["arm", "age"])


def test_a_covariate_that_varies_only_before_the_first_event_is_refused():
    with pytest.raises(ArgumentError, match="among those at risk at an event: arm does not"):
        fit_fine_gray([1, 2, 3, 4], [0, 1, 1, 0], [1, 0, 0, 0], n_causes=2, names=["arm"])


def test_more_covariates_than_events_are_refused():
    x = [[0, 1], [1, 3], [1, 2], [0, 5]]
    with pytest.raises(ArgumentError, match=r"2 covariates, 1 event\(s\)"):
        fit_fine_gray([1, 2, 3, 4], [1, 2, 0, 0], x, n_causes=2)


@pytest.mark.parametrize(
    ("time", "cause", "options", "sentence"),
    [
        ([1, -2, 3], [1, 0, 1], {}, "`time` must be at least 0."),  # W4
        ([1, 2, 3], [1, 3, 1], {}, "`cause` must be whole numbers from 0 to 2"),
        ([1, 2, 3], [2, 0, 2], {}, "no events of cause 1"),
        ([1, 2, 3], [1, 0, 1], {"cause_of_interest": 3}, "`cause_of_interest`"),
        ([1, 2, 3], [1, 0, 1], {"censoring_group": [0, 2, 0]}, "`censoring_group`"),
        ([1, 2, 3], [1, 0, 1], {"censoring_group": [0, 1]}, "same length"),
        ([1, 2, 3], [1, 0, 1], {"level": 95}, "`level` must be"),
    ],
)
def test_w4_what_cannot_be_fitted_is_refused(time, cause, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_fine_gray(time, cause, [1, 0, 1], n_causes=2, **options)


def test_profiles_need_the_columns_of_the_fit():
    fit = fit_fine_gray([1, 2, 3, 4], [1, 2, 1, 1], [0, 1, 1, 0], n_causes=2, names=["arm"])
    with pytest.raises(ArgumentError, match=r"columns of the fit: arm; it has 2 column\(s\)"):
        predict_incidence(fit, [[0, 1]])
    with pytest.raises(ArgumentError, match="`at` must be at least 0"):
        predict_incidence(fit, [0], at=[-1])
