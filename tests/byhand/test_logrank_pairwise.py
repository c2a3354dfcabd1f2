"""Pairwise log-rank tests worked by hand, in fractions."""

import pytest

from autallo.errors import ArgumentError
from autallo.stats.logrank.pairwise import pairwise_logrank_test


def test_three_groups_of_two():
    # any two groups: the four patients of test_logrank.py, 49/17
    tests = pairwise_logrank_test([1, 2, 3, 4, 5, 6], [1] * 6, [2, 2, 0, 0, 1, 1])
    found = [(pair.first, pair.second) for pair in tests.pairs]
    assert found == [(0, 1), (0, 2), (1, 2)]
    for pair, sign in zip(tests.pairs, (-1, 1, 1), strict=True):
        assert pair.test.statistic == pytest.approx(49 / 17, rel=1e-14)
        # above 0 if the second of the pair had more events than expected
        assert pair.test.z * sign > 0


def test_the_weights_of_a_pair_come_from_the_pair():
    # groups 0 and 1: weights 0 and 1/4 of the four patients: 2; the third group does not matter
    tests = pairwise_logrank_test(
        [1, 2, 3, 4, 1, 1, 1], [1] * 7, [0, 0, 1, 1, 2, 2, 2], weights=(0, 1)
    )
    assert tests.pairs[0].test.statistic == pytest.approx(2, rel=1e-14)


def test_strata_and_entry_of_the_pair_only():
    # groups 0 and 1: stratum 2 with the four patients; groups 0 and 2 share no stratum
    tests = pairwise_logrank_test(
        [1, 2, 3, 4, 1, 2, 5],
        [1] * 7,
        [0, 0, 1, 1, 2, 2, 1],
        stratum=[2, 2, 2, 2, 0, 1, 0],
        entry=[0, 0, 0, 0, 0, 0, 1],
    )
    zero_one, zero_two, one_two = (pair.test for pair in tests.pairs)
    assert zero_one.statistic == pytest.approx(49 / 17, rel=1e-14)
    assert zero_two.p_value is None
    assert one_two.p_value is None  # the last patient of group 1 enters after the event of group 2
    assert one_two.at_risk.tolist() == [3, 2]


def test_two_groups_are_one_pair():
    tests = pairwise_logrank_test([1, 2, 3, 4], [1] * 4, [0, 0, 1, 1])
    assert len(tests.pairs) == 1


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ArgumentError, match="`group` must hold at least two groups"):
        pairwise_logrank_test([1, 2], [1, 1], [0, 0])
    with pytest.raises(ArgumentError, match="`event` must be true or false"):
        pairwise_logrank_test([5, 8], [5, 8], [0, 1])
    with pytest.raises(ArgumentError, match="same length"):
        pairwise_logrank_test([5, 8], [1, 1], [0, 1], entry=[0])
    with pytest.raises(ArgumentError, match="`entry` must be before `time`"):
        pairwise_logrank_test([5, 8], [1, 1], [0, 1], entry=[0, 8])
