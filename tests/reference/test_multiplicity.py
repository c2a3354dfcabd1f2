"""Families of tests against R 4.2.2 and coin 1.4-2 (numbers in multiplicity.json)."""

import math

import numpy as np
import pytest

from autallo.stats.multiplicity.adjust import adjust_p_values
from autallo.stats.multiplicity.max_t import max_t_test
from reference.golden import cases_of, each, table


def cases(*functions):
    return each(cases_of("multiplicity", *functions))


@cases("p_adjust")
@pytest.mark.parametrize("method", ["holm", "hochberg", "benjamini_hochberg", "bonferroni"])
def test_p_adjust(case, method):
    adjusted = adjust_p_values(case["args"]["p"], method=method)
    for found, expected in zip(adjusted.p_value, case["expected"][method], strict=True):
        if expected is None:
            assert found is None
        else:
            np.testing.assert_allclose(found, expected, rtol=case["rtol"])
    assert adjusted.untestable == case["args"]["p"].count(None)


@cases("max_t_exact")
def test_every_arrangement_counted(case):
    given, expected = case["args"], case["expected"]
    test = max_t_test(np.transpose(given["scores"]), given["group"])
    assert (test.method, test.arrangements) == ("exact", expected["arrangements"])
    two_groups = max(given["group"]) == 1
    squares = [value**2 if two_groups else value for value in test.statistic]
    np.testing.assert_allclose(squares, expected["quadratic"], rtol=case["rtol"])
    for part in ("p_value", "single_step", "step_down"):
        np.testing.assert_allclose(getattr(test, part), expected[part], rtol=case["rtol"])


def midranks(values):
    return [sum(v < one for v in values) + (values.count(one) + 1) / 2 for one in values]


@cases("max_t_coin")
def test_drawn_by_coin(case):
    given, expected = case["args"], case["expected"]
    names = [*given["rank"], given["group"]]
    rows = [[row[name] for name in names] for row in table(case["dataset"])]
    kept = [[float(value) for value in row] for row in rows if all(row)]
    columns = [midranks(list(column)) for column in zip(*kept, strict=True)][:-1]
    scores, group = np.transpose(columns), [int(row[-1]) for row in kept]
    exact = max_t_test(scores, group)
    drawn = max_t_test(
        scores, group, exact_up_to=0, draws=20_000, rng=np.random.default_rng(20261122)
    )
    # coin gives a number to each outcome by group 1
    np.testing.assert_allclose(exact.statistic, expected["standardised"], rtol=1e-10)
    assert drawn.statistic == exact.statistic
    for part in ("p_value", "single_step", "step_down"):
        for p, by_coin, by_us in zip(
            getattr(exact, part), expected[part], getattr(drawn, part), strict=True
        ):
            assert abs(by_coin - p) < 4 * math.sqrt(p * (1 - p) / given["nresample"])
            assert abs(by_us - p) < 4 * math.sqrt(p * (1 - p) / 20_000) + 1 / 20_001
