"""Power of the Mann-Whitney test of measurements, by simulation of normal or log-normal values."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from autallo.errors import ArgumentError
from autallo.stats.design.group_sizes import too_small
from autallo.stats.design.noether import noether_power, smallest_rank_p
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_between,
    as_draws,
    as_power,
    as_ratio,
    as_size,
    decimal,
    simulation_error,
)
from autallo.stats.proportions.unconditional import Alternative
from autallo.stats.ranks.mann_whitney import MOST_EXACT
from autallo.stats.ranks.rank_sums import rank_sums

__all__ = ["DetectableShift", "ShiftPower", "detectable_shift", "shift_power"]

#: Simulated numbers at once.
BLOCK = 2_000_000
#: Beyond this shift all values of one group are above all of the other.
LARGEST_SHIFT = 1e6
#: The simulated answer lies within so many standard errors in 95 of 100 simulations.
NORMAL_975 = 1.959963984540054

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ShiftPower:
    """Simulated power of the exact Mann-Whitney test of two groups of measurements.

    Attributes
    ----------
    power : float
        Share of simulated studies with p of at most `alpha`.
    standard_error : float
        Monte Carlo standard error of `power`; 0 if nothing had to be simulated.
    size : float
        Probability that p is at most `alpha` if both groups have one distribution without ties;
        not simulated, and never above `alpha`.
    superiority : float
        Chance that a value of the first group is the larger one of a pair [0 to 1].
    noether_power : float
        Conventional value: Noether's formula with this superiority.
    smallest_p : float
        Smallest p-value that two groups of these sizes could give.
    reason : str or None
        Why no data of such groups can be significant; None if some can.
    draws : int
        Studies simulated.
    n_x, n_y : int
        Patients of the first and of the second group.
    shift, spread_ratio : float
        As given.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    power: float
    standard_error: float
    size: float
    superiority: float
    noether_power: float
    smallest_p: float
    reason: str | None
    draws: int
    n_x: int
    n_y: int
    shift: float
    spread_ratio: float
    alpha: float
    alternative: Alternative


