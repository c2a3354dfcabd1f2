"""Cox model on published data.

Kersey et al., N Engl J Med 1987;317:461-467 (see trials.py); the numbers
are R 4.2.2, survival 3.5-3. Freireich et al., Blood 1963;21:699-716 (6-mercaptopurine against
placebo); the textbook log hazard ratios are 1.509 (Breslow) and 1.572 (Efron).
"""

import pytest

from autallo.stats.cox.fit import fit_cox
from published.trials import MERCAPTOPURINE, PLACEBO, RELAPSED, kersey1987


def test_autologous_against_allogeneic_transplantation():
    fit = fit_cox(*kersey1987())
    assert fit.coefficient[0] == pytest.approx(0.39098323, rel=1e-7)
    assert fit.std_error[0] == pytest.approx(0.24370442, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(-271.89857, rel=1e-7)
    assert fit.low[0] < 0 < fit.high[0]


@pytest.mark.parametrize(("ties", "coefficient"), [("breslow", 1.509), ("efron", 1.572)])
def test_placebo_against_mercaptopurine(ties, coefficient):
    fit = fit_cox(MERCAPTOPURINE + PLACEBO, RELAPSED + [1] * 21, [0] * 21 + [1] * 21, ties=ties)
    assert fit.coefficient[0] == pytest.approx(coefficient, abs=0.0006)
