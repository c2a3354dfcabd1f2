"""Weights, entropy balancing and balance, in fractions on a few patients."""

from fractions import Fraction
from math import comb, log, pi, sqrt

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.balance import covariate_balance
from autallo.stats.confounding.entropy_balancing import entropy_balance
from autallo.stats.confounding.standardised import standardised_difference
from autallo.stats.confounding.weights import balancing_weights, effective_sample_size

TREATED, SCORE = [1, 1, 1, 0, 0], [1 / 2, 1 / 4, 1 / 5, 1 / 2, 2 / 3]
NORMAL_975 = 1.959963984540054


@pytest.mark.parametrize(
    ("estimand", "expected"),
    [
        ("everybody", [2, 4, 5, 2, 3]),
        ("treated", [1, 1, 1, 1, 2]),
        ("untreated", [1, 3, 4, 1, 1]),
        ("overlap", [1 / 2, 3 / 4, 4 / 5, 1 / 2, 2 / 3]),
    ],
)
def test_weights_of_each_estimand(estimand, expected):
    found = balancing_weights(TREATED, SCORE, estimand=estimand)
    np.testing.assert_allclose(found.weight, expected, rtol=1e-14)
    untreated, treated = np.array(expected[3:]), np.array(expected[:3])
    np.testing.assert_allclose(found.total, [untreated.sum(), treated.sum()], rtol=1e-14)
    effective = [g.sum() ** 2 / (g**2).sum() for g in (untreated, treated)]
    np.testing.assert_allclose(found.effective_sample_size, effective, rtol=1e-14)
    shares = [g.max() / g.sum() for g in (untreated, treated)]
    np.testing.assert_allclose(found.largest_share, shares, rtol=1e-14)
    assert (found.estimand, found.stabilised) == (estimand, False)
    assert (found.truncated, found.limits, found.n_truncated) == (None, None, 0)


def test_stabilised_weights():
    """Three of five are treated: times 3 / 5, and 2 / 5 for the others."""
    found = balancing_weights(TREATED, SCORE, estimand="everybody", stabilised=True)
    np.testing.assert_allclose(found.weight, [6 / 5, 12 / 5, 3, 4 / 5, 6 / 5], rtol=1e-14)
    assert found.stabilised


def test_truncated_at_the_quartiles_of_all_weights():
    """2 2 3 4 5: the quartiles are 2 and 4, so that only 5 is cut."""
    found = balancing_weights(TREATED, SCORE, estimand="everybody", truncated=0.25)
    np.testing.assert_allclose(found.weight, [2, 4, 4, 2, 3], rtol=1e-14)
    assert found.limits == pytest.approx((2, 4))
    assert (found.truncated, found.n_truncated) == (0.25, 1)


