"""Restricted means against R survival 3.5-3 (golden numbers in restricted_mean.json)."""

import pytest

from autallo.stats.survival.kaplan_meier import kaplan_meier
from autallo.stats.survival.restricted_mean import (
    restricted_mean,
    restricted_mean_difference,
    restricted_mean_ratio,
)
from reference.golden import cases_of, each, table


def cases(*functions):
    return each(cases_of("restricted_mean", *functions))


def curves(case):
    """Return the curve of each group by the name of the group."""
    given = case["args"]
    names = [given["time"], given["event"], *([given["group"]] if given["group"] else [])]
    kept = [row for row in table(case["dataset"]) if all(row[name] for name in names)]
    levels = sorted({row[names[2]] for row in kept}) if names[2:] else ["all"]
    mine = {
        level: [row for row in kept if level == "all" or row[names[2]] == level] for level in levels
    }
    return {
        level: kaplan_meier([float(r[names[0]]) for r in rows], [int(r[names[1]]) for r in rows])
        for level, rows in mine.items()
    }


@cases("rmst")
def test_means_and_errors_of_summary_survfit(case):
    of_level = curves(case)
    assert len(of_level) == len(case["expected"])
    for answer in case["expected"]:
        mean = restricted_mean(of_level[str(answer["level"])], until=case["args"]["tau"])
        assert mean.estimate == pytest.approx(answer["rmst"], rel=case["rtol"])
        assert mean.std_error == pytest.approx(answer["se"], rel=case["rtol"], abs=1e-12)


@cases("rmst_diff")
def test_difference_and_ratio_of_second_and_first_level(case):
    answer, until = case["expected"], case["args"]["tau"]
    first, second = curves(case).values()
    difference = restricted_mean_difference(second, first, until=until)
    ratio = restricted_mean_ratio(second, first, until=until)
    for mine, name in (
        (difference.estimate, "diff"), (difference.std_error, "se_diff"),
        (difference.statistic, "z"), (difference.p_value, "p"), (difference.low, "lower"),
        (difference.high, "upper"), (ratio.estimate, "ratio"), (ratio.low, "ratio_lower"),
        (ratio.high, "ratio_upper"), (ratio.p_value, "ratio_p"),
    ):  # fmt: skip
        assert mine == pytest.approx(answer[name], rel=case["rtol"])
