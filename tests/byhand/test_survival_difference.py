"""Difference of two curves at a time worked by hand, in fractions, on at most ten patients."""

import math

import pytest

from autallo.errors import ArgumentError
from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import kaplan_meier

Z = 1.959963984540054

# Day 3: of 4 patients 1 has died, S = 3/4, variance 3/4 x 1/4 / 4 = 3/64 (nobody left early).
FIRST = kaplan_meier([1, 5, 6, 7], [1, 0, 1, 0])
# Of 4 patients 1 left on day 1 and 1 died on day 2: S = 2/3, variance 4/9 x 1/(3 x 2) = 2/27.
SECOND = kaplan_meier([1, 2, 6, 7], [0, 1, 0, 1])


def two_sided(z):
    return math.erfc(abs(z) / math.sqrt(2))


def test_plain_difference_is_greenwoods():
    found = survival_difference(FIRST, SECOND, at=3, method="plain")
    error = math.sqrt(3 / 64 + 2 / 27)
    assert found.estimate == pytest.approx(1 / 12, rel=1e-14)
    assert found.std_error == pytest.approx(error, rel=1e-14)
    limits = (1 / 12 - Z * error, 1 / 12 + Z * error)
    assert (found.low, found.high) == pytest.approx(limits, rel=1e-13)
    assert found.statistic == pytest.approx(1 / 12 / error, rel=1e-13)
    assert found.p_value == pytest.approx(two_sided(1 / 12 / error), rel=1e-13)
    assert (found.first, found.second) == pytest.approx((3 / 4, 2 / 3), rel=1e-15)


@pytest.mark.parametrize(
    ("method", "numerator", "variance"),
    [
        # variance of log S: (3/64) / (9/16) = 1/12 and (2/27) / (4/9) = 1/6
        ("log", math.log(9 / 8), 1 / 12 + 1 / 6),
        (
            "log-log",
            math.log(math.log(3 / 2) / math.log(4 / 3)),
            1 / 12 / math.log(4 / 3) ** 2 + 1 / 6 / math.log(3 / 2) ** 2,
        ),
        # variance / (4 S (1 - S)): (3/64) / (3/4) and (2/27) / (8/9)
        ("arcsine", math.pi / 3 - math.asin(math.sqrt(2 / 3)), 1 / 16 + 1 / 12),
        # variance / (S (1 - S))^2: (3/64) / (9/256) and (2/27) / (4/81)
        ("logit", math.log(3 / 2), 4 / 3 + 3 / 2),
    ],
)
def test_the_test_on_other_scales_is_positive_if_the_first_curve_is_higher(
    method, numerator, variance
):
    found = survival_difference(FIRST, SECOND, at=3, method=method)
    assert found.statistic == pytest.approx(numerator / math.sqrt(variance), rel=1e-12)
    assert found.p_value == pytest.approx(two_sided(numerator / math.sqrt(variance)), rel=1e-12)


def test_limits_are_squares_of_distances_to_the_limits_of_each_curve():
    # log: limits S exp(-+ z e), the upper ones cut at 1
    one = (3 / 4 * (1 - math.exp(-Z / math.sqrt(12))), 1 - 3 / 4)
    two = (2 / 3 * (1 - math.exp(-Z / math.sqrt(6))), 1 - 2 / 3)
    found = survival_difference(FIRST, SECOND, at=3, method="log")
    assert found.low == pytest.approx(1 / 12 - math.hypot(one[0], two[1]), rel=1e-12)
    assert found.high == pytest.approx(1 / 12 + math.hypot(one[1], two[0]), rel=1e-12)


@pytest.mark.parametrize("method", ["log-log", "log", "plain", "arcsine", "logit"])
def test_w35_a_curve_at_1_gives_a_width_and_no_p(method):
    # nobody of 6 on day 3: [q, 1] with q^6 = 0.025
    nobody = kaplan_meier([8] * 6, [0] * 6)
    same = survival_difference(nobody, nobody, at=3, method=method)
    width = 1 - 0.025 ** (1 / 6)
    assert (same.estimate, same.low, same.high) == pytest.approx((0, -width, width), rel=1e-12)
    assert (same.std_error, same.statistic, same.p_value) == (0, None, None)
    found = survival_difference(nobody, SECOND, at=3, method=method)
    assert found.p_value is None
    assert found.estimate == pytest.approx(1 / 3, rel=1e-14)
    assert found.low < 1 / 3 < found.high


def test_a_curve_at_0_against_one_at_1():
    # 3 of 3 dead, nobody of 3 dead: both limits are q with q^3 = 0.025, the difference -1
    dead, alive = kaplan_meier([1, 1, 1], [1, 1, 1]), kaplan_meier([9] * 3, [0] * 3)
    found = survival_difference(dead, alive, at=3)
    away = 1 - 0.025 ** (1 / 3)
    assert (found.estimate, found.low) == (-1, -1)
    assert found.high == pytest.approx(-1 + math.hypot(away, away), rel=1e-12)


def test_an_event_on_the_day_itself_counts_and_one_at_time_0():
    assert survival_difference(FIRST, SECOND, at=1).first == 3 / 4
    assert survival_difference(FIRST, SECOND, at=0.5).first == 1
    early = kaplan_meier([0, 4], [1, 0])
    assert survival_difference(early, SECOND, at=0).estimate == -1 / 2


def test_beyond_the_last_time_is_said():
    assert not survival_difference(FIRST, SECOND, at=7).beyond
    assert survival_difference(FIRST, SECOND, at=7.5).beyond  # the first stands at 3/8
    # the second has ended at 0: nothing beyond
    assert not survival_difference(SECOND, SECOND, at=7.5).beyond


def test_one_patient_in_each_group():
    found = survival_difference(kaplan_meier([1], [1]), kaplan_meier([2], [0]), at=1)
    assert (found.estimate, found.low, found.p_value) == (-1, -1, None)
    assert found.high == pytest.approx(min(-1 + math.hypot(0.975, 0.975), 1), rel=1e-12)


def test_level_and_interval_of_the_curves_do_not_matter():
    other = kaplan_meier([1, 5, 6, 7], [1, 0, 1, 0], level=0.5, interval="plain")
    assert survival_difference(other, SECOND, at=3) == survival_difference(FIRST, SECOND, at=3)


def test_what_cannot_be_is_refused():
    for at in (-1, math.inf):
        with pytest.raises(ArgumentError, match="`at` must be at least 0"):
            survival_difference(FIRST, SECOND, at=at)
    for at in (math.nan, "3", None, [3]):
        with pytest.raises(ArgumentError, match="`at` must be a number"):
            survival_difference(FIRST, SECOND, at=at)
    with pytest.raises(ArgumentError, match=r"Did you mean 0\.9"):
        survival_difference(FIRST, SECOND, at=3, level=90)
    with pytest.raises(ArgumentError, match="`method` must be"):
        survival_difference(FIRST, SECOND, at=3, method="loglog")
