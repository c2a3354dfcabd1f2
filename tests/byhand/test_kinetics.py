"""Cellular kinetics worked by hand: curve, half-lives, persistence, model, geometric mean."""

from fractions import Fraction
from math import exp, inf, log, nan, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.kinetics.curve import BelowLimitRules, area_under_curve
from autallo.stats.kinetics.expansion_model import expansion_model
from autallo.stats.kinetics.geometric import geometric_mean
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.persistence import cell_loss, confirmed_loss, persistence, reexpansion
from autallo.stats.kinetics.series import kinetic_series

DAYS = [0, 3, 7, 10, 14, 21, 28]
COPIES = [0, 200, 12000, 30000, 8000, 2000, 500]
# Rising pieces are trapezoids: 3 (0 + 200) / 2 = 300, 4 (200 + 12000) / 2 = 24400,
# 3 (12000 + 30000) / 2 = 63000; together 87700. Falling: (a - b) / ln(a / b) times the days.
RISE = 300 + 24400 + 63000
FALL_TO_14 = 22000 / log(30000 / 8000) * 4
FALL_TO_21 = 6000 / log(4) * 7
FALL_TO_28 = 1500 / log(4) * 7


def close(number):
    return pytest.approx(number, rel=1e-12)


# Vectors 1 to 8 of the criteria.


def test_vector_1_peak_area_and_contraction():
    kinetics = cellular_kinetics(kinetic_series(DAYS, COPIES))
    assert (kinetics.cmax.estimate, kinetics.tmax.estimate) == (30000, 10)
    assert (kinetics.clast.estimate, kinetics.tlast.estimate) == (500, 28)
    assert kinetics.auc.estimate == close(RISE + FALL_TO_14 + FALL_TO_21 + FALL_TO_28)
    assert kinetics.auc.estimate == pytest.approx(192_148.85, abs=0.005)
    assert kinetics.auc_last.estimate == kinetics.auc.estimate
    # after the peak 8000, 2000, 500: a quarter every 7 days, so half every 3.5
    assert kinetics.contraction.slope == close(-log(4) / 7)
    assert kinetics.contraction.estimate == close(3.5)
    assert (kinetics.contraction.first_day, kinetics.contraction.last_day) == (14, 28)
    assert (kinetics.samples, kinetics.quantifiable, kinetics.flags) == (7, 6, ())


def test_vector_1_by_straight_lines_only():
    # falling trapezoids: 4 (30000 + 8000) / 2 = 76000, 7 (10000) / 2 = 35000, 7 (2500) / 2 = 8750
    kinetics = cellular_kinetics(kinetic_series(DAYS, COPIES), method="linear")
    assert kinetics.auc.estimate == 87700 + 76000 + 35000 + 8750 == 207_450


def test_vector_2_the_area_is_cut_at_day_28_between_two_samples():
    # from 2000 on day 21 to 250 on day 35 the level falls by an eighth: on day 28 by root 8
    days, copies = [*DAYS[:-1], 35], [*COPIES[:-1], 250]
    at_28 = 2000 / sqrt(8)
    assert at_28 == pytest.approx(707.107, abs=0.0005)
    wanted = RISE + FALL_TO_14 + FALL_TO_21 + (2000 - at_28) / log(sqrt(8)) * 7
    kinetics = cellular_kinetics(kinetic_series(days, copies))
    assert kinetics.auc.estimate == close(wanted)
    assert kinetics.auc.estimate == pytest.approx(193_279.20, abs=0.005)
    assert not kinetics.auc.extrapolated
    # straight: day 28 is the middle of 2000 and 250, 1125; 7 (2000 + 1125) / 2 = 10937.5
    straight = cellular_kinetics(kinetic_series(days, copies), method="linear")
    assert straight.auc.estimate == 87700 + 76000 + 35000 + 10937.5 == 209_637.5


LATE_DAYS, LATE_COPIES = (
    [0, 7, 10, 14, 28, 60, 90, 180],
    [0, 10000, 24000, 9000, 1200, 300, 250, 180],
)


def test_vector_3_late_decline_without_the_sample_of_day_28():
    kinetics = cellular_kinetics(kinetic_series(LATE_DAYS, LATE_COPIES))
    # 7 * 10000 / 2 = 35000, 3 * 34000 / 2 = 51000, then falling
    falling = 15000 / log(24 / 9) * 4 + 7800 / log(9000 / 1200) * 14
    assert kinetics.auc.estimate == close(86000 + falling)
    assert kinetics.auc.estimate == pytest.approx(201_368.88, abs=0.005)
    # Days 60, 90, 180: mean 110, offsets -50, -20, 70, squares 7800.
    slope = (-50 * log(300) - 20 * log(250) + 70 * log(180)) / 7800
    assert kinetics.late_decline.slope == close(slope)
    assert kinetics.late_decline.slope == pytest.approx(-0.0041168, abs=5e-8)
    assert kinetics.late_decline.estimate == close(log(2) / -slope)
    assert kinetics.late_decline.estimate == pytest.approx(168.37, abs=0.005)
    assert kinetics.late_decline.adjusted_r_squared == pytest.approx(0.9726, abs=5e-5)
    assert kinetics.late_decline.samples == 3
    # only days 14 and 28 lie between the peak and day 28
    contraction = kinetics.contraction
    assert (contraction.estimate, contraction.reason) == (None, "too_few_samples")
    assert contraction.samples == 2


