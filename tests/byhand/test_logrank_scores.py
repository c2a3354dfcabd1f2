"""Log-rank scores of the patients worked by hand, in fractions."""

import numpy as np
import pytest

from autallo.stats.logrank.scores import logrank_scores

DAYS = np.array([1.0, 2.0, 3.0, 4.0])
ALL = np.ones(4, dtype=bool)


def test_four_events():
    # cumulative hazard 1/4, 7/12, 13/12, 25/12
    by_hand = np.array([9, 5, -1, -13])
    np.testing.assert_allclose(logrank_scores(DAYS, ALL).value, by_hand / 12, rtol=1e-14)
    whole = logrank_scores(DAYS, ALL, whole=True)
    assert (whole.value.tolist(), whole.unit) == (by_hand.tolist(), 12)
    assert whole.value.dtype == np.int64


def test_a_tie_and_a_censored_patient():
    # day 1: 2 of 4; day 2 nobody; day 3: 1 of 1. Hazard 1/2, 1/2, 3/2
    time, event = np.array([3.0, 1.0, 2.0, 1.0]), np.array([True, True, False, True])
    whole = logrank_scores(time, event, whole=True)
    assert (whole.value.tolist(), whole.unit) == ([-2, 2, -2, 2], 4)
    gehan = logrank_scores(time, event, weights="gehan", whole=True)
    # 4 less 2 for the first events, 1 less 3 for the last, 0 less 2
    assert (gehan.value.tolist(), gehan.unit) == ([-2, 2, -2, 2], 1)


def test_late_weights():
    # weights 0, 1/4, 1/2, 3/4; increments 0, 1/12, 1/4, 3/4
    scores = logrank_scores(DAYS, ALL, weights=(0.0, 1.0), whole=True)
    np.testing.assert_allclose(scores.value, [0, 1 / 6, 1 / 6, -1 / 3], atol=1e-15)
    assert scores.unit == 1


def test_each_stratum_by_itself():
    scores = logrank_scores(DAYS, ALL, stratum=np.array([0, 1, 0, 1]), whole=True)
    assert (scores.value.tolist(), scores.unit) == ([1, 1, -1, -1], 2)
    plain = logrank_scores(DAYS, ALL, stratum=np.array([0, 1, 0, 1]))
    assert plain.value.tolist() == [0.5, 0.5, -0.5, -0.5]


def test_times_that_differ_by_rounding_are_one():
    time = np.array([0.1 + 0.2, 0.3, 1.0])
    scores = logrank_scores(time, np.array([True, True, False]), whole=True)
    assert (scores.value.tolist(), scores.unit) == ([1, 1, -2], 3)


def test_nobody_had_the_event_and_all_at_once():
    assert logrank_scores(DAYS, ~ALL, whole=True).value.tolist() == [0] * 4
    assert logrank_scores(np.ones(4), ALL, whole=True).value.tolist() == [0] * 4
    assert logrank_scores(np.ones(4), ALL, weights="peto-peto").value.tolist() == [0] * 4


@pytest.mark.parametrize(("patients", "is_whole"), [(42, True), (60, False)])
def test_scores_are_whole_as_long_as_their_sums_fit(patients, is_whole):
    time, event = np.arange(1.0, patients + 1), np.ones(patients, dtype=bool)
    scores = logrank_scores(time, event, whole=True)
    assert (scores.unit > 1) == is_whole
    plain = logrank_scores(time, event).value
    np.testing.assert_allclose(scores.value / scores.unit, plain, rtol=1e-12, atol=1e-12)
