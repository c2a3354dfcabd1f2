"""A partial likelihood at one set of coefficients."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Point:
    """Log partial likelihood at some coefficients.

    Attributes
    ----------
    beta : ndarray of float, shape (p,)
        The coefficients.
    value : float
        The log partial likelihood.
    gradient : ndarray of float, shape (p,)
        Its slope.
    information : ndarray of float, shape (p, p)
        Its curvature, with the sign turned.
    iterations : int
        Newton steps taken to come here.
    settled : bool
        Whether a further step promised nothing.
    """

    beta: Floats
    value: float
    gradient: Floats
    information: Floats
    iterations: int = 0
    settled: bool = False


Likelihood = Callable[[Floats], Point]
