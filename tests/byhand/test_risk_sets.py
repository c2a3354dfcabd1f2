"""Risk sets worked by hand."""

import numpy as np

from autallo.stats.risk_sets import risk_sets, risk_sets_of_studies, time_slack

#        days      1: A dies       2: A censored, B dies      3: B censored
DAYS = np.array([1.0, 2.0, 2.0, 3.0])
OUTCOME = np.array([1, 0, 1, 0])
GROUP = np.array([0, 0, 1, 1])


def test_two_groups_with_a_tie():
    table = risk_sets(DAYS, OUTCOME, group=GROUP, n_groups=2)
    assert table.time.tolist() == [1, 2, 3]
    assert table.leaving.tolist() == [[[0, 1, 0], [1, 0, 0]], [[0, 0, 1], [0, 1, 0]]]
    assert table.at_risk.tolist() == [[2, 1, 0], [2, 2, 1]]


def test_times_that_are_no_whole_days_give_the_same_table():
    days, months = (
        risk_sets(times, OUTCOME, group=GROUP, n_groups=2) for times in (DAYS, DAYS / 30)
    )
    np.testing.assert_array_equal(days.leaving, months.leaving)
    np.testing.assert_array_equal(days.at_risk, months.at_risk)
    np.testing.assert_allclose(months.time * 30, days.time, rtol=1e-15)


def test_times_apart_by_rounding_are_one_time_the_first():
    table = risk_sets(np.array([0.3, 0.1 + 0.2, 0.5]), np.array([1, 0, 1]))
    assert table.time.tolist() == [0.3, 0.5]
    assert table.at_risk.tolist() == [[3, 1]]


def test_a_patient_is_at_risk_after_the_entry():
    # Observed (0, 2], (1, 3] and (2, 4]: at 2 the third is not yet there, at 3 the first has gone.
    table = risk_sets(np.array([2.0, 3, 4]), np.array([1, 1, 1]), entry=np.array([0.0, 1, 2]))
    assert table.at_risk.tolist() == [[2, 2, 1]]


def test_weights_are_summed():
    table = risk_sets(np.array([1.0, 1, 2]), np.array([1, 0, 1]), weight=np.array([0.5, 2, 1]))
    assert table.at_risk.tolist() == [[3.5, 1]]
    assert table.leaving.tolist() == [[[2, 0], [0.5, 1]]]


def test_one_patient_at_time_0():
    table = risk_sets(np.array([0.0]), np.array([True]))
    assert (table.time.tolist(), table.at_risk.tolist()) == ([0], [[1]])


def test_two_studies_at_once():
    # The second study has everybody at one time: its counts stand in the first column.
    table = risk_sets_of_studies(
        np.array([[3.0, 1, 2], [5, 5, 5]]), np.array([[1, 0, 1], [1, 0, 1]])
    )
    assert table.time.tolist() == [[1, 2, 3], [5, 5, 5]]
    assert table.leaving[:, 0].tolist() == [[[1, 0, 0], [0, 1, 1]], [[1, 0, 0], [2, 0, 0]]]
    assert table.at_risk[:, 0].tolist() == [[3, 2, 1], [3, 3, 3]]


def test_times_are_one_if_nearer_than_the_share_of_their_mean():
    # R: timefix merges what is nearer than the square root of the machine's precision.
    assert time_slack(np.array([1.0, 2, 6])) == 3 * 2.0**-26
    assert time_slack(np.array([0.1])) == 2.0**-26
