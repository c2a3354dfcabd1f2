"""Which sample of a biomarker stands for baseline, day 0 or the peak.

Days count from the infusion. A missing value stays missing; nothing is set to 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Literal

from autallo.errors import ArgumentError

__all__ = [
    "WINDOWS",
    "LimitValue",
    "MarkerSample",
    "MarkerValue",
    "best_in_window",
    "convert_limit_value",
    "convert_to_fold_change",
]

Window = Literal["baseline", "day0", "peak28", "peak14"]
Beyond = Literal["below", "above"]
#: First and last day of each window, both included.
WINDOWS: dict[Window, tuple[int, int]] = {
    "baseline": (-14, -1),
    "day0": (-1, 0),
    "peak28": (0, 28),
    "peak14": (0, 14),
}
#: A peak needs so many samples within these days.
FEWEST_FOR_PEAK, PEAK_DAYS = 3, (1, 14)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkerSample:
    """One measurement of a biomarker.

    Attributes
    ----------
    day : float
        Day from the infusion, fractions allowed.
    value : float or None
        Value, at least 0; the limit of the assay where `beyond` is given; None: not known.
    beyond : {"below", "above"} or None
        Whether the laboratory reported less or more than `value`.
    before_first_dose : bool or None
        For the day on which lymphodepletion starts: drawn before its first dose; None: not known.
    """

    day: float
    value: float | None = None
    beyond: Beyond | None = None
    before_first_dose: bool | None = None


@dataclass(frozen=True, slots=True)
class MarkerValue:
    """The value of a biomarker in one window.

    Attributes
    ----------
    value : float or None
        The value; None if no sample of the window counts.
    day : float or None
        Day of its sample.
    samples : int
        Samples that count.
    flags : tuple of str
        ``LEFT_CENSORED``, ``RIGHT_CENSORED`` (the value is a limit of the assay),
        ``FEW_SAMPLES`` (a peak from fewer than 3 samples on days 1 to 14) and
        ``LD_START_UNKNOWN`` (no baseline can be told).
    """

    value: float | None
    day: float | None
    samples: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LimitValue:
    """The number that stands for a value at or beyond a limit of its assay.

    Attributes
    ----------
    value : float
        The number.
    flags : tuple of str
        ``LEFT_CENSORED`` or ``RIGHT_CENSORED`` where the report gave a limit.
    """

    value: float
    flags: tuple[str, ...] = ()


def convert_limit_value(value: float, beyond: Beyond | None, *, half: bool = False) -> LimitValue:
    """Convert a value beyond a limit of its assay to the number that stands for it.

    Rule
    ----
    ==================  ======================================  ==================
    report              number                                  flag
    ==================  ======================================  ==================
    a number            the number                              none
    below a limit       the limit over the square root of 2     ``LEFT_CENSORED``
    below, `half`       half the limit                          ``LEFT_CENSORED``
    above a limit       the limit                               ``RIGHT_CENSORED``
    ==================  ======================================  ==================

    Parameters
    ----------
    value : float
        The number of the report, at least 0.
    beyond : {"below", "above"} or None
        Whether the report says less or more than `value`.
    half : bool
        Half the limit instead of the limit over the root of 2.

    Returns
    -------
    LimitValue

    Raises
    ------
    ArgumentError
        If the value is not a number from 0, or `beyond` is another word.

    Notes
    -----
    Source: [house] rule. Checked by hand (`tests/unit/clinical/test_windows.py`).

    Examples
    --------
    >>> convert_limit_value(2.0, "below", half=True)
    LimitValue(value=1.0, flags=('LEFT_CENSORED',))
    """
    if not (isfinite(value) and value >= 0):
        raise ArgumentError("`value` must be a number, at least 0.")
    if beyond is None:
        return LimitValue(float(value))
    if beyond == "above":
        return LimitValue(float(value), ("RIGHT_CENSORED",))
    if beyond != "below":
        raise ArgumentError("`beyond` must be below, above or None.")
    return LimitValue(value / (2 if half else sqrt(2)), ("LEFT_CENSORED",))


def best_in_window(
    samples: Sequence[MarkerSample],
    window: Window,
    *,
    lymphodepletion_start: float | None = None,
    half: bool = False,
) -> MarkerValue:
    """Choose the sample of a biomarker that stands for a window of days.

    Rule
    ----
    ==========  ==================================================  ===================
    window      days                                                which sample
    ==========  ==================================================  ===================
    baseline    -14 to -1, before the day on which lymphodepletion  the last
                starts, or on it if drawn before the first dose
    day0        -1 to 0                                             the last
    peak28      0 to 28                                             the highest
    peak14      0 to 14 (cytokines)                                 the highest
    ==========  ==================================================  ===================

    Parameters
    ----------
    samples : sequence of MarkerSample
        In any order.
    window : {"baseline", "day0", "peak28", "peak14"}
        Which days.
    lymphodepletion_start : float or None
        Day of the first dose, for the baseline.
    half : bool
        Half the limit for values below it: see `convert_limit_value`.

    Returns
    -------
    MarkerValue

    Raises
    ------
    ArgumentError
        If the window is not known, or a value is below 0.

    Notes
    -----
    All days count from the infusion. Without the start of lymphodepletion there is no baseline: a
    sample may have been drawn after it. Of several samples of the last day the highest counts, of
    several equal peaks the first, so that the order of the records cannot matter. On the day on
    which lymphodepletion starts a sample counts only if it is known to come before the first dose.
    Source: [house] rule. Checked by hand (`tests/unit/clinical/test_windows.py`).

    Examples
    --------
    >>> series = [MarkerSample(day=day, value=value) for day, value in ((-6, 300), (-2, 900))]
    >>> best_in_window(series, "baseline", lymphodepletion_start=-5).value
    300.0
    """
    if window not in WINDOWS:
        raise ArgumentError(f"`window` must be one of {', '.join(WINDOWS)}.")
    if window == "baseline" and lymphodepletion_start is None:
        return MarkerValue(None, None, 0, ("LD_START_UNKNOWN",))
    low, high = WINDOWS[window]
    inside = []
    for one in samples:
        if one.value is None or not low <= one.day < high + 1:
            continue
        if window == "baseline" and not _before(one, lymphodepletion_start):
            continue
        held = convert_limit_value(one.value, one.beyond, half=half)
        inside.append((one.day, held.value, held.flags))
    peak = window.startswith("peak")
    few = ("FEW_SAMPLES",) if peak and _few([day for day, _, _ in inside]) else ()
    if not inside:
        return MarkerValue(None, None, 0, few)
    day, value, flags = min(inside, key=_highest_first if peak else _last_first)
    return MarkerValue(value, float(day), len(inside), (*flags, *few))


def _before(one: MarkerSample, start: float | None) -> bool:
    if start is None:
        return False
    if int(one.day // 1) == int(start // 1):
        return one.before_first_dose is True
    return one.day < start


def _few(days: list[float]) -> bool:
    first, last = PEAK_DAYS
    return sum(first <= day < last + 1 for day in days) < FEWEST_FOR_PEAK


def _highest_first(one: tuple[float, float, tuple[str, ...]]) -> tuple[float, float, bool]:
    return -one[1], one[0], bool(one[2])


def _last_first(one: tuple[float, float, tuple[str, ...]]) -> tuple[float, float, bool]:
    return -one[0], -one[1], bool(one[2])


def convert_to_fold_change(baseline: float | None, peak: float | None) -> float | None:
    """Convert a baseline and a peak to how many times the peak is the baseline.

    Rule
    ----
    ==============================  ==================
    values                          fold change
    ==============================  ==================
    both known, baseline above 0    peak over baseline
    else                            not known
    ==============================  ==================

    Parameters
    ----------
    baseline, peak : float or None
        In the same unit, at least 0.

    Returns
    -------
    float or None

    Raises
    ------
    ArgumentError
        If either is below 0 or not finite.

    Notes
    -----
    Source: [house] rule. Checked by hand (`tests/unit/clinical/test_windows.py`).

    Examples
    --------
    >>> convert_to_fold_change(200, 5000)
    25.0
    """
    for value in (baseline, peak):
        if value is not None and not (isfinite(value) and value >= 0):
            raise ArgumentError("`baseline` and `peak` must be at least 0.")
    if baseline is None or peak is None or baseline == 0:
        return None
    return peak / baseline
