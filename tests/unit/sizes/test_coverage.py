"""The simulation of coverage: its true values, its counting, its table and its page."""

import functools
from collections import Counter
from dataclasses import replace
from fractions import Fraction
from math import comb, inf, log, nan

import numpy as np
import pytest

from autallo.analysis.compare_times import compare_incidence
from autallo.analysis.hazards import compare_hazards
from autallo.analysis.pair import Pair
from autallo.analysis.topic import Arm, Topic
from autallo.model.cohort import FollowUp
from autallo.stats.proportions.binomial import binomial_interval
from autallo.stats.proportions.risks import risk_difference
from autallo.stats.ranks.mann_whitney import hodges_lehmann


def drawn(seed):
    return np.random.Generator(np.random.Philox(key=seed))


# Cells


def test_every_cell_is_met_once_and_every_pair_of_settings(sizes):
    cases = sizes.coverage_grid.cases()
    assert len({case.key for case in cases}) == len(cases)
    for kind in ("hazards", "causes"):
        mine = [case for case in cases if case.kind == kind]
        assert len(mine) == 7 * 4 * 4
        censored = [case for case in mine if case.share < 1]
        pairs = Counter((case.censoring, case.ties) for case in censored)
        assert len(pairs) == 5 * 2
        for name in ("first", "share", "censoring", "ties"):
            met = {(getattr(case, name), case.effect) for case in censored}
            assert len(met) == 3 * len({getattr(case, name) for case in censored})
    values = [case for case in cases if case.kind == "values"]
    assert len({(case.ties, case.effect) for case in values}) == 6 * 2
    curves = [case for case in cases if case.kind == "curves"]
    assert len({(c.share, c.censoring, c.ties) for c in curves}) == 3 * 2 * 2 + 2


def test_all_cells_hold_the_covering_ones(sizes):
    everything = {case.key for case in sizes.coverage_grid.cases(all_of_them=True)}
    assert {case.key for case in sizes.coverage_grid.cases()} < everything


# True values


@pytest.mark.parametrize("ending", ["dropout", "accrual"])
@pytest.mark.parametrize("share", [0.1, 0.6])
def test_one_group_has_the_events_and_the_follow_up_of_its_cell(sizes, ending, share):
    case = sizes.coverage_grid.Case("curves", 50, 0, share, ending, "continuous")
    times = sizes.true_studies.simulate_times(case, 2000, drawn(1))
    # 100,000 patients: a standard error of 0.0016 at most.
    assert (times.cause > 0).mean() == pytest.approx(share, abs=0.007)
    assert (times.cause == 1).sum() == pytest.approx((times.cause == 2).sum(), rel=0.05)
    plain = sizes.true_studies.end_of_follow_up(case)[0]
    ends = drawn(2).random(100_001) * plain
    if ending == "dropout":
        ends = drawn(2).exponential(size=100_001) / plain
    median = sizes.true_studies.median_follow_up(case)
    assert (ends < median).mean() == pytest.approx(0.5, abs=0.007)


@pytest.mark.parametrize("ending", ["dropout", "accrual"])
def test_as_many_are_at_risk_as_expected(sizes, ending):
    case = sizes.coverage_grid.Case("curves", 50, 0, 0.6, ending, "continuous")
    times = sizes.true_studies.simulate_times(case, 2000, drawn(11)).time
    for survival in (0.9, 0.5):
        present = (times > -log(survival)).sum(axis=1).mean()
        # The mean of 2000 counts of a standard deviation of 3.5 at most: 0.08.
        expected = sizes.true_studies.expected_at_risk(case, survival)
        assert present == pytest.approx(expected, abs=0.35)


@pytest.mark.parametrize("kind", ["hazards", "causes"])
@pytest.mark.parametrize("effect", [2.5, 0.4])
def test_two_groups_have_the_ratio_and_the_events_of_their_cell(sizes, kind, effect):
    case = sizes.coverage_grid.Case(kind, 30, 60, 0.6, "2:1", "continuous", effect)
    times = sizes.true_studies.simulate_times(case, 2000, drawn(3))
    # 180,000 patients: 0.0012.
    assert (times.cause > 0).mean() == pytest.approx(0.6, abs=0.006)
    first, second = (times.group == g for g in (1, 0))
    assert (first.sum(), second.sum()) == (30, 60)
    everybody = replace(case, share=1.0, censoring="equal")
    times = sizes.true_studies.simulate_times(everybody, 2000, drawn(4))
    for at in (0.3, 1.0, 2.0):
        happened = (times.time <= at) & (times.cause == 1)
        shares = happened[:, first].mean(), happened[:, second].mean()
        # 1 - F is raised to the ratio; standard errors of 0.002 and 0.0014.
        assert shares[0] == pytest.approx(1 - (1 - shares[1]) ** effect, abs=0.015)


