"""Disease Risk Index and burden of disease, as specified (9.7, 9.8)."""

import pytest

from autallo.clinical.disease_risk import (
    BURDEN_WORDS,
    RISK_WORDS,
    BurdenFindings,
    DiseaseState,
    MarrowSample,
    best_marrow,
    grade_disease_burden,
    grade_disease_risk,
)
from autallo.clinical.grading import Status
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("state", "risk"),
    [
        pytest.param(("B-ALL", True, 1), "intermediate", id="9.7-1"),
        pytest.param(("B-ALL", True, 2), "high", id="9.7-2"),
        pytest.param(("B-ALL", True, 4), "high", id="9.7-3"),
        pytest.param(("B-ALL", False, None), "very high", id="9.7-4 relapse"),
        pytest.param(("ALL", False, None), "very high", id="9.7-5 induction failure"),
    ],
)
def test_vectors_of_the_risk_index(state, risk):
    disease, remission, number = state
    found = grade_disease_risk(
        DiseaseState(disease=disease, in_remission=remission, remission_number=number)
    )
    assert RISK_WORDS[found.value] == risk
    assert found.flags == ("unverified_criterion",)


def test_vector_6_another_disease():
    found = grade_disease_risk(DiseaseState(disease="AML", in_remission=True, remission_number=1))
    assert found.status is Status.NOT_APPLICABLE


def test_an_unknown_remission_leaves_the_risk_open():
    known = grade_disease_risk(DiseaseState(disease="ALL", in_remission=True))
    assert (known.low, known.high, known.missing) == (1, 2, ("remission_number",))
    none = grade_disease_risk(DiseaseState(disease="ALL"))
    assert (none.low, none.high) == (1, 3)
    assert grade_disease_risk(DiseaseState(in_remission=True)).status is Status.NOT_EVALUABLE
    zero = DiseaseState(disease="ALL", in_remission=True, remission_number=0)
    assert grade_disease_risk(zero).status is Status.INVALID


INSIDE = {"cns3": False, "extramedullary": False}


@pytest.mark.parametrize(
    ("findings", "burden", "bulky"),
    [
        pytest.param({"blasts_pct": 0, "mrd_pct": 0}, "undetectable", False, id="9.8-1"),
        pytest.param({"blasts_pct": 3}, "low", False, id="9.8-2"),
        pytest.param({"blasts_pct": 5.0}, "high", False, id="9.8-3"),
        pytest.param({"blasts_pct": 1, "extramedullary": True}, "high", False, id="9.8-4"),
        pytest.param({"blasts_pct": 60}, "high", True, id="9.8-5"),
        ({"blasts_pct": 1, "mrd_pct": 0.01}, "MRD-level", False),
        ({"blasts_pct": 1, "mrd_pct": 0.0099}, "undetectable", False),
        ({"blasts_pct": 4.99, "mrd_pct": 4.9}, "MRD-level", False),
        ({"blasts_pct": 0, "cns3": True}, "high", False),
        ({"blasts_pct": 49.9}, "high", False),
        ({"blasts_pct": 50}, "high", True),
        ({"mrd_pct": 0}, "undetectable", False),
    ],
)
def test_vectors_of_the_burden(findings, burden, bulky):
    found = grade_disease_burden(BurdenFindings(**(INSIDE | findings)))
    assert BURDEN_WORDS[found.value] == burden
    assert ("BULKY" in found.flags) == bulky
    assert "unverified_criterion" in found.flags


def test_disease_that_was_not_looked_for_leaves_the_burden_open():
    found = grade_disease_burden(BurdenFindings(blasts_pct=1, mrd_pct=0.5))
    assert (found.low, found.high, found.missing) == (1, 3, ("cns3", "extramedullary"))
    outside = grade_disease_burden(BurdenFindings(extramedullary=True))
    assert outside.value == 3
    uncounted = grade_disease_burden(BurdenFindings(mrd_pct=1.0, **INSIDE))
    assert (uncounted.low, uncounted.high) == (1, 3)
    contradiction = grade_disease_burden(BurdenFindings(blasts_pct=9, mrd_pct=0, **INSIDE))
    assert (contradiction.value, "mrd_contradicts_blasts" in contradiction.flags) == (3, True)
    assert grade_disease_burden(BurdenFindings(blasts_pct=120)).status is Status.INVALID


def test_the_last_marrow_of_days_30_to_1_before():
    days = (-31, -30, -12, -1, 0, 28)
    samples = [MarrowSample(day=day, blasts_pct=5) for day in days]
    assert best_marrow(samples).day == -1
    assert best_marrow(samples[:2]).day == -30
    assert best_marrow(samples[:1]) is None
    assert best_marrow([MarrowSample(day=-3)]) is None
    twice = [MarrowSample(day=-3, blasts_pct=2), MarrowSample(day=-3, blasts_pct=7)]
    assert best_marrow(twice) == best_marrow(twice[::-1]) == twice[1]
    with pytest.raises(ArgumentError, match="between 0 and 100"):
        best_marrow([MarrowSample(day=-3, blasts_pct=101)])
