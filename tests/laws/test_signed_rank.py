"""What the signed-rank test and the pseudo-median obey for any values."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.signed_rank import pseudo_median, signed_rank_test

differences = st.lists(st.integers(-9, 9), min_size=1, max_size=25)
rules = st.sampled_from(["wilcoxon", "pratt"])
sizes = st.sampled_from([200, 0])


@settings(max_examples=80, deadline=None)
@given(differences, rules, sizes)
def test_turning_the_signs_round_swaps_the_sides(sample, zeros, exact_up_to):
    """MR-5, MR-34, MR-35."""
    here = signed_rank_test(sample, zeros=zeros, exact_up_to=exact_up_to)
    there = signed_rank_test([-d for d in sample], zeros=zeros, exact_up_to=exact_up_to)
    assert here.p_less == pytest.approx(there.p_greater, rel=1e-12)
    assert here.p_value == min(2 * min(here.p_less, here.p_greater), 1)
    assert here.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert 0 < here.smallest_p <= here.p_value * (1 + 1e-12)
    assert here.n + here.zeros == len(sample)


@settings(max_examples=60, deadline=None)
@given(differences, rules)
def test_neither_order_nor_scale_matters(sample, zeros):
    """MR-1, MR-6."""
    here = signed_rank_test(sample, zeros=zeros)
    assert here == signed_rank_test([0.37 * d for d in sorted(sample)], zeros=zeros)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(-30, 30), min_size=1, max_size=12), st.integers(-40, 40))
def test_pairs_and_their_differences_agree(sample, by):
    """Tenths, whose differences are rounded, tie as whole numbers do."""
    whole = signed_rank_test(sample)
    x = [(d + by + 7 * i) / 10 for i, d in enumerate(sample)]
    y = [(by + 7 * i) / 10 for i in range(len(sample))]
    assert signed_rank_test(x, y) == whole


@settings(max_examples=40, deadline=None)
@given(differences, st.integers(-50, 50), st.sampled_from([100, 0]))
def test_moving_the_differences_moves_the_interval(sample, by, exact_up_to):
    """MR-43; and MR-31: the interval holds the estimate."""
    here = pseudo_median(sample, exact_up_to=exact_up_to)
    moved = pseudo_median([d + by for d in sample], exact_up_to=exact_up_to)
    assert moved.estimate == here.estimate + by
    assert (moved.low, moved.high) == (here.low + by, here.high + by)
    assert here.low <= here.estimate <= here.high


@settings(max_examples=40, deadline=None)
@given(differences)
def test_turning_the_signs_round_turns_the_interval_round(sample):
    here, turned = pseudo_median(sample), pseudo_median([-d for d in sample])
    assert (turned.estimate, turned.low, turned.high) == (-here.estimate, -here.high, -here.low)


@pytest.mark.parametrize("zeros", ["wilcoxon", "pratt"])
def test_the_level_is_never_exceeded(zeros):
    """MR-37: of all signs a share of at most u has p <= u."""
    differences = [0, 1, 1, 2, 3, 3, 3, 8]
    p_values = [
        signed_rank_test([d * s for d, s in zip(differences, signs, strict=True)], zeros=zeros)
        for signs in product((-1, 1), repeat=8)
    ]
    for name in ("p_value", "p_less", "p_greater"):
        found = [getattr(test, name) for test in p_values]
        for u in set(found):
            assert sum(p <= u for p in found) <= u * len(found)


def test_two_hundred_differences_to_the_last_digits():
    """V of 0 1 2 3 4 5 come about in 1 1 1 2 2 3 ways, of 2**200."""
    ways = [1, 1, 1, 2, 2, 3]
    for total in range(6):
        sample = [-d for d in range(1, 201)]
        if total:
            sample[total - 1] = total
        test = signed_rank_test(sample)
        assert test.statistic == total
        assert test.p_less == float(Fraction(sum(ways[: total + 1]), 2**200))
        assert test.smallest_p == 2.0**-199
