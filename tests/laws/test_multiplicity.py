"""Laws of families of tests, and their error rate counted over every arrangement."""

import math
from fractions import Fraction
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.multiplicity.adjust import adjust_p_values
from autallo.stats.multiplicity.max_t import max_t_test
from autallo.stats.ranks.mann_whitney import mann_whitney_test

QUICK = settings(max_examples=100, deadline=None)
FEW = settings(max_examples=20, deadline=None)
METHODS = st.sampled_from(["holm", "hochberg", "benjamini_hochberg", "bonferroni"])
p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=12)


@QUICK
@given(p_lists, METHODS)
def test_law_48_not_below_raw_monotone_and_order_free(p_values, method):
    adjusted = adjust_p_values(p_values, method=method).p_value
    assert all(p <= found <= 1 for p, found in zip(p_values, adjusted, strict=True))
    pairs = sorted(zip(p_values, adjusted, strict=True))
    assert [found for _, found in pairs] == sorted(adjusted)
    backwards = adjust_p_values(p_values[::-1], method=method).p_value
    assert backwards == adjusted[::-1]


@QUICK
@given(p_lists)
def test_the_adjustments_in_their_order(p_values):
    bonferroni, holm, hochberg, fdr = (
        adjust_p_values(p_values, method=method).p_value
        for method in ("bonferroni", "holm", "hochberg", "benjamini_hochberg")
    )
    slack = 1 + 1e-12
    for all_four in zip(bonferroni, holm, hochberg, fdr, strict=True):
        assert all(a * slack >= b for a, b in pairwise(all_four))


@QUICK
@given(p_lists, METHODS, st.integers(0, 12))
def test_an_untestable_comparison_changes_nothing_wherever_it_stands(p_values, method, place):
    without = adjust_p_values(p_values, method=method).p_value
    place = min(place, len(p_values))
    with_it = adjust_p_values([*p_values[:place], None, *p_values[place:]], method=method)
    assert with_it.p_value == (*without[:place], None, *without[place:])
    assert (with_it.family, with_it.untestable) == (len(p_values), 1)


@QUICK
@given(p_lists, METHODS, st.floats(0, 1))
def test_a_smaller_p_value_never_raises_another(p_values, method, share):
    before = adjust_p_values(p_values, method=method).p_value
    after = adjust_p_values([p_values[0] * share, *p_values[1:]], method=method).p_value
    assert all(b <= a for a, b in zip(before, after, strict=True))


def labels_of(n, two=True):
    highest = 1 if two else 2
    return st.lists(st.integers(0, highest), min_size=n, max_size=n).filter(
        lambda own: set(own) == set(range(highest + 1))
    )


def ranks_of(n):
    return st.lists(st.permutations(range(1, n + 1)), min_size=1, max_size=4)


def any_of(n):
    column = st.lists(st.one_of(st.integers(0, 3), st.floats(-9, 9)), min_size=n, max_size=n)
    return st.lists(column, min_size=1, max_size=4)


samples = st.integers(4, 9).flatmap(lambda n: st.tuples(any_of(n), labels_of(n)))
in_three = st.integers(4, 7).flatmap(lambda n: st.tuples(any_of(n), labels_of(n, two=False)))
ranked = st.integers(4, 9).flatmap(lambda n: st.tuples(ranks_of(n), labels_of(n)))


def max_t_of(columns, labels):
    return max_t_test(np.transpose(columns), labels)


def present(values):
    return [value for value in values if value is not None]


@QUICK
@given(st.one_of(samples, in_three))
def test_laws_34_and_37_bounds_order_and_lattice(sample):
    test = max_t_of(*sample)
    rows = [
        row
        for row in zip(test.statistic, test.p_value, test.step_down, test.single_step, strict=True)
        if row[0] is not None
    ]
    assert len(rows) == test.family
    for _, raw, down, single in rows:
        assert 0 < raw <= down <= single <= 1
        for p in (raw, down, single):
            count = p * test.arrangements
            assert count == pytest.approx(round(count), abs=1e-9)
    by_size = sorted(rows, key=lambda row: -abs(row[0]))
    downs = [row[2] for row in by_size]
    assert downs == sorted(downs)
    if rows:
        # nothing is left out before the first step, and nothing but itself after the last
        assert downs[0] == by_size[0][3]
        assert downs[-1] == max([by_size[-1][1], *downs[:-1]])


