"""What power and size of tests of two risks obey for any design."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.design.normal_proportions import (
    normal_proportions_power,
    normal_proportions_sample_size,
)
from autallo.stats.design.proportions import proportions_power
from autallo.stats.design.proportions_detectable import detectable_risk
from autallo.stats.design.proportions_size import proportions_sample_size

EXACT = ("fisher", "boschloo", "barnard")
TESTS = (*EXACT, "chi-squared")
SIDES = ("two-sided", "less", "greater")
OTHER_SIDE = {"two-sided": "two-sided", "less": "greater", "greater": "less"}
sizes, risks = st.integers(1, 18), st.floats(0, 1).map(lambda risk: round(risk, 6))
alphas = st.sampled_from([0.01, 0.025, 0.05, 0.1, 0.3])


@settings(deadline=None, max_examples=60)
@given(sizes, sizes, risks, st.sampled_from(EXACT), st.sampled_from(SIDES), alphas)
def test_power_without_a_difference_is_at_most_the_size(n, m, risk, test, side, alpha):
    """And the size at most the level, for exact tests."""
    found = proportions_power(n, m, risk, risk, test=test, alternative=side, alpha=alpha)
    assert 0 <= found.power <= found.size * (1 + 1e-11) + 1e-300
    assert found.size <= alpha * (1 + 1e-11)
    assert (found.size == 0) == (found.reason is not None) == (found.smallest_p > alpha)


@settings(deadline=None, max_examples=60)
@given(sizes, sizes, risks, risks, st.sampled_from(TESTS), st.sampled_from(SIDES))
def test_swapping_groups_or_outcomes_swaps_the_sides(n, m, p, q, test, side):
    """MR-5, MR-40."""
    found = proportions_power(n, m, p, q, test=test, alternative=side)
    other = OTHER_SIDE[side]
    for same in (
        proportions_power(m, n, q, p, test=test, alternative=other),
        proportions_power(n, m, 1 - p, 1 - q, test=test, alternative=other),
    ):
        assert same.power == pytest.approx(found.power, rel=1e-9, abs=1e-12)
        assert same.size == pytest.approx(found.size, rel=1e-10)
        assert same.smallest_p == pytest.approx(found.smallest_p, rel=1e-10)
        assert same.normal_power == pytest.approx(found.normal_power, rel=1e-6, abs=1e-9)


@settings(deadline=None, max_examples=60)
@given(sizes, sizes, risks, risks, risks, st.sampled_from(TESTS))
def test_power_of_one_side_rises_with_the_difference(n, m, p, q, r, test):
    low, high = sorted((p, q))
    less, more = (
        proportions_power(n, m, risk, r, test=test, alternative="greater").power
        for risk in (low, high)
    )
    assert less <= more * (1 + 1e-11) + 1e-15
    less, more = (
        proportions_power(n, m, r, risk, test=test, alternative="greater").power
        for risk in (high, low)
    )
    assert less <= more * (1 + 1e-11) + 1e-15


@settings(deadline=None, max_examples=40)
@given(sizes, sizes, risks, risks, st.sampled_from(SIDES), alphas)
def test_boschloo_is_never_less_powerful_than_fisher(n, m, p, q, side, alpha):
    fisher, boschloo = (
        proportions_power(n, m, p, q, test=test, alternative=side, alpha=alpha)
        for test in ("fisher", "boschloo")
    )
    assert fisher.power <= boschloo.power * (1 + 1e-11)
    assert fisher.size <= boschloo.size * (1 + 1e-11)


@settings(deadline=None, max_examples=40)
@given(sizes, sizes, risks, risks, st.sampled_from(TESTS), alphas, alphas)
def test_power_rises_with_the_level(n, m, p, q, test, one, other):
    """MR-33."""
    low, high = (
        proportions_power(n, m, p, q, test=test, alpha=alpha).power
        for alpha in sorted((one, other))
    )
    assert low <= high * (1 + 1e-11)


@pytest.mark.parametrize("test", TESTS)
def test_power_goes_to_1(test):
    powers = [proportions_power(n, n, 0.8, 0.3, test=test).power for n in (10, 25, 60, 150)]
    assert powers == sorted(powers)
    assert powers[-1] > 1 - 1e-9
    assert proportions_power(17, 11, 1, 0, test=test).power == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(("n", "m"), [(20, 20), (80, 40), (400, 500)])
def test_exact_power_is_near_the_normal_one_in_large_groups(n, m):
    """The chi-squared test, for which the formula is made."""
    found = proportions_power(n, m, 0.5, 0.35, test="chi-squared")
    assert abs(found.power - found.normal_power) < 0.5 / n**0.5
    assert found.corrected_normal_power < found.normal_power


@settings(deadline=None, max_examples=25)
@given(
    st.integers(1, 12),
    st.integers(1, 12),
    risks,
    st.sampled_from(TESTS),
    st.sampled_from(["higher", "lower"]),
    st.sampled_from([0.4, 0.8, 0.95]),
)
def test_the_power_at_a_detectable_risk_is_the_power_wanted(n, m, q, test, direction, wanted):
    found = detectable_risk(n, m, q, test=test, direction=direction, power=wanted)
    end = 1 if direction == "higher" else 0
    if found.risk_x is None:
        assert found.reason
        assert found.furthest_power < wanted
        return
    assert found.difference == pytest.approx(found.risk_x - q)
    assert (found.difference > 0) == (direction == "higher")
    for part in (0, 0.01, 0.3, 0.7, 1):
        risk = found.risk_x + (end - found.risk_x) * part
        assert proportions_power(n, m, risk, q, test=test).power >= wanted - 1e-11
    at = proportions_power(n, m, found.risk_x, q, test=test).power
    assert at == pytest.approx(wanted, abs=1e-10) or found.risk_x == end


@settings(deadline=None, max_examples=25)
@given(st.integers(2, 14), st.integers(2, 14), risks, st.sampled_from(EXACT))
def test_detectable_risks_mirror_each_other(n, m, q, test):
    """Counting the patients without the event turns higher into lower."""
    up = detectable_risk(n, m, q, test=test, power=0.7)
    down = detectable_risk(n, m, 1 - q, test=test, power=0.7, direction="lower")
    assert (up.risk_x is None) == (down.risk_x is None)
    if up.risk_x is not None:
        assert down.risk_x == pytest.approx(1 - up.risk_x, abs=1e-9)
        assert down.odds_ratio * up.odds_ratio == pytest.approx(1, rel=1e-6) or not q


@pytest.mark.parametrize("test", TESTS)
@pytest.mark.parametrize(("p", "q", "ratio"), [(0.9, 0.3, 1.0), (0.15, 0.8, 1.5), (1, 0.2, 0.4)])
def test_sample_sizes_are_first_and_lasting(test, p, q, ratio):
    found = proportions_sample_size(p, q, ratio=ratio, test=test, largest=30)
    assert found.first.n_x + found.first.n_y <= found.lasting.n_x + found.lasting.n_y
    for sizes in (found.first, found.lasting, found.examined):
        design = proportions_power(sizes.n_x, sizes.n_y, p, q, test=test)
        assert (design.power, design.size) == (sizes.power, sizes.size)
        assert abs(sizes.n_x - ratio * sizes.n_y) <= 0.5 * max(1, ratio)
        assert sizes.power >= 0.8
    swapped = proportions_sample_size(q, p, ratio=1 / ratio, test=test, largest=30)
    assert (swapped.lasting.n_x, swapped.lasting.n_y) == (found.lasting.n_y, found.lasting.n_x)


@settings(deadline=None, max_examples=60)
@given(
    risks,
    risks,
    st.sampled_from([0.5, 0.8, 0.95]),
    st.sampled_from([0.25, 1.0, 3.0]),
    st.sampled_from(SIDES),
)
def test_the_normal_sample_size_gives_its_power(p, q, wanted, ratio, side):
    assume(abs(p - q) > 0.01)
    low, high = sorted((p, q))
    x, y = (low, high) if side == "less" else (high, low)
    assume(x * (1 - x) + y * (1 - y) > 1e-3)  # else there is no spread, and power is 0 or 1
    found = normal_proportions_sample_size(x, y, power=wanted, ratio=ratio, alternative=side)
    plain = normal_proportions_power(found.n_x, found.n_y, x, y, alternative=side)
    corrected = normal_proportions_power(
        found.corrected_n_x, found.corrected_n_y, x, y, alternative=side
    )
    assert plain.power == pytest.approx(wanted, rel=1e-8)
    assert corrected.corrected == pytest.approx(wanted, rel=1e-8)
    assert found.corrected_n_x > found.n_x
    assert plain.power <= plain.both_tails


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 400), st.integers(2, 400), risks, risks)
def test_normal_power_is_a_probability_and_symmetric(n, m, p, q):
    found = normal_proportions_power(n, m, p, q)
    swapped = normal_proportions_power(m, n, q, p)
    assert 0 <= found.corrected <= found.power <= found.both_tails <= 1
    assert swapped.power == pytest.approx(found.power, rel=1e-10, abs=1e-300)
