"""Power and size of tests of two risks, worked in fractions."""

import math
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.design.normal_proportions import (
    normal_proportions_power,
    normal_proportions_sample_size,
)
from autallo.stats.design.proportions import proportions_power
from autallo.stats.design.proportions_detectable import detectable_risk
from autallo.stats.design.proportions_size import proportions_sample_size

# 4 against 4 patients: p of (4, 0) and (0, 4) is 2/70, and of the next tables, (4, 1), (1, 4),
# (3, 0) and (0, 3), is (4 + 4)/56 = 1/7. With x = r (1 - r) the first two have the probability
# 2 x^4 at a common risk r, and all six 2 x^4 + 8 x^3 (1 - 2 x): both largest at x = 1/4.
TWO = ((4, 0), (0, 4))
SIX = (*TWO, (4, 1), (1, 4), (3, 0), (0, 3))
SIZE_OF_TWO = Fraction(2, 4**4)
SIZE_OF_SIX = Fraction(2, 4**4) + Fraction(8, 4**3) / 2


def chance(tables, p, q, n=4, m=4):
    return sum(
        math.comb(n, x) * p**x * (1 - p) ** (n - x) * math.comb(m, y) * q**y * (1 - q) ** (m - y)
        for x, y in tables
    )


def normal(z):
    return math.erfc(-z / math.sqrt(2)) / 2


Z = 1.959963984540054  # the 0.975 quantile
Z_80 = 0.8416212335729143  # the 0.8 quantile


@pytest.mark.parametrize(
    ("test", "alpha", "tables", "size"),
    [
        ("fisher", 0.05, TWO, SIZE_OF_TWO),
        ("fisher", 0.2, SIX, SIZE_OF_SIX),
        ("boschloo", 0.05, TWO, SIZE_OF_TWO),
        ("boschloo", 0.08, SIX, SIZE_OF_SIX),  # 9/128 = 0.0703
        ("boschloo", 0.0703125, SIX, SIZE_OF_SIX),  # the level itself
        ("boschloo", 0.07, TWO, SIZE_OF_TWO),
        # z squared is 8 for the two tables, 4.8 for the other four, 8/3 for the next ones.
        ("barnard", 0.05, TWO, SIZE_OF_TWO),
        ("barnard", 0.08, SIX, SIZE_OF_SIX),
        ("chi-squared", 0.05, SIX, SIZE_OF_SIX),  # 4.8 > 3.84
        ("chi-squared", 0.02, TWO, SIZE_OF_TWO),  # 4.8 < 5.41 < 8
    ],
)
def test_four_against_four(test, alpha, tables, size):
    p, q = Fraction(1, 2), Fraction(1, 4)
    found = proportions_power(4, 4, 0.5, 0.25, alpha=alpha, test=test)
    assert found.power == pytest.approx(float(chance(tables, p, q)), rel=1e-12)
    assert found.size == pytest.approx(float(size), rel=1e-12)
    assert found.reason is None


def test_one_side_of_three_against_two():
    # One-sided p of (3, 0) is 1/10, of (3, 1) 2/5 and of (2, 0) 3/10.
    found = proportions_power(3, 2, 0.5, 0.25, alpha=0.1, alternative="greater")
    assert found.power == pytest.approx((1 / 8) * (9 / 16), rel=1e-13)
    assert found.smallest_p == pytest.approx(1 / 10, rel=1e-14)
    # The probability r^3 (1 - r)^2 is largest at r = 3/5.
    assert found.size == pytest.approx(float(Fraction(3, 5) ** 3 * Fraction(2, 5) ** 2), rel=1e-12)
    mirror = proportions_power(2, 3, 0.25, 0.5, alpha=0.1, alternative="less")
    assert mirror.power == pytest.approx(found.power, rel=1e-14)


@pytest.mark.parametrize(
    ("test", "smallest"),
    [
        ("fisher", 2 / 20),
        ("boschloo", 2 / 4**3),
        ("barnard", 2 / 4**3),
        ("chi-squared", math.erfc(math.sqrt(3))),  # z squared is 6
    ],
)
def test_three_against_three(test, smallest):
    """Fisher never reaches 0.05; the other tests do."""
    found = proportions_power(3, 3, 1, 0, test=test)
    assert found.smallest_p == pytest.approx(smallest, rel=1e-12)
    if test == "fisher":
        assert (found.power, found.size) == (0, 0)
        assert found.reason == (
            "Groups of 3 and 3 patients cannot give a p of 0.05 or less: the smallest is 0.1."
        )
    else:
        assert found.power == pytest.approx(1, rel=1e-14)
        assert found.reason is None


def test_a_level_that_is_reached_exactly():
    """The level is the decimal number: in binary 0.1 is more than 1/10, and 0.3 less than 3/10."""
    assert proportions_power(3, 3, 1, 0, alpha=0.1).power == pytest.approx(1, rel=1e-14)
    # One-sided, 3 against 2: p of (3, 0) is 1/10, and of (2, 0) 3 of 10 ways.
    found = proportions_power(3, 2, 0.5, 0.0, alpha=0.3, alternative="greater")
    assert found.power == pytest.approx(1 / 8 + 3 / 8, rel=1e-14)


