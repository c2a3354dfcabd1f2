"""Logistic regression against R glm, and profile limits solved in R (logistic.json)."""

import pytest

from autallo.stats.regression.logistic import fit_logistic
from reference.golden import cases_of, each
from reference.regressions import (
    agree_at_the_edge,
    agree_in_estimates_and_tests,
    agree_in_profile_limits,
    agree_in_the_sandwich,
    given,
    without_clusters,
)

CASES = cases_of("logistic")
ENDLESS = [case for case in CASES if case["expected"]["endless"]]

each_finite = each([case for case in CASES if not case["expected"]["endless"]])


@each_finite
def test_estimates_and_tests_of_glm(case):
    events, x, options = without_clusters(case, "event")
    mine = fit_logistic(events, x, **options)
    assert mine.separation is None
    agree_in_estimates_and_tests(mine, case, mine.risk)


@each_finite
def test_profile_limits_solved_in_r(case):
    events, x, options = without_clusters(case, "event")
    agree_in_profile_limits(fit_logistic(events, x, **options), case)


@pytest.mark.parametrize("variance", ["HC0", "HC1"])
@each_finite
def test_sandwich_written_out_in_r(case, variance):
    events, x, options = given(case, "event")
    mine = fit_logistic(events, x, variance=variance, **options)
    agree_in_the_sandwich(mine, case, variance)


@each(ENDLESS)
def test_where_glm_goes_to_the_edge_the_coefficient_is_infinite(case):
    events, x, options = given(case, "event")
    mine = fit_logistic(events, x, **options)
    assert mine.separation == (
        "complete" if case["kind"] == "complete separation" else "quasi-complete"
    )
    agree_at_the_edge(mine, case)
