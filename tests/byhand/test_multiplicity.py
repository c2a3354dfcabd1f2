"""Families of tests worked by hand, in fractions."""

from fractions import Fraction
from math import nan, sqrt

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.multiplicity.adjust import adjust_p_values
from autallo.stats.multiplicity.max_t import max_t_test

# 0.005, 0.01, 0.03, 0.04 in order, m = 4.
# (m - j + 1) p: 0.02, 0.03, 0.06, 0.04. Holm, largest so far: 0.02, 0.03, 0.06, 0.06.
# Hochberg, smallest from there on: 0.02, 0.03, 0.04, 0.04.
# m p / j: 0.02, 0.02, 0.04, 0.04: Benjamini and Hochberg, already ascending.
FOUR = [0.01, 0.04, 0.03, 0.005]


@pytest.mark.parametrize(
    ("method", "wanted"),
    [
        ("holm", (0.03, 0.06, 0.06, 0.02)),
        ("hochberg", (0.03, 0.04, 0.04, 0.02)),
        ("benjamini_hochberg", (0.02, 0.04, 0.04, 0.02)),
        ("bonferroni", (0.04, 0.16, 0.12, 0.02)),
    ],
)
def test_four_p_values(method, wanted):
    adjusted = adjust_p_values(FOUR, method=method)
    assert adjusted.p_value == pytest.approx(wanted, rel=1e-14)
    assert (adjusted.family, adjusted.untestable, adjusted.method) == (4, 0, method)


def test_a_step_back_of_benjamini_and_hochberg():
    # 0.02, 0.021: m p / j = 0.04, 0.021, and the first may not be above the second
    assert adjust_p_values([0.02, 0.021], method="benjamini_hochberg").p_value == (0.021, 0.021)


@pytest.mark.parametrize("method", ["holm", "hochberg", "benjamini_hochberg", "bonferroni"])
def test_pf_24_an_untestable_comparison_leaves_the_family_and_is_counted(method):
    whole, some = (adjust_p_values(p, method=method) for p in (FOUR, [None, *FOUR, None]))
    assert some.p_value == (None, *whole.p_value, None)
    assert (some.family, some.untestable) == (4, 2)
    nothing = adjust_p_values([None, None], method=method)
    assert (nothing.p_value, nothing.family, nothing.untestable) == ((None, None), 0, 2)
    with pytest.raises(ArgumentError, match="None for a comparison that could not be tested"):
        adjust_p_values([nan, *FOUR], method=method)


def test_equal_and_extreme_p_values():
    assert adjust_p_values([0.3, 0.3, 0.3]).p_value == pytest.approx((0.9, 0.9, 0.9))
    assert adjust_p_values([0, 1, 1]).p_value == (0, 1, 1)
    assert adjust_p_values([0.5]).p_value == (0.5,)
    assert adjust_p_values([1e-300, 0.5]).p_value == (2e-300, 0.5)
    assert adjust_p_values(np.array([0.5, 0.1])).p_value == (0.5, 0.2)
    assert adjust_p_values(np.array([0, 1])).p_value == (0, 1)


@pytest.mark.parametrize(
    "p_values", [[], [1.01], [-0.01], ["0.1"], [True], 0.1, [[0.1, 0.2]], [nan], [1j]]
)
def test_refused_p_values(p_values):
    with pytest.raises(ArgumentError, match="`p_values` must be"):
        adjust_p_values(p_values)


def test_refused_method():
    with pytest.raises(ArgumentError, match="`method` must be one of holm, hochberg"):
        adjust_p_values([0.1], method="fdr_by")


# Four patients, two in each group. First outcome 1, 2, 3, 4; second 0, 1, 0, 1. Pairs as group 1,
# sum less expectation (5 and 1), and its square over the permutation variance (10/6 and 2/6):
#   {1,2} -2 and  0: 12/5 and 0     {1,3} -1 and -1: 3/5 and 3     {1,4} 0 and 0: 0 and 0
#   {3,4}  2 and  0: 12/5 and 0     {2,4}  1 and  1: 3/5 and 3     {2,3} 0 and 0: 0 and 0
SCORES = [[1, 0], [2, 1], [3, 0], [4, 1]]


def test_two_against_two_the_first_outcome_differs():
    test = max_t_test(SCORES, [0, 0, 1, 1])
    assert test.statistic == (pytest.approx(sqrt(12 / 5)), 0)
    assert test.p_value == (2 / 6, 1)
    # 12/5 is reached in {1,2}, {3,4} by the first, in {1,3}, {2,4} by the second
    assert test.single_step == test.step_down == (4 / 6, 1)
    assert (test.arrangements, test.family, test.untestable) == (6, 2, 0)
    assert (test.method, test.draws, test.standard_error) == ("exact", 0, (0, 0))


def test_two_against_two_stepping_down_from_the_second_outcome():
    test = max_t_test(SCORES, [1, 0, 1, 0])
    assert test.statistic == (pytest.approx(-sqrt(3 / 5)), pytest.approx(-sqrt(3)))
    assert test.p_value == (4 / 6, 2 / 6)
    # 3: {1,3} and {2,4} by the second alone. Then the first alone: 3/5 in four pairs
    assert test.step_down == (4 / 6, 2 / 6)
    # at one step 3/5 is reached in the same four pairs
    assert test.single_step == (4 / 6, 2 / 6)


