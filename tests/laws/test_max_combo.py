"""Laws of the max-combo test."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.max_combo import COMBINATION, max_combo_test
from autallo.stats.logrank.permutation import logrank_permutation_test

FEW = settings(max_examples=60, deadline=None)
METHODS = st.sampled_from(["normal", "permutation"])
records_of_two = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 1)), min_size=2, max_size=14
).filter(lambda rows: {row[2] for row in rows} == {0, 1})


def columns(records):
    return tuple([row[place] for row in records] for place in range(3))


@FEW
@given(records_of_two)
def test_law_46_each_z_is_the_log_rank_test_with_its_weights(records):
    test = max_combo_test(*columns(records), method="normal")
    for pair, z in zip(COMBINATION, test.z, strict=True):
        single = logrank_test(*columns(records), weights=pair)
        assert (z is None) == (single.z is None)
        assert z is None or z == pytest.approx(single.z, rel=1e-10, abs=1e-10)
    even, late, early, _ = test.covariance
    np.testing.assert_allclose(even, late + early, rtol=1e-10, atol=1e-12)


@FEW
@given(records_of_two)
def test_each_permuted_sum_is_that_of_the_permutation_test(records):
    test = max_combo_test(*columns(records))
    for place, pair in enumerate(COMBINATION):
        single = logrank_permutation_test(*columns(records), weights=pair)
        z = test.z[place]
        assert (z is None) == (single.p_value is None)
        if z is not None:
            total = z * math.sqrt(test.covariance[place, place])
            assert total == pytest.approx(single.statistic, rel=1e-10, abs=1e-12)


@FEW
@given(records_of_two, METHODS)
def test_law_34_p_is_that_of_several_tests(records, method):
    test = max_combo_test(*columns(records), method=method)
    assume(test.p_value is not None)
    assert 0 < test.p_value <= 1
    assert test.statistic == max(abs(z) for z in test.z if z is not None)
    if method == "permutation":
        assert 0 < test.smallest_p <= test.p_value
        count = test.p_value * math.comb(len(records), sum(row[2] for row in records))
        assert count == pytest.approx(round(count), abs=1e-6)
    else:
        one = math.erfc(test.statistic / math.sqrt(2))
        assert one * (1 - 1e-9) <= test.p_value <= 4 * one * (1 + 1e-9)


@FEW
@given(records_of_two, METHODS, st.sampled_from([1 / 7, 24.0]))
def test_law_1_3_5_6_units_order_and_swapped_groups(records, method, unit):
    time, event, group = columns(records)
    plain = max_combo_test(time, event, group, method=method)
    others = [
        max_combo_test([t * unit for t in time], event, group, method=method),
        max_combo_test([t**3 for t in time], event, group, method=method),
        max_combo_test(time[::-1], event[::-1], group[::-1], method=method),
        max_combo_test(time, event, [1 - code for code in group], method=method),
    ]
    for other in others:
        if plain.p_value is None:
            assert other.p_value is None
        else:
            # Where two weights are all but the same, the p-value hangs on the root of the rounding.
            assert other.p_value == pytest.approx(plain.p_value, rel=1e-7)
            assert other.statistic == pytest.approx(plain.statistic, rel=1e-8, abs=1e-12)


@FEW
@given(records_of_two, METHODS)
def test_law_44_one_stratum_is_none(records, method):
    plain = max_combo_test(*columns(records), method=method)
    one = max_combo_test(*columns(records), method=method, stratum=[0] * len(records))
    assert one.p_value == plain.p_value
    assert one.z == plain.z


@FEW
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=7), METHODS)
def test_law_36_identical_groups_give_p_1(rows, method):
    records = [(*row, 0) for row in rows] + [(*row, 1) for row in rows]
    test = max_combo_test(*columns(records), method=method)
    assume(test.p_value is not None)
    assert test.p_value == pytest.approx(1, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=12, max_size=12),
    st.integers(0, 2**32 - 1),
)
def test_law_38_draws_come_near_the_count(rows, seed):
    time, event = [row[0] for row in rows], [row[1] for row in rows]
    group = [0, 1] * 6  # 924 arrangements
    exact = max_combo_test(time, event, group)
    drawn = max_combo_test(time, event, group, draws=300, rng=np.random.default_rng(seed))
    assert (exact.method, drawn.method) == ("exact", "monte_carlo")
    assert (exact.p_value is None) == (drawn.p_value is None)
    if exact.p_value is not None:
        error = math.sqrt(exact.p_value * (1 - exact.p_value) / 300)
        assert abs(drawn.p_value - exact.p_value) <= 7 * error + 1 / 301


def test_in_large_groups_normal_and_permutation_agree():
    rng = np.random.default_rng(6)
    time, event, group = rng.exponential(1, 200), rng.random(200) < 0.7, np.arange(200) % 2
    normal = max_combo_test(time, event, group, method="normal")
    drawn = max_combo_test(time, event, group, draws=5000, rng=rng)
    assert abs(normal.p_value - drawn.p_value) < 4 * drawn.standard_error + 0.01
