"""Probability of superiority against its formulas in R (numbers in superiority.json)."""

import pytest

from autallo.stats.ranks.superiority import probability_of_superiority
from reference.golden import cases_of, each, table

CASES = cases_of("superiority")


def groups_of(case):
    """Return the two groups: written out, or columns of a data set."""
    given = case["args"]
    if "x" in given:
        return given["x"], given["y"]
    rows = [(row[given["group"]], row[given["value"]]) for row in table(case["dataset"])]
    return [
        [float(value) for group, value in rows if group == str(given[side]) and value]
        for side in ("first", "second")
    ]


@each(CASES)
@pytest.mark.parametrize("method", ["logit", "pseudo_score"])
def test_estimate_and_limits(case, method):
    x, y = groups_of(case)
    found = probability_of_superiority(x, y, level=case["args"]["level"], method=method)
    expected = case["expected"]
    assert found.method == method
    assert found.estimate == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert [found.low, found.high] == pytest.approx(expected[method], rel=case["rtol"])
