"""Pairs of a treated and an untreated patient with nearly the same score."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import logit

from autallo.errors import ArgumentError
from autallo.stats.arguments import as_events, as_groups, as_number, as_values, same_length
from autallo.stats.confounding.pairing import MOST_COMPARED, nearest_pairs, optimal_pairs

__all__ = ["MatchedPairs", "Method", "Scale", "match_pairs"]

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]
Method = Literal["optimal", "nearest"]
Scale = Literal["logit", "score"]

#: Scores nearer to each other than this share of their range differ by rounding only.
ROUNDING = 1e-10

#: Up to here the squares of scores are numbers.
LARGEST_SCORE = 1e100

#: Bits of a distance where there are few patients (so few that the last digit of a logarithm, which
#: machines round differently, has no part in the choice), and of the sums of distances and pairs.
FINEST, WIDEST = 32, 62


@dataclass(frozen=True, slots=True)
class MatchedPairs:
    """Pairs of one treated and one untreated patient each, and how many patients have none.

    Attributes
    ----------
    treated_index, untreated_index : ndarray of int, shape (m,)
        Places of the two patients of each pair in the input, in order of the treated one.
    distance : ndarray of float, shape (m,)
        Distance of the two scores [on `scale`].
    unmatched_treated, unmatched_untreated : int
        Patients without a partner.
    decided_by_order : int
        Matched patients for whom others of the same group, stratum and score would have done as
        well, but were left unmatched: who it was only `order` decided.
    caliper : float or None
        Largest distance of a pair that was allowed [on `scale`]; None for any.
    scale : {"logit", "score"}
        What distances were measured on.
    method : {"optimal", "nearest"}
        How pairs were chosen.
    """

    treated_index: Rows
    untreated_index: Rows
    distance: Floats
    unmatched_treated: int
    unmatched_untreated: int
    decided_by_order: int
    caliper: float | None
    scale: Scale
    method: Method


def match_pairs(
    treated: ArrayLike,
    score: ArrayLike,
    *,
    stratum: ArrayLike | None = None,
    caliper: float | None = 0.2,
    scale: Scale = "logit",
    method: Method = "optimal",
    order: ArrayLike | None = None,
) -> MatchedPairs:
    r"""Adjust for a score by pairs of a treated and an untreated patient, each used once.

    Parameters
    ----------
    treated : array_like of bool, shape (n,)
        True (1) for a treated patient; at least one of each.
    score : array_like of float, shape (n,)
        Propensity score of each patient, between 0 and 1; any number with `scale` "score".
    stratum : array_like of int, shape (n,), or None
        Stratum of each patient, 0 upwards, none empty: both patients of a pair are of the same.
    caliper : float or None
        Largest distance of a pair, in standard deviations of the score on `scale`, at least 0;
        None for any distance.
    scale : {"logit", "score"}
        Distances are those of ``log(score / (1 - score))``, or of the score as it is.
    method : {"optimal", "nearest"}
        The most pairs and the least total distance, or the nearest two patients first.
    order : array_like of float, shape (n,), or None
        Number of each patient, as that of the registration: among patients who do not differ in
        group, stratum and score, those with the smallest are matched. None for their places.

    Returns
    -------
    MatchedPairs

    Raises
    ------
    ArgumentError
        If lengths differ, a group is empty, a score is missing or, with "logit", not between 0 and
        1, a caliper is negative or given where no group has two patients, an option is unknown, no
        two patients are within the caliper, or there are too many patients for "optimal".

    Notes
    -----
    "optimal" is exact: of all matchings within the caliper and the strata it has the most pairs,
    and of those the smallest sum of distances. On one score there is always such a matching in
    which no two pairs cross, found by going through the possible pairs in order of the scores; it
    takes time as the number of pairs within the caliper, and is refused for more than about a
    billion of them. "nearest" takes the two patients that are nearest to each other, then the
    nearest two of the others, and so on: quick for any number, but it may find fewer pairs, at a
    larger distance.

    Caliper: the standard deviation is the root of the average of the two variances of the groups
    (of one variance if the other group has one patient), over all strata; 0.2 is the width that
    Austin found to remove most of the bias. A distance of exactly the caliper is allowed, and
    scores that differ by rounding only (1e-10 of their range) are equal; distances are compared to
    nine digits of the range.

    The pairs do not depend on the order of the rows, but among patients of the same score, whom no
    method can tell apart: `order` makes this choice too one of the data. A treated patient without
    a partner is lost: the result then is about those who could have had either treatment.
    Source: [rosenbaum1989], caliper [austin2011], standard deviation [cochran1973]. Checked
    against an assignment algorithm in R (`tests/reference/matching.json`), against all matchings
    (`tests/twins/test_matching.py`), by hand (`tests/byhand/test_matching.py`) and by laws
    (`tests/laws/test_matching.py`).

    Examples
    --------
    >>> pairs = match_pairs([1, 1, 0, 0, 0], [0.5, 0.6, 0.1, 0.45, 0.52], caliper=None)
    >>> pairs.treated_index.tolist(), pairs.untreated_index.tolist()
    ([0, 1], [3, 4])
    """
    _refuse_options(scale, method)
    chosen, values = as_events("treated", treated), as_values("score", score)
    same_length(treated=chosen, score=values)
    strata = _strata(chosen, stratum)
    line, width = _on_scale(chosen, values, caliper, scale)
    numbers = np.zeros(values.size) if order is None else as_values("order", order)
    same_length(treated=chosen, order=numbers)
    units, limit = _in_units(chosen, line, width)
    sorted_rows = np.lexsort((numbers, units, chosen, strata))
    found = [
        _pairs_of(sorted_rows[members], chosen, units, limit=limit, method=method)
        for members in _blocks(strata[sorted_rows])
    ]
    return _as_pairs(found, chosen, line, width=width, scale=scale, method=method)


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Pairs of one stratum: the rows of the patients, and how many of them had equals."""

    treated: Rows
    untreated: Rows
    decided: int


