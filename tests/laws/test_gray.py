"""Laws of Gray's test: what must hold for any patients."""

from itertools import combinations, permutations
from math import comb

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.gray import gray_test
from autallo.stats.incidence.gray_permutation import gray_permutation_test

laws = settings(max_examples=100, deadline=None)


def patients(causes=(0, 1, 2), largest=12):
    row = st.tuples(st.integers(0, 10), st.sampled_from(causes))
    arm = st.lists(row, min_size=3, max_size=largest)
    return st.tuples(arm, arm).map(
        lambda arms: [(t, c, g) for g, arm in enumerate(arms) for t, c in arm]
    )


def gray_of(rows, **options):
    return gray_test(*zip(*rows, strict=True), n_causes=2, **options)


def permuted(rows, *, seed=0, draws=99, **options):
    rng = np.random.default_rng(seed)
    return gray_permutation_test(
        *zip(*rows, strict=True), n_causes=2, draws=draws, rng=rng, **options
    )


def assert_same(one, other, *, score):
    np.testing.assert_allclose(other.score, score, rtol=1e-9, atol=1e-11)
    assert (one.statistic is None) == (other.statistic is None)
    if one.statistic is not None:
        assert other.statistic == pytest.approx(one.statistic, rel=1e-8, abs=1e-12)


@laws
@given(rows=patients(), rho=st.sampled_from([0.0, 1.0]))
def test_scores_sum_to_0_and_the_p_value_is_a_probability(rows, rho):
    """MR-34."""
    test = gray_of(rows, rho=rho)
    assert test.score.sum() == pytest.approx(0, abs=1e-10)
    if test.covariance is not None:
        np.testing.assert_allclose(test.covariance.sum(axis=0), 0, atol=1e-9)
    assert (test.statistic is None) == (test.p_value is None)
    if test.statistic is not None:
        assert test.statistic >= 0
        assert 0 <= test.p_value <= 1
    if not any(c == 1 for _, c, _ in rows):
        assert test.p_value is None


@laws
@given(rows=patients())
def test_swapped_groups_have_swapped_scores_and_the_same_p(rows):
    """MR-4, MR-5."""
    test = gray_of(rows)
    assert_same(test, gray_of([(t, c, 1 - g) for t, c, g in rows]), score=test.score[::-1])


