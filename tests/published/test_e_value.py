"""E-values on the example of the paper that introduced them.

VanderWeele and Ding, Ann Intern Med 2017;167:268-274: a risk ratio of 3.9 (95 % limits 1.8 and 8.7)
has an E-value of 7.26, and its lower limit one of 3.0.
"""

import pytest

from autallo.stats.confounding.e_value import e_value


def test_breastfeeding_and_death_of_infants():
    found = e_value(3.9, 1.8, 8.7, measure="risk_ratio")
    assert found.estimate == pytest.approx(7.26, abs=0.005)
    assert found.limit == pytest.approx(3.0, abs=1e-12)
