"""What holds for every assessment of chronic disease: worse is never lower, bounds hold all."""

import itertools
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.chronic_gvhd import SeattleFindings, grade_nih_severity, grade_seattle
from autallo.clinical.chronic_gvhd_findings import ChronicFindings, ChronicOrgans, RecordedScores
from autallo.clinical.chronic_gvhd_organs import grade_chronic_organs
from autallo.clinical.chronic_gvhd_tables import CHRONIC_ORGANS
from autallo.clinical.grading import Grade, Status

SIGNS = (
    "dry_eye", "eye_plugs", "eye_limits_daily_life", "eye_special_eyewear", "eye_unable_to_work",
    "eye_visual_loss", "gut_symptoms", "gut_supplement", "oesophageal_dilation",
)  # fmt: skip
#: Values from the least to the most severe.
VALUES = {
    **{name: [False, True] for name in SIGNS},
    "skin_bsa_pct": [0.0, 1.0, 18.4, 18.5, 50.0, 51.0],
    "skin_sclerosis": ["none", "superficial", "deep"],
    "eye_drops_per_day": [0.0, 3.0, 4.0],
    "weight_loss_pct": [0.0, 4.9, 5.0, 15.0, 16.0],
    "diarrhoea": ["none", "mild", "moderate", "severe"],
    "bilirubin": [0.5, 1.2, 1.3, 3.0, 3.1, 60.0],
    "alt_times_uln": [1.0, 3.0, 5.1],
    "ap_times_uln": [1.0, 3.0],
    "fev1_pct": [90.0, 79.0, 59.0, 39.0],
    "lung_symptoms": [0, 1, 2, 3],
}
FINDINGS = st.builds(
    ChronicFindings,
    bilirubin_uln=st.sampled_from([None, 1.2]),
    bilirubin_unit=st.sampled_from([None, "mg/dL", "umol/L"]),
    **{name: st.sampled_from([None, *values]) for name, values in VALUES.items()},
)
SCORE = st.sampled_from([None, 0, 1, 2, 3])
RECORDED = st.builds(RecordedScores, mouth=SCORE, joints=SCORE, genital=SCORE)


def grades(findings, recorded):
    organs = grade_chronic_organs(findings, recorded=recorded)
    return {
        **{organ: getattr(organs, organ) for organ in CHRONIC_ORGANS},
        "severity": grade_nih_severity(organs),
    }


def bounds(grade):
    return (0, 3) if grade.low is None else (grade.low, grade.high)


@settings(max_examples=100)
@given(findings=FINDINGS, recorded=RECORDED, data=st.data())
def test_bounds_hold_the_score_of_every_completion(findings, recorded, data):
    chosen = {
        name: data.draw(st.sampled_from(values))
        for name, values in (*VALUES.items(), ("bilirubin_unit", ["mg/dL"]))
        if getattr(findings, name) is None
        and not (name == "fev1_pct" and findings.lung_symptoms is not None)
    }
    if findings.bilirubin_uln is None:
        chosen["bilirubin_uln"] = 1.2
    told = {
        organ: data.draw(st.integers(0, 3))
        for organ in ("mouth", "joints", "genital")
        if getattr(recorded, organ) is None
    }
    before = grades(findings, recorded)
    after = grades(replace(findings, **chosen), replace(recorded, **told))
    for name, grade in after.items():
        assert grade.status is not Status.INVALID
        assert bounds(before[name])[0] <= grade.value <= bounds(before[name])[1], name


@settings(max_examples=100)
@given(findings=FINDINGS, recorded=RECORDED, field=st.sampled_from(sorted(VALUES)), data=st.data())
def test_a_score_never_falls_when_a_finding_worsens(findings, recorded, field, data):
    values = VALUES[field]
    first, second = sorted(data.draw(st.tuples(*[st.integers(0, len(values) - 1)] * 2)))
    better = grades(replace(findings, **{field: values[first]}), recorded)
    worse = grades(replace(findings, **{field: values[second]}), recorded)
    for name, grade in better.items():
        assert bounds(grade)[0] <= bounds(worse[name])[0], name
        assert bounds(grade)[1] <= bounds(worse[name])[1], name


def severity_of(scores):
    """The printed rule, written out: a second way to the same answer."""
    lung = scores["lung"]
    others = [score for organ, score in scores.items() if organ != "lung"]
    if 3 in others or lung >= 2:
        return 3
    if 2 in others or lung == 1 or sum(score >= 1 for score in scores.values()) >= 3:
        return 2
    return 1 if any(others) else 0


@settings(max_examples=100)
@given(data=st.data())
def test_severity_bounds_and_what_is_missing_are_exact(data):
    spans = {organ: (score, score) for organ in CHRONIC_ORGANS for score in [0]}
    for organ in CHRONIC_ORGANS:
        spans[organ] = tuple(
            sorted(data.draw(st.tuples(*[st.sampled_from([0, 0, 0, 1, 2, 3])] * 2)))
        )
    wide = [organ for organ, (low, high) in spans.items() if low < high]
    for organ in wide[4:]:  # at most four open organs, so that all completions can be tried
        spans[organ] = (spans[organ][0],) * 2
    graded = {}
    for organ, (low, high) in spans.items():
        open_score = low < high
        graded[organ] = Grade(
            scale=organ,
            status=Status.INDETERMINATE if open_score else Status.OK,
            value=None if open_score else low,
            low=low,
            high=high,
            missing=(organ,) if open_score else (),
        )
    grade = grade_nih_severity(ChronicOrgans(**graded))
    completions = [
        dict(zip(spans, scores, strict=True))
        for scores in itertools.product(*(range(low, high + 1) for low, high in spans.values()))
    ]
    answers = [severity_of(scores) for scores in completions]
    assert (grade.low, grade.high) == (min(answers), max(answers))
    matter = {
        organ
        for organ in spans
        for one, answer in zip(completions, answers, strict=True)
        if any(
            severity_of({**one, organ: score}) != answer
            for score in range(spans[organ][0], spans[organ][1] + 1)
        )
    }
    assert set(grade.missing) == matter


SEATTLE = {
    "skin_bsa_pct": [0.0, 30.0, 51.0],
    "liver": [False, True],
    "liver_histology": [False, True],
    "schirmer_mm": [15.0, 5.0, 4.9],
    "mouth": [False, True],
    "other_organ": [False, True],
}
EXTENT = st.builds(
    SeattleFindings, **{name: st.sampled_from([None, *values]) for name, values in SEATTLE.items()}
)


@settings(max_examples=100)
@given(findings=EXTENT)
def test_bounds_of_the_older_extent_are_those_of_all_completions(findings):
    grade = grade_seattle(findings)
    if grade.low is None:
        return
    choices = [
        [getattr(findings, name)] if getattr(findings, name) is not None else values
        for name, values in SEATTLE.items()
    ]
    answers = {
        grade_seattle(SeattleFindings(**dict(zip(SEATTLE, values, strict=True)))).value
        for values in itertools.product(*choices)
    }
    assert (grade.low, grade.high) == (min(answers), max(answers))
