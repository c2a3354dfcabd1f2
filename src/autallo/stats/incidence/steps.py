"""Curves that change in steps."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def just_before(values: Floats, start: float) -> Floats:
    """Return what each value was just before its time; times in the last axis."""
    before = np.empty_like(values)
    before[..., 0] = start
    before[..., 1:] = values[..., :-1]
    return before
