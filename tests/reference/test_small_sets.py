"""Sixty small sets with many ties, 17 v 11, against R cmprsk and survival (gray_small.json).

Arms without a competing event, without the event of interest or without any event are among them.
Where R prints nothing, a code or a number at infinity, the test says what ours gives instead.
"""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.incidence.gray import gray_test
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.survival.kaplan_meier import kaplan_meier
from reference.golden import cases_of, each

CASES = cases_of("gray_small")
ENDPOINTS = {"any_event": (1, 2), "cause_1": (1,)}

#: What `cuminc` prints as the statistic if the covariance is singular.
SINGULAR = -1

each_set = each(CASES)
each_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


def columns(case, endpoint):
    """Return times, events and groups of one endpoint, and R's answers to it."""
    given = case["input"]
    events = [cause in ENDPOINTS[endpoint] for cause in given["cause"]]
    return given["time"], events, given["group"], case["expected"][endpoint]


def likelihoods(shape):
    pairs = [(case, name) for case in CASES for name in ENDPOINTS]
    chosen = [(case, name) for case, name in pairs if r_cox(case, name)["likelihood"] == shape]
    assert chosen
    names = [f"{case['id']}/{name}" for case, name in chosen]
    return pytest.mark.parametrize(("case", "endpoint"), chosen, ids=names)


def r_cox(case, endpoint):
    return case["expected"][endpoint]["cox"]


def test_the_sets_are_as_uneven_as_they_should_be():
    assert len(CASES) == 60
    for case in CASES:
        assert sorted(case["input"]["group"]) == [0] * 17 + [1] * 11
        assert len(set(case["input"]["time"])) < 13
    printed = [case["expected"]["gray"] for case in CASES]
    assert printed.count(None) == 2
    assert [answer["stat"] for answer in printed if answer].count(SINGULAR) == 1


@each_set
def test_gray_of_cmprsk(case):
    """Nobody with the event: R prints no line. A singular covariance: R prints -1 and p = 1."""
    given, answer = case["input"], case["expected"]["gray"]
    test = gray_test(given["time"], given["cause"], given["group"], n_causes=2)
    assert test.df == 1
    if answer is None or answer["stat"] == SINGULAR:
        assert (test.statistic, test.p_value) == (None, None)
    else:
        assert test.statistic == pytest.approx(answer["stat"], rel=case["rtol"])
        assert test.p_value == pytest.approx(answer["p"], rel=case["rtol"])


@each_endpoint
@each_set
def test_curves_of_survfit(case, endpoint):
    """R prints no standard error where survival is 0."""
    times, events, groups, answer = columns(case, endpoint)
    for group, printed in enumerate(answer["km"]):
        mine = [place for place, code in enumerate(groups) if code == group]
        curve = kaplan_meier([times[place] for place in mine], [events[place] for place in mine])
        close = {"rtol": case["rtol"], "atol": 1e-14}
        assert curve.time.tolist() == printed["time"]
        np.testing.assert_allclose(curve.survival, printed["surv"], **close)
        known = curve.survival > 0
        assert known.tolist() == [error is not None for error in printed["se_surv"]]
        errors = np.array(printed["se_surv"], dtype=float)
        np.testing.assert_allclose(curve.std_error[known], errors[known], **close)


@each_endpoint
@each_set
def test_logrank_of_survdiff(case, endpoint):
    """Nothing to compare: R prints a chi-squared of 0 without degrees of freedom, ours None."""
    *data, answer = columns(case, endpoint)
    test, printed = logrank_test(*data), answer["logrank"]
    close = {"rtol": case["rtol"], "atol": 1e-12}
    assert test.observed.tolist() == printed["observed"]
    np.testing.assert_allclose(test.expected, printed["expected"], **close)
    np.testing.assert_allclose(test.covariance, printed["var"], **close)
    if printed["p"] is None:
        assert printed["chisq"] == 0
        assert (test.statistic, test.p_value, test.df) == (None, None, 0)
    else:
        assert test.statistic == pytest.approx(printed["chisq"], rel=case["rtol"])
        assert test.p_value == pytest.approx(printed["p"], rel=case["rtol"])


@likelihoods("finite")
def test_cox_of_coxph(case, endpoint):
    *data, answer = columns(case, endpoint)
    fit, printed = fit_cox(*data), answer["cox"]
    assert fit.monotone == (False,)
    assert abs(fit.coefficient[0] - printed["coef"]) <= case["rtol_cox"] * printed["se"]
    assert fit.std_error[0] == pytest.approx(printed["se"], rel=case["rtol_cox"])
    assert fit.log_likelihood == pytest.approx(printed["loglik"], rel=1e-10)
    assert fit.score_statistic == pytest.approx(printed["score"], rel=1e-8, abs=1e-12)


@likelihoods("monotone")
def test_where_coxph_climbs_without_end_the_coefficient_is_infinite(case, endpoint):
    times, events, groups, answer = columns(case, endpoint)
    fit, printed = fit_cox(times, events, groups), answer["cox"]
    with_event = {group for group, event in zip(groups, events, strict=True) if event}
    assert fit.monotone == (True,)
    assert fit.coefficient.tolist() == [-np.inf if with_event == {0} else np.inf]
    assert fit.log_likelihood == pytest.approx(printed["loglik"], abs=1e-8)
    assert fit.score_statistic == pytest.approx(printed["score"], rel=1e-8)


@likelihoods("nothing to compare")
def test_without_an_event_while_both_arms_are_at_risk_there_is_no_model(case, endpoint):
    *data, _ = columns(case, endpoint)
    with pytest.raises(ArgumentError):
        fit_cox(*data)
