"""What stands in the record before any rule."""

import numpy as np
import pytest

from autallo.clinical.grading import Grade, Status
from autallo.clinical.recorded import grade_recorded, grade_unless_possible, grade_with_record

OPEN = Grade(scale="s", status=Status.INDETERMINATE, low=1, high=3, missing=("x",), flags=("F",))
KNOWN = Grade(scale="s", status=Status.OK, value=2, low=2, high=2)
NOTHING = Grade(scale="s", status=Status.NOT_EVALUABLE, missing=("x",))


@pytest.mark.parametrize("value", [-0.1, 100.1, float("nan"), np.int64(101), np.float64(-1)])
def test_what_lies_outside_its_range_is_impossible(value):
    grade = grade_unless_possible("s", {"x": value}, decisive=["x"], ranges={"x": (0, 100)})
    assert (grade.status, grade.flags, grade.low) == (Status.INVALID, ("impossible:x",), None)


@pytest.mark.parametrize("value", [0, 100, 50.0])
def test_both_ends_of_a_range_are_possible(value):
    assert grade_unless_possible("s", {"x": value}, decisive=["x"], ranges={"x": (0, 100)}) is None


def test_nothing_recorded_is_not_evaluable():
    grade = grade_unless_possible("s", {"x": None, "y": 1.0}, decisive=["x"], ranges={})
    assert (grade.status, grade.missing) == (Status.NOT_EVALUABLE, ("x",))


@pytest.mark.parametrize("recorded", [-1, 5, 1.5])
def test_a_recorded_grade_outside_the_scale_is_impossible(recorded):
    assert grade_recorded("s", recorded, most=4).flags == ("impossible:s",)
    assert grade_with_record(OPEN, recorded, most=4).status is Status.INVALID


def test_no_recorded_grade_is_not_evaluable():
    assert grade_recorded("s", None, most=4).status is Status.NOT_EVALUABLE


def test_a_record_closes_open_bounds():
    grade = grade_with_record(OPEN, 3, most=4)
    assert (grade.value, grade.low, grade.high, grade.missing) == (3, 3, 3, ())
    assert grade.flags == ("F", "AS_RECORDED")


@pytest.mark.parametrize("recorded", [0, 4])
def test_a_record_outside_the_bounds_is_flagged_and_not_used(recorded):
    grade = grade_with_record(OPEN, recorded, most=4)
    assert (grade.value, grade.low, grade.high) == (None, 1, 3)
    assert grade.flags == ("F", "RECORD_DISAGREES")


def test_findings_come_before_the_record():
    assert grade_with_record(KNOWN, 2, most=4) == KNOWN
    assert grade_with_record(KNOWN, 3, most=4).value == 2
    assert grade_with_record(KNOWN, None, most=4) == KNOWN


def test_the_record_stands_where_nothing_was_found():
    assert grade_with_record(NOTHING, 4, most=4).value == 4


def test_impossible_findings_stay_impossible():
    wrong = Grade(scale="s", status=Status.INVALID, flags=("impossible:x",))
    assert grade_with_record(wrong, 2, most=4) == wrong
