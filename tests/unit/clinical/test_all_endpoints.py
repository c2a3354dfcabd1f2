"""What the endpoints leave open: options, records that are missing, facts that are not known."""

import pytest

from autallo.clinical.endpoint_rules import CRITERIA, ENDPOINT_RULES, ENDPOINTS
from autallo.clinical.endpoints import (
    EndpointOptions,
    PatientCourse,
    classify_endpoint,
    classify_endpoint_bounds,
    classify_intervals,
)
from autallo.clinical.grading import Status
from autallo.clinical.patient_course import (
    ChronicGvhd,
    FurtherCourse,
    GvhdCourse,
    LaterTherapy,
    Maintained,
    Recovery,
)
from autallo.errors import ArgumentError
from autallo.model.references import REFERENCES

CR = ((28, "CR"),)
LATER = LaterTherapy()


def status(endpoint, *, options=None, later=LATER, **facts):
    further = {name: facts.pop(name) for name in list(facts) if name in FurtherCourse.__slots__}
    course = PatientCourse(further=FurtherCourse(later=later, **further), **facts)
    found = classify_endpoint(course, endpoint, options=EndpointOptions(**(options or {})))
    return (found.days, found.status) if found.in_population else found.reason


def gvhd(*acute, chronic=()):
    return GvhdCourse(acute=acute, chronic=tuple(ChronicGvhd(**one) for one in chronic))


def test_every_endpoint_is_in_the_table_with_a_known_source():
    assert {row.key.rsplit("_", 1)[0] for row in CRITERIA} == set(ENDPOINTS)
    assert {row.source for row in CRITERIA} <= {*REFERENCES, "house"}
    for row in CRITERIA:
        name, place = row.key.rsplit("_", 1)
        statuses = {status for _, status in ENDPOINT_RULES[name].events}
        assert int(place) == row.grade
        assert row.grade in statuses


@pytest.mark.parametrize("endpoint", [name for name in ENDPOINTS if ENDPOINT_RULES[name].needs])
def test_what_is_not_recorded_is_never_read_as_none(endpoint):
    course = PatientCourse(responses=CR, last_contact_day=400)
    found = classify_endpoint(course, endpoint)
    assert not found.in_population
    assert found.reason.endswith("not recorded")


def test_later_therapy_is_needed_only_where_it_counts():
    course = PatientCourse(responses=CR, last_contact_day=400)
    assert classify_endpoint(course, "LFS").days == 400
    for policy in ("censor", "compete"):
        found = classify_endpoint(course, "LFS", options=EndpointOptions(transplant=policy))
        assert found.reason == "not evaluable: later therapy not recorded"
    assert classify_intervals(course, "LFS").reason == "not evaluable: later therapy not recorded"


@pytest.mark.parametrize(
    ("transplant", "ignore", "censor", "compete"),
    [(99, (100, 1), (99, 0), (99, 2)), (100, (100, 1), (100, 1), (100, 1)),
     (101, (100, 1), (100, 1), (100, 1))],
)  # fmt: skip
def test_a_transplant_on_the_day_of_an_event_is_after_it(transplant, ignore, censor, compete):
    for policy, wanted in (("ignore", ignore), ("censor", censor), ("compete", compete)):
        found = status(
            "LFS",
            options={"transplant": policy},
            later=LaterTherapy(transplant_day=transplant),
            responses=CR,
            relapse_day=100,
        )
        assert found == wanted


def test_the_policy_may_concern_other_cells():
    later = LaterTherapy(cell_therapy_day=60, lymphocytes_day=50)
    facts = {"later": later, "responses": CR, "last_contact_day": 400}
    assert status("OS", options={"transplant": "censor"}, **facts) == (400, 0)
    with_cells = {"transplant": "censor", "with_cell_therapy": True}
    assert status("OS", options=with_cells, **facts) == (50, 0)


def test_follow_up_of_the_disease_may_end_with_its_last_assessment():
    facts = {"responses": (*CR, (180, "NE"), (90, "CR")), "last_contact_day": 400}
    options = {"follow_up": "last_assessment"}
    assert status("LFS", options=options, **facts) == (90, 0)
    assert status("OS", options=options, **facts) == (400, 0)
    assert status("LFS", options=options, **facts, last_assessment_day=200) == (200, 0)
    assert status("LFS", options=options, **facts, death_day=300) == (300, 1)
    censored = {**options, "transplant": "censor"}
    later = LaterTherapy(transplant_day=120)
    assert status("LFS", options=censored, **facts, later=later) == (90, 0)


