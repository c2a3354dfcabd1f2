"""Beta product limits worked by hand."""

import math

import pytest
from scipy.special import betaincinv

from autallo.errors import ArgumentError
from autallo.stats.survival.bpcp import beta_product_interval

TAIL = 0.025


def test_without_events_only_the_number_still_followed_counts():
    # Beta(4, 1) has distribution w**4: its quantile is TAIL ** (1 / 4). Then three are left, one.
    found = beta_product_interval([2, 5, 5, 9], [0, 0, 0, 0], at=[0, 2, 5, 9])
    assert found.low.tolist() == pytest.approx([TAIL ** (1 / 4), TAIL ** (1 / 3), TAIL, 0])
    assert found.high.tolist() == [1, 1, 1, 1]
    assert found.estimate.tolist() == [1, 1, 1, 1]
    assert found.at_risk_after.tolist() == [4, 3, 1, 0]


def test_one_event_after_a_censoring():
    # Three patients, one censored at 1, one dies at 2, one is left. Upper limit: Beta(2, 1), w**2
    # = 1 - TAIL. Lower: times Beta(1, 1), P(W <= w) = 2 w - w**2 = TAIL, w = 1 - sqrt(1 - TAIL).
    found = beta_product_interval([1, 2, 3], [0, 1, 0], at=[2])
    assert found.high[0] == pytest.approx(math.sqrt(1 - TAIL), rel=1e-15)
    assert found.low[0] == pytest.approx(1 - math.sqrt(1 - TAIL), rel=1e-13)
    assert found.estimate[0] == 0.5


def test_without_censoring_the_limits_are_those_of_clopper_and_pearson():
    days, dead = [1, 2, 2, 3, 4, 5, 6], [1, 1, 1, 1, 1, 1, 1]
    for alive, day in ((6, 1), (4, 2), (3, 3), (1, 5)):
        found = beta_product_interval(days, dead, at=[day])
        assert found.low[0] == pytest.approx(betaincinv(alive, 8 - alive, TAIL), rel=1e-13)
        assert found.high[0] == pytest.approx(betaincinv(alive + 1, 7 - alive, 1 - TAIL), rel=1e-13)


def test_when_everybody_has_died_the_upper_limit_is_that_of_no_survivor():
    found = beta_product_interval([1, 2, 3], [1, 1, 1], at=[3, 100])
    assert found.low.tolist() == [0, 0]
    assert found.high.tolist() == pytest.approx([1 - TAIL ** (1 / 3)] * 2, rel=1e-13)


def test_later_than_the_last_time_the_lower_limit_is_0_and_the_upper_stays():
    found = beta_product_interval([1, 2, 3], [1, 0, 0], at=[2, 3, 50])
    assert found.low[1:].tolist() == [0, 0]
    assert len(set(found.high.tolist())) == 1


def test_moments_of_two_events_apart():
    # Beta(3, 1) Beta(1, 1): mean 3/4 1/2 = 3/8, mean square 3/5 1/3 = 1/5, variance 19/320.
    # Beta(a, b) of these: a + b = (3/8 - 1/5) / (19/320) = 56/19, a = 21/19, b = 35/19.
    found = beta_product_interval([1, 2, 3], [1, 0, 1], at=[3], exact_up_to=0)
    assert found.method == "moments"
    assert found.high[0] == pytest.approx(betaincinv(21 / 19, 35 / 19, 1 - TAIL), rel=1e-13)


@pytest.mark.parametrize(
    ("named", "sentence"),
    [
        ({"at": [-1]}, "`at` must be at least 0."),
        ({"at": [1], "level": 95}, "Did you mean 0.95?"),
        ({"at": [1], "exact_up_to": 201}, "`exact_up_to` must be at most 200."),
        ({"at": [1], "exact_up_to": "9"}, "`exact_up_to` must be a number."),
        ({"at": [1], "exact_up_to": None}, "`exact_up_to` must be a number."),
    ],
)
def test_impossible_arguments_are_refused(named, sentence):
    with pytest.raises(ArgumentError, match=sentence.replace("?", "[?]")):
        beta_product_interval([1, 2], [1, 0], **named)
