"""Twin of the Jonckheere-Terpstra test: every order of the groups, pairs counted one by one."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autallo.stats.ranks.jonckheere import jonckheere_test


def j_of(values, group):
    n = range(len(values))
    return sum(
        Fraction((values[i] < values[j]) - (values[i] > values[j]) + 1, 2)
        for i in n
        for j in n
        if group[i] < group[j]
    )


designs = st.sampled_from(
    [(1, 1, 1), (2, 1, 1), (2, 2, 1), (1, 3, 2), (2, 2, 2), (1, 2, 2, 1), (3, 3)]
)


@settings(max_examples=30, deadline=None)
@given(st.data(), designs, st.sampled_from([2, 9]))
def test_every_order_of_the_groups(data, sizes, highest):
    group = [code for code, size in enumerate(sizes) for _ in range(size)]
    values = data.draw(
        st.lists(st.integers(0, highest), min_size=len(group), max_size=len(group)),
        label="values",
    )
    all_j = [j_of(values, order) for order in set(permutations(group))]
    observed, mean = j_of(values, group), sum(all_j) / len(all_j)
    test = jonckheere_test(values, group, method="exact")

    def share(counts):
        return pytest.approx(float(Fraction(sum(map(counts, all_j)), len(all_j))), rel=1e-12)

    assert test.statistic == observed
    assert test.p_rising == share(lambda j: j >= observed)
    assert test.p_falling == share(lambda j: j <= observed)
    assert test.p_value == share(lambda j: abs(j - mean) >= abs(observed - mean))
    farthest = max(abs(j - mean) for j in all_j)
    assert test.smallest_p == share(lambda j: abs(j - mean) == farthest)
    variance = sum((j - mean) ** 2 for j in all_j) / len(all_j)
    if variance:
        score = float(observed - mean) / float(variance) ** 0.5
        assert test.score == pytest.approx(score, rel=1e-12)


@pytest.mark.parametrize("tied", [False, True])
def test_two_hundred_patients_are_sorted_not_paired(tied):
    """More patients than are looked at pair by pair."""
    values = [(37 * i) % (9 if tied else 211) for i in range(200)]
    group = [(11 * i) % 3 for i in range(200)]
    assert jonckheere_test(values, group, method="asymptotic").statistic == j_of(values, group)
