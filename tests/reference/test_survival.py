"""Kaplan-Meier against R survival 3.5-3 (golden numbers in survival.json)."""

import math

import numpy as np

from autallo.stats.survival.kaplan_meier import (
    kaplan_meier,
    numbers_at_risk,
    reverse_kaplan_meier,
    survival_at,
)
from autallo.stats.survival.life_table import life_table
from autallo.stats.survival.limits import survival_limits
from autallo.stats.survival.quantile import survival_quantile
from reference.golden import cases_of, each, table

#: R's names of intervals, where ours is another one.
NAMES = {"arcsin": "arcsine"}


def cases(*functions):
    return each(cases_of("survival", *functions))


def columns(case, *names):
    """Yield R's answer for each group and the columns of the case of that group, gaps left out."""
    given = case["args"]
    group = given.get("group")
    wanted = [given[name] for name in names] + [group] * bool(group)
    kept = [row for row in table(case["dataset"]) if all(row[name] for name in wanted)]
    for answer in case["expected"]:
        mine = [row for row in kept if not group or row[group] == str(answer["level"])]
        assert mine
        yield answer, *([float(row[given[name]]) for row in mine] for name in names)


def samples(case):
    """Yield times, events and R's answer for each group, gaps left out."""
    for answer, times, events in columns(case, "time", "event"):
        yield times, events, answer


def numbers(values):
    """R's numbers; None (R's NA) becomes infinite, as a time that is not reached is here."""
    return np.array([math.inf if value is None else float(value) for value in values])


def same_quantiles(curve, answer, rtol):
    """Compare with R; where R has no lower limit, ours is the day a curve ended at 0, or none."""
    mine = [survival_quantile(curve, share) for share in answer["probs"]]
    ended = curve.time[-1] if curve.survival[-1] == 0 else math.inf
    for field, name in (("estimate", "quantile"), ("low", "lower"), ("high", "upper")):
        theirs = numbers(answer[name])
        if field == "low":
            theirs[np.isinf(theirs)] = ended
        np.testing.assert_allclose([getattr(one, field) for one in mine], theirs, rtol=rtol)


@cases("km")
def test_curve_of_survfit(case):
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event)
        close = {"rtol": case["rtol"], "atol": 1e-14}
        np.testing.assert_allclose(curve.time, answer["time"], **close)
        assert curve.at_risk.tolist() == answer["n_risk"]
        assert curve.events.tolist() == answer["n_event"]
        assert curve.censored.tolist() == answer["n_censor"]
        np.testing.assert_allclose(curve.survival, answer["surv"], **close)
        known = [value is not None for value in answer["se_surv"]]
        assert (curve.survival[~np.array(known)] == 0).all()
        np.testing.assert_allclose(
            curve.std_error[known], [v for v in answer["se_surv"] if v is not None], **close
        )


@cases("km_ci")
def test_limits_of_survfit_wherever_the_curve_is_between_0_and_1(case):
    given = case["args"]
    for time, event, answer in samples(case):
        interval = NAMES.get(given["conf_type"], given["conf_type"])
        curve = kaplan_meier(time, event, level=given["level"], interval=interval)
        inside = (curve.survival > 0) & (curve.survival < 1)
        for mine, theirs in ((curve.low, answer["lower"]), (curve.high, answer["upper"])):
            np.testing.assert_allclose(
                mine[inside], numbers(theirs)[inside], rtol=case["rtol"], atol=1e-14
            )
        assert np.isfinite(curve.low).all()
        assert np.isfinite(curve.high).all()


