"""How often each test of two groups says that they differ where they do not."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from grid import Cell
from numpy.typing import NDArray
from scipy.special import chdtrc
from studies import Times, simulate_times, simulate_values

from autallo.stats.contingency.fisher_batch import fisher_batch_test
from autallo.stats.incidence.gray_batch import gray_batch_test
from autallo.stats.incidence.gray_permutation import gray_permutation_test
from autallo.stats.logrank.imputation import logrank_imputation_test
from autallo.stats.logrank.logrank_batch import logrank_batch_test
from autallo.stats.proportions.unconditional import boschloo_test
from autallo.stats.ranks.mann_whitney_batch import mann_whitney_batch_test

ALPHA = 0.05
DRAWS = 999
#: Studies of a cell for tests that are computed one by one, and their draws.
ONE_BY_ONE, FEW_DRAWS = 1000, 199
#: Largest studies for which these are measured, and those whose labels are permuted, beyond which
#: the product permutes none.
MOST_ONE_BY_ONE, MOST_PERMUTED = 40, 200
#: Studies simulated at once: so many patients.
AT_ONCE = 400_000
RISKS = np.linspace(0.005, 0.5, 100)


@dataclass(frozen=True, slots=True)
class Measured:
    """Studies of a cell that a test rejected, and those in which it gave no p."""

    method: str
    studies: int
    rejected: int
    undefined: int


def rejections_of_times(cell: Cell, studies: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield the log-rank tests: asymptotic, permuted, and by imputation where this is used."""
    asymptotic, permuted = np.zeros(2, dtype=int), np.zeros(2, dtype=int)
    for part in _parts(studies, cell.patients):
        times = simulate_times(cell, part, rng)
        event = times.cause == 1
        test = logrank_batch_test(times.time, event, times.group)
        asymptotic += _counted(test.p_value, test.testable)
        if cell.patients <= MOST_PERMUTED:
            permuted += _counted(permuted_p(times, rng), test.testable)
    yield Measured("logrank", studies, *asymptotic.tolist())
    if cell.patients <= MOST_PERMUTED:
        yield Measured("logrank_permutation", studies, *permuted.tolist())
    if cell.patients <= MOST_ONE_BY_ONE and cell.censoring != "equal":
        yield _one_by_one("logrank_imputation", cell, rng, _imputed)


def rejections_of_incidence(
    cell: Cell, studies: int, rng: np.random.Generator
) -> Iterator[Measured]:
    """Yield Gray's test: asymptotic, and by permutation where this is used."""
    count = np.zeros(2, dtype=int)
    for part in _parts(studies, cell.patients):
        times = simulate_times(cell, part, rng, competing=True)
        test = gray_batch_test(times.time, times.cause, times.group, n_causes=2)
        count += _counted(test.p_value, test.testable)
    yield Measured("gray", studies, *count.tolist())
    if cell.patients <= MOST_ONE_BY_ONE:
        yield _one_by_one("gray_permutation", cell, rng, _gray_permuted, competing=True)


def rejections_of_values(cell: Cell, studies: int, rng: np.random.Generator) -> Iterator[Measured]:
    """Yield the Mann-Whitney test in both forms."""
    count = {"mann_whitney": np.zeros(2, dtype=int), "mann_whitney_exact": np.zeros(2, dtype=int)}
    for part in _parts(studies, cell.patients):
        x, y = simulate_values(cell, part, rng)
        for name, exact_up_to in (("mann_whitney", 0), ("mann_whitney_exact", MOST_PERMUTED)):
            if name == "mann_whitney_exact" and cell.patients > MOST_PERMUTED:
                continue
            test = mann_whitney_batch_test(x, y, exact_up_to=exact_up_to)
            count[name] += _counted(test.p_value, np.ones(part, dtype=bool))
    for name, found in count.items():
        if name == "mann_whitney" or cell.patients <= MOST_PERMUTED:
            yield Measured(name, studies, *found.tolist())


