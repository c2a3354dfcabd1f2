"""Fisher's exact test and its odds ratio, in fractions and closed forms."""

from fractions import Fraction
from math import comb, inf, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.fisher import fisher_test, table_p_values

# Groups of 3 and 2 patients, 2 events: with odds ratio v the first group has 0, 1 or 2 of them
# with chances in proportion 1 : 6 v : 3 v**2, for (C(2,2), C(3,1) C(2,1), C(3,2)) = (1, 6, 3).


def test_odds_ratio_of_one_event_in_each_group():
    """The expected number is 1 if 6 v + 6 v**2 = 1 + 6 v + 3 v**2, so v = 1 / sqrt(3).

    Not a d / (b c) = 1 / 2.
    """
    test = fisher_test([[1, 2], [1, 1]])
    assert test.odds_ratio == pytest.approx(1 / sqrt(3), rel=1e-12)
    assert test.p_value == 1.0


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_limits_of_one_event_in_each_group(level):
    """Lower: (6 v + 3 v**2) / (1 + 6 v + 3 v**2) = t. Upper: (1 + 6 v) / (same) = t."""
    t = (1 - level) / 2
    test = fisher_test([[1, 2], [1, 1]], level=level)
    low = sqrt(1 + t / (3 * (1 - t))) - 1
    high = (6 * (1 - t) + sqrt(36 * (1 - t) ** 2 + 12 * t * (1 - t))) / (6 * t)
    assert test.low == pytest.approx(low, rel=1e-12)
    assert test.high == pytest.approx(high, rel=1e-12)


def test_no_event_in_the_first_group():
    """p = 1 / 10, the smallest possible; upper limit from 1 / (1 + 6 v + 3 v**2) = 0.025."""
    test = fisher_test([[0, 3], [2, 0]])
    assert test.p_value == test.smallest_p == 0.1
    assert (test.odds_ratio, test.low) == (0.0, 0.0)
    assert test.high == pytest.approx(sqrt(1 + (1 / 0.025 - 1) / 3) - 1, rel=1e-12)


def test_every_event_in_the_first_group():
    """Chances 1 : 6 : 3 of 10, observed the 3: p = 1/10 + 3/10. Lower limit: its tail alone."""
    test = fisher_test([[2, 1], [0, 2]])
    assert test.p_value == pytest.approx(0.4, rel=1e-15)
    assert (test.odds_ratio, test.high) == (inf, inf)
    # 3 v**2 = t (1 + 6 v + 3 v**2)
    t = 0.025
    low = (6 * t + sqrt(36 * t**2 + 12 * t * (1 - t))) / (6 * (1 - t))
    assert test.low == pytest.approx(low, rel=1e-12)


def test_severe_cytokine_release_of_hu_2019_as_published():
    """8 of 17 against 1 of 11, p = 0.049; of C(28, 9) = 6 906 900 ways,

    first cell 0: 55, 1: 2 805, 2: 44 880, 8: 267 410, 9: 24 310; 3 has 314 160 and is left out.
    """
    ways = {cell: comb(17, cell) * comb(11, 9 - cell) for cell in (0, 1, 2, 3, 8, 9)}
    assert ways == {0: 55, 1: 2805, 2: 44880, 3: 314160, 8: 267410, 9: 24310}
    expected = Fraction(55 + 2805 + 44880 + 267410 + 24310, comb(28, 9))
    test = fisher_test([[8, 9], [1, 10]])
    assert test.p_value == pytest.approx(float(expected), rel=1e-15)
    assert round(test.p_value, 4) == 0.0491
    assert test.smallest_p == pytest.approx(55 / 6906900, rel=1e-15)


def test_tables_of_equal_probability_are_equal_without_rounding():
    """Groups of 17 and 17 with 9 events: 2 and 7 are mirror images, and both tails count."""
    ways = [comb(17, cell) * comb(17, 9 - cell) for cell in range(10)]
    expected = Fraction(2 * sum(ways[:3]), sum(ways))
    assert fisher_test([[2, 15], [7, 10]]).p_value == float(expected)


@pytest.mark.parametrize(
    "table", [[[0, 0], [3, 4]], [[3, 4], [0, 0]], [[0, 3], [0, 4]], [[3, 0], [4, 0]], [[0, 0]] * 2]
)
def test_an_empty_row_or_column_says_nothing(table):
    test = fisher_test(table)
    assert (test.p_value, test.smallest_p) == (1.0, 1.0)
    assert test.odds_ratio is None
    assert (test.low, test.high) == (0.0, inf)


