"""Cumulative incidence against patient-by-patient fractions, without knowledge of the module."""

import random
from fractions import Fraction
from math import sqrt

import pytest

from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from twins.independent.slow_incidence import (
    gray_variance,
    greenwood_variance,
    incidence_at,
    jackknife_variance,
)

TIME = [3, 1, 4, 1, 5, 2, 6, 5, 3, 5, 2, 4, 7, 2, 6, 1, 3, 4, 2, 6, 4, 3, 7, 1, 5, 6, 2, 4]
CAUSE = [1, 2, 1, 0, 2, 1, 1, 1, 0, 2, 1, 2, 0, 1, 1, 2, 1, 1, 0, 2, 1, 1, 0, 1, 2, 1, 1, 2]


def random_patients(draw, causes):
    n = draw.choice([1, 2, 3, 5, 8, 12])
    latest = draw.choice([1, 3, 6, 40])
    chance = [draw.random() + 0.05 for _ in range(causes + 1)]
    time = [draw.randint(0, latest) for _ in range(n)]
    return time, draw.choices(range(causes + 1), chance, k=n)


def compare(time, cause, causes, variance, slow):
    curve = cumulative_incidence(time, cause, n_causes=causes, variance=variance)
    for row, t in enumerate(curve.time):
        for k in range(1, causes + 1):
            expected = float(incidence_at(time, cause, k, t).value)
            assert curve.incidence[row][k - 1] == pytest.approx(expected, rel=1e-10, abs=1e-15)
            # The variance, not its root: where it is 0, rounding leaves 1e-17 of it.
            spread = float(slow(time, cause, k, t))
            found = curve.std_error[row][k - 1] ** 2
            assert found == pytest.approx(spread, rel=1e-10, abs=1e-15), (time, cause, k, t)


def test_the_slow_one_by_hand():
    # Patients with cause 1 at 1, cause 2 at 2, censored at 2, cause 1 at 3: F_1 is 1/4, then 3/4.
    time, cause = [1, 2, 2, 3], [1, 2, 0, 1]
    assert incidence_at(time, cause, 1, 1).value == Fraction(1, 4)
    assert incidence_at(time, cause, 1, 3).value == Fraction(3, 4)
    # Before any censoring it is a proportion, and its variance that of a proportion.
    assert jackknife_variance(time, cause, 1, 1) == Fraction(1, 4) * Fraction(3, 4) / 4
    # A single event has the variance 1 / Y^2 in cmprsk.
    assert gray_variance(time, cause, 1, 1) == Fraction(1, 16)


def test_the_slow_one_against_r():
    # R 4.2.2: survfit(Surv(time, factor(cause, 0:2)) ~ 1) of survival 3.5-3, cause 1, time 1 to 7.
    estimate = [0.0357142857142857, 0.1845238095238095, 0.3020050125313283, 0.4273182957393484]
    estimate += [0.4690893901420217, 0.5944026733500418, 0.5944026733500418]
    error = [0.0350707323593559, 0.0745562516773955, 0.0894443445777431, 0.0982295850249402]
    error += [0.0994499797997653, 0.0984328224372059, 0.0984328224372059]
    # timepoints(cuminc(time, cause), 1:7)$var of cmprsk 2.2-11.
    spread = [0.00127551020408163, 0.00576798083699395, 0.00834986567027386, 0.01016331523916549]
    spread += [0.01036305561964523, 0.01000312503295220, 0.01000312503295220]
    for t in range(1, 8):
        assert float(incidence_at(TIME, CAUSE, 1, t).value) == pytest.approx(
            estimate[t - 1], rel=1e-12
        )
        assert sqrt(jackknife_variance(TIME, CAUSE, 1, t)) == pytest.approx(error[t - 1], rel=1e-12)
        assert float(gray_variance(TIME, CAUSE, 1, t)) == pytest.approx(spread[t - 1], rel=1e-12)


def test_the_jackknife_is_the_multinomial_variance():
    draw = random.Random(41)
    for _ in range(40):
        time, cause = random_patients(draw, 3)
        for t in set(time):
            for k in (1, 2, 3):
                assert jackknife_variance(time, cause, k, t) == greenwood_variance(
                    time, cause, k, t
                )


@pytest.mark.parametrize("causes", [1, 2, 3])
def test_delta_is_the_infinitesimal_jackknife(causes):
    draw = random.Random(causes)
    for _ in range(40):
        time, cause = random_patients(draw, causes)
        compare(time, cause, causes, "delta", jackknife_variance)


@pytest.mark.parametrize("causes", [1, 2])
def test_cmprsk_with_one_or_two_causes(causes):
    draw = random.Random(10 + causes)
    for _ in range(60):
        time, cause = random_patients(draw, causes)
        compare(time, cause, causes, "cmprsk", gray_variance)


def test_cmprsk_takes_all_other_causes_as_one():
    # Causes 2 and 3 at time 1, cause 1 at 2. The two are one event of multiplicity 2 among 4 with
    # the variance 2 * 2 / (16 * 3) = 1/12; each of them moves F_1(2) by -1/2. The event at 2 adds
    # S(1)^2 / 2^2 = 1/16. So 1/48 + 3/48 = 1/12, which is what R cmprsk 2.2-11 gives.
    time, cause = [1, 1, 2, 3], [2, 3, 1, 0]
    assert gray_variance(time, cause, 1, 2) == Fraction(1, 12)
    compare(time, cause, 3, "cmprsk", gray_variance)
    draw = random.Random(13)
    for _ in range(40):
        time, cause = random_patients(draw, 3)
        compare(time, cause, 3, "cmprsk", gray_variance)


def test_the_size_of_our_studies():
    draw = random.Random(28)
    for latest in (6, 400):
        time = [draw.randint(1, latest) for _ in range(28)]
        cause = draw.choices([0, 1, 2], [0.4, 0.35, 0.25], k=28)
        compare(time, cause, 2, "delta", greenwood_variance)
        compare(time, cause, 2, "cmprsk", gray_variance)
