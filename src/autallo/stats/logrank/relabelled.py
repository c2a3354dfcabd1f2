"""Patients dealt to the groups anew, each within the stratum."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: Numbers held at once.
BLOCK = 2_000_000


def dealt_anew(
    values: NDArray[np.int64] | NDArray[np.float64],
    members: list[NDArray[np.int64]],
    *,
    draws: int,
    rng: np.random.Generator,
) -> Iterator[NDArray[np.int64] | NDArray[np.float64]]:
    """Yield blocks of rows: the values, stratum after stratum, dealt at random within each."""
    in_order = values[np.concatenate(members)]
    ends = np.cumsum([own.size for own in members]).tolist()
    most = max(1, BLOCK // in_order.size)
    for done in range(0, draws, most):
        dealt: NDArray[Any] = np.tile(in_order, (min(most, draws - done), 1))
        for begin, end in zip([0, *ends[:-1]], ends, strict=True):
            stratum = dealt[:, begin:end]
            rng.permuted(stratum, axis=1, out=stratum)
        yield dealt
