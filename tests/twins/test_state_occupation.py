"""Twins of the patients in states: plain loops from the definitions, in exact fractions.

* the row of probabilities is multiplied out time by time, each patient with a weight;
* the infinitesimal jackknife: how far the estimate moves when one patient weighs a little more;
* Greenwood's type: the covariance matrix carried along;
* current survival as sums and differences of Kaplan-Meier curves.
"""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.errors import ArgumentError
from autallo.stats.multistate.state_occupation import state_occupation
from autallo.stats.multistate.state_probability import state_probability
from autallo.stats.multistate.time_in_states import restricted_time_in_states
from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at
from laws.test_state_occupation import rows_of, stays

SIZE = 3
STEP = Fraction(1, 10**8)
UNTIL = Fraction(6)

step = st.tuples(st.integers(1, 3), st.integers(1, SIZE))
walk = st.tuples(st.integers(0, 2), st.integers(1, SIZE), st.lists(step, min_size=1, max_size=3))
walks = st.lists(walk, min_size=1, max_size=6)
few = settings(max_examples=40, deadline=None)


def start_of(rows, weight):
    """Shares of the states among those at risk at the first move, and their number."""
    moved = [stop for _, _, stop, _, to in rows if to]
    first = min(moved or [stop for _, _, stop, _, _ in rows])
    there = [(weight[p], frm) for p, start, stop, frm, _ in rows if start < first <= stop]
    total = sum(w for w, _ in there)
    share = [sum(w for w, frm in there if frm == k) / total for k in range(1, SIZE + 1)]
    return share, total


def hazards(rows, at, weight):
    """Matrix of the shares that move or stay at one time, and the patients in each state."""
    matrix, at_risk = [], []
    for state in range(1, SIZE + 1):
        here = [r for r in rows if r[3] == state and r[1] < at <= r[2]]
        total = sum((weight[r[0]] for r in here), Fraction(0))
        row = [Fraction(0)] * SIZE
        for patient, _, stop, _, to in here:
            goal = to if stop == at and to else state
            row[goal - 1] += weight[patient] / total
        matrix.append(row if here else [Fraction(int(k + 1 == state)) for k in range(SIZE)])
        at_risk.append(total)
    return matrix, at_risk


def path_of(rows, weight):
    """Yield each time with the probabilities after it."""
    share, _ = start_of(rows, weight)
    for at in sorted({stop for _, _, stop, _, _ in rows}):
        matrix, _ = hazards(rows, at, weight)
        share = [sum(share[j] * matrix[j][k] for j in range(SIZE)) for k in range(SIZE)]
        yield at, share


def areas(rows, weight):
    total, share, now = [Fraction(0)] * SIZE, start_of(rows, weight)[0], Fraction(0)
    for at, after in [*path_of(rows, weight), (UNTIL, None)]:
        width = max(min(Fraction(at), UNTIL) - now, 0)
        total = [t + width * s for t, s in zip(total, share, strict=True)]
        now, share = max(now, min(Fraction(at), UNTIL)), after
    return total


def slopes(function, patients):
    """Derivative of a list of numbers by the weight of each patient."""
    for patient in range(patients):
        up, down = (
            function([1 + sign * STEP * (k == patient) for k in range(patients)])
            for sign in (1, -1)
        )
        yield [(u - d) / (2 * STEP) for u, d in zip(up, down, strict=True)]


