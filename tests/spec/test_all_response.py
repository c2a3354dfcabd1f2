"""Response of acute lymphoblastic leukaemia and residual disease at one assessment."""

import pytest

from autallo.clinical.all_response import DiseaseFindings, ResponseRules, classify_response
from autallo.clinical.disease_course import classify_disease_course
from autallo.clinical.mrd import MrdSample, classify_mrd
from autallo.clinical.response import classify_overall_response, classify_responder

TITLE = "Response at one assessment"
RULE = (
    ("NR", "blasts in blood, disease outside the marrow, or marrow blasts 5 % or more"),
    ("PR", "marrow blasts 5 to 25 %, at most half of those before"),
    ("CR", "marrow blasts below 5 %, neutrophils 1.0 and platelets 100 x 10^9/L or more"),
    ("CRh", "neutrophils above 0.5, platelets above 50"),
    ("CRi", "counts below"),
    ("without residual disease", "negative by a test that finds 0.01 % or less"),
)
COLUMNS = ("vector", "marrow blasts", "neutrophils", "platelets", "outside", "MRD", "rules",
           "category", "MRD category", "remission without MRD")  # fmt: skip
NEGATIVE = MrdSample(method="flow", result="negative", lod_pct=0.01)
INSENSITIVE = MrdSample(method="flow", result="negative", lod_pct=0.1)
#: What a vector does not mention is normal: no blasts in blood, nothing outside the marrow.
CASES = (
    ("6.6-1", (1, 1.5, 150, "none", NEGATIVE), {}, "CR", "negative", True),
    ("6.6-2", (2, 0.7, 60, "none", NEGATIVE), {}, "CRh", "negative", True),
    ("6.6-2-no-crh", (2, 0.7, 60, "none", NEGATIVE), {"use_crh": False}, "CRi", "negative", True),
    ("6.6-3", (2, 0.3, 20, "none",
               MrdSample(method="flow", result="positive", value_pct=0.005)), {},
     "CRi", "low_positive", False),
    ("6.6-4", (1, 1.0, 100, "none", NEGATIVE), {}, "CR", "negative", True),
    ("6.6-4-strict", (1, 1.0, 100, "none", NEGATIVE), {"eln_strict": True}, "CRi", "negative",
     True),
    ("6.6-5", (3, 2.0, 200, "present", NEGATIVE), {}, "NR", "negative", False),
    ("6.6-6", (3, 2.0, 200, "none", INSENSITIVE), {}, "CR", "insufficient", None),
    ("6.6-7", (12, 1.2, 120, "none", None), {}, "PR", "not_evaluable", False),
    ("6.6-8", (30, None, None, "none", None), {}, "NR", "not_evaluable", False),
    ("6.6-10", (4, 1.4, 140, "none",
                MrdSample(method="flow", result="positive", value_pct=1.5)), {"eln_mrd1": True},
     "NR", "positive", False),
    ("6.6-10-without", (4, 1.4, 140, "none",
                        MrdSample(method="flow", result="positive", value_pct=1.5)), {},
     "CR", "positive", False),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case[0] for case in CASES])
def test_the_category(case):
    _, (blasts, anc, platelets, outside, mrd), rules, category, mrd_category, free = case
    findings = DiseaseFindings(
        bm_blast_pct=blasts,
        pb_blasts=False,
        anc_1e9_l=anc,
        platelets_1e9_l=platelets,
        emd_status=outside,
        mrd=None if mrd is None else (mrd,),
        baseline_bm_blast_pct=80,
    )
    found = classify_response(findings, rules=ResponseRules(**rules))
    assert found.category == found.best == found.worst == category
    assert found.mrd.category == mrd_category
    assert found.mrd_negative is free
    assert ("MRD_INSUFFICIENT" in found.grade.flags) == (mrd_category == "insufficient")
    assert ("MRD_LOW_POSITIVE" in found.grade.flags) == (mrd_category == "low_positive")
    assert ("unverified_criterion" in found.grade.flags) == (category == "CRh")


def test_vector_7_a_partial_remission_is_no_response():
    assert classify_overall_response("PR").value is False
    assert classify_responder("PR") is False


def test_vector_9_no_marrow_and_an_early_death():
    course = classify_disease_course([])
    assert (course.best.category, course.best.day) == ("NE", None)
    assert classify_responder("NE", death_day=14) is False
    assert classify_overall_response("NE").value is False
    assert classify_overall_response("NE", patients="evaluable").value is None


@pytest.mark.parametrize(
    ("blood", "category", "negative"), [("positive", "negative", True), (None, "negative", True)]
)
def test_flow_decides_before_the_pcr_of_bcr_abl_and_both_are_kept(blood, category, negative):
    pcr = MrdSample(method="bcrabl", result=blood, value_pct=0.05 if blood else None)
    for samples in ((NEGATIVE, pcr), (pcr, NEGATIVE)):
        found = classify_mrd(samples)
        assert (found.category, found.negative, found.method) == (category, negative, "flow")
        assert ("MRD_DISCORDANT" in found.flags) == (blood == "positive")
        assert [method for method, _ in found.by_method] == ["flow", "bcrabl"]


def test_a_patient_infused_in_remission_is_not_in_the_rate_of_response():
    found = classify_overall_response("CR", in_remission_at_infusion=True)
    assert (found.value, found.reason) == (None, "in remission at infusion")


def test_a_test_that_cannot_tell_gives_way_to_one_that_can():
    sensitive = MrdSample(method="ngs", result="negative", lod_pct=0.0001)
    found = classify_mrd([INSENSITIVE, sensitive])
    assert (found.category, found.method) == ("negative", "ngs")
    positive = MrdSample(method="bcrabl", result="positive", value_pct=0.05)
    assert classify_mrd([INSENSITIVE, positive]).category == "positive"
    assert classify_mrd([INSENSITIVE, NEGATIVE]).category == "negative"
