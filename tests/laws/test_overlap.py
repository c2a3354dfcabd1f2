"""What the assessment of overlap obeys for any scores."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.confounding.overlap import (
    FEWEST_EFFECTIVE,
    FEWEST_PATIENTS,
    LARGEST_SHARE,
    assess_overlap,
)

few = settings(max_examples=100, deadline=None)
scores = st.lists(st.integers(0, 100).map(lambda k: k / 100), min_size=1, max_size=25)
groups = st.tuples(scores, scores)


def assessed(first, second, weight=None):
    treated = np.repeat([0, 1], [len(first), len(second)])
    return assess_overlap(treated, first + second, weight=weight)


@few
@given(groups)
def test_reasons_are_there_exactly_when_a_limit_is_passed(both):
    found = assessed(*both)
    inside = found.patients - found.outside
    passed = (
        (found.patients < FEWEST_PATIENTS).any()
        or (inside < 5).any()
        or (found.effective_sample_size < FEWEST_EFFECTIVE).any()
        or (found.largest_share > LARGEST_SHARE).any()
    )
    assert bool(found.reasons) == passed
    assert all(reason.endswith(".") and reason[0].isupper() for reason in found.reasons)
    assert len(set(found.reasons)) == len(found.reasons)


@few
@given(groups)
def test_mr_5_swapping_the_groups_swaps_all_pairs(both):
    here, there = assessed(*both), assessed(*both[::-1])
    assert (here.low, here.high) == (there.low, there.high)
    for field in ("patients", "outside", "extreme"):
        assert getattr(here, field).tolist() == getattr(there, field).tolist()[::-1]


@few
@given(groups)
def test_mirrored_scores_mirror_the_range(both):
    """Who was treated is now untreated, with the probability of the other."""
    here = assessed(*both)
    there = assessed(*([1 - score for score in group] for group in both[::-1]))
    if here.low is None:
        assert there.low is None
    else:
        np.testing.assert_allclose(
            [1 - there.high, 1 - there.low], [here.low, here.high], atol=1e-12
        )
    np.testing.assert_allclose(
        there.effective_sample_size, here.effective_sample_size[::-1], rtol=1e-9
    )
    assert there.outside.tolist() == here.outside.tolist()[::-1]


@few
@given(groups)
def test_mr_56_the_same_scores_in_both_groups_lie_all_inside(both):
    found = assessed(both[0], both[0])
    assert found.outside.tolist() == [0, 0]
    assert (found.low, found.high) == (min(both[0]), max(both[0]))


@few
@given(groups, st.integers(1, 9))
def test_mr_15_the_unit_of_the_weights_does_not_matter(both, unit):
    weight = [1 + k % 4 for k in range(sum(map(len, both)))]
    here = assessed(*both, weight=weight)
    there = assessed(*both, weight=[unit * each for each in weight])
    assert here.reasons == there.reasons
    np.testing.assert_allclose(there.largest_share, here.largest_share, rtol=1e-12)
