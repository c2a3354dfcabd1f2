"""What holds for every day of cytokine release, on every scale."""

import itertools
from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.crs_all import SCALES
from autallo.clinical.crs_astct import grade_crs_astct
from autallo.clinical.crs_day import (
    OXYGEN_DEVICES,
    QUIET_CRS_DAY,
    VENTILATION_REASONS,
    CrsDay,
    classify_impossible_crs_day,
)
from autallo.clinical.crs_lee import grade_crs_lee
from autallo.clinical.crs_many import CRS_COLUMNS, convert_crs_row, grade_crs_many
from autallo.clinical.fields import Choice, Flag
from autallo.clinical.grading import Status
from autallo.clinical.vasopressors import DRUGS, OWN_UNIT, Pressor, classify_vasopressor_use

LAW = settings(max_examples=60, deadline=None)
GRADE = st.integers(0, 4)
RATE = st.sampled_from([0.05, 1.0, 6.0, 9.99, 10.0, 12.0, 19.99, 20.0, 60.0, 200.0])
FLAGS = (
    *("fever_other_cause", "crs_episode_open", "antipyretic", "corticosteroid", "anticytokine"),
    *("ffp_cryo_fibrinogen", "hosp_for_crs", "hosp_for_sequelae", "iv_therapy_or_tpn"),
    *("constitutional", "hypotension", "refractory_to_high_dose"),
)
#: Least first.
DEVICES = ("nasal_cannula", "simple_mask", "cpap", "invasive_vent")


@st.composite
def pressors(draw, certain=True):
    drugs = draw(st.lists(st.sampled_from(DRUGS), unique=True, max_size=4))
    listed = []
    for drug in drugs:
        unit = OWN_UNIT.get(drug)
        rate = draw(RATE if certain and unit else st.none() | RATE) if unit else None
        given = True if certain else draw(st.sampled_from([True, True, None]))
        listed.append(Pressor(drug=drug, given=given, rate=rate, unit=unit if rate else None))
    return tuple(listed)


@st.composite
def known_days(draw):
    values = {name: draw(st.booleans()) for name in FLAGS}
    device = draw(st.sampled_from(["none", *DEVICES, "blow_by", "hfnc", "bipap"]))
    listed = draw(pressors())
    if values["refractory_to_high_dose"]:
        most = classify_vasopressor_use(listed).most
        values["refractory_to_high_dose"] = most.high_dose
    return CrsDay(
        **values,
        temperature_c=draw(st.sampled_from([36.5, 37.99, 38.0, 40.1])),
        age_y=draw(st.sampled_from([0.5, 5.0, 40.0])),
        fluid_boluses=draw(st.integers(0, 3)),
        pressors=listed,
        pressor_hours=draw(st.sampled_from([0.0, 23.9, 24.0, 60.0])),
        o2_device=device,
        o2_flow_lpm=None if device == "none" else draw(st.sampled_from([2.0, 5.0, 6.0, 8.0])),
        fio2=None if device == "none" else draw(st.sampled_from([0.24, 0.39, 0.4, 0.6])),
        vent_reason=draw(st.sampled_from(VENTILATION_REASONS)),
        organ_grade=draw(GRADE),
        transaminase_grade=draw(GRADE),
        creatinine_grade=draw(GRADE),
        ctcae4_grade=draw(GRADE),
        death_due_to_crs=draw(st.sampled_from([False] * 9 + [True])),
    )


NOT_A_FINDING = ("age_y", "weight_kg", "fever_other_cause", "sbp_mmhg", "o2_flow_lpm")
CAN_BE_UNKNOWN = tuple(
    field.name for field in fields(CrsDay) if field.name not in (*NOT_A_FINDING, "ctcae4_grade")
)


@given(known_days(), st.sets(st.sampled_from(CAN_BE_UNKNOWN), max_size=8))
@LAW
def test_bounds_hold_the_grade_of_the_day_that_was_not_fully_recorded(day, unknown):
    hidden = replace(day, **dict.fromkeys(unknown))
    if "o2_device" in unknown:
        hidden = replace(hidden, o2_flow_lpm=None, fio2=None, vent_reason=None)
    for name, grade in SCALES.items():
        known, bounds = grade(day), grade(hidden)
        if bounds.status is not Status.NOT_EVALUABLE:
            assert bounds.low <= known.low <= known.high <= bounds.high, name
        if bounds.status is Status.INDETERMINATE:
            assert bounds.missing, name
            assert bounds.value is None


