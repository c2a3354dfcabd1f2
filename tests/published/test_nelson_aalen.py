"""Cumulative hazard of 21 patients on 6-mercaptopurine (Freireich et al., Blood 1963;21:699).

The hazards are printed, to four places, in Klein JP and Moeschberger ML, Survival Analysis, chapter
4, as are the survival probabilities and their standard errors, to three and four.
"""

import numpy as np

from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at
from autallo.stats.survival.nelson_aalen import nelson_aalen

WEEKS = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
RELAPSE = [1] * 9 + [0] * 12
AT = [6, 7, 10, 13, 16, 22, 23]


def test_hazard_at_each_relapse():
    curve = nelson_aalen(WEEKS, RELAPSE)
    printed = [0.1428, 0.2017, 0.2683, 0.3517, 0.4426, 0.5854, 0.7521]
    # the book adds terms that it had cut to four places
    np.testing.assert_allclose(curve.hazard[curve.events > 0], printed, atol=2e-4)


def test_survival_at_each_relapse():
    read = survival_at(kaplan_meier(WEEKS, RELAPSE), AT)
    printed = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    np.testing.assert_allclose(read.survival, printed, atol=5e-4)
    errors = [0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346]
    np.testing.assert_allclose(read.std_error, errors, atol=5e-5)
