"""Restricted means worked by hand, in fractions, on at most ten patients."""

import inspect
import math

import pytest

from autallo.errors import ArgumentError
from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.restricted_mean import (
    restricted_mean,
    restricted_mean_difference,
    restricted_mean_ratio,
)

Z = 1.959963984540054

# Four patients: events on days 1, 2, 4; one followed to day 3. S = 3/4, 1/2, 1/2, 0.
#   day   at risk   d / (n (n - d))   area from the day to day 4
#    1       4          1/12            3/4 + 1/2 x 2 = 7/4
#    2       3          1/6             1/2 x 2 = 1
#    4       1           -              0
# Mean 1 + 3/4 + 1 = 11/4; variance 49/16 / 12 + 1/6 = 27/64.
FOUR = kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1])
# Three patients, events on days 1, 2, 3: S = 2/3, 1/3, 0; mean to day 4: 1 + 2/3 + 1/3 = 2,
# variance 1 / 6 + (1/3)^2 / 2 = 2/9.
THREE = kaplan_meier([1, 2, 3], [1, 1, 1])


def test_mean_and_variance_of_four_patients():
    mean = restricted_mean(FOUR, until=4)
    assert mean.estimate == 11 / 4
    assert mean.std_error**2 == pytest.approx(27 / 64, rel=1e-14)
    assert mean.low == pytest.approx(11 / 4 - Z * math.sqrt(27) / 8, rel=1e-13)
    assert mean.high == 4  # 2.75 + 1.27 is cut off at the end
    assert (mean.until, mean.level, mean.beyond) == (4, 0.95, False)


def test_the_area_stops_at_the_end_asked_for():
    # to day 3/2: 1 + 3/4 x 1/2 = 11/8; area after day 1: 3/8; variance (3/8)^2 / 12
    mean = restricted_mean(FOUR, until=1.5)
    assert mean.estimate == 11 / 8
    assert mean.std_error == pytest.approx(3 / 8 / math.sqrt(12), rel=1e-14)


def test_pf_9_the_error_is_that_of_the_mean_and_not_of_a_patients_time():
    """A rival took the variance of the truncated time for that of its mean, n times too large."""
    # times 1, 2, 3 without censoring: mean 2, sum of squares about it 2, so 2/3 / 3 = 2/9
    mean = restricted_mean(THREE, until=4)
    assert mean.estimate == pytest.approx(2, rel=1e-15)
    assert mean.std_error**2 == pytest.approx(2 / 9, rel=1e-14)
    # a hundred patients twice: the error falls with the root of the number
    often = restricted_mean(kaplan_meier([1, 2, 3] * 100, [1] * 300), until=4)
    assert often.std_error == pytest.approx(mean.std_error / 10, rel=1e-12)


@pytest.mark.parametrize(
    "estimate", [restricted_mean, restricted_mean_difference, restricted_mean_ratio]
)
def test_pf_10_the_end_has_no_default(estimate):
    """A rival ends at the largest time, of an event or not, if it is not told otherwise."""
    assert inspect.signature(estimate).parameters["until"].default is inspect.Parameter.empty


def test_beyond_the_last_time_the_last_value_is_carried_on():
    # (1, event), (2, end): S = 1/2 from day 1; to day 5: 1 + 4/2 = 3, and 2^2 / 2
    mean = restricted_mean(kaplan_meier([1, 2], [1, 0]), until=5)
    assert (mean.estimate, mean.beyond) == (3, True)
    assert mean.std_error**2 == pytest.approx(2, rel=1e-14)
    # a curve that has ended at 0 has nothing beyond
    assert not restricted_mean(THREE, until=100).beyond
    assert restricted_mean(THREE, until=100).estimate == pytest.approx(2, rel=1e-15)
    # the end of follow-up itself is not beyond
    assert not restricted_mean(kaplan_meier([1, 2], [1, 0]), until=2).beyond


