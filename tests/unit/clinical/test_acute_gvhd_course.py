"""The course of acute disease, and what an infusion brought."""

import itertools

import pytest

from autallo.clinical.acute_gvhd_course import (
    AcuteCourse,
    AcuteEvent,
    classify_acute_event,
    classify_crs_rash,
    grade_acute_course,
)
from autallo.clinical.grading import Grade, Status
from autallo.errors import ArgumentError


def at(day, low, high=None, scale="agvhd_magic"):
    if high is None:
        return day, Grade(scale=scale, status=Status.OK, value=low, low=low, high=low)
    return day, Grade(scale=scale, status=Status.INDETERMINATE, low=low, high=high)


def test_highest_grade_and_first_days():
    weekly = [at(7, 0), at(14, 1), at(21, 3), at(28, 3), at(35, 2)]
    for order in itertools.islice(itertools.permutations(weekly), 30):
        assert grade_acute_course(order) == AcuteCourse(
            low=3, high=3, max_grade=3, max_day=21, first_day_1=14, first_day_2=21, first_day_3=21,
            assessments=5, not_told=0,
        )  # fmt: skip


@pytest.mark.parametrize(("day", "counts"), [(-1, False), (0, True), (100, True), (101, False)])
def test_the_window_is_closed(day, counts):
    assert (grade_acute_course([at(day, 2)]).max_grade == 2) == counts


def test_the_window_may_have_no_end():
    assert grade_acute_course([at(400, 2)], last_day=None).first_day_2 == 400


@pytest.mark.parametrize(
    ("policy", "wanted"), [("strict", (1, 14)), ("lower_bound", (1, 7)), ("upper_bound", (4, 7))]
)
def test_an_open_grade_counts_by_policy(policy, wanted):
    course = grade_acute_course([at(7, 1, 4), at(14, 1)], policy=policy)
    assert (course.max_grade, course.max_day) == wanted
    assert (course.low, course.high, course.not_told) == (1, 4, 1)


def test_without_assessments_nothing_is_known():
    nothing = 7, Grade(scale="agvhd_magic", status=Status.NOT_EVALUABLE)
    for assessments in ([], [nothing]):
        course = grade_acute_course(assessments)
        assert (course.low, course.high, course.max_grade, course.assessments) == (None,) * 3 + (0,)


def test_scales_are_never_mixed():
    with pytest.raises(ArgumentError, match="one scale"):
        grade_acute_course([at(1, 1), at(2, 1, scale="agvhd_ibmtr")])


@pytest.mark.parametrize(
    ("assessments", "wanted"),
    [
        ([at(-30, 0), at(10, 1)], AcuteEvent("new", 10)),
        ([at(-31, 2), at(10, 1)], AcuteEvent("new_or_flare", 10, ("BASELINE_UNKNOWN",))),
        ([at(-30, 1), at(10, 1)], AcuteEvent("none")),
        ([at(-30, 1), at(10, 1), at(20, 2)], AcuteEvent("flare", 20)),
        ([at(-20, 3), at(-1, 0), at(20, 1)], AcuteEvent("flare", 20)),
        ([at(0, 2), at(5, 2)], AcuteEvent("none")),
        ([at(0, 2), at(1, 3)], AcuteEvent("flare", 1)),
        ([at(-5, 0), at(101, 2)], AcuteEvent(None)),
        ([at(-5, 0), at(100, 2)], AcuteEvent("new", 100)),
        ([at(-5, 1), at(50, 1), at(101, 2)], AcuteEvent("none")),
        ([at(-5, 0), at(5, 0)], AcuteEvent("none")),
        ([at(-5, 0)], AcuteEvent(None)),
        ([], AcuteEvent(None, None, ("BASELINE_UNKNOWN",))),
        ([at(-5, 1), at(-5, 2), at(5, 2)], AcuteEvent("none")),
    ],
)
def test_new_or_flare(assessments, wanted):
    assert classify_acute_event(assessments) == wanted
    assert classify_acute_event(assessments[::-1]) == wanted


@pytest.mark.parametrize(
    ("day", "crs", "biopsy", "physician", "wanted"),
    [
        (0, True, None, None, True),
        (7, True, False, None, True),
        (8, True, None, None, False),
        (-1, True, None, None, False),
        (5, True, True, None, False),
        (5, True, False, True, False),
        (5, False, None, None, False),
        (5, None, None, None, None),
        (5, None, True, None, False),
    ],
)
def test_an_early_rash_during_cytokine_release(day, crs, biopsy, physician, wanted):
    found = classify_crs_rash(day, crs=crs, biopsy_positive=biopsy, physician_diagnosis=physician)
    assert found is wanted
