"""What holds for every series of daily grades."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.clinical.grading import Grade, Status
from autallo.clinical.series import grade_series, grade_worst

LAW = settings(max_examples=100, deadline=None)
BOUNDS = st.tuples(st.integers(0, 4), st.integers(0, 1)).map(lambda b: (b[0], min(4, b[0] + b[1])))
SERIES = st.dictionaries(st.integers(-1, 9), BOUNDS, min_size=1, max_size=7)


def grade_of(low, high):
    known = low == high
    return Grade(
        scale="s", status=Status.OK if known else Status.INDETERMINATE,
        value=low if known else None, low=low, high=high, missing=() if known else ("x",),
    )  # fmt: skip


def series_of(bounds):
    return {day: grade_of(*pair) for day, pair in bounds.items()}


@given(SERIES)
@LAW
def test_every_completion_agrees_with_what_is_told(bounds):
    told = grade_series(series_of(bounds))
    for grades in itertools.product(*(range(low, high + 1) for low, high in bounds.values())):
        full = grade_series(series_of({d: (g, g) for d, g in zip(bounds, grades, strict=True)}))
        assert told.worst.low <= full.worst.value <= told.worst.high
        for field in ("onset_day", "max_day", "resolve_day", "duration_days", "severe"):
            if getattr(told, field) is not None:
                assert getattr(told, field) == getattr(full, field), field


@given(SERIES, st.randoms())
@LAW
def test_the_order_of_the_days_never_matters(bounds, source):
    listed = list(series_of(bounds).items())
    source.shuffle(listed)
    assert grade_series(dict(listed)) == grade_series(series_of(bounds))


@given(SERIES)
@LAW
def test_days_are_in_order(bounds):
    told = grade_series(series_of(bounds))
    if None not in (told.onset_day, told.max_day):
        assert told.onset_day <= told.max_day
    if told.resolve_day is not None:
        assert told.resolve_day > told.onset_day
        assert bounds[told.resolve_day] == (0, 0)
    assert told.days_graded + told.days_open == len(bounds)


@given(SERIES)
@LAW
def test_the_worst_of_all_is_the_worst_of_the_worst_of_two_halves(bounds):
    grades = list(series_of(bounds).values())
    worst = grade_worst(grades)
    halves = [half for half in (grades[::2], grades[1::2]) if half]
    again = grade_worst([grade_worst(half) for half in halves])
    assert (worst.low, worst.high, worst.value) == (again.low, again.high, again.value)
