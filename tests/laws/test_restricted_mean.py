"""Laws of the restricted mean and of the difference and ratio of two."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at
from autallo.stats.survival.restricted_mean import (
    restricted_mean,
    restricted_mean_difference,
    restricted_mean_ratio,
)

FEW = settings(max_examples=100, deadline=None)
patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=25)
ends = st.integers(1, 60).map(lambda n: n / 4)
unharmed = st.lists(st.integers(1, 12), min_size=1, max_size=25)


def columns(records):
    return [float(time) for time, _ in records], [event for _, event in records]


def mean_of(records, until, **options):
    return restricted_mean(kaplan_meier(*columns(records)), until=until, **options)


@FEW
@given(patients, ends)
def test_law_29_and_31_within_0_and_the_end_and_the_interval_holds_it(records, until):
    """MR-29, MR-31; and no interval of zero width."""
    mean = mean_of(records, until)
    assert 0 <= mean.low <= mean.estimate <= mean.high <= until
    assert mean.low < mean.high


@FEW
@given(st.lists(st.integers(0, 12), min_size=1, max_size=25), ends)
def test_law_29_without_censoring_it_is_the_plain_mean(times, until):
    """MR-29: of the times cut at the end, with the error sd / sqrt(n), divisor n (PF-9)."""
    mean = mean_of([(t, True) for t in times], until)
    cut = np.minimum(times, until)
    assert mean.estimate == pytest.approx(cut.mean(), rel=1e-12, abs=1e-12)
    assert mean.std_error == pytest.approx(cut.std() / math.sqrt(len(times)), rel=1e-9, abs=1e-12)


@FEW
@given(patients, ends, ends)
def test_law_28_area_of_the_printed_curve_and_additive(records, one, two):
    """MR-28: the mean to b less that to a is the area between, read from the curve every 1/4."""
    early, late = sorted((one, two + 15))
    middles = np.arange(early, late, 0.25) + 0.125
    area = survival_at(kaplan_meier(*columns(records)), middles).survival.sum() / 4
    difference = mean_of(records, late).estimate - mean_of(records, early).estimate
    assert difference == pytest.approx(area, rel=1e-12, abs=1e-12)


@FEW
@given(patients, ends, st.sampled_from([1 / 7, 1 / 30.4375, 24.0]))
def test_law_1_the_unit_of_time_is_that_of_the_mean(records, until, unit):
    """MR-1."""
    time, event = columns(records)
    days = mean_of(records, until)
    other = restricted_mean(kaplan_meier([t * unit for t in time], event), until=until * unit)
    for field in ("estimate", "std_error", "low", "high"):
        expected = getattr(days, field) * unit
        assert getattr(other, field) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert other.beyond == days.beyond


@FEW
@given(patients)
def test_law_3_another_clock_gives_another_mean(records):
    """MR-3: the curve keeps its heights, and so its area changes with the widths."""
    time, event = columns(records)
    assume(any(happened and t > 1 for t, happened in records))
    straight = restricted_mean(kaplan_meier(time, event), until=13)
    squared = restricted_mean(kaplan_meier([t**2 for t in time], event), until=13**2)
    assert squared.estimate / 13**2 < straight.estimate / 13


@FEW
@given(patients, ends, st.integers(2, 4))
def test_laws_6_and_12_order_and_every_patient_several_times(records, until, times):
    """MR-6, MR-12: the error falls with the root of the number."""
    once, often = mean_of(records, until), mean_of(records[::-1] * times, until)
    assert often.estimate == pytest.approx(once.estimate, rel=1e-12, abs=1e-12)
    assert often.std_error <= once.std_error + 1e-12
    heavy = kaplan_meier(*columns(records), weight=[times] * len(records))
    same = restricted_mean(heavy, until=until)
    for field in ("estimate", "std_error", "low", "high"):
        assert getattr(same, field) == pytest.approx(getattr(often, field), rel=1e-9, abs=1e-9)


@FEW
@given(patients, st.integers(1, 12))
def test_law_20_closing_the_study_later_than_the_end_changes_nothing(records, until):
    """MR-20."""
    closed = [(min(t, until + 0.5), e and t <= until) for t, e in records]
    for field in ("estimate", "std_error"):
        ours = getattr(mean_of(records, until), field)
        assert getattr(mean_of(closed, until), field) == pytest.approx(ours, rel=1e-12, abs=1e-12)


@FEW
@given(patients, patients, ends)
def test_law_5_swapping_the_groups(one, two, until):
    """MR-5: the difference changes its sign, the ratio is turned over, p stays."""
    curves = [kaplan_meier(*columns(records)) for records in (one, two)]
    there = restricted_mean_difference(*curves, until=until)
    back = restricted_mean_difference(*curves[::-1], until=until)
    assert (back.estimate, back.std_error) == (-there.estimate, there.std_error)
    assert (back.low, back.high) == pytest.approx((-there.high, -there.low), rel=1e-12, abs=1e-12)
    assert back.p_value == there.p_value
    assert there.low <= there.estimate <= there.high
    assert there.low < there.high
    ratio, turned = (restricted_mean_ratio(*pair, until=until) for pair in (curves, curves[::-1]))
    if ratio.estimate and turned.estimate:
        assert turned.estimate == pytest.approx(1 / ratio.estimate, rel=1e-12)
        assert turned.low == pytest.approx(1 / ratio.high, rel=1e-9)
        assert (turned.p_value is None) == (ratio.p_value is None) == (there.p_value is None)
        if ratio.p_value is not None:
            assert turned.p_value == pytest.approx(ratio.p_value, rel=1e-9)
        assert ratio.low <= ratio.estimate <= ratio.high


@FEW
@given(patients, patients, ends)
def test_laws_32_33_and_49_level(one, two, until):
    """MR-32, MR-33, MR-49: p does not know the level, and excludes 0 as the interval does."""
    curves = [kaplan_meier(*columns(records)) for records in (one, two)]
    for estimate, null in ((restricted_mean_difference, 0.0), (restricted_mean_ratio, 1.0)):
        narrow, wide = (estimate(*curves, until=until, level=level) for level in (0.8, 0.99))
        assert narrow.p_value == wide.p_value
        assert narrow.estimate == wide.estimate
        assert wide.low <= narrow.low
        assert narrow.high <= wide.high
        if narrow.p_value is not None and abs(narrow.p_value - 0.2) > 1e-9:
            assert (narrow.p_value < 0.2) == (not narrow.low <= null <= narrow.high)


@FEW
@given(patients, ends)
def test_law_36_identical_groups(records, until):
    """MR-36: difference 0, ratio 1, p 1."""
    curve = kaplan_meier(*columns(records))
    same = restricted_mean_difference(curve, curve, until=until)
    assert same.estimate == 0
    assert same.p_value in (1.0, None)
    assert restricted_mean_ratio(curve, curve, until=until).estimate in (1.0, None)


def test_the_test_rejects_too_often_in_groups_of_five():
    """As the notes say: 13 % instead of 5 % (here 500 samples, 3 standard errors 4.5 %)."""
    rng = np.random.default_rng(5)

    def curve():
        times, ends_ = rng.exponential(1, 5), rng.uniform(0, 3, 5)
        return kaplan_meier(np.minimum(times, ends_), times <= ends_)

    found = [restricted_mean_difference(curve(), curve(), until=2).p_value for _ in range(500)]
    assert sum(p is not None and p < 0.05 for p in found) / 500 == pytest.approx(0.13, abs=0.045)


def area_and_chance(level, times):
    """Return the area under a curve given day by day, and how often nobody has the event."""
    return math.fsum(level), math.prod(level[time - 1] for time in times)


@FEW
@given(
    unharmed, st.lists(st.floats(0.001, 1), min_size=12, max_size=12), st.sampled_from([0.5, 0.95])
)
def test_no_curve_with_a_mean_below_the_limit_leaves_all_free_so_often(times, hazards, level):
    """Curves of any form, raised to the power at which nobody has the event in half 1 - level."""
    until = max(times)
    curve = np.cumprod(hazards)[:until]
    chance = area_and_chance(curve.tolist(), times)[1]
    assume(0 < chance < 1)
    fitted = curve ** (math.log((1 - level) / 2) / math.log(chance))
    area, chance = area_and_chance(fitted.tolist(), times)
    assert chance == pytest.approx((1 - level) / 2, rel=1e-9)
    low = mean_of([(time, False) for time in times], until, level=level).low
    assert low <= area * (1 + 1e-9)


@FEW
@given(unharmed, ends)
def test_without_events_the_limit_is_above_the_area_under_the_limits(times, until):
    """And below any curve that leaves 1 at once: to the end, for those still followed there."""
    curve = kaplan_meier([float(time) for time in times], [0] * len(times))
    low = restricted_mean(curve, until=until).low
    starts = np.arange(0, until, 0.25)
    assert survival_at(curve, starts + 0.125).low.sum() / 4 <= low * (1 + 1e-9)
    left = [max(sum(time > day for time in times), times.count(max(times))) for day in starts]
    drops = [day + (until - day) * 0.025 ** (1 / n) for day, n in zip(starts, left, strict=True)]
    assert low <= min(drops) * (1 + 1e-9)


@FEW
@given(unharmed, st.integers(0, 24), st.integers(1, 6))
def test_without_events_longer_follow_up_and_more_patients_never_lower_the_limit(times, who, more):
    until, who = max(times), who % len(times)
    before = mean_of([(time, False) for time in times], until)
    longer = [time + more * (i == who) for i, time in enumerate(times)]
    for others in (longer, [*times, more]):
        after = mean_of([(time, False) for time in others], until)
        assert after.low >= before.low * (1 - 1e-9)


@pytest.mark.parametrize(("n", "width"), [(5, 0.53), (20, 0.17), (55, 0.07)])
@pytest.mark.parametrize("free", [0.995, 0.98, 0.9])
def test_without_events_the_interval_holds_the_mean_and_is_not_wide(n, width, free):
    """As the notes say: follow-up uniform from a third of the time, the same hazard on each day."""
    rng, hazard = np.random.default_rng(n), -math.log(free)
    missed = distance = 0.0
    for follow_up in rng.uniform(1 / 3, 1, (200, n)):
        until = float(follow_up.max())
        low = restricted_mean(kaplan_meier(follow_up, np.zeros(n)), until=until).low
        nobody = math.exp(-hazard * follow_up.sum())
        missed += nobody * (low > -math.expm1(-hazard * until) / hazard)
        distance += 1 - low / until
    assert missed / 200 <= 0.025
    assert distance / 200 == pytest.approx(width, abs=0.01)
