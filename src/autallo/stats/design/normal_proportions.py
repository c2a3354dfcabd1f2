"""Power and sample size of a comparison of two risks by the normal distribution, as in textbooks.

The conventional values beside those of `proportions_power` and `proportions_sample_size`.
"""

from dataclasses import dataclass
from math import sqrt

from scipy.special import ndtr, ndtri

from autallo.errors import ArgumentError
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_amount,
    as_power,
    as_ratio,
    as_risk,
    normal_quantile,
)
from autallo.stats.proportions.unconditional import Alternative

__all__ = [
    "NormalProportionsPower",
    "NormalProportionsSampleSize",
    "normal_proportions_power",
    "normal_proportions_sample_size",
]


@dataclass(frozen=True, slots=True)
class NormalProportionsPower:
    """Power of a comparison of two risks by the normal approximation.

    Attributes
    ----------
    power : float
        Without continuity correction: chance of significance in the direction of the difference.
    both_tails : float
        The same with the chance of significance in the wrong direction added; equal to `power`
        if one side is tested.
    corrected : float
        `power` with continuity correction.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    power: float
    both_tails: float
    corrected: float
    alpha: float
    alternative: Alternative


@dataclass(frozen=True, slots=True)
class NormalProportionsSampleSize:
    """Sizes of two groups by the normal approximation; not rounded.

    Attributes
    ----------
    n_x, n_y : float
        Patients of the first and of the second group, without continuity correction.
    corrected_n_x, corrected_n_y : float
        The same with continuity correction.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    n_x: float
    n_y: float
    corrected_n_x: float
    corrected_n_y: float
    power: float
    alpha: float
    alternative: Alternative


