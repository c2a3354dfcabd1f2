"""Response and relapse: worse findings are never better, unknown is bounded, order is none."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.all_response import DiseaseFindings, ResponseRules, classify_response
from autallo.clinical.disease_course import Assessment, classify_disease_course
from autallo.clinical.grading import Status
from autallo.clinical.mrd import MRD_METHODS, MrdSample, classify_mrd
from autallo.clinical.relapse import RELAPSE_RULES, RelapseEvidence, classify_relapse
from autallo.clinical.response import RESPONSES

LAW = settings(max_examples=100, deadline=None)
BLASTS = st.sampled_from([0, 0.9, 1, 4.9]) | st.sampled_from([5, 12, 24.9, 25, 25.1, 40, 80, 100])
ANC = st.sampled_from([0, 0.5, 0.6, 0.9, 1.0, 1.1, 5])
PLATELETS = st.sampled_from([0, 50, 51, 99, 100, 101, 300])
SITES = st.sampled_from(["none", "present"])
POSITIVE = st.builds(
    MrdSample, method=st.sampled_from(MRD_METHODS), result=st.just("positive"),
    value_pct=st.sampled_from([0.005, 0.01, 0.5, 1, 3]),
)  # fmt: skip
NEGATIVE = st.builds(
    MrdSample, method=st.sampled_from(MRD_METHODS), result=st.just("negative"),
    lod_pct=st.sampled_from([0.001, 0.01, 0.1, None]),
)  # fmt: skip
BLANK = st.builds(MrdSample, method=st.sampled_from(MRD_METHODS))
MRD = st.lists(POSITIVE | NEGATIVE | BLANK, max_size=3).map(tuple)
COMPLETE = st.fixed_dictionaries(
    {
        "bm_blast_pct": BLASTS,
        "bm_cellularity_ok": st.booleans(),
        "pb_blasts": st.booleans(),
        "anc_1e9_l": ANC,
        "platelets_1e9_l": PLATELETS,
        "emd_status": SITES,
        "cns_status": st.sampled_from([None, 1, 2]),
        "mrd": MRD,
        "baseline_bm_blast_pct": BLASTS,
    }
)
FIELDS = ("bm_blast_pct", "pb_blasts", "anc_1e9_l", "platelets_1e9_l", "emd_status",
          "baseline_bm_blast_pct")  # fmt: skip
HIDDEN = st.tuples(*(st.booleans() for _ in FIELDS)).map(
    lambda hides: {field for field, hide in zip(FIELDS, hides, strict=True) if hide}
)
RULES = st.builds(
    ResponseRules,
    use_crh=st.booleans(),
    eln_strict=st.booleans(),
    eln_mrd1=st.booleans(),
    allow_pb_surrogate=st.booleans(),
)
SHOWN = ("due_to_regeneration", "confirmed", "other_tests_1pct")
EVIDENCE = st.fixed_dictionaries(
    {
        "due_to_regeneration": st.booleans(),
        "confirmed": st.booleans(),
        "other_tests_1pct": st.integers(0, 3),
    }
)


def findings_of(known, hidden=()):
    return DiseaseFindings(**{k: v for k, v in known.items() if k not in hidden})


@LAW
@given(COMPLETE, HIDDEN, RULES)
def test_the_bounds_hold_the_category_of_every_completion(known, hidden, rules):
    if rules.allow_pb_surrogate and "bm_blast_pct" in hidden:
        rules = replace(rules, allow_pb_surrogate=False)
    whole = classify_response(findings_of(known), rules=rules)
    part = classify_response(findings_of(known, hidden), rules=rules)
    if whole.grade.status is not Status.OK:
        return  # an amount of residual disease that is not known decides
    assert part.grade.low <= whole.grade.value <= part.grade.high
    assert RESPONSES.index(part.best) <= RESPONSES.index(part.worst)
    if part.responder is not None:
        assert part.responder is whole.responder
    if part.mrd_negative is not None:
        assert part.mrd_negative is whole.mrd_negative
    if not hidden:
        assert part == whole


@LAW
@given(COMPLETE, HIDDEN)
def test_what_is_missing_would_change_the_answer(known, hidden):
    found = classify_response(findings_of(known, hidden))
    assert set(found.grade.missing) <= hidden | {"mrd_value_pct"}
    assert (found.grade.status is Status.OK) == (not found.grade.missing)
    assert (found.category is None) == (found.grade.status is Status.INDETERMINATE)


WORSE = {
    "bm_blast_pct": lambda v: max(v, 30),
    "pb_blasts": lambda _: True,
    "emd_status": lambda _: "present",
    "cns_status": lambda _: 3,
    "anc_1e9_l": lambda v: v / 2,
    "platelets_1e9_l": lambda v: v / 2,
    "bm_cellularity_ok": lambda _: False,
    "baseline_bm_blast_pct": lambda v: v / 2,
}


@LAW
@given(COMPLETE, st.sampled_from(sorted(WORSE)), RULES)
def test_a_worse_finding_is_never_a_better_response(known, name, rules):
    before = classify_response(findings_of(known), rules=rules)
    after = classify_response(findings_of({**known, name: WORSE[name](known[name])}), rules=rules)
    assert after.grade.low >= before.grade.low
    assert after.grade.high >= before.grade.high


@LAW
@given(
    COMPLETE,
    HIDDEN,
    EVIDENCE,
    st.sets(st.sampled_from(SHOWN)),
    st.sampled_from(RELAPSE_RULES),
)
def test_the_bounds_hold_the_relapse_of_every_completion(known, hidden, evidence, kept, rule):
    whole = classify_relapse(findings_of(known), RelapseEvidence(**evidence), rule=rule)
    less = RelapseEvidence(**{k: v for k, v in evidence.items() if k not in kept})
    part = classify_relapse(findings_of(known, hidden), less, rule=rule)
    assert whole.value is not None
    if "LEUKAEMIC_ASSUMED" in part.grade.flags:
        return  # 25 % or more, and nobody said that it was regeneration
    assert part.grade.low <= whole.grade.value <= part.grade.high


@LAW
@given(
    COMPLETE,
    EVIDENCE,
    st.sampled_from(["bm_blast_pct", "pb_blasts", "emd_status"]),
    st.sampled_from(RELAPSE_RULES),
)
def test_a_worse_finding_never_undoes_a_relapse(known, evidence, name, rule):
    shown = RelapseEvidence(**evidence)
    before = classify_relapse(findings_of(known), shown, rule=rule)
    worse = findings_of({**known, name: WORSE[name](known[name])})
    assert classify_relapse(worse, shown, rule=rule).grade.low >= before.grade.low


@LAW
@given(st.sampled_from([0.0001, 0.001, 0.01, 0.02, 0.1, 1]))
def test_a_negative_test_without_its_limit_is_bounded_by_any_limit(limit):
    known = classify_mrd([MrdSample(method="flow", result="negative", lod_pct=limit)])
    unknown = classify_mrd([MrdSample(method="flow", result="negative")])
    assert unknown.negative is None
    assert unknown.missing == ("mrd_lod_pct",)
    assert (known.negative is True) == (limit <= 0.01)


@LAW
@given(MRD, st.randoms(use_true_random=False))
def test_the_order_of_tests_is_none(samples, random):
    other = list(samples)
    random.shuffle(other)
    assert classify_mrd(other) == classify_mrd(samples)


ASSESSMENTS = st.lists(st.tuples(st.integers(-5, 200), COMPLETE, HIDDEN, EVIDENCE), max_size=6).map(
    lambda rows: [
        Assessment(day=day, findings=findings_of(known, hidden), evidence=RelapseEvidence(**shown))
        for day, known, hidden, shown in rows
    ]
)


@LAW
@given(ASSESSMENTS, st.randoms(use_true_random=False), st.sampled_from([True, False, None]))
def test_the_order_of_assessments_is_none(assessments, random, in_remission):
    other = list(assessments)
    random.shuffle(other)
    first, second = (
        classify_disease_course(listed, in_remission_at_infusion=in_remission)
        for listed in (assessments, other)
    )
    assert first == second


@LAW
@given(ASSESSMENTS)
def test_a_course_does_not_contradict_itself(assessments):
    course = classify_disease_course(assessments)
    if course.relapse_day is not None:
        assert course.remission_day < course.relapse_day
        assert course.possible_relapse_day <= course.relapse_day
        assert course.relapse_sites
    if course.mrd_relapse_day is not None:
        assert course.mrd_negative_day < course.mrd_relapse_day
        assert course.relapse_day is None or course.mrd_relapse_day < course.relapse_day
    if course.mrd_negative:
        assert course.best_possible in ("CR", "CRh", "CRi")
    order = [RESPONSES.index(one) for one in (course.best_possible, course.best_at_least)]
    assert order[0] <= order[1]
    assert order[0] <= RESPONSES.index(course.best.category)


@LAW
@given(ASSESSMENTS)
def test_one_sample_is_enough_no_later_than_two(assessments):
    strict = classify_disease_course(assessments)
    loose = classify_disease_course(assessments, confirm_mrd=False)
    if strict.mrd_relapse_day is not None:
        assert loose.mrd_relapse_day <= strict.mrd_relapse_day
    assert strict.possible_mrd_relapse_day is None or loose.mrd_relapse_day is not None


DAYS = st.lists(st.sampled_from([1, 3, 6, 7, 8, 30]), min_size=1, max_size=6)


@LAW
@given(DAYS, st.lists(st.sampled_from(["free", "blasts", "low", "high"]), min_size=6, max_size=6))
def test_a_course_is_the_same_by_another_way(gaps, kinds):
    """Remission, relapse and residual disease found by plain search over the assessments."""
    days = [sum(gaps[: place + 1]) for place in range(len(gaps))]
    negative = MrdSample(method="flow", result="negative", lod_pct=0.01)
    values = {"low": 0.001, "high": 0.5}
    rows = list(zip(days, kinds, strict=False))
    course = classify_disease_course(
        Assessment(
            day=day,
            findings=DiseaseFindings(
                bm_blast_pct=60 if kind == "blasts" else 1,
                pb_blasts=False,
                emd_status="none",
                mrd=(
                    MrdSample(method="flow", result="positive", value_pct=values[kind])
                    if kind in values
                    else negative,
                )
                if kind != "blasts"
                else None,
            ),
        )
        for day, kind in rows
    )
    remissions = [day for day, kind in rows if kind != "blasts"]
    relapses = [
        day for day, kind in rows if kind == "blasts" and min(remissions, default=999) < day
    ]
    assert course.relapse_day == min(relapses, default=None)
    end = min(relapses, default=10_000)
    clear = min((day for day, kind in rows if kind == "free"), default=10_000)
    samples = [(d, k) for d, k in rows if clear < d < end and k != "blasts"]
    wanted = None
    for day, kind in samples:
        again = next((k for d, k in samples if d >= day + 7), None)
        if kind == "high" and (again == "high" or (again is None and relapses)):
            wanted = day
            break
    assert course.mrd_relapse_day == wanted


@LAW
@given(st.sampled_from(["marrow", "blood"]), st.integers(0, 60))
def test_a_relapse_comes_after_the_remission(site, day):
    blasts = {"bm_blast_pct": 80} if site == "marrow" else {"pb_blasts": True}
    known = {"bm_blast_pct": 1, "pb_blasts": False, "emd_status": "none"}
    course = classify_disease_course(
        [
            Assessment(day=28, findings=DiseaseFindings(**known)),
            Assessment(day=day, findings=DiseaseFindings(**{**known, **blasts})),
        ]
    )
    assert course.relapse_day == (day if day > 28 else None)
