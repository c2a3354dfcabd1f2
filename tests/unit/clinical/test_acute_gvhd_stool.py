"""The volume that stands for a day."""

import pytest

from autallo.clinical.acute_gvhd_stool import StoolFindings, convert_stool_days, grade_stool
from autallo.clinical.grading import Status
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("volumes", "at_onset", "volume", "days"),
    [
        ([600, 900, 300], True, 900, 3),
        ([600, 900, 300], False, 600, 3),
        ([None, 900, 300], False, 600, 2),
        ([None, None], True, None, 0),
        ([], False, None, 0),
        ([0], True, 0, 1),
    ],
)
def test_the_highest_at_onset_then_the_mean(volumes, at_onset, volume, days):
    found = convert_stool_days(volumes, at_onset=at_onset)
    assert (found.ml_day, found.days) == (volume, days)


@pytest.mark.parametrize("volumes", [[1, 2, 3, 4], [-1], [float("nan")]])
def test_more_than_three_days_or_a_negative_volume_is_refused(volumes):
    with pytest.raises(ArgumentError, match="three days"):
        convert_stool_days(volumes, at_onset=True)


def test_without_volume_and_episodes_there_is_no_stage():
    assert grade_stool(StoolFindings(age_y=40), system="magic").status is Status.NOT_EVALUABLE


def test_half_of_a_mixture_with_urine_counts():
    mixed = StoolFindings(ml_day=600, mixed_with_urine=True, weight_kg=20, age_y=6)
    assert grade_stool(mixed, system="magic").value == 1


def test_a_child_of_unknown_weight_may_be_as_light_as_two_kilograms():
    grade = grade_stool(StoolFindings(ml_day=61, age_y=0), system="magic")
    assert (grade.low, grade.high, grade.missing) == (0, 3, ("weight_kg",))
