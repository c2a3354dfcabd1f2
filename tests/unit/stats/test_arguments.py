"""What is refused before anything is computed, and with which sentence."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats import arguments as given

NAN, INF = float("nan"), float("inf")


@pytest.mark.parametrize(
    ("check", "value", "sentence"),
    [
        (given.as_values, [1, NAN], "`x` must be finite; leave missing values out before."),
        (given.as_values, [1, INF], "`x` must be finite; leave missing values out before."),
        (given.as_values, [-INF, 1], "`x` must be finite; leave missing values out before."),
        (given.as_values, ["1"], "`x` must be numbers."),
        (given.as_values, [None, 1], "`x` must be numbers."),
        (given.as_values, [], "`x` must be one list of values, at least one."),
        (given.as_values, [[1, 2]], "`x` must be one list of values, at least one."),
        (given.as_values, [[1], [1, 2]], "`x` must have rows of the same length."),
        (given.as_values, np.ma.array([1, 2], mask=[0, 1]),
         "`x` must not have masked values; leave them out before."),
        (given.as_values, [10**400], "`x` must be numbers."),
        (given.as_values, np.array([1], dtype=np.longdouble),
         "`x` must be numbers of at most 64 bits."),
        (given.as_times, [1, -1e-9], "`x` must be at least 0."),
        (given.as_weights, [1, -1], "`x` must be at least 0."),
        (given.as_weights, [0, 0], "`x` must be above 0 for at least one patient."),
        (given.as_weights, [1e160] * 4, "`x` must be 0 or from 1e-100 to 1e+15."),
        (given.as_weights, [1e-200] * 4, "`x` must be 0 or from 1e-100 to 1e+15."),
        (given.as_weights, [1e13, 0, 1],
         "`x` must not differ by more than a factor of 1e+12 among patients."),
        (given.as_times, [1, 1e308], "`x` must be at most 1e+15."),
        (given.as_study_times, [[1], [1, 2]], "`x` must have rows of the same length."),
        (given.as_events, [1, 2], "`x` must be true or false (1 or 0) for every patient."),
        (given.as_events, [0.5, 1], "`x` must be true or false (1 or 0) for every patient."),
        (given.as_events, [1, NAN], "`x` must be true or false (1 or 0) for every patient."),
        (given.as_events, ["yes"], "`x` must be true or false (1 or 0) for every patient."),
        (given.as_groups, [0, 2], "`x` must use every code from 0 to the highest one."),
        (given.as_groups, [0, 10**9], "`x` must use every code from 0 to the highest one."),
        (given.as_groups, [0, 1e30], "`x` must be whole numbers from 0."),
        (given.as_groups, [0, -1], "`x` must be whole numbers from 0."),
        (given.as_groups, [0, 0.5], "`x` must be whole numbers from 0."),
        (given.as_counts, [1.9], "`x` must be whole numbers of at least 0."),
        (given.as_counts, [-1], "`x` must be whole numbers of at least 0."),
        (given.as_counts, [1e300], "`x` must be at most 9007199254740992."),
        (given.as_counts, [NAN], "`x` must be whole numbers."),
        (given.as_counts, ["1"], "`x` must be whole numbers."),
        (given.as_study_times, [1, 2], "`x` must be a table of times, one study to a row."),
        (given.as_study_times, [[1, -2]], "`x` must be at least 0."),
        (given.as_study_events, [[3, 1]], "`x` must be true or false (1 or 0) for every patient."),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_a_sentence(check, value, sentence):
    with pytest.raises(ArgumentError) as refused:
        check("x", value)
    assert str(refused.value) == sentence


@pytest.mark.parametrize(
    ("level", "hint"), [(0, ""), (1, ""), (95, "Did you mean 0.95?"), (NAN, "")]
)
def test_a_level_is_between_0_and_1(level, hint):
    with pytest.raises(ArgumentError, match=r"`level` must be between 0 and 1.") as refused:
        given.as_level(level)
    assert str(refused.value).endswith(hint)


def test_causes_have_to_be_declared():
    with pytest.raises(ArgumentError, match=r"from 0 to 2\."):
        given.as_causes("x", [0, 3], n_causes=2)
    with pytest.raises(ArgumentError, match=r"`n_causes` must be a whole number from 1 to 1000\."):
        given.as_causes("x", [0], n_causes=0)


def test_lengths_are_compared_by_name():
    with pytest.raises(ArgumentError, match=r"`time` and `event` must have the same length\."):
        given.same_length(time=np.zeros(2), event=np.zeros(3))


def test_the_array_of_the_caller_is_not_written_into():
    times = np.array([3.0, 1.0])
    assert given.as_times("time", times) is times
    merged = given.merge_times(np.array([0.3, 0.1 + 0.2, 1.0]))
    assert merged.tolist() == [0.3, 0.3, 1.0]


@pytest.mark.parametrize("draws", [0, -1, 1.5, NAN, None, "9", True])
def test_draws_are_a_whole_number(draws):
    with pytest.raises(ArgumentError, match="`draws` must be a whole number of at least 1"):
        given.as_draws(draws, None)


@pytest.mark.parametrize("rng", [1, np.random, "seed"])
def test_only_a_generator_draws(rng):
    with pytest.raises(ArgumentError, match=r"`rng` must be a numpy\.random\.Generator"):
        given.as_draws(10, rng)


def test_draws_that_are_needed_ask_for_a_generator():
    assert given.as_draws(np.int64(10), None) == 10
    with pytest.raises(ArgumentError, match="too many to list"):
        given.as_draws(10, None, needed="`rng` must be given: too many to list.")


@pytest.mark.parametrize("value", [None, "1", [1], NAN, 1j])
def test_a_number_is_one_number(value):
    with pytest.raises(ArgumentError, match="`reach` must be a number"):
        given.as_number("reach", value)


def test_the_observed_arrangement_counts_as_a_draw():
    # 3 of 9 as extreme: (3 + 1) / (9 + 1) = 0.4, error sqrt(0.4 * 0.6 / 9).
    assert given.drawn_p(3, 9) == (0.4, pytest.approx((0.24 / 9) ** 0.5, rel=1e-15))
    assert given.drawn_p(0, 9)[0] == 0.1


@pytest.mark.parametrize("level", [1 - 2.0**-53, 1e-17, 1 - 1e-13, 1e-7])
def test_a_level_next_to_0_or_1_is_refused(level):
    with pytest.raises(ArgumentError, match=r"`level` must be from 0\.000001 to 0\.999999999999"):
        given.as_level(level)
    assert given.as_level(1e-6) == 1e-6
    assert given.as_level(1 - 1e-12) == 1 - 1e-12


@pytest.mark.parametrize("n_causes", [0, -1, 2.5, 2.0, True, "2", None, 1001, 10**9])
def test_the_number_of_causes_is_a_whole_number_within_reason(n_causes):
    with pytest.raises(ArgumentError, match="`n_causes` must be a whole number from 1 to 1000"):
        given.as_causes("x", [0, 1], n_causes=n_causes)


@pytest.mark.parametrize("cause", [0, 3, True, 1.0, "1", None])
def test_the_cause_of_interest_is_one_of_them(cause):
    with pytest.raises(ArgumentError, match="`cause_of_interest` must be a whole number from 1 to"):
        given.as_cause_of_interest(cause, n_causes=2)
    assert given.as_cause_of_interest(np.int64(2), n_causes=2) == 2


def test_groups_that_are_compared_with_each_other_are_counted():
    with pytest.raises(ArgumentError, match="`x` must hold at most 3 groups"):
        given.as_groups("x", [0, 1, 2, 3], most=3)
    assert given.as_groups("x", [0, 1, 2], most=3).tolist() == [0, 1, 2]


def test_one_very_long_time_does_not_merge_the_days():
    merged = given.merge_times(np.array([30.0, 60, 90, 1e10]))
    assert merged.tolist() == [30, 60, 90, 1e10]
