"""Jonckheere-Terpstra test against its formulas in R (numbers in jonckheere.json)."""

import pytest

from autallo.stats.ranks.jonckheere import jonckheere_test
from reference.golden import cases_of, each, table


def cases(*functions):
    return each(cases_of("jonckheere", *functions))


def sample_of(case):
    """Return values and group codes: written out, or columns of a data set."""
    given = case["args"]
    if "values" in given:
        return given["values"], given["group"]
    rows = [(row[given["value"]], row[given["group"]]) for row in table(case["dataset"])]
    kept = [row for row in rows if row[0] and row[1] in given["levels"]]
    return [float(row[0]) for row in kept], [given["levels"].index(row[1]) for row in kept]


@cases("jonckheere")
def test_normal_approximation(case):
    test = jonckheere_test(*sample_of(case), method="asymptotic")
    expected = case["expected"]
    assert test.statistic == expected["statistic"]
    assert test.score == pytest.approx(expected["score"], rel=case["rtol"])
    for name in ("p_value", "p_rising", "p_falling"):
        assert getattr(test, name) == pytest.approx(expected[name], rel=case["rtol_p"])


@cases("jonckheere_enumerated")
def test_every_arrangement(case):
    test, expected = jonckheere_test(*sample_of(case), method="exact"), case["expected"]
    assert test.statistic == expected["statistic"]
    for name in ("p_value", "p_rising", "p_falling", "smallest_p"):
        assert getattr(test, name) == pytest.approx(expected[name], rel=case["rtol"])


@cases("jonckheere_enumerated")
def test_the_variance_is_that_of_all_arrangements(case):
    values, group = sample_of(case)
    sizes = [group.count(code) for code in sorted(set(group))]
    mean = (len(group) ** 2 - sum(size**2 for size in sizes)) / 4
    test, expected = jonckheere_test(values, group), case["expected"]
    deviation = (expected["statistic"] - mean) / test.score
    assert deviation**2 == pytest.approx(expected["variance"], rel=case["rtol"])
