"""Cytopenia after immune effector cells, as specified (9.4)."""

import pytest

from autallo.clinical.grading import Status
from autallo.clinical.icaht import (
    grade_early_icaht,
    grade_early_platelet_icaht,
    grade_late_icaht,
    grade_late_platelet_icaht,
)


def early(*spells, other=2.0):
    """Counts of day 0 to 30: `other`, but for spells of first day, last day, count."""
    counts = dict.fromkeys(range(31), other)
    for first, last, count in spells:
        counts.update(dict.fromkeys(range(first, last + 1), count))
    return counts


@pytest.mark.parametrize(
    ("spells", "grade"),
    [
        pytest.param((), 0, id="9.4-1"),
        pytest.param(((3, 6, 0.4),), 1, id="9.4-2"),
        pytest.param(((3, 12, 0.4),), 2, id="9.4-3"),
        pytest.param(((2, 17, 0.4),), 3, id="9.4-4"),
        pytest.param(((3, 14, 0.4), (4, 11, 0.1)), 3, id="9.4-5"),
        pytest.param(((3, 17, 0.1),), 4, id="9.4-6"),
        pytest.param(((2, 30, 0.4),), 4, id="9.4-7"),
        pytest.param(((2, 6, 0.4), (9, 12, 0.4)), 2, id="9.4-8"),
    ],
)
def test_vectors_of_early_neutropenia(spells, grade):
    found = grade_early_icaht(early(*spells))
    assert found.value == grade
    assert "unverified_criterion" in found.flags


@pytest.mark.parametrize(
    ("spells", "grade"),
    [
        (((3, 8, 0.5),), 1),
        (((3, 9, 0.5),), 2),
        (((3, 15, 0.5),), 2),
        (((3, 16, 0.5),), 3),
        (((3, 9, 0.51),), 0),
        (((3, 8, 0.1),), 1),
        (((3, 9, 0.1),), 3),
        (((3, 15, 0.1),), 3),
        (((3, 16, 0.1),), 4),
        (((17, 30, 0.4),), 4),
        (((18, 30, 0.4),), 2),
        (((28, 30, 0.4),), 1),
        (((2, 5, 0.4), (9, 12, 0.4)), 1),  # three days apart: two runs
    ],
)
def test_early_neutropenia_at_each_threshold(spells, grade):
    found = grade_early_icaht(early(*spells))
    assert found.value == grade
    open_end = bool(spells) and spells[-1][1] == 30
    assert ("not_recovered_by_day_30" in found.flags) == open_end


def test_all_days_or_the_longest_run():
    counts = early((2, 5, 0.4), (9, 12, 0.4))
    assert grade_early_icaht(counts, counting="cumulative").value == 2


def test_days_without_a_count_leave_bounds_unless_they_are_filled():
    counts = dict.fromkeys((3, 7, 11), 0.4) | dict.fromkeys((0, 1, 2, *range(12, 31)), 2.0)
    found = grade_early_icaht(counts)
    assert (found.status, found.low, found.high) == (Status.INDETERMINATE, 1, 3)
    assert found.missing[0] == "day_4"
    assert grade_early_icaht(counts, fill_days=3).value == 2


def test_what_comes_after_the_last_day_does_not_count():
    counts = early((2, 30, 0.4))
    found = grade_early_icaht(counts, last_day=9)
    assert (found.value, "followed_to_day_9" in found.flags) == (2, True)


@pytest.mark.parametrize(
    ("spells", "grade"),
    [
        ((), 0),
        (((3, 8, 49),), 1),
        (((3, 8, 50),), 0),
        (((3, 9, 49),), 2),
        (((3, 3, 19),), 3),
        (((3, 3, 20),), 1),
        (((3, 15, 19),), 3),
        (((3, 16, 19),), 4),
        (((3, 5, 49), (20, 23, 49)), 2),
    ],
)
def test_early_platelets(spells, grade):
    found = grade_early_platelet_icaht(early(*spells, other=150))
    assert found.value == grade
    assert found.flags == ()


@pytest.mark.parametrize(
    ("count", "days", "grade"),
    [(100, 5, 0), (99, 1, 1), (50, 5, 1), (49, 1, 2), (20, 5, 2), (19, 1, 3), (19, 13, 3),
     (19, 14, 4)],
)  # fmt: skip
def test_late_platelets(count, days, grade):
    counts = dict.fromkeys(range(31, 101), 200) | dict.fromkeys(range(50, 50 + days), count)
    assert grade_late_platelet_icaht(counts).value == grade


@pytest.mark.parametrize(
    ("counts", "grade"),
    [
        ({40: 1.5, 50: 1.5, 60: 3.0}, 1),
        ({40: 1.51, 50: 1.5, 60: 3.0}, 0),
        ({40: 1.0, 50: 1.0, 60: 3.0}, 2),
        ({40: 0.5, 50: 0.5, 60: 3.0}, 3),
        ({40: 0.1, 50: 0.1, 60: 3.0}, 4),
        ({40: 0.1, 50: 3.0, 60: 0.1, 70: 3.0}, 0),
        ({20: 0.1, 30: 0.1, 40: 3.0}, 0),
        ({40: 0.4, 50: 0.9, 60: 3.0}, 2),
    ],
)
def test_late_neutropenia_needs_two_counts_in_a_row(counts, grade):
    assert grade_late_icaht(counts).value == grade


def test_a_low_last_count_leaves_the_late_grade_open():
    found = grade_late_icaht({40: 3.0, 50: 0.4})
    assert (found.low, found.high, found.missing) == (0, 3, ("next_count",))


def test_nothing_measured_and_impossible_counts():
    assert grade_early_icaht({}).status is Status.NOT_EVALUABLE
    assert grade_late_icaht({3: 0.1}).status is Status.NOT_EVALUABLE
    assert grade_early_icaht({3: 500}).flags == ("impossible:anc_1e9_l",)
    assert grade_late_icaht({33: 500}).flags == ("impossible:anc_1e9_l",)
