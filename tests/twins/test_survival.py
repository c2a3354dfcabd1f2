"""Twin of Kaplan-Meier: redistribution to the right, in fractions.

Written from Efron (1967): every patient starts with an equal share of the probability. From the
left to the right, a patient censored hands his share in equal parts to all who are seen later; an
event spends it. What nobody is left to receive stays as survival beyond follow-up.
"""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.survival.crossings import crossings
from autallo.stats.survival.kaplan_meier import (
    kaplan_meier,
    numbers_at_risk,
    reverse_kaplan_meier,
    survival_at,
)
from autallo.stats.survival.life_table import life_table
from autallo.stats.survival.limits import (
    binomial_low,
    bound_without_events,
    survival_limits,
)
from autallo.stats.survival.quantile import survival_quantile


def redistributed(rows):
    """Return survival just after each distinct time."""
    share = [Fraction(1, len(rows))] * len(rows)
    survival, left = {}, Fraction(1)
    for at in sorted({t for t, _ in rows}):
        left -= sum(s for s, (t, event) in zip(share, rows, strict=True) if t == at and event)
        survival[at] = left
        later = [i for i, (t, _) in enumerate(rows) if t > at]
        handed_on = sum(
            s for s, (t, event) in zip(share, rows, strict=True) if t == at and not event
        )
        for i in later:
            share[i] += Fraction(handed_on) / len(later)
    return survival


patients = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=28)


def assert_equals_twin(rows):
    fit = kaplan_meier(*zip(*rows, strict=True))
    expected = redistributed(rows)
    assert {t for t, event in rows if event} <= set(np.asarray(fit.time).tolist())
    for at, survival in zip(fit.time, fit.survival, strict=True):
        before = [t for t in expected if t <= at]
        assert survival == pytest.approx(
            float(expected[max(before)]) if before else 1.0, rel=1e-12, abs=1e-15
        )


@settings(max_examples=100, deadline=None)
@given(rows=patients)
def test_ties_of_events_and_censorings(rows):
    assert_equals_twin(rows)


@settings(max_examples=50, deadline=None)
@given(rows=patients)
def test_events_only(rows):
    assert_equals_twin([(t, True) for t, _ in rows])


@settings(max_examples=20, deadline=None)
@given(rows=patients)
def test_nobody_had_the_event(rows):
    assert_equals_twin([(t, False) for t, _ in rows])


# A second twin, for late entry and weights: the curve as a product over days, each day counted over
# all patients, and the error from what a little more of each patient would change.

late = st.lists(
    st.tuples(
        st.integers(0, 10), st.integers(1, 8), st.booleans(), st.sampled_from([1, 2, 5])
    ),
    min_size=1,
    max_size=20,
)  # fmt: skip


def product(rows, weights, day):
    """Return S on a day, where row = (entry, days under observation, event, .)."""
    alive = Fraction(1)
    for at in sorted({entry + span for entry, span, _, _ in rows}):
        pairs = list(zip(rows, weights, strict=True))
        n = sum(w for (e, s, _, _), w in pairs if e < at <= e + s)
        died = sum(w for (e, s, event, _), w in pairs if e + s == at and event)
        if at <= day:
            alive *= 1 - Fraction(died) / n
    return alive


@settings(max_examples=60, deadline=None)
@given(rows=late)
def test_late_entry_and_weights_one_by_one(rows):
    entry, span, event, weight = zip(*rows, strict=True)
    time = [e + s for e, s in zip(entry, span, strict=True)]
    fit = kaplan_meier(time, event, entry=entry, weight=weight)
    table = life_table(time, event, entry=entry, weight=weight)
    for row, at in enumerate(fit.time.tolist()):
        assert fit.survival[row] == pytest.approx(
            float(product(rows, weight, at)), rel=1e-12, abs=1e-15
        )
        n = sum(w for e, t, w in zip(entry, time, weight, strict=True) if e < at <= t)
        assert table.at_risk[row] == fit.at_risk[row] == n
    days = [day / 2 for day in range(40)]
    counts = [sum(e < day <= t for e, t in zip(entry, time, strict=True)) for day in days]
    assert numbers_at_risk(time, days, entry=entry).tolist() == counts


