"""Acute graft-versus-host disease at every limit, with options, and with impossible findings."""

import numpy as np
import pytest

from autallo.clinical.acute_gvhd import grade_ibmtr, grade_keystone, grade_magic
from autallo.clinical.acute_gvhd_findings import AcuteFindings, RecordedStages
from autallo.clinical.acute_gvhd_many import (
    grade_acute_lower_gut_many,
    grade_acute_skin_many,
    grade_magic_many,
)
from autallo.clinical.acute_gvhd_organs import (
    grade_acute_liver,
    grade_acute_lower_gut,
    grade_acute_organs,
    grade_acute_skin,
    grade_acute_upper_gut,
)
from autallo.clinical.acute_gvhd_tables import CRITERIA, ORGANS, OVERALL
from autallo.clinical.grading import Status
from autallo.errors import ArgumentError

WELL = {"severe_abdominal_pain": False, "grossly_bloody_stool": False}
ADULT = {"age_y": 40, **WELL}
CHILD = {"age_y": 6, "weight_kg": 10, **WELL}


@pytest.mark.parametrize(
    ("rash", "stage"),
    [(0, 0), (0.1, 1), (24.9, 1), (25, 2), (50, 2), (50.01, 3), (100, 3)],
)
def test_limits_of_the_rash(rash, stage):
    findings = AcuteFindings(rash_bsa_pct=rash, bullae_and_desquamation=False)
    assert grade_acute_skin(findings).value == stage
    assert grade_acute_skin(findings, system="keystone").value == stage


@pytest.mark.parametrize(("area", "stage"), [(5.0, 3), (5.1, 4), (None, None)])
def test_magic_asks_for_more_than_5_percent_with_blisters(area, stage):
    findings = AcuteFindings(rash_bsa_pct=90, bullae_and_desquamation=True, bullae_bsa_pct=area)
    assert grade_acute_skin(findings).value == stage
    assert grade_acute_skin(findings, system="keystone").value == 4


def test_blisters_on_a_smaller_rash_do_not_count():
    findings = AcuteFindings(rash_bsa_pct=30, bullae_and_desquamation=True, bullae_bsa_pct=20)
    assert grade_acute_skin(findings).value == 2


@pytest.mark.parametrize(
    ("everywhere", "blisters", "bounds", "missing"),
    [
        (True, False, (3, 3), ()),
        (True, None, (3, 4), ("bullae_and_desquamation",)),
        (False, True, (0, 2), ("rash_bsa_pct",)),
        (None, False, (0, 3), ("rash_bsa_pct",)),
        (None, True, (0, 4), ("rash_bsa_pct",)),
    ],
)
def test_a_rash_without_a_figure(everywhere, blisters, bounds, missing):
    findings = AcuteFindings(generalised_erythroderma=everywhere, bullae_and_desquamation=blisters)
    grade = grade_acute_skin(findings, system="keystone")
    assert (grade.low, grade.high, grade.missing) == (*bounds, missing)


def test_a_figure_decides_against_a_word_and_says_so():
    findings = AcuteFindings(rash_bsa_pct=30, generalised_erythroderma=True)
    grade = grade_acute_skin(findings)
    assert (grade.value, grade.flags) == (2, ("ERYTHRODERMA_DISAGREES",))


@pytest.mark.parametrize(
    ("bilirubin", "stage"),
    [(0, 0), (1.99, 0), (2, 1), (3, 1), (3.01, 2), (6, 2), (6.01, 3), (15, 3), (15.01, 4)],
)
def test_limits_of_bilirubin_in_mg_dl(bilirubin, stage):
    findings = AcuteFindings(bilirubin=bilirubin, bilirubin_unit="mg/dL")
    assert grade_acute_liver(findings).value == stage


@pytest.mark.parametrize(
    ("bilirubin", "stage"),
    [(33.9, 0), (34, 1), (50.9, 1), (51, 2), (102.9, 2), (103, 3), (255, 3), (255.1, 4)],
)
def test_limits_of_bilirubin_in_umol_l(bilirubin, stage):
    findings = AcuteFindings(bilirubin=bilirubin, bilirubin_unit="umol/L")
    grade = grade_acute_liver(findings)
    assert grade.value == stage
    assert grade.because == ((f"umol_l_{stage}",) if stage else ())


def test_the_exact_conversion_of_a_limit_is_the_limit():
    for mg_dl, stage in ((2, 1), (3, 1), (6, 2), (15, 3)):
        findings = AcuteFindings(bilirubin=mg_dl * 17.104, bilirubin_unit="umol/L")
        assert grade_acute_liver(findings, bilirubin_as="mg/dL").value == stage