def test_nobody_had_the_event():
    # 5 patients to day 9: all are at 6; if a share q with q^5 = 0.025 stayed, the mean was >= 6 q
    mean = restricted_mean(kaplan_meier([9] * 5, [0] * 5), until=6)
    assert (mean.estimate, mean.std_error, mean.high) == (6, 0, 6)
    assert (mean.low / 6) ** 5 == pytest.approx(0.025, rel=1e-12)
    # An event on the last day itself takes no time away; of 5, one is lost on each of days 1 and 2.
    # The ends have density 1 a day to day 2 and 3/4 to day 6: the curve is x, then 3/4 x, with
    # x^2 (3/4 x)^3 = 1/40, and its area 2 x + 4 (3/4 x) = 5 x.
    last = restricted_mean(kaplan_meier([1, 2, 6, 6, 7], [0, 0, 1, 0, 0]), until=6)
    assert (last.estimate, last.std_error) == (6, 0)
    assert (last.low / 5) ** 5 * 27 / 64 == pytest.approx(0.025, rel=1e-12)


def test_nobody_had_the_event_and_follow_up_ended_at_an_even_pace():
    # one each on days 100, 200, ... 1000: as if all ten had been followed to the end, q^10 = 1/40.
    # Who counts only the one seen on the last day says 25 days.
    curve = kaplan_meier(range(100, 1001, 100), [0] * 10)
    mean = restricted_mean(curve, until=1000)
    assert (mean.estimate, mean.std_error, mean.high) == (1000, 0, 1000)
    assert (mean.low / 1000) ** 10 == pytest.approx(1 / 40, rel=1e-11)
    # to day 150 nine are followed to the end, one for 100 days: 1/100 a day, then 9 in 50 days
    short = restricted_mean(curve, until=150)
    assert (short.low / 150) ** 10 == pytest.approx(1 / 40, rel=1e-11)


def test_nobody_had_the_event_and_all_but_one_were_lost_early():
    # Nine to day 1, one to day 9: 9 a day, then 1/8. With (9 x)^9 (x / 8) = 1/40 the first would be
    # above 1: it is 1, and the second 1/40, so the area is 1 + 8 / 40.
    mean = restricted_mean(kaplan_meier([1] * 9 + [9], [0] * 10), until=9)
    assert mean.low == pytest.approx(6 / 5, rel=1e-12)
    # eight to day 1, two to day 9: 1, then the root of 1/40
    mean = restricted_mean(kaplan_meier([1] * 8 + [9] * 2, [0] * 10), until=9)
    assert mean.low == pytest.approx(1 + 8 / math.sqrt(40), rel=1e-12)


def test_who_is_lost_at_time_0_says_nothing():
    curve, two = kaplan_meier([0, 0, 8, 8], [0] * 4), kaplan_meier([8, 8], [0] * 2)
    assert restricted_mean(curve, until=6) == restricted_mean(two, until=6)
    gone = restricted_mean(kaplan_meier([0, 0], [0, 0]), until=6)
    # the last value, with its limits, is carried on
    assert (gone.estimate, gone.beyond) == (6, True)
    assert gone.low == pytest.approx(6 / math.sqrt(40), rel=1e-12)


def test_nobody_had_the_event_and_follow_up_was_short():
    # The value of day 3 is carried on to day 6: one end in 1 day, one in 5. The curve is x, then
    # x / 5, with x^2 / 5 = 1/40, and its area x + 5 (x / 5) = 2 x.
    mean = restricted_mean(kaplan_meier([1, 3], [0, 0]), until=6)
    assert (mean.estimate, mean.beyond) == (6, True)
    assert (mean.low / 2) ** 2 / 5 == pytest.approx(0.025, rel=1e-12)


def test_all_had_the_event_at_once():
    # 3 of 3 on day 4 of 10: q^3 = 0.025, limits 4 q and 4 + 6 (1 - q)
    mean = restricted_mean(kaplan_meier([4, 4, 4], [1, 1, 1]), until=10)
    q = 0.025 ** (1 / 3)
    assert (mean.estimate, mean.std_error) == (4, 0)
    assert (mean.low, mean.high) == pytest.approx((4 * q, 4 + 6 * (1 - q)), rel=1e-12)
    # Two more were lost on days 1 and 2: ends of 1, 1 and 3/2 a day rise, so all five count below.
    mean = restricted_mean(kaplan_meier([1, 2, 4, 4, 4], [0, 0, 1, 1, 1]), until=10)
    assert (mean.estimate, mean.std_error) == (4, 0)
    assert (mean.low / 4) ** 5 == pytest.approx(0.025, rel=1e-12)
    assert mean.high == pytest.approx(4 + 6 * (1 - q), rel=1e-12)


