"""Entropy balancing as a program of its own: the weights themselves are sought, not a slope."""

import numpy as np
import pytest
from scipy.optimize import linprog, minimize

from autallo.errors import ArgumentError
from autallo.stats.confounding.balance import covariate_balance
from autallo.stats.confounding.entropy_balancing import entropy_balance
from autallo.stats.confounding.weights import balancing_weights, effective_sample_size

SEEDS = range(60)


def drawn(seed):
    """Few patients on a small grid, so that targets outside and on the edge are common."""
    rng = np.random.default_rng(seed)
    untreated, treated = rng.integers(4, 10), rng.integers(1, 5)
    table = rng.integers(0, 4, (untreated + treated, 2)).astype(float)
    return np.repeat([0, 1], [untreated, treated]), table


def usable(table):
    return np.linalg.matrix_rank(table - table.mean(axis=0)) == 2


def within_reach(table, target):
    """Whether weights of at least 0 bring the patients to the target: a linear program."""
    found = linprog(
        np.zeros(len(table)),
        A_eq=np.vstack([table.T, np.ones(len(table))]),
        b_eq=[*target, 1],
    )
    return found.status == 0


def by_optimiser(table, target):
    """Maximise the entropy over the shares, under the equations; plain sequential programming."""

    def loss(share):
        kept = np.maximum(share, 1e-300)
        return float((kept * np.log(kept)).sum())

    def slope(share):
        return np.log(np.maximum(share, 1e-300)) + 1

    equations = [
        {"type": "eq", "fun": lambda share: share @ table - target, "jac": lambda _: table.T},
        {"type": "eq", "fun": lambda share: share.sum() - 1, "jac": np.ones_like},
    ]
    start = np.full(len(table), 1 / len(table))
    found = minimize(
        loss, start, jac=slope, bounds=[(0, 1)] * len(table), constraints=equations,
        method="SLSQP", options={"ftol": 1e-14, "maxiter": 500},
    )  # fmt: skip
    return found.x


@pytest.mark.parametrize("seed", SEEDS)
def test_refused_exactly_where_a_linear_program_finds_no_weights(seed):
    treated, table = drawn(seed)
    if not usable(table):
        with pytest.raises(ArgumentError, match="`covariates` must"):
            entropy_balance(treated, table)
        return
    target = table[treated == 1].mean(axis=0)
    if within_reach(table[treated == 0], target):
        assert entropy_balance(treated, table).largest_difference < 1e-9
    else:
        with pytest.raises(ArgumentError, match="cannot be balanced"):
            entropy_balance(treated, table)


@pytest.mark.parametrize("seed", SEEDS)
def test_shares_of_largest_entropy(seed):
    treated, table = drawn(seed)
    target, others = table[treated == 1].mean(axis=0), table[treated == 0]
    if not (usable(table) and within_reach(others, target)):
        with pytest.raises(ArgumentError, match="`covariates`"):
            entropy_balance(treated, table)
        return
    found = entropy_balance(treated, table)
    share = found.weight[treated == 0] / treated.sum()
    expected = by_optimiser(others, target)
    # The search has no more than about six digits; on an edge it leaves shares of 1e-7.
    np.testing.assert_allclose(share, expected, atol=2e-5)


def test_all_three_kinds_of_target_are_among_the_sets():
    kinds = set()
    for seed in SEEDS:
        treated, table = drawn(seed)
        if not usable(table):
            continue
        try:
            kinds.add(min(entropy_balance(treated, table).unused, 1))
        except ArgumentError:
            kinds.add("outside")
    assert kinds == {0, 1, "outside"}


def looped(treated, score, estimand):
    """Weights patient by patient, from the words of the definition."""
    weight = []
    for arm, chance in zip(treated, score, strict=True):
        own = chance if arm else 1 - chance
        other = 1 - own
        weight.append(
            {
                "everybody": 1 / own,
                "overlap": other,
                "treated": 1 if arm else other / own,
                "untreated": other / own if arm else 1,
            }[estimand]
        )
    return weight


@pytest.mark.parametrize("estimand", ["everybody", "treated", "untreated", "overlap"])
@pytest.mark.parametrize("seed", range(5))
def test_weights_and_balance_in_loops(estimand, seed):
    rng = np.random.default_rng(seed)
    treated, score, column = (
        rng.integers(0, 2, 30),
        rng.uniform(0.05, 0.95, 30),
        rng.normal(size=30),
    )
    found = balancing_weights(treated, score, estimand=estimand)
    weight = looped(treated, score, estimand)
    np.testing.assert_allclose(found.weight, weight, rtol=1e-12)
    means, variances, plain = [], [], []
    for arm in (1, 0):
        own = [(w, x) for w, x, t in zip(weight, column, treated, strict=True) if t == arm]
        total, squares = sum(w for w, _ in own), sum(w * w for w, _ in own)
        mean = sum(w * x for w, x in own) / total
        spread = sum(w * (x - mean) ** 2 for w, x in own)
        means.append(mean)
        variances.append(total * spread / (total**2 - squares))
        middle = sum(x for _, x in own) / len(own)
        plain.append(sum((x - middle) ** 2 for _, x in own) / (len(own) - 1))
        assert effective_sample_size([w for w, _ in own]) == pytest.approx(total**2 / squares)
    balance = covariate_balance(treated, column, weight=weight)[0]
    assert balance.after == pytest.approx(
        (means[0] - means[1]) / (sum(plain) / 2) ** 0.5, rel=1e-10
    )
    assert balance.weighted_variance_ratio == pytest.approx(variances[0] / variances[1], rel=1e-10)
    assert balance.variance_ratio == pytest.approx(plain[0] / plain[1], rel=1e-10)
