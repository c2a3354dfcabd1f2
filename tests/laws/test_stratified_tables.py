"""What stratified tests obey for any tables."""

from itertools import product
from math import comb, inf, prod

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.stratified import breslow_day_test, mantel_haenszel_test
from autallo.stats.contingency.stratified_exact import stratified_exact_test

cell = st.integers(0, 9)
table = st.tuples(cell, cell, cell, cell).map(lambda cells: [list(cells[:2]), list(cells[2:])])
strata = st.lists(table, min_size=1, max_size=5)


def inverse(odds):
    return inf if odds == 0 else 1 / odds


@given(table)
def test_mr47_one_stratum_is_its_table_exactly(cells):
    test, fisher = stratified_exact_test([cells]), fisher_test(cells)
    fields = ("p_value", "p_less", "p_greater", "mid_p", "smallest_p")
    assert [getattr(test, name) for name in fields] == [getattr(fisher, name) for name in fields]
    assert (test.low, test.high) == pytest.approx((fisher.low, fisher.high), rel=1e-12)
    if fisher.odds_ratio is not None:
        assert test.odds_ratio == pytest.approx(fisher.odds_ratio, rel=1e-12)


@given(table)
def test_mr47_one_stratum_is_pearsons_chi_squared_but_for_one_patient(cells):
    (a, b), (c, d) = cells
    margins = (a + b) * (c + d) * (a + c) * (b + d)
    assume(margins > 0)
    n = a + b + c + d
    test = mantel_haenszel_test([cells], continuity=False)
    pearson = n * (a * d - b * c) ** 2 / margins
    assert test.statistic == pytest.approx(pearson * (n - 1) / n, rel=1e-12)
    assert test.odds_ratio == pytest.approx(a * d / (b * c) if b * c else inf, rel=1e-14)


@settings(deadline=None)
@given(strata)
def test_mr40_swapping_the_groups_inverts_the_odds_ratio(tables):
    swapped = [cells[::-1] for cells in tables]
    one, two = stratified_exact_test(tables), stratified_exact_test(swapped)
    assert (one.p_value, one.p_less, one.mid_p) == (two.p_value, two.p_greater, two.mid_p)
    assert one.low == pytest.approx(inverse(two.high), rel=1e-11)
    assume(one.odds_ratio is not None)
    assert one.odds_ratio == pytest.approx(inverse(two.odds_ratio), rel=1e-11)
    one, two = mantel_haenszel_test(tables), mantel_haenszel_test(swapped)
    assert one.statistic == pytest.approx(two.statistic, rel=1e-10, abs=1e-20)
    if one.odds_ratio is not None and one.low is not None:
        assert one.odds_ratio == pytest.approx(inverse(two.odds_ratio), rel=1e-12)
        assert one.low == pytest.approx(inverse(two.high), rel=1e-12)


@settings(deadline=None)
@given(strata, st.randoms(use_true_random=False))
def test_mr9_the_order_of_the_strata_does_not_matter(tables, random):
    shuffled = list(tables)
    random.shuffle(shuffled)
    assert stratified_exact_test(shuffled) == stratified_exact_test(tables)
    one, two = breslow_day_test(tables), breslow_day_test(shuffled)
    assert (one.df, one.strata) == (two.df, two.strata)
    if one.statistic is not None:
        assert one.statistic == pytest.approx(two.statistic, rel=1e-9, abs=1e-10)


@settings(deadline=None)
@given(strata)
def test_rows_and_columns_may_change_places_in_all_strata(tables):
    turned = [[list(row) for row in zip(*cells, strict=True)] for cells in tables]
    assert stratified_exact_test(turned).p_value == stratified_exact_test(tables).p_value
    one, two = mantel_haenszel_test(turned), mantel_haenszel_test(tables)
    assert (one.odds_ratio is None) == (two.odds_ratio is None)
    if one.odds_ratio is not None:
        assert one.odds_ratio == pytest.approx(two.odds_ratio, rel=1e-13)


