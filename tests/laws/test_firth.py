"""Laws of Firth's penalty, in the Cox model and in logistic regression."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.firth.cox import fit_firth_cox
from autallo.stats.firth.logistic import fit_firth_logistic
from autallo.stats.firth.separation import monotone_likelihood, separation

FEW = settings(max_examples=25)
record = st.tuples(st.integers(1, 9), st.booleans(), st.integers(0, 1), st.integers(-4, 4))
some_records = st.lists(record, min_size=5, max_size=20)
models = st.sampled_from(["efron", "breslow", "logistic"])
CLOSE = {"rtol": 1e-7, "atol": 1e-8}


def columns(records):
    time, event, arm, score = map(np.array, zip(*records, strict=True))
    return time, event, np.column_stack([arm, score]).astype(float)


def fit(model, time, event, x, **options):
    if model == "logistic":
        return fit_firth_logistic(event, x, **options)
    return fit_firth_cox(time, event, x, ties=model, **options)


def fit_or_skip(*given_to_fit, **options):
    try:
        return fit(*given_to_fit, **options)
    except ArgumentError:
        assume(False)


def same(mine, other, *, turn=1.0):
    """All but the intercept, which is first in logistic regression."""
    turn = np.broadcast_to(turn, 2)
    low, high = mine.low[-2:] * turn, mine.high[-2:] * turn
    np.testing.assert_allclose(other.coefficient[-2:], mine.coefficient[-2:] * turn, **CLOSE)
    np.testing.assert_allclose(other.std_error[-2:], mine.std_error[-2:] * abs(turn), **CLOSE)
    np.testing.assert_allclose(other.low[-2:], np.minimum(low, high), **CLOSE)
    np.testing.assert_allclose(other.high[-2:], np.maximum(low, high), **CLOSE)
    np.testing.assert_allclose(other.statistic[-2:], mine.statistic[-2:], **CLOSE)
    assert other.likelihood_ratio == pytest.approx(mine.likelihood_ratio, rel=1e-7, abs=1e-8)


@FEW
@given(some_records, models, st.sampled_from([1 / 7, 1 / 30.4375, 365.25]), st.randoms())
def test_law_1_3_6_unit_of_time_and_order_of_patients(records, model, unit, random):
    """MR-1, MR-3, MR-6."""
    time, event, x = columns(records)
    mine = fit_or_skip(model, time, event, x)
    same(mine, fit(model, time * unit, event, x))
    same(mine, fit(model, np.exp(time / 3), event, x))
    order = list(range(len(time)))
    random.shuffle(order)
    same(mine, fit(model, time[order], event[order], x[order]))


@FEW
@given(some_records, models)
def test_law_4_5_7_54_swapping_groups_and_columns(records, model):
    """MR-4, MR-5, MR-7, MR-54."""
    time, event, x = columns(records)
    mine = fit_or_skip(model, time, event, x)
    same(mine, fit(model, time, event, np.column_stack([1 - x[:, 0], x[:, 1]])), turn=[-1.0, 1.0])
    turned = fit(model, time, event, x[:, ::-1])
    np.testing.assert_allclose(turned.coefficient[-2:][::-1], mine.coefficient[-2:], **CLOSE)
    np.testing.assert_allclose(turned.low[-2:][::-1], mine.low[-2:], **CLOSE)


@FEW
@given(some_records, models, st.sampled_from([(3.0, 40.0), (-0.5, 1e4), (1e-3, -7.0)]))
def test_law_50_53_shift_and_scale_of_covariates(records, model, change):
    """MR-50, MR-53: the estimate divides by the scale, limits with it; p-values stay."""
    scale, shift = change
    time, event, x = columns(records)
    mine = fit_or_skip(model, time, event, x)
    moved = fit(model, time, event, x * scale + shift)
    same(mine, moved, turn=1 / scale)
    # the penalty holds the unit of a covariate
    unit = 2 * math.log(abs(scale))
    assert moved.penalised_log_likelihood == pytest.approx(
        mine.penalised_log_likelihood + unit, rel=1e-8, abs=1e-8
    )


@FEW
@given(some_records, models, st.sampled_from([0.5, 0.8, 0.95, 0.99]))
def test_law_31_32_34_49_limits_and_tests_agree(records, model, level):
    """MR-31, MR-32, MR-34, MR-49: p below alpha exactly if 0 is outside the limits."""
    time, event, x = columns(records)
    mine = fit_or_skip(model, time, event, x, level=level)
    wider = fit(model, time, event, x, level=(1 + level) / 2)
    assert mine.converged
    assert (wider.low < mine.low).all()
    assert (mine.low < mine.coefficient).all()
    assert (mine.coefficient < mine.high).all()
    assert (mine.high < wider.high).all()
    assert ((mine.p_value >= 0) & (mine.p_value <= 1)).all()
    for low, high, p in zip(mine.low, mine.high, mine.p_value, strict=True):
        if abs(p - (1 - level)) > 1e-7:
            assert (p < 1 - level) == (low > 0 or high < 0)
    assert np.isfinite([mine.low, mine.high, mine.std_error, mine.statistic]).all()


@FEW
@given(st.lists(record, min_size=8, max_size=20), st.integers(0, 1))
def test_w12_pf_26_an_arm_without_events_has_finite_numbers(records, empty):
    """The Cox model is monotone, the data are separated, and the estimates point the right way."""
    time, event, x = columns(records)
    event = event & (x[:, 0] != empty)
    arm = x[:, 0]
    try:
        found = monotone_likelihood(time, event, arm)
        parted = separation(event, arm)
    except ArgumentError:
        assume(False)
    sign = 1 - 2 * empty
    assert found.direction == (sign,)
    assert parted.kind != "none"
    assert parted.direction[1] == sign
    for model in ("efron", "breslow", "logistic"):
        mine = fit(model, time, event, arm)
        assert mine.converged
        assert np.isfinite([mine.coefficient, mine.low, mine.high, mine.std_error]).all()


@FEW
@given(some_records)
def test_monotone_as_the_cox_model_finds_it(records):
    time, event, x = columns(records)
    try:
        found, plain = monotone_likelihood(time, event, x), fit_cox(time, event, x)
    except ArgumentError:
        assume(False)
    assert tuple(sign != 0 for sign in found.direction) == plain.monotone


@FEW
@given(some_records, st.sampled_from([2.0, 0.1, -3.0]))
def test_law_3_5_50_separation_knows_order_only(records, scale):
    """Neither scale, shift, time unit nor order of patients; a turned covariate turns the sign."""
    time, event, x = columns(records)
    try:
        found, parted = monotone_likelihood(time, event, x), separation(event, x)
    except ArgumentError:
        assume(False)
    turn = 1 if scale > 0 else -1
    scaled = x * [scale, 1]
    other = monotone_likelihood((time * 30.4375)[::-1], event[::-1], scaled[::-1])
    assert other.direction == (found.direction[0] and turn * found.direction[0], found.direction[1])
    again = separation(event[::-1], scaled[::-1])
    assert again.kind == parted.kind
    first = parted.direction[1]
    assert again.direction[1:] == (first and turn * first, parted.direction[2])
    # events and others exchanged: every sign turns
    without = separation(~event, x)
    assert without.kind == parted.kind
    assert without.direction == tuple(sign and -sign for sign in parted.direction)


def test_law_52_many_copies_bring_the_estimate_to_maximum_likelihood():
    """MR-52: the penalty does not grow with the data."""
    time = np.array([1, 2, 2, 3, 4, 5, 6, 6, 7, 8])
    event = np.array([1, 1, 0, 1, 1, 0, 1, 1, 0, 1])
    x = np.array([0, 1, 1, 0, 1, 0, 0, 1, 0, 1.0])
    gaps = []
    for copies in (1, 10, 100):
        many = [np.tile(own, copies) for own in (time, event, x)]
        plain = fit_cox(*many, ties="breslow").coefficient[0]
        gaps.append(abs(fit_firth_cox(*many, ties="breslow").coefficient[0] - plain))
    assert gaps[1] == pytest.approx(gaps[0] / 10, rel=0.2)
    assert gaps[2] == pytest.approx(gaps[1] / 10, rel=0.05)
    odds = []
    for copies in (1, 1000):
        fitted = fit_firth_logistic(np.tile(event, copies), np.tile(x, copies))
        odds.append(fitted.coefficient[1])
    # 4 of 5 against 3 of 5: log of (4/1) / (3/2)
    assert odds[1] == pytest.approx(math.log(8 / 3), abs=1e-3)
    assert abs(odds[1] - math.log(8 / 3)) < abs(odds[0] - math.log(8 / 3)) / 100


def test_law_51_a_repeated_column_is_refused_by_name():
    """MR-51."""
    x = np.column_stack([[0, 1, 0, 1, 1, 0]] * 2)
    for refusing in (
        lambda: fit_firth_cox(range(1, 7), [1] * 6, x, names=["arm", "copy"]),
        lambda: fit_firth_logistic([1, 0, 1, 1, 0, 0], x, names=["arm", "copy"]),
        lambda: monotone_likelihood(range(1, 7), [1] * 6, x, names=["arm", "copy"]),
        lambda: separation([1, 0, 1, 1, 0, 0], x, names=["arm", "copy"]),
    ):
        with pytest.raises(ArgumentError, match="copy follows from those before"):
            refusing()


def test_many_patients_are_no_obstacle():
    rng = np.random.default_rng(20020815)
    arm, age = rng.integers(0, 2, 3000), rng.normal(60, 10, 3000)
    time = rng.integers(1, 400, 3000)
    event = (rng.random(3000) < 0.3) & (arm == 0)
    x = np.column_stack([arm, age])
    assert monotone_likelihood(time, event, x, names=["arm", "age"]).covariates == ("arm",)
    assert separation(event, x).direction[1:] == (-1, 0)
    mine = fit_firth_cox(time, event, x)
    plain = fit_cox(time[arm == 0], event[arm == 0], age[arm == 0])
    assert mine.converged
    assert mine.coefficient[1] == pytest.approx(plain.coefficient[0], abs=1e-3)
    assert np.isfinite([mine.low, mine.high]).all()
