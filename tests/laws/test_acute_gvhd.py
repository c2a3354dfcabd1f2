"""What holds for every assessment: worse is never lower, bounds hold every completion, one rule."""

from dataclasses import asdict, replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.acute_gvhd import grade_ibmtr, grade_keystone, grade_magic
from autallo.clinical.acute_gvhd_findings import AcuteFindings, RecordedStages
from autallo.clinical.acute_gvhd_many import (
    grade_acute_liver_many,
    grade_acute_lower_gut_many,
    grade_acute_skin_many,
    grade_acute_upper_gut_many,
    grade_ibmtr_many,
    grade_keystone_many,
    grade_magic_many,
)
from autallo.clinical.acute_gvhd_organs import grade_acute_liver, grade_acute_organs
from autallo.clinical.acute_gvhd_tables import ORGANS

TRI = st.sampled_from([None, False, True])
RASH = [0.0, 0.5, 24.9, 25.0, 50.0, 50.1, 100.0]
VOLUME = [0.0, 1.0, 200.0, 499.0, 500.0, 501.0, 999.0, 1000.0, 1001.0, 1500.0, 1501.0, 6000.0]
BILIRUBIN = [0.0, 1.9, 2.0, 3.0, 3.05, 6.0, 6.1, 15.0, 15.1, 34.0, 51.0, 60.0]
EPISODES = [0.0, 2.0, 2.7, 3.0, 4.0, 5.0, 6.0, 7.0, 7.6, 8.0, 10.0, 11.0]
WEIGHT = [8.0, 20.0, 33.3, 50.0, 50.1, 70.0]
AGE = [0.5, 17.9, 18.0, 60.0]


def maybe(values):
    return st.sampled_from([None, *values])


FINDINGS = st.builds(
    AcuteFindings,
    rash_bsa_pct=maybe(RASH),
    generalised_erythroderma=TRI,
    bullae_and_desquamation=TRI,
    bullae_bsa_pct=maybe([0.0, 5.0, 5.1, 60.0]),
    bilirubin=maybe(BILIRUBIN),
    bilirubin_unit=maybe(["mg/dL", "umol/L"]),
    stool_ml_day=maybe(VOLUME),
    stool_episodes_day=maybe(EPISODES),
    stool_mixed_with_urine=st.booleans(),
    weight_kg=maybe(WEIGHT),
    age_y=maybe(AGE),
    severe_abdominal_pain=TRI,
    grossly_bloody_stool=TRI,
    upper_gi_symptoms=TRI,
    upper_gi_biopsy_pos=TRI,
    liver_other_cause=TRI,
    gut_other_cause=TRI,
    kps=maybe([20.0, 30.0, 90.0]),
)
STAGE = st.sampled_from([None, 0, 1, 2, 3, 4])
RECORDED = st.builds(
    RecordedStages,
    skin=STAGE,
    liver=STAGE,
    lower_gut=STAGE,
    upper_gut=st.sampled_from([None, 0, 1]),
)
#: Values that complete an unknown finding; an unknown weight or age is a patient of any size.
COMPLETIONS = {
    "rash_bsa_pct": RASH,
    "generalised_erythroderma": [False, True],
    "bullae_and_desquamation": [False, True],
    "bullae_bsa_pct": [0.0, 5.0, 60.0],
    "bilirubin": BILIRUBIN,
    "bilirubin_unit": ["mg/dL", "umol/L"],
    "stool_ml_day": VOLUME,
    "weight_kg": WEIGHT,
    "age_y": AGE,
    "severe_abdominal_pain": [False, True],
    "grossly_bloody_stool": [False, True],
    "upper_gi_symptoms": [False, True],
    "upper_gi_biopsy_pos": [False, True],
    "liver_other_cause": [False, True],
    "gut_other_cause": [False, True],
    "kps": [20.0, 30.0, 90.0],
}


def grades(findings, recorded=None):
    magic = grade_acute_organs(findings, recorded=recorded)
    keystone = grade_acute_organs(findings, system="keystone", recorded=recorded, downgrade=True)
    return {
        **{f"magic {organ}": getattr(magic, organ) for organ in ORGANS},
        **{f"keystone {organ}": getattr(keystone, organ) for organ in ORGANS},
        "magic": grade_magic(magic),
        "keystone": grade_keystone(keystone, kps_clause=True, gut4="IV"),
        "ibmtr": grade_ibmtr(keystone),
    }


