"""Twins of the stratified tests: every table of every stratum, and formulas in fractions."""

from fractions import Fraction
from itertools import product
from math import comb, erfc, exp, sqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.stratified import breslow_day_test, mantel_haenszel_test
from autallo.stats.contingency.stratified_exact import stratified_exact_test

cell = st.integers(0, 5)
table = st.tuples(cell, cell, cell, cell).map(lambda cells: [list(cells[:2]), list(cells[2:])])
strata = st.lists(table, min_size=1, max_size=4)


def every_table(tables):
    """Return the ways to each sum of first cells, from all combinations of tables."""
    each = []
    for (a, b), (c, d) in tables:
        cells = range(max(0, a - d), min(a + b, a + c) + 1)
        each.append([(k, comb(a + b, k) * comb(c + d, a + c - k)) for k in cells])
    ways = {}
    for chosen in product(*each):
        total, product_ = 0, 1
        for k, way in chosen:
            total, product_ = total + k, product_ * way
        ways[total] = ways.get(total, 0) + product_
    return ways


@settings(deadline=None, max_examples=60)
@given(strata)
def test_exact_p_values(tables):
    ways = every_table(tables)
    seen = ways[sum(cells[0][0] for cells in tables)]
    observed = sum(cells[0][0] for cells in tables)
    total = sum(ways.values())
    test = stratified_exact_test(tables)
    assert test.p_value == float(Fraction(sum(w for w in ways.values() if w <= seen), total))
    assert test.p_less == float(Fraction(sum(w for k, w in ways.items() if k <= observed), total))
    assert test.p_greater == float(
        Fraction(sum(w for k, w in ways.items() if k >= observed), total)
    )


@settings(deadline=None, max_examples=60)
@given(strata)
def test_limits_and_estimate(tables):
    """At each limit the tail is 0.025, at the estimate the mean is the observed sum."""
    test = stratified_exact_test(tables)
    ways, observed = every_table(tables), sum(cells[0][0] for cells in tables)

    def chances(odds):
        weight = {k: w * Fraction(odds) ** k for k, w in ways.items()}
        return {k: w / sum(weight.values()) for k, w in weight.items()}

    if test.low > 0:
        tail = sum(c for k, c in chances(test.low).items() if k >= observed)
        assert float(tail) == pytest.approx(0.025, rel=1e-10)
    if test.high < float("inf"):
        tail = sum(c for k, c in chances(test.high).items() if k <= observed)
        assert float(tail) == pytest.approx(0.025, rel=1e-10)
    assume(test.odds_ratio not in (None, 0.0, float("inf")))
    mean = sum(k * c for k, c in chances(test.odds_ratio).items())
    assert float(mean) == pytest.approx(observed, rel=1e-11)


@settings(deadline=None)
@given(strata)
def test_mantel_haenszel_in_fractions(tables):
    concordant = discordant = deviation = variance = Fraction(0)
    first = second = third = Fraction(0)
    for (a, b), (c, d) in tables:
        n = a + b + c + d
        if min(a + b, c + d, a + c, b + d) == 0:
            continue
        r, s, p, q = (Fraction(x, n) for x in (a * d, b * c, a + d, b + c))
        concordant, discordant = concordant + r, discordant + s
        first, second, third = first + p * r, second + p * s + q * r, third + q * s
        deviation += a - Fraction((a + b) * (a + c), n)
        variance += Fraction((a + b) * (c + d) * (a + c) * (b + d), n * n * (n - 1))
    assume(variance > 0)
    deviation = abs(deviation)
    for continuity in (False, True):
        corrected = continuity and deviation >= Fraction(1, 2)
        statistic = (deviation - Fraction(corrected, 2)) ** 2 / variance
        test = mantel_haenszel_test(tables, continuity=continuity)
        assert test.statistic == pytest.approx(float(statistic), rel=1e-10, abs=1e-25)
        assert test.p_value == pytest.approx(erfc(sqrt(statistic / 2)), rel=1e-10)
    assume(concordant > 0 and discordant > 0)
    assert test.odds_ratio == pytest.approx(float(concordant / discordant), rel=1e-13)
    log_variance = first / (2 * concordant**2) + third / (2 * discordant**2)
    log_variance += second / (2 * concordant * discordant)
    reach = exp(1.959963984540054 * sqrt(log_variance))
    assert test.high / test.odds_ratio == pytest.approx(reach, rel=1e-11)
    assert test.odds_ratio / test.low == pytest.approx(reach, rel=1e-11)


def expected_cell(cells, odds):
    """Return the first cell with these margins and odds ratio: a bracket halved in fractions."""
    (a, b), (c, d) = cells
    low, high = Fraction(max(0, a - d)), Fraction(min(a + b, a + c))
    for _ in range(100):
        middle = (low + high) / 2
        over = middle * (d - a + middle) < odds * (a + b - middle) * (a + c - middle)
        low, high = (middle, high) if over else (low, middle)
    return (low + high) / 2


def breslow_day_in_fractions(tables):
    """Return the statistic without and with Tarone's correction, or None if there is none."""
    used = [t for t in tables if all(map(sum, t)) and all(map(sum, zip(*t, strict=True)))]
    odds = [Fraction(0), Fraction(0)]
    for (a, b), (c, d) in used:
        odds[0] += Fraction(a * d, a + b + c + d)
        odds[1] += Fraction(b * c, a + b + c + d)
    if min(odds) == 0 or len(used) < 2:
        return None
    plain = gap = spread = Fraction(0)
    for cells in used:
        (a, b), (c, d) = cells
        x = expected_cell(cells, odds[0] / odds[1])
        variance = 1 / (1 / x + 1 / (a + b - x) + 1 / (a + c - x) + 1 / (d - a + x))
        plain += (a - x) ** 2 / variance
        gap, spread = gap + a - x, spread + variance
    return float(plain), float(plain - gap**2 / spread)


@settings(deadline=None, max_examples=40)
@given(strata)
def test_breslow_day_in_fractions(tables):
    expected = breslow_day_in_fractions(tables)
    assume(expected is not None)
    plain, tarone = breslow_day_test(tables, tarone=False), breslow_day_test(tables)
    assert plain.statistic == pytest.approx(expected[0], rel=1e-10, abs=1e-20)
    assert tarone.statistic == pytest.approx(expected[1], rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    "cells", [[[4564, 1], [4, 8_245_065]], [[3, 11_530_086], [593_227_999, 2]]], ids=str
)
def test_breslow_day_of_lopsided_tables(cells):
    """1e-7: an odds ratio of 1e9 or more, and expected cells near the ends of their range."""
    tables = [cells, [[count + 5 for count in row] for row in cells]]
    plain, tarone = breslow_day_test(tables, tarone=False), breslow_day_test(tables)
    found = (plain.statistic, tarone.statistic)
    assert found == pytest.approx(breslow_day_in_fractions(tables), rel=1e-7)
