"""Cumulative incidence against R: cmprsk, survival, etm, prodlim (numbers in incidence.json)."""

import numpy as np

from autallo.stats.incidence.aalen_johansen import cumulative_incidence, incidence_at
from reference.golden import cases_of, each, table

CASES = cases_of("incidence")

#: What R survival calls the scale of the limits, where we say it in full.
SCALES = {"arcsin": "arcsine"}

#: Our fields, and prodlim's names for them.
LIMITS_OF = {"cuminc": "incidence", "se": "std_error", "lower": "low", "upper": "high"}


def cases(*quantities):
    return each(cases_of("incidence", *quantities))


def groups_of(given):
    """Yield level, times, causes and numbers of the rows of each group, gaps left out."""
    columns = [given[name] for name in ("time", "cause", "group") if given[name]]
    rows = enumerate(table(given["file"]), start=1)
    kept = [(number, row) for number, row in rows if all(row[name] for name in columns)]
    level_of = [row[given["group"]] if given["group"] else "all" for _, row in kept]
    for level in sorted(set(level_of)):
        mine = [pair for pair, own in zip(kept, level_of, strict=True) if own == level]
        yield (
            level,
            np.array([float(row[given["time"]]) for _, row in mine]),
            [int(row[given["cause"]]) for _, row in mine],
            np.array([number for number, _ in mine]),
        )


def curves(case, **options):
    return {
        level: cumulative_incidence(time, cause, n_causes=2, **options)
        for level, time, cause, _ in groups_of(case["input"])
    }


def close(actual, expected, case):
    np.testing.assert_allclose(actual, expected, rtol=case["rtol"], atol=1e-14)


@cases("cuminc")
def test_every_step_and_variance_of_cmprsk(case):
    fits = curves(case, variance="cmprsk")
    for printed in case["expected"]:
        point = incidence_at(fits[printed["level"]], printed["time"])
        close(point.incidence[:, printed["cause"] - 1], printed["est"], case)
        close(point.std_error[:, printed["cause"] - 1] ** 2, printed["var"], case)


@cases("cuminc_at")
def test_fixed_times_with_the_variance_of_cmprsk(case):
    """`timepoints` prints nothing beyond a group's follow-up; ours says `beyond` there."""
    fits = curves(case, variance="cmprsk")
    for printed in case["expected"]:
        k = printed["cause"] - 1
        point = incidence_at(fits[printed["level"]], case["input"]["times"])
        printed_there = np.array([value is not None for value in printed["est"]])
        assert (~point.beyond).tolist() == printed_there.tolist()
        for ours, theirs in (
            (point.incidence, "est"),
            (point.std_error**2, "var"),
        ):
            expected = np.array(printed[theirs], dtype=float)[printed_there]
            close(ours[printed_there, k], expected, case)
        assert_limits(point, k, printed["loglog_lower"], printed["loglog_upper"], case)


def assert_limits(point, k, lower, upper, case):
    """R gives none where nobody had the event; the exact bound there is ours."""
    for i, (low, high) in enumerate(zip(lower, upper, strict=True)):
        if low is None or point.incidence[i, k] == 0:
            continue
        close([point.low[i, k], point.high[i, k]], [low, high], case)


def assert_states(point, printed, case):
    """Compare with survfit; it gives no limits at 0 and 1, and extends beyond follow-up."""
    inside = ~point.beyond
    for k in range(2):
        column = printed["states"].index(f"c{k + 1}")
        estimate, error, lower, upper = (
            np.array(printed[name], dtype=float)[:, column]
            for name in ("pstate", "se", "lower", "upper")
        )
        close(point.incidence[inside, k], estimate[inside], case)
        close(point.std_error[inside, k], error[inside], case)
        apart = inside & (estimate > 0) & (estimate < 1)
        close(point.low[apart, k], lower[apart], case)
        close(point.high[apart, k], upper[apart], case)


@cases("aj_at")
def test_fixed_times_with_the_delta_variance_of_survival(case):
    given = case["input"]
    fits = curves(case, interval=SCALES.get(given["conf_type"], given["conf_type"]))
    for printed in case["expected"]:
        assert_states(incidence_at(fits[printed["level"]], given["times"]), printed, case)


