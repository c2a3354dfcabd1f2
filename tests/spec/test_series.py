"""A toxicity over time from its daily grades."""

import pytest

from autallo.clinical.grading import Grade, Status
from autallo.clinical.series import grade_series

TITLE = "Onset, worst grade, resolution and duration"
RULE = (
    ("onset", "first day of grade 1 or more"),
    ("worst day", "first day of the worst grade"),
    ("resolution", "first day of grade 0 that no grade of 1 or more follows within 48 hours"),
    ("duration", "resolution less onset"),
    ("severe", "worst grade 3 or more"),
    ("a day not recorded", "never a day without toxicity"),
)
COLUMNS = ("case", "grade of days 0, 1, 2 ...", "onset", "worst day", "resolution", "duration",
           "severe", "flags")  # fmt: skip
CASES = (
    ("never", (0, 0, 0), None, None, None, None, False, ()),
    ("one episode", (0, 1, 3, 2, 0, 0, 0), 1, 2, 4, 3, True, ()),
    ("the first of two worst days", (2, 1, 2, 0, 0, 0), 0, 0, 3, 3, False, ()),
    ("back after one day: not resolved between", (1, 0, 1, 0, 0, 0), 0, 0, 3, 3, False, ()),
    ("back on the second day: not resolved", (1, 0, 0, 1, 0, 0, 0), 0, 0, 4, 4, False, ()),
    ("back on the third day: a new episode", (1, 0, 0, 0, 2, 0, 0, 0), 0, 4, 1, 1, False, ()),
    ("not resolved at the end", (0, 1, 2), 1, 2, None, None, False, ("NOT_RESOLVED",)),
    ("ends a day after", (1, 0, 0), 0, 0, 1, 1, False, ("RESOLUTION_UNCONFIRMED",)),
    ("grade 2 is not severe, grade 3 is", (2, 3, 0, 0, 0), 0, 1, 2, 2, True, ()),
    ("a day not recorded is not resolution", (1, None, 0, 0, 0), 0, 0, 2, 2, False,
     ("DAYS_NOT_RECORDED",)),
    ("open from the start", ((0, 1), 1, 0, 0, 0), None, None, None, None, False,
     ("ONSET_OPEN", "MAX_DAY_OPEN", "RESOLUTION_OPEN")),
    ("open whether severe", (1, (2, 3), 0, 0, 0), 0, 1, 2, 2, None, ()),
    ("open whether resolved", (2, (0, 1), 0, 0, 0), 0, 0, None, None, False, ("RESOLUTION_OPEN",)),
)  # fmt: skip


def grade_of(grade):
    low, high = grade if isinstance(grade, tuple) else (grade, grade)
    known = low == high
    return Grade(
        scale="crs_astct",
        status=Status.OK if known else Status.INDETERMINATE,
        value=low if known else None,
        low=low,
        high=high,
    )


def days_of(grades, first=0):
    return {first + day: grade_of(grade) for day, grade in enumerate(grades) if grade is not None}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_series(case):
    _, grades, onset, worst_day, resolved, duration, severe, flags = case
    found = grade_series(days_of(grades))
    assert found.scale == "crs_astct"
    assert (found.onset_day, found.max_day) == (onset, worst_day)
    assert (found.resolve_day, found.duration_days) == (resolved, duration)
    assert found.severe is severe
    assert found.flags == flags


@pytest.mark.parametrize(("onset", "late"), [(30, False), (31, True)])
def test_late_onset(onset, late):
    found = grade_series(days_of([0, 1], first=onset - 1), late_after=30)
    assert ("LATE_ONSET" in found.flags) == late
