"""Hazard ratios of two groups: which group, which events and which limits they are made of."""

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest

from autallo.analysis.hazards import compare_causes, compare_hazards
from autallo.analysis.pair import Pair
from autallo.analysis.topic import Arm, Topic
from autallo.model.results import Flag
from autallo.stats.fine_gray.model import fit_fine_gray


def about(groups, level=0.95):
    """Return the topic, the pair and the groups: the first arm is 1, the reference 0."""
    group = np.array(groups)
    arms = (Arm(name, np.flatnonzero(group == code)) for name, code in (("a", 1), ("b", 0)))
    return Topic(analysis="comparison", outcome="os", level=level), Pair(*arms, ()), group


def hazards(days, event, groups, level=0.95):
    topic, pair, group = about(groups, level)
    return compare_hazards(topic, pair, np.array(days, float), np.array(event, bool), group)


def causes(days, cause, groups, level=0.95):
    topic, pair, group = about(groups, level)
    times = np.array(days, float)
    found = compare_causes(topic, pair, times, np.array(cause), group, category="relapse")
    return {estimate.measure: estimate for estimate in found}


# Events on day 1 (first arm) and day 2 (reference), one patient of the first arm left: with the
# ratio h the likelihood is h / (2h + 1) x 1 / (1 + h), highest at h^2 = 1/2.
THREE = [1, 2, 3], [1, 1, 0], [1, 0, 1]


def likelihood(h):
    return math.log(h / (2 * h + 1) / (1 + h))


@pytest.mark.parametrize("level", [0.95, 0.8])
def test_the_ratio_is_that_of_the_first_arm_with_limits_of_the_profile(level):
    ratio = hazards(*THREE, level=level).ratio
    assert (ratio.group, ratio.versus, ratio.level) == ("a", "b", level)
    assert ratio.value == pytest.approx(math.sqrt(1 / 2), rel=1e-8)
    assert ratio.detail("log_hazard_ratio") == pytest.approx(math.log(ratio.value))
    # At the limits the likelihood has fallen by half the square of the normal quantile.
    fallen = NormalDist().inv_cdf((1 + level) / 2) ** 2 / 2
    for limit in (ratio.low, ratio.high):
        assert likelihood(ratio.value) - likelihood(limit) == pytest.approx(fallen, rel=1e-6)
    reach = NormalDist().inv_cdf((1 + level) / 2) * ratio.detail("std_error")
    assert ratio.detail("wald_low") == pytest.approx(ratio.value * math.exp(-reach), rel=1e-8)
    assert ratio.detail("wald_high") == pytest.approx(ratio.value * math.exp(reach), rel=1e-8)


@pytest.mark.parametrize("groups", [[1, 0, 1, 1, 0, 0], [0, 1, 1, 0, 0, 1]])
def test_the_trend_is_a_p_value_with_its_chi_squared_beside(groups):
    trend = hazards([1, 2, 3, 4, 5, 6], [1, 1, 1, 1, 0, 1], groups).trend
    chi_squared = trend.detail("chi_square")
    assert trend.value == pytest.approx(math.erfc(math.sqrt(chi_squared / 2)), rel=1e-10)
    assert trend.value != pytest.approx(chi_squared)


@pytest.mark.parametrize("event", [[1, 1, 1, 0, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 0]])
def test_the_penalised_ratio_is_that_of_the_first_arm(event):
    days = [1, 2, 3, 9, 10, 11]
    more = hazards(days, event, [1, 1, 1, 0, 0, 0])
    less = hazards(days, event, [0, 0, 0, 1, 1, 1])
    assert more.ratio.value > 1 > less.ratio.value
    assert more.ratio.value * less.ratio.value == pytest.approx(1, rel=1e-6)
    assert more.trend is less.trend is None


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ([1, 1, 1, 0, 0, 0], "One of the groups has no event"),
        ([1, 1, 1, 1, 1, 0], "The events of one group all come before those of the other"),
    ],
)
def test_the_penalised_ratio_says_why_it_is_penalised(event, reason):
    ratio = hazards([1, 2, 3, 7, 8, 9], event, [1, 1, 1, 0, 0, 0]).ratio
    assert (ratio.method, ratio.flags) == ("firth_cox", (Flag.PENALISED,))
    assert ratio.why.startswith(f"{reason}, so the Cox model alone")


