"""One day of cytokine release on every scale: fifteen days worked through."""

from dataclasses import replace

import pytest

from autallo.clinical.crs_all import SCALES, grade_crs_all
from autallo.clinical.crs_day import QUIET_CRS_DAY
from autallo.clinical.crs_lee import grade_crs_lee
from autallo.clinical.grading import Status
from autallo.clinical.vasopressors import Pressor

TITLE = "Cytokine release on seven scales"
RULE = (
    ("ASTCT 2019", "fever, then the worse of hypotension and hypoxia; organs do not count"),
    ("Lee 2014", "oxygen below or from 0.40, dose and number of vasopressors, organs"),
    ("Penn", "any oxygen and repeated boluses are grade 3, a high dose is grade 4"),
    ("CTCAE 5.0", "one vasopressor is grade 3, two are grade 4"),
    ("MSKCC", "a vasopressor for 24 hours or more is grade 3"),
    ("an unknown that matters", "the grade stays open between two bounds"),
    ("death due to it", "grade 5 on every scale"),
)
COLUMNS = ("day", "findings", "ASTCT", "Lee", "Penn", "CTCAE 5.0", "MSKCC")
ORDER = ("crs_astct", "crs_lee", "crs_penn", "crs_ctcae5", "crs_mskcc")


def norepinephrine(rate):
    return Pressor(drug="norepinephrine", rate=rate, unit="ug/min")


ADULT = {"age_y": 40, "weight_kg": 70, "hosp_for_crs": True}
#: SBP is read with the age where hypotension is not recorded as such.
READ_SBP = {"hypotension": None}
CASES = (
    ("A", {"temperature_c": 39.1}, (1, 1, 2, 1, 1)),
    ("B", {"temperature_c": 39.5, "sbp_mmhg": 84, **READ_SBP, "fluid_boluses": 2}, (2, 2, 3, 2, 1)),
    ("C", {"temperature_c": 38.6, "o2_device": "nasal_cannula", "o2_flow_lpm": 2, "fio2": 0.28},
     (2, 2, 3, 2, 2)),
    ("D", {"temperature_c": 40.0, "hypotension": True, "pressors": (norepinephrine(6),),
           "pressor_hours": 18, "o2_device": "nasal_cannula", "o2_flow_lpm": 3, "fio2": 0.32,
           "fluid_boluses": 3}, (3, 2, 3, 3, 2)),
    ("E", {"temperature_c": 39.0, "hypotension": True, "pressor_hours": 40,
           "pressors": (norepinephrine(12),
                        Pressor(drug="vasopressin", rate=0.03, unit="U/min")),
           "o2_device": "hfnc", "o2_flow_lpm": 30, "fio2": 0.50}, (3, 3, 4, 4, 3)),
    ("F", {"temperature_c": 39.0, "hypotension": True, "pressor_hours": 60,
           "pressors": (norepinephrine(14), Pressor(drug="epinephrine", rate=4, unit="ug/min")),
           "o2_device": "simple_mask", "fio2": 0.45}, (4, 3, 3, 4, 3)),
    ("G", {"temperature_c": 36.9, "crs_episode_open": True, "anticytokine": True,
           "hypotension": True, "pressors": (norepinephrine(4),), "pressor_hours": 10},
     (3, 2, 3, 3, 2)),
    ("H", {"temperature_c": 38.4, "transaminase_grade": 4}, (1, 3, 3, 1, 1)),
    ("I", {"temperature_c": 39.2, "o2_device": "bipap", "fio2": 0.5}, (4, 3, 3, 4, 3)),
    ("J", {"temperature_c": 37.6, "sbp_mmhg": 86, **READ_SBP, "fluid_boluses": 2,
           "constitutional": True}, (0, 2, 3, 2, 1)),
    ("K", {"temperature_c": 39.9, "hypotension": True, "pressors": (norepinephrine(25),),
           "pressor_hours": 30, "o2_device": "invasive_vent", "vent_reason": "hypoxia",
           "fio2": 0.6, "organ_grade": 3}, (4, 4, 4, 4, 4)),
    ("L", {"temperature_c": 38.9, "transaminase_grade": 3, "creatinine_grade": 2},
     (1, 3, 2, 1, 1)),
    ("M", {"temperature_c": 37.99, "hosp_for_crs": False}, (0, 0, 0, 0, 0)),
    ("N", {"temperature_c": 38.5, "o2_device": "nasal_cannula", "fio2": 0.35},
     ((2, 3), 2, 3, 2, 2)),
    ("O", {"death_due_to_crs": True}, (5, 5, 5, 5, 5)),
)  # fmt: skip


def day_of(findings):
    return replace(QUIET_CRS_DAY, **ADULT | findings)


@pytest.mark.parametrize("case", CASES, ids=[f"2.9-{case[0]}" for case in CASES])
def test_vector(case):
    _, findings, wanted = case
    grades = {grade.scale: grade for grade in grade_crs_all(day_of(findings)).grades}
    for scale, expected in zip(ORDER, wanted, strict=True):
        low, high = expected if isinstance(expected, tuple) else (expected, expected)
        assert (grades[scale].low, grades[scale].high) == (low, high), scale
        assert grades[scale].value == (low if low == high else None), scale