TRAILING = ([0, 7, 10, 14, 21, 28], [0, 5000, 12000, 3000, 60, 0])
# 7 * 5000 / 2 = 17500, 3 * 17000 / 2 = 25500, falling to day 21
TO_LAST = 17500 + 25500 + 9000 / log(4) * 4 + 2940 / log(50) * 7


@pytest.mark.parametrize(
    ("trailing", "tail", "printed"),
    [
        ("ignore", 0, 74_229.22),
        ("zero", 7 * 60 / 2, 74_439.22),
        ("half_limit", 35 / log(60 / 25) * 7, 74_509.07),  # from 60 to half of 50
    ],
)
def test_vector_4_a_sample_below_the_limit_after_the_last_quantifiable_one(trailing, tail, printed):
    kinetics = cellular_kinetics(
        kinetic_series(*TRAILING, limit=50), rules=BelowLimitRules(trailing=trailing)
    )
    assert kinetics.auc.estimate == close(TO_LAST + tail)
    assert kinetics.auc.estimate == pytest.approx(printed, abs=0.005)
    assert kinetics.auc_last.estimate == close(TO_LAST)
    assert (kinetics.tlast.estimate, kinetics.clast.estimate) == (21, 60)


def test_vector_5_everything_below_the_limit():
    kinetics = cellular_kinetics(kinetic_series([0, 7, 14, 28], [0, 0, 0, 0]))
    assert (kinetics.cmax.estimate, kinetics.cmax.reason) == (0, None)
    assert "no_expansion" in kinetics.flags
    for part in ("tmax", "clast", "tlast", "auc", "auc_last", "doubling", "fold_expansion",
                 "contraction", "late_decline", "terminal"):  # fmt: skip
        found = getattr(kinetics, part)
        assert (found.estimate, found.reason) == (None, "no_expansion"), part
    area = area_under_curve(kinetic_series([0, 7, 14, 28], [0, 0, 0, 0]))
    assert (area.estimate, area.reason) == (None, "no_expansion")


def test_vector_6_below_the_limit_in_the_middle_is_dropped_and_before_it_is_zero():
    kinetics = cellular_kinetics(
        kinetic_series([0, 7, 10, 14, 28], [0, None, 5000, None, 100], below=[0, 1, 0, 1, 0])
    )
    assert kinetics.tmax.estimate == 10
    # nothing to day 7, 3 * 5000 / 2 = 7500 to day 10, one falling piece to day 28
    assert kinetics.auc.estimate == close(7500 + 4900 / log(50) * 18)


def test_vector_7_geometric_mean_and_variation():
    # logarithms l, l + ln 2, l + 2 ln 2: variance ln 2 squared
    peaks = geometric_mean([10_000, 20_000, 40_000])
    assert peaks.estimate == close(20_000)
    assert peaks.coefficient_of_variation == close(sqrt(exp(log(2) ** 2) - 1))
    assert peaks.coefficient_of_variation == pytest.approx(0.7854, abs=5e-5)


def test_vector_8_the_first_of_two_equal_peaks():
    kinetics = cellular_kinetics(kinetic_series([0, 3, 7, 10, 14, 28], [0, 10, 900, 900, 300, 20]))
    assert kinetics.tmax.estimate == 7


def test_w34_the_area_to_day_28_is_larger_than_to_the_last_quantifiable_sample():
    # the triangle from 60 on day 21 to nothing on day 28 is 7 * 60 / 2 = 210
    kinetics = cellular_kinetics(kinetic_series(*TRAILING, limit=50))
    assert kinetics.auc.estimate - kinetics.auc_last.estimate == pytest.approx(210, rel=1e-9)


# Samples below the limit, by position.


def test_a_middle_sample_counts_as_the_rule_says():
    days, copies = [0, 7, 10, 14, 28], [0, 0, 5000, 0, 100]
    areas = {
        rule: area_under_curve(
            kinetic_series(days, copies, limit=50), rules=BelowLimitRules(middle=rule)
        ).estimate
        for rule in ("drop", "zero", "half_limit")
    }
    assert areas["drop"] == close(7500 + 4900 / log(50) * 18)
    # zero: down to 0 by day 14, 4 * 5000 / 2 = 10000, and up to 100, 14 * 100 / 2 = 700
    assert areas["zero"] == 7500 + 10000 + 700
    # half the limit: from 5000 to 25 it falls by 200, then rises, 14 * 125 / 2 = 875
    assert areas["half_limit"] == close(7500 + 4975 / log(200) * 4 + 875)


def test_a_leading_sample_may_be_left_out():
    rules = BelowLimitRules(leading="drop")
    area = area_under_curve(kinetic_series([0, 7, 10, 14, 28], [0, 0, 5000, 0, 100]), rules=rules)
    # from nothing on day 0 straight to 5000 on day 10
    assert area.estimate == close(25000 + 4900 / log(50) * 18)


