"""Cox model with exact ties, entry, strata, weights and clusters, worked by hand.

The three patients of test_cox.py come back: events on day 1 (x = 1) and day 2 (x = 0), one patient
left (x = 1). With h = exp(b) their likelihood is h / (2h + 1) x 1 / (1 + h), highest at h^2 = 1/2.
"""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox import exact_ties
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.rows import Rows

TIME, EVENT, X = [1, 2, 3], [1, 1, 0], [1, 0, 1]
H = math.sqrt(1 / 2)
# mean covariate of the risk set on day 1 and on day 2; the hazards of x = 0
MEANS = (2 * H / (2 * H + 1), H / (H + 1))
HAZARDS = (1 / (2 * H + 1), 1 / (H + 1))
INFORMATION = sum(mean * (1 - mean) for mean in MEANS)


def likelihood(h):
    return math.log(h / (2 * h + 1) / (1 + h))


def test_exact_ties_of_two_events_among_five():
    # Day 1: events with x = 1 and x = 0; at risk h, h, 1, 1, 1. All pairs: h^2 + 6 h + 3.
    # L = h / (h^2 + 6 h + 3) is highest at h^2 = 3; there the number of x = 1 among the two has
    # mean 1 and variance (4 h^2 + 6 h) / (h^2 + 6 h + 3) - 1 = 1 / (1 + h).
    fit = fit_cox([1, 1, 2, 2, 2], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0], ties="exact")
    h = math.sqrt(3)
    assert fit.coefficient[0] == pytest.approx(math.log(h), rel=1e-10)
    assert fit.log_likelihood == pytest.approx(math.log(h / (6 + 6 * h)), rel=1e-12)
    assert fit.log_likelihood_null == pytest.approx(math.log(1 / 10), rel=1e-12)
    assert fit.std_error[0] == pytest.approx(math.sqrt(1 + h), rel=1e-9)
    # at h = 1 the number of x = 1 is hypergeometric: mean 4/5, variance 2 x 2/5 x 3/5 x 3/4
    assert fit.score_statistic == pytest.approx((1 / 5) ** 2 / (9 / 25), rel=1e-10)
    assert fit.ties == "exact"


def test_exact_ties_with_more_events_than_survivors():
    # three of five on day 1, x = 1, 0, 0: the two survivors are x = 1 and x = 0, drawn inversely
    fit = fit_cox([1, 1, 1, 2, 2], [1, 1, 1, 0, 0], [1, 0, 0, 1, 0], ties="exact")
    # all triples: 1 + 6 h + 3 h^2; L = h / it is highest at h^2 = 1/3
    assert fit.coefficient[0] == pytest.approx(math.log(1 / 3) / 2, rel=1e-10)
    h = math.sqrt(1 / 3)
    assert fit.log_likelihood == pytest.approx(math.log(h / (2 + 6 * h)), rel=1e-12)


def test_exact_ties_where_everybody_at_risk_has_the_event_say_nothing():
    fit = fit_cox([1, 2, 3, 4, 4], [1, 1, 0, 1, 1], [1, 0, 1, 1, 0], ties="exact")
    # at risk h, 1, h, h, 1 on day 1; 1, h, h, 1 on day 2; both of the last on day 4
    beta = fit.coefficient[0]
    h = math.exp(beta)
    slope = 1 - 3 * h / (3 * h + 2) - 2 * h / (2 * h + 2)
    assert slope == pytest.approx(0, abs=1e-10)


def test_w12_with_exact_ties_only_survivors_must_lie_below():
    # events with x = 2 and x = 1, survivor x = 0: of the sums 3, 2, 1 of two theirs is the highest;
    # Efron's and Breslow's factors hold the one with x = 1 against the one with x = 2
    data = [1, 1, 2], [1, 1, 0], [2, 1, 0]
    fit = fit_cox(*data, ties="exact")
    assert fit.monotone == (True,)
    assert fit.coefficient.tolist() == [math.inf]
    assert fit.log_likelihood == pytest.approx(0, abs=1e-9)
    # 1 / L = 1 + 1/h + 1/h^2 = exp(1.92) at the lower limit
    root = (math.sqrt(4 * math.exp(3.841458820694124 / 2) - 3) - 1) / 2
    assert fit.low[0] == pytest.approx(-math.log(root), rel=1e-9)
    assert fit_cox(*data).monotone == (False,)
    assert fit_cox(*data, ties="breslow").monotone == (False,)


