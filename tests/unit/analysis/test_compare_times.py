"""What a comparison in time is judged by, and in which order its numbers come."""

import numpy as np
import pytest

from autallo.analysis import choose
from autallo.analysis.compare_times import compare_incidence, compare_survival
from autallo.analysis.pair import Pair
from autallo.analysis.topic import Arm, Topic
from autallo.model.results import Flag, Role
from unit.analysis.cohorts import follow_up, streams

TOPIC = Topic(analysis="comparison", outcome="os", level=0.95)


def arms(first, second):
    """Return a pair of so many patients: the rows of the first arm come first."""
    return Pair(Arm("a", np.arange(first)), Arm("b", np.arange(first, first + second)), ())


def survival(days, cause, first):
    pair = arms(first, len(days) - first)
    return list(compare_survival(TOPIC, pair, follow_up(days, cause), streams=streams))


def incidence(days, cause, first):
    pair = arms(first, len(days) - first)
    observed = follow_up(days, cause, ("relapse", "death"))
    return list(compare_incidence(TOPIC, pair, observed, streams=streams))


@pytest.fixture
def settings(monkeypatch):
    """Note the setting that the sizes of the tests are looked up for; all hold their level."""
    seen = []

    def size(_, __, setting):
        seen.append(setting)
        return 0.05

    monkeypatch.setattr(choose, "measured_size", size)
    return seen


EVERY_DAY = [*range(1, 9), *range(101, 111)]


def test_the_setting_is_that_of_the_groups_and_the_share_of_events(settings):
    survival([1, 2, 3, 4, 5, 6, 7], [1, 0, 1, 0, 0, 1, 0], first=3)
    assert (settings[0].first, settings[0].second) == (3, 4)
    assert settings[0].share == pytest.approx(3 / 7)


def test_a_share_of_few_events_is_small(settings):
    survival([1, 2, 3, 4, 5, 6, 7, 8, 9, 10], [0, 1] + [0] * 8, first=5)
    assert settings[0].share == pytest.approx(1 / 10)


@pytest.mark.parametrize(("second", "share"), [(2, 2 / 8), (1, 3 / 8)])
def test_competing_events_are_no_events_of_the_setting(settings, second, share):
    incidence([1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 0, second, 2, 0, 1, 0], first=4)
    assert settings[0].share == pytest.approx(share)


@pytest.mark.parametrize(
    ("first", "sooner"),
    # 8 patients are censored on days 1 to 8, 10 on days 101 to 110; then in the other order.
    [(8, "smaller"), (10, "smaller")],
)
def test_the_smaller_group_was_followed_for_less(settings, first, sooner):
    days = EVERY_DAY if first == 8 else [*EVERY_DAY[8:], *EVERY_DAY[:8]]
    survival(days, [1] + [0] * 16 + [1], first)
    assert settings[0].censored_sooner == sooner


@pytest.mark.parametrize("first", [10, 8])
def test_the_larger_group_was_followed_for_less(settings, first):
    soon, late = [*range(1, 11)], [*range(101, 109)]
    days = [*soon, *late] if first == 10 else [*late, *soon]
    survival(days, [1] + [0] * 16 + [1], first)
    assert settings[0].censored_sooner == "larger"


def test_early_deaths_are_not_a_shorter_follow_up(settings):
    # The first arm dies early; nobody is censored before the last day.
    survival([*range(1, 9), *[200] * 10], [1] * 8 + [0] * 10, first=8)
    assert settings[0].censored_sooner == "neither"


@pytest.mark.parametrize("first", [8, 10])
def test_an_early_competing_event_is_not_a_shorter_follow_up(settings, first):
    early, late = [2] * 7 + [1], [1] + [0] * 9
    days = EVERY_DAY if first == 8 else [*EVERY_DAY[8:], *EVERY_DAY[:8]]
    found = incidence(days, early + late if first == 8 else late + early, first)
    assert settings[0].censored_sooner == "neither"
    assert not [e for e in found if Flag.UNEQUAL_FOLLOW_UP in e.flags]


def test_the_permutation_of_incidences_is_flagged_where_follow_up_differs(settings):
    found = incidence(EVERY_DAY, [0] * 7 + [1] + [1] + [0] * 8 + [2], first=8)
    assert settings[0].censored_sooner == "smaller"
    permuted = next(e for e in found if e.method == "gray_permutation")
    assert Flag.UNEQUAL_FOLLOW_UP in permuted.flags


