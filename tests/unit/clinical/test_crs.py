"""Cytokine release: every threshold from both sides, what is unknown, what is impossible."""

from dataclasses import replace

import numpy as np
import pytest

from autallo.clinical.crs_all import SCALES
from autallo.clinical.crs_astct import grade_crs_astct
from autallo.clinical.crs_ctcae4 import grade_crs_ctcae4
from autallo.clinical.crs_ctcae5 import grade_crs_ctcae5
from autallo.clinical.crs_day import OXYGEN_DEVICES, QUIET_CRS_DAY, CrsDay
from autallo.clinical.crs_lee import grade_crs_lee
from autallo.clinical.crs_many import convert_crs_row, grade_crs_many
from autallo.clinical.crs_mdacc import grade_crs_mdacc
from autallo.clinical.crs_mskcc import grade_crs_mskcc
from autallo.clinical.crs_penn import grade_crs_penn
from autallo.clinical.grading import Status, grade_by_policy
from autallo.clinical.vasopressors import Pressor
from autallo.errors import ArgumentError

FEVER = {"temperature_c": 38.5}


def bounds(grade, **findings):
    found = grade(replace(QUIET_CRS_DAY, **findings))
    return found.value if found.status is Status.OK else (found.low, found.high)


def norepinephrine(rate=None, **more):
    unit = None if rate is None else "ug/min"
    return Pressor(drug="norepinephrine", rate=rate, unit=unit, **more)


VASOPRESSIN = Pressor(drug="vasopressin", rate=0.03, unit="U/min")


@pytest.mark.parametrize(("temperature", "grade"), [(37.99, 0), (38.0, 1)])
@pytest.mark.parametrize("name", ["crs_astct", "crs_lee", "crs_mdacc", "crs_ctcae5", "crs_mskcc"])
def test_fever_from_38(name, temperature, grade):
    assert bounds(SCALES[name], temperature_c=temperature) == grade


def test_fever_explained_otherwise_does_not_count_and_unsaid_counts():
    assert bounds(grade_crs_astct, **FEVER, fever_other_cause=True) == 0
    assert bounds(grade_crs_astct, **FEVER, fever_other_cause=None) == 1


@pytest.mark.parametrize("treated", ["antipyretic", "corticosteroid", "anticytokine"])
def test_each_treatment_masks_fever_in_an_open_episode_only(treated):
    low = {"hypotension": True, treated: True}
    assert bounds(grade_crs_astct, crs_episode_open=True, **low) == 2
    assert bounds(grade_crs_astct, crs_episode_open=False, **low) == 0
    assert bounds(grade_crs_astct, crs_episode_open=None, **low) == (0, 2)
    assert bounds(grade_crs_astct, crs_episode_open=True, **low | {treated: None}) == (0, 2)
    assert bounds(grade_crs_astct, crs_episode_open=True, **low | {treated: False}) == 0


@pytest.mark.parametrize(
    ("device", "flow", "step"),
    [
        ("nasal_cannula", 6.0, 2), ("nasal_cannula", 6.01, 3), ("nasal_cannula", None, (2, 3)),
        ("blow_by", None, 2), ("hfnc", 30.0, 3), ("hfnc", None, 3), ("simple_mask", None, 3),
        ("nonrebreather", None, 3), ("venturi", None, 3), ("cpap", None, 4), ("bipap", None, 4),
        ("unspecified", None, (2, 4)), (None, 2.0, (2, 4)), (None, None, (1, 4)),
    ],
)  # fmt: skip
def test_devices_on_the_default_scale(device, flow, step):
    assert bounds(grade_crs_astct, **FEVER, o2_device=device, o2_flow_lpm=flow) == step


@pytest.mark.parametrize(
    ("reason", "grade"),
    [("hypoxia", 4), ("airway_neuro", 1), ("procedure", 1), (None, (1, 4))],
)
@pytest.mark.parametrize("name", ["crs_astct", "crs_lee", "crs_mskcc", "crs_mdacc", "crs_ctcae5"])
def test_ventilation_counts_for_hypoxia_only(name, reason, grade):
    ventilated = {"o2_device": "invasive_vent", "vent_reason": reason}
    assert bounds(SCALES[name], **FEVER, **ventilated) == grade


