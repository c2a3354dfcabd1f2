"""Directions along which a likelihood never falls: what separates the patients, proved on them.

Every patient forbids half of all directions: a row z forbids those with z'd < 0. The directions
left form a cone. It holds nothing but 0 exactly if all estimates are finite.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: A patient nearer to the dividing plane than this share of the spread lies on it.
ON_PLANE = 1e-9

#: A vector nearer to a cone than this share of its length lies in it.
IN_CONE = 1e-10

#: Directions in which patients vary by less than this share do not count.
FLAT = 1e-8

MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Cone:
    """The directions d = basis @ e with rows @ e >= 0.

    Attributes
    ----------
    rows : ndarray of float, shape (n, r)
        Rows of length 1; 0 where no direction of the basis matters.
    basis : ndarray of float, shape (q, r)
        Directions at right angles to all that must stay equal.
    """

    rows: Floats
    basis: Floats


@dataclass(frozen=True, slots=True)
class Separation:
    """What is left when everything that can be told apart has been told apart.

    Attributes
    ----------
    exists : bool
        Whether anything can be told apart.
    overlapping : ndarray of bool, shape (n,)
        Rows that no allowed direction tells apart: the estimates rest on these alone.
    """

    exists: bool
    overlapping: Flags


def allowed(rows: Floats, equal: Floats) -> Cone:
    """Return the directions d with rows @ d >= 0 and equal @ d = 0."""
    basis = _split(equal)[1]
    inside = rows @ basis
    size, before = np.linalg.norm(inside, axis=1), np.linalg.norm(rows, axis=1)
    felt = size > ON_PLANE * before
    unit = np.zeros_like(inside)
    np.divide(inside, size[:, None], out=unit, where=felt[:, None])
    return Cone(unit, basis)


def separation(cone: Cone) -> Separation:
    """Tell apart as many rows as any direction of the cone can.

    Each round asks whether some direction goes, on the mean, beyond the rows not yet told apart.
    """
    n, r = cone.rows.shape
    direction, overlapping = np.zeros(r), np.ones(n, dtype=bool)
    for _ in range(r):
        beyond = _away_from(cone.rows, -cone.rows[overlapping].mean(axis=0))
        if beyond is None:
            break
        direction = direction + beyond
        overlapping = cone.rows @ direction <= ON_PLANE * float(np.linalg.norm(direction))
        if not overlapping.any():
            break
    return Separation(bool(direction.any()), overlapping)


def may_fall(cone: Cone, contrast: Floats) -> bool:
    """Whether contrast'd < 0 for some direction d of the cone."""
    inside = contrast @ cone.basis
    size = float(np.linalg.norm(inside))
    if size <= FLAT * float(np.linalg.norm(contrast)):
        return False
    return _away_from(cone.rows, inside / size) is not None


def varying(rows: Floats) -> Floats:
    """Return a basis, column by column, of the directions in which these rows are not 0."""
    return _split(rows)[0]


def _split(rows: Floats) -> tuple[Floats, Floats]:
    """Return bases of the directions in which rows are not 0, and of those in which they are."""
    q = rows.shape[1]
    if not len(rows):
        return np.zeros((q, 0)), np.eye(q)
    size, axes = np.linalg.svd(np.linalg.qr(rows, mode="r"))[1:]
    rank = int((size > FLAT * size[0]).sum())
    return np.ascontiguousarray(axes[:rank].T), np.ascontiguousarray(axes[rank:].T)


def _away_from(rows: Floats, target: Floats) -> Floats | None:
    """Return a unit vector d with rows @ d >= 0 and target'd < 0; None if there is none.

    There is none if the target is a sum of rows with weights of at least 0; the sum nearest to
    the target settles both.
    """
    rest = _rest_of_nearest(rows, target)
    size = float(np.linalg.norm(rest))
    if size <= IN_CONE:
        return None
    away = -rest / size
    return away if float((rows @ away).min()) >= -ON_PLANE else None


def _rest_of_nearest(rows: Floats, target: Floats) -> Floats:
    """Return the target less the nearest sum of rows with weights of at least 0."""
    held = np.zeros(0, dtype=np.intp)
    weight = np.zeros(0)
    rest = target
    for _ in range(MOST_ROUNDS):
        size = float(np.linalg.norm(rest))
        gain = rows @ rest
        gain[held] = 0.0
        best = int(gain.argmax())
        if size <= IN_CONE or gain[best] <= IN_CONE * size:
            break
        held, weight = _let_in(rows, target, np.append(held, best), np.append(weight, 0.0))
        rest = target - weight @ rows[held]
    return rest


def _let_in(
    rows: Floats, target: Floats, held: NDArray[np.intp], weight: Floats
) -> tuple[NDArray[np.intp], Floats]:
    """Fit the target by the held rows, and let go of those whose weight would be negative."""
    while held.size:
        wanted = np.asarray(np.linalg.lstsq(rows[held].T, target, rcond=None)[0], dtype=np.float64)
        if (wanted > 0).all():
            return held, wanted
        falling = np.flatnonzero(wanted <= 0)
        share = weight[falling] / np.maximum(weight[falling] - wanted[falling], 1e-300)
        weight = weight + float(share.min()) * (wanted - weight)
        weight[falling[int(share.argmin())]] = 0.0
        kept = weight > 0
        held, weight = held[kept], weight[kept]
    return held, np.asarray(weight, dtype=np.float64)
