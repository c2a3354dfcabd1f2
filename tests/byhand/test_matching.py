"""Matched pairs on a handful of patients."""

import math

import pytest

from autallo.errors import ArgumentError
from autallo.stats.confounding.matching import match_pairs


def pairs_of(found):
    return list(zip(found.treated_index.tolist(), found.untreated_index.tolist(), strict=True))


def on_line(treated, untreated, **options):
    """Match scores as they are: the treated ones are rows 0, 1, ..., then come the others."""
    flags = [1] * len(treated) + [0] * len(untreated)
    return match_pairs(flags, [*treated, *untreated], scale="score", **options)


def test_least_total_distance_is_not_the_nearest_first():
    """Treated 2 and 5, untreated 4 and 10. 5 with 4 leaves 2 with 10: 1 + 8 = 9.

    2 with 4 and 5 with 10: 2 + 5 = 7.
    """
    best = on_line([2, 5], [4, 10], caliper=None)
    assert pairs_of(best) == [(0, 2), (1, 3)]
    assert best.distance.tolist() == [2.0, 5.0]
    nearest = on_line([2, 5], [4, 10], caliper=None, method="nearest")
    assert pairs_of(nearest) == [(0, 3), (1, 2)]
    assert nearest.distance.tolist() == [8.0, 1.0]
    assert (best.method, nearest.method, best.scale) == ("optimal", "nearest", "score")


def test_most_pairs_come_before_the_least_distance():
    """Treated 0, 2 (variance 2), untreated 2, 4 (variance 2): standard deviation sqrt 2.

    Within 2 = sqrt(2) sqrt(2): 0 with 2 and 2 with 4 are two pairs, total 4; the nearest pair, 2
    with 2, leaves 0 with 4, which is too far.
    """
    best = on_line([0, 2], [2, 4], caliper=math.sqrt(2))
    assert pairs_of(best) == [(0, 2), (1, 3)]
    assert best.caliper == pytest.approx(2, rel=1e-15)
    assert (best.unmatched_treated, best.unmatched_untreated) == (0, 0)
    nearest = on_line([0, 2], [2, 4], caliper=math.sqrt(2), method="nearest")
    assert pairs_of(nearest) == [(1, 2)]
    assert (nearest.unmatched_treated, nearest.unmatched_untreated) == (1, 1)


@pytest.mark.parametrize("method", ["optimal", "nearest"])
def test_a_distance_of_exactly_the_caliper_is_allowed(method):
    """0, 2 against 1, 3: all distances that count are 1, the standard deviation is sqrt 2."""
    assert pairs_of(on_line([0, 2], [1, 3], caliper=1 / math.sqrt(2), method=method))
    with pytest.raises(ArgumentError, match="`caliper` must allow a pair"):
        on_line([0, 2], [1, 3], caliper=0.7, method=method)


def test_the_caliper_averages_the_variances_of_the_groups():
    """0, 0, 6 (variance 12) against 0, 2 (variance 2): sqrt(14 / 2); pooled it would be other."""
    found = on_line([0, 0, 6], [0, 2], caliper=0.5)
    assert found.caliper == pytest.approx(0.5 * math.sqrt(7), rel=1e-14)


def test_the_caliper_where_one_group_has_one_patient():
    """0 against 0, 2: the variance of the other group, 2."""
    found = on_line([0], [0, 2], caliper=1)
    assert found.caliper == pytest.approx(math.sqrt(2), rel=1e-14)
    assert pairs_of(found) == [(0, 1)]


def test_distances_are_those_of_the_logit():
    """Odds 4 against 1 and 64: log 4 and log 16. As scores 0.8 is nearer to 64/65 than to 1/2."""
    treated, score = [1, 0, 0], [4 / 5, 1 / 2, 64 / 65]
    found = match_pairs(treated, score, caliper=None)
    assert pairs_of(found) == [(0, 1)]
    assert found.distance[0] == pytest.approx(math.log(4), rel=1e-14)
    assert pairs_of(match_pairs(treated, score, caliper=None, scale="score")) == [(0, 2)]


