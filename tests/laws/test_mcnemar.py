"""What McNemar's test obeys for any pairs."""

from math import comb, inf

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.special import betainc, betaincinv

from autallo.stats.contingency import mcnemar
from autallo.stats.contingency.mcnemar import mcnemar_test
from autallo.stats.contingency.stratified import mantel_haenszel_test
from autallo.stats.contingency.stratified_exact import stratified_exact_test

count = st.integers(0, 40)


def inverse(odds):
    return inf if odds == 0 else 1 / odds


@given(count, count)
def test_mr5_yes_and_no_may_change_places(lost, gained):
    test, turned = mcnemar_test([lost, gained]), mcnemar_test([gained, lost])
    assert (test.p_value, test.mid_p, test.statistic) == (
        turned.p_value,
        turned.mid_p,
        turned.statistic,
    )
    assert (test.p_less, test.p_greater) == (turned.p_greater, turned.p_less)
    assume(lost + gained > 0)
    assert turned.odds_ratio == pytest.approx(inverse(test.odds_ratio), rel=1e-13)
    assert turned.low == pytest.approx(inverse(test.high), rel=1e-12)


@given(count, count)
def test_limits_are_those_of_clopper_and_pearson_as_odds(lost, gained):
    test = mcnemar_test([lost, gained])
    if lost:
        share = betaincinv(lost, gained + 1, 0.025)
        assert test.low == pytest.approx(share / (1 - share), rel=1e-11)
    if gained:
        share = betaincinv(gained, lost + 1, 0.025)
        assert test.high == pytest.approx((1 - share) / share, rel=1e-11)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 3))
def test_pairs_are_strata_of_two_patients(lost, gained, alike):
    """Each pair is a stratum: one finding in the first patient or in the second."""
    pairs = [[[1, 0], [0, 1]]] * lost + [[[0, 1], [1, 0]]] * gained + [[[1, 0], [1, 0]]] * alike
    assume(pairs)
    test, strata = mcnemar_test([lost, gained]), stratified_exact_test(pairs)
    fields = ("p_value", "p_less", "p_greater", "mid_p", "smallest_p")
    assert [getattr(test, name) for name in fields] == [getattr(strata, name) for name in fields]
    assert (test.low, test.high) == pytest.approx((strata.low, strata.high), rel=1e-11)
    assert (strata.strata, strata.strata_left_out) == (lost + gained, alike)
    if test.odds_ratio is not None:
        assert test.odds_ratio == pytest.approx(strata.odds_ratio, rel=1e-11)
    large = mcnemar_test([lost, gained], continuity=False)
    haenszel = mantel_haenszel_test(pairs, continuity=False)
    assert large.statistic is None or large.statistic == pytest.approx(
        haenszel.statistic, rel=1e-12
    )


@given(count, count, st.sampled_from(["exact", "mid-p"]))
def test_mr49_the_interval_leaves_1_out_when_a_one_sided_p_is_small(lost, gained, interval):
    test = mcnemar_test([lost, gained], interval=interval)
    half = comb(lost + gained, lost) / 2 ** (lost + gained + 1) if interval == "mid-p" else 0
    assert (test.low > 1) == (test.p_greater - half < 0.025)
    assert (test.high < 1) == (test.p_less - half < 0.025)


def test_exact_p_values_never_exceed_their_level_and_the_mid_p_has_mean_one_half():
    for pairs in range(1, 30):
        tests = [mcnemar_test([lost, pairs - lost]) for lost in range(pairs + 1)]
        chance = [comb(pairs, lost) / 2**pairs for lost in range(pairs + 1)]
        mean = sum(c * test.mid_p for c, test in zip(chance, tests, strict=True))
        assert mean == pytest.approx(0.5, rel=1e-12)
        for one in tests:
            size = sum(
                c for c, test in zip(chance, tests, strict=True) if test.p_value <= one.p_value
            )
            assert size <= one.p_value * (1 + 1e-12)


@given(st.integers(0, 600), st.integers(0, 600))
def test_the_path_of_many_pairs_gives_the_same_numbers(lost, gained):
    exact = mcnemar_test([lost, gained])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mcnemar, "EXACT_PAIRS", -1)
        many = mcnemar_test([lost, gained])
    for name in ("p_value", "p_less", "p_greater", "mid_p", "smallest_p"):
        assert getattr(many, name) == pytest.approx(getattr(exact, name), rel=1e-12)


@pytest.mark.parametrize(("lost", "gained"), [(5200, 4800), (1_000_300, 1_000_100), (50, 9000)])
def test_the_one_sided_p_of_many_pairs_is_an_incomplete_beta(lost, gained):
    """1e-9: the incomplete beta function of scipy of numbers so large."""
    test = mcnemar_test([lost, gained])
    more, less = max(lost, gained), min(lost, gained)
    assert min(test.p_less, test.p_greater) == pytest.approx(
        betainc(more, less + 1, 0.5), rel=1e-9, abs=0
    )
    limit = test.low / (1 + test.low)
    assert betainc(lost, gained + 1, limit) == pytest.approx(0.025, rel=1e-9)
