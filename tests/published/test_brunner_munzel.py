"""Brunner-Munzel test on pain scores after surgery (Brunner and Munzel, Biom J 2000;42:17-25).

The published estimate is 0.79; the statistic 3.1375, its 17.683 degrees of freedom and p 0.005786
are the corrected ones that R lawstat documents, the permutation p 0.008038 is that of R
brunnermunzel (both count the second group as the larger one).
"""

from autallo.stats.ranks.brunner_munzel import brunner_munzel_test
from autallo.stats.ranks.superiority import probability_of_superiority

TREATED = [1, 2, 1, 1, 1, 1, 1, 1, 1, 1, 2, 4, 1, 1]
CONTROL = [3, 3, 4, 3, 1, 2, 3, 1, 1, 5, 4]


def test_pain_scores():
    test = brunner_munzel_test(CONTROL, TREATED, method="t")
    assert round(test.estimate, 6) == 0.788961
    assert round(test.statistic, 4) == 3.1375
    assert round(test.df, 3) == 17.683
    assert round(test.p_value, 6) == 0.005786


def test_permutation_of_pain_scores():
    """All C(25, 11) arrangements."""
    test = brunner_munzel_test(CONTROL, TREATED, method="permutation")
    assert test.method == "exact"
    assert round(test.p_value, 6) == 0.008038


def test_superiority_of_pain_scores():
    assert round(probability_of_superiority(CONTROL, TREATED).estimate, 2) == 0.79