def test_only_the_first_trailing_sample_is_used():
    # 8 on day 2, nothing on day 4: 8 + 8 = 16; the curve has ended
    area = area_under_curve(kinetic_series([0, 2, 4, 9], [0, 8, 0, 0]))
    assert area.estimate == 16
    # half the limit of 4: 8 to 2 on day 4, and nothing after
    rules = BelowLimitRules(trailing="half_limit")
    area = area_under_curve(kinetic_series([0, 2, 4, 9], [0, 8, 0, 0], limit=4), rules=rules)
    assert area.estimate == close(8 + 6 / log(4) * 2)


def test_a_level_under_the_limit_is_below_it_and_one_at_the_limit_is_not():
    series = kinetic_series([1, 2, 3], [49.9, 50, 0], limit=50)
    assert series.below == (True, False, True)
    assert series.value == (0, 50, 0)
    assert kinetic_series([1, 2, 3], [49.9, 50, 60], limit=[49, 51, 60]).below == (
        False, True, False,
    )  # fmt: skip


def test_replicates_are_their_geometric_mean_and_quantifiable_if_one_is():
    # 2 and 8: 4; 0 and 9: 9; two below the limit stay below it
    series = kinetic_series([5, 1, 5, 3, 3, 9, 9], [2, 7, 8, 0, 9, 0, 0], limit=[1] * 5 + [1, 2])
    assert series.day == (1, 3, 5, 9)
    assert series.value == (7, 9, close(4), 0)
    assert series.below == (False, False, False, True)
    assert series.limit == (1, 1, 1, 2)
    assert (series.merged, series.left_out) == (3, 0)
    assert (
        "replicates_merged" in cellular_kinetics(kinetic_series([0, 7, 7, 9], [0, 2, 8, 4])).flags
    )


def test_before_the_infusion():
    days, copies = [-5, 0, 4, 8, 28], [3, 6, 10, 4, 1]
    kinetics = cellular_kinetics(kinetic_series(days, copies))
    # the sample of day 0 stands for day 0, as it is: 4 * 16 / 2 = 32
    assert kinetics.auc.estimate == close(32 + 6 / log(2.5) * 4 + 3 / log(4) * 20)
    assert "baseline_positive" in kinetics.flags
    assert kinetics.samples == 4
    # without day 0 the sample of day -5 does: 4 * 13 / 2 = 26
    early = cellular_kinetics(kinetic_series([-5, 4, 8, 28], [3, 10, 4, 1]))
    assert early.auc.estimate == close(26 + 6 / log(2.5) * 4 + 3 / log(4) * 20)
    # with no sample before, nothing: 4 * 10 / 2 = 20
    assumed = cellular_kinetics(kinetic_series([4, 8, 14, 28], [10, 4, 2, 1]))
    assert assumed.flags == ("baseline_assumed",)
    wanted = 20 + 6 / log(2.5) * 4 + 2 / log(2) * 6 + 1 / log(2) * 14
    assert assumed.auc.estimate == close(wanted)


def test_the_peak_is_never_the_sample_before_the_infusion_nor_a_late_one():
    kinetics = cellular_kinetics(kinetic_series([0, 7, 14, 28, 60], [900, 20, 30, 10, 800]))
    assert (kinetics.cmax.estimate, kinetics.tmax.estimate) == (30, 14)
    assert (kinetics.tlast.estimate, kinetics.clast.estimate) == (60, 800)


def test_the_last_day_of_the_expansion_belongs_to_it():
    on_the_day = cellular_kinetics(kinetic_series([0, 7, 14, 28], [0, 20, 30, 90]))
    assert (on_the_day.cmax.estimate, on_the_day.tmax.estimate) == (90, 28)
    assert on_the_day.quantifiable == 3
    after = cellular_kinetics(kinetic_series([0, 7, 14, 28.1], [0, 20, 30, 90]))
    assert (after.cmax.estimate, after.tmax.estimate) == (30, 14)
    assert after.samples == 3


def test_quantifiable_only_before_the_infusion_is_no_expansion():
    kinetics = cellular_kinetics(kinetic_series([0, 7, 14, 28], [5, 0, 0, 0]))
    assert kinetics.cmax.estimate == 0
    assert (kinetics.tlast.estimate, kinetics.tlast.reason) == (None, "no_expansion")
    assert kinetics.flags == ("baseline_positive", "sparse", "no_expansion")
    assert kinetics.quantifiable == 1


def test_expansion_after_day_28_only():
    kinetics = cellular_kinetics(kinetic_series([0, 7, 14, 28, 60], [0, 0, 0, 0, 70]))
    assert (kinetics.cmax.estimate, kinetics.tmax.reason) == (0, "no_expansion")
    assert (kinetics.auc.estimate, kinetics.auc.reason) == (None, "no_expansion")
    assert (kinetics.tlast.estimate, kinetics.clast.estimate) == (60, 70)
    # 32 days from nothing to 70
    assert kinetics.auc_last.estimate == 32 * 70 / 2


def test_the_series_ends_with_the_next_infusion():
    kinetics = cellular_kinetics(kinetic_series([*DAYS, 40], [*COPIES, 90000], end=28))
    assert kinetics.tlast.estimate == 28
    assert kinetics.flags == ("cut_at_end",)
    nothing = cellular_kinetics(kinetic_series([0, 7], [0, 8], end=-1))
    assert (nothing.cmax.estimate, nothing.cmax.reason) == (None, "no_sample")
    assert (nothing.auc.reason, nothing.auc_last.end) == ("no_sample", None)
    assert nothing.flags == ("baseline_assumed", "sparse", "cut_at_end")


