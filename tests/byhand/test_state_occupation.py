"""Patients in states, worked by hand in fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.multistate.histories import state_histories
from autallo.stats.multistate.state_occupation import state_occupation
from autallo.stats.multistate.state_probability import state_probability
from autallo.stats.multistate.time_in_states import restricted_time_in_states

F = Fraction


def stays(rows, n_states):
    """Rows of patient, start, stop, from, to."""
    patient, start, stop, from_state, to_state = zip(*rows, strict=True)
    return state_histories(
        patient, start, stop, from_state=from_state, to_state=to_state, n_states=n_states
    )


def close(actual, expected, rtol=1e-14):
    expected = np.array([[float(x) for x in row] for row in expected])
    np.testing.assert_allclose(actual, expected, rtol=rtol, atol=1e-16)


# Remission (1), relapse (2), dead (3). A and B relapse on day 2, A is in remission again on day 4
# and followed until day 7, B dies on day 5; C dies on day 3; D stays until day 6.
FOUR = [
    ("A", 0, 2, 1, 2), ("A", 2, 4, 2, 1), ("A", 4, 7, 1, 0),
    ("B", 0, 2, 1, 2), ("B", 2, 5, 2, 3),
    ("C", 0, 3, 1, 3),
    ("D", 0, 6, 1, 0),
]  # fmt: skip


def four():
    return stays([("ABCD".index(name), *rest) for name, *rest in FOUR], 3)


def test_probabilities_of_four_patients():
    curves = state_occupation(four())
    assert curves.time.tolist() == [2, 3, 4, 5, 6, 7]
    # day 2: 2 of 4 in remission relapse; 3: 1 of 2 (C, D) dies; 4: 1 of 2 (A, B) returns;
    # 5: the one left in relapse (B) dies
    close(
        curves.probability,
        [
            (F(1, 2), F(1, 2), 0),
            (F(1, 4), F(1, 2), F(1, 4)),
            (F(1, 2), F(1, 4), F(1, 4)),
            (F(1, 2), 0, F(1, 2)),
            (F(1, 2), 0, F(1, 2)),
            (F(1, 2), 0, F(1, 2)),
        ],
    )
    assert curves.at_risk.tolist() == [
        [4, 0, 0], [2, 2, 0], [1, 2, 0], [2, 1, 0], [2, 0, 0], [1, 0, 0],
    ]  # fmt: skip
    kinds = list(zip(curves.from_state.tolist(), curves.to_state.tolist(), strict=True))
    assert kinds == [(1, 2), (1, 3), (2, 1), (2, 3)]
    assert curves.events.sum(axis=0).tolist() == [2, 1, 1, 1]
    close(curves.cumulative_hazard[-1:], [(F(1, 2), F(1, 2), F(1, 2), 1)])
    # Poisson: d / Y^2
    close(curves.hazard_std_error[-1:] ** 2, [(F(2, 16), F(1, 4), F(1, 4), 1)])


@pytest.mark.parametrize("variance", ["jackknife", "greenwood"])
def test_covariance_of_four_patients(variance):
    # day 2: 1/4 (diag h - h h'), h = (1/2, 1/2): 1/16.
    # day 3: in 64ths, the share of state 1 is halved: 1, 4, 1 on the diagonal; noise
    # (1/2)^2 / 2 * 1/4 = 1/32 on 1 and 3: 3, 4, 3.
    # day 4: new 1 = 1 + 2/2: 3 + 4/4 - 2 = 2, plus noise (1/2)^2 / 2 * 1/4: 4; new 2: 1 + 2 = 3.
    # day 5: 2 joins 3: 3 + 3 - 2 = 4.
    # Nobody is censored before, so the influences are (state - p) / 4: the same.
    curves = state_occupation(four(), variance=variance)
    close(
        curves.std_error[:4] ** 2,
        [
            (F(1, 16), F(1, 16), 0),
            (F(3, 64), F(4, 64), F(3, 64)),
            (F(4, 64), F(3, 64), F(3, 64)),
            (F(4, 64), 0, F(4, 64)),
        ],
    )
    # in 64ths: cov(1, 2) = -2, cov(1, 3) = -2, cov(2, 3) = -1 after day 4
    close(
        curves.covariance[2],
        [
            (F(4, 64), F(-2, 64), F(-2, 64)),
            (F(-2, 64), F(3, 64), F(-1, 64)),
            (F(-2, 64), F(-1, 64), F(3, 64)),
        ],
    )


def test_current_survival_is_the_sum_of_states():
    curves = state_occupation(four())
    alive = state_probability(curves, [2, 1], at=[0, 1, 3, 4.5, 5])
    close([alive.estimate], [(1, 1, F(3, 4), F(3, 4), F(1, 2))])
    # 1 less the dead, whose variance it has
    close([alive.std_error**2], [(0, 0, F(3, 64), F(3, 64), F(4, 64))])
    assert alive.at_risk.tolist() == [4, 4, 4, 3, 3]
    assert alive.states == (2, 1)
    # current leukaemia-free survival rises again on day 4
    free = state_probability(curves, [1])
    close([free.estimate], [(F(1, 2), F(1, 4), F(1, 2), F(1, 2), F(1, 2), F(1, 2))])


# A, B, E go from state 1 to 2 on day 1 (C, D, F stay); B leaves follow-up at 1.5; A returns on day
# 2 and goes to 2 again on day 3; all others are followed until day 4.
SIX = [
    (0, 0, 1, 1, 2), (0, 1, 2, 2, 1), (0, 2, 3, 1, 2), (0, 3, 4, 2, 0),
    (1, 0, 1, 1, 2), (1, 1, 1.5, 2, 0),
    (2, 0, 4, 1, 0), (3, 0, 4, 1, 0),
    (4, 0, 1, 1, 2), (4, 1, 4, 2, 0),
    (5, 0, 4, 1, 0),
]  # fmt: skip


def test_jackknife_and_greenwood_differ_when_the_past_matters():
    # p1: 1/2; 1/2 + 1/2 * 1/2 = 3/4; 3/4 * 3/4 = 9/16.
    # Influence on p1 (that on p2 is the opposite), in 24ths after day 2 and 64ths after day 3:
    # day 1: -1/12 for A, B, E, 1/12 for C, D, F.
    # day 2: all halved; of A and E in state 2 (p2 / Y = 1/4) A gains 1/8, E loses it:
    #        A 2, B -1, E -4, C, D, F 1.
    # day 3: all times 3/4; in state 1 (p1 / Y = 3/16) A loses 9/64, C, D, F gain 3/64:
    #        A -5, B -2, E -8, C, D, F 5.
    jackknife = state_occupation(stays(SIX, 2))
    at = [row for row, time in enumerate(jackknife.time) if time in {1, 2, 3}]
    close([jackknife.probability[at, 0]], [(F(1, 2), F(3, 4), F(9, 16))])
    squares = [F(6, 144), F(4 + 1 + 16 + 3, 576), F(25 + 4 + 64 + 75, 4096)]
    close([jackknife.std_error[at, 0] ** 2], [squares])
    # Greenwood: 1/24; 1/4 * 1/24 + (1/2)^2 / 2 * 1/4; 9/16 * 1/24 + (3/4)^2 / 4 * 3/16
    greenwood = state_occupation(stays(SIX, 2), variance="greenwood")
    close([greenwood.std_error[at, 0] ** 2], [(F(1, 24), F(1, 24), F(51, 1024))])


def test_mean_time_in_states_until_day_4():
    # 1 + 1/2 + 3/4 + 9/16; influences: A -5/64, B -10/64, E -24/64, C, D, F 13/64
    mean = restricted_time_in_states(stays(SIX, 2), until=4)
    close([mean.estimate], [(F(45, 16), F(19, 16))])
    close([mean.std_error**2], [[F(25 + 100 + 576 + 3 * 169, 4096)] * 2])
    reach = 1.959963984540054 * mean.std_error
    np.testing.assert_allclose(mean.low, mean.estimate - reach, rtol=1e-12)
    np.testing.assert_allclose(mean.high, mean.estimate + reach, rtol=1e-12)
    assert (mean.until, mean.beyond) == (4, False)
    # noise of each day times the squared area ahead: 15/8, 7/4 and 1
    greenwood = restricted_time_in_states(stays(SIX, 2), until=4, variance="greenwood")
    total = F(1, 24) * F(15, 8) ** 2 + F(1, 32) * F(7, 4) ** 2 + F(27, 1024)
    close([greenwood.std_error**2], [[total] * 2])
    # until 2.5: 1 + 1/2 + 3/8; later moves do not matter
    early = restricted_time_in_states(stays(SIX, 2), until=2.5)
    close([early.estimate], [(F(15, 8), F(5, 8))])
    # carried on at 9/16 to day 6
    later = restricted_time_in_states(stays(SIX, 2), until=6)
    close([later.estimate], [(F(45, 16) + F(9, 8), F(19, 16) + F(7, 8))])
    assert later.beyond


def test_several_states_at_the_start_and_late_entry():
    # At risk at the first move (day 2): three in state 1 and one in 2, so (3/4, 1/4) with variance
    # 3/16 / 4. One of the three moves to 2: p1 = 3/4 * 2/3 = 1/2. Patient 4 enters at 3 in state 2
    # and moves to 1 on day 5, when three are in state 2: p1 = 1/2 + 1/2 * 1/3.
    rows = [
        (0, 0, 2, 1, 2), (0, 2, 5, 2, 0), (1, 0, 6, 1, 0), (2, 1, 6, 1, 0), (3, 0, 6, 2, 0),
        (4, 3, 5, 2, 1), (4, 5, 6, 1, 0),
    ]  # fmt: skip
    curves = state_occupation(stays(rows, 2))
    close([curves.initial], [(F(3, 4), F(1, 4))])
    close(curves.initial_covariance, [(F(3, 64), F(-3, 64)), (F(-3, 64), F(3, 64))])
    close([curves.probability[:, 0]], [(F(1, 2), F(2, 3), F(2, 3))])
    # after day 2 two of the four at the start are in each state: 1/2 * 1/2 / 4
    close([curves.std_error[:1, 0] ** 2], [[F(1, 16)]])
    assert curves.at_risk.tolist() == [[3, 1], [2, 3], [3, 1]]
    assert curves.entry_time.tolist() == [0, 1, 3]
    assert curves.entered.tolist() == [[2, 1], [1, 0], [0, 1]]
    # just before 1 patient 2 is not there yet, just before 3 patient 4 is not
    read = state_probability(curves, [1, 2], at=[1, 1.5, 3, 3.5, 5, 6, 6.5])
    assert read.at_risk.tolist() == [3, 4, 4, 5, 5, 4, 0]
    assert read.beyond.tolist() == [False] * 6 + [True]
    # probabilities at the start that are given have no variance of their own
    given = state_occupation(stays(rows, 2), initial=[0.75, 0.25])
    close([given.probability[:, 0]], [(F(1, 2), F(2, 3), F(2, 3))])
    close([given.std_error[:1, 0] ** 2], [[F(9, 16) / 3 * F(2, 9)]])
    assert given.initial_covariance.tolist() == [[0, 0], [0, 0]]


def test_w35_where_nothing_happened_there_is_a_bound():
    """R prints a standard error of 0 there, and no limits."""
    curves = state_occupation(stays([(k, 0, 5, 1, 0) for k in range(8)], 3))
    q = 0.025 ** (1 / 8)
    np.testing.assert_allclose(curves.low, [[q, 0, 0]], rtol=1e-14)
    np.testing.assert_allclose(curves.high, [[1, 1 - q, 1 - q]], rtol=1e-14)
    assert curves.std_error.tolist() == [[0, 0, 0]]
    assert curves.events.shape == (1, 0)
    read = state_probability(curves, [2, 3], at=[2, 9], level=0.9)
    np.testing.assert_allclose(read.high, 1 - 0.05 ** (1 / 8), rtol=1e-14)
    mean = restricted_time_in_states(stays([(k, 0, 5, 1, 0) for k in range(8)], 3), until=5)
    np.testing.assert_allclose(mean.low, [5 * q, 0, 0], rtol=1e-14)
    np.testing.assert_allclose(mean.high, [5, 5 * (1 - q), 5 * (1 - q)], rtol=1e-14)


def test_the_bound_counts_the_patients_followed_so_far():
    # 4 at risk on day 2; on day 3, 2 remain of the half that is still alive: 2 / (1/2) = 4; on
    # day 4 one of them was censored: 1 / (1/2) = 2. Nobody ever reaches state 3.
    rows = [(0, 0, 2, 1, 2), (1, 0, 2, 1, 2), (2, 0, 3, 1, 0), (3, 0, 4, 1, 0)]
    curves = state_occupation(stays(rows, 3))
    assert curves.followed.tolist() == [4, 4, 2]
    np.testing.assert_allclose(
        curves.high[:, 2], [1 - 0.025 ** (1 / n) for n in (4, 4, 2)], rtol=1e-14
    )
    read = state_probability(curves, [3], at=[2.5, 3.5])
    np.testing.assert_allclose(read.high, [1 - 0.025 ** (1 / n) for n in (4, 2)], rtol=1e-14)


def test_the_bound_does_not_gain_by_who_enters_late():
    # two are followed to day 2, ten more from day 3 on: state 3 was watched in two only until then
    rows = [(0, 0, 2, 1, 0), (1, 0, 9, 1, 0), *((k, 3, 9, 1, 0) for k in range(2, 12))]
    curves = state_occupation(stays(rows, 3))
    assert curves.at_risk[:, 0].tolist() == [2, 11]
    assert curves.followed.tolist() == [2, 2]
    np.testing.assert_allclose(curves.high[:, 2], 1 - math.sqrt(0.025), rtol=1e-14)


def test_a_known_share_without_any_move_keeps_room_on_both_sides():
    curves = state_occupation(stays([(0, 0, 1, 1, 0), (1, 0, 1, 2, 0)], 2), initial=[0.5, 0.5])
    q = math.sqrt(0.025)
    np.testing.assert_allclose(curves.low, [[q / 2, q / 2]], rtol=1e-14)
    np.testing.assert_allclose(curves.high, [[1 - q / 2, 1 - q / 2]], rtol=1e-14)


def test_pf7_two_causes_as_states():
    """The incidence of the second cause at 6 is exactly 0.4."""
    # events on days 2, 3 (cause 1), 4, 5 (cause 2); censored on days 1 and 6:
    # event-free 4/5, 3/5, 2/5, 1/5; each event is 1/5
    cause = [0, 1, 1, 2, 2, 0]
    rows = [(k, 0, k + 1, 1, c + 1 if c else 0) for k, c in enumerate(cause)]
    curves = state_occupation(stays(rows, 3))
    close(curves.probability[-1:], [(F(1, 5), F(2, 5), F(2, 5))])


def test_everybody_moves_at_once():
    curves = state_occupation(stays([(k, 0, 3, 1, 2) for k in range(3)], 2))
    assert curves.probability.tolist() == [[0, 1]]
    assert curves.std_error.tolist() == [[0, 0]]
    q = 0.025 ** (1 / 3)
    np.testing.assert_allclose(curves.low, [[0, q]], rtol=1e-14)
    np.testing.assert_allclose(curves.high, [[1 - q, 1]], rtol=1e-14)


def test_rows_are_ordered_and_joined():
    histories = stays(
        [(7, 5, 9, 2, 0), (3, 0, 4, 1, 2), (7, 0, 2, 1, 0), (7, 2, 3, 1, 2), (7, 3, 5, 2, 0)], 2
    )
    time = histories.time
    assert histories.patient.tolist() == [0, 1, 1]
    assert time[histories.start].tolist() == [0, 0, 3]
    assert time[histories.stop].tolist() == [4, 3, 9]
    assert histories.from_state.tolist() == [1, 1, 2]
    assert histories.to_state.tolist() == [2, 2, 0]
    assert (histories.n_patients, histories.n_states) == (2, 2)
    # times apart by rounding only are one time
    again = stays([(0, 0, 0.1 + 0.2, 1, 2), (0, 0.3, 1, 2, 0)], 2)
    assert again.start.tolist() == [0, 1]


def test_large_numbers_of_patients_are_ordered_too():
    rows = []
    for k in range(1, 600):
        middle = (k * 37 % 600 + 0.5) / 7
        rows += [(k, middle, 99.5, 2, 0), (k, 0, middle, 1, 2)]
    one = stays(rows, 2)
    two = stays([(2**53 - 600 + k, *rest) for k, *rest in rows], 2)
    for field in ("patient", "start", "stop", "from_state", "to_state"):
        assert getattr(two, field).tolist() == getattr(one, field).tolist()
    assert one.from_state.tolist() == [1, 2] * 599


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([(0, 4, 4, 1, 2), (1, 5, 3, 1, 0)], "Rows ending at or before their start: 2."),
        (
            [(0, 0, 4, 1, 2), (0, 3, 6, 2, 0), (1, 0, 9, 1, 0), (1, 2, 9, 1, 0)],
            (
                "Rows beginning before the row before has ended: 2; of these, in another state "
                "(a patient in two states): 1."
            ),
        ),
        ([(0, 0, 4, 1, 2), (0, 5, 6, 2, 0)], "Rows beginning after a gap: 1."),
        (
            [(0, 0, 4, 1, 2), (0, 4, 6, 3, 0), (1, 0, 2, 1, 0), (1, 2, 3, 2, 0)],
            "Rows beginning in another state than the patient was in: 2.",
        ),
        ([(0, 0, 4, 2, 2)], "Rows moving to the state they are in: 1."),
        (
            [(0, 0, 4, 1, 2), (0, 5, 6, 2, 0), (1, 3, 3, 1, 0)],
            "Rows ending at or before their start: 1; beginning after a gap: 1.",
        ),
    ],
)
def test_rows_that_do_not_follow_each_other_are_counted(rows, found):
    with pytest.raises(ArgumentError) as refused:
        stays(rows, 3)
    assert str(refused.value) == f"The rows of each patient must follow each other. {found}"


def test_pf33_a_patient_given_twice_is_refused():
    with pytest.raises(ArgumentError, match="before the row before has ended: 1"):
        stays([(4, 0, 4, 1, 2), (4, 0, 4, 1, 2)], 2)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"n_states": 1}, "`n_states` must be at least 2"),
        ({"from_state": [0, 2]}, "`from_state` must be whole numbers from 1 to 2"),
        ({"from_state": [1, 3]}, "`from_state` must be whole numbers from 0 to 2"),
        ({"to_state": [3, 0]}, "`to_state` must be whole numbers from 0 to 2"),
        ({"to_state": [1.5, 0]}, "`to_state` must be whole numbers"),
        ({"start": [-1, 2]}, "`start` must be at least 0"),
        ({"stop": [2, math.nan]}, "`stop` must be finite"),
        ({"patient": [0.5, 0.5]}, "`patient` must be whole numbers"),
        ({"patient": [0, 0, 1]}, "must have the same length"),
    ],
)
def test_wrong_columns_are_refused(change, sentence):
    columns = {
        "patient": [0, 0],
        "start": [0, 2],
        "stop": [2, 5],
        "from_state": [1, 2],
        "to_state": [2, 0],
        "n_states": 2,
    }
    columns |= change
    with pytest.raises(ArgumentError, match=sentence):
        state_histories(
            columns.pop("patient"), columns.pop("start"), columns.pop("stop"), **columns
        )


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"initial": [1, 0]}, "`initial` must have one probability for each state"),
        ({"initial": [1, 1, -1]}, "`initial` must be probabilities that sum to 1"),
        ({"initial": [0.5, 0.4, 0]}, "`initial` must be probabilities that sum to 1"),
        ({"level": 95}, "`level` must be between 0 and 1"),
        ({"variance": "delta"}, '`variance` must be "jackknife" or "greenwood"'),
    ],
)
def test_wrong_options_are_refused(options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        state_occupation(four(), **options)
    with pytest.raises(ArgumentError, match=sentence):
        restricted_time_in_states(four(), until=3, **options)


def test_wrong_readings_are_refused():
    curves = state_occupation(four())
    for states in ([0], [4], [1, 1]):
        with pytest.raises(ArgumentError, match="`states` must be different whole numbers"):
            state_probability(curves, states)
    with pytest.raises(ArgumentError, match="`states` must have"):
        state_probability(curves, [])
    with pytest.raises(ArgumentError, match="`interval` must be one of"):
        state_probability(curves, [1], interval="log_log")
    with pytest.raises(ArgumentError, match="`interval` must be one of"):
        state_occupation(four(), interval="arcsin")
    with pytest.raises(ArgumentError, match="`at` must be at least 0"):
        state_probability(curves, [1], at=[-1])
    with pytest.raises(ArgumentError, match="`until` must be more than 0"):
        restricted_time_in_states(four(), until=0)
