"""Barnard and Boschloo against a list of all tables, ordered in fractions."""

from itertools import product
from math import comb

import pytest

from autallo.stats.proportions.unconditional import barnard_test, boschloo_test
from twins.independent.slow_tables import fisher, squared_z

DESIGNS = [(1, 1), (1, 3), (4, 3), (2, 6), (4, 4)]
SIDES = ("two-sided", "less", "greater")
GRID = [step / 240 for step in range(241)]


def largest(tables, n, m):
    """Return the largest chance over a grid of common risks, near its top over a finer one."""
    ways = [0] * (n + m + 1)
    for x, y in tables:
        ways[x + y] += comb(n, x) * comb(m, y)

    def chance(risk):
        return sum(w * risk**k * (1 - risk) ** (n + m - k) for k, w in enumerate(ways) if w)

    top = max(GRID, key=chance)
    near = [min(max(top + step / 240 / 250, 0), 1) for step in range(-250, 251)]
    return max(chance(risk) for risk in near)


@pytest.mark.parametrize(("n", "m"), DESIGNS)
@pytest.mark.parametrize("alternative", SIDES)
def test_barnard_counts_every_table_as_far_apart(n, m, alternative):
    """1e-6: the finer grid stands 2e-5 apart, and the chance is flat at its top."""
    z = {(x, y): squared_z(x, y, n, m) for x, y in product(range(n + 1), range(m + 1))}
    order = {"two-sided": abs, "greater": lambda value: value, "less": lambda value: -value}
    rank = {table: order[alternative](value) for table, value in z.items()}
    found = {}
    for (x, y), seen in rank.items():
        found[x, y] = barnard_test([[x, n - x], [y, m - y]], alternative=alternative)
        extreme = [table for table, value in rank.items() if value >= seen]
        assert found[x, y].p_value == pytest.approx(largest(extreme, n, m), rel=1e-6)
        assert found[x, y].statistic == pytest.approx(signed_root(z[x, y]), rel=1e-12)
    assert {test.smallest_p for test in found.values()} == {
        min(test.p_value for test in found.values())
    }


@pytest.mark.parametrize(("n", "m"), DESIGNS)
@pytest.mark.parametrize("alternative", SIDES)
def test_boschloo_counts_every_table_as_improbable(n, m, alternative):
    """1e-6: as above."""
    rank = {(x, y): fisher(x, y, n, m, alternative) for x, y in product(range(n + 1), range(m + 1))}
    found = {}
    for (x, y), seen in rank.items():
        found[x, y] = boschloo_test([[x, n - x], [y, m - y]], alternative=alternative)
        extreme = [table for table, value in rank.items() if value <= seen]
        assert found[x, y].p_value == pytest.approx(largest(extreme, n, m), rel=1e-6)
        assert found[x, y].statistic == pytest.approx(float(seen), rel=1e-12)
    assert {test.smallest_p for test in found.values()} == {
        min(test.p_value for test in found.values())
    }


def signed_root(value):
    return abs(float(value)) ** 0.5 * (1 if value >= 0 else -1)


@pytest.mark.parametrize("table", [[[2, 15], [5, 6]], [[8, 9], [1, 10]], [[7, 10], [5, 6]]])
def test_ties_of_z_are_counted_where_rounding_would_drop_them(table):
    """17 v 11: all tables as far apart, by fractions; a rival loses such ties."""
    (x, a), (y, b) = table
    n, m = x + a, y + b
    seen = abs(squared_z(x, y, n, m))
    extreme = [
        (i, j) for i, j in product(range(n + 1), range(m + 1)) if abs(squared_z(i, j, n, m)) >= seen
    ]
    assert barnard_test(table).p_value == pytest.approx(largest(extreme, n, m), rel=1e-6)
