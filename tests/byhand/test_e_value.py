"""E-values of ratios whose roots are fractions."""

import math
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.e_value import e_value


@pytest.mark.parametrize(
    ("ratio", "expected"),
    [
        # R + sqrt(R (R - 1)): 4/3 + sqrt(4/9), 9/8 + sqrt(9/64), 25/16 + sqrt(225/256)
        (Fraction(4, 3), Fraction(2)),
        (Fraction(9, 8), Fraction(3, 2)),
        (Fraction(25, 16), Fraction(5, 2)),
        (Fraction(1), Fraction(1)),
        # below 1 that of the inverse
        (Fraction(3, 4), Fraction(2)),
        (Fraction(16, 25), Fraction(5, 2)),
    ],
)
def test_risk_ratios(ratio, expected):
    value = float(ratio)
    found = e_value(value, value / 2, value * 2, measure="risk_ratio")
    assert found.estimate == pytest.approx(float(expected), rel=1e-14)
    assert found.limit == 1.0
    assert found.rare is None


def test_the_limit_nearer_to_one_counts():
    """Limits 9/8 to 10 have that of 9/8, and 1/10 to 8/9 too."""
    above = e_value(2, 9 / 8, 10, measure="risk_ratio")
    below = e_value(0.5, 0.1, 8 / 9, measure="risk_ratio")
    assert above.limit == pytest.approx(1.5, rel=1e-14)
    assert below.limit == pytest.approx(1.5, rel=1e-14)
    assert above.estimate == below.estimate == pytest.approx(2 + math.sqrt(2), rel=1e-15)
    assert (above.risk_ratio, above.risk_ratio_low, above.risk_ratio_high) == (2, 9 / 8, 10)


def test_odds_ratios():
    """16/9 of a common outcome is a risk ratio of 4/3; of a rare one it is one itself:

    16/9 + sqrt(16/9 * 7/9) = (16 + 4 sqrt 7) / 9.
    """
    common = e_value(16 / 9, 1.2, 3, measure="odds_ratio", rare=False)
    rare = e_value(16 / 9, 1.2, 3, measure="odds_ratio", rare=True)
    assert common.estimate == pytest.approx(2, rel=1e-14)
    assert common.risk_ratio == pytest.approx(4 / 3, rel=1e-14)
    assert rare.estimate == pytest.approx((16 + 4 * math.sqrt(7)) / 9, rel=1e-14)


def test_hazard_ratios_of_a_common_outcome():
    """4: (1 - 1/4) / (1 - sqrt(1/2)) = (3/4) (2 + sqrt 2); 1/4 is its inverse."""
    risk = 0.75 * (2 + math.sqrt(2))
    found = e_value(4, 1, 9, measure="hazard_ratio", rare=False)
    inverse = e_value(1 / 4, 1 / 9, 1, measure="hazard_ratio", rare=False)
    assert found.risk_ratio == pytest.approx(risk, rel=1e-14)
    assert inverse.risk_ratio == pytest.approx(1 / risk, rel=1e-14)
    assert found.estimate == pytest.approx(risk + math.sqrt(risk * (risk - 1)), rel=1e-14)
    assert inverse.estimate == pytest.approx(found.estimate, rel=1e-14)
    assert found.limit == inverse.limit == 1.0


@pytest.mark.parametrize("rare", [True, False])
@pytest.mark.parametrize("measure", ["odds_ratio", "hazard_ratio"])
def test_a_group_without_events(measure, rare):
    """A ratio of 0 with a finite limit, or an infinite one."""
    none = e_value(0, 0, 0.5, measure=measure, rare=rare)
    endless = e_value(math.inf, 2, math.inf, measure=measure, rare=rare)
    assert none.estimate == endless.estimate == math.inf
    assert 1 < none.limit < math.inf
    assert none.limit == pytest.approx(endless.limit, rel=1e-14)
    assert (none.risk_ratio, endless.risk_ratio) == (0.0, math.inf)


def test_very_large_and_very_near_ratios():
    """Of 1e200 twice as much less 1/2; of 1 + e it is 1 + sqrt(e) to first order."""
    large = e_value(1e200, 1, math.inf, measure="risk_ratio").estimate
    assert large == pytest.approx(2e200, rel=1e-14)
    near = 1 + 2.0**-40
    found = e_value(near, 1, 2, measure="risk_ratio").estimate
    assert found - 1 == pytest.approx(2.0**-20 * math.sqrt(near) + 2.0**-40, rel=1e-9)


@pytest.mark.parametrize(
    ("given", "options", "word"),
    [
        ((-1, 0.5, 2), {"measure": "risk_ratio"}, "at least 0"),
        ((math.nan, 0.5, 2), {"measure": "risk_ratio"}, "`estimate` must be a number"),
        ((1, None, 2), {"measure": "risk_ratio"}, "`low` must be a number"),
        ((3, 0.5, 2), {"measure": "risk_ratio"}, "`low` must be at most"),
        ((0.2, 0.5, 2), {"measure": "risk_ratio"}, "`low` must be at most"),
        ((1, 0.5, 2), {"measure": "rate ratio"}, "`measure`"),
        ((1, 0.5, 2), {"measure": "risk_ratio", "rare": True}, "`rare` must be None"),
        ((1, 0.5, 2), {"measure": "odds_ratio"}, "`rare` must be true or false"),
        ((1, 0.5, 2), {"measure": "hazard_ratio", "rare": 0.1}, "`rare` must be true or false"),
    ],
)
def test_refusals(given, options, word):
    with pytest.raises(ArgumentError, match=word):
        e_value(*given, **options)
