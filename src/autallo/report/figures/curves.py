"""Survival and cumulative incidence: steps, limits, censoring, and the numbers at risk below."""

from bisect import bisect_right
from typing import Any

from matplotlib.axes import Axes
from matplotlib.gridspec import GridSpec

from autallo.model.results import Curve
from autallo.report.figures.labels import figure_alt, figure_comparison, figure_group
from autallo.report.figures.sheet import (
    COLOURS,
    GREY,
    LINES,
    PAGE_MM,
    Sheet,
    figure_lines,
    figure_text,
)
from autallo.report.numbers import DAYS_PER_MONTH, format_days_as_months, format_level
from autallo.report.phrases import phrase_count
from autallo.report.picture import Picture
from autallo.report.scope import Scope

__all__ = ["figure_incidence", "figure_survival"]

PANEL_MM = 78.0
LINE_MM = 4.6
HEAD_MM = 26.0
#: Mean width of a letter in a corner, and the share of its place that a panel fills.
LETTER_MM = 1.5
AXES_SHARE = 0.82
#: Letters of a name beside the numbers at risk.
LONGEST_NAME = 34


def figure_survival(scope: Scope, outcome: str) -> Picture | None:
    """Draw the Kaplan-Meier curves of an outcome, with the numbers at risk under the axis."""
    curves = scope.curves(outcome)
    if not curves:
        return None
    label = scope.label(outcome)
    with Sheet(PANEL_MM + HEAD_MM + LINE_MM * len(curves), notice=scope.card.notice) as sheet:
        panel, risk = _panels(sheet, 1, len(curves))[0]
        _draw_all(panel, curves, scope)
        _axes(panel, curves, f"{figure_text(label, 60)} (%)")
        _write_corner(panel, curves, figure_comparison(scope, outcome))
        _legend(sheet, panel)
        _risk_table(sheet, risk, curves, scope)
        subject = "" if scope.subgroup is None else f" by {scope.label(scope.subgroup)}"
        alt = f"Kaplan-Meier curves of {label}{subject}. {_told(scope, curves)}"
        return sheet.picture(
            "survival",
            f"{label}{subject}: Kaplan-Meier estimate with {format_level(curves[0].level)} "
            "limits. An upright mark is a patient whose follow-up ended.",
            alt + figure_alt(scope, outcome),
            subject=(scope.subgroup, outcome),
        )


