"""What conditional odds ratios obey for any log-concave weights."""

from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.conditional_odds import conditional_odds_ratio

#: Ratios of ways that fall from place to place, and how many of them lie below the observed count.
ratios = st.tuples(
    st.lists(st.floats(0.01, 0.99), min_size=1, max_size=90), st.floats(0.01, 100)
).map(
    lambda drawn: [
        drawn[1] * share ** (place + 1) for place, share in enumerate(sorted(drawn[0])[::-1])
    ]
)


def split(falling, place):
    """Return the steps above and below the observed place."""
    return falling[place:], [1 / ratio for ratio in falling[:place][::-1]]


cases = ratios.flatmap(lambda falling: st.tuples(st.just(falling), st.integers(0, len(falling))))


def inverse(odds):
    return inf if odds == 0 else 1 / odds


@settings(deadline=None)
@given(cases, st.sampled_from(["exact", "mid-p"]))
def test_turned_round_the_odds_ratio_is_inverted(case, interval):
    """1e-11: the sums run in the opposite order."""
    above, below = split(*case)
    one = conditional_odds_ratio(above, below, interval=interval)
    other = conditional_odds_ratio(below, above, interval=interval)
    assert inverse(other.estimate) == pytest.approx(one.estimate, rel=1e-11)
    assert inverse(other.high) == pytest.approx(one.low, rel=1e-11)
    assert inverse(other.low) == pytest.approx(one.high, rel=1e-11)


@settings(deadline=None)
@given(cases, st.floats(0.001, 1000))
def test_ways_with_another_odds_ratio_move_it_by_that(case, odds):
    above, below = split(*case)
    one = conditional_odds_ratio(above, below)
    moved = conditional_odds_ratio([odds * a for a in above], [b / odds for b in below])
    assert moved.estimate * odds == pytest.approx(one.estimate, rel=1e-11)
    assert moved.low * odds == pytest.approx(one.low, rel=1e-11)
    assert moved.high * odds == pytest.approx(one.high, rel=1e-11)


@settings(deadline=None)
@given(cases)
def test_mr31_mr32_the_estimate_lies_within_and_levels_are_nested(case):
    above, below = split(*case)
    narrow = conditional_odds_ratio(above, below, level=0.8, interval="mid-p")
    wide = conditional_odds_ratio(above, below, level=0.99, interval="mid-p")
    exact = conditional_odds_ratio(above, below, level=0.99)
    limits = [exact.low, wide.low, narrow.low, narrow.estimate, narrow.high, wide.high, exact.high]
    assert limits == sorted(limits)


@pytest.mark.parametrize("level", [1e-6, 1e-3, 1 - 1e-9, 1 - 1e-12])
@pytest.mark.parametrize("interval", ["exact", "mid-p"])
def test_extreme_levels_are_answered(level, interval):
    """Ways 1, 6, 15, 20, 15, 6, 1, the third and the last observed."""
    for above, below in (([20 / 15, 15 / 20, 6 / 15, 1 / 6], [6 / 15, 1 / 6]),
                         ([], [6, 15 / 6, 20 / 15, 15 / 20, 6 / 15, 1 / 6])):  # fmt: skip
        odds = conditional_odds_ratio(above, below, level=level, interval=interval)
        assert 0 < odds.low <= odds.high * (1 + 1e-6)


@pytest.mark.parametrize("places", [30, 80])
def test_ways_that_fall_ever_faster_are_answered(places):
    """Each ratio 1/100 of the one before, the middle observed: mirror images, at odds 100**x."""
    above = [100.0 ** -(place + 1) for place in range(places)]
    below = [100.0**-place for place in range(places)]
    for interval in ("exact", "mid-p"):
        odds = conditional_odds_ratio(above, below, interval=interval)
        assert odds.estimate == pytest.approx(10, rel=1e-12)
        assert odds.low * odds.high == pytest.approx(100, rel=1e-11)


def test_ways_that_fall_off_a_cliff_are_answered():
    """Ten nearly equal counts, then twenty of next to no weight: the product of 20 underflows."""
    falling = [0.99 ** (place + 1) if place < 10 else 0.01 ** (place + 1) for place in range(30)]
    for place in range(31):
        above, below = split(falling, place)
        for interval in ("exact", "mid-p"):
            odds = conditional_odds_ratio(above, below, interval=interval)
            assert odds.low <= odds.estimate <= odds.high