def test_time_from_the_response():
    facts = {"responses": ((14, "CRi"), (28, "CR")), "relapse_day": 100}
    assert status("DOR", **facts) == (86, 1)
    assert status("RI", options={"start": "response"}, **facts) == (86, 1)
    assert status("DOR", responses=CR, relapse_day=28) == (0.5, 1)
    assert "relapse before" in status("DOR", responses=CR, relapse_day=20, death_day=90)
    assert status("DOR", best_response="CR", death_day=90).endswith("day of the response missing")


@pytest.mark.parametrize(
    ("cause", "options", "wanted"),
    [(True, {}, (62, 2)), (True, {"leukaemia_death": True}, (62, 1)),
     (False, {"leukaemia_death": True}, (62, 2)), (None, {}, (62, 2)),
     (False, {"leukaemia_death": True, "death_in_remission": "censor"}, (62, 0)),
     (True, {"death_in_remission": "censor"}, (62, 0))],
)  # fmt: skip
def test_death_and_the_duration_of_response(cause, options, wanted):
    assert (
        status("DOR", options=options, responses=CR, death_day=90, leukaemia_death=cause) == wanted
    )


def test_an_unknown_cause_of_death_leaves_the_duration_of_response_open():
    found = status("DOR", options={"leukaemia_death": True}, responses=CR, death_day=90)
    assert found == "not evaluable: what ends the time is not fully recorded"


@pytest.mark.parametrize(
    ("reason", "wanted"),
    [("consolidation", (400, 0)), ("mrd", (92, 1)), ("b_cell_recovery", (92, 1)),
     ("relapse", (92, 1)), (None, "not evaluable: what ends the time is not fully recorded")],
)  # fmt: skip
def test_the_reason_of_a_transplant_in_strict_event_free_survival(reason, wanted):
    later = LaterTherapy(transplant_day=92, transplant_reason=reason)
    assert status("EFS_STRICT", later=later, responses=CR, last_contact_day=400) == wanted


def test_acute_gvhd_counts_to_day_100_and_competes():
    facts = {"responses": CR, "last_contact_day": 400}
    assert status("AGVHD_2_4", gvhd=gvhd((100, 2)), **facts) == (100, 1)
    assert status("AGVHD_2_4", gvhd=gvhd((101, 2)), **facts) == (100, 0)
    assert status("AGVHD_2_4", options={"gvhd_until": None}, gvhd=gvhd((101, 2)), **facts) == (
        101,
        1,
    )
    assert status("AGVHD_3_4", gvhd=gvhd((40, 2), (60, 3)), **facts) == (60, 1)
    assert status("AGVHD_2_4", gvhd=gvhd((60, 2)), relapse_day=60, **facts) == (60, 1)
    assert status("AGVHD_2_4", gvhd=gvhd((61, 2)), relapse_day=60, **facts) == (60, 2)
    alone = {"gvhd_competing": frozenset({"death"})}
    assert status("AGVHD_2_4", options=alone, gvhd=gvhd((61, 2)), relapse_day=60, **facts) == (
        61,
        1,
    )
    cells = LaterTherapy(lymphocytes_day=50)
    assert status("AGVHD_2_4", later=cells, gvhd=gvhd((61, 2)), **facts) == (50, 2)


def test_a_grade_that_is_not_known_matters_only_where_it_could():
    facts = {"responses": CR, "last_contact_day": 400}
    reason = "not evaluable: what ends the time is not fully recorded"
    assert status("AGVHD_2_4", gvhd=gvhd((40, None)), **facts) == reason
    assert status("AGVHD_2_4", gvhd=gvhd((40, None), (30, 2)), **facts) == (30, 1)
    assert status("CGVHD", gvhd=gvhd(chronic=[{"day": 150}]), **facts) == (150, 1)
    assert status("CGVHD_MODERATE", gvhd=gvhd(chronic=[{"day": 150}]), **facts) == reason
    limited = [{"day": 150, "extensive": False, "systemic_therapy": False}]
    assert status("CRFS", gvhd=gvhd(chronic=limited), **facts) == (400, 0)
    extensive = [{"day": 150, "extensive": True, "systemic_therapy": False}]
    for endpoint in ("CRFS", "GRFS_REFINED"):
        assert status(endpoint, gvhd=gvhd(chronic=extensive), **facts) == (150, 1)
    assert status("GRFS", gvhd=gvhd(chronic=extensive), **facts) == (400, 0)
    none = [{"day": 150, "severity": "none", "systemic_therapy": True}]
    assert status("GRFS", gvhd=gvhd(chronic=none), **facts) == (400, 0)


