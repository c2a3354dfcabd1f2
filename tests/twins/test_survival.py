"""Twin of Kaplan-Meier: redistribution to the right, in fractions.

Written from Efron (1967): every patient starts with an equal share of the probability. From the
left to the right, a patient censored hands his share in equal parts to all who are seen later; an
event spends it. What nobody is left to receive stays as survival beyond follow-up.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.survival import kaplan_meier


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
            share[i] += handed_on / len(later)
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
