"""Climb to the highest point of a partial likelihood, with some coefficients held or none."""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.point import Likelihood, Point

Floats = NDArray[np.float64]
Integers = NDArray[np.intp]

#: The climb ends when a step promises less than this gain of log-likelihood.
SMALLEST_GAIN = 1e-20
MOST_ITERATIONS = 100
MOST_HALVINGS = 60

#: Changes of the log-likelihood, and of information, below this share of their size are rounding.
ROUNDING = 1e-13

#: A step that promises less than this share of what the last one did is still closing in, though
#: the log-likelihood does not show it any more.
CLOSING_IN = 1e-2

#: A climb that ends because the log-likelihood no longer changes has settled below this promise.
SETTLED_GAIN = 1e-9


def maximise(likelihood: Likelihood, start: Point, free: Integers) -> Point:
    """Climb by Newton steps in the free coefficients until a step gains nothing."""
    here, taken, gain, before, unchanged = start, 0, 0.0, np.inf, False
    while free.size and taken < MOST_ITERATIONS:
        step, gain = newton_step(here, free)
        if gain < SMALLEST_GAIN or (unchanged and gain > CLOSING_IN * before):
            break
        ahead = ahead_of(here, step, likelihood)
        unchanged = ahead.value - here.value <= rounding(here.value)
        here, before, taken = ahead, gain, taken + 1
    return replace(here, iterations=taken, settled=gain < SETTLED_GAIN)


def newton_step(here: Point, free: Integers) -> tuple[Floats, float]:
    """Return Newton's step in the free coefficients, and twice the gain that it promises."""
    if free.size == here.beta.size == 1:
        slope, curve = here.gradient, float(here.information[0, 0])
        move = slope / curve if curve > 0 else slope
        return move, float(move[0] * slope[0])
    step = np.zeros(here.beta.size)
    every = free.size == here.beta.size
    block = here.information if every else here.information[np.ix_(free, free)]
    step[free], gain = curved_step(here.gradient[free], block)
    return step, gain


def curved_step(gradient: Floats, information: Floats) -> tuple[Floats, float]:
    """Return Newton's step, and twice the gain that it promises."""
    roots, axes = np.linalg.eigh(information)
    along = axes.T @ gradient
    # Where the likelihood is straight, a step as long as its slope replaces Newton's.
    move = np.divide(along, roots, out=along.copy(), where=roots > ROUNDING * max(roots[-1], 0.0))
    return axes @ move, float(along @ move)


class Place(Protocol):
    """Coefficients, and the log-likelihood there."""

    @property
    def beta(self) -> Floats:
        """Coefficients."""

    @property
    def value(self) -> float:
        """Log-likelihood."""


Here = TypeVar("Here", bound=Place)


def ahead_of(here: Here, step: Floats, likelihood: Callable[[Floats], Here]) -> Here:
    """Take the step, halved until it does not go down; stay if no part of it will do."""
    for _ in range(MOST_HALVINGS):
        ahead = likelihood(here.beta + step)
        if ahead.value >= here.value - rounding(here.value):
            return ahead
        step = step / 2
    return here


def rounding(value: float) -> float:
    """Return how far a log-likelihood may be off by rounding."""
    return ROUNDING * max(1.0, abs(value))
