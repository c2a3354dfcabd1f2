"""Kaplan-Meier worked by hand, in fractions, on at most ten patients."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
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

# Six patients: events on days 1, 2, 3, 5; follow-up ends on days 2 and 4.
#   day   at risk   events   ended   S
#    1       6         1       0     5/6
#    2       5         1       1     5/6 x 4/5 = 2/3      (the event precedes the end)
#    3       3         1       0     2/3 x 2/3 = 4/9
#    4       2         0       1     4/9
#    5       1         1       0     0
SIX_TIMES, SIX_EVENTS = [3, 1, 2, 2, 4, 5], [1, 1, 1, 0, 0, 1]

# The eight patients of the worked cohort (days from infusion; 1 = dead).
EIGHT_TIMES = [297, 730, 102, 14, 141, 542, 172, 365]
EIGHT_EVENTS = [1, 0, 1, 1, 1, 0, 1, 0]

# z of the 95 % interval
Z = 1.959963984540054


def test_six_patients_row_by_row():
    curve = kaplan_meier(SIX_TIMES, SIX_EVENTS)
    assert curve.time.tolist() == [1, 2, 3, 4, 5]
    assert curve.at_risk.tolist() == [6, 5, 3, 2, 1]
    assert curve.events.tolist() == [1, 1, 1, 0, 1]
    assert curve.censored.tolist() == [0, 1, 0, 1, 0]
    assert curve.survival == pytest.approx([5 / 6, 2 / 3, 4 / 9, 4 / 9, 0], rel=1e-14)


def test_greenwood_error_of_six_patients():
    # day 3: (4/9)^2 (1/(6x5) + 1/(5x4) + 1/(3x2)) = 16/81 x 1/4 = 4/81
    curve = kaplan_meier(SIX_TIMES, SIX_EVENTS)
    assert curve.std_error[2] == pytest.approx(2 / 9, rel=1e-14)
    # day 1: (5/6)^2 / 30, the binomial 5/6 x 1/6 / 6
    assert curve.std_error[0] == pytest.approx(math.sqrt(5 / 216), rel=1e-14)
    assert curve.std_error[4] == 0


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        ("plain", 4 / 9 - Z * 2 / 9, 4 / 9 + Z * 2 / 9),
        # the error of log S is (2/9) / (4/9) = 1/2; the upper limit would be 1.18
        ("log", 4 / 9 * math.exp(-Z / 2), 1.0),
        # the error of log(-log S) is (1/2) / log(9/4)
        (
            "log-log",
            (4 / 9) ** math.exp(Z / 2 / math.log(9 / 4)),
            (4 / 9) ** math.exp(-Z / 2 / math.log(9 / 4)),
        ),
        # sin = sqrt(S) = 2/3, cos = sqrt(5)/3; the half-width is (1/2) x (1/2) x sqrt(4/5) z
        (
            "arcsine",
            math.sin(math.asin(2 / 3) - Z / 4 * math.sqrt(4 / 5)) ** 2,
            math.sin(math.asin(2 / 3) + Z / 4 * math.sqrt(4 / 5)) ** 2,
        ),
        # odds 4/5; the error of the log odds is (1/2) / (5/9) = 9/10
        (
            "logit",
            1 / (1 + 5 / 4 * math.exp(Z * 9 / 10)),
            1 / (1 + 5 / 4 * math.exp(-Z * 9 / 10)),
        ),
    ],
)
def test_named_intervals_on_day_3(interval, low, high):
    curve = kaplan_meier(SIX_TIMES, SIX_EVENTS, interval=interval)
    assert curve.low[2] == pytest.approx(low, rel=1e-12)
    assert curve.high[2] == pytest.approx(high, rel=1e-12)
    assert curve.interval == interval


def test_eight_patients_overall_survival():
    curve = kaplan_meier(EIGHT_TIMES, EIGHT_EVENTS)
    read = survival_at(curve, [14, 102, 141, 172, 297])
    assert read.survival.tolist() == pytest.approx([0.875, 0.75, 0.625, 0.5, 0.375], rel=1e-14)
    # nobody's follow-up ends before day 297: the variance is binomial, S (1 - S) / 8
    assert read.std_error[2] == pytest.approx(math.sqrt(0.625 * 0.375 / 8), rel=1e-14)
    # the curve stands at exactly 1/2 from day 172 to day 297: the middle, 469/2
    assert survival_quantile(curve).estimate == 234.5


def test_eight_patients_event_free_survival():
    times, events = [192, 730, 28, 14, 141, 542, 172, 365], [1, 0, 1, 1, 1, 0, 1, 0]
    read = survival_at(kaplan_meier(times, events), [14, 28, 141, 172, 192])
    assert read.survival.tolist() == pytest.approx([0.875, 0.75, 0.625, 0.5, 0.375], rel=1e-14)
    assert read.events.tolist() == [1, 2, 3, 4, 5]


def test_eight_patients_follow_up_by_the_reversed_curve():
    curve = reverse_kaplan_meier(EIGHT_TIMES, EIGHT_EVENTS)
    read = survival_at(curve, [297, 365, 542, 730])
    # at risk on days 365, 542, 730: 3, 2, 1
    assert read.survival.tolist() == pytest.approx([1, 2 / 3, 1 / 3, 0], rel=1e-14)
    assert survival_quantile(curve).estimate == 542


def test_reversed_curve_counts_the_end_of_follow_up_before_a_death_of_the_same_day():
    # day 5: one death, one end of follow-up, one patient goes on. R: 3 at risk, so 1 - 1/3;
    # with the death first it would be 1 - 1/2.
    curve = reverse_kaplan_meier([5, 5, 9], [1, 0, 0])
    assert curve.survival[0] == pytest.approx(2 / 3, rel=1e-14)
    assert curve.events.tolist() == [1, 1]
    assert curve.censored.tolist() == [1, 0]


def test_an_event_on_day_0_counts():
    curve = kaplan_meier([0, 0, 1, 2], [1, 0, 1, 0])
    assert curve.survival.tolist() == pytest.approx([3 / 4, 3 / 8, 3 / 8], rel=1e-14)


def test_times_that_differ_by_rounding_are_one_time():
    curve = kaplan_meier([0.1 + 0.2, 0.3, 1.0], [1, 1, 0])
    assert curve.at_risk.tolist() == [3, 1]
    assert survival_at(curve, [0.3, 0.1 + 0.2]).survival == pytest.approx([1 / 3, 1 / 3])
    assert survival_at(curve, [0.1 + 0.2]).at_risk.tolist() == [3]
    assert numbers_at_risk([0.3, 0.3, 1.0], [0.1 + 0.2]).tolist() == [3]


def test_the_curve_is_read_from_the_right():
    read = survival_at(kaplan_meier(SIX_TIMES, SIX_EVENTS), [0, 0.9, 1, 1.1, 5, 6])
    assert read.survival.tolist() == pytest.approx([1, 1, 5 / 6, 5 / 6, 0, 0], rel=1e-14)
    assert read.at_risk.tolist() == [6, 6, 6, 5, 1, 0]
    assert read.events.tolist() == [0, 0, 1, 1, 4, 4]
    # once the curve is at 0 it stays there: nothing lies beyond
    assert not read.beyond.any()


def test_w3_patients_at_risk_are_those_just_before_the_month():
    """A rival printed those just after: the two who leave at month 12 were missing."""
    times = [3, 12, 12, 20]
    assert numbers_at_risk(times, [0, 3, 12, 12.5, 20, 21]).tolist() == [4, 4, 3, 1, 1, 0]
    read = survival_at(kaplan_meier(times, [1, 1, 0, 0]), [12])
    assert read.at_risk.tolist() == [3]


def test_w35_before_the_first_event_the_interval_is_not_of_zero_width():
    """Seventeen patients without an event: [0.8049, 1], not [1, 1] and not missing."""
    for interval in ("log-log", "log", "plain", "arcsine", "logit"):
        curve = kaplan_meier([100] * 17, [0] * 17, interval=interval)
        # P(17 of 17 alive) = p^17 = 0.025
        assert curve.low[0] ** 17 == pytest.approx(0.025, rel=1e-12)
        assert curve.low[0] == pytest.approx(0.8049, abs=5e-5)
        assert curve.high[0] == 1


def test_w35_while_survival_is_1_only_those_still_at_risk_count():
    # 4 patients; one leaves on day 1, one on day 2; the first event is on day 3
    curve = kaplan_meier([1, 2, 3, 4], [0, 0, 1, 0])
    assert curve.low[:2] == pytest.approx([0.025 ** (1 / 4), 0.025 ** (1 / 3)], rel=1e-14)
    read = survival_at(curve, [0, 1, 1.5, 2, 2.5])
    expected = [0.025 ** (1 / n) for n in (4, 4, 3, 3, 2)]
    assert read.low == pytest.approx(expected, rel=1e-14)
    assert read.high.tolist() == [1] * 5


def test_beyond_the_last_time_the_last_value_and_its_limits_stand():
    # one patient was followed to day 2: p = 0.025
    read = survival_at(kaplan_meier([1, 2], [0, 0]), [3])
    assert (read.survival[0], read.high[0]) == (1, 1)
    assert read.low[0] == pytest.approx(0.025, rel=1e-12)
    assert read.beyond.tolist() == [True]


def test_w35_where_the_curve_reaches_0_the_upper_limit_is_that_of_all_who_were_followed():
    # nobody was censored: Clopper-Pearson for 0 of 3 alive, (1 - p)^3 = 0.025
    curve = kaplan_meier([1, 4, 4], [1, 1, 1])
    assert curve.survival[-1] == 0
    assert curve.low[-1] == 0
    assert (1 - curve.high[-1]) ** 3 == pytest.approx(0.025, rel=1e-12)
    # one of six was censored at once: the other five count, (1 - p)^5 = 0.025
    six = kaplan_meier([1, 2, 2, 2, 2, 2], [0, 1, 1, 1, 1, 1])
    assert (1 - six.high[-1]) ** 5 == pytest.approx(0.025, rel=1e-12)


def test_the_upper_limit_never_rises_when_the_curve_falls_to_0():
    # of four one dies and two are lost; the last one alone would allow 0.97
    curve = kaplan_meier([1, 2, 2, 3], [1, 0, 0, 1])
    assert curve.high[-1] <= curve.high[-2]
    # here 1 at risk over 4/9 is 9/4 patients, whose limit 0.81 lies above the one before
    six = kaplan_meier(SIX_TIMES, SIX_EVENTS)
    assert six.high[-1] == six.high[-2] < 1 - 0.025 ** (4 / 9)


def test_median_is_the_first_time_at_or_below_one_half():
    # 5/6, 2/3, 4/9: day 3
    assert survival_quantile(kaplan_meier(SIX_TIMES, SIX_EVENTS)).estimate == 3


def test_median_on_a_flat_stretch_that_lasts_to_the_end():
    # 3/4, 1/2, then follow-up ends on days 7 and 9: middle of 2 and 9
    assert survival_quantile(kaplan_meier([1, 2, 7, 9], [1, 1, 0, 0])).estimate == 5.5


def test_median_not_reached_is_infinite():
    found = survival_quantile(kaplan_meier([1, 2, 3, 4], [1, 0, 0, 0]))
    assert (found.estimate, found.high) == (math.inf, math.inf)


def test_limits_of_the_median_are_where_the_limits_of_the_curve_pass_one_half():
    # 8 patients, an event on each of days 1 to 8: S = (8 - j) / 8, plain limits S -+ z error,
    # error = sqrt(S (1 - S) / 8). Lower: day 1 0.646, day 2 0.450: low is day 2.
    # Upper: day 6 0.550, day 7 0.354: high is day 7.
    curve = kaplan_meier(range(1, 9), [1] * 8, interval="plain")
    found = survival_quantile(curve)
    assert (found.estimate, found.low, found.high) == (4.5, 2, 7)
    assert found.level == 0.95


def test_the_exact_limits_at_1_and_0_do_not_move_the_limits_of_the_median():
    # One patient leaves on day 1 with nobody else near: at survival 1 the lower limit is
    # 0.025^(1/2) = 0.16, below one half, but the curve has not moved yet.
    curve = kaplan_meier([1, 2, 3], [0, 1, 1])
    assert curve.low[0] < 0.5
    assert survival_quantile(curve).low == 2
    assert survival_quantile(curve).high == math.inf


def test_a_curve_that_falls_to_0_at_once_has_its_median_there():
    # R has no lower limit here; a curve that has ended has passed one half
    found = survival_quantile(kaplan_meier([4, 4, 4], [1, 1, 1]))
    assert (found.estimate, found.low, found.high) == (4, 4, math.inf)


def test_other_quantiles():
    curve = kaplan_meier([1, 2, 3, 4, 5], [1] * 5)
    # 1 - S = 0.2, 0.4, 0.6, ...
    assert survival_quantile(curve, 0.25).estimate == 2
    assert survival_quantile(curve, 0.2).estimate == 1.5
    assert survival_quantile(curve, 0.9).estimate == 5


def test_curves_that_cross_once():
    # first: 3/4 from day 1. second: 3/4 from day 3, 1/2 from day 4. Equal on day 3.
    first = kaplan_meier([1, 5, 6, 7], [1, 0, 0, 0])
    second = kaplan_meier([3, 4, 6, 7], [1, 1, 0, 0])
    found = crossings(first, second)
    assert found.time.tolist() == [4]
    assert found.first_above.tolist() == [True]
    assert crossings(second, first).first_above.tolist() == [False]


def test_a_crossing_counts_when_the_curves_come_far_enough_apart_on_both_sides():
    # first: 3/4 from day 1, 1/2 from day 9; second: 3/4 from day 3, 1/2 from 4, 1/4 from 6.
    # Differences: -1/4 on day 1, 0 on day 3, +1/4 on days 4 and 5, +1/2 from day 6, +1/4 on 9.
    first = kaplan_meier([1, 9, 10, 11], [1, 1, 0, 0])
    second = kaplan_meier([3, 4, 6, 11], [1, 1, 1, 0])
    assert crossings(first, second, at_least=0.25).time.tolist() == [4]
    assert crossings(first, second, at_least=0.26).time.size == 0


def test_of_several_changes_between_two_far_points_the_last_counts():
    # Steps of 1/8. first dies on 1, 2, 5; second on 3, 3, 3, 6, 6.
    # Difference by day: 1: -1/8; 2: -2/8; 3: +1/8; 5: 0; 6: +2/8. The change is on day 3.
    first = kaplan_meier([1, 2, 5, 9, 9, 9, 9, 9], [1, 1, 1, 0, 0, 0, 0, 0])
    second = kaplan_meier([3, 3, 3, 6, 6, 9, 9, 9], [1, 1, 1, 1, 1, 0, 0, 0])
    assert crossings(first, second, at_least=0.25).time.tolist() == [3]
    # first dies once more on day 4 and falls behind again: the change on day 6 is the last.
    first = kaplan_meier([1, 2, 4, 4, 9, 9, 9, 9], [1, 1, 1, 1, 0, 0, 0, 0])
    second = kaplan_meier([3, 3, 3, 6, 6, 6, 9, 9], [1, 1, 1, 1, 1, 1, 0, 0])
    assert crossings(first, second, at_least=0.25).time.tolist() == [6]
    assert crossings(first, second).time.tolist() == [3, 4, 6]


def test_curves_that_only_meet_do_not_cross():
    first = kaplan_meier([1, 5, 6, 7], [1, 1, 0, 0])
    second = kaplan_meier([3, 5, 6, 7], [1, 1, 0, 0])
    assert crossings(first, second).time.size == 0


def test_a_crossing_after_one_group_has_ended_does_not_count():
    first = kaplan_meier([1, 2, 3], [1, 0, 0])
    second = kaplan_meier([4, 5, 6, 7], [1, 1, 1, 0])
    assert crossings(first, second).time.size == 0


@pytest.mark.parametrize("estimate", [kaplan_meier, reverse_kaplan_meier])
@pytest.mark.parametrize(
    ("time", "event", "sentence"),
    [
        ([1, -2, 3], [1, 0, 1], "`time` must be at least 0."),  # W4
        ([1, 2, 3], [1, 2, 1], "`event` must be true or false"),  # codes 1 and 2
        ([5, 8, 9], [5, 8, 9], "`event` must be true or false"),  # the times once more
        ([1, math.nan, 3], [1, 0, 1], "`time` must be finite"),
        ([1, 2, 3], [1, 0], "same length"),
        ([], [], "at least one"),
    ],
)
def test_w4_and_finding_1_what_is_not_a_time_or_an_event_is_refused(
    estimate, time, event, sentence
):
    with pytest.raises(ArgumentError, match=sentence):
        estimate(time, event)


def test_options_out_of_range_are_refused():
    with pytest.raises(ArgumentError, match=r"Did you mean 0\.95"):
        kaplan_meier([1], [1], level=95)
    with pytest.raises(ArgumentError, match="`interval` must be"):
        kaplan_meier([1], [1], interval="loglog")
    with pytest.raises(ArgumentError, match="`quantile` must be"):
        survival_quantile(kaplan_meier([1], [1]), 1.0)
    with pytest.raises(ArgumentError, match="`at` must be at least 0"):
        survival_at(kaplan_meier([1], [1]), [-1])
    with pytest.raises(ArgumentError, match="`at` must be at least 0"):
        numbers_at_risk([1], [-1])


def test_no_answer_is_missing_even_for_one_patient():
    for event in (0, 1):
        curve = kaplan_meier([3], [event])
        for field in (curve.survival, curve.std_error, curve.low, curve.high):
            assert np.isfinite(field).all()


# Five patients who enter late, observed (0, 4], (1, 3], (2, 6], (3, 5], (4, 6]; events at 3, 5, 6.
#   day   at risk                          events   ended   S
#    3    (0,4] (1,3] (2,6]            3      1       0     2/3
#    4    (0,4] (2,6] (3,5]            3      0       1     2/3
#    5    (2,6] (3,5] (4,6]            3      1       0     2/3 x 2/3 = 4/9
#    6    (2,6] (4,6]                  2      1       1     4/9 x 1/2 = 2/9
LATE_ENTRY, LATE_TIMES, LATE_EVENTS = [0, 1, 2, 3, 4], [4, 3, 6, 5, 6], [0, 1, 1, 1, 0]


def test_late_entry_row_by_row():
    curve = kaplan_meier(LATE_TIMES, LATE_EVENTS, entry=LATE_ENTRY)
    assert curve.time.tolist() == [3, 4, 5, 6]
    assert curve.at_risk.tolist() == [3, 3, 3, 2]
    assert curve.events.tolist() == [1, 0, 1, 1]
    assert curve.censored.tolist() == [0, 1, 0, 1]
    assert curve.survival == pytest.approx([2 / 3, 2 / 3, 4 / 9, 2 / 9], rel=1e-14)
    # (4/9)^2 (1/(3x2) + 1/(3x2)) = 16/81 x 1/3
    assert curve.std_error[2] == pytest.approx(4 / 9 / math.sqrt(3), rel=1e-14)
    assert curve.entry_time.tolist() == [0, 1, 2, 3, 4]
    assert curve.entered.tolist() == [1] * 5


def test_pf_13_with_late_entry_the_number_at_risk_rises_and_falls():
    days = [0, 0.5, 1, 1.5, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 7]
    #     day 1: one who enters on it is not yet there; day 3: who leaves still is, who enters not
    counts = [0, 1, 1, 2, 3, 3, 3, 3, 3, 3, 2, 2, 0]
    assert numbers_at_risk(LATE_TIMES, days, entry=LATE_ENTRY).tolist() == counts
    read = survival_at(kaplan_meier(LATE_TIMES, LATE_EVENTS, entry=LATE_ENTRY), days)
    assert read.at_risk.tolist() == counts
    # while survival is 1 the lower limit is that of the one who alone was there until day 1
    assert read.low[:5] == pytest.approx([0.025] * 5, rel=1e-13)


def test_with_late_entry_who_comes_late_does_not_vouch_for_the_time_before():
    # two are there from 0, one of them until 5; twenty enter at 9.9; nobody has the event
    entry = [0.0, 0.0] + [9.9] * 20
    curve = kaplan_meier([5.0] + [12.0] * 21, [0] * 22, entry=entry)
    assert curve.low == pytest.approx([math.sqrt(0.025), 0.025], rel=1e-13)
    read = survival_at(curve, [0, 5, 5.1, 9.9, 11, 13])
    both = math.sqrt(0.025)
    assert read.low == pytest.approx([both, both, 0.025, 0.025, 0.025, 0.025], rel=1e-13)
    # weights are numbers of patients: half of the first two, 4 of each of the others
    halved = kaplan_meier([5.0] + [12.0] * 21, [0] * 22, entry=entry, weight=[0.5] * 2 + [4] * 20)
    assert halved.low == pytest.approx([0.025, 0.025**2], rel=1e-13)


def test_with_late_entry_and_nobody_from_the_start_nothing_is_known():
    curve = kaplan_meier([12.0] * 20, [0] * 20, entry=[9.9] * 20)
    assert curve.low.tolist() == [0]
    assert survival_at(curve, [5, 11]).low.tolist() == [0, 0]


def test_with_late_entry_the_end_of_a_curve_is_vouched_for_by_those_who_were_there():
    # two of three die at 5 and the third at 10, together with twenty who entered at 6
    curve = kaplan_meier([5, 5, 10] + [10] * 20, [1] * 23, entry=[0] * 3 + [6] * 20)
    assert curve.survival.tolist() == [1 / 3, 0]
    assert (1 - curve.high[1]) ** 3 == pytest.approx(0.025, rel=1e-12)


def test_no_interval_has_width_zero_after_many_waves():
    # twelve waves of thirty of whom 29 die, then five who all die: at the end n' is 29 or 30 still
    time, event, entry = [], [], []
    for wave in range(12):
        time += [wave + 0.5] * 29 + [wave + 1.0]
        event += [1] * 29 + [0]
        entry += [float(wave)] * 30
    curve = kaplan_meier(time + [13.0] * 5, event + [1] * 5, entry=entry + [12.0] * 5)
    assert curve.survival[-1] == 0 < curve.high[-1]
    assert curve.low[-1] == 0


def test_the_bound_of_none_among_very_many_keeps_its_digits():
    # 1 - (alpha/2)^(1/n) = -log(alpha/2) / n up to a share of 1/n
    assert bound_without_events(np.array([1e18]), 0.95) == pytest.approx(
        [-math.log(0.025) / 1e18], rel=1e-12
    )
    assert bound_without_events(np.array([1.0, 2, 0]), 0.95) == pytest.approx(
        [0.975, 1 - math.sqrt(0.025), 1], rel=1e-14
    )


def test_the_curve_carries_its_value_over_days_with_nobody_at_risk():
    # (0, 2] dies, (0, 3] leaves; nobody until day 5; then (5, 7] dies, (5, 8] leaves
    curve = kaplan_meier([2, 3, 7, 8], [1, 0, 1, 0], entry=[0, 0, 5, 5])
    assert curve.survival == pytest.approx([1 / 2, 1 / 2, 1 / 4, 1 / 4], rel=1e-14)
    read = survival_at(curve, [4, 6])
    assert read.survival.tolist() == [0.5, 0.5]
    assert read.at_risk.tolist() == [0, 2]


def test_if_all_at_risk_die_early_the_curve_is_0_whoever_enters_later():
    curve = kaplan_meier([2, 2, 7, 8], [1, 1, 1, 0], entry=[0, 1, 5, 5])
    assert curve.survival.tolist() == [0, 0, 0]
    assert curve.at_risk.tolist() == [2, 2, 1]
    assert (curve.std_error == 0).all()
    # the limit is that of the one who was there from the start, 1 - p = 0.025, and stays
    assert 1 - curve.high == pytest.approx([0.025] * 3, rel=1e-12)
    both = kaplan_meier([2, 2, 7, 8], [1, 1, 1, 0], entry=[0, 0, 5, 5])
    assert (1 - both.high) ** 2 == pytest.approx([0.025] * 3, rel=1e-12)
    assert not survival_at(curve, [9]).beyond[0]


def test_a_patient_in_two_rows_is_one_patient():
    # MR-16: (0, 5] as (0, 2] and (2, 5]
    whole = kaplan_meier([1, 3, 5], [1, 1, 0])
    split = kaplan_meier([1, 3, 2, 5], [1, 1, 0, 0], entry=[0, 0, 0, 2])
    assert split.time.tolist() == [1, 2, 3, 5]
    assert split.survival[[0, 2, 3]].tolist() == whole.survival.tolist()
    assert split.at_risk.tolist() == [3, 2, 2, 1]
    assert numbers_at_risk([1, 3, 2, 5], [2, 2.5], entry=[0, 0, 0, 2]).tolist() == [2, 2]


def test_weights_count_patients():
    # weights 2, 1, 1/2, 3 at days 1 (event), 2 (ended), 3 (event), 4 (ended)
    curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], weight=[2, 1, 0.5, 3])
    assert curve.at_risk.tolist() == [6.5, 4.5, 3.5, 3]
    assert curve.survival == pytest.approx([9 / 13, 9 / 13, 9 / 13 * 6 / 7, 54 / 91], rel=1e-14)
    # day 1: 2 / (6.5 x 4.5) = 8/117; day 3: 0.5 / (3.5 x 3) = 1/21
    error = 54 / 91 * math.sqrt(8 / 117 + 1 / 21)
    assert curve.std_error[2] == pytest.approx(error, rel=1e-14)


def test_mr_13_a_patient_of_weight_0_is_as_if_left_out():
    with_him = kaplan_meier([1, 2, 2, 3], [1, 1, 0, 0], weight=[1, 0, 2, 1], entry=[0, 1, 0, 1])
    without = kaplan_meier([1, 2, 3], [1, 0, 0], weight=[1, 2, 1], entry=[0, 0, 1])
    for field in ("time", "at_risk", "events", "survival", "low", "high", "entry_time", "entered"):
        assert getattr(with_him, field).tolist() == getattr(without, field).tolist()


def test_the_last_one_to_die_leaves_nobody_whatever_the_rounding_of_the_weights():
    # 0.1 + 0.2 + 0.3 less 0.3 is not 0.1 + 0.2: all at risk on day 3 die, and survival is 0
    curve = kaplan_meier([3, 3, 6], [1, 1, 0], weight=[0.1, 0.2, 0.3], entry=[0, 0, 4])
    assert curve.survival.tolist() == [0, 0]


def test_robust_variance_of_three_weighted_patients():
    # weights 2, 1, 1; the first dies on day 1: S = (w2 + w3) / (w1 + w2 + w3) = 1/2.
    # dS/dw1 = -2/16, dS/dw2 = dS/dw3 = 2/16: (2 x 1/8)^2 + (1/8)^2 + (1/8)^2 = 6/64.
    # Day 3, the third dies: S = 0.
    curve = kaplan_meier([1, 2, 3], [1, 0, 1], weight=[2, 1, 1], variance="robust")
    assert curve.std_error == pytest.approx([math.sqrt(6 / 64)] * 2 + [0], rel=1e-14)
    # effective number (2 + 1 + 1)^2 / (4 + 1 + 1) = 8/3 for a weight of 4
    assert curve.patients_per_weight == pytest.approx(2 / 3, rel=1e-15)


def test_robust_limits_at_1_take_the_effective_number_of_patients():
    # weights 3 and 1 are (3 + 1)^2 / (9 + 1) = 8/5 patients
    curve = kaplan_meier([5, 5], [0, 0], weight=[3, 1], variance="robust")
    assert curve.low[0] ** (8 / 5) == pytest.approx(0.025, rel=1e-12)
    assert survival_at(curve, [2]).low[0] == pytest.approx(curve.low[0], rel=1e-14)
    # without weights a robust variance of a share is p (1 - p) / n, as Greenwood's
    same = kaplan_meier([1, 2, 3], [1, 0, 0], weight=[1, 1, 1], variance="robust")
    assert same.std_error[0] == pytest.approx(math.sqrt(2 / 27), rel=1e-14)


def test_life_table_of_six_patients():
    table = life_table(SIX_TIMES, SIX_EVENTS, weight=[1, 2, 1, 1, 1, 1], squares=True)
    assert table.time.tolist() == [1, 2, 3, 4, 5]
    assert table.at_risk.tolist() == [7, 5, 3, 2, 1]
    assert table.events.tolist() == [2, 1, 1, 0, 1]
    assert table.tied.tolist() == [1, 1, 1, 0, 1]
    assert table.squares.tolist() == [[0, 4], [1, 1], [0, 1], [1, 0], [0, 1]]
    assert life_table(SIX_TIMES, SIX_EVENTS).squares is None


def test_limits_of_a_curve_from_1_to_0():
    # 4 at risk and no event; one of 4 dies: S = 3/4, relative error^2 = 1/12; the other 3 at once
    error = np.array([0, math.sqrt(1 / 12), math.sqrt(1 / 12)])
    # 3 / (3/4) = 4 patients are known to have died
    curve, followed = np.array([1, 3 / 4, 0]), np.array([4, 4, 4])
    limits = survival_limits(curve, error, followed, level=0.9, interval="plain")
    z = 1.6448536269514722
    assert limits.low == pytest.approx([0.05 ** (1 / 4), 3 / 4 * (1 - z * math.sqrt(1 / 12)), 0])
    assert limits.high == pytest.approx([1, 1, 1 - 0.05 ** (1 / 4)])


def test_binomial_limit_when_all_survived():
    # p^n = 0.025; of nobody, nothing
    assert binomial_low(np.array([1.0, 2.0]), 0.95) == pytest.approx([0.025, math.sqrt(0.025)])
    assert binomial_low(np.array([0]), 0.95).tolist() == [0]


def test_pf_1_times_given_as_events_are_refused():
    """A rival took them for events and its p was wrong by two orders."""
    with pytest.raises(ArgumentError, match="`event` must be true or false"):
        kaplan_meier([5, 8, 9], [5, 8, 9])


@pytest.mark.parametrize("codes", [[1, 2, 1], [2, 2, 2], [0, 2, 0]])
def test_pf_2_and_4_events_coded_1_and_2_are_refused(codes):
    """Rivals counted both codes as events; R takes a constant 2 for "all had the event"."""
    with pytest.raises(ArgumentError, match="`event` must be true or false"):
        kaplan_meier([5, 8, 9], codes)


def test_pf_4_a_constant_1_means_that_all_had_the_event():
    assert kaplan_meier([5, 8, 9], [1, 1, 1]).survival[-1] == 0


def test_pf_3_negative_times_are_refused():
    for arguments in ({"time": [1, -2]}, {"time": [1, 2], "entry": [-1, 0]}):
        with pytest.raises(ArgumentError, match="must be at least 0"):
            kaplan_meier(event=[1, 0], **arguments)


def test_pf_35_each_quantile_has_the_limits_of_its_own_curve():
    """Limits of a quantile were once those of another curve; the median was off at exactly 0.5."""
    # ten patients, an event on each day: S = (10 - j) / 10 on day j
    long, short = (kaplan_meier(range(1, 11), [1] * 10, level=level) for level in (0.8, 0.5))
    for curve in (long, short):
        found = survival_quantile(curve)
        assert found.estimate == 5.5  # S is exactly 0.5 from day 5 to day 6
        below = curve.time[(curve.low <= 0.5)][0]
        above = curve.time[(curve.high <= 0.5)][0]
        assert (found.low, found.high) == (below, above)
    assert survival_quantile(long).low < survival_quantile(short).low


def test_entries_and_weights_that_cannot_be_are_refused():
    for entry in ([0, 2], [0, 3], [1, 5]):
        with pytest.raises(ArgumentError, match="`entry` must be before `time`"):
            kaplan_meier([1, 2], [1, 0], entry=entry)
    with pytest.raises(ArgumentError, match="`entry` must be before `time`"):
        numbers_at_risk([0.3], [1], entry=[0.1 + 0.2])  # later by rounding only
    with pytest.raises(ArgumentError, match="same length"):
        kaplan_meier([1, 2], [1, 0], entry=[0])
    with pytest.raises(ArgumentError, match="same length"):
        kaplan_meier([1, 2], [1, 0], weight=[1])
    with pytest.raises(ArgumentError, match="`weight` must be at least 0"):
        kaplan_meier([1, 2], [1, 0], weight=[1, -1])
    with pytest.raises(ArgumentError, match="`weight` must be above 0"):
        kaplan_meier([1, 2], [1, 0], weight=[0, 0])
    with pytest.raises(ArgumentError, match="`variance` must be"):
        kaplan_meier([1, 2], [1, 0], variance="jackknife")
    with pytest.raises(ArgumentError, match="`variance` must be"):
        kaplan_meier([1, 2], [1, 0], entry=[0, 0], variance="robust")


def test_the_result_does_not_share_memory_with_what_was_given():
    time, at = np.array([1.5, 2.5]), np.array([1.0, 2.0])
    curve = kaplan_meier(time, [1, 0])
    read = survival_at(curve, at)
    time[0] = at[0] = 99
    assert curve.time.tolist() == [1.5, 2.5]
    assert read.at.tolist() == [1, 2]


def test_the_interval_of_a_quantile_holds_its_estimate():
    # S is 1/2 from 0.5 on and 0 from 0.6; log-log limits turn back up when two more enter
    curve = kaplan_meier([4.9, 0.5, 9.5, 1.1, 0.6], [1] * 5, entry=[0.5, 0, 4, 0.5, 0.4])
    median = survival_quantile(curve)
    assert (median.low, median.estimate) == (0.5, 0.55)
    assert median.high >= median.estimate


@pytest.mark.parametrize("wrong", ["0.5", None, [0.5], math.nan])
def test_a_share_is_a_number(wrong):
    curve = kaplan_meier([1, 2], [1, 0])
    with pytest.raises(ArgumentError, match="`quantile` must be a number"):
        survival_quantile(curve, wrong)
    with pytest.raises(ArgumentError, match="`at_least` must be a number"):
        crossings(curve, curve, at_least=wrong)


@pytest.mark.parametrize("weight", [[1e160] * 4, [1e-200] * 4, [1e17, 1, 1, 1], [1, 2, 1e300, 1]])
def test_weights_that_leave_no_digits_are_refused(weight):
    for variance in ("greenwood", "robust"):
        with pytest.raises(ArgumentError, match="`weight` must"):
            kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], weight=weight, variance=variance)


def test_very_small_and_very_large_weights_that_are_taken_give_numbers():
    expected = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], weight=[1] * 4, variance="robust")
    for weight in (1e-100, 1e15):
        curve = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], weight=[weight] * 4, variance="robust")
        for field in ("survival", "std_error", "low", "high"):
            np.testing.assert_allclose(getattr(curve, field), getattr(expected, field), rtol=1e-12)
    counted = kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0], weight=[1e15] * 4)
    assert (counted.low < counted.high).all()
