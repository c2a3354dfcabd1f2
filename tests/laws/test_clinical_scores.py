"""Laws of scores: bounds hold every completion, and nothing gets better when a finding worsens."""

from dataclasses import fields, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.comorbidity import Comorbidity, score_hct_ci
from autallo.clinical.disease_risk import (
    BurdenFindings,
    DiseaseState,
    MarrowSample,
    best_marrow,
    grade_disease_burden,
    grade_disease_risk,
)
from autallo.clinical.easix import EasixFindings, score_easix
from autallo.clinical.grading import Status
from autallo.clinical.haemophagocytic import HlhFindings, score_hlh_2004, score_hscore
from autallo.clinical.hematotox import HematotoxFindings, score_hematotox
from autallo.clinical.hyperinflammation import (
    CarHlhFindings,
    IecHsFindings,
    classify_car_hlh,
    grade_iec_hs,
    score_iec_hs_features,
)
from autallo.clinical.icaht import (
    grade_early_icaht,
    grade_early_platelet_icaht,
    grade_late_icaht,
    grade_late_platelet_icaht,
)

#: Levels of each finding from best to worst, on both sides of every threshold.
FLAG = (False, True)
HEMATOTOX = {
    "platelets_1e9_l": (200, 175, 75, 74), "anc_1e9_l": (2.0, 1.2),
    "haemoglobin_g_dl": (11, 9.0), "crp_mg_dl": (1.0, 3.0), "ferritin_ng_ml": (600, 650, 2001),
}  # fmt: skip
COMORBIDITY = {
    field.name: FLAG for field in fields(Comorbidity) if "bool" in str(field.type)
} | {
    "age_years": (50,), "ejection_fraction_pct": (60, 50),
    "bilirubin_times_uln": (1.0, 1.2, 1.6), "transaminase_times_uln": (1.0, 2.5, 3.0),
    "bmi": (30, 36), "creatinine_mg_dl": (1.0, 2.1), "dlco_pct": (90, 80, 65),
    "fev1_pct": (90, 80, 65), "dyspnoea": ("none", "slight_activity", "rest"),
}  # fmt: skip
HLH = {
    "temperature_c": (38, 38.4, 38.5, 40), "splenomegaly": FLAG, "hepatomegaly": FLAG,
    "haemoglobin_g_dl": (12, 9.2, 8.9), "platelets_1e9_l": (200, 110, 99),
    "anc_1e9_l": (2, 0.9), "wbc_1e9_l": (8, 5), "triglycerides_mmol_l": (1, 1.5, 3, 5),
    "fibrinogen_mg_dl": (300, 250, 150), "ferritin_ng_ml": (100, 500, 2000, 7000),
    "soluble_cd25_u_ml": (100, 2400), "ast_u_l": (20, 30), "haemophagocytosis": FLAG,
    "low_nk_activity": FLAG, "immunosuppression": FLAG,
}  # fmt: skip
CAR_HLH = {
    "ferritin_ng_ml": (5000, 10_001), "bilirubin_grade": (2, 3), "transaminase_grade": (2, 3),
    "creatinine_grade": (2, 3), "pulmonary_oedema_grade": (2, 3), "oliguria": FLAG,
    "haemophagocytosis": FLAG,
}  # fmt: skip
IEC = {
    "ferritin_ng_ml": (100, 601, 5000), "ferritin_limit_ng_ml": (300,),
    "ferritin_baseline_ng_ml": (1000,), "ferritin_rising_rapidly": FLAG,
    "iec_hs_attributed": FLAG, "intervention": FLAG, "potentially_life_threatening": FLAG,
    "life_threatening": FLAG, "death_due_to_iec_hs": FLAG,
}  # fmt: skip
FEATURES = {
    "transaminase_times_limit": (2, 5.1), "fibrinogen_mg_dl": (300, 180, 120),
    "fibrinogen_limit_mg_dl": (200,), "haemophagocytosis": FLAG, "new_grade_4_cytopenia": FLAG,
}  # fmt: skip
BURDEN = {"blasts_pct": (0, 5, 60), "cns3": FLAG, "extramedullary": FLAG, "mrd_pct": (0.001, 0.5)}

SCALES = {
    "hematotox": (score_hematotox, HematotoxFindings, HEMATOTOX),
    "hct_ci": (score_hct_ci, Comorbidity, COMORBIDITY),
    "hct_ci_age": (lambda one: score_hct_ci(one, with_age=True), Comorbidity, COMORBIDITY),
    "hlh_2004": (score_hlh_2004, HlhFindings, HLH),
    "hscore": (score_hscore, HlhFindings, HLH),
    "car_hlh": (classify_car_hlh, CarHlhFindings, CAR_HLH),
    "iec_hs": (grade_iec_hs, IecHsFindings, IEC),
    "features": (score_iec_hs_features, IecHsFindings, FEATURES),
    "burden": (grade_disease_burden, BurdenFindings, BURDEN),
}


@pytest.mark.parametrize("scale", SCALES)
@settings(max_examples=40)
@given(data=st.data())
def test_bounds_hold_every_completion_and_are_reached(scale, data):
    grade, record, levels = SCALES[scale]
    full = {name: data.draw(st.sampled_from(values)) for name, values in levels.items()}
    hidden = data.draw(
        st.lists(st.sampled_from(sorted(levels)), min_size=1, max_size=3, unique=True)
    )
    if scale == "burden":
        hidden = [name for name in hidden if name != "mrd_pct"]  # not measured is a finding
    if "age_years" in hidden and scale == "hct_ci":
        hidden.remove("age_years")  # decides between index and centile, no level of its own
    partly = grade(record(**{name: value for name, value in full.items() if name not in hidden}))
    if partly.status is Status.NOT_EVALUABLE:
        return
    graded = [
        grade(record(**(full | dict(zip(hidden, values, strict=True)))))
        for values in product(*(levels[name] for name in hidden))
    ]
    # many blasts without residual disease contradict each other: no completion
    completions = [one.value for one in graded if "mrd_contradicts_blasts" not in one.flags]
    if not completions:
        return
    assert partly.low <= min(completions) <= max(completions) <= partly.high
    if partly.status is Status.OK:
        assert set(completions) == {partly.value}


