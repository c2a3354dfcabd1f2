"""Twin of the exact Mann-Whitney test: every way to choose the first group, in fractions.

Written from the definition: midranks of the pooled values, W the sum of the ranks of the first
group, all choices of that many patients equally likely. Two-sided: the share of choices at least
as far from the mean of W as the observed one.
"""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.mann_whitney import mann_whitney_test


def midranks(values):
    return [
        sum(other < value for other in values)
        + Fraction(sum(other == value for other in values) + 1, 2)
        for value in values
    ]


def p_value_by_enumeration(x, y):
    ranks = midranks([*x, *y])
    mean = Fraction(len(x) * (len(ranks) + 1), 2)
    observed = abs(sum(ranks[: len(x)]) - mean)
    far, choices = 0, 0
    for chosen in combinations(ranks, len(x)):
        choices += 1
        far += abs(sum(chosen) - mean) >= observed
    return Fraction(far, choices)


def values(largest_size, levels):
    return st.lists(st.sampled_from(levels), min_size=1, max_size=largest_size)


def assert_equals_twin(x, y):
    expected = float(p_value_by_enumeration(x, y))
    assert mann_whitney_test(x, y).p_value == pytest.approx(expected, rel=1e-10)


@settings(max_examples=80, deadline=None)
@given(x=values(6, range(30)), y=values(6, range(30)))
def test_few_ties(x, y):
    assert_equals_twin(x, y)


@settings(max_examples=80, deadline=None)
@given(x=values(7, (0, 1, 2)), y=values(6, (0, 1, 2)))
def test_three_levels(x, y):
    assert_equals_twin(x, y)


@settings(max_examples=40, deadline=None)
@given(x=values(8, (0.1, 0.3, 2.5, 1e6)), y=values(3, (0.1, 0.3, 2.5, 1e6)))
def test_unequal_groups_with_values_far_apart(x, y):
    assert_equals_twin(x, y)


def test_nothing_but_ties():
    assert_equals_twin([4, 4, 4], [4, 4])
