"""Intervals of a proportion, in closed form."""

from fractions import Fraction
from math import asin, comb, cos, pi, sin, sqrt
from statistics import NormalDist

import pytest

from autallo.errors import ArgumentError
from autallo.stats.proportions.binomial import binomial_interval

METHODS = ("clopper-pearson", "wilson", "jeffreys", "mid-p", "blaker")
Z = NormalDist().inv_cdf(0.975)


@pytest.mark.parametrize("n", [1, 2, 11, 17, 28, 500])
def test_nobody_and_everybody_have_two_sided_limits(n):
    """With 0 of n the upper limit p has (1 - p)**n = 0.025; n of n is its mirror image.

    W19: a Wald interval is [0, 0] and [1, 1] here.
    """
    upper = 1 - 0.025 ** (1 / n)
    nobody, everybody = binomial_interval(0, n), binomial_interval(n, n)
    assert (nobody.estimate, nobody.low) == (0.0, 0.0)
    assert (everybody.estimate, everybody.high) == (1.0, 1.0)
    assert nobody.high == pytest.approx(upper, rel=1e-12)
    assert everybody.low == pytest.approx(1 - upper, rel=1e-12)


def test_one_of_two():
    """P(at least 1 of 2) = 1 - (1 - p)**2 = t gives the lower limit, p**2 = 1 - t the upper."""
    interval = binomial_interval(1, 2, level=0.9)
    assert interval.estimate == 0.5
    assert interval.low == pytest.approx(1 - sqrt(0.95), rel=1e-12)
    assert interval.high == pytest.approx(sqrt(0.95), rel=1e-12)
    assert (interval.level, interval.events, interval.n) == (0.9, 1, 2)
    assert interval.method == "clopper-pearson"


def test_wilson_of_none_and_of_half():
    """(x/n - p)**2 = z**2 p (1 - p) / n; at 0 of n: p = z**2 / (n + z**2).

    At 1 of 2: (1/2 - p)**2 (1 + z**2 / 2) = z**2 / 8, since p (1 - p) = 1/4 - (1/2 - p)**2.
    """
    nobody = binomial_interval(0, 10, method="wilson")
    assert (nobody.low, nobody.high) == (0.0, pytest.approx(Z**2 / (10 + Z**2), rel=1e-12))
    half = binomial_interval(1, 2, method="wilson")
    reach = sqrt(Z**2 / 8 / (1 + Z**2 / 2))
    assert [half.low, half.high] == pytest.approx([0.5 - reach, 0.5 + reach], rel=1e-12)


def test_mid_p_of_one_and_two_patients():
    """1 of 2: P(2) + P(1) / 2 = p**2 + p (1 - p) = p, so the limits are the tails themselves.

    2 of 2: p**2 / 2 = 0.025; 0 of 1: (1 - p) / 2 = 0.025.
    """
    half = binomial_interval(1, 2, method="mid-p")
    assert [half.low, half.high] == pytest.approx([0.025, 0.975], rel=1e-12)
    assert binomial_interval(2, 2, method="mid-p").low == pytest.approx(sqrt(0.05), rel=1e-12)
    assert binomial_interval(0, 1, method="mid-p").high == pytest.approx(0.95, rel=1e-12)


def test_jeffreys_of_one_patient():
    """Beta(3/2, 1/2) up to sin(a)**2 holds 2/pi (a - sin(a) cos(a)); 1 of 1 leaves 0.025 below."""
    low = binomial_interval(1, 1, method="jeffreys").low
    angle = asin(sqrt(low))
    assert 2 / pi * (angle - sin(angle) * cos(angle)) == pytest.approx(0.025, rel=1e-10)


def test_blaker_where_the_opposite_tail_is_not_reached():
    """1 of 1, p < 1/2: P(0) = 1 - p > p, so p alone is compared with 0.05.

    2 of 2, p < 1/2: P(0) = (1 - p)**2 > p**2, so p**2 = 0.05. 1 of 2, small p: 1 - (1 - p)**2.
    """
    assert binomial_interval(1, 1, method="blaker").low == pytest.approx(0.05, rel=1e-12)
    assert binomial_interval(2, 2, method="blaker").low == pytest.approx(sqrt(0.05), rel=1e-12)
    half = binomial_interval(1, 2, method="blaker")
    assert [half.low, half.high] == pytest.approx([1 - sqrt(0.95), sqrt(0.95)], rel=1e-12)