def test_the_smallest_groups_for_certain_outcomes():
    # All of one group and none of the other: p = 2 / C(2 n, n) is 0.1 for 3 and 2/70 for 4.
    found = proportions_sample_size(1, 0, largest=6)
    assert (found.first.n_x, found.lasting.n_y, found.examined.n_x) == (4, 4, 6)
    assert found.lasting.power == pytest.approx(1, rel=1e-14)
    assert found.lasting.size == pytest.approx(float(SIZE_OF_TWO), rel=1e-12)
    assert found.reason is None
    # Half of the pairs in ratio 2: 1 / C(3 m, m) is 1/15 for 4 and 2, and 1/84 for 6 and 3.
    wide = proportions_sample_size(1, 0, ratio=2, largest=9)
    assert (wide.first.n_x, wide.first.n_y) == (6, 3)
    assert (wide.examined.n_x, wide.examined.n_y) == (8, 4)
    # Three for two, halves rounded up: 2 and 1, 3 and 2 (1/10), 5 and 3 (1/56), 6 and 4.
    uneven = proportions_sample_size(1, 0, ratio=1.5, largest=7)
    assert (uneven.first.n_x, uneven.first.n_y) == (5, 3)
    assert (uneven.examined.n_x, uneven.examined.n_y) == (6, 4)
    narrow = proportions_sample_size(0, 1, ratio=0.5, largest=9)
    assert (narrow.first.n_x, narrow.first.n_y) == (3, 6)


def test_no_groups_reach_the_power():
    found = proportions_sample_size(1, 0, largest=3)
    assert found.first is None
    assert found.lasting is None
    assert found.reason == "No groups up to 3 and 3 patients reach a power of 0.8."


def test_more_patients_can_lower_the_power():
    # Certain events in one group and a risk of 3/20 in the other. Two-sided p of (5, 1) is 10/210
    # and of (5, 2) 20/120; of (6, 1) 12/792 and of (6, 2) 30/495; of (7, 2) 42/2002 and of (7, 3)
    # 70/1001. So at most one of 5 may have the event, one of 6, and two of 7.
    p, q = Fraction(17, 20), Fraction(3, 20)
    powers = {
        5: p**5 + 5 * p**4 * q,
        6: p**6 + 6 * p**5 * q,
        7: p**7 + 7 * p**6 * q + 21 * p**5 * q**2,
    }
    for n, power in powers.items():
        found = proportions_power(n, n, 1, 0.15)
        assert found.power == pytest.approx(float(power), rel=1e-12)
    assert powers[6] < Fraction(4, 5) < powers[5] < powers[7]
    sizes = proportions_sample_size(1, 0.15, largest=9)
    assert (sizes.first.n_x, sizes.lasting.n_x) == (5, 7)
    assert sizes.first.power == pytest.approx(float(powers[5]), rel=1e-12)
    short = proportions_sample_size(1, 0.15, largest=6)
    assert short.lasting is None
    assert short.reason == (
        "Groups of 5 and 5 patients reach a power of 0.8, but the largest ones examined, "
        "6 and 6 patients, do not."
    )


def test_a_detectable_risk():
    # 4 against 4 and no event in the second group: only (4, 0) is significant, so risk^4 = 0.8.
    found = detectable_risk(4, 4, 0)
    assert found.risk_x == pytest.approx(0.8**0.25, abs=1e-12)
    assert found.difference == pytest.approx(0.8**0.25, abs=1e-12)
    assert found.odds_ratio == math.inf
    assert found.furthest_power == pytest.approx(1, rel=1e-13)
    assert found.reason is None
    mirror = detectable_risk(4, 4, 1, direction="lower")
    assert mirror.risk_x == pytest.approx(1 - 0.8**0.25, abs=1e-12)
    # Against a risk of 1/2 in the second group the most is (1/2)^4.
    none = detectable_risk(4, 4, 0.5)
    assert (none.risk_x, none.difference, none.odds_ratio) == (None, None, None)
    assert none.furthest_power == pytest.approx(1 / 16, rel=1e-13)
    assert none.reason == (
        "Not even a risk of 1 in the first group is detected with a power of 0.8: it is 0.0625."
    )
    assert detectable_risk(3, 3, 0).reason.endswith("the smallest is 0.1.")


def test_the_odds_ratio_of_a_detectable_risk():
    # One-sided, 1 against 1 at a level of 1/2: significant is (1, 0), of chance r (1 - s).
    found = detectable_risk(1, 1, 0.1, alpha=0.5, power=0.6, alternative="greater")
    risk = 0.6 / 0.9
    assert found.risk_x == pytest.approx(risk, abs=1e-12)
    assert found.odds_ratio == pytest.approx(risk / (1 - risk) * 9, rel=1e-11)