@dataclass(frozen=True, slots=True)
class DetectableShift:
    """Smallest shift that the exact Mann-Whitney test of given groups detects, by simulation.

    Attributes
    ----------
    shift : float or None
        Difference of the means in standard deviations of the second group, above 0 (below 0 if
        `alternative` is "less"); None if the groups are too small for any significant result.
    low, high : float or None
        Limits between which the exact answer lies in 95 of 100 simulations.
    superiority : float or None
        Chance that a value of the first group is the larger one of a pair, at `shift`.
    reason : str or None
        Why there is no shift; None if there is.
    smallest_p : float
        Smallest p-value that two groups of these sizes could give.
    draws : int
        Studies simulated.
    n_x, n_y : int
        Patients of the first and of the second group.
    spread_ratio : float
        As given.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    shift: float | None
    low: float | None
    high: float | None
    superiority: float | None
    reason: str | None
    smallest_p: float
    draws: int
    n_x: int
    n_y: int
    spread_ratio: float
    power: float
    alpha: float
    alternative: Alternative


def shift_power(
    n_x: int,
    n_y: int,
    shift: float,
    *,
    spread_ratio: float = 1.0,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    draws: int = 10_000,
    rng: np.random.Generator | None = None,
) -> ShiftPower:
    """Simulate the power of the exact Mann-Whitney test of normal or log-normal values.

    Parameters
    ----------
    n_x, n_y : int
        Patients of the first and of the second group, at least 1, together at most 500.
    shift : float
        Mean of the first group less that of the second, in standard deviations of the second.
        For log-normal values: log of the ratio of the medians, over the standard deviation of
        the logs in the second group.
    spread_ratio : float
        Standard deviation (of the logs) of the first group over that of the second, from 0.01 to
        100.
    alpha : float
        Level of the test [0 to 1]: p of at most `alpha` is significant.
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for other, smaller or larger values in the first group.
    draws : int
        Studies to simulate.
    rng : numpy.random.Generator or None
        Source of the draws; its state decides them. Must be given.

    Returns
    -------
    ShiftPower

    Raises
    ------
    ArgumentError
        If a number is out of its range, or `rng` is missing.

    Notes
    -----
    The test sees the order of the values only, so that log-normal values give the same power as
    their logs. Values have no ties. Each study is tested as by `mann_whitney_test`. The standard
    error counts one more study of either kind, so that it is never 0. 10 000 studies of 17
    against 11 take about 15 ms. Two-sided, significance in the wrong direction counts too.
    Groups too small for any significant result have a power of 0, and nothing is simulated.
    Source: [mann1947]; conventional value [noether1987]. Checked against numerical
    integration in R (`tests/reference/design.json`), by hand
    (`tests/byhand/test_design_ranks.py`), by the test of every study
    (`tests/twins/test_design_ranks.py`) and by its laws (`tests/laws/test_design_ranks.py`).

    Examples
    --------
    Peak expansion three times as high, with a standard deviation of 1 of the logs.

    >>> design = shift_power(17, 11, np.log(3), rng=np.random.Generator(np.random.PCG64(1)))
    >>> round(design.power, 2), round(design.noether_power, 2), round(design.superiority, 3)
    (0.76, 0.71, 0.781)
    """
    asked = _asked(n_x, n_y, spread_ratio=spread_ratio, alpha=alpha, alternative=alternative)
    source = as_draws(draws, rng)
    apart = as_between("shift", shift, -LARGEST_SHIFT, LARGEST_SHIFT)
    n, m, fewest, significant = asked.n_x, asked.n_y, asked.fewest, 0
    if fewest.pairs is not None:
        for x, y in _studies(n, m, draws, source):
            u = _larger_pairs(asked.spread_ratio * x + apart, y)
            above, below = u >= fewest.pairs, n * m - u >= fewest.pairs
            hits = {"two-sided": above | below, "greater": above, "less": below}
            significant += int(hits[asked.alternative].sum())
    better = _superiority(apart, asked.spread_ratio)
    noether = noether_power(n, m, better, alpha=asked.alpha, alternative=asked.alternative)
    return ShiftPower(
        power=significant / draws,
        standard_error=0.0 if asked.reason else simulation_error(significant, draws),
        size=fewest.size,
        superiority=better,
        noether_power=noether.power,
        smallest_p=asked.smallest_p,
        reason=asked.reason,
        draws=0 if asked.reason else draws,
        n_x=n,
        n_y=m,
        shift=apart,
        spread_ratio=asked.spread_ratio,
        alpha=asked.alpha,
        alternative=asked.alternative,
    )


def detectable_shift(
    n_x: int,
    n_y: int,
    *,
    spread_ratio: float = 1.0,
    power: float = 0.8,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
    draws: int = 10_000,
    rng: np.random.Generator | None = None,
) -> DetectableShift:
    """Simulate the smallest shift of normal or log-normal values that given groups detect.

    Parameters
    ----------
    n_x, n_y : int
        Patients of the first and of the second group, at least 1, together at most 500.
    spread_ratio : float
        Standard deviation (of the logs) of the first group over that of the second, from 0.01 to
        100.
    power : float
        Power wanted, above `alpha` and below 1.
    alpha : float
        Level of the test [0 to 1]: p of at most `alpha` is significant.
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for other, smaller or larger values in the first group.
    draws : int
        Studies to simulate.
    rng : numpy.random.Generator or None
        Source of the draws; its state decides them. Must be given.

    Returns
    -------
    DetectableShift

    Raises
    ------
    ArgumentError
        If a number is out of its range, or `rng` is missing.

    Notes
    -----
    Raising one group by more and more makes a study significant from some shift on, which is the
    negative of one of the differences of its pairs. The answer is the shift from which on the
    share `power` of the simulated studies is significant in the direction of the shift, and `low`
    and `high` are the shifts 1.96 binomial standard errors of that share away. Two-sided, the
    shift downwards is the same by symmetry. Times and meaning for log-normal values as in
    `shift_power`.
    Source: [mann1947]. Checked against numerical integration in R
    (`tests/reference/design.json`), by hand (`tests/byhand/test_design_ranks.py`), by trying
    shifts (`tests/twins/test_design_ranks.py`) and by its laws
    (`tests/laws/test_design_ranks.py`).

    Examples
    --------
    >>> design = detectable_shift(17, 11, rng=np.random.Generator(np.random.PCG64(1)))
    >>> round(design.shift, 1), round(design.superiority, 2)
    (1.2, 0.79)
    """
    asked = _asked(n_x, n_y, spread_ratio=spread_ratio, alpha=alpha, alternative=alternative)
    wanted, source = as_power(power, alpha=asked.alpha), as_draws(draws, rng)
    fewest = asked.fewest.pairs
    shift = low = high = better = None
    if fewest is not None:
        studies = _studies(asked.n_x, asked.n_y, draws, source)
        needed = _shifts_needed(studies, fewest, asked.spread_ratio)
        margin = NORMAL_975 * sqrt(draws * wanted * (1 - wanted))
        sign = -1 if asked.alternative == "less" else 1
        ends = sorted(sign * _at(needed, draws * wanted + more) for more in (-margin, margin))
        shift, (low, high) = sign * _at(needed, draws * wanted), ends
        better = _superiority(shift, asked.spread_ratio)
    return DetectableShift(
        shift=shift,
        low=low,
        high=high,
        superiority=better,
        reason=asked.reason,
        smallest_p=asked.smallest_p,
        draws=0 if asked.reason else draws,
        n_x=asked.n_x,
        n_y=asked.n_y,
        spread_ratio=asked.spread_ratio,
        power=wanted,
        alpha=asked.alpha,
        alternative=asked.alternative,
    )


@dataclass(frozen=True, slots=True)
class _Critical:
    """Fewest pairs won that are significant, None if not even all are, and the exact size."""

    pairs: int | None
    size: float


@dataclass(frozen=True, slots=True)
class _Asked:
    """The groups and the test of a design, checked, and what the test can do at all."""

    n_x: int
    n_y: int
    spread_ratio: float
    alpha: float
    alternative: Alternative
    fewest: _Critical
    smallest_p: float
    reason: str | None


def _asked(
    n_x: int, n_y: int, *, spread_ratio: float, alpha: float, alternative: Alternative
) -> _Asked:
    n, m, level = as_size("n_x", n_x), as_size("n_y", n_y), as_alpha(alpha)
    side, ratio = as_alternative(alternative), as_ratio("spread_ratio", spread_ratio)
    smallest = smallest_rank_p(n, m, side)
    return _Asked(
        n_x=n,
        n_y=m,
        spread_ratio=ratio,
        alpha=level,
        alternative=side,
        fewest=_critical(n, m, level, two_sided=side == "two-sided"),
        smallest_p=smallest,
        reason=too_small(n, m, alpha=level, smallest_p=smallest),
    )


def _superiority(shift: float, spread_ratio: float) -> float:
    """Return the chance that a value of the first group is the larger one of a pair."""
    return float(ndtr(shift / sqrt(1 + spread_ratio * spread_ratio)))


def _critical(n: int, m: int, alpha: float, *, two_sided: bool) -> _Critical:
    """Find the critical value of U without ties: the same from either end."""
    if n + m > MOST_EXACT:
        raise ArgumentError(f"`n_x` and `n_y` must be at most {MOST_EXACT} together.")
    at_least = rank_sums(np.ones(n + m, dtype=np.int64), n).at_least
    level, sides = decimal(alpha), 2 if two_sided else 1
    most = int(at_least[0]) * level.numerator // (level.denominator * sides)
    pairs = int(np.count_nonzero(at_least > float(most)))
    if pairs == at_least.size:
        return _Critical(None, 0.0)
    return _Critical(pairs, sides * float(at_least[pairs] / at_least[0]))


def _studies(
    n: int, m: int, draws: int, rng: np.random.Generator
) -> Iterator[tuple[Floats, Floats]]:
    """Yield standard normal values of both groups, some studies at a time."""
    most = max(1, BLOCK // (n * m))
    for done in range(0, draws, most):
        values = rng.standard_normal((min(most, draws - done), n + m))
        yield values[:, :n], values[:, n:]


def _larger_pairs(x: Floats, y: Floats) -> Integers:
    """Count the pairs of each study in which the first group has the larger value."""
    n = x.shape[1]
    place = np.concatenate([x, y], axis=1).argsort(axis=1).argsort(axis=1)
    return np.asarray(place[:, :n].sum(axis=1) - n * (n - 1) // 2)


def _shifts_needed(studies: Iterator[tuple[Floats, Floats]], fewest: int, ratio: float) -> Floats:
    """Return the shift from which on each study is significant, ascending."""
    needed = []
    for x, y in studies:
        lead = (y[:, None, :] - ratio * x[:, :, None]).reshape(len(x), -1)
        needed.append(np.partition(lead, fewest - 1, axis=1)[:, fewest - 1])
    return np.sort(np.concatenate(needed))


def _at(ascending: Floats, number: float) -> float:
    """Return the value that so many are not above."""
    return float(ascending[min(max(ceil(number), 1), ascending.size) - 1])