# Where an area can be given.


def test_a_falling_curve_goes_on_for_two_days():
    # 16 on day 24, 8 on day 26: half in 2 days, 4 on day 28
    area = area_under_curve(kinetic_series([0, 24, 26], [0, 16, 8]))
    assert area.estimate == close(192 + 8 / log(2) * 2 + 4 / log(2) * 2)
    assert area.extrapolated
    assert "extrapolated" in cellular_kinetics(kinetic_series([0, 9, 24, 26], [0, 20, 16, 8])).flags


def test_a_level_curve_goes_on_as_it_is():
    area = area_under_curve(kinetic_series([0, 24, 27], [0, 8, 8]))
    assert area.estimate == 96 + 24 + 8


@pytest.mark.parametrize(
    ("days", "copies", "reason"),
    [
        ([0, 24, 25.9], [0, 16, 8], "ends_too_early"),
        ([0, 24, 26], [0, 8, 16], "not_declining"),
        ([0, 27], [0, 5], "not_declining"),
        ([0], [5], "no_sample"),
        ([0, 5], [5, 0], "no_expansion"),
    ],
)
def test_no_area_without_its_reason(days, copies, reason):
    area = area_under_curve(kinetic_series(days, copies))
    assert (area.estimate, area.reason, area.extrapolated) == (None, reason, False)


@pytest.mark.parametrize(
    ("days", "copies", "reason"),
    [
        ([0, 7, 28], [0, 50, 9], "too_few_samples"),
        ([0, 7, 10, 20.9], [0, 50, 90, 9], "no_late_sample"),
        ([0, 7, 10, 21], [0, 50, 90, 9], "ends_too_early"),
        ([0, 7, 10, 14], [0, 50, 9, 0], None),  # nothing left on day 14
        ([0, 3, 7, 10, 50], [0, 5, 50, 90, 9], None),  # day 28 lies between samples
        ([0, 7, 10, 50], [0, 50, 90, 9], "too_few_samples"),  # only three up to day 28
        ([5, 7, 10, 28], [3, 50, 90, 9], None),
        ([0, 3, 7, 10, 56], [0, 5, 50, 90, 9], None),
        # a line over months tells nothing of day 28, whatever it ends in
        ([0, 3, 7, 10, 56.1], [0, 5, 50, 90, 9], "no_late_sample"),
        ([0, 3, 7, 10, 180], [0, 200, 12000, 30000, 50], "no_late_sample"),
        ([0, 3, 7, 10, 365], [0, 200, 12000, 30000, 0], "no_late_sample"),
        ([0, 3, 7, 10, 14, 365], [0, 200, 12000, 30000, 0, 50], "no_late_sample"),
        ([0, 3, 7, 10, 22, 365], [0, 200, 12000, 30000, 900, 50], None),
    ],
)
def test_the_area_to_day_28_asks_for_four_samples_and_a_late_one(days, copies, reason):
    auc = cellular_kinetics(kinetic_series(days, copies)).auc
    assert auc.reason == reason
    assert (auc.estimate is None) == (reason is not None)


def test_the_area_to_the_last_quantifiable_sample_asks_for_four_up_to_it():
    kinetics = cellular_kinetics(kinetic_series([0, 7, 10, 14], [0, 50, 9, 0]))
    auc_last = kinetics.auc_last
    assert (auc_last.estimate, auc_last.reason) == (None, "too_few_samples")
    assert (auc_last.start, auc_last.end) == (0, 10)


def test_a_window_that_begins_inside_a_piece():
    # 0 to 8 on day 4, so 4 on day 2; 8 to 2 on day 8, so 4 on day 6
    area = area_under_curve(kinetic_series([0, 4, 8], [0, 8, 2]), window=(2, 6))
    assert area.estimate == close(12 + 4 / log(2) * 2)
    assert (
        area_under_curve(kinetic_series([0, 4, 8, 9], [0, 8, 2, 0]), window=(20, 30)).estimate == 0
    )


# Phases.


def test_rise():
    # days 2, 4, 6, 8 with 1, 2, 4, 8: doubles every 2 days
    kinetics = cellular_kinetics(kinetic_series([0, 2, 4, 6, 8, 28], [0, 1, 2, 4, 8, 1]))
    assert kinetics.doubling.estimate == close(2)
    assert kinetics.doubling.adjusted_r_squared == close(1)
    assert kinetics.fold_expansion.estimate == 8


def test_two_samples_make_a_rise_of_unknown_fit():
    kinetics = cellular_kinetics(kinetic_series([0, 5, 8, 28], [0, 3, 24, 1]))
    assert kinetics.doubling.estimate == close(1)
    assert kinetics.doubling.adjusted_r_squared is None


def test_quantifiable_first_at_the_peak():
    kinetics = cellular_kinetics(kinetic_series([0, 7, 14, 28], [0, 800, 200, 50]))
    assert (kinetics.doubling.estimate, kinetics.doubling.reason) == (None, "too_few_samples")
    fold = kinetics.fold_expansion
    assert (fold.estimate, fold.reason) == (None, "too_few_samples")


