"""Exact power of the tests that compare two risks."""

from dataclasses import dataclass

from autallo.stats.design.group_sizes import too_small
from autallo.stats.design.normal_proportions import normal_proportions_power
from autallo.stats.design.rejected_tables import (
    RISK_TESTS,
    RiskTest,
    power_of,
    refuse_sizes,
    rejected_tables,
)
from autallo.stats.design.targets import (
    as_alpha,
    as_alternative,
    as_risk,
    as_size,
    refuse_unknown,
)
from autallo.stats.proportions.unconditional import Alternative

__all__ = ["ProportionsPower", "proportions_power"]


@dataclass(frozen=True, slots=True)
class ProportionsPower:
    """Exact power of a test of two risks.

    Attributes
    ----------
    power : float
        Probability that p is at most `alpha`.
    size : float
        The same if the risks are equal: the largest over all common risks. At most `alpha` for
        all tests but "chi-squared".
    smallest_p : float
        Smallest p-value that two groups of these sizes could give.
    reason : str or None
        Why no data of such groups can be significant; None if some can.
    normal_power, corrected_normal_power : float
        Conventional values: normal approximation without and with continuity correction.
    n_x, n_y : int
        Patients of the first and of the second group.
    risk_x, risk_y : float
        True risks of the two groups [0 to 1].
    alpha : float
        Level of the test [0 to 1].
    test : {"fisher", "boschloo", "barnard", "chi-squared"}
        Which test.
    alternative : {"two-sided", "less", "greater"}
        Which side is tested.
    """

    power: float
    size: float
    smallest_p: float
    reason: str | None
    normal_power: float
    corrected_normal_power: float
    n_x: int
    n_y: int
    risk_x: float
    risk_y: float
    alpha: float
    test: RiskTest
    alternative: Alternative


def proportions_power(
    n_x: int,
    n_y: int,
    risk_x: float,
    risk_y: float,
    *,
    alpha: float = 0.05,
    test: RiskTest = "fisher",
    alternative: Alternative = "two-sided",
) -> ProportionsPower:
    r"""Calculate the exact power of a test of two risks.

    Parameters
    ----------
    n_x, n_y : int
        Patients of the first and of the second group, at least 1; together at most 500 with
        "boschloo" and "barnard", and 1000 with the other tests.
    risk_x, risk_y : float
        True risks of the two groups [0 to 1].
    alpha : float
        Level of the test [0 to 1]: p of at most `alpha` is significant.
    test : {"fisher", "boschloo", "barnard", "chi-squared"}
        Fisher's exact test, the exact tests of Boschloo and of Barnard, or the chi-squared test
        without continuity correction, which is not exact.
    alternative : {"two-sided", "less", "greater"}
        Whether the test is for another, a lower or a higher risk in the first group.

    Returns
    -------
    ProportionsPower

    Raises
    ------
    ArgumentError
        If a number is out of its range, or a word is unknown.

    Notes
    -----
    The probability, by two binomial distributions, of all tables that the test rejects; every
    table is looked at. Two-sided, significance in the wrong direction counts too. The p-values
    are those of `fisher_test` (two-sided: all tables not more probable), `boschloo_test` and
    `barnard_test`; Fisher's are compared with `alpha` in whole numbers, the largest probabilities
    of the other two to a relative 1e-11. Chi-squared: the pooled z, squared (two-sided) or with its
    sign; tables where everybody or nobody had the event are not significant. `size` is the
    largest probability of a rejected table over all common risks, found as in `barnard_test`.
    With 17 against 11 patients the first call takes about 1 ms, and the rejected tables are kept
    for other risks.

    Boundaries: if no table is significant, power and size are 0 and `reason` says so. Risks of 0
    and 1 are allowed: equal ones are never significant.
    Source: [fisher1935], [boschloo1970], [barnard1947], [suissa1985]; conventional values
    [fleiss1980]. Checked against a count of all tables in R
    (`tests/reference/design.json`), by hand (`tests/byhand/test_design_proportions.py`), in
    fractions (`tests/twins/test_design_proportions.py`) and by its laws
    (`tests/laws/test_design_proportions.py`).

    Examples
    --------
    Risks of 60 % and 20 % in 17 and 11 patients, and why 3 patients each are too few.

    >>> design = proportions_power(17, 11, 0.6, 0.2)
    >>> round(design.power, 3), round(design.size, 4)
    (0.463, 0.0286)
    >>> proportions_power(3, 3, 1, 0).reason
    'Groups of 3 and 3 patients cannot give a p of 0.05 or less: the smallest is 0.1.'
    """
    first, second = as_size("n_x", n_x), as_size("n_y", n_y)
    x, y, level = as_risk("risk_x", risk_x), as_risk("risk_y", risk_y), as_alpha(alpha)
    side = as_alternative(alternative)
    refuse_unknown("test", test, RISK_TESTS)
    refuse_sizes(first, second, test)
    tables = rejected_tables(first, second, alpha=level, test=test, alternative=side)
    normal = normal_proportions_power(first, second, x, y, alpha=level, alternative=side)
    return ProportionsPower(
        power=power_of(tables.inside, x, y),
        size=tables.size,
        smallest_p=tables.smallest_p,
        reason=too_small(first, second, alpha=level, smallest_p=tables.smallest_p),
        normal_power=normal.power,
        corrected_normal_power=normal.corrected,
        n_x=first,
        n_y=second,
        risk_x=x,
        risk_y=y,
        alpha=level,
        test=test,
        alternative=side,
    )