def _worse(day, draw):
    """Every way in which one finding of a day can be worse."""
    for name in FLAGS:
        if (
            name == "refractory_to_high_dose"
            and not classify_vasopressor_use(day.pressors).most.high_dose
        ):
            continue
        yield replace(day, **{name: name != "fever_other_cause"})
    for name, most in (
        ("organ_grade", 5), ("transaminase_grade", 4), ("creatinine_grade", 4),
        ("ctcae4_grade", 4), ("fluid_boluses", 9), ("pressor_hours", 90.0),
    ):  # fmt: skip
        value = getattr(day, name)
        yield replace(day, **{name: draw(st.sampled_from([value, min(value + 1, most), most]))})
    yield replace(day, temperature_c=min(day.temperature_c + 1.0, 42.0))
    yield replace(day, death_due_to_crs=True)
    yield replace(day, vent_reason="hypoxia")
    if day.o2_device != "none":
        yield replace(day, fio2=min(1.0, day.fio2 + 0.1))
        if day.o2_device in DEVICES:
            worse = DEVICES[DEVICES.index(day.o2_device) :]
            chosen = draw(st.sampled_from(worse))
            yield replace(day, o2_device=chosen, vent_reason="hypoxia")
        if day.o2_device == "nasal_cannula":
            yield replace(day, o2_flow_lpm=day.o2_flow_lpm + 3)
    listed = list(day.pressors)
    missing = [drug for drug in DRUGS if drug not in {pressor.drug for pressor in listed}]
    if missing:
        drug = draw(st.sampled_from(missing))
        yield replace(day, pressors=(*listed, _at(drug, 1.0)))
    if listed and listed[0].drug in OWN_UNIT:
        raised = replace(listed[0], rate=listed[0].rate * 1.3)
        yield replace(day, pressors=(raised, *listed[1:]))


def _at(drug, rate):
    unit = OWN_UNIT.get(drug)
    return Pressor(drug=drug, rate=rate if unit else None, unit=unit)


@given(known_days(), st.data())
@LAW
def test_a_grade_never_falls_when_a_finding_worsens(day, data):
    before = {name: grade(day) for name, grade in SCALES.items()}
    for worse in _worse(day, data.draw):
        assert not classify_impossible_crs_day(worse)
        for name, grade in SCALES.items():
            after = grade(worse)
            assert after.low >= before[name].low, (name, before[name], after)
            assert after.high >= before[name].high, (name, before[name], after)


@given(
    st.lists(st.floats(60, 140), min_size=2, max_size=2), st.sampled_from([0.3, 1, 9.9, 30, None])
)
@LAW
def test_lower_pressure_is_never_a_lower_grade(pressures, age):
    low, high = sorted(pressures)
    day = replace(QUIET_CRS_DAY, temperature_c=39.0, hypotension=None, age_y=age)
    for grade in SCALES.values():
        lower, higher = grade(replace(day, sbp_mmhg=low)), grade(replace(day, sbp_mmhg=high))
        assert lower.low >= higher.low
        assert lower.high >= higher.high


@given(known_days(), pressors(certain=False))
@LAW
def test_the_order_of_the_vasopressors_never_matters(day, listed):
    for name, grade in SCALES.items():
        grades = {
            (found.low, found.high)
            for order in itertools.islice(itertools.permutations(listed), 6)
            for found in [grade(replace(day, pressors=order))]
        }
        assert len(grades) == 1, name


@given(known_days(), st.sampled_from([3.0, 60.0, 120.0]))
@LAW
def test_rates_per_kilogram_and_per_minute_grade_alike(day, weight):
    twin = tuple(
        replace(pressor, rate=pressor.rate / weight, unit="ug/kg/min")
        if pressor.unit == "ug/min" and (pressor.rate / weight) * weight == pressor.rate
        else pressor
        for pressor in day.pressors
    )
    day = replace(day, weight_kg=weight)
    for grade in SCALES.values():
        assert grade(day) == grade(replace(day, pressors=twin))


@given(known_days())
@LAW
def test_the_default_scale_ignores_organs_and_needs_fever(day):
    grade = grade_crs_astct(day)
    clean = replace(day, organ_grade=0, transaminase_grade=0, creatinine_grade=0)
    assert grade_crs_astct(clean) == grade
    quiet = replace(day, temperature_c=37.0, crs_episode_open=False, death_due_to_crs=False)
    assert grade_crs_astct(quiet).value == 0


@given(known_days())
@LAW
def test_options_of_lee_go_one_way(day):
    plain = grade_crs_lee(day).low
    assert grade_crs_lee(day, lee_ta3="grade2").low <= plain
    assert grade_crs_lee(day, lee_niv_is_vent=True).low >= plain


