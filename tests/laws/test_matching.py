"""What matched pairs obey for any patients."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.confounding.matching import match_pairs

FEW = settings(max_examples=100, deadline=None)
methods = st.sampled_from(["optimal", "nearest"])
calipers = st.sampled_from([0.1, 0.2, 0.5, 1.0, None])
patients = st.lists(
    st.tuples(st.booleans(), st.integers(-10, 10), st.integers(0, 1)), min_size=4, max_size=60
).filter(lambda rows: 2 <= sum(row[0] for row in rows) <= len(rows) - 2)


def columns(rows):
    treated, score, stratum = (np.array(column) for column in zip(*rows, strict=True))
    return treated, score / 7, np.unique(stratum, return_inverse=True)[1]


def matched(rows, **options):
    """Match, or turn away a sample in which nobody is near enough."""
    treated, score, stratum = columns(rows)
    try:
        return match_pairs(treated, score, stratum=stratum, scale="score", **options)
    except ArgumentError:
        assume(False)


def number_of_pairs(rows, **options):
    treated, score, stratum = columns(rows)
    try:
        found = match_pairs(treated, score, stratum=stratum, scale="score", **options)
    except ArgumentError:
        return 0
    return found.treated_index.size


@FEW
@given(patients, calipers, methods)
def test_mr58_and_mr59_nobody_twice_strata_equal_and_distances_within_the_caliper(
    rows, caliper, method
):
    treated, score, stratum = columns(rows)
    found = matched(rows, caliper=caliper, method=method)
    one, other = found.treated_index, found.untreated_index
    assert treated[one].all()
    assert not treated[other].any()
    assert np.unique(one).size == np.unique(other).size == one.size
    assert (stratum[one] == stratum[other]).all()
    np.testing.assert_allclose(found.distance, np.abs(score[one] - score[other]), atol=1e-15)
    if caliper is not None:
        assert found.distance.max() <= found.caliper * (1 + 1e-9) + 1e-9
    assert found.unmatched_treated == treated.sum() - one.size
    assert found.unmatched_untreated == (~treated).sum() - one.size


@FEW
@given(patients, methods, st.tuples(*[st.floats(0, 2)] * 2))
def test_mr58_a_smaller_caliper_has_no_more_pairs(rows, method, widths):
    small, large = (number_of_pairs(rows, caliper=w, method=method) for w in sorted(widths))
    if method == "optimal":
        assert small <= large
    everybody = number_of_pairs(rows, caliper=None, method=method)
    assert large <= everybody


@FEW
@given(patients, calipers)
def test_nearest_has_no_more_pairs_than_optimal_and_optimal_no_larger_distance(rows, caliper):
    best = matched(rows, caliper=caliper)
    near = matched(rows, caliper=caliper, method="nearest")
    assert near.treated_index.size <= best.treated_index.size
    if near.treated_index.size == best.treated_index.size:
        assert best.distance.sum() <= near.distance.sum() + 1e-9


@FEW
@given(patients, calipers, methods, st.randoms(use_true_random=False))
def test_mr06_the_order_of_the_rows_does_not_matter(rows, caliper, method, random):
    """With the number of each patient as `order`, equals are told apart whatever their rows."""
    number = list(range(len(rows)))
    found = matched(rows, caliper=caliper, method=method, order=number)
    shuffled = number.copy()
    random.shuffle(shuffled)
    other = matched([rows[k] for k in shuffled], caliper=caliper, method=method, order=shuffled)
    pairs = zip(found.treated_index.tolist(), found.untreated_index.tolist(), strict=True)
    moved = zip(other.treated_index.tolist(), other.untreated_index.tolist(), strict=True)
    assert sorted((shuffled[a], shuffled[b]) for a, b in moved) == sorted(pairs)
    assert found.decided_by_order == other.decided_by_order


@FEW
@given(patients, calipers)
def test_mr04_swapped_groups_have_as_good_pairs(rows, caliper):
    found = matched(rows, caliper=caliper)
    swapped = matched([(not row[0], *row[1:]) for row in rows], caliper=caliper)
    assert swapped.treated_index.size == found.treated_index.size
    assert swapped.distance.sum() == pytest.approx(found.distance.sum(), abs=1e-9)


@FEW
@given(patients, calipers, st.sampled_from([0.25, 3.0, 1e6]), st.integers(-5, 5))
def test_the_unit_of_the_score_does_not_matter(rows, caliper, factor, shift):
    treated, score, stratum = columns(rows)
    found = matched(rows, caliper=caliper)
    moved = match_pairs(
        treated, score * factor + shift, stratum=stratum, caliper=caliper, scale="score"
    )
    # among equally good pairs rounding may take others
    assert moved.treated_index.size == found.treated_index.size
    assert moved.distance.sum() == pytest.approx(found.distance.sum() * factor, rel=1e-6, abs=1e-6)


@FEW
@given(patients, methods)
def test_without_a_caliper_the_smaller_group_of_each_stratum_is_matched(rows, method):
    treated, _, stratum = columns(rows)
    expected = sum(
        min(treated[stratum == code].sum(), (~treated[stratum == code]).sum()) for code in (0, 1)
    )
    assert number_of_pairs(rows, caliper=None, method=method) == expected


def test_many_patients_are_matched_as_well_as_their_strata_one_by_one():
    rng = np.random.default_rng(11)
    treated, stratum = rng.random(3000) < 0.3, rng.integers(0, 5, 3000)
    score = rng.normal(treated * 0.5, 1)
    found = match_pairs(treated, score, stratum=stratum, caliper=None, scale="score")
    total = 0.0
    for code in range(5):
        own = stratum == code
        total += match_pairs(treated[own], score[own], caliper=None, scale="score").distance.sum()
    assert found.distance.sum() == pytest.approx(total, rel=1e-8)
