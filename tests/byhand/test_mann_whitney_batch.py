"""The batch of Mann-Whitney tests, counted on paper."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.ranks.mann_whitney_batch import mann_whitney_batch_test


def test_two_studies_of_three_against_two():
    """4 5 6 against 1 2: 2 of 10 ways. 1 2 2 against 2 3: 6 of 10 (see test_ranks)."""
    test = mann_whitney_batch_test([[4, 5, 6], [1, 2, 2]], [[1, 2], [2, 3]])
    assert test.statistic.tolist() == [6.0, 1.0]
    assert test.p_value == pytest.approx([0.2, 0.6], rel=1e-14)
    assert test.p_less == pytest.approx([1.0, 0.3], rel=1e-14)
    assert test.p_greater == pytest.approx([0.1, 1.0], rel=1e-14)
    assert test.smallest_p == pytest.approx([0.2, 0.6], rel=1e-14)
    assert test.superiority == pytest.approx([1.0, 1 / 6], rel=1e-14)
    assert test.ties.tolist() == [False, True]
    assert (test.n_x, test.n_y, test.method) == (3, 2, "exact")


def test_pf17_ties_in_one_study_do_not_change_another():
    """One of C(4, 2) = 6 ways and its mirror, whatever the other studies hold."""
    alone = mann_whitney_batch_test([[1, 2]], [[3, 4]])
    beside = mann_whitney_batch_test([[5, 5], [1, 2], [0, 0]], [[5, 5], [3, 4], [0, 1]])
    assert alone.p_value[0] == beside.p_value[1] == pytest.approx(2 / 6, rel=1e-14)
    assert beside.p_value[0] == 1.0


@pytest.mark.parametrize(
    ("x", "y", "sentence"),
    [
        ([1, 2], [[1]], "`x` must be a table of numbers"),
        ([[1, 2]], [["a"]], "`y` must be a table of numbers"),
        (np.ones((1, 0)), [[1]], "`x` must be a table of numbers"),
        ([[1, 2]], [[float("nan")]], "`y` must be finite"),
        ([[1, 2], [3]], [[1], [2]], "`x` must have rows of the same length"),
        ([[1, 2]], [[2**53 + 1]], "`y` must be below 9007199254740992"),
        (np.ma.masked_equal([[1, 2]], 2), [[1]], "`x` must not have masked values"),
        ([[1, 2]], [[1], [2]], "`x` and `y` must have one row for each study"),
    ],
)
def test_impossible_arguments_are_refused(x, y, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        mann_whitney_batch_test(x, y)


def test_too_many_patients_for_the_exact_form_are_refused():
    with pytest.raises(ArgumentError, match="`exact_up_to` must be at most 500"):
        mann_whitney_batch_test([[1]], [[2]], exact_up_to=501)