def test_blaker_where_the_opposite_tail_joins():
    """5 of 5: below 1/2 p**5 < 1/32 < 0.05; at 1/2 P(0) = P(5) joins, 2/32 > 0.05.

    The one-sided limit 0.05**(1/5) = 0.549 is higher, Clopper-Pearson 0.025**(1/5) = 0.478 lower.
    """
    assert binomial_interval(5, 5, method="blaker").low == pytest.approx(0.5, rel=1e-12)


def test_remission_of_hu_2019_as_published():
    """Complete remission 15/17, 88.2 % (63.6 to 98.5), and 11/11, 100 % (71.5 to 100)."""
    autologous, allogeneic = binomial_interval(15, 17), binomial_interval(11, 11)
    in_percent = [
        round(100 * number, 1)
        for interval in (autologous, allogeneic)
        for number in (interval.estimate, interval.low, interval.high)
    ]
    assert in_percent == [88.2, 63.6, 98.5, 100.0, 71.5, 100.0]


@pytest.mark.parametrize("method", METHODS)
def test_w19_no_patient_with_the_event_is_not_a_certainty(method):
    """A rival's default gave [0, 0] and [1, 1] for 0 and 17 of 17.

    No two-sided method stops short of 1 - 0.5**(1/17) = 0.04, the proportion at which nobody of
    17 is as probable as not.
    """
    nobody = binomial_interval(0, 17, method=method)
    everybody = binomial_interval(17, 17, method=method)
    assert (nobody.low, everybody.high) == (0.0, 1.0)
    assert nobody.high > 0.04
    assert everybody.low == 1 - nobody.high


def test_w19_nobody_of_17_and_everybody_of_17():
    """1 - 0.025**(1/17) = 0.1951."""
    nobody, everybody = binomial_interval(0, 17), binomial_interval(17, 17)
    assert (round(nobody.low, 4), round(nobody.high, 4)) == (0.0, 0.1951)
    assert (round(everybody.low, 4), round(everybody.high, 4)) == (0.8049, 1.0)


@pytest.mark.parametrize("method", METHODS)
def test_w20_eight_of_eleven_stay_below_one(method):
    """A rival printed an upper limit of 1.0033 for 8 of 11 and [0, 0] for 0 of 17."""
    interval = binomial_interval(8, 11, method=method)
    assert 0.3 < interval.low < 8 / 11 < interval.high < 0.97


def test_w22_the_limit_of_nobody_is_two_sided():
    """A rival's exact limit of 0 of n was one-sided: 1 - 0.05**(1/10) = 0.2589, not 0.3085."""
    assert binomial_interval(0, 10).high == pytest.approx(1 - 0.025**0.1, rel=1e-12)


@pytest.mark.parametrize("n", [200, 500])
def test_pf_23_the_limits_of_hundreds_of_patients(n):
    """A rival gave NaN at 0 and n, limits above 1 and an upper limit near 1 from 500 on.

    Half of the patients: the limits are mirror images, each with 0.025 beyond it.
    """
    half = binomial_interval(n // 2, n)
    low = Fraction(half.low)
    beyond = sum(comb(n, k) * low**k * (1 - low) ** (n - k) for k in range(n // 2, n + 1))
    assert float(beyond) == pytest.approx(0.025, rel=1e-10)
    assert half.high == pytest.approx(1 - half.low, rel=1e-12)
    assert binomial_interval(n, n).high == 1
    assert binomial_interval(0, n).low == 0


@pytest.mark.parametrize(
    ("events", "n", "level", "sentence"),
    [
        (0, 0, 0.95, "`n` must be at least 1."),
        (4, 3, 0.95, "`events` must be at most `n`."),
        (-1, 3, 0.95, "`events` must be whole numbers of at least 0."),
        (1.5, 3, 0.95, "`events` must be whole numbers of at least 0."),
        (1, 3, 95, "Did you mean 0.95?"),
    ],
)
def test_impossible_counts_are_refused(events, n, level, sentence):
    with pytest.raises(ArgumentError, match=sentence.replace("?", r"\?")):
        binomial_interval(events, n, level=level)


def test_an_interval_without_width_is_not_offered():
    with pytest.raises(ArgumentError, match="`method` must be one of clopper-pearson, wilson"):
        binomial_interval(0, 17, method="wald")
