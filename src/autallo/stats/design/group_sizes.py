"""Sizes of two groups in a ratio, and the smallest of them that reach a power."""

from collections.abc import Callable
from dataclasses import dataclass
from math import floor

from autallo.errors import ArgumentError

#: A p beyond the level by less than this share is the level, but for rounding.
ROUNDING = 1e-11


@dataclass(frozen=True, slots=True)
class GroupSizes:
    """Sizes of two groups, with the power and the size of the test there.

    Attributes
    ----------
    n_x, n_y : int
        Patients of the first and of the second group.
    power : float
        Exact power.
    size : float
        Probability of significance without a difference, as in the record of the power.
    """

    n_x: int
    n_y: int
    power: float
    size: float


@dataclass(frozen=True, slots=True)
class Search:
    """What a search for group sizes found.

    Attributes
    ----------
    first : GroupSizes or None
        Smallest groups that reach the power.
    lasting : GroupSizes or None
        Smallest groups from which on all larger ones reach it.
    examined : GroupSizes
        The largest groups examined.
    reason : str or None
        Why there is no `lasting`; None if there is.
    """

    first: GroupSizes | None
    lasting: GroupSizes | None
    examined: GroupSizes
    reason: str | None


def sizes_up_to(largest: int, ratio: float) -> list[tuple[int, int]]:
    """Return all sizes in a ratio: 1, 2, ... patients in the smaller group, halves rounded up."""
    factor = max(ratio, 1 / ratio)
    designs = []
    for smaller in range(1, largest + 1):
        larger = floor(factor * smaller + 0.5)
        if larger > largest:
            break
        designs.append((larger, smaller) if ratio >= 1 else (smaller, larger))
    if not designs:
        raise ArgumentError("`largest` must allow one patient in the smaller group.")
    return designs


def search(
    designs: list[tuple[int, int]],
    powers: list[float],
    wanted: float,
    size: Callable[[int, int], float],
) -> Search:
    """Find where a power is reached first, and from where on it is not missed again."""
    enough = [power >= wanted for power in powers]
    place = len(enough)
    while place and enough[place - 1]:
        place -= 1

    def sizes(place: int) -> GroupSizes:
        return GroupSizes(*designs[place], powers[place], size(*designs[place]))

    first = sizes(enough.index(True)) if any(enough) else None
    lasting = sizes(place) if place < len(enough) else None
    examined = sizes(len(designs) - 1)
    reason = None if lasting else _why_not_lasting(first, examined, wanted)
    return Search(first, lasting, examined, reason)


def _why_not_lasting(first: GroupSizes | None, examined: GroupSizes, power: float) -> str:
    """Say why no sizes reach a power for good."""
    largest = f"{examined.n_x} and {examined.n_y} patients"
    if first is None:
        return f"No groups up to {largest} reach a power of {power:g}."
    return (
        f"Groups of {first.n_x} and {first.n_y} patients reach a power of {power:g}, "
        f"but the largest ones examined, {largest}, do not."
    )


def too_small(n_x: int, n_y: int, *, alpha: float, smallest_p: float) -> str | None:
    """Say why groups of these sizes cannot be significant; None if they can."""
    if smallest_p <= alpha * (1 + ROUNDING):
        return None
    return (
        f"Groups of {n_x} and {n_y} patients cannot give a p of {alpha:g} or less: "
        f"the smallest is {smallest_p:.2g}."
    )
