"""Gray's test: do groups differ in the cumulative incidence of one of several competing causes."""

from dataclasses import dataclass
from itertools import combinations
from math import comb, prod, sqrt
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtrc

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_causes, as_groups, as_times, merge_times, same_length
from autallo.stats.risk_sets import RiskSets, risk_sets

__all__ = ["GrayPermutationTest", "GrayTest", "gray_permutation_test", "gray_test"]

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Rows = Counts | slice

#: Share of the whole below which a variance or a probability is rounding, not information.
NEGLIGIBLE = 1e-10

#: Less than any event-free share of patients at risk, but not 0.
SMALLEST = 1e-200

#: Floats held at once while group labels are permuted.
CELLS_AT_ONCE = 30_000

#: Scores nearer than this share to the observed one are as extreme as it.
TIE_SHARE = 1e-9

#: All arrangements are listed if there are at most so many, of at most so many patients.
MOST_ARRANGEMENTS, MOST_PATIENTS = 20_000, 200


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


@dataclass(frozen=True, slots=True)
class GrayPermutationTest:
    """Gray's score against all, or very many, ways to deal the patients to the groups.

    Attributes
    ----------
    statistic : float
        Sum over groups of squared score over group size; with two groups a multiple of the square
        of either score. 0 if nobody had the event of interest.
    p_value : float
        Share of arrangements at least as extreme, the observed one counted; 1 without events.
    smallest_p : float
        The smallest p-value that these patients and group sizes, or so few draws, could have
        given: if it is above 0.05, no result could have been called significant. 1 without events.
    method : {"exact", "monte_carlo"}
        Whether all arrangements were listed or some were drawn.
    draws : int
        Random arrangements drawn; 0 if exact.
    standard_error : float
        Monte Carlo standard error of `p_value`; 0 if exact.
    """

    statistic: float
    p_value: float
    smallest_p: float
    method: Literal["exact", "monte_carlo"]
    draws: int
    standard_error: float


@dataclass(frozen=True, slots=True)
class _Queue:
    """Patients of one stratum in order of time; at one time, who has the event of interest first.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Groups of the patients in order of time, as given where times are equal.
    within : ndarray of int, shape (n,)
        Their places when, at one time, the event of interest comes first, then other events.
    start, wanted_end, dead_end : ndarray of int, shape (t,)
        Places, in that order, at which each time with an event begins, and at which those with
        the event of interest, and those with any event, end.
    """

    codes: Counts
    within: Counts
    start: Counts
    wanted_end: Counts
    dead_end: Counts


@dataclass(frozen=True, slots=True)
class _GroupCurves:
    """Curves of each group, shape (..., g, t): studies or arrangements in the leading axes.

    Attributes
    ----------
    free_before, free : ndarray
        Event-free share just before and at each time.
    weight : ndarray
        Event-free share just before over patients at risk: what one of them stands for; 0 where
        nobody is at risk.
    height : ndarray
        Patients at risk over event-free share: the group's size in the pooled curve.
    risk_set : ndarray
        Patients who could still have the event of interest, had none been censored.
    """

    free_before: Floats
    free: Floats
    weight: Floats
    height: Floats
    risk_set: Floats


