"""What the batch of Gray's tests obeys: each study gets, bit for bit, what it gets alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.incidence.gray import gray_test
from autallo.stats.incidence.gray_batch import gray_batch_test

laws = settings(max_examples=60, deadline=None)


def answers(test):
    return list(
        zip(test.statistic.tolist(), test.p_value.tolist(), test.testable.tolist(), strict=True)
    )


def alone(time, cause, group, **options):
    test = gray_test(time, cause, group, n_causes=3, **options)
    return (0.0, 1.0, False) if test.statistic is None else (test.statistic, test.p_value, True)


def assert_as_alone(times, causes, groups, **options):
    batch = gray_batch_test(times, causes, groups, n_causes=3, **options)
    each = np.broadcast_to(groups, times.shape)
    expected = [alone(*study, **options) for study in zip(times, causes, each, strict=True)]
    assert answers(batch) == expected
    assert batch.df == np.max(groups)
    return batch


@st.composite
def studies(draw):
    """Return times, causes and groups: many ties or few, two to five groups, any follow-up."""
    n_groups = draw(st.integers(2, 5))
    shape = draw(st.integers(1, 6)), draw(st.integers(n_groups, 28))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    longest = draw(st.sampled_from([1, 3, 12, 400]))
    unit = draw(st.sampled_from([1.0, 1 / 7, 365.25]))
    causes = draw(st.sampled_from([(0, 1, 2, 3), (0, 1), (1, 2), (1,), (0, 0, 0, 0, 1), (0, 2)]))
    groups = np.concatenate([np.arange(n_groups), rng.integers(0, n_groups, shape[1] - n_groups)])
    if draw(st.booleans()):
        groups = rng.permuted(np.tile(groups, (shape[0], 1)), axis=1)
    return rng.integers(0, longest, shape) * unit, rng.choice(causes, shape), groups


options = st.fixed_dictionaries(
    {"cause_of_interest": st.integers(1, 3), "rho": st.sampled_from([0.0, 0.0, 1.0, 0.3])}
)


@laws
@given(data=studies(), chosen=options)
def test_each_study_as_alone(data, chosen):
    assert_as_alone(*data, **chosen)


@laws
@given(data=studies(), chosen=options, seed=st.integers(0, 2**32 - 1))
def test_mr11_what_else_is_in_the_batch_changes_nothing(data, chosen, seed):
    """MR-11: studies in another order, some twice, some left out, give the same bits."""
    times, causes, groups = data
    each = np.broadcast_to(groups, times.shape)
    order = np.random.default_rng(seed).integers(0, len(times), 5)
    whole = answers(gray_batch_test(times, causes, groups, n_causes=3, **chosen))
    part = gray_batch_test(times[order], causes[order], each[order], n_causes=3, **chosen)
    assert answers(part) == [whole[place] for place in order]


@laws
@given(data=studies(), seed=st.integers(0, 2**32 - 1))
def test_mr6_the_order_of_patients_is_irrelevant(data, seed):
    times, causes, groups = data
    order = np.random.default_rng(seed).permutation(times.shape[1])
    moved = gray_batch_test(times[:, order], causes[:, order], groups[..., order], n_causes=3)
    assert answers(moved) == answers(gray_batch_test(times, causes, groups, n_causes=3))


@pytest.mark.parametrize("grid", [None, 400, 12, 1])
@pytest.mark.parametrize("sizes", [(17, 11), (11, 17), (40, 45), (9, 9, 10), (1, 27)])
def test_whole_simulations_as_alone(sizes, grid):
    """Times without ties, with few, with many, and all tied, which leaves nothing to compare."""
    rng = np.random.default_rng(1711)
    shape = 60, sum(sizes)
    times = rng.exponential(100, shape) if grid is None else rng.integers(0, grid, shape) + 1.0
    causes = rng.choice([0, 1, 1, 2, 3], shape)
    batch = assert_as_alone(times, causes, np.repeat(np.arange(len(sizes)), sizes))
    if grid is None:
        assert batch.testable.mean() > 0.5


@pytest.mark.parametrize("n_groups", [8, 12])
def test_many_small_groups_as_alone(n_groups):
    """Sums over eight and more numbers may be taken in another order, and must not be here."""
    rng = np.random.default_rng(8)
    for grid in (1, 2, 30):
        times, causes = rng.integers(0, grid, (9, 40)), rng.integers(0, 3, (9, 40))
        assert_as_alone(times, causes, np.arange(40) % n_groups)


@pytest.mark.parametrize("rho", [0.0, 1.0])
def test_studies_whose_pooled_incidence_reaches_1_or_passes_it_as_alone(rho):
    """One group loses all but one patient in the middle; the other goes on to have its events."""
    rng = np.random.default_rng(16)
    shape, ends = (80, 24), np.array([1] * 12 + [2] * 4 + [3] * 8)
    times = ends + rng.integers(0, 4, shape) / rng.choice([4.0, 1e3], (80, 1))
    times[:, 12:16], times[:, 15], times[:, -1] = 2, 10, 10
    causes = np.where(ends == 2, 0, 1) * np.ones(shape, dtype=np.int64)
    causes[:, -3:] = rng.integers(0, 3, (80, 3))
    batch = assert_as_alone(times, causes, np.repeat([0, 1], [16, 8]), rho=rho)
    assert 0 < batch.testable.sum() < 80


def test_arguments_are_left_as_they_were():
    given_arrays = np.array([[1.0, 3, 2, 4]]), np.array([[1, 1, 2, 0]]), np.array([0, 0, 1, 1])
    before = [array.copy() for array in given_arrays]
    gray_batch_test(*given_arrays, n_causes=2)
    assert all((array == kept).all() for array, kept in zip(given_arrays, before, strict=True))


def test_the_size_of_the_test_over_all_studies():
    """Of 4,000 studies without difference 5 % reject, to four standard errors."""
    rng = np.random.default_rng(28)
    times, causes = rng.exponential(10, (4000, 28)), rng.integers(0, 3, (4000, 28))
    test = gray_batch_test(times, causes, np.repeat([0, 1], [17, 11]), n_causes=2)
    share = (test.p_value <= 0.05).mean()
    assert abs(share - 0.05) <= 4 * (0.05 * 0.95 / 4000) ** 0.5
