"""Power and size of tests of two risks against every table, ordered and summed in fractions."""

from fractions import Fraction
from functools import cache
from itertools import product
from math import comb

import pytest

from autallo.stats.design.proportions import proportions_power
from autallo.stats.design.proportions_detectable import detectable_risk
from autallo.stats.design.proportions_size import proportions_sample_size
from twins.independent.slow_tables import fisher, squared_z

SIDES = ("two-sided", "less", "greater")
GRID = [Fraction(step, 120) for step in range(121)]


def chance(tables, n, m, p, q):
    return sum(
        comb(n, x) * p**x * (1 - p) ** (n - x) * comb(m, y) * q**y * (1 - q) ** (m - y)
        for x, y in tables
    )


def largest(tables, n, m):
    """Return the largest chance over a grid of common risks, near its top over a finer one."""
    ways = [0] * (n + m + 1)
    for x, y in tables:
        ways[x + y] += comb(n, x) * comb(m, y)

    def at(risk):
        return sum(w * risk**k * (1 - risk) ** (n + m - k) for k, w in enumerate(ways) if w)

    top = float(max(GRID, key=lambda risk: at(float(risk))))
    return max(at(min(max(top + step / 120 / 300, 0), 1)) for step in range(-300, 301))


@cache
def rejected(n, m, test, side, alpha):
    """List the tables that a test rejects; the grid of risks finds the largest to 1e-6."""
    cells = list(product(range(n + 1), range(m + 1)))
    if test == "fisher":
        return [cell for cell in cells if fisher(*cell, n, m, side) <= alpha]
    z = {cell: squared_z(*cell, n, m) for cell in cells}
    toward = {
        cell: {"two-sided": abs(value), "less": -value, "greater": value}[side]
        for cell, value in z.items()
    }
    if test == "chi-squared":
        bound = {0.05: 3.841458820694124, 0.2: 1.642374415149819}[float(alpha)]
        if side != "two-sided":
            bound = {0.05: 2.705543454095416, 0.2: 0.7083263008007934}[float(alpha)]
        return [cell for cell in cells if toward[cell] >= bound]
    rank = (
        {cell: fisher(*cell, n, m, side) for cell in cells}
        if test == "boschloo"
        else {cell: -value for cell, value in toward.items()}
    )
    inside = []
    for value in sorted(set(rank.values())):
        wider = [cell for cell in cells if rank[cell] <= value]
        if largest(wider, n, m) > float(alpha):
            break
        inside = wider
    return inside


@pytest.mark.parametrize("test", ["fisher", "boschloo", "barnard", "chi-squared"])
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("n", "m"), [(1, 1), (5, 5), (7, 4), (2, 9)])
@pytest.mark.parametrize("alpha", ["0.05", "0.2"])
def test_power_and_size(test, side, n, m, alpha):
    tables = rejected(n, m, test, side, Fraction(alpha))
    for p, q in ((Fraction(9, 10), Fraction(1, 5)), (Fraction(1, 3), Fraction(1, 2))):
        found = proportions_power(
            n, m, float(p), float(q), alpha=float(alpha), test=test, alternative=side
        )
        assert found.power == pytest.approx(float(chance(tables, n, m, p, q)), rel=1e-11, abs=1e-15)
    assert found.size == pytest.approx(largest(tables, n, m), rel=1e-5, abs=1e-15)


@pytest.mark.parametrize("test", ["fisher", "boschloo", "barnard"])
@pytest.mark.parametrize("alpha", ["0.05", "0.01"])
def test_seventeen_against_eleven(test, alpha):
    """Every table of the house's own sizes."""
    tables = rejected(17, 11, test, "two-sided", Fraction(alpha))
    p, q = Fraction(3, 5), Fraction(1, 5)
    found = proportions_power(17, 11, 0.6, 0.2, alpha=float(alpha), test=test)
    assert found.power == pytest.approx(float(chance(tables, 17, 11, p, q)), rel=1e-11)


@pytest.mark.parametrize("side", ["two-sided", "greater"])
@pytest.mark.parametrize(("p", "q", "ratio"), [("1", "3/20", 1), ("17/20", "1/10", 2)])
def test_sample_size(side, p, q, ratio):
    """Each design by itself; where the power is reached, and where it stays."""
    wanted, designs = Fraction(7, 10), [(ratio * m, m) for m in range(1, 14 // ratio + 1)]
    powers = [
        chance(rejected(n, m, "fisher", side, Fraction("0.05")), n, m, Fraction(p), Fraction(q))
        for n, m in designs
    ]
    found = proportions_sample_size(
        float(Fraction(p)),
        float(Fraction(q)),
        power=0.7,
        ratio=ratio,
        largest=14,
        alternative=side,
    )
    places = range(len(designs))
    first = min(place for place in places if powers[place] >= wanted)
    lasting = min(place for place in places if min(powers[place:]) >= wanted)
    assert (found.first.n_x, found.first.n_y) == designs[first]
    assert (found.lasting.n_x, found.lasting.n_y) == designs[lasting]
    assert found.first.power == pytest.approx(float(powers[first]), rel=1e-11)
    assert found.lasting.power == pytest.approx(float(powers[lasting]), rel=1e-11)


@pytest.mark.parametrize("test", ["fisher", "boschloo", "barnard"])
@pytest.mark.parametrize(("direction", "q"), [("higher", "1/5"), ("lower", "9/10")])
def test_detectable_risk(test, direction, q):
    """The power just beyond the risk found and at all further ones, and just before it."""
    found = detectable_risk(9, 6, float(Fraction(q)), direction=direction, power=0.7, test=test)
    tables = rejected(9, 6, test, "two-sided", Fraction("0.05"))
    sign = 1 if direction == "higher" else -1
    end = 1 if direction == "higher" else 0
    risk, step = Fraction(found.risk_x), Fraction(1, 10**10)
    assert chance(tables, 9, 6, risk + sign * step, Fraction(q)) >= Fraction(7, 10)
    assert chance(tables, 9, 6, risk - sign * step, Fraction(q)) < Fraction(7, 10)
    for part in range(1, 41):
        further = risk + (end - risk) * Fraction(part, 40)
        assert chance(tables, 9, 6, further, Fraction(q)) >= Fraction(7, 10)
