"""Difference of two shares, printed by Newcombe RG, Stat Med 1998;17:873-890.

56 of 70 against 48 of 80: the simple interval without continuity correction is 0.0575 to 0.3425.
With nobody lost, the plain difference of two curves is the same thing.
"""

import pytest

from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import kaplan_meier


def test_56_of_70_against_48_of_80():
    first = kaplan_meier([2] * 56 + [1] * 14, [0] * 56 + [1] * 14)
    second = kaplan_meier([2] * 48 + [1] * 32, [0] * 48 + [1] * 32)
    found = survival_difference(first, second, at=1, method="plain")
    assert found.estimate == pytest.approx(0.2, rel=1e-14)
    assert (found.low, found.high) == pytest.approx((0.0575, 0.3425), abs=5e-5)