@dataclass(frozen=True, slots=True)
class _Pooled:
    """Events of interest, sizes and incidence of all groups together, shape (..., 1, t).

    Attributes
    ----------
    events : ndarray
        Events of interest.
    total : ndarray
        Sum of the groups' heights.
    step, incidence : ndarray
        Pooled incidence, and how much of it comes at each time.
    ahead : ndarray
        One minus what the pooled incidence was just before.
    """

    events: Floats
    total: Floats
    step: Floats
    incidence: Floats
    ahead: Floats


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of the groups, studies in the leading axes if there are several.

    Attributes
    ----------
    score : ndarray, shape (..., g)
        Weighted observed minus expected events of each group.
    covariance : ndarray, shape (..., g - 1, g - 1)
        Estimated covariance of all but the last.
    allowed : ndarray of bool, shape (...)
        False if the pooled incidence is 1 before the last event: the covariance means nothing.
    """

    score: Floats
    covariance: Floats
    allowed: NDArray[np.bool_]


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
    times, causes, groups, strata = _checked(time, cause, group, stratum, n_causes)
    refuse_cause(cause_of_interest, n_causes)
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


def gray_permutation_test(
    time: ArrayLike,
    cause: ArrayLike,
    group: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    n_causes: int,
    cause_of_interest: int = 1,
    draws: int = 10_000,
    rng: np.random.Generator | None = None,
) -> GrayPermutationTest:
    """Test equal cumulative incidence by dealing the patients to the groups anew.

    Parameters
    ----------
    time : array_like of float, shape (n,)
        Time to the first event or to the end of follow-up [any one unit], at least 0.
    cause : array_like of int, shape (n,)
        Cause of the event, 1 to `n_causes`; 0 where follow-up ended without one.
    group : array_like of int, shape (n,)
        Group of each patient, 0 to g - 1, at least two groups, none empty.
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0, 1, ..., none empty: patients change places with those of their
        own stratum only. None for one stratum.
    n_causes : int
        Number of causes that compete, at least 1.
    cause_of_interest : int
        The cause whose incidence is compared, 1 to `n_causes`.
    draws : int
        Random arrangements where there are too many to list, at least 1.
    rng : numpy.random.Generator or None
        Source of the draws; its state decides them. Must be given when they are needed.

    Returns
    -------
    GrayPermutationTest

    Raises
    ------
    ArgumentError
        If lengths differ, a time is missing or negative, a code is out of range, there is one
        group only, `draws` is below 1, or draws are needed and `rng` is missing.

    Notes
    -----
    The score of Gray's test (unweighted, summed over strata) is computed for each arrangement of
    the group labels; two-sided: with two groups by the absolute score. Up to 20 000 arrangements
    (3 v 12 patients have 455, 17 v 11 have 21 million) of up to 200 patients are all listed, and p
    is the share as extreme as the observed one; scores within 1e-9 are equal. Otherwise, with b of
    m drawn arrangements as extreme, p = (b + 1) / (m + 1), which is valid for any m; the smallest p
    is then that of the most extreme arrangement seen.

    Exact (up to Monte Carlo error) if follow-up is censored alike in the groups; with very
    different follow-up it tests that difference too. Boundaries: nobody with the event, everybody
    with it at once, or groups all alike give p = 1.
    Source: [gray1988] for the score; [phipson2010] for p. Checked against all arrangements of up
    to ten patients (`tests/twins/test_gray.py`), by hand (`tests/byhand/test_gray.py`) and by laws
    (`tests/laws/test_gray.py`).

    Examples
    --------
    Five patients relapse, five do not: 2 of the 252 arrangements are as extreme.

    >>> test = gray_permutation_test(
    ...     [1, 2, 3, 4, 5, 6, 7, 8, 9, 9], [1] * 5 + [0] * 5, [0] * 5 + [1] * 5, n_causes=2
    ... )
    >>> round(test.p_value * 252), test.smallest_p == test.p_value, test.method
    (2, True, 'exact')
    """
    times, causes, groups, strata = _checked(time, cause, group, stratum, n_causes)
    refuse_cause(cause_of_interest, n_causes)
    if draws < 1:
        raise ArgumentError("`draws` must be at least 1.")
    sizes = np.bincount(groups)
    queues = [_queue(times[rows], causes[rows], groups[rows], cause_of_interest) for rows in strata]
    seen = [_scores(queue.codes[:, None], queue, sizes.size) for queue in queues]
    observed = float(_distance(seen, sizes)[0])
    if groups.size <= MOST_PATIENTS and _n_arrangements(queues) <= MOST_ARRANGEMENTS:
        return _exact(observed, _distance([_all_scores(queues, sizes.size)], sizes))
    if rng is None:
        raise ArgumentError("`rng` must be given where there are too many arrangements to list.")
    scores = [_drawn_scores(queue, sizes.size, draws=draws, rng=rng) for queue in queues]
    return _monte_carlo(observed, _distance(scores, sizes))


def _exact(observed: float, distance: Floats) -> GrayPermutationTest:
    """Return the test from the distances of all arrangements."""
    return GrayPermutationTest(
        statistic=observed,
        p_value=_count_from(observed, distance) / distance.size,
        smallest_p=_count_from(float(distance.max()), distance) / distance.size,
        method="exact",
        draws=0,
        standard_error=0.0,
    )


def _monte_carlo(observed: float, distance: Floats) -> GrayPermutationTest:
    """Return the test from the distances of drawn arrangements; the observed one counts too."""
    draws = distance.size
    furthest = max(observed, float(distance.max()))
    p_value = (_count_from(observed, distance) + 1) / (draws + 1)
    return GrayPermutationTest(
        statistic=observed,
        p_value=p_value,
        smallest_p=(_count_from(furthest, distance) + 1) / (draws + 1),
        method="monte_carlo",
        draws=draws,
        standard_error=sqrt(p_value * (1 - p_value) / draws),
    )


def _checked(
    time: ArrayLike, cause: ArrayLike, group: ArrayLike, stratum: ArrayLike | None, n_causes: int
) -> tuple[Floats, Counts, Counts, list[Rows]]:
    """Return times, causes, groups, and the patients of each stratum, or refuse."""
    times = as_times("time", time)
    causes = as_causes("cause", cause, n_causes=n_causes)
    groups = as_groups("group", group)
    same_length(time=times, cause=causes, group=groups)
    if groups.max() < 1:
        raise ArgumentError("`group` must name at least two groups.")
    if stratum is None:
        return times, causes, groups, [slice(None)]
    strata = as_groups("stratum", stratum)
    same_length(time=times, stratum=strata)
    order, ends = np.argsort(strata, kind="stable"), np.cumsum(np.bincount(strata))
    return times, causes, groups, list(np.split(order, ends[:-1]))


def refuse_cause(cause_of_interest: int, n_causes: int) -> None:
    """Refuse a cause that is none of those that compete."""
    if cause_of_interest not in range(1, n_causes + 1):
        raise ArgumentError(f"`cause_of_interest` must be a whole number from 1 to {n_causes}.")


def refuse_rho(rho: float) -> None:
    """Refuse a power that is below 0, or no number."""
    if not 0 <= rho < np.inf:
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
    scores = scores_of_groups(
        np.ascontiguousarray(table.at_risk[:, :until], dtype=np.float64),
        np.ascontiguousarray(table.leaving[:, cause, :until], dtype=np.float64),
        np.ascontiguousarray(np.add.reduce(table.leaving[:, 1:, :until], axis=1), dtype=np.float64),
        rho=rho,
    )
    return scores.score, scores.covariance if scores.allowed else None


def scores_of_groups(at_risk: Floats, wanted: Floats, dead: Floats, *, rho: float) -> Scores:
    """Score the groups of one study, shape (g, t), or of several with equally many times.

    Counted are those at risk, those with the event of interest, and those with any event, at the
    times at which two groups or more are at risk. Studies, if several, are in the leading axes.

    The covariance adds, for each time and group, the squared slope of the scores on an event of
    interest and on a competing event there. A slope is the event's own effect on the scores, plus
    what it does to the group's later curve times the later effect of that curve on the scores.
    """
    curves = _group_curves(at_risk, wanted, dead)
    pooled = _pooled(wanted, curves)
    weight = np.maximum(pooled.ahead, 0.0) ** rho
    own, later = _slopes(weight, curves, pooled)
    # Where a group's curves have come to their end, later events move nothing.
    pull = (curves.free > 0) * (1 - pooled.incidence) / np.maximum(curves.free, SMALLEST)
    pull = pull[..., None, :, :]
    own += (1 - pull) * later
    later *= pull
    covariance = _weighted_product(own, _noise_of_interest(curves, pooled))
    covariance += _weighted_product(later, _noise_of_competing(at_risk, dead - wanted, curves))
    lost = (pooled.ahead == 0) & (pooled.events > 0)
    return Scores(
        score=np.add.reduce(weight * _excess(wanted, curves), axis=-1),
        covariance=covariance,
        allowed=np.logical_not(lost.any(axis=(-2, -1))),
    )


def _group_curves(at_risk: Floats, wanted: Floats, dead: Floats) -> _GroupCurves:
    """Estimate the curves of the groups from those at risk, with the event, with any event."""
    someone = np.maximum(at_risk, 1)
    free = np.multiply.accumulate((someone - dead) / someone, axis=-1)
    free_before = _just_before(free, 1.0)
    weight = free_before * (at_risk > 0) / someone
    incidence = np.add.accumulate(weight * wanted, axis=-1)
    # Where nobody is event-free, nobody is at risk, and the height is 0.
    height = at_risk / np.maximum(free_before, SMALLEST)
    risk_set = height * (1 - _just_before(incidence, 0.0))
    return _GroupCurves(free_before, free, weight, height, risk_set)


def _excess(wanted: Floats, curves: _GroupCurves) -> Floats:
    """Events of interest in each group less those expected there."""
    share = _over_groups(wanted) / _over_groups(curves.risk_set)
    return np.asarray(wanted - share * curves.risk_set, dtype=np.float64)


def _over_groups(values: Floats) -> Floats:
    return np.asarray(np.add.reduce(values, axis=-2, keepdims=True), dtype=np.float64)


def _pooled(wanted: Floats, curves: _GroupCurves) -> _Pooled:
    events, total = _over_groups(wanted), _over_groups(curves.height)
    step = events / total
    incidence = np.add.accumulate(step, axis=-1)
    ahead = 1 - _just_before(incidence, 0.0)
    ahead[np.abs(ahead) < NEGLIGIBLE] = 0.0
    return _Pooled(events, total, step, incidence, ahead)


def _slopes(weight: Floats, curves: _GroupCurves, pooled: _Pooled) -> tuple[Floats, Floats]:
    """Effect of each group's events on the scores of all groups but the last: own, and later.

    Both have shape (..., g - 1, g, t).
    """
    weighted, part = weight * curves.height, curves.height / pooled.total
    own = weighted[..., :-1, None, :] * -part[..., None, :, :]
    for group in range(own.shape[-3]):
        own[..., group, group, :] += weighted[..., group, :]
    # No event, no effect, even where nothing is ahead.
    hazard = pooled.step / (pooled.ahead + (pooled.ahead == 0))
    later = np.add.accumulate(own * hazard[..., None, :, :], axis=-1)
    return own, later[..., -1:] - later


def _weighted_product(slope: Floats, noise: Floats) -> Floats:
    rows = slope.reshape(*slope.shape[:-2], -1)
    weighted = (slope * noise[..., None, :, :]).reshape(rows.shape)
    return np.asarray(weighted @ rows.swapaxes(-1, -2), dtype=np.float64)


def _noise_of_interest(curves: _GroupCurves, pooled: _Pooled) -> Floats:
    """Variance of the pooled estimate's increment in each group, with the factor for ties."""
    reach = np.maximum(pooled.total * curves.free_before - 1, NEGLIGIBLE)
    ties = 1 - np.maximum(pooled.events - 1, 0) / reach
    return np.asarray(ties * curves.weight * pooled.step, dtype=np.float64)