def _refuse_options(scale: str, method: str) -> None:
    if scale not in get_args(Scale):
        raise ArgumentError('`scale` must be "logit" or "score".')
    if method not in get_args(Method):
        raise ArgumentError('`method` must be "optimal" or "nearest".')


def _strata(treated: Flags, stratum: ArrayLike | None) -> Integers:
    n_treated = int(np.count_nonzero(treated))
    if n_treated in (0, treated.size):
        raise ArgumentError("`treated` must hold treated and untreated patients.")
    if stratum is None:
        return np.zeros(treated.size, dtype=np.int64)
    strata = as_groups("stratum", stratum)
    same_length(treated=treated, stratum=strata)
    return strata


def _on_scale(
    treated: Flags, values: Floats, caliper: float | None, scale: Scale
) -> tuple[Floats, float | None]:
    """Return the scores on the line of the distances, and the width of the caliper there."""
    line = values
    if max(-values.min(), values.max()) > LARGEST_SCORE:
        raise ArgumentError(f"`score` must lie between -{LARGEST_SCORE:g} and {LARGEST_SCORE:g}.")
    if scale == "logit":
        if values.min() <= 0 or values.max() >= 1:
            raise ArgumentError('`score` must be between 0 and 1; others need `scale` "score".')
        line = np.asarray(logit(values), dtype=np.float64)
    if caliper is None:
        return line, None
    share = as_number("caliper", caliper)
    if not 0 <= share < np.inf:
        raise ArgumentError("`caliper` must be at least 0 and finite, or None.")
    variances = [float(own.var(ddof=1)) for own in (line[treated], line[~treated]) if own.size > 1]
    if not variances:
        raise ArgumentError("`caliper` must be None for two patients: they have no spread.")
    return line, share * float(np.sqrt(sum(variances) / len(variances)))


def _in_units(treated: Flags, line: Floats, width: float | None) -> tuple[Integers, int]:
    """Return the scores as whole numbers, and the largest distance of a pair in these units.

    So pairs and distances are added up without rounding, in one number.
    """
    n_treated = int(np.count_nonzero(treated))
    pairs = min(n_treated, treated.size - n_treated)
    bits = min(FINEST, WIDEST - 2 * (pairs + 1).bit_length())
    order = np.argsort(line)
    ordered = line[order]
    reach = float(ordered[-1] - ordered[0])
    units = np.zeros(line.size, dtype=np.int64)
    if reach == 0:
        return units, 0
    # A score that differs by rounding only from the one before takes that one's place.
    new = np.append(True, np.diff(ordered) > ROUNDING * reach)
    first = np.maximum.accumulate(np.where(new, np.arange(line.size), 0))
    share = (ordered[first] - ordered[0]) / reach
    units[order] = np.rint(np.ldexp(share, bits))
    if width is None or width >= reach:
        return units, 2**bits
    return units, min(round(width / reach * 2**bits) + 1, 2**bits)


def _blocks(strata: Integers) -> list[slice]:
    """Return where each stratum stands, from strata in order."""
    ends = np.flatnonzero(np.diff(strata)) + 1
    edges = [0, *ends.tolist(), strata.size]
    return [slice(start, end) for start, end in pairwise(edges)]


def _pairs_of(rows: Rows, treated: Flags, units: Integers, *, limit: int, method: Method) -> _Pairs:
    """Return the pairs of a stratum, whose rows stand in order: untreated first, by score."""
    n_untreated = int(np.count_nonzero(~treated[rows]))
    untreated, own = rows[:n_untreated], rows[n_untreated:]
    choose = optimal_pairs if method == "optimal" else nearest_pairs
    pairs = choose(units[own], units[untreated], limit)
    if pairs is None:
        raise ArgumentError(
            f'`method` must be "nearest" for more than {MOST_COMPARED:.0e} possible pairs; '
            "a smaller caliper has fewer."
        )
    one, decided = _first_of_equals(units[own], pairs[0])
    other, decided_too = _first_of_equals(units[untreated], pairs[1])
    return _Pairs(own[one], untreated[other], decided + decided_too)


def _first_of_equals(units: Integers, places: Rows) -> tuple[Rows, int]:
    """Return the first of those with the same score instead, and how many had a choice."""
    order = np.argsort(places)
    held = units[places[order]]
    start, end = np.searchsorted(units, held), np.searchsorted(units, held, side="right")
    rank = np.arange(held.size) - np.searchsorted(held, held)
    taken = np.searchsorted(held, held, side="right") - np.searchsorted(held, held)
    first = np.empty_like(places)
    first[order] = start + rank
    return first, int(np.count_nonzero(taken < end - start))


def _as_pairs(
    found: list[_Pairs],
    treated: Flags,
    line: Floats,
    *,
    width: float | None,
    scale: Scale,
    method: Method,
) -> MatchedPairs:
    one = np.concatenate([part.treated for part in found])
    other = np.concatenate([part.untreated for part in found])
    if one.size == 0:
        raise ArgumentError("`caliper` must allow a pair: no two patients are so near.")
    order = np.argsort(one)
    one, other = one[order], other[order]
    n_treated = int(np.count_nonzero(treated))
    return MatchedPairs(
        treated_index=one,
        untreated_index=other,
        distance=np.abs(line[one] - line[other]),
        unmatched_treated=n_treated - one.size,
        unmatched_untreated=treated.size - n_treated - one.size,
        decided_by_order=sum(part.decided for part in found),
        caliper=width,
        scale=scale,
        method=method,
    )
