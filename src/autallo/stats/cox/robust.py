"""Sandwich variance of the coefficients, robust against dependence within clusters."""

import numpy as np
from numpy.typing import NDArray

from autallo.stats.cox.monotone import Endless
from autallo.stats.cox.running_sums import sums_by_place
from autallo.stats.cox.score_terms import hazards, score_terms
from autallo.stats.cox.slots import Ordered

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def robust_covariance(data: Ordered, beta: Floats, endless: Endless, cluster: Integers) -> Floats:
    """Return the sum over clusters of the squared change of the coefficients without each.

    Infinite coefficients keep infinite variance and covariance 0.
    """
    terms = score_terms(data, hazards(data, beta))
    if data.weight is not None:
        terms *= data.weight
    own = cluster[data.row]
    score = np.array([sums_by_place(own, column, int(cluster.max()) + 1) for column in terms])
    infinite = endless.sign != 0
    change = np.where(np.isinf(endless.covariance), 0.0, endless.covariance) @ score
    covariance = np.asarray(change @ change.T, dtype=np.float64)
    covariance[infinite, infinite] = np.inf
    return covariance
