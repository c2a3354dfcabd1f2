"""Boundaries of the categories, what is unknown, impossible or assumed."""

from dataclasses import replace

import pytest

from autallo.clinical.all_response import (
    CRITERIA,
    RANGES,
    DiseaseFindings,
    ResponseRules,
    classify_extramedullary,
    classify_response,
)
from autallo.clinical.grading import Status
from autallo.clinical.mrd import MrdSample, classify_mrd
from autallo.clinical.response import classify_overall_response
from autallo.errors import ArgumentError

FREE = DiseaseFindings(
    bm_blast_pct=1,
    bm_cellularity_ok=True,
    pb_blasts=False,
    anc_1e9_l=2,
    platelets_1e9_l=200,
    emd_status="none",
)


def category(rules=None, **changes):
    return classify_response(replace(FREE, **changes), rules=rules).category


@pytest.mark.parametrize(
    ("blasts", "before", "wanted"),
    [(4.999, 80, "CR"), (5, 80, "PR"), (5, 10, "PR"), (5, 9.9, "NR"), (25, 50, "PR"),
     (25, 49.9, "NR"), (25.001, 100, "NR"), (100, 100, "NR"), (0, None, "CR")],
)  # fmt: skip
def test_marrow_blasts_at_the_limits(blasts, before, wanted):
    assert category(bm_blast_pct=blasts, baseline_bm_blast_pct=before) == wanted


@pytest.mark.parametrize(
    ("anc", "platelets", "default", "strict", "without"),
    [(1.0, 100, "CR", "CRi", "CR"), (1.001, 100.001, "CR", "CR", "CR"),
     (0.999, 100, "CRh", "CRi", "CRi"), (1.0, 99.999, "CRh", "CRi", "CRi"),
     (0.501, 50.001, "CRh", "CRi", "CRi"), (0.5, 60, "CRi", "CRi", "CRi"),
     (0.6, 50, "CRi", "CRi", "CRi"), (0, 0, "CRi", "CRi", "CRi"),
     (0.3, 200, "CRi", "CRi", "CRi")],
)  # fmt: skip
def test_counts_at_the_limits(anc, platelets, default, strict, without):
    counts = {"anc_1e9_l": anc, "platelets_1e9_l": platelets}
    assert category(**counts) == default
    assert category(ResponseRules(eln_strict=True), **counts) == strict
    assert category(ResponseRules(use_crh=False), **counts) == without


@pytest.mark.parametrize(("value", "wanted"), [(0.999, "CR"), (1.0, "NR"), (None, None)])
def test_residual_disease_of_1_percent_by_the_european_rule(value, wanted):
    mrd = (MrdSample(method="flow", result="positive", value_pct=value),)
    found = classify_response(replace(FREE, mrd=mrd), rules=ResponseRules(eln_mrd1=True))
    assert found.category == wanted
    if wanted is None:
        assert (found.best, found.worst, found.grade.missing) == ("CR", "NR", ("mrd_value_pct",))
    assert category(mrd=mrd) == "CR"


def test_a_marrow_that_is_not_cellular_enough_is_no_remission():
    found = classify_response(replace(FREE, bm_cellularity_ok=False))
    assert (found.category, found.responder) == ("MLFS", False)
    assert category(bm_cellularity_ok=False, anc_1e9_l=None, platelets_1e9_l=None) == "MLFS"


@pytest.mark.parametrize(
    ("changes", "best", "worst", "responder", "missing"),
    [
        ({"anc_1e9_l": None}, "CR", "CRi", True, ("anc_1e9_l",)),
        ({"anc_1e9_l": None, "platelets_1e9_l": 50}, "CRi", "CRi", True, ()),
        ({"platelets_1e9_l": None, "anc_1e9_l": 0.7}, "CRh", "CRi", True, ("platelets_1e9_l",)),
        ({"pb_blasts": None}, "CR", "NR", None, ("pb_blasts",)),
        ({"emd_status": None}, "CR", "NR", None, ("emd_status",)),
        ({"emd_status": "unknown", "baseline_emd": "present"}, "CR", "NR", None, ("emd_status",)),
        ({"bm_blast_pct": 10}, "PR", "NR", False, ("baseline_bm_blast_pct",)),
        ({"bm_blast_pct": 30, "pb_blasts": None, "anc_1e9_l": None}, "NR", "NR", False, ()),
        ({"pb_blasts": True, "bm_blast_pct": None}, "NR", "NR", False, ()),
        ({"emd_status": "present", "bm_blast_pct": None}, "NR", "NR", False, ()),
    ],
)
def test_what_is_unknown_gives_bounds_and_names_what_matters(
    changes, best, worst, responder, missing
):
    found = classify_response(replace(FREE, **changes))
    assert (found.best, found.worst, found.responder) == (best, worst, responder)
    assert found.grade.missing == missing
    assert found.category == (best if best == worst else None)