@pytest.mark.parametrize(
    ("sbp", "age", "low"),
    [
        (89.9, 40, True), (90, 40, False), (89.9, 10.1, True), (90, 10.1, False),
        (89.9, 10, True), (90, 10, False), (79.9, 5, True), (80, 5, False), (71.9, 1, True),
        (72, 1, False), (69.9, 0.9, True), (70, 0.9, False), (69.9, None, True), (90, None, False),
    ],
)  # fmt: skip
def test_hypotension_is_read_from_pressure_and_age(sbp, age, low):
    findings = {**FEVER, "hypotension": None, "sbp_mmhg": sbp, "age_y": age}
    assert bounds(grade_crs_astct, **findings) == (2 if low else 1)
    flags = grade_crs_astct(replace(QUIET_CRS_DAY, **findings)).flags
    assert ("unverified_criterion" in flags) == low


def test_pressure_of_a_patient_of_unknown_age_between_the_limits_is_open():
    day = replace(QUIET_CRS_DAY, **FEVER, hypotension=None, sbp_mmhg=80)
    grade = grade_crs_astct(day)
    assert (grade.low, grade.high, grade.missing) == (1, 2, ("age_y",))


def test_what_was_recorded_of_hypotension_comes_before_the_pressure():
    assert bounds(grade_crs_astct, **FEVER, hypotension=False, sbp_mmhg=80, age_y=40) == 1


@pytest.mark.parametrize(
    ("pressors", "astct", "lee", "ctcae5"),
    [
        ((VASOPRESSIN,), 3, 2, 3),
        ((norepinephrine(5),), 3, 2, 3),
        ((norepinephrine(5), VASOPRESSIN), 3, 3, 4),
        ((norepinephrine(5), Pressor(drug="other")), 4, 3, 4),
        ((norepinephrine(),), 3, (2, 3), 3),
        ((Pressor(),), 3, (2, 3), 3),
        ((norepinephrine(5), Pressor()), (3, 4), (2, 3), (3, 4)),
        ((norepinephrine(given=None),), (1, 3), (1, 3), (1, 3)),
        ((norepinephrine(5), norepinephrine(20)), 3, 3, 3),
        ((norepinephrine(0),), 1, 1, 1),
        (None, (1, 4), (1, 3), (1, 4)),
    ],
)
def test_number_and_names_of_vasopressors(pressors, astct, lee, ctcae5):
    findings = {**FEVER, "pressors": pressors}
    assert bounds(grade_crs_astct, **findings) == astct
    assert bounds(grade_crs_lee, **findings) == lee
    assert bounds(grade_crs_ctcae5, **findings) == ctcae5


def test_a_rate_per_kilogram_needs_the_weight():
    pressor = Pressor(drug="norepinephrine", rate=0.3, unit="ug/kg/min")
    day = replace(QUIET_CRS_DAY, pressors=(pressor,))
    assert grade_crs_penn(day).missing == ("weight_kg",)
    assert grade_crs_penn(replace(day, weight_kg=70)).value == 4
    assert grade_crs_penn(replace(day, weight_kg=60)).value == 3


@pytest.mark.parametrize("name", ["crs_lee", "crs_mdacc", "crs_mskcc", "crs_ctcae5"])
@pytest.mark.parametrize(("fio2", "grade"), [(0.39, 2), (0.40, 3)])
def test_oxygen_from_forty_per_cent(name, fio2, grade):
    assert bounds(SCALES[name], o2_device="venturi", fio2=fio2) == grade


