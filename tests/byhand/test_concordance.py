"""Concordance counted by hand."""

import math
from fractions import Fraction

import pytest

from autallo.errors import ArgumentError
from autallo.stats.cox.concordance import concordance
from autallo.stats.cox.rows import Rows


def test_five_patients_with_ties_of_every_kind():
    # day: 1 event score 3; 2 event score 1; 2 event score 2; 2 left score 2; 4 left score 1.
    # day 1 against the four others: 3 is the highest: 4 concordant.
    # day 2, score 1: against those left on day 2 (2) and 4 (1): 1 discordant, 1 equal.
    # day 2, score 2: against (2), (1): 1 equal, 1 concordant. The two events: one tied time.
    mine = concordance([1, 2, 2, 2, 4], [1, 1, 1, 0, 0], [3, 1, 2, 2, 1])
    assert (mine.concordant, mine.discordant, mine.tied_score) == (5, 1, 2)
    assert (mine.tied_time, mine.tied_both) == (1, 0)
    assert mine.estimate == pytest.approx(6 / 8, rel=1e-12)
    # pairs of each patient, counted 1, 1/2 or 0, less 3/4 of their number
    won = [Fraction(4), Fraction(3, 2), Fraction(5, 2), Fraction(3, 2), Fraction(5, 2)]
    compared = [4, 3, 3, 3, 3]
    change = [(w - Fraction(3, 4) * c) / 8 for w, c in zip(won, compared, strict=True)]
    variance = float(sum(own**2 for own in change))
    assert mine.std_error == pytest.approx(math.sqrt(variance), rel=1e-12)


def test_events_at_once_with_equal_scores():
    mine = concordance([1, 1, 1], [1, 1, 1], [2, 2, 5])
    assert (mine.tied_time, mine.tied_both) == (2, 1)
    assert (mine.estimate, mine.std_error) == (None, None)


def test_pairs_of_one_stratum_who_are_at_risk_together():
    time, event, score = [2, 3, 5, 5], [1, 1, 0, 0], [4, 3, 2, 1]
    mine = concordance(time, event, score, rows=Rows(entry=[0, 0, 0, 2]))
    assert mine.concordant == 2 + 2  # the fourth enters on day 2, after the first event
    mine = concordance(time, event, score, rows=Rows(stratum=[0, 1, 0, 1]))
    assert mine.concordant == 1 + 1


def test_weights_multiply():
    mine = concordance([1, 2, 3], [1, 1, 0], [1, 2, 0], rows=Rows(weight=[2, 3, 5]))
    assert mine.discordant == pytest.approx(2 * 3)
    assert mine.concordant == pytest.approx(2 * 5 + 3 * 5)
    assert mine.estimate == pytest.approx(25 / 31)
    # a patient of weight 0 is not there
    zero = concordance([1, 2, 3, 3], [1, 1, 0, 1], [1, 2, 0, 9], rows=Rows(weight=[2, 3, 5, 0]))
    assert zero.estimate == pytest.approx(25 / 31)


@pytest.mark.parametrize(
    ("pair_weight", "first", "second"),
    [
        # days 1 (event), 2 (left), 3 (event), 4: at risk 4 and 2; S before 1 and 3/4; G 1 and 2/3
        ("n", 1, 1),
        ("S", 4 * 1 / 4, 4 * (3 / 4) / 2),
        ("S/G", 1, 4 * (3 / 4) / (2 / 3 * 2)),
        ("n/G2", 1, (3 / 2) ** 2),
        ("I", 1 / 4, 1 / 2),
    ],
)
def test_weights_of_the_pairs_of_a_time(pair_weight, first, second):
    mine = concordance([1, 2, 3, 4], [1, 0, 1, 0], [2, 3, 1, 0], pair_weight=pair_weight)
    assert mine.concordant == pytest.approx(2 * first + second, rel=1e-12)
    assert mine.discordant == pytest.approx(first, rel=1e-12)


def test_scores_that_differ_by_rounding_are_equal():
    mine = concordance([1, 2], [1, 0], [0.1 + 0.2, 0.3])
    assert (mine.tied_score, mine.estimate, mine.std_error) == (1, 0.5, 0)


def test_clusters_and_patients_add_up():
    time, event, score = [1, 2, 3, 4], [1, 1, 1, 0], [4, 1, 2, 3]
    by_cluster = concordance(time, event, score, rows=Rows(cluster=[0, 0, 1, 1]))
    # won - C compared, over 6 pairs, C = 3/6: (3 - 3/2, 1 - 3/2, 1 - 3/2, 1 - 3/2) / 6
    first = Fraction(3, 2) - Fraction(1, 2)
    second = -Fraction(1, 2) - Fraction(1, 2)
    variance = float((first**2 + second**2) / 36)
    assert by_cluster.std_error == pytest.approx(math.sqrt(variance), rel=1e-12)
    rows = Rows(entry=[0, 1, 0, 0], patient=[0, 0, 1, 2])
    assert concordance(time, event, score, rows=rows).std_error is not None


def test_what_cannot_be_counted_is_refused():
    with pytest.raises(ArgumentError, match="`pair_weight` must be"):
        concordance([1, 2], [1, 0], [1, 2], pair_weight="uno")
    with pytest.raises(ArgumentError, match='"n", "S" or "I" with `entry`'):
        concordance([1, 2], [1, 0], [1, 2], rows=Rows(entry=[0, 0]), pair_weight="S/G")
    with pytest.raises(ArgumentError, match="`score` must be finite"):
        concordance([1, 2], [1, 0], [1, math.nan])
    with pytest.raises(ArgumentError, match="same length"):
        concordance([1, 2], [1, 0], [1, 2, 3])
