"""Comparisons with weights: what is balanced, what is compared, and what is refused."""

import numpy as np
import pytest

from autallo.analysis.analyse import analyse
from autallo.model.results import Flag
from unit.analysis.cohorts import cohort, follow_up, measured, protocol, streams

BINARY = {"kind": "binary", "from": "x"}


def adjusted(groups, outcome, observed, columns, *, compare=(("a", "b"),), **how):
    plan = protocol(
        {"it": outcome},
        levels=tuple(dict.fromkeys(groups)),
        compare=compare,
        adjusted={"w": {"outcomes": ("it",), "covariates": list(columns), **how}},
    )
    whole = analyse(cohort(groups, {"it": observed}, **columns), plan, streams=streams)
    balance = [e for e in whole.estimates if e.analysis == "balance"]
    return balance, [e for e in whole.estimates if e.analysis == "adjusted"]


def strata(*cells):
    """Groups, a yes-or-no covariate and outcomes from (group, covariate, events, patients)."""
    groups, sex, values = [], [], []
    for group, level, events, patients in cells:
        groups += [group] * patients
        sex += [level] * patients
        values += [1] * events + [0] * (patients - events)
    return groups, {"sex": sex}, measured(values, ("no", "yes"))


#: Women do worse, and the first arm has more women; within each sex the arms are alike.
CONFOUNDED = strata(("a", "f", 24, 40), ("a", "m", 4, 20), ("b", "f", 18, 30), ("b", "m", 12, 60))


@pytest.mark.parametrize("weights", ["overlap", "everybody", "treated", "entropy"])
def test_what_is_only_confounding_disappears(weights):
    groups, columns, observed = CONFOUNDED
    balance, found = adjusted(groups, BINARY, observed, columns, weights=weights)
    before, after = [e for e in balance if e.measure == "standardised_difference"]
    # 40 of 60 women against 30 of 90: men's share differs by -1/3.
    assert before.detail("mean_first") == pytest.approx(1 / 3)
    assert before.detail("mean_second") == pytest.approx(2 / 3)
    assert before.value < -0.6
    assert before.category == "sex=m"
    assert after.value == pytest.approx(0, abs=1e-6)
    (size,) = [e for e in found if e.measure == "risk_difference"]
    assert size.value == pytest.approx(0, abs=1e-6)
    (p,) = [e for e in found if e.measure == "p_value"]
    assert p.value == pytest.approx(1, abs=1e-5)
    assert p.why.startswith("Wald's test with the robust variance")


def test_each_weight_speaks_of_its_own_patients():
    # Risk difference 0.5 in women (20/40 v 0/30) and 0 in men (0/20 v 0/60).
    groups, columns, observed = strata(
        ("a", "f", 20, 40), ("a", "m", 0, 20), ("b", "f", 0, 30), ("b", "m", 0, 60)
    )

    def difference(weights):
        _, found = adjusted(groups, BINARY, observed, columns, weights=weights)
        return next(e.value for e in found if e.measure == "risk_difference")

    # Overlap weights of a stratum: n m / (n + m) = 120/7 of women, 15 of men.
    women = 1200 / 70
    assert difference("overlap") == pytest.approx(0.5 * women / (women + 15), rel=1e-6)
    assert difference("everybody") == pytest.approx(0.5 * 70 / 150, rel=1e-6)
    assert difference("treated") == pytest.approx(0.5 * 40 / 60, rel=1e-6)
    assert difference("entropy") == pytest.approx(0.5 * 40 / 60, rel=1e-6)


def test_effective_sizes_are_told():
    groups, columns, observed = CONFOUNDED
    balance, _ = adjusted(groups, BINARY, observed, columns, weights="treated")
    sizes = {e.group: e for e in balance if e.measure == "effective_sample_size"}
    assert sizes["a"].value == pytest.approx(60)
    # Odds of the score: women 40/30, men 20/60. (sum w)^2 / sum w^2 = 60^2 / (160/3 + 20/3) = 60.
    assert sizes["b"].value == pytest.approx(60)
    assert (sizes["a"].n, sizes["b"].n) == (60, 90)


def test_small_groups_are_given_without_p():
    groups, columns, observed = strata(
        ("a", "f", 6, 8), ("a", "m", 4, 8), ("b", "f", 6, 10), ("b", "m", 6, 12)
    )
    _, found = adjusted(groups, BINARY, observed, columns)
    size, p = found
    assert Flag.TOO_NARROW in size.flags
    assert (p.value, p.flags) == (None, (Flag.NO_VALID_TEST,))
    assert "fewer than 25 effective patients" in p.why


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ((("a", "f", 2, 4), ("a", "m", 1, 4), ("b", "f", 4, 10), ("b", "m", 3, 10)),
         "The a group has 8 patients; at least 10 are needed in each group."),
        ((("a", "f", 2, 30), ("b", "f", 4, 40)),
         "All patients used have the same sex; take it out of the covariates."),
    ],
)  # fmt: skip
def test_groups_that_cannot_be_adjusted_are_refused_with_the_reason(cells, why):
    groups, columns, observed = strata(*cells)
    _, (none,) = adjusted(groups, BINARY, observed, columns)
    assert (none.value, none.flags) == (None, (Flag.NOT_COMPARABLE,))
    assert none.why.startswith(why)


