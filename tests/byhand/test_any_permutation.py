"""Permutation test of any statistic, by hand: arrangements of at most six patients."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.resampling.permutation import permutation_test


def sum_in_one(values, labels):
    return int(values[labels == 1].sum())


def largest_in_one(values, labels):
    return float(values[labels == 1].max())


def test_two_and_two():
    # Sums of pairs of 1, 2, 4, 8: 3, 5, 6, 9, 10, 12. Observed 10 (2 and 8): two of six as large,
    # five as small.
    test = permutation_test(sum_in_one, [1, 4, 2, 8], [0, 0, 1, 1])
    assert (test.statistic, test.method, test.arrangements, test.draws) == (10, "exact", 6, 0)
    assert test.p_greater == pytest.approx(2 / 6, rel=1e-12)
    assert test.p_less == pytest.approx(5 / 6, rel=1e-12)
    assert test.p_value == pytest.approx(4 / 6, rel=1e-12)
    assert test.smallest_p == pytest.approx(2 / 6, rel=1e-12)
    assert (test.standard_error, test.failures) == (0, 0)


def test_ties_count_on_both_sides():
    # 1, 1, 2, 2: sums 2, 3 four times, 4
    test = permutation_test(sum_in_one, [1, 2, 1, 2], [0, 0, 1, 1])
    assert (test.p_less, test.p_greater, test.p_value) == pytest.approx((5 / 6, 5 / 6, 1))


@pytest.mark.parametrize(
    ("alternative", "p", "smallest"), [("less", 1, 1 / 2), ("greater", 0.5, 0.5)]
)
def test_one_side(alternative, p, smallest):
    # the largest value is in group 1 in half of the arrangements, the largest 8 then
    test = permutation_test(largest_in_one, [1, 4, 2, 8], [0, 0, 1, 1], alternative=alternative)
    assert test.p_value == pytest.approx(p)
    # at most 4: two of six; at most 2: one
    assert test.smallest_p == pytest.approx({"less": 1 / 6, "greater": 1 / 2}[alternative])


def test_labels_stay_in_their_stratum():
    # Strata (1, 4) and (2, 8), one of each group in both: sums of group 1 are 1 + 2, 1 + 8, 4 + 2,
    # 4 + 8; the patient alone keeps the label.
    test = permutation_test(sum_in_one, [1, 4, 2, 8, 100], [0, 1, 0, 1, 1], stratum=[0, 0, 1, 1, 2])
    assert (test.statistic, test.arrangements) == (112, 4)
    assert (test.p_greater, test.p_less, test.smallest_p) == (0.25, 1, 0.5)


def test_strata_of_one_group_leave_one_arrangement():
    test = permutation_test(sum_in_one, [1, 4, 2, 8], [0, 0, 1, 1], stratum=[0, 0, 1, 1])
    assert (test.arrangements, test.p_value, test.smallest_p) == (1, 1, 1)


def test_three_groups():
    # 5! / (2! 2! 1!) = 30 arrangements; |mean of group 2 - 3| is 2 for the patients 1 and 5
    def distance(values, labels):
        return abs(float(values[labels == 2].mean()) - 3)

    test = permutation_test(distance, [1, 2, 3, 4, 5], [0, 0, 1, 1, 2], alternative="greater")
    assert test.arrangements == 30
    assert test.p_value == pytest.approx(2 / 5, rel=1e-12)


def test_fractions_are_compared_as_they_are():
    # 1/3 - 1/7 and 4/21 differ by less than rounding would tell; as fractions they are equal
    def shares(values, labels):
        return Fraction(int(values[labels == 1].sum()), 3 * 10**20)

    test = permutation_test(shares, [0, 1, 2, 3], [1, 0, 0, 0])
    assert test.p_less == pytest.approx(1 / 4, rel=1e-12)


def test_failures_count_as_more_extreme():
    # group 1 without the 8 cannot be given: half of the six arrangements
    def needs_eight(values, labels):
        chosen = values[labels == 1]
        return float(chosen.sum()) if 8 in chosen else None

    test = permutation_test(needs_eight, [1, 4, 2, 8], [0, 0, 1, 1])
    # given: 9, 10, 12; observed 10
    assert test.failures == 3
    assert test.p_greater == pytest.approx(5 / 6, rel=1e-12)
    assert test.p_less == pytest.approx(5 / 6, rel=1e-12)
    assert test.smallest_p == 1


def test_draws_count_the_data_themselves():
    rng = np.random.default_rng(2)
    test = permutation_test(
        sum_in_one, [1, 4, 2, 8], [0, 0, 1, 1], exact_up_to=5, draws=99, rng=rng
    )
    assert (test.method, test.draws, test.arrangements) == ("monte_carlo", 99, None)
    # (b + 1) / 100 and the smallest of it, on both sides
    assert test.p_greater * 100 == pytest.approx(round(test.p_greater * 100))
    assert test.p_value == min(1, 2 * min(test.p_greater, test.p_less))
    assert test.smallest_p == pytest.approx(2 / 100)
    # two-sided: twice one tail, and so is its error
    p = min(test.p_greater, test.p_less)
    assert test.standard_error == pytest.approx(2 * math.sqrt(p * (1 - p) / 99), rel=1e-12)
    side = permutation_test(
        sum_in_one,
        [1, 4, 2, 8],
        [0, 0, 1, 1],
        alternative="greater",
        exact_up_to=5,
        draws=99,
        rng=np.random.default_rng(2),
    )
    p = test.p_greater
    assert (side.p_value, side.smallest_p) == (p, 1 / 100)
    assert side.standard_error == pytest.approx(math.sqrt(p * (1 - p) / 99), rel=1e-12)


def test_a_table_of_values_comes_as_it_is():
    # rows are patients: time and event; nothing can be written into it
    def events_in_one(values, labels):
        with pytest.raises(ValueError, match="read-only"):
            values[0, 0] = 3
        return int(values[labels == 1, 1].sum())

    test = permutation_test(events_in_one, [[3, 1], [5, 1], [8, 0]], [0, 1, 1])
    assert (test.statistic, test.arrangements) == (1, 3)
    assert test.p_less == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"values": [1, 2]}, "same length"),
        ({"stratum": [0, 0]}, "same length"),
        ({"labels": [0, 0, 0, 0]}, "at least two groups"),
        ({"labels": [0, 0, 2, 2]}, "`labels` must use every code"),
        ({"values": [[1], [2, 3]]}, "rows of the same length"),
        ({"values": [[[1]]]}, "`values` must be one list"),
        ({"values": [1, 2, 3, math.nan]}, "`values` must not be missing"),
        ({"alternative": "two.sided"}, "`alternative` must be"),
        ({"draws": 0}, "`draws` at least 1"),
        ({"exact_up_to": 5}, "`rng` must be given for 6 arrangements"),
        ({"statistic": lambda values, labels: None}, "it is None"),
        ({"statistic": lambda values, labels: math.nan}, "must return a finite number, or None"),
        ({"statistic": lambda values, labels: values}, "must return a finite number, or None"),
    ],
)
def test_wrong_input_is_refused(options, sentence):
    given = {"statistic": sum_in_one, "values": [1, 4, 2, 8], "labels": [0, 0, 1, 1], **options}
    with pytest.raises(ArgumentError, match=sentence):
        permutation_test(**given)


def test_a_refusal_of_the_statistic_counts_as_none():
    def refuses(values, labels):
        if labels[0] == 1:
            raise ArgumentError("nobody had the event")
        return 1

    test = permutation_test(refuses, [1, 4, 2, 8], [0, 0, 1, 1])
    assert test.failures == 3
    with pytest.raises(ArgumentError, match="it is None"):
        permutation_test(refuses, [1, 4, 2, 8], [1, 1, 0, 0])
