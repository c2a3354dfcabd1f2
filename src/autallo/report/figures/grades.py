"""Grades by group: one bar for each group, cut into grades, with the number of patients."""

from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_hex
from matplotlib.patches import Patch

from autallo.model.results import Estimate
from autallo.report.figures.labels import figure_alt, figure_comparison, figure_group
from autallo.report.figures.sheet import INK, Sheet, figure_text
from autallo.report.picture import Picture
from autallo.report.scope import Scope

__all__ = ["figure_grades"]

BAR_MM = 9.0
HEAD_MM = 30.0
#: From nothing to the worst grade; grey shades of a printer keep the order.
_SHADES = LinearSegmentedColormap.from_list(
    "grades", ["#f2f2f2", "#c6dbef", "#6baed6", "#2171b5", "#08306b"]
)
DARK = 0.55
NARROW = 3.0


def figure_grades(scope: Scope, outcome: str) -> Picture | None:
    """Draw the share of each grade in each group as a bar, the counts written into it."""
    groups = _counted(scope, outcome)
    if not groups:
        return None
    categories = scope.categories(outcome)
    label = scope.label(outcome)
    with Sheet(HEAD_MM + BAR_MM * len(groups), notice=scope.card.notice) as sheet:
        axes: Axes = sheet.figure.add_subplot()
        for row, (_, counts) in enumerate(groups):
            _bar(axes, row, counts)
        names = [figure_group(scope, group, sum(counts)) for group, counts in groups]
        sheet.name_rows(axes, names)
        axes.set_ylim(len(groups) - 0.45, -0.55)
        axes.set_xlim(0, 100)
        axes.set_xlabel("Patients (%)")
        axes.spines["left"].set_visible(False)
        axes.tick_params(axis="y", length=0)
        text = ", ".join(figure_comparison(scope, outcome).split("\n"))
        axes.set_title(figure_text(text, 150), fontsize=7.5, loc="left")
        sheet.figure.legend(
            handles=_key(scope, outcome, categories), loc="outside upper left",
            ncols=min(len(categories), 8), handlelength=1.2, handleheight=1.0, columnspacing=1.2,
            handletextpad=0.5,
        )  # fmt: skip
        return sheet.picture(
            "grades",
            f"{label} by group; the numbers are patients.",
            f"Bars of {label}. {_told(scope, outcome, groups)}{figure_alt(scope, outcome)}",
            subject=(scope.subgroup, outcome),
        )


def _key(scope: Scope, outcome: str, categories: tuple[str, ...]) -> list[Patch]:
    """Return one patch of colour for each grade with its name."""
    found = []
    for index, category in enumerate(categories):
        name = scope.category_name(outcome, category)
        shade = _shade(index, len(categories))
        label = figure_text(name[:1].upper() + name[1:], 30)
        found.append(Patch(facecolor=shade, edgecolor=INK, linewidth=0.4, label=label))
    return found


def _counted(scope: Scope, outcome: str) -> list[tuple[str, list[int]]]:
    """Return the groups with evaluable patients and their counts in each category."""
    found = []
    for group in scope.groups:
        shares = list(scope.find(outcome, group=group, versus=None, measure="proportion"))
        counts = [_count(share) for share in shares if share.category is not None]
        if sum(counts):
            found.append((group, counts))
    return found


def _count(share: Estimate) -> int:
    return share.events or 0


def _bar(axes: Axes, row: int, counts: list[int]) -> None:
    total, left = sum(counts), 0.0
    for index, count in enumerate(counts):
        width = 100 * count / total
        shade = _shade(index, len(counts))
        axes.barh([row], [width], left=left, height=0.72, color=shade, edgecolor=INK,
                  linewidth=0.4)  # fmt: skip
        if width >= NARROW:
            pale = index / max(1, len(counts) - 1) < DARK
            axes.text(left + width / 2, row, str(count), ha="center", va="center_baseline",
                      color=INK if pale else "white", fontsize=8)  # fmt: skip
        left += width


def _shade(index: int, count: int) -> str:
    return to_hex(_SHADES(index / max(1, count - 1)))


def _told(scope: Scope, outcome: str, groups: list[tuple[str, list[int]]]) -> str:
    parts = []
    for group, counts in groups:
        listed = ", ".join(
            f"{scope.category_name(outcome, category)} in {count}"
            for category, count in zip(scope.categories(outcome), counts, strict=True)
        )
        parts.append(f"{scope.name(group)}: {listed}")
    return "; ".join(parts) + "."
