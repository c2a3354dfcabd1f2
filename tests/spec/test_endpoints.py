"""The endpoints of eight patients worked by hand: days and status."""

from datetime import date

import pytest

from autallo.clinical.dates import days_between
from autallo.clinical.endpoints import PatientCourse, classify_endpoint
from autallo.clinical.response import (
    classify_best_response,
    classify_early_relapse,
    classify_responder,
)

TITLE = "Time-to-event endpoints from the infusion"
RULE = (
    ("OS", "death from any cause"),
    ("EFS", "the first of death, relapse, and failure: no CR, CRh or CRi by day 35"),
    ("LFS", "relapse or death of a responder"),
    ("RI", "relapse of a responder; death without relapse competes"),
    ("NRM", "death of a responder without relapse; relapse competes"),
    ("no event", "followed to the last contact or the day the data were closed"),
    ("relapse and death on one day", "the relapse is the event"),
    ("a time of 0", "half a day"),
)
COLUMNS = ("patient", "infusion", "what happened", "OS", "EFS", "LFS", "RI", "NRM", "early relapse")
#: Status 0 no event, 1 event, 2 competing event; None: not in the population of the endpoint.
CASES = (
    ("P1", "2020-01-10", {"CR": 28, "relapse": "2020-07-20", "death": "2020-11-02"},
     (297, 1), (192, 1), (192, 1), (192, 1), (192, 2), False),
    ("P2", "2020-03-01", {"CR": 28, "alive": "2022-03-01"},
     (730, 0), (730, 0), (730, 0), (730, 0), (730, 0), False),
    ("P3", "2020-05-05", {"NR": 28, "death": "2020-08-15"},
     (102, 1), (28, 1), None, None, None, None),
    ("P4", "2020-06-15", {"death": "2020-06-29"},
     (14, 1), (14, 1), None, None, None, None),
    ("P5", "2020-09-01", {"CR": 29, "death": "2021-01-20"},
     (141, 1), (141, 1), (141, 1), (141, 2), (141, 1), None),
    ("P6", "2021-01-04", {"CR": 28, "alive": "2022-06-30"},
     (542, 0), (542, 0), (542, 0), (542, 0), (542, 0), False),
    ("P7", "2021-02-10", {"CR": 28, "relapse": "2021-08-01", "death": "2021-08-01"},
     (172, 1), (172, 1), (172, 1), (172, 1), (172, 2), True),
    ("P8", "2021-03-15", {"CR": 28, "alive": "2022-03-15"},
     (365, 0), (365, 0), (365, 0), (365, 0), (365, 0), False),
)  # fmt: skip
ENDPOINTS = ("OS", "EFS", "LFS", "RI", "NRM")


def course_of(infusion, facts):
    start = date.fromisoformat(infusion)
    days = {
        what: days_between(start, date.fromisoformat(when)) if isinstance(when, str) else when
        for what, when in facts.items()
    }
    return PatientCourse(
        responses=tuple((days[what], what) for what in ("CR", "NR") if what in days),
        relapse_day=days.get("relapse"),
        death_day=days.get("death"),
        last_contact_day=days.get("alive", days.get("death")),
    )


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("place", range(5), ids=ENDPOINTS)
def test_days_and_status(case, place):
    found = classify_endpoint(course_of(case[1], case[2]), ENDPOINTS[place])
    wanted = case[3 + place]
    assert found.in_population == (wanted is not None)
    assert (found.reason is None) == found.in_population
    if wanted is not None:
        assert (found.days, found.status) == wanted


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_early_relapse(case):
    course = course_of(case[1], case[2])
    best = classify_best_response(course.responses).category
    found = classify_early_relapse(
        responder=classify_responder(best, death_day=course.death_day),
        relapse_day=course.relapse_day,
        death_day=course.death_day,
        last_day=course.last_contact_day,
    )
    assert found.value is case[8]
