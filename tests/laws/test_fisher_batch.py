"""Many tables at once give what each gives alone, bit for bit."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.contingency import fisher_batch
from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.fisher_batch import fisher_batch_test

table = st.tuples(*[st.integers(0, 20)] * 4)


def alone(tables):
    tests = [fisher_test(cells) for cells in tables]
    return [
        [getattr(test, field) for test in tests] for field in ("p_value", "mid_p", "smallest_p")
    ]


def together(tables):
    test = fisher_batch_test(tables)
    return [test.p_value.tolist(), test.mid_p.tolist(), test.smallest_p.tolist()]


@settings(deadline=None, max_examples=50)
@given(st.lists(table, min_size=1, max_size=30))
def test_each_table_as_alone(cells):
    tables = np.array(cells).reshape(-1, 2, 2)
    assert together(tables) == alone(tables)


def test_studies_of_17_and_11_patients_as_alone():
    rng = np.random.default_rng(1)
    first, second = rng.binomial(17, 0.4, 400), rng.binomial(11, 0.2, 400)
    tables = np.stack([first, 17 - first, second, 11 - second], axis=1).reshape(-1, 2, 2)
    assert together(tables) == alone(tables)


def test_large_tables_as_alone():
    rng = np.random.default_rng(2)
    tables = rng.integers(0, 10**6, (6, 2, 2))
    assert together(tables) == alone(tables)


@settings(deadline=None, max_examples=30)
@given(st.lists(table, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_mr11_another_table_or_order_changes_no_number(cells, random):
    tables = np.array(cells).reshape(-1, 2, 2)
    order = list(range(len(tables)))
    random.shuffle(order)
    longer = np.concatenate([tables[order], [[[9, 3], [2, 7]]]])
    assert together(longer)[0][:-1] == [together(tables)[0][place] for place in order]


@settings(deadline=None, max_examples=30)
@given(st.lists(table, min_size=1, max_size=20))
def test_codes_that_do_not_fit_are_shortened(cells):
    """With the largest code at 100 the columns are renumbered on the way."""
    tables = np.array(cells).reshape(-1, 2, 2)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fisher_batch, "LARGEST_CODE", 100)
        assert together(tables) == alone(tables)
