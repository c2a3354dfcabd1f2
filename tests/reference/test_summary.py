"""Description of a continuous variable against R (golden numbers in summary.json)."""

import pytest

from autallo.stats.summary import summarise
from reference.golden import cases_of, each

CASES = cases_of("summary")


@each(CASES)
def test_mean_sd_range_and_quartiles_of_r(case):
    summary, expected = summarise(case["x"]), case["expected"]
    assert summary.n == expected["n"]
    assert (summary.low, summary.high) == (expected["low"], expected["high"])
    assert summary.mean == pytest.approx(expected["mean"], rel=case["rtol"])
    assert summary.sd == pytest.approx(expected["sd"], rel=case["rtol"])
    quartiles = [summary.q1, summary.median, summary.q3]
    assert quartiles == pytest.approx(expected["quartiles"], rel=case["rtol"])
