"""Max-combo test against sums written out in R and mvtnorm (numbers in max_combo.json)."""

import numpy as np
import pytest

from autallo.stats.logrank.max_combo import max_combo_test
from autallo.stats.logrank.normal_maximum import normal_maximum_tail
from reference.golden import cases_of, each, table


def cases(*functions):
    return each(cases_of("max_combo", *functions))


def columns_of(case):
    """Return times, events, group codes and stratum codes or None of the complete cases."""
    given = case["args"]
    names = [given[name] for name in ("time", "event", "group", "strata") if name in given]
    rows = [[row[name] for name in names] for row in table(case["dataset"])]
    kept = [row for row in rows if all(row)]
    codes = []
    for place in range(2, len(names)):
        known = sorted({row[place] for row in kept})
        codes.append([known.index(row[place]) for row in kept])
    return [float(row[0]) for row in kept], [int(row[1]) for row in kept], *codes


@cases("max_combo_normal")
def test_sums_covariance_and_normal_p(case):
    answer, (time, event, group, *stratum) = case["expected"], columns_of(case)
    test = max_combo_test(
        time, event, group, stratum=stratum[0] if stratum else None, method="normal"
    )
    np.testing.assert_allclose(test.z, answer["z"], rtol=1e-9)
    np.testing.assert_allclose(test.covariance, answer["covariance"], rtol=case["rtol"])
    assert test.statistic == pytest.approx(answer["statistic"], rel=case["rtol"])
    # the error of R's drawn points
    assert test.p_value == pytest.approx(answer["p_value"], abs=2e-6)


@cases("max_combo_exact")
def test_every_arrangement(case):
    answer = case["expected"]
    test = max_combo_test(*columns_of(case))
    assert test.method == "exact"
    assert test.statistic == pytest.approx(answer["statistic"], rel=case["rtol"])
    assert test.p_value == pytest.approx(answer["p_value"], rel=case["rtol"])
    assert test.smallest_p == pytest.approx(answer["smallest_p"], rel=case["rtol"])


@cases("normal_maximum")
def test_three_variables(case):
    found = normal_maximum_tail(case["args"]["bound"], case["args"]["correlation"])
    assert found == pytest.approx(case["expected"]["p_value"], rel=case["rtol"])
