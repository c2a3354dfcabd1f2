"""Difference and ratio of two risks where the limits have a closed form."""

from math import exp, inf, sqrt
from statistics import NormalDist
from time import process_time

import pytest

from autallo.errors import ArgumentError
from autallo.stats.proportions.risks import risk_difference, risk_ratio

Z = NormalDist().inv_cdf(0.975)
DIFFERENCES = ("miettinen-nurminen", "mee", "newcombe", "chan-zhang", "agresti-min")
RATIOS = ("miettinen-nurminen", "koopman")
NOBODY = [[0, 5], [0, 7]]
ALL_AGAINST_NONE = [[6, 0], [0, 6]]


def corrected(method, patients):
    """Return z squared, times N / (N - 1) by Miettinen and Nurminen."""
    return Z**2 * (patients / (patients - 1) if method == "miettinen-nurminen" else 1)


@pytest.mark.parametrize("method", ["miettinen-nurminen", "mee"])
def test_nobody_in_both_groups(method):
    """Above 0 the likeliest risks are d and 0: d**2 n / (d (1 - d)) = c, d = c / (n + c)."""
    c = corrected(method, 12)
    found = risk_difference(NOBODY, method=method)
    assert found.estimate == 0
    assert [found.low, found.high] == pytest.approx([-c / (7 + c), c / (5 + c)], rel=1e-12)


@pytest.mark.parametrize("method", ["miettinen-nurminen", "mee"])
def test_everybody_against_nobody(method):
    """6 of 6 against 0 of 6: the likeliest risks are (1 + d)/2 and (1 - d)/2 by symmetry.

    v = (1 - d**2) / (2 n), and (1 - d)**2 / v = 2 n (1 - d) / (1 + d) = c.
    """
    c = corrected(method, 12)
    found = risk_difference(ALL_AGAINST_NONE, method=method)
    assert (found.estimate, found.high) == (1, 1)
    assert found.low == pytest.approx((12 - c) / (12 + c), rel=1e-12)


def test_newcombe_of_nobody_and_of_everybody_against_nobody():
    """The Wilson limits of 0 of n are 0 and u = z**2 / (n + z**2); of n of n 1 - u and 1.

    Nobody: low is 0 - sqrt((0 - 0)**2 + u(7)**2). All against none: 1 - sqrt(u(6)**2 + u(6)**2).
    """
    nobody = risk_difference(NOBODY, method="newcombe")
    limits = [-(Z**2) / (7 + Z**2), Z**2 / (5 + Z**2)]
    assert [nobody.low, nobody.high] == pytest.approx(limits, rel=1e-12)
    most = risk_difference(ALL_AGAINST_NONE, method="newcombe")
    assert most.low == pytest.approx(1 - sqrt(2) * Z**2 / (6 + Z**2), rel=1e-12)
    assert most.high == 1


@pytest.mark.parametrize(("method", "error"), [("chan-zhang", 0.025), ("agresti-min", 0.05)])
def test_exact_limit_of_one_patient_with_and_one_without(method, error):
    """1 of 1 against 0 of 1: no table is further from a low d, so its chance decides.

    (p + d)(1 - p) is largest at p = (1 - d)/2, where it is ((1 + d)/2)**2 = error. The limit may
    be 1e-10 too low, never too high.
    """
    found = risk_difference([[1, 0], [0, 1]], method=method)
    limit = 2 * sqrt(error) - 1
    assert limit - 1.01e-10 < found.low <= limit
    assert found.high == 1


def test_exact_limit_of_none_of_seventeen_against_all_of_eleven():
    """(1 - p)**17 (p + d)**11 falls with p as long as 11 < 17 d, so p = 0 and d**11 = 0.025."""
    found = risk_difference([[0, 17], [11, 0]], method="chan-zhang")
    limit = -(0.025 ** (1 / 11))
    assert found.low == -1
    assert limit <= found.high < limit + 1.01e-10


@pytest.mark.parametrize("method", ["miettinen-nurminen", "koopman"])
def test_ratio_when_everybody_in_both_groups_has_the_event(method):
    """Above 1 the likeliest risks are 1 and 1/r: v = (r - 1)/m, (r - 1)**2 / v = m (r - 1) = c."""
    c = corrected(method, 12)
    found = risk_ratio([[5, 0], [7, 0]], method=method)
    assert found.estimate == 1
    assert [found.low, found.high] == pytest.approx([1 / (1 + c / 5), 1 + c / 7], rel=1e-12)


