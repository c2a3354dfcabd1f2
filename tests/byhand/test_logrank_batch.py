"""Log-rank tests of many studies, worked by hand."""

import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.logrank_batch import logrank_batch_test


def test_two_studies():
    # First: all die in order, group 0 first. Expected in group 1: 2/4 + 2/3 + 2/2 + 1 = 19/6,
    # observed 2, variance 1/4 + 2/9. Second: group 1 first, the mirror: 1/3 + 1/2 + 0 + 0 expected.
    test = logrank_batch_test([[1, 2, 3, 4], [3, 4, 1, 2]], [[1] * 4, [1] * 4], [0, 0, 1, 1])
    assert test.observed.tolist() == [2, 2]
    assert test.expected.tolist() == pytest.approx([19 / 6, 1 / 2 + 1 / 3], rel=1e-14)
    variance = 1 / 4 + 2 / 9
    assert test.statistic.tolist() == pytest.approx([(7 / 6) ** 2 / variance] * 2, rel=1e-13)
    assert test.z[0] < 0 < test.z[1]


def test_nothing_to_compare():
    # Nobody dies; all die at once; only group 0 is left when somebody dies.
    test = logrank_batch_test(
        [[1, 2, 3], [5, 5, 5], [3, 4, 1]], [[0, 0, 0], [1, 1, 1], [1, 0, 0]], [0, 0, 1]
    )
    assert test.testable.tolist() == [False, False, False]
    assert test.p_value.tolist() == [1, 1, 1]
    assert test.statistic.tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("event", "group", "sentence"),
    [
        ([[1, 0, 1]], [0, 1], "must have the same number of patients"),
        ([[1, 0]], [0, 1, 1], "must have the same number of patients"),
        ([[1, 0, 1]], [0, 1, 2], "`group` must hold two groups, 0 and 1."),
        ([[1, 0, 1]], [0, 0, 0], "`group` must hold two groups, 0 and 1."),
        ([[2, 1, 1]], [0, 0, 1], "`event` must be true or false"),
    ],
)
def test_wrong_tables_are_refused(event, group, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        logrank_batch_test([[1, 2, 3]], event, group)
