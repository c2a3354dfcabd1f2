"""Log-rank tests of many studies against R survival: sixty small sets with many ties at once."""

import numpy as np
import pytest

from autallo.stats.logrank.logrank_batch import logrank_batch_test
from reference.test_small_sets import CASES, ENDPOINTS, columns

GROUP = [0] * 17 + [1] * 11


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_sixty_sets_of_survdiff(endpoint):
    """Where nobody had the event R prints a statistic of 0 over 0 or nothing."""
    times, events, printed = [], [], []
    for case in CASES:
        time, event, group, answer = columns(case, endpoint)
        in_order = np.argsort(group, kind="stable")
        times.append(np.array(time)[in_order])
        events.append(np.array(event)[in_order])
        printed.append(answer["logrank"])
    test = logrank_batch_test(times, events, GROUP)
    known = np.array([answer is not None and answer["var"][0][0] > 0 for answer in printed])
    assert test.testable.tolist() == known.tolist()
    theirs = [answer["chisq"] for answer, there in zip(printed, known, strict=True) if there]
    np.testing.assert_allclose(test.statistic[known], theirs, rtol=1e-10, atol=1e-14)
