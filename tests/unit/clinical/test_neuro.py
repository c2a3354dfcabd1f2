"""Neurotoxicity: every threshold from both sides, what is unknown, what is impossible."""

from dataclasses import replace

import numpy as np
import pytest

from autallo.clinical.cres import grade_cres
from autallo.clinical.grading import Status
from autallo.clinical.icans import (
    classify_form,
    grade_icans,
    grade_icans_adult,
    grade_icans_child,
)
from autallo.clinical.neuro_ctcae import grade_ctcae_neuro
from autallo.clinical.neuro_day import QUIET_NEURO_DAY, NeuroDay
from autallo.clinical.neuro_many import grade_neuro_many
from autallo.clinical.neuro_scores import DELIRIUM, Score, score_capd, score_ice
from autallo.errors import ArgumentError

SCALES = (grade_icans, grade_icans_adult, grade_icans_child, grade_cres, grade_ctcae_neuro)


def bounds(grade, **findings):
    found = grade(replace(QUIET_NEURO_DAY, **findings))
    return found.value if found.status is Status.OK else (found.low, found.high)


@pytest.mark.parametrize(("score", "grade"), list({0: 0, 1: 1, 8: 1, 9: 3, 32: 3}.items()))
def test_capd(score, grade):
    assert bounds(grade_icans_child, capd_total=score) == grade


def test_a_child_that_cannot_be_observed():
    unknown = {"capd_total": None}
    assert bounds(grade_icans_child, **unknown, unable_to_perform=True) == 4
    assert bounds(grade_icans_child, **unknown, unable_to_perform=False) == (0, 3)
    assert bounds(grade_icans_child, **unknown, unable_to_perform=None) == (0, 4)
    assert bounds(grade_icans_child, **unknown, wakes_to="none") == 4


def test_points_of_the_capd():
    well = ("always",) * 4 + ("never",) * 4
    assert score_capd(NeuroDay(capd_answers=well)) == Score(0, 0, 0)
    ill = ("never",) * 4 + ("always",) * 4
    assert score_capd(NeuroDay(capd_answers=ill)).value == 32
    graded = ("rarely", "sometimes", "often", "always", "rarely", "sometimes", "often", "always")
    assert score_capd(NeuroDay(capd_answers=graded)).value == 3 + 2 + 1 + 0 + 1 + 2 + 3 + 4
    unsure = score_capd(NeuroDay(capd_answers=(None, *well[1:])))
    assert (unsure.low, unsure.high, unsure.value) == (0, 4, None)
    assert DELIRIUM == 9
    partly = {"capd_total": None, "capd_answers": (None, *well[1:])}
    assert bounds(grade_icans_child, **partly) == (0, 1)


def test_ice_from_its_items():
    items = dict.fromkeys(
        ["knows_year", "knows_month", "knows_city", "knows_hospital", "follows_command"], True
    )
    day = NeuroDay(**items, names_objects=2, writes_sentence=False)
    assert score_ice(day) == Score(7, 8, None, ("counts_back",))
    assert score_ice(replace(day, counts_back=True)).value == 8
    assert score_ice(replace(day, ice_total=3)).value == 3
    quiet = replace(QUIET_NEURO_DAY, ice_total=None)
    known = {name: getattr(day, name) for name in (*items, "names_objects", "writes_sentence")}
    assert grade_icans(replace(quiet, **known)).value == 1


@pytest.mark.parametrize(
    ("wakes_to", "depressed", "grade"),
    [
        ("spontaneous", False, 0), ("spontaneous", None, (0, 1)), ("spontaneous", True, 1),
        ("voice", None, 2), ("touch", None, 3), ("vigorous", None, 4), ("none", None, 4),
        (None, False, 0), (None, True, (1, 4)), (None, None, (0, 4)),
    ],
)  # fmt: skip
def test_consciousness(wakes_to, depressed, grade):
    findings = {"wakes_to": wakes_to, "consciousness_depressed": depressed}
    assert bounds(grade_icans, **findings) == grade