def normal_proportions_power(
    n_x: float,
    n_y: float,
    risk_x: float,
    risk_y: float,
    *,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> NormalProportionsPower:
    r"""Estimate the power of a comparison of two risks by the normal distribution.

    Parameters
    ----------
    n_x, n_y : float
        Patients of the first and of the second group, above 0; need not be whole.
    risk_x, risk_y : float
        True risks of the two groups [0 to 1].
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher risk in the first group.

    Returns
    -------
    NormalProportionsPower

    Raises
    ------
    ArgumentError
        If a number is out of its range.

    Notes
    -----
    :math:`\Phi((\delta - c - z \sigma_0) / \sigma_1)` with the difference :math:`\delta` of the
    risks in the direction tested (two-sided: its size), the quantile z of the level,
    :math:`\sigma_0^2 = \bar p (1 - \bar p)(1/n_x + 1/n_y)` with the mean risk of all patients, and
    :math:`\sigma_1^2 = p_x (1 - p_x)/n_x + p_y (1 - p_y)/n_y`. The correction is
    :math:`c = (1/n_x + 1/n_y)/2`, as in Fleiss; without it c is 0. R power.prop.test gives
    `power`, and with ``strict = TRUE`` `both_tails`. In groups of a few dozen the values are off by
    several per cent either way: `proportions_power` is exact.
    Boundaries: risks of 1 and 0 have no spread, and the power is 1, or 0 if even that difference
    is within :math:`c + z \sigma_0`; two equal risks of 0 or 1 give 0.
    Source: [fleiss1980]. Checked against R 4.2.2 power.prop.test (`tests/reference/design.json`),
    by hand (`tests/byhand/test_design_proportions.py`) and by laws
    (`tests/laws/test_design_proportions.py`).

    Examples
    --------
    >>> test = normal_proportions_power(28, 28, 0.3, 0.5)
    >>> round(test.power, 4), round(test.corrected, 4)
    (0.3293, 0.2356)
    """
    first, second = as_amount("n_x", n_x), as_amount("n_y", n_y)
    x, y, level = as_risk("risk_x", risk_x), as_risk("risk_y", risk_y), as_alpha(alpha)
    side = as_alternative(alternative)
    mean = (first * x + second * y) / (first + second)
    bound = normal_quantile(level, side) * sqrt(mean * (1 - mean) * (1 / first + 1 / second))
    spread = sqrt(x * (1 - x) / first + y * (1 - y) / second)
    apart = {"two-sided": abs(x - y), "less": y - x, "greater": x - y}[side]
    power = _chance_above(apart - bound, spread)
    other = _chance_above(-apart - bound, spread) if side == "two-sided" else 0.0
    return NormalProportionsPower(
        power=power,
        both_tails=power + other,
        corrected=_chance_above(apart - bound - (1 / first + 1 / second) / 2, spread),
        alpha=level,
        alternative=side,
    )


def normal_proportions_sample_size(
    risk_x: float,
    risk_y: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> NormalProportionsSampleSize:
    r"""Estimate the group sizes that reach a power by the normal distribution.

    Parameters
    ----------
    risk_x, risk_y : float
        True risks of the two groups [0 to 1], different from each other.
    power : float
        Power wanted, above `alpha` and below 1.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    alpha : float
        Level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher risk in the first group.

    Returns
    -------
    NormalProportionsSampleSize

    Raises
    ------
    ArgumentError
        If a number is out of its range, or the risks differ in a direction that is not tested.

    Notes
    -----
    The size at which the formula of `normal_proportions_power` gives the power, solved for n.
    With continuity correction that is
    :math:`\frac{1}{4}\left(\sqrt{n_x} + \sqrt{n_x + 2 (1 + k) / |p_x - p_y|}\right)^2` for
    ratio k, given the uncorrected :math:`n_x`. Sizes are not rounded; 0 says that the formula
    gives that power to groups of any size. R power.prop.test gives `n_x` (up to the tolerance of
    its search).
    Source: [fleiss1980]. Checked against R 4.2.2 power.prop.test (`tests/reference/design.json`),
    a printed table (`tests/published/test_design_proportions.py`), by hand
    (`tests/byhand/test_design_proportions.py`) and by putting it back into the power
    (`tests/laws/test_design_proportions.py`).

    Examples
    --------
    >>> sizes = normal_proportions_sample_size(0.3, 0.5)
    >>> round(sizes.n_x, 1), round(sizes.corrected_n_x, 1)
    (93.0, 102.8)
    """
    x, y, level = as_risk("risk_x", risk_x), as_risk("risk_y", risk_y), as_alpha(alpha)
    wanted, k, side = (
        as_power(power, alpha=level),
        as_ratio("ratio", ratio),
        as_alternative(alternative),
    )
    refuse_direction(x, y, side)
    mean = (k * x + y) / (1 + k)
    # Both deviations are those of one patient in the first group and 1 / k in the second.
    bound = normal_quantile(level, side) * sqrt(mean * (1 - mean) * (1 + k))
    spread = sqrt(x * (1 - x) + k * y * (1 - y))
    n_x = (max(bound + float(ndtri(wanted)) * spread, 0.0) / (x - y)) ** 2
    corrected = (sqrt(n_x) + sqrt(n_x + 2 * (1 + k) / abs(x - y))) ** 2 / 4
    return NormalProportionsSampleSize(
        n_x=n_x,
        n_y=n_x / k,
        corrected_n_x=corrected,
        corrected_n_y=corrected / k,
        power=wanted,
        alpha=level,
        alternative=side,
    )


def refuse_direction(risk_x: float, risk_y: float, alternative: Alternative) -> None:
    """Refuse equal risks, and risks that differ in the direction which is not tested."""
    if risk_x == risk_y:
        raise ArgumentError("`risk_x` and `risk_y` must differ.")
    if alternative != "two-sided" and (risk_x > risk_y) != (alternative == "greater"):
        word = "above" if alternative == "greater" else "below"
        raise ArgumentError(f"`risk_x` must be {word} `risk_y` for this alternative.")


def _chance_above(excess: float, spread: float) -> float:
    """Return the chance that a normal deviate around `excess` is above 0."""
    if spread == 0:
        return 1.0 if excess > 0 else 0.0
    return float(ndtr(excess / spread))
