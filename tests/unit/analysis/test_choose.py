"""The choice of method at the sizes where it changes, and that each choice has a known method."""

import pytest

from autallo.analysis.choose import (
    choose_gray_test,
    choose_logrank_test,
    choose_rank_test,
    choose_table_test,
)
from autallo.model.methods import METHODS


@pytest.mark.parametrize(
    ("choose", "n", "method"),
    [
        (choose_logrank_test, 28, "logrank_exact"),
        (choose_logrank_test, 40, "logrank_exact"),
        (choose_logrank_test, 41, "logrank_monte_carlo"),
        (choose_logrank_test, 200, "logrank_monte_carlo"),
        (choose_logrank_test, 201, "logrank"),
        (choose_rank_test, 200, "mann_whitney_exact"),
        (choose_rank_test, 201, "mann_whitney_asymptotic"),
        (choose_gray_test, 200, "gray_permutation"),
        (choose_gray_test, 201, "gray"),
    ],
)
def test_the_method_follows_the_size_and_says_so(choose, n, method):
    choice = choose(n)
    assert choice.method == method
    assert choice.method in METHODS
    assert choice.why.startswith(f"{n} patients:")


def test_tables_are_always_exact():
    assert choose_table_test(2, 2).method == "fisher_exact"
    assert choose_table_test(2, 3).method == "freeman_halton"
    assert choose_table_test(3, 2).method == "freeman_halton"
