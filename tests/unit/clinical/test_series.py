"""Series of grades: what is mixed, empty, or without any grade; doses of corticosteroids."""

import pytest

from autallo.clinical.grading import Grade, Status
from autallo.clinical.series import grade_series, grade_worst
from autallo.clinical.steroids import convert_steroid_to_dexamethasone
from autallo.errors import ArgumentError


def known(grade, scale="s", **more):
    return Grade(scale=scale, status=Status.OK, value=grade, low=grade, high=grade, **more)


def open_grade(low, high, *missing):
    return Grade(scale="s", status=Status.INDETERMINATE, low=low, high=high, missing=missing)


INVALID = Grade(scale="s", status=Status.INVALID, flags=("impossible:fio2",))
EMPTY = Grade(scale="s", status=Status.NOT_EVALUABLE)


def test_scales_are_never_mixed():
    with pytest.raises(ArgumentError, match="one scale"):
        grade_series({0: known(1), 1: known(1, scale="t")})
    with pytest.raises(ArgumentError, match="one scale"):
        grade_worst([known(1), known(1, scale="t")])


def test_no_grade_at_all_is_refused():
    with pytest.raises(ArgumentError, match="at least one"):
        grade_worst([])
    with pytest.raises(ArgumentError, match="at least one"):
        grade_series({})


def test_worst_of_several():
    worst = grade_worst([known(2, because=("two",)), known(1, because=("one",)), EMPTY])
    assert (worst.value, worst.because) == (2, ("two",))
    worst = grade_worst([known(2), open_grade(1, 3, "fio2"), open_grade(0, 2, "sbp_mmhg")])
    assert (worst.value, worst.low, worst.high, worst.missing) == (None, 2, 3, ("fio2",))


def test_days_without_a_grade_take_no_part():
    found = grade_series({0: known(1), 1: INVALID, 2: EMPTY, 3: known(0)})
    assert (found.onset_day, found.resolve_day, found.days_graded) == (0, 3, 2)
    assert found.days_not_recorded == 2
    assert found.flags == ("DAYS_NOT_RECORDED", "RESOLUTION_UNCONFIRMED")


@pytest.mark.parametrize(
    ("day", "status"), [(EMPTY, Status.NOT_EVALUABLE), (INVALID, Status.INVALID)]
)
def test_a_series_without_any_grade(day, status):
    found = grade_series({0: day, 1: day})
    assert found.worst.status is status
    assert found.onset_day is found.severe is found.resolve_day is None


def test_open_days_are_counted():
    found = grade_series({0: known(3), 1: open_grade(0, 3), 2: known(0), 3: known(0), 4: known(0)})
    assert (found.days_graded, found.days_open) == (4, 1)
    assert (found.max_day, found.severe, found.resolve_day) == (0, True, None)


def test_dexamethasone():
    assert convert_steroid_to_dexamethasone({}) == 0
    doses = {"prednisone": 100, "hydrocortisone": 400, "methylprednisolone": 16, "dexamethasone": 1}
    assert convert_steroid_to_dexamethasone(doses) == pytest.approx(15 + 15 + 3 + 1, rel=1e-12)


@pytest.mark.parametrize(
    "doses", [{"cortisol": 5}, {"prednisone": -1}, {"prednisone": float("nan")}]
)
def test_doses_that_cannot_be_converted(doses):
    with pytest.raises(ArgumentError):
        convert_steroid_to_dexamethasone(doses)


@pytest.mark.parametrize(
    ("drug", "milligrams"),
    [("prednisone", 20), ("methylprednisolone", 16), ("hydrocortisone", 80), ("dexamethasone", 3)],
)
def test_doses_that_equal_three_milligrams_of_dexamethasone(drug, milligrams):
    assert convert_steroid_to_dexamethasone({drug: milligrams}) == pytest.approx(3, rel=1e-12)
