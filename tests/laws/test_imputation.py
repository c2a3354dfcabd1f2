"""Laws of the log-rank test by imputation and permutation."""

import math
from itertools import combinations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.imputation import logrank_imputation_test
from autallo.stats.logrank.permutation import logrank_permutation_test

QUICK = settings(max_examples=60, deadline=None)
METHODS = st.sampled_from(["heinze", "wang"])
records_of_two = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 1)), min_size=2, max_size=28
).filter(lambda rows: {row[2] for row in rows} == {0, 1})


def columns(records):
    return tuple([row[place] for row in records] for place in range(3))


def imputed(time, event, group, method, seed=5, draws=199):
    return logrank_imputation_test(
        time, event, group, method=method, draws=draws, rng=np.random.default_rng(seed)
    )


@QUICK
@given(records_of_two, METHODS)
def test_law_34_and_37_p_is_a_count_of_draws(records, method):
    test = imputed(*columns(records), method)
    plain = logrank_test(*columns(records))
    assert (test.p_value is None) == (plain.p_value is None)
    assume(test.p_value is not None)
    assert test.statistic == pytest.approx(plain.z, rel=1e-12, abs=1e-12)
    assert test.smallest_p <= test.p_value <= 1
    assert test.p_value * 200 == pytest.approx(round(test.p_value * 200), abs=1e-9)
    error = math.sqrt(test.p_value * (1 - test.p_value) / 199)
    assert test.standard_error == pytest.approx(error, rel=1e-12)


@QUICK
@given(records_of_two, METHODS, st.sampled_from([1 / 7, 1 / 30.4375, 24.0]))
def test_law_1_and_3_units_and_a_monotone_scale_change_nothing(records, method, unit):
    time, event, group = columns(records)
    plain = imputed(time, event, group, method)
    assert imputed([t * unit for t in time], event, group, method) == plain
    assert imputed([t**3 for t in time], event, group, method) == plain


@QUICK
@given(records_of_two, METHODS)
def test_law_4_and_5_swapped_groups_swap_the_sign(records, method):
    time, event, group = columns(records)
    plain = imputed(time, event, group, method, draws=1000)
    swapped = imputed(time, event, [1 - code for code in group], method, draws=1000)
    if plain.p_value is None:
        assert swapped.p_value is None
        return
    assert swapped.statistic == pytest.approx(-plain.statistic, rel=1e-9, abs=1e-12)
    # other draws, of the same probability
    assert abs(swapped.p_value - plain.p_value) <= 7 * math.sqrt(2 * 0.25 / 1000)


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=14),
    METHODS,
)
def test_law_36_identical_groups_give_p_1(rows, method):
    records = [(*row, 0) for row in rows] + [(*row, 1) for row in rows]
    test = imputed(*columns(records), method)
    assume(test.p_value is not None)
    assert test.statistic == pytest.approx(0, abs=1e-12)
    assert test.p_value == 1


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(8)), METHODS)
def test_law_38_without_censoring_it_comes_near_all_arrangements_of_z(days, method):
    group = [1, 1, 1, 0, 0, 0, 0, 0]
    observed = abs(logrank_test(days, [1] * 8, group).z)
    every = [
        abs(logrank_test(days, [1] * 8, [int(place in chosen) for place in range(8)]).z)
        for chosen in combinations(range(8), 3)
    ]
    share = sum(value >= observed - 1e-9 for value in every) / len(every)
    test = imputed(days, [1] * 8, group, method, draws=2000)
    assert abs(test.p_value - share) <= 7 * math.sqrt(share * (1 - share) / 2000) + 1 / 2000


@pytest.mark.parametrize("method", ["heinze", "wang"])
def test_the_same_seed_gives_the_same_answer_and_many_draws_a_close_one(method):
    rng = np.random.default_rng(8)
    data = (rng.exponential(1, 30), rng.random(30) < 0.6, [0, 1, 1] * 10)
    assert imputed(*data, method) == imputed(*data, method)
    few, many = (imputed(*data, method, draws=draws) for draws in (2000, 40_000))
    assert many.p_value * 40_001 == pytest.approx(round(many.p_value * 40_001), abs=1e-6)
    assert abs(many.p_value - few.p_value) < 5 * few.standard_error


def test_level_is_kept_where_the_plain_permutation_does_not_keep_it():
    # 3 patients followed ten times longer than 12 others, no difference in survival
    rng = np.random.default_rng(20)
    group, hazard = np.repeat([1, 0], [3, 12]), np.repeat([0.2, 2.0], [3, 12])
    studies, rejected = 400, dict.fromkeys(("plain", "heinze", "wang"), 0)
    for _ in range(studies):
        survival, censored = rng.exponential(size=15), rng.exponential(size=15) / hazard
        data = (np.minimum(survival, censored), survival <= censored, group)
        p_values = {"plain": logrank_permutation_test(*data).p_value}
        for method in ("heinze", "wang"):
            p_values[method] = logrank_imputation_test(
                *data, method=method, draws=199, rng=rng
            ).p_value
        for name, p_value in p_values.items():
            rejected[name] += p_value is not None and p_value <= 0.05
    bound = studies * 0.05 + 3 * math.sqrt(studies * 0.05 * 0.95)
    assert rejected["heinze"] <= bound
    assert rejected["wang"] <= bound
    assert rejected["plain"] > max(rejected["heinze"], rejected["wang"])
