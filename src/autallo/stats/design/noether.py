"""Power and sample size of the Mann-Whitney test by Noether's formula: the conventional value."""

from dataclasses import dataclass
from math import comb, sqrt

from scipy.special import ndtr, ndtri

from autallo.errors import ArgumentError
from autallo.stats.design.group_sizes import too_small
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_amount,
    as_power,
    as_ratio,
    as_risk,
    as_size,
    normal_quantile,
)
from autallo.stats.proportions.unconditional import Alternative

__all__ = [
    "DetectableSuperiority",
    "NoetherPower",
    "NoetherSampleSize",
    "detectable_superiority",
    "noether_power",
    "noether_sample_size",
]


@dataclass(frozen=True, slots=True)
class NoetherPower:
    """Power of the Mann-Whitney test by Noether's formula.

    Attributes
    ----------
    power : float
        Chance of significance in the direction of the difference.
    superiority : float
        Chance that a value of the first group is the larger one of a pair [0 to 1].
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    power: float
    superiority: float
    alpha: float
    alternative: Alternative


@dataclass(frozen=True, slots=True)
class NoetherSampleSize:
    """Sizes of two groups by Noether's formula; not rounded.

    Attributes
    ----------
    n_x, n_y : float
        Patients of the first and of the second group.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    n_x: float
    n_y: float
    power: float
    alpha: float
    alternative: Alternative


