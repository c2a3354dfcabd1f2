"""Laws of the Nelson-Aalen curve."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.nelson_aalen import nelson_aalen

FEW = settings(max_examples=100, deadline=None)
rows = st.lists(
    st.tuples(
        st.integers(0, 10), st.integers(1, 8), st.booleans(), st.sampled_from([0.25, 0.5, 1.0, 3.0])
    ),
    min_size=1,
    max_size=30,
)
options = st.fixed_dictionaries(
    {
        "ties": st.sampled_from(["aalen", "fleming-harrington"]),
        "variance": st.sampled_from(["poisson", "greenwood"]),
        "interval": st.sampled_from(["log", "plain"]),
    }
)
FIELDS = ("time", "at_risk", "events", "censored", "hazard", "std_error", "low", "high")


def columns(patients):
    entry, span, event, weight = map(list, zip(*patients, strict=True))
    return [e + s for e, s in zip(entry, span, strict=True)], event, entry, weight


def assert_same(one, other, rtol=0.0):
    for field in FIELDS:
        np.testing.assert_allclose(
            getattr(one, field), getattr(other, field), rtol=rtol, atol=rtol * 1e-3
        )


@FEW
@given(rows, options)
def test_laws_17_and_31_it_rises_from_0_and_the_interval_holds_it(patients, chosen):
    """MR-17, MR-31; and no interval of zero width."""
    time, event, entry, weight = columns(patients)
    curve = nelson_aalen(time, event, entry=entry, weight=weight, **chosen)
    assert (np.diff(np.concatenate([[0.0], curve.hazard])) >= 0).all()
    assert (curve.low >= 0).all()
    assert (curve.low <= curve.hazard).all()
    assert (curve.hazard <= curve.high).all()
    assert (curve.low < curve.high).all()
    # a hazard of 0 has no upper limit where nobody was followed for a while: survival has none
    none_yet = curve.hazard == 0
    assert np.isfinite(curve.high[~none_yet]).all()
    low = kaplan_meier(time, event, entry=entry, weight=weight).low
    np.testing.assert_allclose(np.exp(-curve.high[none_yet]), low[none_yet], atol=1e-15)


@FEW
@given(rows)
def test_minus_log_survival_is_never_less_and_ties_taken_apart_lie_between(patients):
    """d/n <= sum of 1/(n - i) <= -log(1 - d/n) at every time."""
    time, event, entry, _ = columns(patients)
    survival = kaplan_meier(time, event, entry=entry).survival
    at_once = nelson_aalen(time, event, entry=entry).hazard
    apart = nelson_aalen(time, event, entry=entry, ties="fleming-harrington").hazard
    alive = survival > 0
    assert (at_once <= apart + 1e-12).all()
    assert (apart[alive] <= -np.log(survival[alive]) + 1e-12).all()


@FEW
@given(rows, options)
def test_the_greenwood_error_is_never_the_larger_one(patients, chosen):
    time, event, entry, weight = columns(patients)
    poisson, greenwood = (
        nelson_aalen(
            time, event, entry=entry, weight=weight, ties=chosen["ties"], variance=variance
        ).std_error
        for variance in ("poisson", "greenwood")
    )
    assert (greenwood <= poisson + 1e-15).all()


@FEW
@given(rows, options)
def test_law_13_and_14_weights_of_0_and_of_1(patients, chosen):
    """MR-13, MR-14."""
    time, event, entry, weight = columns([*patients, (1, 3, True, 0.0)])
    there = nelson_aalen(time, event, entry=entry, weight=weight, **chosen)
    gone = nelson_aalen(time[:-1], event[:-1], entry=entry[:-1], weight=weight[:-1], **chosen)
    assert_same(there, gone)
    ones = nelson_aalen(time, event, entry=entry, weight=[1] * len(time), **chosen)
    assert_same(ones, nelson_aalen(time, event, entry=entry, **chosen))


@FEW
@given(rows, st.integers(2, 4), st.sampled_from(["poisson", "greenwood"]))
def test_law_12_a_weight_of_k_is_k_patients(patients, times, variance):
    """MR-12, for ties counted at once."""
    time, event, entry, _ = columns(patients)
    often = nelson_aalen(time * times, event * times, entry=entry * times, variance=variance)
    heavy = nelson_aalen(time, event, entry=entry, weight=[times] * len(time), variance=variance)
    assert_same(heavy, often, rtol=1e-12)


@FEW
@given(rows, options, st.sampled_from([1 / 7, 1 / 30.4375, 24.0]))
def test_laws_1_3_and_6_unit_clock_and_order(patients, chosen, unit):
    """MR-1, MR-3, MR-6."""
    time, event, entry, weight = columns(patients)
    curve = nelson_aalen(time, event, entry=entry, weight=weight, **chosen)
    for clock in (lambda t: t * unit, lambda t: t**2):
        other = nelson_aalen(
            [clock(t) for t in time],
            event,
            entry=[clock(e) for e in entry],
            weight=weight,
            **chosen,
        )
        for field in FIELDS[1:]:
            assert getattr(other, field).tolist() == getattr(curve, field).tolist()
    turned = nelson_aalen(time[::-1], event[::-1], entry=entry[::-1], weight=weight[::-1], **chosen)
    assert_same(turned, curve, rtol=1e-12)


@FEW
@given(rows, st.integers(1, 8), options)
def test_law_16_and_21_rows_split_and_a_patient_who_leaves_early(patients, cut, chosen):
    """MR-16, MR-21."""
    time, event, _, _ = columns(patients)
    whole = nelson_aalen(time, event, **chosen)
    split = [(0, t, e) for t, e in zip(time, event, strict=True) if t <= cut]
    for t, e in zip(time, event, strict=True):
        split += [(0, cut, False), (cut, t, e)] if t > cut else []
    entry, stop, happened = zip(*split, strict=True)
    other = nelson_aalen(stop, happened, entry=entry, **chosen)
    kept = np.isin(other.time, whole.time)
    assert other.hazard[kept].tolist() == whole.hazard.tolist()
    assert other.std_error[kept].tolist() == whole.std_error.tolist()
    early = nelson_aalen([0.5, *time], [False, *event], **chosen)
    assert early.hazard[1:].tolist() == whole.hazard.tolist()
    assert early.at_risk[0] == whole.at_risk[0] + 1


@FEW
@given(rows, options)
def test_law_32_a_higher_level_gives_a_wider_interval(patients, chosen):
    """MR-32, MR-33: the hazard and its error do not depend on the level."""
    time, event, entry, weight = columns(patients)
    narrow, wide = (
        nelson_aalen(time, event, entry=entry, weight=weight, level=level, **chosen)
        for level in (0.8, 0.99)
    )
    assert narrow.hazard.tolist() == wide.hazard.tolist()
    assert narrow.std_error.tolist() == wide.std_error.tolist()
    assert (wide.low <= narrow.low).all()
    assert (wide.high >= narrow.high).all()


@FEW
@given(rows)
def test_before_the_first_event_the_limits_are_those_of_kaplan_meier(patients):
    time, event, entry, _ = columns(patients)
    curve, survival = nelson_aalen(time, event, entry=entry), kaplan_meier(time, event, entry=entry)
    still = survival.survival == 1
    assume(still.any())
    np.testing.assert_allclose(np.exp(-curve.high[still]), survival.low[still], rtol=1e-12)


def test_rounding_of_times_makes_no_ties_and_breaks_none():
    curve = nelson_aalen([0.1 + 0.2, 0.3, 1.0], [1, 1, 0], ties="fleming-harrington")
    assert curve.hazard[0] == pytest.approx(1 / 3 + 1 / 2, rel=1e-14)
    assert curve.time.size == 2


def test_a_million_patients_take_little_time():
    rng = np.random.default_rng(3)
    time, event = rng.integers(0, 3000, 1_000_000), rng.random(1_000_000) < 0.6
    curve = nelson_aalen(time, event, ties="fleming-harrington")
    # -log S and H differ by the squares of the steps only
    survival = kaplan_meier(time, event).survival
    middle = curve.hazard.size // 2
    assert curve.hazard[middle] == pytest.approx(-math.log(survival[middle]), rel=1e-4)
