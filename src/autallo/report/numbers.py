"""How numbers and texts stand on the page: the only place that rounds, and the only `format_`.

All rounding is half away from zero on the shortest decimal that names the number, so that 0.0005
is 0.001 although its binary neighbour lies a hair below. A number that is not there is said in
words that its flags decide.
"""

import re
from collections.abc import Callable, Collection
from decimal import ROUND_HALF_UP, Context, Decimal

from autallo.model.results import Estimate, Flag

__all__ = [
    "DAYS_PER_MONTH",
    "format_day",
    "format_days_as_months",
    "format_estimate",
    "format_fixed",
    "format_interval",
    "format_level",
    "format_months",
    "format_number",
    "format_p",
    "format_percent",
    "format_points",
    "format_proportion",
    "format_text",
    "format_time",
    "format_unit",
    "format_value",
]

DAYS_PER_MONTH = 30.4375
MINUS = "−"
NOTHING = "–"
#: How far from a whole month a day may lie and still be called by it [months].
WHOLE_MONTH = 0.02
_CONTEXT = Context(prec=700, rounding=ROUND_HALF_UP)
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile("[\t\n\r]+")

#: What is said in place of a value, the first flag that applies.
_WORDS = (
    (Flag.NOT_REACHED, "not reached"),
    (Flag.INFINITE, "infinite"),
    (Flag.MONOTONE, "no finite estimate"),
    (Flag.NO_MAXIMUM, "no finite estimate"),
    (Flag.TOO_FEW_EVALUABLE, "not estimable"),
    (Flag.NOT_ESTIMABLE, "not estimable"),
)


def format_p(p_value: float | None, *, equation: bool = False) -> str:
    """Return p with three decimals, "<0.001" below that, ">0.999" where it rounds to one.

    With `equation`, the sign stands between: "p = 0.049", "p < 0.001".
    """
    if p_value is None:
        return "no p" if equation else NOTHING
    if p_value < 0.001:
        sign, digits = "<", "0.001"
    elif (digits := _rounded(p_value, 3)) == "1.000":
        sign, digits = ">", "0.999"
    else:
        sign = ""
    return f"p {sign or '='} {digits}" if equation else sign + digits


def format_number(value: float) -> str:
    """Return three significant digits, none that the number does not have: 0.827, 12.5, 61, 0.4.

    Digits left of the point always stay, with a comma from ten thousand up; from a million up
    and below a thousandth the number is written with a power of ten.
    """
    number = Decimal(repr(float(value)))
    if number == 0:
        return "0"
    shown = _significant(number)
    if not -3 <= shown.adjusted() < 6:
        return _power_of_ten(shown)
    text = f"{shown:,f}" if abs(shown) >= 10_000 else f"{shown:f}"
    return text.replace("-", MINUS)


def format_fixed(value: float, digits: int) -> str:
    """Return a number with so many decimals, for columns of like numbers."""
    return _rounded(value, digits)


def format_percent(share: float) -> str:
    """Return a share as per cent without the sign: one decimal, but exactly 0 and 100 plain.

    What only rounds to 0 or 100 is shown as "<0.1" or ">99.9".
    """
    if share in (0, 1):
        return "100" if share else "0"
    shown = _rounded(share, 1, scale=2)
    return {"0.0": "<0.1", "100.0": ">99.9"}.get(shown, shown)


def format_points(difference: float) -> str:
    """Return a difference of two shares in percentage points, one decimal."""
    return _rounded(difference, 1, scale=2)


def format_level(level: float | None) -> str:
    """Return a confidence level as "95%"; 95% where a number does not state it."""
    return format_percent(0.95 if level is None else level).removesuffix(".0") + "%"


def format_proportion(events: int, n: int) -> str:
    """Return "15/17 (88.2%)"; without patients "0/0"."""
    if n == 0:
        return "0/0"
    per_cent = Decimal(100 * events) / Decimal(n)
    return f"{events}/{n} ({format_percent(float(_CONTEXT.scaleb(per_cent, -2)))}%)"


def format_days_as_months(days: float) -> str:
    """Return days as months of 30.4375 days with one decimal."""
    return _rounded(days / DAYS_PER_MONTH, 1)


def format_day(days: float) -> str:
    """Return a number of days with every decimal that it has: "10", "182.625"."""
    return f"{Decimal(repr(float(days))).normalize(context=_CONTEXT):f}"


def format_time(days: float) -> str:
    """Return a point in time: "1 month", "12 months", or "day 10" where it is no whole month."""
    months = days / DAYS_PER_MONTH
    whole = round(months)
    if whole < 1 or abs(months - whole) > WHOLE_MONTH:
        return f"day {format_day(days)}"
    return f"{whole} month" if whole == 1 else f"{whole} months"


