"""Laws of the probability that the largest of correlated normal variables is far from 0."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.normal_maximum import normal_maximum_tail

FEW = settings(max_examples=80, deadline=None)
SEEDS = st.integers(0, 2**32 - 1)


def correlation_of(seed, variables):
    vectors = np.random.default_rng(seed).normal(size=(variables, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors @ vectors.T


@FEW
@given(SEEDS, st.integers(1, 5), st.floats(0, 35))
def test_it_lies_between_one_variable_and_the_sum_of_all(seed, variables, bound):
    """MR-34, and the inequalities of Bonferroni and Sidak."""
    found = normal_maximum_tail(bound, correlation_of(seed, variables))
    one = math.erfc(bound / math.sqrt(2))
    independent = -math.expm1(variables * math.log1p(-one)) if one < 1 else 1
    assert one * (1 - 1e-9) <= found <= independent * (1 + 1e-9)


@FEW
@given(SEEDS, st.integers(2, 5), st.floats(0.1, 5))
def test_order_and_sign_of_the_variables_do_not_matter(seed, variables, bound):
    correlation = correlation_of(seed, variables)
    found = normal_maximum_tail(bound, correlation)
    rng = np.random.default_rng(seed)
    order, sign = rng.permutation(variables), rng.choice([-1, 1], variables)
    other = (correlation * np.outer(sign, sign))[np.ix_(order, order)]
    assert normal_maximum_tail(bound, other) == pytest.approx(found, rel=1e-10)


@FEW
@given(SEEDS, st.integers(2, 5), st.floats(0.1, 5), st.floats(0.01, 1))
def test_it_falls_with_the_bound_and_rises_with_another_variable(seed, variables, bound, more):
    correlation = correlation_of(seed, variables)
    found = normal_maximum_tail(bound, correlation)
    assert normal_maximum_tail(bound + more, correlation) < found
    assert normal_maximum_tail(bound, correlation[:-1, :-1]) <= found * (1 + 1e-10)


@FEW
@given(SEEDS, st.floats(0.1, 5))
def test_a_variable_given_twice_counts_once(seed, bound):
    correlation = correlation_of(seed, 3)
    twice = correlation[np.ix_([0, 1, 2, 0], [0, 1, 2, 0])]
    found = normal_maximum_tail(bound, twice)
    assert found == pytest.approx(normal_maximum_tail(bound, correlation), rel=1e-8)