def test_the_first_step_of_a_rare_covariate_leads_much_too_far():
    # x = 1: one event on day 1, one left; x = 0: an event on day 2, 997 left, as one row of weight
    # 997. L = h / (2h + 998) x 1 / (h + 998), highest at 2 h^2 = 998^2; the first step goes to
    # h = e^332.
    rows = Rows(weight=[1, 1, 1, 997])
    fit = fit_cox([1, 3, 2, 3], [1, 0, 1, 0], [1, 1, 0, 0], rows=rows)
    assert fit.coefficient[0] == pytest.approx(math.log(998 / math.sqrt(2)), rel=1e-10)
    assert fit.monotone == (False,)
    assert fit.converged


def test_pf26_nearly_separated_is_not_separated():
    # One event at x = 1, at risk with x = 0 and x = 1 + e: 1 / L = 1 + exp(b e) + exp(-b), least
    # where e exp(b e) = exp(-b): b = -log(e) / (1 + e). The information nearly vanishes there.
    e = 1e-6
    fit = fit_cox([1, 2, 2], [1, 0, 0], [1, 1 + e, 0])
    b = -math.log(e) / (1 + e)
    assert fit.monotone == (False,)
    # the curvature is a millionth of the sums that it is the difference of
    assert fit.coefficient[0] == pytest.approx(b, rel=1e-6)
    assert fit.log_likelihood == pytest.approx(-math.log(2 + e * (1 + b)), rel=1e-9)
    assert fit.high[0] > b > fit.low[0]


def test_a_patient_is_at_risk_after_the_entry():
    # (0, 2] x = 1 event; (1, 3] x = 0 event; (2, 4] x = 1: the third is not at risk on day 2.
    # L = h / (h + 1) x 1 / (1 + h): h = 1, information 1/4 + 1/4
    fit = fit_cox([2, 3, 4], [1, 1, 0], [1, 0, 1], rows=Rows(entry=[0, 1, 2]))
    assert fit.coefficient[0] == pytest.approx(0, abs=1e-12)
    assert fit.log_likelihood == pytest.approx(-2 * math.log(2), rel=1e-12)
    assert fit.std_error[0] == pytest.approx(math.sqrt(2), rel=1e-12)


def test_strata_multiply_their_likelihoods():
    fit = fit_cox(TIME * 2, EVENT * 2, X * 2, rows=Rows(stratum=[0, 0, 0, 1, 1, 1]))
    assert fit.coefficient[0] == pytest.approx(math.log(H), rel=1e-10)
    assert fit.log_likelihood == pytest.approx(2 * likelihood(H), rel=1e-12)
    assert fit.std_error[0] == pytest.approx((2 * INFORMATION) ** -0.5, rel=1e-9)


def test_whole_weights_are_numbers_of_copies():
    fit = fit_cox(TIME, EVENT, X, rows=Rows(weight=[2, 2, 2]))
    assert fit.coefficient[0] == pytest.approx(math.log(H), rel=1e-10)
    assert fit.std_error[0] == pytest.approx((2 * INFORMATION) ** -0.5, rel=1e-9)
    # each of two events: 2 (log risk - log 2 (sum of risks))
    assert fit.log_likelihood == pytest.approx(2 * likelihood(H) - 4 * math.log(2), rel=1e-12)
    assert fit.likelihood_ratio == pytest.approx(4 * (likelihood(H) - likelihood(1)), rel=1e-10)
    assert (fit.variance, fit.interval) == ("information", "profile likelihood")
    fall = fit.log_likelihood + 4 * math.log(2) - 2 * likelihood(math.exp(fit.low[0]))
    assert 2 * fall == pytest.approx(3.841458820694124, rel=1e-9)


def test_tied_events_have_their_mean_weight_in_each_factor():
    # weights 1 and 3 with the event, 2 without: 6 at risk, less half of 4 for the second factor
    rows = Rows(weight=[1, 3, 2])
    fit = fit_cox([1, 1, 2], [1, 1, 0], [1, 0, 1], rows=rows)
    assert fit.log_likelihood_null == pytest.approx(-2 * math.log(6 * 4), rel=1e-12)
    fit = fit_cox([1, 1, 2], [1, 1, 0], [1, 0, 1], rows=rows, ties="breslow")
    assert fit.log_likelihood_null == pytest.approx(-2 * math.log(6 * 6), rel=1e-12)


def score_residuals():
    first = [(x - MEANS[0]) * HAZARDS[0] for x in X]
    second = [(x - MEANS[1]) * HAZARDS[1] for x in X]
    return [
        (1 - MEANS[0]) - H * first[0],
        (0 - MEANS[1]) - first[1] - second[1],
        -H * (first[2] + second[2]),
    ]