def test_a_dip_before_the_peak_may_leave_no_rise():
    # days 1, 2, 3, 4; offsets -1.5, -0.5, 0.5, 1.5; 10 and 10.1 at the ends, 100 / 10 ... falls
    kinetics = cellular_kinetics(kinetic_series([1, 2, 3, 4, 28], [10, 10.2, 1, 10.3, 1]))
    slope = (1.5 * log(10.3 / 10) + 0.5 * log(1 / 10.2)) / 5
    assert slope < 0
    assert kinetics.doubling.slope == close(slope)
    assert (kinetics.doubling.estimate, kinetics.doubling.reason) == (None, "not_rising")


def test_no_half_life_of_levels_that_stay_or_rise():
    level = cellular_kinetics(kinetic_series([0, 7, 14, 21, 28], [0, 9, 5, 5, 5]))
    for phase in (level.contraction, level.terminal):
        assert (phase.estimate, phase.reason) == (None, "not_declining")
    assert (level.contraction.slope, level.contraction.adjusted_r_squared) == (0, None)
    rising = cellular_kinetics(kinetic_series([0, 7, 14, 21, 28], [0, 9, 5, 6, 7]))
    assert rising.contraction.reason == "not_declining"
    assert rising.contraction.slope > 0


@pytest.mark.parametrize(
    ("days", "reason"),
    [([30, 40, 59.9], "too_short"), ([30, 40, 60], None), ([30, 70], "too_few_samples")],
)
def test_late_decline_spans_thirty_days(days, reason):
    kinetics = cellular_kinetics(
        kinetic_series([0, 7, 14, *days], [0, 90, 80, 40, 20, 10][: 3 + len(days)])
    )
    assert kinetics.late_decline.reason == reason
    assert kinetics.late_decline.samples == len(days)


def test_the_terminal_phase_is_the_longest_run_that_fits_as_well():
    # 64 at the peak, then 32, 16, 8, 4 on days 9, 11, 13, 15: one line, all four belong
    kinetics = cellular_kinetics(kinetic_series([0, 7, 9, 11, 13, 15], [0, 64, 32, 16, 8, 4]))
    assert kinetics.terminal.samples == 4
    assert kinetics.terminal.estimate == close(2)
    # 20 on day 9 breaks the line: the last three alone are on one
    kinetics = cellular_kinetics(kinetic_series([0, 7, 9, 11, 13, 15], [0, 64, 20, 16, 8, 4]))
    assert (kinetics.terminal.samples, kinetics.terminal.first_day) == (3, 11)
    assert kinetics.terminal.estimate == close(2)
    assert kinetics.terminal.adjusted_r_squared == close(1)


def test_a_terminal_phase_off_its_line_is_not_reported():
    # ln 8, ln 1, ln 4 on days 9, 11, 13: slope -ln 2 / 4; of the variation 3 ln 2, 0, 2 ln 2 about
    # 5/3 ln 2, 14/3 ln^2 2, the line explains 1/2 ln^2 2: R squared 3/28, adjusted 1 - 2 * 25/28
    kinetics = cellular_kinetics(kinetic_series([0, 7, 9, 11, 13], [0, 64, 8, 1, 4]))
    terminal = kinetics.terminal
    assert (terminal.estimate, terminal.reason) == (None, "poor_fit")
    assert terminal.slope == close(-log(2) / 4)
    assert terminal.adjusted_r_squared == close(float(1 - 2 * Fraction(25, 28)))


def test_few_samples_in_the_first_month_are_flagged():
    assert "sparse" in cellular_kinetics(kinetic_series([0, 7, 14, 28], [0, 9, 5, 1])).flags
    assert (
        "sparse"
        in cellular_kinetics(kinetic_series([1, 2, 3, 4, 15, 28], [1, 2, 3, 4, 3, 2])).flags
    )
    assert (
        "sparse" not in cellular_kinetics(kinetic_series([1, 2, 3, 5, 28], [1, 2, 3, 4, 3])).flags
    )


# Persistence, return and loss.


@pytest.mark.parametrize(
    ("months", "low", "high"),
    # a month is 487/16 days
    [
        (1, Fraction(487, 16) - 7, Fraction(487, 16) + 7),
        (3, Fraction(1461, 16) - 21, Fraction(1461, 16) + 21),
        (6, Fraction(1461, 8) - 30, Fraction(1461, 8) + 30),
        (12, Fraction(1461, 4) - 30, Fraction(1461, 4) + 30),
    ],
)
def test_persistence_in_a_closed_window(months, low, high):
    for edge, outside in ((low, low - Fraction(1, 1000)), (high, high + Fraction(1, 1000))):
        found = persistence(kinetic_series([float(edge)], [5]), months=months)
        assert (found.persisting, found.samples) == (True, 1)
        assert (found.low_day, found.high_day) == (low, high)
        assert persistence(kinetic_series([float(edge)], [0]), months=months).persisting is False
        assert persistence(kinetic_series([float(outside)], [5]), months=months).persisting is None


