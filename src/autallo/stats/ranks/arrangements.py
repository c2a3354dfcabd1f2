"""How a p over all arrangements of ranks is found: counted, drawn at random, or approximated."""

from collections.abc import Callable, Iterator
from math import sqrt
from typing import Any, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_groups, same_length
from autallo.stats.ranks.rank_sums import as_ranked

#: Numbers held at once while arrangements are drawn.
BLOCK = 1_000_000

Method = Literal["exact", "monte_carlo", "asymptotic"]
Found = TypeVar("Found")


def refuse_method(method: str | None) -> None:
    """Refuse anything but one of the three ways, or None for the best within reach."""
    if method not in (None, "exact", "monte_carlo", "asymptotic"):
        raise ArgumentError('`method` must be "exact", "monte_carlo" or "asymptotic".')


def as_ranked_groups(
    values: ArrayLike, group: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return values that can be ranked and the codes of at least two groups, or refuse."""
    numbers, groups = as_ranked("values", values), as_groups("group", group)
    same_length(values=numbers, group=groups)
    if groups.max() < 1:
        raise ArgumentError("`group` must hold at least two groups.")
    return numbers, groups


def in_form(
    method: Method | None,
    rng: np.random.Generator | None,
    *,
    counted: Callable[[], Found | None],
    approximated: Callable[[], Found],
    drawn: Callable[[np.random.Generator], Found],
) -> tuple[Found, Method]:
    """Return what is found in the form asked for, or in the best within reach, and which."""
    if method in (None, "exact"):
        found = counted()
        if found is not None:
            return found, "exact"
        if method == "exact":
            raise ArgumentError('`method` must be "monte_carlo": too many arrangements to count.')
    if method == "asymptotic":
        return approximated(), "asymptotic"
    return drawn(as_source(rng)), "monte_carlo"


def as_source(rng: np.random.Generator | None) -> np.random.Generator:
    """Return the source of draws, or refuse."""
    if rng is None:
        raise ArgumentError('`rng` must be given to draw arrangements, or `method` "asymptotic".')
    return rng


def dealt_anew(
    values: NDArray[Any], *, draws: int, rng: np.random.Generator
) -> Iterator[NDArray[Any]]:
    """Yield blocks of rows, in each of which the values are dealt at random."""
    rows = max(1, BLOCK // values.size)
    for done in range(0, draws, rows):
        dealt = np.tile(values, (min(rows, draws - done), 1))
        rng.permuted(dealt, axis=1, out=dealt)
        yield dealt


def drawn_error(p_value: float, method: Method, draws: int) -> float:
    """Return the standard error that a p has from drawing; 0 if it was not drawn."""
    return sqrt(p_value * (1 - p_value) / draws) if method == "monte_carlo" else 0.0
