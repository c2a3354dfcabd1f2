"""Probability of superiority, counted pair by pair on paper."""

from fractions import Fraction
from math import exp, log, sqrt

import pytest

from autallo.errors import ArgumentError
from autallo.stats.ranks.superiority import probability_of_superiority

Z = 1.959963984540054


def test_two_against_two():
    """1 and 3 against 0 and 2: 3 of 4 pairs. Placements 1/2 and 1, and 0 and 1/2.

    Either has variance 1/8, so the estimate has 1/8 / 2 + 1/8 / 2 = 1/8, with
    (1/16 + 1/16)**2 / (2 (1/16)**2) = 2 degrees of freedom. Of t with 2 degrees the quantile is
    a sqrt(2 / (1 - a**2)) where a = 2 * 0.975 - 1.
    """
    found = probability_of_superiority([1, 3], [0, 2], method="logit")
    reach = 0.95 * sqrt(2 / (1 - 0.95**2)) * sqrt(1 / 8) / (3 / 16)
    low, high = (1 / (1 + exp(-log(3) - side * reach)) for side in (-1, 1))
    assert (found.estimate, found.level, found.method) == (0.75, 0.95, "logit")
    assert [found.low, found.high] == pytest.approx([low, high], rel=1e-12)


def test_adjusted_limits_of_two_against_two():
    """1 and 3 against 0 and 2: estimate 3/4, largest variance 3/16, either group has 1/8 of it.

    That is a share of 2/3; two who are alike and three at the ends have 3 / (2 + 2), which is
    more: e = (3/4 + 3/4) / 2 = 3/4 and 1 / (2 (1/2)**2 / 3) = 6 degrees of freedom, of which the
    quantile is 2.446911851. The odds 3 are divided by exp(t sqrt((3/4) / (3/16))) = exp(2 t).
    Above it is the share of 1 in 4/3: with x = 1 - high and a = 1/3 lost,
    x**a (a + 1 - a x) = 0.025.
    """
    found = probability_of_superiority([1, 3], [0, 2])
    assert (found.estimate, found.method) == (0.75, "adjusted")
    assert found.low == pytest.approx(1 / (1 + exp(2 * 2.446911851) / 3), rel=1e-8)
    x, a = 1 - found.high, 1 / 3
    # 1e-8: 1 - high has lost five digits.
    assert x**a * (a + 1 - a * x) == pytest.approx(0.025, rel=1e-8)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0, 0, 0], [1] + [0] * 29),
        ([0] * 6, [1, 1] + [0] * 18),
        ([5.1, 5.2, 5.3], range(1, 31)),
        ([0, 0, 0], [0] * 30),
    ],
)
def test_a_small_group_without_spread_is_no_certainty(x, y):
    """Six alike patients say of a grade only that it is rarer than 0.46: 0.54**6 is 0.025.

    That moves the probability of superiority by up to 0.23; three alike allow 0.7 and 0.35.
    """
    found = probability_of_superiority(x, y)
    assert found.method == "adjusted"
    assert found.high - found.estimate > (1 - 0.025 ** (1 / len(x))) / 2


def test_one_patient_who_differs_changes_the_interval_little():
    """Of 3 against 30 alike one of the 30 changes: the interval cannot shrink to a tenth."""
    alike = probability_of_superiority([0] * 3, [0] * 30)
    one = probability_of_superiority([0] * 3, [1] + [0] * 29)
    assert one.low == pytest.approx(alike.low, abs=0.03)
    assert one.high == pytest.approx(alike.high, abs=0.03)
    assert probability_of_superiority([0] * 3, [1] + [0] * 29, method="logit").method == (
        "largest_variance"
    )


def test_ties_count_one_half():
    """1 2 2 against 2 3: of 6 pairs none is won and two are tied."""
    found = probability_of_superiority([1, 2, 2], [2, 3])
    assert found.estimate == pytest.approx(float(Fraction(1, 6)), rel=1e-15)


def test_groups_that_lie_apart():
    """Three pairs without a common patient: theta**3 is 0.025 at the limit."""
    above = probability_of_superiority([7, 8, 9, 10], [1, 2, 3])
    below = probability_of_superiority([1, 2, 3], [7, 8, 9, 10])
    assert (above.estimate, above.high, above.method) == (1.0, 1.0, "separation")
    assert above.low**3 == pytest.approx(0.025, rel=1e-13)
    assert (below.estimate, below.low) == (0.0, 0.0)
    assert below.high == pytest.approx(1 - above.low, rel=1e-14)


@pytest.mark.parametrize(("x", "y", "pairs"), [([5, 5, 5], [5, 5], 2), ([4], [3, 5], 1)])
def test_no_variance_in_the_data(x, y, pairs):
    """Largest variance theta (1 - theta) / k: from 1/2 to either side z / 2 / sqrt(k + z z)."""
    found = probability_of_superiority(x, y, method="logit")
    reach = Z / 2 / sqrt(pairs + Z * Z)
    assert (found.estimate, found.method) == (0.5, "largest_variance")
    assert [found.low, found.high] == pytest.approx([0.5 - reach, 0.5 + reach], rel=1e-12)


def test_one_against_one():
    """Either order has chance theta or 1 - theta: 0.025 is the limit."""
    found = probability_of_superiority([2], [1])
    assert (found.estimate, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.025, rel=1e-13)


def test_pseudo_score_of_three_against_two():
    """At a limit t the distance is z standard errors; N* = 1.5, 6 pairs, 4 of them won."""
    found = probability_of_superiority([2, 4, 5], [1, 3.5], method="pseudo_score")
    assert (found.estimate, found.method) == (pytest.approx(5 / 6), "pseudo_score")
    for t in (found.low, found.high):
        variance = t * (1 - t) / 6 * (1 + 1.5 * ((1 - t) / (2 - t) + t / (1 + t)))
        assert (t - 5 / 6) ** 2 == pytest.approx(Z * Z * variance, rel=1e-9)


def test_pseudo_score_has_width_where_groups_lie_apart():
    """1 - t = z sqrt(variance at t); t is solved below to nine digits."""
    found = probability_of_superiority([3, 4], [1, 2], method="pseudo_score")
    t = found.low
    variance = t * (1 - t) / 4 * (1 + (1 - t) / (2 - t) + t / (1 + t))
    assert (1 - t) ** 2 == pytest.approx(Z * Z * variance, rel=1e-9)
    assert 0 < t < 1
    assert found.high == 1.0


@pytest.mark.parametrize(
    ("x", "y", "options", "sentence"),
    [
        ([], [1], {}, "`x` must be one list of values"),
        ([1], [float("inf")], {}, "`y` must be finite"),
        ([1], [2], {"level": 95}, "`level` must be between 0 and 1"),
        ([1], [2], {"method": "wald"}, "`method` must be"),
        ([2**53, 2**53 + 1], [1], {}, "`x` must be below 9007199254740992"),
    ],
)
def test_impossible_arguments_are_refused(x, y, options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        probability_of_superiority(x, y, **options)