@pytest.mark.parametrize(("minutes", "unreturned", "grade"), [
    (5, False, 3), (5.01, False, 4), (1, True, 4), (None, False, (3, 4)), (1, None, (3, 4)),
    (None, True, 4), (6, None, 4),
])  # fmt: skip
@pytest.mark.parametrize("kind", ["focal", "generalised", "nonconvulsive"])
def test_seizures(kind, minutes, unreturned, grade):
    found = bounds(
        grade_icans, seizure=kind, seizure_minutes=minutes, seizures_without_return=unreturned
    )
    assert found == grade


def test_whether_there_was_a_seizure_is_not_known():
    assert bounds(grade_icans, seizure=None) == (0, 4)
    assert bounds(grade_icans, seizure=None, seizure_minutes=6) == 4
    assert bounds(grade_cres, seizure=None, seizure_minutes=1) == (3, 4)


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({"oedema": "focal"}, 3), ({"oedema": "diffuse"}, 4), ({"motor_weakness": True}, 4),
        ({"posturing_or_cushing": True}, 4), ({"papilloedema_stage": 1}, 4),
        ({"death_due_to_icans": True}, 5), ({"oedema": None}, (0, 4)),
        ({"raised_icp": True, "csf_opening_mmhg": 30}, 0), ({"encephalopathy_grade": 4}, 0),
    ],
)  # fmt: skip
def test_other_domains(findings, grade):
    assert bounds(grade_icans, **findings) == grade
    assert bounds(grade_icans, age_y=5, **findings) == grade


def test_sedation_bounds_from_above_only():
    assert bounds(grade_icans, sedated=True, ice_total=5) == (0, 2)
    assert bounds(grade_icans, sedated=True, ice_total=10) == 0
    assert bounds(grade_icans, sedated=True, wakes_to="none", motor_weakness=True) == 4
    day = replace(QUIET_NEURO_DAY, sedated=True, ice_total=5)
    assert grade_icans(day).missing == ("sedated",)


def test_a_test_that_could_not_be_done():
    unable = {"ice_total": None, "cartox_total": None, "unable_to_perform": True}
    awake = {"consciousness_depressed": False}
    assert bounds(grade_icans, **unable, **awake) == 3
    assert bounds(grade_icans, **unable, wakes_to=None, consciousness_depressed=True) == (3, 4)
    assert bounds(grade_cres, **unable) == 4
    assert bounds(grade_cres, cartox_total=None, unable_to_perform=None) == (0, 4)
    assert bounds(grade_cres, cartox_total=None) == (0, 3)


def test_raised_pressure_on_the_scale_of_cartox():
    assert bounds(grade_cres, raised_icp=None, csf_opening_mmhg=10) == (0, 3)
    assert bounds(grade_cres, raised_icp=None) == (0, 4)
    assert bounds(grade_cres, raised_icp=True) == (3, 4)
    found = grade_cres(replace(QUIET_NEURO_DAY, motor_weakness=True))
    assert found.flags == ("unverified_criterion",)
    assert grade_cres(replace(QUIET_NEURO_DAY, cartox_total=5)).flags == ()


def test_the_form_where_the_age_is_not_known():
    assert classify_form(NeuroDay(ice_total=9)) == "adult"
    assert classify_form(NeuroDay(capd_total=9)) == "child"
    assert classify_form(NeuroDay(capd_total=9, ice_total=9)) == "either"
    assert classify_form(NeuroDay()) == "either"
    no_age = replace(QUIET_NEURO_DAY, age_y=None)
    adult = grade_icans(replace(no_age, capd_total=None, ice_total=4))
    assert (adult.scale, adult.value, adult.flags) == ("icans_adult", 2, ("AGE_UNKNOWN",))
    either = grade_icans(replace(no_age, ice_total=4, capd_total=9))
    assert (either.scale, either.low, either.high) == ("icans", 2, 3)
    assert either.missing == ("age_y",)
    assert grade_icans(no_age).value == 0
    assert grade_icans(NeuroDay()).status is Status.NOT_EVALUABLE