def test_truncated_weights_of_one_group_leave_the_other_alone():
    """Untreated as target: of 1 3 4 the quartiles are 2 and 3.5; the untreated keep 1."""
    found = balancing_weights(TREATED, SCORE, estimand="untreated", truncated=0.25)
    np.testing.assert_allclose(found.weight, [2, 3, 3.5, 1, 1], rtol=1e-14)
    assert found.limits == pytest.approx((2, 3.5))
    assert found.n_truncated == 2


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"estimand": "all"}, "`estimand` must be one of"),
        ({"estimand": "overlap", "stabilised": True}, "`stabilised` must be false"),
        ({"estimand": "overlap", "truncated": 0.1}, "no weight exceeds 1"),
        ({"estimand": "everybody", "truncated": 0.5}, "below 0.5"),
        ({"estimand": "everybody", "truncated": -0.1}, "at least 0"),
        ({"estimand": "everybody", "truncated": "much"}, "must be a number"),
    ],
)
def test_impossible_options_are_refused(options, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        balancing_weights(TREATED, SCORE, **options)


@pytest.mark.parametrize("score", [0, 1, -0.1, 1.1, 1e-13])
def test_row_174_a_score_of_0_or_1_has_no_weight(score):
    with pytest.raises(ArgumentError, match=r"1 patient\(s\) are sure"):
        balancing_weights([1, 1, 0], [score, 0.5, 0.5], estimand="overlap")


def test_groups_and_lengths_are_refused():
    with pytest.raises(ArgumentError, match="everybody is treated"):
        balancing_weights([1, 1], [0.5, 0.5], estimand="overlap")
    with pytest.raises(ArgumentError, match="same length"):
        balancing_weights([1, 0, 0], [0.5, 0.5], estimand="overlap")


def test_effective_sizes():
    """1 2 3: 6**2 / 14. Zeros count for nothing, nor does the unit."""
    assert effective_sample_size([1, 2, 3]) == pytest.approx(18 / 7, rel=1e-15)
    assert effective_sample_size([0, 1, 2, 3, 0]) == pytest.approx(18 / 7, rel=1e-15)
    assert effective_sample_size([1e-90, 2e-90, 3e-90]) == pytest.approx(18 / 7, rel=1e-15)
    assert effective_sample_size([7]) == 1
    with pytest.raises(ArgumentError, match="at least 0"):
        effective_sample_size([1, -1])
    with pytest.raises(ArgumentError, match="above 0 for at least one"):
        effective_sample_size([0, 0])


def test_entropy_with_a_mark():
    """Of four treated three have the mark: so must 3 / 4 of the weight of the untreated, which is

    4 in all: 3 on the one with the mark, 1 / 2 on each of the two without.
    """
    found = entropy_balance([1, 1, 1, 1, 0, 0, 0], [1, 1, 1, 0, 1, 0, 0], names=["mark"])
    np.testing.assert_allclose(found.weight, [1, 1, 1, 1, 3, 1 / 2, 1 / 2], rtol=1e-13)
    np.testing.assert_allclose(found.total, [4, 4], rtol=1e-13)
    assert found.effective_sample_size[0] == pytest.approx(16 / (9 + 1 / 2), rel=1e-13)
    assert found.effective_sample_size[1] == 4
    assert found.largest_share.tolist() == pytest.approx([3 / 4, 1 / 4])
    np.testing.assert_allclose(found.target, [3 / 4])
    np.testing.assert_allclose(found.coefficient, [log(6)], rtol=1e-12)
    assert (found.names, found.unused, found.estimand) == (("mark",), 0, "treated")


def test_entropy_on_three_steps():
    """Untreated at -1 0 1 with weights as 1 2 4: mean (4 - 1) / 7 = 3 / 7. The treated, at 0 and

    6 / 7, have it. Doubling from step to step is a coefficient of log 2.
    """
    found = entropy_balance([0, 0, 0, 1, 1], [-1, 0, 1, 0, 6 / 7])
    np.testing.assert_allclose(found.weight, [2 / 7, 4 / 7, 8 / 7, 1, 1], rtol=1e-12)
    np.testing.assert_allclose(found.coefficient, [log(2)], rtol=1e-12)
    assert found.largest_difference < 1e-14


def test_entropy_towards_the_untreated():
    found = entropy_balance([1, 1, 1, 0, 0], [-1, 0, 1, 0, 6 / 7], estimand="untreated")
    np.testing.assert_allclose(found.weight, [2 / 7, 4 / 7, 8 / 7, 1, 1], rtol=1e-12)
    assert found.estimand == "untreated"


def test_groups_that_are_balanced_weigh_alike():
    """Mean 2 in both: all three untreated weigh 2 / 3."""
    found = entropy_balance([1, 1, 0, 0, 0], [1, 3, 1, 2, 3])
    np.testing.assert_allclose(found.weight, [1, 1, 2 / 3, 2 / 3, 2 / 3], rtol=1e-13)
    assert found.iterations <= 1


def test_who_cannot_weigh_weighs_nothing():
    """No treated patient has the mark, so no untreated one with it can weigh; ages are alike."""
    found = entropy_balance(
        [1, 1, 0, 0, 0, 0], [[50, 0], [60, 0], [50, 0], [60, 0], [52, 1], [70, 1]]
    )
    np.testing.assert_allclose(found.weight, [1, 1, 1, 1, 0, 0], atol=1e-12)
    assert found.unused == 2


def test_all_who_weigh_are_at_the_target():
    """The oldest age is that of the treated: the two untreated of that age share the weight."""
    found = entropy_balance([1, 1, 0, 0, 0], [70, 70, 70, 60, 70])
    assert found.weight.tolist() == [1, 1, 1, 0, 1]
    assert (found.unused, found.iterations) == (1, 0)


def test_a_weight_too_small_to_be_one_is_0():
    """Weights as 1, z and z**2 at -1 0 1 with z near 1e-8: the third is 1e-16 of the first."""
    found = entropy_balance([1, 1, 0, 0, 0], [-1, -1 + 2e-8, -1, 0, 1])
    np.testing.assert_allclose(found.weight, [1, 1, 2, 2e-8, 0], rtol=1e-6)
    assert found.unused == 1


def test_one_mean_out_of_reach_is_named_with_its_range():
    table = [[70, 1], [74, 0], [50, 1], [60, 0], [66, 0]]
    with pytest.raises(
        ArgumentError,
        match=r"untreated patients the mean of the treated patients in age \(72, while theirs go "
        r"from 50 to 66\)\.$",
    ):
        entropy_balance([1, 1, 0, 0, 0], table, names=["age", "mark"])


def test_means_out_of_reach_only_together_are_named_no_more_than_needed():
    """No untreated patient has both marks, three in four treated have either: 3/4 + 3/4 > 1.

    Each mark alone, and the age, is within reach.
    """
    treated = [[1, 1, 50], [1, 1, 60], [1, 0, 55], [0, 1, 65]]
    untreated = [[1, 0, 40], [0, 1, 80], [0, 0, 50], [1, 0, 70], [0, 1, 45]]
    with pytest.raises(
        ArgumentError, match=r"means of the treated patients in all of fab, male at once\.$"
    ):
        entropy_balance([1] * 4 + [0] * 5, treated + untreated, names=["fab", "male", "age"])


def test_entropy_refuses_covariates_by_name():
    with pytest.raises(ArgumentError, match="`covariates` must vary: stage is constant"):
        entropy_balance([1, 0, 0], [[1, 2], [3, 2], [4, 2]], names=["age", "stage"])
    with pytest.raises(ArgumentError, match="months follows from those before"):
        entropy_balance(
            [1, 0, 0, 1], [[1, 12], [3, 36], [4, 48], [2, 24]], names=["years", "months"]
        )
    with pytest.raises(ArgumentError, match="`estimand` must be"):
        entropy_balance([1, 0], [1, 2], estimand="everybody")
    with pytest.raises(ArgumentError, match="age has missing values"):
        entropy_balance([1, 0], [1, float("nan")], names=["age"])


def test_balance_before_and_after():
    """50 60 against 40 50: variances 50, difference 10 / sqrt(50). Weights 3 1 and 1 3 give means

    52.5 and 47.5: 5 / sqrt(50). Weighted variance of 50 60: 4 * (3 * 6.25 + 56.25) / (16 - 10).
    """
    found = covariate_balance([1, 1, 0, 0], [50, 60, 40, 50], weight=[3, 1, 1, 3], names=["age"])[0]
    assert found.name == "age"
    assert found.before.estimate == pytest.approx(sqrt(2), rel=1e-14)
    assert found.after == pytest.approx(1 / sqrt(2), rel=1e-14)
    assert (found.mean_treated, found.mean_untreated) == (55, 45)
    assert (found.weighted_mean_treated, found.weighted_mean_untreated) == (52.5, 47.5)
    assert (found.variance_ratio, found.weighted_variance_ratio) == (1, 1)


def test_variance_ratios():
    """1 3 against 1 2 3: variances 2 and 1. Weights 1 2 1 of 1 2 3: mean 2, 4 * 2 / (16 - 6)."""
    found = covariate_balance([1, 1, 0, 0, 0], [1, 3, 1, 2, 3], weight=[1, 1, 1, 2, 1])[0]
    assert found.variance_ratio == pytest.approx(2, rel=1e-14)
    assert found.weighted_variance_ratio == pytest.approx(2 / (4 / 5), rel=1e-14)


def test_no_variance_ratio_without_variance():
    constant, mark = covariate_balance([1, 1, 0, 0], [[5, 1], [5, 1], [5, 0], [5, 1]])
    assert (constant.before.estimate, constant.variance_ratio) == (0, None)
    assert mark.variance_ratio is None
    single = covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], weight=[1, 0, 1, 1])[0]
    assert single.weighted_variance_ratio is None
    assert single.variance_ratio == pytest.approx(1)
    assert single.weighted_mean_treated == 1