def _noise_of_competing(at_risk: Floats, competing: Floats, curves: _GroupCurves) -> Floats:
    """Variance of a group's competing increment, with the factor for ties."""
    ties = 1 - np.maximum(competing - 1, 0) / np.maximum(at_risk - 1, 1)
    return np.asarray(ties * competing * curves.weight**2, dtype=np.float64)


def _whole(inner: Floats) -> Floats:
    """Return the covariance of all scores, which sum to 0, from that of all but the last."""
    inside = slice(0, -1)
    whole = np.zeros((len(inner) + 1, len(inner) + 1))
    whole[inside, inside] = inner
    whole[-1, inside] = whole[inside, -1] = -np.add.reduce(inner)
    whole[-1, -1] = inner.sum()
    return whole


def quadratic_forms(score: Floats, covariance: Floats) -> list[float | None]:
    """Chi-squared statistic of the scores in each row, or None if their covariance is singular."""
    if score.shape[1] == 1:
        pairs = zip(score.ravel().tolist(), covariance.ravel().tolist(), strict=True)
        return [one**2 / variance if variance > 0 else None for one, variance in pairs]
    least = np.linalg.eigvalsh(covariance)[:, 0]
    definite = least > NEGLIGIBLE * np.abs(np.trace(covariance, axis1=1, axis2=2))
    score, covariance = score[definite], covariance[definite]
    solved = np.linalg.solve(covariance, score[..., None])
    found = iter((score[:, None, :] @ solved).ravel().tolist())
    return [next(found) if one else None for one in definite.tolist()]


