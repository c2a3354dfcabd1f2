"""Log-rank test by imputation and permutation, worked by hand on a few patients."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.imputation import logrank_imputation_test

DRAWS = 20_000


def p_value(*data, method, seed=1):
    test = logrank_imputation_test(
        *data, method=method, draws=DRAWS, rng=np.random.default_rng(seed)
    )
    assert test.smallest_p == 1 / (DRAWS + 1)
    assert test.p_value * (DRAWS + 1) == pytest.approx(round(test.p_value * (DRAWS + 1)), abs=1e-6)
    return test.p_value


def near(share):
    return pytest.approx(share, abs=4 * math.sqrt(0.25 / DRAWS))


@pytest.mark.parametrize("method", ["heinze", "wang"])
@pytest.mark.parametrize(
    ("group", "square", "share", "sign"),
    [
        # Nobody is censored and nothing is imputed: follow-up lasts to day 4 for all. Squares of z
        # for the pairs: {1,2}, {3,4}: 49/17; {1,3}, {2,4}: (2/3)^2 / (13/18) = 8/13;
        # {1,4}, {2,3}: (1/3)^2 / (13/18) = 2/13
        ([0, 0, 1, 1], 49 / 17, 2 / 6, -1),
        ([0, 1, 0, 1], 8 / 13, 4 / 6, -1),
        ([0, 1, 1, 0], 2 / 13, 1, 1),
    ],
)
def test_without_censoring_it_is_a_plain_permutation(group, square, share, sign, method):
    data = ([1, 2, 3, 4], [1, 1, 1, 1], group)
    assert p_value(*data, method=method) == near(share)
    test = logrank_imputation_test(*data, method=method, draws=1, rng=np.random.default_rng(1))
    assert test.statistic == pytest.approx(sign * math.sqrt(square), rel=1e-13)


@pytest.mark.parametrize("method", ["heinze", "wang"])
def test_three_patients_with_a_tie(method):
    # A, in group 1, has the event on day 1; B and C, in group 0, are censored on day 1 and have
    # it on day 2. z: 1 of 3 in group 1: (2/3)^2 / (2/9) = 2.
    # Survival: 1 of 3 on day 1, the last on day 2: B is given day 2. Censoring in group 0: 1 of 2
    # on day 1, then none: C is followed beyond day 2, that is to day 2; so is A, of a group
    # without censoring.
    # Times 1, 2, 2 dealt: A has 1 (one third): as observed.  B has 1: A and C have the event on
    # day 2: z: (0 - 1/3)^2 / (2/9) = 1/2; both at once add nothing.  C has 1: B is censored, 1/2.
    # Groups dealt: B or C in group 1 instead of A, followed to day 2: 1/2 each.
    data = ([1, 1, 2], [1, 0, 1], [1, 0, 0])
    assert p_value(*data, method=method) == near(1 / 3)


def test_follow_up_is_kept_by_heinze_and_exchanged_by_wang():
    # Group 1: A has the event on day 1, B on day 3. Group 0: C and D are censored on day 2.
    # Survival: 1 of 4, then at day 3 the last: C and D are given day 3, and so are never
    # observed by day 2. Follow-up of group 1: to the end, day 3; of group 0: day 2 for all.
    # Observed: day 1: 1 of 4 in group 1: 1/2, variance 1/4; day 3: only group 1. z = 1.
    data = ([1, 3, 2, 2], [1, 1, 0, 0], [1, 1, 0, 0])
    # Times 1, 3, 3, 3: whoever has day 1 is observed; z is 1 or -1, whatever the rest.
    assert p_value(*data, method="heinze") == 1
    # Groups: A and another in group 1, 3 of 6; or A in group 0: again 1 or -1.
    assert p_value(*data, method="wang") == 1


@pytest.mark.parametrize(("method", "share"), [("heinze", 2 / 3), ("wang", 7 / 12)])
def test_follow_up_stays_with_the_patient_or_with_the_group(method, share):
    # A in group 1: event on day 2. Group 0: B censored on day 1, C event on day 3.
    # Observed: day 2: 1 of 2 in group 1: (1/2)^2 / (1/4) = 1.
    # Survival: half on day 2, half on day 3: B is given either. Follow-up: group 1: to day 3;
    # group 0: half to day 1, half to day 3; C, with the event, to day 3.
    # Times dealt: B is never seen after day 1. A and C get two of 2, 2, 3 or of 2, 3, 3: one of
    # each in two thirds: 1; else both at once, or alone: no difference.
    # Groups dealt: A in group 1 (a third): as observed.  B in group 1: A is followed to day 1, and
    # then 2 for B against 3 for C: 1 (a quarter); to day 1, 3 for both at once: none; to day 3:
    # 1/2, whether B has 2 or 3.  C in group 1: A is followed to day 3, and 2 stands against 3: 1
    # (half); to day 1: C is alone.  (1 + 1/4 + 1/2) / 3.
    assert p_value([2, 1, 3], [1, 0, 1], [1, 0, 0], method=method) == near(share)
    # The same if C is censored on day 2: survival is half on day 2 and half beyond, and beyond
    # stands in the place of 3. Who gets day 2 and is followed to day 2 has the event.
    assert p_value([2, 1, 2], [1, 0, 0], [1, 0, 0], method=method) == near(share)


def test_follow_up_of_a_group_ends_where_its_events_leave_nobody():
    # Group 1: A censored and B with the event on day 1. Group 0: C and D have it on days 2 and 3.
    # B has left before A is censored, who is then alone: follow-up of group 1 is day 1 for all,
    # and B's, not before day 1, is day 1. Group 0 is followed to day 3.
    # Observed: day 1: 1 of 4: (1 - 1/2)^2 / (1/4) = 1; later only group 0 is left.
    # One patient is given day 1. In group 1: as observed.  In group 0: (0 - 1/2)^2 / (1/4), and
    # then only group 0 is left. Every draw reaches 1.
    assert p_value([1, 1, 2, 3], [0, 1, 1, 1], [1, 1, 0, 0], method="heinze") == 1


@pytest.mark.parametrize("method", ["heinze", "wang"])
@pytest.mark.parametrize(
    ("time", "event", "group"),
    [
        ([3, 5, 5, 8], [0, 0, 0, 0], [0, 0, 1, 1]),  # nobody had the event
        ([4, 4, 4, 4], [1, 1, 1, 1], [0, 0, 1, 1]),  # all at once
        ([1, 1, 5, 6], [0, 0, 1, 1], [0, 0, 1, 1]),  # group 0 has left before
    ],
)
def test_nothing_to_compare(time, event, group, method):
    test = logrank_imputation_test(
        time, event, group, method=method, draws=10, rng=np.random.default_rng(1)
    )
    assert (test.statistic, test.p_value, test.smallest_p) == (None, None, None)
    assert (test.method, test.draws, test.standard_error) == (method, 0, 0)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"group": [0, 1, 2, 2]}, "`group` must hold exactly two groups."),
        ({"group": [0, 0, 0, 0]}, "`group` must hold exactly two groups."),
        ({"event": [5, 8, 9, 9]}, "`event` must be true or false"),  # the times once more
        ({"event": [1, 2, 1, 2]}, "`event` must be true or false"),  # codes 1 and 2
        ({"time": [-1, 2, 3, 4]}, "`time` must be at least 0"),
        ({"time": [1, 2]}, "same length"),
        ({"method": "plain"}, '`method` must be "heinze" or "wang".'),
        ({"draws": 0}, "`draws` must be a whole number of at least 1"),
    ],
)
def test_what_cannot_be_compared_is_refused(given, sentence):
    data = {"time": [1, 2, 3, 4], "event": [1, 1, 1, 1], "group": [0, 0, 1, 1]} | given
    with pytest.raises(ArgumentError, match=sentence):
        logrank_imputation_test(
            data.pop("time"), data.pop("event"), data.pop("group"),
            rng=np.random.default_rng(1), **data,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("rng", "sentence"),
    [(None, "`rng` must be given"), (1, r"`rng` must be a numpy\.random\.Generator")],
)
def test_without_a_source_of_chance_it_is_refused(rng, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        logrank_imputation_test([1, 2, 3, 4], [1, 1, 1, 1], [0, 0, 1, 1], rng=rng)
