"""Risk sets worked by hand."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.risk_sets import risk_sets, risk_sets_of_studies, time_slack
from autallo.stats.survival.kaplan_meier import kaplan_meier

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


def test_an_entry_that_comes_after_its_time_by_rounding_is_refused():
    # 1 and 1 + 1.4e-8 are one time, 1; who enters at 1 - 1e-9 was never at risk at it
    close, event, entry = [1.0, 1 + 1.4e-8], [1, 1], [0, 1 - 1e-9]
    for call in (
        lambda: kaplan_meier(close, event, entry=entry),
        lambda: cumulative_incidence(close, event, n_causes=1, entry=entry),
        lambda: logrank_test(close, event, [0, 1], entry=entry),
        lambda: logrank_test([*close, 1 + 2.8e-8], [1] * 3, [0, 1, 0], entry=[0, 0, 1 + 1e-8]),
    ):
        with pytest.raises(ArgumentError, match="`entry` must be before `time` for every patient"):
            call()


def test_an_entry_after_its_time_is_refused_though_others_come_and_go_meanwhile():
    # who leaves at 1 + 1.4e-8, which is 1, enters at 1 - 1e-9; three others keep the counts whole
    times = np.array([1.0, 1 + 1.4e-8, 5, 6])
    with pytest.raises(ArgumentError, match="`entry` must be before `time`"):
        risk_sets(times, np.ones(4, dtype=bool), entry=np.array([0, 1 - 1e-9, 0, 0]))


def test_one_very_long_time_does_not_merge_the_days():
    table = risk_sets(np.array([30.0, 60, 90, 1e10]), np.ones(4, dtype=bool))
    assert table.time.tolist() == [30, 60, 90, 1e10]
    studies = risk_sets_of_studies(np.array([[30.0, 60, 90, 1e10]]), np.ones((1, 4), dtype=bool))
    assert studies.leaving[0, 0, 1].tolist() == [1, 1, 1, 1]


def test_a_table_that_would_fill_the_memory_is_refused():
    times = np.arange(20_000) + 0.5
    with pytest.raises(ArgumentError, match="too many groups or causes"):
        risk_sets(times, times > 3, group=np.arange(20_000), n_groups=20_000)