def _just_before(values: Floats, start: float) -> Floats:
    """Return what each value was just before its time, which is in the last axis."""
    before = np.empty_like(values)
    before[..., 0], before[..., 1:] = start, values[..., :-1]
    return before


def _queue(times: Floats, causes: Counts, groups: Counts, cause: int) -> _Queue:
    """Put the patients of one stratum in order of time."""
    merged = merge_times(times)
    order = np.argsort(merged, kind="stable")
    merged, causes = merged[order], causes[order]
    kind = np.where(causes == cause, 0, np.where(causes > 0, 1, 2))
    within = np.lexsort((kind, merged))
    start = np.flatnonzero(np.diff(merged, prepend=-1.0))
    wanted = np.add.reduceat(kind[within] == 0, start, dtype=np.int64)
    dead = np.add.reduceat(kind[within] < 2, start, dtype=np.int64)
    start, wanted, dead = start[dead > 0], wanted[dead > 0], dead[dead > 0]
    return _Queue(groups[order], within, start, start + wanted, start + dead)


def _scores(labels: Counts, queue: _Queue, n_groups: int) -> Floats:
    """Score of each group for each column of labels, which are in the queue's order of time."""
    n_patients, n_columns = labels.shape
    shape = (n_groups, queue.start.size, n_columns)
    if queue.start.size == 0:
        return np.zeros((n_groups, n_columns))
    at_risk, wanted, dead = (np.empty(shape) for _ in range(3))
    before = np.zeros((n_patients + 1, n_columns), dtype=np.int64)
    sorted_labels = labels[queue.within]
    for group in range(n_groups):
        np.cumsum(sorted_labels == group, axis=0, out=before[1:])
        gone = before[queue.start]
        at_risk[group] = before[-1] - gone
        wanted[group] = before[queue.wanted_end] - gone
        dead[group] = before[queue.dead_end] - gone
    # The columns lead, as studies do, but stay together in memory.
    at_risk, wanted, dead = (np.moveaxis(count, -1, 0) for count in (at_risk, wanted, dead))
    excess = _excess(wanted, _group_curves(at_risk, wanted, dead))
    return np.asarray(np.add.reduce(excess, axis=-1).T, dtype=np.float64)


