"""Cox model against R survival 3.5-3, coxph (golden numbers in cox.json)."""

import numpy as np
import pytest

from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.rows import Rows
from reference.golden import cases_of, each, table

CASES = cases_of("cox")
FINITE = [case for case in CASES if "r_warnings" not in case]
ENDLESS = [case for case in CASES if "r_warnings" in case]


def case_rows(case):
    """Return times, events, covariates and how the rows of a case were observed."""
    given = case["args"]
    by_row = given.get("cluster") == "row" or given.get("robust", False)
    names = [given.get("start"), given.get("stop", given.get("time")), given["event"]]
    names += [given.get("strata"), None if by_row else given.get("cluster")]
    needed = [name for name in names if name]
    needed += [*given["covariates"], *given.get("complete_case_on", [])]
    numbered = enumerate(table(case["dataset"]), start=1)
    kept = [(place, row) for place, row in numbered if all(row[name] for name in needed)]

    def column(name):
        return None if name is None else np.array([float(row[name]) for _, row in kept])

    def codes(name):
        if name is None:
            return None
        return np.unique([row[name] for _, row in kept], return_inverse=True)[1]

    entry, time, event = (column(name) for name in names[:3])
    weight = np.array([1 + place % 3 / 2 for place, _ in kept]) if "weights" in given else None
    cluster = np.arange(len(kept)) if by_row else codes(names[4])
    rows = Rows(entry=entry, weight=weight, stratum=codes(names[3]), cluster=cluster)
    return time, event, np.column_stack([column(name) for name in given["covariates"]]), rows


def fit(case, interval="Wald"):
    time, event, x, rows = case_rows(case)
    return fit_cox(time, event, x, rows=rows, ties=case["args"]["ties"], interval=interval)


@each(FINITE)
def test_estimates_and_tests_of_coxph(case):
    mine, answer = fit(case), case["expected"]
    error = np.array(answer["se"])
    assert mine.converged
    assert not any(mine.monotone)
    assert (mine.rows, mine.events) == (answer["n"], answer["n_event"])
    # iterated by both, R until the log-likelihood gains less than 1e-12 of itself
    assert (np.abs(mine.coefficient - answer["coef"]) <= 1e-9 * error).all()
    np.testing.assert_allclose(mine.std_error, error, rtol=1e-9)
    np.testing.assert_allclose(
        mine.covariance, answer["var"], atol=1e-9 * np.abs(answer["var"]).max()
    )
    np.testing.assert_allclose(np.exp(mine.wald_low), answer["lower"], rtol=1e-8)
    np.testing.assert_allclose(np.exp(mine.wald_high), answer["upper"], rtol=1e-8)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-10)
    assert mine.log_likelihood_null == pytest.approx(answer["loglik_null"], rel=1e-10)
    for name, statistic, p_value in (
        ("lr", mine.likelihood_ratio, mine.likelihood_ratio_p),
        ("score", mine.score_statistic, mine.score_p),
        ("wald", mine.wald, mine.wald_p),
    ):
        assert statistic == pytest.approx(answer[name]["stat"], rel=1e-8, abs=1e-10)
        assert p_value == pytest.approx(answer[name]["p"], rel=1e-7)
    assert mine.df == answer["lr"]["df"]
    assert mine.variance == ("robust" if "naive_se" in answer else "information")
    if "naive_se" in answer:
        naive = np.sqrt(np.diag(mine.model_covariance))
        np.testing.assert_allclose(naive, answer["naive_se"], rtol=1e-9)


@each(ENDLESS)
def test_where_coxph_warns_of_an_infinite_coefficient_it_is_infinite(case):
    mine, answer = fit(case, interval="profile likelihood"), case["expected"]
    assert mine.monotone == (True,)
    assert mine.coefficient.tolist() == [-np.inf]
    assert mine.std_error.tolist() == [np.inf]
    assert mine.low.tolist() == [-np.inf]
    assert np.isfinite(mine.high).all()
    assert mine.log_likelihood == pytest.approx(answer["loglik"], abs=1e-10)
    assert mine.likelihood_ratio_p == pytest.approx(answer["lr"]["p"], rel=1e-9)
    assert mine.score_statistic == pytest.approx(answer["score"]["stat"], rel=1e-9)
    assert mine.wald is None
    assert mine.wald_p is None
