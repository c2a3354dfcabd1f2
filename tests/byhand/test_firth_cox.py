"""Firth's penalty in the Cox model worked by hand: scores with a closed form."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.firth.cox import fit_firth_cox

# 95 % point of chi-squared with one degree of freedom
POINT = 3.841458820694124


def test_two_patients_with_everything():
    # The event has x = 0, the other patient x = 1. With q = h / (1 + h) the likelihood is 1 - q
    # and the information q (1 - q): maximise (1 - q)^3 q, so q = 1/4 and h = 1/3.
    fit = fit_firth_cox([1, 2], [1, 0], [0, 1], names=["arm"])
    assert fit.coefficient[0] == pytest.approx(math.log(1 / 3), rel=1e-12)
    assert fit.std_error[0] == pytest.approx(math.sqrt(16 / 3), rel=1e-12)
    assert fit.covariance[0, 0] == pytest.approx(16 / 3, rel=1e-12)
    assert fit.log_likelihood == pytest.approx(math.log(3 / 4), rel=1e-12)
    assert fit.penalised_log_likelihood == pytest.approx(math.log(27 / 256) / 2, rel=1e-12)
    assert fit.penalised_log_likelihood_null == pytest.approx(math.log(1 / 16) / 2, rel=1e-12)
    # twice the fall to h = 1: log of (27/256) / (1/16)
    assert fit.likelihood_ratio == pytest.approx(math.log(27 / 16), rel=1e-12)
    assert fit.statistic[0] == pytest.approx(math.log(27 / 16), rel=1e-12)
    p = math.erfc(math.sqrt(math.log(27 / 16) / 2))
    assert (fit.p_value[0], fit.likelihood_ratio_p) == pytest.approx((p, p), rel=1e-12)
    z = math.log(1 / 3) * math.sqrt(3 / 16)
    assert fit.z[0] == pytest.approx(z, rel=1e-12)
    assert fit.z_p[0] == pytest.approx(math.erfc(-z / math.sqrt(2)), rel=1e-12)
    assert (fit.wald, fit.wald_p) == pytest.approx((z**2, fit.z_p[0]), rel=1e-12)
    assert (fit.df, fit.names, fit.converged) == (1, ("arm",), True)


def test_limits_of_two_patients_are_roots_of_a_quartic():
    # twice the fall is the 95 % point: (1 - q)^3 q = 27/256 exp(-3.84)
    fit = fit_firth_cox([1, 2], [1, 0], [0, 1])
    roots = np.roots([-1, 3, -3, 1, -27 / 256 * math.exp(-POINT)])
    ends = sorted(root.real for root in roots if abs(root.imag) < 1e-9)
    low, high = [math.log(q / (1 - q)) for q in ends]
    assert fit.low[0] == pytest.approx(low, rel=1e-9)
    assert fit.high[0] == pytest.approx(high, rel=1e-9)
    assert fit.interval == "profile penalised likelihood"
    reach = 1.959963984540054 * math.sqrt(16 / 3)
    assert fit.wald_low[0] == pytest.approx(math.log(1 / 3) - reach, rel=1e-12)
    assert fit.wald_high[0] == pytest.approx(math.log(1 / 3) + reach, rel=1e-12)


@pytest.mark.parametrize(("without", "with_it"), [(1, 1), (3, 5), (6, 2)])
def test_w12_a_group_without_events_has_a_finite_estimate(without, with_it):
    """One event among b patients of x = 0 and a of x = 1: q = a h / (a h + b) = 1/4."""
    n = without + with_it
    fit = fit_firth_cox(range(1, n + 1), [1] + [0] * (n - 1), [0] * without + [1] * with_it)
    assert fit.coefficient[0] == pytest.approx(math.log(without / (3 * with_it)), abs=1e-12)
    assert fit.converged
    assert np.isfinite([fit.low[0], fit.high[0], fit.std_error[0], fit.p_value[0]]).all()


def test_breslow_with_two_events_on_one_day():
    # Both have x = 0, the third patient x = 1: q = h / (h + 2), likelihood (1 - q)^2 / 4,
    # information 2 q (1 - q): maximise (1 - q)^5 q, so q = 1/6 and h = 2/5.
    fit = fit_firth_cox([1, 1, 2], [1, 1, 0], [0, 0, 1], ties="breslow")
    assert fit.coefficient[0] == pytest.approx(math.log(2 / 5), rel=1e-12)


def test_efron_with_two_events_on_one_day():
    # The second event has half of the tied risk taken off: q = h / (h + 2), then h / (h + 1).
    # The score of -log(h + 2) - log(h + 1) + 1/2 log(2h / (h + 2)^2 + h / (h + 1)^2) by log h:
    # 15 h^4 + 57 h^3 + 72 h^2 + 22 h - 12 = 0.
    (h,) = [root.real for root in np.roots([15, 57, 72, 22, -12]) if root.real > 0]
    fit = fit_firth_cox([1, 1, 2], [1, 1, 0], [0, 0, 1], ties="efron")
    assert fit.coefficient[0] == pytest.approx(math.log(h), rel=1e-12)


def test_a_patient_who_enters_after_the_event_is_not_at_risk():
    late = fit_firth_cox([1, 3, 4], [1, 0, 0], [0, 1, 1], entry=[0, 0, 2])
    assert late.coefficient[0] == pytest.approx(math.log(1 / 3), rel=1e-12)
    # entry on the day of the event is too late as well: at risk after the entry
    on_the_day = fit_firth_cox([1, 3, 4], [1, 0, 0], [0, 1, 1], entry=[0, 0, 1])
    assert on_the_day.coefficient[0] == pytest.approx(math.log(1 / 3), rel=1e-12)
    before = fit_firth_cox([1, 3, 4], [1, 0, 0], [0, 1, 1], entry=[0, 0, 0.5])
    assert before.coefficient[0] == pytest.approx(math.log(1 / 6), rel=1e-12)


def test_two_covariates_that_share_nothing():
    # Two risk sets, one event each, of two patients: (1, 0) against (0, 0), then (0, 1) against
    # (0, 0). The information is diagonal, and each coefficient is that of two patients: log 3.
    # The first risk set would hold the later patients too, but for their entry.
    x = [[1, 0], [0, 0], [0, 1], [0, 0]]
    fit = fit_firth_cox([1, 1, 3, 3], [1, 0, 1, 0], x, entry=[0, 0, 2, 2])
    assert fit.coefficient == pytest.approx([math.log(3), math.log(3)], rel=1e-12)
    assert fit.statistic == pytest.approx([math.log(27 / 16)] * 2, rel=1e-10)
    assert fit.likelihood_ratio == pytest.approx(2 * math.log(27 / 16), rel=1e-12)
    assert fit.covariance == pytest.approx(np.diag([16 / 3, 16 / 3]), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "sentence"),
    [
        ([1, 1, 1, 1], "`x` must vary: arm is constant"),
        ([[1, 3], [0, 3], [1, 3], [0, 3]], "age is constant"),
        ([[1, 2], [0, 0], [1, 2], [0, 0]], "age follows from those before"),
        (np.eye(4, 5), "more covariates than there are patients: 5 covariates"),
        ([1, 0, math.nan, 1], "`x` must be finite"),
        ([1, 0, 1], "same length"),
    ],
)
def test_law_51_covariates_that_say_nothing_are_refused_by_name(x, sentence):
    names = ["arm", "age", "c", "d", "e"][: np.array(x).reshape(len(x), -1).shape[1]]
    with pytest.raises(ArgumentError, match=sentence):
        fit_firth_cox([1, 2, 3, 4], [1, 0, 1, 1], x, names=names)


def test_a_covariate_that_varies_only_before_the_first_event_is_refused():
    with pytest.raises(ArgumentError, match="at risk at an event: arm does not"):
        fit_firth_cox([1, 2, 3, 4], [0, 1, 1, 0], [1, 0, 0, 0], names=["arm"])


@pytest.mark.parametrize(
    ("time", "event", "options", "sentence"),
    [
        ([1, -2, 3], [1, 0, 1], {}, "`time` must be at least 0."),  # W4
        ([1, 2, 3], [1, 2, 1], {}, "`event` must be true or false"),
        ([1, 2, 3], [0, 0, 0], {}, "no events"),
        ([1, 2, 3], [1, 0, 1], {"entry": [0, 2, 0]}, "`entry` must be earlier than `time`"),
        ([1, 2, 3], [1, 0, 1], {"entry": [0, 0]}, "same length"),
        ([1, 2, 3], [1, 0, 1], {"ties": "exact"}, "`ties` must be"),
        ([1, 2, 3], [1, 0, 1], {"level": 95}, "`level` must be"),
        ([1, 2, 3], [1, 0, 1], {"names": ["a", "b"]}, "`names` must give"),
    ],
)
def test_w4_what_cannot_be_fitted_is_refused(time, event, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fit_firth_cox(time, event, [1, 0, 1], **options)


def test_an_extreme_value_does_not_make_the_estimate_infinite():
    fit = fit_firth_cox(range(1, 8), [1, 1, 0, 1, 1, 1, 1], [1e9, 3, -1e9, 1, 2, 5, 4])
    assert fit.converged
    assert np.isfinite([fit.coefficient, fit.low, fit.high]).all()
