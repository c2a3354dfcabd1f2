"""Gray's test: do groups differ in the cumulative incidence of one of several competing causes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_causes, as_groups, as_times, same_length

__all__ = ["GrayPermutationTest", "GrayTest", "gray_permutation_test", "gray_test"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]

#: Share of the whole below which a variance or a probability is rounding, not information.
NEGLIGIBLE = 1e-10

#: Numbers held at once while group labels are permuted.
CELLS_AT_ONCE = 500_000

#: Scores nearer than this share to the observed one are as extreme as it.
TIE_SHARE = 1e-9


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
        Weighted observed minus expected events of each group; sums to 0.
    covariance : ndarray, shape (g, g), or None
        Estimated covariance of `score`; None if the pooled incidence is 1 before the last event.
    """

    statistic: float | None
    df: int
    p_value: float | None
    score: Floats
    covariance: Floats | None


@dataclass(frozen=True, slots=True)
class GrayPermutationTest:
    """Monte Carlo permutation test on Gray's score.

    Attributes
    ----------
    statistic : float
        Sum over groups of squared score over group size; with two groups a multiple of the square
        of either score. 0 if nobody had the event of interest.
    p_value : float
        Share of arrangements at least as extreme, the observed one counted; 1 without events.
    draws : int
        Random arrangements drawn.
    standard_error : float
        Monte Carlo standard error of `p_value`.
    """

    statistic: float
    p_value: float
    draws: int
    standard_error: float


@dataclass(frozen=True, slots=True)
class _Steps:
    """Counts and group curves at each time at which at least two groups are at risk.

    Attributes
    ----------
    at_risk, wanted, competing : ndarray, shape (t, g)
        Patients just before, with the event of interest, with another event.
    free_before, free : ndarray, shape (t, g)
        Event-free share just before and at each time.
    height : ndarray, shape (t, g)
        Patients at risk over event-free share: the group's size in the pooled curve.
    risk_set : ndarray, shape (t, g)
        Patients who could still have the event of interest, had none been censored.
    """

    at_risk: Floats
    wanted: Floats
    competing: Floats
    free_before: Floats
    free: Floats
    height: Floats
    risk_set: Floats


