"""The cells in which limits are measured: sizes, shares of events, censoring, ties, true values."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from grid import CENSORING, RATIOS, SHARES

#: Patients in the smaller group; of all cells, and of the covering part for two groups.
SIZES = (3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 50)
FEWER_SIZES = (3, 5, 8, 12, 20, 30, 50)
#: How the follow-up of one group ends: patients drop out at a constant hazard, or all are followed
#: to one day and joined at an even pace before it.
ENDINGS = ("dropout", "accrual")
#: Times as they come, or in whole months, of which the median of a group with hazard 1 has so many.
STEPPED = {"continuous": 0, "months": 12}
#: True hazard ratio, of the first and smaller group to the second.
RATIOS_OF_HAZARDS = (1.0, 2.5, 0.4)
#: Shares of patients at the levels of a grade, alike in both groups or moved.
GRADES = {
    "5 levels": (0.2, 0.2, 0.2, 0.2, 0.2),
    "3 levels": (0.5, 0.3, 0.2),
    "rare": (0.9, 0.08, 0.02),
}
#: Standard deviations of measurements in the first and second group.
SPREADS = {"normal": (1.0, 1.0), "spread 1:3": (1.0, 3.0), "spread 3:1": (3.0, 1.0)}
#: By how much the first group is moved: standard deviations, or the logarithm of the odds.
MOVED = (0.0, 1.0)
#: Two proportions are enumerated up to so many patients.
MOST_ENUMERATED = 120


@dataclass(frozen=True, slots=True)
class Case:
    """One setting.

    Attributes
    ----------
    kind : str
        What is simulated: proportion, proportions, curves, hazards, causes, values.
    first, second : int
        Patients in the groups; none in the second where there is one group only.
    share : float
        Share of the patients with an event; 1 where there is no time.
    censoring : str
        How follow-up ends, or the hazard of censoring in the second group to that in the first.
    ties : str
        Whether times come in steps; of values, how they are distributed.
    effect : float
        True ratio of the hazards, or by how much the first group is moved.
    """

    kind: str
    first: int
    second: int = 0
    share: float = 1.0
    censoring: str = ""
    ties: str = ""
    effect: float = 1.0

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell this cell from every other."""
        numbers = (str(self.first), str(self.second), f"{self.share:g}")
        return (self.kind, *numbers, self.censoring, self.ties, f"{self.effect:g}")


def cases(*, all_of_them: bool = False) -> list[Case]:
    """Return every case, the small ones first."""
    found = [
        *(Case("proportion", n) for n in SIZES),
        *_proportions(),
        *_curves(all_of_them=all_of_them),
        *_two_groups("hazards", all_of_them=all_of_them),
        *_two_groups("causes", all_of_them=all_of_them),
        *_values(all_of_them=all_of_them),
    ]
    return sorted(found, key=lambda case: case.first + case.second)


def _proportions() -> Iterator[Case]:
    for small, ratio in product(SIZES, RATIOS):
        if small * (1 + ratio) <= MOST_ENUMERATED:
            yield Case("proportions", small, small * ratio)


def _curves(*, all_of_them: bool) -> Iterator[Case]:
    """Yield one group: each size with each share and ending; steps turn along."""
    for turn, (n, share, ending) in enumerate(product(SIZES, SHARES, ENDINGS)):
        stepped = list(STEPPED) if all_of_them else [list(STEPPED)[(turn + turn // 8) % 2]]
        if share == 1:  # nobody is censored: the ending says nothing, both forms of ties are met
            stepped = [list(STEPPED)[ENDINGS.index(ending)]]
            ending = ENDINGS[0]
        for ties in stepped:
            yield Case("curves", n, 0, share, ending, ties)


def _two_groups(kind: str, *, all_of_them: bool) -> Iterator[Case]:
    """Yield two groups: each size, ratio and share; censoring, ties and true ratio turn along."""
    settings = list(product(CENSORING, STEPPED, RATIOS_OF_HAZARDS))
    sizes = SIZES if all_of_them else FEWER_SIZES
    for turn, (small, ratio, share) in enumerate(product(sizes, RATIOS, SHARES)):
        # 30 settings turn with a step that shares no divisor with them, and a further one when
        # the shares come round.
        place = (7 * turn + turn // len(SHARES)) % len(settings)
        chosen = settings if all_of_them else [settings[place]]
        if share == 1:
            chosen = list(dict.fromkeys(("equal", ties, effect) for _, ties, effect in chosen))
        for censoring, ties, effect in chosen:
            yield Case(kind, small, small * ratio, share, censoring, ties, effect)


def _values(*, all_of_them: bool) -> Iterator[Case]:
    """Yield each size, ratio and distribution; whether the groups differ turns along."""
    distributions = (*SPREADS, *GRADES)
    sizes = SIZES if all_of_them else FEWER_SIZES
    for turn, (small, ratio, ties) in enumerate(product(sizes, RATIOS, distributions)):
        moved = MOVED if all_of_them else (MOVED[(turn + turn // len(distributions)) % 2],)
        for effect in moved:
            yield Case("values", small, small * ratio, ties=ties, effect=effect)