def test_persistence_needs_one_quantifiable_sample_of_several():
    found = persistence(kinetic_series([80, 90, 100], [0, 60, 0], limit=50), months=3)
    assert (found.persisting, found.samples) == (True, 3)
    assert (
        persistence(kinetic_series([80, 90, 100], [0, 60, 0], end=85), months=3).persisting is False
    )
    assert persistence(kinetic_series([55, 67], [0, 9]), months=2, window=6).persisting is False
    assert persistence(kinetic_series([-3, 0], [9, 9]), months=0.1, window=30).persisting is None


# Peak 9000, so contracted below 900; lowest 100, so returned from 500.
@pytest.mark.parametrize(
    ("copies", "day", "nadir", "reason"),
    [
        ([9000, 2000, 100, 500, 500], 60, 100, None),
        ([9000, 2000, 100, 499, 600], None, None, "unconfirmed"),
        ([9000, 2000, 100, 600, 499], None, None, "not_risen"),
        ([9000, 2000, 900, 4500, 4500], None, None, "not_contracted"),
        ([9000, 2000, 0, 100, 100], 60, 0, None),
        ([9000, 2000, 0, 99, 120], None, None, "unconfirmed"),
        ([9000, 2000, 100, 600, 0], None, None, "not_risen"),
        ([9000, 100, 600, 600, 20], 28, 100, None),
        ([0, 0, 0, 600, 600], None, None, "no_expansion"),
    ],
)
def test_return_after_contraction(copies, day, nadir, reason):
    found = reexpansion(kinetic_series([7, 14, 28, 60, 90], copies, limit=50))
    assert (found.day, found.nadir, found.reason) == (day, nadir, reason)


def test_return_without_a_limit():
    after_zero = reexpansion(kinetic_series([7, 28, 60, 90], [9000, 0, 600, 600]))
    assert (after_zero.day, after_zero.reason) == (None, "no_limit")
    assert reexpansion(kinetic_series([7, 28, 60, 90], [9000, 10, 60, 80])).value == 60
    assert reexpansion(kinetic_series([60, 90], [9000, 10])).reason == "no_sample"


def test_loss_of_aplasia():
    # CD19 0.2, 0.5, 1.4, 2.0 % on days 30, 90, 150, 180, lost above 1 %
    loss = confirmed_loss([30, 90, 150, 180], [0, 0, 1, 1], apart=7)
    assert (loss.day, loss.last_without, loss.midpoint, loss.unconfirmed) == (150, 90, 120, False)
    # 0.2, 1.5, 0.4: not confirmed, censored at the last sample
    loss = confirmed_loss([30, 90, 150], [0, 1, 0], apart=7)
    assert (loss.day, loss.last_without, loss.unconfirmed) == (None, 150, False)
    # the last sample alone: censored before it, and flagged
    loss = confirmed_loss([90, 30], [1, 0], apart=7)
    assert (loss.day, loss.last_without, loss.unconfirmed) == (None, 30, True)


def test_loss_is_confirmed_after_enough_days():
    assert confirmed_loss([30, 36], [1, 1], apart=7).day is None
    assert confirmed_loss([30, 37], [1, 1], apart=7).day == 30
    assert confirmed_loss([30, 34, 38], [1, 1, 1], apart=7).day == 30
    assert confirmed_loss([30, 34, 38, 45], [1, 0, 1, 1], apart=7).day == 38
    from_the_start = confirmed_loss([30, 60], [1, 1], apart=7)
    assert (from_the_start.last_without, from_the_start.midpoint) == (None, None)


def test_loss_of_cells():
    loss = cell_loss(kinetic_series([0, 7, 28, 60, 90], [0, 5000, 80, 0, 0]))
    assert (loss.day, loss.last_without, loss.midpoint) == (60, 28, 44)
    assert cell_loss(kinetic_series([7, 28, 60, 70], [50, 80, 0, 0])).day is None  # ten days apart
    assert cell_loss(kinetic_series([7, 28, 60, 70], [50, 80, 0, 0]), apart=10).day == 60
    never = cell_loss(kinetic_series([0, 7, 28], [0, 0, 0]))
    assert (never.day, never.last_without, never.unconfirmed) == (None, None, False)


# The model.

TYPICAL = {
    "fold_expansion": 3900, "tmax": 9.3, "cmax": 24000,
    "memory_share": 0.0079, "alpha": 0.16, "beta": 0.0032,
}  # fmt: skip


def test_the_typical_curve_of_the_criteria():
    model = expansion_model([0, 5, 9.3, 14, 28, 90, 365, 425.75, 425.85], **TYPICAL)
    printed = [6.1538, 524.598, 24000, 11411.53, 1373.56, 146.51, 60.74]
    assert model.value[:7].tolist() == pytest.approx(printed, abs=0.005)
    assert model.value[7] > 50 > model.value[8]  # below 50 on day 425.8
    assert model.doubling_time == pytest.approx(0.780, abs=5e-4)
    assert model.contraction_half_life == pytest.approx(4.33, abs=5e-3)
    assert model.persistence_half_life == pytest.approx(216.6, abs=5e-2)
    assert model.auc == pytest.approx(171_774.29, abs=5e-3)


