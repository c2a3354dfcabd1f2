"""Intervals of a proportion against R (golden numbers in proportions.json)."""

from math import comb

import pytest

from autallo.stats.proportions.binomial import binomial_interval
from reference.golden import cases_of, each


def cases(*functions):
    return each(cases_of("proportions", *functions))


@cases("binomial_interval")
def test_interval_of_r(case):
    given, expected = case["args"], case["expected"]
    interval = binomial_interval(
        given["events"], given["n"], level=given["level"], method=given["method"]
    )
    assert interval.estimate == pytest.approx(expected["estimate"], rel=case["rtol"])
    limits = [interval.low, interval.high]
    assert limits == pytest.approx(expected["interval"], rel=case["rtol"], abs=0)


@cases("one_sided_limit")
def test_one_sided_limit_of_binom_test(case):
    """A one-sided limit at 95 % is the limit on that side of the two-sided interval at 90 %."""
    given, (low, high) = case["args"], case["expected"]["interval"]
    interval = binomial_interval(given["events"], given["n"], level=2 * given["level"] - 1)
    if given["alternative"] == "less":
        assert (low, interval.high) == (0, pytest.approx(high, rel=case["rtol"]))
    else:
        assert (interval.low, high) == (pytest.approx(low, rel=case["rtol"], abs=0), 1)


@cases("least_coverage")
def test_least_coverage(case):
    """Just outside of every limit. 1e-8, not 1e-10: the chances there move with the limits."""
    given = case["args"]
    size, level = given["n"], given["level"]
    intervals = [
        binomial_interval(events, size, level=level, method=given["method"])
        for events in range(size + 1)
    ]
    outside = [i.low * (1 - 1e-9) for i in intervals] + [i.high * (1 + 1e-9) for i in intervals]
    least = min(
        sum(
            comb(size, events) * share**events * (1 - share) ** (size - events)
            for events, interval in enumerate(intervals)
            if interval.low <= share <= interval.high
        )
        for share in outside
        if 0 < share < 1
    )
    assert least == pytest.approx(case["expected"]["coverage"], rel=case["rtol"])