@settings(deadline=None)
@given(strata)
def test_tarone_only_lowers_the_statistic(tables):
    plain, tarone = breslow_day_test(tables, tarone=False), breslow_day_test(tables)
    assume(plain.statistic is not None)
    assert 0 <= tarone.statistic <= plain.statistic
    assert 0 < plain.p_value <= tarone.p_value <= 1


@settings(deadline=None)
@given(table, st.integers(2, 4))
def test_equal_strata_are_homogeneous(cells, copies):
    test = breslow_day_test([cells] * copies)
    assume(test.statistic is not None)
    assert test.statistic == pytest.approx(0, abs=1e-12)


@settings(deadline=None)
@given(strata, st.sampled_from(["exact", "mid-p"]))
def test_limits_lie_around_the_estimate_and_levels_are_nested(tables, interval):
    narrow = stratified_exact_test(tables, level=0.8, interval=interval)
    wide = stratified_exact_test(tables, level=0.99, interval=interval)
    assert wide.low <= narrow.low <= narrow.high <= wide.high
    assume(narrow.odds_ratio is not None)
    assert narrow.low <= narrow.odds_ratio <= narrow.high


def test_exact_p_values_never_exceed_their_level():
    """Strata of 3 v 2 and of 2 v 3 patients, each with 2 or 3 events: P(p <= u) <= u."""
    groups = [(3, 2), (2, 3)]
    for columns in product((2, 3), repeat=2):
        found = []
        ranges = [
            range(max(0, c - other), min(row, c) + 1)
            for (row, other), c in zip(groups, columns, strict=True)
        ]
        for cells in product(*ranges):
            tables = [
                [[k, row - k], [c - k, other - c + k]]
                for k, (row, other), c in zip(cells, groups, columns, strict=True)
            ]
            chance = prod(
                comb(row, k) * comb(other, c - k) / comb(5, c)
                for k, (row, other), c in zip(cells, groups, columns, strict=True)
            )
            found.append((stratified_exact_test(tables).p_value, chance))
        assert sum(chance for _, chance in found) == pytest.approx(1, rel=1e-12)
        for p_value, _ in found:
            size = sum(chance for other, chance in found if other <= p_value)
            assert size == pytest.approx(p_value, rel=1e-12)


def test_many_strata_and_large_ones_are_answered():
    """A thousand strata; and 1e9 patients in a cell, with Woolf's interval as another witness."""
    rng = np.random.default_rng(3)
    tables = rng.integers(0, 3, (1000, 2, 2))
    exact, haenszel = stratified_exact_test(tables), mantel_haenszel_test(tables)
    assert exact.strata == haenszel.strata > 500
    assert exact.odds_ratio == pytest.approx(haenszel.odds_ratio, rel=0.05)
    assert exact.p_value == pytest.approx(haenszel.p_value, abs=0.02)
    large = mantel_haenszel_test([[[10**9, 10**9 - 7], [10**9 - 9, 10**9]]] * 2)
    assert large.odds_ratio == pytest.approx(1 + 16e-9, rel=1e-14)
    assert large.high / large.odds_ratio == pytest.approx(
        np.exp(1.959963984540054 * np.sqrt(2e-9)), rel=1e-9
    )


@pytest.mark.parametrize("odds", [1e-16, 1e-8, 1e8, 1e16])
def test_breslow_day_of_extreme_odds_keeps_its_digits(odds):
    """Cells of 1 and of sqrt(odds); the second stratum twice the first: no heterogeneity."""
    many = round(max(odds, 1 / odds) ** 0.5)
    cells = [[many, 1], [1, many]] if odds > 1 else [[1, many], [many, 1]]
    double = [[2 * count for count in row] for row in cells]
    assert breslow_day_test([cells, double]).statistic == pytest.approx(0, abs=1e-14)
