"""Laws of the Kaplan-Meier curve, and a slow twin in exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from autallo.stats.survival.crossings import crossings
from autallo.stats.survival.kaplan_meier import (
    kaplan_meier,
    numbers_at_risk,
    reverse_kaplan_meier,
    survival_at,
)
from autallo.stats.survival.life_table import life_table
from autallo.stats.survival.limits import (
    binomial_low,
    bound_without_events,
    survival_limits,
)
from autallo.stats.survival.quantile import survival_quantile

FEW = settings(max_examples=100, deadline=None)
patients = st.lists(st.tuples(st.integers(0, 15), st.booleans()), min_size=1, max_size=40)
intervals = st.sampled_from(["log-log", "log", "plain", "arcsine", "logit"])
late = st.lists(
    st.tuples(
        st.integers(0, 12),  # entry
        st.integers(1, 8),  # days under observation
        st.booleans(),  # event
        st.sampled_from([0.25, 0.5, 1.0, 2.0, 3.0]),  # weight
    ),
    min_size=1,
    max_size=30,
)


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


def slow_followed(records, curve):
    """Return the smallest of at risk over alive yet, half-day by half-day from 0 to each time."""
    time, _, entry, weight = late_columns(records)
    smallest, number = math.inf, []
    for day in range(int(curve.time[-1])):
        present = sum(w for t, e, w in zip(time, entry, weight, strict=True) if e < day + 0.5 <= t)
        alive = np.append(1.0, curve.survival)[(curve.time <= day).sum()]
        if alive > 0:
            smallest = min(smallest, present / alive)
        number.append(smallest)
    return np.array([number[int(day) - 1] for day in curve.time])


def late_columns(records):
    entry, span, event, weight = zip(*records, strict=True)
    return [e + s for e, s in zip(entry, span, strict=True)], event, entry, weight


@FEW
@given(late, st.lists(st.integers(0, 90).map(lambda n: n / 4), min_size=1, max_size=8))
def test_law_18_with_late_entry_and_weights_at_risk_is_a_direct_count(records, days):
    """MR-18: those who have entered before and not left before, on every day; and PF-13."""
    time, event, entry, weight = late_columns(records)
    curve = kaplan_meier(time, event, entry=entry, weight=weight)
    rows = list(zip(time, entry, weight, strict=True))
    counted = [sum(w for t, e, w in rows if e < day <= t) for day in days]
    assert survival_at(curve, days).at_risk.tolist() == counted
    heads = [sum(1 for t, e, _ in rows if e < day <= t) for day in days]
    assert numbers_at_risk(time, days, entry=entry).tolist() == heads
    table = life_table(time, event, entry=entry, weight=weight)
    assert table.at_risk.tolist() == [
        sum(w for t, e, w in rows if e < day <= t) for day in table.time.tolist()
    ]
    assert table.events.sum() + table.censored.sum() == sum(weight) == table.entered.sum()
    assert table.tied.sum() == sum(event)


@FEW
@given(late, intervals)
def test_with_late_entry_a_limit_at_1_never_rises_nor_one_at_0_falls(records, interval):
    """Who enters later says nothing about the time before: read on every quarter of a day."""
    time, event, entry, _ = late_columns(records)
    curve = kaplan_meier(time, event, entry=entry, interval=interval)
    read = survival_at(curve, np.arange(0, 25, 0.25))
    assert (np.diff(read.low[read.survival == 1]) <= 0).all()
    followed = slow_followed([(*row[:3], 1.0) for row in records], curve)
    untouched, ended = curve.survival == 1, curve.survival == 0
    np.testing.assert_allclose(curve.low[untouched], binomial_low(followed[untouched], 0.95))
    # an upper limit at 0 is the mirrored one, or that of the row before if it is lower
    mirrored = bound_without_events(followed[ended], 0.95)
    assert (curve.high[ended] <= mirrored + 1e-12).all()
    whole = cumulative_incidence(time, np.array(event, dtype=int), n_causes=1, entry=entry)
    np.testing.assert_allclose(whole.followed, followed, rtol=1e-12)
    np.testing.assert_allclose(
        incidence_at(whole, read.at).high[read.survival == 1, 0],
        1 - read.low[read.survival == 1],
        rtol=1e-9,
        atol=1e-12,
    )


@FEW
@given(late, intervals, st.sampled_from([0.1, 0.25, 0.5, 0.75]))
def test_a_quantile_lies_within_its_own_limits(records, interval, share):
    time, event, entry, weight = late_columns(records)
    for curve in (
        kaplan_meier(time, event, entry=entry, interval=interval),
        kaplan_meier(time, event, weight=weight, interval=interval, variance="robust"),
    ):
        found = survival_quantile(curve, share)
        assert found.low <= found.estimate <= found.high


@FEW
@given(st.lists(st.floats(1e-3, 1e20), min_size=1, max_size=5), st.sampled_from([0.5, 0.95, 0.999]))
def test_both_binomial_limits_mirror_each_other(numbers, level):
    low, high = binomial_low(np.array(numbers), level), bound_without_events(numbers, level)
    np.testing.assert_allclose(high, 1 - low, atol=1e-15)
    assert (high > 0).all()


@FEW
@given(late, intervals)
def test_laws_17_and_31_with_late_entry_and_weights(records, interval):
    """MR-17, MR-31: the curve falls within 0 to 1, and every interval holds it."""
    time, event, entry, weight = late_columns(records)
    curve = kaplan_meier(time, event, entry=entry, weight=weight, interval=interval)
    assert (np.diff(np.concatenate([[1.0], curve.survival, [0.0]])) <= 0).all()
    assert (curve.low <= curve.survival).all()
    assert (curve.survival <= curve.high).all()
    assert (curve.low >= 0).all()
    assert (curve.high <= 1).all()
    assert np.isfinite(curve.std_error).all()
    read = survival_at(curve, np.arange(25))
    assert (read.low <= read.survival).all()
    assert (read.low >= 0).all()
    share = curve.survival > 0
    limits = survival_limits(
        curve.survival[share],
        curve.std_error[share] / curve.survival[share],
        slow_followed(records, curve)[share],
        level=0.95,
        interval=interval,
    )
    np.testing.assert_allclose(limits.low, curve.low[share], rtol=1e-9, atol=1e-15)
    np.testing.assert_allclose(limits.high, curve.high[share], rtol=1e-9)


@FEW
@given(late)
def test_law_13_a_weight_of_0_is_a_row_removed(records):
    """MR-13."""
    time, event, entry, weight = late_columns([*records, (1, 3, True, 0.0), (0, 9, False, 0.0)])
    there = kaplan_meier(time, event, entry=entry, weight=weight)
    gone = kaplan_meier(time[:-2], event[:-2], entry=entry[:-2], weight=weight[:-2])
    for field in ("time", "at_risk", "events", "survival", "std_error", "low", "high"):
        assert getattr(there, field).tolist() == getattr(gone, field).tolist()


@FEW
@given(patients)
def test_law_14_weights_of_1_and_entries_at_0_change_nothing(records):
    """MR-14, and the same for a start at 0 of patients who all leave later."""
    time, event = columns([(t + 1, e) for t, e in records])
    plain = kaplan_meier(time, event)
    n = len(records)
    for given_ in ({"weight": [1] * n}, {"entry": [0] * n}, {"entry": [0] * n, "weight": [1] * n}):
        same = kaplan_meier(time, event, **given_)
        for field in ("time", "at_risk", "events", "censored", "survival", "low", "high"):
            assert getattr(same, field).tolist() == getattr(plain, field).tolist()
        days = [0, 1, 2.5, 9, 30]
        read, expected = survival_at(same, days), survival_at(plain, days)
        assert read.at_risk[1:].tolist() == expected.at_risk[1:].tolist()


@FEW
@given(late, st.integers(2, 4))
def test_law_12_a_weight_of_k_is_k_patients(records, times):
    """MR-12: for Greenwood's variance, with late entry."""
    time, event, entry, _ = late_columns(records)
    often = kaplan_meier(time * times, event * times, entry=entry * times)
    heavy = kaplan_meier(time, event, entry=entry, weight=[times] * len(time))
    for field in ("time", "at_risk", "events", "censored", "survival", "low", "high"):
        np.testing.assert_allclose(getattr(heavy, field), getattr(often, field), rtol=1e-12)