@pytest.mark.parametrize("ties", ["continuous", "months"])
def test_a_curve_is_read_where_its_true_survival_is_known(sizes, ties):
    case = sizes.coverage_grid.Case("curves", 50, 0, 1.0, "dropout", ties)
    times = sizes.true_studies.simulate_times(case, 2000, drawn(5)).time
    for survival in sizes.limits_of_curves.SURVIVALS:
        at = sizes.true_studies.time_at(case, survival)
        true = sizes.true_studies.survival_by(case, at)
        assert true == pytest.approx(survival, abs=0.01)
        # 100,000 times: an error of 0.0016 at most.
        assert (times > at).mean() == pytest.approx(true, abs=0.007)
    if ties == "months":
        months = times / sizes.true_studies.month_of(case)
        assert months.min() == 0
        np.testing.assert_allclose(months, np.rint(months), rtol=0, atol=1e-9)


@pytest.mark.parametrize("ties", ["continuous", "months"])
def test_the_true_restricted_mean_is_that_of_the_times(sizes, ties):
    case = sizes.coverage_grid.Case("hazards", 50, 50, 1.0, "equal", ties, 2.5)
    times = sizes.true_studies.simulate_times(case, 4000, drawn(6))
    month = sizes.true_studies.month_of(case) or 0.1
    for until in (18 * month, 54 * month):
        for g, effect in ((1, 2.5), (0, 1.0)):
            mean = np.minimum(times.time[:, times.group == g], until).mean()
            true = sizes.true_studies.restricted_mean_of(case, effect, np.array([until]))[0]
            # 200,000 times of a standard deviation of 1.1 at most: 0.0025.
            assert mean == pytest.approx(true, abs=0.012)


@pytest.mark.parametrize("ties", ["normal", "spread 1:3", "5 levels", "rare"])
@pytest.mark.parametrize("effect", [0.0, 1.0])
def test_the_true_superiority_is_that_of_the_values(sizes, ties, effect):
    case = sizes.coverage_grid.Case("values", 100, 100, ties=ties, effect=effect)
    values = sizes.true_studies.simulate_values(case, 1000, drawn(7))
    # 100,000 pairs of one value of each: 0.0016.
    won = (values.first > values.second).mean() + (values.first == values.second).mean() / 2
    assert won == pytest.approx(values.superiority, abs=0.008)
    assert (values.superiority == pytest.approx(0.5)) == (effect == 0)


def test_grades_are_moved_by_one_ratio_of_odds(sizes):
    # 1/2, 3/10, 2/10: odds of being above the levels 1 and 1/4; doubled 2 and 1/2.
    moved = sizes.true_studies.moved_grades(np.array([0.5, 0.3, 0.2]), log(2))
    np.testing.assert_allclose(moved, [1 / 3, 2 / 3 - 1 / 3, 1 / 3], rtol=1e-12)


# Counting


def test_a_tally_by_hand(sizes):
    tally = sizes.tally
    low = np.array([0.0, 2.0, -inf, nan, 0.0])
    high = np.array([4.0, 3.0, 0.5, nan, 0.9])
    # Truth 1: held; above; below; no limits; below. Of four: 1/4, missed 1/4 and 2/4.
    found = tally.tally(tally.Interval("shift", "hodges_lehmann"), low, high, 1.0)
    assert (found.coverage, found.too_high, found.too_low) == (0.25, 0.25, 0.5)
    assert (found.without, found.unbounded) == (pytest.approx(0.2), 0.25)
    assert found.width == pytest.approx((4 + 1 + 0.9) / 3)
    assert found.error == pytest.approx((0.25 * 0.75 / 4) ** 0.5)
    assert found.truth == "1"
    # One truth for each study.
    found = tally.tally(tally.Interval("a", "b"), low, high, np.array([1.0, 2.5, 0.5, 9, 0.5]))
    assert (found.coverage, found.truth) == (1.0, "")
    nothing = np.array([nan])
    assert tally.tally(tally.Interval("a", "b"), nothing, nothing, 1.0) is None