def test_a_curve_in_round_numbers():
    # 1 to 8 in 6 days: doubles every 2. Then 4 e^-ln2 d + 4 e^-ln2 d / 3
    model = expansion_model(
        [0, 4, 6, 9, 12], fold_expansion=8, tmax=6, cmax=8, memory_share=0.5,
        alpha=log(2), beta=log(2) / 3, until=9,
    )  # fmt: skip
    assert model.value.tolist() == [close(1), close(4), 8, close(2.5), close(Fraction(17, 16))]
    assert (model.doubling_time, model.contraction_half_life) == (close(2), close(1))
    assert model.persistence_half_life == close(3)
    # 7 / (ln 2 / 2) to the peak; 4 (7/8) / ln 2 + 4 (1/2) 3 / ln 2 after it
    assert model.auc == close((14 + 3.5 + 6) / log(2))
    short = expansion_model(
        [0], fold_expansion=8, tmax=6, cmax=8, memory_share=0.5, alpha=1, beta=0.5, until=4
    )
    assert short.auc == close(3 / (log(2) / 2))


def test_geometric_mean_of_one_and_of_equal_values():
    one = geometric_mean([7])
    assert (one.estimate, one.low, one.high, one.coefficient_of_variation) == (7, None, None, None)
    same = geometric_mean([7, 7, 7])
    # limits of width 0 would be no certainty
    assert (same.estimate, same.low, same.high) == (7, None, None)
    assert same.coefficient_of_variation == 0
    apart = geometric_mean([1e-300, 1e300])
    assert (apart.high, apart.coefficient_of_variation) == (inf, inf)


def test_limits_of_a_geometric_mean_of_two():
    # logarithms 0 and 2 ln 3: mean ln 3, standard error ln 3; t on 1 degree at 1/2 is 1
    found = geometric_mean([1, 9], level=0.5)
    assert (found.estimate, found.low, found.high) == (close(3), close(1), close(9))


# Wrong input.


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"day": [0, None]}, "`day`"),
        ({"day": [0, 1, 2]}, "`value` must be one level for each day"),
        ({"day": [0, 1e6]}, "`day` must be within 100000 days"),
        ({"value": [1, -1]}, "`value` must be from 0"),
        ({"value": [1, None]}, "`value` must be finite"),
        ({"value": ["a", 1]}, "`value` must be numbers"),
        ({"value": [1, 1e101]}, "`value` must be from 0"),
        ({"below": [0, 2]}, "`below` must be true or false"),
        ({"below": [0]}, "same length|each mark"),
        ({"below": [0, 1], "limit": 5}, "must not be above `limit` where `below`"),
        ({"limit": 0}, "`limit` must be above 0"),
        ({"limit": [1, 2, 3]}, "same length"),
        ({"end": "x"}, "`end`"),
        ({"until": 0}, "`until` must be a day after 0"),
        ({"rules": BelowLimitRules(middle="half_limit")}, "`limit` must be given"),
        ({"rules": BelowLimitRules(leading="half_limit")}, "`rules.leading` must be one of"),
        ({"method": "log"}, "`method` must be one of"),
    ],
)
def test_refused_series(given, sentence):
    arguments = {"day": [0, 7], "value": [1, 9], **given}
    with pytest.raises(ArgumentError, match=sentence):
        options = {k: arguments.pop(k) for k in ("until", "rules", "method") if k in arguments}
        series = kinetic_series(arguments.pop("day"), arguments.pop("value"), **arguments)
        cellular_kinetics(series, **options)


