"""Twins of families of tests: adjusted by definition, max-T in fractions over all dealings."""

from fractions import Fraction
from itertools import permutations
from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.multiplicity.adjust import adjust_p_values
from autallo.stats.multiplicity.max_t import max_t_test

QUICK = settings(max_examples=100, deadline=None)
probabilities = st.lists(
    st.one_of(st.none(), st.fractions(0, 1, max_denominator=1000)), min_size=1, max_size=9
)


def smallest_level(p_values, i, rejected_at):
    """Return the smallest level at which hypothesis i is rejected, found among all candidates."""
    m = len(p_values)
    candidates = {k * p for p in p_values for k in range(1, m + 1)}
    candidates |= {p * m / k for p in p_values for k in range(1, m + 1)} | {Fraction(1)}
    return min(level for level in candidates if level >= 1 or i in rejected_at(p_values, level))


def holm(p_values, level):
    rejected, m = set(), len(p_values)
    for step, i in enumerate(sorted(range(m), key=lambda i: p_values[i])):
        if p_values[i] > level / (m - step):
            break
        rejected.add(i)
    return rejected


def hochberg(p_values, level):
    order, m = sorted(range(len(p_values)), key=lambda i: p_values[i]), len(p_values)
    passed = [step for step, i in enumerate(order) if p_values[i] <= level / (m - step)]
    return set(order[: max(passed) + 1]) if passed else set()


def benjamini_hochberg(p_values, level):
    order, m = sorted(range(len(p_values)), key=lambda i: p_values[i]), len(p_values)
    passed = [step for step, i in enumerate(order) if p_values[i] <= level * (step + 1) / m]
    return set(order[: max(passed) + 1]) if passed else set()


def bonferroni(p_values, level):
    return {i for i, p in enumerate(p_values) if p <= level / len(p_values)}


RULES = [holm, hochberg, benjamini_hochberg, bonferroni]


@QUICK
@given(probabilities, st.sampled_from(RULES))
def test_adjusted_is_the_smallest_level_that_rejects(p_values, rule):
    tested = [p for p in p_values if p is not None]
    levels = iter([smallest_level(tested, i, rule) for i in range(len(tested))])
    wanted = [None if p is None else float(next(levels)) for p in p_values]
    given_values = [None if p is None else float(p) for p in p_values]
    adjusted = adjust_p_values(given_values, method=rule.__name__)
    for found, expected in zip(adjusted.p_value, wanted, strict=True):
        assert found == (None if expected is None else pytest.approx(expected, rel=1e-12))


def quadratic(column, labels):
    """Return the standardised quadratic form of one column, in fractions."""
    n = len(column)
    mean = sum(column) / n
    total = sum((value - mean) ** 2 for value in column)
    if total == 0:
        return None
    groups = (
        [value - mean for value, own in zip(column, labels, strict=True) if own == g]
        for g in set(labels)
    )
    return (n - 1) * sum(sum(group) ** 2 / len(group) for group in groups) / total


def westfall_young(columns, labels):
    dealings = sorted(set(permutations(labels)))
    observed = {j: quadratic(column, labels) for j, column in enumerate(columns)}
    family = [j for j, value in observed.items() if value is not None]
    table = [{j: quadratic(columns[j], dealt) for j in family} for dealt in dealings]

    def share(j, among):
        reached = sum(max(row[k] for k in among) >= observed[j] for row in table)
        return Fraction(reached, len(dealings))

    left, least = sorted(family, key=lambda j: -observed[j]), Fraction(0)
    raw, single, down = (
        {j: share(j, [j]) for j in family},
        {j: share(j, family) for j in family},
        {},
    )
    while left:
        least = max(least, share(left[0], left))
        down[left.pop(0)] = least
    return [[part.get(j) for j in range(len(columns))] for part in (raw, single, down)]


def columns_of(n):
    whole = st.lists(st.integers(0, 3), min_size=n, max_size=n)
    thirds = st.lists(st.integers(0, 4).map(lambda k: Fraction(k, 3)), min_size=n, max_size=n)
    ranks = st.permutations(range(1, n + 1))
    halves = st.lists(st.integers(-3, 3).map(lambda k: Fraction(k, 2)), min_size=n, max_size=n)
    return st.lists(st.one_of(whole, ranks, halves, thirds), min_size=1, max_size=4)


def grouped(labels):
    return st.permutations(labels).flatmap(lambda own: columns_of(len(labels)).map(
        lambda columns: (own, columns)))  # fmt: skip


samples = st.sampled_from(
    ["01", "0011", "00011", "000111", "0111111", "00001111", "0012", "00112", "001122"]
).flatmap(lambda text: grouped([int(code) for code in text]))


@QUICK
@given(samples)
def test_every_dealing_in_fractions(sample):
    labels, columns = sample
    columns = [[Fraction(value) for value in column] for column in columns]
    scores = [[float(column[i]) for column in columns] for i in range(len(labels))]
    test = max_t_test(scores, labels)
    raw, single, down = westfall_young(columns, labels)
    for part, wanted in (("p_value", raw), ("single_step", single), ("step_down", down)):
        expected = tuple(None if value is None else float(value) for value in wanted)
        assert getattr(test, part) == expected, part
    assert test.untestable == down.count(None)


def test_two_patients_against_many_hundreds_are_dealt_quickly():
    """All pairs of 1202 patients, listed at once; whole scores, so equal is equal."""
    rng = np.random.default_rng(5)
    n = 1202
    scores, group = rng.integers(0, 40, (n, 2)), np.zeros(n, dtype=int)
    group[rng.choice(n, 2, replace=False)] = 1
    started = process_time()
    test = max_t_test(scores, group)
    assert process_time() - started < 4
    one, other = np.triu_indices(n, k=1)
    centred = n * scores - scores.sum(axis=0)
    sums = np.abs(centred[one] + centred[other])
    seen = np.abs(centred[group == 1].sum(axis=0))
    assert test.arrangements == len(sums)
    assert test.p_value == pytest.approx((sums >= seen).mean(axis=0).tolist(), rel=1e-12)


@pytest.mark.parametrize("sizes", [(3, 2, 2), (1, 1, 5), (2, 1, 1, 2)])
def test_every_way_to_deal_more_than_two_groups(sizes):
    """One outcome: the quadratic form of every distinct order of the group labels, in fractions."""
    group = [g for g, size in enumerate(sizes) for _ in range(size)]
    scores = [1, 4, 4, 9, 2, 7, 5][: len(group)]
    mean = Fraction(sum(scores), len(scores))

    def level(labels):
        sums = [
            sum(s - mean for s, g in zip(scores, labels, strict=True) if g == h)
            for h in range(len(sizes))
        ]
        return sum(part**2 / size for part, size in zip(sums, sizes, strict=True))

    levels = [level(labels) for labels in set(permutations(group))]
    wanted = Fraction(sum(other >= level(group) for other in levels), len(levels))
    test = max_t_test([[score] for score in scores], group)
    assert test.arrangements == len(levels)
    assert test.p_value == pytest.approx([float(wanted)], rel=1e-12)
