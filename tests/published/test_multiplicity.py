"""Adjusted p-values of a published family.

Fifteen comparisons of two thrombolytic treatments, the example of Benjamini Y, Hochberg Y. J R Stat
Soc B 1995;57:289-300. At 0.05 the paper rejects the three smallest by Bonferroni and by Hochberg's
procedure, and the four smallest when it controls the false discovery rate.
"""

import pytest

from autallo.stats.multiplicity.adjust import adjust_p_values

PRINTED = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719,
    0.6528, 0.7590, 1.0000,
]  # fmt: skip


@pytest.mark.parametrize(
    ("method", "rejected"),
    [("bonferroni", 3), ("holm", 3), ("hochberg", 3), ("benjamini_hochberg", 4)],
)
def test_thrombolysis(method, rejected):
    adjusted = adjust_p_values(PRINTED, method=method)
    assert [p <= 0.05 for p in adjusted.p_value] == [True] * rejected + [False] * (15 - rejected)


def test_the_fourth_is_found_at_four_fifteenths_of_the_level():
    # 0.0095 against 4 / 15 of 0.05, 0.0133
    fourth = adjust_p_values(PRINTED, method="benjamini_hochberg").p_value[3]
    assert fourth == pytest.approx(0.0095 * 15 / 4)
