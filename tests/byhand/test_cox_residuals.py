"""Residuals of the three patients of test_cox_rows.py, worked by hand."""

import math

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.residuals import cox_residuals, schoenfeld_residuals
from autallo.stats.cox.rows import Rows
from byhand.test_cox_rows import (
    EVENT,
    HAZARDS,
    INFORMATION,
    MEANS,
    TIME,
    H,
    X,
    score_residuals,
)


def test_rows_of_three_patients():
    mine = cox_residuals(fit_cox(TIME, EVENT, X), TIME, EVENT, X)
    expected = [H * HAZARDS[0], sum(HAZARDS), H * sum(HAZARDS)]
    np.testing.assert_allclose(mine.expected, expected, rtol=1e-9)
    martingale = [1 - expected[0], 1 - expected[1], -expected[2]]
    np.testing.assert_allclose(mine.martingale, martingale, rtol=1e-9)
    deviance = [
        math.copysign(math.sqrt(-2 * (own + math.log(1 - own))), own) for own in martingale[:2]
    ]
    deviance.append(-math.sqrt(2 * expected[2]))
    np.testing.assert_allclose(mine.deviance, deviance, rtol=1e-8)
    np.testing.assert_allclose(mine.score[:, 0], score_residuals(), rtol=1e-8)
    dfbeta = [own / INFORMATION for own in score_residuals()]
    np.testing.assert_allclose(mine.dfbeta[:, 0], dfbeta, rtol=1e-8)


def test_events_of_three_patients():
    mine = schoenfeld_residuals(fit_cox(TIME, EVENT, X), TIME, EVENT, X)
    assert mine.time.tolist() == [1, 2]
    assert mine.row.tolist() == [0, 1]
    residual = [1 - MEANS[0], 0 - MEANS[1]]
    np.testing.assert_allclose(mine.residual[:, 0], residual, rtol=1e-9)
    scaled = [math.log(H) + 2 * own / INFORMATION for own in residual]
    np.testing.assert_allclose(mine.scaled[:, 0], scaled, rtol=1e-9)


def test_tied_events_count_half_in_the_second_factor():
    # Efron, days 1, 1, 2: risks h, 1, h with 6 h^2 = 1; factors 2h + 1 and 2h + 1 - (h + 1) / 2
    fit = fit_cox([1, 1, 2], [1, 1, 0], [1, 0, 1])
    h = math.sqrt(1 / 6)
    first, second = 1 / (2 * h + 1), 1 / (2 * h + 1 - (h + 1) / 2)
    mine = cox_residuals(fit, [1, 1, 2], [1, 1, 0], [1, 0, 1])
    expected = [h * (first + second / 2), first + second / 2, h * (first + second)]
    np.testing.assert_allclose(mine.expected, expected, rtol=1e-9)
    mean = (2 * h * first + (2 * h - h / 2) * second) / 2
    of_events = schoenfeld_residuals(fit, [1, 1, 2], [1, 1, 0], [1, 0, 1])
    np.testing.assert_allclose(of_events.residual[:, 0], [1 - mean, -mean], rtol=1e-9)


def test_rows_never_at_risk_and_of_weight_0_have_residuals_of_0():
    time, event, x = [0.5, *TIME, 2], [0, *EVENT, 1], [7, *X, 9]
    rows = Rows(weight=[1, 1, 1, 1, 0])
    fit = fit_cox(time, event, x, rows=rows)
    assert fit.coefficient[0] == pytest.approx(math.log(H), rel=1e-8)
    mine = cox_residuals(fit, time, event, x, rows=rows)
    assert mine.expected[[0, 4]].tolist() == [0, 0]
    assert mine.dfbeta[[0, 4]].tolist() == [[0], [0]]
    np.testing.assert_allclose(mine.score[1:4, 0], score_residuals(), rtol=1e-7)


@pytest.mark.parametrize("residuals", [cox_residuals, schoenfeld_residuals])
def test_other_rows_than_those_of_the_fit_are_refused(residuals):
    fit = fit_cox(TIME, EVENT, X, names=["group"])
    with pytest.raises(ArgumentError, match="their numbers differ"):
        residuals(fit, [1, 2], [1, 1], [0, 1])
    with pytest.raises(ArgumentError, match="their likelihood differs"):
        residuals(fit, TIME, EVENT, [0, 0, 1])
    exact = fit_cox(TIME, EVENT, X, ties="exact")
    with pytest.raises(ArgumentError, match='"efron" or "breslow"'):
        residuals(exact, TIME, EVENT, X)
    endless = fit_cox([1, 2], [1, 0], [0, 1], names=["group"])
    with pytest.raises(ArgumentError, match="that of group is infinite"):
        residuals(endless, [1, 2], [1, 0], [0, 1])
