"""Propensity scores in closed form: a mark that some patients have."""

from math import log, sqrt

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.propensity import FEWEST_PER_COVARIATE, propensity_score

FIVE_AND_FIVE = [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]


def test_a_mark_gives_the_shares_of_the_treated():
    """4 of 5 with the mark are treated, 1 of 5 without: log odds log 4 and -log 4.

    Of 25 pairs the treated one is higher in 4 * 4, equal in 4 + 4: (16 + 4) / 25.
    """
    found = propensity_score([1, 1, 1, 1, 0, 1, 0, 0, 0, 0], FIVE_AND_FIVE, names=["mark"])
    np.testing.assert_allclose(found.score, [4 / 5] * 5 + [1 / 5] * 5, rtol=1e-13)
    np.testing.assert_allclose(found.log_odds, [log(4)] * 5 + [-log(4)] * 5, rtol=1e-13)
    np.testing.assert_allclose(found.coefficient, [-log(4), 2 * log(4)], rtol=1e-13)
    assert found.concordance == 4 / 5
    assert found.names == ("intercept", "mark")
    assert (found.penalised, found.separating, found.reason) == (False, (), None)
    assert found.converged


def test_a_mark_that_tells_nothing():
    """5 of 10 are treated with the mark and without it: 1 / 2 for all, and no pair told apart."""
    found = propensity_score([1, 0] * 10, [1] * 10 + [0] * 10)
    np.testing.assert_allclose(found.score, 1 / 2, rtol=1e-13)
    assert found.concordance == 1 / 2


def test_complete_separation_by_one_mark():
    """Firth's penalty adds one half to each cell: odds 5.5 / 0.5 with the mark, 0.5 / 5.5 without.

    The scores 11/12 and 1/12 already add up to the five treated.
    """
    found = propensity_score(FIVE_AND_FIVE, FIVE_AND_FIVE, names=["mark"])
    np.testing.assert_allclose(found.score, [11 / 12] * 5 + [1 / 12] * 5, rtol=1e-9)
    np.testing.assert_allclose(found.coefficient, [-log(11), 2 * log(11)], rtol=1e-9)
    assert found.penalised
    assert found.separating == ("mark",)
    assert found.concordance == 1.0
    assert "since mark told the two groups apart" in found.reason


def test_a_mark_that_only_treated_patients_have():
    """Cells 2 and 0 with the mark, 3 and 5 without; with one half more, odds 5 and 7 / 11.

    So the odds ratio is k = 55 / 7. The intercept a is moved until, with z = exp(a),
    2 k z / (1 + k z) + 8 z / (1 + z) = 5, that is 5 k z**2 - 3 (k - 1) z - 5 = 0.
    """
    found = propensity_score(FIVE_AND_FIVE, [1, 1] + [0] * 8, names=["mark"])
    k = 55 / 7
    z = (3 * (k - 1) + sqrt(9 * (k - 1) ** 2 + 100 * k)) / (10 * k)
    np.testing.assert_allclose(found.coefficient, [log(z), log(k)], rtol=1e-9)
    np.testing.assert_allclose(
        found.score, [k * z / (1 + k * z)] * 2 + [z / (1 + z)] * 8, rtol=1e-9
    )
    assert found.score.sum() == pytest.approx(5, rel=1e-12)
    assert "mark told some patients of the two groups apart" in found.reason
    assert found.concordance == pytest.approx((2 * 5 + 3 * 5 / 2) / 25, rel=1e-12)


def test_only_covariates_that_it_takes_are_named_as_separating():
    """Age tells all apart; the mark is the same in both groups."""
    treated = [0] * 10 + [1] * 10
    table = np.column_stack([np.arange(20) + 40, [0, 1] * 10])
    found = propensity_score(treated, table, names=["age", "mark"])
    assert found.separating == ("age",)


