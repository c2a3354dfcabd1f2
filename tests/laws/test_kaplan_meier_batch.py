"""Laws of the Kaplan-Meier curves of many studies: each is what it is by itself."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at
from autallo.stats.survival.kaplan_meier_batch import kaplan_meier_batch


@st.composite
def studies(draw):
    n, many = draw(st.integers(1, 20)), draw(st.integers(1, 4))
    unit = draw(st.sampled_from([1.0, 1 / 7, 0.1]))
    size = n * many
    day = draw(st.lists(st.integers(0, 9), min_size=size, max_size=size))
    dead = draw(st.lists(st.booleans(), min_size=size, max_size=size))
    return unit, np.array(day).reshape(many, n), np.array(dead).reshape(many, n)


@settings(deadline=None, max_examples=60)
@given(studies(), st.sampled_from(["log-log", "log", "plain", "arcsine", "logit"]))
def test_each_study_is_bit_for_bit_what_it_is_by_itself(data, interval):
    """MR-11: what else is computed beside a study changes nothing in it."""
    unit, day, dead = data
    at = np.array([0, 3, 5, 9, 11]) * unit
    many = kaplan_meier_batch(day * unit, dead, at=at, interval=interval)
    for study in range(len(day)):
        alone = survival_at(kaplan_meier(day[study] * unit, dead[study], interval=interval), at)
        for name in ("survival", "std_error", "low", "high", "at_risk", "beyond"):
            np.testing.assert_array_equal(getattr(many, name)[study], getattr(alone, name), name)
