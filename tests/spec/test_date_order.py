"""Which date may not come before which, as specified (11.3)."""

from datetime import date, timedelta

import pytest

from autallo.clinical.date_order import (
    CHAIN,
    DATE_RULES,
    DATES,
    EVENTS,
    REQUIRED_DATES,
    classify_dates,
)

DAY0 = date(2020, 6, 1)


def on(day):
    return DAY0 + timedelta(days=day)


#: A course that breaks nothing.
COURSE = {
    "birth": on(-9000), "diagnosis": on(-900), "prior_allo_hct": on(-400),
    "relapse_after_hct": on(-100), "collection": on(-40), "lymphodepletion_start": on(-5),
    "lymphodepletion_end": on(-3), "infusion": DAY0, "crs_onset": on(2), "crs_worst": on(4),
    "crs_resolved": on(8), "icans_onset": on(5), "icans_resolved": on(9), "marrow": on(28),
    "response": on(28), "complete_remission": on(28), "relapse": on(200),
    "next_infusion": on(220), "next_transplant": on(260), "death": on(400),
    "last_follow_up": on(400), "data_cutoff": on(500), "today": on(600),
}  # fmt: skip


def keys(**changes):
    return [one.key for one in classify_dates(COURSE | changes)]


def severities(**changes):
    return {one.severity for one in classify_dates(COURSE | changes)}


def test_a_course_in_order_breaks_nothing():
    assert classify_dates(COURSE) == ()
    assert classify_dates({}) == ()


def test_vector_1_lymphodepletion_before_collection():
    broken = classify_dates(
        {"collection": date(2020, 5, 10), "lymphodepletion_start": date(2020, 5, 8)}
    )
    assert [(one.key, one.severity, one.days) for one in broken] == [
        ("lymphodepletion_start_before_collection", "error", -2)
    ]


def test_vector_2_relapse_on_the_day_of_the_response():
    assert keys(relapse=on(28)) == [
        "relapse_not_after_response", "relapse_not_after_complete_remission"]  # fmt: skip
    assert severities(relapse=on(28)) == {"error"}


def test_vector_3_follow_up_after_death():
    broken = classify_dates({"death": date(2021, 1, 1), "last_follow_up": date(2021, 1, 5)})
    assert [(one.key, one.severity) for one in broken] == [("last_follow_up_after_death", "error")]


def test_vector_4_lymphodepletion_on_day_minus_5_to_minus_3():
    assert keys(lymphodepletion_start=on(-5), lymphodepletion_end=on(-3)) == []


def test_vector_5_infusion_12_days_after_collection():
    assert keys(collection=on(-12)) == []


def test_vector_6_no_dates_of_lymphodepletion():
    broken = classify_dates(COURSE | dict.fromkeys(
        ("lymphodepletion_start", "lymphodepletion_end")))  # fmt: skip
    assert [(one.key, one.severity) for one in broken] == [
        ("lymphodepletion_start_missing", "flag"),
        ("lymphodepletion_end_missing", "flag"),
    ]


@pytest.mark.parametrize(
    ("changes", "severity"),
    [
        ({"birth": on(-899)}, "error"),
        ({"collection": on(1)}, "error"),
        ({"lymphodepletion_end": on(1)}, "error"),
        ({"lymphodepletion_start": on(-15), "collection": on(-40)}, "warn"),
        ({"lymphodepletion_start": on(-14)}, None),
        ({"lymphodepletion_start": on(-2), "lymphodepletion_end": on(-2)}, None),
        ({"lymphodepletion_start": on(-1), "lymphodepletion_end": on(-1)}, "warn"),
        ({"collection": on(-731)}, "warn"),
        ({"collection": on(-730)}, None),
        ({"collection": on(-7)}, None),
        ({"collection": on(-6)}, "warn"),
        ({"prior_allo_hct": on(-30)}, None),
        ({"prior_allo_hct": on(-29)}, "warn"),
        ({"relapse_after_hct": on(1)}, "warn"),
        ({"crs_onset": on(30), "crs_worst": on(30), "crs_resolved": on(31)}, None),
        ({"crs_onset": on(31), "crs_worst": on(31), "crs_resolved": on(31)}, "warn"),
        ({"icans_onset": on(60), "icans_resolved": on(60)}, None),
        ({"icans_onset": on(61), "icans_resolved": on(61)}, "warn"),
        ({"acute_gvhd_onset": on(0)}, None),
        ({"acute_gvhd_onset": on(-1)}, "warn"),
        ({"crs_resolved": on(1)}, "error"),
        ({"crs_resolved": on(2)}, None),
        ({"response": on(0)}, "error"),
        ({"relapse": on(401)}, "error"),
        ({"next_infusion": on(0)}, "error"),
        ({"next_transplant": on(0)}, "error"),
        ({"last_follow_up": on(399)}, "error"),
        ({"data_cutoff": on(399)}, "error"),
        ({"data_cutoff": on(601)}, "error"),
        ({"death": None, "last_follow_up": on(259)}, "error"),
    ],
)
def test_each_rule_on_its_last_day_and_the_day_beyond(changes, severity):
    assert severities(**changes) == ({severity} if severity else set())


def test_a_transplant_after_the_infusion_is_not_prior():
    assert "infusion_before_prior_allo_hct" in keys(prior_allo_hct=on(1))


def test_death_before_grade_5_of_crs_and_after_it():
    assert "death_before_crs_grade_5" in keys(crs_grade_5=on(401), last_follow_up=on(401))
    assert keys(crs_grade_5=on(399)) == ["death_after_crs_grade_5"]
    assert keys(crs_grade_5=on(400)) == []
    assert "crs_grade_5_without_death" in keys(crs_grade_5=on(400), death=None)


def test_a_remission_without_a_marrow():
    assert keys(marrow=None) == ["complete_remission_without_marrow"]


def test_a_wrong_date_is_told_once_along_the_course():
    assert keys(birth=on(3000)) == ["diagnosis_before_birth", "death_before_birth"]


def test_rules_are_data_with_a_name_and_words_each():
    for rule in (*DATE_RULES, *REQUIRED_DATES):
        assert rule.words.endswith(".")
    found = [rule.key for rule in (*DATE_RULES, *REQUIRED_DATES)]
    assert len(found) == len(set(found))
    assert set(CHAIN) | set(EVENTS) <= set(DATES)
    assert {name for rule in DATE_RULES for name in (rule.first, rule.second)} == set(DATES)