def greenwood(rows):
    one = [Fraction(1)] * (1 + max(r[0] for r in rows))
    share, total = start_of(rows, one)
    spread = [
        [(share[i] * (i == j) - share[i] * share[j]) / total for j in range(SIZE)]
        for i in range(SIZE)
    ]
    for at in sorted({stop for _, _, stop, _, _ in rows}):
        matrix, at_risk = hazards(rows, at, one)
        spread = [
            [
                sum(
                    matrix[a][i] * spread[a][b] * matrix[b][j]
                    for a in range(SIZE)
                    for b in range(SIZE)
                )
                + sum(
                    share[a] ** 2 / at_risk[a] * matrix[a][i] * ((i == j) - matrix[a][j])
                    for a in range(SIZE)
                    if at_risk[a]
                )
                for j in range(SIZE)
            ]
            for i in range(SIZE)
        ]
        share = [sum(share[a] * matrix[a][k] for a in range(SIZE)) for k in range(SIZE)]
        yield [spread[k][k] for k in range(SIZE)]


def close(actual, expected, rtol=1e-11, atol=1e-14):
    expected = np.array([[float(x) for x in row] for row in expected])
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)


@few
@given(walks)
def test_probabilities_and_jackknife_patient_by_patient(walks):
    rows = rows_of(walks)
    curves = state_occupation(stays(rows, SIZE))
    one = [Fraction(1)] * len(walks)
    path = list(path_of(rows, one))
    assert curves.time.tolist() == [at for at, _ in path]
    close([curves.initial], [start_of(rows, one)[0]])
    close(curves.probability, [share for _, share in path])
    flat = list(slopes(lambda weight: [p for _, s in path_of(rows, weight) for p in s], len(walks)))
    variance = [sum(slope[k] ** 2 for slope in flat) for k in range(len(path) * SIZE)]
    # the step leaves about 1e-16 of what it differs from 0
    close(curves.std_error.reshape(1, -1) ** 2, [variance], atol=1e-13)


@few
@given(walks)
def test_greenwood_matrix_by_matrix(walks):
    rows = rows_of(walks)
    curves = state_occupation(stays(rows, SIZE), variance="greenwood")
    close(curves.std_error**2, list(greenwood(rows)))


@few
@given(walks)
def test_mean_times_and_their_jackknife(walks):
    rows = rows_of(walks)
    mean = restricted_time_in_states(stays(rows, SIZE), until=float(UNTIL))
    one = [Fraction(1)] * len(walks)
    close([mean.estimate], [areas(rows, one)])
    flat = list(slopes(lambda weight: areas(rows, weight), len(walks)))
    close(
        mean.covariance,
        [[sum(s[i] * s[j] for s in flat) for j in range(SIZE)] for i in range(SIZE)],
        atol=1e-12,
    )


@few
@given(walks)
def test_effective_number_of_patients_followed(walks):
    """Those at risk over the probability of the states in which anybody is, the smallest so far."""
    rows = rows_of(walks)
    one = [Fraction(1)] * len(walks)
    share, fewest, expected = start_of(rows, one)[0], None, []
    watched = {r[3] - 1 for r in rows}
    for at, after in path_of(rows, one):
        at_risk = sum(r[1] < at <= r[2] for r in rows)
        chance = sum(share[k] for k in watched)
        if chance:
            fewest = min(fewest or at_risk / chance, at_risk / chance)
        expected.append(fewest)
        share = after
    curves = state_occupation(stays(rows, SIZE))
    if None not in expected:
        close([curves.followed], [expected])


@few
@given(walks)
def test_patients_at_risk_and_moves_counted_one_by_one(walks):
    rows = rows_of(walks)
    curves = state_occupation(stays(rows, SIZE))
    for row, at in enumerate(curves.time):
        for state in range(1, SIZE + 1):
            here = sum(r[3] == state and r[1] < at <= r[2] for r in rows)
            assert curves.at_risk[row, state - 1] == here
        for kind, (frm, to) in enumerate(zip(curves.from_state, curves.to_state, strict=True)):
            moved = sum(r[2:] == (at, frm, to) for r in rows)
            assert curves.events[row, kind] == moved
    asked = [0.5, 1, 1.5, 2, 2.5, 3, 4.5, 9]
    read = state_probability(curves, [1, 3], at=asked)
    for at, number in zip(asked, read.at_risk, strict=True):
        assert number == sum(r[3] != 2 and r[1] < at <= r[2] for r in rows)


