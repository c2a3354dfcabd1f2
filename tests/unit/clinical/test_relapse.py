"""Relapse over time: what comes before and after, what is open, what confirms."""

import pytest

from autallo.clinical.all_response import DiseaseFindings
from autallo.clinical.disease_course import Assessment, classify_disease_course
from autallo.clinical.grading import Status
from autallo.clinical.mrd import MrdSample
from autallo.clinical.relapse import RelapseEvidence, classify_antigen, classify_relapse
from autallo.errors import ArgumentError

NEGATIVE = (MrdSample(method="flow", result="negative", lod_pct=0.01),)
INSENSITIVE = (MrdSample(method="flow", result="negative", lod_pct=0.1),)


def mrd(value):
    return (MrdSample(method="flow", result="positive", value_pct=value),)


def at(day, blasts=1, **changes):
    known = {"pb_blasts": False, "emd_status": "none", "anc_1e9_l": 2, "platelets_1e9_l": 200}
    return Assessment(
        day=day, findings=DiseaseFindings(bm_blast_pct=blasts, **{**known, **changes})
    )


def course(*assessments, **options):
    return classify_disease_course(assessments, **options)


def test_blasts_before_any_remission_are_no_relapse():
    assert course(at(14, 60), at(28, 40)).relapse_day is None
    assert course(at(14, 60), at(28, 1), at(60, 60)).relapse_day == 60
    assert course(at(28, 60), at(60, 1), at(90, 60)).relapse_day == 90


def test_who_was_infused_in_remission_can_relapse_without_a_response():
    assert course(at(28, 60), in_remission_at_infusion=True).relapse_day == 28
    found = course(at(28, 60), in_remission_at_infusion=None)
    assert (found.relapse_day, found.possible_relapse_day) == (None, 28)


def test_a_remission_on_the_same_day_is_not_before():
    assert course(at(28, 1), at(28, 60)).relapse_day is None


def test_an_open_assessment_leaves_the_relapse_open_until_a_remission_is_seen():
    opened = course(at(28), at(60, None))
    assert (opened.relapse_day, opened.possible_relapse_day) == (None, 60)
    assert opened.flags == ("RELAPSE_OPEN",)
    closed = course(at(28), at(60, None), at(90))
    assert (closed.possible_relapse_day, closed.flags) == (None, ())
    later = course(at(28), at(60, None), at(90, 70))
    assert (later.relapse_day, later.possible_relapse_day) == (90, 60)


@pytest.mark.parametrize(
    ("second", "wanted", "possible"),
    [(at(97, mrd=mrd(0.02)), 90, 90), (at(96, mrd=mrd(0.02)), None, 90),
     (at(97, mrd=mrd(0.009)), None, None), (at(97, mrd=NEGATIVE), None, None),
     (at(97, mrd=INSENSITIVE), None, 90), (at(97), None, 90), (at(97, 60), 90, 90)],
)  # fmt: skip
def test_what_confirms_a_relapse_of_residual_disease(second, wanted, possible):
    found = course(at(28, mrd=NEGATIVE), at(90, mrd=mrd(0.01)), second)
    assert (found.mrd_relapse_day, found.possible_mrd_relapse_day) == (wanted, possible)
    assert ("MRD_UNCONFIRMED" in found.flags) == (wanted != possible)


def test_one_positive_sample_is_enough_if_that_is_asked():
    found = course(at(28, mrd=NEGATIVE), at(90, mrd=mrd(0.01)), confirm_mrd=False)
    assert found.mrd_relapse_day == 90


def test_a_second_relapse_of_residual_disease_counts_where_the_first_was_refuted():
    listed = [at(28, mrd=NEGATIVE), at(90, mrd=mrd(0.02)), at(104, mrd=NEGATIVE),
              at(150, mrd=mrd(0.02)), at(160, mrd=mrd(0.5))]  # fmt: skip
    assert course(*listed).mrd_relapse_day == 150


def test_there_must_have_been_a_remission_without_residual_disease():
    listed = [at(90, mrd=mrd(0.02)), at(104, mrd=mrd(0.02))]
    assert course(at(28), *listed).mrd_relapse_day is None
    assert course(at(28, mrd=INSENSITIVE), *listed).mrd_relapse_day is None


def test_on_the_day_of_the_relapse_it_is_one_relapse():
    found = course(at(28, mrd=NEGATIVE), at(90, 60, mrd=mrd(5)), at(104, 60, mrd=mrd(5)))
    assert (found.relapse_day, found.mrd_relapse_day) == (90, None)


@pytest.mark.parametrize(
    ("days", "relapse", "wanted"),
    [((28, 56), None, True), ((28, 55), None, None), ((28, 56), 60, True), ((28, 60), 50, False),
     ((28,), 56, None), ((28,), 55, False)],
)  # fmt: skip
def test_a_remission_is_confirmed_28_days_later(days, relapse, wanted):
    listed = [at(day) for day in days] + ([] if relapse is None else [at(relapse, 80)])
    assert course(*listed).confirmed is wanted


def test_the_window_and_its_bounds():
    found = course(at(14, 60), at(28, None), at(40))
    assert (found.best.category, found.best_possible, found.best_at_least) == ("NR", "CR", "NR")
    assert found.unsure == ((28, "CR", "NR"),)
    assert found.responses == ((14, "NR"), (28, "NE"), (40, "CR"))
    assert found.last_assessment_day == 40
    assert course(at(-10), at(3)).best.category == "NE"
    assert course(at(95), by_day=90, tolerance_days=14).best.category == "CR"


def test_residual_disease_in_the_window():
    assert course(at(28, mrd=NEGATIVE)).mrd_negative is True
    assert course(at(36, mrd=NEGATIVE)).mrd_negative is None
    assert course(at(28, mrd=mrd(0.001))).mrd_negative is False
    assert course(at(14, mrd=mrd(0.1)), at(28, mrd=INSENSITIVE)).mrd_negative is None
    assert course().mrd_negative is None


def test_impossible_findings_are_told_and_not_used():
    found = course(at(28, 101))
    assert (found.responses, found.unsure, found.flags) == ((), (), ("impossible:bm_blast_pct",))


def test_impossible_evidence_is_told():
    for evidence, flag in (
        (RelapseEvidence(cd19_pct=101), "impossible:cd19_pct"),
        (RelapseEvidence(other_tests_1pct=-1), "impossible:other_tests_1pct"),
    ):
        found = classify_relapse(DiseaseFindings(bm_blast_pct=80), evidence)
        assert (found.value, found.grade.status) == (None, Status.INVALID)
        assert found.grade.flags == (flag,)


def test_words_that_are_none_are_refused():
    with pytest.raises(ArgumentError, match="rule"):
        classify_relapse(DiseaseFindings(), rule="nci")
    for share in (-1, 101, float("nan")):
        with pytest.raises(ArgumentError, match="cd19"):
            classify_antigen(share)


@pytest.mark.parametrize(
    ("blasts", "evidence", "value", "assumed"),
    [(25, {}, True, True), (24.9, {}, None, False), (60, {"confirmed": True}, True, False),
     (60, {"due_to_regeneration": True}, False, False),
     (60, {"due_to_regeneration": False}, True, False)],
)  # fmt: skip
def test_many_blasts_are_assumed_to_be_leukaemic(blasts, evidence, value, assumed):
    findings = DiseaseFindings(bm_blast_pct=blasts, pb_blasts=False, emd_status="none")
    found = classify_relapse(findings, RelapseEvidence(**evidence))
    assert found.value is value
    assert ("LEUKAEMIC_ASSUMED" in found.grade.flags) is assumed