def test_clopper_pearson_of_three_patients_in_fractions(sizes):
    limits = np.array([[i.low, i.high] for i in (binomial_interval(x, 3) for x in range(4))])
    # The limits: 0 to 0.708, 0.008 to 0.906, 0.094 to 0.992, 0.292 to 1 (cubes of 1 - 0.025).
    assert limits[0, 1] == pytest.approx(1 - 0.025 ** (1 / 3))
    half, three_quarters, twentieth = Fraction(1, 2), Fraction(3, 4), Fraction(1, 20)
    left_out = {half: (), three_quarters: (0,), twentieth: (2, 3)}
    for share, counts in left_out.items():
        missed = sum(comb(3, x) * share**x * (1 - share) ** (3 - x) for x in counts)
        found = sizes.limits_of_counts.coverage_at(np.array([float(share)]), 3, limits)
        assert found[0] == pytest.approx(float(1 - missed), rel=1e-12)
    # At worst just where 0 of 3 is left out, which has the probability 0.025 there.
    worst = next(iter(sizes.limits_of_counts.coverage_of_proportion(
        sizes.coverage_grid.Case("proportion", 3)
    )))  # fmt: skip
    assert (worst.of.method, worst.of.at) == ("clopper_pearson", "worst")
    assert worst.coverage == pytest.approx(0.975, abs=1e-6)


def test_coverage_of_a_difference_is_the_sum_over_its_tables(sizes):
    found = {
        (one.of.measure, one.of.method, one.of.at): one
        for one in sizes.limits_of_counts.coverage_of_proportions(
            sizes.coverage_grid.Case("proportions", 2, 4)
        )
    }
    worst = found["risk_difference", "newcombe", "worst"]
    p, q = (Fraction(part) for part in worst.truth.split(" v "))
    covered = Fraction(0)
    for i in range(3):
        for j in range(5):
            limits = risk_difference([[i, 2 - i], [j, 4 - j]], method="newcombe")
            if limits.low <= p - q <= limits.high:
                covered += (
                    comb(2, i) * p**i * (1 - p) ** (2 - i) * comb(4, j) * q**j * (1 - q) ** (4 - j)
                )
    assert worst.coverage == pytest.approx(float(covered), rel=1e-9)
    assert worst.coverage + worst.too_low + worst.too_high == pytest.approx(1)
    # The exact ones hold their level at every pair of risks.
    for name in (
        ("odds_ratio", "conditional_odds_ratio"), ("risk_difference", "chan_zhang"),
        ("risk_difference", "agresti_min"),
    ):  # fmt: skip
        assert found[*name, "worst"].coverage >= 0.95
    assert worst.coverage < 0.9


def test_the_coverage_that_is_simulated_is_that_which_is_enumerated(sizes):
    """Hodges-Lehmann limits of 5 v 5 are the 3rd and 23rd of 25 differences: 1 - 2 * 4 / 252."""
    case = sizes.coverage_grid.Case("values", 5, 5, ties="normal", effect=1.0)
    found = {
        one.of.measure: one
        for one in sizes.limits_of_values.coverage_of_values(case, 1500, drawn(8))
    }
    # P(U <= 2) = (1 + 1 + 2) / 252 on either side; 1500 studies: an error of 0.0045.
    assert found["shift"].coverage == pytest.approx(1 - 8 / 252, abs=0.018)


def test_an_interval_that_is_too_narrow_is_seen(sizes, monkeypatch):
    narrow = functools.partial(hodges_lehmann, level=0.7)
    monkeypatch.setattr(sizes.limits_of_values, "hodges_lehmann", narrow)
    case = sizes.coverage_grid.Case("values", 10, 10, ties="normal", effect=0.0)
    found = [row for row in sizes.measure_coverage.measured(case, 1, studies=800)
             if row["measure"] == "shift"]  # fmt: skip
    # 0.7 or little more; an error of 0.016.
    assert 0.64 < float(found[0]["coverage"]) < 0.80
    assert sizes.coverage_page.misses(found[0])


# What is measured is what is printed


def arms(first, second):
    return Pair(Arm("a", np.arange(second, first + second)), Arm("b", np.arange(second)), ())


def test_hazard_ratios_are_those_of_the_report(sizes):
    case = sizes.coverage_grid.Case("hazards", 4, 6, 0.6, "2:1", "months", 2.5)
    times = sizes.true_studies.simulate_times(case, 40, drawn(9))
    topic, seen = Topic(analysis="comparison", outcome="os", level=0.95), Counter()
    for time, cause in zip(times.time, times.cause, strict=True):
        ratio = compare_hazards(topic, arms(4, 6), time, cause == 1, times.group).ratio
        low, high = sizes.limits_of_hazards.ratios_of(time, cause == 1, times.group).printed
        seen[ratio.method, ratio.low is None] += 1
        if ratio.low is None and ratio.high is None:
            assert np.isnan([low, high]).all()
        else:
            np.testing.assert_allclose(np.exp([low, high]), [ratio.low, ratio.high], rtol=1e-12)
    assert {method for method, _ in seen} == {"cox_efron", "firth_cox"}


