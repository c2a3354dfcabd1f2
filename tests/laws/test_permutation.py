"""Laws of the permutation log-rank test, and a slow twin that deals every arrangement."""

import math
from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.logrank.permutation import logrank_permutation_test

FEW = settings(max_examples=100, deadline=None)
record = st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 1))
few_records = st.lists(record, min_size=2, max_size=9).filter(
    lambda rows: {row[2] for row in rows} == {0, 1}
)
records_of_two = st.lists(record, min_size=2, max_size=28).filter(
    lambda rows: {row[2] for row in rows} == {0, 1}
)


def columns(records):
    return tuple([row[place] for row in records] for place in range(3))


def exact_scores(records):
    """Event less cumulative hazard of all together, in exact fractions."""
    scores = []
    for time, event, _ in records:
        hazard = sum(
            (
                Fraction(
                    sum(1 for row in records if row[0] == day and row[1]),
                    sum(1 for row in records if row[0] >= day),
                )
                for day in {row[0] for row in records}
                if day <= time
            ),
            Fraction(0),
        )
        scores.append(int(event) - hazard)
    return scores


@FEW
@given(few_records)
def test_twin_every_arrangement_dealt_in_fractions(records):
    scores = exact_scores(records)
    mine = [place for place, row in enumerate(records) if row[2] == 1]
    observed = sum(scores[place] for place in mine)
    sums = [
        abs(sum(scores[place] for place in dealt))
        for dealt in combinations(range(len(records)), len(mine))
    ]
    test = logrank_permutation_test(*columns(records))
    assert test.statistic == pytest.approx(float(observed), abs=1e-12)
    if not any(scores):
        assert test.p_value is None
        return
    reached = sum(1 for value in sums if value >= abs(observed))
    assert test.p_value == pytest.approx(reached / len(sums), rel=1e-12)
    assert test.smallest_p == pytest.approx(sums.count(max(sums)) / len(sums), rel=1e-12)


@FEW
@given(records_of_two)
def test_law_34_and_37_p_is_a_count_divided_by_a_count(records):
    test = logrank_permutation_test(*columns(records))
    assume(test.p_value is not None)
    arrangements = math.comb(len(records), sum(row[2] for row in records))
    assert 0 < test.smallest_p <= test.p_value <= 1
    for p_value in (test.p_value, test.smallest_p):
        count = p_value * arrangements
        assert count == pytest.approx(round(count), abs=1e-4)
        assert round(count) >= 1


@FEW
@given(records_of_two, st.sampled_from([1 / 7, 1 / 30.4375, 24.0]))
def test_law_1_3_5_6_units_order_and_swapped_groups(records, unit):
    time, event, group = columns(records)
    plain = logrank_permutation_test(time, event, group)
    others = [
        logrank_permutation_test([t * unit for t in time], event, group),
        logrank_permutation_test([t**2 for t in time], event, group),
        logrank_permutation_test(time[::-1], event[::-1], group[::-1]),
    ]
    for other in others:
        assert other.p_value == plain.p_value
    swapped = logrank_permutation_test(time, event, [1 - g for g in group])
    assert swapped.statistic == pytest.approx(-plain.statistic, abs=1e-12)
    if plain.p_value is None:
        assert swapped.p_value is None
    else:
        assert swapped.p_value == pytest.approx(plain.p_value, rel=1e-12)


@FEW
@given(st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=1, max_size=14))
def test_law_36_identical_groups_give_p_1(rows):
    records = [(*row, 0) for row in rows] + [(*row, 1) for row in rows]
    test = logrank_permutation_test(*columns(records))
    assume(test.p_value is not None)
    assert test.p_value == 1


