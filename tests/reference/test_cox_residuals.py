"""Residuals of the Cox model against R survival 3.5-3 (golden numbers in cox_residuals.json)."""

import numpy as np

from autallo.stats.cox.residuals import cox_residuals, schoenfeld_residuals
from reference.golden import cases_of, each
from reference.test_cox import case_rows, fit

CASES = cases_of("cox_residuals")

every = each(CASES)


def close(mine, answer):
    theirs = np.reshape(answer, (len(answer), -1))
    mine = np.reshape(mine, (len(mine), -1))[: len(theirs)]
    # residuals are differences: small ones keep the rounding of the large ones of their column
    np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-9 * np.abs(theirs).max())


@every
def test_residuals_of_the_rows(case):
    fitted, answer = fit(case), case["expected"]
    time, event, x, rows = case_rows(case)
    mine = cox_residuals(fitted, time, event, x, rows=rows)
    close(mine.martingale, answer["martingale"])
    close(mine.deviance, answer["deviance"])
    close(mine.score, answer["score"])
    close(mine.dfbeta, answer["dfbeta"])
    close(mine.dfbeta / fitted.std_error, answer["dfbetas"])
    np.testing.assert_allclose(mine.martingale + mine.expected, event, atol=1e-12)


@every
def test_residuals_of_the_events(case):
    time, event, x, rows = case_rows(case)
    mine = schoenfeld_residuals(fit(case), time, event, x, rows=rows)
    close(mine.residual, case["expected"]["schoenfeld"])
    close(mine.scaled, case["expected"]["scaledsch"])
    assert (np.diff(mine.time) >= 0).all()
    np.testing.assert_allclose(time[mine.row], mine.time, rtol=1e-7)