@pytest.mark.parametrize(
    ("severity", "any_", "moderate", "severe"),
    [("mild", 1, 0, 0), ("moderate", 1, 1, 0), ("severe", 1, 1, 1), ("none", 0, 0, 0)],
)
def test_the_severity_of_chronic_gvhd(severity, any_, moderate, severe):
    course = gvhd(chronic=[{"day": 150, "severity": severity, "systemic_therapy": False}])
    facts = {"responses": CR, "last_contact_day": 400, "gvhd": course}
    for endpoint, wanted in (("CGVHD", any_), ("CGVHD_MODERATE", moderate), ("CRFS", moderate),
                             ("GRFS_REFINED", severe)):  # fmt: skip
        assert status(endpoint, **facts) == ((150, 1) if wanted else (400, 0)), endpoint


@pytest.mark.parametrize(
    ("kept", "facts", "options", "wanted"),
    [
        ({"present": False}, {}, {}, "never had B-cell aplasia"),
        ({}, {}, {}, "not evaluable: B-cell aplasia not recorded"),
        ({"present": True, "last_day": 300}, {}, {}, (300, 0)),
        ({"present": True}, {}, {}, (0.5, 0)),
        ({"present": True, "lost_day": 200, "last_day": 150}, {"relapse_day": 200}, {}, (200, 1)),
        ({"present": True, "last_day": 150}, {"death_day": 200}, {}, (200, 2)),
        ({"present": True, "last_day": 150}, {"death_day": 200},
         {"loss_competing": frozenset()}, (150, 0)),
        ({"present": True, "last_day": 250}, {"relapse_day": 200},
         {"loss_competing": frozenset({"death"})}, (200, 0)),
        ({"present": True, "lost_day": 350, "last_day": 250}, {"cutoff_day": 300}, {}, (250, 0)),
    ],
)  # fmt: skip
def test_b_cell_aplasia(kept, facts, options, wanted):
    facts = {"responses": CR, "last_contact_day": 400, **facts}
    assert status("BCA", options=options, b_cell_aplasia=Maintained(**kept), **facts) == wanted


def test_the_cells_of_the_product_concern_all_infused():
    kept = Maintained(present=True, last_day=60)
    assert status("CAR_T", car_t=kept, last_contact_day=400) == (60, 0)
    assert status("BCA", b_cell_aplasia=kept, last_contact_day=400).startswith("not evaluable")
    later = LaterTherapy(transplant_day=90)
    assert status("CAR_T", car_t=kept, later=later, last_contact_day=400) == (90, 2)


def test_the_onset_of_toxicity():
    graded = ((2, 1), (4, 3), (29, 4))
    assert status("CRS", crs=graded, last_contact_day=400) == (2, 1)
    assert status("CRS", options={"least_grade": 3}, crs=graded, last_contact_day=400) == (4, 1)
    assert status("CRS", options={"least_grade": 4}, crs=graded, last_contact_day=400) == (28, 0)
    assert status("ICANS", icans=(), death_day=5) == (5, 2)
    assert status("ICANS", icans=((3, None),), last_contact_day=40) == (3, 1)
    assert status("CRS", crs=((0, 1),), last_contact_day=40) == (0.5, 1)


def test_recovery_of_counts():
    facts = {"last_contact_day": 60}
    assert status("NEUTROPHILS", neutrophils=Recovery(day=12), **facts) == (12, 1)
    assert status("PLATELETS", platelets=Recovery(), **facts) == (60, 0)
    assert status("PLATELETS", platelets=Recovery(), death_day=9) == (9, 2)
    never = status("NEUTROPHILS", neutrophils=Recovery(never_low=True), **facts)
    assert never == "neutrophils never below the limit"


def test_all_infused_have_failure_as_relapse():
    options = {"patients": "infused"}
    failed = {"responses": ((28, "NR"),), "last_contact_day": 400}
    assert status("RI", options=options, **failed) == (28, 1)
    assert status("NRM", options=options, **failed) == (28, 2)
    assert status("NRM", options=options, death_day=14) == (14, 1)
    assert status("RI", options=options, last_contact_day=400) == (400, 0)
    undated = status("RI", options=options, best_response="NR", last_contact_day=400)
    assert undated == "not evaluable: day of the response assessment missing"


