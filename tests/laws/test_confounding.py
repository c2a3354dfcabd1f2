"""What standardised differences obey for any values."""

from fractions import Fraction
from math import sqrt
from statistics import fmean, variance

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from autallo.stats.confounding.standardised import (
    standardised_difference,
    standardised_difference_categories,
)

values = st.lists(st.integers(-30, 30), min_size=2, max_size=20)
two_counts = (
    st.integers(2, 5)
    .flatmap(lambda k: st.tuples(*[st.lists(st.integers(0, 12), min_size=k, max_size=k)] * 2))
    .filter(lambda both: any(both[0]) and any(both[1]))
)


def solved(matrix, vector):
    """Solve a system of equations in fractions, by elimination: the slow twin's algebra."""
    rows = [[*row, entry] for row, entry in zip(matrix, vector, strict=True)]
    for i in range(len(rows)):
        pivot = next(r for r in range(i, len(rows)) if rows[r][i] != 0)
        rows[i], rows[pivot] = rows[pivot], rows[i]
        rows[i] = [entry / rows[i][i] for entry in rows[i]]
        for r in range(len(rows)):
            if r != i:
                rows[r] = [a - rows[r][i] * b for a, b in zip(rows[r], rows[i], strict=True)]
    return [row[-1] for row in rows]


def distance_without(left_out, counts_x, counts_y):
    """Return the Mahalanobis distance in fractions, one chosen category left out."""
    kept = [
        (Fraction(a, sum(counts_x)), Fraction(b, sum(counts_y)))
        for i, (a, b) in enumerate(zip(counts_x, counts_y, strict=True))
        if i != left_out
    ]
    covariance = [
        [((i == j) * (p + q) - p * r - q * s) / 2 for j, (r, s) in enumerate(kept)]
        for i, (p, q) in enumerate(kept)
    ]
    shift = [p - q for p, q in kept]
    return sqrt(sum(a * b for a, b in zip(shift, solved(covariance, shift), strict=True)))


@given(values, values)
def test_difference_of_means_in_units_of_the_average_spread(x, y):
    assume(len({*x}) > 1 or len({*y}) > 1)
    expected = (fmean(x) - fmean(y)) / sqrt((variance(x) + variance(y)) / 2)
    difference = standardised_difference(x, y)
    assert difference.estimate == pytest.approx(expected, rel=1e-10, abs=1e-12)
    assert difference.low < difference.estimate < difference.high


@given(values, values, st.integers(1, 9), st.integers(-99, 99))
def test_unit_and_origin_do_not_matter(x, y, unit, origin):
    assume(len({*x}) > 1 or len({*y}) > 1)
    here = standardised_difference(x, y)
    there = standardised_difference([unit * a + origin for a in x], [unit * b + origin for b in y])
    assert there.estimate == pytest.approx(here.estimate, rel=1e-10, abs=1e-12)


@given(values, values)
def test_swapping_the_groups_turns_the_sign(x, y):
    here, swapped = standardised_difference(x, y), standardised_difference(y, x)
    assume(here.estimate is not None)
    numbers = [-swapped.estimate, -swapped.high, -swapped.low]
    assert [here.estimate, here.low, here.high] == pytest.approx(numbers, abs=1e-12)


@given(two_counts)
def test_distance_is_the_same_whichever_category_is_left_out(both):
    assume(all(a + b > 0 for a, b in zip(*both, strict=True)))
    assume(any(a * b > 0 for a, b in zip(*both, strict=True)))
    estimate = standardised_difference_categories(*both).estimate
    for left_out in range(len(both[0])):
        # 1e-7 in absolute terms near 0: a root magnifies the rounding of its square.
        expected = distance_without(left_out, *both)
        assert abs(estimate) == pytest.approx(expected, rel=1e-10, abs=1e-7)


@given(two_counts, st.randoms(use_true_random=False))
def test_order_of_three_or_more_categories_does_not_matter(both, random):
    assume(len(both[0]) > 2 and any(a * b > 0 for a, b in zip(*both, strict=True)))
    order = list(range(len(both[0])))
    random.shuffle(order)
    here = standardised_difference_categories(*both)
    there = standardised_difference_categories(*([counts[i] for i in order] for counts in both))
    assert there.estimate == pytest.approx(here.estimate, rel=1e-9, abs=1e-7)


@given(two_counts)
def test_more_patients_in_the_same_shares_only_narrow_the_interval(both):
    assume(any(a * b > 0 for a, b in zip(*both, strict=True)))
    here = standardised_difference_categories(*both)
    tenfold = standardised_difference_categories(*([10 * a for a in counts] for counts in both))
    assert tenfold.estimate == pytest.approx(here.estimate, rel=1e-9, abs=1e-7)
    assert tenfold.high < here.high


@given(*[st.lists(st.integers(1, 12), min_size=2, max_size=2)] * 2)
def test_an_empty_third_category_leaves_the_distance_of_two(counts_x, counts_y):
    two = standardised_difference_categories(counts_x, counts_y).estimate
    three = standardised_difference_categories([*counts_x, 0], [*counts_y, 0]).estimate
    assert three == pytest.approx(abs(two), rel=1e-12)
