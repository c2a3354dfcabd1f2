"""Twin of linear regression: the normal equations in fractions."""

import random
from fractions import Fraction

import pytest

from autallo.stats.regression.linear import fit_linear


def inverse(matrix):
    """Return the inverse, by elimination."""
    size = len(matrix)
    rows = [[*row, *(Fraction(i == j) for j in range(size))] for i, row in enumerate(matrix)]
    for i in range(size):
        pivot = next(r for r in range(i, size) if rows[r][i])
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [value / rows[i][i] for value in rows[i]]
        for r in range(size):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[size:] for row in rows]


def some_data(seed):
    draw = random.Random(seed)
    n, p = draw.randint(7, 14), draw.randint(1, 3)
    x = [[draw.randint(-5, 9) for _ in range(p)] for _ in range(n)]
    values = [draw.randint(0, 30) for _ in range(n)]
    weight = [draw.randint(1, 3) for _ in range(n)]
    cluster = [*range(p + 3), *(draw.randint(0, p + 2) for _ in range(n - p - 3))]
    return values, x, weight, cluster


def outer(rows, columns):
    return [[sum(row[i] * row[j] for row in rows) for j in range(columns)] for i in range(columns)]


def product(a, b):
    return [
        [sum(x * y for x, y in zip(row, column, strict=True)) for column in zip(*b, strict=True)]
        for row in a
    ]


def solved(values, x, weight):
    """Return coefficients, residuals, the inverse of X'WX, and leverages."""
    rows = [[Fraction(1), *map(Fraction, row)] for row in x]
    q = len(rows[0])
    weighted = [[w * z for z in row] for w, row in zip(weight, rows, strict=True)]
    information = [
        [sum(a[i] * b[j] for a, b in zip(weighted, rows, strict=True)) for j in range(q)]
        for i in range(q)
    ]
    bread = inverse(information)
    right = [[sum(a[i] * y for a, y in zip(weighted, values, strict=True))] for i in range(q)]
    beta = [row[0] for row in product(bread, right)]
    rest = [
        y - sum(b * z for b, z in zip(beta, row, strict=True))
        for y, row in zip(values, rows, strict=True)
    ]
    leverage = [
        w * sum(row[i] * bread[i][j] * row[j] for i in range(q) for j in range(q))
        for w, row in zip(weight, rows, strict=True)
    ]
    return beta, rest, bread, leverage, weighted


@pytest.mark.parametrize("seed", range(20))
def test_estimates_and_variances(seed):
    values, x, weight, _ = some_data(seed)
    beta, rest, bread, leverage, weighted = solved(values, x, weight)
    n, q = len(values), len(beta)
    spread = sum(w * e * e for w, e in zip(weight, rest, strict=True)) / (n - q)
    fit = fit_linear(values, x, weight=weight)
    for place in range(q):
        assert fit.coefficient[place] == pytest.approx(float(beta[place]), rel=1e-10, abs=1e-12)
        assert fit.std_error[place] ** 2 == pytest.approx(
            float(spread * bread[place][place]), rel=1e-10
        )
    middle = Fraction(sum(w * y for w, y in zip(weight, values, strict=True)), sum(weight))
    total = sum(w * (y - middle) ** 2 for w, y in zip(weight, values, strict=True))
    assert fit.r_squared == pytest.approx(float(1 - spread * (n - q) / total), rel=1e-10, abs=1e-14)
    shares = {
        "HC0": [Fraction(1)] * n,
        "HC1": [Fraction(n, n - q)] * n,
        "HC2": [1 / (1 - h) for h in leverage],
        "HC3": [1 / (1 - h) ** 2 for h in leverage],
    }
    for variance, share in shares.items():
        scores = [[e * z for z in row] for e, row in zip(rest, weighted, strict=True)]
        meat = [
            [
                sum(s * row[i] * row[j] for s, row in zip(share, scores, strict=True))
                for j in range(q)
            ]
            for i in range(q)
        ]
        sandwich = product(product(bread, meat), bread)
        robust = fit_linear(values, x, weight=weight, variance=variance)
        for place in range(q):
            assert robust.std_error[place] ** 2 == pytest.approx(
                float(sandwich[place][place]), rel=1e-9
            )


@pytest.mark.parametrize("seed", range(20))
def test_clusters(seed):
    values, x, weight, cluster = some_data(seed)
    _, rest, bread, _, weighted = solved(values, x, weight)
    q, m, n = len(bread), max(cluster) + 1, len(values)
    sums = [
        [
            sum(e * row[i] for e, row, c in zip(rest, weighted, cluster, strict=True) if c == own)
            for i in range(q)
        ]
        for own in range(m)
    ]
    sandwich = product(product(bread, outer(sums, q)), bread)
    factor = Fraction(m, m - 1) * Fraction(n - 1, n - q)
    fit = fit_linear(values, x, weight=weight, cluster=cluster)
    for place in range(q):
        assert fit.std_error[place] ** 2 == pytest.approx(
            float(factor * sandwich[place][place]), rel=1e-9
        )
    assert fit.df == m - 1
