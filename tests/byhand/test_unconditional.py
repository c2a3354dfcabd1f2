"""Barnard and Boschloo worked by hand, in fractions."""

from fractions import Fraction
from math import sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.proportions.unconditional import barnard_test, boschloo_test

BOTH = pytest.mark.parametrize("test_of", [barnard_test, boschloo_test])
SIDES = ("two-sided", "less", "greater")


@BOTH
@pytest.mark.parametrize(
    ("table", "one_sided", "two_sided"),
    [
        # p**2 (1 - p)**2 is 1/16 at 1/2; two-sided the mirror image as well
        ([[2, 0], [0, 2]], Fraction(1, 16), Fraction(1, 8)),
        # 1 v 2: (1, 0) and (0, 2) have z**2 = 3 and a Fisher p of 1/3 both:
        # p (1 - p)**2 + (1 - p) p**2 = p (1 - p); one-sided p (1 - p)**2 is 4/27 at 1/3
        ([[1, 0], [0, 2]], Fraction(4, 27), Fraction(1, 4)),
    ],
)
def test_all_against_none(test_of, table, one_sided, two_sided):
    """No table is more extreme, so the smallest p is reached."""
    for alternative, p_value in (("two-sided", two_sided), ("greater", one_sided)):
        test = test_of(table, alternative=alternative)
        assert test.p_value == pytest.approx(float(p_value), rel=1e-12)
        assert test.smallest_p == test.p_value
        assert test.alternative == alternative
    assert test_of(table[::-1], alternative="less").p_value == pytest.approx(
        float(one_sided), rel=1e-12
    )


def test_one_patient_in_each_group():
    """p (1 - p) is 1/4 at 1/2, twice that with the mirror image; Fisher's two-sided p is 1."""
    table = [[1, 0], [0, 1]]
    assert barnard_test(table).p_value == pytest.approx(1 / 2, rel=1e-12)
    assert boschloo_test(table).p_value == 1
    for test_of in (barnard_test, boschloo_test):
        p_value = test_of(table, alternative="greater").p_value
        assert p_value == pytest.approx(1 / 4, rel=1e-12)


def test_three_of_four_against_one_of_four():
    """z**2 = 8 (4 (x - y))**2 / (16 k (8 - k)) >= 2 if x and y differ by at least 2.

    4 (x - y)**2 >= 16 >= k (8 - k): a tie with z = sqrt(2) at k = 4 counts. At p = 1/2 x - y + 4 is
    binomial (8, 1/2), so p = 2 (1 + 8 + 28) / 256.
    """
    test = barnard_test([[3, 1], [1, 3]])
    assert test.statistic == pytest.approx(sqrt(2), rel=1e-12)
    assert test.p_value == pytest.approx(74 / 256, rel=1e-12)
    assert barnard_test([[1, 3], [3, 1]]).statistic == -test.statistic


def test_boschloo_starts_from_the_p_of_fisher():
    """2 of 2 against 0 of 2: 2 of the 6 arrangements; one-sided 1 of 6."""
    assert boschloo_test([[2, 0], [0, 2]]).statistic == pytest.approx(1 / 3, rel=1e-12)
    one_sided = boschloo_test([[2, 0], [0, 2]], alternative="greater")
    assert one_sided.statistic == pytest.approx(1 / 6, rel=1e-12)


@BOTH
@pytest.mark.parametrize("alternative", SIDES)
@pytest.mark.parametrize(
    "table", [[[0, 3], [0, 4]], [[3, 0], [4, 0]], [[0, 0], [1, 2]], [[1, 2], [0, 0]], [[0, 0]] * 2]
)
def test_a_table_that_says_nothing_has_a_p_of_1(test_of, alternative, table):
    """PF-22: a rival printed 2.0 and NaN."""
    assert test_of(table, alternative=alternative).p_value == 1


@BOTH
@pytest.mark.parametrize("alternative", SIDES)
def test_pf_22_no_p_above_1(test_of, alternative):
    """A rival's two-sided p was 2.0 and 1.277."""
    for table in ([[x, 4 - x], [y, 3 - y]] for x in range(5) for y in range(4)):
        test = test_of(table, alternative=alternative)
        assert 0 < test.smallest_p <= test.p_value <= 1


@BOTH
def test_identical_groups_do_not_differ(test_of):
    """MR-36."""
    assert test_of([[3, 5], [3, 5]]).p_value == 1


@BOTH
def test_a_p_far_below_rounding_keeps_its_digits(test_of):
    """250 of 250 against 0 of 250: 2 (1/2)**500."""
    test = test_of([[250, 0], [0, 250]])
    assert test.p_value * 2.0**499 == pytest.approx(1, rel=1e-10)


@BOTH
@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        ([[1, 2, 3], [1, 2, 3]], {}, "`table` must have two rows and two columns."),
        ([[1, 2], [1, -2]], {}, "`table` must be whole numbers of at least 0."),
        ([[200, 200], [100, 1]], {}, "`table` must hold at most 500 patients; `fisher_test` takes"),
        ([[1, 2], [1, 2]], {"alternative": "other"}, "`alternative` must be two-sided, less or"),
    ],
)
def test_what_cannot_be_tested_is_refused(test_of, table, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        test_of(table, **options)
