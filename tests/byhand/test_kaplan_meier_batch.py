"""Kaplan-Meier curves of many studies, worked by hand."""

import pytest

from autallo.errors import ArgumentError
from autallo.stats.survival.kaplan_meier_batch import kaplan_meier_batch

#         dies at 1, one of two dies at 2, dies at 3      nobody dies      all die at 2
TIME = [[1, 2, 2, 3], [1, 1, 4, 4], [2, 2, 2, 2]]
EVENT = [[1, 1, 0, 1], [0, 0, 0, 0], [1, 1, 1, 1]]


def test_three_studies():
    curves = kaplan_meier_batch(TIME, EVENT, at=[0, 1, 2, 3, 9])
    assert curves.survival.tolist() == [
        [1, 3 / 4, 1 / 2, 0, 0],
        [1, 1, 1, 1, 1],
        [1, 1, 0, 0, 0],
    ]
    assert curves.at_risk.tolist() == [[4, 4, 3, 1, 0], [4, 4, 2, 2, 0], [4, 4, 4, 0, 0]]
    assert curves.beyond.tolist() == [[False] * 5, [False, False, False, False, True], [False] * 5]
    # Greenwood: (3/4)^2 (1 / (4 3)) and (1/2)^2 (1 / (4 3) + 1 / (3 2)).
    assert curves.std_error[0, 1] ** 2 == pytest.approx(9 / 16 / 12, rel=1e-14)
    assert curves.std_error[0, 2] ** 2 == pytest.approx(1 / 4 * (1 / 12 + 1 / 6), rel=1e-14)


def test_limits_where_nobody_and_where_everybody_had_the_event():
    curves = kaplan_meier_batch(TIME, EVENT, at=[2, 9])
    # The second study: two followed at 2 and to the end. The third: none of four left.
    assert curves.low[1].tolist() == pytest.approx([0.025 ** (1 / 2)] * 2, rel=1e-14)
    assert curves.high[2].tolist() == pytest.approx([1 - 0.025 ** (1 / 4)] * 2, rel=1e-14)


@pytest.mark.parametrize(
    ("time", "event", "sentence"),
    [
        ([1, 2], [1, 0], "`time` must be a table of times, one study to a row."),
        ([[1, 2]], [1, 0], "`event` must be a table of true and false, one study to a row."),
        ([[1, 2]], [[1, 0, 1]], "`time` and `event` must have the same shape."),
        ([[1, -2]], [[1, 0]], "`time` must be at least 0."),
        ([[1, 2]], [[1, 2]], "`event` must be true or false"),
        ([[1, float("nan")]], [[1, 0]], "`time` must be finite"),
    ],
)
def test_wrong_tables_are_refused(time, event, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        kaplan_meier_batch(time, event, at=[1])
