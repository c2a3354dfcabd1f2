"""Twin of the cumulative incidence: products of transition matrices in exact fractions.

Written from the definitions, without the module. Three slow ways to the same numbers:

* the row of the transition matrix out of "event-free" is multiplied out event time by event time,
  and its covariance matrix is carried along (Andersen, Borgan, Gill, Keiding 1993, IV.4.1);
* the infinitesimal jackknife: how much the estimate moves when one patient weighs a little more;
* the double sum over event times and causes that cmprsk prints.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.aalen_johansen import cumulative_incidence

CAUSES = 2


def transition(rows, at, weight=None):
    """Number at risk just before `at`, and the share of it leaving for each cause."""
    weight = weight or [Fraction(1)] * len(rows)
    pairs = list(zip(rows, weight, strict=True))
    at_risk = sum(w for (t, _), w in pairs if t >= at)
    share = [
        sum(w for (t, c), w in pairs if t == at and c == cause) / at_risk
        for cause in range(1, CAUSES + 1)
    ]
    return at_risk, share


def matrix_of(share):
    """Transition matrix of one event time: row 0 is event-free, the causes absorb."""
    size = len(share) + 1
    matrix = [[Fraction(int(i == j)) for j in range(size)] for i in range(size)]
    matrix[0] = [1 - sum(share), *share]
    return matrix


def product(left, right):
    return [
        [sum(left[i][m] * right[m][j] for m in range(len(right))) for j in range(len(right[0]))]
        for i in range(len(left))
    ]


def transpose(matrix):
    return [list(column) for column in zip(*matrix, strict=True)]


def by_matrices(rows):
    """Yield time, occupation probabilities and their covariance matrix at each distinct time."""
    return by_matrices_with_entry([(t, c, -1) for t, c in rows])


def by_matrices_with_entry(rows):
    """As `by_matrices`, of patients who come under observation late."""
    size = CAUSES + 1
    state = [[Fraction(1), *[Fraction(0)] * CAUSES]]
    covariance = [[Fraction(0)] * size for _ in range(size)]
    for at in sorted({t for t, _, _ in rows}):
        seen = [(t, c) for t, c, entry in rows if entry < at]
        at_risk, share = transition(seen, at)
        matrix = matrix_of(share)
        noise = [
            [
                state[0][0] ** 2 * matrix[0][i] * ((i == j) - matrix[0][j]) / at_risk
                for j in range(size)
            ]
            for i in range(size)
        ]
        carried = product(product(transpose(matrix), covariance), matrix)
        covariance = [[carried[i][j] + noise[i][j] for j in range(size)] for i in range(size)]
        state = product(state, matrix)
        yield at, state[0], covariance


def weighted_incidence(rows, weight, until):
    state = [[Fraction(1), *[Fraction(0)] * CAUSES]]
    for at in sorted({t for t, _ in rows if t <= until}):
        state = product(state, matrix_of(transition(rows, at, weight)[1]))
    return state[0][1:]


def jackknife_variance(rows, until):
    """Sum over patients of the squared derivative of the estimate by the patient's weight."""
    step = Fraction(1, 10**6)
    total = [Fraction(0)] * CAUSES
    for patient in range(len(rows)):
        up, down = (
            weighted_incidence(
                rows, [1 + sign * step * (i == patient) for i in range(len(rows))], until
            )
            for sign in (1, -1)
        )
        total = [s + ((u - d) / (2 * step)) ** 2 for s, u, d in zip(total, up, down, strict=True)]
    return total


def cmprsk_variance(rows):
    """Yield time and, per cause, the double sum with one independent term per time and cause."""
    path = [(at, state) for at, state, _ in by_matrices(rows)]
    for now, (at, state) in enumerate(path):
        variance = [Fraction(0)] * CAUSES
        before = Fraction(1)
        for then, after in path[: now + 1]:
            at_risk = sum(t >= then for t, _ in rows)
            for other in range(1, CAUSES + 1):
                had = sum(t == then and c == other for t, c in rows)
                if not had:
                    continue
                ties = 1 - Fraction(had - 1, at_risk - 1) if had > 1 else Fraction(1)
                for cause in range(1, CAUSES + 1):
                    later = (state[cause] - after[cause]) / after[0] if after[0] else Fraction(0)
                    if after[0] == 0 and other != cause:
                        continue
                    slope = int(other == cause) - later
                    variance[cause - 1] += before**2 * ties * had * slope**2 / at_risk**2
            before = after[0]
        yield at, variance


patients = st.lists(st.tuples(st.integers(0, 6), st.integers(0, CAUSES)), min_size=1, max_size=17)


def fitted(rows, **options):
    time, cause = zip(*rows, strict=True)
    return cumulative_incidence(time, cause, n_causes=CAUSES, **options)


