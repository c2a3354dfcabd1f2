"""Dates of which the day or the month is not written."""

from datetime import date

import pytest

from autallo.clinical.dates import ImputedDate, convert_partial_date
from autallo.errors import ArgumentError


@pytest.mark.parametrize(
    ("written", "day", "flags"),
    [("2020-02-29", date(2020, 2, 29), ()), ("2020-02", date(2020, 2, 15), ("DAY_IMPUTED",)),
     ("2020", date(2020, 7, 1), ("MONTH_IMPUTED",))],
)  # fmt: skip
def test_the_middle_is_taken(written, day, flags):
    assert convert_partial_date(written) == ImputedDate(day, flags)


def test_an_imputed_date_keeps_the_order():
    found = convert_partial_date("2020-02", earliest=date(2020, 2, 20))
    assert found == ImputedDate(date(2020, 2, 20), ("DAY_IMPUTED", "DATE_CLIPPED"))
    found = convert_partial_date("2020", latest=date(2020, 3, 1))
    assert found == ImputedDate(date(2020, 3, 1), ("MONTH_IMPUTED", "DATE_CLIPPED"))
    assert convert_partial_date("2020-02-10", earliest=date(2020, 3, 1)).day == date(2020, 2, 10)


@pytest.mark.parametrize(
    "written", ["", "20", "2020-13", "2020-02-30", "2020-2", "02/2020", "2020-00", "0000"]
)
def test_what_is_no_date_is_refused(written):
    with pytest.raises(ArgumentError, match="YYYY"):
        convert_partial_date(written)


def test_a_month_without_a_day_in_the_order_is_refused():
    with pytest.raises(ArgumentError, match="leave a day"):
        convert_partial_date("2020-02", earliest=date(2020, 3, 1))
    with pytest.raises(ArgumentError, match="leave a day"):
        convert_partial_date("2020", latest=date(2019, 12, 31))
    with pytest.raises(ArgumentError, match="earliest"):
        convert_partial_date("2020", earliest=date(2020, 2, 1), latest=date(2020, 1, 1))
