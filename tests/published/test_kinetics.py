"""Kinetics on published data.

Twelve subjects after one dose of theophylline (theophylline.csv: hours and mg/L; Boeckmann AJ,
Sheiner LB, Beal SL. NONMEM Users Guide, part V, 1994; also `Theoph` of R). Printed results: those
of Phoenix WinNonlin, as published with the R package NonCompart (Kim H et al., Transl Clin
Pharmacol 2018;26:10-15), to six decimals. Model of expansion: Stein AM et al., CPT Pharmacometrics
Syst Pharmacol 2019;8:285-295, half-lives of the abstract.
"""

import csv
from pathlib import Path

import pytest

from autallo.stats.kinetics.expansion_model import expansion_model
from autallo.stats.kinetics.parameters import cellular_kinetics
from autallo.stats.kinetics.series import kinetic_series

HERE = Path(__file__).parent

#: Peak, its hour, area to the last sample (linear up, log down; linear), half-life.
PRINTED = {
    1: (10.50, 1.12, 147.234748, 148.923050, 14.304378),
    2: (8.33, 1.92, 88.731275, 91.526800, 6.659342),
    3: (8.20, 1.02, 95.878198, 99.286500, 6.766087),
    4: (8.60, 1.07, 102.633623, 106.796300, 6.981247),
    5: (11.40, 1.00, 118.179354, 121.294400, 8.002264),
    6: (6.44, 1.15, 71.697015, 73.775550, 7.894998),
    7: (7.09, 3.48, 87.969227, 90.753400, 7.846668),
    8: (7.56, 2.02, 86.806563, 88.559950, 8.510038),
    9: (9.03, 0.63, 83.937436, 86.326150, 8.405999),
    10: (10.21, 3.55, 135.576070, 138.368100, 9.246916),
    11: (8.00, 0.98, 77.893472, 80.093600, 7.261237),
    12: (9.75, 3.52, 115.220208, 119.977500, 6.286508),
}


def series_of(subject):
    with (HERE / "theophylline.csv").open(encoding="utf-8", newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if int(row["subject"]) == subject]
    return [float(row["hour"]) for row in rows], [float(row["concentration"]) for row in rows]


@pytest.mark.parametrize("subject", PRINTED)
def test_theophylline_as_phoenix_winnonlin(subject):
    peak, hour, curved, straight, half_life = PRINTED[subject]
    kinetics = cellular_kinetics(kinetic_series(*series_of(subject)), until=24)
    assert (kinetics.cmax.estimate, kinetics.tmax.estimate) == (peak, hour)
    assert kinetics.auc_last.estimate == pytest.approx(curved, abs=6e-7)
    assert kinetics.terminal.estimate == pytest.approx(half_life, abs=6e-7)
    plain = cellular_kinetics(kinetic_series(*series_of(subject)), until=24, method="linear")
    assert plain.auc_last.estimate == pytest.approx(straight, abs=6e-7)


def test_tisagenlecleucel_in_children_and_young_adults():
    # printed: doubling time 0.78 days, half-life of contraction 4.3 days, of persistence 220 days
    # (from a rate printed with two digits, 0.0032 per day: 210 to 220)
    model = expansion_model(
        [0], fold_expansion=3900, tmax=9.3, cmax=24000, memory_share=0.0079, alpha=0.16, beta=0.0032
    )
    assert round(model.doubling_time, 2) == 0.78
    assert round(model.contraction_half_life, 1) == 4.3
    assert float(f"{model.persistence_half_life:.2g}") == 220
