"""The simulation behind the choice of method: its studies, its own scores, its committed table."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from autallo.stats.logrank.permutation import logrank_permutation_test
from autallo.stats.logrank.scores import logrank_scores
from autallo.stats.proportions.unconditional import boschloo_test

SIZES = Path(__file__).resolve().parents[3] / "sizes"


@pytest.fixture(scope="module")
def sizes():
    """The modules of the folder, which is no package."""
    found = {}
    for name in ("grid", "studies", "rejections", "measure"):
        spec = importlib.util.spec_from_file_location(name, SIZES / f"{name}.py")
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = found[name] = module
        spec.loader.exec_module(module)
    yield found
    for name in found:
        del sys.modules[name]


def test_every_pair_of_settings_is_met(sizes):
    grid = sizes["grid"]
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
    cell = sizes["grid"].Cell(20, 40, share, censoring, "continuous")
    times = sizes["studies"].simulate_times(cell, 2000, np.random.default_rng(1))
    # 120,000 patients: a standard error of 0.0014 at most.
    assert (times.cause == 1).mean() == pytest.approx(share, abs=0.006)
    ended = (times.cause == 0).mean(axis=0)
    first, second = ended[:20].mean(), ended[20:].mean()
    assert (first < second) == (censoring == "10:1") or censoring == "equal"


def test_its_scores_are_those_of_the_product_and_so_is_its_p(sizes):
    cell = sizes["grid"].Cell(5, 7, 0.6, "equal", "months")
    rng = np.random.default_rng(2)
    times = sizes["studies"].simulate_times(cell, 40, rng)
    event = times.cause == 1
    scores = sizes["rejections"].logrank_scores(times.time, event)
    drawn = sizes["rejections"].permuted_p(times, rng)
    for i in range(40):
        expected = logrank_scores(times.time[i], event[i]).value
        np.testing.assert_allclose(scores[i], expected, rtol=1e-12, atol=1e-12)
        exact = logrank_permutation_test(times.time[i], event[i], times.group)
        if exact.p_value is not None:
            # 999 draws: four standard errors of 0.016 at most, and the draw that counts itself.
            assert drawn[i] == pytest.approx(exact.p_value, abs=0.07)


def test_the_size_of_an_exact_test_is_the_sum_over_its_tables(sizes):
    found = dict(sizes["rejections"].sizes_of_tables(3, 3))
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
        for r in sizes["rejections"].RISKS.tolist()
    )
    assert found["boschloo"] == pytest.approx(largest, rel=1e-12)


def test_the_committed_table_holds_every_cell(sizes):
    measure = sizes["measure"]
    cells = {measure.row_key(row) for row in measure.read_table()}
    assert cells == {measure.job_key(job) for job in measure.wanted(all_of_them=False)}


def test_two_measurements_lie_apart_in_standard_errors(sizes):
    apart = sizes["measure"].apart
    one, other = {"studies": "10000", "size": "0.05"}, {"studies": "10000", "size": "0.06"}
    # pooled 0.055: 0.01 / sqrt(0.055 * 0.945 * 2 / 10000)
    assert apart(one, other) == pytest.approx(0.01 / (0.055 * 0.945 * 2 / 10000) ** 0.5)
    assert apart(one, one) == 0
