"""Linear regression against R lm, and sandwich variances written out in R (linear.json)."""

import numpy as np
import pytest

from autallo.stats.regression.linear import fit_linear
from reference.golden import cases_of, each
from reference.regressions import given, without_clusters

every = each(cases_of("linear"))


@every
def test_estimates_limits_and_tests_of_lm(case):
    values, x, options = without_clusters(case, "values")
    mine, answer, rtol = fit_linear(values, x, **options), case["expected"], case["rtol"]
    for name, numbers in (
        ("coef", mine.coefficient),
        ("se", mine.std_error),
        ("t", mine.statistic),
        ("lower", mine.low),
        ("upper", mine.high),
    ):
        np.testing.assert_allclose(numbers, answer[name], rtol=rtol * 10, err_msg=name)
    # a p-value of t moves by t squared times what t moves by
    np.testing.assert_allclose(mine.p_value, answer["p_value"], rtol=rtol * 100)
    np.testing.assert_allclose(
        mine.covariance, answer["var"], atol=rtol * np.abs(answer["var"]).max()
    )
    assert mine.df == answer["df"]
    assert mine.std_deviation == pytest.approx(answer["sigma"], rel=rtol)
    assert mine.r_squared == pytest.approx(answer["r_squared"], rel=rtol)
    assert mine.adjusted_r_squared == pytest.approx(answer["adjusted"], rel=rtol)
    assert mine.f_statistic == pytest.approx(answer["f"], rel=rtol)
    assert mine.f_p == pytest.approx(answer["f_p_value"], rel=rtol * 100)


@pytest.mark.parametrize("variance", ["HC0", "HC1", "HC2", "HC3"])
@every
def test_sandwich_written_out_in_r(case, variance):
    values, x, options = given(case, "values")
    printed = case["expected"]["robust"]
    if variance not in printed:
        assert "cluster" in options
        variance = "HC1"
    mine = fit_linear(values, x, variance=variance, **options)
    np.testing.assert_allclose(mine.std_error, printed[variance], rtol=case["rtol"])
    if "cluster" in options:
        assert mine.df == len(set(options["cluster"])) - 1
