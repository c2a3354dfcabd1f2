"""Rank correlations against R cor.test and every arrangement (numbers in correlation.json)."""

import pytest

from autallo.stats.ranks.correlation import kendall_test, spearman_test
from reference.golden import cases_of, each, table


def cases(*functions):
    return each(cases_of("correlation", *functions))


def measurements_of(case):
    """Return two measurements: written out, or columns of a data set, complete pairs only."""
    given = case["args"]
    if "dataset" not in case:
        return given["x"], given["y"]
    rows = [(row[given["x"]], row[given["y"]]) for row in table(case["dataset"])]
    kept = [row for row in rows if all(row)]
    return [float(row[0]) for row in kept], [float(row[1]) for row in kept]


@cases("correlation")
@pytest.mark.parametrize(("name", "call"), [("spearman", spearman_test), ("kendall", kendall_test)])
def test_approximations_and_intervals(case, name, call):
    x, y = measurements_of(case)
    test, expected = call(x, y, method="asymptotic"), case["expected"]
    assert len(x) == expected["n"]
    assert test.estimate == pytest.approx(expected[name], rel=case["rtol"])
    assert test.p_value == pytest.approx(expected[f"{name}_p"], rel=case["rtol"])
    assert [test.low, test.high] == pytest.approx(expected[f"{name}_interval"], rel=case["rtol"])


@cases("correlation_exact", "kendall_exact", "correlation_enumerated")
def test_exact_kendall(case):
    test = kendall_test(*measurements_of(case), method="exact")
    assert test.estimate == pytest.approx(case["expected"]["kendall"], rel=case["rtol"])
    assert test.p_value == pytest.approx(case["expected"]["kendall_p"], rel=case["rtol"])


@cases("correlation_exact", "correlation_enumerated")
def test_exact_spearman(case):
    test = spearman_test(*measurements_of(case), method="exact")
    assert test.estimate == pytest.approx(case["expected"]["spearman"], rel=case["rtol"])
    assert test.p_value == pytest.approx(case["expected"]["spearman_p"], rel=case["rtol"])
