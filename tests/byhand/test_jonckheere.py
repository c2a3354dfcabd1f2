"""Jonckheere-Terpstra test, counted on paper."""

from math import sqrt

import numpy as np
import pytest
from scipy.special import ndtr

from autallo.errors import ArgumentError
from autallo.stats.ranks.jonckheere import jonckheere_test


def test_three_groups_of_two():
    """J of 90 ways: (1 1 2 1 1) for the second group on the first, times (1 1 2 2 3 2 2 1 1).

    Exchanging the two values in the middle of 1 2 3 4 5 6 takes one pair of 12: J = 11. There
    are 1 way to 12 and 1 + 1 to 11, and as many to 0 and 1.
    """
    ways = np.convolve([1, 1, 2, 1, 1], [1, 1, 2, 2, 3, 2, 2, 1, 1])
    assert (ways.sum(), ways[:2].tolist()) == (90, [1, 2])
    test = jonckheere_test([1, 3, 2, 4, 5, 6], [0, 0, 1, 1, 2, 2])
    assert (test.statistic, test.method, test.draws) == (11.0, "exact", 0)
    assert test.p_rising == pytest.approx(3 / 90, rel=1e-15)
    assert test.p_falling == pytest.approx(89 / 90, rel=1e-15)
    assert test.p_value == pytest.approx(6 / 90, rel=1e-15)
    assert test.smallest_p == pytest.approx(2 / 90, rel=1e-15)


def test_ties():
    """1 | 2 2: J is 2 if the 1 comes first, one third, and 1/2 otherwise; mean 1.

    Variance (1/3) 1 + (2/3) (1/4) = 1/2.
    """
    test = jonckheere_test([1, 2, 2], [0, 1, 1])
    assert test.statistic == 2.0
    assert test.score == pytest.approx(1 / sqrt(1 / 2), rel=1e-14)
    assert test.p_rising == pytest.approx(1 / 3, rel=1e-15)
    assert test.p_value == pytest.approx(1 / 3, rel=1e-15)
    assert test.p_falling == 1.0


def test_normal_approximation():
    """J = 11 of 2, 2, 2: mean 6; variance (36 * 15 - 3 * 4 * 7) / 72 ... = 19/3 without ties.

    N N (2 N + 3) = 540, three groups n n (2 n + 3) = 28 each: (540 - 84) / 72 = 19/3.
    """
    test = jonckheere_test([1, 3, 2, 4, 5, 6], [0, 0, 1, 1, 2, 2], method="asymptotic")
    score = 5 / sqrt(19 / 3)
    assert test.score == pytest.approx(score, rel=1e-14)
    assert test.p_rising == pytest.approx(float(ndtr(-score)), rel=1e-13)
    assert test.p_value == pytest.approx(2 * float(ndtr(-score)), rel=1e-13)
    assert (test.method, test.smallest_p) == ("asymptotic", None)


@pytest.mark.parametrize("method", [None, "asymptotic"])
def test_all_values_tied(method):
    test = jonckheere_test([5] * 5, [0, 0, 1, 2, 2], method=method)
    assert (test.statistic, test.score) == (4.0, 0.0)
    assert (test.p_value, test.p_rising, test.p_falling) == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("method", [None, "asymptotic"])
def test_two_patients(method):
    """Exact: either order has chance 1/2. Normal: J - 1/2 = 1/2, variance 1/4, so 1."""
    test = jonckheere_test([1, 2], [0, 1], method=method)
    assert (test.statistic, test.score) == (1.0, 1.0)
    assert test.p_rising == pytest.approx(0.5 if method is None else float(ndtr(-1.0)), rel=1e-14)


@pytest.mark.parametrize(
    ("values", "group", "options", "sentence"),
    [
        ([1, 2], [0, 0], {}, "`group` must hold at least two groups"),
        ([1, 2, 3], [0, 1], {}, "`values` and `group` must have the same length"),
        ([1, 2], [0, 1], {"method": "drawn"}, "`method` must be"),
        ([1, 2], [0, 1], {"draws": 0}, "`draws` must be a whole number of at least 1"),
        (range(600), [0, 1, 2] * 200, {"method": "exact"}, "too many arrangements"),
        (range(600), [0, 1, 2] * 200, {}, "`rng` must be given"),
    ],
)
def test_impossible_arguments_are_refused(values, group, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        jonckheere_test(values, group, **options)


def test_the_error_of_a_drawn_p_is_that_of_a_share_of_draws():
    values, group = [1, 2, 3, 4, 5, 6], [0, 0, 1, 2, 1, 2]
    rng = np.random.default_rng(3)
    test = jonckheere_test(values, group, method="monte_carlo", draws=500, rng=rng)
    assert 0 < test.p_value < 0.5
    assert test.standard_error == pytest.approx(sqrt(test.p_value * (1 - test.p_value) / 500))
    assert jonckheere_test(values, group).standard_error == 0
