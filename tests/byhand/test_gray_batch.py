"""Gray's test of several studies at once, worked out in fractions."""

from math import erfc, exp, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.gray_batch import gray_batch_test

# Four patients whose score is 7/6 and whose variance is 629/1152, so that the statistic is
# 1568/629: worked in test_gray.py of this folder. Group A: relapse at 1 and at 3. Group B: death
# at 2, censored at 4.
TIME, CAUSE, GROUP = [1, 3, 2, 4], [1, 1, 2, 0], [0, 0, 1, 1]
STATISTIC = 1568 / 629


def test_studies_side_by_side():
    """Second: the same with its patients in another order. Third: nobody relapses.

    Fourth: all relapse at 1. Two are expected in each group of two, and four events of four leave
    no variance: 1 - (4 - 1)/(4 - 1) = 0. Fifth: both groups alike, one relapse at 1 in each: a
    score of 1 - 2 x 2/4 = 0, and a variance above 0.
    """
    test = gray_batch_test(
        [TIME, [4, 1, 2, 3], TIME, [1] * 4, [1, 2, 1, 2]],
        [CAUSE, [0, 1, 2, 1], [2, 2, 2, 0], [1] * 4, [1, 0, 1, 0]],
        [GROUP, [1, 0, 1, 0], GROUP, GROUP, GROUP],
        n_causes=2,
    )
    assert test.statistic.tolist() == pytest.approx([STATISTIC] * 2 + [0, 0, 0], rel=1e-12)
    p_value = erfc(sqrt(STATISTIC / 2))
    assert test.p_value.tolist() == pytest.approx([p_value] * 2 + [1, 1, 1], rel=1e-12)
    assert test.testable.tolist() == [True, True, False, False, True]
    assert test.df == 1


def test_one_list_of_groups_serves_all_studies():
    test = gray_batch_test([TIME, TIME], [CAUSE, [0] * 4], GROUP, n_causes=2)
    assert test.statistic.tolist() == pytest.approx([STATISTIC, 0], rel=1e-12)
    assert test.testable.tolist() == [True, False]


def test_the_cause_of_interest_may_be_any():
    """Relapse coded 3, death 1 and 2: other causes are one to the test."""
    causes = [[3, 3, 1, 0], [3, 3, 2, 0]]
    test = gray_batch_test([TIME, TIME], causes, GROUP, n_causes=3, cause_of_interest=3)
    assert test.statistic.tolist() == pytest.approx([STATISTIC] * 2, rel=1e-12)


def test_weight_by_rho():
    """With rho = 1 the weights are 1 at 1 and 3/4 at 3: score 1/2 + 3/4 x 2/3 = 1.

    At 3 the own slopes are 3/4 and -3/4, and their effect 1/4 and -1/4. Variance: at 1
    ((1 - 1/2 x 1/4)^2 + (-1 - 1/4 x 1/4)^2) / 8 = (49/64 + 289/256) / 8 = 485/2048, at 2
    (3/2 x 1/4)^2 / 4 = 72/2048, at 3 (9/16 + 9/16) / 8 = 288/2048: 845/2048.
    """
    test = gray_batch_test([TIME], [CAUSE], GROUP, n_causes=2, rho=1)
    assert test.statistic.tolist() == pytest.approx([2048 / 845], rel=1e-12)


def test_three_groups():
    """One patient each; one relapses at 1, whose group has a score of 2/3, the others -1/3.

    Covariance of any two scores ((2, -1), (-1, 2)) / 9: statistic 2, whoever it is, and the tail
    of chi-squared with 2 df is exp(-1). In the first study it is the patient of group 2, in the
    third that of group 0; in the second nobody relapses.
    """
    causes = [[1, 0, 0], [0, 0, 0], [0, 1, 0]]
    test = gray_batch_test([[1, 2, 2], [1, 2, 2], [2, 1, 2]], causes, [2, 0, 1], n_causes=1)
    assert test.df == 2
    assert test.statistic.tolist() == pytest.approx([2, 0, 2], rel=1e-12)
    assert test.p_value.tolist() == pytest.approx([exp(-1), 1, exp(-1)], rel=1e-12)
    assert test.testable.tolist() == [True, False, True]


