"""Test of proportional hazards of the three patients of test_cox_rows.py, worked by hand."""

import math

import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox.fit import fit_cox
from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from autallo.stats.cox.rows import Rows
from byhand.test_cox_rows import EVENT, MEANS, TIME, X

# Two event times: any two values of g give the same test. With residuals r, -r and variances
# v1, v2 of the covariate, the score is r (g1 - g2), its variance (g1 - g2)^2 v1 v2 / (v1 + v2).
R = 1 - MEANS[0]
V1, V2 = (mean * (1 - mean) for mean in MEANS)
STATISTIC = R**2 * (V1 + V2) / (V1 * V2)


@pytest.mark.parametrize("transform", ["km", "rank", "identity", "log"])
def test_two_events(transform):
    fit = fit_cox(TIME, EVENT, X, names=["group"])
    mine = proportional_hazards_test(fit, TIME, EVENT, X, transform=transform)
    assert mine.statistic[0] == pytest.approx(STATISTIC, rel=1e-8)
    assert mine.p_value[0] == pytest.approx(math.erfc(math.sqrt(STATISTIC / 2)), rel=1e-8)
    assert mine.global_statistic == pytest.approx(STATISTIC, rel=1e-8)
    assert (mine.df, mine.names, mine.transform) == (1, ("group",), transform)


def test_three_events_by_identity():
    # risk sets with k of m patients with x = 1, all at b = 0 by symmetry: x = 1, 0, then 0, 1, ...
    # Days 1 to 4 with two strata that mirror each other: b = 0, residuals 1/2, -1/3 + ... by count.
    time, event = [1, 2, 3, 4] * 2, [1, 1, 1, 0] * 2
    x = [1, 0, 1, 0, 0, 1, 0, 1]
    rows = Rows(stratum=[0] * 4 + [1] * 4)
    fit = fit_cox(time, event, x, rows=rows)
    assert fit.coefficient[0] == pytest.approx(0, abs=1e-12)
    # at risk in stratum 0: 2 of 4, 1 of 3, 1 of 2; in stratum 1: 2 of 4, 2 of 3, 1 of 2: the
    # residuals 1/2, -1/3, 1/2 and -1/2, 1/3, -1/2 cancel at each time: no trend at all
    mine = proportional_hazards_test(fit, time, event, x, rows=rows, transform="identity")
    assert mine.statistic[0] == pytest.approx(0, abs=1e-12)
    # the mirrored stratum a day later: score 1/2 - 2/3 + 3/2 - (2 (1/2) - 3 (1/3) + 4 (1/2)), with
    # variances 1/4, 2/9, 1/4 on days 1, 2, 3 and again on days 2, 3, 4
    time = [1, 2, 3, 4, 2, 3, 4, 5]
    fit = fit_cox(time, event, x, rows=rows)
    mine = proportional_hazards_test(fit, time, event, x, rows=rows, transform="identity")
    score = 1 / 2 - 2 / 3 + 3 / 2 - 2 / 2 + 3 / 3 - 4 / 2
    days, variances = [1, 2, 3, 2, 3, 4], [1 / 4, 2 / 9, 1 / 4] * 2
    total = sum(variances)
    mean = sum(g * v for g, v in zip(days, variances, strict=True)) / total
    spread = sum((g - mean) ** 2 * v for g, v in zip(days, variances, strict=True))
    assert mine.statistic[0] == pytest.approx(score**2 / spread, rel=1e-9)


def test_one_event_time_shows_no_trend():
    time, event, x = [1, 1, 2, 2], [1, 1, 0, 0], [1, 0, 1, 0]
    mine = proportional_hazards_test(fit_cox(time, event, x), time, event, x)
    assert (mine.statistic.tolist(), mine.p_value.tolist()) == ([0], [1])
    assert (mine.global_statistic, mine.global_p) == (0, 1)


def test_what_cannot_be_tested_is_refused():
    fit = fit_cox(TIME, EVENT, X)
    with pytest.raises(ArgumentError, match="`transform` must be"):
        proportional_hazards_test(fit, TIME, EVENT, X, transform="sqrt")
    exact = fit_cox(TIME, EVENT, X, ties="exact")
    with pytest.raises(ArgumentError, match='"efron" or "breslow"'):
        proportional_hazards_test(exact, TIME, EVENT, X)
    zero = fit_cox([0, 2, 3], EVENT, X)
    with pytest.raises(ArgumentError, match="an event at time 0"):
        proportional_hazards_test(zero, [0, 2, 3], EVENT, X, transform="log")
