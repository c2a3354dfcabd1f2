"""What may not matter to a cohort: the order of rows, the ids, the calendar, other outcomes."""

from datetime import date, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.endpoints import PatientCourse, classify_endpoint
from autallo.derive.cohort import derive_cohort
from unit.derive.build import make_protocol, make_table, make_tables

START = date(2015, 1, 1)
DAYS = st.integers(1, 500)
MAYBE = st.none() | DAYS
RESPONSES = st.sampled_from(["CR", "CRh", "CRi", "MLFS", "PR", "NR", "NE"])
OUTCOMES = {
    **{name: {"kind": "time_to_event", "endpoint": name} for name in ("OS", "EFS", "LFS")},
    **{name: {"kind": "competing_risks", "endpoint": name} for name in ("RI", "NRM")},
    "cr": {"kind": "binary", "from": "best_response", "is": ("CR", "CRi")},
    "early": {"kind": "binary", "from": "early_relapse"},
    "peak": {"kind": "continuous", "from": "car_t_cmax"},
    "source": {"kind": "categorical", "from": "product_source"},
    "age": {"kind": "continuous", "from": "age_years"},
}
LAW = settings(max_examples=40, deadline=None)

PATIENT = st.fixed_dictionaries(
    {
        "disease": st.sampled_from(["ALL", "AML", None]),
        "infusion": st.none() | DAYS,
        "born": st.integers(-20_000, 0),
        "source": st.sampled_from(["recipient", "hct_donor", "universal", None]),
        "hct": st.none() | st.integers(-900, 900),
        "cd3": st.none() | st.floats(0, 100),
        "responses": st.lists(st.tuples(st.integers(-10, 90), RESPONSES), max_size=4),
        "copies": st.lists(st.tuples(st.integers(-2, 40), st.integers(0, 9)), max_size=4),
        "relapse": MAYBE,
        "death": MAYBE,
        "last": MAYBE,
    }
)
STUDY = st.lists(PATIENT, min_size=1, max_size=7)


def tables_of(patients, *, shift=0, rename=str, order=None):
    """The records of some patients, all dates later by `shift`, rows in `order`."""
    rows = {name: [] for name in ("patients", "infusions", "transplants", "chimerism",
                                  "responses", "kinetics", "events")}  # fmt: skip

    def at(day):
        return START + timedelta(days=day + shift)

    def put(table, who, **row):
        rows[table].append({"patient_id": rename(f"{who:03}"), **row})

    # The last two are always in the population, so that no arm is ever empty.
    always = {"disease": "ALL", "infusion": 5, "born": -9000, "source": "recipient", "hct": None,
              "cd3": None, "responses": [(28, "CR")], "copies": [], "relapse": None,
              "death": None, "last": 300}  # fmt: skip
    for who, one in enumerate([*patients, always, always]):
        put("patients", who, arm="AB"[who % 2], disease=one["disease"], birth_date=at(one["born"]))
        if one["hct"] is not None:
            put("transplants", who, transplant_date=at(one["hct"]), transplant_type="allogeneic")
        if one["infusion"] is None:
            continue
        zero = one["infusion"]
        put("infusions", who, infusion_date=at(zero), cell_source=one["source"],
            collection_date=at(zero - 40))  # fmt: skip
        if one["cd3"] is not None:
            put("chimerism", who, sample_date=at(zero - 42), cell_fraction="CD3",
                donor_pct=one["cd3"])  # fmt: skip
        for day, response in one["responses"]:
            put("responses", who, assessment_date=at(zero + day), response=response)
        for day, copies in one["copies"]:
            put("kinetics", who, sample_date=at(zero + day), copies=float(copies))
        for what in ("relapse", "death", "last"):
            if one[what] is not None:
                name = "last_contact" if what == "last" else what
                put("events", who, event_date=at(zero + one[what]), event=name)
    if order is not None:
        for listed in rows.values():
            order.shuffle(listed)
    empty = {"transplants": {"transplant_date": None, "transplant_type": None},
             "chimerism": {"sample_date": None, "cell_fraction": None, "donor_pct": None},
             "kinetics": {"sample_date": None, "copies": None}}  # fmt: skip
    for name, row in empty.items():
        rows[name].append({"patient_id": "nobody", **row})
    return make_tables(**{name: make_table(name, listed) for name, listed in rows.items()})