def bounds(grade, most):
    return (0, most) if grade.low is None else (grade.low, grade.high)


@settings(max_examples=100)
@given(findings=FINDINGS, data=st.data())
def test_bounds_hold_the_grade_of_every_completion(findings, data):
    # an erythroderma that fits the rash, and episodes where no volume is known, are no unknowns
    open_fields = [name for name in COMPLETIONS if getattr(findings, name) is None]
    if findings.stool_episodes_day is not None:
        open_fields = [name for name in open_fields if name != "stool_ml_day"]
    if findings.rash_bsa_pct is None and findings.generalised_erythroderma is not None:
        wanted = findings.generalised_erythroderma
        rashes = [rash for rash in RASH if (rash > 50) == wanted]
    else:
        rashes = RASH
    chosen = {
        name: data.draw(st.sampled_from(rashes if name == "rash_bsa_pct" else COMPLETIONS[name]))
        for name in open_fields
    }
    before, after = grades(findings), grades(replace(findings, **chosen))
    for name, grade in after.items():
        low, high = bounds(before[name], ORGANS.get(name.split(" ")[-1], 4))
        assert low <= bounds(grade, 4)[0], name
        assert bounds(grade, ORGANS.get(name.split(" ")[-1], 4))[1] <= high, name


@settings(max_examples=100)
@given(findings=FINDINGS, recorded=RECORDED, data=st.data())
def test_what_is_missing_is_told_and_only_then_the_grade_is_open(findings, recorded, data):
    for grade in grades(findings, recorded).values():
        assert (grade.value is None) == bool(grade.missing)
        assert grade.value is None or grade.low == grade.value == grade.high
        if grade.low is not None:
            assert grade.low <= grade.high
            assert (grade.low == grade.high) == (grade.value is not None)


WORSE = {
    "rash_bsa_pct": RASH,
    "bilirubin": BILIRUBIN,
    "stool_ml_day": VOLUME,
    "stool_episodes_day": EPISODES,
    **{
        name: [False, True]
        for name in (
            "generalised_erythroderma", "bullae_and_desquamation", "severe_abdominal_pain",
            "grossly_bloody_stool", "upper_gi_symptoms", "upper_gi_biopsy_pos",
        )
    },
}  # fmt: skip


@settings(max_examples=100)
@given(findings=FINDINGS, field=st.sampled_from(sorted(WORSE)), data=st.data())
def test_a_grade_never_falls_when_a_finding_worsens(findings, field, data):
    values = WORSE[field]
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(values) - 1)] * 2)))
    better = grades(replace(findings, **{field: values[first]}))
    worse = grades(replace(findings, **{field: values[second]}))
    for name, grade in better.items():
        low, high = bounds(grade, 4)
        assert low <= bounds(worse[name], 4)[0], name
        assert high <= bounds(worse[name], 4)[1], name


@settings(max_examples=100)
@given(
    stages=st.tuples(*[st.integers(0, 4)] * 2, st.integers(0, 1), st.integers(0, 4)), data=st.data()
)
def test_the_whole_never_falls_with_a_stage(stages, data):
    place = data.draw(st.integers(0, 3))
    higher = list(stages)
    higher[place] = min(higher[place] + 1, 1 if place == 2 else 4)

    def whole(four):
        record = dict(zip(ORGANS, (four[0], four[1], four[2], four[3]), strict=True))
        told, found = RecordedStages(**record), AcuteFindings(upper_gi_biopsy_pos=True)
        keystone = grade_acute_organs(found, system="keystone", recorded=told)
        magic = grade_acute_organs(found, recorded=told)
        return grade_keystone(keystone).value, grade_magic(magic).value, grade_ibmtr(keystone).value

    assert all(a <= b for a, b in zip(whole(stages), whole(higher), strict=True))


@settings(max_examples=100)
@given(tenths=st.integers(0, 400))
def test_both_units_agree_where_all_is_read_in_mg_dl(tenths):
    one = AcuteFindings(bilirubin=tenths / 10, bilirubin_unit="mg/dL")
    other = AcuteFindings(bilirubin=tenths / 10 * 17.104, bilirubin_unit="umol/L")
    assert (
        grade_acute_liver(one, bilirubin_as="mg/dL").value
        == grade_acute_liver(other, bilirubin_as="mg/dL").value
    )


