"""CTCAE grades of laboratory values: every bound from both sides, what is unknown or impossible."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.ctcae_laboratory import (
    CRITERIA,
    TESTS,
    LaboratoryValue,
    grade_ctcae_laboratory,
)
from autallo.clinical.grading import Status
from autallo.errors import ArgumentError


def bounds(test, value, **more):
    found = grade_ctcae_laboratory(LaboratoryValue(test=test, value=value, **more))
    return found.value if found.status is Status.OK else (found.low, found.high)


UP = {"upper_normal": 40.0, "baseline": 20.0}


@pytest.mark.parametrize("test", ["alt", "ast"])
@pytest.mark.parametrize(
    ("times", "grade"),
    [(1, 0), (1.01, 1), (3, 1), (3.01, 2), (5, 2), (5.01, 3), (20, 3), (20.1, 4)],
)
def test_transaminases(test, times, grade):
    assert bounds(test, 40 * times, **UP) == grade


@pytest.mark.parametrize(
    ("times", "grade"),
    [(1.49, 0), (1.5, 1), (3, 1), (3.01, 2), (5, 2), (5.01, 3), (20, 3), (20.1, 4)],
)
def test_transaminases_with_a_raised_baseline(times, grade):
    assert bounds("alt", 100 * times, upper_normal=40, baseline=100) == grade


@pytest.mark.parametrize(
    ("value", "grade"),
    [(1, 0), (1.01, 1), (1.5, 1), (1.51, 2), (3, 2), (3.01, 3), (10, 3), (10.1, 4)],
)
def test_bilirubin(value, grade):
    assert bounds("bilirubin", value, upper_normal=1.0) == grade


@pytest.mark.parametrize(
    ("value", "baseline", "grade"),
    [
        (1.0, 1.0, 0), (1.01, 1.0, 1), (1.5, 1.0, 1), (1.51, 1.0, 2), (3.0, 1.0, 2), (3.01, 1.0, 3),
        (6.0, 2.5, 3), (6.01, 2.5, 4), (0.9, 0.5, 2), (0.9, 0.29, 3), (0.9, 0.3, 2),
        (2.0, None, (2, 3)), (7.0, None, 4),
    ],
)  # fmt: skip
def test_creatinine(value, baseline, grade):
    assert bounds("creatinine", value, upper_normal=1.0, baseline=baseline) == grade


@pytest.mark.parametrize(
    ("value", "normal", "grade"),
    [
        (200, 200, 0), (199, 200, 1), (150, 200, 1), (149, 200, 2), (100, 200, 2), (99, 200, 3),
        (50, 200, 3), (49.9, 200, 4), (74, 300, 4), (49, None, 4), (60, None, (0, 4)),
    ],
)  # fmt: skip
def test_fibrinogen(value, normal, grade):
    assert bounds("fibrinogen", value, lower_normal=normal) == grade


@pytest.mark.parametrize(
    ("test", "value", "normal", "grade"),
    [
        ("anc", 1.8, 1.8, 0), ("anc", 1.79, 1.8, 1), ("anc", 1.5, 1.8, 1), ("anc", 1.49, 1.8, 2),
        ("anc", 1.0, 1.8, 2), ("anc", 0.99, 1.8, 3), ("anc", 0.5, 1.8, 3), ("anc", 0.49, 1.8, 4),
        ("anc", 1.6, None, (0, 1)), ("anc", 0.4, None, 4),
        ("platelets", 150, 150, 0), ("platelets", 149, 150, 1), ("platelets", 75, 150, 1),
        ("platelets", 74, 150, 2), ("platelets", 50, 150, 2), ("platelets", 49, 150, 3),
        ("platelets", 25, 150, 3), ("platelets", 24, 150, 4),
        ("haemoglobin", 12, 12, 0), ("haemoglobin", 11.9, 12, 1), ("haemoglobin", 10, 12, 1),
        ("haemoglobin", 9.9, 12, 2), ("haemoglobin", 8, 12, 2), ("haemoglobin", 7.9, 12, 3),
    ],
)  # fmt: skip
def test_counts(test, value, normal, grade):
    assert bounds(test, value, lower_normal=normal) == grade


def test_anaemia_that_was_transfused_or_threatened_life():
    assert bounds("haemoglobin", 11, lower_normal=12, transfused=True) == 3
    assert bounds("haemoglobin", None, transfused=True) == 3
    assert bounds("haemoglobin", 7, life_threatening=True) == 4


def test_what_is_not_known():
    assert bounds("alt", 100, baseline=20) == (0, 4)
    found = grade_ctcae_laboratory(LaboratoryValue(test="alt", value=100))
    assert found.missing == ("upper_normal",)
    assert set(found.flags) == {"unverified_criterion", "BASELINE_ASSUMED_NORMAL"}
    for test in TESTS:
        nothing = grade_ctcae_laboratory(LaboratoryValue(test=test, upper_normal=1.0))
        assert nothing.status is Status.NOT_EVALUABLE


def test_bilirubin_with_a_raised_baseline_has_no_row():
    found = grade_ctcae_laboratory(
        LaboratoryValue(test="bilirubin", value=5, upper_normal=1, baseline=2)
    )
    assert (found.status, found.flags) == (Status.NOT_APPLICABLE, ("BASELINE_RAISED",))


@pytest.mark.parametrize("wrong", [{"value": -1}, {"upper_normal": 0}, {"baseline": float("inf")}])
def test_impossible_values(wrong):
    values = {"value": 5.0, "upper_normal": 1.0} | wrong
    found = grade_ctcae_laboratory(LaboratoryValue(test="creatinine", **values))
    assert found.status is Status.INVALID
    assert found.flags == (f"impossible:{next(iter(wrong))}",)


def test_unknown_tests_are_refused():
    with pytest.raises(ArgumentError, match="test"):
        grade_ctcae_laboratory(LaboratoryValue(test="ggt", value=5))


def test_every_reason_is_a_row():
    keys = {row.key for row in CRITERIA}
    found = grade_ctcae_laboratory(LaboratoryValue(test="ast", value=900, upper_normal=40))
    assert found.because == ("transaminases_4",)
    assert set(found.because) <= keys
    assert len(keys) == len(CRITERIA) == 28


@given(st.sampled_from(TESTS), st.lists(st.floats(0, 400), min_size=2, max_size=2), st.booleans())
@settings(max_examples=100, deadline=None)
def test_a_value_further_from_normal_is_never_a_lower_grade(test, values, limits):
    near, far = sorted(values, reverse=test in TESTS[4:])
    known = {"upper_normal": 40.0, "lower_normal": 12.0, "baseline": 30.0} if limits else {}
    better, worse = (
        grade_ctcae_laboratory(LaboratoryValue(test=test, value=value, **known))
        for value in (near, far)
    )
    assert worse.low >= better.low
    assert worse.high >= better.high
