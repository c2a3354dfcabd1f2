"""Fisher's test against R fisher.test and precise solutions in R (contingency.json)."""

import pytest

from autallo.stats.contingency.fisher import fisher_test
from reference.golden import cases_of, each

CASES = cases_of("contingency")
TWO_SIDED = [case for case in CASES if not case["call"].startswith("sides")]
SIDES = [case for case in CASES if case["call"].startswith("sides")]


@each(TWO_SIDED)
def test_p_value_odds_ratio_and_limits(case):
    """Tolerances are those of R's root search; see `why_rtol` of each case."""
    test = fisher_test(case["table"], level=case["level"])
    expected = case["expected"]
    numbers = [float(number) for number in (expected["odds_ratio"], *expected["interval"])]
    tolerance = {"rel": case["rtol"], "abs": case["atol"]}
    assert test.p_value == pytest.approx(expected["p_value"], rel=case["rtol_p"], abs=0)
    assert [test.odds_ratio, test.low, test.high] == pytest.approx(numbers, **tolerance)


@each(SIDES)
def test_one_sided_p_values_and_the_mid_p(case):
    """Mid-P limits: the tolerance of the other precise cases, R's uniroot with tol = 1e-14."""
    test = fisher_test(case["table"], level=case["level"], interval="mid-p")
    expected = case["expected"]
    for field in ("p_less", "p_greater", "probability", "mid_p"):
        mine = getattr(test, field)
        assert mine == pytest.approx(expected[field], rel=case["rtol_p"], abs=0), field
    limits = [float(limit) for limit in expected["interval"]]
    assert [test.low, test.high] == pytest.approx(limits, rel=case["rtol"], abs=0)


def expected_p(case_id):
    case = next(case for case in CASES if case["id"] == case_id)
    return case["table"], case["expected"]["p_value"]


def test_pf19_a_loose_tolerance_made_the_p_of_a_rival_1():
    table, expected = expected_p("rivals/001")
    assert round(expected, 4) == 0.9567
    assert fisher_test(table).p_value == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("case_id", ["rivals/002", "rivals/003", "rivals/006"])
def test_pf20_small_p_values_keep_their_digits(case_id):
    table, expected = expected_p(case_id)
    assert 1e-306 < expected < 1e-24
    assert fisher_test(table).p_value == pytest.approx(expected, rel=1e-9, abs=0)


def test_pf20_a_moderate_p_of_thousands_of_patients():
    """Of 1676 patients a rival gives 0.045."""
    table, expected = expected_p("rivals/004")
    assert round(expected, 4) == 0.431
    assert fisher_test(table).p_value == pytest.approx(expected, rel=1e-10)
