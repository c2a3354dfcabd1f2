"""Relapse after remission: in the marrow, of residual disease, early, and its antigen."""

import pytest

from autallo.clinical.all_response import DiseaseFindings
from autallo.clinical.disease_course import Assessment, classify_disease_course
from autallo.clinical.mrd import MrdSample
from autallo.clinical.relapse import RelapseEvidence, classify_relapse
from autallo.clinical.response import classify_early_relapse

TITLE = "Relapse after remission"
RULE = (
    ("standard", "marrow blasts 5 % or more that are no regeneration, blasts in blood, or outside"),
    ("nci2010", "marrow blasts 25 % or more, in blood or outside; confirmed by flow or PCR"),
    ("ponte_di_legno", "25 %; 5 % with one other test of 1 %; 1 % with two"),
    ("residual disease", "0.01 % or more, again 7 days later or more"),
    ("early", "before day 183"),
)
COLUMNS = ("vector", "rule", "marrow blasts", "evidence", "relapse")
NEGATIVE = (MrdSample(method="flow", result="negative", lod_pct=0.01),)


def seen(blasts, *, mrd=None, **changes):
    known = {"pb_blasts": False, "emd_status": "none", "anc_1e9_l": 2, "platelets_1e9_l": 200}
    return DiseaseFindings(bm_blast_pct=blasts, mrd=mrd, **{**known, **changes})


def mrd_of(value):
    return (MrdSample(method="flow", result="positive", value_pct=value, lod_pct=0.01),)


def at(day, findings, **evidence):
    return Assessment(day=day, findings=findings, evidence=RelapseEvidence(**evidence))


def test_vector_11_a_confirmed_morphological_relapse():
    course = classify_disease_course([at(28, seen(1)), at(120, seen(6), confirmed=True)])
    assert (course.best.category, course.relapse_day) == ("CR", 120)
    assert course.relapse_sites == ("marrow",)
    assert course.possible_relapse_day == 120


def test_vector_12_a_confirmed_relapse_of_residual_disease():
    course = classify_disease_course(
        [at(28, seen(1, mrd=NEGATIVE)), at(90, seen(1, mrd=mrd_of(0.05))),
         at(104, seen(1, mrd=mrd_of(0.08)))]
    )  # fmt: skip
    assert (course.mrd_relapse_day, course.relapse_day) == (90, None)
    assert course.mrd_negative_day == 28
    assert course.mrd_negative is True


@pytest.mark.parametrize(("day", "early"), [(182, True), (183, False)])
def test_vector_13_early_is_before_day_183(day, early):
    found = classify_early_relapse(responder=True, relapse_day=day, death_day=None, last_day=400)
    assert found.value is early


@pytest.mark.parametrize(
    ("cd19", "antigen"),
    [(3, "negative"), (9.9, "negative"), (10, "partial"), (89.9, "partial"), (90, "positive")],
)
def test_vector_14_the_antigen_of_the_relapse(cd19, antigen):
    found = classify_relapse(seen(60), RelapseEvidence(cd19_pct=cd19))
    assert (found.value, found.antigen) == (True, antigen)
    assert ("CD19_PARTIAL" in found.grade.flags) == (antigen == "partial")


VARIANTS = (
    ("5 %, leukaemic", "standard", 5, {"confirmed": True}, True),
    ("just below", "standard", 4.9, {"confirmed": True}, False),
    ("regeneration", "standard", 6, {"due_to_regeneration": True}, False),
    ("cause not known", "standard", 6, {}, None),
    ("25 %, cause not known", "standard", 25, {}, True),
    ("not confirmed", "nci2010", 30, {"confirmed": False}, False),
    ("confirmation not known", "nci2010", 30, {}, None),
    ("confirmed", "nci2010", 25, {"confirmed": True}, True),
    ("below 25 %", "nci2010", 24.9, {"confirmed": True}, False),
    ("25 % alone", "ponte_di_legno", 25, {"other_tests_1pct": 0}, True),
    ("5 % and one test", "ponte_di_legno", 5, {"other_tests_1pct": 1}, True),
    ("5 % alone", "ponte_di_legno", 24.9, {"other_tests_1pct": 0}, False),
    ("1 % and two tests", "ponte_di_legno", 1, {"other_tests_1pct": 2}, True),
    ("1 % and one test", "ponte_di_legno", 4.9, {"other_tests_1pct": 1}, False),
    ("below 1 %", "ponte_di_legno", 0.9, {"other_tests_1pct": 3}, False),
    ("tests not known", "ponte_di_legno", 10, {}, None),
)


@pytest.mark.parametrize("case", VARIANTS, ids=[f"{one[1]}: {one[0]}" for one in VARIANTS])
def test_the_variants_of_a_marrow_relapse(case):
    _, rule, blasts, evidence, wanted = case
    assert classify_relapse(seen(blasts), RelapseEvidence(**evidence), rule=rule).value is wanted


@pytest.mark.parametrize(
    ("blasts", "tests", "repeat"), [(1, 1, True), (4.9, 0, True), (1, 2, False), (0.9, 0, False)]
)
def test_a_trace_with_too_few_tests_asks_for_another_marrow(blasts, tests, repeat):
    found = classify_relapse(
        seen(blasts), RelapseEvidence(other_tests_1pct=tests), rule="ponte_di_legno"
    )
    assert ("REPEAT_MARROW" in found.grade.flags) is repeat


def test_a_residual_disease_of_1_percent_is_one_other_test():
    found = classify_relapse(
        seen(5, mrd=mrd_of(1)), RelapseEvidence(other_tests_1pct=0), rule="ponte_di_legno"
    )
    assert found.value is True


@pytest.mark.parametrize(
    ("changes", "site"),
    [({"pb_blasts": True}, "blood"), ({"emd_status": "present"}, "extramedullary"),
     ({"cns_status": 3}, "extramedullary")],
)  # fmt: skip
def test_blood_and_other_sites_are_a_relapse_with_a_clean_marrow(changes, site):
    found = classify_relapse(seen(1, mrd=NEGATIVE, **changes))
    assert (found.value, found.grade.because) == (True, (site,))
    assert found.isolated_extramedullary is (site == "extramedullary")


@pytest.mark.parametrize(
    ("changes", "isolated"),
    [({"blasts": 5}, False), ({"mrd": mrd_of(0.02)}, False), ({"mrd": None}, None),
     ({"blasts": None}, None), ({"pb_blasts": True}, False)],
)  # fmt: skip
def test_what_is_isolated_needs_a_marrow_free_of_disease(changes, isolated):
    known = {"blasts": 1, "mrd": NEGATIVE, "emd_status": "present", **changes}
    assert classify_relapse(seen(known.pop("blasts"), **known)).isolated_extramedullary is isolated


@pytest.mark.parametrize(
    ("myeloid", "same", "switch"),
    [(True, True, True), (True, None, None), (True, False, False), (False, None, False)],
)
def test_a_lineage_switch_is_myeloid_and_of_the_same_clone(myeloid, same, switch):
    evidence = RelapseEvidence(myeloid_phenotype=myeloid, same_clone=same)
    assert classify_relapse(seen(50), evidence).lineage_switch is switch
