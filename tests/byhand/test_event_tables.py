"""Tables of events and patients at risk worked by hand."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.event_tables import event_tables, stratum_members

TIME = np.array([2.0, 1.0, 3.0, 2.0, 1.0, 2.0])
EVENT = np.array([True, False, True, True, True, False])
GROUP = np.array([0, 0, 1, 1, 1, 0])


def test_one_stratum():
    (table,) = event_tables(TIME, EVENT, GROUP, n_groups=2)
    assert table.died.tolist() == [[0, 1, 0], [1, 1, 1]]
    assert table.at_risk.tolist() == [[3, 2, 0], [3, 2, 1]]


def test_two_strata_with_a_group_that_one_of_them_lacks():
    # stratum 0: patients 1, 3, 5; stratum 1: patients 0, 2, 4
    first, second = event_tables(
        TIME, EVENT, GROUP, n_groups=3, stratum=np.array([1, 0, 1, 0, 1, 0])
    )
    assert first.died.tolist() == [[0, 0], [0, 1], [0, 0]]
    assert first.at_risk.tolist() == [[2, 1], [1, 1], [0, 0]]
    assert second.died.tolist() == [[0, 1, 0], [1, 0, 1], [0, 0, 0]]
    assert second.at_risk.tolist() == [[1, 1, 0], [2, 1, 1], [0, 0, 0]]


def test_late_entry():
    # the last patient of group 1 enters after time 1, and so is at risk at 2 and 3 only
    entry = np.array([0, 0, 1, 0, 0, 0.5])
    (table,) = event_tables(TIME, EVENT, GROUP, n_groups=2, entry=entry)
    assert table.at_risk.tolist() == [[3, 2, 0], [2, 2, 1]]
    with pytest.raises(ArgumentError, match="`entry` must be before `time` for every patient"):
        event_tables(TIME, EVENT, GROUP, n_groups=2, entry=np.array([0, 1.0, 0, 0, 0, 0]))


def test_members_keep_their_order():
    members = stratum_members(np.array([2, 0, 1, 0, 2, 2]))
    assert [own.tolist() for own in members] == [[1, 3], [2], [0, 4, 5]]
    assert [own.tolist() for own in stratum_members(np.zeros(3, dtype=int))] == [[0, 1, 2]]
    many = stratum_members(np.arange(300)[::-1])
    assert [own.tolist() for own in many] == [[299 - code] for code in range(300)]
