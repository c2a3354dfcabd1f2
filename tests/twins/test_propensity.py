"""Propensity scores by a general optimiser, and pairs of patients counted one by one."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from autallo.stats.confounding.propensity import propensity_score

SEEDS = range(12)


def drawn(seed):
    """17 against 11, a tied age and a mark; the mark rarer among the treated."""
    rng = np.random.default_rng(seed)
    treated = np.repeat([0, 1], [17, 11])
    mark = rng.random(28) < np.where(treated, 0.15, 0.5)
    return treated, np.column_stack([rng.integers(4, 8, 28) * 10.0, mark])


def separates(treated, table):
    """Whether some sum of the covariates parts patients: a linear program.

    Maximise the sum of the sides times the predictors, each of them at least 0 and at most 1.
    """
    rows = np.where(treated, 1.0, -1.0)[:, None] * np.column_stack([np.ones(len(table)), table])
    found = linprog(
        -rows.sum(axis=0),
        A_ub=np.vstack([-rows, rows]),
        b_ub=np.repeat([0.0, 1.0], len(rows)),
        bounds=(None, None),
    )
    return -found.fun > 1e-6


def by_optimiser(treated, table, penalty):
    design = np.column_stack(
        [np.ones(len(table)), (table - table.mean(axis=0)) / table.std(axis=0)]
    )

    def loss(beta):
        predictor = design @ beta
        value = np.logaddexp(0, np.where(treated, -predictor, predictor)).sum()
        chance = 1 / (1 + np.exp(-predictor))
        information = (design * (chance * (1 - chance))[:, None]).T @ design
        return value - penalty * np.linalg.slogdet(information)[1] / 2

    found = minimize(
        loss, np.zeros(3), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-13}
    )
    slopes = design[:, 1:] @ found.x[1:]
    # Bisection of the intercept: the scores add up to the treated.
    low, high = -50.0, 50.0
    for _ in range(100):
        middle = (low + high) / 2
        if (1 / (1 + np.exp(-middle - slopes))).sum() > treated.sum():
            high = middle
        else:
            low = middle
    return 1 / (1 + np.exp(-low - slopes))


@pytest.mark.parametrize("seed", SEEDS)
def test_scores_of_a_general_optimiser(seed):
    treated, table = drawn(seed)
    found = propensity_score(treated, table)
    assert found.penalised == separates(treated, table)
    # The simplex search stops where rounding hides the fall: about the root of 1e-16.
    expected = by_optimiser(treated, table, penalty=1.0 if found.penalised else 0.0)
    np.testing.assert_allclose(found.score, expected, rtol=2e-5, atol=2e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_concordance_pair_by_pair(seed):
    treated, table = drawn(seed)
    found = propensity_score(treated, table)
    score = np.round(found.score, 10)
    wins = sum(
        (1.0 if one > other else 0.5 if one == other else 0.0)
        for one in score[treated == 1]
        for other in score[treated == 0]
    )
    assert found.concordance == pytest.approx(wins / (17 * 11), rel=1e-12)


def test_some_of_the_sets_are_separated_and_some_are_not():
    assert {propensity_score(*drawn(seed)).penalised for seed in SEEDS} == {True, False}