def test_a_covariate_that_parts_nobody_is_not_named():
    """Three treated patients have the mark and no untreated one; the ages are the same ten."""
    table = np.column_stack([[1] * 3 + [0] * 17, np.tile(np.arange(10) + 40, 2)])
    found = propensity_score([1] * 10 + [0] * 10, table, names=["mark", "age"])
    assert found.separating == ("mark",)
    swapped = propensity_score([1] * 10 + [0] * 10, table[:, ::-1], names=["age", "mark"])
    assert swapped.separating == ("mark",)


def test_equal_scores_tie_whatever_the_rounding():
    """Two marks, four cells of 25 patients: pairs are counted by cell, in halves.

    Treated and untreated of the cells are 5 20, 10 15, 15 10, 20 5; the scores rise in this order
    since treatment rises with both marks.
    """
    first, second = np.repeat([0.1, 0.1, 0.7, 0.7], 25), np.repeat([0.3, 0.6, 0.3, 0.6], 25)
    treated = np.concatenate([[1] * k + [0] * (25 - k) for k in (5, 10, 15, 20)])
    order = np.random.default_rng(3).permutation(100)
    table = np.column_stack([first, second])
    found = propensity_score(treated[order], table[order])
    wins = 10 * 20 + 15 * (20 + 15) + 20 * (20 + 15 + 10)
    ties = 5 * 20 + 10 * 15 + 15 * 10 + 20 * 5
    assert found.concordance == (wins + ties / 2) / (50 * 50)


def test_more_covariates_than_the_smaller_group_carries():
    treated = [1] * 11 + [0] * 17
    table = np.random.default_rng(1).normal(size=(28, 3))
    assert FEWEST_PER_COVARIATE == 5
    with pytest.raises(
        ArgumentError,
        match=r"covariates, 3 .age, stage, lines.*treated group of size 11.*at most 2.*leave out 1",
    ):
        propensity_score(treated, table, names=["age", "stage", "lines"])
    assert propensity_score(treated, table[:, :2]).score.size == 28


def test_a_group_that_carries_no_covariate():
    with pytest.raises(ArgumentError, match=r"untreated group of size 4 .*no score"):
        propensity_score([1] * 6 + [0] * 4, range(10))


REFUSED = [
    ([[1, 5]] * 20, "covariates` must vary: age, stage is constant"),
    ([[k % 7, 5] for k in range(20)], "covariates` must vary: stage is constant"),
    ([[k % 7, 2 * (k % 7) + 1] for k in range(20)], "stage follows from those before"),
    ([[k % 7, float("nan") if k == 3 else k] for k in range(20)], "stage has missing values"),
    ([[k % 7, float("inf") if k == 3 else k] for k in range(20)], "stage has missing values"),
    ([[k % 7, k] for k in range(19)], "one row for each patient"),
    ([[k % 7, str(k)] for k in range(20)], "covariates.* must be numbers"),
]


@pytest.mark.parametrize(("table", "sentence"), REFUSED)
def test_covariates_are_refused_by_name(table, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        propensity_score([0, 1] * 10, table, names=["age", "stage"])


@pytest.mark.parametrize(
    ("treated", "sentence"),
    [
        ([0] * 10, "nobody is treated"),
        ([1] * 10, "everybody is treated"),
        ([0, 2] * 5, "`treated` must be true or false"),
    ],
)
def test_groups_are_refused(treated, sentence):
    with pytest.raises(ArgumentError, match=sentence):
        propensity_score(treated, range(10))


def test_a_column_must_not_be_called_like_the_constant():
    with pytest.raises(ArgumentError, match="intercept"):
        propensity_score(FIVE_AND_FIVE, range(10), names=["intercept"])


def test_missing_values_without_names_are_told_by_their_column():
    with pytest.raises(ArgumentError, match="column 0 has missing values"):
        propensity_score(FIVE_AND_FIVE, [float("nan"), *range(9)])


def test_names_of_another_number_are_refused():
    with pytest.raises(ArgumentError, match="names"):
        propensity_score(FIVE_AND_FIVE, range(10), names=["age", "stage"])
