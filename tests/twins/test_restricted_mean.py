"""Twins of the restricted mean: sums over days, covariances, a bootstrap and a search."""

import csv
import itertools
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


def least_area(rows, until, tail):
    """Return the least area of all curves that are 1, then level over blocks of days.

    Each way to cut the days into blocks is tried, the first of them at 1 or not. Of curves with
    these blocks the least area has each patient cost the same; those that rise are left out.
    """
    last = max(stop for _, stop in rows)
    at_risk = [
        sum(1 for start, stop in rows if start < min(day, last) <= stop)
        for day in range(1, until + 1)
    ]
    at_risk = list(itertools.accumulate(at_risk, min))
    runs = [(n, len(list(days))) for n, days in itertools.groupby(at_risk) if n]
    leaves = [n - after for (n, _), (after, _) in itertools.pairwise([*runs, (0, 0)])]
    stretches = [(days, gone) for (_, days), gone in zip(runs, leaves, strict=True)]
    found = [0.0] if not stretches else []
    for cuts in itertools.product((False, True), repeat=max(len(stretches) - 1, 0)):
        blocks = []
        for (days, gone), cut in zip(stretches, (True, *cuts), strict=False):
            here = (0, 0) if cut else blocks.pop()
            blocks.append((here[0] + days, here[1] + gone))
        for at_one in (0, 1):
            rest = blocks[at_one:]
            if rest:
                spent = math.log(tail) - sum(gone * math.log(gone / days) for days, gone in rest)
                each = math.exp(spent / sum(gone for _, gone in rest))
                heights = [1.0, *([1.0] * at_one), *(each * gone / days for days, gone in rest)]
                if all(b <= a * (1 + 1e-12) for a, b in itertools.pairwise(heights)):
                    found.append(sum(h * b[0] for h, b in zip(heights[1:], blocks, strict=True)))
    return min(found)


few_unharmed = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 9)), min_size=1, max_size=12)


@settings(max_examples=80, deadline=None)
@given(few_unharmed, st.integers(1, 10), st.booleans(), st.sampled_from([0.5, 0.95]))
def test_the_limit_without_events_is_the_least_area_of_all_curves(rows, until, late, level):
    rows = [(start * late, start * late + span) for start, span in rows]
    curve = kaplan_meier(
        [stop for _, stop in rows], [0] * len(rows), entry=[start for start, _ in rows]
    )
    mean = restricted_mean(curve, until=until, level=level)
    expected = least_area(rows, until, (1 - level) / 2)
    assert mean.low == pytest.approx(expected, rel=1e-9, abs=1e-12)
    if not late:
        plain = restricted_mean(
            kaplan_meier([stop for _, stop in rows], [0] * len(rows)), until=until, level=level
        )
        assert plain.low == pytest.approx(expected, rel=1e-9)