def gray_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: ArrayLike,
    *,
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
    n_causes : int
        Number of causes that compete, at least 1.
    cause_of_interest : int
        The cause whose incidence is compared, 1 to `n_causes`.
    rho : float
        Power, at least 0, of one minus the pooled incidence, which is the weight of a time: 0
        weights all alike, more than 0 the early differences.

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
    incidence to 1 and past it. Where the covariance is indefinite or singular, or nobody had the
    event of interest, statistic and p-value are None: the data do not allow the test.

    The p-value is asymptotic; `gray_permutation_test` is the one for small groups. The curves are
    compared, not the rates of the cause: a difference in the competing event alone can move the
    test.
    Source: [gray1988]. Checked against R cmprsk 2.2-11 (`tests/reference/gray.json`), by hand
    (`tests/byhand/test_gray.py`) and by a twin in fractions (`tests/twins/test_gray.py`).

    Examples
    --------
    >>> test = gray_test([1, 3, 2, 4], [1, 1, 2, 0], [0, 0, 1, 1], n_causes=2)
    >>> round(test.statistic * 629), test.df, round(test.p_value, 4)
    (1568, 1, 0.1144)
    """
    times, kind, groups = _checked(
        time, cause, group, n_causes=n_causes, cause_of_interest=cause_of_interest
    )
    if not 0 <= rho < np.inf:
        raise ArgumentError("`rho` must be a number of at least 0.")
    score, covariance = _score_and_covariance(_steps(*_counted(times, kind, groups)), rho=rho)
    statistic = None if covariance is None else _quadratic_form(score, covariance)
    df = score.size - 1
    p_value = None if statistic is None else float(chdtrc(df, statistic))
    return GrayTest(statistic, df, p_value, score, covariance)


def gray_permutation_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: ArrayLike,
    *,
    n_causes: int,
    cause_of_interest: int = 1,
    draws: int = 10_000,
    rng: np.random.Generator,
) -> GrayPermutationTest:
    """Test equal cumulative incidence by re-allotting patients to groups at random.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the first event or to the end of follow-up [any one unit], at least 0.
    cause : array_like of int, shape (n,)
        Cause of the event, 1 to `n_causes`; 0 where follow-up ended without one.
    group : array_like of int, shape (n,)
        Group of each patient, 0 to g - 1, at least two groups, none empty.
    n_causes : int
        Number of causes that compete, at least 1.
    cause_of_interest : int
        The cause whose incidence is compared, 1 to `n_causes`.
    draws : int
        Random arrangements, at least 1.
    rng : numpy.random.Generator
        Source of randomness; its state decides the arrangements.

    Returns
    -------
    GrayPermutationTest

    Raises
    ------
    ArgumentError
        If lengths differ, a time is missing or negative, a code is out of range, there is one
        group only, or `draws` is below 1.

    Notes
    -----
    The score of Gray's test (unweighted) is recomputed for each arrangement of the group labels;
    with b of m arrangements at least as extreme as the observed one, p = (b + 1) / (m + 1), which
    is valid for any m. Two-sided: with two groups by the absolute score. Exact up to Monte Carlo
    error if follow-up is censored alike in the groups; with very different follow-up it tests
    that difference too. Source: [gray1988] for the score; [phipson2010] for p. Checked against
    all arrangements of ten patients (`tests/twins/test_gray.py`), by hand
    (`tests/byhand/test_gray.py`) and by laws (`tests/laws/test_gray.py`).

    Examples
    --------
    Five patients relapse, five do not: 2 of the 252 arrangements are as extreme.

    >>> test = gray_permutation_test(
    ...     [1, 2, 3, 4, 5, 6, 7, 8, 9, 9], [1] * 5 + [0] * 5, [0] * 5 + [1] * 5,
    ...     n_causes=2, draws=999, rng=np.random.Generator(np.random.PCG64(7)),
    ... )
    >>> test.p_value < 0.03
    True
    """
    times, kind, groups = _checked(
        time, cause, group, n_causes=n_causes, cause_of_interest=cause_of_interest
    )
    if draws < 1:
        raise ArgumentError("`draws` must be at least 1.")
    order = np.argsort(times, kind="stable")
    start = np.flatnonzero(np.diff(times[order], prepend=-1.0))
    codes, kind = groups[order], kind[order]
    observed = float(_scores(codes[None, :], kind, start)[0])
    extreme = 0
    rows = max(1, CELLS_AT_ONCE // codes.size)
    for done in range(0, draws, rows):
        labels = np.tile(codes, (min(rows, draws - done), 1))
        statistic = _scores(rng.permuted(labels, axis=1), kind, start)
        extreme += int((statistic >= observed - TIE_SHARE * (1 + observed)).sum())
    p_value = (extreme + 1) / (draws + 1)
    return GrayPermutationTest(
        statistic=observed,
        p_value=p_value,
        draws=draws,
        standard_error=float(np.sqrt(p_value * (1 - p_value) / draws)),
    )


def _checked(
    time: ArrayLike, cause: ArrayLike, group: ArrayLike, *, n_causes: int, cause_of_interest: int
) -> tuple[Floats, Counts, Counts]:
    """Return times, kinds of event (0 none, 1 of interest, 2 competing) and groups, or refuse."""
    times = as_times("time", time)
    causes = as_causes("cause", cause, n_causes=n_causes)
    groups = as_groups("group", group)
    same_length(time=times, cause=causes, group=groups)
    if groups.max() < 1:
        raise ArgumentError("`group` must name at least two groups.")
    if cause_of_interest not in range(1, n_causes + 1):
        raise ArgumentError(f"`cause_of_interest` must be a whole number from 1 to {n_causes}.")
    kind = np.where(causes == 0, 0, np.where(causes == cause_of_interest, 1, 2))
    return times, kind, groups


def _counted(times: Floats, kind: Counts, groups: Counts) -> tuple[Floats, Floats, Floats]:
    """Count, per distinct time and group, those at risk, with the event, with a competing one."""
    at, slot = np.unique(times, return_inverse=True)
    shape = (at.size, int(groups.max()) + 1, 3)
    cell = (slot * shape[1] + groups) * shape[2] + kind
    count = np.bincount(cell, minlength=at.size * shape[1] * shape[2]).reshape(shape)
    leaving = count.sum(axis=2).astype(np.float64)
    return _still_there(leaving), count[:, :, 1].astype(float), count[:, :, 2].astype(float)


def _still_there(leaving: Floats) -> Floats:
    """Patients at risk just before each time, when so many leave at each."""
    return np.asarray(leaving[::-1].cumsum(axis=0)[::-1])


def _steps(at_risk: Floats, wanted: Floats, competing: Floats) -> _Steps:
    shared = (at_risk > 0).sum(axis=1) > 1
    at_risk, wanted, competing = at_risk[shared], wanted[shared], competing[shared]
    someone = np.maximum(at_risk, 1)
    staying = (someone - wanted - competing) / someone
    free = np.asarray(np.cumprod(staying, axis=0), dtype=np.float64)
    free_before = np.vstack([np.ones_like(free[:1]), free[:-1]])
    incidence = np.cumsum(free_before * wanted / someone, axis=0)
    incidence_before = np.vstack([np.zeros_like(free[:1]), incidence[:-1]])
    height = at_risk / np.where(at_risk > 0, free_before, 1.0)
    risk_set = height * (1 - incidence_before)
    return _Steps(at_risk, wanted, competing, free_before, free, height, risk_set)


def _score_and_covariance(steps: _Steps, *, rho: float) -> tuple[Floats, Floats | None]:
    """Score of every group and its covariance, summed over the steps.

    The covariance adds, for each step and group, the squared slope of the scores on an event of
    interest and on a competing event there. A slope is the event's own effect on the scores, plus
    what it does to the group's later curve times the later `effect` of that curve on the scores.
    """
    events = steps.wanted.sum(axis=1)
    total = steps.height.sum(axis=1)
    pooled = np.cumsum(events / total)
    pooled_before = np.concatenate([[0.0], pooled[:-1]])
    ahead = _without_rounding(1 - pooled_before)
    weight = np.power(np.maximum(ahead, 0.0), rho)
    expected = events[:, None] * steps.risk_set / steps.risk_set.sum(axis=1, keepdims=True)
    score = (weight[:, None] * (steps.wanted - expected)).sum(axis=0)
    if ((ahead == 0) & (events > 0)).any():
        return score, None

    part = steps.height / total[:, None]
    groups = np.eye(score.size)
    own = (weight[:, None] * steps.height)[:, :, None] * (groups - part[:, None, :])
    hazard = np.divide(events, total * ahead, out=np.zeros_like(events), where=events > 0)
    effect = np.cumsum(own * hazard[:, None, None], axis=0)
    later = effect[-1:] - effect

    pull = np.divide(
        (1 - pooled)[:, None], steps.free, out=np.zeros_like(steps.free), where=steps.free > 0
    )
    slope = own + (1 - pull)[:, None, :] * later
    noise = _noise_of_interest(steps, events, total)
    covariance = np.einsum("tik,tk,tjk->ij", slope, noise, slope)
    slope = pull[:, None, :] * later
    noise = _noise_of_competing(steps)
    return score, covariance + np.einsum("tik,tk,tjk->ij", slope, noise, slope)


def _without_rounding(share: Floats) -> Floats:
    """Return shares with those that differ from 0 by rounding only set to 0."""
    return np.where(np.abs(share) < NEGLIGIBLE, 0.0, share)


def _noise_of_interest(steps: _Steps, events: Floats, total: Floats) -> Floats:
    """Variance of the pooled estimate's increment in each group, with the factor for ties."""
    others = np.maximum(events - 1, 0)[:, None]
    reach = total[:, None] * steps.free_before - 1
    ties = 1 - np.divide(others, reach, out=np.zeros_like(reach), where=others > 0)
    noise = ties * steps.free_before * events[:, None] / total[:, None]
    return np.divide(noise, steps.at_risk, out=np.zeros_like(noise), where=steps.at_risk > 0)


