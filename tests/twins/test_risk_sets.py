"""Risk sets against a direct count over all patients."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.risk_sets import risk_sets, risk_sets_of_studies, time_slack


@st.composite
def patients(draw):
    n = draw(st.integers(1, 25))
    unit = draw(st.sampled_from([1.0, 1 / 7, 0.1, 365.25]))
    longest = draw(st.sampled_from([3, 12, 400]))
    day = draw(st.lists(st.integers(0, longest), min_size=n, max_size=n))
    lead = draw(st.lists(st.integers(1, longest), min_size=n, max_size=n))
    outcome = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    group = draw(st.lists(st.integers(0, 2), min_size=n, max_size=n))
    weight = draw(st.lists(st.sampled_from([0.25, 0.5, 1.0, 3.0]), min_size=n, max_size=n))
    return unit, *map(np.array, (day, lead, outcome, group, weight))


@settings(deadline=None, max_examples=100)
@given(patients())
def test_every_cell_is_what_a_direct_count_gives(data):
    """MR-18: at risk is everybody who has entered before and not left before."""
    unit, day, lead, outcome, group, weight = data
    entry = day - lead
    table = risk_sets(
        day * unit,
        outcome,
        n_outcomes=3,
        group=group,
        n_groups=3,
        entry=entry * unit,
        weight=weight,
    )
    assert len(table.time) == len(set(day.tolist()))
    for column, time in enumerate(sorted(set(day.tolist()))):
        assert abs(table.time[column] - time * unit) <= time_slack(table.time)
        for g in range(3):
            there = (entry < time) & (day >= time) & (group == g)
            assert table.at_risk[g, column] == weight[there].sum()
            for c in range(3):
                here = (day == time) & (group == g) & (outcome == c)
                assert table.leaving[g, c, column] == weight[here].sum()


@settings(deadline=None, max_examples=50)
@given(patients())
def test_many_studies_are_what_a_direct_count_gives(data):
    unit, day, _, outcome, group, _ = data
    table = risk_sets_of_studies(
        (day * unit)[None], outcome[None], n_outcomes=3, group=group[None], n_groups=3
    )
    in_order = np.sort(day)
    for column, time in enumerate(in_order):
        first = int(np.searchsorted(in_order, time)) == column
        for g in range(3):
            assert table.at_risk[0, g, column] == ((day >= time) & (group == g)).sum()
            for c in range(3):
                here = (day == time) & (group == g) & (outcome == c)
                assert table.leaving[0, g, c, column] == here.sum() * first
