"""The path of large tables against whole numbers, and what it obeys."""

from dataclasses import astuple
from decimal import Context, localcontext
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency import large_counts
from autallo.stats.contingency.conditional import conditional_p_values, hypergeometric_weights
from autallo.stats.contingency.large_counts import binomial_p_values, hypergeometric_p_values

small = st.integers(0, 25)


@settings(deadline=None)
@given(small, small, small, small)
def test_small_tables_get_the_whole_number_p(a, b, c, d):
    large = hypergeometric_p_values(a + b, c + d, a + c, a)
    exact = conditional_p_values(hypergeometric_weights(a + b, c + d, a + c), min(a, d))
    assert astuple(large) == pytest.approx(astuple(exact), rel=1e-13)


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 60))
def test_few_pairs_get_the_whole_number_p(first, second):
    ways = [comb(first + second, k) for k in range(first + second + 1)]
    exact = conditional_p_values(ways, first)
    assert astuple(binomial_p_values(first, second)) == pytest.approx(astuple(exact), rel=1e-13)


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 40), st.integers(0, 10**9), st.integers(0, 40), st.integers(0, 10**9))
def test_large_tables_with_few_events_get_the_whole_number_p(a, b, c, d):
    """Up to 2e9 patients, 80 events: the ways can still be written out."""
    large = hypergeometric_p_values(a + b, c + d, a + c, a)
    exact = conditional_p_values(hypergeometric_weights(a + b, c + d, a + c), min(a, d))
    assert astuple(large) == pytest.approx(astuple(exact), rel=1e-12, abs=5e-324)


def test_every_tie_of_every_small_table_is_seen():
    """Up to 26 patients: mirror images and others, by whole numbers alone and by logarithms."""
    ties = set()
    for row in range(1, 14):
        for other in range(1, 14):
            for column in range(1, row + other):
                margins = large_counts._Margins(row, other, column)
                weights = hypergeometric_weights(row, other, column)
                fewest = max(0, column - other)
                for k, one in enumerate(weights):
                    for m, two in enumerate(weights):
                        order = (one > two) - (one < two)
                        cells = fewest + k, fewest + m
                        assert large_counts._compare_exactly(margins, *cells) == order
                        if order == 0 and k < m:
                            ties.add((margins, cells))
    assert len(ties) > 500
    for margins, cells in sorted(ties, key=str)[::5]:
        with pytest.MonkeyPatch.context() as patch, localcontext(Context(prec=60)):
            patch.setattr(large_counts, "sorted", lambda cells: object(), raising=False)
            assert large_counts._compare(margins, *cells) == 0


@settings(deadline=None, max_examples=30)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 10**6))
def test_mr40_groups_and_outcomes_may_change_places(a, b, c, d):
    """MR-40, for up to 4e6 patients; 1e-12: the sums run in another order."""
    test = hypergeometric_p_values(a + b, c + d, a + c, a)
    turned = hypergeometric_p_values(a + c, b + d, a + b, a)
    swapped = hypergeometric_p_values(c + d, a + b, a + c, c)
    assert astuple(turned) == pytest.approx(astuple(test), rel=1e-12, abs=5e-324)
    assert swapped.p_value == pytest.approx(test.p_value, rel=1e-12, abs=5e-324)
    assert swapped.p_less == pytest.approx(test.p_greater, rel=1e-12, abs=5e-324)


@pytest.mark.parametrize("size", [10_001, 1_000_000, 10**9])
def test_mr36_equal_groups_have_p_1(size):
    assert hypergeometric_p_values(2 * size, 2 * size, 2 * size, size).p_value == 1.0


@pytest.mark.parametrize("gap", [1, 3, 1000])
def test_two_groups_of_one_size_have_two_equal_tails(gap):
    """Each table has a mirror image: two-sided p is twice the one-sided, the mid-P half less."""
    size = 2_000_000
    test = hypergeometric_p_values(2 * size, 2 * size, 2 * size + 1, size + gap)
    assert test.p_value == pytest.approx(min(1, 2 * test.p_greater), rel=1e-13)
    assert test.mid_p == pytest.approx(test.p_value - test.probability, rel=1e-13)
