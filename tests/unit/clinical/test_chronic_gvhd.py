"""Chronic graft-versus-host disease at every limit, and with what is not known."""

import pytest

from autallo.clinical.chronic_gvhd import SeattleFindings, grade_nih_severity, grade_seattle
from autallo.clinical.chronic_gvhd_findings import ChronicFindings, RecordedScores
from autallo.clinical.chronic_gvhd_organs import (
    grade_chronic_eyes,
    grade_chronic_gut,
    grade_chronic_liver,
    grade_chronic_lung,
    grade_chronic_organs,
    grade_chronic_skin,
)
from autallo.clinical.chronic_gvhd_tables import CHRONIC_ORGANS, CRITERIA
from autallo.clinical.grading import Status
from autallo.clinical.worst_part import Part, grade_worst_part
from autallo.errors import ArgumentError

EYES = dict.fromkeys(
    ("dry_eye", "eye_plugs", "eye_limits_daily_life", "eye_special_eyewear",
     "eye_unable_to_work", "eye_visual_loss"), False
) | {"eye_drops_per_day": 0}  # fmt: skip
GUT = {"gut_symptoms": False, "gut_supplement": False, "oesophageal_dilation": False,
       "weight_loss_pct": 0, "diarrhoea": "none"}  # fmt: skip
LIVER = {"bilirubin": 0.5, "bilirubin_uln": 1.2, "bilirubin_unit": "mg/dL", "alt_times_uln": 1,
         "ap_times_uln": 1}  # fmt: skip


@pytest.mark.parametrize(
    ("surface", "score"),
    [(0, 0), (0.5, 1), (18, 1), (18.4, 1), (18.5, 2), (19, 2), (50, 2), (50.1, 3), (100, 3)],
)
def test_limits_of_the_surface(surface, score):
    findings = ChronicFindings(skin_bsa_pct=surface, skin_sclerosis="none")
    assert grade_chronic_skin(findings).value == score


@pytest.mark.parametrize(("sclerosis", "score"), [("none", 1), ("superficial", 2), ("deep", 3)])
def test_the_skin_is_the_higher_of_surface_and_hardening(sclerosis, score):
    findings = ChronicFindings(skin_bsa_pct=10, skin_sclerosis=sclerosis)
    assert grade_chronic_skin(findings).value == score


def test_unknown_hardening_leaves_the_skin_open():
    grade = grade_chronic_skin(ChronicFindings(skin_bsa_pct=10))
    assert (grade.low, grade.high, grade.missing) == (1, 3, ("skin_sclerosis",))
    assert grade_chronic_skin(ChronicFindings(skin_bsa_pct=60)).missing == ()


@pytest.mark.parametrize(
    ("sign", "score"),
    [({"dry_eye": True}, 1), ({"eye_drops_per_day": 3}, 1), ({"eye_drops_per_day": 3.5}, 2),
     ({"eye_plugs": True}, 2), ({"eye_limits_daily_life": True}, 2),
     ({"eye_special_eyewear": True}, 3), ({"eye_unable_to_work": True}, 3),
     ({"eye_visual_loss": True}, 3), ({}, 0)],
)  # fmt: skip
def test_each_sign_of_the_eyes(sign, score):
    assert grade_chronic_eyes(ChronicFindings(**EYES | sign)).value == score


@pytest.mark.parametrize(
    ("sign", "score"),
    [({}, 0), ({"gut_symptoms": True}, 1), ({"weight_loss_pct": 4.9}, 0),
     ({"weight_loss_pct": 5}, 2), ({"weight_loss_pct": 15}, 2), ({"weight_loss_pct": 15.1}, 3),
     ({"weight_loss_pct": -8}, 0), ({"diarrhoea": "mild"}, 1), ({"diarrhoea": "moderate"}, 2),
     ({"diarrhoea": "severe"}, 3), ({"gut_supplement": True}, 3),
     ({"oesophageal_dilation": True}, 3)],
)  # fmt: skip
def test_each_sign_of_the_gut(sign, score):
    assert grade_chronic_gut(ChronicFindings(**GUT | sign)).value == score


