"""Log-rank test on published data.

Kersey et al., N Engl J Med 1987;317:461-467 (kersey1987.csv; see test_survival.py).
Freireich et al., Blood 1963;21:699-716: weeks of remission under 6-mercaptopurine (21) and
placebo (21), the data of most textbooks. The textbook statistic is 16.79.
"""

import csv
from pathlib import Path

import pytest

from autallo.stats.logrank.asymptotic import logrank_test

HERE = Path(__file__).parent

MERCAPTOPURINE = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
RELAPSED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]


def test_autologous_against_allogeneic_transplantation():
    with (HERE / "kersey1987.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    test = logrank_test(
        [float(row["time"]) for row in rows],
        [int(row["cens"]) for row in rows],
        [int(row["transplant"] == "Autologous") for row in rows],
    )
    assert test.observed.tolist() == [33, 36]
    assert test.statistic == pytest.approx(2.6072537, rel=1e-7)
    assert test.p_value == pytest.approx(0.10637584, rel=1e-7)


def test_mercaptopurine_against_placebo():
    test = logrank_test(MERCAPTOPURINE + PLACEBO, RELAPSED + [1] * 21, [0] * 21 + [1] * 21)
    assert test.observed.tolist() == [9, 21]
    assert test.expected == pytest.approx([19.25, 10.75], abs=0.005)
    assert test.statistic == pytest.approx(16.79, abs=0.005)
