"""The ends of follow-up, failure, and what cannot be told."""

import pytest

from autallo.clinical.endpoints import (
    ENDPOINTS,
    PatientCourse,
    classify_endpoint,
    convert_to_cutoff,
)
from autallo.errors import ArgumentError

CR = ((28, "CR"),)


def status(endpoint, **course):
    found = classify_endpoint(PatientCourse(**course), endpoint)
    return (found.days, found.status) if found.in_population else found.reason


@pytest.mark.parametrize(
    ("cutoff", "wanted"),
    [(299, (299.0, 0)), (300, (300.0, 1)), (301, (300.0, 1)), (None, (300.0, 1))],
)
def test_a_death_after_the_cutoff_is_not_used(cutoff, wanted):
    assert status("OS", death_day=300, cutoff_day=cutoff) == wanted


def test_a_relapse_after_the_cutoff_is_not_used():
    assert status("RI", responses=CR, relapse_day=200, death_day=250, cutoff_day=199) == (199.0, 0)
    assert status("RI", responses=CR, relapse_day=200, death_day=250, cutoff_day=220) == (200.0, 1)


def test_follow_up_ends_at_last_contact_or_cutoff_whichever_is_first():
    assert status("OS", last_contact_day=100, cutoff_day=400) == (100.0, 0)
    assert status("OS", last_contact_day=500, cutoff_day=400) == (400.0, 0)


def test_a_time_of_0_is_half_a_day():
    assert status("OS", death_day=0) == (0.5, 1)
    assert status("OS", last_contact_day=0) == (0.5, 0)


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nobody_is_followed_without_a_record(endpoint):
    assert status(endpoint) == "no follow-up after day 0"
    assert status(endpoint, responses=((-5, "CR"),)) == "no follow-up after day 0"


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_nobody_is_followed_from_after_the_cutoff(endpoint):
    assert status(endpoint, last_contact_day=10, cutoff_day=-1) == "day 0 is after the data cutoff"


@pytest.mark.parametrize(
    ("responses", "wanted"),
    [
        (((14, "NR"), (28, "NR")), (28.0, 1)),
        (((28, "PR"), (33, "MLFS")), (33.0, 1)),
        (((14, "NR"), (28, "CR")), (400.0, 0)),
        (((28, "NR"), (35, "CRi")), (400.0, 0)),
        (((28, "NR"), (36, "CR")), (28.0, 1)),
        (((28, "NR"), (33, "NE")), (28.0, 1)),
    ],
)
def test_failure_is_dated_on_the_last_assessment_without_remission(responses, wanted):
    assert status("EFS", responses=responses, last_contact_day=400) == wanted


def test_progression_before_the_assessment_comes_first():
    assert status("EFS", responses=((28, "NR"),), relapse_day=20, death_day=60) == (20.0, 1)


def test_without_an_assessment_failure_is_not_seen_and_the_patient_stays():
    assert status("EFS", last_contact_day=400) == (400.0, 0)
    for early_or_late in ((3, "NR"), (40, "NR"), (28, "NE")):
        assert status("EFS", responses=(early_or_late,), last_contact_day=400) == (400.0, 0)
    assert status("EFS", last_contact_day=400, cutoff_day=300) == (300.0, 0)
    assert status("EFS", death_day=36) == (36.0, 1)
    assert status("EFS", death_day=35) == (35.0, 1)
    assert status("EFS", relapse_day=20, death_day=90) == (20.0, 1)
    assert status("EFS", relapse_day=60, death_day=90) == (60.0, 1)
    assert status("EFS", last_contact_day=20) == (20.0, 0)


@pytest.mark.parametrize("endpoint", ["LFS", "RI", "NRM"])
def test_only_responders_are_in(endpoint):
    assert status(endpoint, responses=((28, "PR"),), last_contact_day=400) == "not a responder"
    assert status(endpoint, death_day=14) == "not a responder"
    assert status(endpoint, last_contact_day=90).startswith("not evaluable")


def test_a_recorded_best_response_is_used():
    assert status("LFS", best_response="CRi", death_day=90) == (90.0, 1)
    assert status("LFS", best_response="NR", death_day=90) == "not a responder"
    assert status("EFS", best_response="NR", death_day=90) == (
        "not evaluable: day of the response assessment missing"
    )


def test_nrm_mirrors_ri():
    assert status("NRM", responses=CR, death_day=90) == (90.0, 1)
    assert status("RI", responses=CR, death_day=90) == (90.0, 2)
    assert status("NRM", responses=CR, relapse_day=60, death_day=90) == (60.0, 2)


def test_data_closed_on_day_0_leave_half_a_day():
    assert status("OS", last_contact_day=10, cutoff_day=0) == (0.5, 0)


def test_the_cutoff_done_twice_is_done_once():
    course = PatientCourse(responses=CR, relapse_day=200, death_day=250, cutoff_day=220)
    once = convert_to_cutoff(course)
    assert (once.relapse_day, once.death_day, once.last_contact_day) == (200, None, 220)
    assert convert_to_cutoff(once) == once


def test_negative_days_and_other_endpoints_are_refused():
    with pytest.raises(ArgumentError, match="day 0"):
        status("OS", death_day=-1)
    with pytest.raises(ArgumentError, match="endpoint"):
        status("PFS", death_day=1)