def test_r167_three_against_three_cannot_reach_significance():
    """Smallest two-sided p of 3 against 3 with 3 events: 2 of C(6, 3) = 20."""
    test = fisher_test([[3, 0], [0, 3]])
    assert test.p_value == test.smallest_p == 0.1


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([[1, 2, 3], [4, 5, 6]], "`table` must have two rows and two columns."),
        ([1, 2, 3, 4], "`table` must have 2 dimension"),
        ([[1, 2], [3, -4]], "`table` must be whole numbers of at least 0."),
        ([[1.9, 2], [3, 4]], "`table` must be whole numbers"),
        ([[10**9 + 1, 2], [3, 4]], "`table` must hold at most 1000000000 patients in a cell."),
    ],
)
def test_pf43_other_tables_are_refused(table, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fisher_test(table)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"level": 95}, "Did you mean 0.95"),
        ({"interval": "wald"}, '`interval` must be "exact" or "mid-p".'),
    ],
)
def test_other_levels_and_intervals_are_refused(given, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fisher_test([[1, 2], [1, 1]], **given)


def test_one_sided_and_mid_p_of_every_table():
    """Chances 1 : 6 : 3 of 10 for 0, 1 and 2 events in the first group.

    2 events: less 10/10, greater 3/10, mid-P 1/10 + 3/20. 1 event: 7/10, 9/10, 4/10 + 6/20.
    """
    two, one = fisher_test([[2, 1], [0, 2]]), fisher_test([[1, 2], [1, 1]])
    assert (two.p_less, two.p_greater, two.probability, two.mid_p) == (1.0, 0.3, 0.3, 0.25)
    assert (one.p_less, one.p_greater, one.probability, one.mid_p) == (0.7, 0.9, 0.6, 0.7)


def test_tables_of_the_same_margins_share_their_ways():
    tables = [(0, 3, 2, 0), (1, 2, 1, 1), (2, 1, 0, 2)]
    assert [test.p_value for test in table_p_values(tables)] == [0.1, 1.0, 0.4]
    assert [test.smallest_p for test in table_p_values(tables)] == [0.1] * 3


@pytest.mark.parametrize("tables", [[], [(0, 3, 2, 0), (1, 3, 1, 1)]])
def test_tables_of_other_margins_are_refused(tables):
    with pytest.raises(ArgumentError, match="the same margins, at least one"):
        table_p_values(tables)


@pytest.mark.parametrize("level", [0.8, 0.95, 0.99])
def test_mid_p_limits_of_one_event_in_each_group(level):
    """Half of the observed 6 v joins each tail: lower (3 v + 3 v**2) / all = t, upper 1 + 3 v.

    Lower: 3 (1 - t) v**2 + 3 (1 - 2 t) v - t = 0. Upper: 3 t v**2 - 3 (1 - 2 t) v - (1 - t) = 0.
    """
    t = (1 - level) / 2
    half = 3 * (1 - 2 * t)
    test = fisher_test([[1, 2], [1, 1]], level=level, interval="mid-p")
    low = (sqrt(half**2 + 12 * t * (1 - t)) - half) / (6 * (1 - t))
    high = (sqrt(half**2 + 12 * t * (1 - t)) + half) / (6 * t)
    assert (test.low, test.high) == (pytest.approx(low, rel=1e-12), pytest.approx(high, rel=1e-12))
    assert test.interval == "mid-p"


def test_mid_p_limits_without_an_event_in_the_first_group():
    """No limit below; above, half of 1 of 1 + 6 v + 3 v**2 is 0.025: 3 v**2 + 6 v - 19 = 0."""
    test = fisher_test([[0, 3], [2, 0]], interval="mid-p")
    assert test.low == 0.0
    assert test.high == pytest.approx((sqrt(36 + 12 * 19) - 6) / 6, rel=1e-12)


def test_pf20_one_in_so_many_ways_of_a_thousand_patients():
    """510 against 510 apart: 2 of C(1020, 510) ways, 7e-306."""
    expected = Fraction(2, comb(1020, 510))
    test = fisher_test([[510, 0], [0, 510]])
    assert test.p_value == test.smallest_p == float(expected) < 1e-305


def test_a_rare_event_among_two_thousand_million():
    """5 v 1 events in groups of equal size: P(5 or 6 of 6) = 2 x 7 / 2**6 but for 1 in 1e9."""
    test = fisher_test([[5, 10**9 - 5], [1, 10**9 - 1]])
    assert test.p_value == pytest.approx(14 / 64, rel=1e-8)


def test_w21_an_interval_called_exact_leaves_its_error_in_the_tails():
    """Two intervals sold as exact are of large samples. Here, at the lower limit of 8 of 17 v

    1 of 11, the chance of 8 or more is 0.025, and at the upper one that of 8 or fewer.
    """
    test = fisher_test([[8, 9], [1, 10]])
    for odds, cells in ((test.low, range(8, 10)), (test.high, range(9))):
        ways = {k: comb(17, k) * comb(11, 9 - k) * Fraction(odds) ** k for k in range(10)}
        tail = sum(ways[k] for k in cells) / sum(ways.values())
        assert float(tail) == pytest.approx(0.025, rel=1e-10)
