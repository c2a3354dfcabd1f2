"""Stratified tables of a few patients, in fractions."""

from fractions import Fraction
from math import exp, inf, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.stratified import breslow_day_test, mantel_haenszel_test
from autallo.stats.contingency.stratified_exact import stratified_exact_test

# Two strata of 5 patients, 3 v 2 with 2 events: 1, 6 and 3 ways to 0, 1 and 2 in the first group.
ONE_AND_TWO = [[[1, 2], [1, 1]], [[2, 1], [0, 2]]]
EMPTY = [[0, 4], [0, 3]]


def test_mantel_haenszel_of_two_strata():
    """ad / n: 1/5 and 4/5; bc / n: 2/5 and 0. a - E a: 1 - 6/5 and 2 - 6/5, together 3/5.

    Variance of each: 3 x 2 x 2 x 3 / (25 x 4) = 9/25.
    """
    plain = mantel_haenszel_test(ONE_AND_TWO, continuity=False)
    corrected = mantel_haenszel_test(ONE_AND_TWO)
    assert plain.odds_ratio == pytest.approx(5 / 2, rel=1e-15)
    assert plain.statistic == pytest.approx(float(Fraction(9, 25) / Fraction(18, 25)), rel=1e-14)
    assert corrected.statistic == pytest.approx(float(Fraction(1, 100) / Fraction(18, 25)))
    assert (plain.df, plain.strata, plain.strata_left_out) == (1, 2, 0)


def test_variance_of_robins_breslow_and_greenland():
    """P = (a + d) / n: 2/5 and 4/5; Q: 3/5 and 1/5. R = 1/5 and 4/5, S = 2/5 and 0.

    P R = 2/25 + 16/25, P S + Q R = 4/25 + 3/25 + 4/25, Q S = 6/25; over 2 x 1, 2 x 2/5, 2 x 4/25.
    """
    variance = (
        Fraction(18, 25) / 2
        + Fraction(11, 25) / (2 * Fraction(2, 5))
        + Fraction(6, 25) / (2 * Fraction(4, 25))
    )
    test = mantel_haenszel_test(ONE_AND_TWO)
    reach = 1.959963984540054 * sqrt(variance)
    assert test.low == pytest.approx(2.5 * exp(-reach), rel=1e-12)
    assert test.high == pytest.approx(2.5 * exp(reach), rel=1e-12)


def test_a_deviation_below_one_half_is_not_corrected():
    """The rule of R: a - E a = 1 - 6/5 alone, 1/5 from its expectation."""
    one = [ONE_AND_TWO[0]]
    plain, corrected = mantel_haenszel_test(one, continuity=False), mantel_haenszel_test(one)
    assert plain.statistic == corrected.statistic == pytest.approx(1 / 9, rel=1e-14)


def test_a_deviation_of_one_half_is_corrected_to_nothing():
    """1 of 1 against 1 of 3: 1 - 2/4, over strata 1/6 + 1/3 as well, whatever the rounding."""
    assert mantel_haenszel_test([[[1, 0], [1, 2]]]).statistic == pytest.approx(0, abs=1e-20)


@pytest.mark.parametrize(
    ("tables", "odds_ratio"), [([[[2, 1], [0, 2]]], inf), ([[[0, 3], [2, 0]]], 0.0)]
)
def test_an_odds_ratio_at_the_end_has_no_limits(tables, odds_ratio):
    test = mantel_haenszel_test(tables)
    assert (test.odds_ratio, test.low, test.high) == (odds_ratio, None, None)
    assert test.p_value is not None
    assert breslow_day_test([*tables, *tables]).statistic is None


def test_strata_without_information_are_left_out_and_counted():
    with_empty = [EMPTY, *ONE_AND_TWO, [[0, 0], [2, 3]]]
    for function in (mantel_haenszel_test, breslow_day_test, stratified_exact_test):
        test, alone = function(with_empty), function(ONE_AND_TWO)
        assert (test.strata, test.strata_left_out) == (2, 2)
        assert (test.p_value, test.odds_ratio) == (alone.p_value, alone.odds_ratio)


def test_no_stratum_with_information():
    haenszel, exact = mantel_haenszel_test([EMPTY]), stratified_exact_test([EMPTY])
    assert (haenszel.odds_ratio, haenszel.statistic, haenszel.p_value) == (None, None, None)
    assert (exact.p_value, exact.smallest_p, exact.odds_ratio) == (1.0, 1.0, None)
    assert (exact.mid_p, exact.low, exact.high, exact.strata_left_out) == (0.5, 0.0, inf, 1)
    heterogeneity = breslow_day_test([EMPTY])
    assert (heterogeneity.statistic, heterogeneity.p_value, heterogeneity.df) == (None, None, 0)


def test_breslow_day_where_the_expected_cells_are_whole():
    """The odds ratio of 4 6 / 6 4 is 4/9, of 6 4 / 4 6 it is 9/4: together 52/52, so 1.

    Expected 5 in every cell, V = 5/4, (a - A)**2 = 1 in both: 8/5. The deviations cancel, so that
    Tarone takes off nothing.
    """
    tables = [[[4, 6], [6, 4]], [[6, 4], [4, 6]]]
    for tarone in (False, True):
        test = breslow_day_test(tables, tarone=tarone)
        assert test.statistic == pytest.approx(8 / 5, rel=1e-13)
        assert (test.odds_ratio, test.df) == (pytest.approx(1, rel=1e-15), 1)


def test_breslow_day_of_one_stratum_compares_nothing():
    test = breslow_day_test([[[4, 6], [6, 4]]])
    assert (test.statistic, test.p_value, test.df, test.strata) == (None, None, 0, 1)


def test_exact_test_of_two_strata():
    """(1 + 6 v + 3 v**2)**2 = 1 + 12 v + 42 v**2 + 36 v**3 + 9 v**4, of 100; observed 3.

    Not more probable than 36: 1 + 12 + 36 + 9. The mid-P takes off 18.
    """
    test = stratified_exact_test(ONE_AND_TWO)
    assert test.p_value == 58 / 100
    assert (test.p_less, test.p_greater) == (91 / 100, 45 / 100)
    assert test.mid_p == 40 / 100
    assert test.smallest_p == 1 / 100


def test_exact_limits_at_the_end():
    """Two of 2 events in both strata: 9 v**4 / (1 + 6 v + 3 v**2)**2 = 0.025, the root of it."""
    root = sqrt(0.025)
    low = (6 * root + sqrt(36 * root**2 + 12 * root * (1 - root))) / (6 * (1 - root))
    test = stratified_exact_test([[[2, 1], [0, 2]]] * 2)
    assert (test.odds_ratio, test.high) == (inf, inf)
    assert test.low == pytest.approx(low, rel=1e-12)


FUNCTIONS = [mantel_haenszel_test, breslow_day_test, stratified_exact_test]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ([[1, 2], [3, 4]], "`tables` must have 3 dimension"),
        ([[[1, 2], [3, 4], [5, 6]]], "`tables` must be tables of two rows and two columns."),
        ([[[1, 2], [3, -4]]], "at least 0"),
        ([[[1, 2], [3, 2 * 10**9]]], "`tables` must hold at most"),
    ],
)
def test_other_tables_are_refused(function, tables, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        function(tables)


def test_tables_too_large_to_be_counted_are_refused():
    with pytest.raises(ArgumentError, match="`tables` must be smaller to be counted"):
        stratified_exact_test([[[10**6, 10**6], [10**6, 10**6]]])
