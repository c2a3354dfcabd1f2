"""The batch of Mann-Whitney tests against R coin and wilcox.test (numbers in ranks.json).

Studies of one design go in together, so a batch that mixed up its rows would be seen.
"""

from itertools import groupby

import numpy as np
import pytest

from autallo.stats.ranks.mann_whitney_batch import mann_whitney_batch_test
from reference.golden import cases_of

CASES = cases_of("ranks")


def designs(kind):
    chosen = [case for case in CASES if case["kind"] == kind and "x" in case]
    assert chosen

    def sizes(case):
        return len(case["x"]), len(case["y"])

    batches = [list(batch) for _, batch in groupby(sorted(chosen, key=sizes), key=sizes)]
    return pytest.mark.parametrize("batch", batches, ids=lambda batch: batch[0]["id"])


def answers(batch, **options):
    test = mann_whitney_batch_test(
        [case["x"] for case in batch], [case["y"] for case in batch], **options
    )
    expected = {
        name: [case["expected"].get(name) for case in batch]
        for name in ("statistic", "p_value", "p_less", "p_greater")
    }
    return test, expected


@designs("exact")
def test_exact_p_values_of_coin(batch):
    test, expected = answers(batch)
    assert test.method == "exact"
    np.testing.assert_array_equal(test.statistic, expected["statistic"])
    np.testing.assert_allclose(test.p_value, expected["p_value"], rtol=1e-10)
    np.testing.assert_allclose(test.p_less, expected["p_less"], rtol=1e-10)
    np.testing.assert_allclose(test.p_greater, expected["p_greater"], rtol=1e-10)


@designs("asymptotic")
def test_asymptotic_p_values_of_wilcox_test(batch):
    test, expected = answers(batch, exact_up_to=0)
    assert test.method == "asymptotic"
    np.testing.assert_array_equal(test.statistic, expected["statistic"])
    np.testing.assert_allclose(test.p_value, expected["p_value"], rtol=1e-10)