def test_vector_j_says_why_the_default_scale_is_silent():
    case = next(case for case in CASES if case[0] == "J")
    assert "NO_FEVER" in grade_crs_all(day_of(case[1])).grades[0].flags


def test_vector_g_says_that_fever_was_masked():
    case = next(case for case in CASES if case[0] == "G")
    assert grade_crs_all(day_of(case[1])).grades[0].value == 3
    fever_only = day_of({"temperature_c": 36.9, "crs_episode_open": True, "anticytokine": True})
    masked = grade_crs_all(fever_only).grades[0]
    assert (masked.value, masked.flags) == (1, ("MASKED_FEVER",))


def test_vector_l_by_the_other_reading_of_the_table():
    case = next(case for case in CASES if case[0] == "L")
    assert grade_crs_lee(day_of(case[1]), lee_ta3="grade2").value == 2


def test_vector_n_names_what_is_missing():
    findings = {"temperature_c": 38.5, "o2_device": "nasal_cannula"}
    grades = {grade.scale: grade for grade in grade_crs_all(day_of(findings)).grades}
    assert grades["crs_astct"].missing == ("o2_flow_lpm",)
    assert (grades["crs_lee"].low, grades["crs_lee"].high) == (2, 3)
    assert grades["crs_penn"].value == 3


@pytest.mark.parametrize("name", SCALES)
def test_death_is_five_on_every_scale(name):
    day = day_of({"death_due_to_crs": True})
    assert SCALES[name](day).value == 5


def test_all_scales_are_graded_from_every_day():
    for _, findings, _ in CASES:
        found = grade_crs_all(day_of(findings))
        assert [grade.scale for grade in found.grades] == list(SCALES)
        assert all(grade.status in {Status.OK, Status.INDETERMINATE} for grade in found.grades)


def test_where_scales_differ_it_is_said():
    found = grade_crs_all(day_of({"temperature_c": 39.1}))
    assert found.differ
    assert "never" in found.warning
    quiet = grade_crs_all(day_of({"hosp_for_crs": False}))
    assert not quiet.differ
    assert quiet.warning == found.warning


#: Noted when the rule was taken from the literature: what must not come back.
TRAPS = (
    ("Lee grade 3 is FiO2 of 0.40 or more, not below", {"o2_device": "venturi", "fio2": 0.4},
     "crs_lee", 3),
    ("Lee grade 2 just below", {"o2_device": "venturi", "fio2": 0.39}, "crs_lee", 2),
    ("Penn grade 3 is any oxygen", {"o2_device": "blow_by", "fio2": 0.24}, "crs_penn", 3),
    ("6 L/min by cannula is low flow", {"temperature_c": 38.0, "o2_device": "nasal_cannula",
     "o2_flow_lpm": 6}, "crs_astct", 2),
    ("one bolus is not several", {"fluid_boluses": 1}, "crs_penn", 2),
    ("CPAP is positive pressure", {"o2_device": "cpap", "fio2": 0.3}, "crs_ctcae5", 4),
    ("organs do not raise the default scale", {"temperature_c": 38.0, "organ_grade": 4},
     "crs_astct", 1),
)  # fmt: skip


@pytest.mark.parametrize("case", TRAPS, ids=[case[0] for case in TRAPS])
def test_trap(case):
    _, findings, scale, grade = case
    assert SCALES[scale](day_of(findings)).value == grade


#: The same days on the two scales that the worked table does not have: by hand from their rows.
MDACC = {"A": 1, "B": 2, "C": 2, "D": 2, "E": 3, "F": 3, "G": 2, "H": 3, "I": 3, "J": 2, "K": 4,
         "L": 3, "M": 0, "N": 2, "O": 5}  # fmt: skip
CTCAE4 = {"A": (1, 4), "D": 4, "E": 4, "F": 4, "G": 4, "H": (1, 4), "K": 4, "M": 0, "O": 5}


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_same_day_on_the_scale_of_md_anderson(case):
    assert SCALES["crs_mdacc"](day_of(case[1])).value == MDACC[case[0]]


@pytest.mark.parametrize("case", [c for c in CASES if c[0] in CTCAE4], ids=list(CTCAE4))
def test_the_same_day_by_ctcae_4_without_the_grade_of_an_abstractor(case):
    grade = SCALES["crs_ctcae4"](replace(day_of(case[1]), ctcae4_grade=None))
    wanted = CTCAE4[case[0]]
    assert (grade.low, grade.high) == (wanted if isinstance(wanted, tuple) else (wanted, wanted))


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_scales_differ_where_the_worked_table_differs(case):
    known = [grade for grade in (*case[2], MDACC[case[0]]) if not isinstance(grade, tuple)]
    day = replace(day_of(case[1]), ctcae4_grade=None)
    if len(set(known)) > 1:
        assert grade_crs_all(day).differ
