"""What Fisher's test obeys for any table; the slow twin sums in fractions."""

from fractions import Fraction
from math import comb, erfc, exp, inf, log, sqrt

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autallo.stats.contingency.fisher import fisher_test, table_p_values
from autallo.stats.contingency.fisher_batch import fisher_batch_test

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
def test_mr40_swapping_the_groups_inverts_the_odds_ratio(table):
    test, swapped = fisher_test(table), fisher_test(table[::-1])
    assert (test.p_value, test.smallest_p) == (swapped.p_value, swapped.smallest_p)
    assume(test.odds_ratio is not None)
    assert close(inverse(test.odds_ratio), swapped.odds_ratio)
    assert close(inverse(test.low), swapped.high)
    assert close(inverse(test.high), swapped.low)


@given(tables)
def test_mr40_rows_and_columns_may_change_places(table):
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
def test_mr39_a_table_further_from_equal_shares_has_a_smaller_p(table):
    (a, b), (c, d) = table
    assume(a * d > b * c and b > 0 and c > 0)
    assert fisher_test([[a + 1, b - 1], [c - 1, d + 1]]).p_value < fisher_test(table).p_value


@given(tables)
def test_mr34_and_mr35_every_p_follows_its_rule_from_the_probabilities(table):
    """MR-34, MR-35: within 0 and 1; the two one-sided p count the observed table twice."""
    test = fisher_test(table)
    for p_value in (test.p_value, test.p_less, test.p_greater, test.mid_p, test.smallest_p):
        assert 0 <= p_value <= 1
    assert test.p_less + test.p_greater == pytest.approx(1 + test.probability, rel=1e-14)
    ways = ways_of(table)
    seen = ways[table[0][0]]
    mid_p = 2 * sum(way for way in ways.values() if way < seen)
    mid_p += sum(way for way in ways.values() if way == seen)
    assert test.mid_p == float(Fraction(mid_p, 2 * sum(ways.values())))


@given(tables)
def test_mr37_p_is_one_of_the_attainable_ones(table):
    ways = ways_of(table)
    total = sum(ways.values())
    attainable = {
        float(Fraction(sum(way for way in ways.values() if way <= seen), total))
        for seen in ways.values()
    }
    test = fisher_test(table)
    assert test.p_value in attainable
    assert test.smallest_p == min(attainable)


@given(st.integers(0, 40), st.integers(0, 40))
def test_mr36_equal_groups_have_p_1(with_outcome, without):
    test = fisher_test([[with_outcome, without]] * 2)
    assert test.p_value == 1.0
    assert test.odds_ratio is None or test.odds_ratio == pytest.approx(1, rel=1e-12)


@given(tables, st.sampled_from([0.8, 0.95, 0.99]), st.sampled_from(["exact", "mid-p"]))
def test_mr49_the_interval_leaves_1_out_when_a_one_sided_p_is_small(table, level, interval):
    """MR-49: the limits invert the one-sided tests, each at half the error."""
    test = fisher_test(table, level=level, interval=interval)
    half = test.probability / 2 if interval == "mid-p" else 0.0
    tail = (1 - level) / 2
    assume(all(abs(p - half - tail) > 1e-9 for p in (test.p_less, test.p_greater)))
    assert (test.low > 1) == (test.p_greater - half < tail)
    assert (test.high < 1) == (test.p_less - half < tail)


@given(tables)
def test_a_mid_p_interval_lies_within_the_exact_one(table):
    exact, mid_p = fisher_test(table), fisher_test(table, interval="mid-p")
    assert exact.low <= mid_p.low <= mid_p.high <= exact.high
    assert exact.odds_ratio == mid_p.odds_ratio
    assume(exact.odds_ratio is not None)
    assert mid_p.low <= mid_p.odds_ratio <= mid_p.high


@given(tables)
def test_each_mid_p_limit_leaves_half_the_error_in_its_tail(table):
    test = fisher_test(table, interval="mid-p")
    for limit, upper in ((test.low, True), (test.high, False)):
        if 0 < limit < inf:
            tail = tail_at(table, limit, upper=upper) + 1 - tail_at(table, limit, upper=not upper)
            assert tail / 2 == pytest.approx(0.025, rel=1e-9)


def test_exact_p_values_never_exceed_their_level():
    """Every pair of margins up to 12 patients: P(p <= u) <= u for each attainable u."""
    for row in range(1, 12):
        for other in range(1, 13 - row):
            for column in range(1, row + other):
                fewest, most = max(0, column - other), min(row, column)
                cells = [
                    (k, row - k, column - k, other - column + k) for k in range(fewest, most + 1)
                ]
                found = table_p_values(cells)
                for one in found:
                    size = sum(test.probability for test in found if test.p_value <= one.p_value)
                    assert size <= one.p_value * (1 + 1e-12)


@pytest.mark.parametrize(
    ("row", "other", "largest"),
    [(5, 5, 0.0215), (10, 10, 0.0128), (5, 20, 0.0323), (20, 20, 0.0253)],
)
def test_the_size_of_the_test_is_below_its_level_whatever_the_share(row, other, largest):
    """All tables of two groups, at 200 shares with the outcome; sizes to the digits of another

    program.
    """
    shares = np.linspace(0, 1, 201)[1:-1]
    tables = [[[a, row - a], [c, other - c]] for a in range(row + 1) for c in range(other + 1)]
    rejected = fisher_batch_test(tables).p_value <= 0.05
    size = np.zeros_like(shares)
    for ((a, _), (c, _)), reject in zip(tables, rejected, strict=True):
        if reject:
            events = a + c
            ways = comb(row, a) * comb(other, c)
            size += ways * shares**events * (1 - shares) ** (row + other - events)
    assert size.max() <= 0.05
    assert size.max() == pytest.approx(largest, abs=5.1e-5)


def test_w21_exact_intervals_cover_at_least_at_their_level():
    """Groups of 6 and 5, every number of events, 81 odds ratios from 1/100 to 100."""
    for column in range(1, 11):
        cells = range(max(0, column - 5), min(6, column) + 1)
        tests = {k: fisher_test([[k, 6 - k], [column - k, 5 - column + k]]) for k in cells}
        for odds in np.logspace(-2, 2, 81):
            weight = {k: comb(6, k) * comb(5, column - k) * odds**k for k in cells}
            covered = sum(weight[k] for k in cells if tests[k].low <= odds <= tests[k].high)
            assert covered >= 0.95 * sum(weight.values())


def test_a_table_beyond_the_exact_path_is_near_its_large_sample_form():
    """10 004 patients: Woolf's interval to 1 %, and the normal tail to 10 % (p is discrete)."""
    a, b, c, d = 2751, 2251, 2502, 2500
    error = sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    test = fisher_test([[a, b], [c, d]])
    assert test.odds_ratio == pytest.approx(a * d / (b * c), rel=1e-3)
    assert test.high / test.low == pytest.approx(exp(2 * 1.959964 * error), rel=1e-2)
    score = log(a * d / (b * c)) / error
    assert test.p_value == pytest.approx(erfc(score / sqrt(2)), rel=0.1)
