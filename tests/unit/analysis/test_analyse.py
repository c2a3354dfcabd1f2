"""The whole analysis on cohorts made by hand: what is there, and what each number says."""

import math
from dataclasses import replace

import numpy as np
import pytest

from autallo.analysis import choose
from autallo.analysis.analyse import analyse
from autallo.analysis.curves import axis_days
from autallo.model.cohort import Subset
from autallo.model.results import Flag, Role
from unit.analysis.cohorts import cohort, follow_up, measured, protocol, streams


def found(whole, /, **wanted):
    """Return the one estimate; those that only stand beside others have to be asked for."""
    hits = [
        e
        for e in whole.estimates
        if all(getattr(e, name) == value for name, value in wanted.items())
        and ("role" in wanted or e.role is not Role.SENSITIVITY)
    ]
    assert len(hits) == 1, [e.key for e in hits]
    return hits[0]


BINARY = {"cr": {"kind": "binary", "from": "x"}}


def binary(a, b, left_out=None):
    values = [*a, *b]
    groups = ["a"] * len(a) + ["b"] * len(b)
    return analyse(
        cohort(groups, {"cr": measured(values, ("no", "yes"), left_out)}),
        protocol(BINARY),
        streams=streams,
    )


def test_a_proportion_has_its_exact_interval_and_its_count():
    # 0 of 3: the upper limit solves (1 - p)^3 = 0.025, p = 1 - 0.025^(1/3).
    whole = binary([0, 0, 0], [1, 1, 0])
    mine = found(whole, analysis="outcome", group="a")
    assert (mine.value, mine.events, mine.n, mine.low) == (0.0, 0, 3, 0.0)
    assert mine.high == pytest.approx(1 - 0.025 ** (1 / 3), rel=1e-12)
    assert mine.flags == (Flag.NO_EVENTS,)


def test_fisher_compares_yes_of_the_first_group_with_yes_of_the_reference():
    # 3/3 v 0/3: two-sided p = 2 / C(6, 3) = 0.1; the odds ratio of the first group is infinite.
    whole = binary([1, 1, 1], [0, 0, 0])
    p = found(whole, analysis="comparison", measure="p_value")
    assert p.value == pytest.approx(0.1, rel=1e-12)
    assert p.role is Role.PRIMARY
    assert p.why
    assert set(p.flags) == {Flag.SMALL_GROUP, Flag.CANNOT_REACH_ALPHA}
    ratio = found(whole, analysis="comparison", measure="odds_ratio")
    assert ratio.value is None
    assert Flag.INFINITE in ratio.flags
    assert ratio.low is not None
    assert ratio.high is None


def test_who_is_not_evaluable_is_counted_with_the_reason_in_group_and_pair():
    reason = "no marrow"
    whole = binary([1, 0, 0], [0, 1], [None, reason, None, None, reason])
    assert found(whole, analysis="outcome", group="a").excluded == ((reason, 1),)
    p = found(whole, analysis="comparison", measure="p_value")
    assert p.excluded == ((reason, 2),)
    assert p.n == 3


def test_a_group_without_anybody_evaluable_gives_a_record_not_a_number():
    reason = "no marrow"
    whole = binary([1, 0], [0, 1], [reason, reason, None, None])
    mine = found(whole, analysis="outcome", group="a")
    assert (mine.value, mine.n, mine.flags) == (None, 0, (Flag.NOT_ESTIMABLE,))
    p = found(whole, analysis="comparison", measure="p_value")
    assert p.value is None
    assert p.flags == (Flag.TOO_FEW_EVALUABLE,)


def timed(days, cause, groups, kind="time_to_event", causes=("death",), **more):
    outcome = (
        {"kind": kind, "time": "t", "event": "e", **more}
        if kind == "time_to_event"
        else {"kind": kind, "time": "t", "cause": "c", "is": causes[0], **more}
    )
    return analyse(
        cohort(groups, {"os": follow_up(days, cause, causes)}),
        protocol({"os": outcome}),
        streams=streams,
    )


