"""The golden numbers of R, and the rows of the data sets that they were made from."""

import csv
import json
from functools import cache
from pathlib import Path

import pytest

HERE = Path(__file__).parent


def cases_of(file, *functions):
    """Return the cases of a file, or those of some functions or quantities, at least one."""
    cases = json.loads((HERE / f"{file}.json").read_text(encoding="utf-8"))["cases"]
    if functions:
        cases = [case for case in cases if case.get("function", case.get("quantity")) in functions]
    assert cases
    return cases


def each(cases):
    """Try a test on each of these cases."""
    return pytest.mark.parametrize("case", cases, ids=[case["id"] for case in cases])


@cache
def table(dataset):
    """Return the rows of a data set, all values texts."""
    with (HERE / "data" / f"{dataset.removesuffix('.csv')}.csv").open(
        encoding="utf-8", newline=""
    ) as stream:
        return tuple(csv.DictReader(stream))
