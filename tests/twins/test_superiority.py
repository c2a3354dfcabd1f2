"""Twin of the probability of superiority: pair by pair, limits by stepping through all values."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import betainc, betaincc, ndtri, stdtr

from autallo.stats.ranks.superiority import probability_of_superiority

values = st.lists(st.integers(0, 6), min_size=2, max_size=8)


def wins_of(x, y):
    return [[1.0 if a > b else 0.5 if a == b else 0.0 for b in y] for a in x]


def variance_of(placed):
    mean = sum(placed) / len(placed)
    return sum((place - mean) ** 2 for place in placed) / (len(placed) - 1) / len(placed)


@settings(max_examples=60, deadline=None)
@given(values, values, st.sampled_from([0.8, 0.95, 0.99]))
def test_logit_limits_leave_the_tails(x, y, level):
    """At each limit the t statistic on the logit scale has the tail (1 - level) / 2."""
    wins = wins_of(x, y)
    rows = [sum(row) / len(y) for row in wins]
    columns = [sum(row[j] for row in wins) / len(x) for j in range(len(y))]
    estimate = sum(rows) / len(x)
    found = probability_of_superiority(x, y, level=level, method="logit")
    assert found.estimate == pytest.approx(estimate, abs=1e-15)
    parts = variance_of(rows), variance_of(columns)
    if min(parts) < 1e-12:
        assert found.method in ("separation", "largest_variance")
        return
    df = sum(parts) ** 2 / (parts[0] ** 2 / (len(x) - 1) + parts[1] ** 2 / (len(y) - 1))
    spread = sum(parts) ** 0.5 / (estimate * (1 - estimate))
    tail = (1 - level) / 2
    logit = np.log(estimate / (1 - estimate))
    for limit, side in ((found.low, -1), (found.high, 1)):
        if 1e-9 < limit < 1 - 1e-9:
            distance = side * (np.log(limit / (1 - limit)) - logit) / spread
            # 1e-6: the logit of a limit near 1 loses digits.
            assert stdtr(df, -distance) == pytest.approx(tail, rel=1e-6)


@settings(max_examples=80, deadline=None)
@given(values, values, st.sampled_from([0.8, 0.95, 0.99]))
def test_adjusted_limits_leave_the_tails(x, y, level):
    """The larger of the tails that t and, towards the nearer end, the binomial leave is exact."""
    wins = wins_of(x, y)
    rows = [sum(row) / len(y) for row in wins]
    columns = [sum(row[j] for row in wins) / len(x) for j in range(len(y))]
    estimate = sum(rows) / len(x)
    found = probability_of_superiority(x, y, level=level)
    if estimate in (0, 1):
        assert found.method == "separation"
        return
    assert found.method == "adjusted"
    largest = estimate * (1 - estimate)
    shares = [
        min(max(variance_of(placed) * len(placed) / largest, 3 / (len(placed) + 2)), 1)
        for placed in (rows, columns)
    ]
    parts = shares[0] / len(x), shares[1] / len(y)
    df = sum(parts) ** 2 / (parts[0] ** 2 / (len(x) + 1) + parts[1] ** 2 / (len(y) + 1))
    spread, patients = (sum(parts) / largest) ** 0.5, 1 / sum(parts)
    won, lost = estimate * patients, (1 - estimate) * patients
    logit = np.log(estimate / (1 - estimate))
    for limit, side in ((found.low, -1), (found.high, 1)):
        if not 1e-6 < limit < 1 - 1e-6:
            continue
        tails = [stdtr(df, -side * (np.log(limit / (1 - limit)) - logit) / spread)]
        if side < 0 and estimate <= 0.5 + 1e-12:
            tails.append(betainc(won, lost + 1, limit))
        if side > 0 and estimate >= 0.5 - 1e-12:
            tails.append(betaincc(won + 1, lost, limit))
        # 1e-6: the logit of a limit near 1 loses digits.
        assert max(tails) == pytest.approx((1 - level) / 2, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(values, values)
def test_pseudo_score_limits_are_where_the_test_begins_to_reject(x, y):
    n, m = len(x), len(y)
    estimate = sum(map(sum, wins_of(x, y))) / (n * m)
    grid = np.linspace(0, 1, 20001)
    mean = (n + m) / 2 - 1
    spread = grid * (1 - grid) * (1 + mean * ((1 - grid) / (2 - grid) + grid / (1 + grid)))
    kept = grid[np.abs(grid - estimate) <= ndtri(0.975) * np.sqrt(spread / (n * m))]
    found = probability_of_superiority(x, y, method="pseudo_score")
    # 5e-5: the step of the grid.
    np.testing.assert_allclose([found.low, found.high], [kept.min(), kept.max()], atol=5.1e-5)
