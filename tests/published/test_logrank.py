"""Log-rank test on published data.

Kersey et al., N Engl J Med 1987;317:461-467 (see trials.py).
Freireich et al., Blood 1963;21:699-716: weeks of remission under 6-mercaptopurine (21) and
placebo (21), the data of most textbooks. The textbook statistic is 16.79.
"""

import pytest

from autallo.stats.logrank.asymptotic import logrank_test
from published.trials import MERCAPTOPURINE, PLACEBO, RELAPSED, kersey1987


def test_autologous_against_allogeneic_transplantation():
    test = logrank_test(*kersey1987())
    assert test.observed.tolist() == [33, 36]
    assert test.statistic == pytest.approx(2.6072537, rel=1e-7)
    assert test.p_value == pytest.approx(0.10637584, rel=1e-7)


def test_mercaptopurine_against_placebo():
    test = logrank_test(MERCAPTOPURINE + PLACEBO, RELAPSED + [1] * 21, [0] * 21 + [1] * 21)
    assert test.observed.tolist() == [9, 21]
    assert test.expected == pytest.approx([19.25, 10.75], abs=0.005)
    assert test.statistic == pytest.approx(16.79, abs=0.005)
