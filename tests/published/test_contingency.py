"""Fisher's tea taster (The Design of Experiments, 1935): 3 of 4 cups of each kind told rightly.

1 of 70 to tell all rightly, 17 of 70 to tell three of four or more.
"""

from autallo.stats.contingency.fisher import fisher_test


def test_the_tea_taster():
    right, three = fisher_test([[4, 0], [0, 4]]), fisher_test([[3, 1], [1, 3]])
    assert right.p_greater == 1 / 70
    assert three.p_greater == 17 / 70
    assert round(three.p_value, 3) == 0.486
