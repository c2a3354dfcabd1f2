"""Twin of the Brunner-Munzel test: every arrangement, each T in fractions from its definition."""

from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.brunner_munzel import brunner_munzel_test

APART = Fraction(10**12)


def square(x, y):
    """Return T squared; a very large number where the groups lie apart."""
    wins = [[Fraction((a > b) - (a < b) + 1, 2) for b in y] for a in x]
    rows = [sum(row) / len(y) for row in wins]
    columns = [sum(row[j] for row in wins) / len(x) for j in range(len(y))]
    estimate = sum(rows) / len(x)
    variance = sum(
        sum((place - sum(placed) / len(placed)) ** 2 for place in placed)
        / (len(placed) - 1)
        / len(placed)
        for placed in (rows, columns)
    )
    distance = (estimate - Fraction(1, 2)) ** 2
    if variance == 0:
        return APART if distance else Fraction(0)
    return distance / variance


def squares(x, y):
    pooled = [*x, *y]
    places = range(len(pooled))
    return [
        square([pooled[i] for i in chosen], [pooled[i] for i in places if i not in chosen])
        for chosen in combinations(places, len(x))
    ]


values = st.lists(st.integers(0, 5), min_size=2, max_size=4)


@settings(max_examples=40, deadline=None)
@given(values, values)
def test_every_arrangement(x, y):
    deals, observed = squares(x, y), square(x, y)
    test = brunner_munzel_test(x, y, method="permutation")
    assert test.method == "exact"
    expected = Fraction(sum(deal >= observed for deal in deals), len(deals))
    smallest = Fraction(deals.count(max(deals)), len(deals))
    assert test.p_value == pytest.approx(float(expected), rel=1e-12)
    assert test.smallest_p == pytest.approx(float(smallest), rel=1e-12)
    if test.df is not None:
        assert test.statistic**2 == pytest.approx(float(observed), rel=1e-12)


def test_untied_values():
    x, y = [1, 4, 6, 7, 10], [2, 3, 5, 8]
    deals, observed = squares(x, y), square(x, y)
    test = brunner_munzel_test(x, y, method="permutation")
    expected = Fraction(sum(deal >= observed for deal in deals), len(deals))
    assert test.p_value == pytest.approx(float(expected), rel=1e-12)
