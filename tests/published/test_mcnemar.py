"""McNemar's test as printed by Fagerland, Lydersen and Laake (BMC Med Res Methodol 2013;13:91).

Airway hyper-responsiveness before and after stem cell transplantation in 21 children (table 1).
"""

from autallo.stats.contingency.mcnemar import mcnemar_test

BEFORE_AND_AFTER = [[1, 1], [7, 12]]


def test_exact_mid_p_and_asymptotic():
    test = mcnemar_test(BEFORE_AND_AFTER)
    plain = mcnemar_test(BEFORE_AND_AFTER, continuity=False)
    assert round(test.p_value, 3) == 0.070
    assert round(test.mid_p, 3) == 0.039
    assert round(plain.p_asymptotic, 3) == 0.034
    assert round(test.p_asymptotic, 3) == 0.077