def test_without_a_marrow_there_is_no_category_but_there_are_bounds():
    found = classify_response(replace(FREE, bm_blast_pct=None, anc_1e9_l=0.2))
    assert (found.category, found.grade.status) == ("NE", Status.NOT_EVALUABLE)
    assert (found.best, found.worst, found.responder) == ("CRi", "NR", None)
    assert found.grade.because == ("ne",)
    nothing = classify_response(DiseaseFindings())
    assert (nothing.category, nothing.best, nothing.worst) == ("NE", "CR", "NR")


def test_blood_may_stand_for_a_marrow_if_it_is_asked_to():
    rules = ResponseRules(allow_pb_surrogate=True)
    found = classify_response(replace(FREE, bm_blast_pct=None), rules=rules)
    assert found.category == "CR"
    assert "PB_SURROGATE" in found.grade.flags
    unknown = replace(FREE, bm_blast_pct=None, pb_blasts=None)
    assert classify_response(unknown, rules=rules).category == "NE"


@pytest.mark.parametrize(
    ("changes", "wanted"),
    [({"emd_status": "none"}, False), ({"emd_status": "present"}, True), ({"cns_status": 3}, True),
     ({"emd_status": "none", "cns_status": 2}, False), ({}, None),
     ({"baseline_emd": "none"}, False), ({"baseline_emd": "none", "emd_symptoms": True}, None),
     ({"baseline_emd": "unknown"}, None), ({"baseline_emd": "present"}, None)],
)  # fmt: skip
def test_disease_outside_the_marrow(changes, wanted):
    assert classify_extramedullary(DiseaseFindings(**changes)) is wanted


@pytest.mark.parametrize(
    ("changes", "flag"),
    [({"emd_status": "unknown", "baseline_emd": "none"}, "EMD_ASSUMED"),
     ({"bm_cellularity_ok": None}, "CELLULARITY_ASSUMED"),
     ({"plt_transfused_7d": True}, "COUNT_SUPPORTED"), ({"gcsf_7d": True}, "COUNT_SUPPORTED"),
     ({"rbc_transfused_30d": True}, "TRANSFUSION_DEPENDENT"), ({"cns_status": 2}, "CNS2"),
     ({"anc_1e9_l": 0.7}, "unverified_criterion")],
)  # fmt: skip
def test_what_a_reader_must_know_is_flagged(changes, flag):
    assert flag in classify_response(replace(FREE, **changes)).grade.flags
    assert flag not in classify_response(FREE).grade.flags


@pytest.mark.parametrize("field", sorted(RANGES))
def test_impossible_values_are_named(field):
    low, high = RANGES[field]
    for value in (low - 0.001, high + 0.001, float("nan")):
        found = classify_response(replace(FREE, **{field: value}))
        assert found.grade.status is Status.INVALID
        assert found.grade.flags == (f"impossible:{field}",)
        assert (found.category, found.best, found.responder) == (None, None, None)
    for value in (low, high):
        found = classify_response(replace(FREE, **{field: value}))
        assert found.grade.status is not Status.INVALID


@pytest.mark.parametrize("field", ["value_pct", "lod_pct"])
def test_an_impossible_residual_disease_is_named(field):
    mrd = (MrdSample(method="flow", result="positive", **{field: 100.1}),)
    assert classify_mrd(mrd).status is Status.INVALID
    found = classify_response(replace(FREE, mrd=mrd))
    assert found.grade.flags == (f"impossible:mrd_{field}",)


