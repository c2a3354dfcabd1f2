"""Twin of the Kruskal-Wallis test: every order of the group codes, H in fractions."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.kruskal_wallis import kruskal_wallis_test


def midranks(values):
    return [
        sum(other < value for other in values)
        + Fraction(sum(other == value for other in values) + 1, 2)
        for value in values
    ]


def h_of(values, group):
    ranks = midranks(values)
    n = len(ranks)
    mean = Fraction(n + 1, 2)
    total = sum((rank - mean) ** 2 for rank in ranks)
    if total == 0:
        return Fraction(0)
    between = Fraction(0)
    for code in set(group):
        own = [rank for rank, other in zip(ranks, group, strict=True) if other == code]
        between += len(own) * (sum(own) / len(own) - mean) ** 2
    return (n - 1) * between / total


designs = st.sampled_from(
    [(1, 1, 1), (2, 1, 1), (2, 2, 1), (3, 2, 1), (2, 2, 2), (1, 2, 2, 1), (3, 3)]
)


@settings(max_examples=30, deadline=None)
@given(st.data(), designs)
def test_every_order_of_the_groups(data, sizes):
    group = [code for code, size in enumerate(sizes) for _ in range(size)]
    values = data.draw(
        st.lists(st.integers(0, 4), min_size=len(group), max_size=len(group)), label="values"
    )
    all_h = [h_of(values, order) for order in set(permutations(group))]
    observed = h_of(values, group)
    test = kruskal_wallis_test(values, group, method="exact")
    assert test.statistic == pytest.approx(float(observed), rel=1e-12)
    expected = Fraction(sum(h >= observed for h in all_h), len(all_h))
    assert test.p_value == pytest.approx(float(expected), rel=1e-12)
    smallest = Fraction(all_h.count(max(all_h)), len(all_h))
    assert test.smallest_p == pytest.approx(float(smallest), rel=1e-12)
