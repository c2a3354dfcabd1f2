"""Test whether values rise or fall along several groups in a given order."""

from dataclasses import dataclass
from math import comb, sqrt

import numpy as np
from numpy.typing import ArrayLike

from autallo.stats.arguments import as_draws
from autallo.stats.ranks.arrangements import Method, as_ranked_groups, drawn_error, refuse_method
from autallo.stats.ranks.concordance import concordance_tails, concordance_variance, two_orders

__all__ = ["JonckheereTest", "jonckheere_test"]


@dataclass(frozen=True, slots=True)
class JonckheereTest:
    """Jonckheere-Terpstra test of groups in order, given the ties.

    Attributes
    ----------
    statistic : float
        J: pairs of patients of different groups in which the later group has the larger value,
        ties counting one half.
    score : float
        Distance of J from its mean in standard deviations, no continuity correction.
    p_value : float
        Two-sided: probability of a J at least as far from its mean.
    p_rising, p_falling : float
        Probability of a J at least, or at most, as large: evidence that values rise, or fall,
        from the first group to the last.
    smallest_p : float or None
        Smallest `p_value` that any arrangement of these values could have; None for the
        approximation.
    method : {"exact", "monte_carlo", "asymptotic"}
        All arrangements counted; some drawn; or the normal approximation.
    draws : int
        Arrangements drawn; 0 if none.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if nothing was drawn.
    """

    statistic: float
    score: float
    p_value: float
    p_rising: float
    p_falling: float
    smallest_p: float | None
    method: Method
    draws: int
    standard_error: float


def jonckheere_test(
    values: ArrayLike,
    group: ArrayLike,
    *,
    method: Method | None = None,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> JonckheereTest:
    r"""Test whether values tend to rise or fall along the groups, by the test of Jonckheere.

    Parameters
    ----------
    values : array_like of float, shape (n,)
        Value of each patient, in any one unit; grades as numbers.
    group : array_like of int, shape (n,)
        Group of each patient, 0, 1, ..., k - 1 in the order of the hypothesis, which must have
        been fixed beforehand; at least two groups, none empty.
    method : {"exact", "monte_carlo", "asymptotic"} or None
        None counts all arrangements where that takes about half a second at most (three groups
        of 30 without ties, of 20 with grades of 5 levels), and otherwise draws some.
    draws : int
        Arrangements drawn, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    JonckheereTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing or not a number, there are not at
        least two groups with patients, `method` is another word, `draws` is below 1, draws are
        needed and `rng` is missing, or there are too many arrangements for "exact".

    Notes
    -----
    :math:`J = \sum_{g<h} U_{gh}`, the Mann-Whitney counts of all pairs of groups; twice J less
    its mean is Kendall's S of values and groups. Exact: p runs over all ways to deal the
    observed values, tied as they are, to groups of these sizes; all numbers are whole up to the
    last division. Drawn: :math:`p = (b + 1) / (m + 1)` when b of m draws are as extreme.
    Asymptotic: normal with the variance given the ties, no continuity correction. For two groups
    the exact two-sided p is that of `mann_whitney_test`.
    All values equal: J is its mean, every p is 1 and the score 0.
    Source: [terpstra1952], [jonckheere1954], [kendall1970], [phipson2010]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`), by listing every arrangement
    (`tests/twins`) and on a published critical value (`tests/published`, each
    test_jonckheere.py).

    Examples
    --------
    Three groups of two that follow one another, one of 90 ways; the reverse is as far.

    >>> test = jonckheere_test([1, 2, 3, 4, 5, 6], [0, 0, 1, 1, 2, 2])
    >>> test.statistic, round(test.p_rising, 4), round(test.p_value, 4)
    (12.0, 0.0111, 0.0222)
    """
    numbers, groups = as_ranked_groups(values, group)
    refuse_method(method)
    number = as_draws(draws, rng)
    orders = two_orders(groups, numbers)
    tails, form = concordance_tails(orders, method, draws=number, rng=rng)
    variance, p_value = concordance_variance(orders), tails.two_sided
    pairs = comb(groups.size, 2) - sum(comb(size, 2) for size in orders.first_sizes)
    return JonckheereTest(
        statistic=(pairs + orders.s) / 2,
        score=orders.s / sqrt(variance) if variance else 0.0,
        p_value=p_value,
        p_rising=tails.greater,
        p_falling=tails.less,
        smallest_p=None if form == "asymptotic" else tails.smallest,
        method=form,
        draws=number if form == "monte_carlo" else 0,
        standard_error=drawn_error(p_value, form, number),
    )