def format_months(estimate: Estimate, *, before: str = "", after: str = "") -> str:
    """Return "9.0 months (6.8 to 13.8)", or "not reached (6.8 months to not reached)".

    The unit follows a number only. `before` and `after` stand beside the interval.
    """
    show = format_days_as_months
    value = format_value(estimate, show=show)
    limits = format_interval(estimate.low, estimate.high, flags=estimate.flags, show=show)
    if estimate.value is not None:
        value = f"{value} months"
    elif estimate.high is not None:
        limits += " months"
    elif limits:
        limits = limits.replace(" to ", " months to ", 1)
    told = "; ".join(part for part in (limits and before + limits, after) if part)
    return f"{value} ({told})" if told else value


def format_interval(
    low: float | None,
    high: float | None,
    *,
    flags: Collection[Flag] = (),
    show: Callable[[float], str] = format_number,
    zero_below: bool = False,
) -> str:
    """Return "63.6 to 98.5"; a limit that is not there in words; "" if there is no interval.

    `zero_below` is for ratios, where no lower limit means zero.
    """
    if low is None and high is None:
        return ""
    reached = Flag.BOUND_NOT_REACHED in flags
    lower, upper = ("not reached",) * 2 if reached else ("no lower limit", "no upper limit")
    if zero_below and not reached:
        lower = "0"
    first = lower if low is None else show(low)
    second = upper if high is None else show(high)
    return f"{first} to {second}"


def format_value(estimate: Estimate, *, show: Callable[[float], str] = format_number) -> str:
    """Return the value of an estimate, or the words of its flags where there is none."""
    if estimate.value is not None:
        return show(estimate.value)
    return next((words for flag, words in _WORDS if flag in estimate.flags), NOTHING)


def format_estimate(
    estimate: Estimate,
    *,
    show: Callable[[float], str] = format_number,
    zero_below: bool = False,
) -> str:
    """Return "0.83 (0.18 to 3.1)", or the value alone where there is no interval."""
    value = format_value(estimate, show=show)
    interval = format_interval(
        estimate.low, estimate.high, flags=estimate.flags, show=show, zero_below=zero_below
    )
    return f"{value} ({interval})" if interval else value


def format_unit(unit: str | None) -> str:
    """Return a unit as it is printed: "10⁶/kg" for "10^6/kg", "µg" for "ug"."""
    raised = re.sub(r"\^(-?\d+)", lambda power: power[1].translate(_SUPERSCRIPTS), unit or "")
    return re.sub(r"\bu(?=[gLlm]\b)", "µ", raised)


def format_text(text: str) -> str:
    """Return text that may stand on a page: no control, no direction marks, one line.

    Characters that no document can hold become U+FFFD, so that a reader sees that something
    stood there.
    """
    return _SPACE.sub(" ", _DIRECTION.sub("", _FORBIDDEN.sub("\ufffd", text)))


def _rounded(value: float, digits: int, *, scale: int = 0) -> str:
    """Round the shortest decimal of a number, shifted by `scale` places."""
    number = Decimal(repr(float(value))).scaleb(scale, context=_CONTEXT)
    shown = number.quantize(Decimal(1).scaleb(-digits), context=_CONTEXT)
    return f"{abs(shown) if shown.is_zero() else shown:f}".replace("-", MINUS)


def _significant(number: Decimal) -> Decimal:
    """Round to three significant digits, but never left of the decimal point."""
    places = max(0, min(2 - number.adjusted(), _decimals(number)))
    shown = number.quantize(Decimal(1).scaleb(-places), context=_CONTEXT)
    if shown.adjusted() > number.adjusted() and places > 0:
        shown = shown.quantize(Decimal(1).scaleb(1 - places), context=_CONTEXT)
    return shown


def _decimals(number: Decimal) -> int:
    """Return how many decimals the shortest form of a number has."""
    exponent = number.normalize(context=_CONTEXT).as_tuple().exponent
    assert isinstance(exponent, int)
    return max(0, -exponent)


def _power_of_ten(number: Decimal) -> str:
    exponent = number.adjusted()
    front = number.scaleb(-exponent, context=_CONTEXT)
    front = front.quantize(Decimal("0.01"), context=_CONTEXT)
    if front.adjusted() > 0:
        exponent, front = exponent + 1, Decimal("1.00")
    return f"{front:f} × 10{str(exponent).translate(_SUPERSCRIPTS)}".replace("-", MINUS)