def test_open_assessments_leave_the_population_open():
    course = PatientCourse(unsure=((28, "CR", "NR"),), relapse_day=120, last_contact_day=400)
    found = classify_endpoint_bounds(course, "LFS")
    assert (found.status, found.in_population) == (Status.INDETERMINATE, None)
    assert (found.worst.days, found.best.days) == (120, 120)
    assert classify_endpoint(course, "LFS").reason.startswith("not evaluable")
    found = classify_endpoint_bounds(course, "EFS")
    assert [(one.days, one.status) for one in (found.worst, found.best)] == [(28, 1), (120, 1)]
    sure = PatientCourse(unsure=((28, "CR", "CRi"),), relapse_day=120)
    assert classify_endpoint_bounds(sure, "LFS").value.days == 120


def test_a_relapse_that_cannot_be_excluded():
    course = PatientCourse(responses=CR, possible_relapse_day=60, last_contact_day=400)
    found = classify_endpoint_bounds(course, "RI")
    assert [(one.days, one.status) for one in (found.worst, found.best)] == [(60, 1), (400, 0)]
    assert classify_endpoint_bounds(course, "OS").value.days == 400


def test_who_is_outside_in_any_case():
    found = classify_endpoint_bounds(PatientCourse(responses=((28, "NR"),), death_day=90), "LFS")
    assert (found.status, found.value.reason) == (Status.NOT_APPLICABLE, "not a responder")
    found = classify_endpoint_bounds(PatientCourse(cutoff_day=-1), "OS")
    assert found.value.reason == "day 0 is after the data cutoff"


def test_rows_of_a_transplant_at_the_edges():
    def rows(transplant, **facts):
        further = FurtherCourse(later=LaterTherapy(transplant_day=transplant))
        course = PatientCourse(responses=CR, further=further, **facts)
        endpoint = "DOR" if facts.get("relapse_day") else "OS"
        found = classify_intervals(course, endpoint).rows
        return [(row.start, row.stop, row.state, row.status) for row in found]

    assert rows(100, death_day=100) == [(0, 100, 0, 1)]
    assert rows(99, death_day=100) == [(0, 99, 0, 0), (99, 100, 1, 1)]
    assert rows(20, relapse_day=128) == [(0, 100, 1, 1)]
    assert rows(28, relapse_day=128) == [(0, 100, 1, 1)]
    assert rows(29, relapse_day=128) == [(0, 1, 0, 0), (1, 100, 1, 1)]
    assert rows(350, last_contact_day=400, cutoff_day=300) == [(0, 300, 0, 0)]


@pytest.mark.parametrize(
    "options",
    [{"patients": "all"}, {"start": "diagnosis"}, {"transplant": "time_dependent"},
     {"follow_up": "never"}, {"death_in_remission": "event"},
     {"patients": "infused", "start": "response"}, {"gvhd_competing": frozenset({"relapse"})},
     {"gvhd_competing": frozenset({"death", "flu"})}, {"loss_competing": frozenset({"flu"})},
     {"least_grade": 0}, {"least_grade": 6}, {"gvhd_until": 0}, {"toxicity_until": -1}],
)  # fmt: skip
def test_options_that_are_none_are_refused(options):
    with pytest.raises(ArgumentError):
        EndpointOptions(**options)


def test_days_and_words_that_cannot_be_are_refused():
    for later in (LaterTherapy(transplant_day=0), LaterTherapy(transplant_reason="other")):
        with pytest.raises(ArgumentError):
            status("OS", later=later, death_day=90)
    with pytest.raises(ArgumentError, match="day 0"):
        status("OS", mrd_relapse_day=-1, death_day=90)
    censored = EndpointOptions(transplant="censor")
    with pytest.raises(ArgumentError, match="ignore"):
        classify_intervals(PatientCourse(death_day=9), "OS", options=censored)


def test_the_cause_is_named():
    course = PatientCourse(responses=CR, relapse_day=90, death_day=90)
    assert classify_endpoint(course, "LFS").cause == "relapse"
    assert classify_endpoint(course, "OS").cause == "death"
    assert classify_endpoint(PatientCourse(last_contact_day=9), "OS").cause is None
    failed = PatientCourse(responses=((28, "NR"),), last_contact_day=90)
    assert classify_endpoint(failed, "EFS").cause == "failure"