@cases("aj_weighted")
def test_weights_have_the_jackknife_variance_of_survival(case):
    given, printed_by = case["input"], {one["level"]: one for one in case["expected"]}
    for level, time, cause, row in groups_of(given):
        fit = cumulative_incidence(time, cause, n_causes=2, weight=1 + (row % 3) / 2)
        assert_states(incidence_at(fit, given["times"]), printed_by[level], case)


@cases("aj_delayed")
def test_delayed_entry_has_the_curves_of_survival_and_the_multinomial_variance(case):
    given, printed_by = case["input"], {one["level"]: one for one in case["expected"]}
    for level, time, cause, row in groups_of(given):
        entry = ((row * 7) % 20) / 40 * time
        fit = cumulative_incidence(time, cause, n_causes=2, entry=entry)
        point, printed = incidence_at(fit, given["times"]), printed_by[level]
        inside = ~point.beyond
        close(point.incidence[inside], np.array(printed["est"], dtype=float)[inside], case)
        close(point.std_error[inside] ** 2, np.array(printed["var"], dtype=float)[inside], case)
        assert point.at_risk.tolist() == printed["at_risk"]


@cases("cif_prodlim_at")
def test_fixed_times_with_the_plain_limits_of_prodlim(case):
    """prodlim prints nothing beyond follow-up, and limits that are a point where nobody had it."""
    given, fits = case["input"], curves(case, interval="plain")
    for printed in case["expected"]:
        point = incidence_at(fits[printed["level"]], given["times"])
        read = {
            name: getattr(point, name)[:, given["cause_of_interest"] - 1]
            for name in LIMITS_OF.values()
        }
        for i, estimate in enumerate(printed["cuminc"]):
            assert (estimate is None) == point.beyond[i]
            if estimate is None:
                continue
            names = ("cuminc", "se", "lower", "upper") if 0 < estimate < 1 else ("cuminc", "se")
            close(
                [read[LIMITS_OF[name]][i] for name in names], [printed[n][i] for n in names], case
            )


@cases("cif_etm_at")
def test_fixed_times_with_the_variance_of_etm(case):
    fits = curves(case)
    for printed in case["expected"]:
        point = incidence_at(fits[printed["level"]], case["input"]["times"])
        inside = ~point.beyond
        close(point.incidence[inside], np.array(printed["est"], dtype=float)[inside], case)
        close(point.std_error[inside] ** 2, np.array(printed["var"], dtype=float)[inside], case)


@cases("km")
def test_one_cause_is_one_minus_kaplan_meier_on_the_edge_cases(case):
    """Ties by rounding, an event at time 0, nobody censored, everybody censored."""
    printed_by = {printed["level"]: printed for printed in case["expected"]}
    for level, time, cause, _ in groups_of(case["input"]):
        printed, fit = printed_by[level], cumulative_incidence(time, cause, n_causes=1)
        np.testing.assert_allclose(fit.time, printed["time"], rtol=1e-9)
        assert fit.at_risk.tolist() == printed["n_risk"]
        assert fit.events[:, 0].tolist() == printed["n_event"]
        close(1 - fit.incidence[:, 0], printed["surv"], case)
        close(fit.event_free, printed["surv"], case)
        for ours, theirs in zip(fit.std_error[:, 0], printed["se_surv"], strict=True):
            close(ours, 0.0 if theirs is None else theirs, case)


def test_w6_the_two_variances_are_named_and_differ():
    """A rival prints limits of neither R package; on bmt28 at day 100 both of ours are R's."""
    case = next(case for case in CASES if case["id"] == "bmt28/cr/002")
    delta, cmprsk = (curves(case, variance=name)["all"] for name in ("delta", "cmprsk"))
    at_100 = [incidence_at(curve, [100]) for curve in (delta, cmprsk)]
    assert [curve.variance for curve in (delta, cmprsk)] == ["delta", "cmprsk"]
    close(at_100[0].low[0, 0], 0.00263962929675826, case)
    close(at_100[0].high[0, 0], 0.154093071734314, case)
    close(at_100[1].low[0, 0], 0.00247182524076777, case)
    close(at_100[1].high[0, 0], 0.157278825795412, case)