@dataclass(frozen=True, slots=True)
class DetectableSuperiority:
    """Smallest probability of superiority that given groups detect, by Noether's formula.

    Attributes
    ----------
    superiority : float or None
        Chance that a value of the first group is the larger one of a pair, above one half (below
        it if `alternative` is "less"); None if not even complete separation is detected.
    reason : str or None
        Why there is none; None if there is.
    largest_power : float
        Power if every value of one group is above all of the other; 0 if the groups are too small
        for any significant result.
    smallest_p : float
        Smallest p-value that two groups of these sizes could give, without ties.
    n_x, n_y : int
        Patients of the first and of the second group.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    superiority: float | None
    reason: str | None
    largest_power: float
    smallest_p: float
    n_x: int
    n_y: int
    power: float
    alpha: float
    alternative: Alternative


def noether_power(
    n_x: float,
    n_y: float,
    superiority: float,
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> NoetherPower:
    r"""Estimate the power of the Mann-Whitney test by Noether's formula.

    Parameters
    ----------
    n_x, n_y : float
        Patients of the first and of the second group, above 0; need not be whole.
    superiority : float
        Chance that a value of the first group is the larger one of a pair, ties counting one half
        [0 to 1]; 0.5 is no difference.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for other, smaller or larger values in the first group.

    Returns
    -------
    NoetherPower

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    Notes
    -----
    :math:`\Phi(\sqrt{12 n_x n_y / (n_x + n_y)}\,\delta - z)` with :math:`\delta` the
    superiority less one half, in the direction tested (two-sided: its size), and z the quantile
    of the level. The formula takes the spread of the statistic as if there were no difference and
    no ties, so it is rough for large differences and for small groups; `grades_power` and
    `shift_power` are not.
    Source: [noether1987]. Checked against R (`tests/reference/design.json`), by hand
    (`tests/byhand/test_design_ranks.py`) and by its laws (`tests/laws/test_design_ranks.py`).

    Examples
    --------
    >>> round(noether_power(17, 11, 0.75).power, 3)
    0.61
    """
    first, second = as_amount("n_x", n_x), as_amount("n_y", n_y)
    better, level = as_risk("superiority", superiority), as_alpha(alpha)
    side = as_alternative(alternative)
    apart = better - 0.5
    apart = {"two-sided": abs(apart), "less": -apart, "greater": apart}[side]
    score = _scale(first, second) * apart - normal_quantile(level, side)
    return NoetherPower(float(ndtr(score)), better, level, side)


def noether_sample_size(
    superiority: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> NoetherSampleSize:
    r"""Estimate the group sizes that reach a power by Noether's formula.

    Parameters
    ----------
    superiority : float
        Chance that a value of the first group is the larger one of a pair [0 to 1], not 0.5.
    power : float
        Power wanted, above `alpha` and below 1.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for other, smaller or larger values in the first group.

    Returns
    -------
    NoetherSampleSize

    Raises
    ------
    ArgumentError
        If a number is out of its range, or the difference has the direction not tested.

    Notes
    -----
    Both groups together
    :math:`(z_\alpha + z_\beta)^2 / (12 c (1 - c) (p - \frac{1}{2})^2)` with the share c of
    the first group; not rounded. The size at which `noether_power` gives the power.
    Source: [noether1987]. Checked against R (`tests/reference/design.json`), by hand
    (`tests/byhand/test_design_ranks.py`) and by its laws (`tests/laws/test_design_ranks.py`).

    Examples
    --------
    >>> round(noether_sample_size(0.75).n_x, 2)
    20.93
    """
    better, level = as_risk("superiority", superiority), as_alpha(alpha)
    wanted, k, side = (
        as_power(power, alpha=level),
        as_ratio("ratio", ratio),
        as_alternative(alternative),
    )
    if better == 0.5:
        raise ArgumentError("`superiority` must differ from 0.5.")
    if side != "two-sided" and (better > 0.5) != (side == "greater"):
        word = "above" if side == "greater" else "below"
        raise ArgumentError(f"`superiority` must be {word} 0.5 for this alternative.")
    score = normal_quantile(level, side) + float(ndtri(wanted))
    n_y = (score / (better - 0.5)) ** 2 * (1 + k) / (12 * k)
    return NoetherSampleSize(k * n_y, n_y, wanted, level, side)


def detectable_superiority(
    n_x: int,
    n_y: int,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> DetectableSuperiority:
    """Estimate the smallest probability of superiority that given groups detect.

    Parameters
    ----------
    n_x, n_y : int
        Patients of the first and of the second group, at least 1.
    power : float
        Power wanted, above `alpha` and below 1.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for other, smaller or larger values in the first group.

    Returns
    -------
    DetectableSuperiority

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    Notes
    -----
    `noether_power` solved for the superiority. Two-sided, one minus the answer is detected as
    well. Not attainable, with the reason said: if the exact test of so few patients can give no p
    of `alpha` or less, or if the formula asks for a superiority above 1. `detectable_shift` has
    the same question answered by simulation.
    Source: [noether1987]. Checked against R (`tests/reference/design.json`), by hand
    (`tests/byhand/test_design_ranks.py`) and by its laws (`tests/laws/test_design_ranks.py`).

    Examples
    --------
    >>> round(detectable_superiority(17, 11).superiority, 3)
    0.813
    >>> detectable_superiority(3, 3).reason
    'Groups of 3 and 3 patients cannot give a p of 0.05 or less: the smallest is 0.1.'
    """
    first, second, level = as_size("n_x", n_x), as_size("n_y", n_y), as_alpha(alpha)
    wanted, side = as_power(power, alpha=level), as_alternative(alternative)
    smallest = smallest_rank_p(first, second, side)
    reason = too_small(first, second, alpha=level, smallest_p=smallest)
    scale, quantile = _scale(first, second), normal_quantile(level, side)
    apart = (quantile + float(ndtri(wanted))) / scale
    largest = 0.0 if reason else float(ndtr(scale / 2 - quantile))
    if reason is None and apart > 0.5:
        reason = (
            f"Not even complete separation is detected with a power of {wanted:g}: "
            f"it is {largest:.3g}."
        )
    better = 0.5 + (-apart if side == "less" else apart)
    return DetectableSuperiority(
        superiority=None if reason else better,
        reason=reason,
        largest_power=largest,
        smallest_p=smallest,
        n_x=first,
        n_y=second,
        power=wanted,
        alpha=level,
        alternative=side,
    )


def smallest_rank_p(n_x: int, n_y: int, alternative: Alternative) -> float:
    """Return the p-value if every value of one group is above all of the other."""
    return (2 if alternative == "two-sided" else 1) / comb(n_x + n_y, n_x)


def _scale(n_x: float, n_y: float) -> float:
    return sqrt(12 * n_x * n_y / (n_x + n_y))
