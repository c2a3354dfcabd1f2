"""Change of a yes-or-no finding within patients, or between matched pairs."""

from dataclasses import dataclass
from math import comb, erfc, sqrt

import numpy as np
from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.contingency.conditional import ConditionalPValues, conditional_p_values
from autallo.stats.contingency.conditional_odds import Interval, conditional_odds_ratio
from autallo.stats.contingency.counts import as_limited_counts
from autallo.stats.contingency.large_counts import binomial_p_values
from autallo.stats.contingency.outward_steps import binomial_steps

__all__ = ["McNemarTest", "mcnemar_test"]

#: The ways to split up to so many discordant pairs are written out as whole numbers.
EXACT_PAIRS = 1000


@dataclass(frozen=True, slots=True)
class McNemarTest:
    """McNemar's test with the conditional odds ratio of pairs.

    Attributes
    ----------
    p_value : float
        Exact two-sided p; 1 without discordant pairs.
    p_less, p_greater : float
        Exact one-sided: probability of so many pairs that are yes first and no second, or of
        fewer (more) of them.
    mid_p : float
        Two-sided mid-P.
    smallest_p : float
        Smallest `p_value` that so many discordant pairs could have.
    odds_ratio : float or None
        Pairs with yes first and no second over pairs with no first and yes second, 0 to
        infinity; None without discordant pairs.
    low, high : float
        Conditional limits; 0 and infinity where there is no limit.
    level : float
        Confidence level [0 to 1].
    interval : {"exact", "mid-p"}
        Which tails `low` and `high` were found from.
    statistic : float or None
        Chi-squared statistic of large samples, one degree of freedom; None without discordant
        pairs.
    p_asymptotic : float or None
        Its two-sided p; None with `statistic`.
    pairs : int
        Discordant pairs, the only ones that inform.
    """

    p_value: float
    p_less: float
    p_greater: float
    mid_p: float
    smallest_p: float
    odds_ratio: float | None
    low: float
    high: float
    level: float
    interval: Interval
    statistic: float | None
    p_asymptotic: float | None
    pairs: int


def mcnemar_test(
    table: ArrayLike,
    *,
    level: float = 0.95,
    interval: Interval = "exact",
    continuity: bool = True,
) -> McNemarTest:
    r"""Test whether a yes-or-no finding changes within pairs, by McNemar's test.

    Parameters
    ----------
    table : array_like of int, shape (2, 2) or (2,)
        Pairs; rows are yes and no at first (or in the first of the two patients), columns are
        yes and no at second. Or the discordant pairs alone: yes then no, and no then yes.
    level : float
        Confidence level, between 0 and 1.
    interval : {"exact", "mid-p"}
        Exact limits, which cover at least at their level, or shorter ones of the mid-P.
    continuity : bool
        Whether 1 is taken off the difference in `statistic`, as in R.

    Returns
    -------
    McNemarTest

    Raises
    ------
    ArgumentError
        If the table is not two by two, or two, whole numbers from 0 to 1e9, `level` is not
        between 0 and 1, or `interval` is neither of the two.

    Notes
    -----
    With b pairs of one kind and c of the other, b is binomial with b + c and 1/2 if nothing
    changes. The distribution is symmetric, so that the two-sided p is both: twice the smaller
    one-sided one (1 if b = c), and the total probability of all splits not more probable. The
    mid-P takes off half of the observed split and of its mirror image; it may exceed its level.
    The odds ratio is b / c; its exact limits are those of Clopper and Pearson for b of b + c, as
    odds. The statistic is :math:`(b - c)^2 / (b + c)`, with continuity
    :math:`(|b - c| - 1)^2 / (b + c)`, and 0 if b = c.
    Source: [mcnemar1947], [edwards1948], [clopper1934], mid-P [fagerland2013]. Checked against
    R 4.2.2 mcnemar.test and binom.test (`tests/reference/mcnemar.json`), by hand
    (`tests/byhand/test_mcnemar.py`) and a printed example (`tests/published/test_mcnemar.py`).

    Examples
    --------
    Of 21 children 1 lost and 7 gained the finding.

    >>> test = mcnemar_test([[1, 1], [7, 12]])
    >>> round(test.p_value, 4), round(test.mid_p, 4), round(test.odds_ratio, 4)
    (0.0703, 0.0391, 0.1429)
    """
    counts = as_limited_counts("table", table, dimensions=_dimensions(table), of="pairs")
    if counts.shape not in {(2, 2), (2,)}:
        raise ArgumentError("`table` must be two by two pairs, or the two discordant numbers.")
    lost, gained = counts.tolist() if counts.ndim == 1 else (int(counts[0, 1]), int(counts[1, 0]))
    steps = binomial_steps(lost, gained)
    odds = conditional_odds_ratio(steps.above, steps.below, level=level, interval=interval)
    test = _p_values(lost, gained)
    statistic = _chi_squared(lost, gained, continuity=continuity)
    return McNemarTest(
        p_value=test.p_value,
        p_less=test.p_less,
        p_greater=test.p_greater,
        mid_p=test.mid_p,
        smallest_p=test.smallest_p,
        odds_ratio=lost / gained if lost and gained else odds.estimate,
        low=odds.low,
        high=odds.high,
        level=odds.level,
        interval=interval,
        statistic=statistic,
        p_asymptotic=None if statistic is None else erfc(sqrt(statistic / 2)),
        pairs=lost + gained,
    )


def _dimensions(table: ArrayLike) -> int:
    try:
        return 1 if np.ndim(table) == 1 else 2
    except ValueError:  # rows of different lengths, which are refused as a table
        return 2


def _p_values(lost: int, gained: int) -> ConditionalPValues:
    pairs = lost + gained
    if pairs > EXACT_PAIRS:
        return binomial_p_values(lost, gained)
    return conditional_p_values([comb(pairs, split) for split in range(pairs + 1)], lost)


def _chi_squared(lost: int, gained: int, *, continuity: bool) -> float | None:
    if lost + gained == 0:
        return None
    difference = abs(lost - gained)
    if continuity and difference:
        difference -= 1
    return difference**2 / (lost + gained)
