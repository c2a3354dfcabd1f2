"""Measure the type I error of every test of two groups; `make sizes` runs it.

Usage: ``python sizes/measure.py [--all] [--seed N] [--workers N] [--check]``. Without words the
cells of the covering array are measured that the committed table lacks, so that a run that was cut
off goes on where it stopped. `--all` takes every combination, and an hour or more. `--check`
measures a tenth of the cells from another seed and compares: exit code 1 if any lies further from
its committed value than chance allows in so many.

The random numbers of a cell depend on the seed and the cell alone: the result is the same for any
number of workers and in any order.
"""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from math import sqrt
from pathlib import Path
from typing import Any

from cells import Plan, Row, check, fill, generator
from grid import Cell, cells_of_times, cells_of_values, pairs_of_sizes
from rejections import (
    Measured,
    rejections_of_incidence,
    rejections_of_times,
    rejections_of_values,
    sizes_of_tables,
)

TABLE = Path(__file__).resolve().parents[1] / "src" / "autallo" / "analysis" / "measured_sizes.csv"
CELL = ("kind", "first", "second", "share", "censoring", "ties")
HEADS = (
    "kind", "method", "first", "second", "share", "censoring", "ties", "studies", "size",
    "monte_carlo_error", "undefined",
)  # fmt: skip
#: Studies of a cell, up to so many patients and beyond, where sizes hardly differ any more.
STUDIES, MANY, STUDIES_OF_MANY = 10_000, 60, 4_000
SEED = 20_190_217
#: Tables of two groups are enumerated up to so many patients.
MOST_ENUMERATED = 120
KINDS: dict[str, Callable[..., Iterator[Measured]]] = {
    "survival": rejections_of_times,
    "incidence": rejections_of_incidence,
    "values": rejections_of_values,
}
Job = tuple[str, Cell]


def main() -> int:
    """Measure what is missing, or check a part, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    asked = parser.parse_args()
    jobs = list(wanted(all_of_them=asked.all))
    if asked.check:
        return check(PLAN, jobs, seed=asked.seed + 1, workers=asked.workers)
    fill(PLAN, jobs, seed=asked.seed, workers=asked.workers)
    return 0


def wanted(*, all_of_them: bool) -> Iterator[Job]:
    """Yield every cell of every kind, the small ones first."""
    jobs: list[Job] = [
        ("tables", Cell(*pair, 0.0, "", "")) for pair in pairs_of_sizes(MOST_ENUMERATED)
    ]
    for kind, cells in (
        ("survival", cells_of_times(all_of_them=all_of_them)),
        ("incidence", cells_of_times(all_of_them=all_of_them)),
        ("values", cells_of_values()),
    ):
        jobs += [(kind, cell) for cell in cells]
    yield from sorted(jobs, key=lambda job: job[1].patients)


def measured(job: Job, seed: int) -> list[Row]:
    """Measure one cell."""
    kind, cell = job
    if kind == "tables":
        return [
            row(job, method, studies=0, size=size, error=0.0, undefined=0.0)
            for method, size in sizes_of_tables(cell.first, cell.second)
        ]
    rng = generator(seed, job_key(job))
    studies = STUDIES if cell.patients <= MANY else STUDIES_OF_MANY
    return [_row_of(job, one) for one in KINDS[kind](cell, studies, rng)]


def _row_of(job: Job, one: Measured) -> Row:
    size = one.rejected / one.studies
    error = sqrt(size * (1 - size) / one.studies)
    undefined = one.undefined / one.studies
    return row(job, one.method, studies=one.studies, size=size, error=error, undefined=undefined)


def row(job: Job, method: str, *, studies: int, size: float, error: float, undefined: float) -> Row:
    """Return one line of the table."""
    kind, first, second, share, censoring, ties = job_key(job)
    numbers = (f"{size:.5f}", f"{error:.5f}", f"{undefined:.5f}")
    cells = (kind, method, first, second, share, censoring, ties, str(studies), *numbers)
    return dict(zip(HEADS, cells, strict=True))


def job_key(job: Job) -> tuple[str, ...]:
    """Return what tells one cell of one kind from every other."""
    kind, cell = job
    return (kind, str(cell.first), str(cell.second), f"{cell.share:g}", cell.censoring, cell.ties)


def counts(line: Row) -> tuple[int, int] | None:
    """Return the studies that a test rejected, and all of them; None where the size is exact."""
    studies = int(line["studies"])
    return (round(studies * float(line["size"])), studies) if studies else None


def order(line: Row) -> tuple[Any, ...]:
    """Return what the lines of the table are sorted by."""
    return (
        line["kind"], line["method"], int(line["first"]), int(line["second"]),
        float(line["share"]), line["censoring"], line["ties"],
    )  # fmt: skip


PLAN = Plan(
    path=TABLE,
    heads=HEADS,
    cell=CELL,
    line=("method",),
    key=job_key,
    measured=measured,
    counts=counts,
    order=order,
)

if __name__ == "__main__":
    sys.exit(main())
