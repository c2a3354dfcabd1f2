"""Endpoints: parts add up, policies only shorten, unknown is bounded, later data are not used."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.endpoint_rules import ENDPOINTS
from autallo.clinical.endpoints import (
    EndpointOptions,
    PatientCourse,
    classify_endpoint,
    classify_endpoint_bounds,
    classify_intervals,
    convert_to_cutoff,
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

LAW = settings(max_examples=100, deadline=None)
DAY = st.integers(0, 300)
LATER_DAY = st.none() | st.integers(1, 300)
CATEGORY = st.sampled_from(["CR", "CRi", "PR", "NR", "NE"])
REASON = st.sampled_from(["consolidation", "mrd", "b_cell_recovery", "relapse"])
GRADED = st.lists(st.tuples(DAY, st.integers(0, 4)), max_size=3).map(tuple)
CHRONIC = st.lists(
    st.builds(
        ChronicGvhd,
        day=DAY,
        severity=st.sampled_from(["none", "mild", "moderate", "severe"]),
        systemic_therapy=st.booleans(),
    ),
    max_size=3,
).map(tuple)
LATER = st.builds(
    LaterTherapy,
    transplant_day=LATER_DAY,
    transplant_reason=REASON,
    cell_therapy_day=LATER_DAY,
    lymphocytes_day=LATER_DAY,
    other_day=LATER_DAY,
)
KEPT = st.builds(
    Maintained, present=st.sampled_from([True, False, None]), lost_day=LATER_DAY, last_day=LATER_DAY
)
FURTHER = st.builds(
    FurtherCourse,
    later=LATER,
    gvhd=st.builds(GvhdCourse, acute=GRADED, chronic=CHRONIC),
    b_cell_aplasia=KEPT,
    car_t=KEPT,
    crs=GRADED,
    icans=GRADED,
    neutrophils=st.builds(Recovery, day=LATER_DAY, never_low=st.just(False)),
    platelets=st.builds(Recovery, day=st.none(), never_low=st.booleans()),
)
COURSE = st.builds(
    PatientCourse,
    responses=st.lists(st.tuples(st.integers(-3, 60), CATEGORY), max_size=4).map(tuple),
    relapse_day=st.none() | DAY,
    death_day=st.none() | DAY,
    last_contact_day=st.none() | DAY,
    cutoff_day=st.none() | st.integers(0, 300),
    mrd_relapse_day=st.none() | DAY,
    leukaemia_death=st.booleans(),
    further=FURTHER,
)
POLICY = st.sampled_from(["ignore", "censor", "compete"])
ANY = st.sampled_from(ENDPOINTS)
OPTIONS = st.builds(
    EndpointOptions,
    transplant=POLICY,
    with_cell_therapy=st.booleans(),
    follow_up=st.sampled_from(["last_contact", "last_assessment"]),
    mrd_relapse=st.booleans(),
)


@LAW
@given(COURSE, OPTIONS, st.sampled_from(["responders", "infused"]))
def test_relapse_and_death_without_it_make_up_leukaemia_free_survival(course, options, patients):
    options = replace(options, patients=patients)
    whole = classify_endpoint(course, "LFS" if patients == "responders" else "EFS", options=options)
    relapse, death = (classify_endpoint(course, e, options=options) for e in ("RI", "NRM"))
    assert whole.in_population == relapse.in_population == death.in_population
    assert whole.days == relapse.days == death.days
    assert (relapse.status, death.status) in {(0, 0), (1, 2), (2, 1), (2, 2)}
    if whole.cause != "any_transplant" and whole.in_population:
        assert (whole.status == 1) == (relapse.status != 0)
        assert (relapse.status == 1) == (whole.cause in ("relapse", "failure"))


NARROWER = (
    ("EFS_STRICT", "EFS"), ("EFS", "OS"), ("GRFS", "EFS"), ("GRFS_REFINED", "EFS"),
    ("CRFS", "EFS"), ("AGVHD_2_4", "AGVHD_3_4"), ("CGVHD", "CGVHD_MODERATE"),
)  # fmt: skip


@LAW
@given(COURSE, OPTIONS, st.sampled_from(NARROWER))
def test_an_endpoint_with_more_events_never_comes_later(course, options, pair):
    options = replace(options, follow_up="last_contact")
    more, fewer = (classify_endpoint(course, name, options=options) for name in pair)
    assert more.in_population == fewer.in_population
    if more.in_population:
        assert more.days <= fewer.days


@LAW
@given(COURSE, ANY)
def test_a_transplant_that_ends_follow_up_only_shortens_it(course, endpoint):
    free, censored, competing = (
        classify_endpoint(course, endpoint, options=EndpointOptions(transplant=policy))
        for policy in ("ignore", "censor", "compete")
    )
    assert free.in_population == censored.in_population == competing.in_population
    if not free.in_population:
        return
    assert censored.days == competing.days <= free.days
    assert censored.status in (0, free.status)
    if censored.days < free.days:
        assert (censored.status, competing.status) == (0, 2)
        assert censored.cause == competing.cause == "any_transplant"


@LAW
@given(COURSE, ANY, st.booleans())
def test_the_rows_in_time_are_the_same_time(course, endpoint, cells):
    options = EndpointOptions(with_cell_therapy=cells)
    whole = classify_endpoint(course, endpoint, options=options)
    found = classify_intervals(course, endpoint, options=options)
    assert found.in_population == whole.in_population
    assert found.reason == whole.reason
    if not found.rows:
        return
    assert [row.start for row in found.rows] == [0.0, *(row.stop for row in found.rows[:-1])]
    assert (found.rows[-1].stop, found.rows[-1].status) == (whole.days, whole.status)
    assert all(row.start < row.stop for row in found.rows)
    assert [row.state for row in found.rows] in ([0], [1], [0, 1])
    assert all(row.status == 0 for row in found.rows[:-1])


@LAW
@given(COURSE, ANY, OPTIONS)
def test_a_course_without_open_facts_has_one_answer(course, endpoint, options):
    found = classify_endpoint_bounds(course, endpoint, options=options)
    plain = classify_endpoint(course, endpoint, options=options)
    assert found.status is (Status.OK if plain.in_population else Status.NOT_APPLICABLE)
    assert found.value == plain


@LAW
@given(COURSE, OPTIONS, ANY, st.data())
def test_the_bounds_hold_every_completion(course, options, endpoint, data):
    unsure = data.draw(st.lists(st.tuples(st.integers(0, 50), CATEGORY, CATEGORY), max_size=3))
    order = ["CR", "CRi", "PR", "NR", "NE"]
    pairs = [(day, *sorted(two, key=order.index)) for day, *two in unsure if "NE" not in two]
    truth = tuple(
        (day, data.draw(st.sampled_from(order[order.index(a) : order.index(b) + 1])))
        for day, a, b in pairs
    )
    complete = replace(course, responses=(*course.responses, *truth))
    gvhd, later = course.further.gvhd, course.further.later
    hide = data.draw(st.booleans())
    opened = replace(
        course,
        unsure=tuple(pairs),
        leukaemia_death=None if hide else course.leukaemia_death,
        further=replace(
            course.further,
            gvhd=GvhdCourse(
                acute=tuple((d, None if g and data.draw(st.booleans()) else g)
                            for d, g in gvhd.acute),
                chronic=tuple(
                    replace(one, severity=one.severity if one.severity == "none" else None,
                            systemic_therapy=None)
                    if hide else one for one in gvhd.chronic
                ),
            ),
            later=replace(later, transplant_reason=None) if hide else later,
        ),
    )  # fmt: skip
    bounds = classify_endpoint_bounds(opened, endpoint, options=options)
    found = classify_endpoint(complete, endpoint, options=options)
    if not found.in_population:
        assert bounds.in_population is not True
        return
    assert bounds.in_population is not False
    assert bounds.worst.days <= found.days <= bounds.best.days
    if bounds.value is not None:
        assert (found.days, found.status) == (bounds.value.days, bounds.value.status)


@LAW
@given(COURSE, ANY, OPTIONS, st.integers(1, 400))
def test_what_comes_after_the_cutoff_changes_nothing(course, endpoint, options, later):
    closing = 150
    closed = replace(course, cutoff_day=closing)
    known = convert_to_cutoff(closed)
    assert convert_to_cutoff(known) == known
    found = classify_endpoint(closed, endpoint, options=options)
    assert found == classify_endpoint(known, endpoint, options=options)
    if course.death_day is not None and course.death_day > closing:
        moved = replace(closed, death_day=closing + later)
        assert classify_endpoint(moved, endpoint, options=options) == found
    if found.in_population:
        assert 0 < found.days <= closing


@LAW
@given(COURSE, ANY, OPTIONS, st.randoms(use_true_random=False))
def test_the_order_of_records_is_none(course, endpoint, options, random):
    def shuffled(records):
        listed = list(records)
        random.shuffle(listed)
        return tuple(listed)

    gvhd = course.further.gvhd
    other = replace(
        course,
        responses=shuffled(course.responses),
        further=replace(
            course.further,
            gvhd=GvhdCourse(acute=shuffled(gvhd.acute), chronic=shuffled(gvhd.chronic)),
            crs=shuffled(course.further.crs),
        ),
    )
    found = [classify_endpoint(one, endpoint, options=options) for one in (course, other)]
    assert found[0] == found[1]


@LAW
@given(
    st.lists(st.tuples(st.integers(1, 90), st.integers(1, 4)), min_size=1, max_size=3),
    st.sampled_from(["AGVHD_2_4", "AGVHD_3_4", "GRFS", "GRFS_REFINED"]),
    st.data(),
)
def test_a_grade_that_is_not_known_could_be_any(acute, endpoint, data):
    def course(graded):
        gvhd = GvhdCourse(acute=tuple(graded))
        further = FurtherCourse(later=LaterTherapy(), gvhd=gvhd)
        return PatientCourse(responses=((28, "CR"),), last_contact_day=100, further=further)

    hidden = data.draw(st.integers(0, len(acute) - 1))
    opened = [(day, None if at == hidden else grade) for at, (day, grade) in enumerate(acute)]
    possible = {
        (found.days, found.status)
        for grade in range(1, 5)
        for found in [
            classify_endpoint(course([(d, grade if g is None else g) for d, g in opened]), endpoint)
        ]
    }
    bounds = classify_endpoint_bounds(course(opened), endpoint)
    assert {(one.days, one.status) for one in (bounds.worst, bounds.best)} == possible
    plain = classify_endpoint(course(opened), endpoint)
    assert plain.in_population == (len(possible) == 1)
