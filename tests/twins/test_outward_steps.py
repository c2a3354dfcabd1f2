"""Twin of the steps: listed with nothing left out, and the weight of what was left out."""

from fractions import Fraction
from math import log

import pytest

from autallo.stats.contingency.conditional_odds import conditional_odds_ratio
from autallo.stats.contingency.outward_steps import binomial_steps, hypergeometric_steps


@pytest.mark.parametrize("cells", [(9000, 8000, 7000, 9500), (6001, 20000, 7000, 30000)])
def test_what_is_left_out_weighs_nothing(cells):
    """Walking on place by place, no further count weighs more than e**-690 of the observed one."""
    a, b, c, d = cells
    steps = hypergeometric_steps(a + b, c + d, a + c, a)
    centre = log(b * c / (a * d))
    weight = 0.0
    for out in range(min(b, c)):
        ratio = Fraction((b - out) * (c - out), (a + 1 + out) * (d + 1 + out))
        if out < len(steps.above):
            assert steps.above[out] == pytest.approx(float(ratio), rel=1e-15)
        weight += log(ratio) - centre
        if out == len(steps.above):
            break
    assert len(steps.above) == min(b, c) or weight < -690


def test_pairs_and_their_odds_are_the_same_with_nothing_left_out():
    """20 000 pairs: limits from every place, and from those that are listed."""
    steps = binomial_steps(11_000, 9000)
    above = [(9000 - out) / (11_001 + out) for out in range(9000)]
    below = [(11_000 - out) / (9001 + out) for out in range(11_000)]
    assert len(steps.below) < len(below) or len(steps.above) < len(above)
    listed = conditional_odds_ratio(steps.above, steps.below)
    whole = conditional_odds_ratio(above, below)
    assert (listed.low, listed.estimate, listed.high) == pytest.approx(
        (whole.low, whole.estimate, whole.high), rel=1e-13
    )
