"""Group sizes at which an exact test of two risks reaches a power."""

from dataclasses import dataclass

from autallo.stats.design.group_sizes import GroupSizes, search, sizes_up_to
from autallo.stats.design.normal_proportions import (
    normal_proportions_sample_size,
    refuse_direction,
)
from autallo.stats.design.rejected_tables import (
    RISK_TESTS,
    RiskTest,
    power_of,
    refuse_sizes,
    rejected,
    rejected_tables,
)
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_power,
    as_ratio,
    as_risk,
    as_size,
    refuse_unknown,
)
from autallo.stats.proportions.unconditional import Alternative

__all__ = ["ProportionsSampleSize", "proportions_sample_size"]


@dataclass(frozen=True, slots=True)
class ProportionsSampleSize:
    """Group sizes that reach a power, by exact calculation.

    Exact power does not always rise with the number of patients: one more can lower it.

    Attributes
    ----------
    lasting : GroupSizes or None
        Smallest groups from which on all larger ones examined reach the power; None if the
        largest ones examined do not.
    first : GroupSizes or None
        Smallest groups that reach the power, although larger ones may miss it; None if none do.
    examined : GroupSizes
        The largest groups examined.
    reason : str or None
        Why there is no `lasting`; None if there is.
    normal_n_x, normal_n_y : float
        Conventional values: normal approximation without continuity correction, not rounded.
    corrected_normal_n_x, corrected_normal_n_y : float
        The same with continuity correction.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    test : {"fisher", "boschloo", "barnard", "chi-squared"}
        Which test.
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    lasting: GroupSizes | None
    first: GroupSizes | None
    examined: GroupSizes
    reason: str | None
    normal_n_x: float
    normal_n_y: float
    corrected_normal_n_x: float
    corrected_normal_n_y: float
    power: float
    alpha: float
    test: RiskTest
    alternative: Alternative


def proportions_sample_size(
    risk_x: float,
    risk_y: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    largest: int = 200,
    alpha: float = 0.05,
    test: RiskTest = "fisher",
    alternative: Alternative = "two-sided",
) -> ProportionsSampleSize:
    """Find the smallest groups that reach a power, by exact calculation.

    Parameters
    ----------
    risk_x, risk_y : float
        True risks of the two groups [0 to 1], different from each other.
    power : float
        Power wanted, above `alpha` and below 1.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    largest : int
        Patients of the larger group up to which designs are examined, at least `ratio` or
        ``1 / ratio``; both groups together as in `proportions_power`.
    alpha : float
        Level of the test [0 to 1]: p of at most `alpha` is significant.
    test : {"fisher", "boschloo", "barnard", "chi-squared"}
        As in `proportions_power`.
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher risk in the first group.

    Returns
    -------
    ProportionsSampleSize

    Raises
    ------
    ArgumentError
        If a number is out of its range, a word is unknown, or the risks differ in a direction
        that is not tested.

    Notes
    -----
    The smaller group has 1, 2, 3, ... patients, and the larger one `ratio` times as many, rounded
    to the nearest whole number; each of these designs is calculated as in `proportions_power`.
    Up to 200 patients in each group that takes about a second with "fisher", some seconds with
    "boschloo" and "barnard". `lasting` is the number to plan with.
    Source: [suissa1985]; conventional values [fleiss1980]. Checked against a count of
    all tables in R (`tests/reference/design.json`), by hand
    (`tests/byhand/test_design_proportions.py`), in fractions
    (`tests/twins/test_design_proportions.py`) and by its laws
    (`tests/laws/test_design_proportions.py`).

    Examples
    --------
    Five patients in each group are enough, six are not, and seven and more are.

    >>> sizes = proportions_sample_size(1, 0.15, largest=20)
    >>> sizes.first.n_x, sizes.lasting.n_x, round(sizes.corrected_normal_n_x, 1)
    (5, 7, 6.0)
    """
    x, y, level = as_risk("risk_x", risk_x), as_risk("risk_y", risk_y), as_alpha(alpha)
    wanted, k, side = (
        as_power(power, alpha=level),
        as_ratio("ratio", ratio),
        as_alternative(alternative),
    )
    refuse_unknown("test", test, RISK_TESTS)
    refuse_direction(x, y, side)
    designs = sizes_up_to(as_size("largest", largest), k)
    refuse_sizes(*designs[-1], test)
    powers = [
        power_of(rejected(n_x, n_y, alpha=level, test=test, alternative=side), x, y)
        for n_x, n_y in designs
    ]

    def size(n_x: int, n_y: int) -> float:
        return rejected_tables(n_x, n_y, alpha=level, test=test, alternative=side).size

    found = search(designs, powers, wanted, size)
    normal = normal_proportions_sample_size(
        x, y, power=wanted, ratio=k, alpha=level, alternative=side
    )
    return ProportionsSampleSize(
        lasting=found.lasting,
        first=found.first,
        examined=found.examined,
        reason=found.reason,
        normal_n_x=normal.n_x,
        normal_n_y=normal.n_y,
        corrected_normal_n_x=normal.corrected_n_x,
        corrected_normal_n_y=normal.corrected_n_y,
        power=wanted,
        alpha=level,
        test=test,
        alternative=side,
    )
