"""Survival of patients with weights, in fractions."""

import math
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.weighted_survival import weighted_kaplan_meier
from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import survival_at

NORMAL_975 = 1.959963984540054


def test_three_patients():
    """Weights 2, 1, 1; the first dies at 1, the second is censored at 2, the third dies at 3.

    S = 1 - 2/4 from 1 on. Its derivative by the weight is -(4 - 2)/16 for who died and 2/16 for
    the others, so the variance is (2/8)**2 + (1/8)**2 + (1/8)**2 = 6/64. At 3 nobody is left.
    """
    curve = weighted_kaplan_meier([1, 2, 3], [1, 0, 1], [2, 1, 1])
    assert curve.survival.tolist() == [0.5, 0.5, 0.0]
    assert curve.at_risk.tolist() == [4.0, 2.0, 1.0]
    assert curve.std_error[:2] ** 2 == pytest.approx([6 / 64] * 2, rel=1e-14)
    assert curve.std_error[2] == 0
    assert curve.variance == "robust"


#: A (0, 1] event, weight 2; B (0, 3] censored; C (1, 2] event; D (1, 4] censored.
LATE = {"time": [1, 3, 2, 4], "event": [1, 0, 1, 0], "weight": [2, 1, 1, 1], "entry": [0, 0, 1, 1]}


def test_four_patients_two_of_whom_enter_late():
    """At 1: n = 3 (A, B), d = 2, S = 1/3. At 2: n = 3 (B, C, D), d = 1, S = 2/9.

    Terms d / (n (n - d)): 2/3, then 1/6. Influences over S at 1: A 2/3 - 1, B 2/3; with weights
    squared 4 (1/9) + 4/9 = 8/9. At 2: A -1/3, B 2/3 + 1/6, C 1/6 - 1/2, D 1/6; with weights squared
    4/9 + 25/36 + 1/9 + 1/36 = 46/36.
    """
    curve = weighted_kaplan_meier(**LATE)
    assert curve.time.tolist() == [1, 2, 3, 4]
    assert curve.survival == pytest.approx([1 / 3, 2 / 9, 2 / 9, 2 / 9], rel=1e-15)
    variance = [float(Fraction(1, 9) * Fraction(8, 9)), *[4 / 81 * 46 / 36] * 3]
    assert curve.std_error**2 == pytest.approx(variance, rel=1e-13)
    # (2 + 1 + 1 + 1)**2 / (4 + 1 + 1 + 1) = 25/7 effective patients for a weight of 5
    assert curve.patients_per_weight == pytest.approx(5 / 7, rel=1e-15)


def test_plain_limits_are_the_curve_and_its_error():
    curve = weighted_kaplan_meier(**LATE, interval="plain", level=0.95)
    reach = NORMAL_975 * 2 / 9 * math.sqrt(46 / 36)
    assert curve.low[1] == 0.0
    assert curve.high[1] == pytest.approx(2 / 9 + reach, rel=1e-12)


def test_limits_before_the_first_event_are_those_of_the_effective_number():
    """Weights 2, 1, 1: 16/6 effective patients, none of whom had the event by 1."""
    for entry in (None, [0, 0, 0]):
        curve = weighted_kaplan_meier([2, 3, 1], [1, 0, 0], [2, 1, 1], entry=entry)
        low = survival_at(curve, [0.5]).low[0]
        assert low == pytest.approx(0.025 ** (6 / 16), rel=1e-12)


def test_a_weight_of_zero_is_as_if_left_out():
    """MR-13."""
    curve = weighted_kaplan_meier(**LATE)
    more = {
        "time": [*LATE["time"], 2], "event": [*LATE["event"], 1], "weight": [*LATE["weight"], 0],
        "entry": [*LATE["entry"], 0],
    }  # fmt: skip
    other = weighted_kaplan_meier(**more)
    assert other.survival.tolist() == curve.survival.tolist()
    assert other.std_error.tolist() == curve.std_error.tolist()


def test_difference_of_two_weighted_curves():
    """2/9 with variance 4/81 * 46/36 less 1/2 with 6/64."""
    first = weighted_kaplan_meier(**LATE)
    second = weighted_kaplan_meier([1, 2, 3], [1, 0, 1], [2, 1, 1])
    found = survival_difference(first, second, at=2.5, method="plain")
    error = math.sqrt(4 / 81 * 46 / 36 + 6 / 64)
    assert found.estimate == pytest.approx(2 / 9 - 1 / 2, rel=1e-14)
    assert found.std_error == pytest.approx(error, rel=1e-13)
    assert found.statistic == pytest.approx((2 / 9 - 1 / 2) / error, rel=1e-13)


@pytest.mark.parametrize("entry", [None, [0, 0, 1, 1]])
@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"weight": [1, -1, 1, 1]}, "`weight` must be at least 0"),
        ({"weight": [0, 0, 0, 0]}, "`weight` must be above 0 for at least one patient"),
        ({"weight": [1, 1, 1]}, "same length"),
        ({"weight": [1, math.nan, 1, 1]}, "`weight` must be finite"),
        ({"weight": [1, math.inf, 1, 1]}, "`weight` must be finite"),
        ({"time": [1, -3, 2, 4]}, "`time` must be at least 0"),
        ({"event": [1, 2, 1, 0]}, "`event` must be true or false"),
        ({"level": 95}, "`level`"),
        ({"interval": "exact"}, "`interval`"),
    ],
)
def test_refusals(entry, change, word):
    given = {**LATE, "entry": entry, **change}
    with pytest.raises(ArgumentError, match=word):
        weighted_kaplan_meier(**given)


def test_an_entry_at_the_time_is_refused():
    with pytest.raises(ArgumentError, match="`entry` must be before `time`"):
        weighted_kaplan_meier(**{**LATE, "entry": [1, 0, 1, 1]})
