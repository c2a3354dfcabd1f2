"""Twins of the signed-rank test and the pseudo-median: all signs listed, all shifts tried."""

from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.signed_rank import pseudo_median, signed_rank_test


def doubled_ranks(sizes):
    return [sum(o < size for o in sizes) * 2 + sum(o == size for o in sizes) + 1 for size in sizes]


def tails(differences, *, pratt=False):
    """Return V doubled, its lower and upper tail and the two-sided one, over all signs."""
    ranked = differences if pratt else [d for d in differences if d]
    ranks = doubled_ranks([abs(d) for d in ranked])
    ranks = [rank for rank, d in zip(ranks, ranked, strict=True) if d]
    own = sum(rank for rank, d in zip(ranks, [d for d in ranked if d], strict=True) if d > 0)
    every = [
        sum(rank for rank, sign in zip(ranks, signs, strict=True) if sign)
        for signs in product((0, 1), repeat=len(ranks))
    ]
    middle = Fraction(sum(ranks), 2)

    def share(counts):
        return Fraction(sum(map(counts, every)), len(every))

    return (
        own,
        share(lambda v: v <= own),
        share(lambda v: v >= own),
        share(lambda v: abs(v - middle) >= abs(own - middle)),
    )


differences = st.lists(st.integers(-5, 5), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(differences, st.booleans())
def test_all_signs(sample, pratt):
    own, less, greater, two_sided = tails(sample, pratt=pratt)
    test = signed_rank_test(sample, zeros="pratt" if pratt else "wilcoxon")
    assert test.statistic == own / 2
    assert test.p_less == pytest.approx(float(less), rel=1e-12)
    assert test.p_greater == pytest.approx(float(greater), rel=1e-12)
    assert test.p_value == pytest.approx(float(two_sided), rel=1e-12)


def limits(sample, tail):
    """Try a shift in each gap between the Walsh averages."""
    steps = sorted({Fraction(a + b, 2) for a in sample for b in sample})
    gaps = [steps[0] - 1, *((a + b) / 2 for a, b in pairwise(steps))]
    kept = []
    for shift in [*gaps, steps[-1] + 1]:
        _, less, greater, _ = tails([d - shift for d in sample])
        kept.append((greater > tail, less > tail))
    low_kept, high_kept = [one for one, _ in kept], [other for _, other in kept]
    assert low_kept == sorted(low_kept), "a gap in the shifts that are not too small"
    assert high_kept == sorted(high_kept, reverse=True), "a gap in those that are not too large"
    ends = [-inf, *map(float, steps), inf]
    return ends[low_kept.index(True)], ends[high_kept.count(True)]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(-5, 5), min_size=1, max_size=7),
    st.sampled_from([Fraction(1, 40), Fraction(1, 16), Fraction(1, 4)]),
)
def test_the_interval_holds_the_shifts_that_no_test_rejects(sample, tail):
    found = pseudo_median(sample, level=float(1 - 2 * tail))
    walsh = [(a + b) / 2 for a, b in combinations_with_replacement(sample, 2)]
    assert found.estimate == np.median(walsh)
    assert told(found) == limits(sample, tail)


def test_two_million_walsh_averages_as_if_they_were_listed():
    rng = np.random.default_rng(8)
    sample = rng.normal(size=2000)
    ordered = np.sort(np.add.outer(sample, sample)[np.triu_indices(2000)] / 2)
    found = pseudo_median(sample)
    middle = ordered.size - 1
    assert found.estimate == (ordered[middle // 2] + ordered[(middle + 1) // 2]) / 2
    low, high = np.searchsorted(ordered, [found.low, found.high])
    assert low + high == middle
    assert (ordered[low], ordered[high]) == (found.low, found.high)


def told(found):
    """Return the limits; both are the estimate where ties left no width, and none are told."""
    if found.reason is None:
        return found.low, found.high
    assert (found.low, found.high, found.reason) == (None, None, "ties")
    return found.estimate, found.estimate


def normal_limits(sample):
    """Try a shift in each gap; normal tails with the variance of the ranks of that shift."""
    steps = sorted({(a + b) / 2 for a in sample for b in sample})
    gaps = [steps[0] - 1, *((a + b) / 2 for a, b in pairwise(steps)), steps[-1] + 1]
    kept = []
    for shift in gaps:
        ranks = np.array(doubled_ranks([abs(d - shift) for d in sample]))
        own = ranks[np.array(sample) > shift].sum()
        score = (own - ranks.sum() / 2) / (np.sqrt((ranks**2).sum()) / 2)
        kept.append((score <= 1.959963984540054, score >= -1.959963984540054))
    ends = [-inf, *steps, inf]
    return ends[[one for one, _ in kept].index(True)], ends[sum(other for _, other in kept)]


@pytest.mark.parametrize(("smallest", "spread"), [(6, 1.0), (26, 1.0), (6, 2.0), (26, 2.0)])
def test_normal_limits_with_many_ties(smallest, spread):
    """Ties lower the variance, by enough to move a limit in several of these samples."""
    rng = np.random.default_rng(31)
    for n in range(smallest, smallest + 20):
        sample = np.round(spread * rng.normal(size=n)).tolist()
        found = pseudo_median(sample, exact_up_to=0)
        assert told(found) == normal_limits(sample)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_normal_limits_with_a_lump_of_equal_values(seed):
    """A third of the differences are equal, the others all unlike."""
    rng = np.random.default_rng(seed)
    for lump in range(5, 15):
        unlike = np.round(1024 * rng.normal(0.3, 1, 2 * lump)).tolist()
        found = pseudo_median([*[0.0] * lump, *unlike], exact_up_to=0)
        assert told(found) == normal_limits([*[0.0] * lump, *unlike])
