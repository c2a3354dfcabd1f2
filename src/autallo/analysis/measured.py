"""How often each test says that groups differ where they do not, as it was measured by simulation.

`make sizes` makes the table: cells of group size, ratio, share of events, censoring and ties.
A comparison is judged by the mean of the cells nearest to it, among those alike in censoring and
ties.
"""

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log2
from statistics import fmean
from typing import Literal

__all__ = ["Setting", "Sooner", "Ties", "measured_size"]

Sooner = Literal["neither", "smaller", "larger"]
Ties = Literal["continuous", "months", "3 levels"]

TABLE = "measured_sizes.csv"
#: A comparison is judged by so many cells.
NEAREST = 4
#: How far apart a doubling of the ratio, all against no events, and all against none tied count
#: beside a doubled size.
PER_RATIO, PER_SHARE, PER_TIED = 0.5, 2.0, 4.0
#: Share of the patients at the commonest value in the cells of grades and measurements.
COMMONEST = {"continuous": 0.0, "5 levels": 0.2, "3 levels": 0.5, "rare": 0.9}


@dataclass(frozen=True, slots=True)
class Setting:
    """What decides whether a test of two groups holds its level.

    Attributes
    ----------
    first, second : int
        Patients in the groups.
    share : float
        Share of the patients with an event [0 to 1]; 1 where there is no time.
    censored_sooner : {"neither", "smaller", "larger"}
        Which group was followed for a shorter time.
    ties : {"continuous", "months", "3 levels"}
        Whether times are all but distinct, come in steps, or are so few that nearly all are tied.
    tied : float
        Share of the patients who have the commonest value, of grades and measurements.
    """

    first: int
    second: int
    share: float = 1.0
    censored_sooner: Sooner = "neither"
    ties: Ties = "continuous"
    tied: float = 0.0

    @property
    def patients(self) -> int:
        """Patients in both groups."""
        return self.first + self.second


@dataclass(frozen=True, slots=True)
class _Cell:
    small: float
    ratio: float
    share: float
    censored_sooner: Sooner
    ties: str
    tied: float
    size: float


def measured_size(kind: str, method: str, setting: Setting) -> float | None:
    """Return the mean size of the nearest cells; None if the method was not measured there.

    `kind` is tables, values, survival or incidence, `method` a method of that kind.
    """
    cells = [cell for cell in _cells(kind, method) if _alike(cell, setting)]
    if not cells:
        return None
    nearest = sorted(cells, key=lambda cell: _distance(cell, setting))[:NEAREST]
    return fmean(cell.size for cell in nearest)


def _alike(cell: _Cell, setting: Setting) -> bool:
    """Whether censoring and ties of a cell are those of the comparison; equal groups have none."""
    sooner = (cell.censored_sooner, setting.censored_sooner)
    same = sooner[0] == sooner[1] or (
        "neither" not in sooner and 1 in (cell.ratio, setting.second / setting.first)
    )
    return same and cell.ties == setting.ties


def _distance(cell: _Cell, setting: Setting) -> float:
    small, large = sorted((setting.first, setting.second))
    return (
        abs(log2(cell.small / small))
        + PER_RATIO * abs(log2(cell.ratio * small / large))
        + PER_SHARE * abs(cell.share - setting.share)
        + PER_TIED * abs(cell.tied - setting.tied)
    )


@cache
def _cells(kind: str, method: str) -> tuple[_Cell, ...]:
    return tuple(
        _Cell(
            small=min(int(row["first"]), int(row["second"])),
            ratio=_ratio(int(row["first"]), int(row["second"])),
            share=float(row["share"]),
            censored_sooner=_sooner(row["censoring"]),
            ties=row["ties"] if kind in ("survival", "incidence") else "continuous",
            tied=COMMONEST[row["ties"]] if kind == "values" else 0.0,
            size=float(row["size"]),
        )
        for row in _rows()
        if (row["kind"], row["method"]) == (kind, method)
    )


def _sooner(censoring: str) -> Sooner:
    """Return which group is censored sooner: "10:1" is the hazard of the second, larger one."""
    if censoring in ("equal", ""):
        return "neither"
    return "larger" if censoring.endswith(":1") else "smaller"


def _ratio(first: int, second: int) -> float:
    return max(first, second) / min(first, second)


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = (files(__package__) / TABLE).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
