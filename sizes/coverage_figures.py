"""Small multiples of measured coverage: one point for each cell, the level as a line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from cells import Row
from matplotlib.axes import Axes
from matplotlib.figure import Figure

#: Coverage below this is drawn at the edge, as a triangle.
FLOOR = 0.80
LEVEL, TOLERATED = 0.95, 0.93
#: Blue to vermilion, told apart by colour-blind readers; and grey for what is not printed.
COLOURS = ("#0072b2", "#56b4e9", "#e69f00", "#d55e00", "#009e73", "#666666")
TWO_COLOURS = ("#0072b2", "#d55e00")
TICKS, WIDE_TICKS = (3, 5, 10, 20, 50, 100, 300), (0.1, 0.3, 1, 3, 10, 30)


@dataclass(frozen=True, slots=True)
class Panel:
    """One plot: its title, its lines of the table, and how they are told apart.

    Attributes
    ----------
    title : str
        What stands above it.
    rows : sequence of Row
        The cells drawn.
    """

    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Picture:
    """One figure.

    Attributes
    ----------
    name : str
        Name of its file.
    title : str
        Heading on the page.
    panels : sequence of Panel
        In reading order.
    columns : int
        Panels side by side.
    across : str
        Name of the horizontal axis.
    place : callable
        Returns where on it a line of the table stands.
    series : sequence of str
        Names in the legend, in the order of the colours.
    belongs : callable
        Returns which of these a line of the table belongs to.
    joined : bool
        Whether the points of a series are joined by a line.
    """

    name: str
    title: str
    panels: Sequence[Panel]
    columns: int
    across: str
    place: Callable[[Row], float]
    series: Sequence[str]
    belongs: Callable[[Row], str]
    joined: bool = False


def draw(picture: Picture, folder: Path) -> None:
    """Draw one figure as SVG."""
    mpl.rcParams.update({"svg.hashsalt": "autallo", "font.size": 9})
    lines = -(-len(picture.panels) // picture.columns)
    size = (2.3 * picture.columns + 0.6, 1.9 * lines + 0.9)
    figure = Figure(figsize=size, layout="constrained")
    grid = figure.subplots(lines, picture.columns, sharex=True, sharey=True, squeeze=False)
    for place, axes in enumerate(grid.flat):
        if place < len(picture.panels):
            _panel(axes, picture, picture.panels[place])
        else:
            axes.set_axis_off()
    for axes in grid[:, 0]:
        axes.set_ylabel("Coverage")
    figure.supxlabel(picture.across, fontsize=9)
    handles, labels = grid[0, 0].get_legend_handles_labels()
    if len(labels) > 1:
        figure.legend(
            handles, labels, loc="outside upper center", ncols=len(labels), frameon=False,
            fontsize=8, handletextpad=0.4, columnspacing=1.2,
        )  # fmt: skip
    figure.savefig(folder / f"{picture.name}.svg", metadata={"Date": None})


def _panel(axes: Axes, picture: Picture, panel: Panel) -> None:
    axes.axhspan(TOLERATED, 1.02, color="#f0f0f0", zorder=0)
    axes.axhline(LEVEL, color="#888888", linewidth=0.7, zorder=1)
    colours = TWO_COLOURS if len(picture.series) == 2 else COLOURS
    for name, colour in zip(picture.series, colours, strict=False):
        mine = sorted((r for r in panel.rows if picture.belongs(r) == name), key=picture.place)
        shown = [(picture.place(row), float(row["coverage"])) for row in mine]
        inside = [(x, y) for x, y in shown if y >= FLOOR]
        below = [(x, FLOOR + 0.004) for x, y in shown if y < FLOOR]
        style = "-" if picture.joined else ""
        axes.plot(
            *_columns(inside), f"o{style}", color=colour, markersize=3.2, alpha=0.75,
            markeredgewidth=0, linewidth=0.8, label=name,
        )  # fmt: skip
        axes.plot(*_columns(below), "v", color=colour, markersize=4.5, markeredgewidth=0)
    axes.set_title(panel.title, fontsize=9, loc="left")
    axes.set_ylim(FLOOR, 1.005)
    axes.set_yticks([0.80, 0.85, 0.90, 0.95, 1.0])
    axes.set_yticklabels(["80%", "85%", "90%", "95%", "100%"])
    axes.set_xscale("log")
    places = [picture.place(row) for each in picture.panels for row in each.rows]
    known = WIDE_TICKS if min(places) < 1 else TICKS
    ticks = [tick for tick in known if min(places) * 0.9 <= tick <= max(places) * 1.1]
    axes.set_xticks(ticks)
    axes.set_xticklabels([f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.spines[["top", "right"]].set_visible(False)


def _columns(points: list[tuple[float, float]]) -> tuple[list[float], list[float]]:
    return [x for x, _ in points], [y for _, y in points]
