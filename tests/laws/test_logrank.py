"""Laws of the log-rank test, and a slow twin in exact fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.cox import fit_cox
from autallo.stats.logrank import logrank_test

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


def test_a_million_patients_take_little_time():
    rng = np.random.default_rng(4)
    size = 1_000_000
    test = logrank_test(
        rng.integers(0, 3000, size), rng.random(size) < 0.5, rng.integers(0, 2, size)
    )
    assert 0 <= test.p_value <= 1