@pytest.mark.parametrize(
    ("first", "second", "censoring", "kinds"),
    [(4, 6, "2:1", {"none", "together"}), (12, 18, "10:1", {"apart", "together"})],
)
def test_subdistribution_ratios_are_those_of_the_report(sizes, first, second, censoring, kinds):
    case = sizes.coverage_grid.Case("causes", first, second, 0.6, censoring, "continuous", 2.5)
    times = sizes.true_studies.simulate_times(case, 30, drawn(10))
    topic, seen = Topic(analysis="comparison", outcome="cir", level=0.95), Counter()
    n = first + second
    pair = Pair(Arm("a", np.arange(first)), Arm("b", np.arange(first, n)), ())
    for time, cause in zip(times.time, times.cause, strict=True):
        order = np.argsort(-times.group, kind="stable")  # the first arm, then the reference
        study = FollowUp(
            days=time[order], cause=cause[order], causes=("r", "d"), left_out=(None,) * n
        )
        both = compare_incidence(topic, pair, study, streams=lambda _: drawn(1))
        found = [e for e in both if e.method == "fine_gray"]
        if not found:  # nobody had the event, or nobody the competing one
            continue
        low, high = sizes.limits_of_hazards.subdistribution_limits(time, cause, times.group)
        seen["none" if found[0].low is None else "apart" if found[0].why else "together"] += 1
        if found[0].low is None:
            assert np.isnan([low, high]).all()
        else:
            np.testing.assert_allclose(
                np.exp([low, high]), [found[0].low, found[0].high], rtol=1e-12
            )
    assert set(seen) >= kinds


@pytest.mark.parametrize(
    ("case", "measures"),
    [
        (("curves", 6, 0, 0.6, "accrual", "continuous"), {"survival", "incidence", "median_days"}),
        (("curves", 6, 0, 1.0, "dropout", "months"), {"survival", "incidence"}),
        (("hazards", 6, 6, 0.6, "1:2", "months", 0.4),
         {"hazard_ratio", "restricted_mean_difference"}),
        (("causes", 6, 6, 0.6, "1:2", "continuous", 2.5), {"subdistribution_hazard_ratio"}),
        (("values", 6, 6, 1.0, "", "spread 3:1", 1.0),
         {"superiority", "shift", "standardised_difference"}),
        (("values", 6, 6, 1.0, "", "3 levels", 1.0), {"superiority"}),
    ],
)  # fmt: skip
def test_each_kind_of_cell_measures_its_intervals(sizes, case, measures):
    rows = sizes.measure_coverage.measured(sizes.coverage_grid.Case(*case), 1, studies=60)
    assert {row["measure"] for row in rows} == measures
    assert all(list(row) == list(sizes.measure_coverage.HEADS) for row in rows)
    lines = [sizes.measure_coverage.PLAN.line_of(row) for row in rows]
    assert len(set(lines)) == len(lines)
    for row in rows:
        shares = [float(row[name]) for name in ("coverage", "too_low", "too_high")]
        assert sum(shares) == pytest.approx(1, abs=2e-5)
        hits, limits = sizes.measure_coverage.counts(row)
        assert limits == round(60 * (1 - float(row["without"])))
        assert hits == pytest.approx(limits * shares[0], abs=0.01)


def test_what_is_read_beyond_follow_up_is_counted_apart(sizes):
    case = sizes.coverage_grid.Case("curves", 12, 0, 0.3, "accrual", "continuous")
    rows = sizes.measure_coverage.measured(case, 1, studies=200)
    for method in ("kaplan_meier", "beta_product"):
        at = [row for row in rows if (row["method"], row["at"]) == (method, "0.5")]
        assert {row["followed"] for row in at} == {"", "beyond"}
        # Every study is in one of the two parts.
        assert sum(sizes.measure_coverage.counts(row)[1] for row in at) == 200


# The table


@pytest.fixture
def short(sizes, tmp_path):
    """A plan of a few small cells with few studies."""
    cases = [case for case in sizes.coverage_grid.cases() if case.first + case.second <= 12]
    jobs = [case for case in cases if case.kind != "proportions"][:50:6]
    few = functools.partial(sizes.measure_coverage.measured, studies=30)
    path = tmp_path / "coverage.csv"
    return replace(sizes.measure_coverage.PLAN, path=path, measured=few), jobs


