"""Groups that patients join later, worked by hand in fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.multistate.landmark import landmark_sample
from autallo.stats.multistate.mantel_byar import mantel_byar_test
from autallo.stats.multistate.simon_makuch import simon_makuch
from autallo.stats.multistate.split_at_change import split_at_change
from autallo.stats.survival.kaplan_meier import kaplan_meier

F = Fraction

# Deaths on days 2, 3 and 5, one patient followed until day 6; the second changes on day 1, the
# third on day 4.
TIME, EVENT = [2, 3, 5, 6], [1, 1, 1, 0]
CHANGE, CHANGED = [0, 1, 4, 0], [0, 1, 1, 0]


def close(actual, expected):
    np.testing.assert_allclose(actual, [float(x) for x in expected], rtol=1e-14)


def test_rows_before_and_after_the_change():
    rows = split_at_change(TIME, EVENT, CHANGE, CHANGED)
    assert rows.patient.tolist() == [0, 1, 1, 2, 2, 3]
    assert rows.start.tolist() == [0, 0, 1, 0, 4, 0]
    assert rows.stop.tolist() == [2, 1, 3, 4, 5, 6]
    assert rows.event.tolist() == [True, False, True, False, True, False]
    assert rows.changed.tolist() == [0, 0, 1, 0, 1, 0]
    assert rows.same_day == 0


def test_ties_of_the_change_with_the_event_and_with_the_entry():
    # change on the day of death: unchanged; at the entry: changed throughout; the day after the
    # entry: two rows
    rows = split_at_change([5, 5, 5], [1, 1, 1], [5, 2, 3], [1, 1, 1], entry=[0, 2, 2])
    assert rows.patient.tolist() == [0, 1, 2, 2]
    assert rows.start.tolist() == [0, 2, 2, 3]
    assert rows.changed.tolist() == [0, 1, 0, 1]
    assert rows.event.tolist() == [True, True, False, True]
    assert rows.same_day == 1


def test_times_apart_by_rounding_only_are_one_time():
    rows = split_at_change([0.3, 1], [1, 0], [0.1 + 0.2, 0.1 + 0.2], [1, 1], entry=[0, 0.3])
    assert rows.changed.tolist() == [0, 1]
    assert rows.same_day == 1
    # the second patient changes when the first dies: both were unchanged
    test = mantel_byar_test([0.3, 1], [1, 0], [0, 0.1 + 0.2], [0, 1])
    assert test.expected.tolist() == [1, 0]
    curves = simon_makuch([0.3, 1], [1, 0], [0, 0.1 + 0.2], [0, 1], landmark=0.1)
    assert curves.unchanged.at_risk.tolist() == [2]
    with pytest.raises(ArgumentError, match="more than the entry"):
        split_at_change([0.1 + 0.2], [1], [0], [0], entry=[0.3])


def test_immortal_time_stays_with_the_patients_without_the_change():
    # Two patients die on days 1 and 9; the second had GVHD on day 8. With GVHD 1 day, without 9.
    rows = split_at_change([1, 9], [1, 1], [0, 8], [0, 1])
    length = rows.stop - rows.start
    assert length[rows.changed == 0].sum() == 9
    assert length[rows.changed == 1].sum() == 1


def test_mantel_byar_of_four_patients():
    # day 2: 4 at risk, 1 changed before; day 3: 3, 1; day 5: 2, 1
    test = mantel_byar_test(TIME, EVENT, CHANGE, CHANGED)
    expected = F(1, 4) + F(1, 3) + F(1, 2)
    variance = F(3, 16) + F(2, 9) + F(1, 4)
    assert test.observed.tolist() == [1, 2]
    close(test.expected, [3 - expected, expected])
    close([test.variance], [variance])
    close([test.statistic], [(2 - expected) ** 2 / variance])
    assert test.z == pytest.approx(11 / math.sqrt(95), rel=1e-14)
    assert test.p_value == pytest.approx(math.erfc(11 / math.sqrt(95) / math.sqrt(2)), rel=1e-12)
    assert (test.df, test.patients, test.changed, test.same_day) == (1, 4, 2, 0)


def test_mantel_byar_with_ties_and_events_on_the_first_day():
    # Day 0: one death among 5, nobody changed but the last, who changed at 0: 1/5, 4/25.
    # Day 4: two deaths among 4, two changed before (the one of day 4 not): 1, 2 * 2/3 * 1/4 = 1/3.
    test = mantel_byar_test([0, 4, 4, 7, 9], [1, 1, 1, 0, 0], [0, 4, 3, 0, 0], [0, 1, 1, 0, 1])
    close(test.expected, [3 - F(6, 5), F(6, 5)])
    close([test.variance], [F(4, 25) + F(1, 3)])
    assert test.observed.tolist() == [2, 1]
    assert (test.changed, test.same_day) == (2, 1)


@pytest.mark.parametrize(
    ("event", "change", "changed"),
    [
        ([0, 0, 0], [1, 0, 0], [1, 0, 0]),  # no event
        ([1, 1, 1], [0, 0, 0], [0, 0, 0]),  # nobody changes
        ([1, 1, 1], [0, 0, 0], [1, 1, 1]),  # all have from the start
        ([0, 0, 1], [1, 0, 0], [1, 0, 0]),  # nobody has changed when the only event happens
    ],
)
def test_nothing_to_compare(event, change, changed):
    test = mantel_byar_test([2, 3, 4], event, change, changed)
    assert (test.statistic, test.p_value, test.z, test.df) == (None, None, None, 0)


def test_curves_from_day_1():
    # At 1 three are unchanged, one has changed (on the day itself). Unchanged: death on day 2,
    # 1 of 3; who changes on day 4 leaves; until day 6. Changed: death on day 3, 1 of 1: 0 for good.
    curves = simon_makuch(TIME, EVENT, CHANGE, CHANGED, landmark=1)
    assert curves.unchanged.time.tolist() == [1, 3, 5]
    assert curves.unchanged.at_risk.tolist() == [3, 2, 1]
    close(curves.unchanged.survival, [F(2, 3)] * 3)
    assert curves.changed.time.tolist() == [2, 4]
    assert curves.changed.at_risk.tolist() == [1, 1]
    assert curves.changed.survival.tolist() == [0, 0]
    assert curves.at_landmark.tolist() == [3, 1]
    assert (curves.joined, curves.landmark, curves.few) == (1, 1, True)


def test_who_joins_later_is_at_risk_from_then_on():
    # At 2 one has changed and dies on day 8; two join on days 5 and 8, and die on days 9 and 10.
    # Day 8: 2 at risk (the one who joins on 8 is not yet); day 9: 2; day 10: 1.
    curves = simon_makuch([8, 9, 10], [1, 1, 1], [1, 5, 8], [1, 1, 1], landmark=2)
    assert curves.changed.time.tolist() == [6, 7, 8]
    assert curves.changed.at_risk.tolist() == [2, 2, 1]
    close(curves.changed.survival, [F(1, 2), F(1, 4), 0])
    # Greenwood: 1/4 * 1/(2 * 1), 1/16 * (1/2 + 1/2)
    close(curves.changed.std_error**2, [F(1, 8), F(1, 16), 0])
    assert curves.unchanged.events.sum() == 0
    assert curves.joined == 2


def test_nobody_on_one_side_gives_no_curve():
    curves = simon_makuch([3, 4], [1, 0], [0, 0], [0, 0], landmark=0)
    assert curves.changed is None
    close(curves.unchanged.survival, [F(1, 2), F(1, 2)])
    assert simon_makuch([3, 4], [1, 0], [0, 0], [1, 1], landmark=0).unchanged is None


# Relapse (1) or death (2) on the way; GVHD on days 10, 40, 60 and 20.
DAY, CAUSE = [30, 50, 90, 120, 150, 200, 200], [2, 0, 1, 2, 0, 1, 0]
GVHD, HAD = [10, 40, 60, 20, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0]


def test_landmark_on_day_60():
    # day 30 died, day 50 left; GVHD by day 60 (the day itself too): two of the five that remain
    sample = landmark_sample(DAY, CAUSE, GVHD, HAD, landmark=60, n_causes=2)
    assert sample.selected.tolist() == [False, False, True, True, True, True, True]
    assert sample.time.tolist() == [30, 60, 90, 140, 140]
    assert sample.cause.tolist() == [1, 2, 0, 1, 0]
    assert sample.group.tolist() == [1, 1, 0, 0, 0]
    assert sample.at_landmark.tolist() == [3, 2]
    assert (sample.event_before, sample.ended_before, sample.few) == (1, 1, True)
    # conditional curves: 4/5, 3/5, then 1 of 2 left has the event: 3/10
    curve = kaplan_meier(sample.time, sample.cause > 0)
    close(curve.survival, [F(4, 5), F(3, 5), F(3, 5), F(3, 10)])
    incidence = cumulative_incidence(sample.time, sample.cause, n_causes=2)
    close(incidence.incidence[-1], [F(1, 5) + F(3, 10), F(1, 5)])


def test_who_leaves_on_the_day_is_not_in_and_the_start_keeps_everybody():
    sample = landmark_sample([0, 4, 4, 5], [1, 1, 0, 1], landmark=4)
    assert sample.time.tolist() == [1]
    assert (sample.event_before, sample.ended_before) == (2, 1)
    assert landmark_sample([0, 4, 4, 5], [1, 1, 0, 1], landmark=0).time.tolist() == [0, 4, 4, 5]


def test_pf5_an_event_at_the_end_of_all_follow_up_counts_a_later_one_does_not():
    sample = landmark_sample([3, 5, 6], [1, 1, 1], landmark=1, until=5)
    assert sample.time.tolist() == [2, 4, 4]
    assert sample.cause.tolist() == [1, 1, 0]
    assert sample.until == 5


@pytest.mark.parametrize(("size", "few"), [(4, True), (5, False)])
def test_fewer_than_five_are_few(size, few):
    """A landmark after most patients have left must be seen to be one."""
    time = [9] * 5 + [9] * size
    changed = [0] * 5 + [1] * size
    assert landmark_sample([9] * size, [0] * size, landmark=3).few is few
    assert landmark_sample(time, [0] * len(time), [1] * len(time), changed, landmark=3).few is few
    curves = simon_makuch(time, [0] * len(time), [1] * len(time), changed, landmark=3)
    assert curves.few is few


def test_impossible_changes_are_refused_and_counted():
    for function, options in (
        (split_at_change, {}),
        (mantel_byar_test, {}),
        (simon_makuch, {"landmark": 0}),
        (landmark_sample, {"landmark": 0}),
    ):
        with pytest.raises(ArgumentError, match=r"later than `time`; it is for 2 patient\(s\)"):
            function([3, 4, 5], [1, 1, 0], [4, 4, 6], [1, 1, 1], **options)
        # where there was no change its time is not read
        function([3, 4, 5], [1, 1, 0], [9, 9, 9], [0, 0, 0], **options)
        with pytest.raises(ArgumentError, match="`changed` must be true or false"):
            function([3, 4], [1, 1], [1, 1], [2, 1], **options)
        with pytest.raises(ArgumentError, match="`time` must be at least 0"):  # W4
            function([-3, 4], [1, 1], [1, 1], [1, 1], **options)
        with pytest.raises(ArgumentError, match="must have the same length"):
            function([3, 4], [1, 1], [1, 1, 1], [1, 1, 1], **options)


def test_other_refusals():
    with pytest.raises(ArgumentError, match=r"more than the entry .* not for 2 patient\(s\)"):
        split_at_change([0, 4, 5], [1, 1, 0], [0, 0, 0], [0, 0, 0], entry=[0, 4, 2])
    with pytest.raises(ArgumentError, match="`landmark` must leave patients"):
        simon_makuch([3, 4], [1, 1], [1, 1], [1, 0], landmark=4)
    with pytest.raises(ArgumentError, match="`landmark` must leave at least one patient"):
        landmark_sample([3, 4], [1, 1], landmark=4)
    with pytest.raises(ArgumentError, match="`until` must be later than `landmark`"):
        landmark_sample([3, 4], [1, 1], landmark=2, until=2)
    with pytest.raises(ArgumentError, match="`change` and `changed` must be given together"):
        landmark_sample([3, 4], [1, 1], [1, 1], landmark=2)
    with pytest.raises(ArgumentError, match="`cause` must be whole numbers from 0 to 1"):
        landmark_sample([3, 4], [1, 2], landmark=2)
    with pytest.raises(ArgumentError, match="`stratum` must use every code"):
        mantel_byar_test([3, 4], [1, 1], [1, 1], [1, 0], stratum=[0, 2])