@pytest.mark.parametrize(
    ("sample", "category", "negative", "flags"),
    [
        ({"result": "negative", "lod_pct": 0.01}, "negative", True, ()),
        ({"result": "negative", "lod_pct": 0.0101}, "insufficient", None, ("MRD_INSUFFICIENT",)),
        ({"result": "negative"}, None, None, ()),
        ({"result": "positive"}, None, False, ("MRD_UNQUANTIFIED",)),
        ({"result": "positive", "value_pct": 0.0099}, "low_positive", False,
         ("MRD_LOW_POSITIVE",)),
        ({"result": "positive", "value_pct": 0.01}, "positive", False, ()),
        ({"result": "not_evaluable", "value_pct": 1}, "not_evaluable", None, ()),
        ({}, "not_evaluable", None, ()),
        ({"value_pct": 0, "lod_pct": 0.01}, "negative", True, ("MRD_RESULT_INFERRED",)),
        ({"value_pct": 0.009, "lod_pct": 0.01}, "negative", True, ("MRD_RESULT_INFERRED",)),
        ({"value_pct": 0.01, "lod_pct": 0.01}, "positive", False, ("MRD_RESULT_INFERRED",)),
        ({"value_pct": 0.02}, "positive", False, ("MRD_RESULT_INFERRED",)),
        ({"result": "negative", "value_pct": 0.01, "lod_pct": 0.01}, "negative", True, ()),
        ({"result": "negative", "value_pct": 0.011, "lod_pct": 0.01}, None, None,
         ("MRD_CONTRADICTION",)),
        ({"result": "negative", "value_pct": 0.02}, None, None, ("MRD_CONTRADICTION",)),
        ({"result": "positive", "value_pct": 0}, None, None, ("MRD_CONTRADICTION",)),
    ],
)  # fmt: skip
def test_one_test_for_residual_disease(sample, category, negative, flags):
    found = classify_mrd([MrdSample(method="flow", **sample)])
    assert (found.category, found.negative, found.flags) == (category, negative, flags)


def test_a_remission_is_without_residual_disease_only_if_it_is_told():
    negative = (MrdSample(method="flow", result="negative", lod_pct=0.01),)
    assert classify_response(replace(FREE, mrd=negative)).mrd_negative is True
    assert classify_response(FREE).mrd_negative is None
    assert classify_response(replace(FREE, mrd=negative, pb_blasts=True)).mrd_negative is False
    assert classify_response(replace(FREE, mrd=negative, pb_blasts=None)).mrd_negative is None


@pytest.mark.parametrize(
    "changes", [{"emd_status": "maybe"}, {"baseline_emd": "yes"}, {"cns_status": 4}]
)
def test_other_words_are_refused(changes):
    with pytest.raises(ArgumentError):
        classify_response(replace(FREE, **changes))


@pytest.mark.parametrize("sample", [{"method": "pcr"}, {"result": "neg"}])
def test_other_words_of_a_test_are_refused(sample):
    with pytest.raises(ArgumentError):
        classify_mrd([MrdSample(**sample)])


@pytest.mark.parametrize(
    ("category", "infused", "evaluable"),
    [("CR", True, True), ("CRh", True, True), ("CRi", True, True), ("MLFS", False, False),
     ("PR", False, False), ("NR", False, False), ("NE", False, None), (None, None, None)],
)  # fmt: skip
def test_the_denominators_of_the_rate_of_response(category, infused, evaluable):
    assert classify_overall_response(category).value is infused
    assert classify_overall_response(category, patients="evaluable").value is evaluable
    unknown = classify_overall_response(category, in_remission_at_infusion=None)
    assert unknown.value is None


def test_wrong_words_of_the_rate_are_refused():
    with pytest.raises(ArgumentError, match="response"):
        classify_overall_response("complete")
    with pytest.raises(ArgumentError, match="patients"):
        classify_overall_response("CR", patients="all")


def test_every_reason_is_a_row_of_the_table():
    keys = {row.key for row in CRITERIA}
    changed = ({}, {"pb_blasts": True}, {"bm_blast_pct": 90}, {"bm_blast_pct": None},
               {"anc_1e9_l": 0.1}, {"emd_status": "present"},
               {"bm_cellularity_ok": False})  # fmt: skip
    cases = [replace(FREE, **changes) for changes in changed]
    for findings in cases:
        reasons = set(classify_response(findings).grade.because)
        assert reasons
        assert reasons <= keys
