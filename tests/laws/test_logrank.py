"""Laws of the log-rank test, and a slow twin in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.cox.fit import fit_cox
from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.event_tables import event_tables, stratum_members
from autallo.stats.logrank.pairwise import pairwise_logrank_test
from autallo.stats.logrank.scores import logrank_scores
from autallo.stats.logrank.trend import logrank_trend_test
from autallo.stats.logrank.weights import as_logrank_weights, logrank_weights

FEW = settings(max_examples=100, deadline=None)
record = st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 1))
records_of_two = st.lists(record, min_size=2, max_size=30).filter(
    lambda rows: {row[2] for row in rows} == {0, 1}
)
records_of_three = st.lists(
    st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 2)), min_size=3, max_size=30
).filter(lambda rows: {row[2] for row in rows} == {0, 1, 2})


def columns(records):
    return tuple([row[place] for row in records] for place in range(3))


def slow_logrank(records):
    """Observed less expected in group 0, and its variance, day by day in exact fractions."""
    excess = variance = Fraction(0)
    for day in sorted({time for time, event, _ in records if event}):
        here = [row for row in records if row[0] >= day]
        dead = [row for row in here if row[0] == day and row[1]]
        n, d, mine = len(here), len(dead), sum(1 for row in here if row[2] == 0)
        excess += sum(1 for row in dead if row[2] == 0) - Fraction(d * mine, n)
        if n > 1:
            variance += Fraction(d * (n - d) * mine * (n - mine), n * n * (n - 1))
    return excess, variance


@FEW
@given(records_of_two)
def test_twin_day_by_day_in_fractions(records):
    excess, variance = slow_logrank(records)
    test = logrank_test(*columns(records))
    assert test.observed[0] - test.expected[0] == pytest.approx(float(excess), abs=1e-12)
    assert test.covariance[0, 0] == pytest.approx(float(variance), abs=1e-12)
    if variance == 0:
        assert test.p_value is None
    else:
        assert test.statistic == pytest.approx(float(excess**2 / variance), rel=1e-9, abs=1e-12)


@FEW
@given(records_of_three)
def test_law_34_p_is_a_probability_or_not_given(records):
    test = logrank_test(*columns(records))
    assert (test.p_value is None) == (test.statistic is None) == (test.df == 0)
    if test.p_value is not None:
        assert 0 <= test.p_value <= 1
        assert test.statistic >= 0
    assert test.expected.sum() == pytest.approx(test.observed.sum(), abs=1e-9)
    np.testing.assert_allclose(test.covariance.sum(axis=0), 0, atol=1e-12)


@FEW
@given(records_of_three, st.sampled_from([1 / 7, 1 / 30.4375, 24.0]), st.permutations(range(3)))
def test_law_1_3_4_5_6_units_order_and_names_do_not_matter(records, unit, names):
    time, event, group = columns(records)
    plain = logrank_test(time, event, group)
    others = [
        logrank_test([t * unit for t in time], event, group),
        logrank_test([t**3 for t in time], event, group),
        logrank_test(time[::-1], event[::-1], group[::-1]),
        logrank_test(time, event, [names[g] for g in group]),
    ]
    for other in others:
        assert other.df == plain.df
        if plain.p_value is None:
            assert other.p_value is None
            continue
        assert other.p_value == pytest.approx(plain.p_value, rel=1e-7)


@FEW
@given(records_of_two, st.integers(2, 4))
def test_law_12_every_patient_several_times_multiplies_the_excess(records, times):
    once, often = logrank_test(*columns(records)), logrank_test(*columns(records * times))
    np.testing.assert_allclose(
        often.observed - often.expected, times * (once.observed - once.expected), atol=1e-10
    )


@FEW
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=2, max_size=20))
def test_law_36_identical_groups_give_p_1(rows):
    records = [(*row, 0) for row in rows] + [(*row, 1) for row in rows]
    test = logrank_test(*columns(records))
    assume(test.p_value is not None)
    assert test.statistic == pytest.approx(0, abs=1e-12)
    assert test.p_value == pytest.approx(1, abs=1e-6)


@FEW
@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 1)), min_size=3, max_size=30),
    st.sampled_from(["efron", "breslow"]),
)
def test_law_44_without_ties_it_is_the_score_test_of_the_cox_model(rows, ties):
    event, group = [row[0] for row in rows], [row[1] for row in rows]
    assume(set(group) == {0, 1})
    test = logrank_test(range(len(rows)), event, group)
    assume(test.statistic is not None)
    fit = fit_cox(range(len(rows)), event, group, ties=ties)
    assert fit.score_statistic == pytest.approx(test.statistic, rel=1e-8, abs=1e-10)


WEIGHTS = ["logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto-peto", (0, 1), (1.5, 2)]
strata_of_three = st.lists(
    st.tuples(
        st.integers(1, 12), st.booleans(), st.integers(0, 2), st.integers(0, 1), st.integers(0, 5)
    ),
    min_size=3,
    max_size=30,
).filter(lambda rows: {row[2] for row in rows} == {0, 1, 2} and {r[3] for r in rows} == {0, 1})


def same(one, other, rel=1e-7):
    """Assert that two tests agree, also in having nothing to compare."""
    assert (one.p_value is None) == (other.p_value is None)
    if one.p_value is not None:
        assert other.statistic == pytest.approx(one.statistic, rel=rel, abs=1e-9)
        assert other.p_value == pytest.approx(one.p_value, rel=rel, abs=1e-9)


@FEW
@given(records_of_three)
def test_law_46_the_pair_of_zeros_and_law_44_one_stratum_are_the_plain_test(records):
    plain = logrank_test(*columns(records))
    for other in (
        logrank_test(*columns(records), weights=(0, 0)),
        logrank_test(*columns(records), stratum=[0] * len(records)),
    ):
        assert (other.statistic, other.df, other.p_value) == (
            plain.statistic,
            plain.df,
            plain.p_value,
        )


@FEW
@given(strata_of_three, st.sampled_from(WEIGHTS))
def test_entry_at_the_start_is_no_entry(rows, weights):
    data = columns(rows)
    stratum = [row[3] for row in rows]
    plain = logrank_test(*data, stratum=stratum, weights=weights)
    start = logrank_test(*data, stratum=stratum, weights=weights, entry=[0] * len(rows))
    np.testing.assert_allclose(start.covariance, plain.covariance, rtol=1e-13, atol=1e-15)
    same(plain, start, rel=1e-10)


@FEW
@given(
    strata_of_three,
    st.sampled_from(WEIGHTS),
    st.sampled_from([1 / 7, 1 / 30.4375, 24.0]),
    st.permutations(range(3)),
)
def test_law_1_3_4_6_9_also_with_weights_strata_and_entry(rows, weights, unit, names):
    time, event, group = columns(rows)
    stratum = [row[3] for row in rows]
    entry = [min(row[4], row[0] - 1) for row in rows]

    def test(time, group, stratum, entry):
        return logrank_test(time, event, group, stratum=stratum, entry=entry, weights=weights)

    plain = test(time, group, stratum, entry)
    for other in (
        test([t * unit for t in time], group, stratum, [t * unit for t in entry]),
        test([t**3 for t in time], group, stratum, [t**3 for t in entry]),
        test(time, [names[g] for g in group], stratum, entry),
        test(time, group, [1 - code for code in stratum], entry),
    ):
        assert other.df == plain.df
        same(plain, other)


@FEW
@given(records_of_two, st.sampled_from(WEIGHTS), st.integers(2, 3))
def test_law_44_strata_of_the_same_patients_add_up(records, weights, times):
    stratum = [code for code in range(times) for _ in records]
    once = logrank_test(*columns(records), weights=weights)
    more = logrank_test(*columns(records * times), stratum=stratum, weights=weights)
    np.testing.assert_allclose(more.observed, times * once.observed, rtol=1e-12)
    np.testing.assert_allclose(more.expected, times * once.expected, rtol=1e-12)
    np.testing.assert_allclose(more.covariance, times * once.covariance, rtol=1e-12)


@FEW
@given(records_of_two, st.sampled_from(WEIGHTS))
def test_law_5_swapped_groups_swap_the_sign_of_z(records, weights):
    time, event, group = columns(records)
    plain = logrank_test(time, event, group, weights=weights)
    swapped = logrank_test(time, event, [1 - code for code in group], weights=weights)
    assert (plain.z is None) == (swapped.z is None) == (plain.statistic is None)
    if plain.z is not None:
        assert swapped.z == pytest.approx(-plain.z, rel=1e-9, abs=1e-12)
        assert plain.statistic == plain.z * plain.z


@FEW
@given(records_of_three, st.sampled_from(WEIGHTS))
def test_a_trend_of_two_groups_is_their_test_and_scores_may_be_moved(records, weights):
    time, event, group = columns(records)
    data = (time, event, [min(code, 1) for code in group])
    plain = logrank_test(*data, weights=weights)
    same(plain, logrank_trend_test(*data, weights=weights), rel=1e-10)
    trend = logrank_trend_test(time, event, group, weights=weights)
    moved = logrank_trend_test(time, event, group, weights=weights, scores=[7, 4, 1])
    same(trend, moved, rel=1e-9)
    if trend.z is not None:
        assert moved.z == pytest.approx(-trend.z, rel=1e-9, abs=1e-9)
    # equal scores make one group of two
    merged = logrank_trend_test(time, event, group, weights=weights, scores=[0, 1, 1])
    same(plain, merged, rel=1e-8)


@FEW
@given(records_of_three, st.permutations(range(3)))
def test_law_4_pairs_keep_their_numbers_under_new_names(records, names):
    time, event, group = columns(records)
    tests = {(p.first, p.second): p.test for p in pairwise_logrank_test(time, event, group).pairs}
    renamed = pairwise_logrank_test(time, event, [names[code] for code in group])
    for pair in renamed.pairs:
        old = sorted((names.index(pair.first), names.index(pair.second)))
        same(tests[tuple(old)], pair.test)


@FEW
@given(records_of_two, st.sampled_from(WEIGHTS))
def test_the_scores_of_a_group_add_up_to_its_excess(records, weights):
    time, event, group = (np.array(column) for column in columns(records))
    chosen = as_logrank_weights(weights)
    scores = logrank_scores(time.astype(float), event, weights=chosen, whole=True)
    test = logrank_test(time, event, group, weights=weights)
    sums = [scores.value[group == code].sum() / scores.unit for code in (0, 1)]
    np.testing.assert_allclose(sums, test.observed - test.expected, rtol=1e-9, atol=1e-10)


@FEW
@given(strata_of_three)
def test_tables_count_everybody_once(rows):
    time, event, group = (np.array(column) for column in columns(rows))
    stratum = np.array([row[3] for row in rows])
    tables = event_tables(time.astype(float), event, group, n_groups=3, stratum=stratum)
    first = sum(table.at_risk[:, 0] for table in tables)
    assert first.tolist() == np.bincount(group).tolist()
    died = sum(table.died.sum(axis=1) for table in tables)
    assert died.tolist() == np.bincount(group[event], minlength=3).tolist()
    assert sorted(np.concatenate(stratum_members(stratum)).tolist()) == list(range(len(rows)))


@FEW
@given(st.lists(st.integers(0, 3), min_size=1, max_size=20), st.sampled_from(WEIGHTS[:5]))
def test_weights_fall_from_time_to_time(deaths, weights):
    at_risk = np.cumsum(np.array(deaths[::-1]) + 1)[::-1]
    found = logrank_weights(np.array(deaths), at_risk, weights)
    assert (np.diff(found) <= 0).all()
    late = logrank_weights(np.array(deaths), at_risk, (0.0, 1.0))
    early = logrank_weights(np.array(deaths), at_risk, (1.0, 0.0))
    np.testing.assert_allclose(late + early, 1, rtol=1e-14)


def test_a_million_patients_take_little_time():
    rng = np.random.default_rng(4)
    size = 1_000_000
    test = logrank_test(
        rng.integers(0, 3000, size), rng.random(size) < 0.5, rng.integers(0, 2, size)
    )
    assert 0 <= test.p_value <= 1