@pytest.mark.parametrize("method", ["miettinen-nurminen", "koopman"])
def test_ratio_of_everybody_against_nobody(method):
    """Risks 1 and 1/r if r is large: v = (r - 1)/m, 1/v = c, r = 1 + m/c (5 of 5, since 5 > c).

    Else the second is n/N and v = r/N: r = N/c (2 of 2 against 0 of 7, since 2 < c).
    """
    c = corrected(method, 12)
    found = risk_ratio([[5, 0], [0, 7]], method=method)
    assert (found.estimate, found.high) == (inf, inf)
    assert found.low == pytest.approx(1 + 7 / c, rel=1e-12)
    c = corrected(method, 9)
    few = risk_ratio([[2, 0], [0, 7]], method=method)
    assert few.low == pytest.approx(9 / c, rel=1e-12)
    swapped = risk_ratio([[0, 7], [2, 0]], method=method)
    assert (swapped.estimate, swapped.low) == (0, 0)
    assert swapped.high == pytest.approx(c / 9, rel=1e-12)


@pytest.mark.parametrize("method", ["miettinen-nurminen", "koopman"])
def test_no_event_says_nothing_about_the_ratio(method):
    found = risk_ratio(NOBODY, method=method)
    assert (found.estimate, found.low, found.high) == (None, 0, inf)


def test_katz_of_two_of_four_against_one_of_four():
    """Variance of the log ratio: 1/2 - 1/4 + 1/1 - 1/4 = 1."""
    found = risk_ratio([[2, 2], [1, 3]], method="katz")
    numbers = [found.estimate, found.low, found.high]
    assert numbers == pytest.approx([2, 2 * exp(-Z), 2 * exp(Z)], rel=1e-12)


@pytest.mark.parametrize("table", [[[0, 4], [2, 2]], [[2, 2], [0, 4]], NOBODY, [[3, 0], [4, 0]]])
def test_katz_is_refused_where_it_has_no_limits(table):
    with pytest.raises(ArgumentError, match="for the Katz interval; miettinen-nurminen takes any"):
        risk_ratio(table, method="katz")


@pytest.mark.parametrize("method", DIFFERENCES)
def test_w20_and_w22_a_zero_cell_leaves_a_width(method):
    """Rivals raise at a zero cell, or have a standard error of 0 at 0 of n against n of n."""
    for table in (ALL_AGAINST_NONE, NOBODY, [[8, 9], [0, 11]], [[17, 0], [11, 0]]):
        found = risk_difference(table, method=method)
        assert -1 <= found.low < found.high <= 1
        assert found.high - found.low > 0.1
        assert found.low <= found.estimate <= found.high


@pytest.mark.parametrize("method", RATIOS)
def test_w20_and_w22_a_zero_cell_leaves_a_ratio(method):
    """Rivals raise, or print NaN, at a zero cell."""
    found = risk_ratio([[8, 9], [0, 11]], method=method)
    assert found.estimate == found.high == inf
    assert 1 < found.low < inf


@pytest.mark.parametrize("method", DIFFERENCES)
def test_eight_of_ten_against_four_of_twelve(method):
    """A rival raises an error at this table. The estimate is 4/5 - 1/3 = 7/15."""
    found = risk_difference([[8, 2], [4, 8]], method=method)
    assert found.estimate == pytest.approx(7 / 15, rel=1e-12)
    assert 0 < found.low < 0.06
    assert 0.7 < found.high < 0.79


@pytest.mark.parametrize(
    ("table", "options", "sentence"),
    [
        ([[0, 0], [1, 2]], {}, "`table` must have at least one patient in each row."),
        ([[1, 2, 3], [1, 2, 3]], {}, "`table` must have two rows and two columns."),
        ([[1.9, 2], [1, 2]], {}, "`table` must be whole numbers"),
        ([[1, 2], [1, 2]], {"method": "wald"}, "`method` must be one of miettinen-nurminen"),
        ([[1, 2], [1, 2]], {"level": 95}, "Did you mean 0.95?"),
    ],
)
def test_what_cannot_be_compared_is_refused(table, options, sentence):
    for function in (risk_difference, risk_ratio):
        with pytest.raises(ArgumentError, match=sentence.replace("?", r"\?")):
            function(table, **options)


def test_an_exact_interval_of_large_groups_is_refused_with_a_way_out():
    for table in ([[100, 50], [80, 70]], [[1, 0], [9000, 11000]], [[0, 1], [400, 101]]):
        for method in ("chan-zhang", "agresti-min"):
            with pytest.raises(ArgumentError, match=r"at most 20000, .* use miettinen-nurminen"):
                risk_difference(table, method=method)


@pytest.mark.parametrize(("method", "error"), [("chan-zhang", 0.025), ("agresti-min", 0.05)])
def test_one_patient_against_hundreds(method, error):
    """1 of 1 against 0 of 400: the other end is 1, and no table is further from a low d.

    (p + d)(1 - p)**400 falls with p as long as 400 d > 1, so p = 0 and d = error.
    """
    started = process_time()
    found = risk_difference([[1, 0], [0, 400]], method=method)
    assert process_time() - started < 10
    assert error - 1.01e-10 < found.low <= error
    assert found.high == 1
