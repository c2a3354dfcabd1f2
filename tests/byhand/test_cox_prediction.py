"""Hazard, survival and comparison of models, worked by hand.

Four patients: events on days 1 (x = 0), 2 (x = 1) and 4 (x = 1), the third (x = 0) left on day 3.
With h = exp(b): L = 1 / (2 + 2h) x h / (1 + 2h), highest at 2 h^2 = 1.
"""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox.baseline_hazard import baseline_hazard
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.linear_predictor import linear_predictor
from autallo.stats.cox.nested import nested_models_test
from autallo.stats.cox.predicted_survival import predicted_survival
from autallo.stats.cox.rows import Rows
from byhand import test_cox_rows as three

TIME, EVENT, X = [1, 2, 3, 4], [1, 1, 0, 1], [0, 1, 0, 1]
H = math.sqrt(1 / 2)
RISKS = (2 + 2 * H, 1 + 2 * H, H)
MEANS = (H / (1 + H), 2 * H / (1 + 2 * H), 1.0)
VARIANCE = 1 / sum(mean * (1 - mean) for mean in MEANS)
Z = 1.959963984540054


def hazard(given=None, **more):
    return baseline_hazard(fit_cox(TIME, EVENT, X, **more), TIME, EVENT, X, given=given)


def test_hazard_of_a_patient_with_x_0():
    mine = hazard()
    steps = [1 / RISKS[0], 1 / RISKS[1], 0, 1 / RISKS[2]]
    assert mine.time.tolist() == [1, 2, 3, 4]
    np.testing.assert_allclose(mine.hazard, steps, rtol=1e-9)
    np.testing.assert_allclose(mine.cumulative, np.cumsum(steps), rtol=1e-9)
    np.testing.assert_allclose(mine.at_risk, [*RISKS[:2], 1 + H, H], rtol=1e-9)
    slope = np.cumsum([-MEANS[0] * steps[0], -MEANS[1] * steps[1], 0, -steps[3]])
    np.testing.assert_allclose(mine.slope[:, 0], slope, rtol=1e-9)
    of_events = np.cumsum(np.square(steps))
    np.testing.assert_allclose(mine.std_error**2, of_events + slope**2 * VARIANCE, rtol=1e-8)


def test_hazard_of_a_patient_with_x_1_is_h_times_as_high():
    mine, other = hazard([1]), hazard()
    np.testing.assert_allclose(mine.cumulative, H * other.cumulative, rtol=1e-9)
    np.testing.assert_allclose(mine.at_risk, other.at_risk / H, rtol=1e-9)
    slope = H * (other.slope[:, 0] + other.cumulative)
    np.testing.assert_allclose(mine.slope[:, 0], slope, rtol=1e-9)


def test_survival_and_its_limits_on_each_scale():
    mine = predicted_survival(hazard(), [0, 1], at=[2, 0.5, 9], interval="log")
    cumulative = 1 / RISKS[0] + 1 / RISKS[1]
    np.testing.assert_allclose(mine.cumulative_hazard[:, 0], [cumulative, H * cumulative])
    np.testing.assert_allclose(mine.survival, np.exp(-mine.cumulative_hazard), rtol=1e-12)
    slope = -MEANS[0] / RISKS[0] - MEANS[1] / RISKS[1]
    error = math.sqrt(RISKS[0] ** -2 + RISKS[1] ** -2 + slope**2 * VARIANCE)
    alive = math.exp(-cumulative)
    assert mine.std_error[0, 0] == pytest.approx(alive * error, rel=1e-8)
    assert mine.low[0, 0] == pytest.approx(alive * math.exp(-Z * error), rel=1e-8)
    assert mine.high[0, 0] == min(1, alive * math.exp(Z * error))
    assert mine.beyond.tolist() == [False, False, True]
    assert mine.cumulative_hazard[0, 2] == hazard().cumulative[-1]
    log_log = predicted_survival(hazard(), [0, 1], at=[2])
    power = math.exp(Z * error / cumulative)
    assert log_log.low[0, 0] == pytest.approx(alive**power, rel=1e-8)
    assert log_log.high[0, 0] == pytest.approx(alive ** (1 / power), rel=1e-8)


def test_w35_before_the_first_event_the_limits_are_binomial():
    """Rivals give [1, 1] there, a zero-width interval for no events."""
    mine = predicted_survival(hazard(), [0, 1], at=[0.5])
    assert mine.survival.tolist() == [[1], [1]]
    assert mine.std_error.tolist() == [[0], [0]]
    assert mine.high.tolist() == [[1], [1]]
    # at risk: 2 + 2 h patients like the one with x = 0, and (2 + 2 h) / h like the other
    assert mine.low[0, 0] == pytest.approx(0.025 ** (1 / RISKS[0]), rel=1e-9)
    assert mine.low[1, 0] == pytest.approx(0.025 ** (H / RISKS[0]), rel=1e-9)


def test_strata_have_hazards_of_their_own_and_one_may_have_no_event():
    stratum = [0, 0, 0, 0, 1, 1]
    time, event, x = [*TIME, 5, 6], [*EVENT, 0, 0], [*X, 0, 1]
    rows = Rows(stratum=stratum)
    fit = fit_cox(time, event, x, rows=rows)
    mine = baseline_hazard(fit, time, event, x, rows=rows)
    assert mine.stratum.tolist() == stratum
    np.testing.assert_allclose(mine.cumulative[:4], hazard().cumulative, rtol=1e-9)
    assert mine.cumulative[4:].tolist() == [0, 0]
    curve = predicted_survival(mine, [0], stratum=1)
    assert curve.survival.tolist() == [[1, 1]]
    np.testing.assert_allclose(curve.low, [[0.025 ** (1 / (1 + H)), 0.025 ** (1 / H)]], rtol=1e-9)


