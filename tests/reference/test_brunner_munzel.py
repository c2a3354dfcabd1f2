"""Brunner-Munzel test against its formulas in R (numbers in brunner_munzel.json).

The record counts the second group as the larger one, so signs and sides are turned round.
"""

import numpy as np
import pytest
from scipy.special import stdtrit

from autallo.stats.ranks.brunner_munzel import brunner_munzel_test
from reference.golden import cases_of, each
from reference.samples import two_samples


def cases(*functions):
    return each(cases_of("brunner_munzel", *functions))


@cases("brunner_munzel")
def test_t_approximation(case):
    test, expected = brunner_munzel_test(*two_samples(case), method="t"), case["expected"]
    assert test.method == "t"
    assert test.estimate == pytest.approx(1 - expected["p_hat"], rel=case["rtol"])
    assert test.statistic == pytest.approx(-expected["statistic"], rel=case["rtol"])
    assert test.df == pytest.approx(expected["df"], rel=case["rtol"])
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol_p"])
    reach = stdtrit(test.df, 0.975) * (test.estimate - 0.5) / test.statistic
    interval = np.array([1 - test.estimate - reach, 1 - test.estimate + reach])
    np.testing.assert_allclose(interval, expected["interval"], rtol=case["rtol"])


@cases("brunner_munzel_enumerated")
def test_every_arrangement(case):
    test = brunner_munzel_test(*two_samples(case), method="permutation")
    assert test.method == "exact"
    assert test.p_value == pytest.approx(case["expected"]["p_value"], rel=case["rtol"])
    assert test.smallest_p == pytest.approx(case["expected"]["smallest_p"], rel=case["rtol"])
