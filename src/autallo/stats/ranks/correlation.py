"""Whether two measurements of the same patients rise together, from the order of their values."""

from dataclasses import dataclass
from math import atanh, factorial, prod, sqrt, tanh

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtri, stdtr

from autallo.stats.arguments import as_draws, as_level, drawn_p, same_length
from autallo.stats.ranks.arrangements import Method, dealt_anew, drawn_error, in_form, refuse_method
from autallo.stats.ranks.concordance import concordance_tails, concordance_variance, two_orders
from autallo.stats.ranks.rank_products import RankProducts, product_ways, rank_products
from autallo.stats.ranks.rank_sums import as_ranked

__all__ = ["KendallTest", "SpearmanTest", "kendall_test", "spearman_test"]


@dataclass(frozen=True, slots=True)
class SpearmanTest:
    """Spearman's rank correlation with its interval and test, given the ties.

    Attributes
    ----------
    estimate : float or None
        Correlation of the ranks [-1 to 1]; None if all values of one measurement are equal, and
        for a single patient.
    low, high : float or None
        Limits of the interval; None for fewer than 4 patients and where the estimate is -1, 1
        or None.
    level : float
        Confidence level [0 to 1].
    p_value : float
        Two-sided: probability of an estimate at least as far from 0.
    smallest_p : float or None
        Smallest `p_value` that any arrangement of these values could have; None for the
        approximation.
    method : {"exact", "monte_carlo", "asymptotic"}
        All arrangements counted; some drawn; or the t approximation.
    draws : int
        Arrangements drawn; 0 if none.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if nothing was drawn.
    """

    estimate: float | None
    low: float | None
    high: float | None
    level: float
    p_value: float
    smallest_p: float | None
    method: Method
    draws: int
    standard_error: float


