"""The simulation behind the choice of method: its studies, its own scores, its committed table."""

import functools
from dataclasses import replace
from fractions import Fraction
from math import comb

import numpy as np
import pytest

from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.logrank.scores import logrank_scores
from autallo.stats.proportions.unconditional import boschloo_test


def test_every_pair_of_settings_is_met(sizes):
    grid = sizes.grid
    cells = list(grid.cells_of_times())
    ratios = {(cell.first, cell.second // cell.first, cell.share) for cell in cells}
    assert len(ratios) == len(grid.SMALL) * len(grid.RATIOS) * len(grid.SHARES)
    censored = [cell for cell in cells if cell.share < 1]
    assert len({(cell.censoring, cell.ties) for cell in censored}) == 15
    for name in ("first", "share"):
        met = {(getattr(cell, name), cell.censoring) for cell in censored}
        values = {getattr(cell, name) for cell in censored}
        assert len(met) == 5 * len(values)


@pytest.mark.parametrize(("share", "censoring"), [(0.3, "equal"), (0.6, "10:1"), (0.1, "1:2")])
def test_as_many_have_the_event_as_the_cell_says(sizes, share, censoring):
    cell = sizes.grid.Cell(20, 40, share, censoring, "continuous")
    times = sizes.studies.simulate_times(cell, 2000, np.random.default_rng(1))
    # 120,000 patients: a standard error of 0.0014 at most.
    assert (times.cause == 1).mean() == pytest.approx(share, abs=0.006)
    ended = (times.cause == 0).mean(axis=0)
    first, second = ended[:20].mean(), ended[20:].mean()
    assert (first < second) == (censoring == "10:1") or censoring == "equal"


def test_its_scores_are_those_of_the_product_and_so_is_its_p(sizes):
    cell = sizes.grid.Cell(5, 7, 0.6, "equal", "months")
    rng = np.random.default_rng(2)
    times = sizes.studies.simulate_times(cell, 40, rng)
    event = times.cause == 1
    scores = sizes.rejections.logrank_scores(times.time, event)
    drawn = sizes.rejections.permuted_p(times, rng)
    for i in range(40):
        expected = logrank_scores(times.time[i], event[i]).value
        np.testing.assert_allclose(scores[i], expected, rtol=1e-12, atol=1e-12)
        exact = logrank_permutation_test(times.time[i], event[i], times.group)
        if exact.p_value is not None:
            # 999 draws: four standard errors of 0.016 at most, and the draw that counts itself.
            assert drawn[i] == pytest.approx(exact.p_value, abs=0.07)


def test_the_size_of_an_exact_test_is_the_sum_over_its_tables(sizes):
    found = dict(sizes.rejections.sizes_of_tables(3, 3))
    # 3 v 3: Fisher never reaches 0.05 (smallest p 2 / 20).
    assert found["fisher_exact"] == 0
    rejected = [
        (i, j)
        for i in range(4)
        for j in range(4)
        if boschloo_test([[i, 3 - i], [j, 3 - j]]).p_value <= 0.05
    ]
    ways = {0: 1, 1: 3, 2: 3, 3: 1}
    largest = max(
        sum(ways[i] * ways[j] * r ** (i + j) * (1 - r) ** (6 - i - j) for i, j in rejected)
        for r in sizes.rejections.RISKS.tolist()
    )
    assert found["boschloo"] == pytest.approx(largest, rel=1e-12)


@pytest.fixture
def few(sizes, monkeypatch):
    """A short run: few studies of a cell, and of those computed one by one."""
    monkeypatch.setattr(sizes.measure, "STUDIES", 40)
    monkeypatch.setattr(sizes.measure, "STUDIES_OF_MANY", 10)
    monkeypatch.setattr(sizes.rejections, "ONE_BY_ONE", 8)
    monkeypatch.setattr(sizes.rejections, "FEW_DRAWS", 19)
    monkeypatch.setattr(sizes.rejections, "DRAWS", 19)


def test_the_committed_table_holds_every_cell(sizes):
    plan = sizes.measure.PLAN
    cells = {plan.cell_of(row) for row in sizes.cells.read(plan)}
    assert cells == {plan.key(job) for job in sizes.measure.wanted(all_of_them=False)}


@pytest.mark.parametrize(
    ("kind", "cell", "methods"),
    [
        ("tables", (3, 3, 0.0, "", ""), ["fisher_exact", "chi_squared", "boschloo"]),
        ("tables", (20, 60, 0.0, "", ""), ["fisher_exact", "chi_squared"]),
        ("survival", (4, 8, 0.6, "equal", "months"), ["logrank", "logrank_permutation"]),
        ("survival", (4, 8, 0.6, "10:1", "3 levels"),
         ["logrank", "logrank_permutation", "logrank_imputation"]),
        ("survival", (100, 150, 0.6, "1:2", "continuous"), ["logrank"]),
        ("incidence", (4, 8, 0.6, "equal", "continuous"), ["gray", "gray_permutation"]),
        ("incidence", (30, 60, 0.6, "2:1", "months"), ["gray"]),
        ("values", (4, 8, 1.0, "equal", "rare"), ["mann_whitney", "mann_whitney_exact"]),
        ("values", (100, 150, 1.0, "equal", "5 levels"), ["mann_whitney"]),
    ],
)  # fmt: skip
def test_each_kind_of_cell_measures_its_tests(sizes, few, kind, cell, methods):
    rows = sizes.measure.measured((kind, sizes.grid.Cell(*cell)), 1)
    assert [row["method"] for row in rows] == methods
    assert all(list(row) == list(sizes.measure.HEADS) for row in rows)
    assert all(0 <= float(row["size"]) + float(row["undefined"]) <= 1 for row in rows)


def test_a_test_that_rejects_too_often_is_seen(sizes, few, monkeypatch):
    """The p of a Mann-Whitney test cut to a third rejects in about 15% of studies."""
    batch = sizes.rejections.mann_whitney_batch_test

    def bold(x, y, **more):
        test = batch(x, y, **more)
        return replace(test, p_value=test.p_value / 3)

    monkeypatch.setattr(sizes.rejections, "mann_whitney_batch_test", bold)
    monkeypatch.setattr(sizes.measure, "STUDIES", 4000)
    cell = sizes.grid.Cell(30, 30, 1.0, "equal", "continuous")
    for row in sizes.measure.measured(("values", cell), 1):
        # 0.15 with an error of 0.0057: far from 0.05 and from 0.055.
        assert 0.12 < float(row["size"]) < 0.18


def test_chi_squared_rejects_what_its_statistic_says(sizes):
    # 3 v 3: only 0 against 3 has (ad - bc)^2 n / (margins) = 81 * 6 / 81 = 6 > 3.84; 0 against 2
    # has 36 * 6 / (2 * 4 * 9) = 3. Both ways: 2 r^3 (1 - r)^3, largest at one half: 1/32.
    found = dict(sizes.rejections.sizes_of_tables(3, 3))
    assert found["chi_squared"] == pytest.approx(1 / 32, rel=1e-12)


def test_counts_come_back_from_a_line(sizes):
    counts = sizes.measure.counts
    assert counts({"studies": "10000", "size": "0.05120"}) == (512, 10000)
    assert counts({"studies": "0", "size": "0.03"}) is None


def test_two_counts_differ_by_as_much_as_chance_in_fractions(sizes):
    chance = sizes.cells.chance_of
    # None of 3 and 3 of 3: of the C(6, 3) = 20 ways to place three hits one is as extreme; doubled.
    assert chance((0, 3), (3, 3), 0, 1) == pytest.approx(0.1, rel=1e-12)
    # 1 of 4 against 4 of 5, five hits in nine: at most 1 in (C(4,4) + C(5,1) C(4,3)) / C(9,4).
    exact = 2 * Fraction(comb(4, 4) + 5 * comb(4, 3), comb(9, 4))
    assert chance((1, 4), (4, 5), 0.25, 0.8) == pytest.approx(float(exact), rel=1e-12)
    assert chance((2, 4), (2, 4), 0.5, 0.5) == 1
    assert chance(None, None, 0.03, 0.03001) == 1
    assert chance(None, None, 0.03, 0.0301) == 0
    assert chance(None, (3, 100), 0.03, 0.03) == 0


@pytest.fixture
def short(sizes, few, tmp_path):
    """A plan of the smallest cells with a table of its own."""
    jobs = [job for job in sizes.measure.wanted(all_of_them=False) if job[1].patients <= 9][::4]
    return replace(sizes.measure.PLAN, path=tmp_path / "sizes.csv"), jobs


def test_a_run_that_was_cut_off_goes_on_and_ends_as_one(sizes, short):
    plan, jobs = short
    sizes.cells.fill(plan, jobs, seed=1, workers=1)
    whole = plan.path.read_bytes()
    plan.path.unlink()
    assert sizes.cells.fill(plan, jobs[3:5], seed=1, workers=1) == 2
    assert sizes.cells.fill(plan, jobs, seed=1, workers=1) == len(jobs) - 2
    assert sizes.cells.fill(plan, jobs, seed=1, workers=1) == 0
    assert plan.path.read_bytes() == whole
    assert not plan.path.with_suffix(".part").exists()


def test_two_workers_measure_what_one_does(sizes, short):
    plan, jobs = short
    sizes.cells.fill(plan, jobs, seed=1, workers=1)
    alone = plan.path.read_bytes()
    plan.path.unlink()
    sizes.cells.fill(plan, jobs[::-1], seed=1, workers=2)
    assert plan.path.read_bytes() == alone


def test_another_seed_measures_other_studies(sizes, few):
    job = ("survival", sizes.grid.Cell(8, 8, 0.6, "equal", "continuous"))
    one, other = (sizes.measure.measured(job, seed) for seed in (1, 2))
    assert one != other


def test_a_check_of_the_same_sizes_is_quiet_and_of_others_is_not(sizes, short, capsys):
    plan, jobs = short
    sizes.cells.fill(plan, jobs, seed=1, workers=1)
    assert sizes.cells.check(plan, jobs, seed=2, workers=1) == 0
    assert "0 beyond chance" in capsys.readouterr().out
    raised = sizes.cells.read(plan)
    for row in raised:
        row["size"] = "0.90000"
    sizes.cells.write(plan, raised)
    assert sizes.cells.check(plan, jobs, seed=2, workers=1) == 1
    assert "0.9 was committed" in capsys.readouterr().out


def test_a_check_wants_every_cell(sizes, short, capsys):
    plan, jobs = short
    sizes.cells.fill(plan, jobs[1:], seed=1, workers=1)
    assert sizes.cells.check(plan, jobs, seed=2, workers=1) == 1
    assert "1 cells not in the table" in capsys.readouterr().out


def test_the_command_measures_and_checks(sizes, short, monkeypatch):
    plan, jobs = short
    monkeypatch.setattr(sizes.measure, "PLAN", plan)
    monkeypatch.setattr(sizes.measure, "wanted", lambda *, all_of_them: jobs)
    monkeypatch.setattr("sys.argv", ["measure.py", "--workers", "1"])
    assert sizes.measure.main() == 0
    monkeypatch.setattr("sys.argv", ["measure.py", "--workers", "1", "--check"])
    assert sizes.measure.main() == 0


def test_the_page_of_sizes_is_made_from_the_table(sizes, tmp_path, monkeypatch):
    page = sizes.page
    committed = page.PAGE.read_text(encoding="utf-8")
    monkeypatch.setattr(page, "PAGE", tmp_path / "sizes.md")
    monkeypatch.setattr(page, "FIGURES", tmp_path / "figures")
    page.main()
    assert (tmp_path / "sizes.md").read_text(encoding="utf-8") == committed
    assert len(list((tmp_path / "figures").glob("*.svg"))) == len(page.FIGURES_SHOWN)


def test_a_table_of_sizes_counts_cells_above_the_tolerated(sizes):
    row = functools.partial(dict, method="gray", first="3", second="3")
    told = sizes.page.table([row(size="0.056"), row(size="0.054")])
    assert "| Gray, asymptotic | 6 to 40 | 2 | 5.5% | 5.6% | 1 |" in told


def test_every_cell_and_seed_has_random_numbers_of_its_own(sizes):
    draws = {
        sizes.cells.generator(seed, key).random()
        for seed in (1, 2)
        for key in (("survival", "3"), ("survival", "4"), ("incidence", "3"))
    }
    assert len(draws) == 6
    again = sizes.cells.generator(1, ("survival", "3")).random()
    assert again in draws