def test_a_pooled_incidence_of_1_while_two_groups_go_on_has_no_test():
    """Of 16 v 8 patients 12 of A relapse at 1, then all of A but one are lost.

    Relapses of B: 4 of 8 at 3, then 2: 12/24 + 4 / (4 + 8) + 2 / (4 + 8) = 1. Its next to last, who
    relapses at 4 in the first study, would have to come from a share of 0. In the second study that
    patient dies of another cause, which does no harm.
    """
    time = [1] * 12 + [2] * 3 + [10] + [3] * 4 + [3.5] * 2 + [4, 10]
    cause = [1] * 12 + [0] * 4 + [1] * 6
    test = gray_batch_test(
        [time, time], [[*cause, 1, 0], [*cause, 2, 0]], [0] * 16 + [1] * 8, n_causes=2
    )
    assert test.testable.tolist() == [False, True]
    assert (test.statistic[0], test.p_value[0]) == (0, 1)
    assert test.statistic[1] > 0


def test_times_that_differ_by_rounding_are_one_time():
    """Both relapses see all four at risk: each 1/2 expected in either group."""
    test = gray_batch_test([[0.1 + 0.2, 9, 0.3, 9]], [[1, 0, 1, 0]], GROUP, n_causes=1)
    assert test.statistic[0] == pytest.approx(0, abs=1e-25)
    assert test.testable[0]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"time": TIME}, "`time` must be a table of times, one study to a row."),
        ({"time": [[1, 3, 2, -4]]}, "`time` must be at least 0."),
        ({"cause": CAUSE}, "`time` and `cause` must be tables of the same shape."),
        ({"cause": [CAUSE, CAUSE]}, "`time` and `cause` must be tables of the same shape."),
        ({"cause": [[1, 1, 3, 0]]}, "`cause` must be whole numbers from 0 to 2."),
        ({"group": [0, 1, 1]}, "`group` must have one code for each patient, or for each column."),
        ({"group": [0, 0, 0, 0]}, "`group` must name at least two groups."),
        ({"group": [0, 0, 2, 2]}, "`group` must use every code from 0 to the highest one."),
        ({"cause_of_interest": 3}, "`cause_of_interest` must be a whole number from 1 to 2."),
        ({"rho": float("nan")}, "`rho` must be a number."),
    ],
)
def test_what_cannot_be_used_is_refused(changed, says):
    given = {"time": [TIME], "cause": [CAUSE], "group": GROUP, "n_causes": 2} | changed
    with pytest.raises(ArgumentError) as caught:
        gray_batch_test(**given)
    assert str(caught.value) == says


@pytest.mark.parametrize("group", [[GROUP, [0] * 4], [[0, 1, 2, 3], [4, 5, 6, 7]]])
def test_every_study_must_have_all_groups(group):
    with pytest.raises(ArgumentError) as caught:
        gray_batch_test([TIME, TIME], [CAUSE, CAUSE], group, n_causes=2)
    assert str(caught.value) == "`group` must use every code in every study."


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"cause": [[1, 1, 2, 0], [1]]}, "`cause` must have rows of the same length."),
        ({"group": [[0, 0, 1, 1], [0]]}, "`group` must have rows of the same length."),
        ({"cause_of_interest": True}, "`cause_of_interest` must be a whole number from 1 to 2."),
        ({"n_causes": 2.5}, "`n_causes` must be a whole number from 1 to 1000."),
    ],
)
def test_ragged_rows_and_what_is_no_whole_number_are_refused(changed, says):
    data = {"time": [TIME] * 2, "cause": [CAUSE] * 2, "group": GROUP, "n_causes": 2} | changed
    with pytest.raises(ArgumentError) as caught:
        gray_batch_test(data.pop("time"), data.pop("cause"), data.pop("group"), **data)
    assert str(caught.value) == says
