"""Gray's test: do groups differ in the cumulative incidence of one of several competing causes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import (
    MOST_GROUPS,
    as_cause_of_interest,
    as_causes,
    as_groups,
    as_number,
    as_times,
    same_length,
)
from autallo.stats.incidence.gray_scores import (
    Counts,
    Floats,
    quadratic_forms,
    scores_of_groups,
)
from autallo.stats.risk_sets import RiskSets, risk_sets

__all__ = ["GrayTest", "gray_test"]

#: Numbers held at once for every pair of groups at every time: 250 MB.
MOST_SLOPES = 2**25

Rows = Counts | slice


@dataclass(frozen=True, slots=True)
class GrayTest:
    """Gray's test of equal cumulative incidence.

    Attributes
    ----------
    statistic : float or None
        Quadratic form of the score, chi-squared with `df` degrees of freedom if the curves are
        equal; None if nobody had the event of interest or the covariance is singular.
    df : int
        Number of groups less one.
    p_value : float or None
        Two-sided; None with `statistic`.
    score : ndarray, shape (g,)
        Weighted observed minus expected events of each group, summed over strata; sums to 0.
    covariance : ndarray, shape (g, g), or None
        Estimated covariance of `score`; None if the pooled incidence is 1 before the last event.
    """

    statistic: float | None
    df: int
    p_value: float | None
    score: Floats
    covariance: Floats | None


def gray_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    n_causes: int,
    cause_of_interest: int = 1,
    rho: float = 0.0,
) -> GrayTest:
    r"""Test whether groups have the same cumulative incidence of one of several competing causes.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the first event or to the end of follow-up [any one unit], at least 0.
    cause : array_like of int, shape (n,)
        Cause of the event, 1 to `n_causes`; 0 where follow-up ended without one.
    group : array_like of int, shape (n,)
        Group of each patient, 0 to g - 1, at least two groups, none empty.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0, 1, ..., none empty: patients are compared with those of their
        own stratum only. None for one stratum.
    n_causes : int
        Number of causes that compete, at least 1.
    cause_of_interest : int
        The cause whose incidence is compared, 1 to `n_causes`.
    rho : float
        Power, at least 0, of one minus the pooled incidence of the stratum, which is the weight
        of a time: 0 weights all alike, more than 0 the early differences.

    Returns
    -------
    GrayTest

    Raises
    ------
    ArgumentError
        If lengths differ, a time is missing or negative, a code is out of range, there is one
        group only, or `rho` is not a number of at least 0.

    Notes
    -----
    At each time the expected events of group i are shared out by
    :math:`R_i = Y_i [1 - \hat F_i(s-)] / \hat S_i(s-)`: those at risk, and those who had a
    competing event and were not yet censored. Groups with nobody left at risk drop out; times at
    which only one group is at risk carry no information. At a tied time, events precede
    censoring, and the covariance takes the factors of R cmprsk for tied events, which can make
    it indefinite where few patients share many ties; very uneven censoring can carry the pooled
    incidence to 1 and past it. Past 1 the weight with `rho` above 0 is 0, where R takes the power
    of a negative number. Scores and covariances are summed over the strata.

    Boundaries: where the covariance is indefinite or singular, or nobody had the event of
    interest, statistic and p-value are None: the data do not allow the test. That is so too if
    everybody is censored, or a group is gone before the first event. Groups all alike have a score
    of 0.

    The p-value is asymptotic; `gray_permutation_test` is the one for small groups. The curves are
    compared, not the rates of the cause: a difference in the competing event alone can move the
    test, and a log-rank test with competing events censored is another test.
    Source: [gray1988]. Checked against R cmprsk 2.2-11 (`tests/reference/gray.json`), by hand
    (`tests/byhand/test_gray.py`) and by a twin in fractions (`tests/twins/test_gray.py`).

    Examples
    --------
    >>> test = gray_test([1, 3, 2, 4], [1, 1, 2, 0], [0, 0, 1, 1], n_causes=2)
    >>> round(test.statistic * 629), test.df, round(test.p_value, 4)
    (1568, 1, 0.1144)
    """
    times, causes, groups, strata = patients_by_stratum(time, cause, group, stratum, n_causes)
    cause_of_interest = as_cause_of_interest(cause_of_interest, n_causes=n_causes)
    refuse_rho(rho)
    n_groups = int(groups.max()) + 1
    parts = [
        _score_and_covariance(
            risk_sets(
                times[rows],
                causes[rows],
                n_outcomes=n_causes + 1,
                group=groups[rows],
                n_groups=n_groups,
            ),
            cause_of_interest,
            rho=rho,
        )
        for rows in strata
    ]
    score, inner = parts[0]
    for part, spread in parts[1:]:
        score = score + part
        inner = None if inner is None or spread is None else inner + spread
    statistic = None if inner is None else quadratic_forms(score[None, :-1], inner[None])[0]
    df = n_groups - 1
    return GrayTest(
        statistic=statistic,
        df=df,
        p_value=None if statistic is None else float(chdtrc(df, statistic)),
        score=score,
        covariance=None if inner is None else _whole(inner),
    )


def patients_by_stratum(
    time: ArrayLike, cause: ArrayLike, group: ArrayLike, stratum: ArrayLike | None, n_causes: int
) -> tuple[Floats, Counts, Counts, list[Rows]]:
    """Return times, causes, groups, and the patients of each stratum, or refuse."""
    times = as_times("time", time)
    causes = as_causes("cause", cause, n_causes=n_causes)
    groups = as_groups("group", group, most=MOST_GROUPS)
    same_length(time=times, cause=causes, group=groups)
    if groups.max() < 1:
        raise ArgumentError("`group` must name at least two groups.")
    if stratum is None:
        return times, causes, groups, [slice(None)]
    strata = as_groups("stratum", stratum)
    same_length(time=times, stratum=strata)
    order, ends = np.argsort(strata, kind="stable"), np.cumsum(np.bincount(strata))
    return times, causes, groups, list(np.split(order, ends[:-1]))


def refuse_rho(rho: float) -> None:
    """Refuse a power that is below 0, or no number."""
    if not 0 <= as_number("rho", rho) < np.inf:
        raise ArgumentError("`rho` must be a number of at least 0.")


def _score_and_covariance(
    table: RiskSets, cause: int, *, rho: float
) -> tuple[Floats, Floats | None]:
    """Score of every group in one stratum, and its covariance without the last group."""
    n_groups = len(table.at_risk)
    # Numbers at risk only ever fall: the times with two groups left to compare come first.
    until = np.count_nonzero(np.add.reduce(table.at_risk > 0) > 1)
    if until == 0:
        return np.zeros(n_groups), np.zeros((n_groups - 1, n_groups - 1))
    if n_groups > 2 and n_groups**2 * until > MOST_SLOPES:
        raise ArgumentError("`group` must hold fewer groups for so many different times.")
    scores = scores_of_groups(
        np.ascontiguousarray(table.at_risk[:, :until], dtype=np.float64),
        np.ascontiguousarray(table.leaving[:, cause, :until], dtype=np.float64),
        np.ascontiguousarray(np.add.reduce(table.leaving[:, 1:, :until], axis=1), dtype=np.float64),
        rho=rho,
    )
    return scores.score, scores.covariance if scores.allowed else None


def _whole(inner: Floats) -> Floats:
    """Return the covariance of all scores, which sum to 0, from that of all but the last."""
    inside = slice(0, -1)
    whole = np.zeros((len(inner) + 1, len(inner) + 1))
    whole[inside, inside] = inner
    whole[-1, inside] = whole[inside, -1] = -np.add.reduce(inner)
    whole[-1, -1] = inner.sum()
    return whole