def test_an_event_at_time_0_and_one_patient():
    # two of four at time 0: 1/2 over 6 days, variance 6^2 (2 / (4 x 2)) / ... = (1/2 x 6)^2 / 4
    mean = restricted_mean(kaplan_meier([0, 0, 8, 8], [1, 1, 0, 0]), until=6)
    assert mean.estimate == 3
    assert mean.std_error == pytest.approx(3 / 2, rel=1e-14)
    one = restricted_mean(kaplan_meier([0], [1]), until=6)
    assert (one.estimate, one.std_error, one.low) == (0, 0, 0)
    assert one.high == pytest.approx(6 * 0.975, rel=1e-12)


def test_difference_and_its_test():
    # 11/4 - 2 = 3/4, variance 27/64 + 2/9 = 371/576
    found = restricted_mean_difference(FOUR, THREE, until=4)
    error = math.sqrt(371 / 576)
    assert found.estimate == pytest.approx(3 / 4, rel=1e-14)
    assert found.std_error == pytest.approx(error, rel=1e-14)
    assert (found.low, found.high) == pytest.approx((3 / 4 - Z * error, 3 / 4 + Z * error))
    assert found.statistic == pytest.approx(3 / 4 / error, rel=1e-14)
    assert found.p_value == pytest.approx(math.erfc(3 / 4 / error / math.sqrt(2)), rel=1e-13)


def test_ratio_and_its_test():
    # (11/4) / 2; 27/64 / (121/16) + (2/9) / 4 = 27/484 + 1/18 = 485/4356
    found = restricted_mean_ratio(FOUR, THREE, until=4)
    error = math.sqrt(485 / 4356)
    assert found.estimate == pytest.approx(11 / 8, rel=1e-14)
    assert found.std_error == pytest.approx(error, rel=1e-14)
    limits = (11 / 8 * math.exp(-Z * error), 11 / 8 * math.exp(Z * error))
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-13)
    z = math.log(11 / 8) / error
    assert found.p_value == pytest.approx(math.erfc(z / math.sqrt(2)), rel=1e-13)


def test_a_group_without_events_adds_the_distance_to_its_own_limit_and_gives_no_p():
    # nobody of 5 to day 4: [4 q, 4] with q^5 = 0.025; against 2 with variance 2/9
    nobody, q = kaplan_meier([9] * 5, [0] * 5), 0.025 ** (1 / 5)
    found = restricted_mean_difference(nobody, THREE, until=4)
    down, up = math.hypot(4 * (1 - q), Z * math.sqrt(2) / 3), Z * math.sqrt(2) / 3
    assert (found.estimate, found.statistic, found.p_value) == (2, None, None)
    assert (found.low, found.high) == pytest.approx((2 - down, 2 + up), rel=1e-12)
    ratio = restricted_mean_ratio(THREE, nobody, until=4)
    # log: the error of log 2 is sqrt(2)/3 / 2; that of the second goes up as far as -log q
    up = math.hypot(Z * math.sqrt(2) / 6, -math.log(q))
    assert ratio.estimate == pytest.approx(0.5, rel=1e-14)
    assert ratio.p_value is None
    limits = (0.5 * math.exp(-Z * math.sqrt(2) / 6), 0.5 * math.exp(up))
    assert (ratio.low, ratio.high) == pytest.approx(limits, rel=1e-12)


def test_a_group_without_events_and_with_short_follow_up_against_another():
    # Nine to day 1/2 and one to day 4: 18 ends a day, then 2/7, so the curve is 1, then 1/40. Its
    # area is 1/2 + 7/80 = 47/80, 273/80 below 4.
    few = kaplan_meier([0.5] * 9 + [4], [0] * 10)
    found = restricted_mean_difference(THREE, few, until=4)
    reach = Z * math.sqrt(2) / 3
    assert found.estimate == pytest.approx(-2, rel=1e-14)
    limits = (-2 - reach, -2 + math.hypot(reach, 273 / 80))
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-12)
    ratio = restricted_mean_ratio(few, THREE, until=4)
    down = math.hypot(Z * math.sqrt(2) / 6, math.log(320 / 47))
    assert ratio.low == pytest.approx(2 * math.exp(-down), rel=1e-12)


