"""The first method that holds its level is taken, and says so."""

import pytest

from autallo.analysis import choose
from autallo.analysis.choose import (
    choose_gray_test,
    choose_logrank_test,
    choose_rank_test,
    choose_table_test,
)
from autallo.analysis.measured import Setting
from autallo.model.methods import METHODS

VALID = {
    "logrank_permutation": 0.045, "logrank_imputation": 0.05, "logrank": 0.052,
    "gray_permutation": 0.04, "gray": 0.055, "mann_whitney_exact": 0.03, "mann_whitney": 0.05,
    "fisher_exact": 0.02, "chi_squared": 0.06,
}  # fmt: skip


@pytest.fixture
def sizes(monkeypatch):
    """Let the methods have these sizes everywhere."""

    def put(**changed):
        known = {**VALID, **changed}
        monkeypatch.setattr(choose, "measured_size", lambda _, method, __: known[method])

    put()
    return put


@pytest.mark.parametrize(
    ("choice", "first", "second", "method"),
    [
        (choose_logrank_test, 17, 11, "logrank_exact"),
        (choose_logrank_test, 20, 20, "logrank_exact"),
        (choose_logrank_test, 20, 21, "logrank_monte_carlo"),
        (choose_logrank_test, 100, 100, "logrank_monte_carlo"),
        (choose_logrank_test, 101, 100, "logrank"),
        (choose_rank_test, 100, 100, "mann_whitney_exact"),
        (choose_rank_test, 101, 100, "mann_whitney_asymptotic"),
        (choose_gray_test, 100, 100, "gray_permutation"),
        (choose_gray_test, 101, 100, "gray"),
    ],
)
def test_the_method_follows_the_size_and_says_so(sizes, choice, first, second, method):
    found = choice(Setting(first, second))
    assert found.method == method
    assert found.method in METHODS
    assert found.why.startswith(f"{first + second} patients:")


def test_the_sentence_sets_the_conventional_size_beside(sizes):
    assert choose_logrank_test(Setting(17, 11)).why == (
        "28 patients: all arrangements can be enumerated. In simulated studies like this one "
        "without any difference, p was 0.05 or less in 4.5%, asymptotically in 5.2%."
    )


def test_where_follow_up_differs_and_relabelling_fails_what_was_censored_is_imputed(sizes):
    shorter = Setting(17, 11, censored_sooner="smaller")
    assert choose_logrank_test(shorter).method == "logrank_exact"
    sizes(logrank_permutation=0.056)
    assert choose_logrank_test(shorter).method == "logrank_imputation"
    assert choose_logrank_test(Setting(17, 11)).method == "logrank"
    sizes(logrank_permutation=0.056, logrank_imputation=0.06)
    assert choose_logrank_test(shorter).method == "logrank"


def test_where_no_test_holds_its_level_there_is_none(sizes):
    sizes(logrank_permutation=0.08, logrank_imputation=0.07, logrank=0.09)
    found = choose_logrank_test(Setting(17, 11, censored_sooner="larger"))
    assert found.method is None
    assert "logrank exact 8.0%, logrank imputation 7.0%, logrank 9.0%" in found.why


def test_tables_are_always_exact(sizes):
    assert choose_table_test(2, 2, Setting(3, 3)).method == "fisher_exact"
    assert choose_table_test(2, 3, Setting(3, 3)).method == "freeman_halton"
    assert choose_table_test(3, 2, Setting(300, 300)).method == "freeman_halton"


@pytest.mark.parametrize(
    ("first", "second", "method"),
    [(39, 1, "logrank_exact"), (5, 35, "logrank_exact"), (5, 36, "logrank_monte_carlo")],
)
def test_all_arrangements_of_up_to_40_patients_are_counted(sizes, first, second, method):
    assert choose_logrank_test(Setting(first, second)).method == method


@pytest.mark.parametrize(
    ("size", "method"), [(0.05, "gray"), (0.055, "gray"), (0.0551, None), (0.06, None)]
)
def test_a_size_of_up_to_5_5_percent_is_tolerated(sizes, size, method):
    sizes(gray_permutation=0.07, gray=size)
    assert choose_gray_test(Setting(17, 11)).method == method


def test_where_follow_up_is_the_same_nothing_is_imputed_though_all_else_fails(sizes):
    sizes(logrank_permutation=0.08, logrank=0.09)
    found = choose_logrank_test(Setting(17, 11))
    assert found.method is None
    assert "(logrank exact 8.0%, logrank 9.0%)" in found.why


def test_the_exact_test_of_ranks_comes_before_the_approximation(sizes):
    found = choose_rank_test(Setting(17, 11))
    assert found.method == "mann_whitney_exact"
    assert found.why.endswith("p was 0.05 or less in 3.0%, asymptotically in 5.0%.")
    sizes(mann_whitney_exact=0.06)
    found = choose_rank_test(Setting(17, 11))
    assert found.method == "mann_whitney_asymptotic"
    assert found.why.endswith("p was 0.05 or less in 5.0%.")


def test_a_table_is_judged_beside_the_chi_squared_test(sizes):
    why = choose_table_test(2, 2, Setting(17, 11)).why
    assert why.endswith("p was 0.05 or less in 2.0%, asymptotically in 6.0%.")


@pytest.mark.parametrize(("rows", "columns"), [(2, 4), (4, 2), (3, 3)])
def test_larger_tables_need_no_measured_size(sizes, rows, columns):
    found = choose_table_test(rows, columns, Setting(17, 11))
    assert found.method == "freeman_halton"
    assert found.why.startswith("Exact at every size")
