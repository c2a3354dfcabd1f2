"""Kaplan-Meier on published data: allogeneic and autologous transplantation for leukaemia.

Kersey et al., N Engl J Med 1987;317:461-467 (see trials.py). The numbers are R 4.2.2, survival
3.5-3.
"""

import numpy as np
import pytest

from autallo.stats.survival.kaplan_meier import kaplan_meier, survival_at
from autallo.stats.survival.quantile import survival_quantile
from published.trials import kersey1987


def arm(transplant):
    time, event, group = kersey1987()
    own = [place for place, code in enumerate(group) if code == (transplant == "Autologous")]
    return [time[place] for place in own], [event[place] for place in own]


@pytest.mark.parametrize(
    ("transplant", "patients", "events", "median"),
    [("Allogeneic", 46, 33, 291.5), ("Autologous", 45, 36, 112)],
)
def test_patients_events_and_median(transplant, patients, events, median):
    curve = kaplan_meier(*arm(transplant))
    assert curve.at_risk[0] == patients
    assert curve.events.sum() == events
    assert survival_quantile(curve).estimate == median


@pytest.mark.parametrize(
    ("transplant", "survival", "low", "high"),
    [
        (
            "Allogeneic",
            [0.67391304, 0.43478261, 0.32608696, 0.30100334],
            [0.55119219, 0.31273532, 0.21523444, 0.19306671],
            [0.82395723, 0.60445976, 0.49403202, 0.46928346],
        ),
        (
            "Autologous",
            [0.57777778, 0.22222222, 0.22222222, 0.19444444],
            [0.45007944, 0.12864672, 0.12864672, 0.10606262],
            [0.74170719, 0.383863, 0.383863, 0.35647472],
        ),
    ],
)
def test_survival_at_100_days_and_one_two_and_three_years(transplant, survival, low, high):
    read = survival_at(kaplan_meier(*arm(transplant), interval="log"), [100, 365, 730, 1095])
    np.testing.assert_allclose(read.survival, survival, rtol=1e-7)
    np.testing.assert_allclose(read.low, low, rtol=1e-7)
    np.testing.assert_allclose(read.high, high, rtol=1e-7)