@FEW
@given(records_of_two)
def test_the_statistic_is_the_excess_of_the_log_rank_test(records):
    test = logrank_permutation_test(*columns(records))
    plain = logrank_test(*columns(records))
    excess = plain.observed[1] - plain.expected[1]
    assert test.statistic == pytest.approx(excess, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(records_of_two, st.integers(0, 2**32 - 1))
def test_law_38_draws_come_within_four_errors_of_the_count(records, seed):
    exact = logrank_permutation_test(*columns(records))
    assume(exact.p_value is not None)
    drawn = logrank_permutation_test(
        *columns(records), exact_up_to=0, draws=4000, rng=np.random.default_rng(seed)
    )
    error = math.sqrt(exact.p_value * (1 - exact.p_value) / 4000)
    assert abs(drawn.p_value - exact.p_value) <= 5 * error + 1 / 4001


def test_three_groups_are_dealt_as_if_every_arrangement_were_listed():
    time, event, group = [1, 2, 2, 3, 4, 6, 7], [1, 1, 0, 1, 1, 1, 0], [0, 0, 1, 0, 1, 2, 2]
    scores = exact_scores(list(zip(time, event, group, strict=True)))

    def spread(labels):
        return sum(
            Fraction(sum(s for s, own in zip(scores, labels, strict=True) if own == g)) ** 2
            / group.count(g)
            for g in range(3)
        )

    all_values = [spread(labels) for labels in permutations(group)]
    truth = sum(1 for value in all_values if value >= spread(group)) / len(all_values)
    test = logrank_permutation_test(time, event, group, draws=20_000, rng=np.random.default_rng(11))
    assert abs(test.p_value - truth) < 4 * math.sqrt(truth * (1 - truth) / 20_000)
    square = sum(s * s for s in scores)
    assert test.statistic == pytest.approx(float(6 * spread(group) / square), rel=1e-12)


def test_the_same_seed_gives_the_same_answer():
    given_ = ([1, 2, 3, 4, 5, 6], [1, 0, 1, 1, 0, 1], [0, 1, 0, 1, 1, 0])
    one, two = (
        logrank_permutation_test(*given_, exact_up_to=0, draws=500, rng=np.random.default_rng(9))
        for _ in range(2)
    )
    assert one == two


def test_forty_different_patients_are_counted_and_not_drawn():
    rng = np.random.default_rng(12)
    test = logrank_permutation_test(rng.exponential(1, 40), [1] * 40, [0, 1] * 20)
    assert test.method == "exact"
    # in groups of equal size every arrangement has its mirror: two reach the largest sum
    assert test.smallest_p * math.comb(40, 20) == pytest.approx(2, rel=1e-6)
    drawn = logrank_permutation_test(
        rng.permutation(40), [1] * 40, [0, 1] * 20, exact_up_to=39, draws=100, rng=rng
    )
    assert drawn.method == "monte_carlo"


records_in_strata = st.lists(
    st.tuples(st.integers(0, 8), st.booleans(), st.integers(0, 1), st.integers(0, 1)),
    min_size=4,
    max_size=9,
).filter(lambda rows: {row[2] for row in rows} == {0, 1} == {row[3] for row in rows})


def dealt_within_strata(records, groups=2):
    """Return the sums of every group for every arrangement within the strata, observed first."""
    sums = [(Fraction(0),) * groups]
    observed = [Fraction(0)] * groups
    for code in sorted({row[3] for row in records}):
        own = [row for row in records if row[3] == code]
        scores = exact_scores([row[:3] for row in own])
        for score, row in zip(scores, own, strict=True):
            observed[row[2]] += score
        here = [
            tuple(
                sum((s for s, label in zip(scores, labels, strict=True) if label == g), Fraction(0))
                for g in range(groups)
            )
            for labels in set(permutations([row[2] for row in own]))
        ]
        sums = [tuple(map(sum, zip(a, b, strict=True))) for a in sums for b in here]
    return observed, sums


@settings(max_examples=40, deadline=None)
@given(records_in_strata)
def test_twin_every_arrangement_within_strata_dealt_in_fractions(records):
    observed, sums = dealt_within_strata(records)
    test = logrank_permutation_test(*columns(records), stratum=[row[3] for row in records])
    assert test.statistic == pytest.approx(float(observed[1]), abs=1e-12)
    sizes = [abs(total[1]) for total in sums]
    if len({total[1] for total in sums}) == 1:
        assert test.p_value is None
        return
    reached = sum(size >= abs(observed[1]) for size in sizes)
    assert test.p_value == pytest.approx(reached / len(sizes), rel=1e-12)
    assert test.smallest_p == pytest.approx(sizes.count(max(sizes)) / len(sizes), rel=1e-12)


def test_three_groups_in_two_strata_are_dealt_within_them():
    rows = [
        (1, 1, 0, 0), (2, 1, 1, 0), (3, 0, 2, 0), (4, 1, 1, 0), (5, 1, 0, 0),
        (1, 1, 1, 1), (2, 0, 0, 1), (2, 1, 2, 1), (6, 1, 2, 1),
    ]  # fmt: skip
    observed, sums = dealt_within_strata(rows, groups=3)
    every = np.array(sums, dtype=float)
    inverse = np.linalg.pinv(np.cov(every.T, bias=True), rcond=1e-9)
    forms = np.einsum("ig,gh,ih->i", every, inverse, every)
    seen = np.array(observed, dtype=float)
    truth = float((forms >= seen @ inverse @ seen - 1e-9).mean())
    test = logrank_permutation_test(
        *columns(rows), stratum=[row[3] for row in rows], draws=20_000,
        rng=np.random.default_rng(13),
    )  # fmt: skip
    assert test.statistic == pytest.approx(float(seen @ inverse @ seen), rel=1e-9)
    assert abs(test.p_value - truth) < 4 * math.sqrt(truth * (1 - truth) / 20_000)


@FEW
@given(records_of_two, st.sampled_from(["gehan", "tarone-ware", "peto-peto", (0, 1), (1, 1)]))
def test_the_statistic_is_the_weighted_excess(records, weights):
    test = logrank_permutation_test(*columns(records), weights=weights)
    plain = logrank_test(*columns(records), weights=weights)
    excess = plain.observed[1] - plain.expected[1]
    assert test.statistic == pytest.approx(excess, rel=1e-9, abs=1e-10)


@FEW
@given(few_records, st.sampled_from(["gehan", "peto-peto", (0, 1)]))
def test_weighted_p_is_the_share_of_all_arrangements(records, weights):
    time, event, group = columns(records)
    test = logrank_permutation_test(time, event, group, weights=weights)
    assume(test.p_value is not None)
    n, size = len(records), sum(group)
    sums = []
    for chosen in combinations(range(n), size):
        labels = [int(place in chosen) for place in range(n)]
        one = logrank_test(time, event, labels, weights=weights)
        sums.append(abs(one.observed[1] - one.expected[1]))
    near = 1e-9 * max(sums)
    reached = sum(value >= abs(test.statistic) - near for value in sums)
    assert test.p_value == pytest.approx(reached / len(sums), rel=1e-12)


@FEW
@given(records_of_two)
def test_law_44_one_stratum_is_none(records):
    plain = logrank_permutation_test(*columns(records))
    assert logrank_permutation_test(*columns(records), stratum=[0] * len(records)) == plain


@settings(max_examples=15, deadline=None)
@given(records_in_strata, st.integers(0, 2**32 - 1))
def test_law_38_draws_within_strata_come_near_the_count(records, seed):
    stratum = [row[3] for row in records]
    exact = logrank_permutation_test(*columns(records), stratum=stratum)
    drawn = logrank_permutation_test(
        *columns(records), stratum=stratum, exact_up_to=0, draws=2000,
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    assert (exact.p_value is None) == (drawn.p_value is None)
    assume(exact.p_value is not None)
    error = math.sqrt(exact.p_value * (1 - exact.p_value) / 2000)
    assert abs(drawn.p_value - exact.p_value) <= 7 * error + 1 / 2001


@pytest.mark.parametrize("n", [4, 5, 6, 7])
def test_level_is_never_exceeded_when_all_arrangements_are_alike(n):
    # every arrangement of the same patients is one possible study: the share with p <= u is <= u
    rng = np.random.default_rng(n)
    for event in (np.ones(n, dtype=int), rng.integers(0, 2, n) | (np.arange(n) == 0)):
        time = rng.integers(1, 5, n)
        for size in range(1, n):
            found = [
                logrank_permutation_test(time, event, [int(i in chosen) for i in range(n)]).p_value
                for chosen in combinations(range(n), size)
            ]
            if found[0] is None:
                assert set(found) == {None}
                continue
            for bound in set(found):
                share = sum(p_value <= bound for p_value in found) / len(found)
                assert share <= bound * (1 + 1e-12)
