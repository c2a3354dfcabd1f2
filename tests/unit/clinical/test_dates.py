from datetime import date, datetime

import pytest

from autallo.clinical.dates import (
    convert_birth_to_age,
    convert_birth_to_whole_age,
    days_between,
    days_from_months,
)
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("end", "days"),
    [(date(2020, 2, 28), -1), (date(2020, 2, 29), 0), (date(2021, 3, 1), 366)],
)  # fmt: skip
def test_days_are_counted_from_0_with_none_skipped(end, days):
    assert days_between(date(2020, 2, 29), end) == days


def test_a_time_of_day_is_refused():
    with pytest.raises(ArgumentError, match="calendar dates"):
        days_between(date(2020, 1, 1), datetime(2020, 1, 2))  # noqa: DTZ001


@pytest.mark.parametrize(("months", "days"), [(0, 0), (1, 30.4375), (6, 182.625), (12, 365.25)])
def test_a_month_has_30_4375_days(months, days):
    assert days_from_months(months) == days


def test_an_endless_month_is_refused():
    with pytest.raises(ArgumentError, match="finite"):
        days_from_months(float("inf"))


def test_four_years_with_one_leap_day_are_four():
    # 4 * 365 + 1 = 1461 = 4 * 365.25 days
    assert convert_birth_to_age(date(2001, 1, 1), date(2005, 1, 1)) == 4.0
    assert convert_birth_to_age(date(2001, 1, 1), date(2001, 1, 1)) == 0.0


@pytest.mark.parametrize(
    ("at", "years"),
    [(date(2020, 5, 9), 19), (date(2020, 5, 10), 20), (date(2020, 5, 11), 20)],
)
def test_a_year_is_completed_on_the_birthday(at, years):
    assert convert_birth_to_whole_age(date(2000, 5, 10), at) == years


@pytest.mark.parametrize(
    ("at", "years"),
    [(date(2022, 2, 28), 17), (date(2022, 3, 1), 18), (date(2024, 2, 29), 20)],
)
def test_a_leap_day_birthday_is_kept_on_1_march(at, years):
    assert convert_birth_to_whole_age(date(2004, 2, 29), at) == years


@pytest.mark.parametrize("convert", [convert_birth_to_age, convert_birth_to_whole_age])
def test_nobody_has_an_age_before_birth(convert):
    with pytest.raises(ArgumentError, match="before `birth`"):
        convert(date(2020, 1, 2), date(2020, 1, 1))
