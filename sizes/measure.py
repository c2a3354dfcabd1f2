"""Measure the type I error of every test of two groups; `make sizes` runs it.

Usage: ``python sizes/measure.py [--all] [--seed N] [--check]``. Without words the cells of the
covering array are measured that are not in the committed table yet, so that a run that was cut off
goes on where it stopped. `--all` takes every combination, and an hour or more. `--check` measures a
tenth of the cells from another seed and compares: exit code 1 if one lies further from its
committed value than chance allows.

The random numbers of a cell depend on the seed and the cell alone: the result is the same for any
number of workers and in any order.
"""

import argparse
import csv
import hashlib
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from grid import Cell, cells_of_times, cells_of_values, pairs_of_sizes
from rejections import (
    Measured,
    rejections_of_incidence,
    rejections_of_times,
    rejections_of_values,
    sizes_of_tables,
)

TABLE = Path(__file__).resolve().parents[1] / "src" / "autallo" / "analysis" / "measured_sizes.csv"
HEADS = (
    "kind", "method", "first", "second", "share", "censoring", "ties", "studies", "size",
    "monte_carlo_error", "undefined",
)  # fmt: skip
#: Studies of a cell, up to so many patients and beyond, where sizes hardly differ any more.
STUDIES, MANY, STUDIES_OF_MANY = 10_000, 60, 4_000
SEED = 20_190_217
#: Tables of two groups are enumerated up to so many patients.
MOST_ENUMERATED = 120
#: A value this many standard errors away is not chance: 1 in 50,000 cells.
FAR = 4.3
KINDS: dict[str, Callable[..., Iterator[Measured]]] = {
    "survival": rejections_of_times,
    "incidence": rejections_of_incidence,
    "values": rejections_of_values,
}
Job = tuple[str, Cell]
Row = dict[str, str]


def main() -> int:
    """Measure what is missing, or check a part, and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--seed", type=int, default=SEED)
    asked = parser.parse_args()
    known = read_table()
    jobs = list(wanted(all_of_them=asked.all))
    if asked.check:
        return check(known, jobs[:: max(1, len(jobs) // 60)], asked.seed + 1)
    missing = [job for job in jobs if not any(row_key(row) == job_key(job) for row in known)]
    found = list(known)
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for done, rows in enumerate(pool.map(measured, missing, [asked.seed] * len(missing)), 1):
            found += rows
            write_table(found)
            sys.stdout.write(f"\r{done} of {len(missing)} cells")
            sys.stdout.flush()
    write_table(found)
    sys.stdout.write(f"\n{len(found)} rows in {TABLE.name}\n")
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
    rng = np.random.Generator(np.random.Philox(key=_key(job, seed)))
    studies = STUDIES if cell.patients <= MANY else STUDIES_OF_MANY
    return [_row_of(job, one) for one in KINDS[kind](cell, studies, rng)]


def _key(job: Job, seed: int) -> int:
    text = f"{seed}/{'/'.join(job_key(job))}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")


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


def row_key(line: Row) -> tuple[str, ...]:
    """Return the same of a line of the table."""
    names = ("kind", "first", "second", "share", "censoring", "ties")
    return tuple(line[name] for name in names)


def check(known: list[Row], jobs: list[Job], seed: int) -> int:
    """Measure some cells from another seed and say which lie too far from their committed value."""
    committed = {(row_key(line), line["method"]): line for line in known}
    far = count = 0
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for rows in pool.map(measured, jobs, [seed] * len(jobs)):
            for line in rows:
                before = committed.get((row_key(line), line["method"]))
                if before is None:
                    continue
                count += 1
                if apart(line, before) > FAR:
                    far += 1
                    sys.stdout.write(f"{row_key(line)} {line['method']}: {before['size']} was "
                                     f"committed, {line['size']} now\n")  # fmt: skip
    sys.stdout.write(f"{count} sizes measured again, {far} too far from the committed ones\n")
    return 1 if far else 0


def apart(one: Row, other: Row) -> float:
    """Return how many standard errors two measurements of one size lie apart."""
    studies = [max(int(line["studies"]), 1) for line in (one, other)]
    sizes = [float(line["size"]) for line in (one, other)]
    if sizes[0] == sizes[1]:
        return 0.0
    pooled = sum(s * n for s, n in zip(sizes, studies, strict=True)) / sum(studies)
    error = sqrt(pooled * (1 - pooled) * sum(1 / n for n in studies))
    return abs(sizes[0] - sizes[1]) / error


def read_table() -> list[Row]:
    """Return the committed table; empty if there is none."""
    if not TABLE.exists():
        return []
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_table(rows: Iterable[Row]) -> None:
    """Write the table in the order of its cells."""

    def order(line: Row) -> tuple[Any, ...]:
        return (
            line["kind"], line["method"], int(line["first"]), int(line["second"]),
            float(line["share"]), line["censoring"], line["ties"],
        )  # fmt: skip

    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEADS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=order))


if __name__ == "__main__":
    sys.exit(main())
