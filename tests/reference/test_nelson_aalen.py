"""Nelson-Aalen against R survival 3.5-3 (golden numbers in nelson_aalen.json)."""

import numpy as np

from autallo.stats.survival.nelson_aalen import nelson_aalen
from reference.golden import cases_of, each, table

CASES = cases_of("nelson_aalen")
TIES = {1: "aalen", 2: "fleming-harrington"}


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


@each(CASES)
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