@FEW
@given(late, st.sampled_from([0.5, 3.0, 1e4]))
def test_law_15_all_weights_times_a_constant(records, constant):
    """MR-15: the curve does not change; nor do the robust error and limits."""
    time, event, _, weight = late_columns([(0, *rest) for _, *rest in records])
    times = [w * constant for w in weight]
    for variance in ("greenwood", "robust"):
        one = kaplan_meier(time, event, weight=weight, variance=variance)
        other = kaplan_meier(time, event, weight=times, variance=variance)
        np.testing.assert_allclose(other.survival, one.survival, rtol=1e-12)
        if variance == "robust":
            for field in ("std_error", "low", "high"):
                np.testing.assert_allclose(
                    getattr(other, field), getattr(one, field), rtol=1e-9, atol=1e-15
                )


@FEW
@given(patients)
def test_the_robust_error_of_equal_weights_without_censoring_is_binomial(records):
    time, _ = columns(records)
    curve = kaplan_meier(time, [1] * len(time), weight=[2.5] * len(time), variance="robust")
    binomial = np.sqrt(curve.survival * (1 - curve.survival) / len(time))
    np.testing.assert_allclose(curve.std_error, binomial, atol=1e-12)


@FEW
@given(patients, st.integers(1, 10))
def test_law_16_splitting_the_rows_of_patients_changes_no_curve(records, cut):
    """MR-16: (0, t] as (0, a] and (a, t] for everybody followed beyond a."""
    time, event = columns([(t + 1, e) for t, e in records])
    rows = [(0, t, e) for t, e in zip(time, event, strict=True) if t <= cut]
    for t, e in zip(time, event, strict=True):
        rows += [(0, cut, False), (cut, t, e)] if t > cut else []
    entry, stop, happened = zip(*rows, strict=True)
    days = np.arange(0, 40) / 2
    whole = survival_at(kaplan_meier(time, event), days)
    split = survival_at(kaplan_meier(stop, happened, entry=entry), days)
    for field in ("survival", "std_error", "events"):
        assert getattr(split, field).tolist() == getattr(whole, field).tolist()
    assert split.at_risk[1:].tolist() == whole.at_risk[1:].tolist()


