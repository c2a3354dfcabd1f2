"""Power of the Mann-Whitney test, worked in fractions or by symmetry."""

import math
from fractions import Fraction

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.design.grades import grades_power
from autallo.stats.design.grades_size import grades_sample_size
from autallo.stats.design.noether import (
    detectable_superiority,
    noether_power,
    noether_sample_size,
)
from autallo.stats.design.shift import detectable_shift, shift_power

Z, Z_80 = 1.959963984540054, 0.8416212335729143  # quantiles 0.975 and 0.8
TOO_SMALL = "Groups of 3 and 3 patients cannot give a p of 0.05 or less: the smallest is 0.1."


def normal(z):
    return math.erfc(-z / math.sqrt(2)) / 2


def generator(seed=5):
    return np.random.Generator(np.random.PCG64(seed))


def test_noether():
    # 6 and 6 patients: 12 times 36 over 12 is 36, so z is 6 times a quarter.
    assert noether_power(6, 6, 0.75).power == pytest.approx(normal(1.5 - Z), rel=1e-12)
    assert noether_power(6, 6, 0.25).power == pytest.approx(normal(1.5 - Z), rel=1e-12)
    z = 1.6448536269514722
    one_sided = noether_power(6, 6, 0.25, alternative="greater")
    assert one_sided.power == pytest.approx(normal(-1.5 - z), rel=1e-12)


def test_noether_sample_size():
    # (z + z)^2 over 12/4 times 1/16 in equal groups; 3 for 1 leaves 12 times 3/16.
    both = (Z + Z_80) ** 2 * 16 / 3
    found = noether_sample_size(0.75)
    assert found.n_x == found.n_y == pytest.approx(both / 2, rel=1e-12)
    uneven = noether_sample_size(0.75, ratio=3)
    assert uneven.n_x + uneven.n_y == pytest.approx((Z + Z_80) ** 2 * 16 * 16 / 36, rel=1e-12)
    assert uneven.n_x == pytest.approx(3 * uneven.n_y, rel=1e-14)


def test_detectable_superiority():
    found = detectable_superiority(6, 6)
    assert found.superiority == pytest.approx(0.5 + (Z + Z_80) / 6, rel=1e-12)
    assert found.smallest_p == pytest.approx(2 / 924, rel=1e-14)
    assert found.reason is None
    less = detectable_superiority(6, 6, alternative="less")
    assert less.superiority == pytest.approx(0.5 - (1.6448536269514722 + Z_80) / 6, rel=1e-12)
    # 4 and 4: sqrt(24) times one half is too little.
    none = detectable_superiority(4, 4)
    assert none.superiority is None
    assert none.largest_power == pytest.approx(normal(math.sqrt(24) / 2 - Z), rel=1e-12)
    assert none.reason == (
        "Not even complete separation is detected with a power of 0.8: it is 0.688."
    )
    tiny = detectable_superiority(3, 3)
    assert (tiny.superiority, tiny.largest_power, tiny.reason) == (None, 0, TOO_SMALL)


def test_two_grades():
    # 3 against 3 at a level of 0.1: only complete separation, 2 of 20 arrangements.
    p, q = Fraction(1, 4), Fraction(1, 2)
    power = p**3 * (1 - q) ** 3 + (1 - p) ** 3 * q**3
    found = grades_power(3, 3, [0.75, 0.25], [0.5, 0.5], alpha=0.1)
    assert found.power == pytest.approx(float(power), rel=1e-12)
    r = Fraction(3, 8)
    assert found.size == pytest.approx(float(2 * r**3 * (1 - r) ** 3), rel=1e-12)
    # A grade higher in 1/4 times 1/2, the same in 1/2.
    assert found.superiority == pytest.approx(1 / 8 + 1 / 4, rel=1e-14)
    assert found.noether_power == noether_power(3, 3, found.superiority, alpha=0.1).power
    assert found.smallest_p == pytest.approx(0.1, rel=1e-14)
    assert (found.method, found.draws, found.standard_error) == ("exact", 0, 0)


def test_a_level_that_is_reached_exactly():
    # 3 against 2, two grades: all high against none is 1 of 10 arrangements, two high against none
    # 3 of 10. The level is the decimal number, though 0.3 in binary is less than 3/10.
    found = grades_power(3, 2, [0.5, 0.5], [1, 0], alpha=0.3, alternative="greater")
    assert found.power == pytest.approx(1 / 8 + 3 / 8, rel=1e-13)


def test_three_grades():
    # 1 against 4, one-sided at 0.2: the one must be above all four, for a tie with one of them
    # leaves 2 of 5 arrangements. From grade 2 (1/3) above grade 1 (1/2), from 3 above 1 and 2.
    found = grades_power(1, 4, [1 / 3] * 3, [0.5, 0.25, 0.25], alpha=0.2, alternative="greater")
    half, rest = Fraction(1, 2), Fraction(3, 4)
    assert found.power == pytest.approx(float((half**4 + rest**4) / 3), rel=1e-12)
    mirror = grades_power(1, 4, [1 / 3] * 3, [0.25, 0.25, 0.5], alpha=0.2, alternative="less")
    assert mirror.power == pytest.approx(found.power, rel=1e-12)


def test_grades_that_are_never_significant():
    found = grades_power(3, 3, [0, 0, 1], [1, 0, 0])
    assert (found.power, found.size, found.reason) == (0, 0, TOO_SMALL)
    alone = grades_power(5, 5, [0, 1], [0, 1])
    assert (alone.power, alone.smallest_p, alone.superiority) == (0, 1, 0.5)
    assert alone.reason.endswith("the smallest is 1.")