def test_bilirubin_without_a_unit_is_never_guessed():
    grade = grade_acute_liver(AcuteFindings(bilirubin=20))
    assert (grade.low, grade.high, grade.missing) == (0, 4, ("bilirubin_unit",))
    assert grade_acute_liver(AcuteFindings(bilirubin=300)).value == 4


@pytest.mark.parametrize(
    ("volume", "magic", "keystone"),
    [(0, 0, 0), (499.9, 0, 0), (500, 1, 0), (500.1, 1, 1), (999.9, 1, 1), (1000, 2, 1),
     (1000.1, 2, 2), (1500, 2, 2), (1500.1, 3, 3)],
)  # fmt: skip
def test_limits_of_the_volume(volume, magic, keystone):
    findings = AcuteFindings(stool_ml_day=volume, **ADULT)
    assert grade_acute_lower_gut(findings).value == magic
    assert grade_acute_lower_gut(findings, system="keystone").value == keystone


@pytest.mark.parametrize(
    ("volume", "stage"), [(99.9, 0), (100, 1), (199.9, 1), (200, 2), (300, 2), (300.1, 3)]
)
def test_limits_of_the_volume_of_a_child(volume, stage):
    assert grade_acute_lower_gut(AcuteFindings(stool_ml_day=volume, **CHILD)).value == stage


def test_thirty_ml_for_each_kilogram_is_that_at_any_weight():
    for weight in (33.3, 7.1, 0.3 * 111, 49.9):
        findings = AcuteFindings(stool_ml_day=30 * weight, weight_kg=weight, age_y=9, **WELL)
        assert grade_acute_lower_gut(findings).value == 2


@pytest.mark.parametrize(
    ("episodes", "adult", "child", "keystone"),
    [(2, 0, 0, 0), (3, 1, 0, 1), (4, 1, 1, 1), (5, 2, 1, 1), (6, 2, 1, 2), (7, 2, 2, 2),
     (8, 3, 2, 3), (10, 3, 2, 3), (11, 3, 3, 3)],
)  # fmt: skip
def test_limits_of_the_episodes(episodes, adult, child, keystone):
    grown = AcuteFindings(stool_episodes_day=episodes, **ADULT)
    assert grade_acute_lower_gut(grown).value == adult
    assert grade_acute_lower_gut(AcuteFindings(stool_episodes_day=episodes, **CHILD)).value == child
    legacy = grade_acute_lower_gut(grown, system="keystone")
    assert (legacy.value, legacy.flags) == (keystone, ("STOOL_ESTIMATED",))


def test_episodes_agree_with_200_ml_each_and_3_ml_for_each_kilogram():
    for episodes in range(13):
        for patient, each in ((ADULT, 200), (CHILD, 30)):
            by_number = AcuteFindings(stool_episodes_day=episodes, **patient)
            by_volume = AcuteFindings(stool_ml_day=episodes * each, **patient)
            assert grade_acute_lower_gut(by_number).value == grade_acute_lower_gut(by_volume).value


def test_a_volume_comes_before_episodes():
    findings = AcuteFindings(stool_ml_day=600, stool_episodes_day=12, **ADULT)
    assert grade_acute_lower_gut(findings).value == 1


@pytest.mark.parametrize(
    ("age", "weight", "bounds", "missing"),
    [
        (18, 40, (1, 1), ()),
        (17.9, 50, (1, 1), ()),
        (17.9, 50.1, (1, 1), ()),
        (6, 20, (3, 3), ()),
        (None, 60, (1, 1), ()),
        (None, 20, (1, 3), ("age_y",)),
        (6, None, (1, 3), ("weight_kg",)),
        (None, None, (1, 3), ("weight_kg", "age_y")),
    ],
)
def test_whose_column_counts(age, weight, bounds, missing):
    findings = AcuteFindings(stool_ml_day=800, age_y=age, weight_kg=weight, **WELL)
    grade = grade_acute_lower_gut(findings)
    assert (grade.low, grade.high) == bounds
    assert grade.missing == missing


def test_keystone_has_no_column_for_children():
    grade = grade_acute_lower_gut(AcuteFindings(stool_ml_day=400, **CHILD), system="keystone")
    assert (grade.low, grade.high, grade.flags) == (0, 3, ("NO_CHILD_COLUMN",))
    none = grade_acute_lower_gut(AcuteFindings(stool_ml_day=0, **CHILD), system="keystone")
    assert none.value == 0


def test_pain_or_blood_is_stage_4_of_any_volume():
    for sign, keystone in (("severe_abdominal_pain", 4), ("grossly_bloody_stool", 0)):
        findings = AcuteFindings(stool_ml_day=0, **ADULT | {sign: True})
        assert grade_acute_lower_gut(findings).value == 4
        assert grade_acute_lower_gut(findings, system="keystone").value == keystone


