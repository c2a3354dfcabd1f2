"""Laws of the Kaplan-Meier curve, and a slow twin in exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.survival import (
    crossings,
    kaplan_meier,
    numbers_at_risk,
    reverse_kaplan_meier,
    survival_at,
    survival_quantile,
)

FEW = settings(max_examples=100, deadline=None)
patients = st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=1, max_size=40)
intervals = st.sampled_from(["log-log", "log", "plain"])


def columns(records):
    return [float(time) for time, _ in records], [event for _, event in records]


def slow_curve(records):
    """Return S after each time, one patient at a time, in exact fractions."""
    alive, steps = Fraction(1), []
    for day in sorted({time for time, _ in records}):
        at_risk = sum(1 for time, _ in records if time >= day)
        died = sum(1 for time, event in records if time == day and event)
        alive *= 1 - Fraction(died, at_risk)
        steps.append((day, at_risk, alive))
    return steps


@FEW
@given(patients)
def test_twin_product_over_the_days_in_fractions(records):
    curve, steps = kaplan_meier(*columns(records)), slow_curve(records)
    assert curve.time.tolist() == [day for day, _, _ in steps]
    assert curve.at_risk.tolist() == [at_risk for _, at_risk, _ in steps]
    np.testing.assert_allclose(curve.survival, [float(s) for _, _, s in steps], rtol=1e-13)


@FEW
@given(patients)
def test_twin_reversed_curve_is_the_curve_of_the_flipped_indicator(records):
    curve = reverse_kaplan_meier(*columns(records))
    steps = slow_curve([(time, not event) for time, event in records])
    np.testing.assert_allclose(curve.survival, [float(s) for _, _, s in steps], rtol=1e-13)


@FEW
@given(patients, intervals)
def test_law_17_and_31_survival_falls_from_1_and_the_interval_holds_it(records, interval):
    curve = kaplan_meier(*columns(records), interval=interval)
    path = np.concatenate([[1.0], curve.survival])
    assert (np.diff(path) <= 0).all()
    assert (curve.survival >= 0).all()
    assert (curve.low >= 0).all()
    assert (curve.low <= curve.survival).all()
    assert (curve.survival <= curve.high).all()
    assert (curve.high <= 1).all()
    assert (curve.low < curve.high).all()  # never of zero width
    assert survival_at(curve, [0.0]).survival[0] in (1.0, curve.survival[0])


@FEW
@given(patients, st.lists(st.integers(0, 80).map(lambda n: n / 4), min_size=1, max_size=8))
def test_law_18_patients_at_risk_are_those_that_can_be_counted(records, days):
    time, event = columns(records)
    curve = kaplan_meier(time, event)
    counted = [sum(1 for own in time if own >= day) for day in days]
    assert numbers_at_risk(time, days).tolist() == counted
    assert survival_at(curve, days).at_risk.tolist() == counted
    assert (curve.at_risk[1:] == (curve.at_risk - curve.events - curve.censored)[:-1]).all()
    assert curve.events.sum() + curve.censored.sum() == len(records)


@FEW
@given(st.lists(st.integers(0, 15), min_size=1, max_size=40))
def test_law_19_without_censoring_it_is_the_share_not_yet_dead(times):
    curve = kaplan_meier(times, [1] * len(times))
    share = [sum(1 for time in times if time > day) / len(times) for day in curve.time]
    np.testing.assert_allclose(curve.survival, share, atol=1e-14)
    binomial = np.sqrt(curve.survival * (1 - curve.survival) / len(times))
    np.testing.assert_allclose(curve.std_error, binomial, atol=1e-12)


@FEW
@given(patients, st.integers(0, 15))
def test_law_20_closing_the_study_early_changes_nothing_before(records, close):
    time, event = columns(records)
    early = kaplan_meier(
        [min(t, close + 0.5) for t in time], [e and t <= close for t, e in records_of(time, event)]
    )
    days = list(range(close + 1))
    np.testing.assert_array_equal(
        survival_at(early, days).survival, survival_at(kaplan_meier(time, event), days).survival
    )


def records_of(time, event):
    return list(zip(time, event, strict=True))


@FEW
@given(patients)
def test_law_21_a_patient_who_leaves_before_the_first_event_changes_only_n(records):
    assume(any(event for _, event in records))
    time, event = columns([(t + 1, e) for t, e in records])
    before, after = kaplan_meier(time, event), kaplan_meier([0.5, *time], [False, *event])
    assert after.survival[1:].tolist() == before.survival.tolist()
    assert after.at_risk[0] == before.at_risk[0] + 1


@FEW
@given(patients, st.sampled_from([1 / 7, 1 / 30.4375, 1 / 365.25, 24.0]))
def test_law_1_the_unit_of_time_does_not_matter(records, unit):
    time, event = columns(records)
    days, other = kaplan_meier(time, event), kaplan_meier([t * unit for t in time], event)
    assert other.survival.tolist() == days.survival.tolist()
    assert other.low.tolist() == days.low.tolist()
    for field in ("estimate", "low", "high"):
        expected = getattr(survival_quantile(days), field) * unit
        assert getattr(survival_quantile(other), field) == pytest.approx(expected, rel=1e-12)


@FEW
@given(patients)
def test_law_3_and_6_only_the_order_of_times_matters_and_not_that_of_patients(records):
    time, event = columns(records)
    curve = kaplan_meier(time, event)
    squared = kaplan_meier([t**2 for t in time], event)
    turned = kaplan_meier(time[::-1], event[::-1])
    for field in ("survival", "std_error", "low", "high", "at_risk"):
        assert getattr(squared, field).tolist() == getattr(curve, field).tolist()
        assert getattr(turned, field).tolist() == getattr(curve, field).tolist()


@FEW
@given(patients, st.integers(2, 4))
def test_law_12_every_patient_several_times(records, times):
    once, often = kaplan_meier(*columns(records)), kaplan_meier(*columns(records * times))
    np.testing.assert_allclose(often.survival, once.survival, rtol=1e-13)
    assert (often.at_risk == times * once.at_risk).all()
    inside = (once.survival > 0) & (once.survival < 1)
    assert (often.std_error[inside] < once.std_error[inside]).all()


@FEW
@given(patients, st.sampled_from([0.1, 0.25, 0.5, 0.75, 0.9]))
def test_law_30_a_quantile_lies_where_the_curve_passes_the_share(records, share):
    curve = kaplan_meier(*columns(records))
    found = survival_quantile(curve, share)
    slack = 1e-8
    reached = [
        day for day, s in zip(curve.time, curve.survival, strict=True) if 1 - s >= share - slack
    ]
    if not reached:
        assert found.estimate == math.inf
        return
    first = reached[0]
    height = 1 - curve.survival[curve.time == first][0]
    if height > share + slack:
        assert found.estimate == first
    else:
        leave = [
            day for day, s in zip(curve.time, curve.survival, strict=True) if 1 - s > share + slack
        ]
        assert found.estimate == (first + (leave[0] if leave else curve.time[-1])) / 2
    assert found.low <= found.estimate <= found.high


@FEW
@given(patients, intervals)
def test_law_32_a_higher_level_gives_a_wider_interval_and_the_same_curve(records, interval):
    columns_ = columns(records)
    narrow = kaplan_meier(*columns_, level=0.8, interval=interval)
    wide = kaplan_meier(*columns_, level=0.99, interval=interval)
    assert narrow.survival.tolist() == wide.survival.tolist()
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()


@FEW
@given(patients, patients)
def test_crossings_are_the_sign_changes_of_the_difference(one, two):
    first, second = kaplan_meier(*columns(one)), kaplan_meier(*columns(two))
    exact_one = {day: s for day, _, s in slow_curve(one)}
    exact_two = {day: s for day, _, s in slow_curve(two)}
    last = min(max(exact_one), max(exact_two))
    above, expected = None, []
    for day in range(last + 1):
        high = exact_one[max(d for d in exact_one if d <= day)] if min(exact_one) <= day else 1
        low = exact_two[max(d for d in exact_two if d <= day)] if min(exact_two) <= day else 1
        if high == low:
            continue
        if above is not None and (high > low) != above:
            expected.append((day, high > low))
        above = high > low
    found = crossings(first, second)
    pairs = list(zip(found.time.tolist(), found.first_above.tolist(), strict=True))
    assert pairs == expected
    swapped = crossings(second, first)
    assert swapped.time.tolist() == found.time.tolist()
    assert (swapped.first_above == ~found.first_above).all()


def test_coverage_of_the_exact_limit_before_the_first_event():
    """Ten patients who all survive day 1 with probability 0.8: the limit misses rarely."""
    # "no event" has probability 0.8^n among the n followed: the lower limit exceeds 0.8 only
    # when 0.025^(1/n) > 0.8, n >= 17: never with ten patients.
    limits = [kaplan_meier([1] * n, [0] * n).low[0] for n in range(1, 30)]
    assert [n for n in range(1, 30) if limits[n - 1] > 0.8] == list(range(17, 30))
    assert 0.8**17 < 0.025


def test_a_million_patients_take_little_time():
    rng = np.random.default_rng(3)
    time = rng.exponential(100, 1_000_000)
    event = rng.random(1_000_000) < 0.6
    curve = kaplan_meier(time, event)
    assert curve.at_risk[0] == 1_000_000
    assert np.isfinite(curve.low).all()
