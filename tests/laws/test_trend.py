"""What the Cochran-Armitage test obeys for any table."""

from itertools import product
from math import comb, prod

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.contingency.trend import cochran_armitage_test

tables = st.integers(2, 5).flatmap(
    lambda k: st.tuples(
        st.lists(st.integers(0, 6), min_size=k, max_size=k),
        st.lists(st.integers(0, 6), min_size=k, max_size=k),
        st.lists(st.integers(-20, 20), min_size=k, max_size=k),
    )
)


def exact(test):
    return (test.p_value, test.p_less, test.p_greater, test.mid_p, test.smallest_p)


@settings(deadline=None)
@given(tables)
def test_mr5_swapping_the_groups_turns_the_trend(drawn):
    first, second, scores = drawn
    test = cochran_armitage_test([first, second], scores=scores)
    turned = cochran_armitage_test([second, first], scores=scores)
    assert (test.p_value, test.p_less, test.p_greater) == (
        turned.p_value,
        turned.p_greater,
        turned.p_less,
    )
    assert (test.mid_p, test.smallest_p) == (turned.mid_p, turned.smallest_p)
    assume(test.statistic is not None)
    assert turned.statistic == pytest.approx(-test.statistic, rel=1e-14)


@settings(deadline=None)
@given(tables, st.sampled_from([0.1, 0.25, 3]), st.integers(-9, 9))
def test_shifted_and_stretched_scores_are_the_same_scores(drawn, factor, shift):
    first, second, scores = drawn
    test = cochran_armitage_test([first, second], scores=scores)
    other = [round(factor * score + shift, 6) for score in scores]
    moved = cochran_armitage_test([first, second], scores=other)
    assert exact(moved) == exact(test)
    assert moved.statistic == test.statistic


@settings(deadline=None)
@given(tables, st.randoms(use_true_random=False))
def test_mr9_the_order_of_the_categories_does_not_matter_with_their_scores(drawn, random):
    order = list(range(len(drawn[0])))
    random.shuffle(order)
    first, second, scores = ([values[place] for place in order] for values in drawn)
    test = cochran_armitage_test([drawn[0], drawn[1]], scores=drawn[2])
    assert cochran_armitage_test([first, second], scores=scores) == test


@settings(deadline=None)
@given(tables)
def test_mr41_an_empty_category_changes_nothing(drawn):
    first, second, scores = drawn
    test = cochran_armitage_test([first, second], scores=scores)
    wider = cochran_armitage_test([[*first, 0], [*second, 0]], scores=[*scores, 77])
    assert exact(wider) == exact(test)


@given(st.lists(st.integers(0, 15), min_size=4, max_size=4))
def test_two_categories_have_the_one_sided_p_of_fisher(cells):
    """The first row has the higher score less often the more it has of the first category."""
    table = [cells[:2], cells[2:]]
    trend, fisher = cochran_armitage_test(table), fisher_test(table)
    assert (trend.p_less, trend.p_greater) == (fisher.p_greater, fisher.p_less)


@settings(deadline=None)
@given(st.lists(st.integers(0, 9), min_size=2, max_size=5))
def test_mr36_equal_groups_have_p_1(row):
    test = cochran_armitage_test([row, row])
    assert test.p_value == 1.0
    assert test.statistic in (None, 0.0)


@pytest.mark.parametrize("scores", [(0, 1, 2), (0, 1, 5), (1, 1, 2)])
def test_exact_p_values_never_exceed_their_level(scores):
    """All tables with columns of 3, 4 and 2 and each first row: P(p <= u) <= u, mid-P mean 1/2."""
    sizes = (3, 4, 2)
    for row in range(1, 9):
        found = []
        for first in product(*(range(size + 1) for size in sizes)):
            if sum(first) == row:
                second = [size - count for size, count in zip(sizes, first, strict=True)]
                test = cochran_armitage_test([first, second], scores=scores)
                chance = prod(map(comb, sizes, first)) / comb(9, row)
                found.append((test.p_value, chance, test.mid_p))
        assert sum(chance * mid_p for _, chance, mid_p in found) == pytest.approx(0.5, rel=1e-12)
        for p_value, _, _ in found:
            size = sum(chance for other, chance, _ in found if other <= p_value)
            assert size == pytest.approx(p_value, rel=1e-12)


@settings(deadline=None)
@given(tables)
def test_mr34_and_mr37_p_values_are_probabilities_of_at_least_the_smallest(drawn):
    test = cochran_armitage_test([drawn[0], drawn[1]], scores=drawn[2])
    assert 0 < test.smallest_p <= test.p_value <= 1
    assert test.p_less + test.p_greater > 1
    assert 0 < test.mid_p < test.p_value