@pytest.mark.parametrize(
    ("sign", "score"),
    [({}, 0), ({"alt_times_uln": 2.9}, 0), ({"alt_times_uln": 3}, 1), ({"alt_times_uln": 5}, 1),
     ({"alt_times_uln": 5.1}, 2), ({"ap_times_uln": 2.9}, 0), ({"ap_times_uln": 30}, 1),
     ({"bilirubin": 1.2}, 0), ({"bilirubin": 1.21}, 2), ({"bilirubin": 3}, 2),
     ({"bilirubin": 3.01}, 3)],
)  # fmt: skip
def test_each_sign_of_the_liver(sign, score):
    assert grade_chronic_liver(ChronicFindings(**LIVER | sign)).value == score


def test_the_liver_in_the_other_unit():
    for bilirubin, score in ((20, 0), (21, 2), (3 * 17.104, 2), (52, 3)):
        found = LIVER | {"bilirubin": bilirubin, "bilirubin_uln": 20.5, "bilirubin_unit": "umol/L"}
        assert grade_chronic_liver(ChronicFindings(**found)).value == score


@pytest.mark.parametrize(
    ("unknown", "bounds", "missing"),
    [
        ({"bilirubin_uln": None}, (0, 2), ("bilirubin_uln",)),
        ({"bilirubin": None}, (0, 3), ("bilirubin",)),
        ({"bilirubin": 4, "bilirubin_uln": None}, (3, 3), ()),
        ({"bilirubin": 20, "bilirubin_uln": 20, "bilirubin_unit": None}, (0, 3), None),
        ({"alt_times_uln": None}, (0, 2), ("alt_times_uln",)),
    ],
)
def test_what_is_not_known_of_the_liver(unknown, bounds, missing):
    grade = grade_chronic_liver(ChronicFindings(**LIVER | unknown))
    assert (grade.low, grade.high) == bounds
    assert missing is None or grade.missing == missing


@pytest.mark.parametrize(
    ("volume", "score"), [(80, 0), (79.9, 1), (60, 1), (59.9, 2), (40, 2), (39.9, 3)]
)
def test_limits_of_fev1(volume, score):
    assert grade_chronic_lung(ChronicFindings(fev1_pct=volume, lung_symptoms=3)).value == score


def test_breathlessness_counts_only_without_fev1():
    grade = grade_chronic_lung(ChronicFindings(lung_symptoms=2))
    assert (grade.value, grade.flags) == (2, ("LUNG_BY_SYMPTOMS",))


@pytest.mark.parametrize(
    "wrong",
    [{"skin_bsa_pct": 101}, {"skin_sclerosis": "hard"}, {"diarrhoea": "watery"},
     {"fev1_pct": -1}, {"lung_symptoms": 4}, {"bilirubin": 99, "bilirubin_unit": "mg/dL"},
     {"bilirubin": 1, "bilirubin_unit": "mg"},
     {"bilirubin": 1, "bilirubin_uln": 20, "bilirubin_unit": "mg/dL"}],
)  # fmt: skip
def test_an_impossible_finding_makes_the_whole_invalid(wrong):
    grade = grade_nih_severity(grade_chronic_organs(ChronicFindings(**wrong)))
    assert grade.status is Status.INVALID
    assert any(flag.removeprefix("impossible:") in wrong for flag in grade.flags)


def test_an_impossible_recorded_score_is_invalid():
    organs = grade_chronic_organs(ChronicFindings(), recorded=RecordedScores(mouth=4))
    assert grade_nih_severity(organs).status is Status.INVALID


def test_nothing_recorded_is_not_evaluable():
    grade = grade_nih_severity(grade_chronic_organs(ChronicFindings()))
    assert (grade.status, grade.low) == (Status.NOT_EVALUABLE, None)


