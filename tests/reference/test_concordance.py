"""Concordance against R survival 3.5-3 (golden numbers in concordance.json)."""

import pytest

from autallo.stats.cox.concordance import concordance
from autallo.stats.cox.linear_predictor import linear_predictor
from reference.golden import cases_of, each
from reference.test_cox import case_rows, fit

CASES = cases_of("concordance")


@each(CASES)
def test_pf28_concordance_with_ties_of_events_and_censoring(case):
    """A rival's own test had certified a wrong number."""
    time, event, x, rows = case_rows(case)
    answer, weight = case["expected"], case["args"]["timewt"]
    score = linear_predictor(fit(case), x).estimate
    mine = concordance(time, event, score, rows=rows, pair_weight=weight)
    assert mine.estimate == pytest.approx(answer["concordance"], rel=1e-10)
    assert mine.std_error == pytest.approx(answer["se"], rel=1e-9)
    counts = answer["counts"]
    assert mine.concordant == pytest.approx(counts["concordant"], rel=1e-10)
    assert mine.discordant == pytest.approx(counts["discordant"], rel=1e-10)
    assert mine.tied_score == pytest.approx(counts["tied.x"], rel=1e-10)
    assert mine.tied_time == pytest.approx(counts["tied.y"], rel=1e-10)
    assert mine.tied_both == pytest.approx(counts["tied.xy"], rel=1e-10)
    assert mine.pair_weight == weight
