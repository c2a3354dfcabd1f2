"""Probability of superiority against its formulas in R (numbers in superiority.json)."""

import csv
import json
from pathlib import Path

import pytest

from autallo.stats.ranks.superiority import probability_of_superiority

HERE = Path(__file__).parent
CASES = json.loads((HERE / "superiority.json").read_text(encoding="utf-8"))["cases"]


def groups_of(case):
    """Return the two groups: written out, or columns of a data set."""
    given = case["args"]
    if "x" in given:
        return given["x"], given["y"]
    with (HERE / "data" / f"{case['dataset']}.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(row[given["group"]], row[given["value"]]) for row in csv.DictReader(stream)]
    return [
        [float(value) for group, value in rows if group == str(given[side]) and value]
        for side in ("first", "second")
    ]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
@pytest.mark.parametrize("method", ["logit", "pseudo_score"])
def test_estimate_and_limits(case, method):
    x, y = groups_of(case)
    found = probability_of_superiority(x, y, level=case["args"]["level"], method=method)
    expected = case["expected"]
    assert found.method == method
    assert found.estimate == pytest.approx(expected["estimate"], rel=case["rtol"])
    assert [found.low, found.high] == pytest.approx(expected[method], rel=case["rtol"])