def test_terms_that_are_not_known_leave_the_grade_open():
    assert bounds(grade_ctcae_neuro, confusion_grade=None) == (0, 4)
    assert bounds(grade_ctcae_neuro, dysphasia_grade=None) == (0, 3)
    assert bounds(grade_ctcae_neuro, seizure="generalised", seizure_grade=1) == 1
    assert bounds(grade_ctcae_neuro, seizure="focal") == (1, 4)


@pytest.mark.parametrize(
    ("findings", "field"),
    [
        ({"ice_total": 11}, "ice_total"), ({"ice_total": 9.5}, "ice_total"),
        ({"cartox_total": -1}, "cartox_total"), ({"capd_total": 33}, "capd_total"),
        ({"names_objects": 4}, "names_objects"), ({"papilloedema_stage": 6}, "papilloedema_stage"),
        ({"dysphasia_grade": 4}, "dysphasia_grade"), ({"age_y": 375}, "age_y"),
        ({"csf_opening_mmhg": 201}, "csf_opening_mmhg"), ({"seizure_minutes": 3}, "seizure"),
        ({"seizures_without_return": True}, "seizure"),
    ],
)  # fmt: skip
def test_impossible_findings_are_refused_on_every_scale(findings, field):
    for grade in SCALES:
        found = grade(replace(QUIET_NEURO_DAY, **findings))
        assert found.status is Status.INVALID
        assert found.flags == (f"impossible:{field}",)


@pytest.mark.parametrize(
    "findings",
    [
        {"wakes_to": "shout"}, {"seizure": "grand mal"}, {"oedema": True},
        {"capd_answers": ("never",) * 7}, {"capd_answers": ("daily",) * 8},
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_a_mistake_of_the_caller(findings):
    with pytest.raises(ArgumentError):
        grade_icans(replace(QUIET_NEURO_DAY, **findings))


def test_haemorrhage_alone_in_columns():
    columns = {"ice_total": np.array([2, 2]), "only_haemorrhage": np.array([1, 0])}
    many = grade_neuro_many(columns, scales=("icans", "icans_adult", "cres"))
    assert many["icans"].low.tolist() == [-1, 3]
    assert many["icans_adult"].high.tolist() == [-1, 5]
    with pytest.raises(ArgumentError, match="scales"):
        grade_neuro_many(columns, scales=("ice",))


@pytest.mark.parametrize("place", range(8))
def test_each_item_of_the_capd_runs_its_own_way(place):
    answers = ["always"] * 4 + ["never"] * 4
    answers[place] = "rarely"
    assert score_capd(NeuroDay(capd_answers=tuple(answers))).value == (3 if place < 4 else 1)


@pytest.mark.parametrize(
    ("grade", "findings", "wanted"),
    [
        (grade_icans_child, {"capd_total": 9}, (0, 3)),
        (grade_icans_adult, {"wakes_to": "touch"}, (0, 3)),
        (grade_cres, {"cartox_total": 4}, (0, 2)),
        (grade_ctcae_neuro, {"somnolence_grade": 3}, 3),
    ],
)
def test_sedation_on_every_scale(grade, findings, wanted):
    assert bounds(grade, sedated=True, **findings) == wanted


def test_ages_and_impossible_days_in_columns():
    columns = {
        "age_y": np.array([11.99, 12.0, 12.0, 12.0]),
        "ice_total": np.array([10, 10, 11, 10]),
        "capd_total": np.array([9, 9, 9, 9]),
        "seizure": np.zeros(4, np.int8),
        "seizure_minutes": np.array([0, 0, 0, 2.0]),
    }
    found = grade_neuro_many(columns, scales=("icans",))["icans"]
    assert found.low.tolist() == [3, 0, -1, -1]


@pytest.mark.parametrize("oedema", ["focal", "diffuse"])
def test_any_oedema_is_grade_4_on_the_scale_of_cartox(oedema):
    assert bounds(grade_cres, oedema=oedema) == 4