@pytest.mark.parametrize("window", [(0, 0), (5, 2), (-1, 3), (0, inf), (0,), 7, ("a", "b")])
def test_refused_windows(window):
    with pytest.raises(ArgumentError, match="`window` must be two days"):
        area_under_curve(kinetic_series([0, 7], [1, 9]), window=window)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: persistence(kinetic_series([1], [1]), months=2), "`window` must be given"),
        (lambda: persistence(kinetic_series([1], [1]), months=0), "`months` must be above 0"),
        (
            lambda: persistence(kinetic_series([1], [1]), months=1, window=-1),
            "`window` must be days",
        ),
        (lambda: reexpansion(kinetic_series([1], [1]), until=-1), "`until`"),
        (lambda: confirmed_loss([1, 1], [0, 1], apart=7), "`day` must name every day once"),
        (lambda: confirmed_loss([1, 2], [0, 1], apart=-7), "`apart`"),
        (lambda: confirmed_loss([1, 2], [0], apart=7), "same length"),
        (lambda: cell_loss(kinetic_series([1], [1]), apart=-1), "`apart`"),
        (lambda: geometric_mean([1, 0]), "`x` must be above 0"),
        (lambda: geometric_mean([1, 2], level=95), "`level`"),
        (lambda: expansion_model([-1], **TYPICAL), "`day`"),
        (lambda: expansion_model([1], **{**TYPICAL, "alpha": 0.001}), "`alpha` must be above"),
        (lambda: expansion_model([1], **{**TYPICAL, "cmax": 0}), "`cmax` must be above 0"),
        (lambda: expansion_model([1], **{**TYPICAL, "fold_expansion": 1}), "`fold_expansion`"),
        (lambda: expansion_model([1], **{**TYPICAL, "memory_share": 1}), "`memory_share`"),
    ],
)
def test_refused_arguments(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()


# Found by readers who tried to break it.


def test_a_very_steep_fall_goes_on_as_it_falls():
    """138.2 to 0.6 in 0.01 days: 0.6 / rate beyond the last sample, not a triangle of two days."""
    rate = log(138.2 / 0.6) / 0.01
    series = kinetic_series([0, 7, 26.42, 26.43], [0, 700, 138.2, 0.6])
    upto, beyond = (area_under_curve(series, window=(0, end)).estimate for end in (26.43, 28))
    assert beyond - upto == pytest.approx(0.6 / rate, rel=1e-6)
    # a window that begins there has nothing else: 1 - exp(-rate / 100) of it in the next 0.01 days
    later = area_under_curve(series, window=(26.44, 28))
    assert later.estimate == pytest.approx(0.6**2 / 138.2 / rate, rel=1e-9)
    assert later.extrapolated


def test_the_limit_of_replicates_is_that_of_the_quantifiable_ones():
    """60 by an assay with limit 50, none by one with limit 100: 60 is not under its limit."""
    series = kinetic_series([14, 14], [60, 0], below=[0, 1], limit=[50, 100])
    assert (series.value, series.below, series.limit) == ((60,), (False,), (50,))
    both = kinetic_series([14, 14, 14], [60, 0, 240], below=[0, 1, 0], limit=[50, 300, 100])
    assert both.limit == (100,)


def test_any_quantifiable_sample_before_the_infusion_is_told():
    kinetics = cellular_kinetics(kinetic_series([-5, 0, 7, 10, 14, 28], [500, 0, 50, 100, 30, 10]))
    assert kinetics.flags == ("baseline_positive",)


def test_a_rise_that_does_not_last_is_no_return_whatever_the_limit():
    """600 on day 60 and nothing on day 90: below any limit, so none is needed to say no."""
    days = [7, 14, 28, 60, 90]
    assert reexpansion(kinetic_series(days, [9000, 2000, 0, 600, 0])).reason == "not_risen"
    assert reexpansion(kinetic_series(days, [9000, 2000, 0, 600, 700])).reason == "no_limit"


@pytest.mark.parametrize("trailing", ["ignore", "half_limit"])
def test_no_area_where_nothing_tells_the_level(trailing):
    """The curve ends above 0, on day 14 or 90: what comes after it is not nothing."""
    series, rules = kinetic_series([0, 7, 14, 90], [0, 8, 16, 0], limit=1), BelowLimitRules
    start = 20 if trailing == "ignore" else 90
    area = area_under_curve(series, window=(start, 98), rules=rules(trailing=trailing))
    assert (area.estimate, area.reason) == (None, "ends_too_early")
    nothing = area_under_curve(series, window=(90, 98))
    assert (nothing.estimate, nothing.reason) == (0, None)


MODEL = {"fold_expansion": 9, "tmax": 9, "cmax": 9, "memory_share": 0.5, "alpha": 2, "beta": 1}


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("tmax", 5e-324), ("tmax", 1e300), ("cmax", 1.7e308), ("cmax", 5e-324), ("beta", 5e-324),
        ("alpha", 1e308), ("until", 1e300), ("fold_expansion", 1e308), ("tmax", "a"),
        ("cmax", None), ("alpha", nan), ("memory_share", "a"), ("fold_expansion", None),
    ],
)  # fmt: skip
def test_parameters_beyond_any_meaning_are_refused(name, number):
    with pytest.raises(ArgumentError, match=f"`{name}` must be"):
        expansion_model([1], **{**MODEL, name: number})


def test_days_beyond_any_meaning_are_refused():
    with pytest.raises(ArgumentError, match="`day` must be at most 100000"):
        expansion_model([1e300], **MODEL)


SERIES = kinetic_series([0, 7, 14, 28], [0, 8, 16, 4])


@pytest.mark.parametrize(
    ("call", "arguments", "name"),
    [
        (cellular_kinetics, {"until": "a"}, "until"),
        (cellular_kinetics, {"until": None}, "until"),
        (cellular_kinetics, {"rules": None}, "rules"),
        (area_under_curve, {"rules": {}}, "rules"),
        (reexpansion, {"until": None}, "until"),
        (persistence, {"months": "a"}, "months"),
        (persistence, {"months": 1, "window": "a"}, "window"),
        (cell_loss, {"apart": None}, "apart"),
    ],
)
def test_words_and_nothing_in_the_place_of_numbers_are_refused(call, arguments, name):
    with pytest.raises(ArgumentError, match=f"`{name}` must be"):
        call(SERIES, **arguments)


@pytest.mark.parametrize("call", [cellular_kinetics, area_under_curve, reexpansion, cell_loss])
def test_what_is_no_series_is_refused(call):
    with pytest.raises(ArgumentError, match="`series` must come from `kinetic_series`"):
        call([0, 7, 14, 28])
    with pytest.raises(ArgumentError, match="`series` must come from `kinetic_series`"):
        persistence(None, months=1)


def test_slips_in_a_series_and_in_a_loss_are_refused():
    with pytest.raises(ArgumentError, match="`limit` must be one number, or one for each day"):
        kinetic_series([1, 2], [3, 4], limit=[[1], [1, 2]])
    with pytest.raises(ArgumentError, match="`apart` must be a number"):
        confirmed_loss([1, 2], [0, 1], apart="a")
