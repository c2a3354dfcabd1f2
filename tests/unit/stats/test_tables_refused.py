"""Tables of counts, their options and their limit: refused with a sentence, whatever is given."""

import numpy as np
import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.standardised import (
    standardised_difference,
    standardised_difference_categories,
)
from autallo.stats.contingency.counts import LARGEST_COUNT
from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.fisher_batch import fisher_batch_test
from autallo.stats.contingency.fragility import fragility_index, smallest_attainable_p
from autallo.stats.contingency.freeman_halton import freeman_halton_test
from autallo.stats.contingency.mcnemar import mcnemar_test
from autallo.stats.contingency.stratified import breslow_day_test, mantel_haenszel_test
from autallo.stats.contingency.stratified_exact import stratified_exact_test
from autallo.stats.contingency.trend import cochran_armitage_test
from autallo.stats.multiplicity.adjust import adjust_p_values
from autallo.stats.multiplicity.max_t import max_t_test
from autallo.stats.proportions.binomial import binomial_interval
from autallo.stats.proportions.risks import risk_difference, risk_ratio
from autallo.stats.proportions.unconditional import barnard_test, boschloo_test

NAN = float("nan")
TABLE = [[8, 9], [1, 10]]
WIDE = [[3, 5, 8], [14, 9, 4]]
OUTCOMES, GROUP = [[1, 0], [2, 1], [3, 0], [4, 1]], [0, 0, 1, 1]
ONE_TABLE = (fisher_test, mcnemar_test, fragility_index, risk_difference, risk_ratio, barnard_test)
MANY_TABLES = (fisher_batch_test, mantel_haenszel_test, breslow_day_test, stratified_exact_test)
WITH_LEVEL = (fisher_test, mcnemar_test, risk_difference, risk_ratio)


@pytest.mark.parametrize("function", [*ONE_TABLE, boschloo_test, cochran_armitage_test])
@pytest.mark.parametrize("table", [[[1, 2], [3]], [[1, [2]], [3, 4]], [["a", 1], [2, 3]], 5, None])
def test_what_is_no_table(function, table):
    with pytest.raises(ArgumentError, match="`table` must"):
        function(table)


@pytest.mark.parametrize("function", [*ONE_TABLE, boschloo_test, cochran_armitage_test])
def test_one_patient_too_many_in_a_cell(function):
    with pytest.raises(ArgumentError, match=r"must hold at most 1000000000 (patients|pairs) in a"):
        function([[1, LARGEST_COUNT + 1], [2, 3]])


@pytest.mark.parametrize("function", MANY_TABLES)
def test_one_patient_too_many_in_one_of_many_tables(function):
    for table in ([[1, 2], [LARGEST_COUNT + 1, 3]], [[1, 2, 3], [1, 2, 3]]):
        with pytest.raises(ArgumentError, match="`tables` must"):
            function([table])


def test_one_patient_too_many_elsewhere():
    with pytest.raises(ArgumentError, match="`n` must be at most 1000000000"):
        binomial_interval(3, LARGEST_COUNT + 1)
    with pytest.raises(ArgumentError, match="`counts_y` must hold at most"):
        standardised_difference_categories([1, 2], [LARGEST_COUNT + 1, 3])


@pytest.mark.parametrize("function", WITH_LEVEL)
@pytest.mark.parametrize("level", [None, "0.95", NAN, [0.9], 0])
def test_levels(function, level):
    with pytest.raises(ArgumentError, match="`level` must be between 0 and 1"):
        function(TABLE, level=level)
    with pytest.raises(ArgumentError, match="`level` must be between 0 and 1"):
        standardised_difference([1, 2], [3, 5], level=level)


@pytest.mark.parametrize("choice", [["exact"], np.array(["a", "b"]), {"a": 1}, None, 1])
def test_choices_that_are_no_word(choice):
    for function in (risk_difference, risk_ratio):
        with pytest.raises(ArgumentError, match="`method` must be one of"):
            function(TABLE, method=choice)
    with pytest.raises(ArgumentError, match="`method` must be one of"):
        binomial_interval(1, 2, method=choice)
    with pytest.raises(ArgumentError, match="`method` must be one of"):
        adjust_p_values([0.1], method=choice)
    with pytest.raises(ArgumentError, match="`method` must be one of"):
        smallest_attainable_p(3, 3, method=choice)
    for function in (fisher_test, mcnemar_test):
        with pytest.raises(ArgumentError, match="`interval` must be"):
            function(TABLE, interval=choice)
    for function in (barnard_test, boschloo_test):
        with pytest.raises(ArgumentError, match="`alternative` must be"):
            function(TABLE, alternative=choice)


@pytest.mark.parametrize("alpha", ["a", None, NAN, [0.05]])
def test_limits_of_significance_that_are_no_number(alpha):
    with pytest.raises(ArgumentError, match="`alpha` must be a number"):
        fragility_index(TABLE, alpha=alpha)


@pytest.mark.parametrize("draws", [NAN, 1.5, "a", None, 0, True])
def test_draws(draws):
    for test, given in ((freeman_halton_test, (WIDE,)), (max_t_test, (OUTCOMES, GROUP))):
        with pytest.raises(ArgumentError, match="`draws` must be a whole number of at least 1"):
            test(*given, draws=draws)
        with pytest.raises(ArgumentError, match=r"`rng` must be a numpy.random.Generator"):
            test(*given, rng=1)


@pytest.mark.parametrize("budget", ["a", NAN, -1, None, 1.5])
def test_budgets(budget):
    for function in (freeman_halton_test, cochran_armitage_test):
        with pytest.raises(ArgumentError, match="`budget` must be whole numbers"):
            function(WIDE, budget=budget)


@pytest.mark.parametrize("most", [1.5, True, "a", NAN, None])
def test_arrangements_to_count(most):
    with pytest.raises(ArgumentError, match="`exact_up_to` must be whole numbers"):
        max_t_test(OUTCOMES, GROUP, exact_up_to=most)


def test_masked_values():
    masked = np.ma.masked_array([[1.0, 2], [3, 4]], mask=[[False, True], [False, False]])
    with pytest.raises(ArgumentError, match="`scores` must not have masked values"):
        max_t_test(masked, [0, 1])
    with pytest.raises(ArgumentError, match="`p_values` must not have masked values"):
        adjust_p_values(np.ma.masked_array([0.1, 0.2], mask=[False, True]))
    with pytest.raises(ArgumentError, match="`table` must not have masked values"):
        fisher_test(np.ma.masked_array([[1, 2], [3, 4]], mask=[[False, True], [False, False]]))
