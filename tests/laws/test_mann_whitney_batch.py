"""What the batch of Mann-Whitney tests obeys: each study gets what it gets alone."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.mann_whitney import mann_whitney_test
from autallo.stats.ranks.mann_whitney_batch import mann_whitney_batch_test

NAMES = ("statistic", "p_value", "p_less", "p_greater", "smallest_p", "superiority", "ties")


def assert_as_alone(x, y, exact_up_to):
    batch = mann_whitney_batch_test(x, y, exact_up_to=exact_up_to)
    for study, (a, b) in enumerate(zip(x, y, strict=True)):
        alone = mann_whitney_test(a, b, exact_up_to=exact_up_to)
        for name in NAMES:
            assert getattr(batch, name)[study] == getattr(alone, name), name
        assert (batch.n_x, batch.n_y, batch.method) == (alone.n_x, alone.n_y, alone.method)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 8), st.integers(1, 8), st.sampled_from([200, 0]))
def test_mr11_studies_do_not_change_one_another(data, n, m, exact_up_to):
    """MR-11: to the last bit, with and without ties."""
    row = st.lists(st.integers(0, 6), min_size=n + m, max_size=n + m)
    studies = np.array(data.draw(st.lists(row, min_size=1, max_size=6), label="studies"))
    assert_as_alone(studies[:, :n], studies[:, n:], exact_up_to)


@pytest.mark.parametrize("decimals", [None, 1, 0])
@pytest.mark.parametrize(("n", "m"), [(17, 11), (11, 17), (40, 45)])
def test_mr11_whole_simulations(n, m, decimals):
    """Normal values as they are, with few ties, and with nothing but ties."""
    rng = np.random.default_rng(17)
    studies = rng.normal(size=(60, n + m))
    if decimals is not None:
        studies = np.round(studies, decimals)
    assert_as_alone(studies[:, :n], studies[:, n:], 200)


@pytest.mark.parametrize("levels", [1, 2, 3, 4, 5, 6, 8])
@pytest.mark.parametrize(("n", "m"), [(17, 11), (11, 17), (3, 25), (27, 29), (2, 200)])
def test_mr11_grades(n, m, levels):
    """Few levels are counted for all studies at once, and not always from the distribution."""
    rng = np.random.default_rng(levels)
    studies = rng.binomial(levels - 1, 0.4, size=(40, n + m))
    assert_as_alone(studies[:, :n], studies[:, n:], 200)


def test_the_size_of_the_test_over_all_studies():
    """Of 4,000 studies without difference at most 5 % and four standard errors reject."""
    rng = np.random.default_rng(1711)
    test = mann_whitney_batch_test(rng.normal(size=(4000, 17)), rng.normal(size=(4000, 11)))
    assert (test.p_value <= 0.05).mean() <= 0.05 + 4 * (0.05 * 0.95 / 4000) ** 0.5
