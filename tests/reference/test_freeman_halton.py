"""Freeman-Halton test against R fisher.test (golden numbers in freeman_halton.json)."""

import json
from pathlib import Path

import pytest

from autallo.stats.freeman_halton import freeman_halton_test

TEXT = Path(__file__).with_name("freeman_halton.json").read_text(encoding="utf-8")
CASES = json.loads(TEXT)["cases"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_p_value_of_fisher_test(case):
    test = freeman_halton_test(case["table"])
    assert test.method == "exact"
    assert test.p_value == pytest.approx(case["expected"]["p_value"], rel=case["rtol"])


def test_w17_repeated_calls_give_the_one_exact_p():
    """A rival draws tables without a seed, so that three calls give three numbers."""
    case = next(case for case in CASES if case["id"] == "tables_shared/exact/160")
    answers = {freeman_halton_test(case["table"]).p_value for _ in range(3)}
    assert len(answers) == 1
    assert answers.pop() == pytest.approx(0.0272983018251688, rel=1e-10)
