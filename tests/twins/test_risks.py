"""Intervals of two risks against a search in a grid of all risks."""

from decimal import Decimal, localcontext
from itertools import product
from math import comb, inf, log, sqrt
from statistics import NormalDist

import pytest

from autallo.stats.proportions.risks import risk_difference, risk_ratio

Z = NormalDist().inv_cdf(0.975)
TABLES = [
    [[8, 9], [1, 10]],
    [[8, 2], [4, 8]],
    [[0, 11], [5, 12]],
    [[3, 0], [2, 5]],
    [[1, 6], [1, 2]],
    [[2, 10], [15, 3]],
    [[60, 40], [45, 55]],
]


def log_likelihood(table, risks):
    total = 0.0
    for (events, without), risk in zip(table, risks, strict=True):
        for count, chance in ((events, risk), (without, 1 - risk)):
            if count:
                total += count * log(chance) if chance > 0 else -inf
    return total


def likeliest(table, first_of, low, high):
    """Return the likeliest pair of risks, by narrowing the range of the second."""
    third = (5**0.5 - 1) / 2
    for _ in range(90):
        left, right = high - third * (high - low), low + third * (high - low)
        if log_likelihood(table, (first_of(left), left)) < log_likelihood(
            table, (first_of(right), right)
        ):
            low = left
        else:
            high = right
    second = (low + high) / 2
    return first_of(second), second


def squared_score(table, first, second, factor, apart):
    (a, b), (c, d) = table
    variance = first * (1 - first) / (a + b) + factor**2 * second * (1 - second) / (c + d)
    return (a / (a + b) - factor * c / (c + d) - apart) ** 2 / variance


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("method", ["miettinen-nurminen", "mee"])
def test_the_score_at_each_limit_of_a_difference_is_the_quantile(table, method):
    """1e-6: the likelihood is flat at its top, so the twin's risks have 8 digits."""
    patients = sum(map(sum, table))
    wanted = Z**2 * (patients / (patients - 1) if method == "miettinen-nurminen" else 1)
    found = risk_difference(table, method=method)
    assert found.low < found.estimate < found.high
    for limit in (found.low, found.high):
        risks = likeliest(
            table, lambda p, d=limit: min(max(p + d, 0), 1), max(0, -limit), min(1, 1 - limit)
        )
        assert squared_score(table, *risks, 1, limit) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("method", ["miettinen-nurminen", "koopman"])
def test_the_score_at_each_limit_of_a_ratio_is_the_quantile(table, method):
    """1e-6: as above."""
    patients = sum(map(sum, table))
    wanted = Z**2 * (patients / (patients - 1) if method == "miettinen-nurminen" else 1)
    found = risk_ratio(table, method=method)
    assert found.low <= found.estimate < found.high
    for limit in {found.low, found.high} - {0}:
        risks = likeliest(table, lambda p, r=limit: min(r * p, 1), 0, min(1, 1 / limit))
        assert squared_score(table, *risks, limit, 0) == pytest.approx(wanted, rel=1e-6)


def score(table, difference):
    first, second = likeliest(
        table,
        lambda p: min(max(p + difference, 0), 1),
        max(0, -difference),
        min(1, 1 - difference),
    )
    (a, b), (c, d) = table
    apart = a / (a + b) - c / (c + d) - difference
    variance = first * (1 - first) / (a + b) + second * (1 - second) / (c + d)
    return apart / sqrt(variance) if variance > 1e-15 else inf * apart


def largest_chance(table, difference, *, two_sided, steps=400):
    """Return the largest chance of a score as extreme, over a grid of second risks."""
    n, m = sum(table[0]), sum(table[1])
    seen = score(table, difference)
    extreme = []
    for x, y in product(range(n + 1), range(m + 1)):
        found = score([[x, n - x], [y, m - y]], difference)
        if (abs(found) >= abs(seen) - 1e-6) if two_sided else (found >= seen - 1e-6):
            extreme.append((x, y))
    best = 0.0
    for step in range(steps + 1):
        low, high = max(0, -difference), min(1, 1 - difference)
        q = low + (high - low) * step / steps
        p = min(max(q + difference, 0), 1)
        chance = sum(
            comb(n, x) * p**x * (1 - p) ** (n - x) * comb(m, y) * q**y * (1 - q) ** (m - y)
            for x, y in extreme
        )
        best = max(best, chance)
    return best


