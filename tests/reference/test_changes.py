"""Groups that patients join later, against R survival 3.5-3 (changes.json and older files)."""

import numpy as np

from autallo.stats.logrank.asymptotic import logrank_test
from autallo.stats.multistate.landmark import landmark_sample
from autallo.stats.multistate.mantel_byar import mantel_byar_test
from autallo.stats.multistate.simon_makuch import simon_makuch
from autallo.stats.multistate.split_at_change import split_at_change
from reference.golden import cases_of, each, table

each_set = each(cases_of("changes", "changes"))


def follow_up(covariate):
    """Follow-up and change of each patient of bmt_tv, and the first row of each."""
    patients = {}
    for row in table("bmt_tv"):
        patients.setdefault(row["id"], []).append(row)
    found = []
    for rows in patients.values():
        after = [float(row["start"]) for row in rows if row[covariate] == "1"]
        found.append((float(rows[-1]["stop"]), int(rows[-1]["event"]), min(after, default=0)))
        found[-1] += (len(after) > 0,)
    return [*map(list, zip(*found, strict=True))], [rows[0] for rows in patients.values()]


def drawn(case):
    return [case["input"][name] for name in ("time", "event", "change", "changed")]


def close(actual, expected, case, atol=1e-14):
    np.testing.assert_allclose(actual, expected, rtol=case["rtol"], atol=atol)


@each_set
def test_rows_of_tmerge(case):
    rows, printed = split_at_change(*drawn(case)), case["expected"]["rows"]
    assert (rows.patient + 1).tolist() == printed["id"]
    assert rows.start.tolist() == printed["start"]
    assert rows.stop.tolist() == printed["stop"]
    assert rows.event.tolist() == [bool(event) for event in printed["event"]]
    assert rows.changed.tolist() == printed["changed"]


@each_set
def test_score_test_of_coxph_with_tied_events(case):
    for name, options in (("test", {}), ("stratified", {"stratum": case["input"]["stratum"]})):
        test, printed = mantel_byar_test(*drawn(case), **options), case["expected"][name]
        close(test.statistic, printed["statistic"], case)
        close(test.p_value, printed["p_value"], case)


@each_set
def test_curves_of_the_rows(case):
    for landmark, printed in zip(case["landmarks"], case["expected"]["curves"], strict=True):
        curves = simon_makuch(*drawn(case), landmark=landmark)
        for mine, theirs in zip((curves.unchanged, curves.changed), printed, strict=True):
            assert mine.time.tolist() == theirs["time"]
            assert mine.at_risk.tolist() == theirs["n_risk"]
            assert mine.events.tolist() == theirs["n_event"]
            close(mine.survival, theirs["surv"], case)
            close(mine.std_error, theirs["se_surv"], case)


@each(cases_of("changes", "mantel_byar"))
def test_mantel_byar_of_the_marrow_transplants(case):
    arguments, first = follow_up(case["args"]["covariate"])
    stratum = [int(row[case["args"]["stratum"]]) for row in first]
    for name, options in (("test", {}), ("stratified", {"stratum": stratum})):
        test = mantel_byar_test(*arguments, **options)
        close(test.statistic, case["expected"][name]["statistic"], case)
        close(test.p_value, case["expected"][name]["p_value"], case)
        assert test.observed.tolist() == case["expected"]["observed"]


@each(cases_of("survival", "km_startstop_group"))
def test_extended_curves_of_the_marrow_transplants(case):
    # the rows of the file are cut at other changes too: R shows more times
    arguments, _ = follow_up(case["args"]["group"])
    curves = simon_makuch(*arguments, landmark=0)
    for mine, theirs in zip((curves.unchanged, curves.changed), case["expected"], strict=True):
        row = np.searchsorted(theirs["time"], mine.time)
        assert np.take(theirs["time"], row).tolist() == mine.time.tolist()
        assert mine.at_risk.tolist() == np.take(theirs["n_risk"], row).tolist()
        close(mine.survival, np.take(theirs["surv"], row), case)
        close(mine.std_error, np.take(theirs["se_surv"], row), case)
        assert sum(mine.events) == sum(theirs["n_event"])


@each(cases_of("weighted_logrank", "logrank_landmark", "logrank_truncated"))
def test_pf5_landmark_and_cut_off_follow_up(case):
    given, expected = case["args"], case["expected"]
    names = [given["time"], given["event"], given["group"]]
    rows = [row for row in table(case["dataset"]) if all(row[name] for name in names)]
    group = [expected["levels"].index(row[given["group"]]) for row in rows]
    sample = landmark_sample(
        [float(row[given["time"]]) for row in rows],
        [int(row[given["event"]]) for row in rows],
        landmark=given.get("landmark", 0),
        until=given.get("tau"),
    )
    assert sample.at_landmark[0] == sum(expected["n"])
    assert not sample.few
    test = logrank_test(sample.time, sample.cause, np.array(group)[sample.selected])
    close(test.observed, expected["observed"], case)
    close(test.expected, expected["expected"], case)
    close(test.statistic, expected["chisq"], case)
    close(test.p_value, expected["p"], case)