@settings(max_examples=25, deadline=None)
@given(rows=late)
def test_robust_error_is_what_a_little_more_of_each_patient_changes(rows):
    rows = [(0, span, event, weight) for _, span, event, weight in rows]
    time, event, weight = ([row[k] for row in rows] for k in (1, 2, 3))
    fit = kaplan_meier(time, event, weight=weight, variance="robust")
    little = Fraction(1, 10**11)
    for place, at in enumerate(fit.time.tolist()):
        base = product(rows, weight, at)
        if base == 0:
            continue
        changes = [
            (product(rows, [w + little * (j == i) for j, w in enumerate(weight)], at) - base)
            / little
            for i in range(len(rows))
        ]
        squares = sum(float(w * d) ** 2 for w, d in zip(weight, changes, strict=True))
        assert fit.std_error[place] == pytest.approx(math.sqrt(squares), rel=1e-7, abs=1e-9)


@settings(max_examples=50, deadline=None)
@given(rows=patients, level=st.sampled_from([0.8, 0.95]))
def test_limits_solve_their_own_equation(rows, level):
    """At a limit l the distance on the scale is z errors: found here by halving, not by formula."""
    fit = kaplan_meier(*zip(*rows, strict=True))
    inside = (fit.survival > 0) & (fit.survival < 1)
    if not inside.any():
        return
    survival, at_risk = fit.survival[inside], fit.at_risk[inside]
    error = fit.std_error[inside] / survival
    z = {0.8: 1.2815515655446004, 0.95: 1.959963984540054}[level]
    scales = {
        "log-log": (lambda s: -math.log(-math.log(s)), lambda s: -1 / math.log(s)),
        "log": (math.log, lambda s: 1.0),
        "logit": (lambda s: math.log(s / (1 - s)), lambda s: 1 / (1 - s)),
    }
    for interval, (scale, slope) in scales.items():
        limits = survival_limits(survival, error, at_risk, level=level, interval=interval)
        for k, s in enumerate(survival.tolist()):
            for limit, sign in ((limits.low[k], -1), (limits.high[k], 1)):
                goal = scale(s) + sign * z * float(error[k]) * slope(s)
                lower, upper = 1e-300, 1 - 1e-16
                for _ in range(200):
                    middle = (lower + upper) / 2
                    lower, upper = (middle, upper) if scale(middle) < goal else (lower, middle)
                assert limit == pytest.approx(lower, rel=1e-6, abs=1e-9)


def test_binomial_limit_by_halving():
    for n in (1, 2, 5, 17, 28):
        lower, upper = 0.0, 1.0
        for _ in range(100):
            middle = (lower + upper) / 2
            lower, upper = (middle, upper) if middle**n < 0.025 else (lower, middle)
        assert float(binomial_low(n, 0.95)) == pytest.approx(lower, rel=1e-12)
        assert float(bound_without_events(n, 0.95)) == pytest.approx(1 - lower, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(rows=patients, shares=st.lists(st.sampled_from([1, 5, 10, 15]), min_size=1))
def test_reading_the_curve_by_walking_along_the_redistributed_shares(rows, shares):
    time, event = zip(*rows, strict=True)
    steps = sorted(redistributed(rows).items())
    reverse = sorted(redistributed([(t, not e) for t, e in rows]).items())
    backwards = reverse_kaplan_meier(time, event)
    assert backwards.survival == pytest.approx([float(s) for _, s in reverse], abs=1e-14)
    fit = kaplan_meier(time, event)
    for day in (0, 0.5, 3, 7.25, 12, 20):
        height = [s for t, s in steps if t <= day]
        expected = float(height[-1]) if height else 1.0
        assert survival_at(fit, [day]).survival[0] == pytest.approx(expected, abs=1e-14)
    for share in (Fraction(twentieths, 20) for twentieths in shares):
        fallen = [t for t, s in steps if 1 - s >= share]
        further = [t for t, s in steps if 1 - s > share]
        leave = further[0] if further else steps[-1][0]
        middle = (fallen[0] + leave) / 2 if fallen else math.inf
        assert survival_quantile(fit, float(share)).estimate == middle


@settings(max_examples=60, deadline=None)
@given(one=patients, two=patients)
def test_crossings_by_walking_day_by_day(one, two):
    first, second = redistributed(one), redistributed(two)

    def height(steps, day):
        return min((s for t, s in steps.items() if t <= day), default=Fraction(1))

    found, above = [], None
    for day in range(min(max(first), max(second)) + 1):
        difference = height(first, day) - height(second, day)
        if difference and above is not None and (difference > 0) != above:
            found.append(day)
        above = difference > 0 if difference else above
    curves = (kaplan_meier(*zip(*rows, strict=True)) for rows in (one, two))
    assert crossings(*curves).time.tolist() == found