def test_survival_is_read_at_the_day_with_the_number_at_risk_before_it():
    # Group a: deaths on days 2 and 6, last contact on 4 and 8: S(5) = 3/4.
    whole = timed([2, 4, 6, 8, 1, 3], [1, 0, 1, 0, 1, 0], "aaaabb", at_days=(5,))
    at = found(whole, measure="survival", group="a", at_days=5.0)
    assert at.value == pytest.approx(0.75)
    assert at.detail("at_risk") == 2
    assert at.events == 1
    late = found(whole, measure="survival", group="b", at_days=5.0)
    assert Flag.BEYOND_FOLLOW_UP in late.flags


def test_the_chosen_p_and_the_conventional_one_stand_side_by_side():
    # Deaths 1, 2, 3 in a, censored at 9 in b: only the observed split and its mirror image are
    # as far out, so the exact p is 2 / C(6, 3).
    whole = timed([1, 2, 3, 9, 9, 9], [1, 1, 1, 0, 0, 0], "aaabbb")
    exact = found(whole, measure="p_value", method="logrank_exact")
    assert exact.value == pytest.approx(0.1, rel=1e-12)
    assert exact.role is Role.PRIMARY
    assert "6 patients" in exact.why
    usual = found(whole, measure="p_value", method="logrank")
    assert usual.role is Role.CONVENTIONAL
    assert usual.detail("observed") == 3
    ratio = found(whole, measure="hazard_ratio")
    assert (ratio.method, ratio.flags) == ("firth_cox", (Flag.PENALISED,))
    assert 1 < ratio.low < ratio.value < ratio.high
    assert ratio.why.startswith("One of the groups has no event, so the Cox model alone")


def test_a_higher_hazard_in_the_first_group_is_a_ratio_above_one():
    whole = timed([1, 2, 3, 4, 5, 6, 7, 8], [1] * 8, "aabaabbb")
    assert found(whole, measure="hazard_ratio").value > 1


def test_without_events_there_is_no_p_but_a_record_that_says_so():
    whole = timed([1, 2, 3, 4], [0, 0, 0, 0], "aabb", at_days=(2,))
    p = found(whole, measure="p_value")
    assert p.value is None
    assert "Nobody had the event" in p.why
    at = found(whole, measure="survival", group="a")
    assert at.value == 1
    assert at.low < 1


def test_curves_that_cross_are_flagged_with_the_days():
    # a dies early, then hardly; b late: far apart on both sides of the crossing.
    days = [1, 2, 3, 4, 20, 20, 20, 20, 10, 11, 12, 13, 14, 15, 16, 20]
    cause = [1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0]
    whole = timed(days, cause, "a" * 8 + "b" * 8)
    p = found(whole, measure="p_value", method="logrank")
    assert Flag.CURVES_CROSS in p.flags
    # S_a stays at 1/2; S_b passes it on day 14 (after five of eight deaths).
    assert p.detail("crossing_days_1") == 14
    assert p.detail("crossing_days_2") is None


def test_a_crossing_by_a_hair_is_not_flagged():
    # 25 in each group: first a, then b is one death of 25 ahead; 0.04 is below 0.05.
    days = [2, 4, 4, *[9] * 22, 3, 3, 5, *[9] * 22]
    cause = [1, 1, 1, *[0] * 22, 1, 1, 1, *[0] * 22]
    whole = timed(days, cause, "a" * 25 + "b" * 25)
    assert Flag.CURVES_CROSS not in found(whole, measure="p_value", method="logrank").flags


