"""Barnard's and Boschloo's test of printed tables."""

from autallo.stats.proportions.unconditional import barnard_test, boschloo_test


def test_the_vaccine_trial_of_mehta_and_senchaudhuri():
    """7 of 15 vaccinated infected against 12 of 15 (2003): one-sided p 0.0341."""
    test = barnard_test([[7, 8], [12, 3]], alternative="less")
    assert round(test.p_value, 4) == 0.0341
    assert round(test.statistic, 3) == -1.894


def test_the_satisfied_scientists_of_the_scipy_manual():
    """74 of 117 professors against 31 of 63 scientists: Fisher 0.0483..., Boschloo 0.0355..."""
    test = boschloo_test([[74, 43], [31, 32]], alternative="greater")
    assert [int(1e4 * p) for p in (test.statistic, test.p_value)] == [483, 355]
