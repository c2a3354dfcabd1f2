"""Jonckheere-Terpstra test against its formulas in R (numbers in jonckheere.json)."""

import pytest

from autallo.stats.ranks.jonckheere import jonckheere_test
from reference.golden import cases_of, each
from reference.samples import samples


def cases(*functions):
    return each(cases_of("jonckheere", *functions))


@cases("jonckheere")
def test_normal_approximation(case):
    test = jonckheere_test(*samples(case), method="asymptotic")
    expected = case["expected"]
    assert test.statistic == expected["statistic"]
    assert test.score == pytest.approx(expected["score"], rel=case["rtol"])
    for name in ("p_value", "p_rising", "p_falling"):
        assert getattr(test, name) == pytest.approx(expected[name], rel=case["rtol_p"])


@cases("jonckheere_enumerated")
def test_every_arrangement(case):
    test, expected = jonckheere_test(*samples(case), method="exact"), case["expected"]
    assert test.statistic == expected["statistic"]
    for name in ("p_value", "p_rising", "p_falling", "smallest_p"):
        assert getattr(test, name) == pytest.approx(expected[name], rel=case["rtol"])


@cases("jonckheere_enumerated")
def test_the_variance_is_that_of_all_arrangements(case):
    values, group = samples(case)
    sizes = [group.count(code) for code in sorted(set(group))]
    mean = (len(group) ** 2 - sum(size**2 for size in sizes)) / 4
    test, expected = jonckheere_test(values, group), case["expected"]
    deviation = (expected["statistic"] - mean) / test.score
    assert deviation**2 == pytest.approx(expected["variance"], rel=case["rtol"])