def test_ileus_without_severe_pain_gives_no_stage_and_says_so():
    grade = grade_acute_lower_gut(AcuteFindings(stool_ml_day=0, ileus=True, **ADULT))
    assert (grade.value, grade.flags) == (0, ("ILEUS_WITHOUT_SEVERE_PAIN",))


def test_unknown_pain_leaves_stage_4_open():
    grade = grade_acute_lower_gut(AcuteFindings(stool_ml_day=600, age_y=40))
    assert (grade.low, grade.high) == (1, 4)
    assert grade.missing == ("severe_abdominal_pain", "grossly_bloody_stool")


@pytest.mark.parametrize(
    ("symptoms", "biopsy", "magic", "keystone"),
    [(True, True, 1, 1), (True, False, 1, 0), (True, None, 1, None), (False, True, 0, 0),
     (False, None, 0, 0), (None, False, None, 0), (None, True, None, None)],
)  # fmt: skip
def test_the_upper_gut(symptoms, biopsy, magic, keystone):
    findings = AcuteFindings(upper_gi_symptoms=symptoms, upper_gi_biopsy_pos=biopsy)
    assert grade_acute_upper_gut(findings).value == magic
    assert grade_acute_upper_gut(findings, system="keystone").value == keystone


@pytest.mark.parametrize(("cause", "bounds"), [(True, (1, 1)), (False, (2, 2)), (None, (1, 2))])
def test_keystone_may_take_a_stage_off_for_another_cause(cause, bounds):
    liver = AcuteFindings(bilirubin=5, bilirubin_unit="mg/dL", liver_other_cause=cause)
    gut = AcuteFindings(stool_ml_day=1200, gut_other_cause=cause, **ADULT)
    for grade in (
        grade_acute_liver(liver, system="keystone", downgrade=True),
        grade_acute_lower_gut(gut, system="keystone", downgrade=True),
    ):
        assert (grade.low, grade.high) == bounds
    assert grade_acute_liver(liver, system="keystone").value == 2


def test_magic_takes_no_stage_off():
    with pytest.raises(ArgumentError, match="downgrade"):
        grade_acute_liver(AcuteFindings(), downgrade=True)
    with pytest.raises(ArgumentError, match="downgrade"):
        grade_acute_lower_gut(AcuteFindings(), downgrade=True)


@pytest.mark.parametrize(
    ("kps", "value", "high"), [(20, 4, 4), (29, 4, 4), (30, 1, 1), (None, None, 4)]
)
def test_the_clause_of_performance(kps, value, high):
    organs = organs_of(skin=1, kps=kps)
    assert grade_keystone(organs).value == 1
    grade = grade_keystone(organs, kps_clause=True)
    assert (grade.value, grade.high) == (value, high)
    assert grade_keystone(organs_of(kps=20), kps_clause=True).value == 0


def test_an_impossible_performance_counts_only_where_it_is_read():
    organs = organs_of(skin=1, kps=130)
    assert grade_keystone(organs).value == 1
    assert grade_keystone(organs, kps_clause=True).flags == ("impossible:kps",)


def organs_of(*, kps=None, system="keystone", **stages):
    recorded = RecordedStages(**dict.fromkeys(ORGANS, 0) | stages)
    return grade_acute_organs(AcuteFindings(kps=kps), system=system, recorded=recorded)


@pytest.mark.parametrize(
    "wrong",
    [{"rash_bsa_pct": 101}, {"bilirubin": 375, "bilirubin_unit": "mg/dL"}, {"bilirubin": -1},
     {"stool_ml_day": 20_001}, {"weight_kg": 700, "stool_ml_day": 1}, {"bullae_bsa_pct": -1},
     {"age_y": 111}, {"bilirubin_unit": "mg"}],
)  # fmt: skip
def test_an_impossible_finding_makes_the_whole_invalid(wrong):
    for grade in (
        grade_magic(grade_acute_organs(AcuteFindings(**wrong))),
        grade_keystone(grade_acute_organs(AcuteFindings(**wrong), system="keystone")),
    ):
        assert grade.status is Status.INVALID
        assert all(flag.startswith("impossible:") for flag in grade.flags)
        assert any(flag.removeprefix("impossible:") in wrong for flag in grade.flags)


def test_nothing_recorded_is_not_evaluable():
    grade = grade_magic(grade_acute_organs(AcuteFindings()))
    assert (grade.status, grade.value, grade.low) == (Status.NOT_EVALUABLE, None, None)


def test_a_record_is_used_where_findings_leave_it_open():
    organs = grade_acute_organs(
        AcuteFindings(stool_ml_day=600, age_y=40), recorded=RecordedStages(lower_gut=4)
    )
    assert (organs.lower_gut.value, organs.lower_gut.flags) == (4, ("AS_RECORDED",))