def make_columns(seed, days):
    """Random columns: every field, every code, the values beside every cut, a few impossible."""
    source = np.random.default_rng(seed)
    columns = {}
    share = ((0.3, 0.3, 0.4), (0.03, 0.9, 0.07))[seed % 2]
    for name, field in CRS_COLUMNS.items():
        if source.random() < 0.1:
            continue
        if isinstance(field, Flag):
            columns[name] = source.choice([-1, 0, 1], days, p=share).astype(np.int8)
        elif isinstance(field, Choice):
            columns[name] = source.integers(-1, len(field.words), days)
        else:
            low, high = max(field.low, -1e3), min(field.high, 1e3)
            cuts = [cut for cut in field.cuts if cut > 1e-9]
            near = [
                value for cut in cuts for value in (cut, cut + 1 if field.whole else cut - 0.01)
            ]
            values = np.array([low, low, *near, *near, np.nan, np.nan, np.nan, (low + high) // 2])
            columns[name] = source.choice(values, days)
            if seed % 2 and name != "fio2":
                columns[name][source.random(days) < 0.8] = max(low, min(high, 36.0 if low else 0))
            if source.random() < 0.1:
                columns[name][source.integers(0, days)] = field.high + 1
    if source.random() < 0.5 and "o2_device" in columns:
        columns["o2_device"][:] = OXYGEN_DEVICES.index("none")
        columns.pop("fio2", None)
        columns.pop("o2_flow_lpm", None)
    return columns


@pytest.mark.parametrize("seed", range(40))
def test_many_days_are_graded_as_each_day(seed):
    columns = make_columns(seed, 60)
    many = grade_crs_many(columns)
    assert set(many) == set(SCALES)
    for row in range(60):
        day = convert_crs_row(columns, row)
        for name, grade in SCALES.items():
            found = (many[name].low[row], many[name].high[row])
            if day is None:
                assert found == (-1, -1)
                continue
            one = grade(day)
            wanted = (-1, -1) if one.low is None else (one.low, one.high)
            assert found == wanted, (name, row, day)


@pytest.mark.parametrize(("ta3", "niv"), [("grade2", False), ("literal", True), ("grade2", True)])
def test_options_of_many_days_are_those_of_one(ta3, niv):
    columns = make_columns(7, 60)
    many = grade_crs_many(columns, scales=("crs_lee",), lee_ta3=ta3, lee_niv_is_vent=niv)["crs_lee"]
    for row in range(60):
        day = convert_crs_row(columns, row)
        if day is not None:
            one = grade_crs_lee(day, lee_ta3=ta3, lee_niv_is_vent=niv)
            assert one.low is None or (one.low, one.high) == (many.low[row], many.high[row])


RATES = {
    "norepinephrine": (np.nan, 0.0, 4.0, 9.99, 10.0, 19.99, 20.0),
    "epinephrine": (np.nan, 0.0, 5.99, 6.0, 10.0),
    "dopamine": (0.0, 8.0, 10.0),
    "phenylephrine": (0.0, 60.0, 199.0, 200.0),
}


@pytest.mark.parametrize("vasopressin", [0, 1, -1])
def test_many_doses_are_graded_as_each_dose(vasopressin):
    rates = np.array(list(itertools.product(*RATES.values()))).T
    columns = {f"{drug}_rate": rate for drug, rate in zip(RATES, rates, strict=True)}
    days = len(rates[0])
    columns |= {"vasopressin": np.full(days, vasopressin), "other": np.zeros(days, np.int8)}
    columns |= {"epinephrine": np.ones(days, np.int8), "temperature_c": np.full(days, 39.0)}
    many = grade_crs_many(columns)
    for row in range(days):
        day = convert_crs_row(columns, row)
        for name in ("crs_astct", "crs_lee", "crs_penn", "crs_mskcc"):
            one = SCALES[name](day)
            assert (many[name].low[row], many[name].high[row]) == (one.low, one.high), (name, row)


@pytest.mark.parametrize("name", ["crs_astct", "crs_lee", "crs_ctcae5"])
def test_many_pressures_are_graded_as_each_pressure(name):
    grid = itertools.product(range(60, 100), [0.0, 0.9, 1.0, 2.5, 7.0, 9.5, 10.0, 11.0, np.nan])
    pressures, ages = np.array(list(grid), dtype=float).T
    columns = {"sbp_mmhg": pressures, "age_y": ages, "temperature_c": np.full(len(ages), 39.0)}
    columns |= {"any_pressor": np.zeros(len(ages)), "o2_device": np.zeros(len(ages), np.int8)}
    bounds = grade_crs_many(columns, scales=(name,))[name]
    for row in range(len(ages)):
        one = SCALES[name](convert_crs_row(columns, row))
        assert (bounds.low[row], bounds.high[row]) == (one.low, one.high), row
