"""Twin of Gray's test: a loop over the event times in exact fractions.

Written from Gray (1988) and the tie rule that cmprsk documents by its numbers, without the module.
The score of a group and its deviation from the pooled curve are carried forward together as one
state; each event time first lets the deviation act on the score, then adds independent noise from
every group and kind of event. The covariance of the score is a corner of the state's covariance.
"""

from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.gray import gray_test
from autallo.stats.incidence.gray_permutation import gray_permutation_test


def counts_at(rows, at, group):
    """At risk, with the event of interest, with a competing event, of one group at one time."""
    mine = [(t, c) for t, c, g in rows if g == group]
    return (
        sum(t >= at for t, _ in mine),
        sum(t == at and c == 1 for t, c in mine),
        sum(t == at and c > 1 for t, c in mine),
    )


def add_noise(covariance, loading, variance):
    size = len(loading)
    return [
        [covariance[i][j] + loading[i] * loading[j] * variance for j in range(size)]
        for i in range(size)
    ]


def let_deviation_act(covariance, effect, n_groups):
    """Score i gains sum over k of effect[i][k] times deviation k."""
    size = 2 * n_groups
    step = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    for i in range(n_groups):
        for k in range(n_groups):
            step[i][n_groups + k] = effect[i][k]
    half = [
        [sum(step[i][m] * covariance[m][j] for m in range(size)) for j in range(size)]
        for i in range(size)
    ]
    return [
        [sum(half[i][m] * step[j][m] for m in range(size)) for j in range(size)]
        for i in range(size)
    ]


def gray_by_loops(rows, n_groups, rho=0):
    """Return the score per group and its covariance matrix, as fractions (whole `rho` only)."""
    everyone = range(n_groups)
    score = [Fraction(0)] * n_groups
    covariance = [[Fraction(0)] * (2 * n_groups) for _ in range(2 * n_groups)]
    free, incidence, pooled = [Fraction(1)] * n_groups, [Fraction(0)] * n_groups, Fraction(0)
    for at in sorted({t for t, _, _ in rows}):
        at_risk, wanted, competing = zip(*(counts_at(rows, at, g) for g in everyone), strict=True)
        if sum(y > 0 for y in at_risk) < 2:
            break
        height = [at_risk[g] / free[g] if at_risk[g] else Fraction(0) for g in everyone]
        risk_set = [height[g] * (1 - incidence[g]) for g in everyone]
        weight = max(1 - pooled, Fraction(0)) ** rho
        events = sum(wanted)
        effect = [[Fraction(0)] * n_groups for _ in everyone]
        spread = [
            [weight * height[i] * ((i == k) - height[k] / sum(height)) for k in everyone]
            for i in everyone
        ]
        step = events / sum(height)
        for i in everyone:
            score[i] += weight * (wanted[i] - events * risk_set[i] / sum(risk_set))
            if events:
                effect[i] = [spread[i][k] * step / (1 - pooled) for k in everyone]
        covariance = let_deviation_act(covariance, effect, n_groups)
        after = [
            free[g] * (1 - Fraction(wanted[g] + competing[g], at_risk[g]))
            if at_risk[g]
            else free[g]
            for g in everyone
        ]
        for g in everyone:
            if not at_risk[g]:
                continue
            pull = (1 - pooled - step) / after[g] if after[g] else Fraction(0)
            at_g = [Fraction(int(m == n_groups + g)) for m in range(2 * n_groups)]
            if events:
                ties = 1 - (events - 1) / (sum(height) * free[g] - 1) if events > 1 else 1
                loading = [spread[i][g] for i in everyone] + [
                    (1 - pull) * m for m in at_g[n_groups:]
                ]
                covariance = add_noise(
                    covariance, loading, ties * free[g] * events / (sum(height) * at_risk[g])
                )
            if competing[g] and after[g]:
                d = competing[g]
                ties = 1 - Fraction(d - 1, at_risk[g] - 1) if d > 1 else 1
                covariance = add_noise(
                    covariance, [-pull * m for m in at_g], ties * free[g] ** 2 * d / at_risk[g] ** 2
                )
            incidence[g] += free[g] * Fraction(wanted[g], at_risk[g])
        free, pooled = after, pooled + step
    return score, [row[:n_groups] for row in covariance[:n_groups]]


