"""Laws of the risk sets: counted or sorted, and in any unit, they are the same."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.risk_sets import risk_sets, risk_sets_of_studies, time_slack
from twins.test_risk_sets import patients


@settings(deadline=None, max_examples=50)
@given(patients())
def test_counting_days_and_sorting_times_agree(data):
    _, day, _, outcome, group, _ = data
    many = {"n_outcomes": 3, "group": np.tile(group, 20), "n_groups": 3}
    counted = risk_sets(np.tile(day, 20).astype(float), np.tile(outcome, 20), **many)
    by_sorting = risk_sets(np.tile(day, 20) + 0.5, np.tile(outcome, 20), **many)
    np.testing.assert_array_equal(counted.time + 0.5, by_sorting.time)
    np.testing.assert_array_equal(counted.leaving, by_sorting.leaving)
    np.testing.assert_array_equal(counted.at_risk, by_sorting.at_risk)


@settings(deadline=None, max_examples=50)
@given(patients(), st.randoms(use_true_random=False))
def test_each_of_many_studies_has_the_table_it_has_by_itself(data, random):
    """MR-11: what else is computed beside a study changes nothing in it."""
    unit, day, _, outcome, group, _ = data
    shuffled = [random.sample(range(len(day)), len(day)) for _ in range(3)]
    rows = [(day * (s + 1) % 7 + 1.0) * unit for s in range(3)]
    time = np.array([row[order] for row, order in zip(rows, shuffled, strict=True)])
    many = {"n_outcomes": 3, "n_groups": 3}
    tables = risk_sets_of_studies(
        time, np.tile(outcome, (3, 1)), group=np.tile(group, (3, 1)), **many
    )
    for s in range(3):
        alone = risk_sets(time[s], outcome, group=group, **many)
        used = tables.leaving[s].sum(axis=(0, 1)) > 0
        np.testing.assert_array_equal(tables.time[s, used], alone.time)
        np.testing.assert_array_equal(tables.leaving[s][..., used], alone.leaving)
        np.testing.assert_array_equal(tables.at_risk[s][..., used], alone.at_risk)


def test_the_gap_of_one_time_grows_with_the_times():
    assert time_slack(np.array([1e4, 3e4])) == 2e4 * time_slack(np.array([0.5]))


def test_the_gap_of_one_time_never_reaches_a_day():
    assert time_slack(np.array([30.0, 1e10])) == time_slack(np.array([30.0, 1e15])) == 1e-3