def test_a_run_that_was_cut_off_goes_on_and_ends_as_one(sizes, short):
    plan, jobs = short
    sizes.cells.fill(plan, jobs, seed=1, workers=1)
    whole = plan.path.read_bytes()
    plan.path.unlink()
    assert sizes.cells.fill(plan, jobs[::2], seed=1, workers=2) == len(jobs[::2])
    assert sizes.cells.fill(plan, jobs, seed=1, workers=1) == len(jobs) - len(jobs[::2])
    assert plan.path.read_bytes() == whole


def test_a_check_sees_limits_that_have_become_too_narrow(sizes, short, monkeypatch, capsys):
    plan, _ = short
    job = [sizes.coverage_grid.Case("values", 12, 12, ties="normal", effect=0.0)]
    many = functools.partial(sizes.measure_coverage.measured, studies=400)
    plan = replace(plan, measured=many)
    sizes.cells.fill(plan, job, seed=1, workers=1)
    assert sizes.cells.check(plan, job, seed=2, workers=1) == 0
    narrow = functools.partial(hodges_lehmann, level=0.7)
    monkeypatch.setattr(sizes.limits_of_values, "hodges_lehmann", narrow)
    capsys.readouterr()
    assert sizes.cells.check(plan, job, seed=2, workers=1) == 1
    assert "1 beyond chance" in capsys.readouterr().out


def test_the_command_measures_and_checks(sizes, short, monkeypatch):
    plan, jobs = short
    monkeypatch.setattr(sizes.measure_coverage, "PLAN", plan)
    monkeypatch.setattr(sizes.measure_coverage, "cases", lambda *, all_of_them: jobs)
    monkeypatch.setattr("sys.argv", ["measure_coverage.py", "--workers", "1"])
    assert sizes.measure_coverage.main() == 0
    monkeypatch.setattr("sys.argv", ["measure_coverage.py", "--workers", "1", "--check"])
    assert sizes.measure_coverage.main() == 0


def test_the_committed_table_holds_every_cell(sizes):
    plan = sizes.measure_coverage.PLAN
    cells = {plan.cell_of(row) for row in sizes.cells.read(plan)}
    # Cells in which no study had limits would have no line; there is none.
    assert cells == {case.key for case in sizes.coverage_grid.cases()}


def test_exact_intervals_hold_their_level_in_the_committed_table(sizes):
    rows = sizes.cells.read(sizes.measure_coverage.PLAN)
    exact = ("clopper_pearson", "blaker", "conditional_odds_ratio", "chan_zhang", "agresti_min")
    found = [row for row in rows if row["method"] in exact]
    assert {row["method"] for row in found} == set(exact)
    assert all(float(row["coverage"]) >= 0.95 - 1e-5 for row in found)


# The page


def test_the_page_of_coverage_is_made_from_the_table(sizes, tmp_path, monkeypatch):
    page = sizes.coverage_page
    committed = page.PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", tmp_path / "coverage.md")
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures")
    monkeypatch.setattr(page, "draw", lambda picture, folder: None)
    page.main()
    assert (tmp_path / "coverage.md").read_text(encoding="utf-8") == committed
    drawn_there = {path.stem for path in (page.ROOT / "docs/reference/coverage").glob("*.svg")}
    rows = sizes.cells.read(sizes.measure_coverage.PLAN)
    assert drawn_there == {picture.name for picture in sizes.coverage_pictures.pictures(rows)}


def test_every_point_of_a_picture_belongs_to_a_series(sizes):
    rows = sizes.cells.read(sizes.measure_coverage.PLAN)
    for picture in sizes.coverage_pictures.pictures(rows):
        for panel in picture.panels:
            assert panel.rows
            assert {picture.belongs(row) for row in panel.rows} <= set(picture.series)


def test_a_picture_is_drawn_with_every_point(sizes, tmp_path):
    row = {"first": "5", "second": "5", "share": "0.6", "coverage": "0.5"}
    figures, told = sizes.coverage_figures, sizes.coverage_pictures
    picture = figures.Picture(
        name="one", title="", panels=[figures.Panel("Only", [row, {**row, "coverage": "0.95"}])],
        columns=2, across="Patients", place=told.patients, series=told.SHARES_TOLD,
        belongs=told.share_told,
    )  # fmt: skip
    figures.draw(picture, tmp_path)
    one = (tmp_path / "one.svg").read_bytes()
    figures.draw(picture, tmp_path)
    assert (tmp_path / "one.svg").read_bytes() == one


def test_a_cell_misses_where_chance_cannot_explain_it(sizes):
    misses = sizes.coverage_page.misses
    assert misses({"coverage": "0.915", "monte_carlo_error": "0.005"})
    assert not misses({"coverage": "0.925", "monte_carlo_error": "0.005"})
    assert misses({"coverage": "0.9299", "monte_carlo_error": "0"})
