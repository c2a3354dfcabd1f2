"""Twins of the rank correlations: every pairing, in fractions."""

from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.correlation import kendall_test, spearman_test


def midranks(values):
    return [
        sum(other < value for other in values)
        + Fraction(sum(other == value for other in values) + 1, 2)
        for value in values
    ]


def rank_products(x, y):
    """Covariance of the ranks, up to a factor: it orders pairings as the correlation does."""
    mean = Fraction(len(x) + 1, 2)
    return sum((a - mean) * (b - mean) for a, b in zip(midranks(x), midranks(y), strict=True))


def concordant_less_discordant(x, y):
    n = range(len(x))
    return sum(
        ((x[i] > x[j]) - (x[i] < x[j])) * ((y[i] > y[j]) - (y[i] < y[j]))
        for i in n
        for j in n
        if j < i
    )


def shares(measure, x, y):
    """Return the two-sided p and the smallest one over all pairings."""
    observed = abs(measure(x, y))
    every = [abs(measure(x, order)) for order in permutations(y)]
    p_value = Fraction(sum(one >= observed for one in every), len(every))
    return float(p_value), float(Fraction(every.count(max(every)), len(every)))


pairs = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), min_size=2, max_size=6)


@settings(max_examples=30, deadline=None)
@given(pairs)
def test_every_pairing(sample):
    x, y = [a for a, _ in sample], [b for _, b in sample]
    for measure, call in (
        (rank_products, spearman_test),
        (concordant_less_discordant, kendall_test),
    ):
        test, (p_value, smallest) = call(x, y, method="exact"), shares(measure, x, y)
        assert test.p_value == pytest.approx(p_value, rel=1e-12)
        assert test.smallest_p == pytest.approx(smallest, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_estimates_are_correlations(sample):
    """Spearman: Pearson of ranks. Kendall: of the signs of all differences."""
    x, y = [a for a, _ in sample], [b for _, b in sample]
    if len(set(x)) == 1 or len(set(y)) == 1:
        assert spearman_test(x, y).estimate is kendall_test(x, y).estimate is None
        return
    ranks = [[float(rank) for rank in midranks(values)] for values in (x, y)]
    signs = [np.sign(np.subtract.outer(values, values)).ravel() for values in (x, y)]
    pearson = [np.corrcoef(*numbers)[0, 1] for numbers in (ranks, signs)]
    assert spearman_test(x, y).estimate == pytest.approx(pearson[0], rel=1e-12, abs=1e-14)
    assert kendall_test(x, y).estimate == pytest.approx(pearson[1], rel=1e-12, abs=1e-14)


@pytest.mark.parametrize("levels", [(7, 500), (500, 7), (500, 499), (3, 3)])
def test_many_pairs_are_sorted_not_looked_at(levels):
    rng = np.random.default_rng(5)
    x, y = (rng.integers(0, highest, 401) for highest in levels)
    signs = [np.sign(np.subtract.outer(values, values)) for values in (x, y)]
    test = kendall_test(x, y, method="asymptotic")
    assert test.statistic == int((signs[0] * signs[1]).sum()) // 2


@pytest.mark.parametrize("x", [[1, 1, 1, 2, 3], [1, 2, 2, 3], [1, 1, 2, 2], [1, 2, 3, 3, 3]])
@pytest.mark.parametrize("sign", [1, -1])
def test_perfect_order_where_t_would_give_0(x, sign):
    """The reverse of tied ranks is another pattern unless the ties are symmetric."""
    y = [sign * a for a in x]
    test = spearman_test(x, y, method="asymptotic")
    assert test.estimate == sign
    assert test.p_value == pytest.approx(shares(rank_products, x, y)[0], rel=1e-14)
