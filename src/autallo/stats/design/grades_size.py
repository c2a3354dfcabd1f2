"""Group sizes at which the exact Mann-Whitney test of few grades reaches a power."""

from dataclasses import dataclass

from numpy.typing import ArrayLike

from autallo.errors import ArgumentError
from autallo.stats.design.grades import GradesPower, grades_power
from autallo.stats.design.group_sizes import GroupSizes, search, sizes_up_to
from autallo.stats.design.noether import noether_sample_size
from autallo.stats.design.targets import as_alpha, as_power, as_ratio, as_size
from autallo.stats.proportions.unconditional import Alternative

__all__ = ["GradesSampleSize", "grades_sample_size"]


@dataclass(frozen=True, slots=True)
class GradesSampleSize:
    """Group sizes that reach a power with the Mann-Whitney test of grades, by exact calculation.

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
    superiority : float
        Chance that a patient of the first group has the higher grade of a pair, ties counting one
        half [0 to 1].
    noether_n_x, noether_n_y : float
        Conventional values: Noether's formula with this superiority, not rounded.
    power, alpha : float
        Power wanted, and level of the test [0 to 1].
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    lasting: GroupSizes | None
    first: GroupSizes | None
    examined: GroupSizes
    reason: str | None
    superiority: float
    noether_n_x: float
    noether_n_y: float
    power: float
    alpha: float
    alternative: Alternative


def grades_sample_size(
    chances_x: ArrayLike,
    chances_y: ArrayLike,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    largest: int = 30,
    alpha: float = 0.05,
    alternative: Alternative = "two-sided",
) -> GradesSampleSize:
    """Find the smallest groups that reach a power with the Mann-Whitney test of grades.

    Parameters
    ----------
    chances_x, chances_y : array_like of float, shape (k,)
        Probability of each grade in the two groups, lowest grade first; each sums to 1.
    power : float
        Power wanted, above `alpha` and below 1.
    ratio : float
        Patients of the first group for one of the second, from 0.01 to 100.
    largest : int
        Patients of the larger group up to which designs are examined, at least `ratio` or
        ``1 / ratio``.
    alpha : float
        Level of the test [0 to 1]: p of at most `alpha` is significant.
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for other, lower or higher grades in the first group.

    Returns
    -------
    GradesSampleSize

    Raises
    ------
    ArgumentError
        If a number is out of its range, the chances are not two lists of one length that sum to
        1, neither group tends to higher grades, the tendency is the one not tested, or `largest`
        is more than can be listed (`grades_power`).

    Notes
    -----
    The smaller group has 1, 2, 3, ... patients, and the larger one `ratio` times as many, rounded
    to the nearest whole number; each of these designs is calculated exactly as in `grades_power`.
    Up to 30 patients in each group that takes about a second with three grades; with more grades
    `largest` must be smaller. `lasting` is the number to plan with.
    Source: [streitberg1986] for the test; conventional values [noether1987]. Checked against
    a list of all outcomes in R (`tests/reference/design.json`), by hand
    (`tests/byhand/test_design_ranks.py`) and by its laws (`tests/laws/test_design_ranks.py`).

    Examples
    --------
    >>> sizes = grades_sample_size([0.1, 0.2, 0.7], [0.7, 0.2, 0.1], largest=15)
    >>> sizes.lasting.n_x, round(sizes.noether_n_x, 1)
    (9, 10.1)
    """
    level, k = as_alpha(alpha), as_ratio("ratio", ratio)
    wanted = as_power(power, alpha=level)
    designs = sizes_up_to(as_size("largest", largest), k)

    def exact(sizes: tuple[int, int]) -> GradesPower:
        return grades_power(*sizes, chances_x, chances_y, alpha=level, alternative=alternative)

    better = exact(designs[0]).superiority
    if better == 0.5 or (
        alternative != "two-sided" and (better > 0.5) != (alternative == "greater")
    ):
        raise ArgumentError("`chances_x` must tend to other grades, in the direction tested.")
    exact_at = {sizes: exact(sizes) for sizes in designs}
    powers = [design.power for design in exact_at.values()]
    found = search(designs, powers, wanted, lambda *sizes: exact_at[sizes].size or 0.0)
    normal = noether_sample_size(
        better, power=wanted, ratio=k, alpha=level, alternative=alternative
    )
    return GradesSampleSize(
        lasting=found.lasting,
        first=found.first,
        examined=found.examined,
        reason=found.reason,
        superiority=better,
        noether_n_x=normal.n_x,
        noether_n_y=normal.n_y,
        power=wanted,
        alpha=level,
        alternative=alternative,
    )