@QUICK
@given(samples, st.randoms(use_true_random=False))
def test_laws_5_6_and_7_swapped_groups_and_order(sample, random):
    columns, labels = sample
    plain = max_t_of(columns, labels)
    swapped = max_t_of(columns, [1 - own for own in labels])
    rows, places = list(range(len(labels))), list(range(len(columns)))
    random.shuffle(rows)
    random.shuffle(places)
    moved = max_t_of([[column[i] for i in rows] for column in columns], [labels[i] for i in rows])
    turned = max_t_of([columns[j] for j in places], labels)
    for part in ("p_value", "single_step", "step_down"):
        found = getattr(plain, part)
        assert getattr(swapped, part) == getattr(moved, part) == found
        assert getattr(turned, part) == tuple(found[j] for j in places)
    assert [-value for value in present(swapped.statistic)] == pytest.approx(
        present(plain.statistic), rel=1e-9, abs=1e-9
    )


@QUICK
@given(ranked, st.sampled_from([-3.0, 0.1, 1 / 3, 1000.0]), st.sampled_from([0.0, 0.7, -50.0]))
def test_the_unit_of_an_outcome_does_not_matter(sample, unit, shift):
    columns, labels = sample
    other = max_t_of([[unit * value + shift for value in columns[0]], *columns[1:]], labels)
    plain = max_t_of(columns, labels)
    for part in ("p_value", "single_step", "step_down"):
        assert getattr(other, part) == getattr(plain, part)


@QUICK
@given(samples)
def test_a_constant_outcome_changes_nothing(sample):
    columns, labels = sample
    plain, more = max_t_of(columns, labels), max_t_of([[2.5] * len(labels), *columns], labels)
    for part in ("statistic", "p_value", "single_step", "step_down"):
        assert getattr(more, part) == (None, *getattr(plain, part))
    assert (more.family, more.untestable) == (plain.family, plain.untestable + 1)


@QUICK
@given(ranked)
def test_of_outcomes_without_ties_max_t_is_never_above_holm(sample):
    # each has the same distribution, so any of m reaches t at most m times as often as one
    test = max_t_of(*sample)
    holm = adjust_p_values(test.p_value).p_value
    for found, bound in zip(test.step_down, holm, strict=True):
        assert found <= bound * (1 + 1e-12)


@QUICK
@given(ranked, st.integers(2, 4))
def test_copies_of_one_outcome_cost_nothing(sample, copies):
    columns, labels = sample
    test = max_t_of(columns[:1] * copies, labels)
    assert test.step_down == test.single_step == test.p_value


@QUICK
@given(ranked)
def test_one_outcome_of_ranks_is_the_mann_whitney_test(sample):
    columns, labels = sample
    halves = ([v for v, own in zip(columns[0], labels, strict=True) if own == g] for g in (0, 1))
    wanted = mann_whitney_test(*halves).p_value
    assert max_t_of(columns[:1], labels).step_down == (pytest.approx(wanted, rel=1e-12),)


@QUICK
@given(
    st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 1)), min_size=3,
             max_size=10).filter(lambda rows: {row[2] for row in rows} == {0, 1})
)  # fmt: skip
def test_one_outcome_of_log_rank_scores_is_the_permutation_log_rank_test(rows):
    scores = []
    for time, event, _ in rows:
        hazard = sum(
            Fraction(sum(r[0] == day and r[1] for r in rows), sum(r[0] >= day for r in rows))
            for day in {r[0] for r in rows}
            if day <= time
        )
        scores.append(float(event - hazard))
    wanted = logrank_permutation_test(*zip(*rows, strict=True))
    test = max_t_of([scores], [row[2] for row in rows])
    if wanted.p_value is None:
        assert test.step_down == (None,)
    else:
        assert test.step_down == (pytest.approx(wanted.p_value, rel=1e-12),)


def smallest_p_of_every_dealing(columns, size, among):
    n = len(columns[0])
    found = []
    for chosen in combinations(range(n), size):
        test = max_t_of(columns, [int(i in chosen) for i in range(n)])
        found.append(min(test.step_down[j] for j in among))
    return found


