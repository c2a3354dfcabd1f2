"""Rounding and words for numbers, every expectation worked out by hand."""

import pytest

from autallo.model.results import Estimate, Flag
from autallo.report.numbers import (
    format_day,
    format_days_as_months,
    format_estimate,
    format_fixed,
    format_interval,
    format_level,
    format_months,
    format_number,
    format_p,
    format_percent,
    format_proportion,
    format_text,
    format_time,
    format_unit,
    format_value,
)


@pytest.mark.parametrize(
    ("p_value", "shown"),
    [
        (0.0491, "0.049"), (0.0495, "0.050"), (0.05, "0.050"), (0.5, "0.500"), (0.001, "0.001"),
        (0.00099, "<0.001"), (0.0005, "<0.001"), (0.0, "<0.001"), (1e-300, "<0.001"),
        (1.0, ">0.999"), (0.9995, ">0.999"), (0.9994, "0.999"), (None, "–"),
    ],
)  # fmt: skip
def test_p_has_three_decimals_and_is_never_nought_or_one(p_value, shown):
    assert format_p(p_value) == shown


def test_p_in_a_sentence():
    assert format_p(0.0491, equation=True) == "p = 0.049"
    assert format_p(0.0, equation=True) == "p < 0.001"
    assert format_p(1.0, equation=True) == "p > 0.999"
    assert format_p(None, equation=True) == "no p"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0, "0"), (0.4, "0.4"), (0.5305, "0.531"), (0.05305, "0.0531"), (0.001, "0.001"),
        (1.005, "1.01"), (2.675, "2.68"), (9.995, "10.0"), (12.34, "12.3"), (12.35, "12.4"),
        (61.0, "61"), (99.95, "100"), (120.5, "121"), (1234.0, "1234"), (12345.6, "12,346"),
        (999999.0, "999,999"), (999999.6, "1.00 × 10⁶"), (1.5e6, "1.50 × 10⁶"),
        (0.0005, "5.00 × 10⁻⁴"), (9.999e-5, "1.00 × 10⁻⁴"), (-0.25, "−0.25"), (-12345.6, "−12,346"),
        (-2.5e7, "−2.50 × 10⁷"), (0.9996, "1.00"), (1e22, "1.00 × 10²²"), (123456.5, "123,457"),
    ],
)  # fmt: skip
def test_number(value, shown):
    assert format_number(value) == shown


@pytest.mark.parametrize(
    ("share", "shown"),
    [
        (0.0, "0"), (1.0, "100"), (15 / 17, "88.2"), (0.0625, "6.3"), (0.8825, "88.3"),
        (0.0004, "<0.1"), (0.0005, "0.1"), (0.9996, ">99.9"), (0.1, "10.0"),
    ],
)  # fmt: skip
def test_percent(share, shown):
    assert format_percent(share) == shown


def test_proportion_keeps_the_count():
    assert format_proportion(15, 17) == "15/17 (88.2%)"
    assert format_proportion(11, 11) == "11/11 (100%)"
    assert format_proportion(0, 11) == "0/11 (0%)"
    assert format_proportion(1, 16) == "1/16 (6.3%)"
    assert format_proportion(0, 0) == "0/0"


def test_months_are_days_over_30_4375():
    assert format_days_as_months(182.625) == "6.0"
    assert format_days_as_months(365.25) == "12.0"
    assert format_days_as_months(100.0) == "3.3"
    assert format_days_as_months(0.0) == "0.0"


def test_fixed_decimals_and_level():
    assert format_fixed(-0.2149, 2) == "−0.21"
    assert format_fixed(-0.001, 2) == "0.00"
    assert format_level(0.95) == "95%"
    assert format_level(0.999) == "99.9%"
    assert format_level(None) == "95%"


def test_interval_says_missing_limits_in_words():
    assert format_interval(63.6, 98.5) == "63.6 to 98.5"
    assert format_interval(None, None) == ""
    assert format_interval(1.02, None, flags=[Flag.UNBOUNDED_ABOVE]) == "1.02 to no upper limit"
    assert format_interval(None, 4.17) == "no lower limit to 4.17"
    assert format_interval(None, 4.17, zero_below=True) == "0 to 4.17"
    assert format_interval(2.0, None, flags=[Flag.BOUND_NOT_REACHED]) == "2 to not reached"


def estimate(value=None, *flags, low=None, high=None):
    return Estimate(
        analysis="outcome", outcome="x", group="a", measure="m", method="count", n=3,
        value=value, low=low, high=high, flags=flags,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("flag", "words"),
    [
        (Flag.NOT_REACHED, "not reached"),
        (Flag.INFINITE, "infinite"),
        (Flag.MONOTONE, "no finite estimate"),
        (Flag.TOO_FEW_EVALUABLE, "not estimable"),
        (Flag.NOT_ESTIMABLE, "not estimable"),
        (Flag.UNPLANNED, "–"),
    ],
)
def test_a_number_that_is_not_there_is_said_in_the_words_of_its_flag(flag, words):
    assert format_value(estimate(None, flag)) == words


def test_estimate_with_and_without_interval():
    assert format_estimate(estimate(0.8266, low=0.1786, high=3.1132)) == "0.827 (0.179 to 3.11)"
    assert format_estimate(estimate(0.243)) == "0.243"


def test_text_keeps_no_control_and_no_direction_mark():
    assert format_text("a\x00b\x1bc\ud800d\ufffee") == "a�b�c�d�e"
    assert format_text("a\tb\r\nc") == "a b c"
    assert format_text("evil\u202etxt\u2066") == "eviltxt"
    assert format_text("µ ≥ é 漢 שלום") == "µ ≥ é 漢 שלום"


@pytest.mark.parametrize(
    ("unit", "printed"),
    [("10^6/kg", "10⁶/kg"), ("copies/ug DNA", "copies/µg DNA"), ("10^9/L", "10⁹/L"), ("%", "%"),
     ("ug/L", "µg/L"), ("U/L", "U/L"), (None, "")],
)  # fmt: skip
def test_units_are_printed_with_powers_and_micro(unit, printed):
    assert format_unit(unit) == printed


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (30.4375, "1 month"), (30.0, "1 month"), (31.0, "1 month"), (28.0, "day 28"),
        (182.625, "6 months"), (365.25, "12 months"), (365.0, "12 months"), (366.0, "day 366"),
        (10.0, "day 10"), (0.0, "day 0"), (0.5, "day 0.5"), (100.0, "day 100"),
    ],
)  # fmt: skip
def test_points_in_time_are_whole_months_or_days(day, shown):
    assert format_time(day) == shown


def test_days_keep_every_decimal():
    assert [format_day(day) for day in (10.0, 30.4375, 182.625)] == ["10", "30.4375", "182.625"]


@pytest.mark.parametrize(
    ("limits", "shown"),
    [
        ((273.9375, 182.625, 365.25), "9.0 months (95% CI 6.0 to 12.0; exact)"),
        ((273.9375, 182.625, None), "9.0 months (95% CI 6.0 to not reached; exact)"),
        ((None, 182.625, None), "not reached (95% CI 6.0 months to not reached; exact)"),
        ((None, None, None), "not reached (exact)"),
    ],
)
def test_months_follow_a_number_only(limits, shown):
    value, low, high = limits
    made = Estimate(
        analysis="outcome", outcome="os", group="a", measure="median_days", method="kaplan_meier",
        n=9, value=value, low=low, high=high, flags=(Flag.NOT_REACHED, Flag.BOUND_NOT_REACHED),
    )  # fmt: skip
    assert format_months(made, before="95% CI ", after="exact") == shown
