"""Nelson-Aalen against R survival 3.5-3 (golden numbers in nelson_aalen.json)."""

import csv
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.survival.nelson_aalen import nelson_aalen

HERE = Path(__file__).parent
CASES = json.loads((HERE / "nelson_aalen.json").read_text(encoding="utf-8"))["cases"]
TIES = {1: "aalen", 2: "fleming-harrington"}


@cache
def table(dataset):
    with (HERE / "data" / f"{dataset}.csv").open(encoding="utf-8", newline="") as stream:
        return tuple(csv.DictReader(stream))


def samples(case):
    """Yield R's answer for each group and the arrays of its patients."""
    given = case["args"]
    if "dataset" not in case:
        (answer,) = case["expected"]
        late = {"entry": given["entry"], "weight": given["weight"]}
        yield answer, given["time"], given["event"], late
        return
    names = [given["time"], given["event"], *([given["group"]] if given["group"] else [])]
    kept = [row for row in table(case["dataset"]) if all(row[name] for name in names)]
    for answer in case["expected"]:
        mine = [row for row in kept if names[2:] == [] or row[names[2]] == str(answer["level"])]
        times = [float(row[names[0]]) for row in mine]
        yield answer, times, [int(row[names[1]]) for row in mine], {}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_hazard_and_error_of_survfit(case):
    for answer, times, events, late in samples(case):
        curve = nelson_aalen(times, events, ties=TIES[case["args"]["ctype"]], **late)
        close = {"rtol": case["rtol"], "atol": 1e-15}
        for mine, name in (
            (curve.time, "time"), (curve.at_risk, "n_risk"), (curve.events, "n_event"),
            (curve.censored, "n_censor"), (curve.hazard, "cumhaz"),
            (curve.std_error, "se_cumhaz"), (np.exp(-curve.hazard), "surv"),
        ):  # fmt: skip
            np.testing.assert_allclose(mine, answer[name], **close)
