"""Description of a continuous variable against R (golden numbers in summary.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.summary import summarise

CASES = json.loads(Path(__file__).with_name("summary.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_mean_sd_range_and_quartiles_of_r(case):
    summary, expected = summarise(case["x"]), case["expected"]
    assert summary.n == expected["n"]
    assert (summary.low, summary.high) == (expected["low"], expected["high"])
    assert summary.mean == pytest.approx(expected["mean"], rel=case["rtol"])
    assert summary.sd == pytest.approx(expected["sd"], rel=case["rtol"])
    quartiles = [summary.q1, summary.median, summary.q3]
    assert quartiles == pytest.approx(expected["quartiles"], rel=case["rtol"])