def test_with_unequal_follow_up_the_test_that_imputes_leads_and_the_permutation_is_flagged(
    monkeypatch,
):
    sizes = {"logrank_permutation": 0.08, "logrank_imputation": 0.05, "logrank": 0.06}
    monkeypatch.setattr(choose, "measured_size", lambda _, method, __: sizes[method])
    days = [*range(1, 11), *range(101, 111)]
    cause = [0] * 9 + [1] + [1] + [0] * 9
    whole = timed(days, cause, "a" * 10 + "b" * 10)
    chosen = found(whole, measure="p_value", role=Role.PRIMARY)
    assert chosen.method == "logrank_imputation"
    assert chosen.why.startswith("20 patients: follow-up differs between the groups")
    exact = found(whole, measure="p_value", method="logrank_exact", role=Role.SENSITIVITY)
    assert Flag.UNEQUAL_FOLLOW_UP in exact.flags
    # The asymptotic test conditions on who is at risk; it needs no equal censoring.
    assert Flag.UNEQUAL_FOLLOW_UP not in found(whole, measure="p_value", method="logrank").flags


def test_where_no_test_holds_its_level_a_record_says_why_there_is_no_p(monkeypatch):
    monkeypatch.setattr(choose, "measured_size", lambda *_: 0.07)
    whole = timed([2, 4, 6, 8], [1, 0, 1, 1], "aabb")
    none = found(whole, measure="p_value", role=Role.PRIMARY)
    assert (none.method, none.value, none.flags) == ("none_valid", None, (Flag.NO_VALID_TEST,))
    assert "every test gave p of 0.05 or less too often" in none.why
    assert found(whole, measure="p_value", role=Role.CONVENTIONAL).method == "logrank"
    competing = timed([2, 4, 6, 8], [1, 2, 1, 1], "aabb", kind="competing_risks", causes=("x", "y"))
    none = found(competing, measure="p_value", role=Role.PRIMARY)
    assert (none.method, none.category) == ("none_valid", "x")


def test_a_ratio_of_incidences_is_not_given_where_one_group_has_no_event_of_interest():
    whole = timed(
        [1, 2, 3, 4, 5, 6], [1, 2, 1, 2, 0, 2], "aaabbb", kind="competing_risks", causes=("x", "y")
    )
    ratio = found(whole, measure="subdistribution_hazard_ratio")
    assert (ratio.value, ratio.flags) == (None, (Flag.MONOTONE,))
    alone = timed([1, 2, 3, 4], [1, 0, 1, 1], "aabb", kind="competing_risks", causes=("x", "y"))
    assert not [e for e in alone.estimates if e.measure == "subdistribution_hazard_ratio"]


def test_competing_risks_give_both_tests_and_the_cause_specific_ratio():
    whole = timed(
        [1, 2, 3, 4, 5, 6, 7, 8],
        [1, 2, 1, 0, 2, 1, 0, 1],
        "aaaabbbb",
        kind="competing_risks",
        causes=("relapse", "death"),
        competing=("death",),
        at_days=(4,),
    )
    # Group a: at risk 4, relapse: 1/4; then death; then 1/2 * (1 - 1/4 - 1/4) = 1/4 more.
    at = found(whole, measure="incidence", group="a", category="relapse", at_days=4.0)
    assert at.value == pytest.approx(0.5)
    assert at.events == 2
    assert found(whole, method="gray_permutation").role is Role.PRIMARY
    assert found(whole, method="gray").role is Role.CONVENTIONAL
    assert found(whole, measure="cause_specific_hazard_ratio").category == "relapse"
    incidence = found(whole, measure="subdistribution_hazard_ratio")
    assert (incidence.category, incidence.method) == ("relapse", "fine_gray")
    assert incidence.low < incidence.value < incidence.high
    assert {curve.cause for curve in whole.curves} == {"relapse", "death"}


def test_a_ratio_on_the_log_axis_and_a_shift_on_the_linear():
    values = [10.0, 20.0, 40.0, 1.0, 2.0, 4.0]
    kinds = {
        axis: analyse(
            cohort("aaabbb", {"peak": measured(values, kind=float)}),
            protocol({"peak": {"kind": "continuous", "from": "x", "axis": axis}}),
            streams=streams,
        )
        for axis in ("log", "linear")
    }
    assert found(kinds["log"], measure="ratio").value == pytest.approx(10)
    # Differences 6, 8, 9, 16, 18, 19, 36, 38, 39: the middle one is 18.
    assert found(kinds["linear"], measure="shift").value == pytest.approx(18)
    assert found(kinds["log"], measure="geometric_mean", group="a").value == pytest.approx(20)
    assert kinds["log"].samples[0].values == (10.0, 20.0, 40.0)


