"""Twins of Nelson-Aalen: in fractions day by day, and with ties taken apart by hand."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.survival.nelson_aalen import nelson_aalen

rows = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 6), st.booleans(), st.integers(1, 4)),
    min_size=1,
    max_size=20,
)


def columns(patients):
    entry, span, event, weight = map(list, zip(*patients, strict=True))
    return entry, [e + s for e, s in zip(entry, span, strict=True)], event, weight


def at_risk(patients, day):
    return sum(w for e, s, _, w in patients if e < day <= e + s)


@settings(max_examples=60, deadline=None)
@given(rows)
def test_sums_in_fractions(patients):
    entry, time, event, weight = columns(patients)
    hazard = poisson = greenwood = Fraction(0)
    curves = {
        name: nelson_aalen(time, event, entry=entry, weight=weight, variance=name)
        for name in ("poisson", "greenwood")
    }
    for place, day in enumerate(sorted(set(time))):
        n = at_risk(patients, day)
        d = sum(w for e, s, happened, w in patients if e + s == day and happened)
        hazard += Fraction(d, n)
        poisson += Fraction(d, n * n)
        greenwood += Fraction(d * (n - d), n**3)
        for name, variance in (("poisson", poisson), ("greenwood", greenwood)):
            assert curves[name].hazard[place] == pytest.approx(float(hazard), rel=1e-12)
            assert curves[name].std_error[place] == pytest.approx(
                math.sqrt(variance), rel=1e-12, abs=1e-15
            )


@settings(max_examples=60, deadline=None)
@given(rows)
def test_fleming_and_harrington_is_aalen_with_the_ties_a_little_apart(patients):
    """Without weights: the k-th of the events of a day is moved k thousandths of a day early."""
    entry, time, event, _ = columns(patients)
    seen, apart = {}, []
    for day, happened in zip(time, event, strict=True):
        seen[day] = seen.get(day, 0) + happened
        apart.append(day - seen[day] / 1000 if happened else day)
    # An event moved before the others of its day leaves them one fewer, not those who enter.
    tied = nelson_aalen(time, event, entry=entry, ties="fleming-harrington")
    untied = nelson_aalen(apart, event, entry=entry)
    for place, day in enumerate(tied.time):
        last = untied.time <= day
        assert tied.hazard[place] == pytest.approx(untied.hazard[last][-1], rel=1e-12)
        assert tied.std_error[place] == pytest.approx(untied.std_error[last][-1], rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(rows, st.sampled_from([("log", 0.8), ("log", 0.95), ("plain", 0.95)]))
def test_limits_from_hazard_and_error(patients, chosen):
    interval, level = chosen
    _, time, event, _ = columns(patients)
    curve = nelson_aalen(time, event, interval=interval, level=level)
    z = {0.8: 1.2815515655446004, 0.95: 1.959963984540054}[level]
    for place, (hazard, error) in enumerate(
        zip(curve.hazard.tolist(), curve.std_error.tolist(), strict=True)
    ):
        if hazard == 0:
            low, high = 0.0, -math.log((1 - level) / 2) / int(curve.at_risk[place])
        elif interval == "plain":
            low, high = max(hazard - z * error, 0), hazard + z * error
        else:
            low = math.exp(math.log(hazard) - z * error / hazard)
            high = math.exp(math.log(hazard) + z * error / hazard)
        assert curve.low[place] == pytest.approx(low, rel=1e-12, abs=1e-15)
        assert curve.high[place] == pytest.approx(high, rel=1e-12)
