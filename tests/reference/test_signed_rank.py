"""Signed-rank test and pseudo-median against R (numbers in signed_rank.json)."""

import numpy as np
import pytest
from scipy.special import ndtr

from autallo.stats.ranks.signed_rank import pseudo_median, signed_rank_test
from reference.golden import cases_of, each


def cases(*functions):
    return each(cases_of("signed_rank", *functions))


@cases("wilcoxon_signed_rank")
def test_exact_p_values_with_ties_and_zeros(case):
    x, y, expected = case["args"]["x"], case["args"]["y"], case["expected"]
    test, pratt = signed_rank_test(x, y), signed_rank_test(x, y, zeros="pratt")
    assert test.statistic == expected["statistic"]
    assert test.p_value == pytest.approx(expected["exact_p"], rel=case["rtol"])
    assert test.p_value == pytest.approx(expected["coin_wilcoxon_p"], rel=case["rtol"])
    assert pratt.p_value == pytest.approx(expected["coin_pratt_p"], rel=case["rtol"])


@cases("wilcoxon_signed_rank")
def test_asymptotic_p_values_with_ties_and_zeros(case):
    x, y, expected = case["args"]["x"], case["args"]["y"], case["expected"]
    test = signed_rank_test(x, y, exact_up_to=0)
    pratt = signed_rank_test(x, y, zeros="pratt", exact_up_to=0)
    assert test.p_value == pytest.approx(expected["asymptotic_p"], rel=case["rtol"])
    p_of_coin = 2 * ndtr(-abs(expected["coin_pratt_z"]))
    assert pratt.p_value == pytest.approx(p_of_coin, rel=case["rtol"])


@cases("wilcoxon_signed_rank")
def test_pseudo_median_with_ties(case):
    x, y, expected = case["args"]["x"], case["args"]["y"], case["expected"]
    found = pseudo_median(x, y)
    assert found.estimate == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert [found.low, found.high] == pytest.approx(expected["interval"], rel=case["rtol"])
    differences = np.round(np.subtract(x, y), 9)
    nonzero = pseudo_median(differences[differences != 0])
    assert nonzero.estimate == pytest.approx(expected["estimate_nonzero"], rel=case["rtol"])
    limits = [nonzero.low, nonzero.high]
    assert limits == pytest.approx(expected["interval_nonzero"], rel=case["rtol"])
    # With ties exactRankTests gives other limits; this fixes which ones are ours.
    assert limits != pytest.approx(expected["exactRankTests_interval"], rel=1e-6)


@cases("signed_rank_untied")
def test_without_ties(case):
    x, expected = case["args"]["x"], case["expected"]
    test, found = signed_rank_test(x), pseudo_median(x, level=case["args"]["level"])
    assert test.statistic == expected["statistic"]
    for name in ("p_value", "p_less", "p_greater"):
        assert getattr(test, name) == pytest.approx(expected[name], rel=case["rtol"])
    assert found.estimate == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert [found.low, found.high] == pytest.approx(expected["interval"], rel=case["rtol"])