@FEW
@given(
    st.sampled_from([(6, 3), (7, 2), (7, 3), (5, 1)]).flatmap(
        lambda sizes: st.tuples(
            st.just(sizes[1]),
            st.lists(
                st.lists(st.integers(0, 9), min_size=sizes[0], max_size=sizes[0]).filter(
                    lambda column: len(set(column)) > 1
                ),
                min_size=2,
                max_size=4,
            ),
        )
    )
)
def test_no_difference_at_all_some_finding_at_most_at_the_level(sample):
    # every dealing of these patients is as likely: count those with an adjusted p up to p
    size, columns = sample
    found = smallest_p_of_every_dealing(columns, size, range(len(columns)))
    for p in set(found):
        assert sum(other <= p for other in found) / len(found) <= p + 1e-12


@FEW
@given(st.lists(st.permutations(range(1, 8)), min_size=2, max_size=3))
def test_false_findings_beside_a_real_difference(columns):
    # the last outcome is 100 in group 1 however the patients are dealt; the others do not differ
    n, size, found = 7, 3, []
    for chosen in combinations(range(n), size):
        labels = [int(i in chosen) for i in range(n)]
        test = max_t_of([*columns, [100 * own + i for i, own in enumerate(labels)]], labels)
        found.append(min(test.step_down[:-1]))
    for p in set(found):
        assert sum(other <= p for other in found) / len(found) <= p + 1e-12


@FEW
@given(samples, st.integers(0, 2**32 - 1))
def test_law_38_drawn_p_values_come_near_the_counted(sample, seed):
    columns, labels = sample
    exact = max_t_of(columns, labels)
    assume(exact.family)
    drawn = max_t_test(
        np.transpose(columns), labels, exact_up_to=0, draws=4000, rng=np.random.default_rng(seed)
    )
    assert (drawn.method, drawn.draws, drawn.arrangements) == ("monte_carlo", 4000, None)
    assert drawn.statistic == exact.statistic
    for part in ("p_value", "single_step", "step_down"):
        for by_draws, p in zip(getattr(drawn, part), getattr(exact, part), strict=True):
            if p is not None:
                reached = by_draws * 4001
                assert reached == pytest.approx(round(reached), abs=1e-6)
                assert round(reached) >= 1
                assert abs(by_draws - p) <= 5 * math.sqrt(p * (1 - p) / 4000) + 1 / 4001


def test_a_drawn_p_value_counts_the_dealing_that_was_observed():
    # the highest 60 of 120 in one group: no draw comes near, the least p is 1 of draws + 1
    for draws in (1, 9, 199):
        test = max_t_test(
            [[i, -i] for i in range(120)],
            np.repeat([0, 1], 60),
            draws=draws,
            rng=np.random.default_rng(3),
        )
        assert test.p_value == test.step_down == (1 / (draws + 1),) * 2


def test_the_same_seed_gives_the_same_answer():
    scores = [[1, 5], [2, 3], [3, 3], [4, 1], [5, 2], [6, 9]]
    one, two = (
        max_t_test(
            scores, [0, 1, 0, 1, 1, 0], exact_up_to=0, draws=500, rng=np.random.default_rng(9)
        )
        for _ in range(2)
    )
    assert one == two


def test_three_groups_are_drawn_as_they_are_counted():
    scores = np.random.default_rng(4).normal(size=(9, 3))
    labels = [0, 0, 0, 1, 1, 2, 2, 2, 2]
    exact = max_t_test(scores, labels)
    drawn = max_t_test(scores, labels, exact_up_to=0, draws=20_000, rng=np.random.default_rng(5))
    assert exact.arrangements == 1260
    assert drawn.step_down == pytest.approx(exact.step_down, abs=0.02)


def test_seventeen_against_eleven_are_counted():
    rng = np.random.default_rng(12)
    ranks = rng.permuted(np.tile(np.arange(28), (3, 1)), axis=1).T
    labels = np.repeat([0, 1], [17, 11])
    ranks[:, 0] = np.arange(28)
    test = max_t_test(ranks, labels)
    assert test.arrangements == math.comb(28, 11) == 21_474_180
    # the first outcome could not differ more: its own dealing, and the lowest 11 in group 1
    assert test.p_value[0] == 2 / 21_474_180
    assert 1 <= test.step_down[0] * 21_474_180 <= 6


def test_a_lone_patient_among_hundreds():
    test = max_t_test([[i, i % 2] for i in range(400)], [0] * 399 + [1])
    assert test.arrangements == 400
    assert test.p_value == (2 / 400, 1)
