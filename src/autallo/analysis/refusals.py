"""Why a model cannot be fitted, in the words of the study file instead of those of a function."""

import re

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError

__all__ = ["describe_refusal"]

Floats = NDArray[np.float64]
TAKE_OUT = "take it out of the covariates, or put levels together"
_RULES: tuple[tuple[str, str], ...] = (
    (
        r"must vary among those at risk at an event: (.+) does not",
        rf"whenever there was an event, all patients at risk had the same \1; {TAKE_OUT}",
    ),
    (r"must vary: (.+) is constant", rf"all patients used have the same \1; {TAKE_OUT}"),
    (
        r"must not repeat itself: (.+) follows? from those before",
        rf"the other covariates already tell \1 exactly; {TAKE_OUT}",
    ),
    (r"must vary beyond what follows exactly from (.+)\.", r"the outcome follows exactly from \1"),
    (
        r"who tell of (.+) fit perfectly",
        rf"those who tell of \1 are all alike in the outcome; {TAKE_OUT}",
    ),
    (r"more (?:columns|covariates) than", "there are more coefficients than events"),
    (r"fewer covariates than", "there are more coefficients than patients"),
    (r"`covariates` (cannot be balanced: .+)\.", r"the covariates \1"),
)


def describe_refusal(error: ArgumentError, x: Floats, names: tuple[str, ...]) -> str:
    """Return why there is no estimate, as the end of a sentence that stops.

    `x` and `names` are the terms that were to be fitted.
    """
    said = str(error)
    alone = [name for name, column in zip(names, x.T, strict=True) if _held_by_one(column)]
    if "only one of its kind" in said:
        who = ", ".join(alone) or "a combination of the covariates"
        return f"one patient alone tells of {who}; put levels together, or leave the arm out."
    for pattern, told in _RULES:
        found = re.search(pattern, said)
        if found:
            return f"{found.expand(told)}."
    if "`" not in said:
        return said[:1].lower() + said[1:] if said.startswith("The ") else said
    return "these patients allow no fit."


def _held_by_one(column: Floats) -> bool:
    levels, counts = np.unique(column, return_counts=True)
    return levels.size == 2 and int(counts.min()) == 1
