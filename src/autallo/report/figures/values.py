"""Single values by group: every patient a point, the median a line, the quartiles a band."""

import math
from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, NullLocator

from autallo.model.results import Sample
from autallo.report.figures.labels import figure_alt, figure_comparison, figure_group
from autallo.report.figures.sheet import (
    COLOURS,
    GREY,
    INK,
    MARKERS,
    Sheet,
    figure_text,
)
from autallo.report.numbers import format_number, format_unit
from autallo.report.phrases import phrase_count
from autallo.report.picture import Picture
from autallo.report.scope import Scope

__all__ = ["figure_values"]

ROW_MM = 14.0
HEAD_MM = 25.0
#: Distance at which two points touch, as a share of the axis, and the step between lanes.
TOUCH = 0.016
LANE = 0.085
LANES = (0, 1, -1, 2, -2, 3, -3, 4, -4)
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_LIMITS = {1: (">", "above the measuring limit"), -1: ("<", "below the measuring limit")}


def figure_values(scope: Scope, outcome: str, *, log: bool) -> Picture | None:
    """Draw every value of an outcome in the row of its group, on a log axis if so declared."""
    samples = [sample for sample in scope.samples(outcome) if sample.values]
    if not samples:
        return None
    log = log and all(value > 0 for sample in samples for value in sample.values)
    label, unit = scope.label(outcome), format_unit(samples[0].unit)
    with Sheet(HEAD_MM + ROW_MM * len(samples), notice=scope.card.notice) as sheet:
        axes: Axes = sheet.figure.add_subplot()
        _axis(axes, samples, log=log)
        for row, sample in enumerate(samples):
            _summary(axes, scope, sample, row)
            _points(axes, sample, row, log=log)
        names = [figure_group(scope, sample.group, len(sample.values)) for sample in samples]
        sheet.name_rows(axes, names)
        axes.set_ylim(len(samples) - 0.5, -0.5)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.set_xlabel(figure_text(f"{label} ({unit})" if unit else label, 110))
        text = ", ".join(figure_comparison(scope, outcome).split("\n"))
        axes.set_title(figure_text(text, 150), fontsize=7.5, loc="left")
        _key(sheet, samples)
        return sheet.picture(
            "values",
            f"{label} by group: every patient a point; the line is the median, the band reaches "
            "from the lower to the upper quartile.",
            f"{label}, one point for each patient. {_told(scope, samples)}"
            f"{figure_alt(scope, outcome)}",
            subject=(scope.subgroup, outcome),
        )


def _axis(axes: Axes, samples: list[Sample], *, log: bool) -> None:
    values = [value for sample in samples for value in sample.values]
    low, high = min(values), max(values)
    if not log:
        margin = (high - low) * 0.05 or 1.0
        axes.set_xlim(low - margin, high + margin)
        axes.xaxis.set_major_formatter(lambda value, _: format_number(round(value, 10)))
        return
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    axes.set_xscale("log")
    axes.set_xlim(10**first * 0.9, 10**last * 1.1)
    step = max(1, (last - first) // 8)
    powers = range(first, last + 1, step)
    axes.xaxis.set_major_locator(FixedLocator([10.0**power for power in powers]))
    minor = [k * 10.0**power for power in range(first, last) for k in range(2, 10)]
    axes.xaxis.set_minor_locator(FixedLocator(minor) if step == 1 else NullLocator())
    axes.xaxis.set_minor_formatter(lambda _value, _position: "")
    plain = first >= -2 and last <= 5
    axes.set_xticklabels([_power(power, plain=plain) for power in powers])


def _power(power: int, *, plain: bool) -> str:
    if plain:
        return f"{10**power:,}" if power >= 0 else f"{10.0**power:.{-power}f}"
    return f"10{str(power).translate(_SUPERSCRIPTS)}"


def _summary(axes: Axes, scope: Scope, sample: Sample, row: int) -> None:
    """Draw median and quartiles as the results give them."""
    median = scope.first(sample.outcome, group=sample.group, versus=None, measure="median")
    if median is None or median.value is None:
        return
    q1, q3 = median.detail("q1"), median.detail("q3")
    colour = COLOURS[row % len(COLOURS)]
    if q1 is not None and q3 is not None:
        axes.fill_betweenx([row - 0.36, row + 0.36], q1, q3, color=colour, alpha=0.13, linewidth=0)
    axes.plot([median.value] * 2, [row - 0.36, row + 0.36], color=INK, linewidth=1.6, zorder=3)


def _points(axes: Axes, sample: Sample, row: int, *, log: bool) -> None:
    colour = COLOURS[row % len(COLOURS)]
    marker = MARKERS[row % len(MARKERS)]
    places = [math.log(value) for value in sample.values] if log else list(sample.values)
    left, right = axes.get_xlim()
    width = math.log(right / left) if log else right - left
    spread = list(_spread(places, width * TOUCH))
    for kind, shape in ((0, marker), (1, ">"), (-1, "<")):
        chosen = [i for i, limited in enumerate(sample.limited) if limited == kind]
        if not chosen:
            continue
        axes.plot(
            [sample.values[i] for i in chosen], [row + spread[i] for i in chosen], shape,
            markersize=4.2 if kind == 0 else 5.4, color=colour, zorder=4, clip_on=False,
            markerfacecolor=colour if kind == 0 else "white", markeredgecolor=colour,
            markeredgewidth=0.5 if kind == 0 else 1.1, alpha=0.9,
        )  # fmt: skip


def _spread(places: list[float], touch: float) -> Iterator[float]:
    """Yield the shift of each point across its row, so that neighbours do not cover each other.

    The points come in ascending order; each takes the innermost lane that is free, and the
    pattern holds no chance.
    """
    last: dict[int, float] = {}
    for place in places:
        free = (lane for lane in LANES if place - last.get(lane, -math.inf) >= touch)
        lane = next(free, min(LANES, key=lambda lane: last.get(lane, -math.inf)))
        last[lane] = place
        yield lane * LANE


def _key(sheet: Sheet, samples: list[Sample]) -> None:
    """Explain the marks of values beyond the measuring limit, where there are any."""
    seen = sorted({kind for sample in samples for kind in sample.limited if kind}, reverse=True)
    handles = [
        Line2D([], [], linestyle="none", marker=_LIMITS[kind][0], color=GREY, markersize=5.4,
               markerfacecolor="white", label=_LIMITS[kind][1])
        for kind in seen
    ]  # fmt: skip
    if handles:
        sheet.figure.legend(handles=handles, loc="outside upper left", ncols=2, handletextpad=0.2)


def _told(scope: Scope, samples: list[Sample]) -> str:
    parts = [
        f"{scope.name(sample.group)}: {phrase_count(len(sample.values), 'patient')} from "
        f"{format_number(sample.values[0])} to {format_number(sample.values[-1])}"
        for sample in samples
    ]
    return "; ".join(parts) + "."
