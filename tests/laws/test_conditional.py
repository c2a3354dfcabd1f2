"""What p-values from whole numbers obey for any weights."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autallo.stats.contingency.conditional import conditional_p_values, hypergeometric_weights

weights_and_place = st.lists(st.integers(1, 12), min_size=1, max_size=12).flatmap(
    lambda weights: st.tuples(st.just(weights), st.integers(0, len(weights) - 1))
)


@given(weights_and_place, st.integers(1, 10**30))
def test_a_common_factor_changes_nothing(given_weights, factor):
    weights, place = given_weights
    multiplied = [weight * factor for weight in weights]
    assert conditional_p_values(weights, place) == conditional_p_values(multiplied, place)


@given(weights_and_place)
def test_turned_round_less_and_greater_change_places(given_weights):
    weights, place = given_weights
    test = conditional_p_values(weights, place)
    turned = conditional_p_values(weights[::-1], len(weights) - 1 - place)
    assert (test.p_less, test.p_greater) == (turned.p_greater, turned.p_less)
    assert (test.p_value, test.mid_p, test.smallest_p) == (
        turned.p_value,
        turned.mid_p,
        turned.smallest_p,
    )


@given(weights_and_place)
def test_the_mid_p_has_mean_one_half_and_p_never_exceeds_its_level(given_weights):
    weights, _ = given_weights
    tests = [conditional_p_values(weights, place) for place in range(len(weights))]
    mean = sum(test.probability * test.mid_p for test in tests)
    assert mean == pytest.approx(0.5, rel=1e-12)
    for one in tests:
        size = sum(test.probability for test in tests if test.p_value <= one.p_value)
        assert size == pytest.approx(one.p_value, rel=1e-12)


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 80))
def test_the_ways_to_all_tables_are_those_to_choose_the_column(row, other, column):
    """Vandermonde: their sum is C(n, column), or C(n, row) with rows and columns exchanged."""
    column = min(column, row + other)
    weights = hypergeometric_weights(row, other, column)
    fewest = max(0, column - other)
    assert len(weights) == min(row, column) - fewest + 1
    assert sum(weights) in {comb(row + other, column), comb(row + other, row)}
    shares = [Fraction(weight, sum(weights)) for weight in weights]
    direct = [
        Fraction(
            comb(row, fewest + k) * comb(other, column - fewest - k), comb(row + other, column)
        )
        for k in range(len(weights))
    ]
    assert shares == direct
