"""The ratios of neighbouring ways agree with the ways."""

from math import comb

from hypothesis import given
from hypothesis import strategies as st

from autallo.stats.contingency.conditional import hypergeometric_weights
from autallo.stats.contingency.outward_steps import binomial_steps, hypergeometric_steps

cell = st.integers(0, 90)


def ratios(weights, place):
    above = [weights[k + 1] / weights[k] for k in range(place, len(weights) - 1)]
    below = [weights[k - 1] / weights[k] for k in range(place, 0, -1)]
    return above, below


@given(cell, cell, cell, cell)
def test_steps_of_a_table(a, b, c, d):
    steps = hypergeometric_steps(a + b, c + d, a + c, a)
    above, below = ratios(hypergeometric_weights(a + b, c + d, a + c), min(a, d))
    assert (list(steps.above), list(steps.below)) == (above, below)


@given(cell, cell)
def test_steps_of_pairs(first, second):
    steps = binomial_steps(first, second)
    ways = [comb(first + second, k) for k in range(first + second + 1)]
    assert (list(steps.above), list(steps.below)) == ratios(ways, first)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**4))
def test_no_more_steps_than_matter(a, b, c):
    """Of 1e9 patients only the places within reach are listed."""
    steps = hypergeometric_steps(a + b, c + 10**4, a + c, a)
    assert len(steps.above) <= min(b, c)
    assert len(steps.below) <= min(a, 10**4)
    assert max(len(steps.above), len(steps.below)) <= 50_000
