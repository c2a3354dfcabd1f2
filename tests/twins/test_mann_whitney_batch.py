"""Twin of the batch of Mann-Whitney tests: each study by every way to choose its first group."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from autallo.stats.ranks.mann_whitney_batch import mann_whitney_batch_test


def doubled_u(x, y):
    return sum((a > b) - (a < b) + 1 for a in x for b in y)


def p_by_enumeration(x, y):
    pooled, observed = [*x, *y], abs(doubled_u(x, y) - len(x) * len(y))
    far = choices = 0
    for chosen in combinations(range(len(pooled)), len(x)):
        rest = [pooled[i] for i in range(len(pooled)) if i not in chosen]
        deal = doubled_u([pooled[i] for i in chosen], rest)
        far += abs(deal - len(x) * len(y)) >= observed
        choices += 1
    return float(Fraction(far, choices))


@pytest.mark.parametrize(("n", "m"), [(4, 3), (2, 5), (1, 1)])
def test_every_study_of_a_mixed_batch(n, m):
    rng = np.random.default_rng(4)
    studies = np.concatenate([rng.integers(0, high, (15, n + m)) for high in (2, 4, 50)])
    x, y = studies[:, :n], studies[:, n:]
    test = mann_whitney_batch_test(x, y)
    expected = [p_by_enumeration(a, b) for a, b in zip(x.tolist(), y.tolist(), strict=True)]
    np.testing.assert_allclose(test.p_value, expected, rtol=1e-12)
