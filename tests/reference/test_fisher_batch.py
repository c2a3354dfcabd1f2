"""Fisher's test of many tables at once against R fisher.test (contingency.json)."""

import numpy as np

from autallo.stats.contingency.fisher_batch import fisher_batch_test
from reference.golden import cases_of

CASES = cases_of("contingency")


def test_all_tables_of_the_golden_file_in_one_batch():
    two_sided = [case for case in CASES if "p_value" in case["expected"]]
    test = fisher_batch_test([case["table"] for case in two_sided])
    expected = [case["expected"]["p_value"] for case in two_sided]
    np.testing.assert_allclose(test.p_value, expected, rtol=1e-9, atol=0)


def test_the_mid_p_of_all_tables_in_one_batch():
    sides = [case for case in CASES if "mid_p" in case["expected"]]
    test = fisher_batch_test([case["table"] for case in sides])
    expected = [case["expected"]["mid_p"] for case in sides]
    np.testing.assert_allclose(test.mid_p, expected, rtol=1e-9, atol=0)