def _noise_of_competing(steps: _Steps) -> Floats:
    """Variance of a group's competing increment, with the factor for ties."""
    someone = np.maximum(steps.at_risk, 1)
    ties = 1 - np.maximum(steps.competing - 1, 0) / np.maximum(someone - 1, 1)
    return np.asarray(ties * steps.free_before**2 * steps.competing / someone**2)


def _quadratic_form(score: Floats, covariance: Floats) -> float | None:
    """Chi-squared statistic of all groups but the last, or None if the covariance is singular."""
    inner = covariance[:-1, :-1]
    if np.linalg.eigvalsh(inner)[0] <= NEGLIGIBLE * np.abs(np.trace(inner)):
        return None
    return float(score[:-1] @ np.linalg.solve(inner, score[:-1]))


def _scores(labels: Counts, kind: Counts, start: Counts) -> Floats:
    """Two-sided score of each row of group labels; patients in order of time, `start` of each."""
    groups = range(int(labels.max()) + 1)
    curves = [_risk_set(labels == group, kind, start) for group in groups]
    total = sum(risk_set for risk_set, _ in curves)
    events = np.add.reduceat(kind == 1, start).astype(np.float64)
    share = np.divide(events, total, out=np.zeros_like(total), where=total > 0)
    scores = [(wanted - share * risk_set).sum(axis=1) for risk_set, wanted in curves]
    sizes = [np.count_nonzero(labels[0] == group) for group in groups]
    squares = [score**2 / size for score, size in zip(scores, sizes, strict=True)]
    return np.asarray(np.sum(squares, axis=0), dtype=np.float64)


def _risk_set(mine: NDArray[np.bool_], kind: Counts, start: Counts) -> tuple[Floats, Floats]:
    """Risk set and events of interest of one group at each time, for each row of labels."""
    leaving = np.add.reduceat(mine.astype(np.float64), start, axis=1)
    at_risk = leaving[:, ::-1].cumsum(axis=1)[:, ::-1]
    wanted = np.add.reduceat((mine & (kind == 1)).astype(np.float64), start, axis=1)
    events = np.add.reduceat((mine & (kind > 0)).astype(np.float64), start, axis=1)
    someone = np.maximum(at_risk, 1)
    free = np.cumprod(1 - events / someone, axis=1)
    free_before = np.hstack([np.ones_like(free[:, :1]), free[:, :-1]])
    incidence = np.cumsum(free_before * wanted / someone, axis=1)
    incidence_before = np.hstack([np.zeros_like(free[:, :1]), incidence[:, :-1]])
    height = at_risk / np.where(at_risk > 0, free_before, 1.0)
    return height * (1 - incidence_before), wanted
