"""What Fisher's test obeys for any table; the slow twin sums in fractions."""

from fractions import Fraction
from math import comb, erfc, exp, inf, log, sqrt

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats import contingency
from autallo.stats.contingency import fisher_test

cell = st.integers(0, 14)
tables = st.tuples(cell, cell, cell, cell).map(lambda cells: [list(cells[:2]), list(cells[2:])])


def ways_of(table):
    """Return the number of ways to each possible first cell: the twin's only ingredient."""
    (a, b), (c, d) = table
    cells = range(max(0, a - d), min(a + b, a + c) + 1)
    return {k: comb(a + b, k) * comb(c + d, a + c - k) for k in cells}


def tail_at(table, odds_ratio, *, upper):
    """Return the chance of the observed first cell or a larger (smaller) one, in fractions."""
    ways = {k: way * Fraction(odds_ratio) ** k for k, way in ways_of(table).items()}
    cells = [k for k in ways if (k >= table[0][0] if upper else k <= table[0][0])]
    return float(sum(ways[k] for k in cells) / sum(ways.values()))


def close(first, second):
    """Equal to 1e-9, not 1e-10: two root searches whose sums run in opposite order."""
    return first == second or first == pytest.approx(second, rel=1e-9)


def inverse(odds_ratio):
    return inf if odds_ratio == 0 else 1 / odds_ratio


@given(tables)
def test_p_is_the_sum_of_the_tables_not_more_probable(table):
    ways = ways_of(table)
    of = {k: sum(way for way in ways.values() if way <= ways[k]) for k in ways}
    test = fisher_test(table)
    assert test.p_value == float(Fraction(of[table[0][0]], sum(ways.values())))
    assert test.smallest_p == float(Fraction(min(of.values()), sum(ways.values())))


@given(tables, st.sampled_from([0.8, 0.95]))
def test_each_limit_leaves_half_the_error_in_its_tail(table, level):
    test = fisher_test(table, level=level)
    tail = (1 - level) / 2
    # 1e-9 and not 1e-10: the tail multiplies the rounding of the limit by up to 28 patients.
    if test.low > 0:
        assert tail_at(table, test.low, upper=True) == pytest.approx(tail, rel=1e-9)
    if test.high < inf:
        assert tail_at(table, test.high, upper=False) == pytest.approx(tail, rel=1e-9)


@given(tables)
def test_the_odds_ratio_makes_the_observed_cell_the_expected_one(table):
    test = fisher_test(table)
    assume(test.odds_ratio not in (None, 0.0, inf))
    ways = {k: way * Fraction(test.odds_ratio) ** k for k, way in ways_of(table).items()}
    mean = sum(k * way for k, way in ways.items()) / sum(ways.values())
    assert float(mean) == pytest.approx(table[0][0], rel=1e-10)
    assert test.low < test.odds_ratio < test.high


@given(tables)
def test_swapping_the_groups_inverts_the_odds_ratio(table):
    test, swapped = fisher_test(table), fisher_test(table[::-1])
    assert (test.p_value, test.smallest_p) == (swapped.p_value, swapped.smallest_p)
    assume(test.odds_ratio is not None)
    assert close(inverse(test.odds_ratio), swapped.odds_ratio)
    assert close(inverse(test.low), swapped.high)
    assert close(inverse(test.high), swapped.low)


@given(tables)
def test_rows_and_columns_may_change_places(table):
    test, turned = fisher_test(table), fisher_test([list(row) for row in zip(*table, strict=True)])
    assert (test.p_value, test.smallest_p) == (turned.p_value, turned.smallest_p)
    assume(test.odds_ratio is not None)
    assert close(test.odds_ratio, turned.odds_ratio)
    assert close(test.low, turned.low)
    assert close(test.high, turned.high)


@given(tables)
def test_a_higher_level_gives_a_wider_interval(table):
    narrow, wide = fisher_test(table, level=0.8), fisher_test(table, level=0.99)
    assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(tables)
def test_a_table_further_from_equal_shares_has_a_smaller_p(table):
    (a, b), (c, d) = table
    assume(a * d > b * c and b > 0 and c > 0)
    assert fisher_test([[a + 1, b - 1], [c - 1, d + 1]]).p_value < fisher_test(table).p_value


@settings(max_examples=50)
@given(tables)
def test_the_path_of_large_tables_gives_the_same_numbers(table):
    """1e-9, not 1e-10: the logarithms of up to 56 patients are rounded before they are compared."""
    exact = fisher_test(table)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contingency, "EXACT_TOTAL", -1)
        logarithmic = fisher_test(table)
    assert logarithmic.p_value == pytest.approx(exact.p_value, rel=1e-9)
    assert logarithmic.smallest_p == pytest.approx(exact.smallest_p, rel=1e-9)
    assert close(logarithmic.low, exact.low)
    assert close(logarithmic.high, exact.high)


@pytest.mark.parametrize("size", range(11, 31))
def test_the_path_of_large_tables_sees_mirror_images_as_equal(size):
    """Two groups of one size: each table has a mirror image, equal but for rounding."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(contingency, "EXACT_TOTAL", -1)
        for events in range(6):
            p_value = fisher_test(
                [[events, size - events], [11 - events, size - 11 + events]]
            ).p_value
            ways = [comb(size, k) * comb(size, 11 - k) for k in range(12)]
            assert p_value == pytest.approx(2 * sum(ways[: events + 1]) / sum(ways), rel=1e-9)


def test_a_table_beyond_the_exact_path_is_near_its_large_sample_form():
    """10 004 patients: Woolf's interval to 1 %, and the normal tail to 10 % (p is discrete)."""
    a, b, c, d = 2751, 2251, 2502, 2500
    error = sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    test = fisher_test([[a, b], [c, d]])
    assert test.odds_ratio == pytest.approx(a * d / (b * c), rel=1e-3)
    assert test.high / test.low == pytest.approx(exp(2 * 1.959964 * error), rel=1e-2)
    score = log(a * d / (b * c)) / error
    assert test.p_value == pytest.approx(erfc(score / sqrt(2)), rel=0.1)
