"""P-values from the ways to each count, in fractions."""

from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional import conditional_p_values, hypergeometric_weights

# Ways 2, 5, 8, 5, 1 to the counts 0 to 4, of 21.


@pytest.mark.parametrize(
    ("place", "p_value", "p_less", "p_greater", "mid_p"),
    [
        (0, (2 + 1), 2, 21, (1 + Fraction(2, 2))),
        (1, (2 + 5 + 5 + 1), 7, 19, (2 + 1 + Fraction(5 + 5, 2))),
        (2, 21, 15, 14, (2 + 5 + 5 + 1 + Fraction(8, 2))),
        (3, (2 + 5 + 5 + 1), 20, 6, (2 + 1 + Fraction(5 + 5, 2))),
        (4, 1, 21, 1, Fraction(1, 2)),
    ],
)
def test_each_count(place, p_value, p_less, p_greater, mid_p):
    """Not more probable than 5: itself, the other 5, 2 and 1; half of both 5s for the mid-P."""
    test = conditional_p_values([2, 5, 8, 5, 1], place)
    assert test.p_value == float(Fraction(p_value, 21))
    assert test.p_less == float(Fraction(p_less, 21))
    assert test.p_greater == float(Fraction(p_greater, 21))
    assert test.probability == float(Fraction([2, 5, 8, 5, 1][place], 21))
    assert test.mid_p == float(Fraction(mid_p) / 21)
    assert test.smallest_p == float(Fraction(1, 21))


def test_the_smallest_p_may_need_two_counts():
    assert conditional_p_values([1, 3, 3, 1], 1).smallest_p == 2 / 8


def test_one_possible_count_says_nothing():
    test = conditional_p_values([7], 0)
    assert (test.p_value, test.p_less, test.p_greater, test.smallest_p) == (1.0,) * 4
    assert test.mid_p == 0.5


@pytest.mark.parametrize("place", [-1, 2])
def test_a_place_that_is_not_there_is_refused(place):
    with pytest.raises(ArgumentError, match="`place` must be one of the places"):
        conditional_p_values([1, 1], place)


def test_ways_to_choose_the_events_of_the_first_group():
    """4 events of 3 and 5 patients, k in the first: C(3, k) C(5, 4 - k) = 5, 30, 30, 5.

    Or of 4 patients with and 4 without the event, C(4, k) C(4, 3 - k), which are smaller.
    """
    assert hypergeometric_weights(3, 5, 4) == [4, 24, 24, 4]
    assert [Fraction(4, 24), Fraction(24, 4)] == [Fraction(5, 30), Fraction(30, 5)]


def test_the_fewest_may_be_above_none():
    """6 events of 3 and 4 patients: at least 2 in the first. C(3, 2) C(4, 4), C(3, 3) C(4, 3)."""
    weights = hypergeometric_weights(3, 4, 6)
    assert Fraction(weights[0], weights[1]) == Fraction(3, 4)
    assert len(weights) == 2


@pytest.mark.parametrize("margins", [(3, 4, 8), (-1, 4, 2), (3, 4, -1)])
def test_impossible_margins_are_refused(margins):
    with pytest.raises(ArgumentError, match="`column` must be from 0"):
        hypergeometric_weights(*margins)
