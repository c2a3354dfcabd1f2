"""Twin of the permutation test: every order of the patients, in whole numbers."""

import random
from fractions import Fraction
from itertools import permutations, product

import numpy as np
import pytest

from autallo.stats.resampling.permutation import permutation_test


def arrangements(labels, stratum):
    """Return all orders of the labels within the strata, as often as they come."""
    parts = [
        [place for place, own in enumerate(stratum) if own == code]
        for code in range(max(stratum) + 1)
    ]
    for orders in product(*(permutations(part) for part in parts)):
        dealt = list(labels)
        for part, order in zip(parts, orders, strict=True):
            for place, source in zip(part, order, strict=True):
                dealt[place] = labels[source]
        yield dealt


def spread_of_sums(values, labels):
    return sum(
        sum(v for v, own in zip(values, labels, strict=True) if own == g) ** 2 * (g + 1)
        for g in range(max(labels) + 1)
    )


@pytest.mark.parametrize("seed", range(14))
@pytest.mark.parametrize("strata", [1, 2])
def test_every_order(seed, strata):
    draw = random.Random(seed)
    n = draw.randint(4, 6)
    labels = [0, 1, *(draw.randint(0, 2) for _ in range(n - 2))]
    if 2 not in labels:
        labels[-1] = labels[-1] % 2
    values = [draw.randint(0, 4) for _ in range(n)]
    stratum = [0] * n if strata == 1 else [i % 2 for i in range(n)]
    dealt = [spread_of_sums(values, order) for order in arrangements(labels, stratum)]
    here = spread_of_sums(values, labels)

    def statistic(array, given):
        return spread_of_sums(array.tolist(), given.tolist())

    test = permutation_test(statistic, values, labels, stratum=stratum)
    less = Fraction(sum(value <= here for value in dealt), len(dealt))
    greater = Fraction(sum(value >= here for value in dealt), len(dealt))
    assert test.p_less == pytest.approx(float(less), rel=1e-12)
    assert test.p_greater == pytest.approx(float(greater), rel=1e-12)
    assert test.p_value == pytest.approx(float(min(1, 2 * less, 2 * greater)), rel=1e-12)
    fewest = min(
        Fraction(dealt.count(min(dealt)), len(dealt)), Fraction(dealt.count(max(dealt)), len(dealt))
    )
    assert test.smallest_p == pytest.approx(float(min(1, 2 * fewest)), rel=1e-12)


def test_draws_come_near_the_exact_p():
    """MR-38: within four Monte Carlo standard errors."""
    values, labels = [1, 9, 3, 7, 4, 8, 12, 2, 11], [0, 0, 0, 0, 1, 1, 1, 1, 1]

    def statistic(array, given):
        return int(array[given == 1].sum())

    exact = permutation_test(statistic, values, labels)
    drawn = permutation_test(
        statistic, values, labels, exact_up_to=0, draws=4999, rng=np.random.default_rng(8)
    )
    assert abs(drawn.p_value - exact.p_value) < 4 * drawn.standard_error
    assert abs(drawn.p_greater - exact.p_greater) < 4 * drawn.standard_error
