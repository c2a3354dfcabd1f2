"""Laws of the permutation test of any statistic."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.resampling.permutation import permutation_test

FEW = settings(max_examples=25, deadline=None)
rows = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 1)), min_size=4, max_size=8)


def difference(values, labels):
    return float(values[labels == 1].mean() - values[labels == 0].mean())


def columns(records):
    labels = [group for _, group in records]
    assume(0 < sum(labels) < len(labels))
    return [value for value, _ in records], labels


@FEW
@given(rows)
def test_mr34_mr35_mr37_p_values_lie_on_the_lattice_and_follow_their_rule(records):
    values, labels = columns(records)
    test = permutation_test(difference, values, labels)
    ways = math.comb(len(labels), sum(labels))
    assert test.arrangements == ways
    for p in (test.p_less, test.p_greater):
        assert 1 / ways <= p * (1 + 1e-12) <= 1 + 1e-12
        assert p * ways == pytest.approx(round(p * ways), abs=1e-9)
    assert test.p_value == min(1.0, 2 * min(test.p_less, test.p_greater))
    assert test.smallest_p <= test.p_value
    assert test.p_less + test.p_greater >= 1


@FEW
@given(rows)
def test_mr5_swapping_the_groups_swaps_the_sides(records):
    values, labels = columns(records)
    test = permutation_test(difference, values, labels)
    other = permutation_test(difference, values, [1 - label for label in labels])
    assert other.statistic == pytest.approx(-test.statistic)
    assert (other.p_less, other.p_greater, other.p_value) == pytest.approx(
        (test.p_greater, test.p_less, test.p_value)
    )


@FEW
@given(rows)
def test_mr42_a_rising_scale_of_the_statistic_changes_nothing(records):
    values, labels = columns(records)

    def exponential(array, dealt):
        return math.exp(difference(array, dealt) / 3)

    one, other = (permutation_test(of, values, labels) for of in (difference, exponential))
    assert (one.p_less, one.p_greater, one.smallest_p) == (
        other.p_less,
        other.p_greater,
        other.smallest_p,
    )


@FEW
@given(rows, st.randoms(use_true_random=False))
def test_mr6_order_of_patients_and_one_stratum(records, random):
    values, labels = columns(records)
    one = permutation_test(difference, values, labels)
    assert permutation_test(difference, values, labels, stratum=[0] * len(labels)) == one
    random.shuffle(records)
    other = permutation_test(difference, *columns(records))
    assert (other.p_less, other.p_greater) == (one.p_less, one.p_greater)


@FEW
@given(rows)
def test_mr36_equal_values_have_p_1(records):
    _, labels = columns(records)
    test = permutation_test(difference, [3.3] * len(labels), labels)
    assert (test.p_less, test.p_greater, test.p_value, test.smallest_p) == (1, 1, 1, 1)


@FEW
@given(rows, st.integers(0, 9))
def test_failures_make_both_sides_larger(records, missing):
    """A statistic that cannot be given where group 1 is without one value."""
    values, labels = columns(records)
    chosen = [value for value, label in zip(values, labels, strict=True) if label]
    assume(missing in chosen)

    def some(array, dealt):
        return difference(array, dealt) if missing in array[dealt == 1] else None

    test = permutation_test(some, values, labels)
    ways, failures = test.arrangements, test.failures
    assert (test.p_less + test.p_greater) * ways >= ways + failures - 1e-9
    assert min(test.p_less, test.p_greater) * ways >= failures + 1 - 1e-9
    assert test.smallest_p >= min(1, 2 * (failures + 1) / ways) - 1e-12


@FEW
@given(rows, st.integers(0, 2**32), st.sampled_from([19, 99]))
def test_drawn_p_values_are_never_0_and_repeat_with_the_seed(records, seed, draws):
    values, labels = columns(records)
    tests = [
        permutation_test(
            difference,
            values,
            labels,
            exact_up_to=0,
            draws=draws,
            rng=np.random.default_rng(seed),
        )
        for _ in range(2)
    ]
    assert tests[0] == tests[1]
    assert tests[0].smallest_p == 2 / (draws + 1)
    assert min(tests[0].p_less, tests[0].p_greater) >= 1 / (draws + 1)


@pytest.mark.parametrize("alternative", ["two-sided", "less", "greater"])
def test_the_exact_test_never_exceeds_its_level(alternative):
    """The p of every arrangement of tied values, at every level that it can have."""
    values, size = [0, 1, 1, 2, 5, 5], 6
    p_values = [
        permutation_test(difference, values, labels, alternative=alternative).p_value
        for labels in ([(code >> i) & 1 for i in range(size)] for code in range(2**size))
        if sum(labels) == 2
    ]
    for level in set(p_values):
        assert sum(p <= level for p in p_values) / len(p_values) <= level + 1e-12
