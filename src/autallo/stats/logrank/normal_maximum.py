"""Probability that the largest of a few correlated normal variables is far from 0."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_array, as_number

__all__ = ["normal_maximum_tail"]

#: Variance left in a fourth direction that is taken for rounding.
ROUNDING = 1e-10
#: Directions nearer to each other than this are one.
SAME_DIRECTION = 1e-9
#: Cotangent that stands for a right angle.
FLAT = 1e-300
LARGEST_RANK = 3
#: Beyond this bound the probability is too small for a double number.
LARGEST_BOUND = 40.0


def _double_exponential() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return places between 0 and 1, crowded towards both ends, and their weights."""
    t = np.linspace(-3, 3, 201)
    shift = np.pi / 2 * np.sinh(t)
    place = 1 / (1 + np.exp(-2 * shift))
    weight = np.pi / 4 * np.cosh(t) / np.cosh(shift) ** 2
    return place, weight / weight.sum()


PLACE, WEIGHT = _double_exponential()


def normal_maximum_tail(bound: float, correlation: ArrayLike) -> float:
    r"""Give the probability that any of several standard normal variables is beyond a bound.

    Parameters
    ----------
    bound : float
        Bound on the absolute values, at least 0.
    correlation : array_like of float, shape (m, m)
        Correlations of the variables, of rank 1 to 3: the variables are sums of at most three
        independent ones.

    Returns
    -------
    float
        Probability that the largest absolute value is at least `bound`.

    Raises
    ------
    ArgumentError
        If the bound is negative or not a number, or `correlation` is not a correlation matrix
        of rank 3 or less.

    Notes
    -----
    The variables are :math:`a_i \cdot x` with unit vectors :math:`a_i` and x normal in three
    dimensions. The sphere of directions of x is divided into the parts where each variable is
    the largest; round :math:`a_i` at angle :math:`\varphi` its part ends at the cosine
    :math:`s_i(\varphi)` of the nearest great circle that divides it from another, and

    .. math:: p = \sum_i \frac{1}{\pi} \int_0^{2 \pi}
              \bar\Phi(c) - s_i(\varphi) \bar\Phi(c / s_i(\varphi)) \, d\varphi.

    The integral is taken between the corners of each part by the double-exponential rule with
    fixed places: no draws, and all terms are positive, so that small probabilities keep their
    relative accuracy, 1e-10 for correlations from -0.9999 to 0.9999. Beyond 40 it is 0.
    Source: [genz2009] on such probabilities, [takahasi1974] on the rule; the division of the
    sphere is our own. Checked by hand (`tests/byhand/test_normal_maximum.py`), by a double
    integral (`tests/twins/test_normal_maximum.py`) and against R mvtnorm, ``pmvnorm``
    (`tests/reference/max_combo.json`).

    Examples
    --------
    >>> round(normal_maximum_tail(1.959963984540054, [[1.0]]), 12)
    0.05
    >>> round(normal_maximum_tail(1.959963984540054, [[1.0, 0.0], [0.0, 1.0]]), 12)
    0.0975
    """
    if not as_number("bound", bound) >= 0:
        raise ArgumentError("`bound` must be at least 0.")
    vectors = _different(_unit_vectors(correlation))
    if bound > LARGEST_BOUND:
        return 0.0
    tail = float(ndtr(-bound))
    total = 0.0
    for place in range(len(vectors)):
        slope, width = _parts(vectors, place)
        cosine = slope / np.hypot(1, slope)
        beyond = cosine * ndtr(-bound / cosine)
        total += float(width @ (tail - beyond))
    return min(total / np.pi, 1.0)


def _unit_vectors(correlation: ArrayLike) -> NDArray[np.float64]:
    """Return one direction in space for each variable."""
    matrix = as_array("correlation", correlation)
    sentence = "`correlation` must be a correlation matrix of rank 3 or less."
    if matrix.dtype.kind not in "iuf" or matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1]:
        raise ArgumentError(sentence)
    if not matrix.size or not np.isfinite(matrix).all() or np.abs(matrix).max() > 1 + ROUNDING:
        raise ArgumentError(sentence)
    if np.abs(matrix - matrix.T).max() > ROUNDING or np.abs(matrix.diagonal() - 1).max() > ROUNDING:
        raise ArgumentError(sentence)
    variance, axis = np.linalg.eigh(matrix)
    if variance[0] < -ROUNDING or variance[:-LARGEST_RANK].sum() > ROUNDING:
        raise ArgumentError(sentence)
    vectors = np.zeros((variance.size, LARGEST_RANK))
    used = axis[:, -LARGEST_RANK:] * np.sqrt(np.maximum(variance[-LARGEST_RANK:], 0))
    vectors[:, : used.shape[1]] = used
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / length, dtype=np.float64)


def _different(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out directions that are another one, or its opposite."""
    kept: list[NDArray[np.float64]] = []
    for vector in vectors:
        gaps = [min(np.linalg.norm(vector - one), np.linalg.norm(vector + one)) for one in kept]
        if all(gap > SAME_DIRECTION for gap in gaps):
            kept.append(vector)
    return np.array(kept)


def _parts(
    vectors: NDArray[np.float64], place: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the cotangent of the angle at which one variable stops being the largest.

    It is given all round the direction of the variable, with the width that each place stands for.
    """
    own = vectors[place]
    others = np.delete(vectors, place, axis=0)
    others = np.concatenate([others, -others])
    _, _, frame = np.linalg.svd(own[None])
    # A great circle divides own from another: cot = (other in the plane) . e(angle) / (1 - cos).
    apart = ((own - others) ** 2).sum(axis=1, keepdims=True) / 2
    corner = others @ frame[1:].T / apart
    edge = np.concatenate([[0.0], _switches(corner), [2 * np.pi]])
    length = np.diff(edge)
    angle = (edge[:-1, None] + length[:, None] * PLACE).ravel()
    slope = np.max(corner @ np.array([np.cos(angle), np.sin(angle)]), axis=0, initial=FLAT)
    return slope, (length[:, None] * WEIGHT).ravel()


def _switches(corner: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the angles, ascending, at which another corner becomes the furthest."""
    first, second = np.triu_indices(len(corner), 1)
    gap = corner[first] - corner[second]
    turn = np.arctan2(gap[:, 1], gap[:, 0]) + np.pi / 2
    turn = np.concatenate([turn, turn + np.pi]) % (2 * np.pi)
    reach = corner @ np.array([np.cos(turn), np.sin(turn)])
    furthest = reach.max(axis=0, initial=0)
    here = reach[np.concatenate([first, first]), np.arange(turn.size)]
    near = SAME_DIRECTION * np.abs(corner).max(initial=0)
    return np.unique(turn[here >= furthest - near])
