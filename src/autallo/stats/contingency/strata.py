"""Two-by-two tables of several strata, without those that say nothing about the odds ratio."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.stats.contingency.counts import as_two_by_twos


@dataclass(frozen=True, slots=True)
class Strata:
    """First, second, third and fourth cells of the strata that inform, (4, k), and the others."""

    cells: NDArray[np.float64]
    left_out: int


def informative_strata(tables: ArrayLike) -> Strata:
    """Return the strata that inform: no row and no column is empty."""
    cells = as_two_by_twos(tables).reshape(-1, 4).T.astype(np.float64)
    first, second, third, fourth = cells
    informs = (first + second) * (third + fourth) * (first + third) * (second + fourth) > 0
    used = cells[:, informs]
    return Strata(used, informs.size - used.shape[1])
