"""Laws of the concordance."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from autallo.stats.cox.concordance import concordance
from autallo.stats.cox.rows import Rows

FEW = settings(max_examples=60, deadline=None)
row = st.tuples(st.integers(1, 9), st.booleans(), st.integers(-4, 4), st.integers(0, 1))
some_records = st.lists(row, min_size=2, max_size=40)
weights = st.sampled_from(["n", "S", "S/G", "n/G2", "I"])


def columns(records):
    time, event, score, stratum = (np.array(own) for own in zip(*records, strict=True))
    return time, event, score, np.unique(stratum, return_inverse=True)[1]


@FEW
@given(some_records, weights)
def test_turning_the_score_round_turns_the_estimate_round(records, pair_weight):
    time, event, score, _ = columns(records)
    mine = concordance(time, event, score, pair_weight=pair_weight)
    turned = concordance(time, event, -score, pair_weight=pair_weight)
    assert turned.concordant == pytest.approx(mine.discordant, rel=1e-10, abs=1e-12)
    assert turned.tied_time == pytest.approx(mine.tied_time, rel=1e-10, abs=1e-12)
    assume(mine.estimate is not None)
    assert 0 <= mine.estimate <= 1
    assert turned.estimate == pytest.approx(1 - mine.estimate, rel=1e-10, abs=1e-12)
    assert turned.std_error == pytest.approx(mine.std_error, rel=1e-8, abs=1e-12)


@FEW
@given(some_records, weights)
def test_law_1_3_units_of_time_and_any_rising_score_do_not_matter(records, pair_weight):
    time, event, score, stratum = columns(records)
    rows = Rows(stratum=stratum)
    mine = concordance(time, event, score, rows=rows, pair_weight=pair_weight)
    for other in (
        concordance(time / 365.25, event, score, rows=rows, pair_weight=pair_weight),
        concordance(time, event, np.exp(score / 3) - 5, rows=rows, pair_weight=pair_weight),
        concordance(
            time[::-1], event[::-1], score[::-1], rows=Rows(stratum=stratum[::-1]),
            pair_weight=pair_weight,
        ),
    ):  # fmt: skip
        assert other.concordant == pytest.approx(mine.concordant, rel=1e-10)
        assert other.tied_both == pytest.approx(mine.tied_both, rel=1e-10)
        if mine.estimate is not None:
            assert other.std_error == pytest.approx(mine.std_error, rel=1e-8, abs=1e-12)


@FEW
@given(some_records, st.integers(2, 4))
def test_law_12_15_copies_are_weights_and_a_common_weight_changes_nothing(records, copies):
    time, event, score, stratum = columns(records)
    n = time.size
    rows = Rows(stratum=stratum, weight=np.full(n, float(copies)), cluster=np.arange(n))
    mine = concordance(time, event, score, rows=rows)
    plain = concordance(time, event, score, rows=Rows(stratum=stratum))
    assume(mine.estimate is not None)
    assert mine.concordant == pytest.approx(copies**2 * plain.concordant, rel=1e-12)
    assert mine.estimate == pytest.approx(plain.estimate, rel=1e-12)
    assert mine.std_error == pytest.approx(plain.std_error, rel=1e-10, abs=1e-13)
    repeated = concordance(
        np.repeat(time, copies),
        np.repeat(event, copies),
        np.repeat(score, copies),
        rows=Rows(stratum=np.repeat(stratum, copies), cluster=np.repeat(np.arange(n), copies)),
    )
    assert repeated.concordant == pytest.approx(mine.concordant, rel=1e-12)
    assert repeated.discordant == pytest.approx(mine.discordant, rel=1e-12)


def test_many_rows_against_a_count_of_all_pairs():
    rng = np.random.default_rng(3)
    n = 1_500
    time, event = rng.integers(1, 200, n), rng.random(n) < 0.5
    score, entry = rng.integers(0, 50, n), rng.integers(0, 100, n)
    entry = np.minimum(entry, time - 1)
    mine = concordance(time, event, score, rows=Rows(entry=entry))
    later = (time[None, :] > time[:, None]) | ((time[None, :] == time[:, None]) & ~event[None, :])
    pairs = event[:, None] & later & (entry[None, :] < time[:, None])
    assert mine.concordant == (pairs & (score[:, None] > score[None, :])).sum()
    assert mine.tied_score == (pairs & (score[:, None] == score[None, :])).sum()
    assert mine.discordant == (pairs & (score[:, None] < score[None, :])).sum()
