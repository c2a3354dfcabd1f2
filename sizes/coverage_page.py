"""Draw the measured coverage and write docs/reference/coverage.md; `make sizes` runs it last."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from cells import Row, read
from coverage_figures import Picture, draw
from coverage_pictures import at_risk, is_of, pictures
from measure_coverage import PLAN

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "coverage.md"
FIGURES = ROOT / "docs" / "reference" / "coverage"
#: Cells with fewer studies that had limits say nothing.
FEWEST = 300
#: A cell misses its level if its coverage lies below this by more than so many Monte Carlo errors.
TOLERATED, ERRORS = 0.93, 2.0
#: An ordinary study: patients in the smaller group, share with an event.
ORDINARY_SIZE, ORDINARY_SHARE = 8, 0.3
#: Times are told apart by whether so many patients are expected at risk then.
ENOUGH = 5
SIZES = ((3, 7), (8, 19), (20, 50))
WORST = 3
INTRODUCTION = """Made from `sizes/measured_coverage.csv` by `make sizes`. Tests: [measured
sizes](sizes.md).

How often the intervals of 95% hold the true value: of proportions by enumeration, of all else in
simulated studies of which it is known. Each point is one cell: size of the groups, ratio, share of
patients with an event, end of follow-up, ties, true difference; 2,000 studies each (Monte Carlo
error 0.5 percentage points). Studies without limits do not count, nor, unless it is said, times
beyond follow-up, where the report gives none. Few at risk: fewer than five patients expected
then. The shaded band begins at 93%; a triangle at the lower edge lies below 80%."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An interval of which the page speaks.

    Attributes
    ----------
    name : str
        What it is called there.
    printed : bool
        Whether the report prints it.
    belongs : callable
        Says whether a line of the table is about it.
    """

    name: str
    printed: bool
    belongs: Callable[[Row], bool]


def _at(measure: str, method: str, *, many: bool) -> Callable[[Row], bool]:
    """Return what says whether a line is read where enough patients are expected at risk."""
    chosen = is_of(measure, method)
    return lambda row: chosen(row) and (at_risk(row) >= ENOUGH) == many


def _shift(row: Row, *, alike: bool) -> bool:
    return is_of("shift", "hodges_lehmann")(row) and (row["ties"].startswith("spread") != alike)


KEPT = (
    Kept("proportion, Clopper-Pearson", True, is_of("proportion", "clopper_pearson", at="worst")),
    Kept("odds ratio, exact", True, is_of("odds_ratio", "conditional_odds_ratio", at="worst")),
    Kept("risk difference, Miettinen-Nurminen", True,
         is_of("risk_difference", "miettinen_nurminen", at="worst")),
    Kept("survival, log-log", True, _at("survival", "kaplan_meier", many=True)),
    Kept("survival, log-log, few at risk", True,
         _at("survival", "kaplan_meier", many=False)),
    Kept("survival, beta product", True, _at("survival", "beta_product", many=True)),
    Kept("survival, beta product, few at risk", True,
         _at("survival", "beta_product", many=False)),
    Kept("cumulative incidence, log-log", True, _at("incidence", "aalen_johansen", many=True)),
    Kept("cumulative incidence, log-log, few at risk", True,
         _at("incidence", "aalen_johansen", many=False)),
    Kept("median survival", True, is_of("median_days", "kaplan_meier")),
    Kept("median follow-up", True, is_of("median_days", "reverse_kaplan_meier")),
    Kept("hazard ratio, profile or Firth", True, is_of("hazard_ratio", "cox_efron")),
    Kept("subdistribution hazard ratio", True,
         is_of("subdistribution_hazard_ratio", "fine_gray")),
    Kept("difference of restricted means", True,
         is_of("restricted_mean_difference", "restricted_mean")),
    Kept("probability of superiority", True, is_of("superiority", "probability_of_superiority")),
    Kept("shift, groups spread alike", True, lambda row: _shift(row, alike=True)),
    Kept("shift, spread 1:3 or 3:1", True, lambda row: _shift(row, alike=False)),
    Kept("standardised difference, measurements", True,
         is_of("standardised_difference", "standardised_difference", kind="values")),
    Kept("standardised difference, proportions", True,
         is_of("standardised_difference", "standardised_difference", kind="proportions",
               at="lowest 5%")),
    Kept("proportion, mid-P", False, is_of("proportion", "mid_p", at="worst")),
    Kept("proportion, Wilson", False, is_of("proportion", "wilson", at="worst")),
    Kept("proportion, Blaker", False, is_of("proportion", "blaker", at="worst")),
    Kept("risk difference, Newcombe", False, is_of("risk_difference", "newcombe", at="worst")),
    Kept("risk difference, exact (Chan-Zhang)", False,
         is_of("risk_difference", "chan_zhang", at="worst")),
    Kept("survival, log", False, is_of("survival", "log")),
    Kept("survival, plain", False, is_of("survival", "plain")),
    Kept("survival, arcsine", False, is_of("survival", "arcsine")),
    Kept("survival, logit", False, is_of("survival", "logit")),
    Kept("hazard ratio, profile alone", False, is_of("hazard_ratio", "profile_only")),
    Kept("hazard ratio, Wald", False, is_of("hazard_ratio", "wald")),
    Kept("hazard ratio, Firth always", False, is_of("hazard_ratio", "firth_cox")),
    Kept("superiority, logit", False, is_of("superiority", "logit")),
    Kept("superiority, pseudo-score", False, is_of("superiority", "pseudo_score")),
)  # fmt: skip


#: Sentences, and the cells of ordinary studies whose coverage they tell.
PARTICULARS: tuple[tuple[str, Callable[[Row], bool]], ...] = (
    (
        (
            "Survival read beyond the end of follow-up, log-log limits: {mean:.1%} on the "
            "mean of {cells} cells, {lowest:.1%} at worst. The report gives no limits there."
        ),
        is_of("survival", "kaplan_meier", followed="beyond"),
    ),
    (
        (
            "Survival beyond follow-up, beta product limits: {mean:.1%} on the mean, "
            "{lowest:.1%} at worst; the lower limit is 0 there."
        ),
        is_of("survival", "beta_product", followed="beyond"),
    ),
    (
        "Cumulative incidence beyond follow-up: {mean:.1%} on the mean, {lowest:.1%} at worst.",
        is_of("incidence", "aalen_johansen", followed="beyond"),
    ),
    (
        (
            "Where a curve is still high (true survival 90%) the log-log limits miss to one "
            "side: in {above:.1%} of studies the truth lies above the upper limit, in "
            "{below:.1%} below the lower one."
        ),
        is_of("survival", "kaplan_meier", at="0.9"),
    ),
    (
        (
            "The shift assumes groups that are spread alike. Where the smaller group is "
            "spread three times as wide as the larger, its limits hold the difference of the "
            "centres in {mean:.1%} on the mean, {lowest:.1%} at worst."
        ),
        lambda row: (
            row["measure"] == "shift"
            and row["ties"] == "spread 3:1"
            and row["first"] != row["second"]
        ),
    ),
    (
        (
            "The limits of a risk difference hold it in {mean:.1%} on the mean of all pairs "
            "of risks; the table tells the worst pair of each cell, mostly risks near 0 or 1."
        ),
        is_of("risk_difference", "miettinen_nurminen", at="mean"),
    ),
    (
        (
            "The standardised difference of two proportions is held in {mean:.1%} on the mean"
            " of all pairs of risks; the table tells the lowest 5% of pairs. Its standard "
            "error is that of measurements."
        ),
        is_of("standardised_difference", "standardised_difference", at="mean"),
    ),
)


def main() -> None:
    """Write the page and its figures."""
    rows = [row for row in read(PLAN) if with_limits(row) >= FEWEST]
    FIGURES.mkdir(exist_ok=True)
    found = list(pictures(rows))
    for picture in found:
        draw(picture, FIGURES)
    PAGE.write_text(page(rows, found), encoding="utf-8")


def page(rows: list[Row], found: list[Picture]) -> str:
    """Return the text of the page."""
    parts = ["# Measured coverage", INTRODUCTION, "## What a reader may rely on", *reliance(rows)]
    for picture in found:
        parts += [f"## {picture.title}", f"![{picture.title}](coverage/{picture.name}.svg)"]
    parts += ["## Intervals by size of the smaller group", NOTE_OF_SIZES, by_size(rows)]
    parts += ["## The worst cells", NOTE_OF_WORST, worst(rows)]
    return "\n\n".join(parts) + "\n"


NOTE_OF_SIZES = """Of proportions the worst true value of each cell counts, of standardised
differences of proportions the lowest 5% of pairs of risks. Truth below, or above: the share of
studies whose whole interval lies above, or below, the true value. Widths of ratios are differences
of logarithms; of medians and restricted means, in units of the mean survival time of the second
group."""
NOTE_OF_WORST = f"""The {WORST} cells of each printed interval in which it covers least, among all
cells measured, the smallest included. The first group is the smaller one; a ratio under follow-up
is that of the hazards of censoring, second to first. The true difference is a ratio of hazards,
first to second, or by how many standard deviations (of grades: in the logarithm of the odds) the
first group is higher. At: survival at the time, or the true shares."""


def with_limits(row: Row) -> float:
    """Return how many studies had limits; infinitely many where they were enumerated."""
    studies = int(row["studies"])
    return studies * (1 - float(row["without"])) if studies else float("inf")


def ordinary(row: Row) -> bool:
    """Say whether a cell is like studies that are made: no group below eight, events enough."""
    return int(row["first"]) >= ORDINARY_SIZE and float(row["share"]) >= ORDINARY_SHARE


def misses(row: Row) -> bool:
    """Say whether a cell lies below 93% by more than chance."""
    return float(row["coverage"]) + ERRORS * float(row["monte_carlo_error"]) < TOLERATED


def reliance(rows: list[Row]) -> Iterator[str]:
    """Yield the sentences and the table on ordinary studies."""
    holding, failing, lines = [], [], []
    for kept in KEPT:
        mine = [row for row in rows if kept.belongs(row) and ordinary(row)]
        if not kept.printed or not mine:
            continue
        covered = [float(row["coverage"]) for row in mine]
        below = sum(map(misses, mine))
        (failing if below else holding).append(kept.name)
        lines.append(
            f"| {kept.name} | {len(mine)} | {fmean(covered):.1%} | {min(covered):.1%} | {below} |"
        )
    yield (
        f"In ordinary studies, at least {ORDINARY_SIZE} patients in the smaller group and at least "
        f"{ORDINARY_SHARE:.0%} of the patients with an event, these hold the truth in 93% or more "
        f"of studies in every cell, within chance: {'; '.join(holding)}."
    )
    yield (
        f"These fall below 93% in some cells, and their limits are to be read as rough: "
        f"{'; '.join(failing)}."
    )
    yield "\n".join([
        "| interval | cells | mean coverage | lowest | cells below 93% |",
        "|---|---|---|---|---|",
        *lines,
    ])  # fmt: skip
    yield from particulars(rows)


def particulars(rows: list[Row]) -> Iterator[str]:
    """Yield what is worth a sentence of its own."""
    for text, belongs in PARTICULARS:
        mine = [row for row in rows if belongs(row) and ordinary(row)]
        yield text.format(
            cells=len(mine),
            mean=fmean(_numbers(mine, "coverage")),
            lowest=min(_numbers(mine, "coverage")),
            above=fmean(_numbers(mine, "too_low") or [0]),
            below=fmean(_numbers(mine, "too_high") or [0]),
        )


def by_size(rows: list[Row]) -> str:
    """Return for each interval and size of group the cells, coverage, misses and width."""
    heads = (
        "interval", "smaller group", "cells", "mean", "lowest", "below 93%", "no limits",
        "truth below", "truth above", "width",
    )  # fmt: skip
    lines = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for kept in KEPT:
        mine = [row for row in rows if kept.belongs(row)]
        name = kept.name if kept.printed else f"{kept.name} *(not printed)*"
        for low, high in SIZES:
            part = [row for row in mine if low <= int(row["first"]) <= high]
            if part:
                lines.append(f"| {name} | {low} to {high} | {_summary(part)} |")
    return "\n".join(lines)


def _summary(rows: list[Row]) -> str:
    covered = _numbers(rows, "coverage")
    sides = [_numbers(rows, name) for name in ("without", "too_high", "too_low")]
    told = [f"{fmean(side):.1%}" if side else "" for side in sides]
    widths = _numbers(rows, "width")
    width = f"{fmean(widths):.2g}" if widths else ""
    below = sum(map(misses, rows))
    numbers = (str(len(rows)), f"{fmean(covered):.1%}", f"{min(covered):.1%}", str(below))
    return " | ".join((*numbers, *told, width))


def _numbers(rows: list[Row], name: str) -> list[float]:
    return [float(row[name]) for row in rows if row[name]]


def worst(rows: list[Row]) -> str:
    """Return the cells in which each printed interval covers least."""
    lines = [
        "| interval | patients | events | follow-up | ties | true difference | at | coverage |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for kept in KEPT:
        mine = [row for row in rows if kept.printed and kept.belongs(row)]
        lowest = sorted(mine, key=lambda row: float(row["coverage"]))[:WORST]
        lines += [f"| {kept.name} | {_cell(row)} |" for row in lowest]
    return "\n".join(lines)


def _cell(row: Row) -> str:
    patients = row["first"] + (f" v {row['second']}" if row["second"] != "0" else "")
    error = float(row["monte_carlo_error"])
    covered = f"{float(row['coverage']):.1%}" + (f" ± {error:.1%}" if error else "")
    timed = row["kind"] in ("curves", "hazards", "causes")
    share = f"{float(row['share']):.0%}" if timed else ""
    at = row["truth"] if row["kind"].startswith("proportion") else row["at"]
    effect = row["effect"] if row["kind"] in ("hazards", "causes", "values") else ""
    return " | ".join((patients, share, row["censoring"], row["ties"], effect, at, covered))


if __name__ == "__main__":
    main()
