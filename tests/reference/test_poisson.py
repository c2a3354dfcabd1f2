"""Poisson regression against R glm, and profile limits solved in R (poisson.json)."""

import pytest

from autallo.stats.regression.poisson import fit_poisson
from reference.golden import cases_of, each
from reference.regressions import (
    agree_at_the_edge,
    agree_in_estimates_and_tests,
    agree_in_profile_limits,
    agree_in_the_sandwich,
    given,
    without_clusters,
)

CASES = cases_of("poisson")
ENDLESS = [case for case in CASES if case["expected"]["endless"]]

each_finite = each([case for case in CASES if not case["expected"]["endless"]])


@each_finite
def test_estimates_and_tests_of_glm(case):
    counts, x, options = without_clusters(case, "count")
    mine = fit_poisson(counts, x, **options)
    agree_in_estimates_and_tests(mine, case, mine.expected)


@each_finite
def test_profile_limits_solved_in_r(case):
    counts, x, options = without_clusters(case, "count")
    agree_in_profile_limits(fit_poisson(counts, x, **options), case)


@pytest.mark.parametrize("variance", ["HC0", "HC1"])
@each_finite
def test_sandwich_written_out_in_r(case, variance):
    counts, x, options = given(case, "count")
    mine = fit_poisson(counts, x, variance=variance, **options)
    agree_in_the_sandwich(mine, case, variance)


@each(ENDLESS)
def test_where_glm_goes_to_the_edge_the_coefficient_is_infinite(case):
    counts, x, options = given(case, "count")
    mine = fit_poisson(counts, x, **options)
    assert mine.direction == (0, -1, 0)
    agree_at_the_edge(mine, case)
