"""The eight patients by hand: every endpoint, later transplant, and what follows for the group."""

import numpy as np
import pytest

from autallo.clinical.endpoints import (
    EndpointOptions,
    PatientCourse,
    classify_endpoint,
    classify_intervals,
)
from autallo.clinical.patient_course import (
    ChronicGvhd,
    FurtherCourse,
    GvhdCourse,
    LaterTherapy,
    Maintained,
)
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.survival.kaplan_meier import kaplan_meier, reverse_kaplan_meier, survival_at
from autallo.stats.survival.quantile import survival_quantile

TITLE = "Endpoints of eight patients"
RULE = (
    ("GRFS", "acute GVHD III-IV, chronic GVHD with systemic therapy, relapse, failure, death"),
    ("EFS_STRICT", "EFS, or new therapy against the leukaemia"),
    ("later transplant", "ignored, censored, competing, or a state in time"),
)
COLUMNS = ("patient", "LFS", "LFS censored at transplant", "GRFS", "EFS strict", "LFS with MRD")
CR = ((28, "CR"),)
NOTHING = {"later": LaterTherapy(), "gvhd": GvhdCourse()}


def course(*, further=None, **facts):
    return PatientCourse(further=FurtherCourse(**{**NOTHING, **(further or {})}), **facts)


PATIENTS = {
    "P1": course(responses=CR, relapse_day=192, death_day=297),
    "P2": course(
        responses=CR,
        last_contact_day=730,
        further={"later": LaterTherapy(transplant_day=92, transplant_reason="consolidation")},
    ),
    "P3": course(responses=((28, "NR"),), death_day=102),
    "P4": course(death_day=14),
    "P5": course(
        responses=((29, "CR"),),
        death_day=141,
        further={"gvhd": GvhdCourse(acute=((44, 2), (54, 3)))},
    ),
    "P6": course(
        responses=CR,
        last_contact_day=542,
        further={
            "gvhd": GvhdCourse(
                chronic=(ChronicGvhd(day=157, severity="moderate", systemic_therapy=True),)
            )
        },
    ),
    "P7": course(responses=CR, relapse_day=172, death_day=172),
    "P8": course(
        responses=CR,
        mrd_relapse_day=158,
        last_contact_day=365,
        further={"later": LaterTherapy(cell_therapy_day=170)},
    ),
}
#: OS, EFS, LFS, RI, LFS censored at transplant, GRFS; None is outside the population.
WANTED = {
    "P1": ((297, 1), (192, 1), (192, 1), (192, 1), (192, 1), (192, 1)),
    "P2": ((730, 0), (730, 0), (730, 0), (730, 0), (92, 0), (730, 0)),
    "P3": ((102, 1), (28, 1), None, None, None, (28, 1)),
    "P4": ((14, 1), (14, 1), None, None, None, (14, 1)),
    "P5": ((141, 1), (141, 1), (141, 1), (141, 2), (141, 1), (54, 1)),
    "P6": ((542, 0), (542, 0), (542, 0), (542, 0), (542, 0), (157, 1)),
    "P7": ((172, 1), (172, 1), (172, 1), (172, 1), (172, 1), (172, 1)),
    "P8": ((365, 0), (365, 0), (365, 0), (365, 0), (365, 0), (365, 0)),
}
COLUMNS_WANTED = (
    ("OS", {}),
    ("EFS", {}),
    ("LFS", {}),
    ("RI", {}),
    ("LFS", {"transplant": "censor"}),
    ("GRFS", {}),
)


def found(patient, endpoint, **options):
    answer = classify_endpoint(PATIENTS[patient], endpoint, options=EndpointOptions(**options))
    assert (answer.reason is None) == answer.in_population
    return (answer.days, answer.status) if answer.in_population else None


@pytest.mark.parametrize("patient", WANTED)
def test_the_table_of_eight(patient):
    for (endpoint, options), wanted in zip(COLUMNS_WANTED, WANTED[patient], strict=True):
        assert found(patient, endpoint, **options) == wanted, (endpoint, options)


def test_the_second_product_ends_strict_event_free_survival():
    assert found("P8", "EFS_STRICT") == (170, 1)
    assert found("P8", "LFS", mrd_relapse=True) == (158, 1)
    assert found("P8", "RI", mrd_relapse=True) == (158, 1)


def test_a_transplant_in_remission_is_no_new_therapy_but_one_for_residual_disease_is():
    assert found("P2", "EFS_STRICT") == (730, 0)
    later = LaterTherapy(transplant_day=92, transplant_reason="mrd")
    treated = course(responses=CR, last_contact_day=730, further={"later": later})
    assert classify_endpoint(treated, "EFS_STRICT").days == 92