@laws
@given(rows=patients(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_patients_is_irrelevant_to_the_last_bit(rows, seed):
    """MR-6."""
    order = np.random.default_rng(seed).permutation(len(rows))
    test, other = gray_of(rows), gray_of([rows[i] for i in order])
    assert test.statistic == other.statistic
    assert test.score.tolist() == other.score.tolist()


@laws
@given(rows=patients())
def test_only_the_order_of_times_matters(rows):
    """MR-1, MR-3."""
    test = gray_of(rows)
    for change in (lambda t: t / 30.4375, lambda t: t**2, np.expm1):
        other = gray_of([(change(t), c, g) for t, c, g in rows])
        assert (test.statistic, test.score.tolist()) == (other.statistic, other.score.tolist())


@laws
@given(rows=patients())
def test_competing_causes_are_one_to_the_test(rows):
    """The other cause may be coded 2 or 3, and the cause of interest may be any."""
    test = gray_of(rows)
    time, cause, group = (np.array(column) for column in zip(*rows, strict=True))
    other = np.where(cause == 2, 3 - np.arange(cause.size) % 2, cause)
    split = gray_test(time, other, group, n_causes=3)
    renamed = gray_test(time, np.array([0, 3, 1])[cause], group, n_causes=3, cause_of_interest=3)
    for same in (split, renamed):
        assert (test.statistic, test.score.tolist()) == (same.statistic, same.score.tolist())


def logrank_score(rows, stays):
    """Observed minus expected in group 0; `stays(row, at)` says who is in the risk set."""
    score = 0.0
    for at in sorted({t for t, c, _ in rows if c == 1}):
        ahead = [row for row in rows if stays(row, at)]
        events = [row for row in rows if row[0] == at and row[1] == 1]
        share = sum(g == 0 for _, _, g in ahead) / len(ahead)
        score += sum(g == 0 for _, _, g in events) - len(events) * share
    return score


@laws
@given(rows=patients(causes=(0, 1)))
def test_without_competing_events_the_score_is_that_of_the_log_rank_test(rows):
    expected = logrank_score(rows, lambda row, at: row[0] >= at)
    assert gray_of(rows).score[0] == pytest.approx(expected, abs=1e-10)


@laws
@given(rows=patients(causes=(1, 2)))
def test_without_censoring_patients_with_a_competing_event_stay_at_risk_for_ever(rows):
    expected = logrank_score(rows, lambda row, at: row[0] >= at or row[1] == 2)
    others = max(t for t, _, g in rows if g == 0), max(t for t, _, g in rows if g == 1)
    assume(max((t for t, c, _ in rows if c == 1), default=0) <= min(others))
    assert gray_of(rows).score[0] == pytest.approx(expected, abs=1e-10)


@laws
@given(rows=patients(), times=st.integers(2, 3))
def test_everybody_twice_doubles_the_score(rows, times):
    test, more = gray_of(rows), gray_of(rows * times)
    np.testing.assert_allclose(more.score, times * test.score, rtol=1e-9, atol=1e-10)


@laws
@given(rows=patients())
def test_groups_alike_have_no_difference(rows):
    """MR-36: it all happened in both groups: score 0, statistic 0 where there is one."""
    both = [(t, c, g) for t, c, _ in rows for g in (0, 1)]
    test = gray_of(both)
    np.testing.assert_allclose(test.score, 0, atol=1e-10)
    if test.statistic is not None:
        assert test.p_value == pytest.approx(1, abs=1e-6)
    assert permuted(both, seed=1, draws=19).p_value in {1, None}


larger = st.lists(st.tuples(st.integers(0, 10), st.integers(0, 2)), min_size=18, max_size=24).map(
    lambda rows: [(t, c, place % 2) for place, (t, c) in enumerate(rows)]
)


@laws
@given(rows=larger, seed=st.integers(0, 1000))
def test_draws_are_decided_by_the_generator_and_lie_on_the_lattice(rows, seed):
    """MR-34, MR-37."""
    one, other = permuted(rows, seed=seed), permuted(rows, seed=seed)
    assert one == other
    assert one.method == "monte_carlo"
    if one.p_value is None:
        assert (one.smallest_p, one.draws) == (None, 0)
        return
    assert round(one.p_value * 100) == pytest.approx(one.p_value * 100)
    assert 1 / 100 <= one.smallest_p <= one.p_value <= 1


@laws
@given(rows=patients(largest=8))
def test_the_exact_p_value_lies_on_the_lattice_and_not_below_the_smallest(rows):
    """MR-34, MR-37; the source of draws plays no part, and may be left out."""
    test = permuted(rows)
    assert test.method == "exact"
    assert test == gray_permutation_test(*zip(*rows, strict=True), n_causes=2)
    if test.p_value is None:
        assert (test.smallest_p, test.statistic) == (None, pytest.approx(0, abs=1e-9))
        return
    size = sum(g for _, _, g in rows)
    assert test.p_value * comb(len(rows), size) == pytest.approx(
        round(test.p_value * comb(len(rows), size)), abs=1e-9
    )
    assert 0 < test.smallest_p <= test.p_value <= 1


@laws
@given(rows=patients(), more=patients())
def test_the_permuted_score_is_that_of_the_test(rows, more):
    """One method behind both: the statistic is the sum of squared scores over group sizes."""
    both = [(*row, 0) for row in rows] + [(*row, 1) for row in more]
    time, cause, group, stratum = zip(*both, strict=True)
    for options in ({}, {"stratum": stratum}):
        test = gray_test(time, cause, group, n_causes=2, **options)
        dealt = gray_permutation_test(
            time, cause, group, n_causes=2, draws=1, rng=np.random.default_rng(0), **options
        )
        expected = (test.score**2 / np.bincount(group)).sum()
        assert dealt.statistic == pytest.approx(expected, rel=1e-12, abs=1e-12)


@laws
@given(rows=patients(), rho=st.sampled_from([0.0, 1.0]))
def test_one_stratum_is_no_stratum(rows, rho):
    """MR-44, for this test."""
    test, other = gray_of(rows, rho=rho), gray_of(rows, rho=rho, stratum=[0] * len(rows))
    assert (test.statistic, test.score.tolist()) == (other.statistic, other.score.tolist())
    assert permuted(rows, draws=9) == permuted(rows, draws=9, stratum=[0] * len(rows))


@laws
@given(rows=patients(), more=patients(), rho=st.sampled_from([0.0, 1.0]))
def test_strata_add_up_in_any_order(rows, more, rho):
    """MR-9."""
    codes = [0] * len(rows) + [1] * len(more)
    test = gray_of(rows + more, stratum=codes, rho=rho)
    other = gray_of(rows + more, stratum=[1 - code for code in codes], rho=rho)
    parts = gray_of(rows, rho=rho), gray_of(more, rho=rho)
    np.testing.assert_allclose(test.score, parts[0].score + parts[1].score, atol=1e-12)
    np.testing.assert_allclose(test.score, other.score, atol=1e-12)
    assert (test.covariance is None) == any(part.covariance is None for part in parts)
    if test.covariance is not None:
        spread = parts[0].covariance + parts[1].covariance
        np.testing.assert_allclose(test.covariance, spread, rtol=1e-12, atol=1e-12)


@laws
@given(
    rows=st.lists(
        st.tuples(st.integers(0, 8), st.sampled_from((0, 1, 2))), min_size=12, max_size=24
    ),
    names=st.permutations([0, 1, 2]),
)
def test_renamed_groups_of_three_have_the_same_test(rows, names):
    """MR-4: scores and covariances go with their groups."""
    group = np.arange(len(rows)) % 3
    time, cause = zip(*rows, strict=True)
    test = gray_test(time, cause, group, n_causes=2)
    renamed = gray_test(time, cause, np.array(names)[group], n_causes=2)
    np.testing.assert_allclose(renamed.score[names], test.score, atol=1e-12)
    assert (test.covariance is None) == (renamed.covariance is None)
    if test.covariance is not None:
        np.testing.assert_allclose(
            renamed.covariance[np.ix_(names, names)], test.covariance, atol=1e-10
        )
    if test.statistic is not None and renamed.statistic is not None:
        spread = np.linalg.eigvalsh(test.covariance[:2, :2])
        assume(spread[0] > 1e-6 * spread[1])
        assert renamed.statistic == pytest.approx(test.statistic, rel=1e-7, abs=1e-10)


@pytest.mark.parametrize("seed", range(6))
def test_the_exact_test_keeps_every_level(seed):
    """Over all 84 arrangements of 3 v 6: p of at most u in no more than u of them, for every u."""
    rng = np.random.default_rng(seed)
    time, cause = rng.integers(1, 2 + 2 * seed, size=9), rng.integers(0, 3, size=9)
    found = []
    for chosen in combinations(range(9), 3):
        group = [int(i not in chosen) for i in range(9)]
        found.append(gray_permutation_test(time, cause, group, n_causes=2))
    p_values = np.array([test.p_value for test in found])
    for p_value in set(p_values):
        share = (p_values <= p_value).mean()
        assert share == pytest.approx(p_value, rel=1e-12)
    assert {test.smallest_p for test in found} == {p_values.min()}


def test_the_exact_test_of_three_groups_in_strata_keeps_every_level():
    """All 6 x 3 arrangements of 1 v 1 v 1 and 1 v 2 patients in two strata."""
    time, cause, stratum = [1, 2, 3, 1, 2, 2], [1, 1, 2, 2, 1, 0], [0, 0, 0, 1, 1, 1]
    found = [
        gray_permutation_test(time, cause, [*first, *second], stratum=stratum, n_causes=2).p_value
        for first in permutations((0, 1, 2))
        for second in sorted(set(permutations((0, 1, 1))))
    ]
    assert len(found) == 18
    for p_value in set(found):
        assert sum(p <= p_value for p in found) / 18 == pytest.approx(p_value, rel=1e-12)


def test_draws_come_near_all_arrangements(monkeypatch):
    """MR-38: 4 Monte Carlo standard errors, and half of them with four times the draws."""
    rows = [(t % 7, t % 3, int(t >= 7)) for t in range(15)]
    exact = permuted(rows)
    assert exact.method == "exact"
    monkeypatch.setattr("autallo.stats.incidence.gray_permutation.MOST_ARRANGEMENTS", 0)
    few, many = permuted(rows, draws=2_000), permuted(rows, draws=8_000)
    for drawn in (few, many):
        assert drawn.method == "monte_carlo"
        assert abs(drawn.p_value - exact.p_value) < 4 * drawn.standard_error
    assert many.standard_error == pytest.approx(few.standard_error / 2, rel=0.1)


def test_draws_in_strata_leave_the_strata_as_they_are(monkeypatch):
    """Relapse in the first stratum only, which has one patient of group 1: 1 of 5 places."""
    monkeypatch.setattr("autallo.stats.incidence.gray_permutation.MOST_ARRANGEMENTS", 0)
    time, cause = [1, 2, 3, 4, 5, *[9] * 10], [1, 0, 0, 0, 0, *[0] * 10]
    group, stratum = [1, 0, 0, 0, 0, *[1] * 9, 0], [0] * 5 + [1] * 10
    test = gray_permutation_test(
        time, cause, group, stratum=stratum, n_causes=1, draws=4_000, rng=np.random.default_rng(8)
    )
    assert abs(test.p_value - 1 / 5) < 4 * (0.16 / 4_000) ** 0.5


@laws
@given(rows=patients(), cause=st.integers(0, 2))
def test_what_happens_once_one_group_is_left_does_not_matter(rows, cause):
    """Only one group is at risk after the other's last time: nothing to compare."""
    end = min(max(t for t, _, g in rows if g == group) for group in (0, 1))
    test, other = gray_of(rows), gray_of([(t, cause if t > end else c, g) for t, c, g in rows])
    np.testing.assert_array_equal(test.score, other.score)
    assert (test.statistic, test.p_value) == (other.statistic, other.p_value)
    assert (test.covariance is None) == (other.covariance is None)


def test_permutation_p_value_is_valid_where_groups_do_not_differ():
    """400 random allotments of 28 patients: p of at most 0.1 no more often than chance allows."""
    rng = np.random.default_rng(5)
    time = rng.integers(1, 9, size=28)
    cause = rng.integers(0, 3, size=28)
    labels = np.repeat([0, 1], [17, 11])
    small = sum(
        gray_permutation_test(
            time, cause, rng.permutation(labels), n_causes=2, draws=99, rng=rng
        ).p_value
        <= 0.1
        for _ in range(400)
    )
    assert small / 400 <= 0.1 + 3.3 * (0.1 * 0.9 / 400) ** 0.5
    assert small > 0


def test_the_draws_do_not_depend_on_how_many_are_held_at_once(monkeypatch):
    rows = [(t % 7, t % 3, int(t >= 17)) for t in range(28)]
    whole = permuted(rows, seed=3, draws=500)
    monkeypatch.setattr("autallo.stats.incidence.gray_permutation.CELLS_AT_ONCE", 28 * 7)
    assert permuted(rows, seed=3, draws=500) == whole
