"""Predictions of the Cox model against R survival 3.5-3 (golden numbers in cox_prediction.json)."""

import math

import numpy as np
import pytest

from autallo.stats.cox.baseline_hazard import baseline_hazard
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.linear_predictor import linear_predictor
from autallo.stats.cox.nested import nested_models_test
from autallo.stats.cox.predicted_survival import predicted_survival
from autallo.stats.cox.residuals import cox_residuals
from reference.golden import cases_of, each
from reference.test_cox import case_rows, fit


def of(*functions):
    return each(cases_of("cox_prediction", *functions))


def hazard(case, given=None):
    time, event, x, rows = case_rows(case)
    return baseline_hazard(fit(case), time, event, x, rows=rows, given=given)


@of("cox_basehaz")
def test_basehaz(case):
    mine, answer = hazard(case), case["expected"]
    np.testing.assert_allclose(mine.time, answer["time"], rtol=1e-12)
    np.testing.assert_allclose(mine.cumulative, answer["cumhaz"], rtol=1e-9)


@of("cox_predict_surv")
def test_survfit_of_coxph(case):
    given, answer = case["args"], case["expected"]
    x = case_rows(case)[2]
    mine = predicted_survival(
        hazard(case, x.mean(axis=0)),
        given["newdata"],
        at=given["times"],
        interval=given["conf_type"],
    )
    for name, values in (
        ("surv", mine.survival),
        ("se", mine.std_error),
        ("lower", mine.low),
        ("upper", mine.high),
        ("cumhaz", mine.cumulative_hazard),
    ):
        if name in answer:
            np.testing.assert_allclose(values, answer[name], rtol=1e-9)


@of("cox_predict_lp")
def test_predict(case):
    fitted, answer = fit(case), case["expected"]
    time, event, x, rows = case_rows(case)
    first = len(answer["lp_zero"])
    mine = linear_predictor(fitted, x[:first])
    np.testing.assert_allclose(mine.estimate, answer["lp_zero"], rtol=1e-9, atol=1e-10)
    np.testing.assert_allclose(mine.std_error, answer["se"], rtol=1e-9)
    # R centres at the means, but for columns of 0 and 1 only
    means = [0.0 if set(column) <= {0.0, 1.0} else column.mean() for column in x.T]
    centred = linear_predictor(fitted, x[:first], reference=means)
    np.testing.assert_allclose(centred.estimate, answer["lp_centered"], rtol=1e-9, atol=1e-10)
    expected = cox_residuals(fitted, time, event, x, rows=rows).expected
    np.testing.assert_allclose(expected[:first], answer["expected"], rtol=1e-9)


@of("cox_lr_nested")
def test_anova(case):
    time, event, x, rows = case_rows(case)
    names, answer = case["args"]["covariates"], case["expected"]
    kept = [place for place, name in enumerate(names) if name != case["args"]["dropped"]]
    larger = fit_cox(time, event, x, rows=rows, names=names)
    smaller = fit_cox(time, event, x[:, kept], rows=rows, names=[names[k] for k in kept])
    mine = nested_models_test(larger, smaller)
    assert mine.left_out == (case["args"]["dropped"],)
    assert mine.statistic == pytest.approx(answer["chisq"], rel=1e-9)
    assert mine.df == answer["df"]
    assert mine.p_value == pytest.approx(answer["p"], rel=1e-9)


@of("cox_aic")
def test_information_criteria_follow_from_the_fit(case):
    mine, answer = fit(case), case["expected"]
    aic = 2 * mine.df - 2 * mine.log_likelihood
    assert aic == pytest.approx(answer["aic"], rel=1e-10)
    bic = math.log(mine.events) * mine.df - 2 * mine.log_likelihood
    assert bic == pytest.approx(answer["bic_nevent"], rel=1e-10)


@of("cox_adjusted_surv")
def test_mean_of_predicted_curves(case):
    x = case_rows(case)[2]
    curve = hazard(case, x.mean(axis=0))
    place = case["args"]["covariates"].index(case["args"]["exposure"])
    for answer in case["expected"]:
        everybody = x.copy()
        everybody[:, place] = answer["level"]
        mine = predicted_survival(curve, everybody, at=case["args"]["times"])
        np.testing.assert_allclose(mine.survival.mean(axis=0), answer["surv"], rtol=1e-9)