def test_simulated_grades_of_certain_outcomes():
    # 4 against 4 completely apart: p is 2/70 in every study.
    found = grades_power(4, 4, [0, 0, 1], [1, 0, 0], draws=50, rng=generator())
    assert (found.power, found.method, found.size) == (1, "monte_carlo", None)
    share = 51 / 52
    assert found.standard_error == pytest.approx(math.sqrt(share * (1 - share) / 50), rel=1e-14)


def test_the_smallest_groups_with_grades():
    found = grades_sample_size([0, 1], [1, 0], largest=6)
    assert (found.first.n_x, found.lasting.n_y, found.examined.n_x) == (4, 4, 6)
    assert found.superiority == 1
    # Superiority 1: (z + z)^2 over 12/4 times 1/4, half of it in each group.
    assert found.noether_n_x == pytest.approx((Z + Z_80) ** 2 * 4 / 3 / 2, rel=1e-12)
    # Three for two, halves rounded up: 3 and 2 (1/10), then 5 and 3 (1/56).
    uneven = grades_sample_size([0, 1], [1, 0], ratio=1.5, largest=6)
    assert (uneven.first.n_x, uneven.first.n_y) == (5, 3)
    none = grades_sample_size([0, 1], [1, 0], largest=3)
    assert (none.first, none.lasting) == (None, None)
    assert none.reason == "No groups up to 3 and 3 patients reach a power of 0.8."


def test_shift_of_one_against_one():
    # One-sided at one half: significant is x above y, whose difference has a deviation of sqrt 2.
    found = shift_power(1, 1, 1, alpha=0.5, alternative="greater", draws=20_000, rng=generator())
    assert found.size == 0.5
    assert found.superiority == pytest.approx(normal(1 / math.sqrt(2)), rel=1e-12)
    assert abs(found.power - found.superiority) < 4 * found.standard_error
    wide = shift_power(1, 1, 1, spread_ratio=3, alpha=0.5, alternative="less", rng=generator())
    assert abs(wide.power - normal(-1 / math.sqrt(10))) < 4 * wide.standard_error


def test_a_shift_that_separates_all():
    found = shift_power(4, 4, 100, draws=10, rng=generator())
    assert found.power == 1
    assert found.size == pytest.approx(2 / 70, rel=1e-14)
    assert found.standard_error > 0
    wrong = shift_power(4, 4, 100, alternative="less", draws=10, rng=generator())
    assert wrong.power == 0


def test_shift_in_groups_that_are_too_small():
    found = shift_power(3, 3, 100, rng=generator())
    assert (found.power, found.size, found.draws, found.standard_error) == (0, 0, 0, 0)
    assert found.reason == TOO_SMALL
    none = detectable_shift(3, 3, rng=generator())
    assert (none.shift, none.low, none.high, none.superiority) == (None, None, None, None)
    assert none.reason == TOO_SMALL


def test_detectable_shift_of_one_against_one():
    # As above: the 0.8 quantile of a difference with a deviation of sqrt 2.
    found = detectable_shift(1, 1, alpha=0.5, alternative="greater", draws=20_000, rng=generator())
    margin = (found.high - found.low) / 2 / Z
    assert abs(found.shift - Z_80 * math.sqrt(2)) < 4 * margin
    assert found.superiority == pytest.approx(normal(found.shift / math.sqrt(2)), rel=1e-12)
    less = detectable_shift(1, 1, alpha=0.5, alternative="less", draws=20_000, rng=generator())
    assert less.low <= less.shift == -found.shift <= less.high < 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"chances_x": [0.5, 0.6]}, "`chances_x` must be at least 0 and sum to 1."),
        ({"chances_y": [1.5, -0.5]}, "`chances_y` must be at least 0 and sum to 1."),
        ({"chances_y": [1.0]}, "`chances_x` and `chances_y` must have the same length."),
        ({"n_x": 0}, "`n_x` must be a whole number from 1 to 10000."),
        ({"n_x": 100, "n_y": 100}, "`draws` must be given: there are too many outcomes to list."),
        ({"draws": 100}, "`rng` must be given, a random generator of numpy, to simulate."),
        ({"draws": 0, "rng": generator()}, "`draws` must be a whole number from 1"),
    ],
)
def test_wrong_grades_are_refused(change, sentence):
    given = {"n_x": 5, "n_y": 4, "chances_x": [0.5, 0.5], "chances_y": [0.2, 0.8]} | change
    with pytest.raises(ArgumentError, match=sentence):
        grades_power(**given)


@pytest.mark.parametrize(
    ("chances", "alternative"),
    [([0.5, 0.5], "two-sided"), ([0.6, 0.4], "greater"), ([0.4, 0.6], "less")],
)
def test_grades_without_the_tendency_tested_are_refused(chances, alternative):
    with pytest.raises(ArgumentError, match="`chances_x` must tend to other grades"):
        grades_sample_size(chances, [0.5, 0.5], alternative=alternative)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: noether_sample_size(0.5), "`superiority` must differ from 0.5."),
        (
            lambda: noether_sample_size(0.7, alternative="less"),
            "`superiority` must be below 0.5 for this alternative.",
        ),
        (lambda: noether_power(0, 4, 0.7), "`n_x` must be a number above 0."),
        (lambda: detectable_superiority(2.5, 4), "`n_x` must be a whole number from 1."),
        (lambda: shift_power(4, 4, 1), "`rng` must be given"),
        (lambda: shift_power(4, 4, math.inf, rng=generator()), "`shift` must be from"),
        (lambda: shift_power(300, 300, 1, rng=generator()), "at most 500 together."),
        (
            lambda: detectable_shift(4, 4, spread_ratio=0, rng=generator()),
            "`spread_ratio` must be from 0.01 to 100.",
        ),
    ],
)
def test_wrong_numbers_are_refused(call, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        call()