@FEW
@given(patients)
def test_law_27_and_30_reading_more_days_or_changing_the_order_changes_no_answer(records):
    """MR-27, MR-30: a value on a day does not depend on the other days asked for."""
    curve = kaplan_meier(*columns(records))
    days = [0.0, 1.0, 3.5, 7.0, 15.0, 20.0]
    few = survival_at(curve, days)
    many = survival_at(curve, [*np.arange(100) / 4, *days][::-1])
    for field in ("survival", "std_error", "low", "high", "at_risk", "events", "beyond"):
        assert getattr(many, field)[: len(days)][::-1].tolist() == getattr(few, field).tolist()


@FEW
@given(st.integers(1, 10_000), st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_the_binomial_limit_leaves_its_tail_and_rises_with_the_patients(n, level):
    low = binomial_low(np.array([n, n + 1]), level)
    assert low[0] ** n == pytest.approx((1 - level) / 2, rel=1e-9)
    assert 0 < low[0] < low[1] < 1


def test_median_falls_where_survival_is_at_most_one_half_even_by_rounding():
    """PF-35: with n patients dying one a day, S is (n - j) / n and the median n / 2 + 1/2."""
    for n in range(1, 60):
        median = survival_quantile(kaplan_meier(range(1, n + 1), [1] * n)).estimate
        assert median == (n + 1) / 2


def test_pf_35_many_ties_do_not_overflow():
    curve = kaplan_meier([1] * 60_000 + [2] * 60_000, [1] * 120_000)
    assert curve.std_error[0] == pytest.approx(math.sqrt(0.25 / 120_000), rel=1e-12)


@FEW
@given(late)
def test_survival_is_0_exactly_if_at_some_time_all_at_risk_had_the_event(records):
    """Weights of tenths do not add up in binary; a remainder must not keep the curve above 0."""
    time, event, entry, weight = late_columns(records)
    curve = kaplan_meier(time, event, entry=entry, weight=[w / 10 for w in weight])
    rows = list(zip(time, event, entry, strict=True))
    ended = [
        day
        for day in curve.time.tolist()
        if all(t == day and happened for t, happened, e in rows if e < day <= t)
    ]
    expected = curve.time >= ended[0] if ended else np.zeros(curve.time.size, dtype=bool)
    assert (curve.survival == 0).tolist() == expected.tolist()
