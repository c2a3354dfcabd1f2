"""Simulated studies without any difference between the groups."""

from dataclasses import dataclass

import numpy as np
from grid import CENSORING, COMPETING, GRADES, TIES, Cell
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Times:
    """Studies of one cell, one to a row; the first group stands first.

    `cause` is 0 where follow-up ended, 1 the event of interest, 2 a competing one.
    """

    time: Floats
    cause: NDArray[np.int64]
    group: NDArray[np.int64]


def hazard_of_censoring(cell: Cell) -> tuple[float, float]:
    """Return the hazard of censoring in each group, at which the share of events is as wanted.

    Events have hazard 1, so a group with hazard c has a share of 1 / (1 + c); the share wanted is
    that of all patients.
    """
    if cell.share == 1:
        return 0.0, 0.0
    times = CENSORING[cell.censoring]

    def share(first: float) -> float:
        events = cell.first / (1 + first) + cell.second / (1 + first * times)
        return events / cell.patients

    low, high = 0.0, 1.0
    while share(high) > cell.share:
        high *= 2
    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if share(middle) > cell.share else (low, middle)
    return low, low * times


def simulate_times(
    cell: Cell, studies: int, rng: np.random.Generator, *, competing: bool = False
) -> Times:
    """Return studies with exponential times, censored in each group at its own hazard."""
    group = np.repeat([1, 0], [cell.first, cell.second])
    shape = (studies, cell.patients)
    event = rng.exponential(size=shape)
    hazards = np.repeat(hazard_of_censoring(cell), [cell.first, cell.second])
    censored = np.full(shape, np.inf)
    np.divide(rng.exponential(size=shape), hazards, out=censored, where=hazards > 0)
    time, cause = np.minimum(event, censored), (event <= censored).astype(np.int64)
    if competing:
        cause[(cause == 1) & (rng.random(shape) < COMPETING)] = 2
    levels = TIES[cell.ties]
    if levels:
        # As many steps of equal probability as there are levels.
        time = np.floor(-np.expm1(-time) * levels)
    return Times(time, cause, group)


def simulate_values(cell: Cell, studies: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the values of both groups, one study to a row."""
    shares = GRADES[cell.ties]
    shape = (studies, cell.patients)
    values = rng.choice(len(shares), size=shape, p=shares) if shares else rng.random(shape)
    values = np.asarray(values, dtype=np.float64)
    return values[:, : cell.first], values[:, cell.first :]
