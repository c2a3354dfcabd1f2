"""The groups of values of a golden case: written out, or columns of a data set."""

from reference.golden import table


def two_samples(case):
    """Return the values of the first and of the second group."""
    given = case | case.get("args", {})
    if "x" in given:
        return given["x"], given["y"]
    rows = [(row[given["group"]], row[given["value"]]) for row in table(case["dataset"])]
    return [
        [float(value) for group, value in rows if group == str(given[side]) and value]
        for side in ("first", "second")
    ]


def samples(case):
    """Return all values, and the code of the group of each."""
    given = case["args"]
    if "values" in given:
        return given["values"], given["group"]
    rows = [(row[given["value"]], row[given["group"]]) for row in table(case["dataset"])]
    kept = [row for row in rows if row[0] and row[1] in given["levels"]]
    return [float(row[0]) for row in kept], [given["levels"].index(row[1]) for row in kept]
