"""Ratios of neighbouring ways, by hand."""

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.outward_steps import binomial_steps, hypergeometric_steps


def test_a_table_in_the_middle():
    """Ways 5, 30, 30, 5 to 0 to 3 of 4 events among 3 of 8 patients; observed 1."""
    steps = hypergeometric_steps(3, 5, 4, 1)
    assert list(steps.above) == [30 / 30, 5 / 30]
    assert list(steps.below) == [5 / 30]


def test_a_table_at_its_ends():
    """Ways 1, 6, 3: nothing below the fewest, nothing above the most."""
    fewest, most = hypergeometric_steps(3, 2, 2, 0), hypergeometric_steps(3, 2, 2, 2)
    assert (list(fewest.above), list(fewest.below)) == ([6 / 1, 3 / 6], [])
    assert (list(most.above), list(most.below)) == ([], [6 / 3, 1 / 6])


def test_pairs():
    """Ways 1, 5, 10, 10, 5, 1 to 0 to 5 of 5 pairs; observed 3."""
    steps = binomial_steps(3, 2)
    assert list(steps.above) == [5 / 10, 1 / 5]
    assert list(steps.below) == [10 / 10, 5 / 10, 1 / 5]


@pytest.mark.parametrize("cell", [-1, 3])
def test_impossible_cells_are_refused(cell):
    with pytest.raises(ArgumentError, match="`cell` must be possible"):
        hypergeometric_steps(3, 2, 2, cell)


def test_negative_pairs_are_refused():
    with pytest.raises(ArgumentError, match="`first` and `second` must be at least 0"):
        binomial_steps(-1, 2)
