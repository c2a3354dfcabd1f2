"""Many tables at once, by hand."""

import pytest

from autallo.errors import ArgumentError
from autallo.stats.contingency.fisher_batch import fisher_batch_test


def test_tables_of_equal_and_of_other_margins_in_any_order():
    """Chances 1 : 6 : 3 of 10 with margins 3, 2 and 2; 1 : 9 : 9 : 1 of 20 with margins of 3.

    An empty column leaves one table.
    """
    tables = [
        [[2, 1], [0, 2]],
        [[3, 0], [0, 3]],
        [[0, 3], [2, 0]],
        [[0, 4], [0, 2]],
        [[1, 2], [2, 1]],
        [[2, 1], [0, 2]],
    ]
    test = fisher_batch_test(tables)
    assert test.p_value.tolist() == [0.4, 0.1, 0.1, 1.0, 1.0, 0.4]
    assert test.mid_p.tolist() == [0.25, 0.05, 0.05, 0.5, 0.55, 0.25]
    assert test.smallest_p.tolist() == [0.1, 0.1, 0.1, 1.0, 0.1, 0.1]


@pytest.mark.parametrize(
    ("tables", "sentence"),
    [
        ([[1, 2], [3, 4]], "`tables` must have 3 dimension"),
        ([[[1, 2, 3], [4, 5, 6]]], "`tables` must be tables of two rows and two columns."),
        ([[[1, -2], [4, 5]]], "`tables` must be whole numbers of at least 0."),
        ([[[1, 2.5], [4, 5]]], "`tables` must be whole numbers"),
        ([[[1, 2 * 10**9], [4, 5]]], "`tables` must hold at most"),
    ],
)
def test_other_tables_are_refused(tables, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        fisher_batch_test(tables)
