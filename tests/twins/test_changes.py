"""Twins of the groups that patients join later: a walk through all days, in exact fractions."""

import math
from fractions import Fraction

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.multistate.landmark import landmark_sample
from autallo.stats.multistate.mantel_byar import mantel_byar_test
from autallo.stats.multistate.simon_makuch import simon_makuch
from autallo.stats.multistate.split_at_change import split_at_change

few = settings(max_examples=60, deadline=None)
patient = st.integers(0, 9).flatmap(
    lambda last: st.tuples(st.just(last), st.booleans(), st.integers(0, last), st.booleans())
)
patients = st.lists(patient, min_size=1, max_size=20)


def columns(people):
    return [list(column) for column in zip(*people, strict=True)]


def group_on(day, person):
    """The group in which the patient lives the day: a change counts from the next day."""
    _, _, change, changed = person
    return int(changed and (change < day or change == 0))


@few
@given(patients, st.integers(0, 3))
def test_rows_are_the_days_in_each_group(people, late):
    entry = [place % (late + 1) for place in range(len(people))]
    people = [
        (last + first + 1, event, change + first, changed)
        for first, (last, event, change, changed) in zip(entry, people, strict=True)
    ]
    rows = split_at_change(*columns(people), entry=entry)
    lived = []
    for p, start, stop, event, changed in zip(
        rows.patient, rows.start, rows.stop, rows.event, rows.changed, strict=True
    ):
        days = range(int(start) + 1, int(stop) + 1)
        lived += [(int(p), day, int(changed), bool(event) and day == stop) for day in days]
    assert lived == [
        (p, day, group_on(day, person), person[1] and day == person[0])
        for p, person in enumerate(people)
        for day in range(entry[p] + 1, person[0] + 1)
    ]
    assert rows.same_day == sum(c and x == t for t, _, x, c in people)


@few
@given(patients, st.booleans())
def test_mantel_byar_day_by_day(people, stratified):
    stratum = [place % 2 if len(people) > 1 else 0 for place in range(len(people))]
    observed, expected, variance = 0, Fraction(0), Fraction(0)
    for day in range(10):
        for own in {0, 1} if stratified else {None}:
            at_risk = [
                p for p, s in zip(people, stratum, strict=True) if p[0] >= day and own in {s, None}
            ]
            dead = [p for p in at_risk if p[0] == day and p[1]]
            if not dead:
                continue
            n, d = len(at_risk), len(dead)
            m = sum(group_on(day, p) for p in at_risk)
            observed += sum(group_on(day, p) for p in dead)
            expected += Fraction(m * d, n)
            if n > 1:
                variance += Fraction(d * (n - d) * m * (n - m), (n - 1) * n * n)
    test = mantel_byar_test(*columns(people), stratum=stratum if stratified else None)
    assert test.observed.tolist() == [sum(p[1] for p in people) - observed, observed]
    np.testing.assert_allclose(test.expected[1], float(expected), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(test.variance, float(variance), rtol=1e-12, atol=1e-14)
    if variance == 0:
        assert (test.statistic, test.p_value, test.df) == (None, None, 0)
        return
    z = float(observed - expected) / math.sqrt(variance)
    np.testing.assert_allclose(test.z, z, rtol=1e-10, atol=1e-13)
    np.testing.assert_allclose(test.p_value, math.erfc(abs(z) / math.sqrt(2)), rtol=1e-9)


def direct_curve(people, group, landmark):
    """Time from the landmark, patients at risk, survival and Greenwood's sum, day by day."""
    survival, total = Fraction(1), Fraction(0)
    for day in range(landmark + 1, 10):
        at_risk = [p for p in people if p[0] >= day and group_on(day, p) == group]
        dead = sum(p[0] == day and p[1] for p in at_risk)
        n = len(at_risk)
        if n:
            survival *= Fraction(n - dead, n)
            total += Fraction(dead, n * (n - dead)) if dead < n else 0
        yield day - landmark, n, survival, total


@few
@given(patients, st.integers(0, 5))
def test_curves_day_by_day(people, landmark):
    assume(any(p[0] > landmark for p in people))
    curves = simon_makuch(*columns(people), landmark=landmark)
    for group, curve in enumerate((curves.unchanged, curves.changed)):
        direct = {day: rest for day, *rest in direct_curve(people, group, landmark)}
        if curve is None:
            assert not any(n for n, *_ in direct.values())
            continue
        for day, n, survival, error in zip(
            curve.time, curve.at_risk, curve.survival, curve.std_error, strict=True
        ):
            exact = direct[day]
            assert n == exact[0]
            np.testing.assert_allclose(survival, float(exact[1]), rtol=1e-12, atol=1e-15)
            np.testing.assert_allclose(
                error, float(exact[1]) * math.sqrt(exact[2]), rtol=1e-12, atol=1e-15
            )
    here = [group_on(landmark + 1, p) for p in people if p[0] > landmark]
    assert curves.at_landmark.tolist() == [here.count(0), here.count(1)]
    later = [p for p in people if p[3] and landmark < p[2] < p[0] and p[2] > 0]
    assert curves.joined == len(later)


@few
@given(patients, st.integers(0, 6), st.one_of(st.none(), st.integers(1, 5)))
def test_landmark_patient_by_patient(people, landmark, more):
    until = None if more is None else landmark + more
    expected = []
    for last, event, change, changed in people:
        if last > landmark or landmark == 0:
            end = last if until is None else min(last, until)
            cause = int(event and end == last)
            expected.append((end - landmark, cause, int(changed and change <= landmark)))
    assume(expected)
    sample = landmark_sample(*columns(people), landmark=landmark, until=until)
    found = zip(sample.time.tolist(), sample.cause.tolist(), sample.group.tolist(), strict=True)
    assert list(found) == expected
    sizes = [sum(g == own for *_, g in expected) for own in (0, 1)]
    assert sample.at_landmark.tolist() == sizes
    assert sample.few is (min(sizes) < 5)
    out = [p for p in people if not (p[0] > landmark or landmark == 0)]
    assert sample.event_before == sum(p[1] for p in out)
    assert sample.ended_before == len(out) - sample.event_before