def test_robust_variance_of_three_patients():
    fit = fit_cox(TIME, EVENT, X, rows=Rows(cluster=[0, 1, 2]))
    variance = sum(own**2 for own in score_residuals()) / INFORMATION**2
    assert fit.std_error[0] == pytest.approx(math.sqrt(variance), rel=1e-9)
    assert fit.model_covariance[0, 0] == pytest.approx(1 / INFORMATION, rel=1e-9)
    assert fit.wald == pytest.approx(math.log(H) ** 2 / variance, rel=1e-9)
    assert (fit.variance, fit.interval) == ("robust", "Wald")
    assert fit.low.tolist() == fit.wald_low.tolist()
    together = fit_cox(TIME, EVENT, X, rows=Rows(cluster=[0, 1, 0]))
    first, second, third = score_residuals()
    variance = ((first + third) ** 2 + second**2) / INFORMATION**2
    assert together.covariance[0, 0] == pytest.approx(variance, rel=1e-9)


def test_fewer_clusters_than_covariates_have_no_wald_test():
    time, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 0]
    x = [[1, 3], [0, 1], [1, 2], [0, 5], [1, 4], [0, 0]]
    for cluster in ([0] * 6, [0, 1, 0, 1, 0, 1]):  # changes of all clusters add up to 0
        fit = fit_cox(time, event, x, rows=Rows(cluster=cluster))
        assert (fit.wald, fit.wald_p) == (None, None)
    assert fit_cox(time, event, x, rows=Rows(cluster=[0, 1, 2, 2, 1, 0])).wald > 0


def test_two_clusters_have_no_wald_test_of_two_covariates():
    time, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 1, 1]
    x = [[1, 5], [0, 2], [1, 1], [0, 4], [0, 3], [1, 2]]
    fit = fit_cox(time, event, x, rows=Rows(cluster=[0, 0, 1, 1, 0, 1]))
    assert (fit.wald, fit.wald_p) == (None, None)
    assert np.isfinite(fit.std_error).all()


def test_several_events_of_a_patient_and_weights_that_are_no_counts_make_it_robust():
    entry, time, event = [0, 2, 0, 0], [2, 5, 3, 6], [1, 1, 1, 0]
    x, patient = [1, 1, 0, 0], [0, 0, 1, 2]
    fit = fit_cox(time, event, x, rows=Rows(entry=entry, patient=patient))
    same = fit_cox(time, event, x, rows=Rows(entry=entry, cluster=patient))
    assert fit.variance == "robust"
    assert fit.std_error[0] == pytest.approx(same.std_error[0], rel=1e-12)
    once = fit_cox(time, [0, 1, 1, 0], x, rows=Rows(entry=entry, patient=patient))
    assert once.variance == "information"
    sampled = fit_cox(TIME, EVENT, X, rows=Rows(weight=[0.5, 0.5, 1.5]))
    assert sampled.variance == "robust"


