"""Measure how often the intervals of the report hold the truth; `make sizes` runs it.

Usage: ``python sizes/measure_coverage.py [--all] [--seed N] [--workers N] [--check]``, words as of
measure.py. The covering part takes about ten minutes on two cores, `--all` many hours.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from math import isnan
from pathlib import Path
from typing import Any

from cells import Plan, Row, check, fill, generator
from coverage_grid import Case, cases
from limits_of_counts import coverage_of_proportion, coverage_of_proportions
from limits_of_curves import coverage_of_curves
from limits_of_hazards import coverage_of_causes, coverage_of_hazards
from limits_of_values import coverage_of_values
from tally import Coverage

TABLE = Path(__file__).with_name("measured_coverage.csv")
CELL = ("kind", "first", "second", "share", "censoring", "ties", "effect")
LINE = ("measure", "method", "at", "followed")
HEADS = (
    "kind", "measure", "method", *CELL[1:], "at", "followed", "truth", "studies", "without",
    "coverage", "monte_carlo_error", "too_low", "too_high", "unbounded", "width",
)  # fmt: skip
SEED = 20_190_217
#: Studies of a cell.
STUDIES = 2000
EXACT: dict[str, Callable[[Case], Iterator[Coverage]]] = {
    "proportion": coverage_of_proportion,
    "proportions": coverage_of_proportions,
}
SIMULATED: dict[str, Callable[..., Iterator[Coverage]]] = {
    "curves": coverage_of_curves,
    "hazards": coverage_of_hazards,
    "causes": coverage_of_causes,
    "values": coverage_of_values,
}


def main() -> int:
    """Measure what is missing, or check a part, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    jobs = cases(all_of_them=asked.all)
    if asked.check:
        return check(PLAN, jobs, seed=asked.seed + 1, workers=asked.workers)
    fill(PLAN, jobs, seed=asked.seed, workers=asked.workers)
    return 0


def measured(case: Case, seed: int, *, studies: int = STUDIES) -> list[Row]:
    """Measure one cell."""
    if case.kind in EXACT:
        return [_row(case, found) for found in EXACT[case.kind](case)]
    rng = generator(seed, case.key)
    return [_row(case, found) for found in SIMULATED[case.kind](case, studies, rng)]


def counts(row: Row) -> tuple[int, int] | None:
    """Return the studies in which limits held the truth, and those with limits."""
    studies = int(row["studies"])
    if not studies:
        return None
    limits = round(studies * (1 - float(row["without"])))
    return round(limits * float(row["coverage"])), limits


def order(row: Row) -> tuple[Any, ...]:
    """Return what the lines of the table are sorted by."""
    return (
        row["kind"], row["measure"], row["method"], int(row["first"]), int(row["second"]),
        float(row["share"]), row["censoring"], row["ties"], float(row["effect"]), row["at"],
        row["followed"],
    )  # fmt: skip


def _row(case: Case, found: Coverage) -> Row:
    numbers = (found.without, found.coverage, found.error, found.too_low, found.too_high)
    line = {
        **dict(zip(CELL, case.key, strict=True)),
        "measure": found.of.measure,
        "method": found.of.method,
        "at": found.of.at,
        "followed": found.of.followed,
        "truth": found.truth,
        "studies": str(found.studies),
        "unbounded": _told(found.unbounded),
        "width": "" if isnan(found.width) else f"{found.width:.4g}",
    }
    names = ("without", "coverage", "monte_carlo_error", "too_low", "too_high")
    line.update(zip(names, map(_told, numbers), strict=True))
    return {name: line[name] for name in HEADS}


def _told(share: float) -> str:
    return "" if isnan(share) else f"{max(share, 0):.5f}"


PLAN = Plan(
    path=TABLE,
    heads=HEADS,
    cell=CELL,
    line=LINE,
    key=lambda case: case.key,
    measured=measured,
    counts=counts,
    order=order,
)

if __name__ == "__main__":
    sys.exit(main())
