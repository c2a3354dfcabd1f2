"""Chronic disease when the cells were collected, its treatment, and what an infusion brought."""

from datetime import date, timedelta

import pytest

from autallo.clinical.chronic_gvhd_course import (
    ChronicHistory,
    classify_cgvhd_at_collection,
    classify_cgvhd_event,
    classify_cgvhd_systemic_therapy,
    classify_overlap,
)
from autallo.errors import ArgumentError

COLLECTED = date(2020, 3, 1)


def days(gap):
    return COLLECTED + timedelta(days=gap)


def active(*, diagnosed=-300, gone=None, seen=(), therapy=None, ever=None):
    return classify_cgvhd_at_collection(
        ChronicHistory(
            ever_diagnosed=ever,
            diagnosis_date=None if diagnosed is None else days(diagnosed),
            resolved_date=None if gone is None else days(gone),
            assessments=tuple((days(gap), score) for gap, score in seen),
            systemic_therapy=therapy,
        ),
        COLLECTED,
    ).value


@pytest.mark.parametrize(
    ("seen", "wanted"),
    [
        ([(-30, 1)], True),
        ([(-31, 1)], None),
        ([(30, 2)], True),
        ([(31, 2)], None),
        ([(0, 0)], None),
        ([(-20, 3), (5, 0)], None),
        ([(-5, 1), (5, 0)], True),
        ([(-5, 0), (5, 1)], None),
        ([(3, 0), (3, 1)], True),
        ([], None),
    ],
)
def test_the_nearest_assessment_within_thirty_days(seen, wanted):
    assert active(seen=seen) is wanted
    assert active(seen=seen[::-1]) is wanted


@pytest.mark.parametrize(
    ("history", "wanted"),
    [
        ({"therapy": True}, True),
        ({"therapy": False}, None),
        ({"diagnosed": 0, "therapy": True}, True),
        ({"diagnosed": 1, "therapy": True}, None),
        ({"diagnosed": 30, "therapy": True}, None),
        ({"diagnosed": 31, "therapy": True}, False),
        ({"diagnosed": None, "therapy": True}, None),
        ({"diagnosed": None, "ever": True, "therapy": True}, None),
        ({"diagnosed": None, "ever": False}, False),
        ({"diagnosed": None}, None),
        ({"gone": -31, "therapy": False}, False),
        ({"gone": -30, "therapy": False}, None),
        ({"gone": -31, "therapy": None}, None),
        ({"gone": -31, "therapy": True}, None),
        ({"gone": -1, "seen": [(0, 2)]}, None),
        ({"gone": 0, "seen": [(0, 2)]}, True),
        ({"gone": 0, "therapy": True}, True),
        ({"gone": 10, "therapy": True}, True),
    ],
)
def test_the_history(history, wanted):
    assert active(**history) is wanted


def test_without_a_day_of_collection_only_never_is_known():
    never = ChronicHistory(ever_diagnosed=False)
    assert classify_cgvhd_at_collection(never, None).value is False
    ever = ChronicHistory(diagnosis_date=COLLECTED, systemic_therapy=True)
    assert classify_cgvhd_at_collection(ever, None).value is None


def test_contradictions_are_refused():
    with pytest.raises(ArgumentError, match="never"):
        active(ever=False)
    with pytest.raises(ArgumentError, match="resolved"):
        active(diagnosed=-10, gone=-11)


@pytest.mark.parametrize(
    ("known", "wanted"),
    [
        ({"prednisone_mg_day": 10, "age_y": 40, "other_immunosuppressant": False}, False),
        ({"prednisone_mg_day": 10.1, "age_y": 40}, True),
        ({"prednisone_mg_day": 10, "age_y": 40}, None),
        ({"prednisone_mg_day": 2, "age_y": 10, "weight_kg": 20}, True),
        ({"prednisone_mg_day": 1.9, "age_y": 10, "weight_kg": 20,
          "other_immunosuppressant": False}, False),
        ({"prednisone_mg_day": 5, "age_y": 10, "other_immunosuppressant": False}, None),
        ({"prednisone_mg_day": 5, "weight_kg": 40, "other_immunosuppressant": False}, None),
        ({"prednisone_mg_day": 20, "weight_kg": 40}, True),
        ({"prednisone_mg_day": 0, "other_immunosuppressant": False}, False),
        ({"other_immunosuppressant": True}, True),
        ({"other_immunosuppressant": False}, None),
        ({}, None),
    ],
)  # fmt: skip
def test_systemic_therapy(known, wanted):
    assert classify_cgvhd_systemic_therapy(**known) is wanted


@pytest.mark.parametrize("wrong", [{"prednisone_mg_day": -1}, {"weight_kg": 0}])
def test_impossible_doses_are_refused(wrong):
    with pytest.raises(ArgumentError, match="dose"):
        classify_cgvhd_systemic_therapy(**wrong)


@pytest.mark.parametrize(
    ("acute", "chronic", "wanted"),
    [(True, True, True), (False, None, False), (None, False, False), (True, None, None),
     (None, None, None)],
)  # fmt: skip
def test_overlap(acute, chronic, wanted):
    assert classify_overlap(acute_features=acute, chronic=chronic) is wanted


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [(0, 1, "new"), (1, 2, "worsened"), (2, 2, "none"), (2, 1, "none"), (None, 0, "none"),
     (3, None, "none"), (None, 1, None), (0, None, None)],
)  # fmt: skip
def test_only_new_or_worse_disease_is_an_event(before, after, wanted):
    assert classify_cgvhd_event(before=before, after=after) == wanted
