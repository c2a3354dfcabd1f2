"""Restricted mean time lost of four patients, worked out in fractions."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.restricted_loss import (
    restricted_time_lost,
    restricted_time_lost_difference,
)

# Four patients: cause 1 at 1, cause 2 and a censoring at 2, cause 1 at 3.
# F1 is 1/4 from 1 and 3/4 from 3, F2 is 1/4 from 2; event-free 3/4 from 1, 1/2 from 2, 0 from 3.
# Areas to 5: 2 x 1/4 + 2 x 3/4 = 2; 3 x 1/4 = 3/4; 1 + 3/4 + 1/2 = 9/4.
#
# Variance to 5, cause 1 (r years are left; A is ahead of those who stay):
# s = 1, Y = 4, S(s-) = 1: r = 4, A = (1/2 x 2) / (3/4) = 4/3; 1/4 have it, 3/4 stay:
#        1/4 x 3/4 x (4 - 4/3)^2 / 4 = 1/3
# s = 2, Y = 3, S(s-) = 3/4: A = (1/2 x 2) / (1/2) = 2; 1/3 die, 2/3 stay: 2/9 x 4 x 9/16 / 3 = 1/6
# s = 3: everybody has it: 0.  Sum 1/2.
# Cause 2: s = 1: 1/4 relapse, A = (1/4 x 3) / (3/4) = 1: 3/16 / 4 = 3/64
# s = 2: r = 3, 1/3 have it, 2/3 stay with 0 ahead: 2/9 x 9 x 9/16 / 3 = 3/8.  Sum 27/64.
FOUR = cumulative_incidence([1, 2, 2, 3], [1, 2, 0, 1], n_causes=2)

#: Quantile of the standard normal distribution for 80%.
Z = 1.2815515655446004


def none_of(n, at=9, level=0.75):
    """Return `n` patients without an event, all seen until `at`."""
    curve = cumulative_incidence([at] * n, [0] * n, n_causes=1)
    return restricted_time_lost(curve, until=4, level=level)


def test_estimate_and_variance_of_four_patients():
    lost = restricted_time_lost(FOUR, until=5)
    np.testing.assert_allclose(lost.estimate, [2, 3 / 4], rtol=1e-12)
    np.testing.assert_allclose(lost.std_error**2, [1 / 2, 27 / 64], rtol=1e-12)
    assert lost.event_free == pytest.approx(9 / 4, rel=1e-12)
    assert (lost.until, lost.level, lost.beyond) == (5, 0.95, False)


def test_limits_are_symmetric_and_cut_at_0_and_the_end():
    lost = restricted_time_lost(FOUR, until=5, level=0.8)
    np.testing.assert_allclose(lost.low, [2 - Z / 2**0.5, 0], rtol=1e-12)
    np.testing.assert_allclose(lost.high, [2 + Z / 2**0.5, 3 / 4 + Z * 27**0.5 / 8], rtol=1e-12)
    wide = restricted_time_lost(FOUR, until=5, level=0.9999)
    assert (wide.low[0], wide.high[0]) == (0, pytest.approx(2 + 3.890591886413 / 2**0.5))
    assert restricted_time_lost(FOUR, until=3.5, level=0.99999).high[0] <= 3.5


def test_the_variance_is_not_that_of_the_time_lost_by_a_patient():
    """PF-9. Losses are 4, 0, 0 and 2 years or so: a variance near 3; that of the mean is 1/2."""
    assert restricted_time_lost(FOUR, until=5).std_error[0] ** 2 < 1


@pytest.mark.parametrize(
    ("until", "expected", "event_free"),
    [(0.5, [0, 0], 1 / 2), (1, [0, 0], 1), (2.5, [3 / 8, 1 / 8], 2), (3, [1 / 2, 1 / 4], 9 / 4)],
)
def test_an_end_before_the_first_event_at_an_event_and_between_two(until, expected, event_free):
    lost = restricted_time_lost(FOUR, until=until)
    np.testing.assert_allclose(lost.estimate, expected, rtol=1e-12)
    assert lost.event_free == pytest.approx(event_free, rel=1e-12)


def test_nobody_had_the_cause_gives_a_bound_and_never_a_point():
    """Three followed, level 0.75: risk at most 1 - (1/8)^(1/3) = 1/2, for 4 years: 2."""
    lost = none_of(3)
    assert (lost.estimate[0], lost.std_error[0], lost.low[0]) == (0, 0, 0)
    assert lost.high[0] == pytest.approx(2, rel=1e-12)
    assert lost.event_free == 4


def test_everybody_had_the_cause_at_once():
    """At 2, of 5 years: 3 lost. Bound 1/2 either way: 3 x 1/2 = 3/2 and 3 + 2 x 1/2 = 4."""
    curve = cumulative_incidence([2, 2, 2], [1, 1, 1], n_causes=2)
    lost = restricted_time_lost(curve, until=5, level=0.75)
    np.testing.assert_allclose(lost.estimate, [3, 0], rtol=1e-12)
    np.testing.assert_allclose(lost.low, [3 / 2, 0], rtol=1e-12)
    np.testing.assert_allclose(lost.high, [4, 5 / 2], rtol=1e-12)
    assert (lost.event_free, lost.beyond) == (2, False)


def test_events_at_the_end_itself_lose_no_time():
    """All three at 4, the end: nothing lost, at most 1/2 x 4."""
    lost = restricted_time_lost(
        cumulative_incidence([4, 4, 4], [1, 1, 1], n_causes=1), until=4, level=0.75
    )
    assert (lost.estimate[0], lost.low[0]) == (0, 0)
    assert lost.high[0] == pytest.approx(2, rel=1e-12)


def test_events_at_time_0_lose_all_the_time():
    lost = restricted_time_lost(
        cumulative_incidence([0, 0, 0], [1, 1, 1], n_causes=1), until=4, level=0.75
    )
    assert (lost.estimate[0], lost.high[0], lost.event_free) == (4, 4, 0)
    assert lost.low[0] == pytest.approx(2, rel=1e-12)


def test_beyond_follow_up_the_curves_are_level_and_it_says_so():
    """One of two relapses at 1, the other is lost at 2: 1/2 from 1 to 5."""
    curve = cumulative_incidence([1, 2], [1, 0], n_causes=1)
    lost = restricted_time_lost(curve, until=5)
    assert lost.estimate[0] == pytest.approx(2, rel=1e-12)
    assert lost.event_free == pytest.approx(3, rel=1e-12)
    assert lost.beyond
    assert not restricted_time_lost(curve, until=2).beyond
    assert not restricted_time_lost(FOUR, until=9).beyond


def test_difference_of_two_groups():
    """Group 2: cause 2 at 1, the other lost at 9. To 5: cause 1 0, cause 2 4 x 1/2 = 2.

    Its variance for cause 2: 1/2 x 1/2 x 4^2 / 2 = 2. Less group 1: -2 and 5/4; 27/64 + 2 = 155/64.
    """
    other = restricted_time_lost(cumulative_incidence([1, 9], [2, 0], n_causes=2), until=5)
    difference = restricted_time_lost_difference(other, restricted_time_lost(FOUR, until=5))
    np.testing.assert_allclose(difference.estimate, [-2, 5 / 4], rtol=1e-12)
    np.testing.assert_allclose(difference.std_error**2, [1 / 2, 155 / 64], rtol=1e-12)
    reach = 1.959963984540054 * (155 / 64) ** 0.5
    assert difference.low[1] == pytest.approx(5 / 4 - reach, rel=1e-12)
    assert difference.high[1] == pytest.approx(5 / 4 + reach, rel=1e-12)
    assert (difference.until, difference.level) == (5, 0.95)


def test_difference_of_two_groups_in_which_nobody_had_the_cause():
    """Bounds 2 (three followed) and 4 x 7/8 (one followed): from -7/2 to 2, not 0 to 0."""
    difference = restricted_time_lost_difference(none_of(3), none_of(1))
    assert (difference.estimate[0], difference.std_error[0]) == (0, 0)
    assert difference.low[0] == pytest.approx(-7 / 2, rel=1e-12)
    assert difference.high[0] == pytest.approx(2, rel=1e-12)


def test_difference_if_nobody_had_the_cause_in_one_group():
    """Cause 1 to 5, level 0.8: 2 +- Z sqrt(1/2) against 0 to b x 5, b = 1 - 0.1^(1/2) of two."""
    other = cumulative_incidence([1, 9], [2, 0], n_causes=2)
    difference = restricted_time_lost_difference(
        *(restricted_time_lost(curve, until=5, level=0.8) for curve in (FOUR, other))
    )
    bound = 5 * (1 - 0.1**0.5)
    assert difference.low[0] == pytest.approx(2 - (Z**2 / 2 + bound**2) ** 0.5, rel=1e-12)
    assert difference.high[0] == pytest.approx(2 + Z / 2**0.5, rel=1e-12)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"until": 0}, "`until` must be more than 0 and finite."),
        ({"until": -1}, "`until` must be more than 0 and finite."),
        ({"until": float("inf")}, "`until` must be more than 0 and finite."),
        ({"until": float("nan")}, "`until` must be a number."),
        ({"until": "1"}, "`until` must be a number."),
        ({"until": None}, "`until` must be a number."),
        ({"until": 1, "level": 95}, "`level` must be between 0 and 1. Did you mean 0.95?"),
    ],
)
def test_what_cannot_be_used_is_refused(options, says):
    with pytest.raises(ArgumentError) as caught:
        restricted_time_lost(FOUR, **options)
    assert str(caught.value) == says


def test_weighted_curves_are_refused():
    curve = cumulative_incidence([1, 2], [1, 0], n_causes=1, weight=[1, 2])
    with pytest.raises(ArgumentError, match="`curve` must be of patients without weights"):
        restricted_time_lost(curve, until=1)


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (restricted_time_lost(FOUR, until=4), "must have the same `until` and `level`"),
        (restricted_time_lost(FOUR, until=5, level=0.9), "must have the same `until` and `level`"),
        (none_of(2, level=0.95), "must have the same causes"),
    ],
)
def test_what_cannot_be_compared_is_refused(second, says):
    with pytest.raises(ArgumentError, match=says):
        restricted_time_lost_difference(restricted_time_lost(FOUR, until=5), second)


@pytest.mark.parametrize("until", [0.3, 0.1 + 0.2])
def test_an_end_that_is_a_time_but_for_rounding_is_that_time(until):
    """All three relapses lie at the end: nothing is lost before, and six are followed."""
    curve = cumulative_incidence([0.3] * 3 + [0.5, 0.6, 0.7], [1, 1, 1, 0, 0, 0], n_causes=1)
    lost = restricted_time_lost(curve, until=until)
    assert (lost.estimate.tolist(), lost.std_error.tolist()) == ([0], [0])
    assert lost.high[0] == pytest.approx(until * (1 - 0.025 ** (1 / 6)), rel=1e-12)


def test_with_late_entry_who_comes_late_does_not_vouch_for_the_time_before():
    """Two enter at 0, twenty at 9.9: at most 1 - sqrt(0.025) lose all of the 11."""
    curve = cumulative_incidence([12.0] * 22, [0] * 22, n_causes=1, entry=[0, 0] + [9.9] * 20)
    lost = restricted_time_lost(curve, until=11)
    assert lost.high[0] == pytest.approx(11 * (1 - 0.025**0.5), rel=1e-12)
