"""Every scale is a table: what its rows must be, and how grades are refused."""

from dataclasses import FrozenInstanceError

import pytest

from autallo.clinical import (
    cres,
    crs_astct,
    crs_ctcae4,
    crs_ctcae5,
    crs_findings,
    crs_lee,
    crs_mdacc,
    crs_mskcc,
    crs_penn,
    icans,
    neuro_ctcae,
    vasopressors,
)
from autallo.clinical.criteria import Criterion
from autallo.clinical.grading import Status
from autallo.clinical.scales import Scale, Span, grade_by_rows, grade_on_scale, grade_refused
from autallo.model.references import REFERENCES

SCALES = {
    scale.key: scale
    for scale in (
        *(crs_astct.SCALE, crs_lee.SCALE, crs_penn.SCALE, crs_mskcc.SCALE, crs_mdacc.SCALE),
        *(crs_ctcae4.SCALE, crs_ctcae5.SCALE, icans.ADULT, icans.CHILD, cres.SCALE),
        neuro_ctcae.SCALE,
    )
}
READINGS = (*crs_findings.CRITERIA, *vasopressors.CRITERIA)


@pytest.mark.parametrize("scale", SCALES.values(), ids=SCALES)
def test_every_row_has_a_condition_and_every_condition_a_row(scale):
    assert {row.key for row in scale.criteria} == set(scale.holds)
    assert len({row.key for row in scale.criteria}) == len(scale.criteria)
    assert set(scale.rests_on) <= set(scale.holds)
    assert {row.scale for row in scale.criteria} == {scale.key}
    assert all(row.grade in range(1, 6) for row in scale.criteria)


@pytest.mark.parametrize(
    "row",
    [row for scale in SCALES.values() for row in scale.criteria] + list(READINGS),
    ids=lambda row: f"{row.scale}-{row.key}",
)
def test_rows_name_their_source_and_its_evidence(row):
    assert row.evidence in {"V", "V2", "M", "D"}
    assert (row.source == "house") == (row.evidence == "D") or row.evidence == "M"
    assert row.source in {*REFERENCES, "house"}
    assert row.words


def test_the_keys_of_all_rows_differ_within_cytokine_release_and_neurotoxicity():
    keys = [row.key for scale in SCALES.values() for row in scale.criteria]
    shared = [row.key for row in icans.CHILD.criteria if not row.key.endswith("capd")]
    keys += [row.key for row in READINGS]
    assert len(keys) - len(shared) == len(set(keys))


def row_of(key, grade, evidence="V"):
    return Criterion(scale="s", key=key, grade=grade, words=key, source="house", evidence=evidence)


TWO = Scale(
    key="s",
    criteria=(row_of("warm", 1), row_of("hot", 3, "M"), row_of("burnt", 3)),
    holds={
        "warm": lambda found: found["t"] >= 38,
        "hot": lambda found: found["t"] >= 40,
        "burnt": lambda found: found["burn"],
    },
)


def test_the_worst_row_decides_and_all_that_give_it_are_named():
    assert grade_by_rows(TWO, {"t": 37, "burn": False}).because == ()
    assert grade_by_rows(TWO, {"t": 37, "burn": False}).grade == 0
    assert grade_by_rows(TWO, {"t": 41, "burn": True}).because == ("hot", "burnt")


def test_a_row_not_yet_checked_is_flagged_only_where_it_decides():
    assert grade_by_rows(TWO, {"t": 41, "burn": False}).flags == ("unverified_criterion",)
    assert grade_by_rows(TWO, {"t": 39, "burn": False}).flags == ()


def test_rows_can_be_left_out():
    assert grade_by_rows(TWO, {"t": 41, "burn": False}, omit={"hot"}).grade == 1


def test_missing_names_only_what_matters():
    known_burn = {"t": Span(37, 41, ("temperature",)), "burn": Span(True, True)}
    assert grade_on_scale(TWO, known_burn, dict).status is Status.OK
    assert grade_on_scale(TWO, known_burn, dict).missing == ()
    both = {"t": Span(37, 39, ("temperature",)), "burn": Span(False, True, ("skin",))}
    grade = grade_on_scale(TWO, both, dict)
    assert (grade.low, grade.high, grade.missing) == (0, 3, ("temperature", "skin"))
    masked = {"t": Span(37, 39, ("temperature",)), "burn": Span(True, True)}
    assert grade_on_scale(TWO, masked, dict).missing == ()


def test_refusals():
    assert grade_refused("s").status is Status.NOT_EVALUABLE
    found = grade_refused("s", impossible=("fio2", "sbp_mmhg"))
    assert found.status is Status.INVALID
    assert found.flags == ("impossible:fio2", "impossible:sbp_mmhg")
    assert (found.value, found.low, found.high) == (None, None, None)


def test_rows_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        row_of("warm", 1).grade = 2


@pytest.mark.parametrize("other", [38, 39])
def test_what_cannot_raise_a_grade_is_not_missing(other):
    beside_burn = {"t": Span(other, 41, ("temperature",)), "burn": Span(False, False)}
    assert grade_on_scale(TWO, beside_burn, dict).missing == ("temperature",)
    pointless = {"t": Span(38, other, ("temperature",)), "burn": Span(False, True, ("skin",))}
    assert grade_on_scale(TWO, pointless, dict).missing == ("skin",)