def split(rows):
    return zip(*rows, strict=True)


def arm(size, group, causes=(0, 1, 2)):
    return st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from(causes), st.just(group)),
        min_size=size,
        max_size=size,
    )


def assert_equals_twin(rows, rho=0):
    time, cause, group = split(rows)
    test = gray_test(time, cause, group, n_causes=2, rho=rho)
    try:
        score, covariance = gray_by_loops(rows, 2, rho)
    except ZeroDivisionError:  # the pooled curve reaches 1 while two groups go on
        assert test.covariance is None
        return
    expected = score[0] ** 2 / covariance[0][0] if covariance[0][0] > 0 else None
    np.testing.assert_allclose(test.score, [float(s) for s in score], rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(
        test.covariance, np.array(covariance, dtype=float), rtol=1e-9, atol=1e-12
    )
    if expected is None:
        assert test.statistic is None
    else:
        assert test.statistic == pytest.approx(float(expected), rel=1e-9, abs=1e-13)


@settings(max_examples=60, deadline=None)
@given(first=arm(17, 0), second=arm(11, 1), rho=st.sampled_from([0, 0, 1]))
def test_seventeen_against_eleven_with_ties_across_causes(first, second, rho):
    assume(any(c == 1 for _, c, _ in first + second))
    assert_equals_twin(first + second, rho)


@settings(max_examples=40, deadline=None)
@given(first=arm(8, 0, (0, 1)), second=arm(6, 1))
def test_an_arm_without_a_competing_event(first, second):
    assume(any(c == 1 for _, c, _ in first + second))
    assert_equals_twin(first + second)


@settings(max_examples=40, deadline=None)
@given(first=arm(8, 0, (0, 2)), second=arm(6, 1))
def test_an_arm_without_the_event(first, second):
    assume(any(c == 1 for _, c, _ in second))
    assert_equals_twin(first + second)


@settings(max_examples=40, deadline=None)
@given(first=arm(5, 0), second=arm(4, 1), third=arm(4, 2), rho=st.sampled_from([0, 1]))
def test_three_groups(first, second, third, rho):
    rows = first + second + third
    assume(any(c == 1 for _, c, _ in rows))
    time, cause, group = split(rows)
    test = gray_test(time, cause, group, n_causes=2, rho=rho)
    try:
        score, covariance = gray_by_loops(rows, 3, rho)
    except ZeroDivisionError:  # the pooled curve reaches 1 while two groups go on
        assert test.covariance is None
        return
    inner = np.array(covariance, dtype=float)[:2, :2]
    spread = np.linalg.eigvalsh(inner)
    assume(spread[0] > 1e-6 * spread[1])
    gap = np.array([float(s) for s in score[:2]])
    assert test.df == 2
    assert test.statistic == pytest.approx(gap @ np.linalg.solve(inner, gap), rel=1e-8, abs=1e-12)


@settings(max_examples=30, deadline=None)
@given(
    first=arm(6, 0),
    second=arm(5, 1),
    third=arm(5, 0),
    fourth=arm(5, 1),
    rho=st.sampled_from([0, 1]),
)
def test_two_strata(first, second, third, fourth, rho):
    strata = first + second, third + fourth
    time, cause, group = split([row for rows in strata for row in rows])
    codes = [code for code, rows in enumerate(strata) for _ in rows]
    test = gray_test(time, cause, group, stratum=codes, n_causes=2, rho=rho)
    try:
        parts = [gray_by_loops(rows, 2, rho) for rows in strata]
    except ZeroDivisionError:  # a pooled curve reaches 1 while two groups go on
        assert test.covariance is None
        return
    score, variance = (sum(part[0][0] for part in parts), sum(part[1][0][0] for part in parts))
    assert test.score[0] == pytest.approx(float(score), rel=1e-10, abs=1e-12)
    assert test.covariance[0, 0] == pytest.approx(float(variance), rel=1e-9, abs=1e-12)
    if variance > 0:
        assert test.statistic == pytest.approx(float(score**2 / variance), rel=1e-9, abs=1e-13)
    else:
        assert test.statistic is None


def share_as_far(rows, labels, all_labels):
    """Share of the arrangements as far from no difference as the observed one, in fractions."""
    n_groups, sizes = max(labels) + 1, [labels.count(g) for g in range(max(labels) + 1)]

    def distance(some):
        score, _ = gray_by_loops(
            [(t, c, g) for (t, c), g in zip(rows, some, strict=True)], n_groups
        )
        return sum(s**2 / size for s, size in zip(score, sizes, strict=True))

    distances = [distance(some) for some in all_labels]
    furthest = sum(d == max(distances) for d in distances)
    seen = distance(labels)
    return Fraction(sum(d >= seen for d in distances), len(distances)), furthest, len(distances)


@pytest.mark.parametrize(
    ("cause", "labels"),
    [
        ([1, 2, 1, 0, 1, 2, 0, 1, 1, 0], [0, 0, 0, 1, 1, 1, 0, 1, 1, 1]),
        ([1, 1, 1, 0, 0, 2, 2, 0, 0, 0], [1, 0, 1, 0, 0, 0, 0, 0, 0, 0]),
    ],
)
def test_exact_p_value_of_all_arrangements_of_ten(cause, labels):
    time = [1, 1, 2, 2, 3, 3, 4, 5, 5, 6]
    all_labels = [
        [int(i in chosen) for i in range(10)] for chosen in combinations(range(10), sum(labels))
    ]
    rows = list(zip(time, cause, strict=True))
    p_value, furthest, ways = share_as_far(rows, labels, all_labels)
    test = gray_permutation_test(time, cause, labels, n_causes=2)
    assert test.method == "exact"
    assert test.p_value == pytest.approx(float(p_value), rel=1e-14)
    assert test.smallest_p == pytest.approx(furthest / ways, rel=1e-14)


def test_exact_p_value_of_three_groups_of_six_patients():
    """All 60 ways to deal six to groups of 1, 2 and 3."""
    time, cause, labels = [1, 2, 2, 3, 4, 5], [1, 2, 1, 1, 0, 1], [2, 0, 1, 2, 1, 2]
    all_labels = sorted(set(permutations(labels)))
    rows = list(zip(time, cause, strict=True))
    p_value, furthest, ways = share_as_far(rows, labels, [list(some) for some in all_labels])
    assert ways == 60
    test = gray_permutation_test(time, cause, labels, n_causes=2)
    assert test.p_value == pytest.approx(float(p_value), rel=1e-14)
    assert test.smallest_p == pytest.approx(furthest / ways, rel=1e-14)


def test_drawn_p_value_is_near_that_of_all_arrangements(monkeypatch):
    """All 210 ways to name 4 of 10 patients the first group, scored by the twin."""
    time = [1, 1, 2, 2, 3, 3, 4, 5, 5, 6]
    cause = [1, 2, 1, 0, 1, 2, 0, 1, 1, 0]
    observed = [0, 0, 0, 1, 1, 1, 0, 1, 1, 1]
    all_labels = [
        [int(i not in chosen) for i in range(10)] for chosen in combinations(range(10), 4)
    ]
    assert len(all_labels) == 210
    p_value, _, _ = share_as_far(list(zip(time, cause, strict=True)), observed, all_labels)
    exact = float(p_value)
    monkeypatch.setattr("autallo.stats.incidence.gray_permutation.MOST_ARRANGEMENTS", 0)
    test = gray_permutation_test(
        time, cause, observed, n_causes=2, draws=20_000, rng=np.random.default_rng(20_260)
    )
    assert abs(test.p_value - exact) < 4 * (exact * (1 - exact) / 20_000) ** 0.5
    assert test.standard_error == pytest.approx((exact * (1 - exact) / 20_000) ** 0.5, rel=0.05)


def test_arrangements_that_differ_by_rounding_only_are_as_extreme():
    """All 20 arrangements of these six have the same score, but not the same last bit."""
    time, cause, group = [2, 2, 3, 4, 4, 5], [2, 2, 1, 2, 2, 1], [1, 1, 1, 0, 0, 0]
    for chosen in combinations(range(6), 3):
        labels = [int(i in chosen) for i in range(6)]
        score, _ = gray_by_loops(list(zip(time, cause, labels, strict=True)), 2)
        assert abs(score[0]) == Fraction(1, 2)
    test = gray_permutation_test(time, cause, group, n_causes=2)
    assert (test.p_value, test.smallest_p) == (1, 1)
