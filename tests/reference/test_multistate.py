"""States and times in them against R survival 3.5-3 and etm 1.1.1 (multistate*.json)."""

import numpy as np

from autallo.stats.multistate.histories import state_histories
from autallo.stats.multistate.state_occupation import state_occupation
from autallo.stats.multistate.state_probability import state_probability
from autallo.stats.multistate.time_in_states import restricted_time_in_states
from reference.golden import cases_of, each, table

SMALL = cases_of("multistate_small")

STATES = {
    "bmt_ms": ["entry", "plat", "relapse", "death"],
    "mgus2_ms": ["entry", "pcm", "death"],
}
SCALES = {
    "log-log": "log-log",
    "log": "log",
    "logit": "logit",
    "arcsin": "arcsine",
    "plain": "plain",
}


def cases(*functions):
    return each(cases_of("multistate", *functions))


each_set = each(SMALL)


def stays(dataset, group=None, level=None):
    number = {name: place for place, name in enumerate(["censor", *STATES[dataset]])}
    rows = [row for row in table(dataset) if group is None or row[group] == level]
    return state_histories(
        [int(row["id"]) for row in rows],
        [float(row["start"]) for row in rows],
        [float(row["stop"]) for row in rows],
        from_state=[number[row["from"]] for row in rows],
        to_state=[number[row["to"]] for row in rows],
        n_states=len(STATES[dataset]),
    )


def drawn(case):
    given = case["input"]
    return state_histories(
        given["patient"],
        given["start"],
        given["stop"],
        from_state=given["from"],
        to_state=given["to"],
        n_states=given["n_states"],
    )


def close(actual, expected, case, atol=1e-14):
    np.testing.assert_allclose(actual, expected, rtol=case["rtol"], atol=atol)


def count_of(curves, frm, to):
    kind = (curves.from_state == frm) & (curves.to_state == to)
    return curves.events[:, kind].sum()


@cases("multistate_aj")
def test_occupation_of_data_sets(case):
    times = case["args"]["times"]
    for printed in case["expected"]:
        histories = stays(case["dataset"], case["args"]["group"], printed["level"])
        # survfit takes the probabilities at the start as known in its standard errors
        curves = state_occupation(histories, initial=printed["initial"])
        close(state_occupation(histories).initial, printed["initial"], case)
        for state, _ in enumerate(printed["states"], start=1):
            read = state_probability(curves, [state], at=times)
            column = [row[state - 1] for row in printed["pstate"]]
            close(read.estimate, column, case)
            close(read.std_error, [row[state - 1] for row in printed["se"]], case)
            # summary.survfit prints the patients at risk at the next time of the curve
            row = np.searchsorted(curves.time, times)
            close(curves.at_risk[row, state - 1], [r[state - 1] for r in printed["n_risk"]], case)
            close(read.at_risk, [r[state - 1] for r in printed["n_risk"]], case)
            into = [
                count_of(curves, frm, state)
                for frm in range(1, len(printed["states"]) + 1)
                if frm != state
            ]
            close(sum(into), sum(r[state - 1] for r in printed["transitions"]), case)


@cases("multistate_rmean")
def test_mean_time_in_states(case):
    group, tau = case["args"]["group"], case["args"]["tau"]
    found = {}
    for level in sorted({row[group] for row in table(case["dataset"])}) if group else [None]:
        mean = restricted_time_in_states(stays(case["dataset"], group, level), until=tau)
        for name, own in zip(STATES[case["dataset"]], mean.estimate, strict=True):
            found[f"{group}={level}, {name}" if group else name] = own
    close([found[name] for name in case["expected"]["rows"]], case["expected"]["rmean"], case)


@cases("multistate_cumhaz")
def test_cumulative_hazards(case):
    curves = state_occupation(stays(case["dataset"]))
    row = np.searchsorted(curves.time, case["args"]["times"], side="right") - 1
    for name, column in zip(
        case["expected"]["transitions"], np.transpose(case["expected"]["cumhaz"]), strict=True
    ):
        frm, to = map(int, name.split("."))
        kind = (curves.from_state == frm) & (curves.to_state == to)
        close(curves.cumulative_hazard[row][:, kind].ravel(), column, case)


@cases("multistate_etm")
def test_greenwood_variance_of_etm(case):
    names = case["expected"]["states"]
    start = [float(name == case["args"]["from_state"]) for name in names]
    curves = state_occupation(stays(case["dataset"]), initial=start, variance="greenwood")
    row = np.searchsorted(curves.time, case["args"]["times"], side="right") - 1
    close(curves.probability[row], case["expected"]["P"], case)
    close(curves.std_error[row] ** 2, case["expected"]["var"], case)


@each_set
def test_small_sets_with_return_late_entry_and_several_first_states(case):
    curves, printed = state_occupation(drawn(case)), case["expected"]
    assert curves.time.tolist() == printed["time"]
    assert curves.at_risk.tolist() == printed["n_risk"]
    close(curves.initial, printed["initial"], case)
    close(curves.probability, printed["pstate"], case)
    # R leaves rounding of 1e-9 where the influences cancel
    close(curves.std_error, printed["se"], case, atol=1e-7 * (np.array(printed["se"]) < 1e-7).max())
    fixed = state_occupation(drawn(case), initial=printed["initial"])
    close(fixed.std_error, printed["se_fixed"], case)
    names = [f"{frm}.{to}" for frm, to in zip(curves.from_state, curves.to_state, strict=True)]
    order = [names.index(name) for name in printed["cumhaz_names"]]
    close(curves.cumulative_hazard[:, order], printed["cumhaz"], case)


@each_set
def test_limits_on_all_scales(case):
    for scale, limits in case["expected"]["limits"].items():
        curves = state_occupation(
            drawn(case), initial=case["expected"]["initial"], interval=SCALES[scale]
        )
        inside = curves.std_error > 0
        for mine, theirs in ((curves.low, limits["low"]), (curves.high, limits["high"])):
            printed = np.array(theirs, dtype=float)[inside]
            close(mine[inside], np.clip(printed, 0, 1), case)


@each_set
def test_mean_times_and_the_influences_of_survfit(case):
    mean = restricted_time_in_states(drawn(case), until=case["until"])
    close(mean.estimate, case["expected"]["rmean"], case)
    close(mean.std_error, case["expected"]["rmean_se"], case)
