"""Cochran-Armitage test against R prop.trend.test and R coin (trend.json)."""

import pytest

from autallo.stats.contingency.trend import cochran_armitage_test
from reference.golden import cases_of, each

CASES = cases_of("trend")


@each(CASES)
def test_trend(case):
    test = cochran_armitage_test(case["table"], scores=case["scores"])
    expected = dict(case["expected"])
    if "chi_squared" in expected:
        chi_squared = expected.pop("chi_squared")
        assert test.statistic**2 == pytest.approx(chi_squared, rel=case["rtol"], abs=0)
    for field, theirs in expected.items():
        assert getattr(test, field) == pytest.approx(theirs, rel=case["rtol"], abs=0), field


def test_too_many_tables_have_no_exact_p():
    """The case whose exact p R does not give either: 1384 patients in four categories."""
    case = next(case for case in CASES if case["id"] == "mgus2/exact/037")
    test = cochran_armitage_test(case["table"])
    assert (test.p_value, test.p_less, test.mid_p, test.smallest_p) == (None,) * 4