@cases("km_at")
def test_days_of_summary_survfit(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        read = survival_at(curve, answer["time"])
        close = {"rtol": case["rtol"], "atol": 1e-14}
        np.testing.assert_allclose(read.survival, answer["surv"], **close)
        assert read.at_risk.tolist() == answer["n_risk"]
        assert numbers_at_risk(time, answer["time"]).tolist() == answer["n_risk"]
        assert read.events.tolist() == np.cumsum(answer["n_event"]).tolist()
        inside = (read.survival > 0) & (read.survival < 1)
        for mine, name in ((read.std_error, "se"), (read.low, "lower"), (read.high, "upper")):
            np.testing.assert_allclose(mine[inside], numbers(answer[name])[inside], **close)


@cases("km_quantile")
def test_quantiles_and_their_limits_of_quantile_survfit(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        same_quantiles(curve, answer, case["rtol"])


@cases("reverse_km")
def test_follow_up_of_survfit_with_the_flipped_indicator(case):
    given = case["args"]
    for time, event, answer in samples(case):
        curve = reverse_kaplan_meier(time, event, level=given["level"], interval=given["conf_type"])
        same_quantiles(curve, answer, case["rtol"])


@cases("km_weighted")
def test_weighted_curves_of_survfit(case):
    """Greenwood's error with weights as numbers of patients, and the robust one."""
    given = {**case["args"], "row": "row"}
    assert given["weights"] == "1 + (row %% 3)/2"
    for answer, times, events, row in columns({**case, "args": given}, "time", "event", "row"):
        weight = [1 + (number % 3) / 2 for number in row]
        variance = "robust" if given["robust"] else "greenwood"
        curve = kaplan_meier(times, events, weight=weight, variance=variance)
        close = {"rtol": case["rtol"], "atol": 1e-14}
        for mine, name in ((curve.time, "time"), (curve.at_risk, "n_risk"),
                           (curve.events, "n_event"), (curve.survival, "surv")):  # fmt: skip
            np.testing.assert_allclose(mine, answer[name], **close)
        known = curve.survival > 0
        np.testing.assert_allclose(
            curve.std_error[known], numbers(answer["se_surv"])[known], **close
        )


@cases("km_left_trunc")
def test_delayed_entry_in_survfit_from_a_start_time(case):
    """R's start.time leaves out who left before it. At risk: see the test after this one."""
    given = case["args"]
    for answer, start, stop, event in columns(case, "start", "stop", "event"):
        entry, time = np.array(start), np.array(stop)
        stays = time >= given["start_at"]
        curve = kaplan_meier(
            time[stays], np.array(event)[stays], entry=entry[stays], interval="log"
        )
        read = survival_at(curve, given["times"])
        close = {"rtol": case["rtol"], "atol": 1e-14}
        for mine, name in ((read.survival, "surv"), (read.std_error, "se"), (read.low, "lower"),
                           (read.high, "upper")):  # fmt: skip
            np.testing.assert_allclose(mine, answer[name], **close)
        assert read.events.tolist() == np.cumsum(answer["n_event"]).tolist()


@cases("km_left_trunc")
def test_between_two_times_r_counts_at_risk_at_the_later_one_and_we_on_the_day(case):
    given = case["args"]
    differ = 0
    for answer, start, stop, event in columns(case, "start", "stop", "event"):
        entry, time = np.array(start), np.array(stop)
        stays = time >= given["start_at"]
        curve = kaplan_meier(time[stays], np.array(event)[stays], entry=entry[stays])
        mine = numbers_at_risk(time, given["times"], entry=entry).tolist()
        assert survival_at(curve, given["times"]).at_risk.tolist() == mine
        assert mine == [int(((entry < day) & (time >= day)).sum()) for day in given["times"]]
        later = [min(t for t in time if t >= day - 1e-9) for day in given["times"]]
        assert numbers_at_risk(time, later, entry=entry).tolist() == answer["n_risk"]
        differ += mine != answer["n_risk"]
    assert differ == (case["args"]["group"] is not None)


@cases("km_startstop")
def test_patients_in_several_rows(case):
    """R is told which rows are of one patient and counts only the last end as censored."""
    for answer, start, stop, event in columns(case, "start", "stop", "event"):
        same_rows(kaplan_meier(stop, event, entry=start), answer, case["rtol"])


@cases("km_startstop_group")
def test_patients_who_change_their_group(case):
    """The rows of the same patient are in two groups; within one, an end is an end."""
    for answer, start, stop, event in columns(case, "start", "stop", "event"):
        curve = kaplan_meier(stop, event, entry=start)
        same_rows(curve, answer, case["rtol"])
        assert curve.censored.tolist() == answer["n_censor"]


def same_rows(curve, answer, rtol):
    assert curve.time.tolist() == answer["time"]
    assert curve.at_risk.tolist() == answer["n_risk"]
    assert curve.events.tolist() == answer["n_event"]
    known = curve.survival > 0
    for mine, name in ((curve.survival, "surv"), (curve.std_error, "se_surv")):
        np.testing.assert_allclose(mine[known], numbers(answer[name])[known], rtol=rtol, atol=1e-14)


@cases("km_entry")
def test_late_entries_with_gaps_early_extinction_ties_and_weights(case):
    given, answer = case["args"], case["expected"]
    curve = kaplan_meier(
        given["time"], given["event"], entry=given["entry"], weight=given["weight"],
        interval=given["conf_type"],
    )  # fmt: skip
    close = {"rtol": case["rtol"], "atol": 1e-14}
    for mine, name in ((curve.time, "time"), (curve.at_risk, "n_risk"), (curve.events, "n_event"),
                       (curve.censored, "n_censor"), (curve.survival, "surv")):  # fmt: skip
        np.testing.assert_allclose(mine, answer[name], **close)
    inside = (curve.survival > 0) & (curve.survival < 1)
    for mine, name in ((curve.std_error, "se_surv"), (curve.low, "lower"), (curve.high, "upper")):
        np.testing.assert_allclose(mine[inside], numbers(answer[name])[inside], **close)


@cases("km")
def test_counts_of_the_life_table(case):
    for time, event, answer in samples(case):
        table = life_table(time, event)
        assert table.at_risk.tolist() == answer["n_risk"]
        assert table.events.tolist() == table.tied.tolist() == answer["n_event"]
        assert table.censored.tolist() == answer["n_censor"]


@cases("km_ci")
def test_limits_from_the_curve_of_survfit(case):
    given = case["args"]
    interval = NAMES.get(given["conf_type"], given["conf_type"])
    for time, event, answer in samples(case):
        curve = kaplan_meier(time, event)
        inside = (curve.survival > 0) & (curve.survival < 1)
        if not inside.any():
            continue
        survival, at_risk = curve.survival[inside], curve.at_risk[inside]
        limits = survival_limits(
            survival, curve.std_error[inside] / survival, at_risk,
            level=given["level"], interval=interval,
        )  # fmt: skip
        for mine, name in ((limits.low, "lower"), (limits.high, "upper")):
            np.testing.assert_allclose(
                mine, numbers(answer[name])[inside], rtol=case["rtol"], atol=1e-14
            )