def test_both_without_events_still_leave_a_width():
    curve = kaplan_meier([9] * 5, [0] * 5)
    found = restricted_mean_difference(curve, curve, until=4)
    width = 4 * (1 - 0.025 ** (1 / 5))
    assert (found.estimate, found.low, found.high) == pytest.approx((0, -width, width))
    assert restricted_mean_ratio(curve, curve, until=4).estimate == 1


def test_a_mean_of_0_has_no_ratio_below_it():
    gone = kaplan_meier([0, 0], [1, 1])
    above = restricted_mean_ratio(THREE, gone, until=4)
    assert (above.estimate, above.low, above.high) == (None, 0, math.inf)
    below = restricted_mean_ratio(gone, THREE, until=4)
    assert (below.estimate, below.low, below.high) == (0, 0, math.inf)
    assert above.p_value is below.p_value is above.std_error is below.std_error is None


def test_weights_count_patients():
    often = restricted_mean(kaplan_meier([1, 2, 3, 4] * 2, [1, 1, 0, 1] * 2), until=4)
    heavy = restricted_mean(kaplan_meier([1, 2, 3, 4], [1, 1, 0, 1], weight=[2] * 4), until=4)
    assert heavy == often


def test_what_cannot_be_is_refused():
    for until in (0, -1, math.inf):
        with pytest.raises(ArgumentError, match="`until` must be more than 0"):
            restricted_mean(THREE, until=until)
    for until in (math.nan, "2", None, [2]):
        with pytest.raises(ArgumentError, match="`until` must be a number"):
            restricted_mean(THREE, until=until)
    with pytest.raises(ArgumentError, match=r"Did you mean 0\.95"):
        restricted_mean_difference(THREE, FOUR, until=3, level=95)
    robust = kaplan_meier([1, 2], [1, 0], weight=[1, 2], variance="robust")
    with pytest.raises(ArgumentError, match="`curve` must have Greenwood's variance"):
        restricted_mean_ratio(THREE, robust, until=3)


@pytest.mark.parametrize("until", [0.3, 0.1 + 0.2])
def test_an_end_that_is_a_time_but_for_rounding_is_that_time(until):
    # all three events lie at the end: nobody leaves before, six are followed
    curve = kaplan_meier([0.3, 0.3, 0.3, 0.5, 0.6, 0.7], [1, 1, 1, 0, 0, 0])
    mean = restricted_mean(curve, until=until)
    assert (mean.estimate, mean.std_error, mean.high) == (until, 0, until)
    assert mean.low == pytest.approx(until * 0.025 ** (1 / 6), rel=1e-12)
    shifted = kaplan_meier([0.1 + 0.2] * 3 + [0.5, 0.6, 0.7], [1, 1, 1, 0, 0, 0])
    assert restricted_mean(shifted, until=until).low == pytest.approx(mean.low, rel=1e-12)
    assert restricted_mean_difference(curve, shifted, until=until).estimate == 0


def test_with_late_entry_who_comes_late_does_not_vouch_for_the_time_before():
    # Two are there from 0, one of them until 5; twenty enter at 9.9: one patient up to 11. One end
    # in 5 and one in 6 days: x / 5 and x / 6, x^2 / 30 = 1/40, area 2 x.
    entry = [0.0, 0.0] + [9.9] * 20
    mean = restricted_mean(kaplan_meier([5.0] + [12.0] * 21, [0] * 22, entry=entry), until=11)
    assert (mean.estimate, mean.std_error) == (11, 0)
    assert mean.low == pytest.approx(math.sqrt(3), rel=1e-12)
    # two from 0 to 5, twenty from 6 on: after 5 the curve can be 0; before, q with q^2 = 1/40
    gap = kaplan_meier([5.0] * 2 + [12.0] * 20, [0] * 22, entry=[0.0] * 2 + [6.0] * 20)
    assert restricted_mean(gap, until=11).low == pytest.approx(5 / math.sqrt(40), rel=1e-12)
    # nobody is seen before 9.9: all may have left at once, or nobody
    unseen = restricted_mean(kaplan_meier([12.0] * 20, [0] * 20, entry=[9.9] * 20), until=11)
    assert (unseen.estimate, unseen.low, unseen.high) == (11, 0, 11)
