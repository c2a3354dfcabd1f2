"""Multivariable models: what is fitted, what is refused, and what each number says."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from autallo.analysis.analyse import analyse
from autallo.analysis.refusals import TAKE_OUT
from autallo.model.cohort import Origin
from autallo.model.results import Flag, Role
from unit.analysis.cohorts import cohort, follow_up, measured, protocol, streams

BINARY = {"cr": {"kind": "binary", "from": "x"}}
SURVIVAL = {"os": {"kind": "time_to_event", "time": "t", "event": "e"}}
RISKS = {
    "relapse": {
        "kind": "competing_risks", "time": "t", "cause": "c", "is": "relapse",
        "competing": ("death",),
    }
}  # fmt: skip


def modelled(groups, outcomes, observed, covariates, *, study=None, columns=None, **model):
    parts = {"study": {"id": "s", "title": "A study", "seed": 1, **(study or {})}}
    name = next(iter(outcomes))
    plan = protocol(
        outcomes,
        levels=tuple(dict.fromkeys(groups)),
        compare=(("a", "b"),) if {"a", "b"} <= set(groups) else (),
        models={"m": {"outcomes": (name,), "covariates": covariates, **model}},
        **parts,
    )
    whole = analyse(cohort(groups, {name: observed}, **(columns or {})), plan, streams=streams)
    return [e for e in whole.estimates if e.analysis == "model"]


def one(found, **wanted):
    hits = [e for e in found if all(getattr(e, name) == v for name, v in wanted.items())]
    assert len(hits) == 1, [e.key for e in found]
    return hits[0]


def table(a_yes, a_no, b_yes, b_no):
    values = [1] * a_yes + [0] * a_no + [1] * b_yes + [0] * b_no
    return ["a"] * (a_yes + a_no) + ["b"] * (b_yes + b_no), measured(values, ("no", "yes"))


def test_the_odds_ratio_of_one_covariate_is_that_of_the_table():
    # 15/20 v 8/20: odds ratio 15*12/(5*8) = 4.5; LR = 2 (sum x log(x / expected)).
    groups, observed = table(15, 5, 8, 12)
    found = modelled(groups, BINARY, observed, ["group"])
    ratio = one(found, measure="odds_ratio")
    assert ratio.value == pytest.approx(4.5, rel=1e-9)
    assert (ratio.group, ratio.versus, ratio.category) == ("a", "b", "group")
    assert (ratio.method, ratio.n, ratio.events) == ("multivariable_logistic", 40, 23)
    assert ratio.role is Role.PRIMARY
    assert ratio.detail("events_per_coefficient") == 17  # the rarer answer
    cells = {15: 11.5, 5: 8.5, 8: 11.5, 12: 8.5}
    statistic = 2 * sum(x * math.log(x / expected) for x, expected in cells.items())
    p = one(found, measure="p_value")
    assert p.value == pytest.approx(math.erfc(math.sqrt(statistic / 2)), rel=1e-9)
    assert Flag.FEW_EVENTS not in ratio.flags


def test_the_reference_is_the_second_arm_compared_or_the_level_named():
    groups, observed = table(15, 5, 8, 12)
    swapped = modelled(groups[::-1], BINARY, measured(observed.values[::-1], ("no", "yes")),
                       ["group"])  # fmt: skip
    assert one(swapped, measure="odds_ratio").versus == "b"
    named = modelled(groups, BINARY, observed, {"group": {"reference": "a"}})
    ratio = one(named, measure="odds_ratio")
    assert (ratio.group, ratio.versus) == ("b", "a")
    assert ratio.value == pytest.approx(1 / 4.5, rel=1e-9)


def test_fewer_than_five_events_for_each_coefficient_fit_no_model():
    groups, observed = table(3, 17, 1, 19)  # 4 with it, one coefficient
    (none,) = modelled(groups, BINARY, observed, ["group"])
    assert (none.value, none.flags) == (None, (Flag.TOO_FEW_EVENTS,))
    assert none.why == (
        "No model: 4 patients in the rarer of the two answers for 1 coefficient, and five are "
        "needed."
    )
    assert (none.group, none.category, none.measure) == ("all", None, "odds_ratio")


@pytest.mark.parametrize(("yes", "method"), [(9, "multivariable_firth_logistic"),
                                             (10, "multivariable_logistic")])  # fmt: skip
def test_fewer_than_ten_are_penalised_and_flagged(yes, method):
    groups, observed = table(yes - 3, 14, 3, 17)
    ratio = one(modelled(groups, BINARY, observed, ["group"]), measure="odds_ratio")
    assert ratio.method == method
    assert (Flag.FEW_EVENTS in ratio.flags) == (yes < 10)
    assert (ratio.why is not None) == (yes < 10)


def test_a_level_without_the_event_is_penalised_with_the_reason():
    groups, observed = table(12, 8, 0, 20)
    ratio = one(modelled(groups, BINARY, observed, ["group"]), measure="odds_ratio")
    assert ratio.method == "multivariable_firth_logistic"
    # Firth's estimate of a two-by-two table adds a half to each cell.
    assert ratio.value == pytest.approx(12.5 * 20.5 / (8.5 * 0.5), rel=1e-6)
    assert None not in (ratio.low, ratio.high)
    assert ratio.why.startswith("The likelihood has no maximum")


def test_patients_without_a_covariate_are_left_out_and_counted():
    groups, observed = table(15, 5, 8, 12)
    sex = ["f", "m"] * 20
    sex[0] = sex[3] = None
    found = modelled(groups, BINARY, observed, ["group", "sex"], columns={"sex": sex})
    ratio = one(found, measure="odds_ratio", category="sex")
    assert (ratio.n, ratio.excluded) == (38, (("sex not known", 2),))
    assert (ratio.group, ratio.versus) == ("m", "f")


def test_a_covariate_of_three_levels_has_one_p_for_all_of_them():
    rng = np.random.default_rng(3)
    days, event = rng.exponential(100, 90), rng.integers(0, 2, 90)
    stage = ["I", "II", "III"] * 30
    found = modelled(["a", "b"] * 45, SURVIVAL, follow_up(days, event), ["group", "stage"],
                     columns={"stage": stage})  # fmt: skip
    levels = [e for e in found if e.category == "stage" and e.measure == "hazard_ratio"]
    assert {(e.group, e.versus) for e in levels} == {("III", "I"), ("II", "I")}
    joint = one(found, category="stage", group="all", measure="p_value")
    assert joint.detail("df") == 2
    single = [one(found, category="stage", group=e.group, measure="p_value") for e in levels]
    assert all(p.detail("df") == 1 for p in single)
    assert not [e for e in found if e.category == "group" and e.group == "all"]


def test_a_step_of_ten_multiplies_the_coefficient_and_a_doubling_is_told():
    rng = np.random.default_rng(4)
    days, event = rng.exponential(100, 60), np.ones(60, dtype=int)
    age = rng.uniform(1, 60, 60).tolist()
    fits = {
        name: one(
            modelled(["a"] * 60, SURVIVAL, follow_up(days, event), {"age": options},
                     columns={"age": age}),
            measure="hazard_ratio",
        )
        for name, options in {"one": {}, "ten": {"per": 10}, "double": {"scale": "log2"}}.items()
    }  # fmt: skip
    assert fits["ten"].value == pytest.approx(fits["one"].value ** 10, rel=1e-9)
    assert [fits[name].group for name in fits] == ["per 1", "per 10", "per doubling"]
    assert all(fit.versus is None for fit in fits.values())


def test_a_mean_difference_and_a_ratio_of_geometric_means():
    groups = ["a"] * 10 + ["b"] * 10
    values = np.array([2.0, 8.0] * 5 + [1.0, 4.0] * 5)
    linear = modelled(groups, {"v": {"kind": "continuous", "from": "x"}},
                      measured(values, kind=float), ["group"])  # fmt: skip
    assert one(linear, measure="mean_difference").value == pytest.approx(5.0 - 2.5)
    log = modelled(groups, {"v": {"kind": "continuous", "from": "x", "axis": "log"}},
                   measured(values, kind=float), ["group"])  # fmt: skip
    ratio = one(log, measure="mean_ratio")
    assert ratio.value == pytest.approx(2.0, rel=1e-9)  # geometric means 4 and 2
    assert ratio.events is None
    zero = values.copy()
    zero[0] = 0.0
    (none,) = modelled(groups, {"v": {"kind": "continuous", "from": "x", "axis": "log"}},
                       measured(zero, kind=float), ["group"])  # fmt: skip
    assert none.why == "No model: a value of 0 or below has no logarithm."


def test_competing_events_give_both_models():
    rng = np.random.default_rng(5)
    cause = rng.integers(0, 3, 80)
    observed = follow_up(rng.exponential(100, 80), cause, ("relapse", "death"))
    found = modelled(["a", "b"] * 40, RISKS, observed, ["group"])
    assert [e.measure for e in found] == [
        "cause_specific_hazard_ratio", "p_value", "subdistribution_hazard_ratio", "p_value",
    ]  # fmt: skip
    assert found[0].events == int((cause == 1).sum())


@pytest.mark.parametrize(
    ("columns", "covariates", "why"),
    [
        (
            {"sex": ["f"] * 40},
            ["group", "sex"],
            "No model: all patients used have the same sex; take it out.",
        ),
        (
            {"copy": ["x"] * 20 + ["y"] * 20},
            ["group", "copy"],
            f"No model: the other covariates already tell copy y exactly; {TAKE_OUT}.",
        ),
        (
            {"age": pl.Series([None] * 40, dtype=pl.Float64)},
            ["age"],
            "No model: nobody has the outcome and all covariates known.",
        ),
    ],
)
def test_a_model_that_cannot_be_says_why(columns, covariates, why):
    groups, observed = table(15, 5, 8, 12)
    (none,) = modelled(groups, BINARY, observed, covariates, columns=columns)
    assert (none.value, none.why) == (None, why)
    assert none.flags[0] in (Flag.NOT_ESTIMABLE, Flag.TOO_FEW_EVALUABLE)


def test_within_restricts_the_arms_and_unplanned_is_flagged():
    groups, observed = table(15, 5, 8, 12)
    sex = ["f", "m"] * 20
    found = modelled(groups, BINARY, observed, ["sex"], columns={"sex": sex}, within=("a",),
                     planned=False)  # fmt: skip
    assert {e.n for e in found} == {20}
    assert all(Flag.UNPLANNED in e.flags for e in found)


def test_a_hazard_ratio_that_changes_over_time_is_flagged():
    # First arm: all events early; second: all late, but the same number of patients at the end.
    early, late = np.arange(1, 31), np.arange(40, 70)
    days = np.concatenate([early, np.full(30, 80), late, np.full(30, 80)]).astype(float)
    event = np.concatenate([np.ones(30), np.zeros(30)] * 2).astype(int)
    found = modelled(["a"] * 60 + ["b"] * 60, SURVIVAL, follow_up(days, event), ["group"])
    ratio = one(found, measure="hazard_ratio")
    assert Flag.NOT_PROPORTIONAL_TERM in ratio.flags
    assert ratio.detail("p_proportional_hazards") < 0.05


def test_profile_ezr_fits_whatever_there_is_with_wald_limits():
    groups, observed = table(3, 17, 1, 19)
    found = modelled(groups, BINARY, observed, ["group"], study={"profile": "ezr"})
    ratio = one(found, measure="odds_ratio")
    log, error = math.log(3 * 19 / 17), math.sqrt(1 / 3 + 1 / 17 + 1 + 1 / 19)
    assert ratio.value == pytest.approx(math.exp(log), rel=1e-6)
    assert ratio.high == pytest.approx(math.exp(log + 1.959963984540054 * error), rel=1e-6)
    p = one(found, measure="p_value")
    assert p.value == pytest.approx(math.erfc(log / error / math.sqrt(2)), rel=1e-6)
    infinite = modelled(*(lambda t: (t[0], BINARY, t[1]))(table(5, 15, 0, 20)), ["group"],
                        study={"profile": "ezr"})  # fmt: skip
    ratio = one(infinite, measure="odds_ratio")
    assert (ratio.value, ratio.flags[0]) == (None, Flag.NO_MAXIMUM)
    assert one(infinite, measure="p_value").value is None


def test_a_level_that_never_was_at_risk_with_others_is_named():
    # The two patients of the third level leave before the first event.
    days = np.concatenate([np.arange(10.0, 50.0), [1.0, 2.0]])
    event = np.array([1] * 40 + [0, 0])
    site = ["x", "y"] * 20 + ["z", "z"]
    (none,) = modelled(
        ["a"] * 42, SURVIVAL, follow_up(days, event), {"site": {"reference": "x"}},
        columns={"site": site},
    )  # fmt: skip
    assert none.why == (
        "No model: whenever there was an event, all patients at risk had the same site z; "
        f"{TAKE_OUT}."
    )


def test_a_level_of_one_patient_leaves_a_measurement_without_spread():
    values = measured(np.arange(30.0), kind=float)
    site = ["x", "y"] * 14 + ["x", "z"]
    (none,) = modelled(
        ["a"] * 30, {"v": {"kind": "continuous", "from": "x"}}, values,
        {"site": {"reference": "x"}}, columns={"site": site},
    )  # fmt: skip
    assert none.why == (
        "No model: one patient alone tells of site z; put levels together, or leave the arm out."
    )


def test_values_beyond_a_measuring_limit_are_flagged():
    values = np.arange(30.0)
    limited = [0] * 29 + [1]
    groups = ["a", "b"] * 15
    outcome = {"v": {"kind": "continuous", "from": "x"}}
    found = modelled(groups, outcome, measured(values, kind=float, limited=limited), ["group"])
    assert Flag.LIMIT_VALUES in one(found, measure="mean_difference").flags
    plain = modelled(groups, outcome, measured(values, kind=float), ["group"])
    assert Flag.LIMIT_VALUES not in one(plain, measure="mean_difference").flags
    marks = {"ferritin": values.tolist(), "ferritin__limit": limited}
    covariate = modelled(
        groups, outcome, measured(values**2, kind=float), ["ferritin"], columns=marks
    )  # fmt: skip
    assert Flag.LIMIT_VALUES in one(covariate, measure="mean_difference").flags


def test_words_that_read_as_numbers_are_words():
    groups, observed = table(15, 5, 8, 12)
    kind = ["nan", "inf", "1e3", "none"] * 10
    found = modelled(groups, BINARY, observed, ["kind"], columns={"kind": kind})
    references = {e.versus for e in found if e.versus is not None}
    assert references == {"1e3"}  # the only number


def test_a_time_has_the_unit_that_the_study_file_gives():
    rng = np.random.default_rng(6)
    years = rng.uniform(1, 60, 60)
    days = follow_up(rng.exponential(100, 60), np.ones(60, dtype=int))
    plain = one(
        modelled(["a"] * 60, SURVIVAL, days, {"age": {"per": 10}}, columns={"age": years.tolist()}),
        measure="hazard_ratio",
    )
    held = cohort(["a"] * 60, {"os": days}, wait=(years * 365.25).tolist())
    held = replace(held, origins=(Origin(column="wait", derived=False, how="", unit="days"),))
    plan = protocol(
        SURVIVAL,
        levels=("a",),
        compare=(),
        sources={"patients": {"file": "p", "columns": {"wait": {"column": "W", "unit": "years"}}}},
        models={"m": {"outcomes": ("os",), "covariates": {"wait": {"per": 10}}}},
    )
    found = [e for e in analyse(held, plan, streams=streams).estimates if e.analysis == "model"]
    mine = one(found, measure="hazard_ratio")
    assert mine.value == pytest.approx(plain.value, rel=1e-9)
    assert mine.group == "per 10 years"
