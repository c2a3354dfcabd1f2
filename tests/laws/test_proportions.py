"""What the intervals of a proportion obey for any counts, and how often they cover."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln

from autallo.stats.proportions.binomial import binomial_interval

METHODS = ("clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker")
counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
large_counts = st.integers(1, 10**9).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
methods = st.sampled_from(METHODS)


def chance_of_at_least(events, n, share):
    """Sum the binomial tail term by term, in fractions: the slow twin."""
    share = Fraction(share)
    return sum(comb(n, k) * share**k * (1 - share) ** (n - k) for k in range(events, n + 1))


@given(counts, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_each_limit_leaves_half_the_error_in_its_tail(count, level):
    events, n = count
    interval = binomial_interval(events, n, level=level)
    tail = (1 - level) / 2
    # 1e-9 and not 1e-10: the limit is a rounded number, the tail multiplies its rounding by n.
    if events > 0:
        assert float(chance_of_at_least(events, n, interval.low)) == pytest.approx(tail, rel=1e-9)
    if events < n:
        below = 1 - chance_of_at_least(events + 1, n, interval.high)
        assert float(below) == pytest.approx(tail, rel=1e-9)


@given(large_counts, methods)
def test_the_share_without_the_event_is_the_mirror_image(count, method):
    """MR-4."""
    events, n = count
    of_events = binomial_interval(events, n, method=method)
    of_rest = binomial_interval(n - events, n, method=method)
    assert of_events.low == pytest.approx(1 - of_rest.high, abs=1e-15)
    assert of_events.high == pytest.approx(1 - of_rest.low, abs=1e-15)


@given(large_counts, methods)
def test_a_higher_level_gives_a_wider_interval_around_the_estimate(count, method):
    """MR-31, MR-32."""
    narrow = binomial_interval(*count, level=0.9, method=method)
    wide = binomial_interval(*count, level=0.99, method=method)
    assert 0 <= wide.low <= narrow.low <= narrow.estimate <= narrow.high <= wide.high <= 1
    assert wide.high - wide.low > narrow.high - narrow.low > 0


@given(counts, methods)
def test_one_event_more_moves_both_limits_up(count, method):
    """PF-23: a rival's limits went up and down."""
    events, n = count
    fewer = binomial_interval(events, n + 1, method=method)
    more = binomial_interval(events + 1, n + 1, method=method)
    assert fewer.low < more.low
    assert fewer.high < more.high or more.high == 1.0


@given(large_counts, st.sampled_from([0.5, 0.8, 0.95, 0.999]))
def test_blaker_and_mid_p_lie_within_clopper_pearson(count, level):
    """To rounding: where the opposite tail joins at once both limits are one number."""
    outer = binomial_interval(*count, level=level)
    for method in ("blaker", "mid-p"):
        inner = binomial_interval(*count, level=level, method=method)
        assert outer.low * (1 - 1e-12) <= inner.low < inner.high <= outer.high * (1 + 1e-12)


@pytest.mark.parametrize("method", METHODS)
def test_the_limits_of_a_rare_event_reach_those_of_a_poisson_count(method):
    """One event in n: n times p no longer changes with n but for a share of 1 / n."""
    at = [binomial_interval(1, n, method=method) for n in (10**8, 10**9)]
    assert at[0].low * 1e8 == pytest.approx(at[1].low * 1e9, rel=1e-7)
    assert at[0].high * 1e8 == pytest.approx(at[1].high * 1e9, rel=1e-7)


def coverage(n, method, proportions, level=0.95):
    intervals = [binomial_interval(k, n, level=level, method=method) for k in range(n + 1)]
    low = np.array([interval.low for interval in intervals])
    high = np.array([interval.high for interval in intervals])
    inside = (low <= proportions[:, None]) & (proportions[:, None] <= high)
    events = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(events + 1) - gammaln(n - events + 1)
    logs = np.log(proportions)[:, None] * events + np.log1p(-proportions)[:, None] * (n - events)
    return (inside * np.exp(ways + logs)).sum(axis=1)


def ends_of_pieces(n, method, level=0.95):
    """Return proportions just outside of every limit: between them coverage has no lower point.

    The counts that cover a proportion are a run, and the chance of a run rises, then falls.
    """
    intervals = [binomial_interval(k, n, level=level, method=method) for k in range(n + 1)]
    ends = [i.low * (1 - 1e-9) for i in intervals] + [i.high * (1 + 1e-9) for i in intervals]
    return np.array([end for end in ends if 0 < end < 1])


GRID = np.arange(1, 2000) / 2000


@pytest.mark.parametrize("method", ["clopper-pearson", "blaker"])
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 7, 10, 14, 20, 28, 41, 60])
def test_exact_intervals_cover_every_proportion_at_their_level(method, n):
    """On a grid of 2000 proportions, and just outside of every limit, where it is least."""
    for level in (0.8, 0.95):
        worst = ends_of_pieces(n, method, level)
        covered = coverage(n, method, np.concatenate([GRID, worst]), level)
        assert covered.min() >= level - 1e-9  # the ends stand 1e-9 off their limits


@pytest.mark.parametrize(
    ("method", "n", "least"),
    [
        ("clopper-pearson", 5, 0.9750),
        ("clopper-pearson", 10, 0.9611),
        ("clopper-pearson", 20, 0.9580),
        ("wilson", 5, 0.833),
        ("wilson", 10, 0.838),
    ],
)
def test_the_least_coverage_on_a_grid_of_2000_is_the_known_one(method, n, least):
    """Measured with other programs; 0.001 wide, since Wilson's least depends on the grid."""
    assert coverage(n, method, GRID).min() == pytest.approx(least, abs=0.001)


@pytest.mark.parametrize("method", ["wilson", "jeffreys", "mid-p"])
@pytest.mark.parametrize("n", [5, 10, 28])
def test_approximate_intervals_reach_their_level_on_the_average(method, n):
    assert 0.95 < coverage(n, method, GRID).mean() < 0.98
