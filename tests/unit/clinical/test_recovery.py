"""Recovery of counts at its limits."""

import pytest

from autallo.clinical.patient_course import Recovery
from autallo.clinical.recovery import classify_neutrophil_recovery, classify_platelet_recovery
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("counts", "day"),
    [
        ([(5, 0.1), (10, 0.5), (11, 0.5), (12, 0.5)], 10),
        ([(5, 0.1), (10, 0.5), (11, 0.499), (12, 0.5), (13, 0.5), (20, 0.5)], 12),
        ([(5, 0.1), (10, 0.5), (11, 0.5)], None),
        ([(1, 3), (2, 3), (3, 3), (5, 0.1), (10, 1), (11, 1), (15, 1)], 10),
        ([(5, 0.1), (10, 0.6), (10, 0.4), (11, 1), (12, 1), (13, 1)], 11),
        ([(-1, 0.1), (5, 0.3), (-9, 9)], None),
        ([], None),
    ],
)
def test_neutrophils(counts, day):
    for order in (counts, counts[::-1]):
        assert classify_neutrophil_recovery(order) == Recovery(day=day)


def test_neutrophils_that_never_fell():
    counts = [(1, 0.5), (2, 3), (3, 3)]
    assert classify_neutrophil_recovery(counts) == Recovery(never_low=True)
    assert classify_neutrophil_recovery(counts, after_fall=False) == Recovery(day=1)


@pytest.mark.parametrize(
    ("counts", "transfusions", "day"),
    [
        ([(5, 10), (9, 20)], [], 9),
        ([(5, 10), (9, 19.9)], [], None),
        ([(5, 10), (12, 30), (13, 30)], [5], 13),
        ([(5, 10), (12, 30)], [12], None),
        ([(2, 90), (10, 30)], [2], 10),
        ([(1, 10), (3, 30)], [-2], None),
        ([(1, 10), (6, 30)], [-2], 6),
        ([(2, 50), (5, 10), (9, 20)], [], 9),
    ],
)
def test_platelets(counts, transfusions, day):
    for order in (counts, counts[::-1]):
        assert classify_platelet_recovery(order, transfusions) == Recovery(day=day)


def test_platelets_that_never_fell():
    assert classify_platelet_recovery([(1, 20), (5, 90)], []) == Recovery(never_low=True)
    assert classify_platelet_recovery([(1, 20)], [], after_fall=False) == Recovery(day=1)


@pytest.mark.parametrize("count", [-1, float("nan")])
def test_impossible_counts_are_refused(count):
    with pytest.raises(ArgumentError, match="Counts"):
        classify_neutrophil_recovery([(1, count)])
    with pytest.raises(ArgumentError, match="Counts"):
        classify_platelet_recovery([(1, count)], [])