def test_limit_values_are_flagged():
    whole = analyse(
        cohort("aabb", {"peak": measured([1, 2, 3, 9], kind=float, limited=[0, 0, 0, 1])}),
        protocol({"peak": {"kind": "continuous", "from": "x"}}),
        streams=streams,
    )
    assert Flag.LIMIT_VALUES in found(whole, measure="p_value", role=Role.PRIMARY).flags
    assert whole.samples[1].limited == (0, 1)


def test_factors_compare_their_levels_within_the_groups_declared():
    outcome = measured([1, 1, 0, 0, 1, 0], ("no", "yes"))
    factors = {"gvhd": {"within": ("a",), "outcomes": ("cr",), "planned": False}}
    whole = analyse(
        cohort("aaaabb", {"cr": outcome}, gvhd=[True, True, False, False, True, None]),
        protocol(BINARY, factors=factors),
        streams=streams,
    )
    p = found(whole, analysis="factor", measure="p_value")
    assert (p.group, p.versus, p.subgroup, p.n) == ("yes", "no", "gvhd", 4)
    assert p.value == pytest.approx(1 / 3)
    assert Flag.UNPLANNED in p.flags


def test_a_sensitivity_analysis_compares_again_who_meets_the_condition():
    whole = analyse(
        replace(
            cohort("aaabbb", {"cr": measured([1, 1, 0, 0, 0, 1], ("no", "yes"))}),
            subsets={
                "few": Subset(
                    inside=np.array([1, 1, 0, 1, 1, 0], dtype=bool),
                    unknown=np.array([0, 0, 1, 0, 0, 0], dtype=bool),
                )
            },
        ),
        protocol(BINARY, sensitivity={"few": {"include": "x == 1"}}),
        streams=streams,
    )
    again = [e for e in whole.estimates if e.analysis == "sensitivity"]
    assert {e.measure for e in again} == {"p_value", "odds_ratio"}
    p = found(whole, analysis="sensitivity", measure="p_value")
    # 2 of 2 against 0 of 2: 2 of the C(4, 2) = 6 tables are as extreme.
    assert (p.n, p.subgroup, p.value) == (4, "few", pytest.approx(1 / 3))
    assert p.excluded == (("the condition cannot be told", 1),)


def test_table_1_shows_missing_and_never_tests_it():
    whole = analyse(
        cohort(
            "aaabbb",
            {"cr": measured([0] * 6, ("no", "yes"))},
            sex=["f", "m", None, "f", "m", "m"],
            same=["x"] * 6,
            age=[1.0, 2.0, None, 4.0, 5.0, 6.0],
        ),
        protocol(BINARY, table1=("sex", "age", "same")),
        streams=streams,
    )
    mine = found(whole, analysis="baseline", outcome="sex", group="a", category="f")
    assert (mine.events, mine.n, mine.excluded) == (1, 2, (("missing", 1),))
    assert found(whole, outcome="age", group="a", measure="median").value == 1.5
    p = found(whole, outcome="sex", measure="p_value")
    assert p.n == 5
    assert p.method == "fisher_exact"
    # 1/2 v 1/3 with all five: every table is as probable or more, p = 1.
    assert p.value == pytest.approx(1.0)
    assert found(whole, outcome="age", measure="standardised_difference").value < 0
    alike = found(whole, outcome="same", measure="p_value")
    assert alike.value is None
    assert "same value" in alike.why


def test_where_everybody_is_alike_nothing_is_tested():
    whole = binary([0, 0, 0], [0, 0])
    p = found(whole, analysis="comparison", measure="p_value")
    assert (p.value, p.flags) == (None, (Flag.NOT_ESTIMABLE,))
    assert "same value" in p.why


