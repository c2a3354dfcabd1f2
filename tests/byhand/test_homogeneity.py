"""Zelen's exact test of one odds ratio in all strata, worked in fractions."""

from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.homogeneity import homogeneity_test


def test_opposite_effects_in_two_strata():
    # Both strata: 3 v 3 patients, 3 events. The first cells add up to 3: (3,0), (2,1), (1,2), (0,3)
    # with 1*1, 9*9, 9*9, 1*1 ways of C(3,x) C(3,3-x). (3,0) and (0,3) are the rarest: 2 of 164.
    test = homogeneity_test([[[3, 0], [0, 3]], [[0, 3], [3, 0]]])
    assert Fraction(test.p_value).limit_denominator(1000) == Fraction(2, 164)
    assert (test.smallest_p, test.sets, test.strata) == (test.p_value, 4, 2)


def test_sets_as_probable_as_the_observed_one_count():
    # (2,1) has 81 ways, as has (1,2); the two rarer ones have 1 each: p is 1.
    test = homogeneity_test([[[2, 1], [1, 2]], [[1, 2], [2, 1]]])
    assert test.p_value == 1.0
    assert test.smallest_p == 2 / 164


def test_three_strata_of_one_against_one():
    # One event each: first cell 0 or 1, one way each. Two events in the first group: three sets
    # of one way each, so p is 1 and could not be less.
    test = homogeneity_test([[[1, 0], [0, 1]], [[1, 0], [0, 1]], [[0, 1], [1, 0]]])
    assert (test.p_value, test.smallest_p, test.sets) == (1.0, 1.0, 3)


def test_two_strata_of_unequal_size():
    # 2 v 2 with 2 events: ways 1, 4, 1. 3 v 1 with 1 event: the first cell is 0 (1 way) or 1 (3).
    # Sum 1: (0, 1) has 1*3 ways, (1, 0) has 4*1. Observed (0, 1): p = 3/7.
    test = homogeneity_test([[[0, 2], [2, 0]], [[1, 2], [0, 1]]])
    assert test.p_value == 3 / 7


@pytest.mark.parametrize(
    ("tables", "strata", "sets"),
    [
        ([[[3, 0], [0, 3]]], 1, 0),
        ([[[3, 0], [0, 3]], [[2, 0], [3, 0]]], 1, 0),  # everybody had it: no information
        ([[[0, 2], [0, 1]], [[1, 0], [0, 0]]], 0, 0),
        ([[[3, 0], [0, 3]], [[3, 0], [0, 3]]], 2, 1),  # 6 in the first cells: only one way
    ],
)
def test_nothing_to_compare_has_no_p(tables, strata, sets):
    test = homogeneity_test(tables)
    assert (test.p_value, test.smallest_p, test.strata, test.sets) == (None, None, strata, sets)


def test_too_many_sets_are_refused():
    big = [[[500, 500], [500, 500]]] * 3
    with pytest.raises(ArgumentError, match="must be smaller to be listed; see `breslow_day_test`"):
        homogeneity_test(big)


@pytest.mark.parametrize(
    "tables",
    [[[[1.5, 0], [0, 1]]], [[[-1, 0], [0, 1]]], [[1, 2], [3, 4]], [[[1, 2, 3], [1, 2, 3]]]],
)
def test_anything_but_tables_of_counts_is_refused(tables):
    with pytest.raises(ArgumentError, match="`tables` must"):
        homogeneity_test(tables)
