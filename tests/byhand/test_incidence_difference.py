"""Difference of the incidences of a cause at one time, in closed form."""

import math

import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.difference import incidence_difference

NORMAL_975 = 1.959963984540054

#: Four patients: cause 1 at 1 and 3, cause 2 at 2, one free of both. Without censoring F1 = 1/2.
HALF = cumulative_incidence([1, 2, 3, 9], [1, 2, 1, 0], n_causes=2)
#: Eight patients, two with cause 1 by 2: F1 = 1/4.
QUARTER = cumulative_incidence([1, 2, 5, 5, 5, 9, 9, 9], [1, 1, 2, 2, 2, 0, 0, 0], n_causes=2)
#: Four patients, none with cause 1.
NONE = cumulative_incidence([5, 9, 9, 9], [2, 0, 0, 0], n_causes=2)


def test_two_shares_without_censoring():
    """1/2 of 4 less 1/4 of 8: variances 1/16 and 3/128, together 11/128."""
    found = incidence_difference(HALF, QUARTER, at=4, method="plain")
    error = math.sqrt(11 / 128)
    assert (found.estimate, found.first, found.second) == (0.25, 0.5, 0.25)
    assert found.std_error == pytest.approx(error, rel=1e-14)
    assert found.statistic == pytest.approx(0.25 / error, rel=1e-13)
    assert found.p_value == pytest.approx(math.erfc(0.25 / error / math.sqrt(2)), rel=1e-12)
    assert found.low == pytest.approx(0.25 - NORMAL_975 * error, rel=1e-12)
    assert found.high == pytest.approx(0.25 + NORMAL_975 * error, rel=1e-12)
    assert (found.cause_of_interest, found.method, found.beyond) == (1, "plain", False)


def test_limits_by_squares_of_the_distances_to_those_of_each_curve():
    """Log: limits F exp(+- z s / F), with s / F of 1/2 and of sqrt(3/8)."""
    found = incidence_difference(HALF, QUARTER, at=4, method="log")
    one, two = NORMAL_975 / 2, NORMAL_975 * math.sqrt(3 / 8)
    below = (0.5 * (1 - math.exp(-one)), 0.25 * (1 - math.exp(-two)))
    above = (min(0.5 * math.exp(one), 1) - 0.5, 0.25 * (math.exp(two) - 1))
    assert found.low == pytest.approx(0.25 - math.hypot(below[0], above[1]), rel=1e-12)
    assert found.high == pytest.approx(0.25 + math.hypot(above[0], below[1]), rel=1e-12)
    assert found.statistic == pytest.approx(math.log(2) / math.sqrt(1 / 4 + 3 / 8), rel=1e-12)


@pytest.mark.parametrize("method", ["log-log", "log", "plain", "arcsine", "logit"])
def test_a_group_in_which_nobody_had_the_cause(method):
    """None of 4: from 0 to 1 - 0.025**(1/4), by the binomial law. No test."""
    found = incidence_difference(NONE, NONE, at=6, method=method)
    room = 1 - 0.025 ** (1 / 4)
    assert (found.estimate, found.std_error) == (0.0, 0.0)
    assert (found.low, found.high) == pytest.approx((-room, room), rel=1e-12)
    assert found.statistic is None
    assert found.p_value is None


def test_a_group_in_which_everybody_had_the_cause():
    """All of 2 less none of 4: 1, with limits below it by both binomial bounds."""
    everybody = cumulative_incidence([1, 2], [1, 1], n_causes=2)
    found = incidence_difference(everybody, NONE, at=6)
    rooms = (1 - 0.025 ** (1 / 2), 1 - 0.025 ** (1 / 4))
    assert found.estimate == found.high == 1.0
    assert found.low == pytest.approx(1 - math.hypot(*rooms), rel=1e-12)
    assert not found.beyond


def test_the_other_cause():
    found = incidence_difference(HALF, NONE, at=6, cause_of_interest=2)
    assert found.estimate == 0.0
    assert (found.first, found.second, found.statistic) == (0.25, 0.25, 0.0)


def test_later_than_the_end_of_follow_up():
    """HALF and NONE end at 9 with patients free of any event."""
    assert incidence_difference(HALF, QUARTER, at=9.5).beyond
    assert not incidence_difference(HALF, QUARTER, at=9).beyond


def test_weighted_curves():
    """Weights 3 (cause 1 at 1) and 1 (censored at 2): F = 3/4.

    Derivatives by the weights 1/16 and -3/16, so the variance is (3/16)**2 + (3/16)**2.
    """
    weighted = cumulative_incidence([1, 2], [1, 0], n_causes=2, weight=[3, 1])
    found = incidence_difference(weighted, HALF, at=1.5, method="plain")
    assert found.estimate == pytest.approx(3 / 4 - 1 / 4, rel=1e-14)
    # one of four of the other group: 3/64
    assert found.std_error == pytest.approx(math.sqrt(18 / 256 + 3 / 64), rel=1e-13)


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"at": -1}, "`at` must be at least 0"),
        ({"at": math.inf}, "`at` must be at least 0"),
        ({"at": None}, "`at` must be a number"),
        ({"at": 3, "cause_of_interest": 3}, "`cause_of_interest`"),
        ({"at": 3, "cause_of_interest": 0}, "`cause_of_interest`"),
        ({"at": 3, "level": 1.5}, "`level`"),
        ({"at": 3, "method": "exact"}, "`method`"),
    ],
)
def test_refusals(options, word):
    with pytest.raises(ArgumentError, match=word):
        incidence_difference(HALF, NONE, **options)


def test_curves_of_different_causes_are_refused():
    three = cumulative_incidence([1, 2], [1, 3], n_causes=3)
    with pytest.raises(ArgumentError, match="the same causes"):
        incidence_difference(HALF, three, at=1)
