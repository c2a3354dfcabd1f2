"""Twin of the difference at a time: patient by patient, with slopes by small differences."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at

patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=20)
SCALES = {
    "plain": lambda s: s,
    "log": math.log,
    "log-log": lambda s: -math.log(-math.log(s)),
    "arcsine": lambda s: math.asin(math.sqrt(s)),
    "logit": lambda s: math.log(s / (1 - s)),
}


def survival_and_variance(rows, day):
    alive, growth = 1.0, 0.0
    for at in sorted({t for t, event in rows if event and t <= day}):
        at_risk = sum(1 for t, _ in rows if t >= at)
        died = sum(1 for t, event in rows if t == at and event)
        alive *= (at_risk - died) / at_risk
        growth += died / (at_risk * (at_risk - died)) if died < at_risk else 0.0
    return alive, alive**2 * growth


@settings(max_examples=100, deadline=None)
@given(patients, patients, st.integers(0, 13), st.sampled_from(sorted(SCALES)))
def test_of_klein_with_slopes_by_small_differences(one, two, day, method):
    curves = [kaplan_meier(*zip(*rows, strict=True)) for rows in (one, two)]
    found = survival_difference(*curves, at=day, method=method)
    (s1, v1), (s2, v2) = (survival_and_variance(rows, day) for rows in (one, two))
    assert found.estimate == pytest.approx(s1 - s2, abs=1e-13)
    assert found.std_error == pytest.approx(math.sqrt(v1 + v2), rel=1e-12, abs=1e-13)
    if not (0 < s1 < 1 and 0 < s2 < 1):
        assert found.p_value is None
        return
    scale, step = SCALES[method], 1e-6
    variance = sum(
        v * ((scale(s + step * s) - scale(s - step * s)) / (2 * step * s)) ** 2
        for s, v in ((s1, v1), (s2, v2))
    )
    z = (scale(s1) - scale(s2)) / math.sqrt(variance)
    assert found.statistic == pytest.approx(z, rel=1e-6, abs=1e-9)
    assert found.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), rel=1e-5)


@settings(max_examples=100, deadline=None)
@given(patients, patients, st.integers(0, 13), st.sampled_from(["log-log", "log", "logit"]))
def test_limits_from_those_printed_with_each_curve(one, two, day, method):
    read = [
        survival_at(kaplan_meier(*zip(*rows, strict=True), interval=method, level=0.9), [day])
        for rows in (one, two)
    ]
    (s1, l1, u1), (s2, l2, u2) = ((r.survival[0], r.low[0], r.high[0]) for r in read)
    curves = [kaplan_meier(*zip(*rows, strict=True)) for rows in (one, two)]
    found = survival_difference(*curves, at=day, method=method, level=0.9)
    low = s1 - s2 - math.sqrt((s1 - l1) ** 2 + (u2 - s2) ** 2)
    high = s1 - s2 + math.sqrt((u1 - s1) ** 2 + (s2 - l2) ** 2)
    assert found.low == pytest.approx(max(low, -1), rel=1e-12, abs=1e-14)
    assert found.high == pytest.approx(min(high, 1), rel=1e-12, abs=1e-14)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 20), st.integers(1, 20))
def test_without_censoring_it_is_the_comparison_of_two_shares(alive1, dead1, alive2, dead2):
    """Unpooled: z = (p1 - p2) / sqrt(p1 q1 / n1 + p2 q2 / n2)."""
    curves = (
        kaplan_meier([9] * alive + [1] * dead, [0] * alive + [1] * dead)
        for alive, dead in ((alive1, dead1), (alive2, dead2))
    )
    found = survival_difference(*curves, at=5, method="plain")
    n1, n2 = alive1 + dead1, alive2 + dead2
    p1, p2 = alive1 / n1, alive2 / n2
    error = math.sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    assert found.statistic == pytest.approx((p1 - p2) / error, rel=1e-11, abs=1e-13)
    assert found.std_error == pytest.approx(error, rel=1e-12)
