"""Cox model on published data.

Kersey et al., N Engl J Med 1987;317:461-467 (kersey1987.csv; see test_survival.py); the numbers
are R 4.2.2, survival 3.5-3. Freireich et al., Blood 1963;21:699-716 (6-mercaptopurine against
placebo); the textbook log hazard ratios are 1.509 (Breslow) and 1.572 (Efron).
"""

import csv
from pathlib import Path

import pytest

from autallo.stats.cox.fit import fit_cox

HERE = Path(__file__).parent

MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_autologous_against_allogeneic_transplantation():
    with (HERE / "kersey1987.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    fit = fit_cox(
        [float(row["time"]) for row in rows],
        [int(row["cens"]) for row in rows],
        [int(row["transplant"] == "Autologous") for row in rows],
    )
    assert fit.coefficient[0] == pytest.approx(0.39098323, rel=1e-7)
    assert fit.std_error[0] == pytest.approx(0.24370442, rel=1e-7)
    assert fit.log_likelihood == pytest.approx(-271.89857, rel=1e-7)
    assert fit.low[0] < 0 < fit.high[0]


@pytest.mark.parametrize(("ties", "coefficient"), [("breslow", 1.509), ("efron", 1.572)])
def test_placebo_against_mercaptopurine(ties, coefficient):
    fit = fit_cox(MERCAPTOPURINE + PLACEBO, RELAPSED + [1] * 21, [0] * 21 + [1] * 21, ties=ties)
    assert fit.coefficient[0] == pytest.approx(coefficient, abs=0.0006)