def test_a_recorded_upper_gut_needs_the_biopsy_of_keystone():
    told = RecordedStages(upper_gut=1)
    assert grade_acute_organs(AcuteFindings(), recorded=told).upper_gut.value == 1
    legacy = grade_acute_organs(AcuteFindings(), system="keystone", recorded=told)
    assert (legacy.upper_gut.low, legacy.upper_gut.high) == (0, 1)


def test_what_does_not_matter_is_not_missing():
    organs = grade_acute_organs(
        AcuteFindings(), recorded=RecordedStages(skin=4, lower_gut=0), system="magic"
    )
    assert (grade_magic(organs).value, grade_magic(organs).missing) == (4, ())
    organs = grade_acute_organs(
        AcuteFindings(), recorded=RecordedStages(skin=3, lower_gut=0, liver=None), system="magic"
    )
    assert grade_magic(organs).missing == ("bilirubin",)


def test_every_keystone_grade_says_that_its_table_was_not_checked():
    assert "unverified_criterion" in grade_keystone(organs_of(skin=1)).flags
    assert "unverified_criterion" not in grade_ibmtr(organs_of(skin=1)).flags


def test_the_rows_that_decided_are_named():
    organs = organs_of(skin=3, liver=1, lower_gut=1)
    assert grade_keystone(organs).because == ("skin_3", "liver_1", "lower_gut_1")


def test_organs_of_the_other_system_are_refused():
    with pytest.raises(ArgumentError, match="magic"):
        grade_magic(organs_of())
    with pytest.raises(ArgumentError, match="keystone"):
        grade_ibmtr(organs_of(system="magic"))


@pytest.mark.parametrize(
    ("call", "word"),
    [(lambda: grade_acute_skin(AcuteFindings(), system="nih"), "system"),
     (lambda: grade_acute_liver(AcuteFindings(), bilirubin_as="g"), "bilirubin_as"),
     (lambda: grade_keystone(organs_of(), gut4="V"), "gut4")],
)  # fmt: skip
def test_an_option_that_is_none_is_refused(call, word):
    with pytest.raises(ArgumentError, match=word):
        call()


def test_the_tables_are_whole():
    assert len({(row.scale, row.key) for row in CRITERIA}) == len(CRITERIA)
    assert {row.evidence for row in CRITERIA} <= {"V", "V2", "M", "D"}
    for rows in OVERALL.values():
        assert {f"{organ}_{s}" for organ, most in ORGANS.items() for s in range(1, most + 1)} <= {
            *rows
        }


@pytest.mark.parametrize(
    "columns",
    [{}, {"rash_bsa_pct": np.zeros(2), "bullae_bsa_pct": np.zeros(3)},
     {"bullae_and_desquamation": np.array([2])}, {"skin_stage": np.array([1.5])}],
)  # fmt: skip
def test_columns_that_cannot_be_read_are_refused(columns):
    with pytest.raises(ArgumentError):
        grade_acute_skin_many(columns)


def test_many_with_impossible_and_unknown_rows():
    columns = {
        "rash_bsa_pct": np.array([101.0, np.nan, 30.0, np.inf]),
        "liver_stage": np.array([0, -1, 0, 0]),
        "upper_gut_stage": np.array([0, -1, 0, 0]),
        "lower_gut_stage": np.array([0, -1, 0, 0]),
    }
    low, high = grade_magic_many(columns)
    assert low.tolist() == high.tolist() == [-1, -1, 1, -1]


def test_no_rows_are_no_grades():
    low, high = grade_magic_many({"skin_stage": np.array([], dtype=np.int8)})
    assert low.size == high.size == 0


@pytest.mark.parametrize(
    ("stages", "index"),
    [({"skin": 1}, 1), ({"skin": 1, "liver": 1}, 2), ({"liver": 1}, 2), ({"lower_gut": 1}, 2),
     ({"skin": 2}, 2), ({"liver": 3}, 3), ({"lower_gut": 4}, 4)],
)  # fmt: skip
def test_only_skin_stage_1_alone_is_index_a(stages, index):
    assert grade_ibmtr(organs_of(**stages)).value == index


def test_many_with_urine_in_some_of_the_volumes():
    columns = {
        "stool_ml_day": np.array([1200.0, 1200.0, 600.0, 900.0, 900.0]),
        "stool_mixed_with_urine": np.array([True, False, False, False, True]),
        "age_y": np.full(5, 40.0),
        "severe_abdominal_pain": np.zeros(5),
        "grossly_bloody_stool": np.zeros(5),
    }
    low, high = grade_acute_lower_gut_many(columns)
    assert low.tolist() == high.tolist() == [1, 2, 1, 1, 0]
