"""The cells in which methods are measured: sizes, ratios, event shares, censoring and ties.

Every pair of group size and ratio is met with every share of events; censoring and ties turn along
so that each of their combinations is met with each size, ratio and share (a covering array: far
fewer cells than all combinations, each pair of settings at least once).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

SMALL = (3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50, 75, 100, 150)
RATIOS = (1, 2, 3, 5)
SHARES = (0.1, 0.3, 0.6, 1.0)
#: How many times as fast the second, larger group is censored as the first.
CENSORING = {"equal": 1.0, "2:1": 2.0, "1:2": 0.5, "10:1": 10.0, "1:10": 0.1}
#: Distinct times, or values, that there can be; 0 for as many as there are patients.
TIES = {"continuous": 0, "months": 24, "3 levels": 3}
#: Shares of patients at the levels of a grade.
GRADES = {
    "continuous": (),
    "5 levels": (0.2, 0.2, 0.2, 0.2, 0.2),
    "3 levels": (0.5, 0.3, 0.2),
    "rare": (0.9, 0.08, 0.02),
}
#: Share of a competing cause among the events.
COMPETING = 0.5


@dataclass(frozen=True, slots=True)
class Cell:
    """One setting: the sizes of the groups and how their outcomes come about, alike in both."""

    first: int
    second: int
    share: float
    censoring: str
    ties: str

    @property
    def patients(self) -> int:
        """Patients in both groups."""
        return self.first + self.second


def cells_of_times(*, all_of_them: bool = False) -> Iterator[Cell]:
    """Yield the cells of outcomes in time; without censoring everybody has an event."""
    settings = list(product(CENSORING, TIES))
    for turn, (small, ratio, share) in enumerate(product(SMALL, RATIOS, SHARES)):
        # 15 settings turn with a step that shares no divisor with the four shares.
        chosen = settings if all_of_them else [settings[7 * turn % len(settings)]]
        if share == 1:
            chosen = [("equal", ties) for ties in (TIES if all_of_them else [chosen[0][1]])]
        for censoring, ties in chosen:
            yield Cell(small, small * ratio, share, censoring, ties)


def cells_of_values() -> Iterator[Cell]:
    """Yield the cells of grades and measurements."""
    for small, ratio, ties in product(SMALL, RATIOS, GRADES):
        yield Cell(small, small * ratio, 1.0, "equal", ties)


def pairs_of_sizes(most: int) -> Iterator[tuple[int, int]]:
    """Yield the sizes of two groups of so many patients together at most."""
    for small, ratio in product(SMALL, RATIOS):
        if small * (1 + ratio) <= most:
            yield small, small * ratio
