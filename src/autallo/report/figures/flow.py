"""The flow of patients: from the records to the groups, with everybody who left and why."""

from dataclasses import dataclass
from itertools import pairwise

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from autallo.model.results import Results
from autallo.report.figures.sheet import COLOURS, GREY, INK, PAGE_MM, Sheet, figure_lines
from autallo.report.picture import Picture
from autallo.report.scope import Scope

__all__ = ["figure_flow"]

LINE_MM = 4.3
PADDING_MM = 4.5
GAP_MM = 8.0
LEFT_MM, WIDE_MM = 2.0, 78.0
SIDE_MM, SIDE_WIDE_MM = 96.0, 76.0
MARGIN_MM = 3.0
FOOT_MM = 6.0
MOST_ACROSS = 4


@dataclass(frozen=True, slots=True)
class _Box:
    """One box of the flow [mm]; `top` counts down from the top of the sheet."""

    left: float
    top: float
    width: float
    text: str

    @property
    def height(self) -> float:
        return PADDING_MM + LINE_MM * (self.text.count("\n") + 1)

    @property
    def bottom(self) -> float:
        return self.top + self.height

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


def figure_flow(results: Results) -> Picture | None:
    """Draw the way of the patients from the records into the groups."""
    if not results.flow:
        return None
    scope = Scope.of_study(results)
    spine, side = _steps(results)
    groups = _groups(scope, spine[-1].bottom + GAP_MM)
    bottom = max(box.bottom for box in (*spine, *side, *groups))
    height = bottom + MARGIN_MM + (FOOT_MM if results.card.notice else 0.0)
    with Sheet(height, notice=results.card.notice) as sheet:
        sheet.figure.set_layout_engine("none")
        axes: Axes = sheet.figure.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        axes.set_xlim(0, PAGE_MM)
        axes.set_ylim(height, 0)
        for box in spine:
            _box(axes, box)
        for box in side:
            _box(axes, box, edge=GREY, left=True)
            _arrow(axes, (spine[0].middle, _centre(box)), (box.left, _centre(box)))
        for above, below in pairwise(spine):
            _arrow(axes, (above.middle, above.bottom), (below.middle, below.top))
        for index, box in enumerate(groups):
            _box(axes, box, edge=COLOURS[index % len(COLOURS)])
        _branches(axes, spine[-1], groups)
        return sheet.picture(
            "flow",
            "Flow of patients from the records to the analysis.",
            _told(scope),
            subject=(None, None),
        )


def _steps(results: Results) -> tuple[list[_Box], list[_Box]]:
    """Return the boxes of those who remain, and beside the arrows those who left."""
    spine: list[_Box] = []
    side: list[_Box] = []
    top = MARGIN_MM
    for step in results.flow:
        if step.excluded:
            lines = [figure_lines(f"{reason} (n = {n})", 44) for reason, n in step.excluded]
            gone = sum(n for _, n in step.excluded)
            text = "\n".join([f"Left out (n = {gone})", *lines])
            side.append(_Box(SIDE_MM, top - GAP_MM + 2.5, SIDE_WIDE_MM, text))
            top = side[-1].bottom + 2.5
        text = f"{figure_lines(step.label, 42)}\n(n = {step.remaining})"
        spine.append(_Box(LEFT_MM, top, WIDE_MM, text))
        top = spine[-1].bottom + GAP_MM
    return spine, side


def _groups(scope: Scope, top: float) -> list[_Box]:
    """Return the boxes of the groups, side by side, in rows of four."""
    sizes = scope.results.flow[-1].by_group
    across = min(len(sizes), MOST_ACROSS)
    if not across:
        return []
    width = (PAGE_MM - 2 * LEFT_MM - 4.0 * (across - 1)) / across
    width = min(width, 54.0)
    boxes: list[_Box] = []
    for index, (group, size) in enumerate(sizes):
        row, column = divmod(index, across)
        text = f"{figure_lines(scope.name(group), int(width / 1.9))}\n(n = {size})"
        below = max((box.bottom for box in boxes[: row * across]), default=top - 4.0) + 4.0
        boxes.append(_Box(LEFT_MM + column * (width + 4.0), below, width, text))
    return boxes


def _box(axes: Axes, box: _Box, *, edge: str = INK, left: bool = False) -> None:
    axes.add_patch(
        Rectangle(
            (box.left, box.top), box.width, box.height, facecolor="white", edgecolor=edge,
            linewidth=0.9, zorder=2,
        )
    )  # fmt: skip
    lines = box.text.split("\n")
    for number, line in enumerate(lines):
        axes.text(
            box.left + 2.5 if left else box.middle,
            _centre(box) + LINE_MM * (number - (len(lines) - 1) / 2),
            line, va="center_baseline", ha="left" if left else "center",
            fontsize=7.5 if left else 8, zorder=3,
        )  # fmt: skip


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.add_patch(
        FancyArrowPatch(
            start, end, arrowstyle="-|>", mutation_scale=7, linewidth=0.9, color=INK, shrinkA=0,
            shrinkB=0, zorder=1,
        )
    )  # fmt: skip


def _branches(axes: Axes, last: _Box, groups: list[_Box]) -> None:
    """Draw the lines from the last box to the first row of groups."""
    if not groups:
        return
    first = [box for box in groups if box.top == groups[0].top]
    level = last.bottom + GAP_MM / 2
    reach = [last.middle, *(box.middle for box in first)]
    axes.plot([last.middle] * 2, [last.bottom, level], color=INK, linewidth=0.9, zorder=1)
    axes.plot([min(reach), max(reach)], [level, level], color=INK, linewidth=0.9, zorder=1)
    for box in first:
        _arrow(axes, (box.middle, level), (box.middle, box.top))


def _centre(box: _Box) -> float:
    return box.top + box.height / 2


def _told(scope: Scope) -> str:
    parts = []
    for step in scope.results.flow:
        reasons = ", ".join(f"{reason} ({n})" for reason, n in step.excluded)
        gone = f"left out: {reasons}; " if reasons else ""
        parts.append(f"{gone}{step.label}: {step.remaining} patients")
    sizes = ", ".join(f"{scope.name(g)} {n}" for g, n in scope.results.flow[-1].by_group)
    return "Flow of patients. " + ". ".join(parts) + (f". Groups: {sizes}." if sizes else ".")