def test_who_has_not_entered_is_not_at_risk():
    # (0, 2] x = 1 event; (1, 3] x = 0 event; (2, 4] x = 1: h = 1 (test_cox_rows.py)
    data, rows = ([2, 3, 4], [1, 1, 0], [1, 0, 1]), Rows(entry=[0, 1, 2])
    mine = baseline_hazard(fit_cox(*data, rows=rows), *data, rows=rows)
    assert mine.time.tolist() == [2, 3, 4]
    np.testing.assert_allclose(mine.at_risk, [2, 2, 1], rtol=1e-12)
    np.testing.assert_allclose(mine.hazard, [1 / 2, 1 / 2, 0], rtol=1e-12)
    curve = predicted_survival(mine, [0], at=[1])
    assert curve.low[0, 0] == pytest.approx(0.025 ** (1 / 2), rel=1e-12)


def test_tied_events_step_as_efron_or_as_breslow():
    time, event, x = [1, 1, 2], [1, 1, 0], [1, 0, 1]
    fit = fit_cox(time, event, x)
    h = math.sqrt(1 / 6)
    step = 1 / (2 * h + 1) + 1 / (2 * h + 1 - (h + 1) / 2)
    assert baseline_hazard(fit, time, event, x).hazard[0] == pytest.approx(step, rel=1e-9)
    fit = fit_cox(time, event, x, ties="breslow")
    assert baseline_hazard(fit, time, event, x).hazard[0] == pytest.approx(2 / 2, rel=1e-9)
    five = [1, 1, 2, 2, 2], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0]
    fit = fit_cox(*five, ties="exact")
    step = 2 / (2 * math.sqrt(3) + 3)  # Breslow's, at the exact coefficient
    assert baseline_hazard(fit, *five).hazard[0] == pytest.approx(step, rel=1e-9)


def test_linear_predictor_and_its_error():
    fit = fit_cox(TIME, EVENT, X)
    mine = linear_predictor(fit, [0, 1, 3], reference=[1])
    np.testing.assert_allclose(mine.estimate, [-math.log(H), 0, 2 * math.log(H)], atol=1e-9)
    error = math.sqrt(VARIANCE)
    np.testing.assert_allclose(mine.std_error, [error, 0, 2 * error], rtol=1e-9)
    np.testing.assert_allclose(mine.high - mine.low, 2 * Z * mine.std_error, rtol=1e-9)


def test_nested_models_of_two_strata():
    # stratum 0 tells of x1 only, stratum 1 of x2 only, each by the three patients
    time, event = three.TIME * 2, three.EVENT * 2
    x = [[own, 0] for own in three.X] + [[0, own] for own in three.X]
    rows = Rows(stratum=[0, 0, 0, 1, 1, 1])
    larger = fit_cox(time, event, x, rows=rows, names=["x1", "x2"])
    smaller = fit_cox(time, event, [own[0] for own in x], rows=rows, names=["x1"])
    mine = nested_models_test(larger, smaller)
    statistic = 2 * (three.likelihood(three.H) - three.likelihood(1))
    assert mine.statistic == pytest.approx(statistic, rel=1e-9)
    assert (mine.df, mine.left_out) == (1, ("x2",))
    assert mine.p_value == pytest.approx(math.erfc(math.sqrt(statistic / 2)), rel=1e-8)


def test_models_that_are_not_nested_are_refused():
    one = fit_cox(TIME, EVENT, X, names=["group"])
    other = fit_cox(TIME, EVENT, [5, 1, 2, 3], names=["age"])
    both = fit_cox(TIME, EVENT, list(zip(X, [5, 1, 2, 3], strict=True)), names=["group", "age"])
    for larger, smaller in ((one, other), (one, one), (one, both)):
        with pytest.raises(ArgumentError, match="some of the covariates"):
            nested_models_test(larger, smaller)
    fewer = fit_cox(TIME[1:], EVENT[1:], X[1:], names=["group"])
    breslow = fit_cox(TIME, EVENT, X, names=["group"], ties="breslow")
    for smaller in (fewer, breslow):
        with pytest.raises(ArgumentError, match="same rows and ties"):
            nested_models_test(both, smaller)
    robust = fit_cox(TIME, EVENT, X, names=["group"], rows=Rows(cluster=range(4)))
    with pytest.raises(ArgumentError, match="robust variance"):
        nested_models_test(both, robust)
    better = fit_cox(TIME, EVENT, [4, 3, 1, 0], names=["group"])
    with pytest.raises(ArgumentError, match="it fits better"):
        nested_models_test(both, better)


def test_patients_out_of_reach_are_refused():
    curve = hazard()
    with pytest.raises(ArgumentError, match="as many columns"):
        predicted_survival(curve, [[0, 1]])
    with pytest.raises(ArgumentError, match="one of the strata"):
        predicted_survival(curve, [0], stratum=1)
    with pytest.raises(ArgumentError, match="nearer to the covariates of `baseline`"):
        predicted_survival(curve, [-1e5])
    with pytest.raises(ArgumentError, match="`given` must lie nearer"):
        hazard([-1e5])
    with pytest.raises(ArgumentError, match="`given` must have one number"):
        hazard([1, 2])
    with pytest.raises(ArgumentError, match="as many covariates"):
        linear_predictor(fit_cox(TIME, EVENT, X), [[0, 1]])
    with pytest.raises(ArgumentError, match="`at` must be at least 0"):
        predicted_survival(curve, [0], at=[-1])