def sizes_of_tables(first: int, second: int) -> Iterator[tuple[str, float]]:
    """Yield the largest size over all common risks of each test of two proportions, exactly."""
    one, two = np.arange(first + 1)[:, None], np.arange(second + 1)[None, :]
    ways = _log_ways(first)[:, None] + _log_ways(second)[None, :]
    events = one + two
    weights = [
        np.exp(ways + events * np.log(risk) + (first + second - events) * np.log1p(-risk))
        for risk in RISKS
    ]
    grid = np.broadcast_arrays(one, first - one, two, second - two)
    fisher = fisher_batch_test(np.stack(grid, axis=-1).reshape(-1, 2, 2)).p_value
    fisher = fisher.reshape(first + 1, second + 1)
    yield "fisher_exact", _largest(fisher <= ALPHA, weights)
    yield "chi_squared", _largest(_chi_squared_p(first, second) <= ALPHA, weights)
    if (first + 1) * (second + 1) <= 400:
        boschloo = np.array([
            [boschloo_test([[i, first - i], [j, second - j]]).p_value for j in range(second + 1)]
            for i in range(first + 1)
        ])  # fmt: skip
        yield "boschloo", _largest(boschloo <= ALPHA, weights)


def permuted_p(times: Times, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the p of the log-rank score over random relabellings, one for each study."""
    scores = logrank_scores(times.time, times.cause == 1)
    labels = np.tile(times.group.astype(np.float64), (DRAWS, 1))
    labels = rng.permuted(labels, axis=1)
    observed = np.abs(scores @ times.group)
    drawn = np.abs(scores @ labels.T)
    as_extreme = (drawn >= observed[:, None] * (1 - 1e-9) - 1e-12).sum(axis=1)
    return (as_extreme + 1) / (DRAWS + 1)


def logrank_scores(time: NDArray[np.float64], event: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return event less cumulative hazard of every patient, one study to a row."""
    order = np.argsort(time, axis=1, kind="stable")
    ascending = np.take_along_axis(time, order, axis=1)
    happened = np.take_along_axis(event, order, axis=1)
    place = np.broadcast_to(np.arange(time.shape[1]), time.shape)
    new = np.ones(time.shape, dtype=bool)
    new[:, 1:] = ascending[:, 1:] > ascending[:, :-1]
    first = np.maximum.accumulate(np.where(new, place, 0), axis=1)
    hazard = np.cumsum(happened / (time.shape[1] - first), axis=1)
    last = np.ones(time.shape, dtype=bool)
    last[:, :-1] = new[:, 1:]
    end = np.minimum.accumulate(np.where(last, place, time.shape[1])[:, ::-1], axis=1)[:, ::-1]
    scores = np.empty_like(hazard)
    np.put_along_axis(scores, order, happened - np.take_along_axis(hazard, end, axis=1), axis=1)
    return scores


def _parts(studies: int, patients: int) -> Iterator[int]:
    most = max(1, AT_ONCE // patients)
    for done in range(0, studies, most):
        yield min(most, studies - done)


def _counted(p_value: NDArray[np.float64], testable: NDArray[np.bool_]) -> NDArray[np.int64]:
    rejected = (p_value <= ALPHA) & testable
    return np.array([rejected.sum(), (~testable).sum()])


def _one_by_one(
    method: str,
    cell: Cell,
    rng: np.random.Generator,
    p_of: Callable[..., float | None],
    *,
    competing: bool = False,
) -> Measured:
    times = simulate_times(cell, ONE_BY_ONE, rng, competing=competing)
    found = [
        p_of(time, cause, times.group, rng)
        for time, cause in zip(times.time, times.cause, strict=True)
    ]
    rejected = sum(p is not None and p <= ALPHA for p in found)
    return Measured(method, ONE_BY_ONE, rejected, sum(p is None for p in found))


def _imputed(time, cause, group, rng):
    return logrank_imputation_test(time, cause == 1, group, draws=FEW_DRAWS, rng=rng).p_value


def _gray_permuted(time, cause, group, rng):
    return gray_permutation_test(time, cause, group, n_causes=2, draws=FEW_DRAWS, rng=rng).p_value


def _log_ways(size: int) -> NDArray[np.float64]:
    logs = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, size + 1)))])
    return logs[-1] - logs - logs[::-1]


def _largest(rejects: NDArray[np.bool_], weights: list[NDArray[np.float64]]) -> float:
    return max(float(weight[rejects].sum()) for weight in weights)


def _chi_squared_p(first: int, second: int) -> NDArray[np.float64]:
    one, two = np.arange(first + 1.0)[:, None], np.arange(second + 1.0)[None, :]
    n, events = first + second, one + two
    below = events * (n - events) * first * second
    chi = np.divide(
        n * (one * (second - two) - two * (first - one)) ** 2, below,
        out=np.zeros(below.shape), where=below > 0,
    )  # fmt: skip
    return np.asarray(chdtrc(1, chi))
