"""Laws of Rubin's rules."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.resampling.imputations import pool_imputations, pooled_test

FEW = settings(max_examples=60, deadline=None)
data_set = st.tuples(st.floats(-5, 5), st.floats(0.1, 4))
data_sets = st.lists(data_set, min_size=2, max_size=12)
complete = st.sampled_from([None, 1, 9.5, 300])


def columns(sets):
    return [own[0] for own in sets], [own[1] for own in sets]


@FEW
@given(data_sets, complete)
def test_parts_add_up_and_stay_in_their_ranges(sets, df):
    pooled = pool_imputations(*columns(sets), complete_df=df)
    m = len(sets)
    assert pooled.total == pytest.approx(pooled.within + (1 + 1 / m) * pooled.between, rel=1e-12)
    assert pooled.total >= pooled.within
    assert 0 <= pooled.missing_information <= 1 + 1e-12 or df is not None
    assert 0 < pooled.relative_efficiency <= 1
    assert 0 <= pooled.p_value <= 1
    assert pooled.low <= pooled.estimate <= pooled.high
    assert 0 < pooled.df <= (math.inf if df is None else df)
    assert pooled.df >= m - 1 - 1e-9 or df is not None


@FEW
@given(data_sets, complete, st.sampled_from([2.0, 0.01, -3.0]))
def test_mr50_scale_and_order(sets, df, scale):
    estimates, variances = columns(sets)
    pooled = pool_imputations(estimates, variances, complete_df=df)
    other = pool_imputations(
        [scale * e for e in estimates[::-1]],
        [scale**2 * v for v in variances[::-1]],
        complete_df=df,
    )
    assert other.estimate == pytest.approx(scale * pooled.estimate, rel=1e-9, abs=1e-12)
    assert other.std_error == pytest.approx(abs(scale) * pooled.std_error, rel=1e-9)
    for name in ("df", "p_value", "missing_information", "variance_increase"):
        assert getattr(other, name) == pytest.approx(getattr(pooled, name), rel=1e-6, abs=1e-9)


@FEW
@given(data_sets, complete)
def test_mr32_mr49_limits_widen_with_the_level_and_agree_with_p(sets, df):
    narrow = pool_imputations(*columns(sets), complete_df=df, level=0.9)
    wide = pool_imputations(*columns(sets), complete_df=df, level=0.99)
    assert wide.low <= narrow.low
    assert narrow.high <= wide.high
    if abs(narrow.p_value - 0.1) > 1e-9:
        assert (narrow.low > 0 or narrow.high < 0) == (narrow.p_value < 0.1)


@FEW
@given(data_set, st.integers(2, 9))
def test_equal_data_sets_are_one_complete_data_set(own, m):
    pooled = pool_imputations([own[0]] * m, [own[1]] * m)
    assert pooled.std_error == pytest.approx(math.sqrt(own[1]), rel=1e-12)
    assert (pooled.between, pooled.df, pooled.missing_information) == (0, math.inf, 0)
    z = own[0] / math.sqrt(own[1])
    assert pooled.p_value == pytest.approx(math.erfc(abs(z) / math.sqrt(2)), rel=1e-10)


@FEW
@given(data_sets)
def test_one_number_is_tested_as_by_its_t(sets):
    """The degrees of freedom agree for up to five data sets; beyond they differ by definition."""
    estimates, variances = columns(sets)
    pooled = pool_imputations(estimates, variances)
    test = pooled_test([[e] for e in estimates], [[[v]] for v in variances])
    assert test.statistic == pytest.approx(pooled.statistic**2, rel=1e-9, abs=1e-12)
    assert test.variance_increase == pytest.approx(pooled.variance_increase, rel=1e-9, abs=1e-12)
    if len(sets) <= 5:
        assert test.df_error == pytest.approx(pooled.df, rel=1e-7)
        assert test.p_value == pytest.approx(pooled.p_value, rel=1e-6, abs=1e-12)


@FEW
@given(st.integers(2, 8), st.integers(1, 3), st.integers(0, 10**6))
def test_any_other_coordinates_give_the_same_test(m, k, seed):
    rng = np.random.default_rng(seed)
    estimates, roots = rng.normal(size=(m, k)), rng.normal(size=(m, k, k))
    covariances = roots @ roots.transpose(0, 2, 1) + np.eye(k)
    turn = rng.normal(size=(k, k)) + 3 * np.eye(k)
    shift = rng.normal(size=k)
    one = pooled_test(estimates, covariances, null=shift)
    moved = turn @ covariances @ turn.T
    other = pooled_test(
        estimates @ turn.T, (moved + moved.transpose(0, 2, 1)) / 2, null=turn @ shift
    )
    for name in ("statistic", "df_error", "p_value", "variance_increase"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=1e-6)
    assert 0 <= one.p_value <= 1