@pytest.mark.parametrize(
    ("days", "ties"),
    [
        # more distinct times than half the patients; just as many; no more than six
        ([1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8, 9, 9, 9, 9], "continuous"),
        ([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 8, 8, 8, 8], "months"),
        ([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 7, 7], "months"),
        ([1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6, 6], "3 levels"),
        ([1, 2, 3, 4, 5, 6], "continuous"),
        ([day for day in range(101) for _ in range(3)], "continuous"),
        ([day for day in range(100) for _ in range(3)], "months"),
    ],
)
def test_ties_are_told_by_the_number_of_distinct_times(settings, days, ties):
    alternately = np.arange(len(days)) % 2
    order = np.argsort(alternately, kind="stable")
    survival(np.array(days)[order], [1] * len(days), first=int((alternately == 0).sum()))
    assert settings[0].ties == ties


def test_observed_and_expected_are_those_of_the_first_arm():
    # Day 1: an event of the first arm, 2 of 3 at risk; day 2: of the reference, 1 of 2.
    found = survival([1, 3, 2], [1, 0, 1], first=2)
    test = next(e for e in found if e.method == "logrank")
    assert test.detail("observed") == 1
    assert test.detail("expected") == pytest.approx(2 / 3 + 1 / 2)


def test_more_is_expected_of_the_larger_arm():
    # One of four in the first arm at risk on days 1 and 2, then it leaves: 1/4 + 1/3.
    found = survival([2.5, 1, 2, 3], [0, 1, 1, 0], first=1)
    test = next(e for e in found if e.method == "logrank")
    assert test.detail("observed") == 0
    assert test.detail("expected") == pytest.approx(1 / 4 + 1 / 3)


SIZES = {"restricted_mean_difference", "hazard_ratio"}


def sizes(found):
    return [(e.measure, e.role) for e in found if e.measure in SIZES]


def test_where_hazards_change_over_time_the_restricted_mean_leads():
    # The first arm dies early and then hardly, the reference late.
    days = [1, 2, 3, 4, 5, 30, 30, 30, 20, 21, 22, 23, 24, 25, 26, 30]
    cause = [1, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0]
    found = survival(days, cause, first=8)
    trend = next(e for e in found if e.measure == "proportional_hazards")
    assert trend.value < 0.05
    assert sizes(found) == [
        ("restricted_mean_difference", Role.PRIMARY),
        ("hazard_ratio", Role.PRIMARY),
    ]
    ratio = next(e for e in found if e.measure == "hazard_ratio")
    assert Flag.NOT_PROPORTIONAL in ratio.flags


def test_where_they_do_not_the_hazard_ratio_leads():
    found = survival([1, 3, 5, 7, 9, 2, 4, 6, 8, 10], [1, 1, 1, 1, 0] * 2, first=5)
    trend = next(e for e in found if e.measure == "proportional_hazards")
    assert trend.value > 0.05
    assert sizes(found) == [
        ("hazard_ratio", Role.PRIMARY),
        ("restricted_mean_difference", Role.SENSITIVITY),
    ]
    ratio = next(e for e in found if e.measure == "hazard_ratio")
    assert Flag.NOT_PROPORTIONAL not in ratio.flags


def crossing(ahead):
    """Of ten in each arm first one dies in the first, then so many more in the reference."""
    days = [1, *[9] * 9, *[2] * (1 + ahead), *[9] * (9 - ahead)]
    cause = [1, *[0] * 9, *[1] * (1 + ahead), *[0] * (9 - ahead)]
    found = survival(days, cause, first=10)
    return Flag.CURVES_CROSS in next(e for e in found if e.method == "logrank").flags


def test_curves_cross_where_each_is_ahead_by_a_tenth():
    assert crossing(1)


def test_curves_that_meet_again_do_not_cross():
    assert not crossing(0)


@pytest.mark.parametrize("size", [11, 20])
def test_curves_that_cross_by_less_than_a_tenth_are_not_flagged(size):
    # One death ahead, then behind by one.
    days = [1, *[9] * (size - 1), 2, 2, *[9] * (size - 2)]
    cause = [1, *[0] * (size - 1), 1, 1, *[0] * (size - 2)]
    found = survival(days, cause, first=size)
    assert Flag.CURVES_CROSS not in next(e for e in found if e.method == "logrank").flags
