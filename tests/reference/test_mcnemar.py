"""McNemar's test against R mcnemar.test and binom.test (mcnemar.json)."""

import pytest

from autallo.stats.contingency.mcnemar import mcnemar_test
from reference.golden import cases_of, each

CASES = cases_of("mcnemar")


@each(CASES)
def test_exact_asymptotic_and_odds_ratio(case):
    rtol = case["rtol"]
    plain = mcnemar_test(case["table"], continuity=False)
    corrected = mcnemar_test(case["table"], interval="mid-p")
    expected = dict(case["expected"])
    numbers = {
        "statistic_corrected": corrected.statistic,
        "p_corrected": corrected.p_asymptotic,
        "interval": [plain.low, plain.high],
        "interval_mid_p": [corrected.low, corrected.high],
    }
    for field, theirs in expected.items():
        mine = numbers[field] if field in numbers else getattr(plain, field)
        wanted = [float(t) for t in theirs] if isinstance(theirs, list) else float(theirs)
        assert mine == pytest.approx(wanted, rel=rtol, abs=0), field
