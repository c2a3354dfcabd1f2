"""What the regressions are given in the golden files, and what they must agree in with R."""

import numpy as np
import pytest

from reference.golden import table


def given(case, outcome):
    """Return the outcome, the covariates and the options of one case."""
    if "input" in case:
        columns = dict(case["input"])
        return columns.pop(outcome), columns.pop("x"), columns
    wanted = case["args"]
    covariates, exposure = wanted["covariates"], wanted.get("exposure")
    needed = [wanted["outcome"], *covariates, *([exposure] if exposure else [])]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in needed)]
    numbers = np.array([[float(row[name]) for name in needed] for row in rows])
    if not exposure:
        return numbers[:, 0], numbers[:, 1:], {"names": covariates}
    numbers = numbers[numbers[:, -1] > 0]
    return numbers[:, 0], numbers[:, 1:-1], {"names": covariates, "exposure": numbers[:, -1]}


def without_clusters(case, outcome):
    """Return the same without clusters: the likelihood takes no notice of them."""
    values, x, options = given(case, outcome)
    return values, x, {name: value for name, value in options.items() if name != "cluster"}


def agree_in_estimates_and_tests(mine, case, fitted):
    answer, error, rtol = case["expected"], np.array(case["expected"]["se"]), case["rtol"]
    assert mine.converged
    assert not any(mine.direction)
    assert (np.abs(mine.coefficient - answer["coef"]) <= rtol * error).all()
    np.testing.assert_allclose(mine.std_error, error, rtol=rtol)
    np.testing.assert_allclose(
        mine.covariance, answer["var"], atol=rtol * np.abs(answer["var"]).max()
    )
    np.testing.assert_allclose(fitted[:5], answer["fitted"], rtol=1e-6)
    assert mine.deviance == pytest.approx(answer["deviance"], rel=1e-10)
    assert mine.deviance_null == pytest.approx(answer["deviance_null"], rel=1e-10)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-10)
    assert mine.log_likelihood_null == pytest.approx(answer["loglik_null"], rel=1e-10)
    for name, statistic, p_value in (
        ("lr", mine.likelihood_ratio, mine.likelihood_ratio_p),
        ("score", mine.score_statistic, mine.score_p),
        ("wald", mine.wald, mine.wald_p),
    ):
        assert statistic == pytest.approx(answer[name]["stat"], rel=1e-7, abs=1e-10)
        assert p_value == pytest.approx(answer[name]["p"], rel=1e-7)
    assert mine.df == answer["lr"]["df"]


def agree_in_profile_limits(mine, case):
    answer, error = case["expected"], np.array(case["expected"]["se"])
    assert (np.abs(mine.low - answer["lower"]) <= case["rtol"] * error).all()
    assert (np.abs(mine.high - answer["upper"]) <= case["rtol"] * error).all()
    np.testing.assert_allclose(mine.p_value, answer["lr_p"], rtol=1e-6)


def agree_in_the_sandwich(mine, case, variance):
    np.testing.assert_allclose(mine.std_error, case["expected"]["robust"][variance], rtol=1e-7)
    assert (mine.interval, mine.variance) == ("wald", variance)
    assert (mine.low == mine.wald_low).all()


def agree_at_the_edge(mine, case):
    """Where R ends with a warning and a coefficient of its own choosing, such as 30."""
    answer = case["expected"]
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-9, abs=1e-9)
    assert mine.likelihood_ratio == pytest.approx(answer["lr"]["stat"], rel=1e-9)
    assert mine.likelihood_ratio_p == pytest.approx(answer["lr"]["p"], rel=1e-9)
    assert mine.score_statistic == pytest.approx(answer["score"]["stat"], rel=1e-9)
    assert (mine.wald, mine.wald_p) == (None, None)
    assert any(limit is not None for limit in answer["limit"])
    for place, limit in enumerate(answer["limit"]):
        if limit is not None:
            rises = mine.direction[place] == 1
            assert mine.coefficient[place] == (np.inf if rises else -np.inf)
            finite = mine.low[place] if rises else mine.high[place]
            assert finite == pytest.approx(limit, rel=case["rtol"])