def test_normal_power():
    # Risks 0.6 and 0.4 in 50 and 50: deviations sqrt(0.25 / 25) = 0.1 and sqrt(0.48 / 50).
    spread = math.sqrt(0.48 / 50)
    found = normal_proportions_power(50, 50, 0.6, 0.4)
    assert found.power == pytest.approx(normal((0.2 - Z * 0.1) / spread), rel=1e-12)
    other = normal((-0.2 - Z * 0.1) / spread)
    assert found.both_tails == pytest.approx(found.power + other, rel=1e-12)
    assert found.corrected == pytest.approx(normal((0.2 - 0.02 - Z * 0.1) / spread), rel=1e-12)
    wrong = normal_proportions_power(50, 50, 0.4, 0.6, alternative="greater")
    assert wrong.power == wrong.both_tails
    z = 1.6448536269514722
    assert wrong.power == pytest.approx(normal((-0.2 - z * 0.1) / spread), rel=1e-12)


def test_normal_power_without_spread():
    certain = normal_proportions_power(8, 8, 1, 0)  # 1 against z times 1/4
    assert (certain.power, certain.corrected) == (1, 1)
    assert normal_proportions_power(2, 2, 1, 0).corrected == 0  # 1 - 1/2 against z times 1/2
    assert normal_proportions_power(8, 8, 0, 0).power == 0


def test_normal_sample_size():
    # Risks 1 and 0: no spread of their own, so n = z^2 / 2.
    found = normal_proportions_sample_size(1, 0)
    assert found.n_x == pytest.approx(Z * Z / 2, rel=1e-12)
    # n solves n - z sqrt(n / 2) - 1 = 0 with correction.
    root = math.sqrt(found.corrected_n_x)
    assert root * root - Z * root / math.sqrt(2) - 1 == pytest.approx(0, abs=1e-12)
    # Risks 0.6 and 0.3, two for one: mean 0.5; 3/4 and 0.24 + 0.42 for one in the first group.
    two = normal_proportions_sample_size(0.6, 0.3, ratio=2)
    n = ((Z * math.sqrt(0.75) + Z_80 * math.sqrt(0.66)) / 0.3) ** 2
    assert two.n_x == pytest.approx(n, rel=1e-12)
    assert two.n_y == pytest.approx(n / 2, rel=1e-12)
    corrected = n / 4 * (1 + math.sqrt(1 + 2 * 3 / (n * 0.3))) ** 2
    assert two.corrected_n_x == pytest.approx(corrected, rel=1e-12)
    assert two.corrected_n_y == pytest.approx(corrected / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"n_x": 0}, "`n_x` must be a whole number from 1."),
        ({"n_x": 1.9}, "`n_x` must be a whole number from 1."),
        ({"n_y": math.nan}, "`n_y` must be a whole number from 1."),
        ({"n_y": "11"}, "`n_y` must be a number."),
        ({"n_x": True}, "`n_x` must be a number."),
        ({"risk_x": 60}, "`risk_x` must be from 0 to 1. Did you mean 0.6?"),
        ({"risk_y": math.nan}, "`risk_y` must be from 0 to 1."),
        ({"alpha": 5}, "`alpha` must be between 0 and 1. Did you mean 0.05?"),
        ({"alpha": 0}, "`alpha` must be between 0 and 1."),
        ({"test": "fischer"}, "`test` must be fisher, boschloo, barnard or chi-squared."),
        ({"alternative": "larger"}, "`alternative` must be two-sided, less or greater."),
        ({"n_x": 600, "n_y": 600}, "must be at most 1000 together for this test."),
        ({"n_x": 300, "n_y": 300, "test": "barnard"}, "must be at most 500 together"),
    ],
)
def test_a_wrong_design_is_refused(change, sentence):
    given = {"n_x": 17, "n_y": 11, "risk_x": 0.6, "risk_y": 0.2} | change
    with pytest.raises(ArgumentError, match=sentence.replace("(", "\\(")):
        proportions_power(**given)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"power": 80}, "`power` must be above `alpha` and below 1. Did you mean 0.8?"),
        ({"power": 0.05}, "`power` must be above `alpha` and below 1."),
        ({"power": 1}, "`power` must be above `alpha` and below 1."),
        ({"risk_y": 0.6}, "`risk_x` and `risk_y` must differ."),
        ({"alternative": "less"}, "`risk_x` must be below `risk_y` for this alternative."),
        ({"ratio": 0}, "`ratio` must be from 0.01 to 100."),
    ],
)
@pytest.mark.parametrize("size", [proportions_sample_size, normal_proportions_sample_size])
def test_a_wrong_target_is_refused(size, change, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        size(**({"risk_x": 0.6, "risk_y": 0.2} | change))


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"largest": 0}, "`largest` must be a whole number from 1."),
        ({"largest": 600}, "must be at most 1000 together"),
        ({"largest": 3, "ratio": 9}, "`largest` must allow one patient in the smaller group."),
    ],
)
def test_a_wrong_search_is_refused(change, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        proportions_sample_size(0.6, 0.2, **change)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"direction": "up"}, "`direction` must be higher or lower."),
        ({"alternative": "less"}, "`direction` must be the one that `alternative` tests."),
        ({"power": 0.01}, "`power` must be above `alpha` and below 1."),
    ],
)
def test_a_wrong_question_is_refused(change, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        detectable_risk(17, 11, 0.2, **change)
