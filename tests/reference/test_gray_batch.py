"""The batch of Gray's tests against R cmprsk (gray_small.json and gray.json).

All sixty small sets go in together, so a batch that mixed up its rows would be seen.
"""

import numpy as np

from autallo.stats.incidence.gray_batch import gray_batch_test
from reference.golden import cases_of, each, table

SMALL = cases_of("gray_small")

#: What `cuminc` prints as the statistic if the covariance is singular.
SINGULAR = -1


def test_the_sixty_small_sets_in_one_batch():
    """Where R prints nothing, or -1, there is no test."""
    columns = [[case["input"][name] for case in SMALL] for name in ("time", "cause", "group")]
    test = gray_batch_test(*columns, n_causes=2)
    printed = [case["expected"]["gray"] or {"stat": SINGULAR} for case in SMALL]
    expected = np.array([answer["stat"] for answer in printed])
    testable = expected != SINGULAR
    assert testable.sum() == 57
    assert test.testable.tolist() == testable.tolist()
    assert test.statistic[~testable].tolist() == [0] * 3
    assert test.p_value[~testable].tolist() == [1] * 3
    p_values = [answer["p"] for answer in printed if answer["stat"] != SINGULAR]
    np.testing.assert_allclose(test.statistic[testable], expected[testable], rtol=1e-10)
    np.testing.assert_allclose(test.p_value[testable], p_values, rtol=1e-10)


@each(cases_of("gray", "gray"))
def test_one_study_with_its_patients_in_three_orders(case):
    given, expected = case["input"], case["expected"]
    levels = [str(level) for level in expected["levels"]]
    names = [given[name] for name in ("time", "cause", "group")]
    rows = [[row[name] for name in names] for row in table(given["file"])]
    kept = [(float(t), int(c), levels.index(g)) for t, c, g in rows if t and c and g in levels]
    orders = [kept, kept[::-1], sorted(kept)]
    columns = [[[row[at] for row in rows] for rows in orders] for at in range(3)]
    for cause, statistic, p_value, df in zip(
        *(expected[name] for name in ("causes", "stat", "p", "df")), strict=True
    ):
        test = gray_batch_test(*columns, n_causes=2, cause_of_interest=cause, rho=given["rho"])
        assert test.df == df
        np.testing.assert_allclose(test.statistic, [statistic] * 3, rtol=case["rtol"])
        np.testing.assert_allclose(test.p_value, [p_value] * 3, rtol=case["rtol"], atol=1e-13)
