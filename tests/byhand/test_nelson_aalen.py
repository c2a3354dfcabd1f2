"""Nelson-Aalen worked by hand, in fractions, on at most ten patients."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.survival.nelson_aalen import nelson_aalen

# Six patients: events on days 1, 2, 2, 5; follow-up ends on days 2 and 4.
#   day   at risk   events   d/n    d/n^2   d(n-d)/n^3
#    1       6         1     1/6    1/36      5/216
#    2       5         2     2/5    2/25      6/125
#    4       2         0      0      0          0
#    5       1         1      1      1          0
TIMES, EVENTS = [2, 1, 2, 2, 4, 5], [1, 1, 1, 0, 0, 1]
Z = 1.959963984540054


def floats(*fractions):
    return [float(Fraction(one)) for one in fractions]


def test_six_patients_row_by_row():
    curve = nelson_aalen(TIMES, EVENTS)
    assert curve.time.tolist() == [1, 2, 4, 5]
    assert curve.at_risk.tolist() == [6, 5, 2, 1]
    assert curve.events.tolist() == [1, 2, 0, 1]
    assert curve.censored.tolist() == [0, 1, 1, 0]
    # 1/6 + 2/5 = 17/30
    assert curve.hazard == pytest.approx(floats("1/6", "17/30", "17/30", "47/30"), rel=1e-14)


def test_poisson_and_greenwood_errors():
    # 1/36 + 2/25 = 97/900; 5/216 + 6/125 = 1921/27000
    poisson = nelson_aalen(TIMES, EVENTS).std_error ** 2
    assert poisson == pytest.approx(floats("1/36", "97/900", "97/900", "997/900"), rel=1e-14)
    greenwood = nelson_aalen(TIMES, EVENTS, variance="greenwood").std_error ** 2
    expected = floats("5/216", "1921/27000", "1921/27000", "1921/27000")
    assert greenwood == pytest.approx(expected, rel=1e-14)


def test_ties_of_fleming_and_harrington():
    # the two events of day 2 one after the other: 1/5 + 1/4 = 9/20, with 1/25 + 1/16 = 41/400
    curve = nelson_aalen(TIMES, EVENTS, ties="fleming-harrington")
    assert curve.hazard[1] == pytest.approx(1 / 6 + 9 / 20, rel=1e-14)
    assert curve.std_error[1] ** 2 == pytest.approx(1 / 36 + 41 / 400, rel=1e-14)
    # binomial: 4/125 + 3/64
    both = nelson_aalen(TIMES, EVENTS, ties="fleming-harrington", variance="greenwood")
    assert both.std_error[1] ** 2 == pytest.approx(5 / 216 + 4 / 125 + 3 / 64, rel=1e-14)


def test_ties_with_weights_have_the_mean_weight():
    # day 1: at risk 1 + 3 + 2 = 6, events of weights 1 and 3, 2 each: 2/6 + 2/4
    late = {"weight": [1, 3, 2], "ties": "fleming-harrington"}
    curve = nelson_aalen([1, 1, 2], [1, 1, 0], **late)
    assert curve.hazard == pytest.approx([5 / 6, 5 / 6], rel=1e-14)
    assert curve.std_error[0] ** 2 == pytest.approx(2 / 36 + 2 / 16, rel=1e-14)


@pytest.mark.parametrize(
    ("interval", "low", "high"),
    [
        # day 2: H = 17/30, error sqrt(97)/30; their quotient is sqrt(97)/17
        ("plain", 0.0, 17 / 30 + Z * math.sqrt(97) / 30),
        (
            "log",
            17 / 30 * math.exp(-Z * math.sqrt(97) / 17),
            17 / 30 * math.exp(Z * math.sqrt(97) / 17),
        ),
    ],
)
def test_named_intervals_on_day_2(interval, low, high):
    curve = nelson_aalen(TIMES, EVENTS, interval=interval)
    assert (curve.low[1], curve.high[1]) == pytest.approx((low, high), rel=1e-13)


def test_before_the_first_event_the_interval_is_not_of_zero_width():
    # 4, then 3 at risk: exp(-H) of all of them is 0.025 at H = log(40) / n
    curve = nelson_aalen([1, 2, 3, 4], [0, 0, 1, 0])
    assert curve.hazard[:2].tolist() == [0, 0]
    assert curve.low[:2].tolist() == [0, 0]
    assert curve.high[:2] == pytest.approx([math.log(40) / 4, math.log(40) / 3], rel=1e-14)


def test_everybody_at_once():
    # H = 1; binomial variance 0, so the limits are those of the Poisson one, 3/9
    curve = nelson_aalen([4, 4, 4], [1, 1, 1], variance="greenwood")
    assert (curve.hazard[0], curve.std_error[0]) == (1, 0)
    assert curve.low[0] == pytest.approx(math.exp(-Z / math.sqrt(3)), rel=1e-13)
    assert curve.high[0] == pytest.approx(math.exp(Z / math.sqrt(3)), rel=1e-13)


def test_late_entry_lets_the_hazard_grow_on_after_all_at_risk_have_died():
    # (0, 2] and (1, 2] die together: 2/2; (5, 7] dies with (5, 8] at risk: 1/2
    curve = nelson_aalen([2, 2, 7, 8], [1, 1, 1, 0], entry=[0, 1, 5, 5])
    assert curve.hazard.tolist() == [1, 1.5, 1.5]
    # one row of day 2 has weight 0: as if left out
    less = nelson_aalen([2, 2, 7, 8], [1, 1, 1, 0], entry=[0, 1, 5, 5], weight=[1, 0, 1, 3])
    assert less.hazard.tolist() == [1, 1.25, 1.25]


def test_one_patient_and_an_event_at_time_0():
    for ties in ("aalen", "fleming-harrington"):
        curve = nelson_aalen([0], [1], ties=ties)
        assert (curve.time[0], curve.hazard[0], curve.std_error[0]) == (0, 1, 1)
        nobody = nelson_aalen([3], [0], ties=ties)
        assert (nobody.hazard[0], nobody.low[0]) == (0, 0)
        assert nobody.high[0] == pytest.approx(math.log(40), rel=1e-14)


def test_light_weights_leave_every_limit_a_number():
    curve = nelson_aalen([1, 2], [1, 0], weight=[1e-8, 1])
    assert np.isfinite(curve.high).all()
    assert (curve.low <= curve.hazard).all()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"time": [1, -2]}, "`time` must be at least 0."),  # W4, PF-3
        ({"event": [1, 2]}, "`event` must be true or false"),  # PF-2
        ({"event": [1]}, "same length"),
        ({"entry": [0, 2]}, "`entry` must be before `time`"),
        ({"weight": [0, 0]}, "`weight` must be above 0"),
        ({"level": 95}, r"Did you mean 0\.95"),
        ({"interval": "log-log"}, '`interval` must be "log" or "plain"'),
        ({"ties": "efron"}, '`ties` must be "aalen" or "fleming-harrington"'),
        ({"variance": "aalen"}, '`variance` must be "poisson" or "greenwood"'),
    ],
)
def test_what_cannot_be_is_refused(given, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        nelson_aalen(**{"time": [1, 2], "event": [1, 0], **given})


def test_with_late_entry_who_comes_late_does_not_vouch_for_the_time_before():
    # two are there from 0, one of them until 5; twenty enter at 9.9; nobody has the event
    entry = [0.0, 0.0] + [9.9] * 20
    curve = nelson_aalen([5.0] + [12.0] * 21, [0] * 22, entry=entry)
    assert curve.high == pytest.approx([-math.log(0.025) / 2, -math.log(0.025)], rel=1e-12)
    # of the time before the first entry nothing is known
    assert nelson_aalen([12.0] * 20, [0] * 20, entry=[9.9] * 20).high.tolist() == [math.inf]
