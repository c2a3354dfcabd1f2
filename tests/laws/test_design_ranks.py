"""What the power of the Mann-Whitney test obeys for any design."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.design.grades import grades_power
from autallo.stats.design.grades_size import grades_sample_size
from autallo.stats.design.noether import (
    detectable_superiority,
    noether_power,
    noether_sample_size,
)
from autallo.stats.design.proportions import proportions_power
from autallo.stats.design.shift import detectable_shift, shift_power

SIDES = ("two-sided", "less", "greater")
OTHER_SIDE = {"two-sided": "two-sided", "less": "greater", "greater": "less"}
sizes = st.integers(1, 7)
whole = st.lists(st.integers(0, 9), min_size=3, max_size=3).filter(any)
chances = whole.map(lambda counts: [count / sum(counts) for count in counts])
alphas = st.sampled_from([0.01, 0.05, 0.1, 0.3])


def generator(seed=3):
    return np.random.Generator(np.random.PCG64(seed))


@settings(deadline=None, max_examples=40)
@given(sizes, sizes, chances, st.sampled_from(SIDES), alphas)
def test_power_without_a_difference_is_the_size(n, m, chances, side, alpha):
    found = grades_power(n, m, chances, chances, alternative=side, alpha=alpha)
    assert found.power == pytest.approx(found.size, rel=1e-12, abs=1e-300)
    assert found.size <= alpha * (1 + 1e-12)
    assert found.superiority == pytest.approx(0.5, rel=1e-12)
    assert (found.smallest_p > alpha) == (found.reason is not None)


@settings(deadline=None, max_examples=40)
@given(sizes, sizes, chances, chances, st.sampled_from(SIDES))
def test_swapping_groups_or_the_order_of_grades(n, m, x, y, side):
    """MR-5, MR-42."""
    found = grades_power(n, m, x, y, alternative=side)
    swapped = grades_power(m, n, y, x, alternative=OTHER_SIDE[side])
    turned = grades_power(n, m, x[::-1], y[::-1], alternative=OTHER_SIDE[side])
    assert swapped.power == pytest.approx(found.power, rel=1e-11, abs=1e-300)
    assert turned.power == pytest.approx(found.power, rel=1e-11, abs=1e-300)
    assert swapped.superiority == pytest.approx(1 - found.superiority, abs=1e-14)


@settings(deadline=None, max_examples=30)
@given(sizes, sizes, chances, chances, st.sampled_from(SIDES))
def test_grades_that_nobody_has_change_nothing(n, m, x, y, side):
    found = grades_power(n, m, x, y, alternative=side)
    more = grades_power(n, m, [0, *x[:1], 0, *x[1:]], [0, *y[:1], 0, *y[1:]], alternative=side)
    assert more.power == found.power


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 14),
    st.integers(1, 14),
    st.floats(0, 1),
    st.floats(0, 1),
    st.sampled_from(["less", "greater"]),
    alphas,
)
def test_one_side_of_two_grades_is_fisher(n, m, p, q, side, alpha):
    """One-sided, both order the tables of given margins by the number of events."""
    found = grades_power(n, m, [1 - p, p], [1 - q, q], alternative=side, alpha=alpha)
    fisher = proportions_power(n, m, p, q, alternative=side, alpha=alpha)
    assert found.power == pytest.approx(fisher.power, rel=1e-10, abs=1e-14)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("x", "y"), [([0.2, 0.3, 0.5], [0.6, 0.3, 0.1]), ([0.1, 0.4, 0.5], [0.1, 0.4, 0.5])]
)
def test_simulation_agrees_with_the_list(x, y, side):
    """MR-38: within four standard errors; the second pair is the size of the test."""
    exact = grades_power(17, 11, x, y, alternative=side)
    drawn = grades_power(17, 11, x, y, alternative=side, draws=8_000, rng=generator())
    assert abs(drawn.power - exact.power) < 4 * drawn.standard_error
    assert drawn.superiority == exact.superiority


def test_power_goes_to_1_with_size_and_difference():
    powers = [grades_power(n, n, [0.2, 0.3, 0.5], [0.6, 0.3, 0.1]).power for n in (5, 10, 20, 33)]
    assert powers == sorted(powers)
    assert powers[-1] > 0.98
    one_sided = [
        grades_power(9, 7, [0.5 - d, 0.3, 0.2 + d], [0.5, 0.3, 0.2], alternative="greater").power
        for d in (0, 0.1, 0.2, 0.3, 0.5)
    ]
    assert one_sided == sorted(one_sided)


def test_a_sample_size_is_where_the_power_is():
    found = grades_sample_size([0.2, 0.2, 0.6], [0.7, 0.2, 0.1], ratio=1.5, largest=24)
    for sizes in (found.first, found.lasting, found.examined):
        design = grades_power(sizes.n_x, sizes.n_y, [0.2, 0.2, 0.6], [0.7, 0.2, 0.1])
        assert (design.power, design.size) == (sizes.power, sizes.size)
        assert sizes.power >= 0.8
        assert abs(sizes.n_x - 1.5 * sizes.n_y) <= 0.75
    assert found.noether_n_x == pytest.approx(1.5 * found.noether_n_y, rel=1e-12)
    assert abs(found.lasting.n_x - found.noether_n_x) < 5


@settings(deadline=None, max_examples=60)
@given(st.integers(2, 300), st.integers(2, 300), st.floats(0, 1), alphas)
def test_noether_is_symmetric_and_rises(n, m, better, alpha):
    found = noether_power(n, m, better, alpha=alpha).power
    for same in (
        noether_power(m, n, better, alpha=alpha),
        noether_power(n, m, 1 - better, alpha=alpha),
    ):
        assert same.power == pytest.approx(found, rel=1e-9)
    assert alpha / 2 <= found * (1 + 1e-12)
    further = noether_power(n, m, max(better, 1 - better) * 0.5 + 0.5, alpha=alpha).power
    assert found <= further * (1 + 1e-12)


@settings(deadline=None, max_examples=60)
@given(
    st.floats(0.55, 1), st.sampled_from([0.5, 0.8, 0.95]), st.sampled_from([0.25, 1, 3]),
    st.sampled_from(SIDES),
)  # fmt: skip
def test_noether_sample_size_gives_its_power(better, wanted, ratio, side):
    better = 1 - better if side == "less" else better
    found = noether_sample_size(better, power=wanted, ratio=ratio, alternative=side)
    power = noether_power(found.n_x, found.n_y, better, alternative=side).power
    assert power == pytest.approx(wanted, rel=1e-9)


@settings(deadline=None, max_examples=60)
@given(
    st.integers(1, 60),
    st.integers(1, 60),
    st.sampled_from([0.3, 0.8, 0.95]),
    st.sampled_from(SIDES),
)
def test_detectable_superiority_gives_its_power(n, m, wanted, side):
    found = detectable_superiority(n, m, power=wanted, alternative=side)
    if found.superiority is None:
        assert found.reason
        assert found.largest_power < wanted
        return
    assert 0 <= found.superiority <= 1
    power = noether_power(n, m, found.superiority, alternative=side).power
    assert power == pytest.approx(wanted, rel=1e-9)
    assert found.largest_power >= wanted * (1 - 1e-12)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("n", "m"), [(17, 11), (5, 8), (4, 4)])
def test_without_a_shift_the_power_is_the_size(n, m, side):
    found = shift_power(n, m, 0, alternative=side, draws=20_000, rng=generator())
    assert abs(found.power - found.size) < 4 * found.standard_error
    assert found.size <= 0.05
    assert found.superiority == 0.5


@pytest.mark.parametrize("side", SIDES)
def test_shift_in_the_other_direction_swaps_the_sides(side):
    """MR-5: within four standard errors of the difference, for the draws are others."""
    one = shift_power(9, 6, 1.1, alternative=side, draws=20_000, rng=generator(1))
    other = shift_power(9, 6, -1.1, alternative=OTHER_SIDE[side], draws=20_000, rng=generator(2))
    swapped = shift_power(6, 9, -1.1, alternative=OTHER_SIDE[side], draws=20_000, rng=generator(4))
    error = np.hypot(one.standard_error, other.standard_error)
    assert abs(one.power - other.power) < 4 * error
    assert abs(one.power - swapped.power) < 4 * error
    assert other.superiority == pytest.approx(1 - one.superiority, rel=1e-12)


def test_power_rises_with_the_shift_and_the_draws_decide_it():
    shifts = (-1, 0, 0.4, 0.8, 1.6, 3)
    powers = [
        shift_power(7, 6, shift, alternative="greater", draws=2_000, rng=generator()).power
        for shift in shifts
    ]
    assert powers == sorted(powers)  # the same draws: each is significant from some shift on
    assert powers[-1] > 0.99
    again = shift_power(7, 6, 0.8, alternative="greater", draws=2_000, rng=generator()).power
    assert again == powers[3]


@settings(deadline=None, max_examples=25)
@given(
    st.integers(1, 9), st.integers(1, 9), st.sampled_from([0.5, 1, 2]),
    st.sampled_from([0.5, 0.8, 0.9]), st.sampled_from(SIDES),
)  # fmt: skip
def test_a_detectable_shift_is_detected(n, m, ratio, wanted, side):
    """With the same draws: the share wanted, and from the wrong direction a little more."""
    settings = {"spread_ratio": ratio, "alternative": side, "draws": 500}
    found = detectable_shift(n, m, power=wanted, **settings, rng=generator())
    assume(found.shift is not None)
    assert found.low <= found.shift <= found.high
    beyond = found.shift * (1 + 1e-9)
    power = shift_power(n, m, beyond, **settings, rng=generator())
    if side != "less":  # there the draws are mirrored
        assert wanted <= power.power <= wanted + 0.03
    assert power.superiority == pytest.approx(found.superiority, rel=1e-6)