@pytest.mark.parametrize("scale", SCALES)
@settings(max_examples=40)
@given(data=st.data())
def test_a_worse_finding_never_gives_a_lower_grade(scale, data):
    grade, record, levels = SCALES[scale]
    before = {name: data.draw(st.sampled_from((None, *values))) for name, values in levels.items()}
    name = data.draw(st.sampled_from(sorted(name for name in levels if len(levels[name]) > 1)))
    better, worse = sorted(data.draw(st.tuples(*[st.integers(0, len(levels[name]) - 1)] * 2)))
    first = grade(record(**(before | {name: levels[name][better]})))
    second = grade(record(**(before | {name: levels[name][worse]})))
    assert (first.low, first.high) <= (second.low, second.high)
    assert first.low <= second.low
    assert first.high <= second.high


counts = st.dictionaries(
    st.integers(0, 110), st.sampled_from([0.05, 0.1, 0.3, 0.5, 0.9, 1.2, 3.0]), max_size=111
)
platelets = st.dictionaries(
    st.integers(0, 110), st.sampled_from([10, 19, 20, 49, 50, 99, 100, 200]), max_size=111
)
DAILY = (
    (grade_early_icaht, counts),
    (grade_late_icaht, counts),
    (grade_early_platelet_icaht, platelets),
    (grade_late_platelet_icaht, platelets),
)


@pytest.mark.parametrize(("grade", "series"), DAILY, ids=lambda one: getattr(one, "__name__", ""))
@settings(max_examples=40)
@given(data=st.data())
def test_lower_counts_never_give_a_lower_grade_and_order_does_not_matter(grade, series, data):
    measured = data.draw(series)
    share = data.draw(st.floats(0.1, 1))
    lower = {
        day: count * share if data.draw(st.booleans()) else count for day, count in measured.items()
    }
    first, second = grade(measured), grade(lower)
    assert grade(dict(reversed(measured.items()))) == first
    if first.low is not None:
        assert first.low <= second.low
        assert first.high <= second.high


@pytest.mark.parametrize(
    ("grade", "last", "levels"),
    [
        (grade_early_icaht, 30, (0.0, 0.3, 9.0)),
        (grade_early_platelet_icaht, 30, (0, 30, 200)),
        (grade_late_platelet_icaht, 100, (0, 30, 200)),
    ],
)
@settings(max_examples=40)
@given(data=st.data())
def test_counts_that_were_not_taken_leave_bounds(grade, last, levels, data):
    first_day = 0 if last == 30 else 31
    full = {day: data.draw(st.sampled_from(levels)) for day in range(first_day, last + 1)}
    hidden = data.draw(st.sets(st.integers(first_day, last), max_size=5))
    found = grade({day: count for day, count in full.items() if day not in hidden})
    assert found.low <= grade(full).value <= found.high


@given(
    counts=counts,
    fill=st.integers(0, 7),
    last_day=st.integers(0, 40),
)
@settings(max_examples=40)
def test_filling_narrows_the_bounds(counts, fill, last_day):
    plain = grade_early_icaht(counts, last_day=last_day)
    filled = grade_early_icaht(counts, last_day=last_day, fill_days=fill)
    if plain.low is not None:
        assert plain.low <= filled.low <= filled.high <= plain.high


@given(
    remission=st.sampled_from([True, False, None]),
    number=st.sampled_from([1, 2, 3, None]),
)
def test_the_risk_index_holds_its_completions(remission, number):
    found = grade_disease_risk(
        DiseaseState(disease="ALL", in_remission=remission, remission_number=number)
    )
    for one in (True, False) if remission is None else (remission,):
        for other in (1, 2, 3) if number is None else (number,):
            state = DiseaseState(disease="ALL", in_remission=one, remission_number=other)
            assert found.low <= grade_disease_risk(state).value <= found.high


marrows = st.builds(
    MarrowSample,
    day=st.integers(-40, 5),
    blasts_pct=st.none() | st.integers(0, 100),
    mrd_pct=st.none() | st.integers(0, 100),
)


@given(samples=st.lists(marrows, max_size=6), seed=st.randoms(use_true_random=False))
@settings(max_examples=40)
def test_the_chosen_marrow_does_not_depend_on_the_order(samples, seed):
    mixed = list(samples)
    seed.shuffle(mixed)
    assert best_marrow(mixed) == best_marrow(samples)


@given(
    ldh=st.floats(100, 5000),
    creatinine=st.floats(0.2, 10),
    platelets=st.floats(5, 500),
    factor=st.floats(1.1, 3),
)
@settings(max_examples=40)
def test_easix_rises_with_ldh_and_falls_with_platelets(ldh, creatinine, platelets, factor):
    day = EasixFindings(ldh_u_l=ldh, creatinine_mg_dl=creatinine, platelets_1e9_l=platelets)
    value = score_easix(day).value
    assert score_easix(replace(day, ldh_u_l=ldh * factor)).value > value
    assert score_easix(replace(day, platelets_1e9_l=platelets * factor)).value < value
    assert score_easix(day, "s_easix").value * creatinine == pytest.approx(value, rel=1e-12)
