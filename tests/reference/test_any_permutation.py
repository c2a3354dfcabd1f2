"""Permutation tests of several statistics against every arrangement in R (any_permutation.json)."""

import numpy as np
import pytest

from autallo.stats.resampling.permutation import permutation_test
from reference.golden import cases_of, each

CASES = cases_of("any_permutation")


def parts(values, labels):
    return [values[labels == label] for label in range(labels.max() + 1)]


def between_squares(values, labels):
    middle = values.mean()
    return sum(part.size * (part.mean() - middle) ** 2 for part in parts(values, labels))


def difference(of_part):
    def statistic(values, labels):
        first, second = parts(values, labels)
        return of_part(second) - of_part(first)

    return statistic


STATISTICS = {
    "mean_difference": difference(np.mean),
    "median_difference": difference(np.median),
    "log_variance_ratio": difference(lambda part: np.log(part.var(ddof=1))),
    "between_squares": between_squares,
}


@each(CASES)
def test_every_arrangement(case):
    statistic, answer, rtol = STATISTICS[case["statistic"]], case["expected"], case["rtol"]
    test = permutation_test(statistic, **case["input"])
    assert (test.method, test.arrangements) == ("exact", answer["arrangements"])
    assert test.statistic == pytest.approx(answer["stat"], rel=rtol)
    assert test.p_less == pytest.approx(answer["less"], rel=rtol)
    assert test.p_greater == pytest.approx(answer["greater"], rel=rtol)
    assert test.p_value == pytest.approx(answer["two_sided"], rel=rtol)
    for side in ("less", "greater"):
        one_sided = permutation_test(statistic, **case["input"], alternative=side)
        assert one_sided.p_value == pytest.approx(answer[side], rel=rtol)
        assert one_sided.smallest_p == pytest.approx(answer[f"smallest_{side}"], rel=rtol)