@pytest.mark.parametrize(("flow", "grade"), [(4.99, 2), (5.0, 3)])
def test_the_fraction_estimated_from_flow_is_flagged(flow, grade):
    day = replace(QUIET_CRS_DAY, o2_device="nasal_cannula", o2_flow_lpm=flow)
    assert grade_crs_lee(day).value == grade
    assert "fio2_from_flow" in grade_crs_lee(day).because
    assert "unverified_criterion" in grade_crs_lee(day).flags
    measured = grade_crs_lee(replace(day, fio2=0.3))
    assert measured.value == 2
    assert "unverified_criterion" not in measured.flags


def test_options_of_lee():
    day = replace(QUIET_CRS_DAY, o2_device="bipap", fio2=0.3)
    assert grade_crs_lee(day).value == 2
    assert grade_crs_lee(day, lee_niv_is_vent=True).value == 4
    with pytest.raises(ArgumentError, match="lee_ta3"):
        grade_crs_lee(day, lee_ta3="3")


@pytest.mark.parametrize(
    ("finding", "grades"),
    [
        ("organ_grade", {"crs_lee": (0, 0, 2, 3, 4), "crs_mdacc": (0, 1, 2, 3, 4),
                         "crs_penn": (0, 1, 2, 2, 2), "crs_mskcc": (0, 1, 1, 1, 1)}),
        ("creatinine_grade", {"crs_lee": (0, 0, 2, 3, 4), "crs_penn": (0, 1, 2, 3, 3)}),
        ("transaminase_grade", {"crs_lee": (0, 0, 2, 3, 3), "crs_mdacc": (0, 1, 2, 3, 3),
                                "crs_penn": (0, 1, 1, 2, 3), "crs_ctcae5": (0, 0, 0, 0, 0)}),
    ],
)  # fmt: skip
def test_organs(finding, grades):
    for name, wanted in grades.items():
        assert tuple(bounds(SCALES[name], **{finding: g}) for g in range(5)) == wanted, name


@pytest.mark.parametrize(
    ("finding", "grade"),
    [
        ({"constitutional": True}, 1), ({"fluid_boluses": 1}, 1), ({"fluid_boluses": 2}, 3),
        ({"hosp_for_crs": True}, 2), ({"iv_therapy_or_tpn": True}, 2),
        ({"ffp_cryo_fibrinogen": True}, 3), ({"o2_device": "invasive_vent"}, (0, 4)),
    ],
)  # fmt: skip
def test_rows_of_penn(finding, grade):
    assert bounds(grade_crs_penn, **finding) == grade


@pytest.mark.parametrize(("hours", "grade"), [(23.99, 2), (24, 3), (None, (2, 3))])
def test_hours_on_vasopressors(hours, grade):
    assert bounds(grade_crs_mskcc, pressors=(norepinephrine(5),), pressor_hours=hours) == grade


def test_refractory_hypotension():
    high = (norepinephrine(25),)
    for grade, grades in ((grade_crs_mskcc, (2, (2, 4), 4)), (grade_crs_mdacc, (3, (3, 4), 4))):
        found = [
            bounds(grade, pressors=high, pressor_hours=3, refractory_to_high_dose=refractory)
            for refractory in (False, None, True)
        ]
        assert tuple(found) == grades


@pytest.mark.parametrize(
    ("findings", "grade"),
    [
        ({}, 0), (FEVER, (1, 4)), ({"hosp_for_sequelae": True}, 3),
        ({**FEVER, "hosp_for_sequelae": True}, (3, 4)), ({"pressors": (norepinephrine(1),)}, 4),
        ({"o2_device": "invasive_vent", "vent_reason": "hypoxia"}, 4),
        ({**FEVER, "ctcae4_grade": 2}, 2), ({"ctcae4_grade": 1, "hosp_for_sequelae": True}, 3),
        ({"ctcae4_grade": 5}, 5),
    ],
)  # fmt: skip
def test_the_abstractors_grade_is_passed_through_and_never_below_the_plain(findings, grade):
    assert bounds(grade_crs_ctcae4, **{"ctcae4_grade": None} | findings) == grade


