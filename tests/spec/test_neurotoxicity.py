"""One day of neurotoxicity: sixteen days worked through."""

from dataclasses import replace

import pytest

from autallo.clinical.cres import grade_cres
from autallo.clinical.grading import Status
from autallo.clinical.icans import grade_icans
from autallo.clinical.neuro_ctcae import grade_ctcae_neuro
from autallo.clinical.neuro_day import QUIET_NEURO_DAY, NeuroDay
from autallo.clinical.neuro_scores import score_cartox, score_ice

TITLE = "Neurotoxicity: ICANS of adults and children, CRES"
RULE = (
    ("grade", "the worst domain that is not otherwise explained"),
    ("ICE 7-9, 3-6, 0-2", "1, 2, 3; 4 if the patient cannot be woken"),
    ("CAPD 1-8, 9 or more, impossible", "1, 3, 4"),
    ("wakes by itself, to voice, to touch, no more", "1, 2, 3, 4"),
    ("seizure that ends quickly, that does not", "3, 4"),
    ("sedated", "what was seen is the most there can be"),
)
COLUMNS = ("day", "findings", "grade")
AWAKE = {"consciousness_depressed": False, "wakes_to": "spontaneous"}
UNKNOWN = {"consciousness_depressed": None, "wakes_to": None}
BRIEF = {"seizure": "generalised", "seizure_minutes": 1, "seizures_without_return": False}
CASES = (
    (1, {"ice_total": 10, **AWAKE}, 0),
    (2, {"ice_total": 8, **AWAKE}, 1),
    (3, {"ice_total": 8, "wakes_to": "voice"}, 2),
    (4, {"ice_total": 3, **BRIEF}, 3),
    (5, {"ice_total": 0, **AWAKE}, 3),
    (6, {"ice_total": 0, "wakes_to": "none"}, 4),
    (7, {"ice_total": 6, "motor_weakness": True}, 4),
    (8, {"ice_total": 9, "tremor_grade": 2}, 1),
    (9, {"age_y": 7, "capd_total": 8, "wakes_to": "spontaneous"}, 1),
    (10, {"age_y": 7, "capd_total": 8, "wakes_to": "voice"}, 2),
    (11, {"age_y": 7, "capd_total": 9, **AWAKE}, 3),
    (12, {"age_y": 4, "capd_total": 0, **AWAKE}, 0),
    (14, {"ice_total": None, "wakes_to": "spontaneous"}, (0, 3)),
    (16, {"ice_total": None, "sedated": True, **UNKNOWN}, (0, 4)),
)  # fmt: skip


def day_of(findings):
    return replace(QUIET_NEURO_DAY, **findings)


@pytest.mark.parametrize("case", CASES, ids=[f"3.6-{case[0]}" for case in CASES])
def test_vector(case):
    _, findings, wanted = case
    grade = grade_icans(day_of(findings))
    low, high = wanted if isinstance(wanted, tuple) else (wanted, wanted)
    assert (grade.low, grade.high) == (low, high)
    assert grade.value == (low if low == high else None)
    assert grade.status is (Status.OK if low == high else Status.INDETERMINATE)
    assert ("SEDATED" in grade.flags) == (case[0] == 16)


def test_vector_13_haemorrhage_alone():
    grade = grade_icans(day_of({"ice_total": 2, "only_haemorrhage": True}))
    assert grade.status is Status.NOT_APPLICABLE
    assert (grade.value, grade.low, grade.high, grade.flags) == (None, None, None, ("ICH",))


def test_vector_14_names_what_is_missing():
    grade = grade_icans(day_of({"ice_total": None, "wakes_to": "spontaneous"}))
    assert grade.missing == ("ice_total",)


def test_vector_15_cres():
    assert grade_cres(day_of({"cartox_total": 7})).value == 1


@pytest.mark.parametrize(
    ("score", "grade"), [(10, 0), (9, 1), (7, 1), (6, 2), (3, 2), (2, 3), (0, 3)]
)
def test_bands_of_both_scores(score, grade):
    assert grade_icans(day_of({"ice_total": score})).value == grade
    assert grade_cres(day_of({"cartox_total": score})).value == grade


def test_depressed_but_wakes_by_itself_is_grade_1_with_a_full_score():
    assert grade_icans(day_of({"consciousness_depressed": True})).value == 1


#: Age 12 belongs to the adult form, although one list of terms has it on both sides.
@pytest.mark.parametrize(
    ("age", "delay", "form"),
    [(12, False, "icans_adult"), (11.99, False, "icans_child"), (30, True, "icans_child")],
)
def test_the_form_by_age(age, delay, form):
    assert grade_icans(day_of({"age_y": age, "developmental_delay": delay})).scale == form


def test_ice_asks_for_a_command_and_cartox_for_the_head_of_state():
    items = dict.fromkeys(
        ["knows_year", "knows_month", "knows_city", "knows_hospital", "writes_sentence"], True
    )
    day = NeuroDay(**items, counts_back=True, names_objects=3, knows_head_of_state=True)
    assert (score_cartox(day).value, score_ice(day).value) == (10, None)
    assert (score_ice(day).low, score_ice(day).high) == (9, 10)


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({"encephalopathy_grade": 1}, 1),
        ({"confusion_grade": 2}, 2),
        ({"somnolence_grade": 3}, 3),
        ({"dysphasia_grade": 3}, 3),
        ({"encephalopathy_grade": 4, "dysphasia_grade": 1}, 4),
        ({"seizure": "focal", "seizures_without_return": False,
          "seizures_despite_treatment": False}, 1),
        ({**BRIEF, "seizures_despite_treatment": False}, 2),
        ({**BRIEF, "seizures_despite_treatment": True}, 3),
        ({**BRIEF, "seizures_without_return": True}, 4),
    ],
)  # fmt: skip
def test_terms_of_ctcae(findings, grade):
    assert grade_ctcae_neuro(day_of(findings)).value == grade


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({"papilloedema_stage": 1}, 3),
        ({"papilloedema_stage": 3}, 4),
        ({"raised_icp": True, "csf_opening_mmhg": 19.9}, 3),
        ({"raised_icp": True, "csf_opening_mmhg": 20}, 4),
        ({"raised_icp": False, "csf_opening_mmhg": 12}, 0),
        ({"oedema": "focal"}, 4),
        ({"seizure": "focal", "seizure_minutes": 1, "seizures_without_return": False}, 3),
        ({"seizure": "nonconvulsive", "seizure_minutes": 6, "seizures_without_return": False}, 4),
        (BRIEF, 4),
        ({"motor_weakness": True}, 4),
        ({"unable_to_perform": True, "cartox_total": None}, 4),
    ],
)
def test_rows_of_cres(findings, grade):
    assert grade_cres(day_of(findings)).value == grade
