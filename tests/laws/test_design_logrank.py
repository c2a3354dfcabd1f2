"""What events, sizes and power of log-rank comparisons obey for any design."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.design.events import detectable_hazard_ratio, events_needed, events_power
from autallo.stats.design.logrank_simulation import simulated_logrank_power
from autallo.stats.design.logrank_size import detectable_hazard, logrank_sample_size
from autallo.stats.design.survival_design import SurvivalDesign, expected_events

SIDES = ("two-sided", "less", "greater")
OTHER_SIDE = {"two-sided": "two-sided", "less": "greater", "greater": "less"}
METHODS = ("schoenfeld", "freedman")
ratios = st.sampled_from([0.25, 1.0, 17 / 11, 4.0])
thetas = st.floats(0.05, 20).filter(lambda theta: abs(theta - 1) > 0.01)
wanteds = st.sampled_from([0.3, 0.8, 0.95])


def generator(seed=3):
    return np.random.Generator(np.random.PCG64(seed))


@settings(deadline=None, max_examples=80)
@given(thetas, ratios, wanteds, st.sampled_from(METHODS))
def test_the_events_needed_give_the_power(theta, ratio, wanted, method):
    for side in ("two-sided", "less" if theta < 1 else "greater"):
        needed = events_needed(theta, power=wanted, ratio=ratio, alternative=side, method=method)
        found = events_power(needed.events, theta, ratio=ratio, alternative=side, method=method)
        assert found.power == pytest.approx(wanted, rel=1e-9)


@settings(deadline=None, max_examples=80)
@given(st.floats(3, 2_000), ratios, wanteds, st.sampled_from(METHODS), st.sampled_from(SIDES))
def test_a_detectable_hazard_ratio_gives_the_power(events, ratio, wanted, method, side):
    found = detectable_hazard_ratio(
        events, power=wanted, ratio=ratio, alternative=side, method=method
    )
    assert found.below is None or found.below < 1
    assert found.above is None or found.above > 1
    assert side != "less" or found.above is None
    assert side != "greater" or found.below is None
    for theta in (found.below, found.above):
        if theta is not None and 1e-6 < theta < 1e6:
            again = events_power(events, theta, ratio=ratio, alternative=side, method=method)
            assert again.power == pytest.approx(wanted, rel=1e-8)


@settings(deadline=None, max_examples=80)
@given(st.floats(1, 2_000), thetas, ratios, st.sampled_from(METHODS), st.sampled_from(SIDES))
def test_swapping_the_groups_inverts_the_hazard_ratio(events, theta, ratio, method, side):
    """MR-5."""
    one = events_power(events, theta, ratio=ratio, alternative=side, method=method)
    other = events_power(
        events, 1 / theta, ratio=1 / ratio, alternative=OTHER_SIDE[side], method=method
    )
    assert one.power == pytest.approx(other.power, rel=1e-9, abs=1e-300)


def test_power_goes_to_1():
    for method in METHODS:
        powers = [events_power(events, 0.5, method=method).power for events in (1, 30, 90, 900)]
        assert powers == sorted(powers)
        assert powers[-1] > 1 - 1e-9
    assert events_power(50, 1).power == pytest.approx(0.025, rel=1e-12)


hazards = st.floats(0, 2)


@settings(deadline=None, max_examples=60)
@given(
    hazards, hazards, st.floats(0, 20), st.floats(0.1, 20), st.floats(0, 0.5), st.floats(0.1, 30),
    st.sampled_from([1 / 12, 7.0, 365.25]),
)  # fmt: skip
def test_expected_events_do_not_depend_on_the_unit(x, y, follow_up, accrual, dropout, until, unit):
    """MR-1: months, weeks and days; and more follow-up never leaves fewer events."""
    found = expected_events(
        SurvivalDesign(17, 11, [x, y], [y, y], follow_up, accrual, dropout, [until])
    )
    other = expected_events(
        SurvivalDesign(
            17, 11, [x / unit, y / unit], [y / unit, y / unit], follow_up * unit, accrual * unit,
            dropout / unit, [until * unit],
        )
    )  # fmt: skip
    assert other.events == pytest.approx(found.events, rel=1e-9, abs=1e-9)
    assert 0 <= found.chance_x <= 1 + 1e-12
    longer = expected_events(
        SurvivalDesign(17, 11, [x, y], [y, y], follow_up + 1, accrual, dropout, [until])
    )
    assert found.events <= longer.events * (1 + 1e-9) + 1e-9
    even = expected_events(SurvivalDesign(17, 11, y, y, follow_up, accrual, dropout))
    assert even.chance_x == pytest.approx(found.chance_y, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("side", ["two-sided", "less"])
def test_a_sample_size_has_the_events_needed(method, side):
    design = SurvivalDesign(17, 11, [0.03, 0.06], [0.05, 0.1], 12, 24, until=[6])
    found = logrank_sample_size(design, method=method, alternative=side)
    assert found.n_x / found.n_y == pytest.approx(17 / 11, rel=1e-12)
    events = (found.n_x + found.n_y) * found.chance
    power = events_power(events, 0.6, ratio=17 / 11, method=method, alternative=side).power
    assert power == pytest.approx(0.8, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("n", "m"), [(17, 11), (60, 20), (5, 80)])
def test_a_detectable_hazard_gives_the_power(n, m, side, method):
    found = detectable_hazard(
        SurvivalDesign(n, m, 0.0, 0.05, follow_up=12, accrual=24), method=method, alternative=side
    )
    for theta, events in ((found.below, found.events_below), (found.above, found.events_above)):
        if theta is None:
            assert side != "two-sided" or found.reason
            continue
        expected = expected_events(SurvivalDesign(n, m, theta * 0.05, 0.05, 12, 24)).events
        assert events == pytest.approx(expected, rel=1e-10)
        power = events_power(events, theta, ratio=n / m, method=method, alternative=side).power
        assert power == pytest.approx(0.8, rel=1e-9)


@pytest.mark.parametrize("test", ["asymptotic", "permutation"])
@pytest.mark.parametrize("side", SIDES)
def test_without_a_difference_the_power_is_near_the_level(test, side):
    """The permutation form keeps its level, the asymptotic one nearly, to four standard errors."""
    found = simulated_logrank_power(
        SurvivalDesign(17, 11, 0.08, 0.08, 12, 24, dropout=0.01),
        test=test,
        alternative=side,
        relabellings=199,
        draws=4_000 if test == "asymptotic" else 1_200,
        rng=generator(),
    )
    allowed = 0.05 + (0.02 if test == "asymptotic" else 0)
    assert found.power < allowed + 4 * found.standard_error
    assert found.power > 0.02
    error = (28 / 4 / found.draws) ** 0.5
    assert abs(found.events_x + found.events_y - found.expected_events) < 4 * error


def test_simulated_power_is_near_schoenfeld_in_large_groups():
    found = simulated_logrank_power(
        SurvivalDesign(150, 150, 0.07, 0.05, 12, 24), draws=4_000, rng=generator()
    )
    assert abs(found.power - found.schoenfeld_power) < 0.02 + 4 * found.standard_error


def test_the_same_generator_gives_the_same_power():
    design = SurvivalDesign(9, 6, 0.2, 0.05, 12, 24)
    for test in ("asymptotic", "permutation"):
        one, other = (
            simulated_logrank_power(design, test=test, draws=100, rng=generator()) for _ in range(2)
        )
        assert one == other


def test_swapping_the_groups_of_a_simulation():
    """MR-5: within four standard errors of the difference."""
    one = simulated_logrank_power(
        SurvivalDesign(17, 11, 0.17, 0.05, 12, 24), alternative="greater", rng=generator(1)
    )
    other = simulated_logrank_power(
        SurvivalDesign(11, 17, 0.05, 0.17, 12, 24), alternative="less", rng=generator(2)
    )
    assert abs(one.power - other.power) < 4 * 1.5 * one.standard_error
    assert one.schoenfeld_power == pytest.approx(other.schoenfeld_power, rel=1e-12)