def test_pairs_are_of_one_stratum():
    """Treated 1 (stratum 0) and 5 (1), untreated 5 (0), 1 (0) and 9 (1)."""
    found = on_line([1, 5], [5, 1, 9], stratum=[0, 1, 0, 0, 1], caliper=None)
    assert pairs_of(found) == [(0, 3), (1, 4)]
    assert found.distance.tolist() == [0.0, 4.0]
    assert (found.unmatched_treated, found.unmatched_untreated) == (0, 1)


def test_a_stratum_without_one_group_has_no_pairs():
    found = on_line([1, 5], [1], stratum=[0, 1, 0], caliper=None)
    assert pairs_of(found) == [(0, 2)]
    assert found.unmatched_treated == 1


@pytest.mark.parametrize("method", ["optimal", "nearest"])
def test_among_equals_the_order_decides(method):
    """One treated patient, three untreated ones with his score: the one registered first."""
    first = on_line([3], [3, 3, 3, 7], caliper=None, method=method)
    assert pairs_of(first) == [(0, 1)]
    assert first.decided_by_order == 1
    registered = on_line([3], [3, 3, 3, 7], caliper=None, method=method, order=[9, 5, 4, 3, 1])
    assert pairs_of(registered) == [(0, 3)]
    alone = on_line([3], [3, 7], caliper=None, method=method)
    assert alone.decided_by_order == 0


def test_scores_that_differ_by_rounding_only_are_equal():
    """0.1 + 0.2 and 0.3: who comes first is matched, not who is nearer by 6e-17."""
    found = on_line([0.3], [0.1 + 0.2, 0.3, 1], caliper=None)
    assert pairs_of(found) == [(0, 1)]
    assert found.decided_by_order == 1


def test_all_scores_equal():
    found = on_line([1, 1], [1, 1, 1], caliper=0.2)
    assert pairs_of(found) == [(0, 2), (1, 3)]
    assert (found.caliper, found.distance.tolist()) == (0.0, [0.0, 0.0])


@pytest.mark.parametrize(
    ("treated", "score", "options", "word"),
    [
        ([1, 1], [0.1, 0.2], {}, "treated and untreated"),
        ([0, 0], [0.1, 0.2], {}, "treated and untreated"),
        ([1, 2], [0.1, 0.2], {}, "`treated` must be true or false"),
        ([1, 0], [0.1], {}, "same length"),
        ([1, 0], [0.1, 1.0], {}, "`score` must be between 0 and 1"),
        ([1, 0], [0.0, 0.3], {}, "`score` must be between 0 and 1"),
        ([1, 0], [0.1, math.nan], {}, "`score` must be finite"),
        ([1, 0], [1e200, 0], {"scale": "score"}, "`score` must lie"),
        ([1, 0], [0.1, 0.2], {}, "`caliper` must be None for two patients"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"caliper": -0.1}, "`caliper` must be at least 0"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"caliper": math.inf}, "`caliper` must be at least 0"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"caliper": "0.2"}, "`caliper` must be a number"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"stratum": [0, 1, 1], "caliper": None}, "allow a pair"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"stratum": [0, 2, 2]}, "every code"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"stratum": [0, 0]}, "same length"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"order": [0, 0]}, "same length"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"method": "greedy"}, "`method`"),
        ([1, 0, 0], [0.1, 0.2, 0.3], {"scale": "probit"}, "`scale`"),
    ],
)
def test_refusals(treated, score, options, word):
    with pytest.raises(ArgumentError, match=word):
        match_pairs(treated, score, **options)


def test_too_many_possible_pairs_are_refused():
    """35 000 treated and 70 000 untreated without a caliper: 35 000 times 35 001 of them."""
    treated = [1] * 35_000 + [0] * 70_000
    score = list(range(105_000))
    with pytest.raises(ArgumentError, match='`method` must be "nearest"'):
        match_pairs(treated, score, caliper=None, scale="score")
