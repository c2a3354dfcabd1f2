"""Weights that the tests of the log-rank family give to the event times."""

from math import inf
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from autallo.errors import ArgumentError

__all__ = ["LogrankWeights", "as_logrank_weights", "logrank_weights"]

#: A name, or the pair (rho, gamma) of Fleming and Harrington.
LogrankWeights = (
    Literal["logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto-peto"]
    | tuple[float, float]
)

NAMES = ("logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto-peto")


def as_logrank_weights(weights: LogrankWeights) -> LogrankWeights:
    """Return the name or the pair of numbers, the pair (0, 0) as "logrank"; or refuse.

    Parameters
    ----------
    weights : str or tuple of float
        One of the names of `logrank_weights`, or (rho, gamma).

    Returns
    -------
    str or tuple of float

    Raises
    ------
    ArgumentError
        If it is neither, or a number of the pair is negative or not finite.

    Notes
    -----
    Source: [fleming1991]. Checked by hand (`tests/byhand/test_logrank_weights.py`) and through
    every test that takes weights (`tests/laws/test_logrank.py`,
    `tests/reference/test_weighted_logrank.py`).

    Examples
    --------
    >>> as_logrank_weights((0, 0)), as_logrank_weights((0, 1))
    ('logrank', (0.0, 1.0))
    """
    if isinstance(weights, str) and weights in NAMES:
        return weights
    listed = ", ".join(f'"{name}"' for name in NAMES)
    if isinstance(weights, str) or not isinstance(weights, tuple | list) or len(weights) != 2:
        raise ArgumentError(f"`weights` must be one of {listed}, or a pair (rho, gamma).")
    for number in weights:
        is_number = isinstance(number, int | float | np.integer | np.floating)
        if not is_number or isinstance(number, bool) or not 0 <= number < inf:
            raise ArgumentError("`weights` must be a pair (rho, gamma) of numbers of at least 0.")
    rho, gamma = float(weights[0]), float(weights[1])
    return (rho, gamma) if rho or gamma else "logrank"


def logrank_weights(
    deaths: NDArray[np.int64], at_risk: NDArray[np.int64], weights: LogrankWeights
) -> NDArray[np.float64]:
    r"""Give each time its weight, from the events and the patients at risk of all groups together.

    Parameters
    ----------
    deaths : ndarray of int, shape (t,)
        Events at each time, times ascending; 0 where there is none.
    at_risk : ndarray of int, shape (t,)
        Patients at risk at each time, at least 1.
    weights : str or tuple of float
        Which weights, as `as_logrank_weights` returns them.

    Returns
    -------
    ndarray of float, shape (t,)

    Notes
    -----
    With d events among n at risk, and products over the times up to and including t:

    * "logrank": 1
    * "gehan": n; the Wilcoxon test of Gehan and Breslow
    * "tarone-ware": :math:`\sqrt{n}`
    * "peto-peto": :math:`\tilde S(t) = \prod (1 - d / (n + 1))`
    * "modified-peto-peto": :math:`\tilde S(t)\, n / (n + 1)`, as R's survMisc has it; coin takes
      :math:`\tilde S` just before t
    * (rho, gamma), Fleming and Harrington: :math:`S(t-)^\rho (1 - S(t-))^\gamma` with the
      Kaplan-Meier estimate just before t, 1 at the first event; (1, 0) is what R's ``survdiff``
      calls ``rho = 1``

    Source: [gehan1965], [tarone1977], [peto1972], [andersen1982], [fleming1991]. Checked by hand
    (`tests/byhand/test_logrank_weights.py`), by a loop in fractions
    (`tests/twins/test_logrank.py`) and against R survival 3.5-3, survMisc 0.5.6
    (`tests/reference/weighted_logrank.json`) and coin 1.4-2 (`tests/reference/permutation.json`).

    Examples
    --------
    >>> logrank_weights(np.array([1, 1]), np.array([4, 2]), (1.0, 0.0)).tolist()
    [1.0, 0.75]
    """
    if weights == "logrank":
        return np.ones(at_risk.size)
    if weights == "gehan":
        return at_risk.astype(np.float64)
    if weights == "tarone-ware":
        return np.sqrt(at_risk)
    if isinstance(weights, str):
        survival = np.cumprod(1 - deaths / (at_risk + 1), dtype=np.float64)
        if weights == "modified-peto-peto":
            survival *= at_risk / (at_risk + 1)
        return survival
    rho, gamma = weights
    before = np.ones(at_risk.size)
    np.cumprod(1 - deaths[:-1] / at_risk[:-1], out=before[1:])
    return np.asarray(before**rho * (1 - before) ** gamma, dtype=np.float64)
