"""Mean remission of 21 patients on 6-mercaptopurine (Freireich et al., Blood 1963;21:699).

Restricted to 35 weeks it is printed in Klein JP and Moeschberger ML, Survival Analysis, chapter 4:
23.29 weeks with standard error 2.827 and 95 % interval 17.75 to 28.83.
"""

import pytest

from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.restricted_mean import restricted_mean

WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSE = [1] * 9 + [0] * 12


def test_mean_to_35_weeks():
    mean = restricted_mean(kaplan_meier(WEEKS, RELAPSE), until=35)
    assert mean.estimate == pytest.approx(23.29, abs=0.005)
    assert mean.std_error == pytest.approx(2.827, abs=0.0005)
    assert (mean.low, mean.high) == pytest.approx((17.75, 28.83), abs=0.005)
    assert not mean.beyond
