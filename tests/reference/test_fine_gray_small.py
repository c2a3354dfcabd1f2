"""Sixty small sets with many ties, 17 patients against 11, against R cmprsk, crr."""

import numpy as np
import pytest

from autallo.stats.fine_gray.model import fit_fine_gray
from autallo.stats.fine_gray.prediction import predict_incidence
from reference.golden import cases_of, each

CASES = cases_of("fine_gray_small")
FINITE = [case for case in CASES if case["expected"]["likelihood"] == "finite"]
ENDLESS = [case for case in CASES if case["expected"]["likelihood"] == "monotone"]
CLOSE = 1e-9


def fit(case):
    given = case["input"]
    return fit_fine_gray(
        given["time"],
        given["cause"],
        np.column_stack([given[name] for name in case["covariates"]]),
        names=case["covariates"],
        n_causes=2,
        censoring_group=given["arm"] if case["censoring_by_arm"] else None,
    )


def test_there_are_sixty_sets_and_all_are_compared():
    assert len(CASES) == len(FINITE) + len(ENDLESS) == 60
    assert len(ENDLESS) > 5


@each(FINITE)
def test_w5_w9_w11_tied_small_sets_are_those_of_crr(case):
    """Ties across causes, nobody censored, an arm without a competing event: rivals fail here."""
    mine, answer = fit(case), case["expected"]
    assert mine.converged
    assert not any(mine.monotone)
    np.testing.assert_allclose(mine.coefficient, answer["coef"], rtol=CLOSE)
    np.testing.assert_allclose(mine.std_error, answer["se"], rtol=CLOSE)
    for own, theirs in ((mine.covariance, answer["var"]), (mine.information, answer["inf"])):
        np.testing.assert_allclose(own, theirs, rtol=CLOSE, atol=CLOSE * np.abs(theirs).max())
    np.testing.assert_allclose(mine.z, answer["z"], rtol=CLOSE)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], rel=1e-11)
    assert mine.log_likelihood_null == pytest.approx(answer["loglik_null"], rel=1e-11)
    np.testing.assert_array_equal(mine.time, answer["time"])
    np.testing.assert_allclose(
        mine.residual, answer["res"], rtol=CLOSE, atol=CLOSE * np.abs(answer["res"]).max()
    )
    jump = np.exp(mine.log_hazard - mine.centre @ mine.coefficient)
    np.testing.assert_allclose(jump, answer["jump"], rtol=CLOSE)
    curve = predict_incidence(mine, case["profiles"])
    np.testing.assert_allclose(curve.incidence, answer["predicted"], rtol=CLOSE)


@each(ENDLESS)
def test_w12_an_arm_without_the_event_of_interest_is_infinite(case):
    """crr ends at about -26 with a standard error below 1; age and its error are right there."""
    mine, answer = fit(case), case["expected"]
    assert mine.monotone == (True, False)[: len(case["covariates"])]
    assert mine.coefficient[0] == float(answer["arm"])
    assert mine.std_error[0] == np.inf
    np.testing.assert_allclose(mine.coefficient[1:], answer["age"], rtol=1e-7)
    np.testing.assert_allclose(mine.std_error[1:], answer["se_age"], rtol=1e-7)
    assert mine.log_likelihood == pytest.approx(answer["loglik"], abs=1e-9)
    assert mine.log_likelihood_null == pytest.approx(answer["loglik_null"], rel=1e-11)
