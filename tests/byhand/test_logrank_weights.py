"""Weights of the log-rank family worked by hand, in fractions."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.weights import as_logrank_weights, logrank_weights

# Five patients: an event at time 1 (5 at risk), nothing at time 2 (4), two events at time 3 (3).
DEATHS, AT_RISK = np.array([1, 0, 2]), np.array([5, 4, 3])


@pytest.mark.parametrize(
    ("weights", "by_hand"),
    [
        ("logrank", [1, 1, 1]),
        ("gehan", [5, 4, 3]),
        ("tarone-ware", [5**0.5, 2, 3**0.5]),
        # 1 - 1/6; the same; times 1 - 2/4
        ("peto-peto", [5 / 6, 5 / 6, 5 / 12]),
        # times 5/6; 4/5; 3/4
        ("modified-peto-peto", [25 / 36, 4 / 6, 5 / 16]),
        # Kaplan-Meier just before each time: 1, 4/5, 4/5
        ((1.0, 0.0), [1, 4 / 5, 4 / 5]),
        ((0.0, 1.0), [0, 1 / 5, 1 / 5]),
        ((1.0, 1.0), [0, 4 / 25, 4 / 25]),
        ((2.0, 0.0), [1, 16 / 25, 16 / 25]),
        ((0.5, 0.0), [1, 0.8**0.5, 0.8**0.5]),
    ],
)
def test_weights_of_three_times(weights, by_hand):
    np.testing.assert_allclose(logrank_weights(DEATHS, AT_RISK, weights), by_hand, rtol=1e-14)


def test_weights_of_one_time():
    for pair, weight in (((0.0, 1.0), 0), ((1.0, 0.0), 1), ((3.0, 0.0), 1)):
        assert logrank_weights(np.array([2]), np.array([2]), pair).tolist() == [weight]


def test_the_pair_of_zeros_is_the_plain_test():
    assert as_logrank_weights((0, 0)) == as_logrank_weights("logrank") == "logrank"
    assert as_logrank_weights((1, 0.5)) == (1.0, 0.5)
    assert as_logrank_weights((np.int64(0), np.float64(2))) == (0.0, 2.0)


@pytest.mark.parametrize("weights", ["wilcoxon", "", None, 1, (1,), (1, 0, 0), [], "ab"])
def test_unknown_weights_are_refused(weights):
    with pytest.raises(ArgumentError, match=r'`weights` must be one of "logrank", "gehan"'):
        as_logrank_weights(weights)


@pytest.mark.parametrize(
    "weights",
    [(-1, 0), (0, -0.5), (float("nan"), 0), (0, float("inf")), ("a", 0), (None, 1), (True, 0)],
)
def test_a_pair_must_be_two_numbers_of_at_least_0(weights):
    with pytest.raises(ArgumentError, match=r"a pair \(rho, gamma\) of numbers of at least 0"):
        as_logrank_weights(weights)