def test_all_explained_otherwise_is_none():
    organs = grade_chronic_organs(ChronicFindings(explained_otherwise=CHRONIC_ORGANS))
    assert grade_nih_severity(organs).value == 0


def test_a_word_that_is_no_organ_is_refused():
    with pytest.raises(ArgumentError, match="explained_otherwise"):
        grade_chronic_organs(ChronicFindings(explained_otherwise=("kidney",)))


def severity(**scores):
    recorded = RecordedScores(**dict.fromkeys(CHRONIC_ORGANS, 0) | scores)
    return grade_nih_severity(grade_chronic_organs(ChronicFindings(), recorded=recorded))


def test_the_rows_that_decided_are_named():
    assert severity(lung=1, eyes=2, mouth=1).because == ("organ_2", "lung_1", "three_organs")
    assert severity(lung=2).because == ("lung_2",)
    assert severity(lung=3).because == ("lung_2",)
    assert severity(skin=1).because == ("one_or_two_organs",)
    assert severity(skin=3).because == ("organ_3",)


@pytest.mark.parametrize(
    ("scores", "bounds", "missing"),
    [
        ({"mouth": None}, (0, 3), ("cgvhd_mouth",)),
        ({"lung": 2, "mouth": None}, (3, 3), ()),
        ({"lung": 1, "mouth": None}, (2, 3), ("cgvhd_mouth",)),
    ],
)
def test_an_unknown_organ(scores, bounds, missing):
    grade = severity(**scores)
    assert (grade.low, grade.high, grade.missing) == (*bounds, missing)


def test_the_worst_part_names_what_could_be_above_it():
    grade = grade_worst_part(
        "s", [Part(2, 2, "a"), Part(0, 2, "", ("x",)), Part(0, 3, "", ("y",)), Part(2, 2, "b")]
    )
    assert (grade.low, grade.high, grade.missing) == (2, 3, ("y",))
    assert grade.because == ("a", "b")


WELL = {"skin_bsa_pct": 0, "liver": False, "liver_histology": False, "schirmer_mm": 15,
        "mouth": False, "other_organ": False}  # fmt: skip


@pytest.mark.parametrize(
    ("sign", "extent", "flags"),
    [({}, 0, ()), ({"skin_bsa_pct": 0.1}, 1, ()), ({"skin_bsa_pct": 50}, 1, ()),
     ({"skin_bsa_pct": 50.1}, 2, ()), ({"liver": True}, 1, ()),
     ({"liver": True, "skin_bsa_pct": 50}, 1, ()), ({"liver_histology": True}, 2, ()),
     ({"skin_bsa_pct": 1, "schirmer_mm": 5}, 1, ()),
     ({"skin_bsa_pct": 1, "schirmer_mm": 4.9}, 2, ()),
     ({"mouth": True}, 2, ("NEITHER_SKIN_NOR_LIVER",)),
     ({"other_organ": True, "liver": True}, 2, ())],
)  # fmt: skip
def test_the_older_extent(sign, extent, flags):
    grade = grade_seattle(SeattleFindings(**WELL | sign))
    assert (grade.value, grade.flags) == (extent, flags)


def test_the_older_extent_is_open_where_an_organ_is_not_known():
    grade = grade_seattle(SeattleFindings(skin_bsa_pct=30, mouth=False))
    assert (grade.low, grade.high) == (1, 2)
    assert grade.missing == ("liver_histology", "schirmer_mm", "other_organ")
    assert grade_seattle(SeattleFindings(schirmer_mm=-1)).status is Status.INVALID
    assert grade_seattle(SeattleFindings()).status is Status.NOT_EVALUABLE


def test_the_tables_are_whole():
    assert len({(row.scale, row.key) for row in CRITERIA}) == len(CRITERIA)
    assert {f"cgvhd_{organ}" for organ in CHRONIC_ORGANS} <= {row.scale for row in CRITERIA}
