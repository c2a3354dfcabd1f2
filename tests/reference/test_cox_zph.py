"""Test of proportional hazards against R survival 3.5-3, cox.zph (cox_zph.json)."""

import numpy as np

from autallo.stats.cox.proportional_hazards import proportional_hazards_test
from reference.golden import cases_of, each
from reference.test_cox import case_rows, fit

CASES = cases_of("cox_zph")


@each(CASES)
def test_w13_statistics_of_cox_zph_with_each_transform(case):
    """A rival's default transform was another than R's, and it did not say so."""
    time, event, x, rows = case_rows(case)
    transform, answer = case["args"]["transform"], case["expected"]
    mine = proportional_hazards_test(fit(case), time, event, x, rows=rows, transform=transform)
    assert mine.transform == transform
    statistic = np.append(mine.statistic, mine.global_statistic)
    np.testing.assert_allclose(statistic, answer["chisq"], rtol=1e-9, atol=1e-11)
    p_value = np.append(mine.p_value, mine.global_p)
    np.testing.assert_allclose(p_value, answer["p"], rtol=1e-8)
    assert mine.df == answer["df"][-1]
