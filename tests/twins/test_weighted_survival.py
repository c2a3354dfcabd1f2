"""Robust variance of a weighted curve from its derivative by each weight, in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest

from autallo.stats.confounding.weighted_survival import weighted_kaplan_meier

#: Step of the difference quotient; its error is of the order of the square.
STEP = Fraction(1, 10**12)


def curve_at(day, times, events, entries, weights):
    survival = Fraction(1)
    for moment in sorted({time for time, event in zip(times, events, strict=True) if event}):
        if moment <= day:
            present = [entry < moment <= time for entry, time in zip(entries, times, strict=True)]
            at_risk = sum(weight for weight, here in zip(weights, present, strict=True) if here)
            dead = sum(
                weight for weight, time, event in zip(weights, times, events, strict=True)
                if time == moment and event
            )  # fmt: skip
            survival *= 1 - dead / at_risk
    return survival


def squared_error(day, times, events, entries, weights):
    total = Fraction(0)
    for row, weight in enumerate(weights):
        values = []
        for change in (STEP, -STEP):
            moved = [*weights[:row], weight + change, *weights[row + 1 :]]
            values.append(curve_at(day, times, events, entries, moved))
        total += (weight * (values[0] - values[1]) / (2 * STEP)) ** 2
    return total


@pytest.mark.parametrize("seed", range(40))
def test_variance_is_the_sum_of_squared_derivatives(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(2, 11))
    times = rng.integers(1, 9, n).tolist()
    entries = [int(rng.integers(0, time)) if seed % 2 else 0 for time in times]
    events = (rng.random(n) < 0.6).tolist()
    # someone is there from the beginning to the end, so that the curve never is 0
    times, entries, events = [*times, 9], [*entries, 0], [*events, False]
    weights = [Fraction(int(k), 4) for k in rng.integers(1, 13, n + 1)]
    given = [float(weight) for weight in weights]
    curve = weighted_kaplan_meier(times, events, given, entry=entries if seed % 2 else None)
    for day, survival, error in zip(curve.time, curve.survival, curve.std_error, strict=True):
        expected = curve_at(day, times, events, entries, weights)
        assert survival == pytest.approx(float(expected), rel=1e-13)
        variance = float(squared_error(day, times, events, entries, weights))
        assert error**2 == pytest.approx(variance, rel=1e-10, abs=1e-18)