@pytest.mark.parametrize(
    "table", [[[2, 1], [1, 3]], [[3, 0], [0, 2]], [[0, 3], [1, 2]], [[2, 5], [1, 1]]]
)
@pytest.mark.parametrize(("method", "error"), [("chan-zhang", 0.025), ("agresti-min", 0.05)])
def test_an_exact_limit_is_where_differences_begin_to_be_accepted(table, method, error):
    """Every score by its own search, every table listed; no use of the order of the tables."""
    two_sided = method == "agresti-min"
    low = risk_difference(table, method=method).low
    assert largest_chance(table, low + 1e-4, two_sided=two_sided) > error
    for step in range(1, 12):
        rejected = low - (low + 1) * (step / 12) ** 2 - 1e-4
        if rejected > -0.999:
            assert largest_chance(table, rejected, two_sided=two_sided) <= error


@pytest.mark.parametrize(
    ("table", "differences"),
    [
        ([[5, 0], [2, 1]], (-0.28, -0.26, -0.22, -0.15)),
        ([[6, 0], [0, 6]], (0.46, 0.476, 0.485, 0.5)),
        ([[8, 9], [1, 10]], (0.004, 0.0058, 0.0078, 0.0095)),
    ],
)
def test_an_accepted_stretch_beyond_a_rejected_one_belongs_to_the_interval(table, differences):
    """5 of 5 against 2 of 3: -0.26 is accepted, -0.22 is not, -0.15 is. The interval holds all."""
    chance = [largest_chance(table, d, two_sided=True) for d in differences]
    assert [p > 0.05 for p in chance] == [False, True, False, True]
    assert differences[0] < risk_difference(table, method="agresti-min").low < differences[1]


def decimal_score(table, difference):
    """Return the score to 40 digits: Newton's steps from the likeliest risk found above."""
    (a, b), (c, d) = table
    _, second = likeliest(table, lambda p: p + float(difference), 1e-9 - float(difference), 1)
    other = Decimal(second)
    for _ in range(6):
        risk = other + difference
        slope = a / risk + c / other - b / (1 - risk) - d / (1 - other)
        bend = a / risk**2 + c / other**2 + b / (1 - risk) ** 2 + d / (1 - other) ** 2
        other += slope / bend
    risk = other + difference
    variance = risk * (1 - risk) / (a + b) + other * (1 - other) / (c + d)
    return (Decimal(a) / (a + b) - Decimal(c) / (c + d) - difference) / variance.sqrt()


@pytest.mark.parametrize(
    ("observed", "other", "error", "near"),
    [
        ([[10, 22], [17, 17]], [[11, 21], [18, 16]], 0.05, "-0.387"),
        ([[11, 18], [11, 22]], [[12, 17], [12, 21]], 0.025, "-0.205"),
    ],
)
def test_a_limit_where_another_table_comes_to_score_the_same(observed, other, error, near):
    """Both scores fall almost alike: steps that allow for either order become tiny there."""
    low, high = Decimal(near) - Decimal("0.001"), Decimal(near) + Decimal("0.001")
    with localcontext(prec=40):
        for _ in range(40):
            middle = (low + high) / 2
            if decimal_score(other, middle) < decimal_score(observed, middle):
                low = middle
            else:
                high = middle
    limit = float(low)
    found = risk_difference(observed, level=1 - 2 * error, method="chan-zhang")
    assert found.low == pytest.approx(limit, abs=2e-10)
    assert largest_chance(observed, limit - 1e-4, two_sided=False, steps=40) <= error
    assert largest_chance(observed, limit + 1e-4, two_sided=False, steps=40) > error