def test_pf_32_the_divisor_is_that_of_the_unweighted_groups():
    """Weights that leave two equal ages in each group: the spread does not shrink with them.

    Ages 40 60 60 80 against 50 50 50 90: variances 800 / 3 and 400. Weighted: 60 against 50.
    """
    treated, ages = [1] * 4 + [0] * 4, [40, 60, 60, 80, 50, 50, 50, 90]
    found = covariate_balance(treated, ages, weight=[0, 1, 1, 0, 1, 1, 1, 0])[0]
    assert found.after == pytest.approx(10 / sqrt((800 / 3 + 400) / 2), rel=1e-13)


def test_pf_32_the_difference_after_weighting_uses_the_weights():
    found = covariate_balance([1, 1, 0, 0], [1, 3, 1, 3], weight=[1, 3, 3, 1])[0]
    assert found.before.estimate == 0
    assert found.after == pytest.approx(1 / sqrt(2), rel=1e-14)


def test_w15_missing_is_never_a_category():
    with pytest.raises(ArgumentError, match=r"sex has missing values\. Leave those patients out"):
        covariate_balance([1, 1, 0, 0], [0, 1, float("nan"), 1], names=["sex"])


def test_row_175_weights_that_are_none():
    with pytest.raises(ArgumentError, match="`weight` must be at least 0"):
        covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], weight=[1, -1, 1, 1])
    with pytest.raises(ArgumentError, match="above 0 for somebody of the treated group"):
        covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], weight=[0, 0, 1, 1])
    with pytest.raises(ArgumentError, match="above 0 for somebody of the untreated group"):
        covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], weight=[1, 1, 0, 0])
    with pytest.raises(ArgumentError, match="same length"):
        covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], weight=[1, 1, 1])