def test_w31_pf26_an_infinite_coefficient_keeps_the_others_robust():
    """A rival gave -26 with standard error 165,954."""
    time, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]
    x = [[0, 1], [0, 3], [0, 2], [0, 5], [1, 4], [1, 0]]
    fit = fit_cox(time, event, x, rows=Rows(cluster=range(6)))
    assert fit.monotone == (True, False)
    assert fit.std_error[0] == math.inf
    alone = fit_cox(time[:4], event[:4], [3.0, 9.0, 6.0, 15.0], rows=Rows(cluster=range(4)))
    assert fit.coefficient[1] == pytest.approx(3 * alone.coefficient[0], rel=1e-6)
    assert fit.std_error[1] == pytest.approx(3 * alone.std_error[0], rel=1e-6)
    assert fit.low.tolist()[0] == -math.inf
    assert fit.wald is None


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (Rows(entry=[0, 2, 0]), "`entry` must be earlier than `time`"),
        (Rows(entry=[0, 2 - 1e-12, 0]), "`entry` must be earlier than `time`"),
        (Rows(entry=[0, -1, 0]), "`entry` must be at least 0"),
        (Rows(weight=[1, -1, 1]), "`weight` must be at least 0"),
        (Rows(weight=[0, 0, 1]), "no events"),
        (Rows(stratum=[0, 0, 2]), "`stratum` must use every code"),
        (Rows(stratum=[0, 0]), "`time` and `stratum` must have the same length"),
        (Rows(cluster=[1, 1, 2]), "`cluster` must use every code"),
        (Rows(stratum=[0, 1, 0]), "column 0 does not"),
    ],
)
def test_rows_that_cannot_be_are_refused(rows, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_cox(TIME, EVENT, X, rows=rows)


def test_pf33_the_same_patient_twice_at_one_time_is_refused():
    """A wrong patient number gave R a robust standard error of 0.001, and no message."""
    entry, time, event, x = [0, 1, 0, 0], [2, 3, 4, 5], [0, 1, 1, 0], [1, 1, 0, 1]
    with pytest.raises(ArgumentError, match="`patient` must not have rows that overlap"):
        fit_cox(time, event, x, rows=Rows(entry=entry, patient=[0, 0, 1, 2]))
    with pytest.raises(ArgumentError, match="`patient` must not have rows that overlap"):
        fit_cox(time, event, x, rows=Rows(patient=[0, 0, 1, 2]))
    fit_cox(time, event, x, rows=Rows(entry=[0, 2, 0, 0], patient=[0, 0, 1, 2]))
    # in two strata, as for two kinds of event, rows of a patient may overlap
    fit_cox(time, event, x, rows=Rows(patient=[0, 0, 1, 1], stratum=[0, 1, 1, 0]))


def test_covariates_are_refused_by_name():
    time, event = [1, 2, 3, 4], [1, 1, 0, 0]
    x = np.array([[1, 0, 2], [0, 1, 3], [1, 1, 1], [0, 0, 5]])
    names = ["group", "age", "ferritin"]
    with pytest.raises(ArgumentError, match="group, age, ferritin are 3"):
        fit_cox(time, event, x, names=names)
    with pytest.raises(ArgumentError, match="ferritin follows from those before"):
        fit_cox(time, [1] * 4, x[:, [0, 1, 0]] * [1, 1, 2], names=names)
    with pytest.raises(ArgumentError, match="age is constant"):
        fit_cox(time, [1] * 4, x * [1, 0, 1] + 0.1, names=names)
    with pytest.raises(ArgumentError, match="age does not"):
        fit_cox(time, [0, 1, 1, 1], [[0, 1], [1, 0], [0, 0], [1, 0]], names=["group", "age"])


def test_a_covariate_that_varies_only_in_who_has_no_weight_is_constant():
    rows = Rows(weight=[1, 1, 1, 0])
    with pytest.raises(ArgumentError, match="age is constant"):
        fit_cox([1, 2, 3, 4], [1, 1, 0, 1], [5, 5, 5, 9], names=["age"], rows=rows)


def test_covariates_that_differ_only_in_who_has_no_weight_follow_from_each_other():
    x, rows = [[1, 2], [0, 0], [1, 2], [0, 0], [1, 7]], Rows(weight=[1, 1, 1, 1, 0])
    with pytest.raises(ArgumentError, match="age follows from those before"):
        fit_cox([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], x, names=["group", "age"], rows=rows)


@pytest.mark.parametrize("wrong", [math.nan, math.inf, -math.inf])
def test_a_table_of_covariates_with_a_missing_value_is_refused_with_its_column(wrong):
    x = np.array([[1.0, 2.0], [0.0, wrong], [1.0, 5.0], [0.0, 1.0]])
    with pytest.raises(ArgumentError, match=r"`x\[:, 1\]` must be finite"):
        fit_cox([1, 2, 3, 4], [1, 1, 1, 1], x)


def test_the_table_of_covariates_is_left_as_it_was():
    x = np.array([[1.0, 2.0], [0.0, 9.0], [1.0, 5.0], [0.0, 1.0]])
    before = x.copy()
    fit_cox([1, 2, 3, 4], [1, 1, 1, 1], x)
    assert (x == before).all()


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (Rows(weight=[1, 1, 1]), "`weight` must be None"),
        (Rows(cluster=[0, 1, 2]), "for a robust variance"),
    ],
)
def test_exact_ties_come_without_weights_and_clusters(rows, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_cox(TIME, EVENT, X, rows=rows, ties="exact")


def test_too_many_exact_ties_are_refused_with_the_number(monkeypatch):
    monkeypatch.setattr(exact_ties, "MOST_NUMBERS", 35)
    time, event, x = [1, 1, 2, 2], [1, 1, 0, 0], [1, 0, 1, 0]
    # four rows x one day x draws of 0, 1, 2 x three sums
    with pytest.raises(ArgumentError, match="go through 36 numbers in every step"):
        fit_cox(time, event, x, ties="exact")


def test_wald_limits_are_given_when_asked_for():
    fit = fit_cox(TIME, EVENT, X, interval="Wald")
    assert fit.interval == "Wald"
    assert fit.low.tolist() == fit.wald_low.tolist()
    assert fit.high.tolist() == fit.wald_high.tolist()
    with pytest.raises(ArgumentError, match="`interval` must be"):
        fit_cox(TIME, EVENT, X, interval="score")


def test_the_fit_says_what_it_was_fitted_to():
    fit = fit_cox(TIME, EVENT, X, names=["group"], rows=Rows(weight=[1, 1, 2]))
    assert (fit.names, fit.rows, fit.events) == (("group",), 3, 2)
    assert fit_cox([1, 2, 3, 9], [1, 1, 0, 1], [*X, 5], rows=Rows(weight=[1, 1, 1, 0])).rows == 3
