"""Fragility indices as they were printed."""

import pytest

from autallo.stats.contingency.fragility import fragility_index


@pytest.mark.parametrize(
    ("table", "p_value", "changes"),
    [([[1, 99], [9, 91]], 0.02, 1), ([[200, 3800], [250, 3750]], 0.02, 9)],
)
def test_the_two_trials_that_walsh_2014_begins_with(table, p_value, changes):
    """1 against 9 of 100, and 200 against 250 of 4000: the same p, fragility 1 and 9."""
    index = fragility_index(table)
    assert round(index.p_value, 2) == p_value
    assert (index.changes, index.direction) == (changes, "loses_significance")


def test_the_example_of_the_r_package_fragilityindex():
    """15 of 40 against 6 of 40: p 0.04060921; with one event more 0.07836101."""
    index = fragility_index([[15, 25], [6, 34]])
    assert index.changes == 1
    assert index.p_value == pytest.approx(0.04060921, abs=5e-9)
    assert index.p_value_after == pytest.approx(0.07836101, abs=5e-9)
