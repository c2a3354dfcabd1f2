"""Kruskal-Wallis test against R kruskal.test (numbers in kruskal_wallis.json)."""

import pytest

from autallo.stats.ranks.kruskal_wallis import kruskal_wallis_test
from reference.golden import cases_of, each
from reference.samples import samples


def cases(*functions):
    return each(cases_of("kruskal_wallis", *functions))


@cases("kruskal")
def test_chi_squared_approximation(case):
    test = kruskal_wallis_test(*samples(case), method="asymptotic")
    expected = case["expected"]
    assert test.statistic == pytest.approx(expected["statistic"], rel=case["rtol"])
    assert test.df == expected["df"]
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol_p"])


@cases("kruskal_enumerated")
def test_every_arrangement(case):
    test, expected = kruskal_wallis_test(*samples(case), method="exact"), case["expected"]
    assert test.statistic == pytest.approx(expected["statistic"], rel=case["rtol"])
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol"])
    assert test.smallest_p == pytest.approx(expected["smallest_p"], rel=case["rtol"])