any_row = st.tuples(
    st.integers(0, 2), st.integers(0, 6), st.integers(0, 6), st.integers(1, 3), st.integers(0, 3)
)


@few
@given(st.lists(any_row, min_size=1, max_size=6))
def test_problems_counted_one_by_one(rows):
    ordered = sorted(rows, key=lambda row: row[:2])
    keys = [row[:2] for row in ordered]
    if len(set(keys)) < len(keys):
        # which of two rows that start together comes first is open; they are refused
        with pytest.raises(ArgumentError, match="Rows "):
            stays(rows, SIZE)
        return
    found = {"ending": 0, "before": 0, "gap": 0, "another": 0, "moving": 0}
    for place, (patient, start, stop, frm, to) in enumerate(ordered):
        found["ending"] += stop <= start
        found["moving"] += frm == to
        if place and ordered[place - 1][0] == patient:
            _, _, end, old, new = ordered[place - 1]
            found["before"] += start < end
            found["gap"] += start > end
            found["another"] += start == end and frm != (new or old)
    problems = [
        ("ending at or before their start", found["ending"]),
        ("beginning before the row before has ended", found["before"]),
        ("beginning after a gap", found["gap"]),
        ("beginning in another state than the patient was in", found["another"]),
        ("moving to the state they are in", found["moving"]),
    ]
    if not any(count for _, count in problems):
        assert stays(rows, SIZE).n_patients == len({row[0] for row in rows})
        return
    with pytest.raises(ArgumentError) as refused:
        stays(rows, SIZE)
    for name, count in problems:
        assert (f"{name}: {count}" in str(refused.value)) is (count > 0)


def stages(rng, patients, censoring):
    """Remission, relapse, second remission, second relapse, death: rows, and times of the exits."""
    leave = rng.exponential(2, (patients, 3)).cumsum(axis=1)
    dies = rng.random((patients, 3)) < 0.3
    end = censoring(rng, patients)
    rows, exits = [], []
    for patient in range(patients):
        now, out = 0.0, []
        for stage in range(3):
            then = leave[patient, stage]
            if then > end[patient]:
                rows.append((patient, now, end[patient], stage + 1, 0))
                out += [(end[patient], 0)] * (3 - stage)
                break
            rows.append((patient, now, then, stage + 1, 5 if dies[patient, stage] else stage + 2))
            out.append((then, 1))
            now = then
            if dies[patient, stage]:
                out += [(then, 1)] * (2 - stage)
                break
        exits.append(out)
    return rows, exits


def combined(exits, at):
    """Leaving stage 1, plus leaving stage 3 less entering it, death being an exit from all."""
    curves = [
        survival_at(kaplan_meier(*zip(*[out[stage] for out in exits], strict=True)), at).survival
        for stage in range(3)
    ]
    return curves[0] + curves[2] - curves[1]


def test_current_leukaemia_free_survival_without_censoring_is_the_same():
    rng = np.random.default_rng(5)
    rows, exits = stages(rng, 60, lambda _, n: np.full(n, np.inf))
    at = np.linspace(0.1, 12, 40)
    read = state_probability(state_occupation(stays(rows, 5)), [1, 3], at=at)
    np.testing.assert_allclose(read.estimate, combined(exits, at), rtol=1e-12, atol=1e-15)


def test_current_leukaemia_free_survival_with_censoring_is_near():
    rng = np.random.default_rng(6)
    rows, exits = stages(rng, 3000, lambda rng, n: rng.uniform(2, 14, n))
    at = np.linspace(0.5, 9, 18)
    read = state_probability(state_occupation(stays(rows, 5)), [1, 3], at=at)
    # two estimates of one thing from the same patients: nearer to each other than to the truth
    assert (np.abs(read.estimate - combined(exits, at)) < 1.5 * read.std_error).all()