def figure_incidence(scope: Scope, outcome: str) -> Picture | None:
    """Draw the cumulative incidence of each cause in a panel of its own, groups together."""
    curves = scope.curves(outcome)
    if not curves:
        return None
    causes = tuple(dict.fromkeys(str(curve.cause) for curve in curves))
    by_cause = [tuple(c for c in curves if c.cause == cause) for cause in causes]
    label = scope.label(outcome)
    rows = -(-len(causes) // 2)
    height = rows * (PANEL_MM - 8 + HEAD_MM + LINE_MM * len(by_cause[0]))
    with Sheet(height, notice=scope.card.notice) as sheet:
        panels = _panels(sheet, len(causes), len(by_cause[0]))
        for number, (panel, risk) in enumerate(panels):
            left = number % 2 == 0
            _draw_all(panel, by_cause[number], scope)
            _axes(panel, by_cause[number], "Cumulative incidence (%)" if left else "")
            panel.set_title(figure_lines(scope.label(causes[number]), 44, lines=2), loc="left")
            _risk_table(sheet, risk, by_cause[number], scope, names=left)
        _write_corner(panels[0][0], by_cause[0], figure_comparison(scope, outcome))
        _legend(sheet, panels[0][0])
        told = " ".join(f"{scope.label(str(c[0].cause))}: {_told(scope, c)}" for c in by_cause)
        return sheet.picture(
            "incidence",
            f"{label}: cumulative incidence of each event in the presence of the others "
            f"(Aalen-Johansen estimate), with {format_level(curves[0].level)} limits.",
            f"Curves of cumulative incidence. {told}{figure_alt(scope, outcome)}",
            subject=(scope.subgroup, outcome),
        )


def _panels(sheet: Sheet, count: int, lines: int) -> list[tuple[Axes, Axes]]:
    """Return panels in rows of two, each with axes for its numbers at risk."""
    columns = min(2, count)
    rows = -(-count // columns)
    heights = [PANEL_MM, LINE_MM * lines] * rows
    grid = GridSpec(2 * rows, columns, figure=sheet.figure, height_ratios=heights)
    found = []
    for index in range(count):
        row, column = divmod(index, columns)
        panel = sheet.figure.add_subplot(grid[2 * row, column])
        found.append((panel, sheet.plain_axes(grid[2 * row + 1, column], sharex=panel)))
    return found


def _draw_all(panel: Axes, curves: tuple[Curve, ...], scope: Scope) -> None:
    for index, curve in enumerate(curves):
        label = figure_group(scope, curve.group, curve.n)
        _draw(panel, curve, index=index, label=label)


def _draw(panel: Axes, curve: Curve, *, index: int, label: str) -> None:
    """Draw one curve with its band and the marks of those whose follow-up ended."""
    colour, line = COLOURS[index % len(COLOURS)], LINES[index % len(LINES)]
    months, value, low, high = _steps(curve)
    panel.fill_between(months, low, high, step="post", color=colour, alpha=0.09, linewidth=0)
    options: dict[str, Any] = {"color": colour, "clip_on": False}
    panel.plot(
        months, value, drawstyle="steps-post", linestyle=line, label=label, zorder=3, **options
    )
    if curve.measure == "survival":
        heights = [value[bisect_right(curve.days, day)] for day in curve.censored_days]
        ended = [day / DAYS_PER_MONTH for day in curve.censored_days]
        panel.plot(ended, heights, "|", markersize=6, markeredgewidth=1.0, zorder=4, **options)


def _steps(curve: Curve) -> tuple[list[float], list[float], list[float], list[float]]:
    """Return months, value, low and high [per cent] from day 0 to the end of follow-up."""
    start = 100.0 if curve.measure == "survival" else 0.0
    end = max((*curve.days, *curve.censored_days), default=0.0)
    months = [day / DAYS_PER_MONTH for day in (0.0, *curve.days, end)]
    value, low, high = (
        [start, *(100 * share for share in shares), 100 * shares[-1] if shares else start]
        for shares in (curve.value, curve.low, curve.high)
    )
    return months, value, low, high


def _write_corner(panel: Axes, curves: tuple[Curve, ...], text: str) -> None:
    """Write the comparison into a corner that no curve enters; else above the panel."""
    if not text:
        return
    right = panel.get_xlim()[1]
    wide = 0.04 + LETTER_MM * max(map(len, text.split("\n"))) / _width_mm(panel)
    tall = 0.05 + 0.055 * (text.count("\n") + 1)
    for x, y in ((0.0, 0.0), (1.0, 1.0), (1.0, 0.0), (0.0, 1.0)):
        reach = (abs(x - wide), abs(y - tall))
        box = (min(x, reach[0]) * right, max(x, reach[0]) * right,
               min(y, reach[1]) * 100, max(y, reach[1]) * 100)  # fmt: skip
        if not any(_enters(curve, box) for curve in curves):
            panel.text(
                x + (0.02 if x == 0 else -0.02), y + (0.04 if y == 0 else -0.04), text,
                transform=panel.transAxes, fontsize=7.5, zorder=5, multialignment="left",
                ha="left" if x == 0 else "right", va="bottom" if y == 0 else "top",
            )  # fmt: skip
            return
    above = [panel.get_title(loc="left"), text]
    panel.set_title("\n".join(line for line in above if line), loc="left", fontsize=7.5)


def _enters(curve: Curve, box: tuple[float, float, float, float]) -> bool:
    """Return whether a curve comes into a box of months and per cent."""
    left, right, bottom, top = box
    months, value, _, _ = _steps(curve)
    for start, end, before, after in zip(months, months[1:], value, value[1:], strict=False):
        level = start <= right and end >= left and bottom <= before <= top
        drop = left <= end <= right and min(before, after) <= top and max(before, after) >= bottom
        if level or drop:
            return True
    return False


def _width_mm(panel: Axes) -> float:
    place = panel.get_subplotspec()
    return AXES_SHARE * PAGE_MM / (1 if place is None else place.get_gridspec().ncols)


def _axes(panel: Axes, curves: tuple[Curve, ...], label: str) -> None:
    ticks = sorted({day for curve in curves for day in curve.at_risk_days})
    last = max((day for c in curves for day in (*c.days, *c.censored_days)), default=1.0)
    panel.set_xlim(0, max([last, *ticks]) / DAYS_PER_MONTH * 1.01 or 1.0)
    panel.set_ylim(0, 101)
    panel.set_yticks([0, 20, 40, 60, 80, 100])
    panel.set_xticks([day / DAYS_PER_MONTH for day in ticks])
    panel.set_xticklabels([format_days_as_months(day).removesuffix(".0") for day in ticks])
    panel.set_xlabel("Months from day 0")
    panel.set_ylabel(label)


def _legend(sheet: Sheet, panel: Axes) -> None:
    handles, labels = panel.get_legend_handles_labels()
    fitting = (k for k in range(len(labels), 1, -1) if sum(map(len, labels[:k])) + 8 * k < 105)
    sheet.figure.legend(
        handles, labels, loc="outside upper left", ncols=next(fitting, 1), handlelength=2.8,
        columnspacing=1.6,
    )  # fmt: skip


def _risk_table(
    sheet: Sheet, risk: Axes, curves: tuple[Curve, ...], scope: Scope, *, names: bool = True
) -> None:
    """Write the numbers at risk under the ticks of the panel, one line for each group."""
    risk.set_ylim(len(curves) - 0.4, -0.6)
    risk.set_yticks([])
    risk.tick_params(labelbottom=False)
    if names:
        listed = [figure_text(scope.name(curve.group), LONGEST_NAME) for curve in curves]
        sheet.name_rows(risk, listed, lines=1)
    for row, curve in enumerate(curves):
        colour = COLOURS[row % len(COLOURS)]
        for day, number in zip(curve.at_risk_days, curve.at_risk, strict=True):
            risk.text(day / DAYS_PER_MONTH, row, str(number), ha="center", va="center_baseline",
                      fontsize=7.5, color=colour, clip_on=False)  # fmt: skip
    if names:
        risk.set_title("Number at risk", loc="left", fontsize=7.5, color=GREY, pad=3)


def _told(scope: Scope, curves: tuple[Curve, ...]) -> str:
    parts = [
        f"{scope.name(c.group)}: {phrase_count(c.n, 'patient')}, {phrase_count(c.events, 'event')}"
        for c in curves
    ]
    return "; ".join(parts) + "."