def test_stepping_down_leaves_out_outcomes_with_larger_statistics():
    # Third outcome 1, 0, 0, 1: sum less 1 is 1 in {1,4}, -1 in {2,3}, square 3. As {2,4} is
    # dealt the second has 3, the first 3/5, the third 0. Down to the first: without the second, 3/5
    # is reached by itself in four pairs and by the third in the other two.
    scores = [[1, 0, 1], [2, 1, 0], [3, 0, 0], [4, 1, 1]]
    test = max_t_test(scores, [0, 1, 0, 1])
    assert test.step_down == (1, 4 / 6, 1)
    assert test.single_step == (1, 4 / 6, 1)
    # without the third outcome, but a constant one, as with two outcomes
    scores = [[*row[:2], 7] for row in scores]
    test = max_t_test(scores, [0, 1, 0, 1])
    assert test.step_down == (4 / 6, 2 / 6, None)
    assert test.statistic[2] is test.p_value[2] is test.single_step[2] is None
    assert test.standard_error == (0, 0, None)
    assert (test.family, test.untestable) == (2, 1)


def test_one_patient_against_three():
    # 1 against 3, the first patient: the first outcome 3, 0, 1, 2 has 3/2 off expectation over
    # variance 5/4: 9/5; the second 0, 0, 1, 0 has 1/4 squared over 3/16: 1/3. Dealing the other
    # patients: first 9/5, 1/5, 1/5 (for 0, 1, 2), second 1/3, 3, 1/3.
    test = max_t_test([[3, 0], [0, 0], [1, 1], [2, 0]], [1, 0, 0, 0])
    squares = [value**2 for value in test.statistic]
    assert squares == pytest.approx([9 / 5, 1 / 3])
    # 9/5: patients 1, 2 by the first, 3 by the second. 1/3 by the second: all
    assert test.p_value == (2 / 4, 1)
    assert test.step_down == (3 / 4, 1)


def test_the_adjusted_p_never_falls_on_the_way_down():
    # 1 against 5. First outcome 0, 0, 0, 1, 1, 1: off by 1/2 over variance 1/4, square 1 for every
    # patient. Second 0 to 5: off by 5/2, 3/2, 1/2 over variance 35/12, so 15/7, 27/35, 3/35. With
    # value 1 in the group the second has 27/35, reached by 4 of 6; the first, before it, has 1.
    test = max_t_test([[int(i > 2), i] for i in range(6)], [0, 1, 0, 0, 0, 0])
    squares = [value**2 for value in test.statistic]
    assert squares == pytest.approx([1, 27 / 35])
    assert test.p_value == (1, 4 / 6)
    assert test.step_down == (1, 1)


def test_three_groups_of_one_and_two():
    # Outcomes 0, 0, 1, 1 and groups {1}, {2}, {3, 4}: centred -1/2, -1/2, 1/2, 1/2, square 1.
    # Q = 3 (1/4 + 1/4 + 1/2) = 3 if 3 and 4 (or 1 and 2) are together, in 4 of 12 dealings;
    # else the pair sums to 0: 3 (1/4 + 1/4) = 3/2.
    test = max_t_test([[0], [0], [1], [1]], [0, 1, 2, 2])
    assert test.statistic == (pytest.approx(3),)
    assert test.step_down == (float(Fraction(4, 12)),)
    assert test.arrangements == 12
    test = max_t_test([[0], [1], [0], [1]], [0, 1, 2, 2])
    assert (test.statistic, test.step_down) == ((pytest.approx(1.5),), (1,))


def test_every_outcome_constant():
    test = max_t_test([[1, 5], [1, 5], [1, 5]], [0, 1, 1])
    assert test.step_down == test.p_value == test.statistic == (None, None)
    assert (test.family, test.untestable) == (0, 2)
    drawn = max_t_test([[1], [1]], [0, 1], exact_up_to=0, draws=5, rng=np.random.default_rng(1))
    assert (drawn.step_down, drawn.family, drawn.method) == ((None,), 0, "monte_carlo")


def test_drawn_p_values_are_never_zero():
    # nothing of 99 draws comes near 30 of the highest in one group of 30: 1 / 100
    scores = [[i] for i in range(60)]
    test = max_t_test(scores, [0] * 30 + [1] * 30, draws=99, rng=np.random.default_rng(2))
    assert test.step_down == test.p_value == test.single_step == (1 / 100,)
    assert test.standard_error == (pytest.approx(sqrt(0.01 * 0.99 / 99)),)
    assert (test.draws, test.arrangements) == (99, None)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"scores": [1, 2]}, "`scores` must be a matrix"),
        ({"scores": [[]]}, "`scores` must be a matrix"),
        ({"scores": [[1], [2, 3]]}, "`scores` must have rows of the same length"),
        ({"scores": [[1], [nan]]}, "`scores` must be finite"),
        ({"scores": [["a"], ["b"]]}, "`scores` must be finite numbers"),
        ({"scores": [[1], [2], [3]]}, "one row for each patient"),
        ({"group": [0, 0]}, "at least two groups"),
        ({"group": [0, 2]}, "every code"),
        ({"exact_up_to": -1}, "`exact_up_to` must be whole numbers of at least 0"),
        ({"exact_up_to": 10**9}, "`exact_up_to` must be from 0"),
        ({"exact_up_to": 1}, "`rng` must be given for more than 1 arrangements"),
        ({"draws": 0}, "`draws` must be a whole number of at least 1"),
    ],
)
def test_refused_arguments(given, sentence):
    arguments = {"scores": [[1], [2]], "group": [0, 1], **given}
    with pytest.raises(ArgumentError, match=sentence):
        max_t_test(arguments.pop("scores"), arguments.pop("group"), **arguments)
