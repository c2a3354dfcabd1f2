"""Probability that the largest of correlated normal variables is far from 0, by hand."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.normal_maximum import normal_maximum_tail


def beyond(bound):
    """Probability that one standard normal variable is beyond the bound on either side."""
    return math.erfc(bound / math.sqrt(2))


@pytest.mark.parametrize("bound", [0.1, 1.0, 1.96, 3.0, 6.0, 20.0])
@pytest.mark.parametrize("variables", [1, 2, 3])
def test_independent_variables(bound, variables):
    # not beyond with probability (1 - q) to the power of their number
    by_hand = -math.expm1(variables * math.log1p(-beyond(bound)))
    found = normal_maximum_tail(bound, np.eye(variables))
    assert found == pytest.approx(by_hand, rel=1e-12)


def test_the_same_variable_several_times_and_turned_round():
    for correlation in ([[1, 1], [1, 1]], [[1, -1], [-1, 1]], np.ones((4, 4))):
        assert normal_maximum_tail(2.0, correlation) == pytest.approx(beyond(2.0), rel=1e-12)
    pair = [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    q = beyond(2.0)
    assert normal_maximum_tail(2.0, pair) == pytest.approx(2 * q - q * q, rel=1e-12)


def test_bounds_of_0_and_beyond_all_numbers():
    correlation = [[1, 0.5], [0.5, 1]]
    assert normal_maximum_tail(0, correlation) == pytest.approx(1, rel=1e-14)
    assert normal_maximum_tail(41, correlation) == normal_maximum_tail(math.inf, correlation) == 0


def test_far_out_the_variables_are_beyond_one_at_a_time():
    # the probability that both are beyond 25 is as nothing beside that of one
    found = normal_maximum_tail(25.0, [[1, 0.5], [0.5, 1]])
    assert found == pytest.approx(2 * beyond(25.0), rel=1e-12)


@pytest.mark.parametrize(
    "correlation",
    [
        np.eye(4),
        [[1, 0.5], [0.4, 1]],
        [[1, 2], [2, 1]],
        [[2, 0], [0, 1]],
        [[1, 0, 0], [0, 1, 0]],
        [1.0],
        [[]],
        [["a"]],
        [[math.nan]],
        [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]],
    ],
)
def test_what_is_no_correlation_of_three_variables_is_refused(correlation):
    with pytest.raises(ArgumentError, match="`correlation` must be a correlation matrix"):
        normal_maximum_tail(1.0, correlation)


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(ArgumentError, match="`correlation` must have rows of the same length"):
        normal_maximum_tail(1.0, [[1, 0.5], [0.5]])


@pytest.mark.parametrize("bound", ["1", None, [1], math.nan])
def test_a_bound_is_a_number(bound):
    with pytest.raises(ArgumentError, match="`bound` must be a number"):
        normal_maximum_tail(bound, [[1]])


@pytest.mark.parametrize("bound", [-1, -math.inf])
def test_a_negative_bound_is_refused(bound):
    with pytest.raises(ArgumentError, match="`bound` must be at least 0"):
        normal_maximum_tail(bound, [[1]])
