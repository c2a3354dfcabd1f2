"""What weighted survival curves obey for any patients."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.confounding.weighted_survival import weighted_kaplan_meier
from autallo.stats.survival.kaplan_meier import kaplan_meier

FEW = settings(max_examples=100, deadline=None)
intervals = st.sampled_from(["log-log", "log", "plain", "arcsine", "logit"])
patients = st.lists(
    st.tuples(
        st.integers(1, 15),  # time
        st.booleans(),  # event
        st.integers(1, 5),  # weight
        st.integers(0, 14),  # entry, before the time
    ),
    min_size=1,
    max_size=40,
)
lateness = st.booleans()


def columns(rows, late):
    time, event, weight, entry = (np.array(column) for column in zip(*rows, strict=True))
    given = {"time": time, "event": event}
    if late:
        given["entry"] = entry % time
    return given, weight.astype(float)


def same_curve(first, second, *, errors=True, rtol=1e-9):
    assert first.time.tolist() == second.time.tolist()
    fields = ["survival"] + (["std_error", "low", "high"] if errors else [])
    for field in fields:
        np.testing.assert_allclose(
            getattr(first, field), getattr(second, field), rtol=rtol, atol=1e-9
        )


@FEW
@given(patients, lateness, intervals)
def test_mr12_whole_weights_give_the_curve_of_repeated_patients(rows, late, interval):
    """The estimate is that of the copies; the variance is not, for copies are no patients."""
    given, weight = columns(rows, late)
    copies = {name: np.repeat(values, weight.astype(int)) for name, values in given.items()}
    curve = weighted_kaplan_meier(**given, weight=weight, interval=interval)
    same_curve(curve, kaplan_meier(**copies), errors=False)


@FEW
@given(patients, lateness)
def test_mr14_equal_weights_give_the_curve_without_weights(rows, late):
    """With the Greenwood variance where all enter at 0, as the robust one then equals it."""
    given, weight = columns(rows, late)
    curve = weighted_kaplan_meier(**given, weight=np.ones(weight.size))
    same_curve(curve, kaplan_meier(**given), errors=not late)


@FEW
@given(patients, lateness, intervals, st.sampled_from([1e-9, 0.1, 3.0, 1e12]))
def test_mr15_a_factor_common_to_all_weights_changes_nothing(rows, late, interval, factor):
    given, weight = columns(rows, late)
    curve = weighted_kaplan_meier(**given, weight=weight, interval=interval)
    other = weighted_kaplan_meier(**given, weight=weight * factor, interval=interval)
    same_curve(curve, other)
    np.testing.assert_allclose(other.at_risk, curve.at_risk * factor, rtol=1e-12)


@FEW
@given(patients, intervals)
def test_entries_at_the_start_change_nothing(rows, interval):
    given, weight = columns(rows, late=False)
    curve = weighted_kaplan_meier(**given, weight=weight, interval=interval)
    start = np.zeros(weight.size)
    same_curve(curve, weighted_kaplan_meier(**given, weight=weight, entry=start, interval=interval))


@FEW
@given(patients, lateness, intervals)
def test_mr17_and_mr31_curves_fall_from_one_and_lie_within_their_limits(rows, late, interval):
    given, weight = columns(rows, late)
    curve = weighted_kaplan_meier(**given, weight=weight / 3, interval=interval)
    assert (np.diff(curve.survival, prepend=1.0) <= 0).all()
    assert curve.survival[-1] >= 0
    assert (curve.low <= curve.survival + 1e-12).all()
    assert (curve.survival <= curve.high + 1e-12).all()
    assert np.isfinite(curve.std_error).all()
    assert (curve.low < curve.high).all() or late


@FEW
@given(patients, lateness, st.randoms(use_true_random=False))
def test_mr06_the_order_of_the_rows_does_not_matter(rows, late, random):
    given, weight = columns(rows, late)
    curve = weighted_kaplan_meier(**given, weight=weight / 3)
    shuffled = rows.copy()
    random.shuffle(shuffled)
    given, weight = columns(shuffled, late)
    same_curve(curve, weighted_kaplan_meier(**given, weight=weight / 3))


@FEW
@given(patients, st.sampled_from([1 / 7, 30.4375]))
def test_mr01_the_unit_of_time_does_not_matter(rows, unit):
    given, weight = columns(rows, late=True)
    curve = weighted_kaplan_meier(**given, weight=weight)
    given["time"], given["entry"] = given["time"] * unit, given["entry"] * unit
    other = weighted_kaplan_meier(**given, weight=weight)
    np.testing.assert_allclose(other.std_error, curve.std_error, rtol=1e-9, atol=1e-9)


def test_fewer_effective_patients_have_wider_limits():
    """The same curve from 20 equal patients, and from pairs of weight 19 to 1."""
    time, event = np.repeat(np.arange(1, 11), 2), np.repeat([1, 0, 1, 0, 1, 0, 0, 0, 0, 0], 2)
    equal = weighted_kaplan_meier(time, event, np.ones(20))
    unequal = weighted_kaplan_meier(time, event, np.tile([1.9, 0.1], 10))
    assert unequal.survival == pytest.approx(equal.survival, rel=1e-12)
    assert (unequal.std_error > equal.std_error * 1.2).all()