def test_groups_without_overlap_are_refused_by_name():
    groups = ["old"] * 30 + ["new"] * 30
    age = [*np.linspace(1, 20, 30), *np.linspace(40, 60, 30)]
    observed = measured([0, 1] * 30, ("no", "yes"))
    _, (none,) = adjusted(
        groups, BINARY, observed, {"age": age}, compare=(("new", "old"),)
    )  # fmt: skip
    assert none.flags == (Flag.NOT_COMPARABLE,)
    assert "all new patients lie above all old ones" in none.why
    assert "treated" not in none.why


def test_unknown_covariates_are_counted():
    groups, columns, observed = CONFOUNDED
    columns = {"sex": [None, *columns["sex"][1:]]}
    _, found = adjusted(groups, BINARY, observed, columns)
    assert {e.n for e in found} == {149}
    assert all(e.excluded == (("sex not known", 1),) for e in found)


def test_times_give_a_hazard_ratio_with_its_e_value_and_differences_at_days():
    groups, columns, _ = CONFOUNDED
    rng = np.random.default_rng(1)
    days = rng.exponential(np.where(np.array(groups) == "a", 50, 150))
    observed = follow_up(days, np.ones(150, dtype=int))
    outcome = {"kind": "time_to_event", "time": "t", "event": "e", "at_days": (60,)}
    _, found = adjusted(groups, outcome, observed, columns, planned=False)
    ratio, p, difference = found
    assert (ratio.measure, ratio.method) == ("hazard_ratio", "weighted_cox")
    assert ratio.value > 1.5
    # Not rare: RR = (1 - 0.5^sqrt(HR)) / (1 - 0.5^(1/sqrt(HR))), E = RR + sqrt(RR (RR - 1)).
    root = ratio.value**0.5
    risk = (1 - 0.5**root) / (1 - 0.5 ** (1 / root))
    assert ratio.detail("e_value") == pytest.approx(risk + (risk * (risk - 1)) ** 0.5, rel=1e-9)
    assert p.value < 0.05
    assert (difference.measure, difference.at_days) == ("survival_difference", 60)
    assert difference.value < 0
    assert all(Flag.UNPLANNED in e.flags for e in found)


def test_competing_events_give_a_cause_specific_ratio_and_differences_of_incidence():
    groups, columns, _ = CONFOUNDED
    rng = np.random.default_rng(2)
    observed = follow_up(
        rng.exponential(50, 150), rng.integers(0, 3, 150), ("relapse", "death")
    )  # fmt: skip
    outcome = {"kind": "competing_risks", "time": "t", "cause": "c", "is": "relapse",
               "competing": ("death",), "at_days": (30, 60)}  # fmt: skip
    _, found = adjusted(groups, outcome, observed, columns)
    assert [e.measure for e in found] == [
        "cause_specific_hazard_ratio", "p_value", "incidence_difference", "incidence_difference",
    ]  # fmt: skip
    assert {e.category for e in found} == {"relapse"}


def test_values_on_the_logarithmic_axis_give_a_ratio():
    groups, columns, _ = CONFOUNDED
    values = np.where(np.array(groups) == "a", 4.0, 2.0) * np.tile([0.5, 2.0], 75)
    outcome = {"kind": "continuous", "from": "x", "axis": "log"}
    _, found = adjusted(groups, outcome, measured(values, kind=float), columns)
    size = next(e for e in found if e.measure == "mean_ratio")
    assert size.value == pytest.approx(2.0, rel=1e-6)  # the spread is the same in every stratum
    values[0] = 0
    _, (none,) = adjusted(groups, outcome, measured(values, kind=float), columns)
    assert none.flags == (Flag.NOT_ESTIMABLE,)


def test_names_of_arms_and_covariates_stay_as_they_are():
    groups = ["not treated \\T"] * 30 + ["treated"] * 30
    treated_before = [*["no"] * 30, *["yes"] * 30]
    observed = measured([0, 1] * 30, ("no", "yes"))
    _, (none,) = adjusted(
        groups, BINARY, observed, {"treated_before": treated_before},
        compare=(("not treated \\T", "treated"),),
    )  # fmt: skip
    assert "since treated before yes told" in none.why
    assert "all not treated \\T patients lie" in none.why
