"""McNemar's test in fractions."""

from fractions import Fraction
from math import erfc, inf, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.mcnemar import mcnemar_test


def test_one_lost_and_four_gained():
    """5 discordant pairs: 1, 5, 10, 10, 5, 1 of 32. Two-sided 2 (1 + 5) / 32; the mid-P 5 less."""
    test = mcnemar_test([[7, 1], [4, 9]])
    assert test.p_value == float(Fraction(12, 32))
    assert (test.p_less, test.p_greater) == (6 / 32, 31 / 32)
    assert test.mid_p == 7 / 32
    assert test.smallest_p == 2 / 32
    assert test.odds_ratio == 1 / 4
    assert test.pairs == 5


def test_large_sample_statistic_with_and_without_continuity():
    """(1 - 4)**2 / 5 and (3 - 1)**2 / 5."""
    plain, corrected = mcnemar_test([1, 4], continuity=False), mcnemar_test([1, 4])
    assert plain.statistic == 9 / 5
    assert corrected.statistic == 4 / 5
    assert plain.p_asymptotic == pytest.approx(erfc(sqrt(9 / 10)), rel=1e-14)


def test_two_lost_and_none_gained():
    """p = 2 / 4; lower limit of the odds from s**2 = 0.025, of the mid-P from s**2 = 0.05."""
    exact, mid_p = mcnemar_test([2, 0]), mcnemar_test([2, 0], interval="mid-p")
    assert exact.p_value == 0.5
    assert (exact.odds_ratio, exact.high) == (inf, inf)
    for test, share in ((exact, sqrt(0.025)), (mid_p, sqrt(0.05))):
        assert test.low == pytest.approx(share / (1 - share), rel=1e-12)


def test_one_of_each():
    """p = 1; the mid-P 1 - 2 / 4 / 2. Limits: 1 - (1 - s)**2 = 0.025 and s**2 as odds."""
    test = mcnemar_test([1, 1])
    assert (test.p_value, test.mid_p, test.odds_ratio, test.statistic) == (1.0, 0.75, 1.0, 0.0)
    low = 1 - sqrt(0.975)
    assert test.low == pytest.approx(low / (1 - low), rel=1e-12)
    assert test.high == pytest.approx((1 - low) / low, rel=1e-12)


def test_no_discordant_pair_says_nothing():
    test = mcnemar_test([[3, 0], [0, 4]])
    assert (test.p_value, test.smallest_p, test.mid_p, test.pairs) == (1.0, 1.0, 0.5, 0)
    assert (test.odds_ratio, test.statistic, test.p_asymptotic) == (None, None, None)
    assert (test.low, test.high) == (0.0, inf)


def test_the_pairs_that_agree_do_not_matter():
    assert mcnemar_test([[90, 1], [4, 1000]]) == mcnemar_test([1, 4])


def test_millions_of_pairs():
    """Of 2 m + 1 pairs m + 1 or more are of one kind with probability 1/2; twice that is 1."""
    test = mcnemar_test([3_000_000, 2_999_999])
    assert test.p_value == pytest.approx(1.0, rel=1e-12)
    assert test.p_greater == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize(
    ("table", "given", "sentence"),
    [
        ([[1, 2, 3], [4, 5, 6]], {}, "`table` must be two by two pairs"),
        ([1, 2, 3], {}, "`table` must be two by two pairs"),
        (5, {}, "`table` must have 2 dimension"),
        ([1, 2.5], {}, "`table` must be whole numbers"),
        ([1, 2 * 10**9], {}, "`table` must hold at most"),
        ([1, 2], {"level": 0}, "`level` must be between"),
        ([1, 2], {"interval": "score"}, "`interval` must be"),
    ],
)
def test_other_arguments_are_refused(table, given, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        mcnemar_test(table, **given)
