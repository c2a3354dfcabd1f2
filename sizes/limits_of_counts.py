"""Coverage of the limits of proportions, by enumeration of everything that can be counted."""

from collections.abc import Callable, Iterator

import numpy as np
from coverage_grid import Case
from numpy.typing import NDArray
from scipy.special import gammaln
from tally import Coverage, Interval

from autallo.stats.confounding.standardised import standardised_difference_categories
from autallo.stats.contingency.fisher import fisher_test
from autallo.stats.proportions.binomial import binomial_interval
from autallo.stats.proportions.risks import risk_difference

Floats = NDArray[np.float64]
Pair = tuple[float, float]
BINOMIAL = ("clopper-pearson", "blaker", "mid-p", "wilson", "jeffreys")
DIFFERENCES = ("miettinen-nurminen", "mee", "newcombe")
EXACT_DIFFERENCES = ("chan-zhang", "agresti-min")
#: The exact differences take up to a tenth of a second a table: for so many tables at most.
MOST_EXACT_TABLES = 49
#: True shares of one group, and of two.
SHARES = np.linspace(0.0005, 0.9995, 1999)
RISKS = np.linspace(0.02, 0.98, 49)
#: Coverage jumps at each limit; it is also taken so far beside them.
BESIDE = 1e-9
#: Besides the worst, the coverage that a share of the true values has at most.
LOWEST = 0.05
NONE = (np.nan, np.nan)


def coverage_of_proportion(case: Case) -> Iterator[Coverage]:
    """Yield every interval of one proportion: worst, nearly worst and mean over the true shares."""
    n = case.first
    for method in BINOMIAL:
        limits = np.array([
            (found.low, found.high)
            for found in (binomial_interval(x, n, method=method) for x in range(n + 1))
        ])  # fmt: skip
        edges = np.unique(np.clip(limits.ravel()[:, None] + [-BESIDE, BESIDE], BESIDE, 1 - BESIDE))
        covered = coverage_at(edges, n, limits)
        on_grid = coverage_at(SHARES, n, limits)
        worst = int(covered.argmin())
        width = float((probabilities(SHARES, n) @ (limits[:, 1] - limits[:, 0])).mean())
        measure = ("proportion", method.replace("-", "_"))
        low = float(covered[worst])
        yield _exact(Interval(*measure, "worst"), f"{edges[worst]:.4f}", low, width)
        nearly = float(np.quantile(on_grid, LOWEST))
        yield _exact(Interval(*measure, "lowest 5%"), "", nearly, width)
        yield _exact(Interval(*measure, "mean"), "", float(on_grid.mean()), width)


def coverage_at(shares: Floats, n: int, limits: Floats) -> Floats:
    """Return how often limits (one pair for each count) hold each true share."""
    inside = (limits[:, 0] <= shares[:, None]) & (shares[:, None] <= limits[:, 1])
    return (probabilities(shares, n) * inside).sum(axis=1)


def probabilities(shares: Floats, n: int) -> Floats:
    """Return the probability of each count (columns) at each share (rows)."""
    count = np.arange(n + 1)
    ways = gammaln(n + 1) - gammaln(count + 1) - gammaln(n - count + 1)
    return np.exp(ways + count * np.log(shares[:, None]) + (n - count) * np.log1p(-shares[:, None]))


def coverage_of_proportions(case: Case) -> Iterator[Coverage]:
    """Yield the intervals of the difference and the odds ratio of two proportions."""
    n, m = case.first, case.second
    yield from _of_tables(
        Interval("odds_ratio", "conditional_odds_ratio"), n, m, _odds_ratio,
        lambda p, q: p * (1 - q) / (q * (1 - p)), logarithmic=True,
    )  # fmt: skip
    exact = EXACT_DIFFERENCES if (n + 1) * (m + 1) <= MOST_EXACT_TABLES else ()
    for method in (*DIFFERENCES, *exact):
        yield from _of_tables(
            Interval("risk_difference", method.replace("-", "_")), n, m, _difference(method),
            lambda p, q: p - q,
        )  # fmt: skip
    yield from _of_tables(
        Interval("standardised_difference", "standardised_difference"), n, m, _standardised,
        lambda p, q: (p - q) / np.sqrt((p * (1 - p) + q * (1 - q)) / 2),
    )  # fmt: skip


def _of_tables(
    of: Interval,
    n: int,
    m: int,
    limits_of: Callable[[int, int, int, int], Pair],
    truth_of: Callable[[Floats, Floats], Floats],
    *,
    logarithmic: bool = False,
) -> Iterator[Coverage]:
    """Yield worst, nearly worst and mean over a grid of both risks."""
    limits = np.array([[limits_of(i, n, j, m) for j in range(m + 1)] for i in range(n + 1)])
    low, high = limits[..., 0], limits[..., 1]
    first, second = probabilities(RISKS, n), probabilities(RISKS, m)
    share = first @ ~np.isnan(low) @ second.T
    truth = truth_of(RISKS[:, None], RISKS)
    below = _happening(lambda true: high < true, truth, first, second) / share
    above = _happening(lambda true: low > true, truth, first, second) / share
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.log(high) - np.log(low) if logarithmic else high - low
    finite = np.isfinite(reach)
    bounded = first @ finite @ second.T
    width = float((first @ np.where(finite, reach, 0) @ second.T / bounded).mean())
    unbounded = float(1 - (bounded / share).mean())
    covered = 1 - below - above
    a, b = np.unravel_index(int(covered.argmin()), covered.shape)
    worst = (1 - share[a, b], covered[a, b], below[a, b], above[a, b])
    nearly = (1 - share.mean(), np.quantile(covered, LOWEST), below.mean(), above.mean())
    mean = (1 - share.mean(), covered.mean(), below.mean(), above.mean())
    where = f"{RISKS[a]:.2f} v {RISKS[b]:.2f}"
    for at, told, numbers in (
        ("worst", where, worst),
        ("lowest 5%", "", nearly),
        ("mean", "", mean),
    ):
        plain = [float(number) for number in numbers]
        yield Coverage(Interval(of.measure, of.method, at), told, 0, *plain, unbounded, width)


def _happening(
    wrong: Callable[[float], NDArray[np.bool_]], truth: Floats, first: Floats, second: Floats
) -> Floats:
    """Return how probable the tables are that are wrong about the truth, at each pair of risks."""
    return np.array([
        [first[a] @ wrong(true) @ second[b] for b, true in enumerate(row)]
        for a, row in enumerate(truth.tolist())
    ])  # fmt: skip


def _exact(of: Interval, truth: str, coverage: float, width: float) -> Coverage:
    return Coverage(of, truth, 0, 0.0, coverage, np.nan, np.nan, 0.0, width)


def _odds_ratio(i: int, n: int, j: int, m: int) -> Pair:
    test = fisher_test([[i, n - i], [j, m - j]])
    return NONE if test.odds_ratio is None else (test.low, test.high)


def _difference(method: str) -> Callable[[int, int, int, int], Pair]:
    def limits(i: int, n: int, j: int, m: int) -> Pair:
        found = risk_difference([[i, n - i], [j, m - j]], method=method)
        return found.low, found.high

    return limits


def _standardised(i: int, n: int, j: int, m: int) -> Pair:
    found = standardised_difference_categories([i, n - i], [j, m - j])
    return NONE if found.low is None else (found.low, found.high)