def test_ctcae5_is_flagged_as_not_yet_checked():
    assert "unverified_criterion" in grade_crs_ctcae5(replace(QUIET_CRS_DAY, **FEVER)).flags


def test_low_flow_through_a_high_flow_cannula_is_flagged():
    day = replace(QUIET_CRS_DAY, **FEVER, o2_device="hfnc", o2_flow_lpm=6)
    assert (grade_crs_astct(day).value, grade_crs_astct(day).flags) == (3, ("HFNC_LOW_FLOW",))


@pytest.mark.parametrize(
    ("findings", "field"),
    [
        ({"temperature_c": 375}, "temperature_c"), ({"temperature_c": 29.9}, "temperature_c"),
        ({"temperature_c": 44.1}, "temperature_c"),
        ({"temperature_c": float("nan")}, "temperature_c"), ({"sbp_mmhg": 700}, "sbp_mmhg"),
        ({"fio2": 40, "o2_device": "venturi"}, "fio2"), ({"fio2": 0.2}, "fio2"),
        ({"age_y": 111}, "age_y"), ({"weight_kg": 1.9}, "weight_kg"),
        ({"fluid_boluses": -1}, "fluid_boluses"), ({"fluid_boluses": 1.5}, "fluid_boluses"),
        ({"organ_grade": 6}, "organ_grade"), ({"transaminase_grade": 5}, "transaminase_grade"),
        ({"pressor_hours": -0.1}, "pressor_hours"), ({"o2_flow_lpm": -1}, "o2_flow_lpm"),
        ({"pressors": (norepinephrine(301),)}, "pressors"),
        ({"pressors": (norepinephrine(-1),)}, "pressors"),
        ({"o2_device": "none", "fio2": 0.4}, "o2_device"),
        ({"o2_device": "none", "o2_flow_lpm": 2}, "o2_device"),
    ],
)  # fmt: skip
def test_impossible_findings_are_refused_on_every_scale(findings, field):
    for name, grade in SCALES.items():
        found = grade(replace(QUIET_CRS_DAY, **findings))
        assert found.status is Status.INVALID, name
        assert found.flags == (f"impossible:{field}",), name
        assert found.value is found.low is found.high is None


@pytest.mark.parametrize(
    "findings",
    [
        {"o2_device": "mask"}, {"vent_reason": "cpr"}, {"hypotension": -1}, {"hypotension": "no"},
        {"temperature_c": "38"}, {"temperature_c": True},
        {"pressors": (Pressor(drug="noradrenaline"),)},
        {"pressors": (Pressor(drug="norepinephrine", rate=5),)},
        {"pressors": (Pressor(drug="norepinephrine", rate=5, unit="U/min"),)},
        {"pressors": (Pressor(drug="vasopressin", rate=5, unit="ug/min"),)},
        {"pressors": (Pressor(drug="norepinephrine", rate=5, unit="ml/h"),)},
    ],
)  # fmt: skip
def test_words_that_mean_nothing_are_a_mistake_of_the_caller(findings):
    with pytest.raises(ArgumentError):
        grade_crs_astct(replace(QUIET_CRS_DAY, **findings))


def test_nothing_recorded_is_not_evaluable_and_something_is():
    patient = CrsDay(age_y=40, weight_kg=70)
    for grade in SCALES.values():
        assert grade(patient).status is Status.NOT_EVALUABLE
        assert grade(replace(patient, temperature_c=39.0)).status is Status.INDETERMINATE


def test_what_is_not_documented_can_be_left_to_a_policy():
    grade = grade_crs_astct(CrsDay(temperature_c=39.0))
    wanted = (None, 1, 5)
    policies = ("strict", "lower_bound", "upper_bound")
    assert tuple(grade_by_policy(grade, policy) for policy in policies) == wanted
    assert "death_due_to_crs" in grade.missing


def test_reasons_are_named():
    day = replace(QUIET_CRS_DAY, **FEVER, pressors=(norepinephrine(25),))
    assert grade_crs_penn(day).because == ("penn_4_high_dose", "dose_norepinephrine")
    assert grade_crs_astct(day).because == ("astct_3_one_vasopressor",)


