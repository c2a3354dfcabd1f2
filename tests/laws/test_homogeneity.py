"""Laws of the exact test of one odds ratio."""

from itertools import product
from math import comb

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.homogeneity import homogeneity_test

TABLE = st.tuples(*[st.integers(0, 6)] * 4).map(lambda t: [list(t[:2]), list(t[2:])])
TABLES = st.lists(TABLE, min_size=2, max_size=3)


@settings(deadline=None, max_examples=80)
@given(TABLES)
def test_order_of_strata_groups_and_answers_never_matters(tables):
    array = np.array(tables)
    p = homogeneity_test(array).p_value
    for other in (array[::-1], array[:, ::-1], array[:, :, ::-1], array.transpose(0, 2, 1)):
        theirs = homogeneity_test(other).p_value
        assert theirs == (p if p is None else pytest.approx(p, rel=1e-12))


@settings(deadline=None, max_examples=60)
@given(TABLES)
def test_a_stratum_that_tells_nothing_changes_nothing(tables):
    silent = [[2, 0], [3, 0]]
    one, two = homogeneity_test(tables), homogeneity_test([*tables, silent])
    assert (one.p_value, one.sets, one.strata) == (two.p_value, two.sets, two.strata)


@pytest.mark.parametrize("odds", [0.2, 1.0, 5.0])
@pytest.mark.parametrize("sizes", [((4, 4), (4, 4)), ((5, 3), (2, 6))])
def test_its_level_is_never_exceeded_whatever_the_common_odds_ratio(sizes, odds):
    # All outcomes of two strata with risks (0.3, 0.6) in the reference and one odds ratio.
    rejected = {0.05: 0.0, 0.2: 0.0}
    (n1, m1), (n2, m2) = sizes
    shares = []
    for n, m, risk in ((n1, m1, 0.3), (n2, m2, 0.6)):
        other = odds * risk / (1 - risk)
        shares.append([(n, other / (1 + other)), (m, risk)])
    for a, c, e, g in product(range(n1 + 1), range(m1 + 1), range(n2 + 1), range(m2 + 1)):
        chance = 1.0
        for x, (n, share) in zip((a, c, e, g), [*shares[0], *shares[1]], strict=True):
            chance *= _binomial(x, n, share)
        p = homogeneity_test([[[a, n1 - a], [c, m1 - c]], [[e, n2 - e], [g, m2 - g]]]).p_value
        for level in rejected:
            rejected[level] += chance * (p is not None and p <= level)
    assert all(share <= level + 1e-12 for level, share in rejected.items())
    assert rejected[0.2] > 0


def _binomial(x, n, share):
    return comb(n, x) * share**x * (1 - share) ** (n - x)
