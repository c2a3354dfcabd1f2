"""Twin of limits and tests of penalised models: the other coefficients maximised by brute force.

The data have several maxima of the other coefficients while one is held.
"""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.firth import partial_likelihood
from autallo.stats.firth.cox import fit_firth_cox
from autallo.stats.firth.logistic import fit_firth_logistic

LIMIT = 3.841458820694124


def small_study(seed, place, kind):
    """Return few patients with skewed covariates, rare levels, and few events a coefficient."""
    rng = np.random.default_rng([seed, place])
    covariates = int(rng.integers(2, 4))
    lowest, highest = {"few": (10 * covariates, 70), "some": (24, 60)}[kind]
    n = int(rng.integers(lowest, highest))
    columns = []
    for _ in range(covariates):
        shape = rng.integers(0, 4)
        columns.append(
            [
                rng.integers(0, 2, n).astype(float),
                np.round(rng.normal(size=n), 1),
                (np.arange(n) < rng.integers(1, 4)).astype(float),
                np.round(np.exp(1.3 * rng.normal(size=n)), 2),
            ][shape]
        )
    x = np.column_stack(columns)
    spread = x[:, 0].std() or 1
    along = (x[:, 0] - x[:, 0].mean()) / spread * rng.choice([0, 1, 3])
    most = n // 2 if kind == "few" else n - 2
    event = np.zeros(n, dtype=bool)
    events = min(int(covariates * rng.uniform(5, 10)), most)
    event[np.argsort(-(along + rng.logistic(size=n)))[:events]] = True
    return event, x


def height(event, x, beta):
    """Return the penalised log-likelihood of a logistic regression by its definition."""
    design = np.column_stack([np.ones(len(event)), x])
    eta = design @ beta
    chance = 1 / (1 + np.exp(-np.clip(eta, -500, 500)))
    information = (design * (chance * (1 - chance))[:, None]).T @ design
    sign, determinant = np.linalg.slogdet(information)
    if sign <= 0:
        return -np.inf
    return -np.logaddexp(0.0, np.where(event, -eta, eta)).sum() + determinant / 2


def highest(event, x, held, value, start):
    """Climb by a compass from a start, one coefficient held; a lower bound of the profile."""
    beta, step = start.copy(), np.full(start.size, 1.0)
    beta[held] = value
    step[1:] /= x.std(axis=0)
    best = height(event, x, beta)
    axes = np.eye(start.size)
    ways = [row for k, row in enumerate(axes) if k != held]
    ways += [a + s * b for i, a in enumerate(ways) for b in ways[:i] for s in (-1, 1)]
    for _ in range(4000):
        tries = [beta + sign * way * step for way in ways for sign in (-1, 1)]
        heights = [height(event, x, one) for one in tries]
        top = int(np.argmax(heights))
        if heights[top] > best:
            beta, best = tries[top], heights[top]
        else:
            step /= 2
            if step[0] < 1e-7:
                break
    return best


# seed, place, kind, coefficient, limit, others from which a higher maximum is reached
STUDIES = [
    (21, 288, "few", 2, "low", [-0.09715894, 0.54118474]),
    (21, 150, "few", 1, "high", [-1.2704127, 0.65429685]),
    (21, 102, "few", 1, "high", [-9.55865816, 1.05363022]),
    (11, 88, "some", 1, "high", [-3.70471957, -0.15777306, 0.4143555]),
    (11, 32, "some", 2, "low", [0.96996474, -0.09113083, 1.8623214]),
]


@pytest.mark.parametrize(("seed", "place", "kind", "held", "side", "others"), STUDIES)
def test_a_limit_belongs_to_the_highest_maximum_of_the_others(
    seed, place, kind, held, side, others
):
    event, x = small_study(seed, place, kind)
    fit = fit_firth_logistic(event, x)
    limit, top = getattr(fit, side)[held], height(event, x, fit.coefficient)
    found = highest(event, x, held, limit, np.insert(others, held, limit))
    assert 2 * (top - found) == pytest.approx(LIMIT, abs=1e-4)


def test_a_test_belongs_to_the_highest_maximum_of_the_others():
    event, x = small_study(21, 210, "few")
    fit = fit_firth_logistic(event, x)
    start = np.array([0.28258815, 0.0, -0.70695727, -0.6019742])
    fall = 2 * (height(event, x, fit.coefficient) - highest(event, x, 1, 0.0, start))
    assert fit.statistic[1] == pytest.approx(fall, abs=1e-4)


