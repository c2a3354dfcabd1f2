"""Separation and monotone likelihood: data whose answer is seen by looking."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.firth.separation import monotone_likelihood, separation


@pytest.mark.parametrize(
    ("event", "x", "kind", "direction"),
    [
        # all without the event below all with it: threshold between 2 and 3
        ([0, 0, 1, 1], [1, 2, 3, 4], "complete", (-1, 1)),
        ([1, 1, 0, 0], [1, 2, 3, 4], "complete", (1, -1)),
        # the threshold may lie on either side of 0
        ([0, 0, 1, 1], [-2, -1, 1, 2], "complete", (None, 1)),
        # one of each at the threshold 2
        ([0, 0, 1, 1], [1, 2, 2, 3], "quasi-complete", (-1, 1)),
        # a threshold of 0 leaves the intercept finite: all of x = 0 are on the threshold
        ([0, 1, 0, 0], [0, 0, 1, 1], "quasi-complete", (0, -1)),
        ([0, 1, 1, 1], [0, 0, 1, 1], "quasi-complete", (0, 1)),
        # nobody of x = 0 has the event
        ([0, 0, 1, 0], [0, 0, 1, 1], "quasi-complete", (-1, 1)),
        ([0, 1, 0, 1], [1, 2, 3, 4], "none", (0, 0)),
        ([0, 1, 0, 1], [0, 0, 1, 1], "none", (0, 0)),
    ],
)
def test_one_covariate(event, x, kind, direction):
    found = separation(event, x, names=["dose"])
    assert (found.kind, found.direction) == (kind, direction)
    assert found.covariates == (("dose",) if kind != "none" else ())
    assert found.names == ("intercept", "dose")


def test_only_the_covariate_that_separates_is_named():
    # nobody of arm 1 has the event; within arm 0 the age says nothing clear
    event = [0, 1, 0, 1, 0, 0, 0]
    x = [[0, 1], [0, 2], [0, 3], [0, 4], [1, 1], [1, 5], [1, 2]]
    found = separation(event, x, names=["arm", "age"])
    assert (found.kind, found.covariates) == ("quasi-complete", ("arm",))
    assert found.direction == (0, -1, 0)


def test_two_covariates_separate_by_their_sum_only():
    # event if the sum is above 4; neither alone does it
    x = [[0, 4], [4, 0], [1, 2], [2, 3], [5, 0], [0, 5]]
    event = [0, 0, 0, 1, 1, 1]
    assert separation(event, [row[0] for row in x]).kind == "none"
    assert separation(event, [row[1] for row in x]).kind == "none"
    found = separation(event, x)
    assert (found.kind, found.direction) == ("complete", (-1, 1, 1))


def test_a_covariate_that_may_go_either_way_has_no_direction():
    event, dose = [0, 0, 0, 0, 1, 1, 1, 1, 1], range(1, 10)
    found = separation(event, np.column_stack([dose, [0, 1, 0, 1, 0, 1, 1, 0, 1]]))
    assert (found.kind, found.direction) == ("complete", (-1, 1, None))


@pytest.mark.parametrize(
    ("time", "event", "x", "direction"),
    [
        # a group without events
        ([1, 2, 3, 4], [1, 1, 0, 0], [1, 1, 0, 1], 1),
        ([1, 2, 3, 4], [1, 1, 0, 0], [0, 0, 1, 0], -1),
        # events in the order of the covariate
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [9.5, 7, 6.9, 2, -4], 1),
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 0], [1, 2, 3, 4, 5], -1),
        # one out of order
        ([1, 2, 3, 4, 5], [1, 1, 1, 1, 1], [9.5, 7, 7.1, 2, -4], 0),
        # tied events must have the same value
        ([1, 1, 2], [1, 1, 0], [3, 3, 1], 1),
        ([1, 1, 2], [1, 1, 0], [3, 2, 1], 0),
        # censored on the day of the event: still at risk
        ([1, 1, 2], [1, 0, 0], [2, 3, 1], 0),
        # who left before the event does not count
        ([1, 2, 3], [0, 1, 0], [5, 2, 1], 1),
        # nor does an event with nobody left to compare
        ([1, 2, 3], [1, 0, 1], [2, 1, 3], 0),
        ([1, 2, 3], [1, 0, 1], [3, 1, 2], 1),
    ],
)
def test_pf_26_monotone_likelihood_of_one_covariate(time, event, x, direction):
    found = monotone_likelihood(time, event, x, names=["arm"])
    assert found.direction == (direction,)
    assert found.monotone == (direction != 0)
    assert found.covariates == (("arm",) if direction else ())


def test_two_infinite_coefficients_of_opposite_sign():
    # One event, (0, 1), at risk with (0, 0) and (1, 3): d2 >= 0 and d1 + 2 d2 <= 0.
    found = monotone_likelihood([1, 1, 1], [1, 0, 0], [[0, 1], [0, 0], [1, 3]])
    assert found.direction == (-1, 1)


def test_only_the_covariate_concerned_is_named():
    time, event = [1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]
    x = [[0, 3], [0, 1], [0, 2], [1, 0], [1, 5], [0, 2]]
    found = monotone_likelihood(time, event, x, names=["arm", "age"])
    assert (found.covariates, found.direction) == (("arm",), (-1, 0))


def test_an_outlier_does_not_hide_what_is_out_of_order():
    """A tolerance in shares of the range says monotone here; 2, 5 and 4 are out of order."""
    found = monotone_likelihood(range(1, 8), [1, 1, 0, 1, 1, 1, 1], [1e9, 3, -1e9, 1, 2, 5, 4])
    assert not found.monotone
    put_right = monotone_likelihood(range(1, 8), [1, 1, 0, 1, 1, 1, 1], [1e9, 5, -1e9, 4, 3, 2, 1])
    assert put_right.direction == (1,)


def test_the_last_digit_counts():
    assert monotone_likelihood([1, 2, 3], [1, 1, 0], [0.3, 0.1 + 0.2, 0.1]).direction == (0,)
    assert monotone_likelihood([1, 2, 3], [1, 1, 0], [0.1 + 0.2, 0.3, 0.1]).direction == (1,)


@pytest.mark.parametrize(
    ("time", "event", "x", "sentence"),
    [
        ([1, 2, 3], [0, 0, 0], [1, 0, 1], "no events"),
        ([1, 2, 3], [1, 0, 1], [1, 1, 1], "arm is constant"),
        ([1, 2, 3], [0, 1, 1], [1, 0, 0], "at risk at an event: arm does not"),
        ([1, -2, 3], [1, 0, 1], [1, 0, 1], "`time` must be at least 0"),
        ([1, 2], [1, 0, 1], [1, 0, 1], "same length"),
    ],
)
def test_monotone_likelihood_refuses_what_says_nothing(time, event, x, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        monotone_likelihood(time, event, x, names=["arm"])


@pytest.mark.parametrize(
    ("event", "x", "sentence"),
    [
        ([0, 0, 0], [1, 0, 1], "nobody has the event"),
        ([1, 1, 1], [1, 0, 1], "everybody has the event"),
        ([1, 0, 1], [1, 1, 1], "dose is constant"),
        ([1, 0], [1, 0, 1], "same length"),
    ],
)
def test_separation_refuses_what_says_nothing(event, x, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        separation(event, x, names=["dose"])