@settings(max_examples=100, deadline=None)
@given(rows=patients)
def test_estimate_and_delta_variance_equal_the_matrix_recursion(rows):
    fit = fitted(rows)
    twin = list(by_matrices(rows))
    assert fit.time.tolist() == [at for at, _, _ in twin]
    for row, (at, state, covariance) in enumerate(twin):
        assert fit.at_risk[row] == sum(t >= at for t, _ in rows)
        assert fit.event_free[row] == pytest.approx(float(state[0]), rel=1e-12, abs=1e-15)
        for k in range(CAUSES):
            assert fit.incidence[row, k] == pytest.approx(float(state[k + 1]), rel=1e-12, abs=1e-15)
            variance = float(covariance[k + 1][k + 1])
            assert fit.std_error[row, k] ** 2 == pytest.approx(variance, rel=1e-10, abs=1e-16)


@settings(max_examples=100, deadline=None)
@given(rows=patients)
def test_cmprsk_variance_equals_the_double_sum(rows):
    fit = fitted(rows, variance="cmprsk")
    for row, (_, variance) in enumerate(cmprsk_variance(rows)):
        expected = [float(v) for v in variance]
        np.testing.assert_allclose(fit.std_error[row] ** 2, expected, rtol=1e-10, atol=1e-16)


@settings(max_examples=15, deadline=None)
@given(rows=st.lists(st.tuples(st.integers(1, 4), st.integers(0, CAUSES)), min_size=2, max_size=8))
def test_delta_variance_is_the_infinitesimal_jackknife(rows):
    fit = fitted(rows)
    for row, at in enumerate(fit.time):
        expected = [float(v) for v in jackknife_variance(rows, at)]
        np.testing.assert_allclose(fit.std_error[row] ** 2, expected, rtol=1e-8, atol=1e-11)


def weighted_variance(rows, weight, until):
    """Sum over patients of the squared product of weight and derivative by it."""
    step = Fraction(1, 10**6)
    total = [Fraction(0)] * CAUSES
    for patient in range(len(rows)):
        up, down = (
            weighted_incidence(
                rows, [w + sign * step * (i == patient) for i, w in enumerate(weight)], until
            )
            for sign in (1, -1)
        )
        moved = [weight[patient] * (u - d) / (2 * step) for u, d in zip(up, down, strict=True)]
        total = [s + m**2 for s, m in zip(total, moved, strict=True)]
    return total


weighted = st.tuples(st.integers(1, 4), st.integers(0, CAUSES), st.integers(1, 5))


@settings(max_examples=25, deadline=None)
@given(rows=st.lists(weighted, min_size=2, max_size=8))
def test_weighted_estimate_and_jackknife_by_turning_each_weight(rows):
    patients = [(t, c) for t, c, _ in rows]
    weight = [Fraction(w, 2) for _, _, w in rows]
    fit = fitted(patients, weight=[float(w) for w in weight])
    for row, at in enumerate(fit.time):
        estimate = [float(f) for f in weighted_incidence(patients, weight, at)]
        np.testing.assert_allclose(fit.incidence[row], estimate, rtol=1e-12, atol=1e-15)
        variance = [float(v) for v in weighted_variance(patients, weight, at)]
        np.testing.assert_allclose(fit.std_error[row] ** 2, variance, rtol=1e-8, atol=1e-11)


late = st.tuples(st.integers(1, 6), st.integers(0, CAUSES), st.integers(0, 5)).map(
    lambda row: (row[0], row[1], min(row[2], row[0] - 1))
)


@settings(max_examples=100, deadline=None)
@given(rows=st.lists(late, min_size=1, max_size=17))
def test_delayed_entry_equals_the_matrix_recursion(rows):
    fit = fitted([(t, c) for t, c, _ in rows], entry=[entry for _, _, entry in rows])
    for row, (_, state, covariance) in enumerate(by_matrices_with_entry(rows)):
        expected = [float(p) for p in state]
        assert fit.event_free[row] == pytest.approx(expected[0], rel=1e-12, abs=1e-15)
        np.testing.assert_allclose(fit.incidence[row], expected[1:], rtol=1e-12, atol=1e-15)
        variance = [float(covariance[k][k]) for k in range(1, CAUSES + 1)]
        np.testing.assert_allclose(fit.std_error[row] ** 2, variance, rtol=1e-10, atol=1e-16)


def test_bound_where_nobody_had_the_event_is_the_binomial_one_of_the_effective_number():
    """The upper bound p solves (1 - p)**n = alpha / 2, found here by halving the interval.

    n is at risk over event-free before: 5/1, 4/(4/5), 3/(4/5), 2/(8/15), 1/(8/15).
    """
    fit = fitted([(1, 2), (2, 0), (3, 2), (4, 0), (5, 0)], level=0.9)
    for row, effective in enumerate([5, 5, 15 / 4, 15 / 4, 15 / 8]):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if (1 - middle) ** effective > 0.05 else (low, middle)
        assert fit.low[row, 0] == 0
        assert fit.high[row, 0] == pytest.approx(low, rel=1e-12)
