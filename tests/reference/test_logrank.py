"""Log-rank test against R survival 3.5-3, survdiff (golden numbers in logrank.json)."""

import numpy as np
import pytest

from autallo.stats.logrank.asymptotic import logrank_test
from reference.golden import cases_of, each, table

CASES = cases_of("logrank")


def columns_of(case):
    """Return times, events and group codes of the complete cases."""
    given = case["args"]
    names = [given["time"], given["event"], given["group"]]
    rows = [[row[name] for name in names] for row in table(case["dataset"])]
    kept = [row for row in rows if all(row)]
    levels = [str(level) for level in case["expected"]["levels"]]
    return (
        [float(row[0]) for row in kept],
        [int(row[1]) for row in kept],
        [levels.index(row[2]) for row in kept],
    )


@each(CASES)
def test_statistic_expectation_and_covariance_of_survdiff(case):
    answer = case["expected"]
    test = logrank_test(*columns_of(case))
    close = {"rtol": case["rtol"], "atol": 1e-12}
    assert test.observed.tolist() == answer["observed"]
    assert test.at_risk.tolist() == answer["n"]
    np.testing.assert_allclose(test.expected, answer["expected"], **close)
    np.testing.assert_allclose(test.covariance, answer["var"], **close)
    if sum(answer["observed"]) == 0:
        assert (test.statistic, test.p_value, test.df) == (None, None, 0)
    else:
        assert test.statistic == pytest.approx(answer["chisq"], rel=case["rtol"])
        assert test.p_value == pytest.approx(answer["p"], rel=case["rtol"])
        assert test.df == answer["df"]
