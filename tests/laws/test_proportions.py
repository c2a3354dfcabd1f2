"""What the exact interval of a proportion obeys for any counts."""

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autallo.stats.proportions import binomial_interval

counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


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


@given(counts)
def test_the_share_without_the_event_is_the_mirror_image(count):
    events, n = count
    of_events, of_rest = binomial_interval(events, n), binomial_interval(n - events, n)
    assert of_events.low == pytest.approx(1 - of_rest.high, abs=1e-12)
    assert of_events.high == pytest.approx(1 - of_rest.low, abs=1e-12)


@given(counts)
def test_a_higher_level_gives_a_wider_interval_around_the_estimate(count):
    narrow, wide = binomial_interval(*count, level=0.9), binomial_interval(*count, level=0.99)
    assert 0 <= wide.low <= narrow.low <= narrow.estimate <= narrow.high <= wide.high <= 1
    assert wide.high - wide.low > narrow.high - narrow.low


@given(counts)
def test_one_event_more_moves_both_limits_up(count):
    events, n = count
    fewer, more = binomial_interval(events, n + 1), binomial_interval(events + 1, n + 1)
    assert fewer.low < more.low
    assert fewer.high < more.high or more.high == 1.0