@dataclass(frozen=True, slots=True)
class KendallTest:
    """Kendall's rank correlation (tau-b) with its interval and test, given the ties.

    Attributes
    ----------
    estimate : float or None
        tau-b [-1 to 1]; None if all values of one measurement are equal, and for a single
        patient.
    low, high : float or None
        Limits of the interval; None for fewer than 5 patients and where the estimate is -1, 1
        or None.
    level : float
        Confidence level [0 to 1].
    statistic : int
        S: concordant less discordant pairs.
    score : float
        S in its standard deviations, no continuity correction.
    p_value : float
        Two-sided: probability of an S at least as far from 0.
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

    estimate: float | None
    low: float | None
    high: float | None
    level: float
    statistic: int
    score: float
    p_value: float
    smallest_p: float | None
    method: Method
    draws: int
    standard_error: float


@dataclass(frozen=True, slots=True)
class _Limits:
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class _Found:
    """A two-sided p, the smallest one, and how they were found."""

    p_value: float
    smallest: float | None


def spearman_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    level: float = 0.95,
    method: Method | None = None,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> SpearmanTest:
    r"""Test whether two measurements rise or fall together, by Spearman's rank correlation.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Two measurements of each patient, each in any one unit; grades as numbers.
    level : float
        Confidence level, between 0 and 1.
    method : {"exact", "monte_carlo", "asymptotic"} or None
        None counts all arrangements where that takes about half a second at most (14 patients
        without ties, more if one measurement has few levels), and otherwise draws some.
    draws : int
        Arrangements drawn, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    SpearmanTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing or not a number, `level` is not
        between 0 and 1, `method` is another word, `draws` is below 1, draws are needed and `rng`
        is missing, or there are too many arrangements for "exact".

    Notes
    -----
    The estimate is Pearson's correlation of the ranks, ties sharing their mean. Exact: p is the
    share of all ways to pair the ranks with a correlation at least as far from 0, compared in
    whole numbers. Drawn: :math:`p = (b + 1) / (m + 1)` when b of m draws are as far. Asymptotic:
    :math:`r \sqrt{(n - 2) / (1 - r^2)}` as t with ``n - 2`` degrees of freedom, as R cor.test
    without its exact form; where r is -1 or 1, which would give 0, p is the exact one.
    Interval: :math:`\tanh(\operatorname{atanh} r \pm z \sqrt{(1 + r^2 / 2) / (n - 3)})`. It is
    made for continuous values and it is not the inversion of the test. At r of -1 or 1 it would
    have no width, and is not given.
    All values of a measurement equal: no estimate, p is 1.
    Source: [spearman1904], interval [bonett2000], [phipson2010]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`), by listing every arrangement (`tests/twins`)
    and on published data (`tests/published`, each test_correlation.py).

    Examples
    --------
    >>> test = spearman_test([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(test.estimate, 4), round(test.p_value, 4), test.method
    (0.8, 0.1333, 'exact')
    """
    confidence, first, second = _checked(x, y, level=level, method=method, draws=draws, rng=rng)
    products = rank_products(first, second)
    estimate = products.correlation
    found, form = _spearman_p(products, method, draws=draws, rng=rng)
    limits = _Limits(None, None)
    if estimate is not None and first.size > 3:
        spread = sqrt((1 + estimate**2 / 2) / (first.size - 3))
        limits = _fisher_limits(estimate, spread, confidence)
    return SpearmanTest(
        estimate=estimate,
        low=limits.low,
        high=limits.high,
        level=confidence,
        p_value=found.p_value,
        smallest_p=found.smallest,
        method=form,
        draws=draws if form == "monte_carlo" else 0,
        standard_error=drawn_error(found.p_value, form, draws),
    )


def kendall_test(
    x: ArrayLike,
    y: ArrayLike,
    *,
    level: float = 0.95,
    method: Method | None = None,
    draws: int = 100_000,
    rng: np.random.Generator | None = None,
) -> KendallTest:
    r"""Test whether two measurements rise or fall together, by Kendall's rank correlation.

    Parameters
    ----------
    x, y : array_like of float, shape (n,)
        Two measurements of each patient, each in any one unit; grades as numbers.
    level : float
        Confidence level, between 0 and 1.
    method : {"exact", "monte_carlo", "asymptotic"} or None
        None counts all arrangements where that takes about half a second at most (100 patients
        if one measurement has no ties; 28 if one of them has 5 levels), and otherwise draws
        some.
    draws : int
        Arrangements drawn, at least 1; the time grows with the square of the patients.
    rng : numpy.random.Generator or None
        Source of the draws; must be given when they are needed.

    Returns
    -------
    KendallTest

    Raises
    ------
    ArgumentError
        If the arrays differ in length, a value is missing or not a number, `level` is not
        between 0 and 1, `method` is another word, `draws` is below 1, draws are needed and `rng`
        is missing, or there are too many arrangements for "exact".

    Notes
    -----
    tau-b is S by the geometric mean of the numbers of pairs untied in x and untied in y.
    Exact: p is the share of all ways to pair the values, tied as they are, with an S at least
    as far from 0; all numbers are whole up to the last division. Drawn: :math:`p = (b + 1) /
    (m + 1)` when b of m draws are as far. Asymptotic: normal with the variance given the ties,
    no continuity correction, as R cor.test without its exact form.
    Interval: :math:`\tanh(\operatorname{atanh} \tau \pm z \sqrt{0.437 / (n - 4)})`. It is made
    for continuous values and it is not the inversion of the test. At tau of -1 or 1 it would
    have no width, and is not given.
    All values of a measurement equal: no estimate, S is 0, p is 1.
    Source: [kendall1938], [kendall1970], interval [bonett2000], [phipson2010]. Checked against R
    (`tests/reference`), by hand (`tests/byhand`), by listing every arrangement (`tests/twins`)
    and on published data (`tests/published`, each test_correlation.py).

    Examples
    --------
    8 of 10 pairs agree and 2 do not: S is 6. Of the 120 ways 28 have an S of at least 6 either
    way.

    >>> test = kendall_test([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(test.estimate, 4), test.statistic, round(test.p_value, 4)
    (0.6, 6, 0.2333)
    """
    confidence, first, second = _checked(x, y, level=level, method=method, draws=draws, rng=rng)
    orders = two_orders(first, second)
    tails, form = concordance_tails(orders, method, draws=draws, rng=rng)
    untied = _untied(orders.first_sizes) * _untied(orders.second_sizes)
    estimate = orders.s / sqrt(untied) if untied else None
    limits = _Limits(None, None)
    if estimate is not None and first.size > 4:
        limits = _fisher_limits(estimate, sqrt(0.437 / (first.size - 4)), confidence)
    variance = concordance_variance(orders)
    return KendallTest(
        estimate=estimate,
        low=limits.low,
        high=limits.high,
        level=confidence,
        statistic=orders.s,
        score=orders.s / sqrt(variance) if variance else 0.0,
        p_value=tails.two_sided,
        smallest_p=None if form == "asymptotic" else tails.smallest,
        method=form,
        draws=draws if form == "monte_carlo" else 0,
        standard_error=drawn_error(tails.two_sided, form, draws),
    )


def _checked(
    x: ArrayLike,
    y: ArrayLike,
    *,
    level: float,
    method: Method | None,
    draws: int,
    rng: np.random.Generator | None,
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    first, second = as_ranked("x", x), as_ranked("y", y)
    same_length(x=first, y=second)
    refuse_method(method)
    as_draws(draws, rng)
    return as_level(level), first, second


def _fisher_limits(estimate: float, spread: float, level: float) -> _Limits:
    if abs(estimate) >= 1:
        return _Limits(None, None)
    middle, reach = atanh(estimate), float(ndtri((1 + level) / 2)) * spread
    return _Limits(tanh(middle - reach), tanh(middle + reach))


def _untied(sizes: list[int]) -> int:
    """Count the pairs of patients at different levels."""
    patients = sum(sizes)
    return (patients * patients - sum(size * size for size in sizes)) // 2


def _spearman_p(
    products: RankProducts,
    method: Method | None,
    *,
    draws: int,
    rng: np.random.Generator | None,
) -> tuple[_Found, Method]:
    return in_form(
        method,
        rng,
        counted=lambda: _counted(products),
        approximated=lambda: _Found(_by_t(products), None),
        drawn=lambda source: _drawn(products, draws=draws, rng=source),
    )


def _counted(products: RankProducts) -> _Found | None:
    counted = product_ways(products)
    if counted is None:
        return None
    every = [(abs(centred), ways) for centred, ways in counted.items() if ways]
    total = sum(ways for _, ways in every)
    farthest = max(distance for distance, _ in every)
    return _Found(
        sum(ways for distance, ways in every if distance >= abs(products.centred)) / total,
        sum(ways for distance, ways in every if distance == farthest) / total,
    )


def _by_t(products: RankProducts) -> float:
    estimate, n = products.correlation, products.first.size
    if estimate is None:
        return 1.0
    if abs(estimate) < 1:
        statistic = estimate * sqrt((n - 2) / (1 - estimate**2))
        return float(2 * stdtr(n - 2, -abs(statistic)))
    # Only the ways that leave equal values in their place are as far, and those in reverse.
    sizes = np.unique(products.first, return_counts=True)[1].tolist()
    sides = 1 + (sizes == sizes[::-1])
    return float(sides * prod(map(factorial, sizes)) / factorial(n))


def _drawn(products: RankProducts, *, draws: int, rng: np.random.Generator) -> _Found:
    reached = sum(
        int((np.abs(dealt @ products.first) >= abs(products.centred)).sum())
        for dealt in dealt_anew(products.second, draws=draws, rng=rng)
    )
    return _Found(drawn_p(reached, draws)[0], 1 / (draws + 1))
