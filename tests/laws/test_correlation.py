"""What the rank correlations obey for any values."""

from itertools import permutations
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.correlation import kendall_test, spearman_test
from autallo.stats.ranks.jonckheere import jonckheere_test

pairs = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=8)
calls = st.sampled_from([spearman_test, kendall_test])
methods = st.sampled_from(["exact", "asymptotic"])


def unzipped(sample):
    return [a for a, _ in sample], [b for _, b in sample]


@settings(max_examples=80, deadline=None)
@given(pairs, calls, methods)
def test_numbers_are_in_their_range(sample, call, method):
    """MR-31, MR-34."""
    test = call(*unzipped(sample), method=method)
    assert 0 < test.p_value <= 1
    if test.estimate is not None:
        assert -1 <= test.estimate <= 1
    if test.low is not None:
        assert -1 < test.low <= test.estimate <= test.high < 1
        assert test.high - test.low > 1e-3


@settings(max_examples=60, deadline=None)
@given(pairs, calls, methods)
def test_exchanging_and_turning_round(sample, call, method):
    """MR-5: x and y may be exchanged; with -y the estimate changes its sign, p does not."""
    x, y = unzipped(sample)
    here, exchanged = call(x, y, method=method), call(y, x, method=method)
    turned = call(x, [-b for b in y], method=method)
    assert here.p_value == pytest.approx(exchanged.p_value, rel=1e-12)
    assert here.p_value == pytest.approx(turned.p_value, rel=1e-12)
    if here.estimate is not None:
        assert here.estimate == pytest.approx(exchanged.estimate, rel=1e-12, abs=1e-15)
        assert here.estimate == pytest.approx(-turned.estimate, rel=1e-12, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(pairs, calls, methods)
def test_only_the_order_of_the_values_matters(sample, call, method):
    """MR-3, MR-6: values may be stretched, patients may be listed in another order."""
    x, y = unzipped(sample[::-1])
    here = call(*unzipped(sample), method=method)
    there = call([3.0**a for a in x], [a - 7 for a in y], method=method)
    assert here.p_value == pytest.approx(there.p_value, rel=1e-12)
    assert here.estimate == there.estimate


@settings(max_examples=40, deadline=None)
@given(pairs)
def test_kendall_and_jonckheere_are_one_test(sample):
    x, y = unzipped(sorted(sample))
    group = [sorted(set(x)).index(a) for a in x]
    if len(set(group)) == 1:
        return
    here, there = kendall_test(x, y), jonckheere_test(y, group)
    assert here.p_value == there.p_value
    assert here.score == there.score
    untied = comb(len(x), 2) - sum(comb(group.count(code), 2) for code in set(group))
    assert there.statistic == (untied + here.statistic) / 2


@pytest.mark.parametrize("call", [spearman_test, kendall_test])
def test_the_level_is_never_exceeded(call):
    """MR-37: of all pairings a share of at most u has p <= u."""
    x = [1, 2, 2, 3, 5, 8]
    p_values = [call(x, order).p_value for order in permutations([0, 1, 2, 3, 4, 5])]
    for u in set(p_values):
        assert sum(p <= u for p in p_values) <= u * len(p_values) * (1 + 1e-12)


@pytest.mark.parametrize("call", [spearman_test, kendall_test])
@pytest.mark.parametrize("draws", [2_000, 32_000])
def test_drawn_p_nears_the_exact_one(call, draws):
    """MR-38: within 4 standard errors, which fall with the root of the draws."""
    x, y = [1, 2, 2, 3, 5, 8, 8, 9, 4], [0, 2, 1, 1, 2, 2, 1, 2, 0]
    exact = call(x, y, method="exact")
    rng = np.random.default_rng(6)
    drawn = call(x, y, method="monte_carlo", draws=draws, rng=rng)
    assert (drawn.method, drawn.draws, drawn.estimate) == ("monte_carlo", draws, exact.estimate)
    error = (exact.p_value * (1 - exact.p_value) / draws) ** 0.5
    assert abs(drawn.p_value - exact.p_value) < 4 * error
    assert drawn.standard_error == pytest.approx(error, rel=0.2)


def test_intervals_of_higher_level_hold_those_of_lower():
    """MR-32, MR-33: the level changes the interval, not p."""
    x, y = [1, 2, 3, 4, 5, 6, 7], [2, 1, 3, 5, 4, 7, 6]
    for call in (spearman_test, kendall_test):
        wide, narrow = call(x, y, level=0.99), call(x, y, level=0.8)
        assert wide.low < narrow.low < narrow.high < wide.high
        assert wide.p_value == narrow.p_value
