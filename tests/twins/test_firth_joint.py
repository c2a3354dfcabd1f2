"""Twin of the joint search for limits and tests: the same limits sought one by one."""

import numpy as np
import pytest

from autallo.stats.firth import elsewhere, joint, logistic, partial_likelihood, profile
from autallo.stats.firth.cox import fit_firth_cox
from autallo.stats.firth.logistic import fit_firth_logistic


def small_study(seed, covariates, *, empty=False):
    """Return 28 patients: 17 against 11, age, and grades; maybe no event in the second group."""
    rng = np.random.default_rng(seed)
    arm = np.repeat([0.0, 1.0], [17, 11])
    x = np.column_stack([arm, rng.normal(55, 12, 28), rng.integers(0, 4, 28)])[:, :covariates]
    time = np.ceil(rng.exponential(300, 28))
    event = (rng.random(28) < 0.6) & ~(empty & (arm == 1))
    return time, event, x


@pytest.fixture
def sought(monkeypatch):
    """Count limits and tests, and those that had to be sought one by one."""
    counts = {"all": 0, "left": 0}
    plain = profile.solve_together

    def counting(*given, **options):
        found = plain(*given, **options)
        counts["all"] += found.size
        counts["left"] += int(np.isnan(found).sum())
        return found

    monkeypatch.setattr(profile, "solve_together", counting)
    return counts


def same(first, second):
    error = first.std_error
    for own, other in ((first.low, second.low), (first.high, second.high)):
        assert (abs(own - other) <= 2e-8 * error).all()
    np.testing.assert_allclose(first.statistic, second.statistic, rtol=1e-10, atol=1e-11)
    assert first.converged
    assert second.converged


@pytest.mark.parametrize("covariates", [1, 2, 3])
@pytest.mark.parametrize("empty", [False, True])
def test_cox_limits_one_by_one(covariates, empty, sought, monkeypatch):
    for seed in range(6):
        data = small_study(seed, covariates, empty=empty)
        together = fit_firth_cox(*data)
        with monkeypatch.context() as patch:
            patch.setattr(joint, "MOST_STEPS", 0)
            same(together, fit_firth_cox(*data))
    # half of the fits go one by one, and hardly any of the others
    assert sought["all"] == 2 * 6 * 3 * covariates
    assert sought["left"] <= 0.6 * sought["all"]


@pytest.mark.parametrize("covariates", [1, 2, 3])
def test_logistic_limits_one_by_one(covariates, sought, monkeypatch):
    for seed in range(6):
        _, event, x = small_study(seed, covariates)
        together = fit_firth_logistic(event, x)
        with monkeypatch.context() as patch:
            patch.setattr(joint, "MOST_STEPS", 0)
            same(together, fit_firth_logistic(event, x))
    assert sought["all"] == 2 * 6 * 3 * (1 + covariates)
    assert sought["left"] <= 0.6 * sought["all"]


@pytest.mark.parametrize("covariates", [2, 3])
def test_a_stack_in_parts(covariates, monkeypatch):
    time, event, x = small_study(1, covariates)
    cox, odds = fit_firth_cox(time, event, x), fit_firth_logistic(event, x)
    monkeypatch.setattr(partial_likelihood, "MOST_NUMBERS", 1)
    monkeypatch.setattr(logistic, "MOST_NUMBERS", 1)
    same(cox, fit_firth_cox(time, event, x))
    same(odds, fit_firth_logistic(event, x))


@pytest.mark.parametrize("share", [elsewhere.SHARE, 0.0, -1.0])
def test_a_second_maximum_beside_the_way_is_not_taken(share, monkeypatch):
    # by the search itself, even if nothing is looked for elsewhere (share of 0)
    monkeypatch.setattr(elsewhere, "SHARE", share)
    # Two events among 28 patients with four covariates: where the first coefficient is near its
    # lower limit, the others have two maxima. The limit belongs to the higher one.
    rng = np.random.default_rng(7)
    for place in range(11):
        covariates = int(rng.integers(2, 5))
        columns = [np.arange(28) < 17, rng.normal(55, 12, 28)]
        x = np.column_stack([*columns, rng.random(28) < 0.4, rng.integers(0, 4, 28)])
        x = x[:, :covariates].astype(float)
        time = np.ceil(rng.exponential(300, 28) * np.exp(-0.5 * x[:, 0]))
        event = (time < 400) & (rng.random(28) < 0.6)
        if place % 5 == 0:
            event &= x[:, 0] == 0
    fit = fit_firth_cox(time, event, x)
    assert event.sum() == 2
    assert fit.low[0] == pytest.approx(-5.30617452, abs=1e-7)
