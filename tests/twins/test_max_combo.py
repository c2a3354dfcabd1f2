"""Twin of the max-combo test: every arrangement in fractions, and the integral over directions.

The squares of the four standardised sums are fractions, and so is the share of arrangements whose
largest square reaches the observed one.
"""

import math
from fractions import Fraction
from itertools import combinations, product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import chdtrc

from autallo.stats.logrank.max_combo import COMBINATION, max_combo_test

NODES, WEIGHTS = np.polynomial.legendre.leggauss(200)


def pooled(rows):
    """Yield each event time with at risk, dead, and the curve just before, of all together."""
    before = Fraction(1)
    for day in sorted({row[0] for row in rows if row[1]}):
        n = sum(row[0] >= day for row in rows)
        d = sum(row[0] == day and row[1] for row in rows)
        yield day, n, d, before
        before *= 1 - Fraction(d, n)


def score_of(row, rows, pair):
    rho, gamma = (int(number) for number in pair)
    score = Fraction(0)
    for day, n, d, before in pooled(rows):
        weight = before**rho * (1 - before) ** gamma
        if day <= row[0]:
            score += weight * ((day == row[0] and row[1]) - Fraction(d, n))
    return score


def by_arranging(rows):
    """Largest square of the observed groups, and the share of arrangements that reach it."""
    strata = [[row for row in rows if row[3] == code] for code in sorted({r[3] for r in rows})]
    variances, sums, observed = [Fraction(0)] * 4, [], [Fraction(0)] * 4
    for own in strata:
        scores = [[score_of(row, own, pair) for row in own] for pair in COMBINATION]
        n, size = len(own), sum(row[2] for row in own)
        for a, values in enumerate(scores):
            share = Fraction(size * (n - size), n * max(n - 1, 1))
            variances[a] += share * sum(value**2 for value in values)
            observed[a] += sum(v for v, row in zip(values, own, strict=True) if row[2])
        sums.append(
            [
                [sum(values[i] for i in chosen) for values in scores]
                for chosen in combinations(range(n), size)
            ]
        )

    def largest(total):
        return max((u**2 / v for u, v in zip(total, variances, strict=True) if v), default=None)

    bound = largest(observed)
    if bound is None:
        return None, None
    every = [largest([sum(column) for column in zip(*c, strict=True)]) for c in product(*sums)]
    return bound, Fraction(sum(value >= bound for value in every), len(every))


@st.composite
def two_groups(draw, most, strata=1):
    n = draw(st.integers(2 * strata, most))
    return [
        (
            draw(st.integers(1, 7)),
            draw(st.booleans()),
            place % 2 if place < 2 else draw(st.integers(0, 1)),
            place % strata if place < strata else draw(st.integers(0, strata - 1)),
        )
        for place in range(n)
    ]


@settings(max_examples=50, deadline=None)
@given(st.one_of(two_groups(7), two_groups(8, strata=2)))
def test_every_arrangement_in_fractions(rows):
    time, event, group, stratum = zip(*rows, strict=True)
    test = max_combo_test(time, event, group, stratum=stratum)
    bound, share = by_arranging(rows)
    if bound is None:
        assert (test.p_value, test.largest) == (None, None)
        return
    assert test.method == "exact"
    assert test.statistic**2 == pytest.approx(float(bound), rel=1e-10, abs=1e-12)
    assert test.p_value == pytest.approx(float(share), rel=1e-12)


@settings(max_examples=10, deadline=None)
@given(two_groups(40, strata=2))
def test_normal_p_is_the_average_over_all_directions(rows):
    time, event, group, stratum = zip(*rows, strict=True)
    test = max_combo_test(time, event, group, stratum=stratum, method="normal")
    if test.p_value is None or test.statistic < 0.1:
        return
    used = [place for place, z in enumerate(test.z) if z is not None]
    covariance = test.covariance[np.ix_(used, used)]
    scale = np.sqrt(covariance.diagonal())
    left, sizes, _ = np.linalg.svd(covariance / np.outer(scale, scale))
    vectors = np.zeros((len(used), 3))
    vectors[:, : sizes.size] = (left * np.sqrt(sizes))[:, :3]
    turn = (np.arange(800) + 0.5) * 2 * math.pi / 800
    flat = np.sqrt(1 - NODES**2)[:, None]
    furthest = np.zeros((NODES.size, turn.size))
    for x, y, z in vectors:
        along = flat * (x * np.cos(turn) + y * np.sin(turn)) + z * NODES[:, None]
        np.maximum(furthest, np.abs(along), out=furthest)
    reached = chdtrc(3, (test.statistic / np.maximum(furthest, 1e-9)) ** 2).mean(axis=1)
    # the grid's own error is about 1e-5
    assert test.p_value == pytest.approx(float(WEIGHTS @ reached) / 2, rel=1e-4)
