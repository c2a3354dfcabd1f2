"""What E-values obey for any ratio."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.confounding.e_value import e_value

FEW = settings(max_examples=100, deadline=None)
ratios = st.floats(1e-6, 1e6)
kinds = st.sampled_from(
    [
        ("risk_ratio", None),
        ("odds_ratio", True),
        ("odds_ratio", False),
        ("hazard_ratio", True),
        ("hazard_ratio", False),
    ]
)


def of(three, kind):
    low, estimate, high = sorted(three)
    return e_value(estimate, low, high, measure=kind[0], rare=kind[1])


@FEW
@given(st.tuples(ratios, ratios, ratios), kinds)
def test_two_such_associations_just_explain_the_risk_ratio_away(three, kind):
    """The bias of a confounder with associations a and b is at most a b / (a + b - 1)."""
    found = of(three, kind)
    for value, ratio in (
        (found.estimate, found.risk_ratio),
        (found.limit, nearest_to_one(found.risk_ratio_low, found.risk_ratio_high)),
    ):
        bias = value**2 / (2 * value - 1)
        assert bias == pytest.approx(max(ratio, 1 / ratio), rel=1e-12)


def nearest_to_one(low, high):
    return low if low > 1 else min(high, 1.0)


@FEW
@given(st.tuples(ratios, ratios, ratios), kinds)
def test_mr05_swapped_groups_have_the_same_e_values(three, kind):
    found, swapped = of(three, kind), of([1 / ratio for ratio in three], kind)
    assert swapped.estimate == pytest.approx(found.estimate, rel=1e-9)
    assert swapped.limit == pytest.approx(found.limit, rel=1e-6, abs=1e-7)


@FEW
@given(st.tuples(ratios, ratios, ratios), kinds)
def test_the_limit_is_never_stronger_than_the_estimate_and_never_below_one(three, kind):
    found = of(three, kind)
    assert 1 <= found.limit <= found.estimate < math.inf
    assert found.risk_ratio_low <= found.risk_ratio <= found.risk_ratio_high


@FEW
@given(ratios, ratios, kinds)
def test_a_ratio_further_from_one_has_a_larger_e_value(one, other, kind):
    far, near = sorted((one, other), key=lambda ratio: -abs(math.log(ratio)))
    assert of([far] * 3, kind).estimate >= of([near] * 3, kind).estimate * (1 - 1e-12)


@FEW
@given(ratios)
def test_a_common_outcome_needs_a_weaker_confounder(ratio):
    """The risk ratio of a common outcome is nearer to 1 than its odds or hazard ratio."""
    for measure in ("odds_ratio", "hazard_ratio"):
        rare, common = of([ratio] * 3, (measure, True)), of([ratio] * 3, (measure, False))
        assert common.estimate <= rare.estimate * (1 + 1e-12)
