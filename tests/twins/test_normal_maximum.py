"""Twins of the normal maximum: a plain integral for two variables, and all directions for three.

Two variables: the probability that neither is beyond the bound, as an integral over the first.
Three: the average over a grid of directions of the chance that a point in that direction is far
enough out; written without the module's division of the sphere.
"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc, ndtr

from autallo.stats.logrank.normal_maximum import normal_maximum_tail

NODES, WEIGHTS = np.polynomial.legendre.leggauss(400)


def two_by_integral(bound, correlation):
    spread = math.sqrt(1 - correlation**2)
    first = bound * NODES
    inside = ndtr((bound - correlation * first) / spread) - ndtr(
        (-bound - correlation * first) / spread
    )
    density = np.exp(-(first**2) / 2) / math.sqrt(2 * math.pi)
    return 1 - float(bound * WEIGHTS @ (density * inside))


def three_by_directions(bound, vectors):
    turn = (np.arange(1600) + 0.5) * 2 * np.pi / 1600
    flat = np.sqrt(1 - NODES**2)
    directions = np.stack(
        [
            np.outer(flat, np.cos(turn)),
            np.outer(flat, np.sin(turn)),
            np.outer(NODES, np.ones(turn.size)),
        ],
        axis=-1,
    )
    furthest = np.abs(directions @ vectors.T).max(axis=-1)
    return float(WEIGHTS @ chdtrc(3, (bound / furthest) ** 2).mean(axis=1)) / 2


@settings(max_examples=100, deadline=None)
@given(st.floats(-0.99, 0.99), st.floats(0.05, 3))
def test_two_variables(correlation, bound):
    found = normal_maximum_tail(bound, [[1, correlation], [correlation, 1]])
    assert found == pytest.approx(two_by_integral(bound, correlation), rel=1e-9)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 6), st.floats(0.5, 4))
def test_variables_in_three_dimensions(seed, variables, bound):
    vectors = np.random.default_rng(seed).normal(size=(variables, 3))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    found = normal_maximum_tail(bound, vectors @ vectors.T)
    # the grid of directions has corners in it: its own error is about 1e-6
    assert found == pytest.approx(three_by_directions(bound, vectors), rel=1e-5)
