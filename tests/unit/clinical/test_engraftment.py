"""When a graft took, day by day."""

from itertools import permutations

import pytest

from autallo.clinical.engraftment import (
    Engraftment,
    classify_graft_failure,
    classify_neutrophil_engraftment,
    classify_platelet_engraftment,
)
from autallo.errors import ArgumentError


def daily(start, *counts):
    return list(enumerate(counts, start=start))


@pytest.mark.parametrize(
    ("counts", "wanted"),
    [
        (daily(12, 0.4, 0.5, 0.6, 0.7), Engraftment(13)),
        (daily(12, 0.4, 0.5, 0.49, 0.7, 0.7, 0.7), Engraftment(15)),
        (daily(12, 0.4, 0.5, 0.6), Engraftment(None)),
        (daily(0, 3.0, 2.0, 1.0, 0.1, 0.5, 0.5, 0.5), Engraftment(4)),
        (daily(-5, 3.0, 3.0, 3.0), Engraftment(None)),
        (daily(10, 0.6, 0.7, 0.8), Engraftment(10, ("NADIR_NOT_RECORDED",))),
        ([(12, 0.4), (13, 0.5), (15, 0.7)], Engraftment(None, ("DAYS_WITHOUT_COUNT",))),
        ([(12, 0.4), (14, 0.5), (15, 0.7), (16, 1.0)], Engraftment(14, ("DAYS_WITHOUT_COUNT",))),
        ([(12, 0.4), (13, 0.5), (15, 0.3), (16, 1), (17, 1), (18, 1)], Engraftment(16)),
        ([], Engraftment(None)),
    ],
)
def test_the_first_of_three_days_running(counts, wanted):
    assert classify_neutrophil_engraftment(counts) == wanted


def test_two_days_are_not_enough():
    assert classify_neutrophil_engraftment(daily(9, 0.1, 0.6, 0.6, 0.4, 0.6, 0.6)).day is None


def test_counts_before_the_fall_are_not_recovery():
    assert classify_neutrophil_engraftment(daily(0, 2, 2, 2, 2, 0.1, 0.2)) == Engraftment(None)


def test_order_does_not_matter_and_the_lowest_of_a_day_counts():
    counts = [(12, 0.4), (13, 0.5), (14, 0.6), (15, 0.7), (14, 0.2)]
    for order in permutations(counts):
        assert classify_neutrophil_engraftment(order).day is None


@pytest.mark.parametrize("count", [-0.1, float("nan")])
def test_a_count_that_cannot_be_is_refused(count):
    with pytest.raises(ArgumentError, match="count"):
        classify_neutrophil_engraftment([(1, count)])


@pytest.mark.parametrize(
    ("transfused", "wanted"),
    [([], 16), ([9], 16), ([10], 17), ([16], None), ([11, 3], None), ([17], 16)],
)
def test_seven_days_without_transfusion(transfused, wanted):
    counts = [(10, 12), (16, 20), (17, 30)]
    found = classify_platelet_engraftment(counts, transfusion_days=transfused)
    assert found.day == wanted


def test_the_limit_of_platelets():
    counts = [(10, 19.9), (12, 19.9), (16, 20), (20, 49), (25, 50)]
    assert classify_platelet_engraftment(counts, transfusion_days=[]).day == 16
    assert classify_platelet_engraftment(counts, transfusion_days=[], limit=50).day == 25
    with pytest.raises(ArgumentError, match="limit"):
        classify_platelet_engraftment(counts, transfusion_days=[], limit=0)


def test_platelets_before_they_fell_are_no_engraftment():
    counts = [(0, 90), (3, 40), (8, 10), (15, 22)]
    assert classify_platelet_engraftment(counts, transfusion_days=[]).day == 15
    never = classify_platelet_engraftment([(0, 90), (5, 40)], transfusion_days=[])
    assert never == Engraftment(0, ("NADIR_NOT_RECORDED",))


def test_unknown_transfusions_are_never_none():
    found = classify_platelet_engraftment([(9, 5), (20, 90)], transfusion_days=None)
    assert found == Engraftment(None, ("TRANSFUSIONS_UNKNOWN",))


def failure(day, last, *, cord=False, **later):
    found = classify_graft_failure(engraftment_day=day, last_day=last, cord=cord, **later)
    assert "unverified_criterion" in found.flags
    return found.value


@pytest.mark.parametrize(
    ("day", "last", "cord", "wanted"),
    [
        (28, 100, False, "none"),
        (29, 100, False, "primary"),
        (29, 100, True, "none"),
        (42, 100, True, "none"),
        (43, 100, True, "primary"),
        (None, 28, False, "primary"),
        (None, 27, False, None),
        (None, 41, True, None),
        (None, 42, True, "primary"),
        (None, None, False, None),
        (28, 100, None, "none"),
        (35, 100, None, None),
        (43, 100, None, "primary"),
        (None, 30, None, None),
        (None, 42, None, "primary"),
        (20, None, False, "none"),
    ],
)
def test_primary_failure(day, last, cord, wanted):
    assert failure(day, last, cord=cord, lost_after_engraftment=False) == wanted


@pytest.mark.parametrize(
    ("later", "wanted"),
    [
        ({"lost_after_engraftment": True}, "secondary"),
        ({"lost_after_engraftment": False}, "none"),
        ({}, None),
        ({"cd3_donor_pct": 4.9, "whole_blood_donor_pct": 4.9}, "secondary"),
        ({"cd3_donor_pct": 5, "whole_blood_donor_pct": 4, "lost_after_engraftment": False}, "none"),
        ({"cd3_donor_pct": 4, "lost_after_engraftment": False}, "none"),
        ({"cd3_donor_pct": 4, "whole_blood_donor_pct": 90, "lost_after_engraftment": None}, None),
    ],
)
def test_secondary_failure(later, wanted):
    assert failure(15, 200, **later) == wanted


def test_late_engraftment_is_flagged():
    found = classify_graft_failure(engraftment_day=35, last_day=90, cord=False)
    assert "LATE_ENGRAFTMENT" in found.flags


@pytest.mark.parametrize(
    "wrong", [{"engraftment_day": -1}, {"last_day": -1}, {"cd3_donor_pct": 101}]
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ArgumentError):
        classify_graft_failure(**{"engraftment_day": 1, "last_day": 2, "cord": False} | wrong)
