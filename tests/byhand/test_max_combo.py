"""Max-combo test worked by hand, in fractions."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.max_combo import COMBINATION, max_combo_test

DAYS, ALL = [1, 2, 3, 4], [1, 1, 1, 1]

# Scores of the four patients, by weight:
#   (0, 0): (9, 5, -1, -13) / 12   (0, 1): (0, 2, 2, -4) / 12
#   (1, 0): (9, 3, -3, -9) / 12    (1, 1): (0, 2, 1, -3) / 16
# Variance of the sum of two of them: a third of the sum of squares: 276/432, 24/432, 180/432,
# 14/768. Squares of z for the pairs, and the largest:
#   {1,2}, {3,4}: 196/92, 1/2, 12/5, 6/7    12/5
#   {1,3}, {2,4}: 64/92, 1/2, 3/5, 3/14     16/23
#   {1,4}, {2,3}: 16/92, 2, 0, 27/14        2


@pytest.mark.parametrize(
    ("group", "square", "largest", "p_value", "signs"),
    [
        ([0, 0, 1, 1], 12 / 5, (1, 0), 2 / 6, [-1, -1, -1, -1]),
        ([1, 0, 0, 1], 2, (0, 1), 4 / 6, [-1, -1, 0, -1]),
        ([1, 0, 1, 0], 16 / 23, (0, 0), 1, [1, 1, 1, 1]),
    ],
)
def test_every_arrangement_of_four_patients(group, square, largest, p_value, signs):
    test = max_combo_test(DAYS, ALL, group)
    assert test.statistic == pytest.approx(math.sqrt(square), rel=1e-12)
    assert test.largest == largest
    assert test.p_value == pytest.approx(p_value, rel=1e-14)
    assert (test.method, test.draws, test.standard_error) == ("exact", 0, 0)
    assert test.smallest_p == pytest.approx(2 / 6, rel=1e-14)
    assert np.sign(np.round(test.z, 12)).tolist() == signs


def test_covariance_of_the_sums():
    # day 1: v = 1/4, day 2: v = 2/9; weights 1, 1; 0, 1/4; 1, 3/4; 0, 3/16
    test = max_combo_test(DAYS, ALL, [0, 0, 1, 1], method="normal")
    by_hand = [
        [17 / 36, 1 / 18, 5 / 12, 1 / 24],
        [1 / 18, 1 / 72, 1 / 24, 1 / 96],
        [5 / 12, 1 / 24, 3 / 8, 1 / 32],
        [1 / 24, 1 / 96, 1 / 32, 1 / 128],
    ]
    np.testing.assert_allclose(test.covariance, by_hand, rtol=1e-13)
    z = [-math.sqrt(49 / 17), -math.sqrt(2), -math.sqrt(8 / 3), -math.sqrt(2)]
    np.testing.assert_allclose(test.z, z, rtol=1e-13)
    assert (test.statistic, test.largest) == (-test.z[0], (0, 0))
    assert (test.method, test.smallest_p, test.draws) == ("normal", None, 0)


def test_one_event_leaves_one_weight():
    # 1 of 2 in group 0: z = 1; the weights with gamma are 0; p of one normal variable
    test = max_combo_test([2, 3], [1, 0], [0, 1], method="normal")
    assert test.z == (-1, None, -1, None)
    assert test.p_value == pytest.approx(math.erfc(math.sqrt(0.5)), rel=1e-12)
    exact = max_combo_test([2, 3], [1, 0], [0, 1])
    assert (exact.z, exact.p_value, exact.smallest_p) == ((-1, None, -1, None), 1, 1)


def test_two_strata():
    # twice the same stratum, one the other way round: all sums are 0, all arrangements reach it
    time, event, stratum = [1, 2, 1, 2], [1, 1, 1, 1], [0, 0, 1, 1]
    test = max_combo_test(time, event, [1, 0, 0, 1], stratum=stratum)
    assert (test.statistic, test.p_value, test.smallest_p) == (0, 1, 2 / 4)
    same = max_combo_test(time, event, [1, 0, 1, 0], stratum=stratum)
    # sum 1 of two scores of a half, variance 2 x 1/4
    assert same.z[0] == pytest.approx(math.sqrt(2), rel=1e-14)
    assert same.p_value == 2 / 4


def test_a_stratum_of_one_group_adds_nothing():
    alone = max_combo_test(DAYS, ALL, [0, 0, 1, 1])
    more = max_combo_test(
        [*DAYS, 1, 2], [*ALL, 1, 1], [0, 0, 1, 1, 0, 0], stratum=[0, 0, 0, 0, 1, 1]
    )
    assert more.p_value == alone.p_value
    np.testing.assert_allclose(more.z, alone.z, rtol=1e-14)


def test_drawn_arrangements_come_close_to_the_count():
    test = max_combo_test(
        list(range(20)), [1] * 20, [0, 1] * 10, draws=2000, rng=np.random.default_rng(2)
    )
    exact = max_combo_test(list(range(20)), [1] * 20, [0, 1] * 10, draws=200_000)
    assert (test.method, exact.method) == ("monte_carlo", "exact")
    assert abs(test.p_value - exact.p_value) < 4 * test.standard_error
    assert test.smallest_p == 1 / 2001
    share = exact.p_value * math.comb(20, 10)
    assert share == pytest.approx(round(share), abs=1e-6)
    assert test.statistic == pytest.approx(exact.statistic, rel=1e-14)


@pytest.mark.parametrize("method", ["permutation", "normal"])
@pytest.mark.parametrize(
    ("time", "event", "group"),
    [
        ([3, 5, 5, 8], [0, 0, 0, 0], [0, 0, 1, 1]),  # nobody had the event
        ([4, 4, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1]),  # all at once
    ],
)
def test_nothing_to_compare(time, event, group, method):
    test = max_combo_test(time, event, group, method=method)
    assert (test.statistic, test.p_value, test.largest) == (None, None, None)
    assert test.z == (None,) * len(COMBINATION)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"group": [0, 1, 2, 2]}, "`group` must hold exactly two groups."),
        ({"group": [0, 0, 0, 0]}, "`group` must hold exactly two groups."),
        ({"event": [5, 8, 9, 9]}, "`event` must be true or false"),
        ({"time": [-1, 2, 3, 4]}, "`time` must be at least 0"),
        ({"stratum": [0, 1]}, "same length"),
        ({"method": "bonferroni"}, '`method` must be "permutation" or "normal".'),
        ({"draws": 0}, "`draws` must be a whole number of at least 1"),
        ({"draws": 2.5}, "`draws` must be a whole number of at least 1"),
        ({"rng": 1}, r"`rng` must be a numpy\.random\.Generator"),
        ({"draws": 5}, "`rng` must be given for more than 5 arrangements"),
    ],
)
def test_what_cannot_be_compared_is_refused(given, sentence):
    data = {"time": DAYS, "event": ALL, "group": [0, 0, 1, 1]} | given
    with pytest.raises(ArgumentError, match=sentence):
        max_combo_test(data.pop("time"), data.pop("event"), data.pop("group"), **data)


def test_with_nothing_to_compare_nothing_is_drawn():
    test = max_combo_test(range(20), [0] * 20, [0, 1] * 10, draws=10, rng=np.random.default_rng(1))
    assert (test.p_value, test.draws, test.standard_error) == (None, 0, 0)


def test_drawn_arrangements_stay_within_the_strata():
    # Twelve strata of two, an event each: every score is one of two, equally far on either side, so
    # all z are the same and count in how many strata the first to die is of group 1. Here in 9:
    # p = 2 (220 + 66 + 12 + 1) / 2^12; across the strata it would be 0.039.
    test = max_combo_test(
        list(range(1, 25)),
        [1] * 24,
        [1, 0] * 9 + [0, 1] * 3,
        stratum=np.repeat(np.arange(12), 2),
        draws=4000,
        rng=np.random.default_rng(7),
    )
    assert test.method == "monte_carlo"
    assert test.p_value == pytest.approx(598 / 4096, abs=0.025)