def test_a_later_transplant_by_every_policy():
    assert found("P2", "LFS", transplant="ignore") == (730, 0)
    assert found("P2", "LFS", transplant="censor") == (92, 0)
    assert found("P2", "LFS", transplant="compete") == (92, 2)
    rows = classify_intervals(PATIENTS["P2"], "LFS").rows
    assert [(row.start, row.stop, row.state, row.status) for row in rows] == [
        (0, 92, 0, 0), (92, 730, 1, 0)
    ]  # fmt: skip
    rows = classify_intervals(PATIENTS["P1"], "LFS").rows
    assert [(row.start, row.stop, row.state, row.status) for row in rows] == [(0, 192, 0, 1)]
    assert classify_intervals(PATIENTS["P3"], "LFS").reason == "not a responder"


def test_other_endpoints_of_the_eight():
    assert found("P1", "DOR") == (164, 1)
    assert found("P5", "DOR") == (112, 2)
    assert found("P5", "DOR", death_in_remission="censor") == (112, 0)
    assert found("P1", "LFS", start="response") == (164, 1)
    assert found("P5", "AGVHD_2_4") == (44, 1)
    assert found("P5", "AGVHD_3_4") == (54, 1)
    assert found("P4", "AGVHD_2_4") == (14, 2)
    assert found("P6", "AGVHD_2_4") == (100, 0)
    assert found("P6", "CGVHD") == found("P6", "CGVHD_MODERATE") == found("P6", "CRFS") == (157, 1)
    assert found("P6", "GRFS_REFINED") == (542, 0)
    assert found("P5", "GRFS_REFINED") == (54, 1)
    assert found("P5", "CRFS") == (141, 1)
    assert found("P3", "RI", patients="infused") == (28, 1)
    assert found("P3", "NRM", patients="infused") == (28, 2)
    assert found("P4", "NRM", patients="infused") == (14, 1)
    assert found("P1", "RFS") == found("P1", "LFS")
    assert found("P1", "TRM") == found("P1", "NRM") == (192, 2)


def followed(endpoint):
    answers = [found(patient, endpoint) for patient in PATIENTS]
    kept = [answer for answer in answers if answer is not None]
    return np.array([a[0] for a in kept]), np.array([a[1] for a in kept])


def test_what_follows_for_overall_survival():
    days, status = followed("OS")
    curve = kaplan_meier(days, status == 1)
    shares = survival_at(curve, [14, 102, 141, 172, 297]).survival
    np.testing.assert_allclose(shares, np.array([7, 6, 5, 4, 3]) / 8, rtol=1e-12)
    # The curve lies at one half from day 172 to day 297: the middle of the two.
    assert survival_quantile(curve).estimate == (172 + 297) / 2
    reverse = reverse_kaplan_meier(days, status == 1)
    np.testing.assert_allclose(
        survival_at(reverse, [365, 542]).survival, np.array([2, 1]) / 3, rtol=1e-12
    )
    assert survival_quantile(reverse).estimate == 542
    assert np.median(days[status == 0]) == 542


def test_what_follows_for_relapse_and_death_without_it():
    days, status = followed("RI")
    curve = cumulative_incidence(days, status, n_causes=2)
    row = dict(zip(curve.time.tolist(), curve.incidence.tolist(), strict=True))
    assert row[141] == pytest.approx([0, 1 / 6], rel=1e-12)
    assert row[172] == pytest.approx([1 / 6, 1 / 6], rel=1e-12)
    assert row[192] == pytest.approx([2 / 6, 1 / 6], rel=1e-12)
    alone = survival_at(kaplan_meier(days, status == 1), [192]).survival[0]
    assert 1 - alone == pytest.approx(0.40, rel=1e-12)


LOSSES = (
    ("lost on day 150", Maintained(present=True, lost_day=150, last_day=90), None, (150, 1)),
    ("not confirmed", Maintained(present=True, last_day=90), None, (90, 0)),
    ("kept to day 400, relapse on day 420", Maintained(present=True, last_day=400), 420, (420, 2)),
)


@pytest.mark.parametrize("case", LOSSES, ids=[f"8.6: {one[0]}" for one in LOSSES])
def test_loss_of_b_cell_aplasia(case):
    _, kept, relapse, wanted = case
    patient = course(
        responses=CR, relapse_day=relapse, last_contact_day=500, further={"b_cell_aplasia": kept}
    )
    answer = classify_endpoint(patient, "BCA")
    assert (answer.days, answer.status) == wanted
