"""What a design is asked for: level, power, sizes and sides, checked."""

from fractions import Fraction
from math import floor, inf, sqrt

import numpy as np
from scipy.special import ndtri

from autallo.errors import ArgumentError
from autallo.stats.proportions.unconditional import Alternative

#: Ratios of two groups are taken from one over this to this.
LARGEST_RATIO = 100.0
#: Most simulated studies.
MOST_DRAWS = 10_000_000


def as_alpha(alpha: float) -> float:
    """Return a level of a test strictly between 0 and 1, or refuse."""
    if not 0 < _number("alpha", alpha) < 1:
        raise ArgumentError(f"`alpha` must be between 0 and 1.{_percent(alpha)}")
    return float(alpha)


def as_power(power: float, *, alpha: float) -> float:
    """Return a power between the level of the test and 1, or refuse."""
    if not alpha < _number("power", power) < 1:
        raise ArgumentError(f"`power` must be above `alpha` and below 1.{_percent(power)}")
    return float(power)


def as_risk(name: str, risk: float) -> float:
    """Return a probability from 0 to 1, or refuse."""
    if not 0 <= _number(name, risk) <= 1:
        raise ArgumentError(f"`{name}` must be from 0 to 1.{_percent(risk)}")
    return float(risk)


def as_size(name: str, size: int, *, most: int | None = None) -> int:
    """Return a whole number from 1, up to `most`, or refuse."""
    number = _number(name, size)
    if not 1 <= number < inf or number != floor(number) or (most is not None and number > most):
        upper = "" if most is None else f" to {most}"
        raise ArgumentError(f"`{name}` must be a whole number from 1{upper}.")
    return int(size)


def as_amount(name: str, amount: float) -> float:
    """Return a finite number above 0, or refuse."""
    if not 0 < _number(name, amount) < inf:
        raise ArgumentError(f"`{name}` must be a number above 0.")
    return float(amount)


def as_between(name: str, value: float, low: float, high: float) -> float:
    """Return a number in a range, or refuse."""
    if not low <= _number(name, value) <= high:
        raise ArgumentError(f"`{name}` must be from {low:g} to {high:g}.")
    return float(value)


def as_ratio(name: str, ratio: float) -> float:
    """Return a ratio of two groups, or refuse."""
    return as_between(name, ratio, 1 / LARGEST_RATIO, LARGEST_RATIO)


def as_alternative(alternative: Alternative) -> Alternative:
    """Return which side is tested, or refuse."""
    refuse_unknown("alternative", alternative, ("two-sided", "less", "greater"))
    return alternative


def refuse_unknown(name: str, choice: str, choices: tuple[str, ...]) -> None:
    """Refuse anything but one of several words."""
    if choice not in choices:
        raise ArgumentError(f"`{name}` must be {', '.join(choices[:-1])} or {choices[-1]}.")


def as_draws(draws: int, rng: np.random.Generator | None) -> np.random.Generator:
    """Return the source of so many simulated studies, or refuse."""
    as_size("draws", draws, most=MOST_DRAWS)
    if not isinstance(rng, np.random.Generator):
        raise ArgumentError("`rng` must be given, a random generator of numpy, to simulate.")
    return rng


def normal_quantile(alpha: float, alternative: Alternative) -> float:
    """Return the standard normal deviate that a test of this level asks for."""
    return -float(ndtri(alpha / 2 if alternative == "two-sided" else alpha))


def decimal(alpha: float) -> Fraction:
    """Return a level as the decimal number that it is written as."""
    return Fraction(repr(alpha))


def simulation_error(reached: int, draws: int) -> float:
    """Return the standard error of a share of draws, one more of either kind counted: never 0."""
    share = (reached + 1) / (draws + 2)
    return sqrt(share * (1 - share) / draws)


def _number(name: str, value: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise ArgumentError(f"`{name}` must be a number.")
    return float(value)


def _percent(share: float) -> str:
    return f" Did you mean {share / 100:g}?" if 1 < share < 100 else ""
