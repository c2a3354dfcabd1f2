"""Tables of measured cells: filled where they are not full yet, and checked from another seed.

The random numbers of a cell depend on the seed and the cell alone: a table is the same for any
number of workers, in any order, and whether or not a run was cut off.
"""

import csv
import hashlib
import sys
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import hypergeom

#: Chance that a check finds a difference anywhere in a table where there is none.
FALSE_ALARM = 0.01
#: Two enumerated values are the same value if they differ by rounding in the table only.
ROUNDING = 1.5e-5
#: With fewer cells than this per worker a check still measures them all.
FEWEST_CHECKED = 5
Row = dict[str, str]
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One table and how it is made.

    Attributes
    ----------
    path : Path
        Where the table lies.
    heads : tuple of str
        Its columns.
    cell, line : tuple of str
        The columns that tell one cell from every other, and one line of a cell from the others.
    key : callable
        Returns the columns of `cell` for a job.
    measured : callable
        Returns the lines of a job, given a seed.
    counts : callable
        Returns for a line how many studies were counted, and of how many; None if it is exact.
    order : callable
        Returns what the lines are sorted by.
    """

    path: Path
    heads: Key
    cell: Key
    line: Key
    key: Callable[[Any], Key]
    measured: Callable[[Any, int], list[Row]]
    counts: Callable[[Row], tuple[int, int] | None]
    order: Callable[[Row], tuple[Any, ...]]

    def cell_of(self, row: Row) -> Key:
        """Return the cell of a line."""
        return tuple(row[name] for name in self.cell)

    def line_of(self, row: Row) -> Key:
        """Return what tells a line from every other of the table."""
        return (*self.cell_of(row), *(row[name] for name in self.line))


def generator(seed: int, key: Key) -> np.random.Generator:
    """Return the random numbers of one cell."""
    text = f"{seed}/{'/'.join(key)}"
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "little")
    return np.random.Generator(np.random.Philox(key=number))


def read(plan: Plan) -> list[Row]:
    """Return the lines of the table; none if it is not there yet."""
    if not plan.path.exists():
        return []
    with plan.path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(plan: Plan, rows: Iterable[Row]) -> None:
    """Write the table in its order, whole or not at all."""
    beside = plan.path.with_suffix(".part")
    with beside.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, plan.heads, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=plan.order))
    beside.replace(plan.path)


def fill(plan: Plan, jobs: Sequence[Any], *, seed: int, workers: int) -> int:
    """Measure the cells that the table does not hold and return how many these were."""
    rows = read(plan)
    known = {plan.cell_of(row) for row in rows}
    missing = [job for job in jobs if plan.key(job) not in known]
    with _pool(workers) as pool:
        for done, found in enumerate(_each(pool, plan, missing, seed), 1):
            rows += found
            write(plan, rows)
            _tell(f"\r{done} of {len(missing)} cells")
    write(plan, rows)
    _tell(f"\n{len(rows)} rows in {plan.path.name}\n")
    return len(missing)


def check(plan: Plan, jobs: Sequence[Any], *, seed: int, workers: int) -> int:
    """Measure a tenth of the cells from a seed; 1 if any differs by more than chance, else 0."""
    rows_before = read(plan)
    committed = {plan.line_of(row): row for row in rows_before}
    known = {plan.cell_of(row) for row in rows_before}
    part = jobs[:: 10 if len(jobs) >= 10 * FEWEST_CHECKED else 1]
    pairs = []
    with _pool(workers) as pool:
        for rows in _each(pool, plan, part, seed):
            pairs += [(committed.get(plan.line_of(row)), row) for row in rows]
    chances = [
        (chance_of(plan.counts(old), plan.counts(new), *_values(old, new)), old, new)
        for old, new in pairs
        if old is not None
    ]
    lost = [job for job in part if plan.key(job) not in known]
    bound = FALSE_ALARM / max(len(chances), 1)
    far = [(old, new) for chance, old, new in chances if chance < bound]
    for old, new in far:
        was, now = _values(old, new)
        _tell(f"{' '.join(plan.line_of(new))}: {was} was committed, {now} now\n")
    for job in lost:
        _tell(f"{' '.join(plan.key(job))}: not in the table\n")
    drawn = [chance for chance, old, _ in chances if plan.counts(old) is not None]
    below = sum(chance < 0.05 for chance in drawn) / max(len(drawn), 1)
    _tell(
        f"{plan.path.name}: {len(chances)} values of {len(part)} cells measured again, "
        f"{len(chances) - len(drawn)} of them exact; p below 0.05 in {below:.1%} of the others; "
        f"{len(far)} beyond chance (p below {bound:.1g}), {len(lost)} cells not in the table\n"
    )
    return 1 if far or lost else 0


def chance_of(
    one: tuple[int, int] | None, other: tuple[int, int] | None, before: float, now: float
) -> float:
    """Return how probable it is that two counts of one share differ so much or more, two-sided."""
    if one is None or other is None:
        return float(one is other and abs(before - now) <= ROUNDING)
    (hits, studies), (others, further) = one, other
    law = hypergeom(studies + further, hits + others, studies)
    return min(1.0, 2 * min(float(law.cdf(hits)), float(law.sf(hits - 1))))


def _values(old: Row, new: Row) -> tuple[float, float]:
    name = "size" if "size" in old else "coverage"
    return float(old[name]), float(new[name])


def _pool(workers: int) -> Any:
    return ProcessPoolExecutor(max_workers=workers) if workers > 1 else nullcontext()


def _each(pool: Any, plan: Plan, jobs: Sequence[Any], seed: int) -> Iterable[list[Row]]:
    run = map if pool is None else pool.map
    return run(plan.measured, jobs, [seed] * len(jobs))  # type: ignore[no-any-return]


def _tell(text: str) -> None:
    sys.stdout.write(text)
    sys.stdout.flush()
