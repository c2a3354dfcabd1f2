"""Kruskal-Wallis test against R kruskal.test (numbers in kruskal_wallis.json)."""

import pytest

from autallo.stats.ranks.kruskal_wallis import kruskal_wallis_test
from reference.golden import cases_of, each, table


def cases(*functions):
    return each(cases_of("kruskal_wallis", *functions))


def sample_of(case):
    """Return values and group codes: written out, or columns of a data set."""
    given = case["args"]
    if "values" in given:
        return given["values"], given["group"]
    rows = [(row[given["value"]], row[given["group"]]) for row in table(case["dataset"])]
    kept = [row for row in rows if row[0] and row[1] in given["levels"]]
    return [float(row[0]) for row in kept], [given["levels"].index(row[1]) for row in kept]


@cases("kruskal")
def test_chi_squared_approximation(case):
    test = kruskal_wallis_test(*sample_of(case), method="asymptotic")
    expected = case["expected"]
    assert test.statistic == pytest.approx(expected["statistic"], rel=case["rtol"])
    assert test.df == expected["df"]
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol_p"])


@cases("kruskal_enumerated")
def test_every_arrangement(case):
    test, expected = kruskal_wallis_test(*sample_of(case), method="exact"), case["expected"]
    assert test.statistic == pytest.approx(expected["statistic"], rel=case["rtol"])
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol"])
    assert test.smallest_p == pytest.approx(expected["smallest_p"], rel=case["rtol"])
