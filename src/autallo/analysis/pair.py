"""Two arms restricted to the patients that an outcome can be compared in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autallo.analysis.measured import Setting
from autallo.analysis.topic import Arm, Topic, evaluable
from autallo.model.cohort import Observation
from autallo.model.results import Flag

__all__ = ["Pair", "Streams", "pair_up"]

#: Gives a generator of random numbers for a named comparison, the same each time.
Streams = Callable[[str], np.random.Generator]
ALPHA = 0.05
SMALL = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """Two arms restricted to their evaluable patients, and who was left out of both."""

    first: Arm
    second: Arm
    excluded: tuple[tuple[str, int], ...]

    @property
    def n(self) -> int:
        """Patients in both arms."""
        return int(self.first.rows.size + self.second.rows.size)

    @property
    def shared(self) -> dict[str, Any]:
        """The fields that every estimate of the pair has in common."""
        return {
            "group": self.first.name,
            "versus": self.second.name,
            "n": self.n,
            "excluded": self.excluded,
        }

    @property
    def empty(self) -> bool:
        """Whether one of the arms has nobody left to compare."""
        return self.first.rows.size == 0 or self.second.rows.size == 0

    def setting(self, **more: Any) -> Setting:
        """Return what decides which test holds its level here."""
        return Setting(int(self.first.rows.size), int(self.second.rows.size), **more)

    def stream(self, method: str, topic: Topic) -> str:
        """Return the name of the random numbers of this comparison, its own and no other's."""
        names = (method, topic.outcome, topic.subgroup or "", self.first.name, self.second.name)
        return "/".join((*names, topic.within) if topic.within else names)

    def flags(self, smallest_p: float | None) -> tuple[Flag, ...]:
        """Return what a reader must know of a comparison of arms this small."""
        small = min(self.first.rows.size, self.second.rows.size) < SMALL
        hopeless = smallest_p is not None and smallest_p > ALPHA
        return (Flag.SMALL_GROUP,) * small + (Flag.CANNOT_REACH_ALPHA,) * hopeless


def pair_up(observation: Observation, first: Arm, second: Arm) -> Pair:
    """Return the pair of arms with the evaluable patients of each."""
    rows_first, lost_first = evaluable(observation, first.rows)
    rows_second, lost_second = evaluable(observation, second.rows)
    lost = dict(lost_first)
    for reason, count in lost_second:
        lost[reason] = lost.get(reason, 0) + count
    excluded = tuple(sorted(lost.items()))
    return Pair(Arm(first.name, rows_first), Arm(second.name, rows_second), excluded)
