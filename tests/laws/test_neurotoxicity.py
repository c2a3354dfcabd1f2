"""What holds for every day of neurotoxicity, on every scale."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.cres import grade_cres
from autallo.clinical.fields import Choice, Flag
from autallo.clinical.grading import Status
from autallo.clinical.icans import grade_icans, grade_icans_adult, grade_icans_child
from autallo.clinical.neuro_ctcae import grade_ctcae_neuro
from autallo.clinical.neuro_day import CAPD_ANSWERS, NeuroDay
from autallo.clinical.neuro_many import NEURO_COLUMNS, convert_neuro_row, grade_neuro_many
from autallo.clinical.neuro_scores import score_capd, score_cartox, score_ice

LAW = settings(max_examples=60, deadline=None)
SCALES = {
    "icans": grade_icans,
    "icans_adult": grade_icans_adult,
    "icans_child": grade_icans_child,
    "cres": grade_cres,
    "ctcae4_neuro": grade_ctcae_neuro,
}
#: Least first; only what one finding can be while the others stay.
WORSE = {
    "ice_total": tuple(range(10, -1, -1)),
    "cartox_total": tuple(range(10, -1, -1)),
    "capd_total": (0, 1, 8, 9, 32),
    "wakes_to": ("spontaneous", "voice", "touch", "vigorous", "none"),
    "consciousness_depressed": (False, True),
    "motor_weakness": (False, True),
    "oedema": ("none", "focal", "diffuse"),
    "posturing_or_cushing": (False, True),
    "papilloedema_stage": (0, 1, 2, 3, 5),
    "raised_icp": (False, True),
    "csf_opening_mmhg": (5.0, 19.9, 20.0, 40.0),
    "encephalopathy_grade": (0, 1, 2, 3, 4),
    "confusion_grade": (0, 1, 2, 3, 4),
    "somnolence_grade": (0, 1, 2, 3, 4),
    "dysphasia_grade": (0, 1, 2, 3),
    "death_due_to_icans": (False, True),
}
SEIZURES = {
    "seizure": ("focal", "generalised"),
    "seizure_minutes": (0.5, 5.0, 5.1),
    "seizures_without_return": (False, True),
    "seizures_despite_treatment": (False, True),
}


@st.composite
def known_days(draw):
    values = {name: draw(st.sampled_from(choices)) for name, choices in WORSE.items()}
    if draw(st.booleans()):
        values |= {name: draw(st.sampled_from(choices)) for name, choices in SEIZURES.items()}
    else:
        values["seizure"] = "none"
    return NeuroDay(
        **values,
        age_y=draw(st.sampled_from([4.0, 11.9, 12.0, 50.0])),
        unable_to_perform=False,
        sedated=False,
    )


@given(known_days(), st.sets(st.sampled_from(sorted(WORSE)), max_size=6), st.booleans())
@LAW
def test_bounds_hold_the_grade_of_the_day_that_was_not_fully_recorded(day, unknown, sedated):
    hidden = replace(day, **dict.fromkeys(unknown), sedated=sedated)
    for name, grade in SCALES.items():
        known, bounds = grade(day), grade(hidden)
        assert known.status is Status.OK, name
        assert bounds.low <= known.value <= bounds.high, name
        assert (bounds.status is Status.INDETERMINATE) == bool(bounds.missing), name
        assert ("SEDATED" in bounds.flags) == sedated


@given(known_days())
@LAW
def test_unknown_seizures_and_unknown_age_are_within_bounds(day):
    hidden = replace(day, seizure=None, seizure_minutes=None, age_y=None,
                     seizures_without_return=None, seizures_despite_treatment=None)  # fmt: skip
    for name, grade in SCALES.items():
        assert grade(hidden).low <= grade(day).low, name
        assert grade(hidden).high >= grade(day).high, name


@given(known_days(), st.data())
@LAW
def test_a_grade_never_falls_when_a_finding_worsens(day, data):
    ways = WORSE | (SEIZURES if day.seizure != "none" else {})
    for field, choices in ways.items():
        place = choices.index(getattr(day, field))
        worse = replace(day, **{field: data.draw(st.sampled_from(choices[place:]))})
        for name, grade in SCALES.items():
            assert grade(worse).value >= grade(day).value, (name, field)
    for name, grade in SCALES.items():
        assert grade(replace(day, unable_to_perform=True)).low >= grade(day).low, name


ITEM = st.none() | st.booleans()
ITEMS = (
    *("knows_year", "knows_month", "knows_city", "knows_hospital", "knows_head_of_state"),
    *("follows_command", "writes_sentence", "counts_back"),
)


@given(
    st.fixed_dictionaries(dict.fromkeys(ITEMS, ITEM)), st.none() | st.integers(0, 3), st.booleans()
)
@LAW
def test_scores_hold_every_completion(items, objects, filler):
    day = NeuroDay(**items, names_objects=objects)
    full = NeuroDay(
        **{name: filler if value is None else value for name, value in items.items()},
        names_objects=3 * filler if objects is None else objects,
    )
    for score in (score_ice, score_cartox):
        assert score(day).low <= score(full).value <= score(day).high
        assert score(full).value == (score(day).high if filler else score(day).low)
        assert (
            (score(day).value is None)
            == bool(score(day).missing)
            == (score(day).low < score(day).high)
        )


@given(st.lists(st.none() | st.sampled_from(CAPD_ANSWERS), min_size=8, max_size=8), st.randoms())
@LAW
def test_capd_does_not_depend_on_the_order_within_its_halves(answers, source):
    halves = [answers[:4], answers[4:]]
    for half in halves:
        source.shuffle(half)
    assert score_capd(NeuroDay(capd_answers=(*halves[0], *halves[1]))) == score_capd(
        NeuroDay(capd_answers=tuple(answers))
    )


def make_columns(seed, days):
    """Random columns: every field, every code, the values beside every cut, a few impossible."""
    source = np.random.default_rng(seed)
    share = ((0.3, 0.3, 0.4), (0.03, 0.9, 0.07))[seed % 2]
    columns = {}
    for name, field in NEURO_COLUMNS.items():
        if source.random() < 0.15:
            continue
        if isinstance(field, Flag):
            columns[name] = source.choice([-1, 0, 1], days, p=share).astype(np.int8)
        elif isinstance(field, Choice):
            columns[name] = source.integers(-1, len(field.words), days)
            columns[name][source.random(days) < share[1]] = 0
        else:
            cuts = [cut for cut in field.cuts if cut > 1e-9]
            near = [x for cut in cuts for x in (cut, cut - 1 if field.whole else cut - 0.01)]
            columns[name] = source.choice([field.low, field.low, *near, np.nan, np.nan], days)
            if source.random() < 0.1:
                columns[name][source.integers(0, days)] = field.high + 1
    if seed % 3:
        for name in ("seizure_minutes", "seizures_without_return", "seizures_despite_treatment"):
            columns.pop(name, None)
    return columns


@pytest.mark.parametrize("seed", range(40))
def test_many_days_are_graded_as_each_day(seed):
    columns = make_columns(seed, 60)
    many = grade_neuro_many(columns)
    assert set(many) == set(SCALES)
    for row in range(60):
        day = convert_neuro_row(columns, row)
        for name, grade in SCALES.items():
            one = grade(day)
            wanted = (-1, -1) if one.low is None else (one.low, one.high)
            assert (many[name].low[row], many[name].high[row]) == wanted, (name, row, day)
