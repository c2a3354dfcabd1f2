"""Permutation log-rank test on published data.

Kersey et al., N Engl J Med 1987;317:461-467 (kersey1987.csv; see test_survival.py). With 91
patients the drawn p-value must come near the chi-squared one of R, 0.1064.
"""

import csv
from pathlib import Path

import numpy as np

from autallo.stats.logrank.permutation import logrank_permutation_test

HERE = Path(__file__).parent


def test_autologous_against_allogeneic_transplantation():
    with (HERE / "kersey1987.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    test = logrank_permutation_test(
        [float(row["time"]) for row in rows],
        [int(row["cens"]) for row in rows],
        [int(row["transplant"] == "Autologous") for row in rows],
        draws=20_000,
        rng=np.random.default_rng(1987),
    )
    assert test.method == "monte_carlo"
    assert abs(test.p_value - 0.1064) < 0.01
