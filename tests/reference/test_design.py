"""Power, sample size and detectable differences against R (design.json)."""

import numpy as np
import pytest

from autallo.stats.design.events import detectable_hazard_ratio, events_needed, events_power
from autallo.stats.design.grades import grades_power
from autallo.stats.design.grades_size import grades_sample_size
from autallo.stats.design.logrank_simulation import simulated_logrank_power
from autallo.stats.design.logrank_size import detectable_hazard, logrank_sample_size
from autallo.stats.design.noether import (
    detectable_superiority,
    noether_power,
    noether_sample_size,
)
from autallo.stats.design.normal_proportions import (
    normal_proportions_power,
    normal_proportions_sample_size,
)
from autallo.stats.design.proportions import proportions_power
from autallo.stats.design.proportions_detectable import detectable_risk
from autallo.stats.design.proportions_size import proportions_sample_size
from autallo.stats.design.shift import detectable_shift, shift_power
from autallo.stats.design.survival_design import SurvivalDesign, expected_events
from reference.golden import cases_of, each


def cases(*functions):
    return each(cases_of("design", *functions))


def generator():
    return np.random.Generator(np.random.PCG64(20))


def agree(mine, case):
    """Each number of R with the one of the same name; nothing is nothing."""
    assert mine.keys() == case["expected"].keys()
    for name, expected in case["expected"].items():
        assert (mine[name] is None) == (expected is None), name
        if expected is not None:
            assert mine[name] == pytest.approx(expected, rel=case["rtol"], abs=1e-14), name


@cases("power_prop")
def test_normal_power(case):
    args = case["args"]
    n = args["n_per_group"]
    found = normal_proportions_power(n, n, args["p1"], args["p2"], alpha=args["alpha"])
    agree({"power": found.power, "power_strict": found.both_tails}, case)


@cases("power_prop_n")
def test_normal_sample_size(case):
    args, expected = case["args"], case["expected"]
    wanted = {"power": args["power"], "alpha": args["alpha"]}
    two = normal_proportions_sample_size(args["p1"], args["p2"], **wanted)
    one = normal_proportions_sample_size(args["p1"], args["p2"], **wanted, alternative="less")
    assert two.n_x == two.n_y == pytest.approx(expected["n_per_group"], rel=case["rtol"])
    assert one.n_x == pytest.approx(expected["n_one_sided"], rel=case["rtol"])
    n = expected["n_strict"]
    strict = normal_proportions_power(n, n, args["p1"], args["p2"], alpha=args["alpha"])
    assert strict.both_tails == pytest.approx(args["power"], rel=case["rtol"])


@cases("exact_power")
def test_exact_power(case):
    found = proportions_power(**case["args"])
    agree({name: getattr(found, name) for name in case["expected"]}, case)


@cases("exact_sample_size")
def test_exact_sample_size(case):
    found = proportions_sample_size(**case["args"])
    first, lasting = found.first, found.lasting
    agree(
        {
            "first": None if first is None else first.n_x,
            "lasting": None if lasting is None else lasting.n_x,
            "power_at_first": None if first is None else first.power,
            "normal": found.normal_n_x,
            "corrected": found.corrected_normal_n_x,
        },
        case,
    )


@cases("detectable_risk")
def test_detectable_risk(case):
    found = detectable_risk(**case["args"])
    agree({"risk_x": found.risk_x, "furthest_power": found.furthest_power}, case)


@cases("noether")
def test_noether(case):
    args = case["args"]
    n, m, better = args["n_x"], args["n_y"], args["superiority"]
    wanted = {"power": args["power"], "alpha": args["alpha"]}
    sizes = noether_sample_size(better, **wanted, ratio=n / m)
    agree(
        {
            "power": noether_power(n, m, better, alpha=args["alpha"]).power,
            "n_both": sizes.n_x + sizes.n_y,
            "detectable": detectable_superiority(n, m, **wanted).superiority,
        },
        case,
    )


@cases("grades")
def test_grades(case):
    found = grades_power(**case["args"])
    agree({name: getattr(found, name) for name in case["expected"]}, case)


@cases("grades_sample_size")
def test_grades_sample_size(case):
    found = grades_sample_size(**case["args"])
    agree(
        {
            "first": found.first.n_x,
            "lasting": found.lasting.n_x,
            "power_at_largest": found.examined.power,
        },
        case,
    )


@cases("shift")
def test_shift(case):
    """Within four standard errors of the integral: one of 16 000 simulations is further off."""
    args, expected = dict(case["args"]), case["expected"]
    wanted, shift = args.pop("power"), args.pop("shift")
    # A level that only complete separation reaches.
    test = {"alternative": "greater", "alpha": expected["size"] * 1.5, "rng": generator()}
    found = shift_power(**args, shift=shift, **test, draws=40_000)
    assert abs(found.power - expected["power"]) < 4 * found.standard_error
    assert found.size == pytest.approx(expected["size"], rel=1e-12)
    least = detectable_shift(**args, power=wanted, **test, draws=40_000)
    margin = (least.high - least.low) / 1.96 / 2
    assert abs(least.shift - expected["detectable"]) < 4 * margin


@cases("survival_events")
def test_survival_events(case):
    args = case["args"]
    theta, wanted = args["hr"], {"power": args["power"], "alpha": args["alpha"]}
    ratio = 17 / 11
    agree(
        {
            "schoenfeld_1to1": events_needed(theta, **wanted).events,
            "schoenfeld_17_11": events_needed(theta, **wanted, ratio=ratio).events,
            "freedman_1to1": events_needed(theta, **wanted, method="freedman").events,
            "freedman_17_11": events_needed(theta, **wanted, ratio=ratio, method="freedman").events,
            "power_schoenfeld_60ev": events_power(60, theta, alpha=args["alpha"]).power,
            "min_detectable_hr_60ev": detectable_hazard_ratio(60, **wanted).below,
        },
        case,
    )


@cases("survival_n_rpact")
def test_logrank_sample_size(case):
    args, mine = case["args"], {}
    control = np.log(2) / args["median_control"]
    design = SurvivalDesign(
        1, 1, args["hr"] * control, control, follow_up=args["followup"], accrual=args["accrual"]
    )
    for method in ("schoenfeld", "freedman"):
        found = logrank_sample_size(
            design, power=args["power"], alpha=args["alpha_two_sided"], method=method
        )
        mine |= {f"events_{method}": found.events, f"n_{method}": found.n_x + found.n_y}
    agree(mine, case)


@cases("design_chances")
def test_chance_of_an_event(case):
    found = expected_events(SurvivalDesign(17, 11, **case["args"]))
    agree({"chance_x": found.chance_x, "chance_y": found.chance_y}, case)
    assert found.events == pytest.approx(17 * found.chance_x + 11 * found.chance_y, rel=1e-14)


@cases("detectable_hazard")
def test_detectable_hazard(case):
    args = dict(case["args"])
    wanted = {"power": args.pop("power"), "alpha": args.pop("alpha")}
    found = detectable_hazard(SurvivalDesign(**args, hazard_x=0.0), **wanted)
    agree({"below": found.below, "above": found.above}, case)


@cases("simulated_logrank")
def test_simulated_logrank(case):
    """Two simulations: within four standard errors of their difference."""
    args, expected = dict(case["args"]), case["expected"]
    alpha, draws = args.pop("alpha"), args.pop("draws")
    found = simulated_logrank_power(
        SurvivalDesign(**args), alpha=alpha, draws=10 * draws, rng=generator()
    )
    error = np.hypot(found.standard_error, expected["standard_error"])
    assert abs(found.power - expected["power"]) < 4 * error
