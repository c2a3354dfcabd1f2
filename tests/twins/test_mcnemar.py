"""Twin of McNemar's test: every way in which the discordant pairs may have fallen."""

from fractions import Fraction
from itertools import product

import pytest

from autallo.stats.contingency.mcnemar import mcnemar_test


@pytest.mark.parametrize("pairs", range(11))
def test_every_fall_of_the_pairs(pairs):
    """All 2**n signs: the difference at least as far from 0 as the observed one."""
    falls = [sum(signs) for signs in product((1, -1), repeat=pairs)]
    for lost in range(pairs + 1):
        difference = 2 * lost - pairs
        far = sum(abs(fall) > abs(difference) for fall in falls)
        equal = sum(abs(fall) == abs(difference) for fall in falls)
        test = mcnemar_test([[3, lost], [pairs - lost, 5]])
        assert test.p_value == float(Fraction(far + equal, len(falls)))
        assert test.mid_p == float(Fraction(2 * far + equal, 2 * len(falls)))
        assert test.p_greater == sum(fall >= difference for fall in falls) / len(falls)
        assert test.p_less == sum(fall <= difference for fall in falls) / len(falls)
        assert test.smallest_p == (2 / len(falls) if pairs else 1)