def test_columns_that_are_not_there_are_unknown():
    many = grade_crs_many({"temperature_c": np.array([39.0, np.nan])}, scales=("crs_astct",))
    assert many["crs_astct"].low.tolist() == [1, -1]
    assert many["crs_astct"].high.tolist() == [5, -1]
    assert many["crs_astct"].low.dtype == np.int8


@pytest.mark.parametrize(
    "columns",
    [
        {}, {"temp": np.array([39.0])}, {"temperature_c": np.array([[39.0]])},
        {"temperature_c": np.array([39.0]), "fio2": np.array([0.3, 0.4])},
        {"hypotension": np.array([2])}, {"hypotension": np.array([0.5])},
        {"o2_device": np.array([len(OXYGEN_DEVICES)])}, {"o2_device": np.array(["none"])},
    ],
)  # fmt: skip
def test_columns_that_cannot_be_read_are_refused(columns):
    with pytest.raises(ArgumentError):
        grade_crs_many(columns)


def test_unknown_scales_are_refused():
    with pytest.raises(ArgumentError, match="scales"):
        grade_crs_many({"temperature_c": np.array([39.0])}, scales=("astct",))


@pytest.mark.parametrize(
    ("columns", "pressors"),
    [
        ({"any_pressor": 0}, ()),
        ({"any_pressor": 1}, (*(Pressor(drug=d, given=None) for d in (
            "norepinephrine", "epinephrine", "dopamine", "phenylephrine", "vasopressin", "other",
        )), Pressor())),
        ({"any_pressor": -1}, None),
    ],
)  # fmt: skip
def test_whether_any_vasopressor_was_given(columns, pressors):
    row = {name: np.array([value]) for name, value in columns.items()}
    assert convert_crs_row(row, 0).pressors == pressors


def test_rates_of_columns_are_in_the_unit_of_the_drug():
    row = {name: np.array([0]) for name in ("epinephrine", "phenylephrine", "vasopressin", "other")}
    row |= {"dopamine_rate": np.array([12.0]), "norepinephrine_rate": np.array([0.0])}
    day = convert_crs_row(row, 0)
    given = [pressor for pressor in day.pressors if pressor.rate]
    assert [(p.drug, p.rate, p.unit) for p in given] == [("dopamine", 12.0, "ug/kg/min")]
    assert grade_crs_many(row, scales=("crs_penn",))["crs_penn"].low.tolist() == [4]


def test_none_and_one_at_once_is_impossible():
    row = {"any_pressor": np.array([0]), "epinephrine": np.array([1])}
    assert convert_crs_row(row, 0) is None
    assert grade_crs_many(row, scales=("crs_lee",))["crs_lee"].low.tolist() == [-1]


@pytest.mark.parametrize(
    "findings",
    [
        {"hypotension": True}, {"o2_device": "blow_by"}, {"pressors": (norepinephrine(1),)},
        {"o2_device": "nasal_cannula"},
    ],
)  # fmt: skip
def test_severe_findings_without_fever_are_flagged(findings):
    grade = grade_crs_astct(replace(QUIET_CRS_DAY, **findings))
    assert (grade.value, grade.flags) == (0, ("NO_FEVER",))


def test_a_quiet_day_and_an_unknown_temperature_are_not_flagged():
    assert grade_crs_astct(QUIET_CRS_DAY).flags == ()
    unknown = replace(QUIET_CRS_DAY, temperature_c=None, hypotension=True)
    assert grade_crs_astct(unknown).flags == ()


@pytest.mark.parametrize("grade", [grade_crs_mskcc, grade_crs_mdacc])
@pytest.mark.parametrize("rate", [5, 19.99])
def test_a_low_dose_cannot_have_failed(grade, rate):
    low = {"pressors": (norepinephrine(rate),), "pressor_hours": 3}
    assert bounds(grade, **low, refractory_to_high_dose=None) == 2
