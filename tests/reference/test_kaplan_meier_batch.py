"""Kaplan-Meier curves of many studies against R survival (the golden numbers of survival.json)."""

import numpy as np

from autallo.stats.survival.kaplan_meier_batch import kaplan_meier_batch
from reference.golden import cases_of, each
from reference.test_survival import samples

SMALL = [c for c in cases_of("survival", "km_at") if c["dataset"] in ("bmt28", "lung28")]


@each(SMALL)
def test_days_of_summary_survfit(case):
    given = case["args"]
    for time, event, answer in samples(case):
        times, events = np.array([time, time[::-1]]), np.array([event, event[::-1]])
        curves = kaplan_meier_batch(
            times, events, at=answer["time"], level=given["level"], interval=given["conf_type"]
        )
        for study in range(2):
            np.testing.assert_allclose(curves.survival[study], answer["surv"], rtol=1e-12)
            assert curves.at_risk[study].tolist() == answer["n_risk"]
            inside = (curves.survival[study] > 0) & (curves.survival[study] < 1)
            for mine, name in ((curves.std_error, "se"), (curves.low, "lower")):
                theirs = np.array([np.nan if v is None else v for v in answer[name]], dtype=float)
                np.testing.assert_allclose(
                    mine[study][inside], theirs[inside], rtol=1e-10, atol=1e-14
                )
