"""Probability of superiority against its formulas in R (numbers in superiority.json)."""

import pytest

from autallo.stats.ranks.superiority import probability_of_superiority
from reference.golden import cases_of, each
from reference.samples import two_samples

CASES = cases_of("superiority")


@each(CASES)
@pytest.mark.parametrize("method", ["logit", "pseudo_score"])
def test_estimate_and_limits(case, method):
    x, y = two_samples(case)
    found = probability_of_superiority(x, y, level=case["args"]["level"], method=method)
    expected = case["expected"]
    assert found.method == method
    assert found.estimate == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert [found.low, found.high] == pytest.approx(expected[method], rel=case["rtol"])
