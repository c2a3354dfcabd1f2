"""Matched pairs against all matchings, and against a search for the nearest two again and again."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.matching import match_pairs

SEEDS = range(150)


def all_matchings(allowed, row=0, used=frozenset()):
    """Yield every matching as a tuple of (row, column)."""
    if row == len(allowed):
        yield ()
        return
    yield from all_matchings(allowed, row + 1, used)
    for column in np.flatnonzero(allowed[row]).tolist():
        if column not in used:
            for rest in all_matchings(allowed, row + 1, used | {column}):
                yield ((row, column), *rest)


def drawn(seed):
    """Return few patients on a coarse or a fine line, in one or two strata."""
    rng = np.random.default_rng(seed)
    n, m = rng.integers(1, 5), rng.integers(2, 6)
    treated = np.repeat([True, False], [n, m])[rng.permutation(n + m)]
    score = rng.integers(0, 9, n + m).astype(float) if seed % 2 else rng.normal(size=n + m)
    stratum = np.zeros(n + m, dtype=int)
    if seed % 3 == 0:
        stratum[rng.integers(1, n + m)] = 1
    caliper = [None, 0.2, 0.5, 1.0][seed % 4]
    return treated, score, stratum, caliper


def distances(treated, score, stratum, caliper):
    own, other = np.flatnonzero(treated), np.flatnonzero(~treated)
    table = np.abs(score[own][:, None] - score[other])
    spreads = [score[group].var(ddof=1) for group in (own, other) if group.size > 1]
    width = np.inf if caliper is None else caliper * np.sqrt(np.mean(spreads)) + 1e-12
    return own, other, table, (table <= width) & (stratum[own][:, None] == stratum[other])


@pytest.mark.parametrize("seed", SEEDS)
def test_optimal_pairs_are_the_best_of_all_matchings(seed):
    treated, score, stratum, caliper = drawn(seed)
    _, _, table, allowed = distances(treated, score, stratum, caliper)
    best = min(
        (-len(pairs), sum(table[pair] for pair in pairs)) for pairs in all_matchings(allowed)
    )
    if best[0] == 0:
        with pytest.raises(ArgumentError, match="allow a pair"):
            match_pairs(treated, score, stratum=stratum, caliper=caliper, scale="score")
        return
    found = match_pairs(treated, score, stratum=stratum, caliper=caliper, scale="score")
    assert found.treated_index.size == -best[0]
    assert found.distance.sum() == pytest.approx(best[1], rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("seed", [seed for seed in SEEDS if seed % 2 == 0])
def test_nearest_pairs_are_found_by_searching_again_and_again(seed):
    treated, score, stratum, caliper = drawn(seed)
    own, other, table, allowed = distances(treated, score, stratum, caliper)
    left = np.where(allowed, table, np.inf)
    expected = []
    while np.isfinite(left.min()):
        row, column = np.unravel_index(left.argmin(), left.shape)
        expected.append((own[row], other[column]))
        left[row], left[:, column] = np.inf, np.inf
    if not expected:
        return
    found = match_pairs(
        treated, score, stratum=stratum, caliper=caliper, scale="score", method="nearest"
    )
    pairs = zip(found.treated_index.tolist(), found.untreated_index.tolist(), strict=True)
    assert list(pairs) == sorted(expected)