def cohort_of(patients, *, cutoff=600, outcomes=OUTCOMES, shift=0, **more):
    study = make_protocol(
        levels=("A", "B"),
        include="disease == 'ALL'",
        cutoff=START + timedelta(days=cutoff + shift),
        outcomes=outcomes,
    )
    return derive_cohort(tables_of(patients, shift=shift, **more), study)


def content(cohort, *, without=("patient_id",)):
    """Everything of a cohort that can be compared, rows in the order of the patients."""
    outcomes = {}
    for name, found in cohort.outcomes.items():
        numbers = found.values if hasattr(found, "values") else found.days
        codes = found.cause.tolist() if hasattr(found, "cause") else found.categories
        outcomes[name] = (numbers.tolist(), codes, found.left_out)
    frame = cohort.frame.drop(without)
    return frame.to_dicts(), outcomes, cohort.flow, [one.found for one in cohort.findings]


@LAW
@given(STUDY, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(patients, order):
    assert content(cohort_of(patients)) == content(cohort_of(patients, order=order))


@LAW
@given(STUDY)
def test_other_ids_change_nothing_but_the_ids(patients):
    mirrored = cohort_of(patients, rename=lambda name: f"x{999 - int(name):03}")
    plain = cohort_of(patients)
    names = [f"x{999 - int(name):03}" for name in plain.frame["patient_id"]]
    assert mirrored.frame["patient_id"].to_list() == names[::-1]
    frame, outcomes, flow, found = content(mirrored)
    turned = {
        name: (numbers[::-1], codes[::-1] if isinstance(codes, list) else codes,
               left_out[::-1])
        for name, (numbers, codes, left_out) in outcomes.items()
    }  # fmt: skip
    assert (frame[::-1], turned, flow, found) == content(plain)


@LAW
@given(STUDY, st.integers(-3000, 3000))
def test_another_calendar_changes_nothing_but_the_dates(patients, shift):
    plain, moved = cohort_of(patients), cohort_of(patients, shift=shift)
    dates = [name for name, kind in plain.frame.schema.items() if kind == pl.Date]
    without = ("patient_id", *dates)
    assert content(plain, without=without) == content(moved, without=without)


@LAW
@given(STUDY, st.sampled_from(sorted(OUTCOMES)))
def test_an_outcome_does_not_touch_the_others(patients, name):
    fewer = {other: outcome for other, outcome in OUTCOMES.items() if other != name}
    frame, outcomes, flow, _ = content(cohort_of(patients))
    del outcomes[name]
    assert (frame, outcomes, flow) == content(cohort_of(patients, outcomes=fewer))[:3]


@LAW
@given(STUDY, st.integers(5, 600))
def test_every_patient_is_analysed_or_counted(patients, cutoff):
    cohort = cohort_of(patients, cutoff=cutoff)
    excluded = sum(count for step in cohort.flow for _, count in step.excluded)
    assert cohort.frame.height + excluded == len(patients) + 2
    kept = [step.remaining for step in cohort.flow]
    assert kept == sorted(kept, reverse=True)
    assert sum(count for _, count in cohort.flow[-1].by_group) == cohort.frame.height


COURSE = st.builds(
    PatientCourse,
    responses=st.lists(st.tuples(st.integers(-5, 90), RESPONSES), max_size=4).map(tuple),
    relapse_day=MAYBE,
    death_day=MAYBE,
    last_contact_day=MAYBE,
    cutoff_day=MAYBE,
)


@given(COURSE)
def test_the_endpoints_of_one_patient_agree(course):
    names = ("OS", "EFS", "LFS", "RI", "NRM")
    found = {name: classify_endpoint(course, name) for name in names}
    overall, lfs, relapse, death = (found[name] for name in ("OS", "LFS", "RI", "NRM"))
    assert lfs.in_population == relapse.in_population == death.in_population
    assert found["EFS"].in_population == overall.in_population
    for one in found.values():
        assert one.in_population == (one.reason is None) == (one.days is not None)
        if one.in_population:
            assert 0 < one.days <= (course.cutoff_day or 1000)
            assert one.days <= overall.days
    if lfs.in_population:
        assert lfs.days == relapse.days == death.days == found["EFS"].days
        assert lfs.status == found["EFS"].status == (relapse.status > 0)
        assert {(0, 0), (1, 2), (2, 1)} >= {(relapse.status, death.status)}
