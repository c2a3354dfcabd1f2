"""Difference of two curves at a time against R (golden numbers in survival_difference.json)."""

import pytest

from autallo.stats.survival.difference import survival_difference
from autallo.stats.survival.kaplan_meier import kaplan_meier
from reference.golden import cases_of, each, table

#: R's name of each scale, and ours.
SCALES = {
    "plain": "plain", "log": "log", "cloglog": "log-log", "arcsin": "arcsine", "logit": "logit",
}  # fmt: skip
INTERVALS = {"arcsin": "arcsine"}


def cases(*functions):
    return each(cases_of("survival_difference", *functions))


def curves(case):
    """Return the curves of the second and of the first level."""
    given = case["args"]
    names = [given["time"], given["event"], given["group"]]
    kept = [row for row in table(case["dataset"]) if all(row[name] for name in names)]
    first, second = sorted({row[names[2]] for row in kept})
    for level in (second, first):
        rows = [row for row in kept if row[names[2]] == level]
        yield kaplan_meier([float(r[names[0]]) for r in rows], [int(r[names[1]]) for r in rows])


@cases("surv_diff_at")
@pytest.mark.parametrize("scale", SCALES)
def test_of_klein_on_each_scale(case, scale):
    """R's log(-log S) falls as S rises: its z has the other sign."""
    answer = case["expected"]
    found = survival_difference(*curves(case), at=case["args"]["at"], method=SCALES[scale])
    sign = -1 if scale == "cloglog" else 1
    assert [found.second, found.first] == pytest.approx(answer["surv"], rel=case["rtol"])
    assert sign * found.statistic == pytest.approx(answer[scale]["z"], rel=case["rtol"])
    assert found.statistic**2 == pytest.approx(answer[scale]["chisq"], rel=case["rtol"])
    assert found.p_value == pytest.approx(answer[scale]["p"], rel=case["rtol"])
    assert found.std_error**2 == pytest.approx(sum(s**2 for s in answer["se"]), rel=case["rtol"])


@cases("surv_diff_interval")
def test_limits_by_squares_of_distances_to_the_limits_of_survfit(case):
    given, answer = case["args"], case["expected"]
    found = survival_difference(
        *curves(case), at=given["at"], level=given["level"],
        method=INTERVALS.get(given["conf_type"], given["conf_type"]),
    )  # fmt: skip
    for mine, name in ((found.estimate, "difference"), (found.low, "lower"), (found.high, "upper")):
        assert mine == pytest.approx(answer[name], rel=case["rtol"], abs=1e-15)
