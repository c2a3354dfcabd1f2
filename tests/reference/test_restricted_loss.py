"""Restricted mean time lost against R survival (golden numbers in restricted_loss.json)."""

import numpy as np

from autallo.stats.incidence.aalen_johansen import cumulative_incidence
from autallo.stats.incidence.restricted_loss import (
    restricted_time_lost,
    restricted_time_lost_difference,
)
from reference.golden import cases_of, each, table


def cases(*quantities):
    return each(cases_of("restricted_loss", *quantities))


def lost_by_group(given):
    columns = [given[name] for name in ("time", "cause", "group") if given[name]]
    rows = [row for row in table(given["file"]) if all(row[name] for name in columns)]
    level_of = [row[given["group"]] if given["group"] else "all" for row in rows]
    lost = {}
    for level in sorted(set(level_of)):
        mine = [row for row, own in zip(rows, level_of, strict=True) if own == level]
        time, cause = ([float(row[given[name]]) for row in mine] for name in ("time", "cause"))
        curve = cumulative_incidence(time, cause, n_causes=2)
        lost[level] = restricted_time_lost(curve, until=given["tau"])
    return lost


def close(actual, expected, case):
    np.testing.assert_allclose(actual, expected, rtol=case["rtol"], atol=1e-14)


@cases("rmtl")
def test_mean_time_in_each_state_and_its_jackknife(case):
    lost = lost_by_group(case["input"])
    assert sorted(lost) == [printed["level"] for printed in case["expected"]]
    for printed in case["expected"]:
        own = lost[printed["level"]]
        close(own.event_free, printed["event_free"], case)
        close(own.estimate, printed["lost"], case)
        close(own.std_error, printed["se"], case)


@cases("rmtl_difference")
def test_difference_of_two_groups(case):
    (_, first), (_, second) = sorted(lost_by_group(case["input"]).items())
    difference, printed = restricted_time_lost_difference(second, first), case["expected"]
    close(difference.estimate, printed["estimate"], case)
    close(difference.std_error, printed["se"], case)
    close(difference.low, printed["lower"], case)
    close(difference.high, printed["upper"], case)
