"""Laws of the log-rank tests of many studies: each is what it is by itself."""

import numpy as np
import pytest
from hypothesis import given, settings

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.logrank_batch import logrank_batch_test
from laws.test_kaplan_meier_batch import studies


@settings(deadline=None, max_examples=100)
@given(studies())
def test_each_study_is_what_it_is_by_itself(data):
    """MR-11: what else is computed beside a study changes nothing in it."""
    unit, day, dead = data
    if day.shape[1] < 2:
        day, dead = np.repeat(day, 2, axis=1), np.repeat(dead, 2, axis=1)
    group = np.arange(day.shape[1]) % 2
    many = logrank_batch_test(day * unit, dead, group)
    for study in range(len(day)):
        alone = logrank_test(day[study] * unit, dead[study], group)
        assert many.testable[study] == (alone.p_value is not None)
        assert many.observed[study] == alone.observed[1]
        assert many.expected[study] == pytest.approx(alone.expected[1], rel=1e-13, abs=1e-15)
        if alone.p_value is not None:
            assert many.z[study] == pytest.approx(alone.z, rel=1e-11, abs=1e-13)
            assert many.p_value[study] == pytest.approx(alone.p_value, rel=1e-11)
