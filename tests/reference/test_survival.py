"""Kaplan-Meier against R survival 3.5-3 (golden numbers in survival.json)."""

import csv
import json
import math
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.survival import (
    kaplan_meier,
    numbers_at_risk,
    reverse_kaplan_meier,
    survival_at,
    survival_quantile,
)

HERE = Path(__file__).parent
CASES = json.loads((HERE / "survival.json").read_text(encoding="utf-8"))["cases"]


def cases(function):
    chosen = [case for case in CASES if case["function"] == function]
    assert chosen
    return pytest.mark.parametrize("case", chosen, ids=[case["id"] for case in chosen])


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def samples(case):
    """Yield times, events and R's answer for each group, gaps left out."""
    given = case["args"]
    names = [given["time"], given["event"], *([given["group"]] if given["group"] else [])]
    kept = [row for row in table(case["dataset"]) if all(row[name] for name in names)]
    for answer in case["expected"]:
        mine = [row for row in kept if names[2:] == [] or row[names[2]] == str(answer["level"])]
        assert mine
        times = [float(row[names[0]]) for row in mine]
        yield times, [int(row[names[1]]) for row in mine], answer


def numbers(values):
    """R's numbers; None (R's NA) becomes infinite, as a time that is not reached is here."""
    return np.array([math.inf if value is None else float(value) for value in values])


def same_quantiles(curve, answer, rtol):
    """Compare with R; where R has no lower limit, ours is the day a curve ended at 0, or none."""
    mine = [survival_quantile(curve, share) for share in answer["probs"]]
    ended = curve.time[-1] if curve.survival[-1] == 0 else math.inf
    for field, name in (("estimate", "quantile"), ("low", "lower"), ("high", "upper")):
        theirs = numbers(answer[name])
        if field == "low":
            theirs[np.isinf(theirs)] = ended
        np.testing.assert_allclose([getattr(one, field) for one in mine], theirs, rtol=rtol)


@cases("km")
def test_curve_of_survfit(case):
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event)
        close = {"rtol": case["rtol"], "atol": 1e-14}
        np.testing.assert_allclose(curve.time, answer["time"], **close)
        assert curve.at_risk.tolist() == answer["n_risk"]
        assert curve.events.tolist() == answer["n_event"]
        assert curve.censored.tolist() == answer["n_censor"]
        np.testing.assert_allclose(curve.survival, answer["surv"], **close)
        known = [value is not None for value in answer["se_surv"]]
        assert (curve.survival[~np.array(known)] == 0).all()
        np.testing.assert_allclose(
            curve.std_error[known], [v for v in answer["se_surv"] if v is not None], **close
        )


@cases("km_ci")
def test_limits_of_survfit_wherever_the_curve_is_between_0_and_1(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        inside = (curve.survival > 0) & (curve.survival < 1)
        for mine, theirs in ((curve.low, answer["lower"]), (curve.high, answer["upper"])):
            np.testing.assert_allclose(
                mine[inside], numbers(theirs)[inside], rtol=case["rtol"], atol=1e-14
            )
        assert np.isfinite(curve.low).all()
        assert np.isfinite(curve.high).all()


@cases("km_at")
def test_days_of_summary_survfit(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        read = survival_at(curve, answer["time"])
        close = {"rtol": case["rtol"], "atol": 1e-14}
        np.testing.assert_allclose(read.survival, answer["surv"], **close)
        assert read.at_risk.tolist() == answer["n_risk"]
        assert numbers_at_risk(time, answer["time"]).tolist() == answer["n_risk"]
        assert read.events.tolist() == np.cumsum(answer["n_event"]).tolist()
        inside = (read.survival > 0) & (read.survival < 1)
        for mine, name in ((read.std_error, "se"), (read.low, "lower"), (read.high, "upper")):
            np.testing.assert_allclose(mine[inside], numbers(answer[name])[inside], **close)


@cases("km_quantile")
def test_quantiles_and_their_limits_of_quantile_survfit(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        same_quantiles(curve, answer, case["rtol"])


@cases("reverse_km")
def test_follow_up_of_survfit_with_the_flipped_indicator(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = reverse_kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        same_quantiles(curve, answer, case["rtol"])
