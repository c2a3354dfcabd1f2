"""Sample sizes of a log-rank comparison that were printed."""

import math

import pytest

from autallo.stats.design.events import events_needed


@pytest.mark.parametrize(
    ("hazard_ratio", "patients"), [(1.25, 1264), (1.5, 384), (1.75, 204), (2.0, 132)]
)
def test_patients_where_half_are_censored(hazard_ratio, patients):
    """Trials 2015, doi 10.1186/s13063-015-0727-9, Table 1: Schoenfeld's formula, level 0.05, power
    0.8, equal groups of which half have the event; a whole number of events in each group."""
    events = events_needed(hazard_ratio).events
    assert 2 * 2 * math.ceil(events / 2) == patients
