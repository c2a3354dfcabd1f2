"""Zelen's test against every arrangement of the patients themselves."""

from itertools import combinations, product

import numpy as np
import pytest

from autallo.stats.contingency.homogeneity import homogeneity_test


def listed(tables):
    """Place the events on the patients of each stratum in all ways; count, compare by counting."""
    strata = []
    for (a, b), (c, d) in tables:
        n, first, events = a + b + c + d, a + b, a + c
        strata.append([sum(i < first for i in who) for who in combinations(range(n), events)])
    wanted = sum(table[0][0] for table in tables)
    counts = {}
    for cells in product(*strata):
        if sum(cells) == wanted:
            counts[cells] = counts.get(cells, 0) + 1
    mine = counts[tuple(table[0][0] for table in tables)]
    return sum(n for n in counts.values() if n <= mine) / sum(counts.values())


@pytest.mark.parametrize("seed", range(40))
def test_same_p_as_listing_all_arrangements(seed):
    rng = np.random.default_rng(seed)
    while True:
        tables = rng.integers(0, 3, size=(int(rng.integers(2, 4)), 2, 2))
        if (tables.sum(axis=1) > 0).all() and (tables.sum(axis=2) > 0).all():
            break
    p = homogeneity_test(tables).p_value
    assert (1.0 if p is None else p) == pytest.approx(listed(tables.tolist()), rel=1e-12)
