"""Laws of Gray's test: what must hold for any patients."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.gray import gray_permutation_test, gray_test

laws = settings(max_examples=100, deadline=None)


def patients(causes=(0, 1, 2), largest=12):
    row = st.tuples(st.integers(0, 10), st.sampled_from(causes))
    arm = st.lists(row, min_size=3, max_size=largest)
    return st.tuples(arm, arm).map(
        lambda arms: [(t, c, g) for g, arm in enumerate(arms) for t, c in arm]
    )


def gray_of(rows, **options):
    return gray_test(*zip(*rows, strict=True), n_causes=2, **options)


def permuted(rows, *, seed, draws=99):
    rng = np.random.default_rng(seed)
    return gray_permutation_test(*zip(*rows, strict=True), n_causes=2, draws=draws, rng=rng)


def assert_same(one, other, *, score):
    np.testing.assert_allclose(other.score, score, rtol=1e-9, atol=1e-11)
    assert (one.statistic is None) == (other.statistic is None)
    if one.statistic is not None:
        assert other.statistic == pytest.approx(one.statistic, rel=1e-8, abs=1e-12)


@laws
@given(rows=patients(), rho=st.sampled_from([0.0, 1.0]))
def test_scores_sum_to_0_and_the_p_value_is_a_probability(rows, rho):
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
    test = gray_of(rows)
    assert_same(test, gray_of([(t, c, 1 - g) for t, c, g in rows]), score=test.score[::-1])


@laws
@given(rows=patients(), seed=st.integers(0, 2**32 - 1))
def test_the_order_of_patients_is_irrelevant_to_the_last_bit(rows, seed):
    order = np.random.default_rng(seed).permutation(len(rows))
    test, other = gray_of(rows), gray_of([rows[i] for i in order])
    assert test.statistic == other.statistic
    assert test.score.tolist() == other.score.tolist()


@laws
@given(rows=patients())
def test_only_the_order_of_times_matters(rows):
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
    """Whatever happened, it happened in both groups: score 0, statistic 0 where there is one."""
    both = [(t, c, g) for t, c, _ in rows for g in (0, 1)]
    test = gray_of(both)
    np.testing.assert_allclose(test.score, 0, atol=1e-10)
    if test.statistic is not None:
        assert test.p_value == pytest.approx(1, abs=1e-6)
    assert permuted(both, seed=1, draws=19).p_value == 1


@laws
@given(rows=patients(), seed=st.integers(0, 1000))
def test_permutation_is_decided_by_the_generator_and_lies_on_the_lattice(rows, seed):
    one, other = permuted(rows, seed=seed), permuted(rows, seed=seed)
    assert one == other
    assert round(one.p_value * 100) == pytest.approx(one.p_value * 100)
    assert 1 / 100 <= one.p_value <= 1
    sizes = np.bincount([g for _, _, g in rows])
    score = gray_of(rows).score
    assert one.statistic == pytest.approx((score**2 / sizes).sum(), rel=1e-9, abs=1e-10)


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
    monkeypatch.setattr("autallo.stats.gray.CELLS_AT_ONCE", 28 * 7)
    assert permuted(rows, seed=3, draws=500) == whole
