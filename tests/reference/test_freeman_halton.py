"""Freeman-Halton test against R fisher.test (golden numbers in freeman_halton.json)."""

import numpy as np
import pytest

from autallo.stats.contingency.freeman_halton import freeman_halton_test
from reference.golden import cases_of, each

CASES = cases_of("freeman_halton")


@each(CASES)
def test_p_value_of_fisher_test(case):
    test = freeman_halton_test(case["table"])
    assert test.method == "exact"
    assert test.p_value == pytest.approx(case["expected"]["p_value"], rel=case["rtol"])


def test_pf21_a_table_that_a_rival_gives_another_p():
    case = next(case for case in CASES if case["id"] == "rivals/001")
    assert freeman_halton_test(case["table"]).p_value == pytest.approx(0.7932841152655, rel=1e-12)


def test_w16_small_expected_counts_get_the_exact_p_and_not_chi_squared():
    """Half of the ten cells expect fewer than 5 patients; the p is R's exact one."""
    case = next(case for case in CASES if case["id"] == "tables_shared/exact/165")
    table = np.array(case["table"])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    assert np.count_nonzero(expected < 5) == 5
    test = freeman_halton_test(case["table"])
    assert test.method == "exact"
    assert test.p_value == pytest.approx(case["expected"]["p_value"], rel=1e-10)


def test_w17_r_by_c_exact_gives_one_answer():
    """A rival draws tables without a seed, so that three calls give three numbers."""
    case = next(case for case in CASES if case["id"] == "tables_shared/exact/160")
    answers = {freeman_halton_test(case["table"]).p_value for _ in range(3)}
    assert len(answers) == 1
    assert answers.pop() == pytest.approx(0.0272983018251688, rel=1e-10)