def test_events_without_anybody_to_compare_are_not_called_no_events():
    # b leaves before the first event of a.
    whole = timed([5, 6, 1, 2], [1, 1, 0, 0], "aabb")
    p = found(whole, measure="p_value")
    assert p.value is None
    assert "Nobody had" not in p.why


def test_a_value_beyond_its_limit_ranks_beyond_the_measured_one():
    # b: 2000 measured; a: two above 2000. Ranked beyond it, a is above b in all pairs.
    whole = analyse(
        cohort("aabb", {"x": measured([2000, 2000, 2000, 7], kind=float, limited=[1, 1, 0, 0])}),
        protocol({"x": {"kind": "continuous", "from": "x"}}),
        streams=streams,
    )
    p = found(whole, measure="p_value", role=Role.PRIMARY)
    assert p.value == pytest.approx(1 / 3)
    assert Flag.LIMIT_VALUES in p.flags
    assert Flag.LIMIT_VALUES in found(whole, measure="shift").flags


def factor(texts, within=("a", "b"), levels=None):
    setting = {"outcomes": ("cr",), "within": within, **({"levels": levels} if levels else {})}
    n = len(texts)
    return analyse(
        cohort("a" * (n - 2) + "bb", {"cr": measured([0, 1] * (n // 2), ("no", "yes"))}, f=texts),
        protocol(BINARY, factors={"f": setting}),
        streams=streams,
    )


def compared(whole):
    return [
        (e.group, e.versus, e.n)
        for e in whole.estimates
        if e.analysis == "factor" and e.measure == "p_value" and e.role is Role.PRIMARY
    ]


def test_the_last_level_is_the_reference_and_numbers_sort_by_size():
    assert compared(factor(["1", "2", "10", "10", "2", "1"])) == [("10", "1", 4), ("2", "1", 4)]


def test_levels_that_occur_only_outside_the_groups_are_no_levels():
    assert compared(factor(["x", "x", "y", "y", "z", "z"], within=("a",))) == [("y", "x", 4)]


def test_declared_levels_keep_their_order_and_leave_out_others_with_a_count():
    whole = factor(["low", "mid", "high", None, "mid", "low"], levels=("low", "mid"))
    assert compared(whole) == [("low", "mid", 4)]
    p = found(whole, analysis="factor", measure="p_value")
    assert ("f not known", 2) in p.excluded


def test_follow_up_names_the_outcome_it_belongs_to():
    whole = timed([2, 4, 6, 8], [1, 0, 1, 0], "aabb")
    assert found(whole, analysis="follow_up", group="all", measure="median_days").category == "os"
    dead = timed([2, 4, 6, 8], [1, 1, 1, 1], "aabb")
    told = found(dead, analysis="follow_up", group="all", measure="median_days")
    assert told.flags == (Flag.NOT_ESTIMABLE,)


def test_another_outcome_changes_no_number():
    days, cause = [1, 2, 3, 4, 5, 6, 7, 8], [1, 2, 1, 0, 2, 1, 0, 1]
    risk = {"kind": "competing_risks", "time": "t", "cause": "c", "is": "x", "competing": ("y",)}
    one = {"ri": follow_up(days, cause, ("x", "y"))}
    two = {"cr": measured([0, 1] * 4, ("no", "yes")), **one}
    alone = analyse(cohort("aaaabbbb", one), protocol({"ri": risk}), streams=streams)
    both = analyse(cohort("aaaabbbb", two), protocol({**BINARY, "ri": risk}), streams=streams)
    mine = {e.key: e for e in both.estimates if e.outcome == "ri"}
    assert mine == {e.key: e for e in alone.estimates if e.outcome == "ri"}


@pytest.mark.parametrize(
    ("last", "step"), [(40, 1), (300, 2), (400, 2), (700, 3), (1845, 12), (9000, 36)]
)
def test_the_axis_has_whole_months_and_at_most_nine_ticks(last, step):
    ticks = axis_days(last)
    assert ticks[0] == 0
    assert len(ticks) <= 9
    assert ticks[-1] <= last
    assert ticks[1] == pytest.approx(step * 30.4375)
    assert math.isclose(ticks[-1], round(ticks[-1] / 30.4375) * 30.4375, abs_tol=1e-5)


def test_beside_fishers_test_stand_risk_difference_boschloo_and_fragility():
    """8 of 10 against 4 of 12: statsmodels fails here; R by hand gives p 0.074 by Fisher."""
    whole = binary([1] * 8 + [0] * 2, [1] * 4 + [0] * 8)
    beside = {
        e.measure: e for e in whole.estimates if e.role is Role.SENSITIVITY and e.versus == "b"
    }
    assert list(beside) == ["risk_difference", "p_value", "fragility_index"]
    difference = beside["risk_difference"]
    assert difference.value == pytest.approx(8 / 10 - 4 / 12)
    assert difference.low < difference.value < difference.high
    fisher = found(whole, analysis="comparison", measure="p_value")
    assert beside["p_value"].method == "boschloo"
    assert beside["p_value"].value <= fisher.value
    assert beside["fragility_index"].value == 1


def test_where_everybody_is_alike_only_the_risk_difference_stands_beside():
    whole = binary([0] * 5, [0] * 6)
    beside = [e for e in whole.estimates if e.role is Role.SENSITIVITY and e.versus == "b"]
    assert [e.measure for e in beside] == ["risk_difference"]
    assert beside[0].value == 0
    assert beside[0].low < 0 < beside[0].high


def test_few_at_risk_are_flagged_and_beyond_follow_up_there_is_no_interval():
    whole = timed([1, 2, 3, 4, 5, 6, 7, 8], [1, 0, 1, 0, 1, 0, 0, 0], "aaaaaaaa", at_days=(2, 6, 9))
    read = {e.at_days: e for e in whole.estimates
            if e.measure == "survival" and e.method == "kaplan_meier"}  # fmt: skip
    assert read[2.0].flags == ()  # 7 at risk
    assert read[6.0].flags == (Flag.FEW_AT_RISK,)
    assert read[6.0].low is not None
    assert read[9.0].flags == (Flag.BEYOND_FOLLOW_UP,)
    assert (read[9.0].low, read[9.0].high) == (None, None)


def test_incidence_after_everybody_had_an_event_is_not_beyond_follow_up():
    whole = timed(
        [1, 2, 3, 4, 5, 6], [1, 2, 1, 2, 1, 2], "aaaaaa", kind="competing_risks",
        causes=("relapse", "death"), competing=("death",), at_days=(9,),
    )  # fmt: skip
    at = found(whole, measure="incidence", group="a", category="relapse")
    assert Flag.BEYOND_FOLLOW_UP not in at.flags
    assert at.low is not None


def test_a_group_spread_more_than_twice_as_wide_is_flagged_with_the_superiority_beside():
    wide, narrow = [0, 10, 20, 30, 40, 50], [21, 23, 25, 27, 29, 31]
    whole = analyse(
        cohort(["a"] * 6 + ["b"] * 6, {"v": measured([*wide, *narrow], kind=float)}),
        protocol({"v": {"kind": "continuous", "from": "x"}}),
        streams=streams,
    )
    assert Flag.UNEQUAL_SPREAD in found(whole, measure="shift").flags
    beside = found(whole, measure="superiority", role=Role.SENSITIVITY)
    # Of 36 pairs the wide group is higher in 18 (30, 40, 50 against 0, 10, 20; 30 beats 5 of 6).
    higher = sum(a > b for a in wide for b in narrow)
    assert beside.value == pytest.approx(higher / 36)
    alike = analyse(
        cohort(["a"] * 6 + ["b"] * 6, {"v": measured([*narrow, *narrow], kind=float)}),
        protocol({"v": {"kind": "continuous", "from": "x"}}),
        streams=streams,
    )
    assert Flag.UNEQUAL_SPREAD not in found(alike, measure="shift").flags
    assert not [e for e in alike.estimates if e.measure == "superiority"]