# Relapse on day 1 (first arm) and day 2 (reference); between them one of the reference dies, and
# one patient of the first arm is left.
FOUR = [1, 1.5, 2, 3], [1, 2, 1, 0], [1, 0, 0, 1]


def test_who_died_first_is_censored_for_the_cause_specific_ratio():
    # h / (2h + 2) x 1 / (1 + h) is highest at h = 1.
    ratio = causes(*FOUR)["cause_specific_hazard_ratio"]
    assert ratio.value == pytest.approx(1, rel=1e-8)
    # Without the death the three patients of above.
    alone = causes(THREE[0], THREE[1], THREE[2])
    assert list(alone) == ["cause_specific_hazard_ratio"]
    assert alone["cause_specific_hazard_ratio"].value == pytest.approx(math.sqrt(0.5), rel=1e-8)


def test_several_deaths_are_censored_for_the_cause_specific_ratio():
    # Two more of the reference die before day 1: they change nothing.
    days, cause, groups = ([0.5, 0.6, *FOUR[0]], [2, 3, *FOUR[1]], [0, 0, *FOUR[2]])
    ratio = causes(days, cause, groups)["cause_specific_hazard_ratio"]
    assert ratio.value == pytest.approx(1, rel=1e-8)


def test_who_died_first_stays_at_risk_for_the_ratio_of_incidences():
    # h / (2h + 2) x 1 / (2 + h): the likelihood is highest where h^2 = 2.
    ratio = causes(*FOUR)["subdistribution_hazard_ratio"]
    assert (ratio.group, ratio.value) == ("a", pytest.approx(math.sqrt(2), rel=1e-7))


@pytest.mark.parametrize("level", [0.95, 0.9, 0.8])
def test_the_limits_of_the_ratio_of_incidences_are_ratios_at_the_level_asked_for(level):
    ratio = causes(*FOUR, level=level)["subdistribution_hazard_ratio"]
    reach = NormalDist().inv_cdf((1 + level) / 2) * ratio.detail("std_error")
    assert ratio.low == pytest.approx(ratio.value * math.exp(-reach), rel=1e-8)
    assert ratio.high == pytest.approx(ratio.value * math.exp(reach), rel=1e-8)


def test_beside_the_ratio_of_incidences_stands_that_of_any_event():
    # h / (2h + 2) x 1 / (2 + h) x 1 / (1 + h) is highest where h^2 + h = 1: the golden ratio.
    ratio = causes(*FOUR)["subdistribution_hazard_ratio"]
    golden = (math.sqrt(5) - 1) / 2
    assert ratio.detail("any_event_hazard_ratio") == pytest.approx(golden, rel=1e-8)


def test_two_other_causes_are_one_kind_of_competing_event():
    # As above with a third cause in the place of the second: the numbers are the same.
    other = causes(FOUR[0], [1, 3, 1, 0], FOUR[2])["subdistribution_hazard_ratio"]
    assert other.value == pytest.approx(math.sqrt(2), rel=1e-7)
    assert other.detail("any_event_hazard_ratio") == pytest.approx((math.sqrt(5) - 1) / 2, rel=1e-8)


def test_where_follow_up_differs_censoring_is_estimated_in_each_group():
    # The first arm is censored early and often, the second hardly; both have both events.
    rng = np.random.default_rng(11)
    groups = np.repeat([1, 0], 60)
    time, ends = rng.exponential(10, 120), np.where(groups == 1, rng.uniform(0, 6, 120), 60.0)
    days, cause = np.minimum(time, ends), np.where(time <= ends, rng.integers(1, 3, 120), 0)
    topic, pair, group = about(groups)

    def ratio(**how):
        found = compare_causes(topic, pair, days, cause, group, category="relapse", **how)
        return next(e for e in found if e.measure == "subdistribution_hazard_ratio")

    def crr(apart):
        fit = fit_fine_gray(days, cause, group, n_causes=2, censoring_group=apart)
        return math.exp(float(fit.coefficient[0]))

    together, apart = ratio(unequal=False), ratio(unequal=True)
    assert together.value == pytest.approx(crr(None), rel=1e-12)
    assert apart.value == pytest.approx(crr(group), rel=1e-12)
    assert abs(apart.value / together.value - 1) > 0.01
    assert together.why is None
    assert "cengroup" in apart.why
    ezr = replace(topic, profile="ezr")
    found = compare_causes(ezr, pair, days, cause, group, category="relapse", unequal=True)
    assert next(e for e in found if e.method == "fine_gray").value == together.value