def test_the_level_is_that_of_the_intervals_before():
    found = covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], level=0.5)[0]
    assert (found.before.level, found.before_corrected.level) == (0.5, 0.5)
    with pytest.raises(ArgumentError, match="level"):
        covariate_balance([1, 1, 0, 0], [1, 2, 3, 4], level=95)


def test_small_sample_correction():
    """2 4 6 against 1 3 5: d = 1 / 2, four degrees of freedom.

    J = gamma(2) / (sqrt(2) gamma(3 / 2)) = sqrt(2 / pi); squared error 6 / 9 + g**2 / 12.
    """
    found = standardised_difference([2, 4, 6], [1, 3, 5], corrected=True)
    g = sqrt(2 / pi) / 2
    assert found.estimate == pytest.approx(g, rel=1e-14)
    margin = NORMAL_975 * sqrt(2 / 3 + g * g / 12)
    assert found.low == pytest.approx(g - margin, rel=1e-12)
    assert found.high == pytest.approx(g + margin, rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 3, 13, 99, 100, 101, 400, 3000])
def test_small_sample_correction_in_whole_numbers(k):
    """Of 2 k degrees of freedom 4**(k - 1) / (comb(2 k - 2, k - 1) sqrt(pi k)), and

    of 2 k + 1 comb(2 k, k) k sqrt(pi) / (4**k sqrt(k + 1 / 2)).
    """
    even = Fraction(4 ** (k - 1), comb(2 * k - 2, k - 1)) / Fraction(sqrt(pi * k))
    odd = Fraction(k * comb(2 * k, k), 4**k) * Fraction(sqrt(pi / (k + 1 / 2)))
    for df, factor in ((2 * k, even), (2 * k + 1, odd)):
        groups = [10, 11], list(range(df))
        plain = standardised_difference(*groups).estimate
        corrected = standardised_difference(*groups, corrected=True).estimate
        assert corrected / plain == pytest.approx(float(factor), rel=1e-14)


def test_small_sample_correction_of_the_smallest_groups():
    """1 2 against 3 4: d = -2 / sqrt(1 / 2); with two degrees of freedom J = 1 / sqrt(pi)."""
    found = standardised_difference([1, 2], [3, 4], corrected=True)
    assert found.estimate == pytest.approx(-2 * sqrt(2) / sqrt(pi), rel=1e-14)
    assert standardised_difference([5], [5, 5], corrected=True).estimate == 0
    assert standardised_difference([5], [5, 6], corrected=True).estimate is None


@pytest.mark.parametrize("unit", [1e-300, 1e-150, 1e150, 1e300])
def test_a_unit_however_large_or_small_changes_no_balance(unit):
    found = covariate_balance(
        [1, 1, 0, 0], [5 * unit, 6 * unit, 4 * unit, 5 * unit], weight=[3, 1, 1, 3]
    )[0]
    assert found.after == pytest.approx(1 / sqrt(2), rel=1e-12)
    assert found.weighted_mean_treated == pytest.approx(5.25 * unit, rel=1e-12)
    assert found.weighted_variance_ratio == pytest.approx(1, rel=1e-12)
