"""B-cell aplasia and its loss, as specified (8.6)."""

import pytest

from autallo.clinical.aplasia import BCellSample, classify_aplasia, classify_aplasia_course
from autallo.clinical.grading import Status


def course(shares_by_day, **options):
    return classify_aplasia_course(
        [BCellSample(day=day, cd19_pct=share) for day, share in shares_by_day.items()], **options
    )


def test_vector_1_loss_on_day_150():
    found = course({30: 0.2, 90: 0.5, 150: 1.4, 180: 2.0})
    assert (found.status, found.day, found.last_aplastic_day, found.midpoint) == (1, 150, 90, 120)
    assert found.early_loss is True


def test_vector_2_a_single_sample_is_no_loss():
    found = course({30: 0.2, 60: 1.5, 90: 0.4})
    assert (found.status, found.day) == (0, 90)
    assert "UNCONFIRMED" not in found.flags


def test_vector_3_relapse_competes():
    shares_by_day = dict.fromkeys(range(40, 401, 40), 0.1)
    found = course(shares_by_day, competing_day=420)
    assert (found.status, found.day, found.last_aplastic_day) == (2, 420, 400)
    censored = course(shares_by_day)
    assert (censored.status, censored.day, censored.early_loss) == (0, 400, False)


def test_an_unconfirmed_last_sample_is_censored_before_it():
    found = course({30: 0.2, 90: 0.5, 150: 1.4})
    assert (found.status, found.day) == (0, 90)
    assert "UNCONFIRMED" in found.flags


@pytest.mark.parametrize(("second", "status"), [(156, 0), (157, 1)])
def test_the_confirming_sample_comes_at_least_7_days_later(second, status):
    assert course({30: 0.2, 150: 1.4, second: 2.0}).status == status


@pytest.mark.parametrize(("day", "early"), [(182, True), (183, False)])
def test_early_loss_is_before_day_183(day, early):
    assert course({30: 0.2, day: 1.4, day + 7: 2.0}).early_loss is early


def test_b_cells_before_the_first_aplastic_sample_are_no_loss():
    assert course({3: 8.0, 10: 5.0, 21: 0.2, 90: 0.1}).status == 0
    never = course({3: 8.0, 21: 4.0})
    assert never.status is None
    assert "never_aplastic" in never.flags


@pytest.mark.parametrize(
    ("rule", "sample", "lost"),
    [
        ("pct1_abs100", {"cd19_pct": 1.0, "cd19_per_ul": 99.9}, 0),
        ("pct1_abs100", {"cd19_pct": 1.01, "cd19_per_ul": 5}, 1),
        ("pct1_abs100", {"cd19_pct": 0.5, "cd19_per_ul": 100}, 1),
        ("pct1_abs100", {"cd19_pct": 1.01}, 1),
        ("pct1_abs100", {"cd19_pct": 0.9}, None),
        ("pct1_abs100", {"cd19_pct": 0.0}, 0),
        ("pct1_abs100", {"cd19_pct": 0.9, "alc_1e9_l": 2.0}, 0),
        ("pct1_abs100", {"cd19_pct": 1.0, "alc_1e9_l": 10.0}, 1),
        ("eliana_pct3", {"cd19_pct": 2.99}, 0),
        ("eliana_pct3", {"cd19_pct": 3.0}, 1),
        ("abs10", {"cd19_per_ul": 9.9}, 0),
        ("abs10", {"cd19_per_ul": 10}, 1),
        ("abs50", {"cd19_per_ul": 49.9}, 0),
        ("abs50", {"cd19_per_ul": 50}, 1),
    ],
)
def test_each_rule_at_its_threshold(rule, sample, lost):
    found = classify_aplasia(BCellSample(day=30, **sample), rule)
    assert found.value == lost
    assert ("unverified_criterion" in found.flags) == (rule == "eliana_pct3")


def test_leukaemic_cells_tell_nothing_of_b_cells():
    sample = BCellSample(day=30, cd19_pct=40, leukaemic_cells_counted=True)
    assert classify_aplasia(sample).status is Status.NOT_EVALUABLE
    assert classify_aplasia(BCellSample(day=30)).status is Status.NOT_EVALUABLE
    assert classify_aplasia(BCellSample(day=30, cd19_pct=101)).flags == ("impossible:cd19_pct",)


def test_a_share_alone_is_decided_by_the_policy_and_told():
    shares_by_day = {30: 0.2, 90: 0.5, 150: 1.4, 180: 2.0}
    assert "count_unknown" in course(shares_by_day).flags
    strict = course(shares_by_day, policy="strict")
    assert strict.status is None
    assert {"samples_left_out", "never_aplastic"} <= set(strict.flags)