# time, event and three covariates of 17 patients
SEVENTEEN = [
    (0, 0, 3.74, 0.4, 0),
    (12, 0, 0.4, 0.6, 1),
    (6, 0, 0.97, -2.1, 0),
    (14, 0, 0.03, -1.5, 1),
    (9, 0, 1.01, 1.7, 0),
    (10, 1, 1.46, -0.1, 1),
    (13, 0, 0.72, 0.4, 1),
    (15, 0, 0.17, -1.0, 0),
    (17, 0, 0.08, 1.7, 0),
    (16, 0, 0.3, 0.6, 1),
    (8, 1, 1.23, 0.2, 1),
    (3, 1, 3.16, -0.5, 1),
    (5, 0, 2.64, 0.6, 0),
    (4, 0, 2.67, -0.3, 1),
    (11, 0, 0.81, 1.8, 0),
    (7, 0, 1.65, -1.0, 0),
    (1, 0, 3.68, -0.3, 0),
]


def partial_height(time, event, x, beta):
    """Return the penalised log partial likelihood by its definition, without ties."""
    eta, value, information = x @ beta, 0.0, 0.0
    for place in np.flatnonzero(event):
        chance = np.where(time >= time[place], np.exp(eta - eta.max()), 0.0)
        value += eta[place] - eta.max() - np.log(chance.sum())
        chance /= chance.sum()
        gap = x - chance @ x
        information = information + (gap * chance[:, None]).T @ gap
    return value + np.linalg.slogdet(information)[1] / 2


def test_a_limit_of_a_cox_model_belongs_to_the_highest_maximum():
    table = np.array(SEVENTEEN, dtype=float)
    time, event, x = table[:, 0], table[:, 1] > 0, table[:, 2:]
    fit = fit_firth_cox(time, event, x)
    top = partial_height(time, event, x, fit.coefficient)
    assert fit.high[2] > 5.5
    grid = [
        partial_height(time, event, x, np.array([first, second, fit.high[2]]))
        for first in np.linspace(0, 8, 161)
        for second in np.linspace(-2, 8, 201)
    ]
    assert 2 * (top - max(grid)) == pytest.approx(LIMIT, abs=2e-2)


@pytest.mark.parametrize(("n", "both"), [(120, False), (120, True), (200, False)])
def test_a_covariate_that_orders_the_events(n, both, monkeypatch):
    rng = np.random.default_rng(0)
    time, event = rng.permutation(n) + 1.0, rng.random(n) < 0.7
    x = np.column_stack([time, rng.normal(size=n)])[:, : 1 + both]
    fit = fit_firth_cox(time, event, x)
    monkeypatch.setattr(partial_likelihood, "MOST_CELLS", 10**9)
    pairs = fit_firth_cox(time, event, x)
    assert fit.converged
    np.testing.assert_allclose(fit.coefficient, pairs.coefficient, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(fit.low, pairs.low, rtol=1e-6)
    np.testing.assert_allclose(fit.high, pairs.high, rtol=1e-6)


@pytest.mark.parametrize("n", [120, 200])
def test_a_fit_that_was_not_found_is_refused(n, monkeypatch):
    rng = np.random.default_rng(0)
    time, event = rng.permutation(n) + 1.0, rng.random(n) < 0.7
    monkeypatch.setattr(partial_likelihood, "MOST_IN_TABLE", 0)
    with pytest.raises(ArgumentError, match="No estimate was found"):
        fit_firth_cox(time, event, time)


def clusters(time):
    """Return values that differ little among neighbours."""
    return np.floor(time / 20) + 1e-5 * np.sin(time)


@pytest.mark.parametrize(
    ("n", "way"), [(120, np.square), (200, np.square), (200, clusters), (300, clusters)]
)
def test_sums_are_either_accurate_or_nowhere(n, way):
    rng = np.random.default_rng(0)
    time, event = rng.permutation(n) + 1.0, rng.random(n) < 0.7
    x = way(time)
    x = ((x - x.mean()) / x.std())[:, None]
    sums, pairs = (
        partial_likelihood.partial_likelihood(
            time, event, x, entry=None, ties="efron", sums=kind
        ).evaluate
        for kind in (True, False)
    )
    compared = 0
    for beta in np.geomspace(0.1, 1e5, 60).tolist():
        mine, theirs = sums(np.array([[-beta]])), pairs(np.array([[-beta]]))
        if mine.value[0] > -np.inf:
            compared += 1
            np.testing.assert_allclose(mine.value, theirs.value, rtol=1e-8)
            np.testing.assert_allclose(mine.information, theirs.information, rtol=1e-6)
            np.testing.assert_allclose(mine.gradient, theirs.gradient, rtol=1e-5, atol=1e-6)
    assert compared >= 10