def _drawn_scores(queue: _Queue, n_groups: int, *, draws: int, rng: np.random.Generator) -> Floats:
    columns = max(1, CELLS_AT_ONCE // queue.codes.size)
    parts = []
    for done in range(0, draws, columns):
        labels = np.tile(queue.codes, (min(columns, draws - done), 1))
        parts.append(_scores(rng.permuted(labels, axis=1).T, queue, n_groups))
    return np.concatenate(parts, axis=1)


def _all_scores(queues: list[_Queue], n_groups: int) -> Floats:
    """Return the scores of all arrangements: every one of a stratum with every one of another."""
    total = np.zeros((n_groups, 1))
    for queue in queues:
        scores = _scores(_arrangements(queue.codes), queue, n_groups)
        total = (total[:, :, None] + scores[:, None, :]).reshape(n_groups, -1)
    return total


def _n_arrangements(queues: list[_Queue]) -> int:
    """Count the ways to deal the patients of each stratum to groups of the same sizes."""
    sizes = [np.bincount(queue.codes).tolist() for queue in queues]
    return prod(
        comb(sum(some[: last + 1]), some[last]) for some in sizes for last in range(len(some))
    )


def _arrangements(codes: Counts) -> Counts:
    """Return all ways to deal the patients to groups of the same sizes, one to a column."""
    labels = np.zeros((1, codes.size), dtype=np.int64)
    for group, size in enumerate(np.bincount(codes).tolist()):
        if group == 0 or size == 0:  # everybody begins in group 0
            continue
        free = np.nonzero(labels == 0)[1].reshape(len(labels), -1)
        chosen = np.array(list(combinations(range(free.shape[1]), size)), dtype=np.int64)
        places = free[:, chosen].reshape(-1, size)
        labels = np.repeat(labels, len(chosen), axis=0)
        np.put_along_axis(labels, places, group, axis=1)
    return labels.T


def _distance(scores: list[Floats], sizes: Counts) -> Floats:
    """How far each arrangement is from no difference; `scores` of each stratum."""
    total = np.add.reduce(scores)
    return np.asarray((total**2 / sizes[:, None]).sum(axis=0), dtype=np.float64)


def _count_from(bound: float, distance: Floats) -> int:
    """Count the arrangements at least so far, rounding apart."""
    return int(np.count_nonzero(distance >= bound - TIE_SHARE * (1 + bound)))
