"""Twins of the restricted mean: sums over days, the covariance of the curve, and a bootstrap."""

import csv
import math
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.restricted_mean import (
    restricted_mean,
    restricted_mean_difference,
    restricted_mean_ratio,
)

LUNG28 = Path(__file__).parent.parent / "reference" / "data" / "lung28.csv"
patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=20)
Z = 1.959963984540054


def slow_mean(rows, until):
    """Return mean and variance day by day, in fractions, as double sums over pairs of days.

    The covariance of S(s) and S(t) is S(s) S(t) G(s) with Greenwood's sum G up to the earlier day.
    """
    height, growth, alive, total = [], [], Fraction(1), Fraction(0)
    for day in range(until):
        at_risk = sum(1 for t, _ in rows if t >= day)
        died = sum(1 for t, event in rows if t == day and event)
        if died:
            alive *= 1 - Fraction(died, at_risk)
            if died < at_risk:
                total += Fraction(died, at_risk * (at_risk - died))
        height.append(alive)
        growth.append(total)
    variance = sum(
        height[s] * height[t] * growth[min(s, t)] for s in range(until) for t in range(until)
    )
    return sum(height), variance


@settings(max_examples=60, deadline=None)
@given(patients, st.integers(1, 15))
def test_area_and_double_sum_of_covariances(rows, until):
    mean = restricted_mean(kaplan_meier(*zip(*rows, strict=True)), until=until)
    expected, variance = slow_mean(rows, until)
    assert mean.estimate == pytest.approx(float(expected), rel=1e-12, abs=1e-14)
    assert mean.std_error**2 == pytest.approx(float(variance), rel=1e-10, abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(patients, patients, st.integers(1, 15))
def test_difference_and_ratio_by_the_formula_of_trials(one, two, until):
    """Rows of event times, area of each step, sums from the right: no array operation shared."""
    results = []
    for rows in (one, two):
        steps = sorted({t for t, event in rows if event and t < until})
        alive, areas, terms, last = 1.0, [], [], 0
        for day in steps:
            areas.append(alive * (day - last))
            at_risk = sum(1 for t, _ in rows if t >= day)
            died = sum(1 for t, event in rows if t == day and event)
            alive *= 1 - died / at_risk
            terms.append(0.0 if died == at_risk else died / (at_risk * (at_risk - died)))
            last = day
        areas.append(alive * (until - last))
        variance = sum(term * math.fsum(areas[k + 1 :]) ** 2 for k, term in enumerate(terms))
        results.append((math.fsum(areas), variance))
    (m1, v1), (m2, v2) = results
    curves = [kaplan_meier(*zip(*rows, strict=True)) for rows in (one, two)]
    difference = restricted_mean_difference(*curves, until=until)
    assert difference.estimate == pytest.approx(m1 - m2, rel=1e-12, abs=1e-12)
    assert difference.std_error == pytest.approx(math.sqrt(v1 + v2), rel=1e-12, abs=1e-12)
    if min(v1, v2) < 1e-20:
        assert difference.p_value is None
        return
    z = (m1 - m2) / math.sqrt(v1 + v2)
    assert difference.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), rel=1e-9)
    wide = Z * math.sqrt(v1 + v2)
    assert difference.low == pytest.approx(max(m1 - m2 - wide, -until), rel=1e-9, abs=1e-12)
    assert difference.high == pytest.approx(min(m1 - m2 + wide, until), rel=1e-9, abs=1e-12)
    ratio = restricted_mean_ratio(*curves, until=until)
    if min(m1, m2) < 1e-12:
        assert ratio.p_value is None
        return
    error = math.sqrt(v1 / m1**2 + v2 / m2**2)
    assert ratio.low == pytest.approx(m1 / m2 * math.exp(-Z * error), rel=1e-9)
    assert ratio.high == pytest.approx(m1 / m2 * math.exp(Z * error), rel=1e-9)


def test_pf_9_the_error_is_that_of_a_bootstrap():
    """28 patients drawn again 2000 times: the bootstrap error is within a tenth of ours."""
    with LUNG28.open(encoding="utf-8", newline="") as stream:
        rows = [(float(row["time"]), int(row["event"])) for row in csv.DictReader(stream)]
    time, event = (np.array(column) for column in zip(*rows, strict=True))
    assert time.size == 28
    rng = np.random.default_rng(20)
    means = []
    for _ in range(2000):
        drawn = rng.integers(0, 28, 28)
        means.append(restricted_mean(kaplan_meier(time[drawn], event[drawn]), until=365).estimate)
    ours = restricted_mean(kaplan_meier(time, event), until=365).std_error
    assert float(np.std(means)) == pytest.approx(ours, rel=0.1)
    # the spread of a patient's own time is more than five times as large
    assert np.std(np.minimum(time, 365)) > 5 * ours
