"""What clinical values are refused, with the sentence that names them."""

from datetime import date, datetime
from math import inf, nan

import pytest

from autallo.clinical.aplasia import BCellSample, classify_aplasia, classify_aplasia_course
from autallo.clinical.comorbidity import Comorbidity, score_hct_ci
from autallo.clinical.date_order import classify_dates
from autallo.clinical.easix import EasixFindings, score_easix
from autallo.clinical.expansion import (
    CellSample,
    classify_positions,
    classify_samples,
    classify_series_end,
    convert_copies_to_copies_per_cell,
    convert_flow_to_cells_per_ul,
    convert_peak_for_logarithm,
)
from autallo.clinical.grading import Status
from autallo.clinical.haemophagocytic import HlhFindings, score_hlh_2004, score_hscore
from autallo.clinical.hematotox import HematotoxFindings, classify_hematotox, score_hematotox
from autallo.clinical.icaht import grade_early_icaht, grade_late_icaht
from autallo.clinical.ranges import classify_value
from autallo.clinical.units import classify_unit, convert_dose_to_total, convert_value
from autallo.errors import ArgumentError


def cell(**fields):
    return [CellSample(**({"day": 7, "unit": "copies_per_ug", "value": 1} | fields))]


REFUSED = {
    "a range that is none": lambda: classify_value("mood", 3),
    "no number": lambda: classify_value("fio2", nan),
    "a truth as number": lambda: classify_value("fio2", True),
    "quantity": lambda: convert_value(1, quantity="mood", unit="mg/dL"),
    "unit of crp": lambda: convert_value(1, quantity="crp", unit="g"),
    "finite": lambda: convert_value(inf, quantity="crp", unit="mg/L"),
    "unit to": lambda: convert_value(1, quantity="crp", unit="mg/L", to="g"),
    "quantity without range": lambda: classify_unit(1, quantity="glucose"),
    "dose": lambda: convert_dose_to_total(-1, weight_kg=10),
    "weight": lambda: convert_dose_to_total(1, weight_kg=0),
    "another date": lambda: classify_dates({"party": date(2020, 1, 1)}),
    "time of day": lambda: classify_dates({"infusion": datetime(2020, 1, 1)}),  # noqa: DTZ001
    "variant": lambda: score_easix(EasixFindings(), "x_easix"),
    "dyspnoea": lambda: score_hct_ci(Comorbidity(dyspnoea="some")),
    "day of count": lambda: grade_early_icaht({1.5: 2.0}),
    "day of late count": lambda: grade_late_icaht({40.5: 2.0}),
    "counting": lambda: grade_early_icaht({1: 2.0}, counting="some"),
    "fill": lambda: grade_early_icaht({1: 2.0}, fill_days=-1),
    "cell unit": lambda: classify_samples(cell(unit="copies")),
    "matrix": lambda: classify_samples(cell(matrix="urine")),
    "cell day": lambda: classify_samples(cell(day=nan)),
    "negative level": lambda: classify_samples(cell(value=-1)),
    "share above 100": lambda: classify_samples(cell(unit="pct_of_cd3", value=101)),
    "limit of 0": lambda: classify_samples(cell(limit=0)),
    "below but above": lambda: classify_samples(cell(value=90, limit=50, below_limit=True)),
    "lengths": lambda: classify_positions([1, 2], [True]),
    "end before day 0": lambda: classify_series_end(next_infusion_day=0),
    "cd3": lambda: convert_flow_to_cells_per_ul(12, cd3_pct=101, lymphocytes_1e9_l=1),
    "lymphocytes": lambda: convert_flow_to_cells_per_ul(12, cd3_pct=50, lymphocytes_1e9_l=-1),
    "copies": lambda: convert_copies_to_copies_per_cell(-1),
    "peak": lambda: convert_peak_for_logarithm(-1, limit=None),
    "peak limit": lambda: convert_peak_for_logarithm(1, limit=0),
    "aplasia rule": lambda: classify_aplasia(BCellSample(day=1), "some"),
    "aplasia day": lambda: classify_aplasia_course([BCellSample(day=nan)]),
    "competing day": lambda: classify_aplasia_course([], competing_day=-1),
    "apart": lambda: classify_aplasia_course([], apart=-1),
    "policy": lambda: classify_aplasia_course([], policy="some"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what):
    with pytest.raises(ArgumentError):
        REFUSED[what]()


@pytest.mark.parametrize(
    ("grade", "flag"),
    [
        (lambda: score_hct_ci(Comorbidity(creatinine_mg_dl=177)), "creatinine_mg_dl"),
        (lambda: score_hct_ci(Comorbidity(dlco_pct=-1)), "dlco_pct"),
        (lambda: score_hct_ci(Comorbidity(bmi=nan)), "bmi"),
        (lambda: score_hematotox(HematotoxFindings(crp_mg_dl=120)), "crp_mg_dl"),
        (lambda: score_hscore(HlhFindings(temperature_c=375)), "temperature_c"),
        (lambda: score_hlh_2004(HlhFindings(haemoglobin_g_dl=95)), "haemoglobin_g_dl"),
        (lambda: score_easix(EasixFindings(ldh_u_l=5)), "ldh_u_l"),
        (lambda: classify_aplasia(BCellSample(day=1, cd19_per_ul=-1)), "cd19_per_ul"),
    ],
)
def test_impossible_findings_are_named(grade, flag):
    found = grade()
    assert (found.status, found.flags) == (Status.INVALID, (f"impossible:{flag}",))


@pytest.mark.parametrize(
    "grade",
    [
        lambda: score_hct_ci(Comorbidity()),
        lambda: score_hematotox(HematotoxFindings()),
        lambda: score_hscore(HlhFindings()),
        lambda: score_hlh_2004(HlhFindings()),
        lambda: score_easix(EasixFindings()),
    ],
)
def test_nothing_recorded_is_not_evaluable(grade):
    assert grade().status is Status.NOT_EVALUABLE


def test_a_score_that_cannot_be_told_has_no_group():
    assert classify_hematotox(score_hematotox(HematotoxFindings())) is None


def test_a_sample_without_a_level_is_counted_as_left_out():
    (one,) = classify_samples([*cell(), *cell(day=9, value=None)])
    assert (one.day, one.left_out, one.limit) == ((7.0,), 1, None)


def test_a_level_at_the_limit_is_quantifiable_and_one_of_0_is_not():
    listed = [*cell(value=50, limit=50), *cell(day=9, value=0, limit=50)]
    (one,) = classify_samples(listed)
    assert (one.below, one.limit) == ((False, True), (50.0, 50.0))


def test_an_index_of_0_has_no_logarithm():
    day = EasixFindings(ldh_u_l=400, crp_mg_dl=0, platelets_1e9_l=50)
    found = score_easix(day, "m_easix")
    assert (found.value, found.log2) == (0, None)
