"""Draw the measured sizes and write docs/reference/sizes.md; `make sizes` runs it at the end."""

import csv
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "src" / "autallo" / "analysis" / "measured_sizes.csv"
PAGE = ROOT / "docs" / "reference" / "sizes.md"
FIGURES = ROOT / "docs" / "reference" / "sizes"
NAMES = {
    "fisher_exact": "Fisher, exact", "boschloo": "Boschloo, exact", "chi_squared": "chi-squared",
    "mann_whitney_exact": "Mann-Whitney, exact", "mann_whitney": "Mann-Whitney, asymptotic",
    "logrank_permutation": "log-rank, permuted", "logrank_imputation": "log-rank, imputed",
    "logrank": "log-rank, asymptotic", "gray_permutation": "Gray, permuted",
    "gray": "Gray, asymptotic",
}  # fmt: skip
COLOURS = {"exact": "#0072b2", "permuted": "#0072b2", "imputed": "#009e73", "": "#d55e00"}
MOST = 10_000
INTRODUCTION = """Made from `analysis/measured_sizes.csv` by `make sizes`;
[decision 10](../decisions/0010-method-by-size.md) says how it is used.

How often a test gives p of 0.05 or less where nothing differs. Each point is one cell: sizes of the
groups, share of patients with an event, censoring and ties. The shaded band, to 5.5%, is where a
test may lie to be chosen. How often intervals hold the truth: [measured coverage](coverage.md)."""
Row = dict[str, str]
#: Name of the figure, its title, the kind, and which cells it shows.
FIGURES_SHOWN: tuple[tuple[str, str, str, Callable[[Row], bool]], ...] = (
    ("tables", "Two proportions: largest size over all common risks", "tables", lambda _: True),
    ("values", "Grades and measurements", "values", lambda _: True),
    ("survival-equal", "Survival, both groups followed alike", "survival",
     lambda row: row["censoring"] == "equal"),
    ("survival-unequal", "Survival, one group censored 2 or 10 times as fast", "survival",
     lambda row: row["censoring"] != "equal" and row["ties"] != "3 levels"),
    ("incidence-equal", "Cumulative incidence, both groups followed alike", "incidence",
     lambda row: row["censoring"] == "equal"),
    ("incidence-unequal", "Cumulative incidence, one group censored 2 or 10 times as fast",
     "incidence", lambda row: row["censoring"] != "equal" and row["ties"] != "3 levels"),
)  # fmt: skip


def main() -> None:
    """Write the page and its figures."""
    mpl.rcParams.update({"svg.hashsalt": "autallo", "font.size": 9})
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    FIGURES.mkdir(exist_ok=True)
    parts = ["# Measured sizes", INTRODUCTION]
    for name, title, kind, shown in FIGURES_SHOWN:
        chosen = [row for row in rows if row["kind"] == kind and shown(row)]
        draw(chosen, FIGURES / f"{name}.svg")
        parts += [f"## {title}", f"![{title}](sizes/{name}.svg)", table(chosen)]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def draw(rows: list[Row], path: Path) -> None:
    """Draw the sizes of every method over the number of patients."""
    figure = Figure(figsize=(6.4, 3.2), layout="constrained")
    axes = figure.subplots()
    axes.axhspan(0, 0.055, color="#f0f0f0", zorder=0)
    for method in methods(rows):
        mine = [row for row in rows if row["method"] == method]
        label = NAMES[method]
        colour = next(c for word, c in COLOURS.items() if label.endswith(word))
        marker = "o" if colour == COLOURS[""] else "s" if colour == COLOURS["imputed"] else "^"
        axes.plot(
            [patients(row) for row in mine], [float(row["size"]) for row in mine], marker,
            color=colour, markersize=3.5, alpha=0.65, markeredgewidth=0, label=label,
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_xticks([6, 10, 20, 50, 100, 200, 500, 900])
    axes.set_xticklabels(["6", "10", "20", "50", "100", "200", "500", "900"])
    axes.minorticks_off()
    axes.set_xlabel("Patients in both groups")
    axes.set_ylabel("Share with p ≤ 0.05")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(path, metadata={"Date": None})


def table(rows: list[Row]) -> str:
    """Return for each method the cells, their mean and largest size, and the share above 5.5%."""
    lines = [
        "| test | patients | cells | mean size | largest | cells above 5.5% |",
        "|---|---|---|---|---|---|",
    ]
    for method in methods(rows):
        for low, high in ((6, 40), (41, 200), (201, MOST)):
            mine = [
                float(row["size"])
                for row in rows
                if row["method"] == method and low <= patients(row) <= high
            ]
            if mine:
                span = (
                    f"up to {high}" if low == 0 else f"{low} to {high}" if high < 9_999 else "more"
                )
                above = sum(size > 0.055 for size in mine)
                lines.append(
                    f"| {NAMES[method]} | {span} | {len(mine)} | {sum(mine) / len(mine):.1%} "
                    f"| {max(mine):.1%} | {above} |"
                )
    return "\n".join(lines)


def methods(rows: list[Row]) -> list[str]:
    """Return the methods that occur, in the order of their names here."""
    found = {row["method"] for row in rows}
    return [name for name in NAMES if name in found]


def patients(row: Row) -> int:
    """Return the patients in both groups."""
    return int(row["first"]) + int(row["second"])


if __name__ == "__main__":
    main()
