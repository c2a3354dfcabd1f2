"""Twin of the restricted mean time lost: areas of steps in exact fractions, without the module.

The variance is the infinitesimal jackknife, found by letting each patient weigh a little more and
a little less.
"""

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.restricted_loss import restricted_time_lost

CAUSES = 2


def lost_by(rows, weight, until):
    """Area under each curve and under the event-free share, day by day and quarter by quarter."""
    free, risen = Fraction(1), [Fraction(0)] * CAUSES
    area = [Fraction(0)] * (CAUSES + 1)
    quarter = Fraction(1, 4)
    for step in range(int(until * 4)):
        at = step * quarter
        here = [(c, w) for (t, c), w in zip(rows, weight, strict=True) if t == at]
        at_risk = sum(w for (t, _), w in zip(rows, weight, strict=True) if t >= at)
        if at_risk:
            share = [sum(w for c, w in here if c == k) / at_risk for k in range(1, CAUSES + 1)]
            risen = [height + free * own for height, own in zip(risen, share, strict=True)]
            free *= 1 - sum(share)
        area = [a + quarter * height for a, height in zip(area, [*risen, free], strict=True)]
    return area


rows_of = st.lists(st.tuples(st.integers(0, 5), st.integers(0, CAUSES)), min_size=1, max_size=8)
ends = st.integers(1, 28).map(lambda quarters: Fraction(quarters, 4))


def lost(rows, until):
    time, cause = zip(*rows, strict=True)
    curve = cumulative_incidence(time, cause, n_causes=CAUSES)
    return restricted_time_lost(curve, until=float(until))


@settings(max_examples=100, deadline=None)
@given(rows=rows_of, until=ends)
def test_areas_step_by_step(rows, until):
    mine = lost(rows, until)
    twin = [float(a) for a in lost_by(rows, [Fraction(1)] * len(rows), until)]
    np.testing.assert_allclose(mine.estimate, twin[:-1], rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(mine.event_free, twin[-1], rtol=1e-12, atol=1e-14)


@settings(max_examples=40, deadline=None)
@given(rows=rows_of, until=ends)
def test_the_variance_is_the_infinitesimal_jackknife(rows, until):
    step = Fraction(1, 10**6)
    variance = [Fraction(0)] * CAUSES
    for patient in range(len(rows)):
        up, down = (
            lost_by(rows, [1 + sign * step * (i == patient) for i in range(len(rows))], until)
            for sign in (1, -1)
        )
        moved = [(u - d) / (2 * step) for u, d in zip(up, down, strict=True)]
        variance = [v + m**2 for v, m in zip(variance, moved[:CAUSES], strict=True)]
    expected = [float(v) for v in variance]
    np.testing.assert_allclose(lost(rows, until).std_error ** 2, expected, rtol=1e-8, atol=1e-10)