def columns_of(rows, recorded):
    """The rows as columns: NaN and -1 for unknown."""
    columns = {}
    for name in asdict(rows[0]):
        values = [getattr(row, name) for row in rows]
        if name == "bilirubin_unit":
            columns[name] = np.array([value or "" for value in values], dtype="U6")
        elif any(isinstance(value, bool) for value in values):
            columns[name] = np.array(
                [-1 if value is None else int(value) for value in values], np.int8
            )
        else:
            columns[name] = np.array(
                [np.nan if value is None else value for value in values], float
            )
    for organ in ORGANS:
        values = [getattr(one, organ) for one in recorded]
        columns[f"{organ}_stage"] = np.array([-1 if value is None else value for value in values])
    return columns


MANY = {
    "magic skin": grade_acute_skin_many,
    "magic liver": grade_acute_liver_many,
    "magic lower_gut": grade_acute_lower_gut_many,
    "magic upper_gut": grade_acute_upper_gut_many,
    "keystone skin": lambda c: grade_acute_skin_many(c, system="keystone"),
    "keystone liver": lambda c: grade_acute_liver_many(c, system="keystone", downgrade=True),
    "keystone lower_gut": lambda c: grade_acute_lower_gut_many(
        c, system="keystone", downgrade=True
    ),
    "keystone upper_gut": lambda c: grade_acute_upper_gut_many(c, system="keystone"),
    "magic": grade_magic_many,
    "keystone": lambda c: grade_keystone_many(c, kps_clause=True, gut4="IV", downgrade=True),
    "ibmtr": lambda c: grade_ibmtr_many(c, downgrade=True),
}
IMPOSSIBLE = st.sampled_from(
    [{}, {}, {}, {"rash_bsa_pct": 101.0}, {"bilirubin": 90.0}, {"weight_kg": 1.0}, {"kps": 110.0},
     {"stool_ml_day": -2.0}, {"age_y": 200.0}]
)  # fmt: skip


@settings(max_examples=50)
@given(rows=st.lists(st.tuples(FINDINGS, RECORDED, IMPOSSIBLE), min_size=1, max_size=12))
def test_many_at_once_are_graded_as_one_by_one(rows):
    findings = [replace(found, **wrong) for found, _, wrong in rows]
    recorded = [told for _, told, _ in rows]
    columns = columns_of(findings, recorded)
    one_by_one = [grades(*row) for row in zip(findings, recorded, strict=True)]
    for name, many in MANY.items():
        low, high = many(columns)
        assert low.dtype == high.dtype == np.int8
        for row, grade in enumerate(one_by_one):
            wanted = (-1, -1) if grade[name].low is None else (grade[name].low, grade[name].high)
            assert (low[row], high[row]) == wanted, name


@cache
def three_thousand():
    """Random assessments as columns, and each graded by itself."""
    random = np.random.default_rng(20160101)
    n = 3000
    figures = {
        "rash_bsa_pct": [*RASH, 30.0],
        "bullae_bsa_pct": [5.0, 5.1, 60.0],
        "bilirubin": [*BILIRUBIN, 50.9, 103.0, 255.0, 256.0],
        "stool_ml_day": [*VOLUME, 300.0, 600.0, 2000.0],
        "stool_episodes_day": EPISODES,
        "weight_kg": WEIGHT,
        "age_y": AGE,
        "kps": [20.0, 30.0, 90.0],
    }
    yes_no = [name for name, values in COMPLETIONS.items() if values == [False, True]]
    columns = {name: random.choice([np.nan, *known], n) for name, known in figures.items()}
    columns |= {name: random.choice([-1, 0, 0, 1], n) for name in yes_no}
    columns["bilirubin_unit"] = random.choice(["", "mg/dL", "umol/L"], n)
    columns["stool_mixed_with_urine"] = random.integers(0, 2, n)
    one_by_one = []
    for row in range(n):
        known = {}
        for name, column in columns.items():
            value = column[row].item()
            if name == "bilirubin_unit":
                known[name] = value or None
            elif name in figures:
                known[name] = None if np.isnan(value) else value
            else:
                known[name] = None if value == -1 else bool(value)
        one_by_one.append(grades(AcuteFindings(**known)))
    return columns, one_by_one


@pytest.mark.parametrize("name", sorted(MANY))
def test_three_thousand_assessments_are_graded_as_one_by_one(name):
    columns, one_by_one = three_thousand()
    low, high = MANY[name](columns)
    wanted = [(-1, -1) if g.low is None else (g.low, g.high) for g in (g[name] for g in one_by_one)]
    np.testing.assert_array_equal(np.column_stack([low, high]), wanted)
